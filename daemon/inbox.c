/*
 * What arrives: pieces become a parcel, the parcel is opened and its items are verified, entered in the pair log and
 * receipted, all in the turn's one transaction (SPEC 4, 5). Whatever is wrong is refused, counted and told.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

/* A refused message is never entered; its receipt names the hash of what came. */
static void refuse_message(struct station *st, struct peer *peer, struct bytes encoded, int reason, bool is_exercise)
{
	struct receipt receipt = {.id_count = 1,
				  .kind = RECEIPT_REFUSED,
				  .from = core_own_name(st),
				  .to = name_bytes(&peer->name),
				  .at = st->now.real_us,
				  .clock_error = st->now.error_ms,
				  .reason = (uint8_t)reason};

	object_id(encoded, receipt.id[0]);
	core_count(st, COUNT_MESSAGE, peer, result_name(reason));
	core_log_act(st, STATION_REFUSED, receipt.id[0], "tu", name_bytes(&peer->name), (uint64_t)reason);
	core_notify(st, "refused", NULL, name_bytes(&peer->name), core_own_name(st), result_name(reason));
	outbox_receipt(st, peer, &receipt, is_exercise, PRECEDENCE_PRIORITY);
}

/* The receipt names the object if there is one to name, and has the mode that its type claims. */
static void refuse_item(struct station *st, struct peer *peer, const struct item *item, int reason)
{
	struct object claimed;
	bool claims_exercise = object_decode(item->object, &claimed) == RESULT_OK && object_is_exercise(claimed.type);

	refuse_message(st, peer, item->object.len > 0 ? item->object : item->raw, reason, claims_exercise);
}

/* Whether the message names one of the other mode: nothing crosses from exercise to real or back. */
static bool crosses_modes(struct station *st, const struct message *message)
{
	struct message_row named;
	bool is_exercise = message->exercise.len > 0;

	if (message->has_in_reply_to && store_message(st->store, message->in_reply_to, &named) &&
	    named.is_exercise != is_exercise)
		return true;
	return message->has_supersedes && store_message(st->store, message->supersedes, &named) &&
	       named.is_exercise != is_exercise;
}

/* Everything that must hold before a message is accepted. out_* are filled as far as reading came. */
static int judge_message(struct station *st, struct peer *peer, const struct item *item, struct object *out_object,
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
	if (message_addresses(out_message, core_own_name(st)) == 0)
		return RESULT_NOT_ADDRESSEE;
	if (out_message->exercise.len > 0 && !st->config->accepts_exercise)
		return RESULT_EXERCISE;
	if (crosses_modes(st, out_message))
		return RESULT_MALFORMED;
	hash_sha256(item->content, hash);
	if (!hash_equal(hash, out_message->content_hash, HASH_BYTES))
		return RESULT_MALFORMED;
	return content_decode(item->content, out_content);
}

static void owe_custody(struct station *st, struct peer *peer, const struct message *message,
			const uint8_t id[OBJECT_ID_BYTES])
{
	struct custody *custody = &peer->custody[message->exercise.len > 0];

	if (custody->count == LIMIT_CUSTODY_IDS)
		outbox_custody(st, peer);
	memcpy(custody->id[custody->count++], id, OBJECT_ID_BYTES);
	if (message->precedence > custody->precedence)
		custody->precedence = message->precedence;
}

/* Another message of this sender under the same number and mode: both stand, and it is a fault. */
static bool number_is_taken(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES])
{
	struct message_row row;

	for (int64_t after = 0; store_message_numbered(st->store, message->number, after, &row); after = row.row)
		if (!row.is_sent && row.is_exercise == (message->exercise.len > 0) &&
		    bytes_equal(row.sender, message->from) && memcmp(row.id, id, OBJECT_ID_BYTES) != 0)
			return true;
	return false;
}

static void take_message(struct station *st, struct peer *peer, const struct item *item)
{
	static struct object object;
	static struct message message;
	static struct content content;
	struct message_row row = {0};
	int result = judge_message(st, peer, item, &object, &message, &content);

	if (result != RESULT_OK) {
		refuse_item(st, peer, item, result);
		return;
	}
	if (store_message(st->store, object.id, &row))
		return; /* it came before in another parcel, and has its receipt */
	if (number_is_taken(st, &message, object.id))
		core_fault(st, peer, "two of its messages have one number");
	memcpy(row.id, object.id, OBJECT_ID_BYTES);
	row.sender = message.from;
	row.is_exercise = message.exercise.len > 0;
	row.number = message.number;
	row.at = st->now.real_us;
	memcpy(row.content_hash, message.content_hash, HASH_BYTES);
	store_object_put(st->store, object.id, item->object);
	store_content_put(st->store, message.content_hash, item->content);
	store_message_put(st->store, &row);
	store_delivery_put(st->store, object.id, core_own_name(st), message_addresses(&message, core_own_name(st)) == 2,
			   st->now.real_us);
	core_pair_entry(st, peer, LEAF_RECEIVED, object.id);
	owe_custody(st, peer, &message, object.id);
	release_apply_reply(st, &message, &content, message.from);
	core_notify(st, "message", &message, message.from, core_own_name(st), kind_name(message.kind));
	core_alert(st, "message", &message, message.from);
	core_journal(st, "event=message from=%s number=%04u-%06u precedence=%s", peer->name.text, message.number.year,
		     message.number.digits, precedence_name(message.precedence));
}

/* The message that a receipt names must be ours, of its mode, and addressed to the peer. */
static bool receipt_fits(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES], bool is_exercise)
{
	struct message_row row;
	struct delivery_row delivery;

	return store_message(st->store, id, &row) && row.is_sent && row.is_exercise == is_exercise &&
	       store_delivery(st->store, id, name_bytes(&peer->name), &delivery);
}

static void apply_receipt(struct station *st, struct peer *peer, const struct receipt *receipt,
			  const uint8_t receipt_id[OBJECT_ID_BYTES])
{
	struct bytes name = name_bytes(&peer->name);
	struct message message;
	enum object_type type;

	for (size_t i = 0; i < receipt->id_count; i++) {
		const uint8_t *id = receipt->id[i];

		switch ((enum receipt_kind)receipt->kind) {
		case RECEIPT_CUSTODY:
			store_delivery_custody(st->store, id, name, receipt->at);
			break;
		case RECEIPT_SHOWN:
			store_delivery_shown(st->store, id, name, receipt->at);
			break;
		case RECEIPT_ACKNOWLEDGED:
			store_delivery_acknowledged(st->store, id, name, receipt->at, receipt->understood, receipt_id);
			outbox_checkpoint(st, peer);
			break;
		case RECEIPT_REFUSED:
			store_delivery_refused(st->store, id, name, receipt->reason);
			if (track_header(st, id, &message, &type))
				core_alert(st, "refused", &message, name);
			break;
		}
		if (track_header(st, id, &message, &type))
			core_notify(st, receipt_kind_name(receipt->kind), &message, name, core_own_name(st),
				    receipt->kind == RECEIPT_REFUSED ? result_name(receipt->reason) : "");
	}
}

static int take_receipt(struct station *st, struct peer *peer, struct bytes encoded)
{
	static struct receipt receipt;
	struct object object;
	uint8_t key[KEY_BYTES];
	struct bytes held;
	int result = object_decode(encoded, &object);

	if (result != RESULT_OK)
		return result;
	if (object.type != OBJECT_RECEIPT && object.type != OBJECT_RECEIPT_EXERCISE)
		return RESULT_MALFORMED;
	result = receipt_decode(object.body, &receipt);
	if (result != RESULT_OK)
		return result;
	if (!bytes_equal(receipt.from, name_bytes(&peer->name)) || !bytes_equal(receipt.to, core_own_name(st)))
		return RESULT_NOT_ADDRESSEE;
	if (!directory_signing_key(st, peer, receipt.card_serial, key))
		return RESULT_KEY;
	result = object_verify(&object, key);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; i < receipt.id_count; i++)
		if (!receipt_fits(st, peer, receipt.id[i], object_is_exercise(object.type)))
			return RESULT_NOT_ADDRESSEE;
	if (store_object(st->store, object.id, &held))
		return RESULT_OK; /* a repeat in another parcel */
	store_object_put(st->store, object.id, encoded);
	core_pair_entry(st, peer, LEAF_RECEIVED, object.id);
	core_head(st, peer, receipt.log_size, receipt.log_root);
	apply_receipt(st, peer, &receipt, object.id);
	return RESULT_OK;
}

static int take_checkpoint(struct station *st, struct peer *peer, struct bytes note)
{
	char origin[ORIGIN_TEXT];
	struct checkpoint checkpoint;
	uint8_t id[HASH_BYTES];
	struct bytes held;
	int result;

	checkpoint_origin(name_bytes(&peer->name), core_own_name(st), origin);
	result = checkpoint_open(note, bytes_of(origin), peer->card.log, &checkpoint);
	if (result != RESULT_OK)
		return result;
	hash_sha256(note, id);
	if (store_object(st->store, id, &held))
		return RESULT_OK;
	store_object_put(st->store, id, note);
	core_pair_entry(st, peer, LEAF_RECEIVED, id);
	core_head(st, peer, checkpoint.size, checkpoint.root);
	return RESULT_OK;
}

static int take_card(struct station *st, struct peer *peer, struct bytes encoded)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct peer *about;
	int result = directory_take_card(st, encoded, &about);

	if (result != RESULT_OK)
		return result;
	object_id(encoded, id);
	store_object_put(st->store, id, encoded);
	core_pair_entry(st, peer, LEAF_RECEIVED, id);
	return RESULT_OK;
}

static void take_item(struct station *st, struct peer *peer, struct item *item)
{
	int result = parcel_read_item(item);

	if (result == RESULT_NEWER || item->type == ITEM_REMINDER || item->type == ITEM_RELAYED) {
		peer->skipped++;
		core_count(st, COUNT_SKIPPED, peer, "item");
		return;
	}
	if (item->type == 0)
		core_count(st, COUNT_PARCEL, peer, "item without a type");
	switch ((enum item_type)item->type) {
	case ITEM_MESSAGE:
		if (result == RESULT_OK)
			take_message(st, peer, item);
		else
			refuse_item(st, peer, item, result);
		break;
	case ITEM_RECEIPT:
		if (result == RESULT_OK)
			result = take_receipt(st, peer, item->object);
		if (result != RESULT_OK)
			core_count(st, COUNT_RECEIPT, peer, result_name(result));
		break;
	case ITEM_CARD:
		if (result == RESULT_OK)
			result = take_card(st, peer, item->object);
		if (result != RESULT_OK)
			core_count(st, COUNT_CARD, peer, result_name(result));
		break;
	case ITEM_REVOCATION:
		if (result == RESULT_OK)
			result = cards_take_revocation(st, item->object, peer);
		if (result != RESULT_OK)
			core_count(st, COUNT_CARD, peer, result_name(result));
		break;
	case ITEM_CHECKPOINT:
		if (result == RESULT_OK)
			result = take_checkpoint(st, peer, item->object);
		if (result != RESULT_OK)
			core_count(st, COUNT_CHECKPOINT, peer, result_name(result));
		break;
	case ITEM_STORED:
		if (result == RESULT_OK)
			flight_stored(st, peer, &item->stored);
		break;
	case ITEM_REMINDER:
	case ITEM_RELAYED:
		break;
	}
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
	if (item->type == ITEM_MESSAGE && message_decode(object.body, &message) == RESULT_OK)
		return message.card_serial;
	return item->type == ITEM_RECEIPT && receipt_decode(object.body, &receipt) == RESULT_OK ? receipt.card_serial
												: 0;
}

/*
 * Whether something in a parcel is signed under a serial that is not held yet, nor brought by the parcel itself: it is
 * kept until the card has come.
 */
static bool needs_card(const struct peer *peer, const struct parcel *parcel)
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

/* The plaintext is authentic: known already, contradictory, or new. A refuse reason, 0 when it was taken. */
int inbox_parcel(struct station *st, struct peer *peer, uint64_t seq, struct bytes plain)
{
	static struct parcel parcel;
	uint8_t hash[HASH_BYTES], held[HASH_BYTES];
	uint64_t next;
	int result;

	hash_sha256(plain, hash);
	if (store_received(st->store, peer->id, seq, held)) {
		if (hash_equal(hash, held, HASH_BYTES))
			return 0;
		core_count(st, COUNT_CONTRADICTION, peer, "");
		core_fault(st, peer, "two different parcels of one number");
		return REFUSE_OTHER;
	}
	result = parcel_decode(plain, &parcel);
	if (result != RESULT_OK || parcel.seq != seq) {
		core_count(st, COUNT_PARCEL, peer, result_name(result));
		return result == RESULT_LIMIT ? REFUSE_LIMIT : REFUSE_MALFORMED;
	}
	if (needs_card(peer, &parcel))
		return INBOX_WAITS;
	store_received_put(st->store, peer->id, seq, hash);
	if (seq == peer->through + 1) {
		peer->through = seq;
		while (store_received_after(st->store, peer->id, peer->through, &next) && next == peer->through + 1)
			peer->through = next;
		store_through(st->store, peer->id, peer->through);
	}
	for (size_t i = 0; i < parcel.count; i++)
		take_item(st, peer, &parcel.item[i]);
	return 0;
}
