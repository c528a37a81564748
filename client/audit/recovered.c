/*
 * Logs that were recovered after a backup was put back (SPEC 4.5): a signed note says from where on the log grew anew, and
 * so which heads, signed before or held by the other side, are of a log that nobody has any more.
 */
#include "client/audit/audit.h"

void recovered_note(struct audit *a, const struct entry *entry, const struct checkpoint *note)
{
	struct recovery *recovery = AUDIT_ADD(a, recovery);

	if (recovery != NULL)
		*recovery = (struct recovery){.trail = entry->trail,
					      .is_own = entry->kind == LEAF_SENT,
					      .index = entry->index,
					      .record = a->reader.number,
					      .from = note->size,
					      .to = note->lost_size};
}

void recovered_suspect(struct audit *a, const struct entry *entry, enum suspicion why, uint64_t size)
{
	struct suspect *suspect = AUDIT_ADD(a, suspect);

	if (suspect != NULL)
		*suspect = (struct suspect){.entry = (uint32_t)(entry - a->entry),
					    .why = why,
					    .record = a->reader.number,
					    .size = size};
}

bool recovered_covers(const struct audit *a, const struct claim *claim)
{
	uint64_t index = claim->entry != IDMAP_NONE ? a->entry[claim->entry].index : UINT64_MAX;

	for (size_t i = 0; i < a->recovery_count; i++) {
		const struct recovery *r = &a->recovery[i];

		/* the other side may name a lost head for as long as it has not read the note */
		if (r->is_own && r->trail == claim->trail && claim->size >= r->from && claim->size <= r->to &&
		    (claim->kind == CLAIM_SEEN || index < r->index))
			return true;
	}
	return false;
}

bool recovered_between(const struct audit *a, const struct claim *left, const struct claim *right)
{
	uint64_t one = a->entry[left->entry].index, two = a->entry[right->entry].index;

	for (size_t i = 0; i < a->recovery_count; i++) {
		const struct recovery *r = &a->recovery[i];

		if (!r->is_own && r->trail == left->trail && left->size > r->from && left->size <= r->to &&
		    (one < r->index) != (two < r->index))
			return true;
	}
	return false;
}

static void report_suspect(struct audit *a, const struct suspect *suspect)
{
	const struct entry *entry = &a->entry[suspect->entry];
	unsigned long long size = suspect->size;

	switch (suspect->why) {
	case SUSPECT_RECEIPT:
		report_bad(a, suspect->record, entry, "the receipt says that %llu entries stood before it.", size);
		break;
	case SUSPECT_SEEN:
		report_bad(a, suspect->record, entry,
			   "%s holds a head of %llu entries of this log, which had %llu then: it was shown another record "
			   "(equivocation).",
			   a->trail[entry->trail].peer.text, size, (unsigned long long)entry->index);
		break;
	case SUSPECT_NOTE:
		report_bad(a, suspect->record, entry, "the checkpoint is of %llu entries, but %llu stood before it.", size,
			   (unsigned long long)entry->index);
		break;
	}
}

void recovered_conclude(struct audit *a)
{
	for (size_t i = 0; i < a->suspect_count; i++) {
		const struct suspect *suspect = &a->suspect[i];
		struct claim claim = {.trail = a->entry[suspect->entry].trail,
				      .kind = suspect->why == SUSPECT_SEEN ? CLAIM_SEEN : CLAIM_RECEIPT,
				      .size = suspect->size,
				      .entry = suspect->entry};

		if (!recovered_covers(a, &claim))
			report_suspect(a, suspect);
	}
	for (size_t i = 0; i < a->recovery_count; i++) {
		const struct recovery *r = &a->recovery[i];
		const struct trail *trail = &a->trail[r->trail];

		report_note(a, false,
			    "record %llu: %s says that its log with %s was recovered from a backup at %llu entries; heads of "
			    "up to %llu entries that it had shown before are void.",
			    (unsigned long long)r->record, r->is_own ? a->report->station.text : trail->peer.text,
			    r->is_own ? trail->peer.text : a->report->station.text, (unsigned long long)r->from,
			    (unsigned long long)r->to);
	}
}
