/*
 * The record of a peer beside that of the station: what both logs hold is witnessed by it, and the heads that each signed
 * for the other must fit the other's own record.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

/* The two records, and the logs that they keep of each other. */
struct pair {
	struct audit *a, *b;
	const char *path;
	uint32_t here, there; /* trails */
	uint64_t in_both, only_there, heads;
};

static uint32_t find_trail(struct audit *a, const struct name *peer)
{
	char origin[ORIGIN_TEXT];
	uint32_t at;

	checkpoint_origin(name_bytes(&a->report->station), name_bytes(peer), origin);
	at = logs_trail(a, bytes_of(origin));
	return at != IDMAP_NONE && a->trail[at].is_present ? at : IDMAP_NONE;
}

/* The entry of that trail among those of a thing, of this direction. */
static uint32_t entry_in(const struct audit *a, const struct thing *thing, uint32_t trail, bool is_received)
{
	if (thing->first >= THING_REFUSED)
		return IDMAP_NONE;
	for (uint32_t at = thing->first; at != IDMAP_NONE; at = a->entry[at].next_same)
		if (a->entry[at].is_received == is_received && logs_run(a, at)->trail == trail)
			return at;
	return IDMAP_NONE;
}

/* An object that the peer's log has: with it the peer's signed record knows of the entry here. */
static void match(struct pair *pair, const struct thing *thing, bool is_received)
{
	const struct audit *a = pair->a;
	uint32_t at, other;

	if (entry_in(pair->b, thing, pair->there, !is_received) == IDMAP_NONE)
		return;
	at = idmap_find(&a->thing_map, thing->mark, a->thing, sizeof *a->thing);
	other = at != IDMAP_NONE ? entry_in(a, &a->thing[at], pair->here, is_received) : IDMAP_NONE;
	if (other == IDMAP_NONE) {
		pair->only_there++;
		return;
	}
	pair->in_both++;
	if (a->entry[other].witnessed_at == NOT_WITNESSED)
		a->entry[other].witnessed_at = WITNESSED_WITHOUT_TIME;
}

/* The heads of owner's log that it signed, as they stand in holder's record, against owner's own record. */
static void compare_heads(struct pair *pair, const struct audit *holder, uint32_t in, struct audit *owner, uint32_t of)
{
	uint64_t misfit = 0, beyond = 0;
	const struct trail *log = &owner->trail[of];

	for (size_t i = 0; i < holder->peer_head_count; i++) {
		const struct peer_head *head = &holder->peer_head[i];
		uint32_t at;

		if (head->size == 0 || logs_run(holder, head->entry)->trail != in)
			continue;
		at = head->size <= log->size ? logs_entry_before(owner, of, head->size) : IDMAP_NONE;
		if (head->size > log->size && head->size > beyond)
			beyond = head->size;
		if (at == IDMAP_NONE)
			continue;
		pair->heads++;
		if (memcmp(owner->entry[at].root, head->root, sizeof head->root) != 0 &&
		    (misfit == 0 || head->size < misfit))
			misfit = head->size;
	}
	if (misfit > 0)
		report_note(pair->a, true,
			    "%s: %s signed for %s a head of %llu entries of %s that does not fit its own record: "
			    "equivocation, or an altered record.",
			    pair->path, owner->report->station.text, holder->report->station.text,
			    (unsigned long long)misfit, log->origin);
	if (beyond > 0)
		report_note(pair->a, owner == pair->a,
			    "%s: %s signed for %s a head of %llu entries of %s, whose own record has %llu: it is older or "
			    "was cut short.",
			    pair->path, owner->report->station.text, holder->report->station.text,
			    (unsigned long long)beyond, log->origin, (unsigned long long)log->size);
}

static void compare(struct pair *pair)
{
	for (size_t i = 0; i < pair->b->thing_count; i++) {
		match(pair, &pair->b->thing[i], true);
		match(pair, &pair->b->thing[i], false);
	}
	compare_heads(pair, pair->b, pair->there, pair->a, pair->here);
	compare_heads(pair, pair->a, pair->here, pair->b, pair->there);
	report_note(pair->a, false,
		    "%s: the record of %s verifies, and holds %llu of the entries of %s; %llu of its own are not here; "
		    "%llu signed heads of the two were compared.",
		    pair->path, pair->b->report->station.text, (unsigned long long)pair->in_both,
		    pair->a->trail[pair->here].origin, (unsigned long long)pair->only_there,
		    (unsigned long long)pair->heads);
}

/* Why the peer's record can't be used, in its own words. */
static void refuse(struct audit *a, const char *path, const struct audit_report *report)
{
	const char *why = report->bad;

	for (size_t i = 0; i < report->note_count && why[0] == '\0'; i++)
		if (report->note[i].is_failure)
			why = report->note[i].text;
	report_note(a, true, "%s does not verify itself: %s", path, why);
}

void peer_check(struct audit *a, struct audit *b, const char *path)
{
	struct pair pair = {.a = a, .b = b, .path = path};

	if (audit_has_failure(b->report)) {
		refuse(a, path, b->report);
		return;
	}
	pair.here = find_trail(a, &b->report->station);
	pair.there = find_trail(b, &a->report->station);
	if (pair.here == IDMAP_NONE || pair.there == IDMAP_NONE)
		report_note(a, true, "%s is the record of %s, and the two hold no log of each other.", path,
			    b->report->station.text);
	else
		compare(&pair);
}
