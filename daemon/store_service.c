/* What messages do beyond being delivered, in SQL. */
#include "daemon/store_service.h"

#include <string.h>

#include "daemon/store_sql.h"

void store_service_clear(struct store *store)
{
	sql_run(store, "DELETE FROM superseded", "");
	sql_run(store, "DELETE FROM incident", "");
	sql_run(store, "DELETE FROM notice", "");
	sql_run(store, "DELETE FROM trace", "");
}

void store_superseded_put(struct store *store, const uint8_t old[HASH_BYTES], struct bytes sender, bool is_exercise,
			  const struct superseded *row)
{
	sql_run(store, "INSERT OR IGNORE INTO superseded VALUES (?, ?, ?, ?, ?, ?)", "htiiih", old, &sender,
		(int64_t)is_exercise, (int64_t)row->kind, row->at, row->by);
}

bool store_superseded(struct store *store, const struct message_row *old, struct superseded *out)
{
	static const char last[] = "SELECT by, kind, at FROM superseded WHERE message = ? AND sender = ? AND "
				   "is_exercise = ? ORDER BY kind DESC, at DESC LIMIT 1";
	struct bytes sender = old->sender; /* of another statement's row */

	if (!sql_row(store, last, "hti", old->id, &sender, (int64_t)old->is_exercise))
		return false;
	sql_hash(store, 0, out->by);
	out->kind = (uint8_t)sql_int(store, 1);
	out->at = sql_int(store, 2);
	return true;
}

bool store_cancelled(struct store *store, const uint8_t id[HASH_BYTES])
{
	/* CROSS: this table is looked at first, as it has nothing of most messages */
	static const char cancel[] =
	    "SELECT 1 FROM superseded s CROSS JOIN message m ON m.id = s.message AND m.sender = s.sender AND "
	    "m.is_exercise = s.is_exercise WHERE s.message = ? AND s.kind = ?";

	return sql_row(store, cancel, "hi", id, (int64_t)KIND_CANCEL);
}

void store_incident_put(struct store *store, const struct incident_row *row)
{
	struct bytes id = {row->id, INCIDENT_BYTES};

	sql_run(store, "INSERT OR REPLACE INTO incident VALUES (?, ?, ?, ?, ?, ?)", "btihii", &id, &row->peer,
		(int64_t)row->is_exercise, row->message, row->own_close_at, row->their_close_at);
}

#define INCIDENT_COLUMNS "SELECT id, peer, is_exercise, message, own_close_at, their_close_at FROM incident "

static bool read_incident(struct store *store, bool has, struct incident_row *out)
{
	struct bytes id;

	if (!has)
		return false;
	id = sql_bytes(store, 0);
	memcpy(out->id, id.data, INCIDENT_BYTES);
	out->peer = sql_bytes(store, 1);
	out->is_exercise = sql_int(store, 2) != 0;
	sql_hash(store, 3, out->message);
	out->own_close_at = sql_int(store, 4);
	out->their_close_at = sql_int(store, 5);
	return true;
}

bool store_incident(struct store *store, const uint8_t id[INCIDENT_BYTES], struct bytes peer, struct incident_row *out)
{
	struct bytes key = {id, INCIDENT_BYTES};

	return read_incident(store, sql_row(store, INCIDENT_COLUMNS "WHERE id = ? AND peer = ?", "bt", &key, &peer),
			     out);
}

bool store_incident_after(struct store *store, const uint8_t id[INCIDENT_BYTES], struct bytes peer,
			  struct incident_row *out)
{
	struct bytes key = {id, INCIDENT_BYTES};

	return read_incident(store,
			     sql_row(store, INCIDENT_COLUMNS "WHERE id = ? AND peer > ? ORDER BY peer LIMIT 1", "bt",
				     &key, &peer),
			     out);
}

void store_incident_counts(struct store *store, uint64_t out[3])
{
	static const char counts[] = "SELECT count(*) FILTER (WHERE own_close_at = 0 AND their_close_at = 0), "
				     "count(*) FILTER (WHERE own_close_at <> 0 AND their_close_at = 0), "
				     "count(*) FILTER (WHERE own_close_at = 0 AND their_close_at <> 0) FROM incident";

	if (sql_row(store, counts, ""))
		for (int i = 0; i < 3; i++)
			out[i] = (uint64_t)sql_int(store, i);
}

#define NOTICE_KEY "peer = ? AND type = ? AND is_own = ? AND is_exercise = ?"

void store_notice_put(struct store *store, const struct notice_row *row)
{
	sql_run(store, "INSERT OR REPLACE INTO notice VALUES (?, ?, ?, ?, ?, ?)", "tiiiii", &row->peer,
		(int64_t)row->type, (int64_t)row->is_own, (int64_t)row->is_exercise, (int64_t)row->least, row->until);
}

void store_notice_lift(struct store *store, const struct notice_row *row)
{
	sql_run(store, "DELETE FROM notice WHERE " NOTICE_KEY, "tiii", &row->peer, (int64_t)row->type,
		(int64_t)row->is_own, (int64_t)row->is_exercise);
}

bool store_notice(struct store *store, struct notice_row *row)
{
	if (!sql_row(store, "SELECT least, until FROM notice WHERE " NOTICE_KEY, "tiii", &row->peer, (int64_t)row->type,
		     (int64_t)row->is_own, (int64_t)row->is_exercise))
		return false;
	row->least = (uint8_t)sql_int(store, 0);
	row->until = sql_int(store, 1);
	return true;
}

bool store_notice_after(struct store *store, struct notice_row *out)
{
	static const char next[] =
	    "SELECT peer, type, is_own, is_exercise, least, until FROM notice WHERE (peer, type, is_own, is_exercise) > "
	    "(?, ?, ?, ?) ORDER BY peer, type, is_own, is_exercise LIMIT 1";

	if (!sql_row(store, next, "tiii", &out->peer, (int64_t)out->type, (int64_t)out->is_own,
		     (int64_t)out->is_exercise))
		return false;
	out->peer = sql_bytes(store, 0);
	out->type = (uint8_t)sql_int(store, 1);
	out->is_own = sql_int(store, 2) != 0;
	out->is_exercise = sql_int(store, 3) != 0;
	out->least = (uint8_t)sql_int(store, 4);
	out->until = sql_int(store, 5);
	return true;
}

void store_trace_put(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name,
		     const struct trace_row *row)
{
	sql_run(store, "INSERT OR REPLACE INTO trace VALUES (?, ?, ?, ?, ?)", "htiib", message, &name, row->asked_at,
		row->answered_at, &row->stages);
}

bool store_trace(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name, struct trace_row *out)
{
	if (!sql_row(store, "SELECT asked_at, answered_at, stages FROM trace WHERE message = ? AND name = ?", "ht",
		     message, &name))
		return false;
	out->asked_at = sql_int(store, 0);
	out->answered_at = sql_int(store, 1);
	out->stages = sql_bytes(store, 2);
	return true;
}

void store_timed_put(struct store *store, const struct timed_row *row)
{
	sql_run(store, "INSERT OR REPLACE INTO timed VALUES (?, ?, ?, ?, ?, ?, ?)", "uituitt", row->draft, row->at,
		&row->officer, row->uid, (int64_t)row->anyway, &row->reason, &row->failure);
}

#define TIMED_COLUMNS "SELECT draft, at, officer, uid, anyway, reason, failure FROM timed "

static bool read_timed(struct store *store, bool has, struct timed_row *out)
{
	if (!has)
		return false;
	out->draft = (uint64_t)sql_int(store, 0);
	out->at = sql_int(store, 1);
	out->officer = sql_bytes(store, 2);
	out->uid = (uint64_t)sql_int(store, 3);
	out->anyway = sql_int(store, 4) != 0;
	out->reason = sql_bytes(store, 5);
	out->failure = sql_bytes(store, 6);
	return true;
}

bool store_timed(struct store *store, uint64_t draft, struct timed_row *out)
{
	return read_timed(store, sql_row(store, TIMED_COLUMNS "WHERE draft = ?", "u", draft), out);
}

bool store_timed_first(struct store *store, struct timed_row *out)
{
	return read_timed(
	    store, sql_row(store, TIMED_COLUMNS "WHERE failure = '' ORDER BY at, draft LIMIT 1", ""), out);
}

void store_timed_drop(struct store *store, uint64_t draft)
{
	sql_run(store, "DELETE FROM timed WHERE draft = ?", "u", draft);
}
