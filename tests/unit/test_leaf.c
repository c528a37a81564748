/* Leaves: what is written is read, and each wrong shape is refused. */
#include "proto/leaf.h"

#include "tests/unit/test.h"

static const struct leaf example = {.salt = {1, 2, 3},
				    .at = -5,
				    .kind = LEAF_RECEIVED,
				    .has_id = true,
				    .id = {9, 8, 7},
				    .data = {(const uint8_t *)"", 0}};

static struct bytes encode(const struct leaf *leaf, uint8_t out[256])
{
	struct pack_writer w = pack_writer(out, 256);

	leaf_encode(leaf, &w);
	return pack_written(&w);
}

TEST(a_leaf_comes_back_as_it_was)
{
	uint8_t buffer[256];
	struct leaf leaf;

	CHECK_EQUAL(leaf_decode(encode(&example, buffer), &leaf), RESULT_OK);
	CHECK(memcmp(leaf.salt, example.salt, LEAF_SALT_BYTES) == 0);
	CHECK_EQUAL(leaf.at, -5);
	CHECK_EQUAL(leaf.kind, LEAF_RECEIVED);
	CHECK(leaf.has_id && memcmp(leaf.id, example.id, HASH_BYTES) == 0);
	CHECK_EQUAL(leaf.data.len, 0);
}

TEST(a_leaf_of_a_pair_log_is_57_bytes_and_its_time)
{
	uint8_t buffer[256];

	CHECK_EQUAL(encode(&example, buffer).len, 1 + 18 + 1 + 1 + 34 + 2);
}

TEST(a_leaf_without_id_keeps_its_data)
{
	uint8_t buffer[256];
	struct leaf in = {.kind = STATION_STOP, .data = bytes_of("\x90")}, leaf;

	CHECK_EQUAL(leaf_decode(encode(&in, buffer), &leaf), RESULT_OK);
	CHECK(!leaf.has_id);
	CHECK(bytes_equal(leaf.data, bytes_of("\x90")));
}

TEST(a_leaf_cut_short_or_too_long_is_refused)
{
	uint8_t buffer[256];
	struct bytes in = encode(&example, buffer);
	struct leaf leaf;

	for (size_t len = 0; len < in.len; len++)
		CHECK_EQUAL(leaf_decode((struct bytes){in.data, len}, &leaf), RESULT_MALFORMED);
	buffer[in.len] = 0;
	CHECK_EQUAL(leaf_decode((struct bytes){in.data, in.len + 1}, &leaf), RESULT_MALFORMED);
}

/* A leaf with the given salt and id lengths and arity. */
static int decode_shape(size_t arity, size_t salt, size_t id, size_t data)
{
	static uint8_t buffer[LEAF_DATA_BYTES + 256], zeros[LEAF_DATA_BYTES + 1];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct leaf leaf;

	pack_put_array(&w, arity);
	pack_put_bin(&w, zeros, salt);
	pack_put_int(&w, 0);
	pack_put_uint(&w, 1);
	pack_put_bin(&w, zeros, id);
	pack_put_bin(&w, zeros, data);
	return leaf_decode(pack_written(&w), &leaf);
}

TEST(a_leaf_of_another_shape_is_refused)
{
	CHECK_EQUAL(decode_shape(5, 16, 32, 0), RESULT_OK);
	CHECK_EQUAL(decode_shape(4, 16, 32, 0), RESULT_MALFORMED);
	CHECK_EQUAL(decode_shape(6, 16, 32, 0), RESULT_MALFORMED);
	CHECK_EQUAL(decode_shape(5, 15, 32, 0), RESULT_MALFORMED);
	CHECK_EQUAL(decode_shape(5, 0, 32, 0), RESULT_MALFORMED);
	CHECK_EQUAL(decode_shape(5, 16, 31, 0), RESULT_MALFORMED);
	CHECK_EQUAL(decode_shape(5, 16, 33, 0), RESULT_LIMIT);
}

TEST(a_leaf_holds_so_much_data_and_no_more)
{
	CHECK_EQUAL(decode_shape(5, 16, 0, LEAF_DATA_BYTES), RESULT_OK);
	CHECK_EQUAL(decode_shape(5, 16, 0, LEAF_DATA_BYTES + 1), RESULT_LIMIT);
}
