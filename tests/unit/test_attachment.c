/* Attachments: libsodium's own stream reads what is sealed, and nothing else opens. */
#include "proto/attachment.h"

#include <sodium.h>

#include "tests/unit/test.h"

#define LEN_MOST (2 * ATTACHMENT_CHUNK_BYTES + 1)

static const uint8_t key[KEY_BYTES] = {1, 2, 3}, header[ATTACHMENT_HEADER_BYTES] = {4, 5, 6};
static uint8_t plain[LEN_MOST], cipher[LEN_MOST + 4 * ATTACHMENT_TAG_BYTES], back[ATTACHMENT_CHUNK_BYTES];

/* Seals the first len bytes of plain into cipher, without the header; what a content says of it. */
static struct attachment seal(size_t len)
{
	struct attachment a = {.len = len, .cipher_len = attachment_cipher_len(len)};
	struct attachment_stream stream;
	size_t in = 0, out = 0;

	for (size_t i = 0; i < len; i++)
		plain[i] = (uint8_t)(i * 7 + i / 251);
	memcpy(a.key, key, KEY_BYTES);
	attachment_seal_begin(&stream, key, header, len);
	while (!stream.is_final) {
		size_t step = attachment_next(&stream);

		attachment_seal(&stream, plain + in, cipher + out);
		in += step;
		out += step + ATTACHMENT_TAG_BYTES;
	}
	attachment_seal_end(&stream, a.hash, a.cipher_hash);
	CHECK_EQUAL(in, len);
	CHECK_EQUAL(out + ATTACHMENT_HEADER_BYTES, a.cipher_len);
	return a;
}

/* Opens `messages` of what is in cipher. */
static int open_some(const struct attachment *a, const uint8_t *head, int messages)
{
	struct attachment_stream stream;
	const uint8_t *at = cipher;
	size_t done = 0;

	attachment_open_begin(&stream, a, head);
	for (int i = 0; i < messages; i++) {
		size_t step = attachment_next(&stream);
		int result = attachment_open(&stream, at, back);

		if (result != RESULT_OK)
			return result;
		CHECK(memcmp(back, plain + done, step) == 0);
		done += step;
		at += step + ATTACHMENT_TAG_BYTES;
	}
	return attachment_open_end(&stream, a);
}

static int open_all(const struct attachment *a)
{
	return open_some(a, header, a->len == 0 ? 1 : (int)((a->len + ATTACHMENT_CHUNK_BYTES - 1) / ATTACHMENT_CHUNK_BYTES));
}

static const size_t lens[] = {0, 1, ATTACHMENT_CHUNK_BYTES - 1, ATTACHMENT_CHUNK_BYTES, ATTACHMENT_CHUNK_BYTES + 1,
			      2 * ATTACHMENT_CHUNK_BYTES, LEN_MOST};
#define LENS (sizeof lens / sizeof *lens)

TEST(what_was_sealed_opens_at_every_length)
{
	for (size_t i = 0; i < LENS; i++) {
		struct attachment a = seal(lens[i]);

		CHECK_EQUAL(open_all(&a), RESULT_OK);
	}
}

TEST(the_hashes_are_of_the_plain_bytes_and_of_header_and_messages)
{
	struct attachment a = seal(LEN_MOST);
	uint8_t hash[HASH_BYTES];

	hash_sha256((struct bytes){plain, LEN_MOST}, hash);
	CHECK(memcmp(hash, a.hash, HASH_BYTES) == 0);
	hash_sha256_parts((struct bytes[]){{header, sizeof header}, {cipher, LEN_MOST + 3 * ATTACHMENT_TAG_BYTES}}, 2,
			  hash);
	CHECK(memcmp(hash, a.cipher_hash, HASH_BYTES) == 0);
}

TEST(libsodium_opens_the_same_stream_and_finds_the_last_message_final)
{
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t tag = 0;
	size_t done = 0;

	seal(LEN_MOST);
	CHECK_EQUAL(crypto_secretstream_xchacha20poly1305_init_pull(&state, header, key), 0);
	for (int i = 0; i < 3; i++) {
		size_t step = i < 2 ? ATTACHMENT_CHUNK_BYTES : 1;

		CHECK_EQUAL(tag, 0);
		CHECK_EQUAL(crypto_secretstream_xchacha20poly1305_pull(&state, back, NULL, &tag,
								       cipher + done + (size_t)i * ATTACHMENT_TAG_BYTES,
								       step + ATTACHMENT_TAG_BYTES, NULL, 0),
			    0);
		CHECK(memcmp(back, plain + done, step) == 0);
		done += step;
	}
	CHECK_EQUAL(tag, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
}

TEST(what_libsodium_seals_with_its_own_header_opens)
{
	crypto_secretstream_xchacha20poly1305_state state;
	struct attachment a = {.len = 5};
	uint8_t own[ATTACHMENT_HEADER_BYTES];

	memcpy(a.key, key, KEY_BYTES);
	crypto_secretstream_xchacha20poly1305_init_push(&state, own, key);
	memcpy(plain, "hello", 5);
	crypto_secretstream_xchacha20poly1305_push(&state, cipher, NULL, plain, 5, NULL, 0,
						   crypto_secretstream_xchacha20poly1305_TAG_FINAL);
	hash_sha256((struct bytes){plain, 5}, a.hash);
	hash_sha256_parts((struct bytes[]){{own, sizeof own}, {cipher, 5 + ATTACHMENT_TAG_BYTES}}, 2, a.cipher_hash);
	CHECK_EQUAL(open_some(&a, own, 1), RESULT_OK);
}

TEST(another_key_or_header_or_a_changed_byte_does_not_open)
{
	struct attachment a = seal(100);
	uint8_t other[ATTACHMENT_HEADER_BYTES];

	a.key[31] ^= 1;
	CHECK_EQUAL(open_all(&a), RESULT_SEAL);
	a.key[31] ^= 1;
	for (size_t i = 0; i < sizeof header; i += sizeof header - 1) {
		memcpy(other, header, sizeof header);
		other[i] ^= 1;
		CHECK_EQUAL(open_some(&a, other, 1), RESULT_SEAL);
	}
	for (size_t i = 0; i < 100 + ATTACHMENT_TAG_BYTES; i++) {
		cipher[i] ^= 1;
		CHECK_EQUAL(open_all(&a), RESULT_SEAL);
		cipher[i] ^= 1;
	}
	CHECK_EQUAL(open_all(&a), RESULT_OK);
}

TEST(swapped_or_repeated_messages_do_not_open)
{
	static uint8_t first[ATTACHMENT_MESSAGE_BYTES];
	struct attachment a = seal(2 * ATTACHMENT_CHUNK_BYTES);

	memcpy(first, cipher, sizeof first);
	memcpy(cipher, cipher + ATTACHMENT_MESSAGE_BYTES, ATTACHMENT_MESSAGE_BYTES);
	CHECK_EQUAL(open_all(&a), RESULT_SEAL);
	memcpy(cipher, first, sizeof first);
	memcpy(cipher + ATTACHMENT_MESSAGE_BYTES, first, sizeof first);
	CHECK_EQUAL(open_all(&a), RESULT_SEAL);
}

TEST(a_stream_that_was_cut_is_not_whole)
{
	struct attachment a = seal(2 * ATTACHMENT_CHUNK_BYTES);

	CHECK_EQUAL(open_some(&a, header, 1), RESULT_INCOMPLETE);
	CHECK_EQUAL(open_some(&a, header, 0), RESULT_INCOMPLETE);
	a = seal(0);
	CHECK_EQUAL(open_some(&a, header, 0), RESULT_INCOMPLETE);
}

TEST(a_last_message_that_is_not_final_and_a_final_one_that_is_not_last_do_not_open)
{
	struct attachment a = seal(ATTACHMENT_CHUNK_BYTES + 1);

	a.len = ATTACHMENT_CHUNK_BYTES; /* its only message is not final */
	CHECK_EQUAL(open_some(&a, header, 1), RESULT_SEAL);
	a = seal(ATTACHMENT_CHUNK_BYTES);
	a.len++; /* its final message is not the last */
	CHECK_EQUAL(open_some(&a, header, 1), RESULT_SEAL);
}

TEST(nothing_opens_after_the_final_message)
{
	struct attachment a = seal(1);

	CHECK_EQUAL(open_some(&a, header, 2), RESULT_SEAL);
}

TEST(hashes_of_other_bytes_are_told)
{
	struct attachment a = seal(9);

	a.hash[0] ^= 1;
	CHECK_EQUAL(open_all(&a), RESULT_DIFFERENT);
	a.hash[0] ^= 1;
	a.cipher_hash[31] ^= 1;
	CHECK_EQUAL(open_all(&a), RESULT_DIFFERENT);
}
