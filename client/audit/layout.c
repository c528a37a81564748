/*
 * The first reading: the order of the records, that each log's entries follow one another, the roots of all logs, and the
 * cards. The first record out of place ends it, since nothing after it can be told with certainty.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

/* A record that is out of place: the second reading stops before it. */
#define MISPLACED(a, ...)                                                                                              \
	do {                                                                                                           \
		report_bad(a, IDMAP_NONE, __VA_ARGS__);                                                                \
		(a)->is_cut = true;                                                                                    \
	} while (0)

static void read_begin(struct audit *a)
{
	const struct export_record *record = &a->record;

	if (a->has_begun) {
		MISPLACED(a, "the file begins a second time.");
		return;
	}
	if (!name_copy(record->station, &a->report->station)) {
		MISPLACED(a, "the station it names is no contact point.");
		return;
	}
	a->has_begun = true;
	a->report->since = record->since;
	a->report->until = record->until;
	a->report->made_at = record->made_at;
}

/* The trail of the origin; NULL, and the layout wrong, if the station can have no such log. */
static struct trail *find_trail(struct audit *a, struct bytes origin)
{
	uint32_t index = logs_trail(a, origin);
	struct trail *trail;

	if (index == IDMAP_NONE) {
		if (a->error == 0)
			MISPLACED(a, "it names a log that is not of %s.", a->report->station.text);
		return NULL;
	}
	trail = &a->trail[index];
	trail->is_present = true;
	if (trail->tree == NULL) {
		trail->tree = malloc(sizeof *trail->tree);
		if (trail->tree == NULL)
			a->error = -ENOMEM;
		else
			merkle_init(trail->tree);
	}
	return trail->tree != NULL ? trail : NULL;
}

/* Has the root worked out that the log has after this entry. */
static void put_root(struct audit *a, const struct trail *trail, uint32_t entry)
{
	struct job job = {.kind = JOB_ROOT, .entry = entry, .number = a->number};
	const struct merkle *tree = trail->tree;
	size_t levels = MERKLE_LEVELS;

	while (levels > 0 && tree->size >> (levels - 1) == 0)
		levels--;
	if (crew_put(a->crew, &job,
		     (struct bytes){(const uint8_t *)tree, offsetof(struct merkle, peak) + levels * HASH_BYTES},
		     (struct bytes){NULL, 0}) != 0)
		a->error = -ENOMEM;
}

/* Puts an entry of a pair log among those of the same id. */
static void index_pair_entry(struct audit *a, struct trail *trail, uint32_t entry, const struct leaf *leaf)
{
	bool is_received = leaf->kind == LEAF_RECEIVED;
	uint32_t before = logs_find_in(a, (uint32_t)(trail - a->trail), leaf->id, is_received, entry);
	struct thing *thing = logs_thing(a, leaf->id);

	a->entry[entry].is_received = is_received;
	if (thing == NULL)
		return;
	if (before != IDMAP_NONE) {
		report_bad(a, entry, "it enters the object of entry %llu again.",
			   (unsigned long long)logs_index(a, before));
		return;
	}
	if (thing->first < THING_REFUSED) {
		a->entry[entry].next_same = a->entry[thing->first].next_same;
		a->entry[thing->first].next_same = entry;
	} else {
		thing->first = entry & 0x7fffffffu;
	}
}

static void index_station_entry(struct audit *a, const struct leaf *leaf)
{
	struct thing *thing = leaf->has_id ? logs_thing(a, leaf->id) : NULL;

	if (thing != NULL && thing->first == THING_REFUSED && leaf->kind != STATION_REFUSED)
		thing->first = THING_NAMED;
}

static void add_entry(struct audit *a, struct trail *trail, const struct leaf *leaf)
{
	uint8_t hash[HASH_BYTES];
	uint32_t entry;

	trail->backward_times += trail->size > 0 && leaf->at <= trail->last_at;
	trail->last_at = leaf->at;
	if (times_add(&a->times, leaf->at) != 0)
		a->error = -ENOMEM;
	a->report->entry_count++;
	merkle_leaf(a->record.bytes, hash);
	merkle_append(trail->tree, hash);
	entry = logs_add(a, trail, 1, false);
	if (a->error != 0)
		return;
	if (entry == IDMAP_NONE) {
		index_station_entry(a, leaf);
		return;
	}
	index_pair_entry(a, trail, entry, leaf);
	put_root(a, trail, entry);
}

static void read_entry(struct audit *a)
{
	struct trail *trail = find_trail(a, a->record.origin);
	struct leaf leaf;

	if (trail == NULL)
		return;
	if (a->record.index != trail->size)
		MISPLACED(a, "it is entry %llu of %s, where entry %llu belongs.", (unsigned long long)a->record.index,
			  trail->origin, (unsigned long long)trail->size);
	else if (leaf_decode(a->record.bytes, &leaf) != RESULT_OK)
		MISPLACED(a, "the leaf of entry %llu of %s is malformed.", (unsigned long long)a->record.index,
			  trail->origin);
	else if (trail->peer.text[0] != 0 &&
		 (!leaf.has_id || leaf.data.len > 0 || (leaf.kind != LEAF_SENT && leaf.kind != LEAF_RECEIVED)))
		MISPLACED(a, "entry %llu of %s is no entry of a pair log.", (unsigned long long)a->record.index,
			  trail->origin);
	else
		add_entry(a, trail, &leaf);
}

static void read_hash(struct audit *a)
{
	struct trail *trail = find_trail(a, a->record.origin);
	uint64_t count = UINT64_C(1) << a->record.level;
	uint32_t entry;

	if (trail == NULL)
		return;
	if (trail->size % count != 0 || a->record.index != trail->size >> a->record.level ||
	    count > INT64_MAX - trail->size) {
		MISPLACED(a, "the withheld range of %s does not begin at entry %llu, where it belongs.", trail->origin,
			  (unsigned long long)trail->size);
		return;
	}
	merkle_append_subtree(trail->tree, a->record.level, a->record.hash);
	entry = logs_add(a, trail, count, true);
	if (entry != IDMAP_NONE)
		put_root(a, trail, entry);
}

static void read_checkpoint(struct audit *a)
{
	struct checkpoint checkpoint;
	struct trail *trail;
	struct note note;

	if (note_decode(a->record.bytes, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &checkpoint) != RESULT_OK) {
		report_bad(a, IDMAP_NONE, "it is no checkpoint.");
		return;
	}
	trail = find_trail(a, checkpoint.origin);
	if (trail == NULL)
		return;
	if (checkpoint.size > trail->size) {
		MISPLACED(a, "the checkpoint is of %llu entries of %s, but only %llu stand before it.",
			  (unsigned long long)checkpoint.size, trail->origin, (unsigned long long)trail->size);
		return;
	}
	trail->has_checkpoint = true;
	trail->checkpoint_size = checkpoint.size;
	if (trail->peer.text[0] == 0)
		heads_check_station(a, trail, checkpoint.size, checkpoint.root);
}

/* The last record: the count fits, and every log ends with a checkpoint of its size. */
static void read_end(struct audit *a)
{
	a->has_ended = true;
	if (a->record.size != a->reader.number - 1) {
		MISPLACED(a, "it says that %llu records stand before it, but there are %llu.",
			  (unsigned long long)a->record.size, (unsigned long long)a->reader.number - 1);
		return;
	}
	for (size_t i = 0; i < a->trail_count; i++) {
		const struct trail *trail = &a->trail[i];

		if (trail->is_present && (!trail->has_checkpoint || trail->checkpoint_size != trail->size))
			report_bad(a, IDMAP_NONE,
				   "%s has %llu entries and no checkpoint of that size at its end.", trail->origin,
				   (unsigned long long)trail->size);
	}
}

static void read_record(struct audit *a)
{
	if (!a->has_begun && a->record.kind != EXPORT_BEGIN) {
		MISPLACED(a, "the file does not begin as an export does.");
		return;
	}
	if (a->has_ended) {
		MISPLACED(a, "it stands after the last record.");
		return;
	}
	switch (a->record.kind) {
	case EXPORT_BEGIN:
		read_begin(a);
		break;
	case EXPORT_CARD:
		cards_add(a, a->record.bytes, true);
		break;
	case EXPORT_ENTRY:
		read_entry(a);
		break;
	case EXPORT_HASH:
		read_hash(a);
		break;
	case EXPORT_OBJECT:
		acts_note(a, a->record.bytes);
		break;
	case EXPORT_CONTENT:
		break;
	case EXPORT_CHECKPOINT:
		read_checkpoint(a);
		break;
	case EXPORT_HEAD:
		a->hearsay_heads++;
		break;
	case EXPORT_END:
		read_end(a);
		break;
	}
}

/* How the file ends when it does not end as it should. */
static void check_end(struct audit *a, int result)
{
	uint64_t end = a->reader.next_offset + a->reader.end - a->reader.start;

	a->number = a->reader.number;
	if (result == READER_END && end == 0)
		MISPLACED(a, "the file is empty.");
	else if (result == RESULT_INCOMPLETE || (result == READER_END && !a->has_ended))
		MISPLACED(a, "the file is cut short at byte %llu.", (unsigned long long)end);
	else if (result == RESULT_NEWER)
		MISPLACED(a, "the file is an export of a newer version, which this program can't read.");
	else if (result != RESULT_OK && result != READER_END && !a->has_begun)
		MISPLACED(a, "the file is no export of a record.");
	else if (result != RESULT_OK && result != READER_END)
		MISPLACED(a, "the file is damaged at byte %llu: %s.", (unsigned long long)a->reader.offset,
			  result_name(result));
}

void layout_read(struct audit *a)
{
	int result = 0;

	while (!a->is_cut && a->error == 0 && (result = reader_next(&a->reader, &a->record)) == RESULT_OK) {
		a->number = a->reader.number;
		read_record(a);
	}
	if (result < 0)
		a->error = result;
	if (a->error == 0 && !a->is_cut)
		check_end(a, result);
	crew_flush(a->crew);
	a->limit = a->reader.number;
	a->report->record_count = a->reader.number - 1;
	for (size_t i = 0; i < a->trail_count; i++) {
		struct trail *trail = &a->trail[i];

		if (trail->tree != NULL)
			merkle_root(trail->tree, trail->root);
		free(trail->tree);
		trail->tree = NULL;
	}
	if (a->error == 0)
		logs_sort(a);
}
