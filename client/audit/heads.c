/*
 * What anyone signed about the roots of logs. The roots that the records give are known from the first reading: for each
 * pair log at every size that a record reaches, for the station log at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

/* A head whose root is not that of the records. */
static void report_mismatch(struct audit *a, enum head_kind kind, const struct trail *trail, uint32_t entry,
			    uint64_t size)
{
	static const char *const what[] = {
	    [HEAD_CHECKPOINT] = "the checkpoint",
	    [HEAD_NOTE] = "the checkpoint sent to the peer",
	    [HEAD_RECEIPT] = "the head in this receipt",
	    [HEAD_HOURLY] = "the hourly head",
	};

	if (kind == HEAD_SEEN)
		report_bad(a, entry,
			   "%s holds a head of %llu entries of this log with another root: it was shown another record "
			   "(equivocation), or this one was altered.",
			   trail->peer.text, (unsigned long long)size);
	else
		report_bad(a, entry, "%s of %llu entries of %s has another root than these entries give.", what[kind],
			   (unsigned long long)size, trail->origin);
}

/* Whether the head fits, and up to where the records are known to be right. */
static bool weigh(struct trail *trail, uint64_t size, bool is_good)
{
	if (is_good && size > trail->fitting_size)
		trail->fitting_size = size;
	if (!is_good && (trail->misfitting_size == 0 || size < trail->misfitting_size))
		trail->misfitting_size = size;
	return is_good;
}

/* A head that the records do not reach. */
static void report_unreached(struct audit *a, enum head_kind kind, struct trail *trail, uint32_t entry, uint64_t size)
{
	if (size > trail->size && !a->is_cut)
		report_bad(a, entry, "it records a head of %llu entries of %s, which has %llu in this file.",
			   (unsigned long long)size, trail->origin, (unsigned long long)trail->size);
	else if (kind == HEAD_CHECKPOINT)
		report_bad(a, entry, "the checkpoint's size lies within a withheld range of %s.", trail->origin);
	else if (size <= trail->size)
		trail->unchecked_heads++;
}

bool heads_check(struct audit *a, enum head_kind kind, uint32_t trail_at, uint32_t entry, uint64_t size,
		 const uint8_t root[HASH_BYTES])
{
	struct trail *trail = &a->trail[trail_at];
	const uint8_t *known = a->empty_root;
	uint8_t mark[MARK_BYTES];

	if (!trail->is_present) {
		if (!trail->is_missed && !a->is_cut)
			report_note(a, false, "the station log records heads of %s, which is not in this file.",
				    trail->origin);
		trail->is_missed = true;
		return false;
	}
	if (size > 0) {
		uint32_t at = logs_entry_before(a, trail_at, size);

		if (at == IDMAP_NONE) {
			report_unreached(a, kind, trail, entry, size);
			return false;
		}
		known = a->entry[at].root;
	}
	idmap_mark(a->key, (struct bytes){root, HASH_BYTES}, mark);
	if (memcmp(mark, known, MARK_BYTES) != 0 && recovered_covers(a, kind, trail_at, entry, size))
		return false; /* of a log that was lost and recovered */
	if (weigh(trail, size, memcmp(mark, known, MARK_BYTES) == 0))
		return true;
	report_mismatch(a, kind, trail, entry, size);
	return false;
}

void heads_witness(struct audit *a, uint32_t trail, uint64_t size, int64_t at)
{
	uint32_t entry = size > 0 ? logs_entry_before(a, trail, size) : IDMAP_NONE;

	if (entry != IDMAP_NONE && at < a->entry[entry].head_at)
		a->entry[entry].head_at = at;
}

/* The mark of a log and a size. */
static void mark_head(const struct audit *a, uint32_t trail, uint64_t size, uint8_t out[MARK_BYTES])
{
	uint8_t bytes[sizeof trail + sizeof size];

	memcpy(bytes, &trail, sizeof trail);
	memcpy(bytes + sizeof trail, &size, sizeof size);
	idmap_mark(a->key, (struct bytes){bytes, sizeof bytes}, out);
}

/* Two heads of one size by the same peer must be one (SPEC 6). */
void heads_keep(struct audit *a, uint32_t entry, uint64_t size, const uint8_t root[HASH_BYTES])
{
	uint32_t trail = logs_run(a, entry)->trail, at;
	uint8_t mark[MARK_BYTES], root_mark[MARK_BYTES];
	struct peer_head *kept;

	mark_head(a, trail, size, mark);
	idmap_mark(a->key, (struct bytes){root, HASH_BYTES}, root_mark);
	at = idmap_find(&a->peer_head_map, mark, a->peer_head, sizeof *a->peer_head);
	if (at != IDMAP_NONE) {
		kept = &a->peer_head[at];
		if (memcmp(kept->root, root_mark, sizeof kept->root) == 0)
			return;
		if (!recovered_between(a, trail, size, kept->entry, entry)) {
			report_bad(a, entry,
				   "%s signed two heads of %llu entries of its log with different roots: equivocation.",
				   a->trail[trail].peer.text, (unsigned long long)size);
			return;
		}
		memcpy(kept->root, root_mark, sizeof kept->root);
		kept->entry = entry;
		return;
	}
	kept = AUDIT_ADD(a, peer_head);
	if (kept == NULL)
		return;
	memcpy(kept->mark, mark, MARK_BYTES);
	memcpy(kept->root, root_mark, sizeof kept->root);
	kept->entry = entry;
	kept->size = size;
	if (idmap_add(&a->peer_head_map, (uint32_t)a->peer_head_count - 1, a->peer_head, sizeof *a->peer_head) != 0)
		a->error = -ENOMEM;
}

bool heads_contradicts(const struct audit *a, uint32_t trail, uint64_t size, const uint8_t root[HASH_BYTES])
{
	uint8_t mark[MARK_BYTES], root_mark[MARK_BYTES];
	uint32_t at;

	mark_head(a, trail, size, mark);
	idmap_mark(a->key, (struct bytes){root, HASH_BYTES}, root_mark);
	at = idmap_find(&a->peer_head_map, mark, a->peer_head, sizeof *a->peer_head);
	return at != IDMAP_NONE && memcmp(a->peer_head[at].root, root_mark, sizeof a->peer_head[at].root) != 0;
}

/* [[origin, size, root]…]. */
static void read_hourly(struct audit *a, struct bytes data)
{
	struct pack_reader r = pack_reader(data);
	size_t count = pack_read_array(&r, SIZE_MAX);

	for (size_t i = 0; i < count && r.error == RESULT_OK; i++) {
		uint8_t root[HASH_BYTES];
		uint64_t size;
		uint32_t trail;

		pack_expect_array(&r, 3);
		trail = logs_trail(a, pack_read_str(&r, ORIGIN_TEXT - 1));
		size = pack_read_uint(&r, INT64_MAX);
		pack_read_fixed(&r, root, HASH_BYTES);
		if (r.error == RESULT_OK && (trail == IDMAP_NONE || a->trail[trail].peer.text[0] == 0))
			pack_fail(&r, RESULT_MALFORMED);
		if (r.error == RESULT_OK)
			heads_check(a, HEAD_HOURLY, trail, IDMAP_NONE, size, root);
	}
	if (a->error == 0 && pack_read_end(&r) != RESULT_OK)
		report_bad(a, IDMAP_NONE, "the heads it records are malformed.");
}

void heads_read_hourly(struct audit *a)
{
	uint32_t trail = logs_trail(a, a->record.origin);
	struct leaf leaf;

	if (trail == IDMAP_NONE || a->trail[trail].peer.text[0] != 0 ||
	    leaf_decode(a->record.bytes, &leaf) != RESULT_OK || leaf.kind != STATION_HEADS)
		return;
	snprintf(a->where, sizeof a->where, " (entry %llu of %s)", (unsigned long long)a->record.index,
		 a->trail[trail].origin);
	read_hourly(a, leaf.data);
	a->where[0] = '\0';
}

void heads_check_station(struct audit *a, struct trail *trail, uint64_t size, const uint8_t root[HASH_BYTES])
{
	uint8_t known[HASH_BYTES];
	struct late_head *late;

	if (size == trail->size) {
		merkle_root(trail->tree, known);
		if (!weigh(trail, size, memcmp(known, root, HASH_BYTES) == 0))
			report_mismatch(a, HEAD_CHECKPOINT, trail, IDMAP_NONE, size);
		return;
	}
	late = AUDIT_ADD(a, late_head);
	if (late == NULL)
		return;
	late->size = size;
	late->number = a->number;
	memcpy(late->root, root, HASH_BYTES);
}

void heads_read_checkpoint(struct audit *a)
{
	struct checkpoint checkpoint;
	struct note note;
	uint32_t trail;

	if (note_decode(a->record.bytes, &note) != RESULT_OK || checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return;
	trail = logs_trail(a, checkpoint.origin);
	if (trail != IDMAP_NONE && a->trail[trail].peer.text[0] != 0)
		heads_check(a, HEAD_CHECKPOINT, trail, IDMAP_NONE, checkpoint.size, checkpoint.root);
}

/* Those of the size that the station log has reached. */
static void check_late(struct audit *a, const struct merkle *tree)
{
	uint8_t root[HASH_BYTES];
	bool has_root = false;

	for (size_t i = 0; i < a->late_head_count; i++) {
		struct late_head *late = &a->late_head[i];

		if (late->size != tree->size)
			continue;
		if (!has_root)
			merkle_root(tree, root);
		has_root = true;
		late->is_checked = true;
		late->is_good = memcmp(late->root, root, HASH_BYTES) == 0;
	}
}

static void conclude_late(struct audit *a, struct trail *trail)
{
	for (size_t i = 0; i < a->late_head_count; i++) {
		const struct late_head *late = &a->late_head[i];

		if (late->name != NULL)
			continue; /* kept.c's */
		a->number = late->number;
		if (late->is_checked)
			weigh(trail, late->size, late->is_good);
		if (!late->is_checked)
			report_unreached(a, HEAD_CHECKPOINT, trail, IDMAP_NONE, late->size);
		else if (!late->is_good)
			report_mismatch(a, HEAD_CHECKPOINT, trail, IDMAP_NONE, late->size);
	}
}

void heads_read_late(struct audit *a)
{
	struct merkle tree;
	uint8_t hash[HASH_BYTES];
	uint32_t trail = logs_trail(a, bytes_of(a->station_origin));

	if (a->error != 0 || trail == IDMAP_NONE || a->late_head_count == 0)
		return;
	merkle_init(&tree);
	check_late(a, &tree);
	a->error = reader_rewind(&a->reader);
	while (audit_next(a)) {
		bool is_entry = a->record.kind == EXPORT_ENTRY;

		if ((!is_entry && a->record.kind != EXPORT_HASH) || logs_trail(a, a->record.origin) != trail)
			continue;
		merkle_leaf(a->record.bytes, hash);
		if (is_entry)
			merkle_append(&tree, hash);
		else
			merkle_append_subtree(&tree, a->record.level, a->record.hash);
		check_late(a, &tree);
	}
	conclude_late(a, &a->trail[trail]);
}

void heads_conclude(struct audit *a)
{
	for (size_t i = 0; i < a->trail_count; i++) {
		const struct trail *trail = &a->trail[i];

		if (trail->misfitting_size > 0)
			report_note(a, true,
				    "the records of %s fit heads signed of up to %llu entries, and not those of %llu "
				    "and more: what was altered or forked stands between.",
				    trail->origin, (unsigned long long)trail->fitting_size,
				    (unsigned long long)trail->misfitting_size);
	}
}
