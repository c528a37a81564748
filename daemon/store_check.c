/* The record of checks: one row for each, the last RECORD_CHECKS of a peer and type. A projection of the station log. */
#include <string.h>

#include "daemon/store_sql.h"

#define RECORD_CHECKS 1000

void store_check_put(struct store *store, const struct check_row *row)
{
	struct bytes peer = row->peer;

	sql_run(store, "INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?, ?, ?)", "tuiouu", &peer, row->type, row->at,
		row->has_message ? row->message : NULL, row->outcome, row->latency_ms);
	sql_run(store,
		"DELETE FROM checked WHERE peer = ?1 AND type = ?2 AND at <= "
		"(SELECT at FROM checked WHERE peer = ?1 AND type = ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3)",
		"tuu", &peer, row->type, (uint64_t)RECORD_CHECKS);
}

void store_check_settle(struct store *store, const uint8_t message[HASH_BYTES], uint64_t outcome, uint64_t latency_ms)
{
	sql_run(store, "UPDATE checked SET outcome = ?, latency_ms = ? WHERE message = ?", "uuh", outcome, latency_ms,
		message);
}

/* Columns: type, at, message, outcome, latency_ms, peer. */
static bool read_row(struct store *store, bool has, struct check_row *out)
{
	if (!has)
		return false;
	memset(out, 0, sizeof *out);
	out->type = (uint64_t)sql_int(store, 0);
	out->at = sql_int(store, 1);
	out->has_message = sql_hash(store, 2, out->message);
	out->outcome = (uint64_t)sql_int(store, 3);
	out->latency_ms = (uint64_t)sql_int(store, 4);
	out->peer = sql_bytes(store, 5);
	return true;
}

bool store_check(struct store *store, const uint8_t message[HASH_BYTES], struct check_row *out)
{
	return read_row(store,
			sql_row(store,
				"SELECT type, at, message, outcome, latency_ms, peer FROM checked WHERE message = ?", "h",
				message),
			out);
}

bool store_check_last(struct store *store, struct bytes peer, enum check_type type, struct check_row *out)
{
	return read_row(store,
			sql_row(store,
				"SELECT type, at, message, outcome, latency_ms, peer FROM checked "
				"WHERE peer = ? AND type = ? ORDER BY at DESC LIMIT 1",
				"tu", &peer, (uint64_t)type),
			out);
}

int64_t store_check_last_at(struct store *store, struct bytes peer, enum check_type type, enum check_outcome a,
			    enum check_outcome b)
{
	return sql_row(store,
		       "SELECT coalesce(max(at), 0) FROM checked WHERE peer = ? AND type = ? AND outcome IN (?, ?)",
		       "tuuu", &peer, (uint64_t)type, (uint64_t)a, (uint64_t)b)
		   ? sql_int(store, 0)
		   : 0;
}

uint64_t store_check_misses(struct store *store, struct bytes peer, enum check_type type)
{
	int64_t good = store_check_last_at(store, peer, type, CHECK_RIGHT, CHECK_RIGHT);

	return sql_row(store, "SELECT count(*) FROM checked WHERE peer = ? AND type = ? AND at > ?", "tui", &peer,
		       (uint64_t)type, good)
		   ? (uint64_t)sql_int(store, 0)
		   : 0;
}

void store_check_counts(struct store *store, struct bytes peer, enum check_type type,
			uint64_t out[CHECK_OUTCOMES + 1])
{
	for (uint64_t outcome = 0; outcome <= CHECK_OUTCOMES; outcome++)
		out[outcome] = sql_row(store,
				       "SELECT count(*) FROM checked WHERE peer = ? AND type = ? AND outcome = ?",
				       "tuu", &peer, (uint64_t)type, outcome)
				   ? (uint64_t)sql_int(store, 0)
				   : 0;
}

/* Nearest rank: the smallest value that is at least as large as this share of all. */
int64_t store_check_percentile(struct store *store, struct bytes peer, enum check_type type, unsigned percent)
{
	uint64_t count = 0;

	if (sql_row(store,
		    "SELECT count(*) FROM checked WHERE peer = ? AND type = ? AND outcome IN (?, ?) AND latency_ms > 0",
		    "tuuu", &peer, (uint64_t)type, (uint64_t)CHECK_RIGHT, (uint64_t)CHECK_LATE))
		count = (uint64_t)sql_int(store, 0);
	if (count == 0 ||
	    !sql_row(store,
		     "SELECT latency_ms FROM checked WHERE peer = ? AND type = ? AND outcome IN (?, ?) AND "
		     "latency_ms > 0 ORDER BY latency_ms LIMIT 1 OFFSET ?",
		     "tuuuu", &peer, (uint64_t)type, (uint64_t)CHECK_RIGHT, (uint64_t)CHECK_LATE,
		     (count * percent + 99) / 100 - 1))
		return -1;
	return sql_int(store, 0);
}
