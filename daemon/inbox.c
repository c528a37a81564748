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

static void enter_copy(struct station *st, struct peer *peer, struct bytes encoded)
{
	uint8_t id[OBJECT_ID_BYTES];

	object_id(encoded, id);
	store_object_put(st->store, id, encoded);
	core_pair_entry(st, peer, LEAF_RECEIVED, id);
}

/* Nobody is called for what expired on its way, what is cancelled already, or what the station answers by itself. */
static bool rings(struct station *st, const struct message *message, const struct content *content,
		  const uint8_t id[OBJECT_ID_BYTES])
{
	return (message->expires == 0 || message->expires > st->now.real_us) && !service_is_tracer(message, content) &&
	       !store_cancelled(st->store, id);
}

static void tell_message(struct station *st, struct peer *peer, const struct message *message,
			 enum incident_state before)
{
	enum incident_state now = incident_state(st, message, name_bytes(&peer->name));

	core_notify(st, "message", message, message->from, core_own_name(st), kind_name(message->kind));
	core_journal(st, "event=message from=%s number=%04u-%06u precedence=%s mode=%s", peer->name.text,
		     message->number.year, message->number.digits, precedence_name(message->precedence),
		     message->exercise.len > 0 ? "exercise" : "real");
	if (before != INCIDENT_NONE && now != before)
		core_notify(st, "incident", message, message->from, core_own_name(st),
			    before == INCIDENT_CLOSED ? N_("reopened") : incident_state_text(now));
}

static void take_message(struct station *st, struct peer *peer, const struct item *item)
{
	static struct object object;
	static struct message message;
	static struct content content;
	enum incident_state before;
	struct message_row row;
	int result = judge_message(st, peer, item, &object, &message, &content);

	if (result == RESULT_OK && store_message(st->store, object.id, &row))
		return; /* it came before in another parcel, and has its receipt */
	if (result == RESULT_OK && service_floods(st, peer, &message, &content)) {
		core_count(st, COUNT_TRACER, peer, "too many");
		result = RESULT_LIMIT;
	}
	if (result != RESULT_OK) {
		refuse_item(st, peer, item, result);
		return;
	}
	if (number_is_taken(st, &message, object.id))
		core_fault(st, peer, "two of its messages have one number");
	before = incident_state(st, &message, name_bytes(&peer->name));
	store_object_put(st->store, object.id, item->object);
	store_content_put(st->store, message.content_hash, item->content);
	core_pair_entry(st, peer, LEAF_RECEIVED, object.id);
	if (message_addresses(&message, core_own_name(st)) == 0)
		enter_copy(st, peer, item->copy);
	owe_custody(st, peer, &message, object.id);
	fetch_message(st, peer, &message, &content);
	ladder_arm_early(st, &message, object.id);
	tell_message(st, peer, &message, before);
	if (rings(st, &message, &content, object.id))
		core_alert(st, "message", &message, message.from);
	service_received(st, peer, &message, &content, object.id);
	check_answered(st, peer, &message, &content);
}

/* The message that a receipt names must be ours, of its mode, and addressed to the peer. */
static bool receipt_fits(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES], bool is_exercise)
{
	struct message_row row;
	struct delivery_row delivery;

	return store_message(st->store, id, &row) && row.is_sent && row.is_exercise == is_exercise &&
	       store_delivery(st->store, id, name_bytes(&peer->name), &delivery);
}

/* What is told of a receipt, and what it asks for. */
static void tell_receipt(struct station *st, struct peer *peer, const struct receipt *receipt)
{
	struct bytes name = name_bytes(&peer->name);
	struct message message;
	enum object_type type;

	if (receipt->kind == RECEIPT_ACKNOWLEDGED)
		outbox_checkpoint(st, peer);
	for (size_t i = 0; i < receipt->id_count; i++) {
		if (!track_header(st, receipt->id[i], &message, &type))
			continue;
		if (receipt->kind == RECEIPT_REFUSED)
			core_alert(st, "refused", &message, name);
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
	witness_head(st, peer, receipt.log_size, receipt.log_root, object.id);
	if (receipt.has_seen)
		witness_own(st, peer, receipt.seen_size, receipt.seen_root);
	tell_receipt(st, peer, &receipt);
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
	if (checkpoint.is_recovery)
		give_recovered(st, peer, &checkpoint, id);
	else
		witness_head(st, peer, checkpoint.size, checkpoint.root, id);
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
	if (store_log_has(st->store, peer->id, id))
		return RESULT_OK; /* it came before */
	store_object_put(st->store, id, encoded);
	core_pair_entry(st, peer, LEAF_RECEIVED, id);
	return RESULT_OK;
}

static bool take_message_back(struct station *st, struct peer *peer, const struct item *item)
{
	static struct object object;
	static struct message message;
	static struct content content;

	if (judge_message(st, peer, item, &object, &message, &content) != RESULT_OK)
		return false;
	store_object_put(st->store, object.id, item->object);
	store_content_put(st->store, message.content_hash, item->content);
	core_pair_entry(st, peer, LEAF_RECEIVED, object.id);
	if (message_addresses(&message, core_own_name(st)) == 0)
		enter_copy(st, peer, item->copy);
	fetch_message(st, peer, &message, &content);
	store_owed_put(st->store, peer->id, object.id);
	return true;
}

bool inbox_take_back(struct station *st, struct peer *peer, const struct item *item)
{
	struct object object;
	int result = object_decode(item->object, &object);

	if (result != RESULT_OK)
		return take_checkpoint(st, peer, item->object) == RESULT_OK;
	switch (object.type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		return take_message_back(st, peer, item);
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		return take_receipt(st, peer, item->object) == RESULT_OK;
	case OBJECT_CARD:
		return take_card(st, peer, item->object) == RESULT_OK;
	case OBJECT_REVOCATION:
		return cards_take_revocation(st, item->object, peer) == RESULT_OK;
	case OBJECT_COPY: /* it stands with its message */
	case OBJECT_COPY_EXERCISE:
	case OBJECT_OFFER:
		break;
	}
	return false;
}

void inbox_owe(struct station *st, struct peer *peer, const struct message *message, const uint8_t id[OBJECT_ID_BYTES])
{
	owe_custody(st, peer, message, id);
	core_notify(st, "message", message, message->from, core_own_name(st), kind_name(message->kind));
	core_alert(st, "message", message, message->from);
}

static void take_item(struct station *st, struct peer *peer, struct item *item)
{
	int result = parcel_read_item(item);

	if (result == RESULT_NEWER || item->type == ITEM_RELAYED) {
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
		if (result == RESULT_OK)
			result = ladder_reminded(st, peer, item->message, item->share);
		if (result != RESULT_OK)
			core_count(st, COUNT_REMINDER, peer, result_name(result));
		break;
	case ITEM_RELAYED:
		break;
	}
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
	if (judge_needs_card(peer, &parcel))
		return INBOX_WAITS;
	store_received_put(st->store, peer->id, seq, hash, st->now.real_us);
	if (seq == peer->through + 1) {
		peer->through = seq;
		while (store_received_after(st->store, peer->id, peer->through, &next) && next == peer->through + 1)
			peer->through = next;
		store_through(st->store, peer->id, peer->through);
	}
	peer->parcel_seq = seq;
	for (size_t i = 0; i < parcel.count; i++)
		take_item(st, peer, &parcel.item[i]);
	peer->parcel_seq = 0;
	return 0;
}
