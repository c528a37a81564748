/*
 * The logs' trees: full tiles in the store, and in memory all nodes of the tile that is still open, so that neither an append
 * nor a proof about what was added last reads what it could know.
 */
#include <string.h>

#include "daemon/store_sql.h"

#define TILE LOG_TILE
#define TILE_BITS 8

/* Where a node of the open tile stands: its leaves first, then level after level. */
static size_t place(unsigned level, uint64_t index)
{
	return 2 * TILE - (2 * TILE >> level) + index % (TILE >> level);
}

static void grow(struct log *log, const uint8_t hash[HASH_BYTES])
{
	uint64_t index = log->tree.size;

	memcpy(log->open[place(0, index)], hash, HASH_BYTES);
	for (unsigned level = 0; level + 1 < TILE_BITS && index % 2 == 1; level++, index /= 2)
		merkle_node(log->open[place(level, index - 1)], log->open[place(level, index)],
			    log->open[place(level + 1, index / 2)]);
	merkle_append(&log->tree, hash);
}

static bool read_leaf(struct store *store, int64_t origin, uint64_t index, uint8_t out[HASH_BYTES])
{
	return sql_row(store, "SELECT leaf FROM log WHERE origin = ? AND idx = ?", "iu", origin, index) &&
	       sql_hash(store, 0, out);
}

static bool read_tile_root(struct store *store, int64_t origin, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	return sql_row(store, "SELECT root FROM tile WHERE origin = ? AND level = ? AND idx = ?", "iiu", origin,
		       (int64_t)level, index) &&
	       sql_hash(store, 0, out);
}

void store_log_open(struct store *store, int64_t origin, struct log *out)
{
	uint8_t hash[HASH_BYTES];
	uint64_t size = 0;

	out->origin = origin;
	merkle_init(&out->tree);
	if (sql_row(store, "SELECT idx + 1 FROM log WHERE origin = ? ORDER BY idx DESC LIMIT 1", "i", origin))
		size = (uint64_t)sql_int(store, 0);
	for (unsigned level = MERKLE_LEVELS / TILE_BITS - 1; level-- > 0;) {
		unsigned bits = TILE_BITS * (level + 1);

		while (out->tree.size >> bits < size >> bits) {
			if (!read_tile_root(store, origin, level, out->tree.size >> bits, hash))
				return;
			merkle_append_subtree(&out->tree, bits, hash);
		}
	}
	while (sql_each(store, "SELECT idx, leaf FROM log WHERE origin = ? AND idx >= ? ORDER BY idx", "iu", origin,
			out->tree.size))
		if (sql_hash(store, 1, hash) && (uint64_t)sql_int(store, 0) == out->tree.size)
			grow(out, hash); /* what is behind one that is missing stays out too */
}

static void put_tile(struct store *store, int64_t origin, unsigned level, uint64_t index,
		     const uint8_t (*hashes)[HASH_BYTES])
{
	struct bytes all = {hashes[0], TILE * HASH_BYTES};
	struct merkle tree;
	uint8_t root[HASH_BYTES];

	merkle_init(&tree);
	for (size_t i = 0; i < TILE; i++)
		merkle_append(&tree, hashes[i]);
	merkle_root(&tree, root);
	sql_run(store, "INSERT INTO tile VALUES (?, ?, ?, ?, ?)", "iiubh", origin, (int64_t)level, index, &all, root);
}

/* After an append: every tile that is now full. */
static void fill_tiles(struct store *store, const struct log *log)
{
	uint8_t roots[TILE][HASH_BYTES];
	uint64_t count = log->tree.size / TILE;

	if (log->tree.size % TILE != 0)
		return;
	put_tile(store, log->origin, 0, count - 1, log->open);
	for (unsigned level = 1; count % TILE == 0; level++, count /= TILE) {
		for (uint64_t i = 0; i < TILE; i++)
			if (!read_tile_root(store, log->origin, level - 1, count - TILE + i, roots[i]))
				return;
		put_tile(store, log->origin, level, count / TILE - 1, roots);
	}
}

void store_tree_append(struct store *store, struct log *log, const uint8_t leaf_hash[HASH_BYTES])
{
	grow(log, leaf_hash);
	fill_tiles(store, log);
}

/* A subtree that stands in the store: a leaf, or the root over a full tile. */
static bool stored_subtree(struct store *store, int64_t origin, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	return level == 0 ? read_leaf(store, origin, index, out)
			  : read_tile_root(store, origin, level / TILE_BITS - 1, index, out);
}

/* The hashes of 2^bits neighbouring subtrees of a level that is stored: from their full tile, or one by one. */
static bool stored_row(struct store *store, int64_t origin, unsigned level, uint64_t first, unsigned bits,
		       uint8_t (*out)[HASH_BYTES])
{
	size_t count = (size_t)1 << bits;
	struct bytes all;

	if (sql_row(store, "SELECT hashes FROM tile WHERE origin = ? AND level = ? AND idx = ?", "iiu", origin,
		    (int64_t)(level / TILE_BITS), first / TILE)) {
		all = sql_bytes(store, 0);
		if (all.len != TILE * HASH_BYTES)
			return false;
		memcpy(out, all.data + first % TILE * HASH_BYTES, count * HASH_BYTES);
		return true;
	}
	for (size_t i = 0; i < count; i++)
		if (!stored_subtree(store, origin, level, first + i, out[i]))
			return false;
	return true;
}

bool store_log_subtree(struct store *store, const struct log *log, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	unsigned bits = level % TILE_BITS;
	uint8_t hash[TILE / 2][HASH_BYTES];
	struct merkle tree;

	if (level < TILE_BITS && index >> (TILE_BITS - level) == log->tree.size / TILE) {
		memcpy(out, log->open[place(level, index)], HASH_BYTES);
		return true;
	}
	if (bits == 0)
		return stored_subtree(store, log->origin, level, index, out);
	if (!stored_row(store, log->origin, level - bits, index << bits, bits, hash))
		return false;
	merkle_init(&tree);
	for (size_t i = 0; i < (size_t)1 << bits; i++)
		merkle_append(&tree, hash[i]);
	merkle_root(&tree, out);
	return true;
}

bool store_log_root(struct store *store, const struct log *log, uint64_t size, uint8_t out[HASH_BYTES])
{
	struct merkle tree;
	uint8_t hash[HASH_BYTES];

	merkle_init(&tree);
	if (size > log->tree.size)
		return false;
	for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
		if ((size >> level & 1) == 0)
			continue;
		if (!store_log_subtree(store, log, level, tree.size >> level, hash))
			return false;
		merkle_append_subtree(&tree, level, hash);
	}
	merkle_root(&tree, out);
	return true;
}
