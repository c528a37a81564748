/*
 * One entry of the peer's log that is taken back: what we had signed must bear our signature, what it had signed must be as
 * good as when it first came. Only then is it entered, by the same path as live traffic (SPEC 4.5).
 */
#include <string.h>

#include "daemon/core.h"
#include "proto/revocation.h"

#define UID_UNKNOWN UINT32_MAX

/* Our own card of a serial, for the keys that signed under it. */
static bool own_card(struct station *st, uint64_t serial, struct card *out)
{
	struct object object;
	struct bytes encoded;

	if (serial == st->card.serial) {
		*out = st->card;
		return true;
	}
	return store_card(st->store, core_own_name(st), serial, &encoded) &&
	       card_open(encoded, &object, out) == RESULT_OK && hash_equal(out->root, st->card.root, KEY_BYTES);
}

static bool is_ours(struct station *st, const struct object *object, uint64_t serial)
{
	static struct card card;

	return own_card(st, serial, &card) && object_verify(object, card.signing) == RESULT_OK;
}

/* To the addressees that may not have it: they know it by its id if they do. */
static void queue_to_others(struct station *st, const struct peer *from, const struct object *object,
			    const struct message *message, size_t size)
{
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		if (peer != from && message_addresses(message, name_bytes(&peer->name)) != 0 &&
		    !store_log_has(st->store, peer->id, object->id))
			outbox_message(st, peer, object->id, message, size);
}

static bool take_own_message(struct station *st, struct peer *peer, const struct object *object, struct bytes encoded,
			     struct bytes words)
{
	static struct message message;
	static struct content content;
	struct message_row row;
	uint8_t hash[HASH_BYTES];

	hash_sha256(words, hash);
	if (message_decode(object->body, &message) != RESULT_OK || !bytes_equal(message.from, core_own_name(st)) ||
	    !is_ours(st, object, message.card_serial) || message_check(&message, object->type) != RESULT_OK ||
	    !hash_equal(hash, message.content_hash, HASH_BYTES) || content_decode(words, &content) != RESULT_OK)
		return false;
	store_object_put(st->store, object->id, encoded);
	store_content_put(st->store, message.content_hash, words);
	if (!store_message(st->store, object->id, &row)) {
		core_log_act(st, STATION_MESSAGE_BACK, object->id, "t", name_bytes(&peer->name));
		queue_to_others(st, peer, object, &message, encoded.len + words.len);
	}
	return true;
}

/* A receipt that waits to be signed says the same as one that was sent in the time that was lost. */
static void drop_waiting(struct station *st, struct peer *peer, const struct receipt *sent)
{
	static struct receipt waiting;
	struct outbox_row row = {0};

	for (uint8_t precedence = 0; precedence <= PRECEDENCE_FLASH; precedence++)
		for (int64_t after = 0; store_outbox_waiting(st->store, peer->id, precedence, after, &row); after = row.id)
			if (row.type == ITEM_RECEIPT && !row.has_object &&
			    receipt_decode((struct bytes){row.data.data + 1, row.data.len - 1}, &waiting) == RESULT_OK &&
			    waiting.kind == sent->kind && memcmp(waiting.id[0], sent->id[0], OBJECT_ID_BYTES) == 0)
				store_outbox_drop(st->store, row.id);
}

/* What an officer had done stands in the station log, and that part of it is gone: the receipt says it. */
static void note_act(struct station *st, const struct peer *peer, const struct receipt *receipt)
{
	if (receipt->kind == RECEIPT_SHOWN || receipt->kind == RECEIPT_ACKNOWLEDGED)
		core_log_act(st, STATION_QUEUE, receipt->id[0], "tuutuu", name_bytes(&peer->name), (uint64_t)ITEM_RECEIPT,
			     (uint64_t)receipt->kind, receipt->officer, (uint64_t)UID_UNKNOWN,
			     (uint64_t)receipt->understood);
}

static bool take_own_receipt(struct station *st, struct peer *peer, const struct object *object, struct bytes encoded)
{
	static struct receipt receipt;

	if (receipt_decode(object->body, &receipt) != RESULT_OK || !bytes_equal(receipt.from, core_own_name(st)) ||
	    !bytes_equal(receipt.to, name_bytes(&peer->name)) || !is_ours(st, object, receipt.card_serial))
		return false;
	store_object_put(st->store, object->id, encoded);
	drop_waiting(st, peer, &receipt);
	for (size_t i = 0; i < receipt.id_count; i++)
		store_owed_drop(st->store, peer->id, receipt.id[i]);
	note_act(st, peer, &receipt);
	return true;
}

static bool take_own_copy(struct station *st, struct peer *peer, const struct object *object, struct bytes encoded)
{
	struct copy copy;

	if (copy_decode(object->body, &copy) != RESULT_OK || !bytes_equal(copy.to, name_bytes(&peer->name)) ||
	    !is_ours(st, object, copy.card_serial))
		return false;
	store_object_put(st->store, object->id, encoded);
	return true;
}

static bool take_own_card(struct station *st, const struct object *object, struct bytes encoded)
{
	static struct card card;
	struct object again;

	if (card_open(encoded, &again, &card) != RESULT_OK || !bytes_equal(card.name, core_own_name(st)) ||
	    !hash_equal(card.root, st->card.root, KEY_BYTES))
		return false;
	store_object_put(st->store, object->id, encoded);
	store_card_put(st->store, card.name, card.serial, encoded);
	return true;
}

/* A revocation may be of anybody whose root is known; the peer need not be told of it again. */
static bool take_own_revocation(struct station *st, struct peer *peer, const struct object *object, struct bytes encoded)
{
	struct bytes held;
	bool is_taken = store_object(st->store, object->id, &held) || cards_take_revocation(st, encoded, NULL) == RESULT_OK;

	if (is_taken)
		store_outbox_drop_object(st->store, peer->id, object->id);
	return is_taken && !store_log_has(st->store, peer->id, object->id);
}

static bool take_own_note(struct station *st, struct peer *peer, struct bytes encoded, const uint8_t id[HASH_BYTES])
{
	struct checkpoint checkpoint;

	if (checkpoint_open(encoded, bytes_of(peer->log.name), st->keys.log.public, &checkpoint) != RESULT_OK)
		return false;
	store_object_put(st->store, id, encoded);
	return true;
}

/* What this station had sent. */
static bool take_own(struct station *st, struct peer *peer, struct bytes encoded, struct bytes content,
		     const uint8_t id[HASH_BYTES])
{
	struct object object;

	if (object_decode(encoded, &object) != RESULT_OK)
		return take_own_note(st, peer, encoded, id);
	switch (object.type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		return take_own_message(st, peer, &object, encoded, content);
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		return take_own_receipt(st, peer, &object, encoded);
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		return take_own_copy(st, peer, &object, encoded);
	case OBJECT_CARD:
		return take_own_card(st, &object, encoded);
	case OBJECT_REVOCATION:
		return take_own_revocation(st, peer, &object, encoded);
	case OBJECT_OFFER:
		break;
	}
	return false;
}

bool recover_take(struct station *st, struct peer *peer, uint8_t kind, struct bytes given)
{
	struct pack_reader r = pack_reader(given);
	struct item item = {0};
	uint8_t id[HASH_BYTES];
	bool is_taken;

	pack_expect_array(&r, 3);
	item.object = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	item.content = pack_read_bin(&r, LIMIT_CONTENT_BYTES);
	item.copy = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	if (pack_read_end(&r) != RESULT_OK) {
		core_count(st, COUNT_RECOVERY, peer, "malformed entry");
		return false;
	}
	hash_sha256(item.object, id);
	if (store_log_has(st->store, peer->id, id))
		return false; /* it was not lost */
	is_taken = kind == LEAF_SENT ? inbox_take_back(st, peer, &item)
				     : take_own(st, peer, item.object, item.content, id);
	if (!is_taken) {
		core_count(st, COUNT_RECOVERY, peer, "entry that does not belong here");
		return false;
	}
	if (kind == LEAF_RECEIVED) {
		store_outbox_drop_object(st->store, peer->id, id);
		core_pair_entry(st, peer, LEAF_SENT, id);
	}
	return true;
}

void recover_owed(struct station *st, struct peer *peer)
{
	static struct message message;
	uint8_t id[OBJECT_ID_BYTES];
	enum object_type type;

	while (store_owed_take(st->store, peer->id, id))
		if (track_header(st, id, &message, &type))
			inbox_owe(st, peer, &message, id);
}
