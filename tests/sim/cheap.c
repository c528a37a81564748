/*
 * Stand-ins for what public keys cost, for the many seeds: they agree, sign and verify as the real ones do and are
 * worth nothing against anybody. Where this is linked, libsodium's own functions of these names are not called; all
 * other cryptography is real.
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
