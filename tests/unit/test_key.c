/* Key pairs against RFC 8032 and RFC 7748, unfit keys, fingerprints and key files. */
#include "proto/hash.h"
#include "proto/key.h"
#include "proto/keyfile.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

static struct bytes key(const uint8_t bytes[KEY_BYTES])
{
	return (struct bytes){bytes, KEY_BYTES};
}

/* RFC 8032 7.1, TEST 2 */
TEST(ed25519_signs_as_rfc_8032_says)
{
	uint8_t seed[32], signature[SIGNATURE_BYTES], text[1] = {0x72};
	struct sign_pair pair;

	vector_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed, sizeof seed);
	key_sign_pair(seed, &pair);
	CHECK(vector_is(key(pair.public), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
	key_sign(&pair, (struct bytes){text, 1}, signature);
	CHECK(vector_is((struct bytes){signature, sizeof signature},
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
	CHECK_EQUAL(key_verify(pair.public, (struct bytes){text, 1}, signature), RESULT_OK);
}

TEST(a_changed_text_signature_or_key_does_not_verify)
{
	uint8_t seed[32] = {1}, signature[SIGNATURE_BYTES];
	struct sign_pair pair, other;

	key_sign_pair(seed, &pair);
	seed[0] = 2;
	key_sign_pair(seed, &other);
	key_sign(&pair, bytes_of("text"), signature);
	CHECK_EQUAL(key_verify(pair.public, bytes_of("text"), signature), RESULT_OK);
	CHECK_EQUAL(key_verify(pair.public, bytes_of("texT"), signature), RESULT_SIGNATURE);
	CHECK_EQUAL(key_verify(other.public, bytes_of("text"), signature), RESULT_SIGNATURE);
	signature[63] ^= 1;
	CHECK_EQUAL(key_verify(pair.public, bytes_of("text"), signature), RESULT_SIGNATURE);
}

/* RFC 7748 6.1 */
TEST(x25519_agrees_as_rfc_7748_says)
{
	uint8_t secret[32], shared[KEY_BYTES];
	struct link_pair alice, bob;

	vector_hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", secret, sizeof secret);
	key_link_pair(secret, &alice);
	vector_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", secret, sizeof secret);
	key_link_pair(secret, &bob);
	CHECK(vector_is(key(alice.public), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
	CHECK(vector_is(key(bob.public), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
	CHECK_EQUAL(key_agree(alice.secret, bob.public, shared), RESULT_OK);
	CHECK(vector_is(key(shared), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
	CHECK_EQUAL(key_agree(bob.secret, alice.public, shared), RESULT_OK);
	CHECK(vector_is(key(shared), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
}

TEST(an_all_zero_agreement_is_refused_and_gives_zeros)
{
	static const uint8_t zero[KEY_BYTES], one[KEY_BYTES] = {1};
	uint8_t secret[KEY_BYTES] = {7}, out[KEY_BYTES];

	memset(out, 9, sizeof out);
	CHECK_EQUAL(key_agree(secret, zero, out), RESULT_KEY);
	CHECK(hash_equal(out, zero, sizeof out));
	CHECK_EQUAL(key_agree(secret, one, out), RESULT_KEY);
}

TEST(agreements_are_counted)
{
	uint8_t secret[KEY_BYTES] = {7}, base[KEY_BYTES] = {9}, out[KEY_BYTES];
	uint64_t before = key_agreements();

	key_agree(secret, base, out);
	key_agree(secret, base, out);
	CHECK_EQUAL(key_agreements() - before, 2);
}

static bool enrollable(const char *hex)
{
	uint8_t public[KEY_BYTES];

	vector_hex(hex, public, sizeof public);
	return key_is_enrollable(public);
}

TEST(a_key_of_full_order_is_enrollable)
{
	uint8_t seed[32] = {3};
	struct sign_pair pair;

	key_sign_pair(seed, &pair);
	CHECK(key_is_enrollable(pair.public));
	CHECK(enrollable("5866666666666666666666666666666666666666666666666666666666666666"));
}

TEST(a_key_of_small_order_is_not_enrollable)
{
	CHECK(!enrollable("0100000000000000000000000000000000000000000000000000000000000000"));
	CHECK(!enrollable("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
	CHECK(!enrollable("0000000000000000000000000000000000000000000000000000000000000000"));
}

/* The base point plus the point of order 2. */
TEST(a_key_of_mixed_order_is_not_enrollable)
{
	CHECK(!enrollable("9599999999999999999999999999999999999999999999999999999999999999"));
}

TEST(a_key_off_the_curve_is_not_enrollable)
{
	CHECK(!enrollable("0200000000000000000000000000000000000000000000000000000000000000"));
}

TEST(a_key_in_another_than_its_canonical_form_is_not_enrollable)
{
	CHECK(!enrollable("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
	CHECK(!enrollable("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
}

/* fingerprints; the expected digits were computed apart from this program */

static const char spoken[] = "79895 77163 29441 73203 52847 08350 29652 97373";
static const char hexed[] = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";

TEST(a_fingerprint_is_the_last_forty_digits_of_the_hash)
{
	uint8_t root[KEY_BYTES];
	char text[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX];

	vector_fill(root, sizeof root, 0);
	key_fingerprint(root, text);
	CHECK(strcmp(text, spoken) == 0);
	key_fingerprint_hex(root, hex);
	CHECK(strcmp(hex, hexed) == 0);
}

TEST(a_fingerprint_keeps_its_leading_zeros)
{
	uint8_t root[KEY_BYTES] = {55};
	char text[FINGERPRINT_TEXT];

	key_fingerprint(root, text);
	CHECK(strcmp(text, "00289 27710 02000 44048 64383 63201 08630 31328") == 0);
}

TEST(a_fingerprint_matches_with_any_spaces_and_in_hex_of_any_case)
{
	uint8_t root[KEY_BYTES];

	vector_fill(root, sizeof root, 0);
	CHECK(key_fingerprint_matches(root, bytes_of(spoken)));
	CHECK(key_fingerprint_matches(root, bytes_of(" 7989577163 29441732035284708350 2965297373 ")));
	CHECK(key_fingerprint_matches(root, bytes_of(hexed)));
	CHECK(key_fingerprint_matches(root,
				      bytes_of("630DCD2966C4336691125448BBB25B4FF412A49C732DB2C8ABC1B8581BD710DD")));
}

TEST(another_fingerprint_or_a_part_of_it_does_not_match)
{
	uint8_t root[KEY_BYTES];
	char text[FINGERPRINT_HEX];

	vector_fill(root, sizeof root, 0);
	CHECK(!key_fingerprint_matches(root, bytes_of("")));
	CHECK(!key_fingerprint_matches(root, bytes_of("79895 77163 29441 73203 52847 08350 29652 9737")));
	CHECK(!key_fingerprint_matches(root, bytes_of("79895 77163 29441 73203 52847 08350 29652 97374")));
	CHECK(!key_fingerprint_matches(root, bytes_of("79895 77163 29441 73203 52847 08350 29652 97373 1")));
	CHECK(!key_fingerprint_matches(root, (struct bytes){(const uint8_t *)hexed, 63}));
	strcpy(text, hexed);
	text[63] = 'e';
	CHECK(!key_fingerprint_matches(root, bytes_of(text)));
}

TEST(wiped_memory_is_zero)
{
	uint8_t secret[40];

	memset(secret, 1, sizeof secret);
	key_wipe(secret, 39);
	for (size_t i = 0; i < 39; i++)
		CHECK_EQUAL(secret[i], 0);
	CHECK_EQUAL(secret[39], 1);
}

/* key files */

static void make_keys(struct station_keys *out)
{
	uint8_t random[KEYFILE_RANDOM_BYTES];

	vector_fill(random, sizeof random, 1);
	keyfile_make(bytes_of("tha-cert"), random, out);
}

TEST(a_key_file_is_read_back)
{
	struct station_keys keys, read;
	uint8_t buffer[KEYFILE_BYTES];

	make_keys(&keys);
	CHECK_EQUAL(keyfile_decode(keyfile_encode(&keys, buffer), &read), RESULT_OK);
	CHECK(memcmp(&keys, &read, sizeof keys) == 0);
	CHECK(memcmp(keys.signing.public, keys.log.public, KEY_BYTES) != 0);
}

TEST(a_key_file_without_root_gives_none)
{
	struct station_keys keys, read;
	uint8_t buffer[KEYFILE_BYTES];
	static const struct sign_pair none;

	make_keys(&keys);
	keys.has_root = false;
	CHECK_EQUAL(keyfile_decode(keyfile_encode(&keys, buffer), &read), RESULT_OK);
	CHECK(!read.has_root && memcmp(&read.root, &none, sizeof none) == 0);
	CHECK(memcmp(&keys.link, &read.link, sizeof keys.link) == 0);
}

TEST(a_key_file_cut_short_grown_or_of_another_format_is_malformed)
{
	struct station_keys keys, read = {0};
	uint8_t buffer[KEYFILE_BYTES + 1] = {0};
	struct bytes file;

	make_keys(&keys);
	file = keyfile_encode(&keys, buffer);
	for (size_t len = 0; len < file.len; len++)
		CHECK_EQUAL(keyfile_decode((struct bytes){file.data, len}, &read), RESULT_MALFORMED);
	CHECK_EQUAL(keyfile_decode((struct bytes){file.data, file.len + 1}, &read), RESULT_MALFORMED);
	buffer[15] = '2';
	CHECK_EQUAL(keyfile_decode(file, &read), RESULT_MALFORMED);
	CHECK(read.name.text[0] == '\0');
}

TEST(a_key_file_of_an_invalid_name_is_malformed)
{
	struct station_keys keys, read;
	uint8_t buffer[KEYFILE_BYTES];

	make_keys(&keys);
	keys.name.text[3] = '_';
	CHECK_EQUAL(keyfile_decode(keyfile_encode(&keys, buffer), &read), RESULT_MALFORMED);
}
