/*
 * The first reading: the order of the records, that each log's entries follow one another, and the cards. The first
 * record out of place ends it, since nothing after it can be told with certainty.
 */
#include <errno.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

/* A record that is out of place: the other readings stop before it. */
#define MISPLACED(a, ...)                                                                                              \
	do {                                                                                                           \
		report_bad(a, (a)->reader.number, NULL, __VA_ARGS__);                                                  \
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

/* The trail of the record's origin; NULL, and the layout wrong, if the station can have no such log. */
static struct trail *find_trail(struct audit *a, struct bytes origin)
{
	uint32_t index = audit_trail(a, origin);

	if (index == IDMAP_NONE) {
		if (a->error == 0)
			MISPLACED(a, "it names a log that is not of %s.", a->report->station.text);
		return NULL;
	}
	a->trail[index].is_present = true;
	return &a->trail[index];
}

/* The heads of all pair logs, which the station log holds hourly: [[origin, size, root]…]. */
static void read_heads(struct audit *a, const struct leaf *leaf, uint32_t entry)
{
	struct pack_reader r = pack_reader(leaf->data);
	size_t count = pack_read_array(&r, SIZE_MAX);

	for (size_t i = 0; i < count && r.error == RESULT_OK; i++) {
		struct claim claim = {.kind = CLAIM_HEADS, .record = a->reader.number, .entry = entry};

		pack_expect_array(&r, 3);
		claim.trail = audit_trail(a, pack_read_str(&r, ORIGIN_TEXT - 1));
		claim.size = pack_read_uint(&r, INT64_MAX);
		pack_read_fixed(&r, claim.root, HASH_BYTES);
		if (r.error == RESULT_OK && claim.trail == IDMAP_NONE)
			pack_fail(&r, RESULT_MALFORMED);
		if (r.error == RESULT_OK)
			audit_claim(a, &claim);
	}
	if (a->error == 0 && pack_read_end(&r) != RESULT_OK)
		report_bad(a, a->reader.number, &a->entry[entry], "the heads it records are malformed.");
}

/* Puts the entry among those of the same id. */
static void index_entry(struct audit *a, uint32_t at)
{
	struct entry *entry = &a->entry[at];
	uint32_t first = idmap_find(&a->entry_map, entry->id, a->entry, sizeof *a->entry);

	entry->next_same = IDMAP_NONE;
	if (first == IDMAP_NONE) {
		if (idmap_add(&a->entry_map, at, a->entry, sizeof *a->entry) != 0)
			a->error = -ENOMEM;
		return;
	}
	entry->next_same = a->entry[first].next_same;
	a->entry[first].next_same = at;
}

static void add_entry(struct audit *a, struct trail *trail, const struct leaf *leaf)
{
	struct entry *entry = AUDIT_ADD(a, entry);
	uint32_t at = (uint32_t)a->entry_count - 1;

	if (entry == NULL)
		return;
	entry->trail = (uint32_t)(trail - a->trail);
	entry->index = trail->size++;
	entry->record = a->reader.number;
	entry->kind = leaf->kind <= UINT8_MAX ? (uint8_t)leaf->kind : 0;
	entry->has_id = leaf->has_id;
	entry->witnessed_at = NOT_WITNESSED;
	entry->content = entry->next_same = IDMAP_NONE;
	memcpy(entry->id, leaf->id, HASH_BYTES);
	if (leaf->has_id)
		index_entry(a, at);
	trail->backward_times += entry->index > 0 && leaf->at < trail->last_at;
	trail->last_at = leaf->at;
	if (trail->peer.text[0] == 0 && leaf->kind == STATION_HEADS)
		read_heads(a, leaf, at);
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

	if (trail == NULL)
		return;
	if (trail->size % count != 0 || a->record.index != trail->size >> a->record.level ||
	    count > INT64_MAX - trail->size) {
		MISPLACED(a, "the withheld range of %s does not begin at entry %llu, where it belongs.", trail->origin,
			  (unsigned long long)trail->size);
		return;
	}
	trail->withheld_entries += count;
	trail->size += count;
}

/* A checkpoint's size must have been reached; its root and signature are for the other readings. */
static void read_checkpoint(struct audit *a)
{
	struct checkpoint checkpoint;
	struct trail *trail;
	struct note note;

	if (note_decode(a->record.bytes, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &checkpoint) != RESULT_OK) {
		report_bad(a, a->reader.number, NULL, "it is no checkpoint.");
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
	struct claim claim = {.trail = (uint32_t)(trail - a->trail),
			      .kind = CLAIM_CHECKPOINT,
			      .size = checkpoint.size,
			      .record = a->reader.number,
			      .entry = IDMAP_NONE};
	memcpy(claim.root, checkpoint.root, HASH_BYTES);
	audit_claim(a, &claim);
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
			report_bad(a, a->reader.number, NULL,
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
		cards_add_object(a, a->record.bytes);
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

void layout_read(struct audit *a)
{
	int result = 0;

	while (!a->is_cut && a->error == 0 && (result = reader_next(&a->reader, &a->record)) == RESULT_OK)
		read_record(a);
	if (result < 0)
		a->error = result;
	if (result == RESULT_INCOMPLETE || (result == READER_END && !a->has_ended))
		MISPLACED(a, "the file is cut short at byte %llu.",
			  (unsigned long long)(a->reader.next_offset + a->reader.end - a->reader.start));
	else if (result != RESULT_OK && result != READER_END && a->error == 0)
		MISPLACED(a, "the file is damaged at byte %llu: %s.", (unsigned long long)a->reader.offset,
			  result_name(result));
	a->limit = a->reader.number;
	a->report->record_count = a->reader.number - 1;
}
