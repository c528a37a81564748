/* Encryption at rest: what passes on its way into the tables and out of them. */
#include <stdio.h>
#include <string.h>

#include "daemon/store_sql.h"
#include "proto/lock.h"
#include "proto/result.h"

/* The first byte of a row at rest. */
enum rest_format { REST_PLAIN, REST_ENCRYPTED };

struct bytes rest_wrap(struct store *store, const char *table, struct bytes row, struct bytes plain)
{
	struct rest *rest = sql_rest(store);
	uint8_t nonce[LOCK_NONCE_BYTES];
	size_t len = 1 + plain.len + (rest->has_key ? ROW_OVERHEAD_BYTES : 0);

	if (!sql_reserve(&rest->buffer, &rest->capacity, len)) {
		sql_fail(store, "no memory for a row");
		return (struct bytes){NULL, 0};
	}
	rest->buffer[0] = rest->has_key ? REST_ENCRYPTED : REST_PLAIN;
	if (rest->has_key) {
		rest->random(rest->random_ctx, nonce, sizeof nonce);
		row_close(rest->key, bytes_of(table), row, nonce, plain, rest->buffer + 1);
	} else if (plain.len > 0)
		memcpy(rest->buffer + 1, plain.data, plain.len);
	return (struct bytes){rest->buffer, len};
}

/* Decrypts where the row was copied to: a statement's buffer is wiped when the next row takes its place. */
struct bytes rest_unwrap(struct store *store, const char *table, struct bytes row, struct bytes stored)
{
	const struct rest *rest = sql_rest(store);
	uint8_t *at = (uint8_t *)(uintptr_t)stored.data;
	size_t len;

	if (stored.len >= 1 && stored.data[0] == REST_PLAIN && !rest->has_key)
		return (struct bytes){stored.data + 1, stored.len - 1};
	if (stored.len >= 1 && stored.data[0] == REST_ENCRYPTED && rest->has_key &&
	    row_open(rest->key, bytes_of(table), row, (struct bytes){at + 1, stored.len - 1}, at + 1 + LOCK_NONCE_BYTES,
		     &len) == RESULT_OK)
		return (struct bytes){at + 1 + LOCK_NONCE_BYTES, len};
	sql_fail(store, "a row at rest does not open under this station's store key");
	return (struct bytes){NULL, 0};
}

/* One row tells whether the key is the one that the store was written under. */
int store_encrypt(struct store *store, const uint8_t key[KEY_BYTES], random_fill *random, void *random_ctx, char *error,
		  size_t size)
{
	static const char words[] = "hotline store key";
	struct rest *rest = sql_rest(store);
	struct bytes check = bytes_of(words), wrapped, none = {NULL, 0};
	bool has_row;

	memcpy(rest->key, key, KEY_BYTES);
	rest->has_key = true;
	rest->random = random;
	rest->random_ctx = random_ctx;
	has_row = sql_row(store, "SELECT bytes FROM key_check", "");
	if (has_row)
		check = rest_unwrap(store, "key_check", none, sql_bytes(store, 0));
	else {
		store_begin(store);
		wrapped = rest_wrap(store, "key_check", none, check);
		sql_run(store, "INSERT INTO key_check VALUES (1, ?)", "b", &wrapped);
		if (store_commit(store) != 0)
			check = none;
	}
	if (bytes_equal(check, bytes_of(words)))
		return 0;
	if (!has_row)
		snprintf(error, size, "the store failed: %s", store_error(store));
	else
		snprintf(error, size, "the store was written under another store key than the one in the key file");
	return -1;
}
