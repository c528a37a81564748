/*
 * Inside the store: prepared statements by their text, binding by a word of types, and one row copied out at a
 * time, so that no cursor stays open when a call of the store has returned. Types: i int64, u uint64, b struct bytes *
 * as blob, t struct bytes * as text, h 32 bytes as blob, o the same or NULL.
 */
#ifndef HOTLINE_DAEMON_STORE_SQL_H
#define HOTLINE_DAEMON_STORE_SQL_H

#include "daemon/store.h"

/* Runs sql to its end. A failure sticks. */
void sql_run(struct store *store, const char *sql, const char *types, ...);
/* The same for what may wait for the next commit. */
void sql_run_soft(struct store *store, const char *sql, const char *types, ...);
/* The first row, copied; its columns are read with the calls below until this sql runs again. */
bool sql_row(struct store *store, const char *sql, const char *types, ...);
/*
 * Every row, one with each call of a loop that goes on until it is false, and writes nothing meanwhile. What is bound first
 * stays.
 */
bool sql_each(struct store *store, const char *sql, const char *types, ...);
int64_t sql_int(struct store *store, int column);
struct bytes sql_bytes(struct store *store, int column); /* empty for NULL */
/* 32 bytes; false (and zeros) for NULL or another length. */
bool sql_hash(struct store *store, int column, uint8_t out[HASH_BYTES]);
/* The time of the next log entry: `at`, or just after the newest entry of any log, whichever is later. */
int64_t sql_log_time(struct store *store, int64_t at);
/* The tree grows by an entry that was just put. */
void store_tree_append(struct store *store, struct log *log, const uint8_t leaf_hash[HASH_BYTES]);
/* The number the next row of an AUTOINCREMENT table will have: what it is encrypted for. */
int64_t sql_next_row(struct store *store, const char *table);

/* From here on the store has failed, with this sentence and SQLite's. */
void sql_fail(struct store *store, const char *what);
/* Room for a row's bytes; a buffer that one large content made is not kept for ever. */
bool sql_reserve(uint8_t **buffer, size_t *capacity, size_t need);

/* The key that rows at rest are encrypted under, and the row that was wrapped last. */
struct rest {
	bool has_key;
	uint8_t key[KEY_BYTES];
	random_fill *random;
	void *random_ctx;
	uint8_t *buffer;
	size_t capacity;
};
struct rest *sql_rest(struct store *store);
/* Before the database at path is opened. */
void store_distrust_cache(const char *path);

/*
 * The one pair of functions that contents, drafts and waiting items pass. `table` and `row` are what an encryption at
 * rest binds. Both give bytes borrowed until the next call.
 */
struct bytes rest_wrap(struct store *store, const char *table, struct bytes row, struct bytes plain);
struct bytes rest_unwrap(struct store *store, const char *table, struct bytes row, struct bytes stored);

#endif
