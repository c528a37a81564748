/* SHA-256 (FIPS 180-4) and keyed BLAKE2b (RFC 7693) over runs of bytes, and comparison in constant time. */
#include "proto/hash.h"

#include <assert.h>
#include <sodium.h>

void hash_sha256(struct bytes in, uint8_t out[HASH_BYTES])
{
	hash_sha256_parts(&in, 1, out);
}

void hash_sha256_parts(const struct bytes *parts, size_t count, uint8_t out[HASH_BYTES])
{
	struct hash_stream stream;

	hash_begin(&stream);
	for (size_t i = 0; i < count; i++)
		hash_add(&stream, parts[i]);
	hash_end(&stream, out);
}

void hash_begin(struct hash_stream *stream)
{
	crypto_hash_sha256_init(&stream->state);
}

void hash_add(struct hash_stream *stream, struct bytes run)
{
	crypto_hash_sha256_update(&stream->state, run.data, run.len);
}

void hash_end(struct hash_stream *stream, uint8_t out[HASH_BYTES])
{
	crypto_hash_sha256_final(&stream->state, out);
	sodium_memzero(stream, sizeof *stream);
}

void hash_keyed(struct bytes key, const struct bytes *parts, size_t count, uint8_t *out, size_t out_len)
{
	crypto_generichash_state state;

	assert(key.len >= crypto_generichash_KEYBYTES_MIN && key.len <= crypto_generichash_KEYBYTES_MAX);
	assert(out_len >= crypto_generichash_BYTES_MIN && out_len <= crypto_generichash_BYTES_MAX);
	crypto_generichash_init(&state, key.data, key.len, out_len);
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(&state, parts[i].data, parts[i].len);
	crypto_generichash_final(&state, out, out_len);
	sodium_memzero(&state, sizeof state);
}

void hash_short(const uint8_t key[HASH_SHORT_KEY_BYTES], struct bytes in, uint8_t out[HASH_SHORT_BYTES])
{
	crypto_shorthash_siphashx24(out, in.data, in.len, key);
}

bool hash_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}
