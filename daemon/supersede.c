/*
 * Update, correct, cancel: messages that supersede an earlier one of the same sender (SPEC 5.7). The old one stays on
 * record; a cancel ends what is owed for it.
 */
#include <string.h>

#include "daemon/core.h"

/* How many messages a chain of superseding has, from this one back; at most LIMIT_SUPERSEDES. */
static size_t chain(struct station *st, const uint8_t id[OBJECT_ID_BYTES])
{
	static struct message older;
	enum object_type type;
	uint8_t at[OBJECT_ID_BYTES];
	size_t length = 1;

	memcpy(at, id, OBJECT_ID_BYTES);
	while (length < LIMIT_SUPERSEDES && track_header(st, at, &older, &type) && older.has_supersedes) {
		memcpy(at, older.supersedes, OBJECT_ID_BYTES);
		length++;
	}
	return length;
}

int supersede_judge(struct station *st, const struct message *message)
{
	struct message_row old;

	if (!message->has_supersedes)
		return RESULT_OK;
	if (store_message(st->store, message->supersedes, &old) && !bytes_equal(old.sender, message->from))
		return RESULT_MALFORMED;
	return chain(st, message->supersedes) < LIMIT_SUPERSEDES ? RESULT_OK : RESULT_LIMIT;
}

int supersede_check(struct station *st, const struct message *message)
{
	struct superseded row;
	struct message_row old;

	if (!message->has_supersedes)
		return 0;
	if (!store_message(st->store, message->supersedes, &old) || !old.is_sent ||
	    old.is_exercise != (message->exercise.len > 0))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The message that this draft supersedes is not one this station released in the same mode.");
	if (!kind_asks_acknowledgement(old.kind))
		return core_refuse(st, CONTROL_REFUSED, "A message of kind %s is not superseded; send another.",
				   kind_name(old.kind));
	if (store_superseded(st->store, &old, &row) && row.kind == KIND_CANCEL)
		return core_refuse(st, CONTROL_REFUSED, "The message that this draft supersedes is cancelled already.");
	if (chain(st, message->supersedes) >= LIMIT_SUPERSEDES)
		return core_refuse(st, CONTROL_REFUSED,
				   "The message that this draft supersedes ends a chain of %d already; release a new one.",
				   LIMIT_SUPERSEDES);
	return 0;
}

bool supersede_leaves_out(struct station *st, const struct message *message, struct name *out)
{
	struct delivery_row delivery;
	struct name last = {""};

	while (message->has_supersedes &&
	       store_delivery_after(st->store, message->supersedes, name_bytes(&last), &delivery) &&
	       name_copy(delivery.name, &last)) {
		*out = last;
		if (message_addresses(message, name_bytes(&last)) == 0)
			return true;
	}
	return false;
}

/* Of a cancelled message nothing is owed any more, by anyone. */
static void end_deadlines(struct station *st, const uint8_t id[OBJECT_ID_BYTES])
{
	struct delivery_row delivery;
	struct message_row message;
	struct name last = {""};

	if (!store_message(st->store, id, &message))
		return;
	while (store_delivery_after(st->store, id, name_bytes(&last), &delivery) && name_copy(delivery.name, &last)) {
		deadline_ended(&delivery);
		listing_put_delivery(st, &message, &delivery);
	}
}

void supersede_apply(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES], int64_t at)
{
	struct superseded row = {.kind = message->kind, .at = at};

	if (!message_supersedes(message))
		return;
	memcpy(row.by, id, OBJECT_ID_BYTES);
	store_superseded_put(st->store, message->supersedes, message->from, message->exercise.len > 0, &row);
	if (store_cancelled(st->store, message->supersedes))
		end_deadlines(st, message->supersedes);
}
