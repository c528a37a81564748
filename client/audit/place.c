/*
 * Whether an object may stand where a pair log has it, and what it proves there: who knew of what, and which heads were
 * signed (SPEC 5, 6).
 */
#include <string.h>

#include "client/audit/audit.h"
#include "proto/list.h"
#include "proto/result.h"

/* One entry of a pair log and the object in it. */
struct place {
	struct audit *a;
	struct entry *entry;
	const struct trail *trail;
	const struct statement *statement;
	struct bytes sender, other; /* by the entry's side */
};

#define WRONG(place, ...) report_bad((place)->a, (place)->a->reader.number, (place)->entry, __VA_ARGS__)

static const char *side(const struct place *place)
{
	return place->entry->kind == LEAF_SENT ? "sent to" : "received from";
}

/* Messages, receipts, copies, checkpoints and cards are from the side that the entry says. */
static bool is_from_sender(const struct place *place)
{
	struct bytes from = place->statement->from;

	if (bytes_equal(from, place->sender))
		return true;
	WRONG(place, "it is by %.*s, but the log has it as %s %s.", (int)from.len, (const char *)from.data, side(place),
	      place->trail->peer.text);
	return false;
}

static void check_message(const struct place *place)
{
	const struct message *message = &place->statement->message;

	if (message_addresses(message, place->other) == 0 &&
	    !list_contains(message->ladder, message->ladder_count, place->other))
		WRONG(place, "the message does not name %.*s, but the log has it as %s %s.", (int)place->other.len,
		      (const char *)place->other.data, side(place), place->trail->peer.text);
}

static void witness(struct entry *entry, int64_t at)
{
	if (at < entry->witnessed_at)
		entry->witnessed_at = at;
}

/* The entry of the other direction, before this one, that holds the object a receipt names; NULL if none does. */
static struct entry *find_named(const struct place *place, const uint8_t id[OBJECT_ID_BYTES])
{
	struct audit *a = place->a;
	uint32_t at = idmap_find(&a->entry_map, id, a->entry, sizeof *a->entry);

	for (; at != IDMAP_NONE; at = a->entry[at].next_same) {
		struct entry *entry = &a->entry[at];

		if (entry->trail == place->entry->trail && entry->kind != place->entry->kind &&
		    entry->index < place->entry->index)
			return entry;
	}
	return NULL;
}

static void check_named(const struct place *place)
{
	const struct receipt *receipt = &place->statement->receipt;
	bool can_tell = receipt->kind != RECEIPT_REFUSED && place->trail->withheld_entries == 0;

	for (size_t i = 0; i < receipt->id_count; i++) {
		struct entry *named = find_named(place, receipt->id[i]);

		if (named == NULL && can_tell)
			WRONG(place, "the receipt names an object that does not stand before it in this log.");
		if (named != NULL && place->entry->kind == LEAF_RECEIVED)
			witness(named, receipt->at);
	}
}

static struct claim claim_of(const struct place *place, enum claim_kind kind, uint64_t size,
			     const uint8_t root[HASH_BYTES])
{
	struct claim claim = {.trail = place->entry->trail,
			      .kind = kind,
			      .size = size,
			      .record = place->a->reader.number,
			      .entry = (uint32_t)(place->entry - place->a->entry),
			      .at = place->statement->at};

	memcpy(claim.root, root, HASH_BYTES);
	return claim;
}

/* A head of the peer's own log, to be compared with its other heads. */
static void keep_peer_head(const struct place *place, uint64_t size, const uint8_t root[HASH_BYTES])
{
	struct claim *kept = AUDIT_ADD(place->a, peer_head);

	if (kept != NULL)
		*kept = claim_of(place, CLAIM_NOTE, size, root);
}

/* A receipt of this station shows the head just before its own entry (SPEC 5). */
static void check_own_receipt(const struct place *place)
{
	const struct receipt *receipt = &place->statement->receipt;
	struct claim claim = claim_of(place, CLAIM_RECEIPT, receipt->log_size, receipt->log_root);

	if (receipt->log_size != place->entry->index)
		recovered_suspect(place->a, place->entry, SUSPECT_RECEIPT, receipt->log_size);
	else
		audit_claim(place->a, &claim);
}

/* A receipt of the peer may say which head of this log it holds: one that this log had by then. */
static void check_peer_receipt(const struct place *place)
{
	const struct receipt *receipt = &place->statement->receipt;
	struct claim claim = claim_of(place, CLAIM_SEEN, receipt->seen_size, receipt->seen_root);

	keep_peer_head(place, receipt->log_size, receipt->log_root);
	if (!receipt->has_seen)
		return;
	if (receipt->seen_size > place->entry->index)
		recovered_suspect(place->a, place->entry, SUSPECT_SEEN, receipt->seen_size);
	else
		audit_claim(place->a, &claim);
}

static void check_receipt(const struct place *place)
{
	if (!bytes_equal(place->statement->to, place->other)) {
		WRONG(place, "the receipt is for %.*s, but the log has it as %s %s.", (int)place->statement->to.len,
		      (const char *)place->statement->to.data, side(place), place->trail->peer.text);
		return;
	}
	check_named(place);
	if (place->entry->kind == LEAF_SENT)
		check_own_receipt(place);
	else
		check_peer_receipt(place);
}

/* A checkpoint between the two is of the sender's log with the other. */
static void check_note(const struct place *place)
{
	const struct checkpoint *checkpoint = &place->statement->checkpoint;
	struct claim claim = claim_of(place, CLAIM_NOTE, checkpoint->size, checkpoint->root);
	char origin[ORIGIN_TEXT];

	checkpoint_origin(place->sender, place->other, origin);
	if (checkpoint->is_recovery && bytes_equal(checkpoint->origin, bytes_of(origin)))
		recovered_note(place->a, place->entry, checkpoint);
	if (!bytes_equal(checkpoint->origin, bytes_of(origin)))
		WRONG(place, "the checkpoint is of another log than %s.", origin);
	else if (place->entry->kind == LEAF_RECEIVED)
		keep_peer_head(place, checkpoint->size, checkpoint->root);
	else if (checkpoint->size > place->entry->index)
		recovered_suspect(place->a, place->entry, SUSPECT_NOTE, checkpoint->size);
	else
		audit_claim(place->a, &claim);
}

/* Anyone may bring a revocation; in this log it counts when it is of one of its two sides (SPEC 5). */
static void note_revocation(const struct place *place)
{
	bool is_of_either =
	    bytes_equal(place->statement->from, place->sender) || bytes_equal(place->statement->from, place->other);

	if (!is_of_either)
		return;
	place->entry->revokes = place->statement->revokes;
	place->entry->revokes_own = !bytes_equal(place->statement->from, name_bytes(&place->trail->peer));
}

/* By the kind of object, once it is known to be from the right side. */
static void check_kind(const struct place *place)
{
	if (place->statement->is_note) {
		check_note(place);
		return;
	}
	switch (place->statement->type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		check_message(place);
		break;
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		check_receipt(place);
		break;
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		if (!bytes_equal(place->statement->to, place->other))
			WRONG(place, "the copy is for another contact point.");
		break;
	case OBJECT_CARD:
	case OBJECT_REVOCATION:
	case OBJECT_OFFER:
		break;
	}
}

void place_check(struct audit *a, struct entry *entry, const struct statement *statement)
{
	const struct trail *trail = &a->trail[entry->trail];
	struct place place = {.a = a, .entry = entry, .trail = trail, .statement = statement};
	struct bytes station = name_bytes(&a->report->station), peer = name_bytes(&trail->peer);

	if (peer.len == 0)
		return;
	place.sender = entry->kind == LEAF_SENT ? station : peer;
	place.other = entry->kind == LEAF_SENT ? peer : station;
	if (!statement->is_note && statement->type == OBJECT_REVOCATION) {
		note_revocation(&place);
		return;
	}
	if (!is_from_sender(&place))
		return;
	if (bytes_equal(statement->from, peer)) {
		entry->is_by_peer = true;
		witness(entry, statement->at);
	}
	check_kind(&place);
}
