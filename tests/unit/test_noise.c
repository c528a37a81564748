/* Every KKpsk0 and Kpsk0 vector of the public suite in both directions, and what must be refused (Noise rev. 34). */
#include "proto/noise.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

/* One side of a vector, and the ciphers after the split. */
struct side {
	struct noise noise;
	struct noise_cipher cipher[2];
	uint8_t ephemeral[KEY_BYTES];
};

static struct bytes hex_of(const json_t *json, const char *name, uint8_t *out, size_t capacity)
{
	const char *hex = json_string_value(json_object_get(json, name));

	return vector_hex(hex != NULL ? hex : "", out, capacity);
}

static void side_init(struct side *side, const json_t *vector, enum noise_pattern pattern, bool is_initiator)
{
	const char *const names[2][5] = {
	    {"resp_static", "resp_remote_static", "resp_prologue", "resp_ephemeral", "resp_psks"},
	    {"init_static", "init_remote_static", "init_prologue", "init_ephemeral", "init_psks"},
	};
	const char *const *name = names[is_initiator];
	uint8_t secret[KEY_BYTES], remote[KEY_BYTES], prologue[256], psk[KEY_BYTES];
	struct link_pair s;

	hex_of(vector, name[0], secret, sizeof secret);
	hex_of(vector, name[1], remote, sizeof remote);
	hex_of(vector, name[3], side->ephemeral, sizeof side->ephemeral);
	vector_hex(json_string_value(json_array_get(json_object_get(vector, name[4]), 0)), psk, sizeof psk);
	key_link_pair(secret, &s);
	noise_init(&side->noise, pattern, is_initiator, hex_of(vector, name[2], prologue, sizeof prologue), &s, remote,
		   psk);
}

/* Message number `i`: the writer's bytes are the vector's, and the reader gets the payload. */
static void run_message(struct side *writer, struct side *reader, size_t i, size_t handshake, bool one_way,
			const json_t *message)
{
	uint8_t payload_buffer[256], ciphertext_buffer[512], out[512], back[512];
	struct bytes payload = hex_of(message, "payload", payload_buffer, sizeof payload_buffer);
	struct bytes ciphertext = hex_of(message, "ciphertext", ciphertext_buffer, sizeof ciphertext_buffer);
	size_t direction = one_way ? 0 : i % 2, len = payload.len + NOISE_TAG_BYTES, back_len = payload.len;

	if (i < handshake) {
		CHECK_EQUAL(noise_write(&writer->noise, writer->ephemeral, payload, out, &len), RESULT_OK);
		CHECK_EQUAL(noise_read(&reader->noise, ciphertext, back, &back_len), RESULT_OK);
	} else {
		noise_encrypt(&writer->cipher[direction], payload, out);
		CHECK_EQUAL(noise_decrypt(&reader->cipher[direction], ciphertext, back), RESULT_OK);
	}
	CHECK(bytes_equal((struct bytes){out, len}, ciphertext));
	CHECK(bytes_equal((struct bytes){back, back_len}, payload));
}

static void run_vector(const json_t *vector, enum noise_pattern pattern)
{
	const size_t handshake = pattern == NOISE_KKPSK0 ? 2 : 1;
	const bool one_way = pattern == NOISE_KPSK0;
	const json_t *messages = json_object_get(vector, "messages");
	uint8_t buffer[NOISE_HASH_BYTES];
	struct bytes hash = hex_of(vector, "handshake_hash", buffer, sizeof buffer);
	struct side side[2];

	side_init(&side[0], vector, pattern, true);
	side_init(&side[1], vector, pattern, false);
	CHECK(json_array_size(messages) > handshake);
	for (size_t i = 0; i < json_array_size(messages); i++) {
		size_t from = one_way ? 0 : i % 2;

		for (size_t k = 0; i == handshake && k < 2; k++) {
			CHECK(hash.len == 0 || memcmp(hash.data, side[k].noise.hash, NOISE_HASH_BYTES) == 0);
			noise_split(&side[k].noise, &side[k].cipher[0], &side[k].cipher[1]);
		}
		run_message(&side[from], &side[1 - from], i, handshake, one_way, json_array_get(messages, i));
	}
}

/* How many vectors of that name the file has; each is run. */
static size_t run_vectors(const char *name, enum noise_pattern pattern)
{
	json_t *file = vector_load("tests/vectors/noise-25519-chachapoly-blake2b.json"), *vector;
	size_t i, count = 0;

	CHECK(file != NULL);
	json_array_foreach(json_object_get(file, "vectors"), i, vector)
	{
		if (strcmp(json_string_value(json_object_get(vector, "protocol_name")), name) != 0)
			continue;
		run_vector(vector, pattern);
		count++;
	}
	json_decref(file);
	return count;
}

TEST(kkpsk0_gives_every_byte_of_its_vectors)
{
	CHECK_EQUAL(run_vectors("Noise_KKpsk0_25519_ChaChaPoly_BLAKE2b", NOISE_KKPSK0), 1);
}

TEST(kpsk0_gives_every_byte_of_its_vectors)
{
	CHECK_EQUAL(run_vectors("Noise_Kpsk0_25519_ChaChaPoly_BLAKE2b", NOISE_KPSK0), 1);
}

/* A pair of our own; what differs between the two sides is changed by the cases. */

struct world {
	struct link_pair a, b;
	uint8_t psk_a[KEY_BYTES], psk_b[KEY_BYTES];
	const char *prologue_a, *prologue_b;
	struct noise initiator, responder;
};

static void world_init(struct world *world)
{
	uint8_t secret[KEY_BYTES];

	memset(world, 0, sizeof *world);
	vector_fill(secret, sizeof secret, 1);
	key_link_pair(secret, &world->a);
	vector_fill(secret, sizeof secret, 101);
	key_link_pair(secret, &world->b);
	world->prologue_a = world->prologue_b = "prologue";
}

static void world_begin(struct world *world, enum noise_pattern pattern)
{
	noise_init(&world->initiator, pattern, true, bytes_of(world->prologue_a), &world->a, world->b.public,
		   world->psk_a);
	noise_init(&world->responder, pattern, false, bytes_of(world->prologue_b), &world->b, world->a.public,
		   world->psk_b);
}

/* The first message; what the responder says to it. */
static int first_message(struct world *world)
{
	uint8_t ephemeral[KEY_BYTES] = {5}, out[64], back[64];
	size_t len;

	world_begin(world, NOISE_KKPSK0);
	CHECK_EQUAL(noise_write(&world->initiator, ephemeral, bytes_of("hello"), out, &len), RESULT_OK);
	CHECK_EQUAL(len, 5 + NOISE_WRITE_OVERHEAD);
	return noise_read(&world->responder, (struct bytes){out, len}, back, &len);
}

static bool is_wiped(const struct noise *noise)
{
	static const struct noise none;

	return memcmp(noise, &none, sizeof none) == 0;
}

TEST(the_same_secrets_agree)
{
	struct world world;

	world_init(&world);
	CHECK_EQUAL(first_message(&world), RESULT_OK);
}

TEST(another_psk_does_not_open_and_leaves_nothing)
{
	struct world world;

	world_init(&world);
	world.psk_b[31] = 1;
	CHECK_EQUAL(first_message(&world), RESULT_SEAL);
	CHECK(is_wiped(&world.responder));
}

TEST(another_prologue_does_not_open)
{
	struct world world;

	world_init(&world);
	world.prologue_b = "prologuf";
	CHECK_EQUAL(first_message(&world), RESULT_SEAL);
}

TEST(another_static_key_does_not_open)
{
	struct world world;
	uint8_t secret[KEY_BYTES] = {77};

	world_init(&world);
	world_begin(&world, NOISE_KKPSK0);
	key_link_pair(secret, &world.a);
	noise_init(&world.initiator, NOISE_KKPSK0, true, bytes_of("prologue"), &world.a, world.b.public, world.psk_a);
	{
		uint8_t out[64], back[64];
		size_t len;

		CHECK_EQUAL(noise_write(&world.initiator, secret, bytes_of(""), out, &len), RESULT_OK);
		CHECK_EQUAL(noise_read(&world.responder, (struct bytes){out, len}, back, &len), RESULT_SEAL);
	}
}

TEST(any_changed_bit_of_a_message_does_not_open)
{
	uint8_t ephemeral[KEY_BYTES] = {5}, out[64], back[64];
	struct world world;
	size_t len, back_len;

	world_init(&world);
	world_begin(&world, NOISE_KPSK0);
	CHECK_EQUAL(noise_write(&world.initiator, ephemeral, bytes_of("text"), out, &len), RESULT_OK);
	for (size_t i = 0; i < len; i++) {
		world_begin(&world, NOISE_KPSK0);
		out[i] ^= 1;
		CHECK_EQUAL(noise_read(&world.responder, (struct bytes){out, len}, back, &back_len), RESULT_SEAL);
		out[i] ^= 1;
	}
	world_begin(&world, NOISE_KPSK0);
	CHECK_EQUAL(noise_read(&world.responder, (struct bytes){out, len}, back, &back_len), RESULT_OK);
}

TEST(a_message_too_short_does_not_open)
{
	static const uint8_t in[NOISE_WRITE_OVERHEAD];
	uint8_t back[1];
	struct world world;
	size_t len;

	for (size_t short_len = 0; short_len < sizeof in; short_len += 47) {
		world_init(&world);
		world_begin(&world, NOISE_KPSK0);
		CHECK_EQUAL(noise_read(&world.responder, (struct bytes){in, short_len}, back, &len), RESULT_SEAL);
	}
}

TEST(an_ephemeral_that_agrees_on_zeros_does_not_open)
{
	static const uint8_t in[NOISE_WRITE_OVERHEAD];
	uint8_t back[1];
	struct world world;
	size_t len;

	world_init(&world);
	world_begin(&world, NOISE_KPSK0);
	CHECK_EQUAL(noise_read(&world.responder, (struct bytes){in, sizeof in}, back, &len), RESULT_SEAL);
	CHECK(is_wiped(&world.responder));
}

TEST(writing_to_a_static_key_that_agrees_on_zeros_is_refused)
{
	uint8_t ephemeral[KEY_BYTES] = {5}, out[64];
	struct world world;
	size_t len;

	world_init(&world);
	memset(world.b.public, 0, KEY_BYTES);
	world_begin(&world, NOISE_KPSK0);
	CHECK_EQUAL(noise_write(&world.initiator, ephemeral, bytes_of(""), out, &len), RESULT_KEY);
	CHECK(is_wiped(&world.initiator));
}

/* transport messages */

TEST(transport_messages_open_once_and_in_order)
{
	struct noise_cipher out = {.key = {1}}, in = {.key = {1}};
	uint8_t first[20], second[20], plain[4];

	noise_encrypt(&out, bytes_of("aaaa"), first);
	noise_encrypt(&out, bytes_of("aaaa"), second);
	CHECK(memcmp(first, second, sizeof first) != 0);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){second, 20}, plain), RESULT_SEAL);
	CHECK_EQUAL(in.nonce, 0);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){first, 20}, plain), RESULT_OK);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){first, 20}, plain), RESULT_SEAL);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){second, 20}, plain), RESULT_OK);
	CHECK_EQUAL(in.nonce, 2);
}

TEST(a_transport_message_shorter_than_its_tag_does_not_open)
{
	struct noise_cipher in = {.key = {1}};
	uint8_t bytes[15] = {0}, plain[1];

	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){bytes, sizeof bytes}, plain), RESULT_SEAL);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){NULL, 0}, plain), RESULT_SEAL);
}

TEST(an_empty_transport_message_opens)
{
	struct noise_cipher out = {.key = {1}}, in = {.key = {1}};
	uint8_t sealed[NOISE_TAG_BYTES], plain[1];

	noise_encrypt(&out, (struct bytes){NULL, 0}, sealed);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){sealed, sizeof sealed}, plain), RESULT_OK);
}

TEST(the_largest_transport_message_opens_and_one_byte_more_does_not)
{
	static uint8_t plain[NOISE_MESSAGE_MAX], sealed[NOISE_MESSAGE_MAX + 1], back[NOISE_MESSAGE_MAX];
	struct noise_cipher out = {.key = {1}}, in = {.key = {1}};

	noise_encrypt(&out, (struct bytes){plain, NOISE_MESSAGE_MAX - NOISE_TAG_BYTES}, sealed);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){sealed, sizeof sealed}, back), RESULT_SEAL);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){sealed, NOISE_MESSAGE_MAX}, back), RESULT_OK);
}

TEST(nothing_opens_under_the_last_nonce)
{
	struct noise_cipher out = {.key = {1}, .nonce = UINT64_MAX - 1}, in = out;
	uint8_t sealed[NOISE_TAG_BYTES + 1], plain[1];

	noise_encrypt(&out, bytes_of("a"), sealed);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){sealed, sizeof sealed}, plain), RESULT_OK);
	CHECK_EQUAL(noise_decrypt(&in, (struct bytes){sealed, sizeof sealed}, plain), RESULT_SEAL);
}
