/*
 * Stand-ins for what links cost, for the many seeds: public keys agree, signatures verify, and what was changed or is of
 * another key does not open, as with the real ones; against an adversary they are worth nothing. Where this is linked,
 * libsodium's own functions of these names are not called. The record's SHA-256 is real (sha256.c).
 */
#include <sodium.h>
#include <string.h>

#define PRIME ((UINT64_C(1) << 61) - 1)

static uint64_t times(uint64_t a, uint64_t b)
{
	return (uint64_t)((unsigned __int128)a * b % PRIME);
}

static uint64_t power(uint64_t base, uint64_t exponent)
{
	uint64_t result = 1;

	for (; exponent > 0; exponent >>= 1, base = times(base, base))
		if ((exponent & 1) != 0)
			result = times(result, base);
	return result;
}

static uint64_t number(const unsigned char *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof value);
	return value % (PRIME - 1) + 1;
}

/* (g^a)^b is (g^b)^a, also with 61 bits. */
int crypto_scalarmult_base(unsigned char *q, const unsigned char *n)
{
	uint64_t point = power(3, number(n));

	memset(q, 0xa5, crypto_scalarmult_BYTES);
	memcpy(q, &point, sizeof point);
	return 0;
}

int crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p)
{
	uint64_t point;

	memcpy(&point, p, sizeof point);
	point = power(point % PRIME, number(n));
	memset(q, 0x5a, crypto_scalarmult_BYTES);
	memcpy(q, &point, sizeof point);
	return point == 0 ? -1 : 0;
}

/* A hash that everybody can make, twice. */
static void sign(unsigned char sig[crypto_sign_BYTES], const unsigned char *m, unsigned long long len,
		 const unsigned char pk[crypto_sign_PUBLICKEYBYTES])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, pk, crypto_sign_PUBLICKEYBYTES);
	crypto_hash_sha256_update(&state, m, len);
	crypto_hash_sha256_final(&state, sig);
	memcpy(sig + crypto_hash_sha256_BYTES, sig, crypto_sign_BYTES - crypto_hash_sha256_BYTES);
}

int crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk, const unsigned char *seed)
{
	crypto_generichash(pk, crypto_sign_PUBLICKEYBYTES, seed, crypto_sign_SEEDBYTES, NULL, 0);
	memcpy(sk, seed, crypto_sign_SEEDBYTES);
	memcpy(sk + crypto_sign_SEEDBYTES, pk, crypto_sign_PUBLICKEYBYTES);
	return 0;
}

int crypto_sign_detached(unsigned char *sig, unsigned long long *len, const unsigned char *m, unsigned long long mlen,
			 const unsigned char *sk)
{
	sign(sig, m, mlen, sk + crypto_sign_SEEDBYTES);
	if (len != NULL)
		*len = crypto_sign_BYTES;
	return 0;
}

int crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long mlen,
				const unsigned char *pk)
{
	unsigned char expected[crypto_sign_BYTES];

	sign(expected, m, mlen, pk);
	return memcmp(expected, sig, sizeof expected) == 0 ? 0 : -1;
}

int crypto_core_ed25519_is_valid_point(const unsigned char *p)
{
	(void)p;
	return 1;
}

/* A hash of whatever length is asked for, in place of BLAKE2b. */
struct mixer {
	uint64_t lane[8], bytes;
	unsigned char rest[64];
};

_Static_assert(sizeof(struct mixer) <= sizeof(crypto_generichash_state), "a mixer lies in libsodium's state");

static void mix_block(struct mixer *m, const unsigned char *block)
{
	uint64_t word[8], first = m->lane[0];

	memcpy(word, block, sizeof word);
	for (int i = 0; i < 8; i++) {
		uint64_t next = i < 7 ? m->lane[i + 1] : first;

		m->lane[i] = ((m->lane[i] ^ word[i]) + (next << 23 | next >> 41)) * UINT64_C(0x9e3779b97f4a7c15);
		m->lane[i] ^= m->lane[i] >> 32;
	}
}

static void mix(struct mixer *m, const unsigned char *in, unsigned long long len)
{
	while (len > 0) {
		size_t at = m->bytes % 64, taken = len < 64 - at ? (size_t)len : 64 - at;

		if (taken == 64) {
			mix_block(m, in);
		} else {
			memcpy(m->rest + at, in, taken);
			if (at + taken == 64)
				mix_block(m, m->rest);
		}
		m->bytes += taken;
		in += taken;
		len -= taken;
	}
}

static void mix_end(struct mixer *m, unsigned char *out, size_t len)
{
	static const unsigned char nothing[64];
	uint64_t bytes = m->bytes;

	mix(m, nothing, 64 - bytes % 64);
	m->lane[0] ^= bytes;
	for (int i = 0; i < 3; i++)
		mix_block(m, nothing);
	memcpy(out, m->lane, len);
}

int crypto_generichash_init(crypto_generichash_state *state, const unsigned char *key, const size_t keylen, const size_t outlen)
{
	struct mixer *m = (struct mixer *)state;

	memset(m, 0, sizeof *m);
	m->lane[0] = outlen;
	m->lane[1] = keylen;
	mix(m, key, keylen);
	return 0;
}

int crypto_generichash_update(crypto_generichash_state *state, const unsigned char *in, unsigned long long inlen)
{
	mix((struct mixer *)state, in, inlen);
	return 0;
}

int crypto_generichash_final(crypto_generichash_state *state, unsigned char *out, const size_t outlen)
{
	mix_end((struct mixer *)state, out, outlen);
	return 0;
}

int crypto_generichash(unsigned char *out, size_t outlen, const unsigned char *in, unsigned long long inlen,
		       const unsigned char *key, size_t keylen)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, keylen, outlen);
	crypto_generichash_update(&state, in, inlen);
	return crypto_generichash_final(&state, out, outlen);
}

/* What stands for a key stream: the hash of key and nonce, again and again. */
static void veil(const struct mixer *begun, const unsigned char *in, unsigned long long len, unsigned char *out)
{
	uint64_t word[8];

	for (unsigned long long at = 0; at < len; at += sizeof word) {
		size_t taken = len - at < sizeof word ? (size_t)(len - at) : sizeof word;

		memcpy(word, in + at, taken);
		for (int i = 0; i < 8; i++)
			word[i] ^= begun->lane[i];
		memcpy(out + at, word, taken);
	}
}

static void begin_aead(struct mixer *m, const unsigned char *npub, const unsigned char *k)
{
	static const unsigned char nothing[64];

	memset(m, 0, sizeof *m);
	mix(m, k, crypto_aead_chacha20poly1305_ietf_KEYBYTES);
	mix(m, npub, crypto_aead_chacha20poly1305_ietf_NPUBBYTES);
	mix(m, nothing, 64 - m->bytes % 64);
	mix_block(m, nothing);
}

static void end_aead(struct mixer *m, const unsigned char *plain, unsigned long long len, const unsigned char *ad,
		     unsigned long long adlen, unsigned char *tag)
{
	mix(m, plain, len);
	mix(m, ad, adlen);
	mix_end(m, tag, crypto_aead_chacha20poly1305_ietf_ABYTES);
}

int crypto_aead_chacha20poly1305_ietf_encrypt(unsigned char *c, unsigned long long *clen_p, const unsigned char *m,
					      unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
					      const unsigned char *nsec, const unsigned char *npub, const unsigned char *k)
{
	struct mixer mixer, begun;
	unsigned char tag[crypto_aead_chacha20poly1305_ietf_ABYTES];

	(void)nsec;
	begin_aead(&mixer, npub, k);
	begun = mixer;
	end_aead(&mixer, m, mlen, ad, adlen, tag);
	veil(&begun, m, mlen, c);
	memcpy(c + mlen, tag, sizeof tag);
	if (clen_p != NULL)
		*clen_p = mlen + sizeof tag;
	return 0;
}

int crypto_aead_chacha20poly1305_ietf_decrypt(unsigned char *m, unsigned long long *mlen_p, unsigned char *nsec,
					      const unsigned char *c, unsigned long long clen, const unsigned char *ad,
					      unsigned long long adlen, const unsigned char *npub, const unsigned char *k)
{
	struct mixer mixer;
	unsigned char tag[crypto_aead_chacha20poly1305_ietf_ABYTES], expected[sizeof tag];
	unsigned long long len = clen - sizeof tag;

	(void)nsec;
	if (mlen_p != NULL)
		*mlen_p = 0;
	if (clen < sizeof tag)
		return -1;
	memcpy(tag, c + len, sizeof tag); /* c may be m */
	begin_aead(&mixer, npub, k);
	veil(&mixer, c, len, m);
	end_aead(&mixer, m, len, ad, adlen, expected);
	if (memcmp(tag, expected, sizeof tag) != 0) {
		memset(m, 0, len);
		return -1;
	}
	if (mlen_p != NULL)
		*mlen_p = len;
	return 0;
}
