/*
 * Logs that were recovered after a backup was put back (SPEC 4.5): a signed note says from where on the log grew anew, and
 * so which heads, signed before or held by the other side, are of a log that nobody has any more. The notes are read
 * before the second reading, as all that matters for other objects.
 */
#include "client/audit/audit.h"
#include "proto/result.h"

bool recovered_is_note(struct bytes object)
{
	struct checkpoint checkpoint;
	struct note note;

	return note_decode(object, &note) == RESULT_OK && checkpoint_decode(note.text, &checkpoint) == RESULT_OK &&
	       checkpoint.is_recovery;
}

/* One in an entry of a pair log: that of the station if it was sent, else of the peer. */
static void add_entry(struct audit *a, uint32_t entry, const struct checkpoint *checkpoint, const struct note *note)
{
	bool is_received = a->entry[entry].is_received;
	struct bytes station = name_bytes(&a->report->station), peer = name_bytes(&logs_trail_of(a, entry)->peer);
	struct bytes from = is_received ? peer : station;
	struct recovery *recovery;
	char origin[ORIGIN_TEXT];

	checkpoint_origin(from, is_received ? station : peer, origin);
	if (!bytes_equal(checkpoint->origin, bytes_of(origin)) ||
	    cards_of_note(a, from, checkpoint->origin, note) == IDMAP_NONE)
		return;
	recovery = AUDIT_ADD(a, recovery);
	if (recovery != NULL)
		*recovery = (struct recovery){.trail = logs_run(a, entry)->trail,
					      .entry = entry,
					      .is_own = !is_received,
					      .from = checkpoint->size,
					      .to = checkpoint->lost_size};
}

void recovered_add(struct audit *a, struct bytes object)
{
	struct checkpoint checkpoint;
	uint8_t id[HASH_BYTES];
	struct thing *thing;
	struct note note;

	hash_sha256(object, id);
	thing = logs_find(a, id);
	if (thing == NULL || thing->first >= THING_REFUSED || note_decode(object, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return;
	for (uint32_t at = thing->first; at != IDMAP_NONE; at = a->entry[at].next_same)
		add_entry(a, at, &checkpoint, &note);
}

bool recovered_covers(const struct audit *a, enum head_kind kind, uint32_t trail, uint32_t entry, uint64_t size)
{
	for (size_t i = 0; i < a->recovery_count; i++) {
		const struct recovery *r = &a->recovery[i];

		/* the other side may name a lost head for as long as it has not read the note */
		if (r->is_own && r->trail == trail && size >= r->from && size <= r->to &&
		    (kind == HEAD_SEEN || entry < r->entry))
			return true;
	}
	return false;
}

bool recovered_between(const struct audit *a, uint32_t trail, uint64_t size, uint32_t one, uint32_t two)
{
	for (size_t i = 0; i < a->recovery_count; i++) {
		const struct recovery *r = &a->recovery[i];

		if (!r->is_own && r->trail == trail && size > r->from && size <= r->to &&
		    (one < r->entry) != (two < r->entry))
			return true;
	}
	return false;
}

void recovered_conclude(struct audit *a)
{
	for (size_t i = 0; i < a->recovery_count; i++) {
		const struct recovery *r = &a->recovery[i];
		const char *station = a->report->station.text, *peer = a->trail[r->trail].peer.text;

		report_note(a, false,
			    "record %llu: %s says that its log with %s was recovered from a backup at %llu entries; heads of "
			    "up to %llu entries that it had shown before are void.",
			    (unsigned long long)logs_number(a, r->entry), r->is_own ? station : peer,
			    r->is_own ? peer : station, (unsigned long long)r->from, (unsigned long long)r->to);
	}
}
