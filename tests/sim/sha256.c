/*
 * SHA-256 for the many seeds: each block by OpenSSL, which knows the processor's own instructions for it. libsodium's is
 * portable C and took an eighth of a storm. Where this is linked, libsodium's own functions of these names are not called.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* of the old interface SHA256_Transform() alone takes a state from outside */
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>

#define BLOCK SHA256_CBLOCK

static void take_block(crypto_hash_sha256_state *state, const unsigned char *block)
{
	SHA256_CTX context;

	memcpy(context.h, state->state, sizeof context.h);
	SHA256_Transform(&context, block);
	memcpy(state->state, context.h, sizeof context.h);
}

int crypto_hash_sha256_init(crypto_hash_sha256_state *state)
{
	SHA256_CTX begun;

	SHA256_Init(&begun);
	memcpy(state->state, begun.h, sizeof state->state);
	state->count = 0; /* bytes so far */
	return 0;
}

int crypto_hash_sha256_update(crypto_hash_sha256_state *state, const unsigned char *in, unsigned long long len)
{
	while (len > 0) {
		size_t at = state->count % BLOCK, taken = len < BLOCK - at ? (size_t)len : BLOCK - at;

		if (taken == BLOCK) {
			take_block(state, in);
		} else {
			memcpy(state->buf + at, in, taken);
			if (at + taken == BLOCK)
				take_block(state, state->buf);
		}
		state->count += taken;
		in += taken;
		len -= taken;
	}
	return 0;
}

int crypto_hash_sha256_final(crypto_hash_sha256_state *state, unsigned char *out)
{
	static const unsigned char padding[BLOCK] = {0x80};
	uint64_t bits = state->count * 8;
	size_t at = state->count % BLOCK;
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	crypto_hash_sha256_update(state, padding, (at < BLOCK - 8 ? BLOCK - 8 : 2 * BLOCK - 8) - at);
	crypto_hash_sha256_update(state, length, sizeof length);
	for (int i = 0; i < 32; i++)
		out[i] = (unsigned char)(state->state[i / 4] >> (24 - 8 * (i % 4)));
	return 0;
}
