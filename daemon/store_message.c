/* Messages, their deliveries, drafts and approvals: the projections that lists and tracking read. */
#include <string.h>

#include "daemon/store_sql.h"
#include "proto/message.h"

bool store_message_put(struct store *store, struct message_row *m)
{
	struct bytes incident = {m->incident, m->has_incident ? INCIDENT_BYTES : 0};
	bool is_there = sql_row(store, "SELECT rowid FROM message WHERE id = ?", "h", m->id), has_row = is_there;

	if (!is_there) {
		sql_run(store, "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
			"hitiiiihiiiib", m->id, (int64_t)m->is_sent, &m->sender, (int64_t)m->is_exercise,
			(int64_t)m->number.year, (int64_t)m->number.digits, m->at, m->content_hash, (int64_t)m->kind,
			(int64_t)m->precedence, m->reply_by, m->expires, &incident);
		has_row = sql_row(store, "SELECT last_insert_rowid()", "");
	}
	m->row = has_row ? sql_int(store, 0) : 0; /* none on a disk that fails: the step is undone */
	return !is_there;
}

#define MESSAGE_COLUMNS                                                                                                \
	"SELECT rowid, id, is_sent, sender, is_exercise, year, digits, at, content_hash, kind, precedence, reply_by, " \
	"expires, incident FROM message "

static bool read_message(struct store *store, bool has, struct message_row *out)
{
	struct bytes incident;

	if (!has)
		return false;
	out->row = sql_int(store, 0);
	sql_hash(store, 1, out->id);
	out->is_sent = sql_int(store, 2) != 0;
	out->sender = sql_bytes(store, 3);
	out->is_exercise = sql_int(store, 4) != 0;
	out->number = (struct number){(uint16_t)sql_int(store, 5), (uint32_t)sql_int(store, 6)};
	out->at = sql_int(store, 7);
	sql_hash(store, 8, out->content_hash);
	out->kind = (uint8_t)sql_int(store, 9);
	out->precedence = (uint8_t)sql_int(store, 10);
	out->reply_by = sql_int(store, 11);
	out->expires = sql_int(store, 12);
	incident = sql_bytes(store, 13);
	out->has_incident = incident.len == INCIDENT_BYTES;
	if (out->has_incident)
		memcpy(out->incident, incident.data, INCIDENT_BYTES);
	return true;
}

bool store_message_at_row(struct store *store, int64_t row, struct message_row *out)
{
	return read_message(store, sql_row(store, MESSAGE_COLUMNS "WHERE rowid = ?", "i", row), out);
}

bool store_message(struct store *store, const uint8_t id[HASH_BYTES], struct message_row *out)
{
	return read_message(store, sql_row(store, MESSAGE_COLUMNS "WHERE id = ?", "h", id), out);
}

bool store_message_numbered(struct store *store, struct number number, int64_t after, struct message_row *out)
{
	return read_message(
	    store,
	    sql_row(store, MESSAGE_COLUMNS "WHERE year = ? AND digits = ? AND rowid > ? ORDER BY rowid LIMIT 1", "iii",
		    (int64_t)number.year, (int64_t)number.digits, after),
	    out);
}

bool store_message_before(struct store *store, int64_t at, int64_t row, struct message_row *out)
{
	return read_message(store,
			    sql_row(store,
				    MESSAGE_COLUMNS "WHERE (at, rowid) < (?, ?) ORDER BY at DESC, rowid DESC LIMIT 1",
				    "ii", at, row),
			    out);
}

bool store_message_own_number_taken(struct store *store, struct number number, bool is_exercise)
{
	return sql_row(store, "SELECT 1 FROM message WHERE year = ? AND digits = ? AND is_sent = 1 AND is_exercise = ?",
		       "iii", (int64_t)number.year, (int64_t)number.digits, (int64_t)is_exercise);
}

void store_projection_clear(struct store *store)
{
	sql_run(store, "DELETE FROM message", "");
	sql_run(store, "DELETE FROM delivery", "");
	sql_run(store, "DELETE FROM listing", "");
	sql_run(store, "DELETE FROM listing_count", "");
	sql_run(store, "DELETE FROM checked", "");
	sql_run(store, "DELETE FROM meta WHERE key IN ('clock_shift', 'log_shift')", "");
}

static int64_t first_due(const struct delivery_row *row)
{
	int64_t first = 0;

	for (size_t i = 0; i < DEADLINES; i++)
		if (row->due[i] != 0 && (first == 0 || row->due[i] < first))
			first = row->due[i];
	return first;
}

void store_delivery_put(struct store *store, const uint8_t message[HASH_BYTES], const struct delivery_row *row,
			struct waits waiting)
{
	sql_run(store,
		"INSERT OR REPLACE INTO delivery VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"htiiiiioiiiuiiiiiiiiitiiiiiiiiii", message, &row->name, (int64_t)row->part, row->sent_at, row->custody_at,
		row->shown_at, row->acknowledged_at, row->has_acknowledgement ? row->acknowledgement : NULL,
		row->answered_at, row->declined_at, row->hold_until, row->holds, (int64_t)row->understood,
		(int64_t)row->refused, (int64_t)row->error[0], (int64_t)row->error[1], (int64_t)row->error[2], (int64_t)row->step, (int64_t)row->waiting, (int64_t)row->reminded,
		(int64_t)row->breached, &row->copied_for, row->due[0], row->due[1], row->due[2], row->due[3], row->due[4],
		row->due[5], first_due(row), (int64_t)row->is_ended, waiting.due, (int64_t)waiting.is_open);
}

#define DELIVERY_COLUMNS                                                                                               \
	"SELECT name, part, sent_at, custody_at, shown_at, acknowledged_at, acknowledgement, answered_at, "            \
	"declined_at, hold_until, holds, understood, refused, step, waiting, reminded, breached, copied_for, "         \
	"custody_due, open_due, acknowledge_due, answer_due, expiry_due, early_due, message, is_ended, custody_error, "      \
	"shown_error, acknowledged_error FROM delivery "

static bool read_delivery(struct store *store, bool has, struct delivery_row *out)
{
	if (!has)
		return false;
	out->name = sql_bytes(store, 0);
	out->part = (uint8_t)sql_int(store, 1);
	out->sent_at = sql_int(store, 2);
	out->custody_at = sql_int(store, 3);
	out->shown_at = sql_int(store, 4);
	out->acknowledged_at = sql_int(store, 5);
	out->has_acknowledgement = sql_hash(store, 6, out->acknowledgement);
	out->answered_at = sql_int(store, 7);
	out->declined_at = sql_int(store, 8);
	out->hold_until = sql_int(store, 9);
	out->holds = (uint64_t)sql_int(store, 10);
	out->understood = (uint8_t)sql_int(store, 11);
	out->refused = (uint8_t)sql_int(store, 12);
	out->step = (uint32_t)sql_int(store, 13);
	out->waiting = (uint32_t)sql_int(store, 14);
	out->reminded = (uint32_t)sql_int(store, 15);
	out->breached = (uint32_t)sql_int(store, 16);
	out->copied_for = sql_bytes(store, 17);
	for (int i = 0; i < DEADLINES; i++)
		out->due[i] = sql_int(store, 18 + i);
	out->is_ended = sql_int(store, 18 + DEADLINES + 1) != 0;
	for (int i = 0; i < 3; i++)
		out->error[i] = (uint32_t)sql_int(store, 18 + DEADLINES + 2 + i);
	return true;
}

/* The row with the id of its message. */
static bool read_named(struct store *store, bool has, uint8_t out_message[HASH_BYTES], struct delivery_row *out)
{
	return read_delivery(store, has, out) && sql_hash(store, 18 + DEADLINES, out_message);
}

bool store_delivery(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name, struct delivery_row *out)
{
	return read_delivery(
	    store, sql_row(store, DELIVERY_COLUMNS "WHERE message = ? AND name = ?", "ht", message, &name), out);
}

bool store_delivery_after(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name,
			  struct delivery_row *out)
{
	return read_delivery(store,
			     sql_row(store, DELIVERY_COLUMNS "WHERE message = ? AND name > ? ORDER BY name LIMIT 1",
				     "ht", message, &name),
			     out);
}

bool store_delivery_due(struct store *store, int64_t until, uint8_t out_message[HASH_BYTES], struct delivery_row *out)
{
	static const char first[] = DELIVERY_COLUMNS
	    "WHERE next_due <> 0 AND next_due <= ? ORDER BY next_due, message, name LIMIT 1";

	return read_named(store, sql_row(store, first, "i", until), out_message, out);
}

int64_t store_delivery_next_due(struct store *store)
{
	return sql_row(store, "SELECT min(next_due) FROM delivery WHERE next_due <> 0", "") ? sql_int(store, 0) : 0;
}

bool store_delivery_waiting(struct store *store, struct bytes name, const uint8_t after[HASH_BYTES],
			    uint8_t out_message[HASH_BYTES], struct delivery_row *out)
{
	static const char next[] = DELIVERY_COLUMNS "WHERE name = ? AND next_due <> 0 AND "
						    "(acknowledge_due <> 0 OR answer_due <> 0) AND message > ? "
						    "ORDER BY message LIMIT 1";

	return read_named(store, sql_row(store, next, "th", &name, after), out_message, out);
}

uint64_t store_unacknowledged(struct store *store, struct bytes name, int64_t now)
{
	static const char open[] =
	    "SELECT count(*) FROM delivery d JOIN message m ON m.id = d.message WHERE d.name = ? AND "
	    "d.acknowledged_at = 0 AND d.part = 0 AND m.kind NOT IN (?, ?, ?) AND (m.expires = 0 OR m.expires > ?) AND "
	    "NOT EXISTS (SELECT 1 FROM superseded s WHERE s.message = m.id AND s.sender = m.sender AND "
	    "s.is_exercise = m.is_exercise AND s.kind = ?)";

	return sql_row(store, open, "tiiiii", &name, (int64_t)KIND_HOLD, (int64_t)KIND_CHECK, (int64_t)KIND_SERVICE, now,
		       (int64_t)KIND_CANCEL)
		   ? (uint64_t)sql_int(store, 0)
		   : 0;
}

/* Header and content of a draft are encrypted apart, each for its number and column. */
static struct bytes draft_row(uint64_t id, const char *column, uint8_t out[16])
{
	size_t len = strlen(column);

	pack_be64(out, id);
	memcpy(out + 8, column, len);
	return (struct bytes){out, 8 + len};
}

uint64_t store_draft_put(struct store *store, struct bytes drafter, int64_t at, struct bytes header,
			 struct bytes content)
{
	uint64_t id = (uint64_t)sql_next_row(store, "draft");
	uint8_t row[16];
	struct bytes wrapped = rest_wrap(store, "draft", draft_row(id, "header", row), header);

	sql_run(store, "INSERT INTO draft (id, drafter, made_at, header, content) VALUES (?, ?, ?, ?, x'')", "utib", id,
		&drafter, at, &wrapped);
	wrapped = rest_wrap(store, "draft", draft_row(id, "content", row), content);
	sql_run(store, "UPDATE draft SET content = ? WHERE id = ?", "bu", &wrapped, id);
	return id;
}

static bool read_draft(struct store *store, bool has, struct draft_row *out)
{
	uint8_t row[16];

	if (!has)
		return false;
	out->id = (uint64_t)sql_int(store, 0);
	out->drafter = sql_bytes(store, 1);
	out->made_at = sql_int(store, 2);
	out->header = rest_unwrap(store, "draft", draft_row(out->id, "header", row), sql_bytes(store, 3));
	out->content = rest_unwrap(store, "draft", draft_row(out->id, "content", row), sql_bytes(store, 4));
	return true;
}

bool store_draft(struct store *store, uint64_t id, struct draft_row *out)
{
	return read_draft(
	    store, sql_row(store, "SELECT id, drafter, made_at, header, content FROM draft WHERE id = ?", "u", id),
	    out);
}

bool store_draft_after(struct store *store, uint64_t after, struct draft_row *out)
{
	return read_draft(
	    store,
	    sql_row(store, "SELECT id, drafter, made_at, header, content FROM draft WHERE id > ? ORDER BY id LIMIT 1",
		    "u", after),
	    out);
}

void store_draft_content(struct store *store, uint64_t id, struct bytes content)
{
	uint8_t row[16];
	struct bytes wrapped = rest_wrap(store, "draft", draft_row(id, "content", row), content);

	sql_run(store, "UPDATE draft SET content = ? WHERE id = ?", "bu", &wrapped, id);
	sql_run(store, "DELETE FROM approval WHERE draft = ?", "u", id);
}

void store_draft_replace(struct store *store, const struct draft_row *d)
{
	uint8_t row[16];
	struct bytes wrapped = rest_wrap(store, "draft", draft_row(d->id, "header", row), d->header);

	sql_run(store, "UPDATE draft SET drafter = ?, made_at = ?, header = ? WHERE id = ?", "tibu", &d->drafter, d->made_at,
		&wrapped, d->id);
	store_draft_content(store, d->id, d->content);
}

/* Encrypted as they are: for the draft's number and column, which stay the same. */
void store_draft_keep(struct store *store, uint64_t id)
{
	sql_run(store,
		"INSERT INTO draft_version SELECT id, coalesce((SELECT max(number) FROM draft_version WHERE draft = ?1), 0) + 1, "
		"made_at, drafter, header, content FROM draft WHERE id = ?1",
		"u", id);
	sql_run(store,
		"DELETE FROM draft_version WHERE draft = ?1 AND number <= "
		"(SELECT max(number) FROM draft_version WHERE draft = ?1) - ?2",
		"uu", id, (uint64_t)LIMIT_DRAFT_VERSIONS);
}

bool store_draft_version_after(struct store *store, uint64_t id, uint64_t after, struct draft_version *out)
{
	uint8_t row[16];

	if (!sql_row(store,
		     "SELECT number, at, officer, header, content FROM draft_version WHERE draft = ? AND number > ? "
		     "ORDER BY number LIMIT 1",
		     "uu", id, after))
		return false;
	out->number = (uint64_t)sql_int(store, 0);
	out->at = sql_int(store, 1);
	out->officer = sql_bytes(store, 2);
	out->header = rest_unwrap(store, "draft", draft_row(id, "header", row), sql_bytes(store, 3));
	out->content = rest_unwrap(store, "draft", draft_row(id, "content", row), sql_bytes(store, 4));
	return true;
}

void store_draft_delete(struct store *store, uint64_t id)
{
	sql_run(store, "DELETE FROM draft_version WHERE draft = ?", "u", id);
	sql_run(store, "DELETE FROM approval WHERE draft = ?", "u", id);
	sql_run(store, "DELETE FROM timed WHERE draft = ?", "u", id);
	sql_run(store, "DELETE FROM draft WHERE id = ?", "u", id);
}

uint64_t store_draft_count(struct store *store)
{
	return sql_row(store, "SELECT count(*) FROM draft", "") ? (uint64_t)sql_int(store, 0) : 0;
}

void store_approval_put(struct store *store, uint64_t draft, struct bytes officer, int64_t at)
{
	sql_run(store, "INSERT OR IGNORE INTO approval VALUES (?, ?, ?)", "uti", draft, &officer, at);
}

bool store_approval_after(struct store *store, uint64_t draft, struct bytes officer, struct name *out)
{
	struct bytes found;

	if (!sql_row(store, "SELECT officer FROM approval WHERE draft = ? AND officer > ? ORDER BY officer LIMIT 1",
		     "ut", draft, &officer))
		return false;
	found = sql_bytes(store, 0);
	if (found.len > LIMIT_FUNCTION_BYTES)
		return false;
	memcpy(out->text, found.data, found.len);
	out->text[found.len] = '\0';
	return true;
}
