/* Signed notes and checkpoints: every public vector, our own signature, and each refusal. */
#include "proto/checkpoint.h"

#include <jansson.h>

#include "proto/armour.h"
#include "tests/unit/test.h"

/* Splits "name+keyid+base64" of a vector; checks that the id is the one we compute. */
static bool read_vkey(const char *vkey, struct bytes *out_name, uint8_t out_public[KEY_BYTES])
{
	const char *id = strchr(vkey, '+'), *key = id != NULL ? strchr(id + 1, '+') : NULL;
	uint8_t raw[64], computed[4];
	char hex[9];
	size_t len;

	if (key == NULL || base64_decode(bytes_of(key + 1), raw, sizeof raw, &len) != RESULT_OK || len != 33 ||
	    raw[0] != 1)
		return false;
	*out_name = (struct bytes){(const uint8_t *)vkey, (size_t)(id - vkey)};
	memcpy(out_public, raw + 1, KEY_BYTES);
	note_key_id(*out_name, out_public, computed);
	key_hex(computed, 4, hex);
	return strncmp(hex, id + 1, 8) == 0;
}

/* Whether a vector's note opens: every known signature is right, and there is one. */
static bool opens(const json_t *vector, struct note *note)
{
	json_t *vkeys = json_object_get(vector, "vkeys");
	struct bytes text = bytes_of(json_string_value(json_object_get(vector, "note")));
	uint8_t public[KEY_BYTES];
	struct bytes name;
	int good = 0;

	if (note_decode(text, note) != RESULT_OK)
		return false;
	for (size_t i = 0; i < json_array_size(vkeys); i++) {
		CHECK(read_vkey(json_string_value(json_array_get(vkeys, i)), &name, public));
		int result = note_verify(note, name, public);
		if (result == RESULT_SIGNATURE)
			return false;
		good += result == RESULT_OK;
	}
	return good > 0;
}

TEST(public_notes_open_as_they_say)
{
	json_t *vectors = json_load_file("tests/vectors/signed-notes.json", 0, NULL);
	struct checkpoint checkpoint;
	struct note note;
	size_t sized = 0;

	CHECK_EQUAL(json_array_size(vectors), 22);
	for (size_t i = 0; i < json_array_size(vectors); i++) {
		json_t *vector = json_array_get(vectors, i), *size = json_object_get(vector, "size");

		CHECK_EQUAL(opens(vector, &note), json_is_true(json_object_get(vector, "valid")));
		if (size == NULL)
			continue;
		CHECK_EQUAL(checkpoint_decode(note.text, &checkpoint), RESULT_OK);
		CHECK_EQUAL(checkpoint.size, json_integer_value(size));
		sized++;
	}
	CHECK(sized > 10);
	json_decref(vectors);
}

#define ORIGIN "hotline/tha-cert/vnm-cert"

static struct bytes sign(uint8_t seed, uint64_t size, uint8_t out[CHECKPOINT_BYTES], struct sign_pair *out_pair)
{
	struct checkpoint checkpoint = {.origin = bytes_of(ORIGIN), .size = size, .root = {1, 2, 3}};
	struct pack_writer w = pack_writer(out, CHECKPOINT_BYTES);

	key_sign_pair((uint8_t[32]){seed}, out_pair);
	checkpoint_sign(&checkpoint, out_pair, &w);
	return pack_written(&w);
}

TEST(origins_are_the_names_of_both)
{
	char out[ORIGIN_TEXT];

	CHECK_EQUAL(checkpoint_origin(bytes_of("tha-cert"), bytes_of("vnm-cert"), out), strlen(ORIGIN));
	CHECK(strcmp(out, ORIGIN) == 0);
	CHECK_EQUAL(checkpoint_origin(bytes_of("tha-cert"), (struct bytes){NULL, 0}, out), strlen("hotline/tha-cert"));
	CHECK(strcmp(out, "hotline/tha-cert") == 0);
	checkpoint_origin(bytes_of("aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbb"), bytes_of("aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbb"),
			  out);
	CHECK_EQUAL(strlen(out), 73);
}

TEST(a_checkpoint_of_ours_opens)
{
	uint8_t note[CHECKPOINT_BYTES];
	struct sign_pair pair;
	struct checkpoint checkpoint;

	CHECK_EQUAL(checkpoint_open(sign(1, INT64_MAX, note, &pair), bytes_of(ORIGIN), pair.public, &checkpoint),
		    RESULT_OK);
	CHECK(checkpoint.size == INT64_MAX && checkpoint.root[2] == 3);
}

TEST(a_checkpoint_by_another_key_has_none_by_ours)
{
	uint8_t note[CHECKPOINT_BYTES];
	struct sign_pair pair, other;
	struct bytes in = sign(1, 5, note, &pair);
	struct checkpoint checkpoint;

	key_sign_pair((uint8_t[32]){2}, &other);
	CHECK_EQUAL(checkpoint_open(in, bytes_of(ORIGIN), other.public, &checkpoint), RESULT_KEY);
	CHECK_EQUAL(checkpoint_open(in, bytes_of("hotline/tha-cert"), pair.public, &checkpoint), RESULT_KEY);
}

TEST(no_bit_of_a_checkpoint_can_change)
{
	uint8_t note[CHECKPOINT_BYTES];
	struct sign_pair pair;
	struct bytes in = sign(1, 5, note, &pair);
	struct checkpoint checkpoint;

	for (size_t bit = 0; bit < 8 * in.len; bit++) {
		note[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(checkpoint_open(in, bytes_of(ORIGIN), pair.public, &checkpoint) != RESULT_OK);
		note[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK_EQUAL(checkpoint_open(in, bytes_of(ORIGIN), pair.public, &checkpoint), RESULT_OK);
}

TEST(a_note_signed_under_an_origin_must_be_of_that_origin)
{
	static const char text[] = "hotline/tha-cert/idn-cert\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	struct sign_pair pair;
	struct checkpoint checkpoint;
	uint8_t blob[68];
	char encoded[93] = "", note[512];

	key_sign_pair((uint8_t[32]){1}, &pair);
	note_key_id(bytes_of(ORIGIN), pair.public, blob);
	key_sign(&pair, bytes_of(text), blob + 4);
	base64_encode((struct bytes){blob, 68}, encoded, 92);
	snprintf(note, sizeof note, "%s\n\xe2\x80\x94 " ORIGIN " %s\n", text, encoded);
	CHECK_EQUAL(checkpoint_open(bytes_of(note), bytes_of(ORIGIN), pair.public, &checkpoint), RESULT_DIFFERENT);
}

#define LINE "\xe2\x80\x94 a AAAAAAAA\n"

TEST(notes_of_another_shape_are_refused)
{
	static const char *const bad[] = {
	    "",
	    "text\n",
	    "text\n\n",
	    "\n\n" LINE "x",
	    "text\n" LINE,
	    "text\n\n\xe2\x80\x94 a AAAAAAAA",
	    "text\n\n\xe2\x80\x94 a AAAA\n",
	    "text\n\n\xe2\x80\x94 a AAAAAAAB=\n",
	    "text\n\n\xe2\x80\x94 a b AAAAAAAA\n",
	    "text\n\n\xe2\x80\x94 a+b AAAAAAAA\n",
	    "text\n\n\xe2\x80\x94  AAAAAAAA\n",
	    "text\n\n\xe2\x80\x94 aAAAAAAAA\n",
	    "text\n\n- a AAAAAAAA\n",
	    "te\txt\n\n" LINE,
	    "text\r\n\n" LINE,
	    "te\xffxt\n\n" LINE,
	};
	struct note note;

	CHECK_EQUAL(note_decode(bytes_of("text\n\n" LINE LINE), &note), RESULT_OK);
	CHECK(bytes_equal(note.text, bytes_of("text\n")));
	CHECK(bytes_equal(note.signatures, bytes_of(LINE LINE)));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQUAL(note_decode(bytes_of(bad[i]), &note), RESULT_MALFORMED);
}

TEST(the_last_empty_line_ends_the_text)
{
	struct note note;

	CHECK_EQUAL(note_decode(bytes_of("a\n\nb\n\n" LINE), &note), RESULT_OK);
	CHECK(bytes_equal(note.text, bytes_of("a\n\nb\n")));
}

TEST(a_note_holds_4096_bytes)
{
	static uint8_t text[NOTE_MAX_BYTES + 1];
	struct note note;
	size_t tail = strlen("\n\n" LINE);

	memset(text, 'x', sizeof text);
	memcpy(text + NOTE_MAX_BYTES - tail, "\n\n" LINE, tail);
	CHECK_EQUAL(note_decode((struct bytes){text, NOTE_MAX_BYTES}, &note), RESULT_OK);
	memcpy(text + NOTE_MAX_BYTES + 1 - tail, "\n\n" LINE, tail);
	CHECK_EQUAL(note_decode((struct bytes){text, NOTE_MAX_BYTES + 1}, &note), RESULT_LIMIT);
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

TEST(checkpoints_of_another_shape_are_refused)
{
	static const char *const bad[] = {
	    "",
	    "o\n",
	    "o\n5\n",
	    "o\n5\n" ROOT,
	    "\n5\n" ROOT "\n",
	    "o\n\n" ROOT "\n",
	    "o\n05\n" ROOT "\n",
	    "o\n+5\n" ROOT "\n",
	    "o\n5 \n" ROOT "\n",
	    "o\n9223372036854775808\n" ROOT "\n",
	    "o\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n",
	    "o\n5\n" ROOT "AAAA\n",
	    "o\n5\n" ROOT "\n\n",
	    "o\n5\n" ROOT "\next",
	};
	struct checkpoint checkpoint;

	CHECK_EQUAL(checkpoint_decode(bytes_of("o\n0\n" ROOT "\n"), &checkpoint), RESULT_OK);
	CHECK_EQUAL(checkpoint_decode(bytes_of("o\n9223372036854775807\n" ROOT "\n"), &checkpoint), RESULT_OK);
	CHECK_EQUAL(checkpoint_decode(bytes_of("o\n5\n" ROOT "\nextension\nanother\n"), &checkpoint), RESULT_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQUAL(checkpoint_decode(bytes_of(bad[i]), &checkpoint), RESULT_MALFORMED);
}

TEST(a_recovery_note_says_what_was_lost)
{
	struct checkpoint note = {.origin = bytes_of("o"), .size = 5, .is_recovery = true, .lost_size = 9, .lost_root = {3}}, read;
	struct sign_pair pair;
	uint8_t bytes[CHECKPOINT_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	key_sign_pair((const uint8_t[KEY_BYTES]){1}, &pair);
	checkpoint_sign(&note, &pair, &w);
	CHECK_EQUAL(checkpoint_open(pack_written(&w), note.origin, pair.public, &read), RESULT_OK);
	CHECK(read.is_recovery && read.lost_size == 9 && read.lost_root[0] == 3 && read.size == 5);
	CHECK_EQUAL(checkpoint_decode(bytes_of("o\n5\n" ROOT "\nrecovered 5 " ROOT "\nanother\n"), &read), RESULT_OK);
	CHECK(read.is_recovery && read.lost_size == 5);
	CHECK_EQUAL(checkpoint_decode(bytes_of("o\n5\n" ROOT "\nrecovery\n"), &read), RESULT_OK);
	CHECK(!read.is_recovery);
}

TEST(a_recovery_note_that_says_it_otherwise_is_malformed)
{
	static const char *const wrong[] = {
	    "o\n5\n" ROOT "\nrecovered 4 " ROOT "\n",  "o\n5\n" ROOT "\nrecovered 05 " ROOT "\n",
	    "o\n5\n" ROOT "\nrecovered 6\n",		"o\n5\n" ROOT "\nrecovered  " ROOT "\n",
	    "o\n5\n" ROOT "\nrecovered 6 " ROOT "=\n", "o\n5\n" ROOT "\nrecovered \n",
	    "o\n5\n" ROOT "\nrecovered 6 " ROOT "\nrecovered 6 " ROOT "\n",
	};
	struct checkpoint read;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_EQUAL(checkpoint_decode(bytes_of(wrong[i]), &read), RESULT_MALFORMED);
}
