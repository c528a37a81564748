/*
 * The second reading: each object's shape and signature, whichever log it stands in. Everything in an object is used
 * only after its signature has verified, but for the names by which its key is found (SPEC 1).
 */
#include <errno.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/card.h"
#include "proto/result.h"

#define ORIGIN_PREFIX "hotline/"

/* Where in the record the object at hand stands: for findings and for what only the place can tell. */
struct spot {
	struct audit *a;
	struct bytes encoded;
	struct entry *entry; /* the first of its id; NULL if there is none */
};

/* A finding about the object at hand; false, for the caller to return. */
#define WRONG(spot, ...) (report_bad((spot)->a, (spot)->a->reader.number, (spot)->entry, __VA_ARGS__), false)

static int printed(struct bytes name)
{
	return (int)name.len;
}
#define NAME(bytes) printed(bytes), (const char *)(bytes).data

/* By the signing key of from's card with this serial. */
static bool verify_signer(const struct spot *spot, const struct object *object, const struct statement *statement)
{
	struct known_card *card = cards_find(spot->a, statement->from, statement->serial);

	if (card == NULL)
		return WRONG(spot, "it is signed under serial %llu of %.*s, and no card of that serial is in the file.",
			     (unsigned long long)statement->serial, NAME(statement->from));
	if (object_verify(object, card->signing) != RESULT_OK)
		return WRONG(spot, "the signature of %.*s does not verify.", NAME(statement->from));
	cards_rest_on(card);
	return true;
}

static bool open_message(const struct spot *spot, const struct object *object, struct statement *out)
{
	int result = message_decode(object->body, &out->message);

	if (result == RESULT_OK)
		result = message_check(&out->message, object->type);
	if (result != RESULT_OK)
		return WRONG(spot, "the message is %s.", result_name(result));
	out->from = out->message.from;
	out->serial = out->message.card_serial;
	out->at = out->message.released_at;
	return verify_signer(spot, object, out);
}

static bool open_receipt(const struct spot *spot, const struct object *object, struct statement *out)
{
	int result = receipt_decode(object->body, &out->receipt);

	if (result != RESULT_OK)
		return WRONG(spot, "the receipt is %s.", result_name(result));
	out->from = out->receipt.from;
	out->to = out->receipt.to;
	out->serial = out->receipt.card_serial;
	out->at = out->receipt.at;
	return verify_signer(spot, object, out);
}

static bool open_card(const struct spot *spot, struct statement *out)
{
	struct known_card *known;
	struct object object;
	struct card card;
	int result = card_open(spot->encoded, &object, &card);

	if (result != RESULT_OK)
		return WRONG(spot, "it is no valid card: %s.", result_name(result));
	known = cards_find(spot->a, card.name, card.serial);
	if (known != NULL && spot->entry != NULL)
		cards_rest_on(known);
	out->from = card.name;
	return true;
}

/* [name, serial, reason, at, ext], by the root of the name's state. */
static bool open_revocation(const struct spot *spot, const struct object *object, struct statement *out)
{
	struct pack_reader r = pack_reader(object->body);
	struct known_card *card;
	struct ext ext;

	pack_expect_array(&r, 5);
	out->from = pack_read_str(&r, LIMIT_NAME_BYTES);
	out->revokes = pack_read_uint(&r, INT64_MAX);
	pack_read_any(&r, 1);
	out->at = pack_read_int(&r);
	pack_read_ext(&r, NULL, &ext);
	if (pack_read_end(&r) != RESULT_OK || !name_is_valid(out->from))
		return WRONG(spot, "the revocation is malformed.");
	card = cards_root(spot->a, out->from);
	if (card == NULL)
		return WRONG(spot, "it revokes cards of %.*s, of which the file has none.", NAME(out->from));
	if (object_verify(object, card->root) != RESULT_OK)
		return WRONG(spot, "the revocation is not signed by the root of %s.", card->state);
	cards_rest_on(card);
	return true;
}

/* [message id, to, step, at, card serial, ext], by the message's sender, who is known by the entry's side alone. */
static bool open_copy(const struct spot *spot, const struct object *object, struct statement *out)
{
	struct pack_reader r = pack_reader(object->body);
	const struct trail *trail = spot->entry != NULL ? &spot->a->trail[spot->entry->trail] : NULL;
	bool is_received = trail != NULL && trail->peer.text[0] != 0 && spot->entry->kind == LEAF_RECEIVED;
	uint8_t id[OBJECT_ID_BYTES];
	struct ext ext;

	pack_expect_array(&r, 6);
	pack_read_fixed(&r, id, sizeof id);
	out->to = pack_read_str(&r, LIMIT_NAME_BYTES);
	pack_read_uint(&r, UINT32_MAX);
	out->at = pack_read_int(&r);
	out->serial = pack_read_uint(&r, INT64_MAX);
	pack_read_ext(&r, NULL, &ext);
	if (pack_read_end(&r) != RESULT_OK || !name_is_valid(out->to))
		return WRONG(spot, "the copy is malformed.");
	out->from = name_bytes(is_received ? &trail->peer : &spot->a->report->station);
	return verify_signer(spot, object, out);
}

/* The first name of "hotline/<station>/<peer>"; empty if origin is no such text. */
static struct bytes origin_station(struct bytes origin)
{
	size_t head = strlen(ORIGIN_PREFIX);
	struct bytes rest = {origin.data + head, origin.len - head};
	const uint8_t *slash = memchr(rest.data, '/', rest.len);

	return (struct bytes){rest.data, slash != NULL ? (size_t)(slash - rest.data) : 0};
}

static bool open_note(const struct spot *spot, struct statement *out)
{
	struct known_card *card;
	struct note note;

	out->is_note = true;
	if (note_decode(spot->encoded, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &out->checkpoint) != RESULT_OK)
		return WRONG(spot, "it is no checkpoint.");
	out->from = origin_station(out->checkpoint.origin);
	if (!name_is_valid(out->from))
		return WRONG(spot, "the checkpoint is of no pair log.");
	card = cards_of_note(spot->a, out->from, out->checkpoint.origin, &note);
	if (card == NULL)
		return WRONG(spot, "no log key of %.*s signed this checkpoint as it stands.", NAME(out->from));
	out->serial = card->serial;
	cards_rest_on(card);
	return true;
}

static bool open_statement(const struct spot *spot, struct statement *out)
{
	struct object object;
	int result;

	out->at = WITNESSED_WITHOUT_TIME;
	if (spot->encoded.len >= strlen(ORIGIN_PREFIX) &&
	    memcmp(spot->encoded.data, ORIGIN_PREFIX, strlen(ORIGIN_PREFIX)) == 0)
		return open_note(spot, out);
	result = object_decode(spot->encoded, &object);
	if (result != RESULT_OK)
		return WRONG(spot, "it is no signed object: %s.", result_name(result));
	out->type = object.type;
	switch (object.type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		return open_message(spot, &object, out);
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		return open_receipt(spot, &object, out);
	case OBJECT_CARD:
		return open_card(spot, out);
	case OBJECT_REVOCATION:
		return open_revocation(spot, &object, out);
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		return open_copy(spot, &object, out);
	case OBJECT_OFFER:
		break;
	}
	return WRONG(spot, "an offer has no place in a record.");
}

/* The content that the message needs, among all that are needed. */
static uint32_t want_content(struct audit *a, const uint8_t hash[HASH_BYTES])
{
	uint32_t at = idmap_find(&a->wanted_map, hash, a->wanted, sizeof *a->wanted);
	struct wanted *wanted;

	if (at != IDMAP_NONE)
		return at;
	wanted = AUDIT_ADD(a, wanted);
	if (wanted == NULL)
		return IDMAP_NONE;
	memcpy(wanted->hash, hash, HASH_BYTES);
	at = (uint32_t)a->wanted_count - 1;
	if (idmap_add(&a->wanted_map, at, a->wanted, sizeof *a->wanted) != 0)
		a->error = -ENOMEM;
	return at;
}

static bool is_message(const struct statement *statement)
{
	return !statement->is_note && (statement->type == OBJECT_MESSAGE || statement->type == OBJECT_MESSAGE_EXERCISE);
}

/* Whether every entry of this id says that the object was refused: then nobody claims that it is good. */
static bool is_refused_everywhere(const struct audit *a, const struct entry *entry)
{
	for (;; entry = &a->entry[entry->next_same]) {
		if (a->trail[entry->trail].peer.text[0] != 0 || entry->kind != STATION_REFUSED)
			return false;
		if (entry->next_same == IDMAP_NONE)
			return true;
	}
}

/* Whether the object at hand is good as it is: once in the file, named by an entry, verified. */
static bool judge_object(const struct spot *spot, bool is_card_record, struct statement *out)
{
	if (!is_card_record && spot->entry != NULL && spot->entry->has_object_record)
		return WRONG(spot, "this object stands in the file twice.");
	if (!open_statement(spot, out))
		return false;
	if (!is_card_record && spot->entry == NULL && !spot->a->is_cut)
		return WRONG(spot, "no entry of any log in the file names this object.");
	spot->a->report->object_count++;
	return true;
}

/* An object, and every entry in which it stands. Card records need no entry, and may be there beside an object. */
static void read_object(struct audit *a, bool is_card_record)
{
	struct spot spot = {.a = a, .encoded = a->record.bytes};
	struct statement statement;
	uint8_t id[OBJECT_ID_BYTES];
	uint32_t first;
	bool is_good;

	hash_sha256(spot.encoded, id);
	first = idmap_find(&a->entry_map, id, a->entry, sizeof *a->entry);
	spot.entry = first != IDMAP_NONE ? &a->entry[first] : NULL;
	if (spot.entry != NULL && is_refused_everywhere(a, spot.entry))
		return;
	memset(&statement, 0, sizeof statement);
	is_good = judge_object(&spot, is_card_record, &statement);
	for (uint32_t at = first; at != IDMAP_NONE && a->error == 0; at = a->entry[at].next_same) {
		struct entry *entry = &a->entry[at];

		entry->has_object = true;
		entry->has_object_record |= !is_card_record;
		if (!is_good)
			continue;
		entry->serial = statement.serial;
		if (is_message(&statement))
			entry->content = want_content(a, statement.message.content_hash);
		place_check(a, entry, &statement);
	}
}

/* A checkpoint record is signed by the station itself; its root is for the third reading. */
static void read_checkpoint(struct audit *a)
{
	struct bytes station = name_bytes(&a->report->station);
	struct checkpoint checkpoint;
	struct note note;

	if (note_decode(a->record.bytes, &note) != RESULT_OK || checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return;
	if (cards_of_note(a, station, checkpoint.origin, &note) == NULL)
		report_bad(a, a->reader.number, NULL, "no log key of %s signed this checkpoint as it stands.",
			   a->report->station.text);
}

void objects_read(struct audit *a)
{
	a->error = a->error == 0 ? reader_rewind(&a->reader) : a->error;
	while (a->error == 0 && a->reader.number + 1 < a->limit) {
		int result = reader_next(&a->reader, &a->record);

		if (result != RESULT_OK)
			a->error = result < 0 ? result : -EIO; /* it changed since the first reading */
		else if (a->record.kind == EXPORT_OBJECT || a->record.kind == EXPORT_CARD)
			read_object(a, a->record.kind == EXPORT_CARD);
		else if (a->record.kind == EXPORT_CHECKPOINT)
			read_checkpoint(a);
	}
}
