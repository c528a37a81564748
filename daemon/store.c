/* Opening the database, the turn's transaction, and the statements that the other store files run. */
#include "daemon/store.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store_sql.h"

#define SCHEMA_VERSION 5
#define STATEMENTS 256 /* more than there are in all store files; a power of two */
#define COLUMNS 32
#define KEEP_BYTES (64 * KIB) /* a row buffer larger than this is given back */
#define CHECKPOINT_PAGES 1000 /* in the write-ahead log, before they move to their places */

static const char schema[] =
#include "schema.inc"
    ;

struct statement {
	const char *sql;
	sqlite3_stmt *stmt;
	bool is_under_way; /* sql_each() has not come to the last row */
	struct {
		int64_t number;
		struct bytes bytes;
	} column[COLUMNS];
	uint8_t *buffer;
	size_t capacity;
};

struct store {
	sqlite3 *db;
	struct statement statement[STATEMENTS];
	struct statement *last;
	bool is_open, must_commit, has_soft, has_failed;
	int wal_pages;
	int64_t newest; /* of all logs' entries */
	char error[256];
	struct rest rest;
};

void sql_fail(struct store *store, const char *what)
{
	if (!store->has_failed)
		snprintf(store->error, sizeof store->error, "%s: %s", what, sqlite3_errmsg(store->db));
	store->has_failed = true;
}

/* The statement of a text, prepared at its first use. Texts are literals, so their address is their name. */
static struct statement *find(struct store *store, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) * 0x9e3779b1u % STATEMENTS;

	for (size_t i = 0; i < STATEMENTS; i++, at = (at + 1) % STATEMENTS) {
		struct statement *s = &store->statement[at];

		if (s->sql == sql)
			return s;
		if (s->sql != NULL)
			continue;
		if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL) != SQLITE_OK) {
			sql_fail(store, "the store can't prepare a statement");
			return NULL;
		}
		s->sql = sql;
		return s;
	}
	assert(!"more statements than STATEMENTS");
	return NULL;
}

static void bind(struct statement *s, const char *types, va_list args)
{
	struct bytes *bytes;
	const uint8_t *hash;

	for (int i = 1; *types != '\0'; types++, i++) {
		switch (*types) {
		case 'i':
			sqlite3_bind_int64(s->stmt, i, va_arg(args, int64_t));
			break;
		case 'u':
			sqlite3_bind_int64(s->stmt, i, (int64_t)va_arg(args, uint64_t));
			break;
		case 'h':
			sqlite3_bind_blob(s->stmt, i, va_arg(args, const uint8_t *), HASH_BYTES, SQLITE_STATIC);
			break;
		case 'o':
			hash = va_arg(args, const uint8_t *);
			if (hash != NULL)
				sqlite3_bind_blob(s->stmt, i, hash, HASH_BYTES, SQLITE_STATIC);
			else
				sqlite3_bind_null(s->stmt, i);
			break;
		case 'b':
			bytes = va_arg(args, struct bytes *);
			sqlite3_bind_blob64(s->stmt, i, bytes->len > 0 ? (const void *)bytes->data : "", bytes->len,
					    SQLITE_STATIC);
			break;
		case 't':
			bytes = va_arg(args, struct bytes *);
			sqlite3_bind_text64(s->stmt, i, bytes->len > 0 ? (const char *)bytes->data : "", bytes->len,
					    SQLITE_STATIC, SQLITE_UTF8);
			break;
		default:
			assert(!"unknown type letter");
		}
	}
}

struct rest *sql_rest(struct store *store)
{
	return &store->rest;
}

bool sql_reserve(uint8_t **buffer, size_t *capacity, size_t need)
{
	if (*buffer != NULL && need <= *capacity && *capacity <= KEEP_BYTES)
		return true;
	if (*buffer != NULL)
		key_wipe(*buffer, *capacity);
	free(*buffer);
	*capacity = need < 512 ? 512 : need;
	*buffer = malloc(*capacity);
	if (*buffer == NULL)
		*capacity = 0;
	return *buffer != NULL;
}

static void copy_row(struct store *store, struct statement *s)
{
	int count = sqlite3_column_count(s->stmt);
	size_t need = 0, used = 0;

	assert(count <= COLUMNS);
	for (int i = 0; i < count; i++) {
		int type = sqlite3_column_type(s->stmt, i);

		s->column[i].number = type == SQLITE_INTEGER ? sqlite3_column_int64(s->stmt, i) : 0;
		s->column[i].bytes = (struct bytes){NULL, 0};
		if (type == SQLITE_TEXT || type == SQLITE_BLOB)
			s->column[i].bytes = (struct bytes){sqlite3_column_blob(s->stmt, i),
							    (size_t)sqlite3_column_bytes(s->stmt, i)};
		need += s->column[i].bytes.len;
	}
	if (!sql_reserve(&s->buffer, &s->capacity, need)) {
		sql_fail(store, "no memory for a row");
		return;
	}
	for (int i = 0; i < count; i++) {
		struct bytes *bytes = &s->column[i].bytes;

		if (bytes->len > 0)
			memcpy(s->buffer + used, bytes->data, bytes->len);
		bytes->data = s->buffer + used;
		used += bytes->len;
	}
}

/* Binds, steps once, copies the row if there is one, resets: all but the step only once where each row is asked for. */
static bool step(struct store *store, const char *sql, const char *types, va_list args, bool is_each)
{
	struct statement *s = store->has_failed ? NULL : find(store, sql);
	int rc;

	store->last = s;
	if (s == NULL)
		return false;
	if (!s->is_under_way)
		bind(s, types, args);
	rc = sqlite3_step(s->stmt);
	if (rc == SQLITE_ROW)
		copy_row(store, s);
	else if (rc != SQLITE_DONE)
		sql_fail(store, sql);
	s->is_under_way = is_each && rc == SQLITE_ROW && !store->has_failed;
	if (!s->is_under_way)
		sqlite3_reset(s->stmt);
	return rc == SQLITE_ROW && !store->has_failed;
}

void sql_run(struct store *store, const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	step(store, sql, types, args, false);
	va_end(args);
	store->must_commit = true;
}

void sql_run_soft(struct store *store, const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	step(store, sql, types, args, false);
	va_end(args);
	store->has_soft = true;
}

bool sql_row(struct store *store, const char *sql, const char *types, ...)
{
	va_list args;
	bool has_row;

	va_start(args, types);
	has_row = step(store, sql, types, args, false);
	va_end(args);
	return has_row;
}

bool sql_each(struct store *store, const char *sql, const char *types, ...)
{
	va_list args;
	bool has_row;

	va_start(args, types);
	has_row = step(store, sql, types, args, true);
	va_end(args);
	return has_row;
}

int64_t sql_int(struct store *store, int column)
{
	return store->last->column[column].number;
}

struct bytes sql_bytes(struct store *store, int column)
{
	return store->last->column[column].bytes;
}

bool sql_hash(struct store *store, int column, uint8_t out[HASH_BYTES])
{
	struct bytes bytes = sql_bytes(store, column);

	memset(out, 0, HASH_BYTES);
	if (bytes.len != HASH_BYTES)
		return false;
	memcpy(out, bytes.data, HASH_BYTES);
	return true;
}

int64_t sql_next_row(struct store *store, const char *table)
{
	struct bytes name = bytes_of(table);

	return sql_row(store, "SELECT seq FROM sqlite_sequence WHERE name = ?", "t", &name) ? sql_int(store, 0) + 1 : 1;
}

int64_t store_log_next(const struct store *store, int64_t now)
{
	return now > store->newest ? now : store->newest + 1;
}

int64_t sql_log_time(struct store *store, int64_t at)
{
	return store->newest = store_log_next(store, at);
}

static int execute(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

static int open_schema(struct store *store)
{
	if (execute(store, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			   "PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -2048;"
			   "PRAGMA temp_store = MEMORY; BEGIN IMMEDIATE") != SQLITE_OK)
		return -1;
	if (!sql_row(store, "SELECT count(*) FROM sqlite_schema", "") || store->has_failed)
		return -1;
	if (sql_int(store, 0) == 0 && execute(store, schema) != SQLITE_OK)
		return -1;
	if (!sql_row(store, "SELECT value FROM meta WHERE key = 'schema'", ""))
		return -1;
	if (sql_int(store, 0) != SCHEMA_VERSION) {
		snprintf(store->error, sizeof store->error, "it is of version %lld and not %d",
			 (long long)sql_int(store, 0), SCHEMA_VERSION);
		return -1;
	}
	return execute(store, "COMMIT") == SQLITE_OK ? 0 : -1;
}

static int on_wal(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct store *)ctx)->wal_pages = pages;
	return SQLITE_OK;
}

int store_open(const char *path, struct store **out, char *error, size_t size)
{
	struct store *store = calloc(1, sizeof *store);

	if (store == NULL) {
		snprintf(error, size, "no memory to open the store");
		return -1;
	}
	store_distrust_cache(path);
	if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
	    open_schema(store) != 0) {
		if (sqlite3_errcode(store->db) == SQLITE_BUSY)
			snprintf(error, size, "%s is in use by another hotlined; stop that one first", path);
		else
			snprintf(error, size, "%s can't be opened as a store of this version and is left as it is: %s",
				 path,
				 store->error[0] != '\0' && !store->has_failed ? store->error
										: sqlite3_errmsg(store->db));
		store_give_up(store);
		store_close(store);
		return -1;
	}
	sqlite3_wal_hook(store->db, on_wal, store);
	store->newest = store_log_newest(store);
	*out = store;
	return 0;
}

void store_give_up(struct store *store)
{
	store->has_failed = true;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	if (store->is_open && !store->has_failed)
		store->has_failed = execute(store, "COMMIT") != SQLITE_OK;
	for (size_t i = 0; i < STATEMENTS; i++) {
		sqlite3_finalize(store->statement[i].stmt);
		if (store->statement[i].buffer != NULL)
			key_wipe(store->statement[i].buffer, store->statement[i].capacity);
		free(store->statement[i].buffer);
	}
	/* A failed fsync is never tried again, and closing would: what the disk holds is for the next start to find. */
	if (store->has_failed)
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(store->db);
	free(store->rest.buffer);
	key_wipe(store, sizeof *store);
	free(store);
}

void store_begin(struct store *store)
{
	if (store->is_open || store->has_failed)
		return;
	sql_row(store, "BEGIN", "");
	store->is_open = true;
	store->must_commit = store->has_soft = false;
}

bool store_must_commit(const struct store *store)
{
	return store->is_open && (store->must_commit || store->has_failed);
}

bool store_is_open(const struct store *store)
{
	return store->is_open && (store->must_commit || store->has_soft);
}

/* Ours, because SQLite's own after a commit tells nobody of a failed fsync and tries it again at the next. */
static void checkpoint(struct store *store)
{
	if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
		sql_fail(store, "the write-ahead log can't be carried over");
	store->wal_pages = 0;
}

/* A turn that only read leaves its transaction to the next: nobody else has the database, so it sees the same. */
int store_commit(struct store *store)
{
	if (!store->has_failed && !store_is_open(store))
		return 0;
	sql_row(store, "COMMIT", "");
	if (!store->has_failed && store->wal_pages >= CHECKPOINT_PAGES)
		checkpoint(store);
	store->is_open = store->must_commit = store->has_soft = false;
	return store->has_failed ? -1 : 0;
}

bool store_has_failed(const struct store *store)
{
	return store->has_failed;
}

const char *store_error(const struct store *store)
{
	return store->error;
}
