/*
 * The tally, when all is read: how far each pair log is witnessed by its peer, and what is withheld.
 */
#include <errno.h>
#include <stdlib.h>

#include "client/audit/audit.h"

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The end of a run's entries. */
static uint32_t run_end(const struct audit *a, const struct run *run)
{
	return run + 1 < a->run + a->run_count ? run[1].first : (uint32_t)a->entry_count;
}

/* Makes each entry's head the earliest at which the peer is known to hold one that covers the entry. */
static void spread_times(struct audit *a)
{
	int64_t next = NOT_WITNESSED;

	for (size_t i = a->run_count; i-- > 0;) {
		const struct run *run = &a->run[a->order[i]];

		if (i + 1 == a->run_count || a->run[a->order[i + 1]].trail != run->trail)
			next = NOT_WITNESSED;
		for (uint32_t at = run_end(a, run); at-- > run->first;) {
			next = earlier(next, a->entry[at].head_at);
			a->entry[at].head_at = next;
		}
	}
}

static void extend_witnessed(struct trail *trail, uint64_t size, int64_t at)
{
	trail->witnessed = size;
	if (at > trail->witnessed_at)
		trail->witnessed_at = at;
}

/* The entries up to `size` are witnessed at that time, unless one before was not. */
static void witness(struct trail *trail, uint64_t size, int64_t at)
{
	if (at == NOT_WITNESSED)
		trail->is_witness_broken = true;
	if (!trail->is_witness_broken)
		extend_witnessed(trail, size, at);
}

/* What was withheld up to `last` (exclusive) is said as one range. */
static void pass_withheld(struct audit *a, struct trail *trail, uint64_t last)
{
	if (trail->next < last)
		report_note(a, false,
			    "entries %llu to %llu of %s are withheld: they may be messages, receipts, copies and "
			    "checkpoints, but no cards and no revocations, which only the record of %s can show.",
			    (unsigned long long)trail->next, (unsigned long long)last - 1, trail->origin,
			    trail->peer.text);
	trail->next = last;
}

static void tally_entry(struct audit *a, struct trail *trail, const struct entry *entry, uint64_t index)
{
	pass_withheld(a, trail, index);
	trail->next = index + 1;
	if (!entry->has_object && trail->withheld_objects++ == 0)
		trail->withheld_object_first = index;
	if (entry->content != IDMAP_NONE && !a->wanted[entry->content].is_present)
		trail->withheld_contents++;
	witness(trail, index + 1, earlier(entry->witnessed_at, entry->head_at));
}

static void tally_run(struct audit *a, const struct run *run)
{
	struct trail *trail = &a->trail[run->trail];

	if (run->size != 0) {
		witness(trail, run->size, a->entry[run->first].head_at);
		return;
	}
	for (uint32_t at = run->first; at < run_end(a, run); at++)
		tally_entry(a, trail, &a->entry[at], run->index + (at - run->first));
}

static void note_trail(struct audit *a, const struct trail *trail)
{
	unsigned long long objects = trail->withheld_objects, contents = trail->withheld_contents;
	unsigned long long heads = trail->unchecked_heads, backward = trail->backward_times;

	if (trail->peer.text[0] == 0 && trail->withheld_entries > 0)
		report_note(a, false, "%llu %s of %s can't be seen: withheld.", (unsigned long long)trail->withheld_entries,
			    report_word(trail->withheld_entries, "entry", "entries"), trail->origin);
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
	if (trail->foreign_supersedes > 0)
		report_note(a, false,
			    "in %s, %llu %s what its sender did not send, the first in entry %llu: that has no effect.",
			    trail->origin, (unsigned long long)trail->foreign_supersedes,
			    report_word(trail->foreign_supersedes, "message supersedes", "messages supersede"),
			    (unsigned long long)logs_index(a, trail->foreign_first));
	if (backward > 0)
		report_note(a, false, "in %s, %llu %s a time that is not after that of the entry above.", trail->origin, backward,
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
	    "or a head kept elsewhere (--head, --with).");
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
				  .withheld_contents = trail->withheld_contents,
				  .kept = trail->kept_size};
	for (size_t i = 0; i < HASH_BYTES; i++)
		log->root[i] = trail->root[i];
}

/* SPEC 6.2, which older records do not keep. */
static void note_times(struct audit *a)
{
	int64_t equal = a->equal_times;

	if (equal > 0)
		report_note(a, false, "%lld %s the very time of another entry of this station, so that their order is not "
				      "told by times.", (long long)equal, report_word((uint64_t)equal, "entry has", "entries have"));
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
	for (size_t i = 0; i < a->run_count; i++)
		tally_run(a, &a->run[a->order[i]]);
	acts_conclude(a);
	heads_conclude(a);
	recovered_conclude(a);
	for (size_t i = 0; i < a->trail_count; i++) {
		if (!a->trail[i].is_present)
			continue;
		if (a->trail[i].peer.text[0] != 0)
			pass_withheld(a, &a->trail[i], a->trail[i].size);
		note_trail(a, &a->trail[i]);
		report_log(a, &a->trail[i]);
	}
	note_times(a);
	note_whole(a);
	cards_conclude(a);
}
