/* Locked files and rows at rest. */
#include "proto/lock.h"

#include "tests/unit/test.h"

static uint8_t file[1024], back[1024];
static const uint8_t noise[LOCK_RANDOM_BYTES] = {1, 2, 3};

static struct bytes locked(const char *label, const char *passphrase, const char *text)
{
	struct pack_writer w = pack_writer(file, sizeof file);

	CHECK_EQUAL(lock_close(bytes_of(label), bytes_of(passphrase), noise, bytes_of(text), &w), RESULT_OK);
	return pack_written(&w);
}

TEST(locked_file_opens_with_its_passphrase_alone)
{
	struct bytes in = locked("station", "two words", "secret");
	size_t len = 99;

	CHECK(lock_is_locked(in));
	CHECK_EQUAL(lock_open(bytes_of("station"), bytes_of("two word"), in, back, &len), RESULT_SEAL);
	CHECK_EQUAL(len, 99);
	CHECK_EQUAL(lock_open(bytes_of("station"), bytes_of("two words"), in, back, &len), RESULT_OK);
	CHECK(len == 6 && memcmp(back, "secret", 6) == 0);
}

TEST(locked_file_does_not_show_what_it_holds)
{
	struct bytes in = locked("station", "p", "a canary in a file");

	CHECK(memmem(in.data, in.len, "canary", 6) == NULL);
}

TEST(locked_file_of_another_label_is_refused)
{
	size_t len;

	CHECK_EQUAL(lock_open(bytes_of("root"), bytes_of("p"), locked("station", "p", "x"), back, &len), RESULT_MALFORMED);
}

TEST(locked_file_with_a_changed_byte_is_refused)
{
	struct bytes in = locked("offer", "p", "x");
	size_t len;

	for (size_t at = 0; at < in.len; at += 7) {
		file[at] ^= 1;
		CHECK(lock_open(bytes_of("offer"), bytes_of("p"), in, back, &len) != RESULT_OK);
		file[at] ^= 1;
	}
	CHECK_EQUAL(lock_open(bytes_of("offer"), bytes_of("p"), in, back, &len), RESULT_OK);
}

TEST(plain_bytes_are_not_a_locked_file)
{
	CHECK(!lock_is_locked(bytes_of("hotline-lock/1")));
	CHECK(!lock_is_locked((struct bytes){NULL, 0}));
}

TEST(row_opens_for_its_own_table_and_row_alone)
{
	static const uint8_t key[KEY_BYTES] = {7}, other[KEY_BYTES] = {8}, nonce[LOCK_NONCE_BYTES] = {9};
	uint8_t row[4 + ROW_OVERHEAD_BYTES];
	struct bytes in = {row, sizeof row};
	size_t len = 0;

	row_close(key, bytes_of("draft"), bytes_of("1"), nonce, bytes_of("text"), row);
	CHECK_EQUAL(row_open(key, bytes_of("draft"), bytes_of("2"), in, back, &len), RESULT_SEAL);
	CHECK_EQUAL(row_open(key, bytes_of("content"), bytes_of("1"), in, back, &len), RESULT_SEAL);
	CHECK_EQUAL(row_open(other, bytes_of("draft"), bytes_of("1"), in, back, &len), RESULT_SEAL);
	CHECK_EQUAL(row_open(key, bytes_of("draft"), bytes_of("1"), (struct bytes){row, 3}, back, &len), RESULT_SEAL);
	CHECK_EQUAL(row_open(key, bytes_of("draft"), bytes_of("1"), in, back, &len), RESULT_OK);
	CHECK(len == 4 && memcmp(back, "text", 4) == 0);
}
