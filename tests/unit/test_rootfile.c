/* Root files: one form, and every refusal. */
#include "proto/rootfile.h"

#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t file[ROOTFILE_BYTES], other[256];

static struct bytes good(void)
{
	static const uint8_t seed[KEY_BYTES] = {1, 2, 3};
	struct root_key root;

	rootfile_make(bytes_of("tha"), seed, &root);
	return rootfile_encode(&root, file);
}

static struct bytes written(const char *format, const char *state, size_t seed_len, size_t count)
{
	static const uint8_t seed[KEY_BYTES + 1] = {1};
	struct pack_writer w = pack_writer(other, sizeof other);

	pack_put_array(&w, count);
	pack_put_text(&w, format);
	pack_put_text(&w, state);
	pack_put_bin(&w, seed, seed_len);
	if (count > 3)
		pack_put_uint(&w, 0);
	return pack_written(&w);
}

static int decode(struct bytes in)
{
	struct root_key out;

	return rootfile_decode(in, &out);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	struct root_key root;
	int result = rootfile_decode(in, &root);

	if (result == RESULT_OK)
		pack_put_raw(w, rootfile_encode(&root, file));
	return result;
}

TEST(root_file_gives_back_state_and_pair)
{
	static const uint8_t seed[KEY_BYTES] = {1, 2, 3};
	struct root_key out;
	struct sign_pair pair;

	key_sign_pair(seed, &pair);
	CHECK_EQUAL(rootfile_decode(good(), &out), RESULT_OK);
	CHECK(strcmp(out.state, "tha") == 0);
	CHECK(memcmp(&out.pair, &pair, sizeof pair) == 0);
}

TEST(the_longest_state_fits_and_one_more_byte_is_refused)
{
	CHECK_EQUAL(decode(written("hotline-root/1", "abcdefgh", 32, 3)), RESULT_OK);
	CHECK_EQUAL(decode(written("hotline-root/1", "abcdefghi", 32, 3)), RESULT_MALFORMED);
}

TEST(root_file_of_another_format_is_refused)
{
	CHECK_EQUAL(decode(written("hotline-root/2", "tha", 32, 3)), RESULT_MALFORMED);
}

TEST(root_file_of_no_state_is_refused)
{
	CHECK_EQUAL(decode(written("hotline-root/1", "", 32, 3)), RESULT_MALFORMED);
	CHECK_EQUAL(decode(written("hotline-root/1", "tha-cert", 32, 3)), RESULT_MALFORMED);
	CHECK_EQUAL(decode(written("hotline-root/1", "THA", 32, 3)), RESULT_MALFORMED);
}

TEST(seed_of_another_length_is_refused)
{
	CHECK_EQUAL(decode(written("hotline-root/1", "tha", 32, 3)), RESULT_OK);
	CHECK_EQUAL(decode(written("hotline-root/1", "tha", 31, 3)), RESULT_MALFORMED);
	CHECK_EQUAL(decode(written("hotline-root/1", "tha", 33, 3)), RESULT_MALFORMED);
	CHECK_EQUAL(decode(written("hotline-root/1", "tha", 0, 3)), RESULT_MALFORMED);
}

TEST(root_file_with_one_element_more_is_refused)
{
	CHECK_EQUAL(decode(written("hotline-root/1", "tha", 32, 4)), RESULT_MALFORMED);
}

TEST(root_file_has_one_form)
{
	uint8_t base[ROOTFILE_BYTES];
	struct bytes in = good();

	memcpy(base, in.data, in.len);
	CHECK(mutate_all(recode, (struct bytes){base, in.len}, 7));
}
