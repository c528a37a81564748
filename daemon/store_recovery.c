/* What a pair needs to be recovered after a backup was put back (SPEC 4.5). */
#include <string.h>

#include "daemon/store_sql.h"

void store_recovery(struct store *store, int64_t peer, struct recovery_row *out)
{
	memset(out, 0, sizeof *out);
	if (!sql_row(store,
		     "SELECT settled, held, is_taking, cursor, taken, lost_from, lost_to, gap_from, gap_to, is_giving "
		     "FROM recovery WHERE peer = ?",
		     "i", peer))
		return;
	out->settled = (uint64_t)sql_int(store, 0);
	out->held = (uint64_t)sql_int(store, 1);
	out->is_taking = sql_int(store, 2) != 0;
	out->cursor = (uint64_t)sql_int(store, 3);
	out->taken = (uint64_t)sql_int(store, 4);
	out->lost_from = (uint64_t)sql_int(store, 5);
	out->lost_to = (uint64_t)sql_int(store, 6);
	out->gap_from = (uint64_t)sql_int(store, 7);
	out->gap_to = (uint64_t)sql_int(store, 8);
	out->is_giving = sql_int(store, 9) != 0;
}

#define PUT                                                                                                            \
	"INSERT OR REPLACE INTO recovery (peer, settled, held, is_taking, cursor, taken, lost_from, lost_to, gap_from, "  \
	"gap_to, is_giving) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

void store_recovery_put(struct store *store, int64_t peer, const struct recovery_row *row)
{
	sql_run(store, PUT, "iuuiuuuuuui", peer, row->settled, row->held, (int64_t)row->is_taking, row->cursor, row->taken,
		row->lost_from, row->lost_to, row->gap_from, row->gap_to, (int64_t)row->is_giving);
}

void store_recovery_put_soft(struct store *store, int64_t peer, const struct recovery_row *row)
{
	sql_run_soft(store, PUT, "iuuiuuuuuui", peer, row->settled, row->held, (int64_t)row->is_taking, row->cursor,
		     row->taken, row->lost_from, row->lost_to, row->gap_from, row->gap_to, (int64_t)row->is_giving);
}

bool store_log_has(struct store *store, int64_t origin, const uint8_t id[HASH_BYTES])
{
	return sql_row(store, "SELECT 1 FROM log WHERE origin = ? AND id = ? LIMIT 1", "ih", origin, id);
}

void store_owed_put(struct store *store, int64_t peer, const uint8_t id[HASH_BYTES])
{
	sql_run(store, "INSERT OR IGNORE INTO owed VALUES (?, ?)", "ih", peer, id);
}

void store_owed_drop(struct store *store, int64_t peer, const uint8_t id[HASH_BYTES])
{
	sql_run(store, "DELETE FROM owed WHERE peer = ? AND id = ?", "ih", peer, id);
}

bool store_owed_take(struct store *store, int64_t peer, uint8_t out[HASH_BYTES])
{
	if (!sql_row(store, "SELECT id FROM owed WHERE peer = ? ORDER BY id LIMIT 1", "i", peer) ||
	    !sql_hash(store, 0, out))
		return false;
	store_owed_drop(store, peer, out);
	return true;
}

void store_stream_set(struct store *store, int64_t peer, uint64_t next_seq, uint64_t through)
{
	sql_run(store, "UPDATE peer SET next_seq = ?, through = ? WHERE id = ?", "uui", next_seq, through, peer);
	sql_run(store, "DELETE FROM received WHERE peer = ? AND seq > ?", "iu", peer, through);
}

void store_given_empty(struct store *store, int64_t peer, uint64_t seq)
{
	sql_run(store, "INSERT OR IGNORE INTO given VALUES (?, ?, 0)", "iu", peer, seq);
}

void store_outbox_ungive_all(struct store *store, int64_t peer)
{
	sql_run(store, "UPDATE outbox SET seq = NULL WHERE peer = ? AND seq IS NOT NULL", "i", peer);
	sql_run(store, "DELETE FROM given WHERE peer = ?", "i", peer);
}

uint64_t store_stream_done(struct store *store, int64_t peer)
{
	return sql_row(store,
		       "SELECT coalesce((SELECT min(seq) FROM given WHERE peer = ?1), next_seq) FROM peer WHERE id = ?1", "i",
		       peer)
		   ? (uint64_t)sql_int(store, 0)
		   : 0;
}

uint64_t store_received_last(struct store *store, int64_t peer)
{
	return sql_row(store,
		       "SELECT max(through, coalesce((SELECT max(seq) FROM received WHERE peer = ?1), 0)) FROM peer WHERE "
		       "id = ?1",
		       "i", peer)
		   ? (uint64_t)sql_int(store, 0)
		   : 0;
}

void store_outbox_drop_object(struct store *store, int64_t peer, const uint8_t object[HASH_BYTES])
{
	sql_run(store, "DELETE FROM outbox WHERE peer = ? AND seq IS NULL AND object = ?", "ih", peer, object);
}

void store_head_epoch(struct store *store, int64_t peer)
{
	sql_run(store, "UPDATE peer SET epoch = epoch + 1 WHERE id = ?", "i", peer);
}
