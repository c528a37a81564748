/* Base64 with RFC 4648's own vectors, and armour: what mail may do to it and what it may not. */
#include "proto/armour.h"

#include "tests/unit/test.h"

static int decode(const char *text, char *out, size_t *len)
{
	return base64_decode(bytes_of(text), (uint8_t *)out, 64, len);
}

TEST(base64_agrees_with_rfc_4648)
{
	static const char *const rows[][2] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"},
	    {"\xff\xef\xfe", "/+/+"},
	};
	char out[64];
	size_t len;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		len = base64_encode(bytes_of(rows[i][0]), out, sizeof out);
		CHECK(len == strlen(rows[i][1]) && memcmp(out, rows[i][1], len) == 0);
		CHECK_EQUAL(decode(rows[i][1], out, &len), RESULT_OK);
		CHECK(len == strlen(rows[i][0]) && memcmp(out, rows[i][0], len) == 0);
	}
}

TEST(base64_with_unused_bits_set_is_refused)
{
	char out[64];
	size_t len = 7;

	CHECK_EQUAL(decode("Zh==", out, &len), RESULT_MALFORMED);
	CHECK_EQUAL(decode("Zm9=", out, &len), RESULT_MALFORMED);
	CHECK_EQUAL(len, 7);
}

TEST(base64_of_another_shape_is_refused)
{
	static const char *const bad[] = {"Zg",	    "Zg=",   "Zg===",	 "=",	 "====", "Z===", "Zg==Zg==",
					  "Zm9v\n", "Zm 9v", "Zm9v    ", "Zm-v", "Zm_v", "Z=9v"};
	char out[64];
	size_t len;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQUAL(decode(bad[i], out, &len), RESULT_MALFORMED);
	CHECK_EQUAL(base64_decode((struct bytes){(const uint8_t *)"Zm\0v", 4}, (uint8_t *)out, 64, &len),
		    RESULT_MALFORMED);
}

TEST(base64_fills_its_buffer_and_no_more)
{
	uint8_t out[5];
	size_t len;

	CHECK_EQUAL(base64_decode(bytes_of("Zm9vYmE="), out, 5, &len), RESULT_OK);
	CHECK_EQUAL(len, 5);
	CHECK_EQUAL(base64_decode(bytes_of("Zm9vYmE="), out, 4, &len), RESULT_LIMIT);
}

/* "foobar" in armour. */
#define BEGIN "-----BEGIN HOTLINE CARD-----\n"
#define END "-----END HOTLINE CARD-----\n"
#define SUM "=c3ab8ff1\n"

static int open_armour(const char *text, char *out, size_t *len)
{
	return armour_decode("CARD", bytes_of(text), (uint8_t *)out, len);
}

TEST(armour_is_written_as_specified)
{
	char out[256];
	struct pack_writer w = pack_writer(out, sizeof out);

	armour_encode("CARD", bytes_of("foobar"), &w);
	CHECK(bytes_equal(pack_written(&w), bytes_of(BEGIN "Zm9vYmFy\n" SUM END)));
}

TEST(armour_of_every_length_comes_back)
{
	static uint8_t in[200], text[1024], out[1024];
	size_t len;

	for (size_t i = 0; i < sizeof in; i++) {
		struct pack_writer w = pack_writer(text, armour_capacity(i));

		in[i] = (uint8_t)(i * 7);
		armour_encode("OFFER", (struct bytes){in, i}, &w);
		CHECK(!w.is_over);
		CHECK_EQUAL(armour_decode("OFFER", pack_written(&w), out, &len), RESULT_OK);
		CHECK(len == i && memcmp(in, out, len) == 0);
	}
}

TEST(lines_have_64_characters)
{
	char out[256];
	struct pack_writer w = pack_writer(out, sizeof out);
	static const uint8_t in[49];

	armour_encode("CARD", (struct bytes){in, 49}, &w);
	CHECK(memcmp(out + strlen(BEGIN) + 64, "\nAA==\n", 6) == 0);
}

TEST(what_mail_does_to_armour_is_allowed)
{
	char out[256];
	size_t len = 0;

	CHECK_EQUAL(
	    open_armour("Dear all,\r\n\r\n-----BEGIN HOTLINE CARD-----\r\n\r\nZm9v\r\nYmFy \r\n\r\n=c3ab8ff1\r\n"
			"-----END HOTLINE CARD-----\r\n\r\nregards\r\n",
			out, &len),
	    RESULT_OK);
	CHECK(len == 6 && memcmp(out, "foobar", 6) == 0);
	CHECK_EQUAL(open_armour(BEGIN "Zm9vYmFy\n" SUM "-----END HOTLINE CARD-----", out, &len), RESULT_OK);
}

TEST(the_first_block_with_the_label_is_read)
{
	char out[256];
	size_t len = 0;

	CHECK_EQUAL(open_armour("-----BEGIN HOTLINE OFFER-----\nZm9v\n=2c26b46b\n-----END HOTLINE OFFER-----\n" BEGIN
				"Zm9vYmFy\n" SUM END,
				out, &len),
		    RESULT_OK);
	CHECK_EQUAL(len, 6);
}

TEST(a_checksum_that_does_not_fit_is_told_apart)
{
	char out[256];
	size_t len = 7;

	CHECK_EQUAL(open_armour(BEGIN "Zm9vYmFz\n" SUM END, out, &len), RESULT_DIFFERENT);
	CHECK_EQUAL(open_armour(BEGIN "Zm9vYmFy\n=c3ab8ff2\n" END, out, &len), RESULT_DIFFERENT);
	CHECK_EQUAL(open_armour(BEGIN "Zm9vYmFy\n=c3ab8ff1a\n" END, out, &len), RESULT_DIFFERENT);
	CHECK_EQUAL(len, 7);
}

TEST(armour_of_another_shape_is_refused)
{
	static const char *const bad[] = {
	    "",
	    "\n",
	    "Zm9vYmFy\n",
	    BEGIN,
	    BEGIN "Zm9vYmFy\n",
	    BEGIN "Zm9vYmFy\n" SUM,
	    BEGIN "Zm9vYmFy\n" END,
	    BEGIN "Zm9vYmFy\n" SUM "-----END HOTLINE OFFER-----\n",
	    BEGIN "Zm9vYmFy\n" SUM "Zm9v\n" END,
	    BEGIN "Zm9vYmF\n" SUM END,
	    BEGIN "Zm9vYmE=\nZm9v\n" SUM END,
	    BEGIN "Zm 9vYmFy\n" SUM END,
	    "-----BEGIN HOTLINE OFFER-----\nZm9vYmFy\n" SUM "-----END HOTLINE OFFER-----\n",
	    " " BEGIN "Zm9vYmFy\n" SUM END,
	};
	char out[256];
	size_t len = 7;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQUAL(open_armour(bad[i], out, &len), RESULT_MALFORMED);
	CHECK_EQUAL(len, 7);
}
