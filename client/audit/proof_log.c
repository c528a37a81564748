/* One log of a proof of notification: its checkpoint, each entry's place and what it says, and the witness. */
#include <stdio.h>
#include <string.h>

#include "client/audit/proof_check.h"
#include "proto/copy.h"
#include "proto/leaf.h"
#include "proto/list.h"
#include "proto/result.h"

#define ORIGIN_PREFIX "hotline/"

/* The log at hand. */
struct place {
	struct proof_check *check;
	size_t number;
	const struct proof_log *log;
	struct name keeper, other, addressee;
	uint64_t size;
	uint8_t root[HASH_BYTES];
	uint64_t message_index;
	bool has_copy;
};

/* One entry of it whose place is proven. */
struct spot {
	struct place *place;
	const struct proof_entry *entry;
	struct object object;
	bool is_sent; /* by who keeps the log */
};

#define WRONG(place, ...) PROOF_WRONG((place)->check, __VA_ARGS__)

/* "hotline/<keeper>/<other>" */
static bool read_origin(struct bytes origin, struct name *keeper, struct name *other)
{
	size_t head = strlen(ORIGIN_PREFIX);
	const uint8_t *rest = origin.data + head, *slash;
	char expected[ORIGIN_TEXT];

	if (origin.len <= head || (slash = memchr(rest, '/', origin.len - head)) == NULL)
		return false;
	if (!name_copy((struct bytes){rest, (size_t)(slash - rest)}, keeper) ||
	    !name_copy((struct bytes){slash + 1, (size_t)(origin.data + origin.len - slash - 1)}, other))
		return false;
	checkpoint_origin(name_bytes(keeper), name_bytes(other), expected);
	return bytes_equal(origin, bytes_of(expected)) && !name_equal(keeper, other);
}

bool proof_addressee(const struct proof_check *check, const struct proof_log *log, struct name *out)
{
	struct bytes from = check->out->message.from;
	struct name keeper, other;

	if (!read_origin(log->origin, &keeper, &other))
		return false;
	*out = bytes_equal(name_bytes(&keeper), from) ? other : keeper;
	return bytes_equal(name_bytes(&keeper), from) != bytes_equal(name_bytes(&other), from);
}

static bool check_head(struct place *place)
{
	struct proof_check *check = place->check;
	struct bytes keeper = name_bytes(&place->keeper);
	struct checkpoint head;
	bool is_signed = false;

	for (size_t i = 0; i < check->key_count && !is_signed; i++)
		is_signed = bytes_equal(name_bytes(&check->key[i].name), keeper) &&
			    checkpoint_open(place->log->checkpoint, place->log->origin, check->key[i].log, &head) ==
				RESULT_OK;
	if (!is_signed)
		return WRONG(place, "the checkpoint of %.*s is not signed by a log key of %s.", (int)place->log->origin.len,
			     (const char *)place->log->origin.data, place->keeper.text);
	place->size = head.size;
	memcpy(place->root, head.root, HASH_BYTES);
	return true;
}

/* The same object in a log before this one: it was told already. */
static bool was_told(const struct spot *spot)
{
	const struct proof_file *file = spot->place->check->out->file;

	for (size_t i = 0; i < spot->place->number; i++)
		for (size_t j = 0; j < file->log[i].entry_count; j++)
			if (bytes_equal(file->log[i].entry[j].object, spot->entry->object))
				return true;
	return false;
}

static void say_receipt(const struct spot *spot, const struct receipt *r)
{
	static const char *const understood[] = {"not asked", "yes", "partly", "no"};
	struct proof_check *check = spot->place->check;
	const char *name = spot->place->addressee.text;
	char at[PROOF_TIME], serial[64];

	proof_time(r->at, r->clock_error, at);
	snprintf(serial, sizeof serial, "under serial %llu of its card", (unsigned long long)r->card_serial);
	if (r->kind == RECEIPT_CUSTODY)
		proof_say(check, LINE_SHOWN, "%s took it into custody at %s: its receipt, signed %s.", name, at, serial);
	else if (r->kind == RECEIPT_SHOWN)
		proof_say(check, LINE_SHOWN, "%s showed it to %.*s at %s: its receipt, signed %s.", name,
			  (int)r->officer.len, (const char *)r->officer.data, at, serial);
	else if (r->kind == RECEIPT_ACKNOWLEDGED)
		proof_say(check, LINE_SHOWN,
			  "%s says that %.*s acknowledged it at %s, understood: %s%s%.*s: its receipt, signed %s.", name,
			  (int)r->officer.len, (const char *)r->officer.data, at, understood[r->understood],
			  r->note.len > 0 ? ", with the note: " : "", (int)r->note.len,
			  r->note.len > 0 ? (const char *)r->note.data : "", serial);
	else
		proof_say(check, LINE_SHOWN, "%s refused it at %s (%s): its receipt, signed %s.", name, at,
			  result_name(r->reason), serial);
}

static bool names_message(const struct spot *spot, const struct receipt *receipt)
{
	for (size_t i = 0; i < receipt->id_count; i++)
		if (memcmp(receipt->id[i], spot->place->check->id, OBJECT_ID_BYTES) == 0)
			return true;
	return false;
}

static bool check_receipt(const struct spot *spot)
{
	struct place *place = spot->place;
	struct receipt receipt;
	bool is_by_keeper = name_equal(&place->keeper, &place->addressee);

	if (receipt_decode(spot->object.body, &receipt) != RESULT_OK)
		return WRONG(place, "a receipt in it is malformed.");
	if (!bytes_equal(receipt.from, name_bytes(&place->addressee)) ||
	    !bytes_equal(receipt.to, place->check->out->message.from) || spot->is_sent != is_by_keeper ||
	    !names_message(spot, &receipt))
		return WRONG(place, "a receipt in it is not for this message, or not by %s.", place->addressee.text);
	if (spot->entry->index <= place->message_index ||
	    (is_by_keeper && receipt.log_size != spot->entry->index))
		return WRONG(place, "a receipt of %s stands in another place than it says.", place->addressee.text);
	if (!proof_is_signed(place->check, &spot->object, receipt.from, receipt.card_serial))
		return false;
	if (receipt.kind != RECEIPT_REFUSED)
		place->check->is_told[place->number] = true;
	if (!was_told(spot))
		say_receipt(spot, &receipt);
	return true;
}

static bool check_copy(const struct spot *spot)
{
	struct place *place = spot->place;
	const struct message *message = &place->check->out->message;
	struct copy copy;
	char at[PROOF_TIME];

	if (copy_decode(spot->object.body, &copy) != RESULT_OK)
		return WRONG(place, "a copy in it is malformed.");
	if (memcmp(copy.message, place->check->id, OBJECT_ID_BYTES) != 0 ||
	    !bytes_equal(copy.to, name_bytes(&place->addressee)) ||
	    !list_contains(message->ladder, message->ladder_count, copy.to))
		return WRONG(place, "a copy in it is of another message, or not for %s.", place->addressee.text);
	if (!proof_is_signed(place->check, &spot->object, message->from, copy.card_serial))
		return false;
	place->has_copy = true;
	proof_time(copy.at, CLOCK_ERROR_UNKNOWN, at);
	if (!was_told(spot))
		proof_say(place->check, LINE_SHOWN, "the ladder took a copy to %s at %s: %.*s's signature.",
			  place->addressee.text, at, (int)message->from.len, (const char *)message->from.data);
	return true;
}

static bool check_superseding(const struct spot *spot)
{
	static struct message later; /* large */
	struct place *place = spot->place;
	char number[NUMBER_TEXT], at[PROOF_TIME];

	if (message_decode(spot->object.body, &later) != RESULT_OK ||
	    message_check(&later, spot->object.type) != RESULT_OK)
		return WRONG(place, "a later message in it is malformed.");
	if (!message_supersedes(&later) || !later.has_supersedes ||
	    memcmp(later.supersedes, place->check->id, OBJECT_ID_BYTES) != 0 ||
	    !bytes_equal(later.from, place->check->out->message.from))
		return WRONG(place, "a later message in it does not supersede this one.");
	if (!proof_is_signed(place->check, &spot->object, later.from, later.card_serial))
		return false;
	number_format(later.number, number);
	proof_time(later.released_at, later.clock_error, at);
	if (!was_told(spot))
		proof_say(place->check, LINE_SHOWN, "%.*s superseded it by its %s %s, released at %s: its signature.",
			  (int)later.from.len, (const char *)later.from.data, kind_name(later.kind), number, at);
	return true;
}

static bool check_object(const struct spot *spot)
{
	struct place *place = spot->place;
	bool is_exercise = place->check->out->type == OBJECT_MESSAGE_EXERCISE;
	bool is_by_sender = spot->is_sent != name_equal(&place->keeper, &place->addressee);

	if (object_is_exercise(spot->object.type) != is_exercise)
		return WRONG(place, "an object in it is of another mode than the message.");
	switch (spot->object.type) {
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		return check_receipt(spot);
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		return is_by_sender ? check_copy(spot) : WRONG(place, "a copy in it goes the wrong way.");
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		return is_by_sender ? check_superseding(spot) : WRONG(place, "a message in it goes the wrong way.");
	case OBJECT_CARD:
	case OBJECT_REVOCATION:
	case OBJECT_OFFER:
		break;
	}
	return WRONG(place, "an object in it has no place in a proof.");
}

/* The leaf is in the log that the checkpoint commits to, and holds the object. */
static bool check_entry(struct place *place, const struct proof_entry *entry)
{
	bool is_message = entry->object.len == 0;
	struct spot spot = {.place = place, .entry = entry};
	uint8_t id[OBJECT_ID_BYTES];
	struct leaf leaf;

	if (is_message)
		memcpy(id, place->check->id, sizeof id);
	else
		hash_sha256(entry->object, id);
	if (leaf_decode(entry->leaf, &leaf) != RESULT_OK || leaf.data.len > 0 || !leaf.has_id ||
	    (leaf.kind != LEAF_SENT && leaf.kind != LEAF_RECEIVED) || memcmp(leaf.id, id, sizeof id) != 0)
		return WRONG(place, "entry %llu of %.*s does not hold what the proof says.",
			     (unsigned long long)entry->index, (int)place->log->origin.len,
			     (const char *)place->log->origin.data);
	if (!proof_path_leads(entry->path, entry->leaf, entry->index, place->size, place->root))
		return WRONG(place, "entry %llu of %.*s does not lead to the checkpoint's root.",
			     (unsigned long long)entry->index, (int)place->log->origin.len,
			     (const char *)place->log->origin.data);
	spot.is_sent = leaf.kind == LEAF_SENT;
	if (is_message)
		return spot.is_sent != name_equal(&place->keeper, &place->addressee) ||
		       WRONG(place, "the message goes the wrong way in %.*s.", (int)place->log->origin.len,
			     (const char *)place->log->origin.data);
	return object_decode(entry->object, &spot.object) == RESULT_OK ? check_object(&spot)
								       : WRONG(place, "an object in it is malformed.");
}

static bool check_witness(const struct place *place)
{
	const struct proof_log *log = place->log;
	const struct proof_entry *entry = proof_message_entry(log);
	struct receipt r;
	struct object object;
	char at[PROOF_TIME];

	if (log->witness.len == 0) {
		proof_say(place->check, LINE_OPEN,
			  "no receipt here shows that %s held a head of this log that covers the message.",
			  place->other.text);
		return true;
	}
	if (object_decode(log->witness, &object) != RESULT_OK ||
	    (object.type != OBJECT_RECEIPT && object.type != OBJECT_RECEIPT_EXERCISE) ||
	    receipt_decode(object.body, &r) != RESULT_OK || !bytes_equal(r.from, name_bytes(&place->other)) ||
	    !bytes_equal(r.to, name_bytes(&place->keeper)) || !r.has_seen)
		return WRONG(place, "its witness is no receipt of %s with a head of this log.", place->other.text);
	if (!proof_is_signed(place->check, &object, r.from, r.card_serial))
		return false;
	if (!proof_path_leads(log->witness_path, entry->leaf, entry->index, r.seen_size, r.seen_root))
		return WRONG(place, "the head that the witness names does not cover the message.");
	proof_time(r.at, r.clock_error, at);
	proof_say(place->check, LINE_SHOWN,
		  "%s held a head of %llu entries of this log, which covers the message, at %s: its receipt.",
		  place->other.text, (unsigned long long)r.seen_size, at);
	return true;
}

/* An addressee for action or info, or one of ladder_to to whom a copy went. */
static bool check_addressed(const struct place *place)
{
	const struct message *message = &place->check->out->message;
	static const char *const parts[] = {"by a copy", "for action", "for information"};
	int part = message_addresses(message, name_bytes(&place->addressee));

	if (part == 0 && !place->has_copy)
		return WRONG(place, "the message does not name %s, and no copy of it does.", place->addressee.text);
	proof_say(place->check, LINE_SHOWN,
		  "it went to %s %s: entry %llu of %llu in %.*s, to whose root the checkpoint of %s commits.",
		  place->addressee.text, parts[part], (unsigned long long)place->message_index,
		  (unsigned long long)place->size, (int)place->log->origin.len, (const char *)place->log->origin.data,
		  place->keeper.text);
	return true;
}

bool proof_check_log(struct proof_check *check, size_t number)
{
	struct place place = {.check = check, .number = number, .log = &check->out->file->log[number]};

	if (!proof_addressee(check, place.log, &place.addressee))
		return WRONG(&place, "%.*s is no log of %.*s with another.", (int)place.log->origin.len,
			     (const char *)place.log->origin.data, (int)check->out->message.from.len,
			     (const char *)check->out->message.from.data);
	read_origin(place.log->origin, &place.keeper, &place.other);
	place.message_index = proof_message_entry(place.log)->index;
	if (!check_head(&place))
		return false;
	for (size_t i = 0; i < place.log->entry_count; i++)
		if (!check_entry(&place, &place.log->entry[i]))
			return false;
	return check_addressed(&place) && check_witness(&place);
}
