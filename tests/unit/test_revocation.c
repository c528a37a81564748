/* Revocations. */
#include "proto/revocation.h"

#include "tests/unit/test.h"

static uint8_t body[256], encoded[512];
static struct sign_pair root;

static struct bytes revoked(const char *name, uint64_t serial, int64_t at, enum object_type type)
{
	static const uint8_t seed[32] = {5};
	struct revocation revocation = {.name = bytes_of(name), .serial = serial, .reason = REVOKED_LOST, .at = at};
	struct pack_writer b = pack_writer(body, sizeof body), w = pack_writer(encoded, sizeof encoded);

	key_sign_pair(seed, &root);
	revocation_encode(&revocation, &b);
	object_sign(type, pack_written(&b), &root, &w);
	return pack_written(&w);
}

static int opened(struct bytes in, struct revocation *out)
{
	struct object object;

	return revocation_open(in, root.public, &object, out);
}

TEST(revocation_by_the_root_is_opened)
{
	struct revocation out;

	CHECK_EQUAL(opened(revoked("tha-cert", 3, 1000, OBJECT_REVOCATION), &out), RESULT_OK);
	CHECK(bytes_equal(out.name, bytes_of("tha-cert")) && out.serial == 3 && out.at == 1000);
	CHECK(strcmp(revocation_reason_name(out.reason), "lost") == 0);
}

TEST(revocation_by_another_key_is_refused)
{
	struct bytes in = revoked("tha-cert", 3, 1000, OBJECT_REVOCATION);
	static const uint8_t seed[32] = {6};
	struct revocation out;

	key_sign_pair(seed, &root);
	CHECK_EQUAL(opened(in, &out), RESULT_SIGNATURE);
}

TEST(revocation_without_a_serial_time_or_valid_name_is_malformed)
{
	struct revocation out;

	CHECK_EQUAL(opened(revoked("tha-cert", 0, 1000, OBJECT_REVOCATION), &out), RESULT_MALFORMED);
	CHECK_EQUAL(opened(revoked("tha-cert", 1, 0, OBJECT_REVOCATION), &out), RESULT_MALFORMED);
	CHECK_EQUAL(opened(revoked("tha", 1, 1, OBJECT_REVOCATION), &out), RESULT_MALFORMED);
}

TEST(another_object_is_no_revocation)
{
	struct revocation out;

	CHECK_EQUAL(opened(revoked("tha-cert", 3, 1000, OBJECT_CARD), &out), RESULT_MALFORMED);
}

TEST(unknown_reason_is_kept_and_has_no_name)
{
	CHECK(revocation_reason_name(REVOKED_CLOSED) != NULL && revocation_reason_name(REVOKED_CLOSED + 1) == NULL);
}
