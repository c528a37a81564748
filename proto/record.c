/*
 * The two handshake records of a link (SPEC 3): the tag in front of the first, and payloads that are one strict
 * array and then zeros. Whatever fails wipes the handshake.
 */
#include "proto/record.h"

#include <assert.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/result.h"

#define FIRST_PAYLOAD_BYTES (RECORD_BYTES - RECORD_TAG_BYTES - NOISE_WRITE_OVERHEAD)
#define SECOND_PAYLOAD_BYTES (RECORD_BYTES - NOISE_WRITE_OVERHEAD)
#define PROLOGUE_MAX 128

/* "hotline/1" || 0 || initiator || 0 || responder || 0 || generation || week || cell */
static struct bytes prologue(const struct record_context *context, uint8_t out[PROLOGUE_MAX])
{
	const struct bytes zero = {(const uint8_t *)"", 1};
	struct pack_writer w = pack_writer(out, PROLOGUE_MAX);
	uint8_t numbers[10];

	pack_be32(numbers, context->generation);
	pack_be32(numbers + 4, context->week);
	pack_be16(numbers + 8, context->cell);
	pack_put_raw(&w, bytes_of("hotline/1"));
	pack_put_raw(&w, zero);
	pack_put_raw(&w, name_bytes(&context->initiator));
	pack_put_raw(&w, zero);
	pack_put_raw(&w, name_bytes(&context->responder));
	pack_put_raw(&w, zero);
	pack_put_raw(&w, (struct bytes){numbers, sizeof numbers});
	assert(!w.is_over);
	return pack_written(&w);
}

/* BLAKE2b-128(k_tag, "hotline/1/tag" || 0 || initiator || 0 || what follows the tag) */
static void tag(const uint8_t record[RECORD_BYTES], const uint8_t k_tag[KEY_BYTES], const struct name *initiator,
		uint8_t out[RECORD_TAG_BYTES])
{
	const struct bytes zero = {(const uint8_t *)"", 1};
	const struct bytes parts[] = {bytes_of("hotline/1/tag"),
				      zero,
				      name_bytes(initiator),
				      zero,
				      {record + RECORD_TAG_BYTES, RECORD_BYTES - RECORD_TAG_BYTES}};

	hash_keyed((struct bytes){k_tag, KEY_BYTES}, parts, sizeof parts / sizeof *parts, out, RECORD_TAG_BYTES);
}

/* The end of a payload: nothing failed, and after the array there are only zeros. */
static int read_padding(const struct pack_reader *r)
{
	uint8_t any = r->error == RESULT_OK ? 0 : 1;

	for (const uint8_t *at = r->next; at < r->end; at++)
		any |= *at;
	return any == 0 ? RESULT_OK : RESULT_MALFORMED;
}

static void begin(struct noise *noise, const struct record_context *context, bool is_initiator,
		  const struct link_pair *own, const uint8_t peer_link[KEY_BYTES], const uint8_t k_link[KEY_BYTES])
{
	uint8_t buffer[PROLOGUE_MAX];

	noise_init(noise, NOISE_KKPSK0, is_initiator, prologue(context, buffer), own, peer_link, k_link);
}

int record_write_first(const struct record_context *context, const struct link_pair *own,
		       const uint8_t peer_link[KEY_BYTES], const uint8_t k_link[KEY_BYTES],
		       const uint8_t k_tag[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES], uint64_t counter, int64_t at,
		       struct noise *noise, uint8_t out[RECORD_BYTES])
{
	uint8_t payload[FIRST_PAYLOAD_BYTES] = {0}, message[RECORD_BYTES - RECORD_TAG_BYTES];
	struct pack_writer w = pack_writer(payload, sizeof payload);
	size_t len;
	int result;

	pack_put_array(&w, 2);
	pack_put_uint(&w, counter);
	pack_put_int(&w, at);
	begin(noise, context, true, own, peer_link, k_link);
	result = noise_write(noise, ephemeral, (struct bytes){payload, sizeof payload}, message, &len);
	if (result != RESULT_OK)
		return result;
	assert(len == sizeof message);
	memcpy(out + RECORD_TAG_BYTES, message, sizeof message);
	tag(out, k_tag, &context->initiator, out);
	return RESULT_OK;
}

bool record_tag_matches(const uint8_t record[RECORD_BYTES], const uint8_t k_tag[KEY_BYTES],
			const struct name *initiator)
{
	uint8_t expected[RECORD_TAG_BYTES];

	tag(record, k_tag, initiator, expected);
	return hash_equal(record, expected, sizeof expected);
}

int record_read_first(const struct record_context *context, const struct link_pair *own,
		      const uint8_t peer_link[KEY_BYTES], const uint8_t k_link[KEY_BYTES],
		      const uint8_t record[RECORD_BYTES], struct noise *noise, uint64_t *out_counter, int64_t *out_at)
{
	const struct bytes message = {record + RECORD_TAG_BYTES, RECORD_BYTES - RECORD_TAG_BYTES};
	uint8_t payload[FIRST_PAYLOAD_BYTES];
	struct pack_reader r;
	uint64_t counter;
	int64_t at;
	size_t len;

	begin(noise, context, false, own, peer_link, k_link);
	if (noise_read(noise, message, payload, &len) != RESULT_OK)
		return RESULT_SEAL;
	r = pack_reader((struct bytes){payload, len});
	pack_expect_array(&r, 2);
	counter = pack_read_uint(&r, INT64_MAX);
	at = pack_read_int(&r);
	if (read_padding(&r) != RESULT_OK) {
		noise_finish(noise);
		return RESULT_MALFORMED;
	}
	*out_counter = counter;
	*out_at = at;
	return RESULT_OK;
}

int record_write_second(struct noise *noise, const uint8_t ephemeral[KEY_BYTES], int64_t at, uint8_t out[RECORD_BYTES])
{
	uint8_t payload[SECOND_PAYLOAD_BYTES] = {0}, message[RECORD_BYTES];
	struct pack_writer w = pack_writer(payload, sizeof payload);
	size_t len;
	int result;

	pack_put_array(&w, 1);
	pack_put_int(&w, at);
	result = noise_write(noise, ephemeral, (struct bytes){payload, sizeof payload}, message, &len);
	if (result != RESULT_OK)
		return result;
	assert(len == sizeof message);
	memcpy(out, message, sizeof message);
	return RESULT_OK;
}

int record_read_second(struct noise *noise, const uint8_t record[RECORD_BYTES], int64_t *out_at)
{
	uint8_t payload[SECOND_PAYLOAD_BYTES];
	struct pack_reader r;
	int64_t at;
	size_t len;

	if (noise_read(noise, (struct bytes){record, RECORD_BYTES}, payload, &len) != RESULT_OK)
		return RESULT_SEAL;
	r = pack_reader((struct bytes){payload, len});
	pack_expect_array(&r, 1);
	at = pack_read_int(&r);
	if (read_padding(&r) != RESULT_OK) {
		noise_finish(noise);
		return RESULT_MALFORMED;
	}
	*out_at = at;
	return RESULT_OK;
}
