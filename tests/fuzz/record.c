/* Payloads of both handshake records by a peer with keys: one array and zeros, and nothing else is taken. */
#include "proto/record.h"
#include "tests/fuzz/fuzz.h"

#define PLAIN_MAX (RECORD_BYTES - NOISE_WRITE_OVERHEAD)

static const struct record_context context = {{"tha-cert"}, {"vnm-cert"}, 0, 2962, 1024};
static const uint8_t ephemeral[KEY_BYTES] = {5}, psk[KEY_BYTES] = {6}, tag_key[KEY_BYTES] = {7};

/* A first record as it should be, to have both sides of the handshake. */
static void make_first(const struct link_pair *a, const struct link_pair *b, struct noise *noise,
		       uint8_t out[RECORD_BYTES])
{
	FUZZ_NEED(record_write_first(&context, a, b->public, psk, tag_key, ephemeral, 1, 2, noise, out) == RESULT_OK);
}

/* Whether a payload is one of the form [uint, int] (first) or [int], then zeros. */
static bool is_payload(const uint8_t *payload, size_t len, bool is_first)
{
	struct pack_reader r = pack_reader((struct bytes){payload, len});

	pack_expect_array(&r, is_first ? 2 : 1);
	if (is_first)
		pack_read_uint(&r, INT64_MAX);
	pack_read_int(&r);
	if (r.error != RESULT_OK)
		return false;
	while (r.next < r.end)
		if (*r.next++ != 0)
			return false;
	return true;
}

/* The responder reads a first record whose 240 bytes behind the tag are the input: never accepted. */
static void read_junk(const struct link_pair *a, const struct link_pair *b, struct bytes in)
{
	uint8_t record[RECORD_BYTES] = {0};
	struct noise noise;
	uint64_t counter;
	int64_t at;

	memcpy(record, in.data, in.len < sizeof record ? in.len : sizeof record);
	FUZZ_NEED(!record_tag_matches(record, tag_key, &context.initiator));
	FUZZ_NEED(record_read_first(&context, b, a->public, psk, record, &noise, &counter, &at) != RESULT_OK);
}

/* The initiator reads a second record that carries the input as its payload. */
static void read_second(const struct link_pair *a, const struct link_pair *b, struct bytes in)
{
	uint8_t record[RECORD_BYTES], payload[PLAIN_MAX] = {0};
	struct noise initiator, responder;
	uint64_t counter;
	int64_t at;
	size_t len;
	bool is_good;

	memcpy(payload, in.data, in.len < sizeof payload ? in.len : sizeof payload);
	make_first(a, b, &initiator, record);
	FUZZ_NEED(record_read_first(&context, b, a->public, psk, record, &responder, &counter, &at) == RESULT_OK);
	FUZZ_NEED(noise_write(&responder, ephemeral, (struct bytes){payload, sizeof payload}, record, &len) ==
		  RESULT_OK);
	is_good = record_read_second(&initiator, record, &at) == RESULT_OK;
	FUZZ_NEED(is_good == is_payload(payload, sizeof payload, false));
	fuzz_accepted |= is_good;
	noise_finish(&initiator);
	noise_finish(&responder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link_pair a, b;
	struct bytes in = {data, size};

	key_link_pair((const uint8_t[32]){1}, &a);
	key_link_pair((const uint8_t[32]){2}, &b);
	if (size == 0)
		return 0;
	read_junk(&a, &b, in);
	read_second(&a, &b, in);
	return 0;
}
