/* The logs, and the objects and contents that they name; store_tree.c has their trees. */
#include <string.h>

#include "daemon/store_sql.h"

uint64_t store_log_append(struct store *store, struct log *log, struct leaf *leaf)
{
	static uint8_t encoded[LEAF_DATA_BYTES + KIB];
	struct pack_writer w = pack_writer(encoded, sizeof encoded);
	struct bytes salt = {leaf->salt, LEAF_SALT_BYTES};
	uint8_t hash[HASH_BYTES];
	uint64_t index = log->tree.size;

	leaf->at = sql_log_time(store, leaf->at);
	leaf_encode(leaf, &w);
	merkle_leaf(pack_written(&w), hash);
	sql_run(store, "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "iuiuobbh", log->origin, index, leaf->at,
		leaf->kind, leaf->has_id ? leaf->id : NULL, &leaf->data, &salt, hash);
	store_tree_append(store, log, hash);
	return index;
}

bool store_log_row(struct store *store, int64_t origin, uint64_t index, struct log_row *out)
{
	struct bytes salt;

	if (!sql_row(store, "SELECT at, kind, id, data, salt FROM log WHERE origin = ? AND idx = ?", "iu", origin,
		     index))
		return false;
	memset(out, 0, sizeof *out);
	out->index = index;
	out->leaf.at = sql_int(store, 0);
	out->leaf.kind = (uint64_t)sql_int(store, 1);
	out->leaf.has_id = sql_hash(store, 2, out->leaf.id);
	out->leaf.data = sql_bytes(store, 3);
	salt = sql_bytes(store, 4);
	memcpy(out->leaf.salt, salt.data, salt.len < LEAF_SALT_BYTES ? salt.len : LEAF_SALT_BYTES);
	return true;
}

int64_t store_log_newest(struct store *store)
{
	int64_t newest = 0;

	/* one look at each log's last entry; a scan of all would grow with history */
	if (sql_row(
		store,
		"SELECT max(at) FROM (SELECT (SELECT at FROM log WHERE origin = o.id ORDER BY idx DESC LIMIT 1) AS at "
		"FROM (SELECT 0 AS id UNION ALL SELECT id FROM peer) AS o)",
		""))
		newest = sql_int(store, 0);
	return newest;
}

struct clock_shift store_clock_shift(struct store *store)
{
	struct clock_shift shift = {0};

	if (sql_row(store, "SELECT value FROM meta WHERE key = 'clock_shift'", ""))
		shift.clock = sql_int(store, 0);
	if (sql_row(store, "SELECT value FROM meta WHERE key = 'log_shift'", ""))
		shift.log = sql_int(store, 0);
	return shift;
}

void store_clock_shift_put(struct store *store, struct clock_shift shift)
{
	sql_run(store, "INSERT OR REPLACE INTO meta VALUES ('clock_shift', ?), ('log_shift', ?)", "ii", shift.clock,
		shift.log);
}

void store_clock_confirm(struct store *store, int64_t newest, int64_t now)
{
	sql_run(store, "INSERT OR REPLACE INTO meta VALUES ('clock_ahead', ?), ('clock_confirmed', ?)", "ii", newest,
		now);
}

int64_t store_clock_confirmed(struct store *store, int64_t newest)
{
	static const char confirmed[] = "SELECT value FROM meta WHERE key = 'clock_confirmed' AND EXISTS "
					"(SELECT 1 FROM meta WHERE key = 'clock_ahead' AND value BETWEEN ?1 - 1000000 AND ?1)";

	return sql_row(store, confirmed, "i", newest) ? sql_int(store, 0) : 0;
}

void store_object_put(struct store *store, const uint8_t id[HASH_BYTES], struct bytes object)
{
	struct bytes wrapped = rest_wrap(store, "object", (struct bytes){id, HASH_BYTES}, object);

	sql_run(store, "INSERT OR IGNORE INTO object VALUES (?, ?)", "hb", id, &wrapped);
}

bool store_object(struct store *store, const uint8_t id[HASH_BYTES], struct bytes *out)
{
	if (!sql_row(store, "SELECT bytes FROM object WHERE id = ?", "h", id))
		return false;
	*out = rest_unwrap(store, "object", (struct bytes){id, HASH_BYTES}, sql_bytes(store, 0));
	return out->data != NULL;
}

bool store_object_after(struct store *store, int64_t after, int64_t *out_row, struct bytes *out)
{
	if (!sql_row(store, "SELECT rowid, id, bytes FROM object WHERE rowid > ? ORDER BY rowid LIMIT 1", "i", after))
		return false;
	*out_row = sql_int(store, 0);
	*out = rest_unwrap(store, "object", sql_bytes(store, 1), sql_bytes(store, 2));
	return out->data != NULL;
}

void store_content_put(struct store *store, const uint8_t hash[HASH_BYTES], struct bytes content)
{
	struct bytes wrapped = rest_wrap(store, "content", (struct bytes){hash, HASH_BYTES}, content);

	sql_run(store, "INSERT OR IGNORE INTO content VALUES (?, ?)", "hb", hash, &wrapped);
}

bool store_content(struct store *store, const uint8_t hash[HASH_BYTES], struct bytes *out)
{
	if (!sql_row(store, "SELECT bytes FROM content WHERE hash = ?", "h", hash))
		return false;
	*out = rest_unwrap(store, "content", (struct bytes){hash, HASH_BYTES}, sql_bytes(store, 0));
	return out->data != NULL;
}

bool store_content_after(struct store *store, int64_t after, int64_t *out_row, struct bytes *out)
{
	if (!sql_row(store, "SELECT rowid, hash, bytes FROM content WHERE rowid > ? ORDER BY rowid LIMIT 1", "i",
		     after))
		return false;
	*out_row = sql_int(store, 0);
	*out = rest_unwrap(store, "content", sql_bytes(store, 1), sql_bytes(store, 2));
	return out->data != NULL;
}

int64_t store_object_last(struct store *store)
{
	return sql_row(store, "SELECT coalesce(max(rowid), 0) FROM object", "") ? sql_int(store, 0) : 0;
}

int64_t store_content_last(struct store *store)
{
	return sql_row(store, "SELECT coalesce(max(rowid), 0) FROM content", "") ? sql_int(store, 0) : 0;
}
