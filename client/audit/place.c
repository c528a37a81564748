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
	uint32_t entry, trail;
	uint64_t index;
	const struct statement *statement;
	const char *peer;
	bool is_received;
	struct bytes sender, other; /* by the entry's side */
};

#define WRONG(place, ...) report_bad((place)->a, (place)->entry, __VA_ARGS__)

static const char *side(const struct place *place)
{
	return place->is_received ? "received from" : "sent to";
}

/* Messages, receipts, copies, checkpoints and cards are from the side that the entry says. */
static bool is_from_sender(const struct place *place)
{
	struct bytes from = place->statement->from;

	if (bytes_equal(from, place->sender))
		return true;
	WRONG(place, "it is by %.*s, but the log has it as %s %s.", (int)from.len, (const char *)from.data, side(place),
	      place->peer);
	return false;
}

static void witness(struct audit *a, uint32_t entry, int64_t at)
{
	if (at < a->entry[entry].witnessed_at)
		a->entry[entry].witnessed_at = at;
}

/* A message that this one names is of the same mode, if it stood in this log by then (SPEC 5.1). */
static void check_mode_of(const struct place *place, const uint8_t id[OBJECT_ID_BYTES])
{
	for (int is_received = 0; is_received <= 1; is_received++) {
		uint32_t named = logs_find_in(place->a, place->trail, id, is_received, place->entry);

		if (named != IDMAP_NONE)
			acts_check_mode(place->a, place->entry, named);
	}
}

/* Only what its own sender sent is superseded: anything else has no effect, and is said. */
static void check_supersedes(const struct place *place)
{
	const struct message *message = &place->statement->message;
	struct audit *a = place->a;
	const struct thing *thing = logs_find(a, message->supersedes);
	struct trail *trail = &a->trail[place->trail];

	if (thing == NULL || thing->first >= THING_REFUSED || trail->withheld_entries > 0)
		return;
	for (uint32_t at = thing->first; at != IDMAP_NONE; at = a->entry[at].next_same)
		if (a->entry[at].is_received == place->is_received &&
		    (!place->is_received || logs_run(a, at)->trail == place->trail))
			return;
	if (trail->foreign_supersedes++ == 0)
		trail->foreign_first = place->entry;
}

static void check_message(const struct place *place, const uint8_t id[HASH_BYTES])
{
	const struct message *message = &place->statement->message;

	if (message->has_in_reply_to)
		check_mode_of(place, message->in_reply_to);
	if (message->has_supersedes) {
		check_mode_of(place, message->supersedes);
		check_supersedes(place);
	}
	acts_check_message(place->a, place->entry, id, message);
	if (message_addresses(message, place->other) != 0)
		return;
	if (!list_contains(message->ladder, message->ladder_count, place->other))
		WRONG(place, "the message does not name %.*s, but the log has it as %s %s.", (int)place->other.len,
		      (const char *)place->other.data, side(place), place->peer);
	else
		acts_need_copy(place->a, place->entry, id);
}

static void check_named(const struct place *place)
{
	const struct receipt *receipt = &place->statement->receipt;
	struct audit *a = place->a;
	bool can_tell = receipt->kind != RECEIPT_REFUSED && a->trail[place->trail].withheld_entries == 0;

	for (size_t i = 0; i < receipt->id_count; i++) {
		uint32_t named =
		    logs_find_in(a, place->trail, receipt->id[i], !place->is_received, place->entry);

		if (named == IDMAP_NONE && can_tell)
			WRONG(place, "the receipt names an object that does not stand before it in this log.");
		if (named == IDMAP_NONE)
			continue;
		acts_check_mode(a, place->entry, named);
		if (place->is_received)
			witness(a, named, receipt->at);
	}
}

/* A receipt of this station shows the head just before its own entry (SPEC 5). */
static void check_own_receipt(const struct place *place)
{
	const struct receipt *receipt = &place->statement->receipt;

	if (receipt->log_size != place->index &&
	    recovered_covers(place->a, HEAD_RECEIPT, place->trail, place->entry, receipt->log_size))
		return;
	if (receipt->log_size != place->index)
		WRONG(place, "the receipt says that %llu entries stood before it.",
		      (unsigned long long)receipt->log_size);
	else
		heads_check(place->a, HEAD_RECEIPT, place->trail, place->entry, receipt->log_size, receipt->log_root);
}

/* A receipt of the peer may say which head of this log it holds: one that this log had by then. */
static void check_peer_receipt(const struct place *place)
{
	const struct receipt *receipt = &place->statement->receipt;

	heads_keep(place->a, place->entry, receipt->log_size, receipt->log_root);
	if (!receipt->has_seen)
		return;
	if (receipt->seen_size > place->index &&
	    recovered_covers(place->a, HEAD_SEEN, place->trail, place->entry, receipt->seen_size))
		return;
	if (receipt->seen_size > place->index)
		WRONG(place,
		      "%s holds a head of %llu entries of this log, which had %llu then: it was shown another record "
		      "(equivocation).",
		      place->peer, (unsigned long long)receipt->seen_size, (unsigned long long)place->index);
	else if (heads_check(place->a, HEAD_SEEN, place->trail, place->entry, receipt->seen_size, receipt->seen_root))
		heads_witness(place->a, place->trail, receipt->seen_size, receipt->at);
}

static void check_receipt(const struct place *place)
{
	if (!bytes_equal(place->statement->to, place->other)) {
		WRONG(place, "the receipt is for %.*s, but the log has it as %s %s.", (int)place->statement->to.len,
		      (const char *)place->statement->to.data, side(place), place->peer);
		return;
	}
	check_named(place);
	if (place->is_received)
		check_peer_receipt(place);
	else
		check_own_receipt(place);
}

/* A checkpoint between the two is of the sender's log with the other. */
static void check_note(const struct place *place)
{
	const struct checkpoint *checkpoint = &place->statement->checkpoint;
	char origin[ORIGIN_TEXT];

	checkpoint_origin(place->sender, place->other, origin);
	if (!bytes_equal(checkpoint->origin, bytes_of(origin)))
		WRONG(place, "the checkpoint is of another log than %s.", origin);
	else if (place->is_received)
		heads_keep(place->a, place->entry, checkpoint->size, checkpoint->root);
	else if (checkpoint->size > place->index &&
		 recovered_covers(place->a, HEAD_NOTE, place->trail, place->entry, checkpoint->size))
		return;
	else if (checkpoint->size > place->index)
		WRONG(place, "the checkpoint is of %llu entries, but %llu stood before it.",
		      (unsigned long long)checkpoint->size, (unsigned long long)place->index);
	else
		heads_check(place->a, HEAD_NOTE, place->trail, place->entry, checkpoint->size, checkpoint->root);
}

static void check_copy(const struct place *place)
{
	if (!bytes_equal(place->statement->to, place->other))
		WRONG(place, "the copy is for another contact point.");
	else
		acts_check_copy(place->a, place->entry, &place->statement->copy);
}

/* By the kind of object, once it is known to be from the right side. */
static void check_kind(const struct place *place, const struct job *job)
{
	if (place->statement->is_note) {
		check_note(place);
		return;
	}
	switch (place->statement->type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		check_message(place, job->hash);
		break;
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		check_receipt(place);
		break;
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		check_copy(place);
		break;
	case OBJECT_CARD:
	case OBJECT_REVOCATION:
	case OBJECT_OFFER:
		break;
	}
}

/* A revocation counts by position: what the revoked serial signed after it is invalid (SPEC 5.4). */
static void check_revoked(const struct place *place, bool is_by_peer)
{
	uint64_t serial = place->statement->serial;

	if (serial != 0 && serial <= acts_revoked(place->a, place->entry, is_by_peer))
		WRONG(place, "its object is signed under serial %llu of %s, which was revoked before.",
		      (unsigned long long)serial, is_by_peer ? place->peer : place->a->report->station.text);
}

void place_check(struct audit *a, uint32_t entry, const struct job *job, const struct statement *statement)
{
	const struct run *run = logs_run(a, entry);
	struct bytes station = name_bytes(&a->report->station), peer = name_bytes(&a->trail[run->trail].peer);
	bool is_received = a->entry[entry].is_received, is_by_peer = bytes_equal(statement->from, peer);
	struct place place = {.a = a,
			      .entry = entry,
			      .trail = run->trail,
			      .index = run->index + (entry - run->first),
			      .statement = statement,
			      .peer = a->trail[run->trail].peer.text,
			      .is_received = is_received,
			      .sender = is_received ? peer : station,
			      .other = is_received ? station : peer};

	if (!statement->is_note && statement->type == OBJECT_REVOCATION)
		return; /* anyone may bring it (SPEC 5.4), and its effect is known by now */
	if (!is_from_sender(&place))
		return;
	check_revoked(&place, is_by_peer);
	if (is_by_peer)
		witness(a, entry, statement->at);
	check_kind(&place, job);
}
