/* The strict profile: the public suite, every limit from both sides, growth, UTF-8 and truncation (SPEC 1). */
#include <errno.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

#define READER(hex)                                                                                                    \
	static uint8_t input[256];                                                                                           \
	struct pack_reader r = pack_reader(vector_hex(hex, input, sizeof input))

static int check_hex(const char *hex)
{
	uint8_t input[256];

	return pack_check(vector_hex(hex, input, sizeof input), LIMIT_DEPTH);
}

/* Whether the suite's value is one our profile has; numbers also come as text. */
static bool to_integer(const json_t *entry, int64_t *out)
{
	const char *big = json_string_value(json_object_get(entry, "bignum"));

	if (big != NULL) {
		errno = 0;
		*out = strtoll(big, NULL, 10);
		return errno == 0;
	}
	*out = json_integer_value(json_object_get(entry, "number"));
	return json_is_integer(json_object_get(entry, "number"));
}

/* Reads a value of an array entry and compares. */
static bool reads_as(struct pack_reader *r, const json_t *value)
{
	if (json_is_integer(value))
		return pack_read_int(r) == json_integer_value(value);
	if (json_is_string(value))
		return bytes_equal(pack_read_str(r, 256), bytes_of(json_string_value(value)));
	if (!json_is_array(value) || pack_read_array(r, 256) != json_array_size(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!reads_as(r, json_array_get(value, i)))
			return false;
	return true;
}

static bool has_map(const json_t *value)
{
	if (json_is_object(value))
		return true;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (has_map(json_array_get(value, i)))
			return true;
	return false;
}

/* Reads one encoding as the type its entry names; true when it is taken and yields the value. */
static bool entry_reads(const json_t *entry, struct bytes in)
{
	struct pack_reader r = pack_reader(in);
	const json_t *value;
	uint8_t buffer[256];
	int64_t number;
	bool is_same = false;

	if ((value = json_object_get(entry, "bool")) != NULL)
		is_same = pack_read_bool(&r) == json_is_true(value);
	else if ((value = json_object_get(entry, "binary")) != NULL)
		is_same =
		    bytes_equal(pack_read_bin(&r, 256), vector_hex(json_string_value(value), buffer, sizeof buffer));
	else if ((value = json_object_get(entry, "string")) != NULL)
		is_same = bytes_equal(pack_read_str(&r, 256), bytes_of(json_string_value(value)));
	else if ((value = json_object_get(entry, "array")) != NULL)
		is_same = reads_as(&r, value);
	else
		is_same = to_integer(entry, &number) && pack_read_int(&r) == number;
	return is_same && pack_read_end(&r) == RESULT_OK;
}

static bool in_profile(const json_t *entry)
{
	static const char *const refused[] = {"nil", "map", "timestamp", "ext"};
	int64_t number;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (json_object_get(entry, refused[i]) != NULL)
			return false;
	if (json_object_get(entry, "number") != NULL || json_object_get(entry, "bignum") != NULL)
		return to_integer(entry, &number);
	return !has_map(json_object_get(entry, "array"));
}

/* How many of an entry's forms the strict reader takes; SIZE_MAX when it takes one that it should not. */
static size_t accepted_forms(const json_t *entry)
{
	const json_t *forms = json_object_get(entry, "msgpack");
	size_t accepted = 0;

	for (size_t i = 0; i < json_array_size(forms); i++) {
		uint8_t buffer[256];
		const char *hex = json_string_value(json_array_get(forms, i));
		struct bytes in = vector_hex(hex, buffer, sizeof buffer);
		bool is_taken = pack_check(in, LIMIT_DEPTH) == RESULT_OK;

		if (is_taken != (in_profile(entry) && entry_reads(entry, in))) {
			printf("# %s: strict %d\n", hex, is_taken);
			return SIZE_MAX;
		}
		accepted += is_taken;
	}
	return accepted;
}

TEST(each_suite_value_of_the_profile_has_exactly_one_accepted_form)
{
	json_t *suite = vector_load("tests/vectors/msgpack-test-suite.json"), *group, *entry;
	size_t i, taken = 0, refused = 0, wrong = 0;
	const char *name;

	CHECK(suite != NULL);
	json_object_foreach(suite, name, group) json_array_foreach(group, i, entry)
	{
		size_t forms = accepted_forms(entry);

		taken += forms == 1 && in_profile(entry);
		refused += forms == 0 && !in_profile(entry);
		wrong += forms != in_profile(entry);
	}
	json_decref(suite);
	CHECK_EQUAL(wrong, 0);
	CHECK_EQUAL(taken, 48);
	CHECK_EQUAL(refused, 37);
}

static const int64_t edges[] = {
    0,	 1,   127,  128,  255,	  256,	  65535,     65536,	  4294967295, 4294967296, INT64_MAX,	 -1,
    -32, -33, -128, -129, -32768, -32769, INT32_MIN, -2147483649, INT64_MIN,  2147483648, INT64_MAX - 1, INT64_MIN + 1,
};

TEST(written_integers_are_read_back_at_every_width)
{
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
		uint8_t buffer[9];
		struct pack_writer w = pack_writer(buffer, sizeof buffer);
		struct pack_reader r;

		pack_put_int(&w, edges[i]);
		r = pack_reader(pack_written(&w));
		CHECK(pack_read_int(&r) == edges[i]);
		CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	}
}

TEST(integers_that_have_a_shorter_form_are_refused)
{
	static const char *const forms[] = {
	    "cc7f", "cd00ff", "ce0000ffff", "cf00000000ffffffff", "d0e0", "d1ff80", "d2ffff8000", "d3ffffffff80000000",
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		CHECK_EQUAL(check_hex(forms[i]), RESULT_MALFORMED);
}

TEST(the_first_integer_of_each_width_is_taken)
{
	static const char *const forms[] = {
	    "cc80", "cd0100", "ce00010000", "cf0000000100000000", "d0df", "d1ff7f", "d2ffff7fff", "d3ffffffff7fffffff",
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		CHECK_EQUAL(check_hex(forms[i]), RESULT_OK);
}

TEST(non_negative_values_in_signed_forms_are_refused)
{
	CHECK_EQUAL(check_hex("d001"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("d10100"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("d200010000"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("d37fffffffffffffff"), RESULT_MALFORMED);
}

TEST(integers_end_at_two_to_the_63)
{
	CHECK_EQUAL(check_hex("cf7fffffffffffffff"), RESULT_OK);
	CHECK_EQUAL(check_hex("cf8000000000000000"), RESULT_MALFORMED);
}

TEST(uint_at_its_maximum_is_taken)
{
	READER("cd0100");

	CHECK_EQUAL(pack_read_uint(&r, 256), 256);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
}

TEST(uint_over_its_maximum_is_over_a_limit)
{
	READER("cd0101");

	CHECK_EQUAL(pack_read_uint(&r, 256), 0);
	CHECK_EQUAL(r.error, RESULT_LIMIT);
}

TEST(negative_uint_is_malformed)
{
	READER("ff");

	CHECK_EQUAL(pack_read_uint(&r, 256), 0);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(other_types_are_no_bool)
{
	READER("01");

	CHECK(!pack_read_bool(&r));
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(maps_floats_nil_ext_and_the_unused_byte_are_refused)
{
	static const char *const forms[] = {
	    "c0",
	    "c1",
	    "80",
	    "de0000",
	    "df00000000",
	    "ca00000000",
	    "cb0000000000000000",
	    "c70001",
	    "c8000001",
	    "c90000000001",
	    "d40100",
	    "d5010000",
	    "d60100000000",
	    "d7010000000000000000",
	    "d80100000000000000000000000000000000",
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		CHECK_EQUAL(check_hex(forms[i]), RESULT_MALFORMED);
}

TEST(str_at_its_maximum_is_taken)
{
	READER("a3616263");

	CHECK(bytes_equal(pack_read_str(&r, 3), bytes_of("abc")));
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
}

TEST(str_over_its_maximum_is_over_a_limit)
{
	READER("a3616263");

	CHECK_EQUAL(pack_read_str(&r, 2).len, 0);
	CHECK_EQUAL(r.error, RESULT_LIMIT);
}

TEST(bin_at_its_maximum_is_taken)
{
	READER("c403010203");

	CHECK_EQUAL(pack_read_bin(&r, 3).len, 3);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
}

TEST(bin_over_its_maximum_is_over_a_limit)
{
	READER("c403010203");

	CHECK_EQUAL(pack_read_bin(&r, 2).len, 0);
	CHECK_EQUAL(r.error, RESULT_LIMIT);
}

TEST(str_is_no_bin_and_bin_no_str)
{
	READER("a0c400");

	pack_read_bin(&r, 9);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
	r = pack_reader((struct bytes){input + 1, 2});
	pack_read_str(&r, 9);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(claims_of_gigabytes_are_malformed)
{
	CHECK_EQUAL(check_hex("c6ffffffff"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("dbffffffff"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("ddffffffff"), RESULT_MALFORMED);
}

TEST(an_over_long_claim_with_bytes_missing_is_malformed_not_a_limit)
{
	READER("c40501");

	pack_read_bin(&r, 2);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(fixed_takes_exactly_its_length)
{
	uint8_t out[3];
	READER("c403010203");

	pack_read_fixed(&r, out, 3);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	CHECK(memcmp(out, "\1\2\3", 3) == 0);
}

TEST(fixed_refuses_shorter_longer_and_empty_and_zeroes_its_out)
{
	static const char *const forms[] = {"c4020102", "c40401020304", "c400"};

	for (size_t i = 0; i < 3; i++) {
		uint8_t out[3] = {9, 9, 9};
		READER(forms[i]);

		pack_read_fixed(&r, out, 3);
		CHECK(pack_read_end(&r) != RESULT_OK);
		CHECK(memcmp(out, "\0\0\0", 3) == 0);
	}
}

TEST(optional_may_be_empty_or_full)
{
	uint8_t out[2] = {9, 9};
	READER("c400c4020102");

	CHECK(!pack_read_optional(&r, out, 2));
	CHECK(out[0] == 0 && out[1] == 0);
	CHECK(pack_read_optional(&r, out, 2));
	CHECK(out[0] == 1 && out[1] == 2);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
}

TEST(optional_of_another_length_is_malformed)
{
	uint8_t out[2];
	READER("c40101");

	CHECK(!pack_read_optional(&r, out, 2));
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(array_at_its_maximum_is_taken)
{
	READER("920102");

	CHECK_EQUAL(pack_read_array(&r, 2), 2);
	CHECK_EQUAL(r.error, RESULT_OK);
}

TEST(array_over_its_maximum_is_over_a_limit)
{
	READER("920102");

	CHECK_EQUAL(pack_read_array(&r, 1), 0);
	CHECK_EQUAL(r.error, RESULT_LIMIT);
}

TEST(array_that_claims_more_than_the_bytes_left_is_malformed)
{
	READER("9301");

	CHECK_EQUAL(pack_read_array(&r, 2), 0);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(another_arity_is_malformed)
{
	READER("920102");

	pack_expect_array(&r, 3);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
	r = pack_reader((struct bytes){input, 3});
	pack_expect_array(&r, 1);
	CHECK_EQUAL(r.error, RESULT_MALFORMED);
}

TEST(five_arrays_deep_is_taken_and_six_is_not)
{
	CHECK_EQUAL(check_hex("9191919190"), RESULT_OK);
	CHECK_EQUAL(check_hex("919191919190"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("919191919101"), RESULT_OK);
}

TEST(a_byte_left_over_is_malformed)
{
	CHECK_EQUAL(check_hex("0100"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("9000"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex(""), RESULT_MALFORMED);
}

TEST(the_first_error_stays_and_later_reads_give_nothing)
{
	READER("0501");

	CHECK_EQUAL(pack_read_uint(&r, 4), 0);
	CHECK_EQUAL(pack_read_uint(&r, 4), 0);
	pack_fail(&r, RESULT_MALFORMED);
	CHECK_EQUAL(pack_read_array(&r, 4), 0);
	CHECK_EQUAL(pack_read_str(&r, 4).len, 0);
	CHECK_EQUAL(pack_read_end(&r), RESULT_LIMIT);
}

TEST(read_any_gives_the_exact_bytes_of_one_value)
{
	READER("9201a16105");

	CHECK_EQUAL(pack_read_any(&r, 1).len, 4);
	CHECK_EQUAL(pack_read_uint(&r, 9), 5);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
}

TEST(every_prefix_of_a_value_is_malformed)
{
	uint8_t buffer[600];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	uint8_t long_bin[300] = {0};
	struct bytes whole;

	pack_put_array(&w, 7);
	pack_put_int(&w, INT64_MIN);
	pack_put_uint(&w, 70000);
	pack_put_text(&w, "a text of more than thirty-one bytes");
	pack_put_bin(&w, long_bin, sizeof long_bin);
	pack_put_bool(&w, true);
	pack_put_array(&w, 1);
	pack_put_array(&w, 0);
	pack_put_text(&w, "ก");
	whole = pack_written(&w);
	CHECK_EQUAL(pack_check(whole, LIMIT_DEPTH), RESULT_OK);
	for (size_t len = 0; len < whole.len; len++)
		CHECK_EQUAL(pack_check((struct bytes){buffer, len}, LIMIT_DEPTH), RESULT_MALFORMED);
}

/* ext */

static int read_ext(const char *hex, const uint64_t *known, struct ext *out)
{
	READER(hex);

	pack_read_ext(&r, known, out);
	return pack_read_end(&r);
}

TEST(ext_entries_are_found_by_code)
{
	struct ext ext;

	CHECK_EQUAL(read_ext("929202c401aa9204c402bbcc", NULL, &ext), RESULT_OK);
	CHECK_EQUAL(ext.count, 2);
	CHECK(vector_is((struct bytes){ext.entry[1].value.data, ext.entry[1].value.len}, "bbcc"));
	CHECK_EQUAL(ext.entry[1].code, 4);
	CHECK(ext_find(&ext, 6).data == NULL);
}

TEST(unknown_odd_code_needs_a_newer_version)
{
	struct ext ext;

	CHECK_EQUAL(read_ext("919203c401aa", NULL, &ext), RESULT_NEWER);
	CHECK_EQUAL(ext.count, 0);
}

TEST(known_odd_code_is_taken)
{
	static const uint64_t known[] = {1, 3, 0};
	struct ext ext;

	CHECK_EQUAL(read_ext("919203c401aa", known, &ext), RESULT_OK);
	CHECK_EQUAL(ext.count, 1);
	CHECK_EQUAL(read_ext("919205c401aa", known, &ext), RESULT_NEWER);
}

TEST(ext_out_of_order_repeated_or_zero_is_malformed)
{
	struct ext ext;

	CHECK_EQUAL(read_ext("929204c401aa9202c401aa", NULL, &ext), RESULT_MALFORMED);
	CHECK_EQUAL(read_ext("929202c401aa9202c401aa", NULL, &ext), RESULT_MALFORMED);
	CHECK_EQUAL(read_ext("919200c401aa", NULL, &ext), RESULT_MALFORMED);
}

TEST(ext_of_wrong_shape_is_malformed)
{
	struct ext ext;

	CHECK_EQUAL(read_ext("c400", NULL, &ext), RESULT_MALFORMED);
	CHECK_EQUAL(read_ext("919102", NULL, &ext), RESULT_MALFORMED);
	CHECK_EQUAL(read_ext("919302c40000", NULL, &ext), RESULT_MALFORMED);
	CHECK_EQUAL(read_ext("919202a0", NULL, &ext), RESULT_MALFORMED);
}

/* count entries of len bytes each, with even codes from 2. */
static int ext_of(size_t count, size_t len)
{
	static uint8_t buffer[2 * LIMIT_EXT_BYTES];
	static const uint8_t value[LIMIT_EXT_BYTES];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct pack_reader r;
	struct ext ext;

	pack_put_array(&w, count);
	for (size_t i = 0; i < count; i++) {
		pack_put_array(&w, 2);
		pack_put_uint(&w, 2 * i + 2);
		pack_put_bin(&w, value, len);
	}
	r = pack_reader(pack_written(&w));
	pack_read_ext(&r, NULL, &ext);
	return pack_read_end(&r);
}

TEST(ext_takes_16_entries_and_4_kib_and_no_more)
{
	CHECK_EQUAL(ext_of(16, 1), RESULT_OK);
	CHECK_EQUAL(ext_of(17, 1), RESULT_LIMIT);
	CHECK_EQUAL(ext_of(1, LIMIT_EXT_BYTES - 6), RESULT_OK);
	CHECK_EQUAL(ext_of(1, LIMIT_EXT_BYTES - 5), RESULT_LIMIT);
}

TEST(written_ext_is_read_back)
{
	uint8_t buffer[32];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct ext in = {.count = 1, .entry = {{2, {(const uint8_t *)"x", 1}}}}, out;
	struct pack_reader r;

	pack_put_ext(&w, &in);
	r = pack_reader(pack_written(&w));
	pack_read_ext(&r, NULL, &out);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	CHECK(bytes_equal(ext_find(&out, 2), bytes_of("x")));
}

/* writing */

TEST(writing_over_the_end_sticks_and_gives_nothing)
{
	uint8_t buffer[4] = {0, 0, 0, 0xee};
	struct pack_writer w = pack_writer(buffer, 3);

	pack_put_text(&w, "ab");
	CHECK_EQUAL(pack_written(&w).len, 3);
	pack_put_uint(&w, 1);
	CHECK(w.is_over && w.len == 3 && buffer[3] == 0xee);
	CHECK(pack_written(&w).data == NULL && pack_written(&w).len == 0);
}

TEST(a_value_too_long_is_not_followed_by_a_shorter_one)
{
	uint8_t buffer[3];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	pack_put_text(&w, "abcdef");
	pack_put_uint(&w, 1);
	CHECK(w.is_over && pack_written(&w).len == 0);
}

TEST(fixed_width_integers_are_big_endian)
{
	uint8_t out[8];

	pack_be64(out, UINT64_C(0x0102030405060708));
	CHECK(vector_is((struct bytes){out, 8}, "0102030405060708"));
	CHECK_EQUAL(pack_from_be16(out), 0x0102);
	CHECK_EQUAL(pack_from_be32(out + 4), 0x05060708);
}

TEST(bytes_are_ordered_like_memcmp_and_the_prefix_first)
{
	CHECK(bytes_compare(bytes_of("a"), bytes_of("b")) < 0);
	CHECK(bytes_compare(bytes_of("ab"), bytes_of("a")) > 0);
	CHECK(bytes_compare((struct bytes){NULL, 0}, bytes_of("a")) < 0);
	CHECK(bytes_compare(bytes_of("\xff"), bytes_of("a")) > 0);
	CHECK(bytes_equal((struct bytes){NULL, 0}, bytes_of("")));
}

/* UTF-8 (RFC 3629 4) */

TEST(utf8_takes_the_edges_of_every_length)
{
	static const char *const valid[] = {
	    "\x01",	    "\x7f",	    "\xc2\x80",		"\xdf\xbf",	    "\xe0\xa0\x80", "\xed\x9f\xbf",
	    "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "สวัสดี",	    "Xin chào",
	};

	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
		CHECK(utf8_is_valid(bytes_of(valid[i])));
}

TEST(utf8_refuses_what_lies_beyond_them)
{
	static const char *const invalid[] = {
	    "\x80",
	    "\xbf",
	    "\xc0\x80",
	    "\xc1\xbf",
	    "\xc2",
	    "\xc2\x7f",
	    "\xc2\xc0",
	    "\xe0\x9f\xbf",
	    "\xed\xa0\x80",
	    "\xed\xbf\xbf",
	    "\xe0\xa0",
	    "\xef\xbf\x7f",
	    "\xe1\x80\xc0",
	    "\xf0\x8f\xbf\xbf",
	    "\xf0\x90\x80",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\xff",
	    "a\xfe",
	    "\xf1\x80\x80\x7f",
	};

	for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
		CHECK(!utf8_is_valid(bytes_of(invalid[i])));
}

TEST(utf8_sees_one_bad_byte_anywhere_in_plain_text)
{
	static const uint8_t bad[] = {0x00, 0x80, 0xbf, 0xc1, 0xff};
	uint8_t text[27];

	for (size_t at = 0; at < sizeof text; at++)
		for (size_t i = 0; i < sizeof bad; i++) {
			memset(text, at % 2 == 0 ? 0x01 : 0x7f, sizeof text);
			CHECK(utf8_is_valid((struct bytes){text, sizeof text}));
			text[at] = bad[i];
			CHECK(!utf8_is_valid((struct bytes){text, sizeof text}));
		}
}

TEST(utf8_refuses_nul)
{
	CHECK(!utf8_is_valid((struct bytes){(const uint8_t *)"a\0b", 3}));
	CHECK_EQUAL(check_hex("a100"), RESULT_MALFORMED);
}

TEST(str_of_invalid_utf8_is_malformed)
{
	CHECK_EQUAL(check_hex("a1ff"), RESULT_MALFORMED);
	CHECK_EQUAL(check_hex("a3eda080"), RESULT_MALFORMED);
}

TEST(utf8_length_counts_code_points)
{
	CHECK_EQUAL(utf8_length(bytes_of("")), 0);
	CHECK_EQUAL(utf8_length(bytes_of("chào")), 4);
	CHECK_EQUAL(utf8_length(bytes_of("ก็")), 2);
	CHECK_EQUAL(utf8_length(bytes_of("\xf0\x9f\x8d\xba")), 1);
}
