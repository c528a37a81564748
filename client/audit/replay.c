/*
 * Entries in the order of time, with the meaning that the station's own tables have from them (daemon/apply.c): the same
 * deadlines, the same first times. What a message needs is in the index; words and leaves are read where they count.
 */
#include "client/audit/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/replay_apply.h"
#include "proto/result.h"

#define FIRST_ROOM 64

void *replay_grow(struct audit_replay *replay, void *items, size_t *count, size_t *room, size_t size)
{
	uint8_t *list;

	memcpy(&list, items, sizeof list); /* items points to a pointer of any type */
	if (*count == *room) {
		size_t wider = *room > 0 ? 2 * *room : FIRST_ROOM;
		uint8_t *bigger = wider <= RECORD_NONE / 2 ? realloc(list, wider * size) : NULL;

		if (bigger == NULL) {
			replay->error = -ENOMEM;
			return NULL;
		}
		list = bigger;
		*room = wider;
		memcpy(items, &list, sizeof list);
	}
	memset(list + *count * size, 0, size);
	return list + (*count)++ * size;
}

struct message_row replay_row(const struct audit_replay *replay, uint32_t message)
{
	const struct record_message *m = &replay->record->message[message];

	return (struct message_row){.is_sent = m->is_sent,
				    .is_exercise = m->is_exercise,
				    .kind = m->kind,
				    .precedence = m->precedence,
				    .reply_by = m->reply_by,
				    .expires = m->expires};
}

struct replay_delivery *audit_replay_delivery(const struct audit_replay *replay, uint32_t message, uint32_t name)
{
	uint32_t at = message != RECORD_NONE ? replay->message[message].delivery : RECORD_NONE;

	while (at != RECORD_NONE && replay->delivery[at].name != name)
		at = replay->delivery[at].next;
	return at != RECORD_NONE ? &replay->delivery[at] : NULL;
}

uint32_t replay_superseder(const struct audit_replay *replay, uint32_t message)
{
	const struct record_message *old = &replay->record->message[message];
	uint32_t best = RECORD_NONE;

	for (uint32_t at = replay->superseder[old->item]; at != RECORD_NONE; at = replay->message[at].next_superseder) {
		const struct record_message *m = &replay->record->message[at];

		/* the later ones come first */
		if (m->from == old->from && m->is_exercise == old->is_exercise &&
		    (best == RECORD_NONE || m->kind > replay->record->message[best].kind))
			best = at;
	}
	return best;
}

void replay_put(const struct audit_replay *replay, struct replay_delivery *delivery)
{
	uint32_t by = replay_superseder(replay, delivery->message);

	if (by != RECORD_NONE && replay->record->message[by].kind == KIND_CANCEL)
		deadline_ended(&delivery->row);
}

struct replay_delivery *replay_add(struct replay_spot *s, uint32_t message, uint32_t name, uint8_t part)
{
	struct replay_delivery *delivery = audit_replay_delivery(s->replay, message, name);
	uint32_t next;

	if (delivery == NULL) {
		delivery = REPLAY_ADD(s->replay, delivery);
		if (delivery == NULL)
			return NULL;
		next = s->replay->message[message].delivery;
		s->replay->message[message].delivery = (uint32_t)(delivery - s->replay->delivery);
	} else
		next = delivery->next;
	*delivery = (struct replay_delivery){.row = {.part = part},
					     .message = message,
					     .name = name,
					     .copied_for = RECORD_NONE,
					     .acknowledgement = RECORD_NONE,
					     .next = next};
	return delivery;
}

static void put_message(struct replay_spot *s, uint32_t message)
{
	struct replay_message *m = &s->replay->message[message];

	if (!m->is_here)
		s->replay->here[s->replay->here_count++] = message;
	m->is_here = true;
	m->at = s->entry->at;
}

/* An answer, hold or decline, sent or received: what it does to the message that it names. */
static void apply_reply(struct replay_spot *s, uint32_t reply)
{
	static struct content content;
	const struct record_message *m = &s->record->message[reply];
	uint32_t old = audit_record_message_of(s->record, m->in_reply_to);
	struct replay_delivery *delivery = audit_replay_delivery(s->replay, old, m->from);
	struct message_row row;
	int64_t until;

	if (delivery == NULL)
		return;
	row = replay_row(s->replay, old);
	if (m->kind == KIND_ANSWER && delivery->row.answered_at == 0) {
		delivery->row.answered_at = s->entry->at;
		deadline_ended(&delivery->row);
	} else if (m->kind == KIND_DECLINE && delivery->row.declined_at == 0) {
		delivery->row.declined_at = s->entry->at;
		deadline_ended(&delivery->row);
	} else if (m->kind == KIND_HOLD && delivery->row.answered_at == 0 && delivery->row.declined_at == 0 &&
		   audit_record_words(s->record, reply, &content) == RESULT_OK &&
		   content_time(&content, FIELD_NEXT_UPDATE, &until) &&
		   deadline_time(until, s->replay->shift_clock, &until))
		deadline_hold(&delivery->row, &row, s->at, until);
	else
		return;
	replay_put(s->replay, delivery);
}

static void apply_supersede(struct replay_spot *s, uint32_t message)
{
	struct audit_replay *replay = s->replay;
	const struct record_message *m = &s->record->message[message];
	uint32_t old = audit_record_message_of(s->record, m->supersedes);

	if (m->supersedes == RECORD_NONE ||
	    (m->kind != KIND_UPDATE && m->kind != KIND_CORRECT && m->kind != KIND_CANCEL))
		return;
	replay->message[message].next_superseder = replay->superseder[m->supersedes];
	replay->superseder[m->supersedes] = message;
	if (old == RECORD_NONE || !replay->message[old].is_here)
		return;
	for (uint32_t at = replay->message[old].delivery; at != RECORD_NONE; at = replay->delivery[at].next)
		replay_put(replay, &replay->delivery[at]);
}

static void on_release(struct replay_spot *s)
{
	uint32_t message = audit_record_message_of(s->record, s->entry->item);
	const struct record_message *m;
	struct message_row row;

	if (message == RECORD_NONE || s->replay->message[message].is_here)
		return;
	m = &s->record->message[message];
	row = replay_row(s->replay, message);
	put_message(s, message);
	for (uint32_t i = 0; i < (uint32_t)m->action_count + m->info_count; i++) {
		uint32_t name = s->record->addressee[m->addressee + i];
		struct replay_delivery *delivery =
		    replay_add(s, message, name, i < m->action_count ? PART_ACTION : PART_INFO);

		if (delivery == NULL)
			return;
		deadline_released(&delivery->row, &row, s->at, s->replay->shift_clock);
		replay_put(s->replay, delivery);
		replay_sides(s, message, name);
	}
	apply_reply(s, message);
	apply_supersede(s, message);
}

/* For action, for information, or by a copy. */
static uint8_t part_of(const struct audit_record *record, const struct record_message *m, uint32_t name)
{
	for (uint32_t i = 0; i < (uint32_t)m->action_count + m->info_count; i++)
		if (record->addressee[m->addressee + i] == name)
			return i < m->action_count ? PART_ACTION : PART_INFO;
	return PART_COPY;
}

static void on_received_message(struct replay_spot *s, uint32_t message)
{
	uint8_t part = part_of(s->record, &s->record->message[message], s->replay->own);
	struct message_row row = replay_row(s->replay, message);
	struct replay_delivery *delivery;

	if (s->replay->message[message].is_here)
		return;
	put_message(s, message);
	delivery = replay_add(s, message, s->replay->own, part);
	if (delivery == NULL)
		return;
	delivery->row.custody_at = s->entry->at;
	deadline_custody(&delivery->row, &row, s->at, s->replay->shift_clock);
	replay_pause(s, &row, delivery);
	replay_put(s->replay, delivery);
	apply_reply(s, message);
	apply_supersede(s, message);
	if (part != PART_COPY)
		replay_sides(s, message, s->peer);
}

/* A copy was acknowledged: the ladder climbs no further for whom it was made. */
static void end_ladder(struct replay_spot *s, uint32_t message, uint32_t copied_for)
{
	struct replay_delivery *delivery = audit_replay_delivery(s->replay, message, copied_for);

	if (delivery == NULL || delivery->row.due[DEADLINE_ACKNOWLEDGE] == 0)
		return;
	delivery->row.due[DEADLINE_ACKNOWLEDGE] = 0;
	replay_put(s->replay, delivery);
}

/* First times stay. */
static void note_first(int64_t *at, int64_t now)
{
	*at = *at == 0 ? now : *at;
}

static void take_custody(struct replay_spot *s, struct replay_delivery *delivery, int64_t at)
{
	struct message_row row = replay_row(s->replay, delivery->message);

	delivery->row.custody_at = at;
	deadline_custody(&delivery->row, &row, s->at, s->replay->shift_clock);
	replay_pause(s, &row, delivery);
}

static void apply_receipt(struct replay_spot *s, const struct record_receipt *receipt, uint32_t message)
{
	struct replay_delivery *delivery = audit_replay_delivery(s->replay, message, s->peer);
	struct delivery_row *row;

	if (delivery == NULL)
		return;
	row = &delivery->row;
	if (receipt->kind == RECEIPT_CUSTODY && row->custody_at == 0) {
		take_custody(s, delivery, receipt->at);
	} else if (receipt->kind == RECEIPT_SHOWN) {
		note_first(&row->shown_at, receipt->at);
	} else if (receipt->kind == RECEIPT_ACKNOWLEDGED && row->acknowledged_at == 0) {
		row->acknowledged_at = receipt->at;
		row->understood = receipt->understood;
		delivery->acknowledgement = receipt->item;
		deadline_acknowledged(row);
	} else if (receipt->kind == RECEIPT_REFUSED && row->refused == 0 && row->custody_at == 0) {
		row->refused = receipt->reason;
		deadline_ended(row);
	} else
		return;
	deadline_receipted(row, (enum receipt_kind)receipt->kind, receipt->clock_error);
	replay_put(s->replay, delivery);
	if (receipt->kind == RECEIPT_ACKNOWLEDGED && row->part == PART_COPY)
		end_ladder(s, message, delivery->copied_for);
}

/* An own receipt has its seq: custody is receipted now, an acknowledgement has its receipt. */
static void apply_sent_receipt(struct replay_spot *s, const struct record_receipt *receipt, uint32_t message)
{
	struct replay_delivery *delivery = audit_replay_delivery(s->replay, message, s->replay->own);

	if (delivery == NULL)
		return;
	if (receipt->kind == RECEIPT_CUSTODY)
		note_first(&delivery->row.sent_at, s->entry->at);
	else if (receipt->kind == RECEIPT_ACKNOWLEDGED && delivery->acknowledgement == RECORD_NONE)
		delivery->acknowledgement = receipt->item;
	deadline_receipted(&delivery->row, (enum receipt_kind)receipt->kind, receipt->clock_error);
}

static void on_pair_entry(struct replay_spot *s)
{
	const struct record_item *item = s->entry->item != RECORD_NONE ? &s->record->item[s->entry->item] : NULL;
	bool is_received = s->entry->kind == LEAF_RECEIVED;
	struct replay_delivery *delivery;

	if (item == NULL)
		return;
	if (item->type == RECORD_MESSAGE && is_received)
		on_received_message(s, item->fact);
	else if (item->type == RECORD_MESSAGE && (delivery = audit_replay_delivery(s->replay, item->fact, s->peer)) != NULL)
		note_first(&delivery->row.sent_at, s->entry->at);
	if (item->type != RECORD_RECEIPT)
		return;
	for (size_t i = 0; i < s->record->receipt[item->fact].named_count; i++) {
		const struct record_receipt *receipt = &s->record->receipt[item->fact];
		uint32_t message = audit_record_message_of(s->record, s->record->named[receipt->named + i]);

		if (is_received)
			apply_receipt(s, receipt, message);
		else
			apply_sent_receipt(s, receipt, message);
	}
}

static void apply_entry(struct audit_replay *replay, const struct record_entry *entry)
{
	struct replay_spot spot = {.replay = replay,
				   .record = replay->record,
				   .entry = entry,
				   .peer = replay->peer[entry->log],
				   .at = entry->at + replay->shift_log};

	spot.clock_at = spot.at - replay->shift_clock;
	if (replay->record->log[entry->log].peer.text[0] != '\0')
		on_pair_entry(&spot);
	else if (entry->kind == STATION_RELEASE)
		on_release(&spot);
	else
		replay_station_entry(&spot);
}

static bool make_room(struct audit_replay *replay)
{
	const struct audit_record *record = replay->record;
	size_t messages = record->message_list.count, items = record->item_list.count, logs = record->log_list.count;

	replay->message = calloc(messages + 1, sizeof *replay->message);
	replay->here = calloc(messages + 1, sizeof *replay->here);
	replay->superseder = malloc((items + 1) * sizeof *replay->superseder);
	replay->peer = calloc(logs + 1, sizeof *replay->peer);
	replay->link = calloc(logs + 1, sizeof *replay->link);
	if (replay->message == NULL || replay->here == NULL || replay->superseder == NULL || replay->peer == NULL ||
	    replay->link == NULL)
		return false;
	memset(replay->superseder, 0xff, (items + 1) * sizeof *replay->superseder);
	for (size_t i = 0; i < messages; i++)
		replay->message[i].delivery = replay->message[i].next_superseder = RECORD_NONE;
	for (size_t i = 0; i < logs; i++)
		replay->peer[i] = audit_record_name(record, name_bytes(&record->log[i].peer));
	return true;
}

int audit_replay_advance(struct audit_replay *replay, int64_t at)
{
	const struct audit_record *record = replay->record;
	int result;

	replay->at = at;
	for (; replay->entry_count < record->entry_list.count && replay->error == 0; replay->entry_count++) {
		if (record->entry[replay->entry_count].at > at)
			break;
		apply_entry(replay, &record->entry[replay->entry_count]);
	}
	result = replay->error;
	if (result != 0)
		audit_replay_finish(replay);
	return result;
}

int audit_replay_at(struct audit_record *record, int64_t at, struct audit_replay *out)
{
	memset(out, 0, sizeof *out);
	out->record = record;
	out->own = audit_record_name(record, name_bytes(&record->station));
	out->error = make_room(out) ? 0 : -ENOMEM;
	if (record->entry_list.count > 0 &&
	    (record->entry[0].at < 0 || record->entry[record->entry_list.count - 1].at > REPLAY_TIME_MAX))
		out->error = RESULT_LIMIT;
	return audit_replay_advance(out, at);
}

void audit_replay_finish(struct audit_replay *replay)
{
	free(replay->message);
	free(replay->here);
	free(replay->superseder);
	free(replay->peer);
	free(replay->link);
	free(replay->delivery);
	free(replay->silence);
	free(replay->incident);
	free(replay->kept);
	idmap_finish(&replay->incident_map);
	memset(replay, 0, sizeof *replay);
}
