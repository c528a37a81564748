/* What the ladder's entries mean for deliveries: steps taken, reminders, early alarms (SPEC 5.6). */
#include "daemon/apply.h"

/* The message went to one more contact point. */
static void add_copy(struct spot *s, const struct message_row *message, struct bytes target, struct bytes copied_for)
{
	struct delivery_row copy = {.name = target, .part = PART_COPY, .copied_for = copied_for};

	deadline_released(&copy, message, s->at, s->st->shift.clock);
	apply_put(s, message, &copy);
}

/* [name, deadline, share, act, target]: a deadline passed, or an officer took the step that waited. */
void apply_ladder_step(struct spot *s, struct pack_reader *r)
{
	struct delivery_row delivery;
	struct message_row message;
	struct bytes name, target;
	uint64_t which, share, act;

	pack_expect_array(r, 5);
	name = pack_read_str(r, LIMIT_NAME_BYTES);
	which = pack_read_uint(r, DEADLINES - 1);
	share = pack_read_uint(r, UINT32_MAX);
	act = pack_read_uint(r, INT64_MAX);
	target = pack_read_str(r, LIMIT_NAME_BYTES);
	if (pack_read_end(r) != RESULT_OK || act == STEP_SKIPPED ||
	    !apply_find(s, s->leaf->id, name, &message, &delivery))
		return;
	if (which != DEADLINE_ACKNOWLEDGE || share > delivery.step)
		deadline_passed(&delivery, &message, (enum deadline)which);
	if (which == DEADLINE_ACKNOWLEDGE)
		delivery.waiting = act == STEP_WAITS ? (uint32_t)share : 0;
	apply_put(s, &message, &delivery);
	if (act == STEP_COPIED)
		add_copy(s, &message, target, name);
}

void apply_ladder_copy(struct spot *s, struct bytes body)
{
	struct delivery_row delivery;
	struct message_row message;
	struct copy copy;

	if (copy_decode(body, &copy) == RESULT_OK && store_message(s->st->store, copy.message, &message) && message.is_sent &&
	    !store_delivery(s->st->store, copy.message, copy.to, &delivery))
		add_copy(s, &message, copy.to, (struct bytes){NULL, 0});
}

/* [peer, share]: the sender's ladder reminds of a message. */
void apply_ladder_reminded(struct spot *s, struct pack_reader *r)
{
	struct delivery_row delivery;
	struct message_row message;
	uint64_t share;

	pack_expect_array(r, 2);
	pack_read_str(r, LIMIT_NAME_BYTES);
	share = pack_read_uint(r, UINT32_MAX);
	if (pack_read_end(r) != RESULT_OK || !apply_find(s, s->leaf->id, core_own_name(s->st), &message, &delivery))
		return;
	delivery.reminded = share > delivery.reminded ? (uint32_t)share : delivery.reminded;
	apply_put(s, &message, &delivery);
}

/* [time]: the station rings by itself before the watch's time is over. */
void apply_ladder_early(struct spot *s, struct pack_reader *r)
{
	struct delivery_row delivery;
	struct message_row message;
	int64_t due;

	pack_expect_array(r, 1);
	due = pack_read_int(r);
	if (pack_read_end(r) != RESULT_OK || !apply_find(s, s->leaf->id, core_own_name(s->st), &message, &delivery) ||
	    delivery.due[DEADLINE_OPEN] == 0)
		return;
	delivery.due[DEADLINE_EARLY] = due + s->st->shift.clock;
	apply_put(s, &message, &delivery);
}
