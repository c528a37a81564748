/*
 * What entries of the station log mean for messages: shown and acknowledged here, given up, deadlines passed, the clock
 * set, links up and down (SPEC 5.6, 6.2). Their data is read from the file.
 */
#include <stdlib.h>

#include "client/audit/replay_apply.h"
#include "proto/list.h"
#include "proto/result.h"

static struct replay_delivery *find(struct replay_spot *s, struct bytes name)
{
	uint32_t which = audit_record_name(s->record, name);

	return which != RECORD_NONE ? audit_replay_delivery(s->replay, audit_record_message_of(s->record, s->entry->item), which)
				    : NULL;
}

static struct replay_delivery *find_own(struct replay_spot *s)
{
	return find(s, name_bytes(&s->record->station));
}

/* [peer, item type, receipt kind, officer, uid, understood]: an officer was shown a message, or acknowledged it. */
static void on_queue(struct replay_spot *s, struct pack_reader *r)
{
	struct replay_delivery *delivery = find_own(s);
	uint64_t kind, understood;

	pack_expect_array(r, 6);
	pack_read_str(r, LIMIT_NAME_BYTES);
	pack_read_uint(r, INT64_MAX);
	kind = pack_read_uint(r, INT64_MAX);
	pack_read_str(r, LIMIT_FUNCTION_BYTES);
	pack_read_uint(r, INT64_MAX);
	understood = pack_read_uint(r, UNDERSTOOD_NO);
	if (pack_read_end(r) != RESULT_OK || delivery == NULL)
		return;
	if (kind == RECEIPT_SHOWN) {
		delivery->row.shown_at = delivery->row.shown_at == 0 ? s->entry->at : delivery->row.shown_at;
		deadline_shown(&delivery->row);
	} else if (kind == RECEIPT_ACKNOWLEDGED && delivery->row.acknowledged_at == 0) {
		delivery->row.acknowledged_at = s->entry->at;
		delivery->row.understood = (uint8_t)understood;
		deadline_acknowledged(&delivery->row);
	}
	replay_put(s->replay, delivery);
}

/* [peer, reason]: the peer can't take the parcel in any form. */
static void on_given_up(struct replay_spot *s, struct pack_reader *r)
{
	struct replay_delivery *delivery;
	struct bytes name;
	uint64_t reason;

	pack_expect_array(r, 2);
	name = pack_read_str(r, LIMIT_NAME_BYTES);
	reason = pack_read_uint(r, INT64_MAX);
	if (pack_read_end(r) != RESULT_OK || (delivery = find(s, name)) == NULL || delivery->row.custody_at != 0 ||
	    delivery->row.refused != 0)
		return;
	delivery->row.refused = reason == REFUSE_LIMIT ? RESULT_LIMIT : RESULT_MALFORMED;
	deadline_ended(&delivery->row);
	replay_put(s->replay, delivery);
}

/* The message went to one more contact point. */
static void add_copy(struct replay_spot *s, uint32_t message, struct bytes target, uint32_t copied_for)
{
	uint32_t name = audit_record_name(s->record, target);
	struct message_row row = replay_row(s->replay, message);
	struct replay_delivery *copy;

	if (name == RECORD_NONE) /* no card, header or receipt in the file names it */
		return;
	copy = replay_add(s, message, name, PART_COPY);
	if (copy == NULL)
		return;
	copy->copied_for = copied_for;
	deadline_released(&copy->row, &row, s->at, s->replay->shift_clock);
	replay_put(s->replay, copy);
}

/* [name, deadline, share, act, target]: a deadline passed, or an officer took the step that waited. */
static void on_step(struct replay_spot *s, struct pack_reader *r)
{
	struct replay_delivery *delivery;
	struct bytes name, target;
	uint64_t which, share, act;
	struct message_row row;

	pack_expect_array(r, 5);
	name = pack_read_str(r, LIMIT_NAME_BYTES);
	which = pack_read_uint(r, DEADLINES - 1);
	share = pack_read_uint(r, UINT32_MAX);
	act = pack_read_uint(r, INT64_MAX);
	target = pack_read_str(r, LIMIT_NAME_BYTES);
	if (pack_read_end(r) != RESULT_OK || act == STEP_SKIPPED || (delivery = find(s, name)) == NULL)
		return;
	row = replay_row(s->replay, delivery->message);
	if (which != DEADLINE_ACKNOWLEDGE || share > delivery->row.step)
		deadline_passed(&delivery->row, &row, (enum deadline)which);
	if (which == DEADLINE_ACKNOWLEDGE)
		delivery->row.waiting = act == STEP_WAITS ? (uint32_t)share : 0;
	replay_put(s->replay, delivery);
	if (act == STEP_COPIED)
		add_copy(s, delivery->message, target, delivery->name);
}

/* [peer, share]: the sender's ladder reminds of a message. */
static void on_reminded(struct replay_spot *s, struct pack_reader *r)
{
	struct replay_delivery *delivery = find_own(s);
	uint64_t share;

	pack_expect_array(r, 2);
	pack_read_str(r, LIMIT_NAME_BYTES);
	share = pack_read_uint(r, UINT32_MAX);
	if (pack_read_end(r) == RESULT_OK && delivery != NULL && share > delivery->row.reminded)
		delivery->row.reminded = (uint32_t)share;
}

/* [time]: the station rings by itself before the watch's time is over. */
static void on_early(struct replay_spot *s, struct pack_reader *r)
{
	struct replay_delivery *delivery = find_own(s);
	int64_t due;

	pack_expect_array(r, 1);
	due = pack_read_int(r);
	if (pack_read_end(r) != RESULT_OK || delivery == NULL || delivery->row.due[DEADLINE_OPEN] == 0 ||
	    !deadline_time(due, s->replay->shift_clock, &due))
		return;
	delivery->row.due[DEADLINE_EARLY] = due;
	replay_put(s->replay, delivery);
}

/*
 * [before, after]: the clock was set, and the deadlines' time does not step with it. [clock]: the times of entries are
 * no longer as far ahead of it as they were.
 */
static void on_clock(struct replay_spot *s, struct pack_reader *r)
{
	bool is_step = s->entry->kind == STATION_CLOCK;
	int64_t before = 0, clock;

	pack_expect_array(r, is_step ? 2 : 1);
	if (is_step)
		before = pack_read_int(r);
	clock = pack_read_int(r);
	if (pack_read_end(r) != RESULT_OK || before < 0 || clock < 0 || before > REPLAY_TIME_MAX || clock > REPLAY_TIME_MAX)
		return;
	if (is_step)
		s->replay->shift_clock += before - clock;
	s->replay->shift_log = clock + s->replay->shift_clock - s->entry->at;
	if (llabs(s->replay->shift_clock) > REPLAY_TIME_MAX)
		s->replay->error = RESULT_LIMIT;
}

/* [peer, up] */
static void on_link(struct replay_spot *s, struct pack_reader *r)
{
	struct bytes peer;
	uint64_t is_up;
	uint32_t log;

	pack_expect_array(r, 2);
	peer = pack_read_str(r, LIMIT_NAME_BYTES);
	is_up = pack_read_uint(r, 1);
	log = audit_record_log(s->record, peer);
	if (pack_read_end(r) == RESULT_OK && log != RECORD_NONE)
		s->replay->link[log] = (struct replay_link){.is_up = is_up != 0, .since = s->entry->at};
}

/* Nothing is up when a station starts. */
static void on_start(struct replay_spot *s)
{
	for (size_t i = 0; i < s->record->log_list.count; i++)
		s->replay->link[i] = (struct replay_link){.since = s->entry->at};
}

void replay_station_entry(struct replay_spot *s)
{
	static void (*const acts[])(struct replay_spot *s, struct pack_reader *r) = {
	    [STATION_QUEUE] = on_queue,	  [STATION_GIVEN_UP] = on_given_up, [STATION_STEP] = on_step,
	    [STATION_REMINDED] = on_reminded, [STATION_EARLY] = on_early,	    [STATION_CLOCK] = on_clock,
	    [STATION_LEAD] = on_clock,	  [STATION_LINK] = on_link,
	};
	uint16_t kind = s->entry->kind;
	struct pack_reader r;
	struct leaf leaf;
	int result;

	if (kind == STATION_START)
		on_start(s);
	if (kind >= sizeof acts / sizeof *acts || acts[kind] == NULL)
		return;
	result = audit_record_leaf(s->record, s->entry, &leaf);
	if (result != 0) {
		s->replay->error = result;
		return;
	}
	r = pack_reader(leaf.data);
	acts[kind](s, &r);
}
