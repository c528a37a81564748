/*
 * What an entry of a log means (rule 4): messages, deliveries and their deadlines follow from the entries and the objects
 * they name, and from nothing else. The same code serves each entry as it is made, and all of them again in a rebuild.
 * Nothing is queued, told or rung here.
 */
#include <string.h>

#include "daemon/apply.h"

/* A held object, decoded. Borrows until the next object is read. */
static bool open_object(struct station *st, const uint8_t id[OBJECT_ID_BYTES], struct object *out)
{
	struct bytes encoded;

	return store_object(st->store, id, &encoded) && object_decode(encoded, out) == RESULT_OK;
}

static bool read_receipt(const struct object *object, struct receipt *out)
{
	return (object->type == OBJECT_RECEIPT || object->type == OBJECT_RECEIPT_EXERCISE) &&
	       receipt_decode(object->body, out) == RESULT_OK;
}

bool apply_find(struct spot *s, const uint8_t id[OBJECT_ID_BYTES], struct bytes name, struct message_row *out_message,
		struct delivery_row *out)
{
	return store_message(s->st->store, id, out_message) && store_delivery(s->st->store, id, name, out);
}

void apply_put(struct spot *s, const struct message_row *message, struct delivery_row *delivery)
{
	if (store_cancelled(s->st->store, message->id))
		deadline_ended(delivery);
	listing_put_delivery(s->st, message, delivery);
}

/* An answer, hold or decline, sent or received: what it does to the message that it names. */
static void apply_reply(struct spot *s, const struct message *reply)
{
	static struct content content;
	struct delivery_row delivery;
	struct message_row message;
	struct bytes words;
	int64_t until;

	if (!reply->has_in_reply_to || !apply_find(s, reply->in_reply_to, reply->from, &message, &delivery))
		return;
	if (reply->kind == KIND_ANSWER && delivery.answered_at == 0) {
		delivery.answered_at = s->leaf->at;
		deadline_ended(&delivery);
	} else if (reply->kind == KIND_DECLINE && delivery.declined_at == 0) {
		delivery.declined_at = s->leaf->at;
		deadline_ended(&delivery);
	} else if (reply->kind == KIND_HOLD && delivery.answered_at == 0 && delivery.declined_at == 0 &&
		   store_content(s->st->store, reply->content_hash, &words) &&
		   content_decode(words, &content) == RESULT_OK && content_time(&content, FIELD_NEXT_UPDATE, &until) &&
		   deadline_time(until, s->st->shift.clock, &until))
		deadline_hold(&delivery, &message, s->at, until);
	else
		return;
	apply_put(s, &message, &delivery);
}

static void put_message(struct spot *s, const struct message *message, bool is_sent, struct message_row *out)
{
	*out = (struct message_row){.is_sent = is_sent,
				    .is_exercise = message->exercise.len > 0,
				    .sender = message->from,
				    .number = message->number,
				    .at = s->leaf->at,
				    .kind = message->kind,
				    .precedence = message->precedence,
				    .reply_by = message->reply_by,
				    .expires = message->expires};
	memcpy(out->id, s->leaf->id, OBJECT_ID_BYTES);
	memcpy(out->content_hash, message->content_hash, HASH_BYTES);
	out->has_incident = message->has_incident;
	memcpy(out->incident, message->incident, INCIDENT_BYTES);
	listing_put_message(s->st, out);
}

/* What a message does between the two sides of a pair. A received one's texts may be gone afterwards. */
static void apply_sides(struct spot *s, const struct message *message, struct bytes peer)
{
	const struct side side = {.peer = peer, .is_own = s->peer == NULL, .at = s->clock_at};

	incident_apply(s->st, message, s->leaf->id, &side);
	service_apply(s->st, message, &side);
}

static void on_release(struct spot *s)
{
	static struct message message;
	struct object object;
	struct message_row row;

	if (!open_object(s->st, s->leaf->id, &object) || message_decode(object.body, &message) != RESULT_OK)
		return;
	put_message(s, &message, true, &row);
	for (size_t i = 0; i < message_addressee_count(&message); i++) {
		struct delivery_row delivery = {.name = message_addressee(&message, i),
						.part = i < message.action_count ? PART_ACTION : PART_INFO};

		deadline_released(&delivery, &row, s->at, s->st->shift.clock);
		apply_put(s, &row, &delivery);
		apply_sides(s, &message, delivery.name);
	}
	apply_reply(s, &message);
	supersede_apply(s->st, &message, row.id, s->leaf->at);
}

static void on_received_message(struct spot *s, const struct object *object)
{
	static struct message message;
	struct delivery_row delivery = {.name = core_own_name(s->st), .custody_at = s->leaf->at};
	struct message_row row;
	int named;

	if (message_decode(object->body, &message) != RESULT_OK)
		return;
	put_message(s, &message, false, &row);
	named = message_addresses(&message, delivery.name);
	delivery.part = named == 1 ? PART_ACTION : named == 2 ? PART_INFO : PART_COPY;
	deadline_custody(&delivery, &row, s->at, s->st->shift.clock);
	service_pause(s->st, &row, &delivery, s->clock_at);
	apply_put(s, &row, &delivery);
	apply_reply(s, &message);
	supersede_apply(s->st, &message, row.id, s->leaf->at);
	if (named != 0)
		apply_sides(s, &message, name_bytes(&s->peer->name));
}

/* A copy was acknowledged: somebody there has read it, and the ladder climbs no further for whom it was made. */
static void end_ladder(struct spot *s, const uint8_t id[OBJECT_ID_BYTES], struct bytes copied_for)
{
	struct delivery_row delivery;
	struct message_row message;
	struct name name;

	if (!name_copy(copied_for, &name) || !apply_find(s, id, name_bytes(&name), &message, &delivery) ||
	    delivery.due[DEADLINE_ACKNOWLEDGE] == 0)
		return;
	delivery.due[DEADLINE_ACKNOWLEDGE] = 0;
	apply_put(s, &message, &delivery);
}

/* First times stay. */
static void note_first(int64_t *at, int64_t now)
{
	*at = *at == 0 ? now : *at;
}

static void apply_receipt(struct spot *s, const struct receipt *receipt, const uint8_t id[OBJECT_ID_BYTES])
{
	struct delivery_row delivery;
	struct message_row message;

	if (!apply_find(s, id, name_bytes(&s->peer->name), &message, &delivery))
		return;
	switch ((enum receipt_kind)receipt->kind) {
	case RECEIPT_CUSTODY:
		if (delivery.custody_at != 0)
			return;
		delivery.custody_at = receipt->at;
		deadline_custody(&delivery, &message, s->at, s->st->shift.clock);
		service_pause(s->st, &message, &delivery, s->clock_at);
		break;
	case RECEIPT_SHOWN:
		note_first(&delivery.shown_at, receipt->at);
		break;
	case RECEIPT_ACKNOWLEDGED:
		if (delivery.acknowledged_at != 0)
			return;
		delivery.acknowledged_at = receipt->at;
		delivery.understood = receipt->understood;
		delivery.has_acknowledgement = true;
		memcpy(delivery.acknowledgement, s->leaf->id, HASH_BYTES);
		deadline_acknowledged(&delivery);
		break;
	case RECEIPT_REFUSED:
		if (delivery.refused != 0 || delivery.custody_at != 0)
			return;
		delivery.refused = receipt->reason;
		deadline_ended(&delivery);
		break;
	}
	deadline_receipted(&delivery, (enum receipt_kind)receipt->kind, receipt->clock_error);
	apply_put(s, &message, &delivery);
	if (receipt->kind == RECEIPT_ACKNOWLEDGED && delivery.part == PART_COPY)
		end_ladder(s, id, delivery.copied_for);
}

static void on_received(struct spot *s)
{
	static struct receipt receipt;
	struct object object;

	if (!open_object(s->st, s->leaf->id, &object))
		return; /* a note */
	if (object.type == OBJECT_MESSAGE || object.type == OBJECT_MESSAGE_EXERCISE)
		on_received_message(s, &object);
	else if (read_receipt(&object, &receipt))
		for (size_t i = 0; i < receipt.id_count; i++)
			apply_receipt(s, &receipt, receipt.id[i]);
}

/* An own receipt has its seq: custody is receipted now, an acknowledgement has its receipt. */
static void on_sent_receipt(struct spot *s, const struct receipt *receipt)
{
	struct delivery_row delivery;
	struct message_row message;

	if (receipt->kind == RECEIPT_REFUSED)
		return;
	for (size_t i = 0; i < receipt->id_count; i++) {
		if (!apply_find(s, receipt->id[i], core_own_name(s->st), &message, &delivery))
			continue;
		if (receipt->kind == RECEIPT_CUSTODY)
			note_first(&delivery.sent_at, s->leaf->at);
		else if (receipt->kind == RECEIPT_ACKNOWLEDGED && !delivery.has_acknowledgement)
			memcpy(delivery.acknowledgement, s->leaf->id, HASH_BYTES);
		delivery.has_acknowledgement |= receipt->kind == RECEIPT_ACKNOWLEDGED;
		deadline_receipted(&delivery, (enum receipt_kind)receipt->kind, receipt->clock_error);
		apply_put(s, &message, &delivery);
	}
}

static void on_sent(struct spot *s)
{
	static struct receipt receipt;
	struct delivery_row delivery;
	struct message_row message;
	struct object object;

	if (apply_find(s, s->leaf->id, name_bytes(&s->peer->name), &message, &delivery)) {
		note_first(&delivery.sent_at, s->leaf->at);
		apply_put(s, &message, &delivery);
	} else if (!open_object(s->st, s->leaf->id, &object))
		return;
	else if (read_receipt(&object, &receipt))
		on_sent_receipt(s, &receipt);
	else if (object.type == OBJECT_COPY || object.type == OBJECT_COPY_EXERCISE)
		apply_ladder_copy(s, object.body);
}

/* [peer, item type, receipt kind, officer, uid, understood]: an officer was shown a message, or acknowledged it. */
static void on_queue(struct spot *s, struct pack_reader *r)
{
	struct delivery_row delivery;
	struct message_row message;
	uint64_t kind, understood;

	pack_expect_array(r, 6);
	pack_read_str(r, LIMIT_NAME_BYTES);
	pack_read_uint(r, INT64_MAX);
	kind = pack_read_uint(r, INT64_MAX);
	pack_read_str(r, LIMIT_FUNCTION_BYTES);
	pack_read_uint(r, INT64_MAX);
	understood = pack_read_uint(r, UNDERSTOOD_NO);
	if (pack_read_end(r) != RESULT_OK || !apply_find(s, s->leaf->id, core_own_name(s->st), &message, &delivery))
		return;
	if (kind == RECEIPT_SHOWN) {
		note_first(&delivery.shown_at, s->leaf->at);
		deadline_shown(&delivery);
	} else if (kind == RECEIPT_ACKNOWLEDGED && delivery.acknowledged_at == 0) {
		delivery.acknowledged_at = s->leaf->at;
		delivery.understood = (uint8_t)understood;
		deadline_acknowledged(&delivery);
	}
	apply_put(s, &message, &delivery);
}

/* [peer, reason]: the peer can't take the parcel in any form. */
static void on_given_up(struct spot *s, struct pack_reader *r)
{
	struct delivery_row delivery;
	struct message_row message;
	struct bytes name;
	uint64_t reason;

	pack_expect_array(r, 2);
	name = pack_read_str(r, LIMIT_NAME_BYTES);
	reason = pack_read_uint(r, INT64_MAX);
	if (pack_read_end(r) != RESULT_OK || !apply_find(s, s->leaf->id, name, &message, &delivery) ||
	    delivery.custody_at != 0 || delivery.refused != 0)
		return;
	delivery.refused = reason == REFUSE_LIMIT ? RESULT_LIMIT : RESULT_MALFORMED;
	deadline_ended(&delivery);
	apply_put(s, &message, &delivery);
}

static void apply_station_entry(struct spot *s)
{
	struct pack_reader r = pack_reader(s->leaf->data);

	switch ((enum station_kind)s->leaf->kind) {
	case STATION_RELEASE:
	case STATION_MESSAGE_BACK:
		on_release(s);
		break;
	case STATION_QUEUE:
		on_queue(s, &r);
		break;
	case STATION_GIVEN_UP:
		on_given_up(s, &r);
		break;
	case STATION_STEP:
		apply_ladder_step(s, &r);
		break;
	case STATION_REMINDED:
		apply_ladder_reminded(s, &r);
		break;
	case STATION_EARLY:
		apply_ladder_early(s, &r);
		break;
	case STATION_CHECK:
		check_apply(s->st, s->leaf);
		break;
	case STATION_CLOCK:
	case STATION_LEAD:
		clock_apply(s->st, s->leaf);
		break;
	default: /* of no consequence for what can be rebuilt */
		break;
	}
}

void apply_entry(struct station *st, struct peer *peer, const struct leaf *leaf)
{
	struct spot spot = {.st = st, .peer = peer, .leaf = leaf, .at = leaf->at + st->shift.log};

	spot.clock_at = spot.at - st->shift.clock;
	if (peer == NULL)
		apply_station_entry(&spot);
	else if (leaf->kind == LEAF_RECEIVED)
		on_received(&spot);
	else if (leaf->kind == LEAF_SENT)
		on_sent(&spot);
}
