/*
 * Where things stand: entries of pair logs are numbered as they come in the file, and runs say which log and index they
 * have. Ids and origins are found by their marks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"

#define ORIGIN_PREFIX "hotline/"

/* The peer that origin names after this station; "" for the station log. False if the station can have no such log. */
static bool read_origin(const struct audit *a, struct bytes origin, struct name *out_peer)
{
	struct bytes station = name_bytes(&a->report->station), peer = {NULL, 0};
	size_t head = strlen(ORIGIN_PREFIX) + station.len;
	char expected[ORIGIN_TEXT];

	if (origin.len > head + 1)
		peer = (struct bytes){origin.data + head + 1, origin.len - head - 1};
	if (peer.len > 0 && (!name_is_valid(peer) || bytes_equal(peer, station)))
		return false;
	checkpoint_origin(station, peer, expected);
	if (!bytes_equal(bytes_of(expected), origin))
		return false;
	name_copy(peer, out_peer);
	return true;
}

static uint32_t add_trail(struct audit *a, struct bytes origin, const uint8_t mark[MARK_BYTES])
{
	struct name peer;
	struct trail *trail;

	memset(&peer, 0, sizeof peer);
	if (!read_origin(a, origin, &peer) || (trail = AUDIT_ADD(a, trail)) == NULL)
		return IDMAP_NONE;
	memcpy(trail->mark, mark, MARK_BYTES);
	memcpy(trail->origin, origin.data, origin.len);
	trail->peer = peer;
	trail->last_run = trail->revoked = IDMAP_NONE;
	if (idmap_add(&a->trail_map, (uint32_t)a->trail_count - 1, a->trail, sizeof *a->trail) != 0)
		a->error = -ENOMEM;
	return (uint32_t)a->trail_count - 1;
}

uint32_t logs_trail(struct audit *a, struct bytes origin)
{
	uint8_t mark[MARK_BYTES];

	if (a->last_trail != IDMAP_NONE && bytes_equal(bytes_of(a->trail[a->last_trail].origin), origin))
		return a->last_trail;
	idmap_mark(a->key, origin, mark);
	a->last_trail = idmap_find(&a->trail_map, mark, a->trail, sizeof *a->trail);
	if (a->last_trail == IDMAP_NONE)
		a->last_trail = add_trail(a, origin, mark);
	return a->last_trail;
}

/* Whether the entry to come, of the record at hand, goes on where the last run ends. */
static bool continues(const struct audit *a, const struct trail *trail)
{
	const struct run *last = &a->run[a->run_count - 1];
	uint64_t count = a->entry_count - last->first;

	return trail->last_run == a->run_count - 1 && last->size == 0 && last->index + count == trail->size &&
	       last->number + count == a->number;
}

static bool begin_run(struct audit *a, struct trail *trail, uint64_t size)
{
	struct run *run = AUDIT_ADD(a, run);

	if (run == NULL)
		return false;
	run->index = trail->size;
	run->number = a->number;
	run->size = size;
	run->first = (uint32_t)a->entry_count;
	run->trail = (uint32_t)(trail - a->trail);
	trail->last_run = (uint32_t)a->run_count - 1;
	return true;
}

uint32_t logs_add(struct audit *a, struct trail *trail, uint64_t count, bool is_withheld)
{
	uint64_t size = trail->size + count;
	struct entry *entry = NULL;

	if (trail->peer.text[0] != 0) {
		if ((is_withheld || a->run_count == 0 || !continues(a, trail)) &&
		    !begin_run(a, trail, is_withheld ? size : 0))
			return IDMAP_NONE;
		entry = AUDIT_ADD(a, entry);
		if (entry == NULL)
			return IDMAP_NONE;
		entry->witnessed_at = entry->head_at = NOT_WITNESSED;
		entry->next_same = entry->content = IDMAP_NONE;
		entry->is_withheld = is_withheld;
	}
	trail->size = size;
	if (is_withheld)
		trail->withheld_entries += count;
	return entry != NULL ? (uint32_t)a->entry_count - 1 : IDMAP_NONE;
}

static int compare_runs(const void *left, const void *right, void *ctx)
{
	const struct audit *a = ctx;
	const struct run *l = &a->run[*(const uint32_t *)left], *r = &a->run[*(const uint32_t *)right];

	if (l->trail != r->trail)
		return l->trail < r->trail ? -1 : 1;
	return (l->index > r->index) - (l->index < r->index);
}

void logs_sort(struct audit *a)
{
	a->order = calloc(a->run_count + 1, sizeof *a->order);
	if (a->order == NULL) {
		a->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < a->run_count; i++)
		a->order[i] = (uint32_t)i;
	if (a->run_count > 1)
		qsort_r(a->order, a->run_count, sizeof *a->order, compare_runs, a);
}

const struct run *logs_run(const struct audit *a, uint32_t entry)
{
	size_t low = 0, high = a->run_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (a->run[middle].first <= entry)
			low = middle;
		else
			high = middle;
	}
	return &a->run[low];
}

uint64_t logs_index(const struct audit *a, uint32_t entry)
{
	const struct run *run = logs_run(a, entry);

	return run->index + (entry - run->first);
}

uint64_t logs_number(const struct audit *a, uint32_t entry)
{
	const struct run *run = logs_run(a, entry);

	return run->number + (entry - run->first);
}

struct trail *logs_trail_of(const struct audit *a, uint32_t entry)
{
	return &a->trail[logs_run(a, entry)->trail];
}

/* How many entries a run has. */
static size_t run_length(const struct audit *a, uint32_t run)
{
	size_t end = run + 1 < a->run_count ? a->run[run + 1].first : a->entry_count;

	return end - a->run[run].first;
}

/* The last run of the trail that begins before the log has this size; NULL if there is none. */
static const struct run *run_before(const struct audit *a, uint32_t trail, uint64_t size)
{
	size_t low = 0, high = a->run_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct run *run = &a->run[a->order[middle]];

		if (run->trail < trail || (run->trail == trail && run->index < size))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || a->run[a->order[low - 1]].trail != trail)
		return NULL;
	return &a->run[a->order[low - 1]];
}

uint32_t logs_entry_before(const struct audit *a, uint32_t trail, uint64_t size)
{
	const struct run *run = run_before(a, trail, size);

	if (run == NULL)
		return IDMAP_NONE;
	if (run->size != 0)
		return run->size == size ? run->first : IDMAP_NONE;
	if (size - run->index > run_length(a, (uint32_t)(run - a->run)))
		return IDMAP_NONE;
	return run->first + (uint32_t)(size - run->index) - 1;
}

struct thing *logs_find(const struct audit *a, const uint8_t id[HASH_BYTES])
{
	uint8_t mark[MARK_BYTES];
	uint32_t at;

	idmap_mark(a->key, (struct bytes){id, HASH_BYTES}, mark);
	at = idmap_find(&a->thing_map, mark, a->thing, sizeof *a->thing);
	return at != IDMAP_NONE ? &a->thing[at] : NULL;
}

struct thing *logs_thing(struct audit *a, const uint8_t id[HASH_BYTES])
{
	struct thing *thing;
	uint8_t mark[MARK_BYTES];
	uint32_t at;

	idmap_mark(a->key, (struct bytes){id, HASH_BYTES}, mark);
	at = idmap_find(&a->thing_map, mark, a->thing, sizeof *a->thing);
	if (at != IDMAP_NONE)
		return &a->thing[at];
	thing = AUDIT_ADD(a, thing);
	if (thing == NULL)
		return NULL;
	memcpy(thing->mark, mark, MARK_BYTES);
	thing->first = THING_REFUSED;
	if (idmap_add(&a->thing_map, (uint32_t)a->thing_count - 1, a->thing, sizeof *a->thing) != 0)
		a->error = -ENOMEM;
	return thing;
}

uint32_t logs_find_in(const struct audit *a, uint32_t trail, const uint8_t id[HASH_BYTES], bool is_received,
		      uint32_t before)
{
	const struct thing *thing = logs_find(a, id);

	if (thing == NULL || thing->first >= THING_REFUSED)
		return IDMAP_NONE;
	for (uint32_t at = thing->first; at != IDMAP_NONE; at = a->entry[at].next_same)
		if (a->entry[at].is_received == is_received && at < before && logs_run(a, at)->trail == trail)
			return at;
	return IDMAP_NONE;
}
