/* Passphrases to keys, files and rows to ciphertext. */
#include "proto/lock.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/result.h"

#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define AD_BYTES 128

static const char magic[] = "hotline-lock/1";

/* The head of a locked file; ciphertext borrowed. */
struct head {
	uint8_t salt[LOCK_SALT_BYTES], nonce[LOCK_NONCE_BYTES];
	struct bytes label, ciphertext;
};

static int read_head(struct bytes in, struct head *out)
{
	struct pack_reader r = pack_reader(in);
	struct bytes word;

	pack_expect_array(&r, 5);
	word = pack_read_str(&r, sizeof magic);
	out->label = pack_read_str(&r, LOCK_LABEL_BYTES);
	pack_read_fixed(&r, out->salt, sizeof out->salt);
	pack_read_fixed(&r, out->nonce, sizeof out->nonce);
	out->ciphertext = pack_read_bin(&r, LIMIT_OBJECT_BYTES + TAG_BYTES);
	if (!bytes_equal(word, bytes_of(magic)) || out->ciphertext.len < TAG_BYTES)
		pack_fail(&r, RESULT_MALFORMED);
	return pack_read_end(&r);
}

/* magic 0x00 label: what the ciphertext is for. */
static size_t additional(struct bytes first, struct bytes second, uint8_t out[AD_BYTES])
{
	assert(first.len + 1 + second.len <= AD_BYTES);
	memcpy(out, first.data, first.len);
	out[first.len] = 0;
	if (second.len > 0)
		memcpy(out + first.len + 1, second.data, second.len);
	return first.len + 1 + second.len;
}

/* RFC 9106, Argon2id version 0x13, one lane. */
static int stretch(struct bytes passphrase, const uint8_t salt[LOCK_SALT_BYTES], uint8_t out[KEY_BYTES])
{
	return crypto_pwhash(out, KEY_BYTES, (const char *)passphrase.data, passphrase.len, salt, LOCK_PASSES,
			     LOCK_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
}

int lock_close(struct bytes label, struct bytes passphrase, const uint8_t random[LOCK_RANDOM_BYTES], struct bytes plain,
	       struct pack_writer *w)
{
	static uint8_t ciphertext[LIMIT_OBJECT_BYTES + TAG_BYTES];
	uint8_t key[KEY_BYTES], ad[AD_BYTES];
	size_t ad_len = additional(bytes_of(magic), label, ad);
	unsigned long long len;

	assert(plain.len <= LIMIT_OBJECT_BYTES && label.len <= LOCK_LABEL_BYTES);
	if (stretch(passphrase, random, key) != 0)
		return -1;
	crypto_aead_xchacha20poly1305_ietf_encrypt(ciphertext, &len, plain.data, plain.len, ad, ad_len, NULL,
						   random + LOCK_SALT_BYTES, key);
	sodium_memzero(key, sizeof key);
	pack_put_array(w, 5);
	pack_put_text(w, magic);
	pack_put_str(w, label);
	pack_put_bin(w, random, LOCK_SALT_BYTES);
	pack_put_bin(w, random + LOCK_SALT_BYTES, LOCK_NONCE_BYTES);
	pack_put_bin(w, ciphertext, (size_t)len);
	return RESULT_OK;
}

bool lock_is_locked(struct bytes in)
{
	struct head head;

	return read_head(in, &head) == RESULT_OK;
}

int lock_open(struct bytes label, struct bytes passphrase, struct bytes in, uint8_t *out, size_t *out_len)
{
	uint8_t key[KEY_BYTES], ad[AD_BYTES];
	size_t ad_len = additional(bytes_of(magic), label, ad);
	unsigned long long len;
	struct head head;
	int result;

	if (read_head(in, &head) != RESULT_OK || !bytes_equal(head.label, label))
		return RESULT_MALFORMED;
	if (stretch(passphrase, head.salt, key) != 0)
		return -1;
	result = crypto_aead_xchacha20poly1305_ietf_decrypt(out, &len, NULL, head.ciphertext.data, head.ciphertext.len,
							    ad, ad_len, head.nonce, key);
	sodium_memzero(key, sizeof key);
	if (result != 0)
		return RESULT_SEAL;
	*out_len = (size_t)len;
	return RESULT_OK;
}

void row_close(const uint8_t key[KEY_BYTES], struct bytes table, struct bytes row,
	       const uint8_t nonce[LOCK_NONCE_BYTES], struct bytes plain, uint8_t *out)
{
	uint8_t ad[AD_BYTES];
	size_t ad_len = additional(table, row, ad);

	memcpy(out, nonce, LOCK_NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + LOCK_NONCE_BYTES, NULL, plain.data, plain.len, ad, ad_len,
						   NULL, nonce, key);
}

int row_open(const uint8_t key[KEY_BYTES], struct bytes table, struct bytes row, struct bytes in, uint8_t *out,
	     size_t *out_len)
{
	uint8_t ad[AD_BYTES];
	size_t ad_len = additional(table, row, ad);
	unsigned long long len;

	if (in.len < ROW_OVERHEAD_BYTES ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(out, &len, NULL, in.data + LOCK_NONCE_BYTES,
						       in.len - LOCK_NONCE_BYTES, ad, ad_len, in.data, key) != 0)
		return RESULT_SEAL;
	*out_len = (size_t)len;
	return RESULT_OK;
}
