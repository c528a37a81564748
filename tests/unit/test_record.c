/* The two handshake records: their exact layout, what binds them, and every refusal (SPEC 3). */
#include "proto/hash.h"
#include "proto/record.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

#define FIRST_PAYLOAD 192
#define SECOND_PAYLOAD 208

struct world {
	struct record_context context;
	struct link_pair own, peer; /* the initiator's, the responder's */
	uint8_t k_link[KEY_BYTES], k_tag[KEY_BYTES], ephemeral[KEY_BYTES];
	struct noise initiator, responder;
	uint8_t record[RECORD_BYTES];
	uint64_t counter;
	int64_t at;
};

static void world_init(struct world *world)
{
	uint8_t secret[KEY_BYTES];

	memset(world, 0, sizeof *world);
	world->context = (struct record_context){{"tha-cert"}, {"vnm-cert"}, 1, 2940, 1024};
	vector_fill(secret, sizeof secret, 1);
	key_link_pair(secret, &world->own);
	vector_fill(secret, sizeof secret, 101);
	key_link_pair(secret, &world->peer);
	vector_fill(world->k_link, KEY_BYTES, 33);
	vector_fill(world->k_tag, KEY_BYTES, 65);
	vector_fill(world->ephemeral, KEY_BYTES, 97);
}

static void write_first(struct world *world, uint64_t counter, int64_t at)
{
	CHECK_EQUAL(record_write_first(&world->context, &world->own, world->peer.public, world->k_link, world->k_tag,
				       world->ephemeral, counter, at, &world->initiator, world->record),
		    RESULT_OK);
}

static int read_first(struct world *world)
{
	return record_read_first(&world->context, &world->peer, world->own.public, world->k_link, world->record,
				 &world->responder, &world->counter, &world->at);
}

static bool is_wiped(const struct noise *noise)
{
	static const struct noise none;

	return memcmp(noise, &none, sizeof none) == 0;
}

TEST(a_first_record_gives_counter_and_time)
{
	struct world world;

	world_init(&world);
	write_first(&world, INT64_MAX, -5);
	CHECK_EQUAL(read_first(&world), RESULT_OK);
	CHECK(world.counter == INT64_MAX && world.at == -5);
}

TEST(both_records_lead_to_the_same_ciphers)
{
	struct noise_cipher initiator[2], responder[2];
	uint8_t second[RECORD_BYTES], ephemeral[KEY_BYTES] = {44}, sealed[20], plain[4];
	struct world world;
	int64_t at;

	world_init(&world);
	write_first(&world, 7, 8);
	CHECK_EQUAL(read_first(&world), RESULT_OK);
	CHECK_EQUAL(record_write_second(&world.responder, ephemeral, 9, second), RESULT_OK);
	CHECK_EQUAL(record_read_second(&world.initiator, second, &at), RESULT_OK);
	CHECK_EQUAL(at, 9);
	noise_split(&world.initiator, &initiator[0], &initiator[1]);
	noise_split(&world.responder, &responder[0], &responder[1]);
	noise_encrypt(&initiator[0], bytes_of("ping"), sealed);
	CHECK_EQUAL(noise_decrypt(&responder[0], (struct bytes){sealed, 20}, plain), RESULT_OK);
	noise_encrypt(&responder[1], bytes_of("pong"), sealed);
	CHECK_EQUAL(noise_decrypt(&initiator[1], (struct bytes){sealed, 20}, plain), RESULT_OK);
	CHECK(memcmp(plain, "pong", 4) == 0);
}

/* The value was computed apart from this program. */
TEST(the_tag_is_as_the_specification_says)
{
	uint8_t record[RECORD_BYTES], key[KEY_BYTES];
	struct name tha = {"tha-cert"}, vnm = {"vnm-cert"};

	vector_hex("9f21ef520ad80e420e5875a2e5af6ddb", record, RECORD_TAG_BYTES);
	for (size_t i = 0; i < RECORD_BYTES - RECORD_TAG_BYTES; i++)
		record[RECORD_TAG_BYTES + i] = (uint8_t)(i * 7);
	vector_fill(key, sizeof key, 0);
	CHECK(record_tag_matches(record, key, &tha));
	CHECK(!record_tag_matches(record, key, &vnm));
	record[RECORD_BYTES - 1] ^= 1;
	CHECK(!record_tag_matches(record, key, &tha));
	record[RECORD_BYTES - 1] ^= 1;
	key[0] ^= 1;
	CHECK(!record_tag_matches(record, key, &tha));
}

TEST(a_written_record_carries_its_tag_and_trying_it_costs_no_agreement)
{
	struct world world;
	uint64_t before;

	world_init(&world);
	write_first(&world, 7, 8);
	before = key_agreements();
	CHECK(record_tag_matches(world.record, world.k_tag, &world.context.initiator));
	CHECK(!record_tag_matches(world.record, world.k_link, &world.context.initiator));
	CHECK_EQUAL(key_agreements(), before);
}

/* The prologue byte by byte, read with the plain Noise framework. */
TEST(the_first_record_is_kkpsk0_under_the_specified_prologue)
{
	static const char prologue[] =
	    "hotline/1\0tha-cert\0vnm-cert\0\0\0\0\1\0\0\x0b\x7c\4"; /* and the literal's own 0 */
	static const uint8_t expected[FIRST_PAYLOAD] = {0x92, 7, 0xcc, 200};
	uint8_t payload[FIRST_PAYLOAD];
	struct world world;
	struct noise noise;
	size_t len;

	world_init(&world);
	write_first(&world, 7, 200);
	noise_init(&noise, NOISE_KKPSK0, false, (struct bytes){(const uint8_t *)prologue, sizeof prologue}, &world.peer,
		   world.own.public, world.k_link);
	CHECK_EQUAL(noise_read(&noise, (struct bytes){world.record + 16, 240}, payload, &len), RESULT_OK);
	CHECK_EQUAL(len, FIRST_PAYLOAD);
	CHECK(memcmp(payload, expected, len) == 0);
}

TEST(everything_in_the_context_is_bound)
{
	struct world world;

	for (int i = 0; i < 6; i++) {
		world_init(&world);
		write_first(&world, 7, 8);
		world.context.generation += i == 0;
		world.context.week += i == 1;
		world.context.cell -= i == 2;
		world.context.initiator.text[0] += i == 3;
		world.context.responder.text[0] += i == 4;
		CHECK_EQUAL(read_first(&world), i < 5 ? RESULT_SEAL : RESULT_OK);
		CHECK(i == 5 || is_wiped(&world.responder));
	}
}

TEST(another_link_key_of_the_week_does_not_open)
{
	struct world world;

	world_init(&world);
	write_first(&world, 7, 8);
	world.k_link[0] ^= 1;
	world.counter = 99;
	CHECK_EQUAL(read_first(&world), RESULT_SEAL);
	CHECK_EQUAL(world.counter, 99);
}

TEST(any_changed_byte_after_the_tag_does_not_open)
{
	struct world world;

	world_init(&world);
	write_first(&world, 7, 8);
	for (size_t i = RECORD_TAG_BYTES; i < RECORD_BYTES; i++) {
		world.record[i] ^= 0x10;
		CHECK_EQUAL(read_first(&world), RESULT_SEAL);
		world.record[i] ^= 0x10;
	}
	CHECK_EQUAL(read_first(&world), RESULT_OK);
}

TEST(a_first_record_to_a_key_that_agrees_on_zeros_is_not_written)
{
	struct world world;
	static const uint8_t zero[KEY_BYTES], nothing[RECORD_BYTES];

	world_init(&world);
	CHECK_EQUAL(record_write_first(&world.context, &world.own, zero, world.k_link, world.k_tag, world.ephemeral, 1,
				       1, &world.initiator, world.record),
		    RESULT_KEY);
	CHECK(memcmp(world.record, nothing, RECORD_BYTES) == 0);
	CHECK(is_wiped(&world.initiator));
}

/* A first record whose payload begins with these bytes, under the world's own keys; and what its reader says. */
static int read_payload(const char *hex, size_t nonzero_at)
{
	static const char prologue[] = "hotline/1\0tha-cert\0vnm-cert\0\0\0\0\1\0\0\x0b\x7c\4";
	uint8_t payload[FIRST_PAYLOAD] = {0};
	struct world world;
	struct noise noise;
	size_t len;
	int result;

	world_init(&world);
	vector_hex(hex, payload, sizeof payload);
	if (nonzero_at > 0)
		payload[nonzero_at] = 1;
	noise_init(&noise, NOISE_KKPSK0, true, (struct bytes){(const uint8_t *)prologue, sizeof prologue}, &world.own,
		   world.peer.public, world.k_link);
	CHECK_EQUAL(
	    noise_write(&noise, world.ephemeral, (struct bytes){payload, sizeof payload}, world.record + 16, &len),
	    RESULT_OK);
	result = read_first(&world);
	CHECK(result == RESULT_OK || is_wiped(&world.responder));
	return result;
}

TEST(a_payload_is_one_strict_array_and_then_zeros)
{
	CHECK_EQUAL(read_payload("920708", 0), RESULT_OK);
	CHECK_EQUAL(read_payload("9207d0df", 0), RESULT_OK);
	CHECK_EQUAL(read_payload("910708", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("93070801", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("92cc0708", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("92ff08", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("92cf800000000000000008", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("00", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("dc00020708", 0), RESULT_MALFORMED);
}

TEST(any_other_byte_after_the_array_refuses)
{
	CHECK_EQUAL(read_payload("920708", 3), RESULT_MALFORMED);
	CHECK_EQUAL(read_payload("920708", FIRST_PAYLOAD - 1), RESULT_MALFORMED);
}

/* The same for the second record. */
static int read_second_payload(const char *hex, size_t nonzero_at)
{
	uint8_t payload[SECOND_PAYLOAD] = {0}, second[RECORD_BYTES];
	struct world world;
	int64_t at = 99;
	size_t len;
	int result;

	world_init(&world);
	write_first(&world, 7, 8);
	CHECK_EQUAL(read_first(&world), RESULT_OK);
	vector_hex(hex, payload, sizeof payload);
	if (nonzero_at > 0)
		payload[nonzero_at] = 1;
	CHECK_EQUAL(
	    noise_write(&world.responder, world.ephemeral, (struct bytes){payload, sizeof payload}, second, &len),
	    RESULT_OK);
	CHECK_EQUAL(len, RECORD_BYTES);
	result = record_read_second(&world.initiator, second, &at);
	CHECK(result == RESULT_OK ? at == 5 : at == 99 && is_wiped(&world.initiator));
	return result;
}

TEST(a_second_payload_is_one_strict_array_and_then_zeros)
{
	CHECK_EQUAL(read_second_payload("9105", 0), RESULT_OK);
	CHECK_EQUAL(read_second_payload("920505", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_second_payload("91cc05", 0), RESULT_MALFORMED);
	CHECK_EQUAL(read_second_payload("9105", 2), RESULT_MALFORMED);
	CHECK_EQUAL(read_second_payload("9105", SECOND_PAYLOAD - 1), RESULT_MALFORMED);
}

TEST(a_changed_second_record_does_not_open)
{
	uint8_t second[RECORD_BYTES];
	struct world world;
	int64_t at = 99;

	world_init(&world);
	write_first(&world, 7, 8);
	CHECK_EQUAL(read_first(&world), RESULT_OK);
	CHECK_EQUAL(record_write_second(&world.responder, world.ephemeral, 9, second), RESULT_OK);
	second[100] ^= 1;
	CHECK_EQUAL(record_read_second(&world.initiator, second, &at), RESULT_SEAL);
	CHECK(at == 99 && is_wiped(&world.initiator));
}
