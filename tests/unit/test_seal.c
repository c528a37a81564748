/* Sealed parcels: their layout, chunks, what binds them, and every refusal (SPEC 4). */
#include "proto/hash.h"
#include "proto/limits.h"
#include "proto/noise.h"
#include "proto/seal.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

static uint8_t plain[LIMIT_PARCEL_BYTES], opened[LIMIT_PARCEL_BYTES], form[LIMIT_PARCEL_BYTES + 4096];

struct world {
	struct seal_head head;
	struct link_pair own, peer;
	uint8_t psk[KEY_BYTES], ephemeral[KEY_BYTES];
	size_t len;
};

static void world_init(struct world *world)
{
	uint8_t secret[KEY_BYTES];

	memset(world, 0, sizeof *world);
	world->head = (struct seal_head){{"tha-cert"}, {"vnm-cert"}, 1, 2940, 3, 7};
	vector_fill(secret, sizeof secret, 1);
	key_link_pair(secret, &world->own);
	vector_fill(secret, sizeof secret, 101);
	key_link_pair(secret, &world->peer);
	vector_fill(world->psk, KEY_BYTES, 33);
	vector_fill(world->ephemeral, KEY_BYTES, 97);
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 31 + i / 251);
}

static void close_plain(struct world *world, size_t len)
{
	CHECK_EQUAL(seal_close(&world->head, &world->own, world->peer.public, world->psk, world->ephemeral,
			       (struct bytes){plain, len}, form, &world->len),
		    RESULT_OK);
	CHECK(world->len <= seal_capacity(len));
}

static int decode(const struct world *world, struct sealed *out)
{
	return seal_decode((struct bytes){form, world->len}, out);
}

static int open_form(const struct world *world)
{
	struct sealed sealed;

	CHECK_EQUAL(decode(world, &sealed), RESULT_OK);
	return seal_open(&sealed, &world->peer, world->own.public, world->psk, opened);
}

TEST(parcels_of_every_size_around_a_chunk_are_opened)
{
	static const size_t sizes[] = {
	    1,
	    2,
	    187,
	    188,
	    65535 - 68,
	    65535 - 67,
	    SEAL_CHUNK_BYTES - 1,
	    SEAL_CHUNK_BYTES,
	    SEAL_CHUNK_BYTES + 1,
	    2 * SEAL_CHUNK_BYTES,
	    2 * SEAL_CHUNK_BYTES + 1,
	    LIMIT_PARCEL_BYTES,
	};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct world world;
		struct sealed sealed;

		world_init(&world);
		close_plain(&world, sizes[i]);
		CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
		CHECK_EQUAL(seal_plain_len(&sealed), sizes[i]);
		CHECK_EQUAL(open_form(&world), RESULT_OK);
		CHECK(memcmp(opened, plain, sizes[i]) == 0);
	}
}

TEST(the_outside_is_read_as_it_was_written)
{
	struct world world;
	struct sealed sealed;

	world_init(&world);
	world.head = (struct seal_head){{"tha-cert"}, {"vnm-cert"}, UINT32_MAX, UINT32_MAX, 0, INT64_MAX};
	close_plain(&world, 3);
	CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
	CHECK(name_equal(&sealed.head.from, &world.head.from) && name_equal(&sealed.head.to, &world.head.to));
	CHECK(sealed.head.generation == UINT32_MAX && sealed.head.week == UINT32_MAX);
	CHECK(sealed.head.precedence == 0 && sealed.head.seq == INT64_MAX);
	CHECK_EQUAL(sealed.body.len, 52 + 3 + 16);
}

/* The prologue byte by byte, read with the plain Noise framework. */
TEST(the_body_is_kpsk0_under_the_specified_prologue)
{
	static const char prologue[] = "\x97\xa9hotline/1\xa8tha-cert\xa8vnm-cert\x01\xcd\x0b\x7c\x03\x07";
	uint8_t length[4], text[3];
	struct world world;
	struct sealed sealed;
	struct noise noise;
	struct noise_cipher cipher, unused;
	size_t len;

	world_init(&world);
	close_plain(&world, 3);
	CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
	noise_init(&noise, NOISE_KPSK0, false, bytes_of(prologue), &world.peer, world.own.public, world.psk);
	CHECK_EQUAL(noise_read(&noise, (struct bytes){sealed.body.data, 52}, length, &len), RESULT_OK);
	CHECK(len == 4 && memcmp(length, "\0\0\0\3", 4) == 0);
	noise_split(&noise, &cipher, &unused);
	CHECK_EQUAL(noise_decrypt(&cipher, (struct bytes){sealed.body.data + 52, 19}, text), RESULT_OK);
	CHECK(memcmp(text, plain, 3) == 0);
}

TEST(everything_outside_is_bound)
{
	for (int i = 0; i < 7; i++) {
		struct world world;
		struct sealed sealed;

		world_init(&world);
		close_plain(&world, 30);
		CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
		sealed.head.from.text[0] += i == 0;
		sealed.head.to.text[0] += i == 1;
		sealed.head.generation += i == 2;
		sealed.head.week += i == 3;
		sealed.head.precedence -= i == 4;
		sealed.head.seq += i == 5;
		CHECK_EQUAL(seal_open(&sealed, &world.peer, world.own.public, world.psk, opened),
			    i < 6 ? RESULT_SEAL : RESULT_OK);
	}
}

TEST(other_keys_do_not_open)
{
	struct world world;

	world_init(&world);
	close_plain(&world, 30);
	world.psk[0] ^= 1;
	CHECK_EQUAL(open_form(&world), RESULT_SEAL);
	world.psk[0] ^= 1;
	CHECK_EQUAL(open_form(&world), RESULT_OK);
	world.own.public[0] ^= 1;
	CHECK_EQUAL(open_form(&world), RESULT_SEAL);
}

TEST(a_sender_can_not_open_what_it_sealed)
{
	struct world world;
	struct sealed sealed;

	world_init(&world);
	close_plain(&world, 30);
	CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
	CHECK_EQUAL(seal_open(&sealed, &world.own, world.peer.public, world.psk, opened), RESULT_SEAL);
}

TEST(any_changed_byte_of_the_body_does_not_open)
{
	struct world world;
	struct sealed sealed;
	size_t before;

	world_init(&world);
	close_plain(&world, 40);
	CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
	before = (size_t)(sealed.body.data - form);
	for (size_t i = before; i < world.len; i++) {
		form[i] ^= 4;
		CHECK_EQUAL(open_form(&world), RESULT_SEAL);
		form[i] ^= 4;
	}
}

TEST(a_fault_in_the_last_chunk_leaves_nothing_of_the_first)
{
	struct world world;
	size_t left = 0;

	world_init(&world);
	close_plain(&world, SEAL_CHUNK_BYTES + 40);
	form[world.len - 1] ^= 1;
	CHECK_EQUAL(open_form(&world), RESULT_SEAL);
	for (size_t i = 0; i < SEAL_CHUNK_BYTES + 40; i++)
		left += opened[i] != 0;
	CHECK_EQUAL(left, 0);
}

/* Puts a body of other bytes outside the same head. */
static int open_body(struct world *world, struct sealed *sealed, struct bytes body)
{
	sealed->body = body;
	return seal_open(sealed, &world->peer, world->own.public, world->psk, opened);
}

TEST(whole_chunks_dropped_or_swapped_do_not_open)
{
	static uint8_t body[3 * 65535 + 100];
	struct world world;
	struct sealed sealed;
	uint8_t *first = body + 52, *second = body + 52 + 65535;

	world_init(&world);
	close_plain(&world, 2 * SEAL_CHUNK_BYTES);
	CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
	memcpy(body, sealed.body.data, sealed.body.len);
	CHECK_EQUAL(open_body(&world, &sealed, (struct bytes){body, 52 + 2 * 65535}), RESULT_OK);
	CHECK_EQUAL(open_body(&world, &sealed, (struct bytes){body, 52 + 65535}), RESULT_SEAL);
	memcpy(body + 52 + 2 * 65535, first, 65535);
	CHECK_EQUAL(open_body(&world, &sealed, (struct bytes){body, 52 + 3 * 65535}), RESULT_SEAL);
	memcpy(first, second, 65535);
	memcpy(second, body + 52 + 2 * 65535, 65535);
	CHECK_EQUAL(open_body(&world, &sealed, (struct bytes){body, 52 + 2 * 65535}), RESULT_SEAL);
}

TEST(a_length_that_is_not_the_bodys_does_not_open)
{
	struct world world;
	struct sealed sealed;
	struct noise noise;
	struct noise_cipher cipher, unused;
	uint8_t body[52 + 3 + 16];
	size_t len;

	world_init(&world);
	close_plain(&world, 3);
	CHECK_EQUAL(decode(&world, &sealed), RESULT_OK);
	for (uint8_t length = 2; length <= 4; length++) {
		noise_init(&noise, NOISE_KPSK0, true,
			   bytes_of("\x97\xa9hotline/1\xa8tha-cert\xa8vnm-cert\x01\xcd\x0b\x7c\x03\x07"), &world.own,
			   world.peer.public, world.psk);
		CHECK_EQUAL(
		    noise_write(&noise, world.ephemeral, (struct bytes){(uint8_t[]){0, 0, 0, length}, 4}, body, &len),
		    RESULT_OK);
		noise_split(&noise, &cipher, &unused);
		noise_encrypt(&cipher, bytes_of("abc"), body + len);
		CHECK_EQUAL(open_body(&world, &sealed, (struct bytes){body, sizeof body}),
			    length == 3 ? RESULT_OK : RESULT_SEAL);
	}
}

TEST(bodies_of_sizes_that_no_plaintext_has_are_told_by_their_size)
{
	static const size_t none[] = {
	    0, 1, 52, 52 + 15, 52 + 16, 52 + 65535 + 1, 52 + 65535 + 16, 52 + 2 * 65535 + 16,
	};
	static const struct {
		size_t body, plain;
	} some[] = {
	    {52 + 17, 1},
	    {52 + 65535, SEAL_CHUNK_BYTES},
	    {52 + 65535 + 17, SEAL_CHUNK_BYTES + 1},
	    {52 + 33 * 16 + LIMIT_PARCEL_BYTES, LIMIT_PARCEL_BYTES},
	    {52 + 33 * 16 + LIMIT_PARCEL_BYTES + 1, 0},
	};
	struct sealed sealed = {.body = {form, 0}};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		sealed.body.len = none[i];
		CHECK_EQUAL(seal_plain_len(&sealed), 0);
		CHECK_EQUAL(seal_open(&sealed, NULL, NULL, NULL, opened), RESULT_SEAL);
	}
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		sealed.body.len = some[i].body;
		CHECK_EQUAL(seal_plain_len(&sealed), some[i].plain);
	}
}

TEST(sealing_to_a_key_that_agrees_on_zeros_is_refused)
{
	static const uint8_t zero[KEY_BYTES];
	struct world world;
	size_t len = 99;

	world_init(&world);
	CHECK_EQUAL(seal_close(&world.head, &world.own, zero, world.psk, world.ephemeral, bytes_of("abc"), form, &len),
		    RESULT_KEY);
	CHECK_EQUAL(len, 99);
}

/* the outside, strictly */

static int decode_hex(const char *head, size_t body)
{
	struct pack_writer w;
	struct sealed sealed;
	struct bytes in = vector_hex(head, form, sizeof form);

	w = pack_writer(form + in.len, sizeof form - in.len);
	pack_put_bin(&w, plain, body);
	return seal_decode((struct bytes){form, in.len + w.len}, &sealed);
}

#define SUITE "a9686f746c696e652f31"
#define THA "a87468612d63657274"
#define VNM "a8766e6d2d63657274"

TEST(the_outside_is_taken_in_its_one_form)
{
	CHECK_EQUAL(decode_hex("98" SUITE THA VNM "01cd0b7c0307", 100), RESULT_OK);
}

TEST(an_outside_of_another_shape_is_malformed)
{
	static const char *const wrong[] = {
	    "97" SUITE THA VNM "01cd0b7c03",		     /* arity */
	    "99" SUITE THA VNM "01cd0b7c030700",	     /* arity */
	    "98a9686f746c696e652f32" THA VNM "01cd0b7c0307", /* another suite */
	    "98" SUITE "a3746861" VNM "01cd0b7c0307",	     /* a name that is none */
	    "98" SUITE THA "a3746861"
	    "01cd0b7c0307",
	    "98" SUITE THA "c400"
	    "01cd0b7c0307",
	    "98" SUITE THA VNM "01cd0b7c0407",		       /* precedence 4 */
	    "98" SUITE THA VNM "01cd0b7c0300",		       /* seq 0 */
	    "98" SUITE THA VNM "cf0000000100000000cd0b7c0307", /* generation over 32 bits */
	    "98" SUITE THA VNM "01cf00000001000000000307",     /* week over 32 bits */
	    "98" SUITE THA VNM "ffcd0b7c0307",		       /* negative */
	    "98" SUITE THA VNM "01ce00000b7c0307",	       /* over-long */
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_EQUAL(decode_hex(wrong[i], 100), RESULT_MALFORMED);
}

TEST(every_prefix_of_a_sealed_form_is_malformed_and_so_is_a_byte_more)
{
	struct world world;
	struct sealed sealed;
	size_t len;

	world_init(&world);
	close_plain(&world, 30);
	len = world.len;
	for (world.len = 0; world.len < len; world.len++)
		CHECK_EQUAL(decode(&world, &sealed), RESULT_MALFORMED);
	form[len] = 0;
	world.len = len + 1;
	CHECK_EQUAL(decode(&world, &sealed), RESULT_MALFORMED);
}

TEST(a_body_larger_than_any_parcel_is_over_a_limit)
{
	CHECK_EQUAL(decode_hex("98" SUITE THA VNM "01cd0b7c0307", 100), RESULT_OK);
	{
		const size_t most = 52 + 33 * 16 + LIMIT_PARCEL_BYTES;
		uint8_t *at = form + vector_hex("98" SUITE THA VNM "01cd0b7c0307", form, sizeof form).len;
		struct sealed sealed;

		*at = 0xc6;
		pack_be32(at + 1, (uint32_t)most);
		CHECK_EQUAL(seal_decode((struct bytes){form, (size_t)(at - form) + 5 + most}, &sealed), RESULT_OK);
		pack_be32(at + 1, (uint32_t)most + 1);
		CHECK_EQUAL(seal_decode((struct bytes){form, (size_t)(at - form) + 5 + most + 1}, &sealed),
			    RESULT_LIMIT);
	}
}
