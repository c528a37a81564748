/* What must hold before something that arrived is accepted; it changes nothing (SPEC 5). */
#include <string.h>

#include "daemon/core.h"

/* Whether the message names one of the other mode: nothing crosses from exercise to real or back. */
static bool crosses_modes(struct station *st, const struct message *message)
{
	struct message_row named;
	bool is_exercise = message->exercise.len > 0;

	if (message->has_in_reply_to && store_message(st->store, message->in_reply_to, &named) &&
	    named.is_exercise != is_exercise)
		return true;
	if (message->has_supersedes && store_message(st->store, message->supersedes, &named) &&
	    named.is_exercise != is_exercise)
		return true;
	return incident_crosses_modes(st, message);
}

/* A message that does not name this station comes with a copy: by its own signer, of its mode, to us (SPEC 5.5). */
static int judge_copy(struct station *st, struct peer *peer, struct bytes encoded, const struct object *of,
		      const struct message *message)
{
	uint8_t key[KEY_BYTES];
	bool is_allowed = false;
	struct object object;
	struct copy copy;

	if (encoded.len == 0)
		return RESULT_NOT_ADDRESSEE;
	if (object_decode(encoded, &object) != RESULT_OK || copy_decode(object.body, &copy) != RESULT_OK ||
	    object.type != (object_is_exercise(of->type) ? OBJECT_COPY_EXERCISE : OBJECT_COPY))
		return RESULT_MALFORMED;
	if (!directory_signing_key(st, peer, copy.card_serial, key))
		return RESULT_KEY;
	if (object_verify(&object, key) != RESULT_OK)
		return RESULT_SIGNATURE;
	for (size_t i = 0; i < message->ladder_count; i++)
		is_allowed |= bytes_equal(message->ladder[i], core_own_name(st));
	return is_allowed && hash_equal(copy.message, of->id, OBJECT_ID_BYTES) && bytes_equal(copy.to, core_own_name(st))
		   ? RESULT_OK
		   : RESULT_NOT_ADDRESSEE;
}

int judge_message(struct station *st, struct peer *peer, const struct item *item, struct object *out_object,
			 struct message *out_message, struct content *out_content)
{
	uint8_t key[KEY_BYTES], hash[HASH_BYTES];
	int result = object_decode(item->object, out_object);

	if (result != RESULT_OK)
		return result;
	if (out_object->type != OBJECT_MESSAGE && out_object->type != OBJECT_MESSAGE_EXERCISE)
		return RESULT_MALFORMED;
	result = message_decode(out_object->body, out_message);
	if (result != RESULT_OK)
		return result;
	if (!bytes_equal(out_message->from, name_bytes(&peer->name)))
		return RESULT_MALFORMED; /* items bind to their sender */
	if (!directory_signing_key(st, peer, out_message->card_serial, key))
		return RESULT_KEY;
	result = object_verify(out_object, key);
	if (result == RESULT_OK)
		result = message_check(out_message, out_object->type);
	if (result != RESULT_OK)
		return result;
	if (message_addresses(out_message, core_own_name(st)) == 0) {
		result = judge_copy(st, peer, item->copy, out_object, out_message);
		if (result != RESULT_OK)
			return result;
	}
	if (out_message->exercise.len > 0 && !st->config->accepts_exercise)
		return RESULT_EXERCISE;
	if (crosses_modes(st, out_message))
		return RESULT_MALFORMED;
	result = supersede_judge(st, out_message);
	if (result != RESULT_OK)
		return result;
	hash_sha256(item->content, hash);
	if (!hash_equal(hash, out_message->content_hash, HASH_BYTES))
		return RESULT_MALFORMED;
	return content_decode(item->content, out_content);
}

static uint64_t copy_serial(struct bytes encoded)
{
	struct object object;
	struct copy copy;

	return encoded.len > 0 && object_decode(encoded, &object) == RESULT_OK &&
		       copy_decode(object.body, &copy) == RESULT_OK
		   ? copy.card_serial
		   : 0;
}

/* The serial that an item is signed under, or that a card of the peer brings; 0 when it has none. */
static uint64_t item_serial(const struct peer *peer, const struct item *item)
{
	static struct message message;
	static struct receipt receipt;
	static struct card card;
	struct object object;

	if (item->type == ITEM_CARD && card_open(item->object, &object, &card) == RESULT_OK &&
	    bytes_equal(card.name, name_bytes(&peer->name)) && hash_equal(card.root, peer->card.root, KEY_BYTES))
		return card.serial;
	if (item->type != ITEM_CARD && object_decode(item->object, &object) != RESULT_OK)
		return 0;
	if (item->type == ITEM_MESSAGE && message_decode(object.body, &message) == RESULT_OK) {
		uint64_t serial = copy_serial(item->copy);

		return serial > message.card_serial ? serial : message.card_serial;
	}
	return item->type == ITEM_RECEIPT && receipt_decode(object.body, &receipt) == RESULT_OK ? receipt.card_serial
												: 0;
}

bool judge_needs_card(const struct peer *peer, const struct parcel *parcel)
{
	uint64_t held = peer->card.serial;

	for (size_t i = 0; i < parcel->count; i++) {
		struct item item = parcel->item[i];
		uint64_t serial = parcel_read_item(&item) == RESULT_OK ? item_serial(peer, &item) : 0;

		if (serial > held && item.type != ITEM_CARD)
			return true;
		held = serial > held ? serial : held;
	}
	return false;
}
