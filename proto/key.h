/*
 * Key pairs and their checks: Ed25519 (RFC 8032) for signing, X25519 (RFC 7748) for links. Randomness is
 * always a parameter. Everything that holds a secret is wiped by its owner with key_wipe().
 */
#ifndef HOTLINE_PROTO_KEY_H
#define HOTLINE_PROTO_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/pack.h"

#define KEY_BYTES 32
#define SIGNATURE_BYTES 64

struct sign_pair {
	uint8_t public[KEY_BYTES];
	uint8_t secret[64];
};
struct link_pair {
	uint8_t public[KEY_BYTES];
	uint8_t secret[KEY_BYTES];
};

/* Must be called once before anything else of proto; 0, or negative when libsodium can't start. */
int key_init(void);
void key_wipe(void *secret, size_t len);
/* Ed25519 pair from 32 random bytes. */
void key_sign_pair(const uint8_t seed[32], struct sign_pair *out);
/* X25519 pair from 32 random bytes. */
void key_link_pair(const uint8_t secret[32], struct link_pair *out);
/* A public Ed25519 key may be enrolled only if this holds: canonical, on the curve, of full order. */
bool key_is_enrollable(const uint8_t public[KEY_BYTES]);
/* X25519. RESULT_KEY on an all-zero result, with out zeroed. */
int key_agree(const uint8_t secret[KEY_BYTES], const uint8_t public[KEY_BYTES], uint8_t out[KEY_BYTES]);
void key_sign(const struct sign_pair *pair, struct bytes text, uint8_t out[SIGNATURE_BYTES]);
/* RESULT_OK or RESULT_SIGNATURE. */
int key_verify(const uint8_t public[KEY_BYTES], struct bytes text, const uint8_t signature[SIGNATURE_BYTES]);
/* How many X25519 operations this process has made: shows that strangers cost none. */
uint64_t key_agreements(void);

/* A root's fingerprint: SHA-256 of the key; read aloud as 40 decimal digits in 8 groups of 5 (SPEC 9). */
#define FINGERPRINT_TEXT 48
#define FINGERPRINT_HEX 65
void key_fingerprint(const uint8_t root[KEY_BYTES], char out[FINGERPRINT_TEXT]);
void key_fingerprint_hex(const uint8_t root[KEY_BYTES], char out[FINGERPRINT_HEX]);
/* Whether text (40 digits, spaces allowed; or 64 hex digits) is the fingerprint of root. */
bool key_fingerprint_matches(const uint8_t root[KEY_BYTES], struct bytes text);
/* Lower-case hex of len bytes; out holds 2 * len + 1. */
void key_hex(const uint8_t *in, size_t len, char *out);

#endif
