/* Card requests: one form, every refusal, and that none can pass for a card. */
#include "proto/request.h"

#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[REQUEST_BYTES + 64], body[REQUEST_BYTES];

static struct card card(void)
{
	static const uint8_t one[32] = {1}, two[32] = {2}, three[32] = {3};
	struct sign_pair signing, log;
	struct link_pair link;
	struct card made = {
	    .name = bytes_of("tha-cert"),
	    .state = bytes_of("tha"),
	    .serial = 2,
	    .valid_from = 1000,
	    .valid_until = 2000,
	    .lane = LANE_TECHNICAL,
	    .layer = 1,
	    .zone = bytes_of("Asia/Bangkok"),
	    .endpoint_count = 1,
	    .endpoint = {bytes_of("hotline.example:4770")},
	};

	key_sign_pair(one, &signing);
	key_sign_pair(two, &log);
	key_link_pair(three, &link);
	memcpy(made.signing, signing.public, KEY_BYTES);
	memcpy(made.log, log.public, KEY_BYTES);
	memcpy(made.link, link.public, KEY_BYTES);
	return made;
}

static struct bytes encode(const struct card *in)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	request_encode(in, &w);
	return pack_written(&w);
}

static int decode(struct bytes in)
{
	static struct card out;

	return request_decode(in, &out);
}

/* A request around these bytes as they are. */
static struct bytes around(const char *format, size_t count, struct bytes inner)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	pack_put_array(&w, count);
	pack_put_text(&w, format);
	pack_put_bytes(&w, inner);
	if (count > 2)
		pack_put_uint(&w, 0);
	return pack_written(&w);
}

static struct bytes body_of(const struct card *in)
{
	struct pack_writer w = pack_writer(body, sizeof body);

	card_encode(in, &w);
	return pack_written(&w);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	static struct card out;
	int result = request_decode(in, &out);

	if (result == RESULT_OK)
		request_encode(&out, w);
	return result;
}

TEST(request_gives_back_the_card_without_a_root)
{
	static const uint8_t none[KEY_BYTES];
	struct card in = card(), out;

	memset(in.root, 9, sizeof in.root);
	CHECK_EQUAL(request_decode(encode(&in), &out), RESULT_OK);
	CHECK(bytes_equal(out.name, in.name) && out.serial == 2 && out.endpoint_count == 1);
	CHECK(memcmp(out.link, in.link, KEY_BYTES) == 0 && memcmp(out.root, none, KEY_BYTES) == 0);
}

TEST(body_with_a_root_is_no_request)
{
	static const uint8_t seed[32] = {4};
	struct card in = card();
	struct sign_pair root;

	CHECK_EQUAL(decode(around("hotline-request/1", 2, body_of(&in))), RESULT_OK);
	key_sign_pair(seed, &root);
	memcpy(in.root, root.public, KEY_BYTES);
	CHECK_EQUAL(decode(around("hotline-request/1", 2, body_of(&in))), RESULT_KEY);
}

TEST(body_of_a_request_is_no_card)
{
	struct card in = card(), out;

	CHECK_EQUAL(card_decode(body_of(&in), &out), RESULT_KEY);
}

TEST(request_of_another_format_is_refused)
{
	struct card in = card();

	CHECK_EQUAL(decode(around("hotline-request/2", 2, body_of(&in))), RESULT_MALFORMED);
	CHECK_EQUAL(decode(around("hotline-request/1", 3, body_of(&in))), RESULT_MALFORMED);
	CHECK_EQUAL(decode(around("hotline-request/1", 2, (struct bytes){NULL, 0})), RESULT_MALFORMED);
	CHECK_EQUAL(decode((struct bytes){NULL, 0}), RESULT_MALFORMED);
}

TEST(request_for_a_name_of_another_state_is_refused)
{
	struct card in = card();

	in.state = bytes_of("vnm");
	CHECK_EQUAL(decode(encode(&in)), RESULT_MALFORMED);
}

TEST(request_whose_validity_ends_before_it_begins_is_refused)
{
	struct card in = card();

	in.valid_until = in.valid_from + 1;
	CHECK_EQUAL(decode(encode(&in)), RESULT_OK);
	in.valid_until = in.valid_from;
	CHECK_EQUAL(decode(encode(&in)), RESULT_MALFORMED);
}

TEST(request_with_an_endpoint_that_is_none_is_refused)
{
	struct card in = card();

	in.endpoint[0] = bytes_of("hotline.example");
	CHECK_EQUAL(decode(encode(&in)), RESULT_MALFORMED);
}

TEST(request_with_unfit_or_equal_keys_is_refused)
{
	struct card in = card();

	memset(in.signing, 0, KEY_BYTES);
	CHECK_EQUAL(decode(encode(&in)), RESULT_KEY);
	in = card();
	memcpy(in.log, in.signing, KEY_BYTES);
	CHECK_EQUAL(decode(encode(&in)), RESULT_KEY);
}

TEST(request_too_large_to_be_signed_is_refused)
{
	static uint8_t large[LIMIT_OBJECT_BYTES];

	CHECK_EQUAL(decode(around("hotline-request/1", 2,
				  (struct bytes){large, LIMIT_OBJECT_BYTES - OBJECT_OVERHEAD_BYTES + 1})),
		    RESULT_LIMIT);
	CHECK_EQUAL(
	    decode(around("hotline-request/1", 2, (struct bytes){large, LIMIT_OBJECT_BYTES - OBJECT_OVERHEAD_BYTES})),
	    RESULT_MALFORMED);
}

TEST(digest_tells_two_requests_apart)
{
	struct card in = card();
	char one[FINGERPRINT_TEXT], two[FINGERPRINT_TEXT];

	request_digest(encode(&in), one);
	in.serial++;
	request_digest(encode(&in), two);
	CHECK(strlen(one) == 47 && strcmp(one, two) != 0);
}

TEST(request_has_one_form)
{
	static uint8_t base[REQUEST_BYTES];
	struct card in = card();
	struct bytes made = encode(&in);

	memcpy(base, made.data, made.len);
	CHECK(mutate_all(recode, (struct bytes){base, made.len}, 7));
}
