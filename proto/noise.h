/*
 * The Noise protocol framework, revision 34: the objects of section 5 for 25519, ChaChaPoly and BLAKE2b, with
 * the two patterns we use as token tables. The ephemeral secret is a parameter.
 */
#ifndef HOTLINE_PROTO_NOISE_H
#define HOTLINE_PROTO_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/key.h"

#define NOISE_HASH_BYTES 64
#define NOISE_TAG_BYTES 16
#define NOISE_MESSAGE_MAX 65535

/* CipherState (Noise 5.1). The nonce is never reused: encrypting at 2^64-1 is an assert. */
struct noise_cipher {
	uint8_t key[KEY_BYTES];
	uint64_t nonce;
};

enum noise_pattern { NOISE_KKPSK0, NOISE_KPSK0 };

/* HandshakeState (Noise 5.3) with its SymmetricState (5.2). Wiped by noise_finish(). */
struct noise {
	enum noise_pattern pattern;
	bool is_initiator;
	uint8_t message; /* the next message of the pattern */
	bool has_key;
	struct noise_cipher cipher;
	uint8_t chaining_key[NOISE_HASH_BYTES], hash[NOISE_HASH_BYTES];
	struct link_pair s, e;
	uint8_t remote_s[KEY_BYTES], remote_e[KEY_BYTES], psk[KEY_BYTES];
};

/* Initialize (Noise 5.3): mixes the prologue and both static keys. Copies everything it needs. */
void noise_init(struct noise *noise, enum noise_pattern pattern, bool is_initiator, struct bytes prologue,
		const struct link_pair *s, const uint8_t remote_s[KEY_BYTES], const uint8_t psk[KEY_BYTES]);
/*
 * WriteMessage: payload into out, which holds NOISE_WRITE_OVERHEAD more bytes than payload (32 for e, 16 for the
 * tag); gives the length. `ephemeral` is the 32 random bytes for e. RESULT_KEY on an all-zero agreement.
 */
#define NOISE_WRITE_OVERHEAD 48
int noise_write(struct noise *noise, const uint8_t ephemeral[KEY_BYTES], struct bytes payload, uint8_t *out, size_t *out_len);
/* ReadMessage: payload into out (in.len - 48 bytes). RESULT_SEAL if it does not authenticate; the state is then dead. */
int noise_read(struct noise *noise, struct bytes in, uint8_t *out, size_t *out_len);
/* Split, after the last message. */
void noise_split(const struct noise *noise, struct noise_cipher *out_initiator, struct noise_cipher *out_responder);
void noise_finish(struct noise *noise);

/* EncryptWithAd / DecryptWithAd with empty ad for transport messages. out has plain.len + 16, or in.len - 16. */
void noise_encrypt(struct noise_cipher *cipher, struct bytes plain, uint8_t *out);
int noise_decrypt(struct noise_cipher *cipher, struct bytes in, uint8_t *out); /* RESULT_SEAL; nonce unchanged then */

#endif
