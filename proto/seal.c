/*
 * Sealed parcels (SPEC 4): a Noise message that carries the plaintext's length, then transport messages full but for
 * the last. The outside is bound in as the prologue, which is its encoding without `sealed`.
 */
#include "proto/seal.h"

#include <assert.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/noise.h"
#include "proto/result.h"

#define SUITE "hotline/1"
#define HEAD_MAX 128
#define LENGTH_BYTES 4
#define MESSAGE_BYTES (NOISE_WRITE_OVERHEAD + LENGTH_BYTES)

/* The array begun with `count` elements and the seven that are not `sealed`. */
static struct bytes put_head(const struct seal_head *head, size_t count, uint8_t out[HEAD_MAX])
{
	struct pack_writer w = pack_writer(out, HEAD_MAX);

	pack_put_array(&w, count);
	pack_put_text(&w, SUITE);
	pack_put_str(&w, name_bytes(&head->from));
	pack_put_str(&w, name_bytes(&head->to));
	pack_put_uint(&w, head->generation);
	pack_put_uint(&w, head->week);
	pack_put_uint(&w, head->precedence);
	pack_put_uint(&w, head->seq);
	assert(!w.is_over);
	return pack_written(&w);
}

/* The shortest header of a bin whose bytes are then made in place. */
static void put_bin_header(struct pack_writer *w, size_t len)
{
	uint8_t header[5] = {0xc6};
	size_t width = len <= UINT8_MAX ? 1 : len <= UINT16_MAX ? 2 : 4;

	pack_be32(header + 1, (uint32_t)len);
	header[4 - width] = width == 1 ? 0xc4 : width == 2 ? 0xc5 : 0xc6;
	pack_put_raw(w, (struct bytes){header + 4 - width, 1 + width});
}

static size_t body_len(size_t len)
{
	return MESSAGE_BYTES + len + NOISE_TAG_BYTES * ((len + SEAL_CHUNK_BYTES - 1) / SEAL_CHUNK_BYTES);
}

static size_t chunk_len(size_t left)
{
	return left < SEAL_CHUNK_BYTES ? left : SEAL_CHUNK_BYTES;
}

static void begin(struct noise *noise, bool is_sender, const struct seal_head *head, const struct link_pair *own,
		  const uint8_t peer_link[KEY_BYTES], const uint8_t psk[KEY_BYTES])
{
	uint8_t prologue[HEAD_MAX];

	noise_init(noise, NOISE_KPSK0, is_sender, put_head(head, 7, prologue), own, peer_link, psk);
}

/* One way only: the second cipher of the split is never used (Noise 7.4). */
static void take_cipher(struct noise *noise, struct noise_cipher *out)
{
	struct noise_cipher unused;

	noise_split(noise, out, &unused);
	noise_finish(noise);
	key_wipe(&unused, sizeof unused);
}

size_t seal_capacity(size_t len)
{
	return HEAD_MAX + body_len(len);
}

int seal_close(const struct seal_head *head, const struct link_pair *own, const uint8_t peer_link[KEY_BYTES],
	       const uint8_t psk[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES], struct bytes plain, uint8_t *out,
	       size_t *out_len)
{
	struct pack_writer w = pack_writer(out, seal_capacity(plain.len));
	uint8_t outside[HEAD_MAX], length[LENGTH_BYTES];
	struct noise noise;
	struct noise_cipher cipher;
	size_t len, chunk;
	uint8_t *at;
	int result;

	assert(plain.len > 0 && plain.len <= LIMIT_PARCEL_BYTES);
	begin(&noise, true, head, own, peer_link, psk);
	pack_put_raw(&w, put_head(head, 8, outside));
	put_bin_header(&w, body_len(plain.len));
	at = out + w.len;
	pack_be32(length, (uint32_t)plain.len);
	result = noise_write(&noise, ephemeral, (struct bytes){length, sizeof length}, at, &len);
	if (result != RESULT_OK)
		return result;
	take_cipher(&noise, &cipher);
	at += len;
	for (size_t done = 0; done < plain.len; done += chunk, at += chunk + NOISE_TAG_BYTES) {
		chunk = chunk_len(plain.len - done);
		noise_encrypt(&cipher, (struct bytes){plain.data + done, chunk}, at);
	}
	key_wipe(&cipher, sizeof cipher);
	*out_len = (size_t)(at - out);
	return RESULT_OK;
}

int seal_decode(struct bytes in, struct sealed *out)
{
	struct pack_reader r = pack_reader(in);
	struct sealed sealed = {0};
	uint64_t generation, week, precedence;
	int result;

	pack_expect_array(&r, 8);
	if (!bytes_equal(pack_read_str(&r, SIZE_MAX), bytes_of(SUITE)))
		pack_fail(&r, RESULT_MALFORMED);
	if (!name_copy(pack_read_str(&r, SIZE_MAX), &sealed.head.from))
		pack_fail(&r, RESULT_MALFORMED);
	if (!name_copy(pack_read_str(&r, SIZE_MAX), &sealed.head.to))
		pack_fail(&r, RESULT_MALFORMED);
	generation = pack_read_uint(&r, INT64_MAX);
	week = pack_read_uint(&r, INT64_MAX);
	precedence = pack_read_uint(&r, INT64_MAX);
	sealed.head.seq = pack_read_uint(&r, INT64_MAX);
	if (generation > UINT32_MAX || week > UINT32_MAX || precedence > 3 || sealed.head.seq == 0)
		pack_fail(&r, RESULT_MALFORMED);
	sealed.body = pack_read_bin(&r, body_len(LIMIT_PARCEL_BYTES));
	result = pack_read_end(&r);
	if (result != RESULT_OK)
		return result;
	sealed.head.generation = (uint32_t)generation;
	sealed.head.week = (uint32_t)week;
	sealed.head.precedence = (uint8_t)precedence;
	*out = sealed;
	return RESULT_OK;
}

size_t seal_plain_len(const struct sealed *sealed)
{
	const size_t full = SEAL_CHUNK_BYTES + NOISE_TAG_BYTES;
	size_t chunks, len;

	if (sealed->body.len <= MESSAGE_BYTES + NOISE_TAG_BYTES)
		return 0;
	chunks = (sealed->body.len - MESSAGE_BYTES + full - 1) / full;
	len = sealed->body.len - MESSAGE_BYTES - chunks * NOISE_TAG_BYTES;
	/* a last message of its tag alone, or of less, stands for no plaintext */
	return len <= LIMIT_PARCEL_BYTES && body_len(len) == sealed->body.len ? len : 0;
}

int seal_open(const struct sealed *sealed, const struct link_pair *own, const uint8_t peer_link[KEY_BYTES],
	      const uint8_t psk[KEY_BYTES], uint8_t *out)
{
	size_t plain_len = seal_plain_len(sealed), len, chunk;
	const uint8_t *at = sealed->body.data + MESSAGE_BYTES;
	uint8_t length[LENGTH_BYTES];
	struct noise noise;
	struct noise_cipher cipher;
	int result = RESULT_OK;

	if (plain_len == 0)
		return RESULT_SEAL;
	begin(&noise, false, &sealed->head, own, peer_link, psk);
	if (noise_read(&noise, (struct bytes){sealed->body.data, MESSAGE_BYTES}, length, &len) != RESULT_OK)
		return RESULT_SEAL;
	take_cipher(&noise, &cipher);
	if (pack_from_be32(length) != plain_len)
		result = RESULT_SEAL;
	for (size_t done = 0; done < plain_len && result == RESULT_OK; done += chunk, at += chunk + NOISE_TAG_BYTES) {
		chunk = chunk_len(plain_len - done);
		result = noise_decrypt(&cipher, (struct bytes){at, chunk + NOISE_TAG_BYTES}, out + done);
	}
	if (result != RESULT_OK)
		key_wipe(out, plain_len);
	key_wipe(&cipher, sizeof cipher);
	return result;
}
