/* Attachments' ciphertext (see store_blob.h). It needs no encryption at rest: its keys are in the contents. */
#include "daemon/store_blob.h"

#include <string.h>

#include "daemon/store_sql.h"

int64_t store_blob_make(struct store *store, uint64_t draft, uint64_t total)
{
	int64_t id = sql_next_row(store, "blob");

	sql_run_soft(store, "INSERT INTO blob (id, total, draft) VALUES (?, ?, ?)", "iuu", id, total, draft);
	return id;
}

void store_blob_want(struct store *store, const uint8_t hash[HASH_BYTES], uint64_t total, int64_t peer,
		     uint8_t precedence)
{
	sql_run(store, "INSERT OR IGNORE INTO blob (hash, total, peer, precedence) VALUES (?, ?, ?, ?)", "huii", hash,
		total, peer, (int64_t)precedence);
}

#define BLOB_COLUMNS                                                                                                   \
	"SELECT id, hash, total, held, is_whole, is_begun, is_absent, precedence, failures, peer, message FROM blob "

static bool read_blob(struct store *store, bool has, struct blob_row *out)
{
	if (!has)
		return false;
	out->id = sql_int(store, 0);
	sql_hash(store, 1, out->hash);
	out->total = (uint64_t)sql_int(store, 2);
	out->held = (uint64_t)sql_int(store, 3);
	out->is_whole = sql_int(store, 4) != 0;
	out->is_begun = sql_int(store, 5) != 0;
	out->is_absent = sql_int(store, 6) != 0;
	out->precedence = (uint8_t)sql_int(store, 7);
	out->failures = (uint64_t)sql_int(store, 8);
	out->peer = sql_int(store, 9);
	out->is_sent = sql_hash(store, 10, out->message);
	return true;
}

bool store_blob(struct store *store, const uint8_t hash[HASH_BYTES], struct blob_row *out)
{
	return read_blob(store, sql_row(store, BLOB_COLUMNS "WHERE hash = ?", "h", hash), out);
}

bool store_blob_wanted(struct store *store, int64_t peer, uint64_t room, uint64_t failures, struct blob_row *out)
{
	return read_blob(store,
			 sql_row(store,
				 BLOB_COLUMNS "WHERE peer = ? AND is_whole = 0 AND is_absent = 0 AND failures < ? "
					      "AND (is_begun = 1 OR total <= ?) ORDER BY precedence DESC, id LIMIT 1",
				 "iuu", peer, failures, room),
			 out);
}

uint64_t store_blob_bytes(struct store *store, int64_t peer)
{
	return sql_row(store, "SELECT coalesce(sum(total), 0) FROM blob WHERE peer = ? AND (is_begun = 1 OR is_whole = 1)",
		       "i", peer)
		   ? (uint64_t)sql_int(store, 0)
		   : 0;
}

void store_blob_begun(struct store *store, int64_t id)
{
	sql_run_soft(store, "UPDATE blob SET is_begun = 1 WHERE id = ?", "i", id);
}

void store_blob_add(struct store *store, int64_t id, uint64_t offset, struct bytes part)
{
	sql_run_soft(store, "INSERT INTO blob_part VALUES (?, ?, ?)", "iub", id, offset, &part);
	sql_run_soft(store, "UPDATE blob SET held = ? WHERE id = ?", "ui", offset + part.len, id);
}

bool store_blob_part(struct store *store, int64_t id, uint64_t offset, struct bytes *out)
{
	uint64_t start;

	if (!sql_row(store,
		     "SELECT start, bytes FROM blob_part WHERE blob = ? AND start <= ? ORDER BY start DESC LIMIT 1",
		     "iu", id, offset))
		return false;
	start = (uint64_t)sql_int(store, 0);
	*out = sql_bytes(store, 1);
	if (offset - start >= out->len)
		return false;
	out->data += offset - start;
	out->len -= offset - start;
	return true;
}

void store_blob_whole(struct store *store, int64_t id, const uint8_t hash[HASH_BYTES])
{
	sql_run(store, "UPDATE blob SET is_whole = 1, hash = ? WHERE id = ?", "hi", hash, id);
}

void store_blob_failed(struct store *store, int64_t id)
{
	sql_run(store, "DELETE FROM blob_part WHERE blob = ?", "i", id);
	sql_run(store, "UPDATE blob SET held = 0, is_begun = 0, failures = failures + 1 WHERE id = ?", "i", id);
}

void store_blob_absent(struct store *store, int64_t id)
{
	sql_run_soft(store, "UPDATE blob SET is_absent = 1 WHERE id = ?", "i", id);
}

void store_blob_ask_again(struct store *store, int64_t peer)
{
	sql_run_soft(store, "UPDATE blob SET is_absent = 0 WHERE peer = ? AND is_whole = 0 AND is_absent = 1", "i", peer);
}

void store_blob_drop(struct store *store, int64_t id)
{
	sql_run_soft(store, "DELETE FROM blob_part WHERE blob = ?", "i", id);
	sql_run_soft(store, "DELETE FROM blob WHERE id = ?", "i", id);
}

void store_blob_drop_draft(struct store *store, uint64_t draft)
{
	sql_run(store, "DELETE FROM blob_part WHERE blob IN (SELECT id FROM blob WHERE draft = ?)", "u", draft);
	sql_run(store, "DELETE FROM blob WHERE draft = ?", "u", draft);
}

void store_blob_drop_unfinished(struct store *store)
{
	sql_run_soft(store, "DELETE FROM blob_part WHERE blob IN (SELECT id FROM blob WHERE hash IS NULL)", "");
	sql_run_soft(store, "DELETE FROM blob WHERE hash IS NULL", "");
}

void store_blob_sent(struct store *store, uint64_t draft, const uint8_t message[HASH_BYTES])
{
	sql_run(store, "UPDATE blob SET draft = 0, message = ? WHERE draft = ? AND hash IS NOT NULL", "hu", message, draft);
}

void store_blob_given(struct store *store, int64_t id, int64_t peer, uint64_t through)
{
	sql_run_soft(store,
		     "INSERT INTO blob_given VALUES (?, ?, ?) "
		     "ON CONFLICT (blob, peer) DO UPDATE SET through = max(through, excluded.through)",
		     "iiu", id, peer, through);
}

uint64_t store_blob_given_to(struct store *store, int64_t id, int64_t peer)
{
	return sql_row(store, "SELECT through FROM blob_given WHERE blob = ? AND peer = ?", "ii", id, peer)
		   ? (uint64_t)sql_int(store, 0)
		   : 0;
}
