/* SHA-256 and keyed BLAKE2b against published vectors, whole and in parts. */
#include "proto/hash.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

TEST(sha256_of_nothing)
{
	uint8_t out[HASH_BYTES];

	hash_sha256((struct bytes){NULL, 0}, out);
	CHECK(vector_is((struct bytes){out, sizeof out},
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(sha256_of_abc_is_as_in_fips_180_4)
{
	uint8_t out[HASH_BYTES];

	hash_sha256(bytes_of("abc"), out);
	CHECK(vector_is((struct bytes){out, sizeof out},
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

TEST(parts_hash_like_one_run)
{
	const struct bytes parts[] = {bytes_of("a"), {NULL, 0}, bytes_of("bc")};
	uint8_t whole[HASH_BYTES], out[HASH_BYTES];

	hash_sha256(bytes_of("abc"), whole);
	hash_sha256_parts(parts, 3, out);
	CHECK(hash_equal(whole, out, HASH_BYTES));
	hash_sha256_parts(parts, 2, out);
	CHECK(!hash_equal(whole, out, HASH_BYTES));
}

/* The BLAKE2 authors' known answers for keyed BLAKE2b-512, key 00 … 3f (blake2b kat, inputs of 0 and 3 bytes). */
TEST(keyed_blake2b_gives_the_known_answers)
{
	uint8_t key[64], in[3] = {0, 1, 2}, out[64];
	const struct bytes parts[] = {{in, 1}, {in + 1, 2}};

	vector_fill(key, sizeof key, 0);
	hash_keyed((struct bytes){key, sizeof key}, NULL, 0, out, sizeof out);
	CHECK(vector_is((struct bytes){out, sizeof out},
			"10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
			"b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568"));
	hash_keyed((struct bytes){key, sizeof key}, parts, 2, out, sizeof out);
	CHECK(vector_is((struct bytes){out, sizeof out},
			"33d0825dddf7ada99b0e7e307104ad07ca9cfd9692214f1561356315e784f3e5"
			"a17e364ae9dbb14cb2036df932b77f4b292761365fb328de7afdc6d8998f5fc1"));
}

TEST(the_output_length_is_part_of_the_hash)
{
	uint8_t key[16] = {0}, half[16], whole[32];

	hash_keyed((struct bytes){key, sizeof key}, NULL, 0, half, sizeof half);
	hash_keyed((struct bytes){key, sizeof key}, NULL, 0, whole, sizeof whole);
	CHECK(!hash_equal(half, whole, sizeof half));
}

TEST(the_key_changes_the_hash)
{
	uint8_t key[32] = {0}, a[32], b[32];

	hash_keyed((struct bytes){key, sizeof key}, NULL, 0, a, sizeof a);
	key[31] = 1;
	hash_keyed((struct bytes){key, sizeof key}, NULL, 0, b, sizeof b);
	CHECK(!hash_equal(a, b, sizeof a));
}

TEST(equal_compares_exactly_len_bytes)
{
	CHECK(hash_equal("abc", "abd", 2));
	CHECK(!hash_equal("abc", "abd", 3));
	CHECK(hash_equal("a", "b", 0));
}
