/*
 * The tally, when all is read: how far each pair log is witnessed by its peer, what stands after a revocation, and what
 * is withheld.
 */
#include <errno.h>
#include <stdlib.h>

#include "client/audit/audit.h"

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * Makes each claim's time the earliest at which the peer is known to hold a head of at least that size, or
 * NOT_WITNESSED, and puts the cursors back to the first.
 */
static void spread_times(struct audit *a)
{
	int64_t next = NOT_WITNESSED;

	for (size_t i = a->claim_count; i-- > 0;) {
		struct claim *claim = &a->claim[i];
		struct trail *trail = &a->trail[claim->trail];
		bool is_seen = claim->kind == CLAIM_SEEN && claim->is_good;

		if (i + 1 == trail->claim_end)
			next = NOT_WITNESSED;
		if (is_seen && claim->size > trail->seen_max)
			trail->seen_max = claim->size;
		next = earlier(next, is_seen ? claim->at : NOT_WITNESSED);
		claim->at = next;
		trail->claim_next = i;
	}
}

/* When the peer is first known to hold a head that covers the entry. Asked in ascending order. */
static int64_t head_time(const struct audit *a, struct trail *trail, uint64_t index)
{
	while (trail->claim_next < trail->claim_end && a->claim[trail->claim_next].size <= index)
		trail->claim_next++;
	return trail->claim_next < trail->claim_end ? a->claim[trail->claim_next].at : NOT_WITNESSED;
}

static void extend_witnessed(struct trail *trail, uint64_t size, int64_t at)
{
	trail->witnessed = size;
	if (at > trail->witnessed_at)
		trail->witnessed_at = at;
}

/* Withheld entries up to `last` (exclusive) are witnessed by heads alone. */
static void witness_withheld(const struct audit *a, struct trail *trail, uint64_t last)
{
	uint64_t reach = trail->seen_max < last ? trail->seen_max : last;

	if (trail->is_witness_broken || trail->witnessed >= last)
		return;
	if (reach > trail->witnessed)
		extend_witnessed(trail, reach, head_time(a, trail, reach - 1));
	trail->is_witness_broken = trail->witnessed < last;
}

static void witness_entry(const struct audit *a, struct trail *trail, const struct entry *entry)
{
	int64_t at;

	if (trail->is_witness_broken)
		return;
	at = earlier(entry->witnessed_at, head_time(a, trail, entry->index));
	if (at == NOT_WITNESSED)
		trail->is_witness_broken = true;
	else
		extend_witnessed(trail, entry->index + 1, at);
}

/* Withheld entries end before `last`. */
static void pass_withheld(struct audit *a, struct trail *trail, uint64_t last)
{
	if (trail->next < last)
		report_note(a, false,
			    "entries %llu to %llu of %s are withheld: they may be messages, receipts, copies and "
			    "checkpoints, but "
			    "no cards and no revocations, which only the record of %s can show.",
			    (unsigned long long)trail->next, (unsigned long long)last - 1, trail->origin,
			    trail->peer.text[0] != 0 ? trail->peer.text : "the station itself");
	witness_withheld(a, trail, last);
	trail->next = last;
}

/* A revocation counts by position: what the revoked serial signed after it is invalid (SPEC 5). */
static void check_revoked(struct audit *a, struct trail *trail, const struct entry *entry)
{
	uint64_t revoked = entry->is_by_peer ? trail->revoked_peer : trail->revoked_own;

	if (entry->serial != 0 && entry->serial <= revoked)
		report_bad(
		    a, entry->record, entry, "its object is signed under serial %llu of %s, which was revoked before.",
		    (unsigned long long)entry->serial, entry->is_by_peer ? trail->peer.text : a->report->station.text);
	if (entry->revokes == 0)
		return;
	if (entry->revokes_own && entry->revokes > trail->revoked_own)
		trail->revoked_own = entry->revokes;
	if (!entry->revokes_own && entry->revokes > trail->revoked_peer)
		trail->revoked_peer = entry->revokes;
}

static void tally_entry(struct audit *a, const struct entry *entry)
{
	struct trail *trail = &a->trail[entry->trail];

	pass_withheld(a, trail, entry->index);
	trail->next = entry->index + 1;
	if (trail->peer.text[0] == 0)
		return;
	if (!entry->has_object && trail->withheld_objects++ == 0)
		trail->withheld_object_first = entry->index;
	if (entry->content != IDMAP_NONE && !a->wanted[entry->content].is_present)
		trail->withheld_contents++;
	check_revoked(a, trail, entry);
	witness_entry(a, trail, entry);
}

static void note_trail(struct audit *a, const struct trail *trail)
{
	unsigned long long objects = trail->withheld_objects, contents = trail->withheld_contents;
	unsigned long long heads = trail->unchecked_heads, backward = trail->backward_times;

	if (objects > 0)
		report_note(a, false, "in %s, %llu %s withheld, the first that of entry %llu.", trail->origin, objects,
			    report_word(objects, "object is", "objects are"),
			    (unsigned long long)trail->withheld_object_first);
	if (contents > 0)
		report_note(a, false, "in %s, %llu %s withheld.", trail->origin, contents,
			    report_word(contents, "content is", "contents are"));
	if (heads > 0)
		report_note(a, false, "in %s, %llu %s within withheld ranges and could not be checked.", trail->origin,
			    heads, report_word(heads, "head lies", "heads lie"));
	if (backward > 0)
		report_note(a, false, "in %s, %llu %s a time before that of the entry above.", trail->origin, backward,
			    report_word(backward, "entry has", "entries have"));
}

static void note_whole(struct audit *a)
{
	bool has_station_log = false;

	for (size_t i = 0; i < a->trail_count; i++)
		has_station_log |= a->trail[i].is_present && a->trail[i].peer.text[0] == 0;
	if (!has_station_log)
		report_note(a, false, "the station log is not in this file.");
	if (a->hearsay_heads > 0)
		report_note(a, false, "%llu unsigned %s of peers' logs in the file %s nothing.",
			    (unsigned long long)a->hearsay_heads, report_word(a->hearsay_heads, "head", "heads"),
			    report_word(a->hearsay_heads, "proves", "prove"));
	report_note(
	    a, false,
	    "whether a whole log, or what was entered later, was left out shows only against a peer's own record "
	    "or a head kept elsewhere.");
}

static void report_log(struct audit *a, const struct trail *trail)
{
	struct audit_report *report = a->report;
	struct audit_log *log = &report->log[report->log_count++];

	*log = (struct audit_log){.peer = trail->peer,
				  .size = trail->size,
				  .witnessed = trail->witnessed,
				  .witnessed_at = trail->witnessed_at,
				  .withheld_entries = trail->withheld_entries,
				  .withheld_objects = trail->withheld_objects,
				  .withheld_contents = trail->withheld_contents};
	for (size_t i = 0; i < HASH_BYTES; i++)
		log->root[i] = trail->root[i];
}

void tally_conclude(struct audit *a)
{
	struct audit_report *report = a->report;

	report->log = calloc(a->trail_count + 1, sizeof *report->log);
	if (report->log == NULL) {
		a->error = -ENOMEM;
		return;
	}
	spread_times(a);
	for (size_t i = 0; i < a->entry_count; i++)
		tally_entry(a, &a->entry[i]);
	report->entry_count = a->entry_count;
	for (size_t i = 0; i < a->trail_count; i++) {
		if (!a->trail[i].is_present)
			continue;
		pass_withheld(a, &a->trail[i], a->trail[i].size);
		note_trail(a, &a->trail[i]);
		report_log(a, &a->trail[i]);
	}
	note_whole(a);
	cards_conclude(a);
}
