/*
 * Attachments as streams (SPEC 5.1). libsodium's init_push draws the header itself; init_pull makes the same state from
 * a header that is given, so both ways begin with it.
 */
#include "proto/attachment.h"

#include <assert.h>

#include "proto/result.h"

_Static_assert(ATTACHMENT_HEADER_BYTES == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "SPEC 5.1");
_Static_assert(ATTACHMENT_TAG_BYTES == crypto_secretstream_xchacha20poly1305_ABYTES, "SPEC 5.1");
_Static_assert(KEY_BYTES == crypto_secretstream_xchacha20poly1305_KEYBYTES, "SPEC 5.1");

/* An attachment of no bytes has one message of none. */
uint64_t attachment_cipher_len(uint64_t len)
{
	uint64_t messages = len == 0 ? 1 : (len + ATTACHMENT_CHUNK_BYTES - 1) / ATTACHMENT_CHUNK_BYTES;

	return ATTACHMENT_HEADER_BYTES + len + messages * ATTACHMENT_TAG_BYTES;
}

size_t attachment_next(const struct attachment_stream *stream)
{
	uint64_t rest = stream->len - stream->done;

	return rest < ATTACHMENT_CHUNK_BYTES ? (size_t)rest : ATTACHMENT_CHUNK_BYTES;
}

static void begin(struct attachment_stream *stream, const uint8_t key[KEY_BYTES],
		  const uint8_t header[ATTACHMENT_HEADER_BYTES], uint64_t len)
{
	*stream = (struct attachment_stream){.len = len};
	crypto_secretstream_xchacha20poly1305_init_pull(&stream->state, header, key);
	hash_begin(&stream->plain);
	hash_begin(&stream->cipher);
	hash_add(&stream->cipher, (struct bytes){header, ATTACHMENT_HEADER_BYTES});
}

/* One message has passed. */
static void pass(struct attachment_stream *stream, struct bytes plain, const uint8_t *cipher)
{
	hash_add(&stream->plain, plain);
	hash_add(&stream->cipher, (struct bytes){cipher, plain.len + ATTACHMENT_TAG_BYTES});
	stream->done += plain.len;
	stream->is_final = stream->done == stream->len;
}

static uint8_t next_tag(const struct attachment_stream *stream)
{
	return stream->done + attachment_next(stream) == stream->len ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
								     : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}

void attachment_seal_begin(struct attachment_stream *stream, const uint8_t key[KEY_BYTES],
			   const uint8_t header[ATTACHMENT_HEADER_BYTES], uint64_t len)
{
	begin(stream, key, header, len);
}

void attachment_seal(struct attachment_stream *stream, const uint8_t *plain, uint8_t *out)
{
	size_t len = attachment_next(stream);

	assert(!stream->is_final);
	crypto_secretstream_xchacha20poly1305_push(&stream->state, out, NULL, plain, len, NULL, 0, next_tag(stream));
	pass(stream, (struct bytes){plain, len}, out);
}

void attachment_seal_end(struct attachment_stream *stream, uint8_t out_hash[HASH_BYTES],
			 uint8_t out_cipher_hash[HASH_BYTES])
{
	assert(stream->is_final);
	hash_end(&stream->plain, out_hash);
	hash_end(&stream->cipher, out_cipher_hash);
	key_wipe(stream, sizeof *stream);
}

void attachment_open_begin(struct attachment_stream *stream, const struct attachment *attachment,
			   const uint8_t header[ATTACHMENT_HEADER_BYTES])
{
	begin(stream, attachment->key, header, attachment->len);
}

int attachment_open(struct attachment_stream *stream, const uint8_t *cipher, uint8_t *out)
{
	size_t len = attachment_next(stream);
	uint8_t tag;

	if (stream->is_final || crypto_secretstream_xchacha20poly1305_pull(&stream->state, out, NULL, &tag, cipher,
									   len + ATTACHMENT_TAG_BYTES, NULL, 0) != 0)
		return RESULT_SEAL;
	if (tag != next_tag(stream)) {
		key_wipe(out, len);
		return RESULT_SEAL;
	}
	pass(stream, (struct bytes){out, len}, cipher);
	return RESULT_OK;
}

int attachment_open_end(struct attachment_stream *stream, const struct attachment *attachment)
{
	uint8_t plain[HASH_BYTES], cipher[HASH_BYTES];
	int result = RESULT_INCOMPLETE;

	if (stream->is_final) {
		hash_end(&stream->plain, plain);
		hash_end(&stream->cipher, cipher);
		result = hash_equal(plain, attachment->hash, HASH_BYTES) &&
				 hash_equal(cipher, attachment->cipher_hash, HASH_BYTES)
			     ? RESULT_OK
			     : RESULT_DIFFERENT;
	}
	key_wipe(stream, sizeof *stream);
	return result;
}
