/* Ed25519 and X25519 through libsodium, with the checks SPEC 2 asks for, and fingerprints (SPEC 9). */
#include "proto/key.h"

#include <sodium.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/result.h"

#define FINGERPRINT_DIGITS 40
#define FINGERPRINT_GROUP 5

static uint64_t agreements;

int key_init(void)
{
	return sodium_init() < 0 ? -1 : 0;
}

void key_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}

void key_sign_pair(const uint8_t seed[32], struct sign_pair *out)
{
	crypto_sign_seed_keypair(out->public, out->secret, seed);
}

void key_link_pair(const uint8_t secret[32], struct link_pair *out)
{
	memmove(out->secret, secret, KEY_BYTES);
	crypto_scalarmult_base(out->public, out->secret);
}

bool key_is_enrollable(const uint8_t public[KEY_BYTES])
{
	return crypto_core_ed25519_is_valid_point(public) == 1;
}

int key_agree(const uint8_t secret[KEY_BYTES], const uint8_t public[KEY_BYTES], uint8_t out[KEY_BYTES])
{
	agreements++;
	if (crypto_scalarmult(out, secret, public) == 0)
		return RESULT_OK;
	key_wipe(out, KEY_BYTES);
	return RESULT_KEY;
}

uint64_t key_agreements(void)
{
	return agreements;
}

void key_sign(const struct sign_pair *pair, struct bytes text, uint8_t out[SIGNATURE_BYTES])
{
	crypto_sign_detached(out, NULL, text.data, text.len, pair->secret);
}

int key_verify(const uint8_t public[KEY_BYTES], struct bytes text, const uint8_t signature[SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, text.data, text.len, public) == 0 ? RESULT_OK : RESULT_SIGNATURE;
}

/* Divides a big-endian number by ten in place and gives the remainder. */
static char next_digit(uint8_t number[HASH_BYTES])
{
	unsigned rest = 0;

	for (size_t i = 0; i < HASH_BYTES; i++) {
		rest = rest << 8 | number[i];
		number[i] = (uint8_t)(rest / 10);
		rest %= 10;
	}
	return (char)('0' + rest);
}

/* The last forty decimal digits, so that the modulus is never formed. */
void key_fingerprint(const uint8_t root[KEY_BYTES], char out[FINGERPRINT_TEXT])
{
	uint8_t number[HASH_BYTES];

	hash_sha256((struct bytes){root, KEY_BYTES}, number);
	memset(out, ' ', FINGERPRINT_TEXT);
	out[FINGERPRINT_TEXT - 1] = '\0';
	for (size_t i = FINGERPRINT_DIGITS; i-- > 0;)
		out[i + i / FINGERPRINT_GROUP] = next_digit(number);
}

void key_fingerprint_hex(const uint8_t root[KEY_BYTES], char out[FINGERPRINT_HEX])
{
	uint8_t hash[HASH_BYTES];

	hash_sha256((struct bytes){root, KEY_BYTES}, hash);
	key_hex(hash, sizeof hash, out);
}

/* The digits of the spoken form, wherever the spaces stand. */
static bool matches_digits(const char *fingerprint, struct bytes text)
{
	size_t at = 0;

	for (; *fingerprint != '\0'; fingerprint++) {
		if (*fingerprint == ' ')
			continue;
		while (at < text.len && text.data[at] == ' ')
			at++;
		if (at == text.len || text.data[at++] != (uint8_t)*fingerprint)
			return false;
	}
	while (at < text.len && text.data[at] == ' ')
		at++;
	return at == text.len;
}

static bool matches_hex(const char *hex, struct bytes text)
{
	if (text.len != FINGERPRINT_HEX - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c >= 'A' && c <= 'F')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != (uint8_t)hex[i])
			return false;
	}
	return true;
}

bool key_fingerprint_matches(const uint8_t root[KEY_BYTES], struct bytes text)
{
	char spoken[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX];

	key_fingerprint(root, spoken);
	key_fingerprint_hex(root, hex);
	return matches_digits(spoken, text) || matches_hex(hex, text);
}

void key_hex(const uint8_t *in, size_t len, char *out)
{
	sodium_bin2hex(out, 2 * len + 1, in, len);
}
