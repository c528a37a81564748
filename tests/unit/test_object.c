/* Signed objects: outside, types, signatures, ids. */
#include "proto/object.h"
#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[2 * LIMIT_OBJECT_BYTES], body_data[2 * LIMIT_OBJECT_BYTES];

static struct sign_pair pair(uint8_t seed_byte)
{
	struct sign_pair made;
	uint8_t seed[32];

	memset(seed, seed_byte, sizeof seed);
	key_sign_pair(seed, &made);
	return made;
}

static struct bytes sign(enum object_type type, struct bytes body)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct sign_pair key = pair(1);

	object_sign(type, body, &key, &w);
	return pack_written(&w);
}

/* An object with a signature of zeros, for shapes. */
static struct bytes shape(size_t count, const char *type, size_t body_len, size_t signature_len)
{
	static const uint8_t zeros[128];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	pack_put_array(&w, count);
	pack_put_text(&w, type);
	pack_put_bin(&w, body_data, body_len);
	pack_put_bin(&w, zeros, signature_len);
	if (count > 3)
		pack_put_uint(&w, 0);
	return pack_written(&w);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	struct object object;
	int result = object_decode(in, &object);

	if (result != RESULT_OK)
		return result;
	pack_put_array(w, 3);
	pack_put_text(w, object_type_name(object.type));
	pack_put_bytes(w, object.body);
	pack_put_bin(w, object.signature, SIGNATURE_BYTES);
	return result;
}

static int decode(struct bytes in)
{
	struct object object;

	return object_decode(in, &object);
}

TEST(a_signed_object_of_every_type_decodes_and_verifies)
{
	struct sign_pair key = pair(1);

	for (int type = OBJECT_CARD; type <= OBJECT_COPY_EXERCISE; type++) {
		struct bytes in = sign((enum object_type)type, bytes_of("body"));
		struct object object;

		CHECK_EQUAL(object_decode(in, &object), RESULT_OK);
		CHECK_EQUAL(object.type, type);
		CHECK(bytes_equal(object.body, bytes_of("body")));
		CHECK_EQUAL(object_verify(&object, key.public), RESULT_OK);
	}
}

TEST(the_signature_covers_prefix_type_zero_and_body)
{
	static const char text[] = "hotline/1/receipt\0body";
	struct sign_pair key = pair(1);
	struct object object;

	CHECK_EQUAL(object_decode(sign(OBJECT_RECEIPT, bytes_of("body")), &object), RESULT_OK);
	CHECK_EQUAL(key_verify(key.public, (struct bytes){(const uint8_t *)text, sizeof text - 1}, object.signature),
		    RESULT_OK);
}

TEST(the_id_is_the_hash_of_the_encoded_object)
{
	struct bytes in = sign(OBJECT_MESSAGE, bytes_of("body"));
	struct object object;
	uint8_t id[HASH_BYTES];

	CHECK_EQUAL(object_decode(in, &object), RESULT_OK);
	hash_sha256(in, id);
	CHECK(memcmp(id, object.id, sizeof id) == 0);
}

TEST(an_object_does_not_verify_as_another_type)
{
	struct sign_pair key = pair(1);
	struct object object;

	CHECK_EQUAL(object_decode(sign(OBJECT_MESSAGE_EXERCISE, bytes_of("body")), &object), RESULT_OK);
	object.type = OBJECT_MESSAGE;
	CHECK_EQUAL(object_verify(&object, key.public), RESULT_SIGNATURE);
}

TEST(an_object_does_not_verify_under_another_key)
{
	struct sign_pair other = pair(2);
	struct object object;

	CHECK_EQUAL(object_decode(sign(OBJECT_CARD, bytes_of("body")), &object), RESULT_OK);
	CHECK_EQUAL(object_verify(&object, other.public), RESULT_SIGNATURE);
}

TEST(a_changed_body_does_not_verify)
{
	struct sign_pair key = pair(1);
	struct object object;

	CHECK_EQUAL(object_decode(sign(OBJECT_CARD, bytes_of("body")), &object), RESULT_OK);
	object.body = bytes_of("bodz");
	CHECK_EQUAL(object_verify(&object, key.public), RESULT_SIGNATURE);
}

TEST(an_empty_body_is_an_object)
{
	struct sign_pair key = pair(1);
	struct object object;

	CHECK_EQUAL(object_decode(sign(OBJECT_CARD, bytes_of("")), &object), RESULT_OK);
	CHECK_EQUAL(object_verify(&object, key.public), RESULT_OK);
}

TEST(an_unknown_type_needs_a_newer_version)
{
	CHECK_EQUAL(decode(shape(3, "treaty", 4, 64)), RESULT_NEWER);
}

TEST(a_fourth_element_is_malformed)
{
	CHECK_EQUAL(decode(shape(4, "card", 4, 64)), RESULT_MALFORMED);
}

TEST(a_signature_of_63_or_65_bytes_is_malformed)
{
	CHECK_EQUAL(decode(shape(3, "card", 4, 63)), RESULT_MALFORMED);
	CHECK_EQUAL(decode(shape(3, "card", 4, 64)), RESULT_OK);
	CHECK_EQUAL(decode(shape(3, "card", 4, 65)), RESULT_MALFORMED);
}

TEST(an_object_of_32_kib_passes_and_one_byte_more_does_not)
{
	size_t overhead = 1 + 5 + 3 + 2 + 64; /* array, "card", bin 16, signature */

	CHECK_EQUAL(shape(3, "card", LIMIT_OBJECT_BYTES - overhead, 64).len, LIMIT_OBJECT_BYTES);
	CHECK_EQUAL(decode(shape(3, "card", LIMIT_OBJECT_BYTES - overhead, 64)), RESULT_OK);
	CHECK_EQUAL(decode(shape(3, "card", LIMIT_OBJECT_BYTES - overhead + 1, 64)), RESULT_LIMIT);
}

TEST(a_body_too_long_for_an_object_is_not_signed)
{
	size_t overhead = 1 + 5 + 3 + 2 + 64;

	CHECK_EQUAL(sign(OBJECT_CARD, (struct bytes){body_data, LIMIT_OBJECT_BYTES - overhead}).len,
		    LIMIT_OBJECT_BYTES);
	CHECK_EQUAL(sign(OBJECT_CARD, (struct bytes){body_data, LIMIT_OBJECT_BYTES - overhead + 1}).len, 0);
	CHECK_EQUAL(sign(OBJECT_CARD, (struct bytes){body_data, LIMIT_OBJECT_BYTES + 1}).len, 0);
}

TEST(an_object_is_at_most_its_overhead_longer_than_its_body)
{
	struct bytes in = sign(OBJECT_MESSAGE_EXERCISE, (struct bytes){body_data, 30000});

	CHECK(in.len > 0 && in.len - 30000 <= OBJECT_OVERHEAD_BYTES);
}

TEST(only_the_exercise_types_are_exercise)
{
	for (int type = OBJECT_CARD; type <= OBJECT_COPY_EXERCISE; type++)
		CHECK_EQUAL(object_is_exercise((enum object_type)type),
			    strstr(object_type_name((enum object_type)type), "-exercise") != NULL);
}

TEST(what_is_refused_leaves_the_result_alone)
{
	struct object object = {.body = bytes_of("mine")};

	CHECK_EQUAL(object_decode(shape(3, "treaty", 4, 64), &object), RESULT_NEWER);
	CHECK(bytes_equal(object.body, bytes_of("mine")));
}

TEST(every_accepted_object_has_one_form)
{
	static uint8_t copy[256];
	struct bytes in = sign(OBJECT_RECEIPT, bytes_of("some body"));

	memcpy(copy, in.data, in.len);
	CHECK(mutate_all(recode, (struct bytes){copy, in.len}, 1));
}
