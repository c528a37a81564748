/*
 * The Noise protocol framework, revision 34, section 5: CipherState, SymmetricState and HandshakeState, with the
 * patterns KKpsk0 and Kpsk0 as tables of tokens run by one loop.
 */
#include "proto/noise.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/result.h"

#define BLOCK_BYTES 128 /* BLOCKLEN of BLAKE2b, Noise 12.8 */
#define MESSAGE_TOKENS 5
#define PATTERN_MESSAGES 2

enum token { TOKEN_END, TOKEN_PSK, TOKEN_E, TOKEN_EE, TOKEN_ES, TOKEN_SE, TOKEN_SS };

/* Both begin with the pre-messages -> s, <- s. */
static const struct {
	const char *name;
	size_t messages;
	enum token message[PATTERN_MESSAGES][MESSAGE_TOKENS];
} patterns[] = {
    [NOISE_KKPSK0] = {"Noise_KKpsk0_25519_ChaChaPoly_BLAKE2b",
		      2,
		      {{TOKEN_PSK, TOKEN_E, TOKEN_ES, TOKEN_SS}, {TOKEN_E, TOKEN_EE, TOKEN_SE}}},
    [NOISE_KPSK0] = {"Noise_Kpsk0_25519_ChaChaPoly_BLAKE2b", 1, {{TOKEN_PSK, TOKEN_E, TOKEN_ES, TOKEN_SS}}},
};

static void blake2b(const struct bytes *parts, size_t count, uint8_t out[NOISE_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, NOISE_HASH_BYTES);
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(&state, parts[i].data, parts[i].len);
	crypto_generichash_final(&state, out, NOISE_HASH_BYTES);
	sodium_memzero(&state, sizeof state);
}

/* HMAC-HASH (RFC 2104 over BLAKE2b, Noise 4.3) of two parts. The key is never longer than a block. */
static void hmac(const uint8_t key[NOISE_HASH_BYTES], struct bytes first, struct bytes second,
		 uint8_t out[NOISE_HASH_BYTES])
{
	uint8_t inner[BLOCK_BYTES], outer[BLOCK_BYTES], digest[NOISE_HASH_BYTES];

	memset(inner, 0x36, sizeof inner);
	memset(outer, 0x5c, sizeof outer);
	for (size_t i = 0; i < NOISE_HASH_BYTES; i++) {
		inner[i] ^= key[i];
		outer[i] ^= key[i];
	}
	blake2b((const struct bytes[]){{inner, sizeof inner}, first, second}, 3, digest);
	blake2b((const struct bytes[]){{outer, sizeof outer}, {digest, sizeof digest}}, 2, out);
	sodium_memzero(inner, sizeof inner);
	sodium_memzero(outer, sizeof outer);
	sodium_memzero(digest, sizeof digest);
}

/* HKDF (Noise 4.3) with two or three outputs, one after the other. */
static void hkdf(const uint8_t chaining_key[NOISE_HASH_BYTES], struct bytes material, size_t outputs,
		 uint8_t (*out)[NOISE_HASH_BYTES])
{
	uint8_t temp[NOISE_HASH_BYTES];

	hmac(chaining_key, material, (struct bytes){NULL, 0}, temp);
	for (size_t i = 0; i < outputs; i++) {
		const uint8_t number = (uint8_t)(i + 1);
		struct bytes before = i > 0 ? (struct bytes){out[i - 1], NOISE_HASH_BYTES} : (struct bytes){NULL, 0};

		hmac(temp, before, (struct bytes){&number, 1}, out[i]);
	}
	sodium_memzero(temp, sizeof temp);
}

/* Four zero bytes, then the counter, little-endian (Noise 12.3). */
static void chachapoly_nonce(uint64_t counter, uint8_t out[crypto_aead_chacha20poly1305_ietf_NPUBBYTES])
{
	memset(out, 0, 4);
	for (size_t i = 0; i < 8; i++)
		out[4 + i] = (uint8_t)(counter >> (8 * i));
}

/* EncryptWithAd (Noise 5.1). */
static void encrypt_with_ad(struct noise_cipher *cipher, struct bytes ad, struct bytes plain, uint8_t *out)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

	assert(cipher->nonce != UINT64_MAX);
	chachapoly_nonce(cipher->nonce++, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.data, plain.len, ad.data, ad.len, NULL, nonce,
						  cipher->key);
}

/* DecryptWithAd (Noise 5.1). */
static int decrypt_with_ad(struct noise_cipher *cipher, struct bytes ad, struct bytes in, uint8_t *out)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

	if (cipher->nonce == UINT64_MAX || in.len < NOISE_TAG_BYTES)
		return RESULT_SEAL;
	chachapoly_nonce(cipher->nonce, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, in.data, in.len, ad.data, ad.len, nonce,
						      cipher->key) != 0)
		return RESULT_SEAL;
	cipher->nonce++;
	return RESULT_OK;
}

static void mix_hash(struct noise *noise, struct bytes data)
{
	blake2b((const struct bytes[]){{noise->hash, NOISE_HASH_BYTES}, data}, 2, noise->hash);
}

/* InitializeKey (Noise 5.1) with the first 32 bytes of an HKDF output. */
static void set_key(struct noise *noise, const uint8_t key[NOISE_HASH_BYTES])
{
	memcpy(noise->cipher.key, key, KEY_BYTES);
	noise->cipher.nonce = 0;
	noise->has_key = true;
}

static void mix_key(struct noise *noise, struct bytes material)
{
	uint8_t out[2][NOISE_HASH_BYTES];

	hkdf(noise->chaining_key, material, 2, out);
	memcpy(noise->chaining_key, out[0], NOISE_HASH_BYTES);
	set_key(noise, out[1]);
	sodium_memzero(out, sizeof out);
}

static void mix_key_and_hash(struct noise *noise, struct bytes material)
{
	uint8_t out[3][NOISE_HASH_BYTES];

	hkdf(noise->chaining_key, material, 3, out);
	memcpy(noise->chaining_key, out[0], NOISE_HASH_BYTES);
	mix_hash(noise, (struct bytes){out[1], NOISE_HASH_BYTES});
	set_key(noise, out[2]);
	sodium_memzero(out, sizeof out);
}

/* MixKey(DH(…)). */
static int mix_agreement(struct noise *noise, const struct link_pair *own, const uint8_t remote[KEY_BYTES])
{
	uint8_t shared[KEY_BYTES];
	int result = key_agree(own->secret, remote, shared);

	if (result == RESULT_OK)
		mix_key(noise, (struct bytes){shared, sizeof shared});
	sodium_memzero(shared, sizeof shared);
	return result;
}

/* One token of the current message (Noise 5.3, 9.2). The e token's key pair or public key is already in place. */
static int run_token(struct noise *noise, enum token token, const uint8_t *e_public)
{
	const bool is_initiator = noise->is_initiator;

	switch (token) {
	case TOKEN_END:
		break;
	case TOKEN_PSK:
		mix_key_and_hash(noise, (struct bytes){noise->psk, KEY_BYTES});
		break;
	case TOKEN_E:
		mix_hash(noise, (struct bytes){e_public, KEY_BYTES});
		mix_key(noise, (struct bytes){e_public, KEY_BYTES}); /* both patterns have a psk: Noise 9.2 */
		break;
	case TOKEN_EE:
		return mix_agreement(noise, &noise->e, noise->remote_e);
	case TOKEN_ES:
		return is_initiator ? mix_agreement(noise, &noise->e, noise->remote_s)
				    : mix_agreement(noise, &noise->s, noise->remote_e);
	case TOKEN_SE:
		return is_initiator ? mix_agreement(noise, &noise->s, noise->remote_e)
				    : mix_agreement(noise, &noise->e, noise->remote_s);
	case TOKEN_SS:
		return mix_agreement(noise, &noise->s, noise->remote_s);
	}
	return RESULT_OK;
}

static int run_message(struct noise *noise, const uint8_t e_public[KEY_BYTES])
{
	const enum token *tokens = patterns[noise->pattern].message[noise->message];
	int result = RESULT_OK;

	for (size_t i = 0; i < MESSAGE_TOKENS && tokens[i] != TOKEN_END && result == RESULT_OK; i++)
		result = run_token(noise, tokens[i], e_public);
	noise->message++;
	return result;
}

void noise_init(struct noise *noise, enum noise_pattern pattern, bool is_initiator, struct bytes prologue,
		const struct link_pair *s, const uint8_t remote_s[KEY_BYTES], const uint8_t psk[KEY_BYTES])
{
	struct bytes name = bytes_of(patterns[pattern].name);

	memset(noise, 0, sizeof *noise);
	noise->pattern = pattern;
	noise->is_initiator = is_initiator;
	noise->s = *s;
	memcpy(noise->remote_s, remote_s, KEY_BYTES);
	memcpy(noise->psk, psk, KEY_BYTES);
	assert(name.len <= NOISE_HASH_BYTES); /* so the name itself, padded with zeros, is h: Noise 5.2 */
	memcpy(noise->hash, name.data, name.len);
	memcpy(noise->chaining_key, noise->hash, NOISE_HASH_BYTES);
	mix_hash(noise, prologue);
	mix_hash(noise, (struct bytes){is_initiator ? noise->s.public : noise->remote_s, KEY_BYTES});
	mix_hash(noise, (struct bytes){is_initiator ? noise->remote_s : noise->s.public, KEY_BYTES});
}

/* Whether the next message is there and goes out from this side (even ones are the initiator's). */
static bool is_own_turn(const struct noise *noise)
{
	return (noise->message % 2 == 0) == noise->is_initiator;
}

int noise_write(struct noise *noise, const uint8_t ephemeral[KEY_BYTES], struct bytes payload, uint8_t *out,
		size_t *out_len)
{
	uint8_t *sealed = out + KEY_BYTES;
	int result;

	assert(noise->message < patterns[noise->pattern].messages && is_own_turn(noise));
	assert(payload.len <= NOISE_MESSAGE_MAX - NOISE_WRITE_OVERHEAD);
	key_link_pair(ephemeral, &noise->e);
	result = run_message(noise, noise->e.public);
	if (result != RESULT_OK) {
		noise_finish(noise);
		return result;
	}
	memcpy(out, noise->e.public, KEY_BYTES);
	encrypt_with_ad(&noise->cipher, (struct bytes){noise->hash, NOISE_HASH_BYTES}, payload, sealed);
	mix_hash(noise, (struct bytes){sealed, payload.len + NOISE_TAG_BYTES});
	*out_len = payload.len + NOISE_WRITE_OVERHEAD;
	return RESULT_OK;
}

int noise_read(struct noise *noise, struct bytes in, uint8_t *out, size_t *out_len)
{
	struct bytes sealed;

	assert(noise->message < patterns[noise->pattern].messages && !is_own_turn(noise));
	if (in.len < NOISE_WRITE_OVERHEAD || in.len > NOISE_MESSAGE_MAX)
		goto refuse;
	memcpy(noise->remote_e, in.data, KEY_BYTES);
	if (run_message(noise, noise->remote_e) != RESULT_OK)
		goto refuse;
	sealed = (struct bytes){in.data + KEY_BYTES, in.len - KEY_BYTES};
	if (decrypt_with_ad(&noise->cipher, (struct bytes){noise->hash, NOISE_HASH_BYTES}, sealed, out) != RESULT_OK)
		goto refuse;
	mix_hash(noise, sealed);
	*out_len = in.len - NOISE_WRITE_OVERHEAD;
	return RESULT_OK;
refuse:
	noise_finish(noise);
	return RESULT_SEAL;
}

void noise_split(const struct noise *noise, struct noise_cipher *out_initiator, struct noise_cipher *out_responder)
{
	uint8_t out[2][NOISE_HASH_BYTES];

	assert(noise->has_key && noise->message == patterns[noise->pattern].messages);
	hkdf(noise->chaining_key, (struct bytes){NULL, 0}, 2, out);
	memcpy(out_initiator->key, out[0], KEY_BYTES);
	memcpy(out_responder->key, out[1], KEY_BYTES);
	out_initiator->nonce = out_responder->nonce = 0;
	sodium_memzero(out, sizeof out);
}

void noise_finish(struct noise *noise)
{
	sodium_memzero(noise, sizeof *noise);
}

void noise_encrypt(struct noise_cipher *cipher, struct bytes plain, uint8_t *out)
{
	assert(plain.len <= NOISE_MESSAGE_MAX - NOISE_TAG_BYTES);
	encrypt_with_ad(cipher, (struct bytes){NULL, 0}, plain, out);
}

int noise_decrypt(struct noise_cipher *cipher, struct bytes in, uint8_t *out)
{
	if (in.len > NOISE_MESSAGE_MAX)
		return RESULT_SEAL;
	return decrypt_with_ad(cipher, (struct bytes){NULL, 0}, in, out);
}
