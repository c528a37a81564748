/*
 * What calls and events on the control socket carry (SPEC 8): each structure of control.h as one array, written and
 * read in the order of its members. Numbers that index a table at the reader are held to the table.
 */
#include "proto/control.h"
#include "proto/list.h"
#include "proto/receipt.h"
#include "proto/result.h"

#define DELIVERY_ELEMENTS 23
#define MESSAGE_ELEMENTS 13
#define DRAFT_ELEMENTS 10
#define CONTACT_ELEMENTS 9
#define PEER_ELEMENTS 19
#define STATUS_ELEMENTS 12
#define NOTICE_ELEMENTS 6
#define TRACE_ELEMENTS 4
#define EVENT_ELEMENTS 8
#define CHECK_ELEMENTS 13

#define TEXT_BYTES 4096u
#define PERCENT_LAST 100

/* A small number that stands for a row of a table. */
static uint8_t read_small(struct pack_reader *r, uint8_t last)
{
	return (uint8_t)pack_read_uint(r, last);
}

void control_put_delivery(struct pack_writer *w, const struct control_delivery *d)
{
	pack_put_array(w, DELIVERY_ELEMENTS);
	pack_put_str(w, d->name);
	pack_put_uint(w, d->part);
	pack_put_int(w, d->sent_at);
	pack_put_int(w, d->custody_at);
	pack_put_int(w, d->shown_at);
	pack_put_int(w, d->acknowledged_at);
	pack_put_int(w, d->answered_at);
	for (size_t i = 0; i < 3; i++)
		pack_put_uint(w, d->clock_error[i]);
	pack_put_uint(w, d->understood);
	pack_put_uint(w, d->refused_reason);
	pack_put_str(w, d->officer);
	pack_put_str(w, d->note);
	pack_put_uint(w, d->holds);
	pack_put_uint(w, d->why);
	pack_put_int(w, d->why_at);
	pack_put_uint(w, d->percent);
	pack_put_uint(w, d->incident);
	pack_put_int(w, d->due_at);
	pack_put_uint(w, d->step);
	pack_put_uint(w, d->waiting);
	pack_put_uint(w, d->breached);
}

void control_read_delivery(struct pack_reader *r, struct control_delivery *out)
{
	pack_expect_array(r, DELIVERY_ELEMENTS);
	out->name = pack_read_str(r, LIMIT_NAME_BYTES);
	out->part = (uint8_t)pack_read_uint(r, UINT8_MAX);
	out->sent_at = pack_read_int(r);
	out->custody_at = pack_read_int(r);
	out->shown_at = pack_read_int(r);
	out->acknowledged_at = pack_read_int(r);
	out->answered_at = pack_read_int(r);
	for (size_t i = 0; i < 3; i++)
		out->clock_error[i] = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->understood = read_small(r, UNDERSTOOD_NO);
	out->refused_reason = read_small(r, UINT8_MAX);
	out->officer = pack_read_str(r, LIMIT_FUNCTION_BYTES);
	out->note = pack_read_str(r, TEXT_BYTES);
	out->holds = pack_read_uint(r, INT64_MAX);
	out->why = read_small(r, WHY_INFO);
	out->why_at = pack_read_int(r);
	out->percent = read_small(r, PERCENT_LAST);
	out->incident = read_small(r, INCIDENT_CLOSED);
	out->due_at = pack_read_int(r);
	out->step = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->waiting = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->breached = (uint32_t)pack_read_uint(r, UINT32_MAX);
}

void control_put_message(struct pack_writer *w, const struct control_message *m)
{
	pack_put_array(w, MESSAGE_ELEMENTS);
	pack_put_bin(w, m->id, sizeof m->id);
	pack_put_bytes(w, m->header);
	pack_put_bool(w, m->is_exercise_type);
	pack_put_bool(w, m->is_sent);
	pack_put_int(w, m->at);
	pack_put_str(w, m->subject);
	pack_put_bytes(w, m->content);
	pack_put_str(w, m->in_reply_to);
	pack_put_str(w, m->supersedes);
	pack_put_uint(w, m->superseded);
	pack_put_str(w, m->superseded_by);
	pack_put_int(w, m->superseded_at);
	pack_put_array(w, m->delivery_count);
	for (size_t i = 0; i < m->delivery_count; i++)
		control_put_delivery(w, &m->delivery[i]);
}

void control_read_message(struct pack_reader *r, struct control_message *out)
{
	pack_expect_array(r, MESSAGE_ELEMENTS);
	pack_read_fixed(r, out->id, sizeof out->id);
	out->header = pack_read_bin(r, LIMIT_OBJECT_BYTES);
	out->is_exercise_type = pack_read_bool(r);
	out->is_sent = pack_read_bool(r);
	out->at = pack_read_int(r);
	out->subject = pack_read_str(r, TEXT_BYTES);
	out->content = pack_read_bin(r, LIMIT_CONTENT_BYTES);
	out->in_reply_to = pack_read_str(r, TEXT_BYTES);
	out->supersedes = pack_read_str(r, TEXT_BYTES);
	out->superseded = read_small(r, KIND_LAST);
	out->superseded_by = pack_read_str(r, TEXT_BYTES);
	out->superseded_at = pack_read_int(r);
	out->delivery_count = pack_read_array(r, LIMIT_DELIVERIES);
	for (size_t i = 0; i < out->delivery_count; i++)
		control_read_delivery(r, &out->delivery[i]);
}

void control_put_draft(struct pack_writer *w, const struct control_draft *d)
{
	pack_put_array(w, DRAFT_ELEMENTS);
	pack_put_uint(w, d->id);
	pack_put_bytes(w, d->header);
	pack_put_bytes(w, d->content);
	pack_put_int(w, d->made_at);
	pack_put_str(w, d->drafter);
	list_put(w, d->approval, d->approval_count);
	pack_put_uint(w, d->approvals_needed);
	pack_put_str(w, d->missing);
	pack_put_int(w, d->release_at);
	pack_put_str(w, d->failure);
}

void control_read_draft(struct pack_reader *r, struct control_draft *out)
{
	pack_expect_array(r, DRAFT_ELEMENTS);
	out->id = pack_read_uint(r, INT64_MAX);
	out->header = pack_read_bin(r, LIMIT_OBJECT_BYTES);
	out->content = pack_read_bin(r, LIMIT_CONTENT_BYTES);
	out->made_at = pack_read_int(r);
	out->drafter = pack_read_str(r, LIMIT_FUNCTION_BYTES);
	out->approval_count = list_read(r, out->approval, LIMIT_RELEASERS, LIMIT_FUNCTION_BYTES);
	out->approvals_needed = pack_read_uint(r, INT64_MAX);
	out->missing = pack_read_str(r, TEXT_BYTES);
	out->release_at = pack_read_int(r);
	out->failure = pack_read_str(r, TEXT_BYTES);
}

void control_put_blob(struct pack_writer *w, const struct control_blob *blob)
{
	pack_put_array(w, 4);
	pack_put_uint(w, blob->state);
	pack_put_uint(w, blob->total);
	pack_put_uint(w, blob->held);
	pack_put_uint(w, blob->rate);
}

void control_read_blob(struct pack_reader *r, struct control_blob *out)
{
	pack_expect_array(r, 4);
	out->state = (uint8_t)pack_read_uint(r, UINT8_MAX);
	out->total = pack_read_uint(r, INT64_MAX);
	out->held = pack_read_uint(r, INT64_MAX);
	out->rate = pack_read_uint(r, INT64_MAX);
}

void control_put_contact(struct pack_writer *w, const struct control_contact *c)
{
	pack_put_array(w, CONTACT_ELEMENTS);
	pack_put_str(w, c->name);
	pack_put_bytes(w, c->card);
	pack_put_str(w, c->fingerprint);
	pack_put_uint(w, c->generation);
	pack_put_bool(w, c->is_verified);
	pack_put_int(w, c->enrolled_at);
	pack_put_uint(w, c->week_from);
	pack_put_uint(w, c->week_to);
	pack_put_str(w, c->waiting_root);
}

void control_read_contact(struct pack_reader *r, struct control_contact *out)
{
	pack_expect_array(r, CONTACT_ELEMENTS);
	out->name = pack_read_str(r, LIMIT_NAME_BYTES);
	out->card = pack_read_bin(r, LIMIT_OBJECT_BYTES);
	out->fingerprint = pack_read_str(r, FINGERPRINT_HEX);
	out->generation = pack_read_uint(r, INT64_MAX);
	out->is_verified = pack_read_bool(r);
	out->enrolled_at = pack_read_int(r);
	out->week_from = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->week_to = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->waiting_root = pack_read_str(r, FINGERPRINT_HEX);
}

void control_put_peer(struct pack_writer *w, const struct control_peer *p)
{
	pack_put_array(w, PEER_ELEMENTS);
	pack_put_str(w, p->name);
	pack_put_uint(w, p->link);
	pack_put_int(w, p->since);
	pack_put_str(w, p->endpoint);
	pack_put_int(w, p->round_trip_us);
	pack_put_int(w, p->offset_us);
	pack_put_uint(w, p->waiting);
	pack_put_uint(w, p->in_flight);
	pack_put_uint(w, p->log_size);
	pack_put_bin(w, p->log_root, sizeof p->log_root);
	pack_put_uint(w, p->seen_size);
	pack_put_uint(w, p->proven_size);
	pack_put_uint(w, p->evidence);
	pack_put_uint(w, p->refused);
	pack_put_uint(w, p->gaps);
	pack_put_uint(w, p->gap_first);
	pack_put_int(w, p->gap_since);
	pack_put_uint(w, p->skipped);
	pack_put_str(w, p->explanation);
}

void control_read_peer(struct pack_reader *r, struct control_peer *out)
{
	pack_expect_array(r, PEER_ELEMENTS);
	out->name = pack_read_str(r, LIMIT_NAME_BYTES);
	out->link = read_small(r, LINK_UP);
	out->since = pack_read_int(r);
	out->endpoint = pack_read_str(r, TEXT_BYTES);
	out->round_trip_us = pack_read_int(r);
	out->offset_us = pack_read_int(r);
	out->waiting = pack_read_uint(r, INT64_MAX);
	out->in_flight = pack_read_uint(r, INT64_MAX);
	out->log_size = pack_read_uint(r, INT64_MAX);
	pack_read_fixed(r, out->log_root, sizeof out->log_root);
	out->seen_size = pack_read_uint(r, INT64_MAX);
	out->proven_size = pack_read_uint(r, INT64_MAX);
	out->evidence = pack_read_uint(r, INT64_MAX);
	out->refused = pack_read_uint(r, INT64_MAX);
	out->gaps = pack_read_uint(r, INT64_MAX);
	out->gap_first = pack_read_uint(r, INT64_MAX);
	out->gap_since = pack_read_int(r);
	out->skipped = pack_read_uint(r, INT64_MAX);
	out->explanation = pack_read_str(r, TEXT_BYTES);
}

void control_put_status(struct pack_writer *w, const struct control_status *s)
{
	pack_put_array(w, STATUS_ELEMENTS);
	pack_put_str(w, s->station);
	pack_put_str(w, s->version);
	pack_put_int(w, s->started_at);
	pack_put_int(w, s->now);
	pack_put_uint(w, s->clock_error);
	pack_put_uint(w, s->unacknowledged);
	pack_put_uint(w, s->drafts);
	pack_put_array(w, 3);
	for (size_t i = 0; i < 3; i++)
		pack_put_uint(w, s->incident[i]);
	pack_put_uint(w, s->log_size);
	pack_put_bin(w, s->log_root, sizeof s->log_root);
	pack_put_array(w, s->count_count);
	for (size_t i = 0; i < s->count_count; i++) {
		pack_put_array(w, 2);
		pack_put_str(w, s->count[i].cause);
		pack_put_uint(w, s->count[i].count);
	}
	pack_put_uint(w, s->peer_count);
}

void control_read_status(struct pack_reader *r, struct control_status *out)
{
	pack_expect_array(r, STATUS_ELEMENTS);
	out->station = pack_read_str(r, LIMIT_NAME_BYTES);
	out->version = pack_read_str(r, TEXT_BYTES);
	out->started_at = pack_read_int(r);
	out->now = pack_read_int(r);
	out->clock_error = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->unacknowledged = pack_read_uint(r, INT64_MAX);
	out->drafts = pack_read_uint(r, INT64_MAX);
	pack_expect_array(r, 3);
	for (size_t i = 0; i < 3; i++)
		out->incident[i] = pack_read_uint(r, INT64_MAX);
	out->log_size = pack_read_uint(r, INT64_MAX);
	pack_read_fixed(r, out->log_root, sizeof out->log_root);
	out->count_count = pack_read_array(r, CONTROL_COUNTS);
	for (size_t i = 0; i < out->count_count; i++) {
		pack_expect_array(r, 2);
		out->count[i].cause = pack_read_str(r, TEXT_BYTES);
		out->count[i].count = pack_read_uint(r, INT64_MAX);
	}
	out->peer_count = pack_read_uint(r, INT64_MAX);
}

void control_put_check(struct pack_writer *w, const struct control_check *c)
{
	pack_put_array(w, CHECK_ELEMENTS);
	pack_put_str(w, c->name);
	pack_put_uint(w, c->type);
	pack_put_uint(w, c->asked);
	pack_put_uint(w, c->answered);
	pack_put_uint(w, c->wrong);
	pack_put_uint(w, c->late);
	pack_put_uint(w, c->missed);
	pack_put_uint(w, c->no_path);
	pack_put_int(w, c->median_ms);
	pack_put_int(w, c->percentile95_ms);
	pack_put_int(w, c->last_at);
	pack_put_uint(w, c->last_outcome);
	pack_put_int(w, c->due_at);
}

void control_read_check(struct pack_reader *r, struct control_check *out)
{
	pack_expect_array(r, CHECK_ELEMENTS);
	out->name = pack_read_str(r, LIMIT_NAME_BYTES);
	out->type = read_small(r, CHECK_TYPES);
	out->asked = pack_read_uint(r, INT64_MAX);
	out->answered = pack_read_uint(r, INT64_MAX);
	out->wrong = pack_read_uint(r, INT64_MAX);
	out->late = pack_read_uint(r, INT64_MAX);
	out->missed = pack_read_uint(r, INT64_MAX);
	out->no_path = pack_read_uint(r, INT64_MAX);
	out->median_ms = pack_read_int(r);
	out->percentile95_ms = pack_read_int(r);
	out->last_at = pack_read_int(r);
	out->last_outcome = read_small(r, CHECK_OUTCOMES);
	out->due_at = pack_read_int(r);
}

void control_put_notice(struct pack_writer *w, const struct control_notice *n)
{
	pack_put_array(w, NOTICE_ELEMENTS);
	pack_put_str(w, n->peer);
	pack_put_uint(w, n->type);
	pack_put_bool(w, n->is_own);
	pack_put_bool(w, n->is_exercise);
	pack_put_uint(w, n->least);
	pack_put_int(w, n->until);
}

void control_read_notice(struct pack_reader *r, struct control_notice *out)
{
	pack_expect_array(r, NOTICE_ELEMENTS);
	out->peer = pack_read_str(r, LIMIT_NAME_BYTES);
	out->type = read_small(r, SERVICE_HANDOVER);
	out->is_own = pack_read_bool(r);
	out->is_exercise = pack_read_bool(r);
	out->least = read_small(r, PRECEDENCE_FLASH);
	out->until = pack_read_int(r);
}

void control_put_trace(struct pack_writer *w, const struct control_trace *t)
{
	pack_put_array(w, TRACE_ELEMENTS);
	pack_put_str(w, t->name);
	pack_put_int(w, t->asked_at);
	pack_put_int(w, t->answered_at);
	pack_put_bytes(w, t->stages);
}

void control_read_trace(struct pack_reader *r, struct control_trace *out)
{
	pack_expect_array(r, TRACE_ELEMENTS);
	out->name = pack_read_str(r, LIMIT_NAME_BYTES);
	out->asked_at = pack_read_int(r);
	out->answered_at = pack_read_int(r);
	out->stages = pack_read_bin(r, TEXT_BYTES);
}

void control_put_event(struct pack_writer *w, const struct control_event *e)
{
	pack_put_array(w, EVENT_ELEMENTS);
	pack_put_int(w, e->at);
	pack_put_str(w, e->event);
	pack_put_str(w, e->number);
	pack_put_str(w, e->exercise);
	pack_put_str(w, e->from);
	pack_put_str(w, e->to);
	pack_put_uint(w, e->precedence);
	pack_put_str(w, e->detail);
}

void control_read_event(struct pack_reader *r, struct control_event *out)
{
	pack_expect_array(r, EVENT_ELEMENTS);
	out->at = pack_read_int(r);
	out->event = pack_read_str(r, LIMIT_FUNCTION_BYTES);
	out->number = pack_read_str(r, TEXT_BYTES);
	out->exercise = pack_read_str(r, LIMIT_EXERCISE_BYTES);
	out->from = pack_read_str(r, LIMIT_NAME_BYTES);
	out->to = pack_read_str(r, TEXT_BYTES);
	out->precedence = read_small(r, PRECEDENCE_FLASH);
	out->detail = pack_read_str(r, TEXT_BYTES);
}
