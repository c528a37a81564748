/* A message as the station's officers saw it at the moment of the replay: its deliveries, and why an answer is missing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/replay_apply.h"
#include "proto/result.h"

#define NOTE_BYTES (LIMIT_FUNCTION_BYTES + 4 * LIMIT_NOTE)

struct replay_kept {
	uint8_t header[LIMIT_OBJECT_BYTES], words[LIMIT_CONTENT_BYTES];
	uint8_t notes[LIMIT_DELIVERIES][NOTE_BYTES];
	char reply_to[RECORD_REFERENCE], supersedes[RECORD_REFERENCE], superseded_by[RECORD_REFERENCE];
	struct receipt receipt;
};

static struct bytes keep(uint8_t *at, size_t room, struct bytes bytes)
{
	if (bytes.len > room)
		return (struct bytes){NULL, 0};
	if (bytes.len > 0)
		memcpy(at, bytes.data, bytes.len);
	return (struct bytes){at, bytes.len};
}

/* Of a message that has not reached its addressee. */
static void explain_undelivered(const struct audit_replay *replay, const struct replay_delivery *d,
				struct control_delivery *out)
{
	uint32_t log = audit_record_log(replay->record, out->name);

	out->why = WHY_NOT_SENT;
	if (log != RECORD_NONE && !replay->link[log].is_up) {
		out->why = WHY_NO_PATH;
		out->why_at = replay->link[log].since;
	} else if (d->row.sent_at != 0)
		out->percent = 100;
}

/* By the deadline; once it has passed, when it would have been. */
static int64_t answer_due(const struct audit_replay *replay, const struct record_message *m,
			  const struct delivery_row *row)
{
	int64_t due = row->due[DEADLINE_ANSWER];

	if (due != 0)
		return due - replay->shift_clock;
	if (m->reply_by != 0)
		return m->reply_by;
	due = precedence_row(m->precedence)->answer_us;
	return row->custody_at <= INT64_MAX - due ? row->custody_at + due : INT64_MAX; /* the peer's word */
}

static bool is_cancelled(const struct audit_replay *replay, uint32_t message)
{
	uint32_t by = replay_superseder(replay, message);

	return by != RECORD_NONE && replay->record->message[by].kind == KIND_CANCEL;
}

static void explain(const struct audit_replay *replay, const struct replay_delivery *d, struct control_delivery *out)
{
	const struct record_message *m = &replay->record->message[d->message];
	const struct delivery_row *row = &d->row;

	if (row->refused != 0)
		out->why = WHY_REFUSED;
	else if (row->answered_at != 0)
		out->why = WHY_ANSWERED;
	else if (row->declined_at != 0)
		out->why = WHY_DECLINED;
	else if (m->expires != 0 && m->expires <= replay->at && row->acknowledged_at == 0) {
		out->why = WHY_EXPIRED;
		out->why_at = m->expires;
	} else if (row->custody_at == 0)
		explain_undelivered(replay, d, out);
	else if (row->part != PART_ACTION || !kind_asks_acknowledgement(m->kind) || is_cancelled(replay, d->message))
		out->why = WHY_INFO; /* nothing is owed, or no more */
	else if (row->hold_until - replay->shift_clock > replay->at) {
		out->why = WHY_HOLD;
		out->why_at = row->hold_until - replay->shift_clock;
	} else if (row->acknowledged_at != 0 && !kind_asks_answer(m->kind))
		out->why = WHY_INFO;
	else if ((out->why_at = replay_silent_until(replay, d->message, d->name, replay->at)) != 0)
		out->why = WHY_SILENT;
	else if (row->acknowledged_at != 0) {
		out->why = WHY_ACKNOWLEDGED;
		out->why_at = answer_due(replay, m, row);
	} else if (row->shown_at != 0) {
		out->why = WHY_SHOWN;
		out->why_at = row->shown_at;
	} else
		out->why = WHY_CUSTODY;
}

/* Officer and note of an acknowledgement stand in its receipt alone. */
static int add_note(struct audit_replay *replay, const struct replay_delivery *d, uint8_t *at,
		    struct control_delivery *out)
{
	struct receipt *receipt = &replay->kept->receipt;
	struct object object;
	struct bytes encoded;
	int result;

	if (d->acknowledgement == RECORD_NONE)
		return 0;
	result = audit_record_object(replay->record, replay->record->item[d->acknowledgement].object, &encoded);
	if (result == 0 && (object_decode(encoded, &object) != RESULT_OK ||
			    receipt_decode(object.body, receipt) != RESULT_OK))
		return 0;
	if (result != 0)
		return result;
	out->officer = keep(at, LIMIT_FUNCTION_BYTES, receipt->officer);
	out->note = keep(at + LIMIT_FUNCTION_BYTES, NOTE_BYTES - LIMIT_FUNCTION_BYTES, receipt->note);
	return 0;
}

void audit_replay_track(const struct audit_replay *replay, const struct replay_delivery *d, struct control_delivery *out)
{
	const struct record_message *m = &replay->record->message[d->message];
	const struct delivery_row *row = &d->row;

	*out = (struct control_delivery){.name = audit_record_text(replay->record, d->name),
					 .part = row->part,
					 .sent_at = row->sent_at,
					 .custody_at = row->custody_at,
					 .shown_at = row->shown_at,
					 .acknowledged_at = row->acknowledged_at,
					 .answered_at = row->answered_at,
					 .clock_error = {row->error[0], row->error[1], row->error[2]},
					 .understood = row->understood,
					 .refused_reason = row->refused,
					 .holds = row->holds,
					 .step = row->step,
					 .waiting = row->waiting,
					 .breached = row->breached};
	out->due_at = deadline_next(row);
	out->due_at -= out->due_at != 0 ? replay->shift_clock : 0;
	explain(replay, d, out);
	out->incident = (uint8_t)replay_incident_state(replay, d->message, m->is_sent ? d->name : m->from);
}

static int compare_names(const void *a, const void *b)
{
	const struct control_delivery *x = a, *y = b;

	return bytes_compare(x->name, y->name);
}

static int add_deliveries(struct audit_replay *replay, uint32_t message, struct control_message *out)
{
	uint32_t at = replay->message[message].delivery;
	int result = 0;

	while (at != RECORD_NONE && out->delivery_count < LIMIT_DELIVERIES && result == 0) {
		size_t i = out->delivery_count++;

		audit_replay_track(replay, &replay->delivery[at], &out->delivery[i]);
		result = add_note(replay, &replay->delivery[at], replay->kept->notes[i], &out->delivery[i]);
		at = replay->delivery[at].next;
	}
	qsort(out->delivery, out->delivery_count, sizeof *out->delivery, compare_names);
	return result;
}

/* How a message that another one names is called; "" when it is not here. */
static struct bytes name_other(const struct audit_replay *replay, uint32_t other, char text[RECORD_REFERENCE])
{
	if (other == RECORD_NONE || !replay->message[other].is_here)
		return (struct bytes){NULL, 0};
	audit_record_reference(replay->record, other, text);
	return bytes_of(text);
}

static void add_others(struct audit_replay *replay, uint32_t message, struct control_message *out)
{
	const struct audit_record *record = replay->record;
	const struct record_message *m = &record->message[message];
	struct replay_kept *kept = replay->kept;
	uint32_t by = replay_superseder(replay, message);

	out->in_reply_to = name_other(replay, audit_record_message_of(record, m->in_reply_to), kept->reply_to);
	out->supersedes = name_other(replay, audit_record_message_of(record, m->supersedes), kept->supersedes);
	if (by == RECORD_NONE)
		return;
	out->superseded = record->message[by].kind;
	out->superseded_at = replay->message[by].at;
	out->superseded_by = name_other(replay, by, kept->superseded_by);
}

/* The header, and the words if the file has them. */
static int add_texts(struct audit_replay *replay, uint32_t message, struct control_message *out)
{
	static struct content content;
	struct replay_kept *kept = replay->kept;
	struct audit_record *record = replay->record;
	struct object object;
	struct bytes bytes;
	int result = audit_record_object(record, record->item[record->message[message].item].object, &bytes);

	if (result == 0)
		result = object_decode(bytes, &object);
	if (result != 0)
		return result;
	out->header = keep(kept->header, sizeof kept->header, object.body);
	out->is_exercise_type = object_is_exercise(object.type);
	result = audit_record_encoded_words(record, message, &bytes);
	if (result == RESULT_INCOMPLETE)
		return 0; /* withheld */
	if (result != 0)
		return result;
	out->content = keep(kept->words, sizeof kept->words, bytes);
	if (content_decode(out->content, &content) == RESULT_OK)
		out->subject = content.subject;
	else
		out->content = (struct bytes){NULL, 0};
	return 0;
}

int audit_replay_show(struct audit_replay *replay, uint32_t message, struct control_message *out)
{
	const struct record_message *m = &replay->record->message[message];
	int result;

	memset(out, 0, sizeof *out);
	if (replay->kept == NULL)
		replay->kept = malloc(sizeof *replay->kept);
	if (replay->kept == NULL)
		return -ENOMEM;
	memcpy(out->id, replay->record->item[m->item].id, OBJECT_ID_BYTES);
	out->is_sent = m->is_sent;
	out->at = replay->message[message].at;
	result = add_texts(replay, message, out);
	if (result == 0)
		result = add_deliveries(replay, message, out);
	add_others(replay, message, out);
	return result;
}
