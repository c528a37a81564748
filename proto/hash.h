/* The hashes: SHA-256 for ids, logs and checkpoints (FIPS 180-4), BLAKE2b for keys (RFC 7693), SipHash for tables. */
#ifndef HOTLINE_PROTO_HASH_H
#define HOTLINE_PROTO_HASH_H

#include <sodium/crypto_hash_sha256.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/pack.h"

#define HASH_BYTES 32

/* SHA-256 of one run of bytes. */
void hash_sha256(struct bytes in, uint8_t out[HASH_BYTES]);
/* SHA-256 of up to several runs, one after the other. */
void hash_sha256_parts(const struct bytes *parts, size_t count, uint8_t out[HASH_BYTES]);
/* SHA-256 of bytes that come a run at a time. */
struct hash_stream {
	crypto_hash_sha256_state state;
};
void hash_begin(struct hash_stream *stream);
void hash_add(struct hash_stream *stream, struct bytes run);
void hash_end(struct hash_stream *stream, uint8_t out[HASH_BYTES]);
/* Keyed BLAKE2b of out_len bytes (16 … 64) over parts one after the other; key is 16 … 64 bytes. */
void hash_keyed(struct bytes key, const struct bytes *parts, size_t count, uint8_t *out, size_t out_len);
/*
 * SipHash-2-4 with 128 bits of output: short and quick, and under a random key nobody can aim at a collision. For tables
 * in memory; nothing that is signed or sent stands on it.
 */
#define HASH_SHORT_BYTES 16
#define HASH_SHORT_KEY_BYTES 16
void hash_short(const uint8_t key[HASH_SHORT_KEY_BYTES], struct bytes in, uint8_t out[HASH_SHORT_BYTES]);
/* Constant-time comparison of len bytes. */
bool hash_equal(const void *a, const void *b, size_t len);

#endif
