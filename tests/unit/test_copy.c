/* Copies that the ladder makes: their form, and what is refused. */
#include "proto/copy.h"
#include "proto/limits.h"
#include "tests/unit/test.h"

static uint8_t body[LIMIT_OBJECT_BYTES];
static struct copy out;

static struct copy good(void)
{
	struct copy copy = {.to = bytes_of("vnm-mfa"), .step = 100, .at = 1000, .card_serial = 3};

	memset(copy.message, 7, sizeof copy.message);
	return copy;
}

static int decoded(const struct copy *copy)
{
	struct pack_writer w = pack_writer(body, sizeof body);

	copy_encode(copy, &w);
	return copy_decode(pack_written(&w), &out);
}

TEST(a_copy_comes_back_as_it_was_put)
{
	struct copy copy = good();

	CHECK_EQUAL(decoded(&copy), RESULT_OK);
	CHECK(hash_equal(out.message, copy.message, OBJECT_ID_BYTES) && bytes_equal(out.to, copy.to));
	CHECK(out.step == 100 && out.at == 1000 && out.card_serial == 3);
}

TEST(a_copy_without_a_valid_name_time_or_serial_is_malformed)
{
	struct copy copy = good();

	copy.to = bytes_of("vnm");
	CHECK_EQUAL(decoded(&copy), RESULT_MALFORMED);
	copy = good();
	copy.at = 0;
	CHECK_EQUAL(decoded(&copy), RESULT_MALFORMED);
	copy.at = 1;
	CHECK_EQUAL(decoded(&copy), RESULT_OK);
	copy.card_serial = 0;
	CHECK_EQUAL(decoded(&copy), RESULT_MALFORMED);
}

TEST(a_copy_that_is_cut_or_grown_is_refused)
{
	struct copy copy = good();
	struct pack_writer w = pack_writer(body, sizeof body);

	copy_encode(&copy, &w);
	for (size_t len = 0; len < w.len; len++)
		CHECK(copy_decode((struct bytes){body, len}, &out) != RESULT_OK);
	body[w.len] = 0;
	CHECK_EQUAL(copy_decode((struct bytes){body, w.len + 1}, &out), RESULT_MALFORMED);
}

TEST(an_odd_code_that_is_unknown_asks_for_a_newer_version)
{
	struct copy copy = good();

	copy.ext.count = 1;
	copy.ext.entry[0].code = 2;
	copy.ext.entry[0].value = bytes_of("x");
	CHECK_EQUAL(decoded(&copy), RESULT_OK);
	copy.ext.entry[0].code = 3;
	CHECK_EQUAL(decoded(&copy), RESULT_NEWER);
}
