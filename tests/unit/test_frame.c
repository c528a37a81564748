/* Link frames, what a receiver holds, and cells: round trips, both sides of each limit, every refusal (SPEC 3). */
#include "proto/cell.h"
#include "tests/unit/test.h"
#include "tests/unit/vector.h"

static uint8_t buffer[4096];

static struct bytes encode(const struct frame *frame)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	frame_encode(frame, &w);
	return pack_written(&w);
}

/* Whether the frame's bytes are these, and they are read back as the same frame. */
static bool is_encoded_as(const struct frame *frame, const char *hex)
{
	struct frame read;
	uint8_t copy[sizeof buffer]; /* what is read borrows from it */
	struct bytes in = encode(frame);

	memcpy(copy, in.data, in.len);
	in.data = copy;
	if (!vector_is(in, hex) || frame_decode(in, &read) != RESULT_OK || read.type != frame->type)
		return false;
	return bytes_equal(encode(&read), in);
}

static int decode(const char *hex, struct frame *out)
{
	static uint8_t input[4096];

	return frame_decode(vector_hex(hex, input, sizeof input), out);
}

static int decode_only(const char *hex)
{
	struct frame frame;

	return decode(hex, &frame);
}

/* have */

TEST(have_holds_up_to_through_and_what_is_beyond)
{
	struct have have = {.through = 5, .count = 2, .beyond = {7, 9}};

	CHECK(have_holds(&have, 1) && have_holds(&have, 5) && have_holds(&have, 7) && have_holds(&have, 9));
	CHECK(!have_holds(&have, 6) && !have_holds(&have, 8) && !have_holds(&have, 10));
}

static int read_have(const char *hex, struct have *out)
{
	uint8_t input[64];
	struct pack_reader r = pack_reader(vector_hex(hex, input, sizeof input));

	have_read(&r, out);
	return pack_read_end(&r);
}

TEST(have_beyond_ascends_from_through)
{
	struct have have;

	CHECK_EQUAL(read_have("05920709", &have), RESULT_OK);
	CHECK(have.through == 5 && have.count == 2 && have.beyond[1] == 9);
	CHECK_EQUAL(read_have("059106", &have), RESULT_OK);
	CHECK_EQUAL(read_have("059105", &have), RESULT_MALFORMED);
	CHECK_EQUAL(read_have("05920707", &have), RESULT_MALFORMED);
	CHECK_EQUAL(read_have("05920907", &have), RESULT_MALFORMED);
	CHECK(have.count == 0 && have.through == 0);
}

/* stored with count numbers beyond */
static int stored_of(size_t count)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct frame frame;

	pack_put_array(&w, 3);
	pack_put_uint(&w, FRAME_STORED);
	pack_put_uint(&w, 0);
	pack_put_array(&w, count);
	for (size_t i = 0; i < count; i++)
		pack_put_uint(&w, 2 * i + 2);
	return frame_decode(pack_written(&w), &frame);
}

TEST(have_is_at_most_64_beyond)
{
	CHECK_EQUAL(stored_of(64), RESULT_OK);
	CHECK_EQUAL(stored_of(65), RESULT_LIMIT);
}

/* frames, each in its one form */

#define ROOT "c42000000000000000000000000000000000000000000000000000000000000000aa"
#define SEEN "c42000000000000000000000000000000000000000000000000000000000000000bb"
#define TAG "c4080102030405060708"

static struct frame hello(void)
{
	struct frame frame = {.type = FRAME_HELLO};

	frame.hello.schema = FRAME_SCHEMA;
	frame.hello.generation = 2;
	frame.hello.have = (struct have){.through = 5, .count = 1, .beyond = {7}};
	frame.hello.size = 300;
	frame.hello.seen_size = 4;
	frame.hello.root[31] = 0xaa;
	frame.hello.seen_root[31] = 0xbb;
	return frame;
}

TEST(hello_has_its_form)
{
	struct frame frame = hello();

	CHECK(is_encoded_as(&frame, "9a0101020591"
				    "07cd012c" ROOT "04" SEEN "90"));
}

TEST(hello_says_in_ext_4_what_was_stored_of_the_own_stream)
{
	struct frame frame = hello();

	frame.hello.done = 300;
	CHECK(is_encoded_as(&frame, "9a0101020591"
				    "07cd012c" ROOT "04" SEEN "919204c40491cd012c"));
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919204c4029107", &frame), RESULT_OK);
	CHECK_EQUAL(frame.hello.done, 7);
	CHECK_EQUAL(decode_only("9a0101020590cd012c" ROOT "04" SEEN "919204c4029100"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("9a0101020590cd012c" ROOT "04" SEEN "919204c40107"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("9a0101020590cd012c" ROOT "04" SEEN "919204c403910700"), RESULT_MALFORMED);
}

TEST(piece_has_its_form)
{
	struct frame frame = {.type = FRAME_PIECE};

	frame.piece.seq = 9;
	vector_fill(frame.piece.tag, FRAME_TAG_BYTES, 1);
	frame.piece.offset = 3;
	frame.piece.total = 6;
	frame.piece.data = bytes_of("abc");
	CHECK(is_encoded_as(&frame, "960209" TAG "0306c403616263"));
}

TEST(resume_has_its_form)
{
	struct frame frame = {.type = FRAME_RESUME};

	frame.resume.seq = 9;
	vector_fill(frame.resume.tag, FRAME_TAG_BYTES, 1);
	frame.resume.offset = 0;
	CHECK(is_encoded_as(&frame, "940d09" TAG "00"));
}

TEST(stored_has_its_form)
{
	struct frame frame = {.type = FRAME_STORED};

	frame.stored = (struct have){.through = 0, .count = 2, .beyond = {2, 200}};
	CHECK(is_encoded_as(&frame, "93030092"
				    "02ccc8"));
}

TEST(refuse_ping_pong_and_close_have_their_forms)
{
	struct frame frame = {.type = FRAME_REFUSE};

	frame.refuse.seq = 9;
	frame.refuse.reason = REFUSE_OTHER;
	CHECK(is_encoded_as(&frame, "930e0905"));
	frame = (struct frame){.type = FRAME_PING};
	frame.ping.t0 = -1;
	CHECK(is_encoded_as(&frame, "9204ff"));
	frame = (struct frame){.type = FRAME_PONG};
	frame.ping.t0 = 1;
	frame.ping.t1 = 2;
	frame.ping.t2 = 3;
	CHECK(is_encoded_as(&frame, "9405010203"));
	frame = (struct frame){.type = FRAME_CLOSE};
	frame.close.reason = CLOSE_NEWER;
	frame.close.last_seq = 7;
	CHECK(is_encoded_as(&frame, "930c0607"));
}

TEST(prove_and_proof_have_their_forms)
{
	struct frame frame = {.type = FRAME_PROVE, .prove = {.size1 = 4, .size2 = 300}};

	CHECK(is_encoded_as(&frame, "930604cd012c"));
	frame = (struct frame){.type = FRAME_PROOF, .proof = {.size1 = 4, .size2 = 300, .first = 2, .total = 9, .count = 2}};
	frame.proof.hash[0][31] = 0xaa;
	frame.proof.hash[1][31] = 0xbb;
	CHECK(is_encoded_as(&frame, "960704cd012c020992" ROOT SEEN));
}

TEST(want_and_blob_have_their_forms)
{
	struct frame frame = {.type = FRAME_WANT, .want = {.offset = 300, .length = 5}};

	frame.want.hash[31] = 0xaa;
	CHECK(is_encoded_as(&frame, "9408" ROOT "cd012c05"));
	frame = (struct frame){.type = FRAME_BLOB, .blob = {.offset = 300, .data = bytes_of("abc")}};
	frame.blob.hash[31] = 0xaa;
	CHECK(is_encoded_as(&frame, "9409" ROOT "cd012cc403616263"));
	frame.blob.data.len = 0;
	CHECK(is_encoded_as(&frame, "9409" ROOT "cd012cc400"));
}

TEST(test_and_tested_have_their_forms)
{
	struct frame frame = {.type = FRAME_TEST, .test = {.n = 7, .lang = bytes_of("vi"), .text = bytes_of("abc")}};

	CHECK(is_encoded_as(&frame, "940a07a27669a3616263"));
	frame = (struct frame){.type = FRAME_TESTED, .tested = {.n = 7}};
	frame.tested.hash[31] = 0xaa;
	CHECK(is_encoded_as(&frame, "930b07" ROOT));
	frame = (struct frame){.type = FRAME_NOTE};
	CHECK(is_encoded_as(&frame, "910f"));
}

TEST(recover_part_and_end_have_their_forms)
{
	struct frame frame = {.type = FRAME_RECOVER, .recover = {.from = 300}};

	CHECK(is_encoded_as(&frame, "9210cd012c"));
	frame = (struct frame){.type = FRAME_PART, .part = {.index = 9, .kind = 2, .total = 6, .offset = 3}};
	frame.part.data = bytes_of("abc");
	CHECK(is_encoded_as(&frame, "961109020603c403616263"));
	frame = (struct frame){.type = FRAME_END, .end = {.size = 9, .next = 4, .highest = 0}};
	CHECK(is_encoded_as(&frame, "9412090400"));
}

TEST(a_part_of_an_entry_lies_within_it_and_has_a_kind)
{
	CHECK_EQUAL(decode_only("961109020603c403616263"), RESULT_OK);
	CHECK_EQUAL(decode_only("961109000603c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("961109030603c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("961109020604c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("961109020607c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("961109020603c400"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("96110902ce0011040000c403616263"), RESULT_OK); /* 1 MiB, 65 KiB */
	CHECK_EQUAL(decode_only("96110902ce0011040100c403616263"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("9412090000"), RESULT_MALFORMED); /* a next seq is at least 1 */
}

TEST(one_element_too_few_or_too_many_is_malformed)
{
	static const char *const wrong[] = {
	    "99010102059107cd012c" ROOT "04" SEEN,
	    "9b010102059107cd012c" ROOT "04" SEEN "9000",
	    "950209" TAG "0306",
	    "970209" TAG "0306c40361626300",
	    "930d09" TAG,
	    "950d09" TAG "0000",
	    "920300",
	    "9403009000",
	    "920e09",
	    "940e090500",
	    "9104",
	    "93040101",
	    "93050102",
	    "950501020304",
	    "920c06",
	    "940c060700",
	    "920604",
	    "9406040500",
	    "950704050001",
	    "970704050001"
	    "91" ROOT "00",
	    "9308" ROOT "00",
	    "9508" ROOT "000500",
	    "9309" ROOT "00",
	    "9509" ROOT "00c40000",
	    "930a07a27669",
	    "950a07a27669a3616263"
	    "00",
	    "920b07",
	    "940b07" ROOT "00",
	    "920f00",
	    "9110",
	    "931000"
	    "00",
	    "9511090206c403616263",
	    "93120904",
	    "951209040000",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_EQUAL(decode_only(wrong[i]), RESULT_MALFORMED);
}

TEST(an_element_of_another_type_is_malformed)
{
	static const char *const wrong[] = {
	    "9a01010205a1"
	    "07cd012c" ROOT "04" SEEN "90",
	    "9a0101020590cd012cc400"
	    "04" SEEN "90",
	    "9a0101020590cd012c" ROOT "04c400"
	    "90",
	    "9a01ff020590cd012c" ROOT "04" SEEN "90",
	    "960209c407010203040506070306c403616263",
	    "960209" TAG "0306a3616263",
	    "940d09" TAG "ff",
	    "9303ff90",
	    "930300c400",
	    "930e09ff",
	    "9204a0",
	    "940501c202",
	    "930c06ff",
	    "9306ff05",
	    "96070405000191"
	    "c400",
	    "960704050001" ROOT,
	    "9408c4000005",
	    "9409" ROOT "00a3616263",
	    "940ac40107a27669a3616263",
	    "940a07c4027669a3616263",
	    "940a07a27669c403616263",
	    "930b07c400",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_EQUAL(decode_only(wrong[i]), RESULT_MALFORMED);
}

TEST(numbers_beyond_their_width_are_over_a_limit)
{
	CHECK_EQUAL(decode_only("9a0101ce000100000590cd012c" ROOT "04" SEEN "90"), RESULT_OK);
	CHECK_EQUAL(decode_only("9a0101cf00000001000000000590cd012c" ROOT "04" SEEN "90"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("930e09ccff"), RESULT_OK);
	CHECK_EQUAL(decode_only("930e09cd0100"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("930cccff07"), RESULT_OK);
	CHECK_EQUAL(decode_only("930ccd010007"), RESULT_LIMIT);
}

TEST(seq_0_is_malformed)
{
	CHECK_EQUAL(decode_only("960200" TAG "0306c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("940d00" TAG "00"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("930e0005"), RESULT_MALFORMED);
}

TEST(a_piece_that_is_empty_or_reaches_beyond_the_whole_is_malformed)
{
	CHECK_EQUAL(decode_only("960201" TAG "0306c403616263"), RESULT_OK);
	CHECK_EQUAL(decode_only("960201" TAG "0406c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("960201" TAG "0706c403616263"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("960201" TAG "0306c400"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("960201" TAG "cf7fffffffffffffff06c403616263"), RESULT_MALFORMED);
}

TEST(what_is_no_array_with_a_type_is_malformed)
{
	static const char *const wrong[] = {"", "01", "90", "91a0", "91ff", "9304", "9204ff00", "92cc04ff", "9204c0"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_EQUAL(decode_only(wrong[i]), RESULT_MALFORMED);
}

TEST(an_unknown_frame_is_to_be_skipped_and_says_its_type)
{
	struct frame frame;

	CHECK_EQUAL(decode("93640a90", &frame), RESULT_NEWER);
	CHECK_EQUAL(frame.type, 100);
	CHECK_EQUAL(decode("91ccff", &frame), RESULT_NEWER);
	CHECK_EQUAL(frame.type, 255);
	CHECK_EQUAL(decode("91cd0102", &frame), RESULT_NEWER);
	CHECK_EQUAL(frame.type, 0);
	CHECK_EQUAL(decode("9100", &frame), RESULT_NEWER);
}

TEST(an_unknown_frame_that_breaks_the_profile_is_malformed)
{
	CHECK_EQUAL(decode_only("9264c0"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("926491919190"), RESULT_NEWER);
	CHECK_EQUAL(decode_only("92649191919190"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("91640a"), RESULT_MALFORMED);
}

TEST(a_proof_is_between_two_sizes_of_which_the_second_is_larger)
{
	CHECK_EQUAL(decode_only("93060405"), RESULT_OK);
	CHECK_EQUAL(decode_only("93060001"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("93060404"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("93060504"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("96070405000191" ROOT), RESULT_OK);
	CHECK_EQUAL(decode_only("96070001000191" ROOT), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("96070404000191" ROOT), RESULT_MALFORMED);
}

TEST(hashes_of_a_proof_lie_within_its_total_and_are_never_none)
{
	CHECK_EQUAL(decode_only("96070405080a92" ROOT SEEN), RESULT_OK);
	CHECK_EQUAL(decode_only("96070405090a92" ROOT SEEN), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("960704050a0a91" ROOT), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("960704050b0a91" ROOT), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("96070405000190"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("96070405000090"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("96070405004091" ROOT), RESULT_OK);
	CHECK_EQUAL(decode_only("96070405004191" ROOT), RESULT_LIMIT);
}

/* A proof frame with count of 64 hashes, as its bytes. */
static int proof_of(size_t count)
{
	static const uint8_t hash[HASH_BYTES];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct frame frame;

	pack_put_array(&w, 6);
	pack_put_uint(&w, FRAME_PROOF);
	pack_put_uint(&w, 4);
	pack_put_uint(&w, 5);
	pack_put_uint(&w, 0);
	pack_put_uint(&w, LIMIT_PROOF_HASHES);
	pack_put_array(&w, count);
	for (size_t i = 0; i < count; i++)
		pack_put_bin(&w, hash, sizeof hash);
	return frame_decode(pack_written(&w), &frame);
}

TEST(a_proof_frame_holds_what_the_largest_cell_can)
{
	CHECK_EQUAL(proof_of(FRAME_PROOF_HASHES), RESULT_OK);
	CHECK_EQUAL(proof_of(FRAME_PROOF_HASHES + 1), RESULT_LIMIT);
}

TEST(ranges_of_want_and_blob_lie_within_the_longest_ciphertext)
{
	/* 16 MiB and 64 KiB are 01010000 */
	CHECK_EQUAL(decode_only("9408" ROOT "00ce01010000"), RESULT_OK);
	CHECK_EQUAL(decode_only("9408" ROOT "00ce01010001"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("9408" ROOT "ce0100ffff01"), RESULT_OK);
	CHECK_EQUAL(decode_only("9408" ROOT "ce0100ffff02"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("9408" ROOT "ce0101000101"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("9408" ROOT "0000"), RESULT_MALFORMED);
	CHECK_EQUAL(decode_only("9409" ROOT "ce0100fffdc403616263"), RESULT_OK);
	CHECK_EQUAL(decode_only("9409" ROOT "ce0100fffec403616263"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("9409" ROOT "ce01010001c400"), RESULT_LIMIT);
}

static int test_of(size_t lang_len, size_t text_len)
{
	static uint8_t letters[200];
	struct frame frame = {.type = FRAME_TEST, .test = {.n = UINT32_MAX}}, read;
	uint8_t encoded[sizeof letters * 2];
	struct pack_writer w = pack_writer(encoded, sizeof encoded);

	memset(letters, 'a', sizeof letters);
	frame.test.lang = (struct bytes){letters, lang_len};
	frame.test.text = (struct bytes){letters, text_len};
	frame_encode(&frame, &w);
	return frame_decode(pack_written(&w), &read);
}

TEST(the_text_of_a_test_is_1_to_96_bytes_in_a_language)
{
	CHECK_EQUAL(test_of(2, 1), RESULT_OK);
	CHECK_EQUAL(test_of(2, 0), RESULT_MALFORMED);
	CHECK_EQUAL(test_of(2, 96), RESULT_OK);
	CHECK_EQUAL(test_of(2, 97), RESULT_LIMIT);
	CHECK_EQUAL(test_of(0, 3), RESULT_MALFORMED);
	CHECK_EQUAL(test_of(35, 3), RESULT_OK);
	CHECK_EQUAL(test_of(36, 3), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("940acf0000000100000000a27669a3616263"), RESULT_LIMIT);
	CHECK_EQUAL(decode_only("930bcf0000000100000000" ROOT), RESULT_LIMIT);
}

TEST(hello_of_another_schema_is_newer_whatever_its_shape)
{
	struct frame frame;

	CHECK_EQUAL(decode("9a0102020590cd012c" ROOT "04" SEEN "90", &frame), RESULT_NEWER);
	CHECK(frame.type == FRAME_HELLO && frame.hello.schema == 2);
	CHECK_EQUAL(decode("930102a0", &frame), RESULT_NEWER);
	CHECK_EQUAL(decode("930102c0", &frame), RESULT_MALFORMED);
	CHECK_EQUAL(decode("920101", &frame), RESULT_MALFORMED);
}

TEST(hello_grown_by_an_odd_code_is_newer_and_by_an_even_one_is_taken)
{
	struct frame frame = {0};

	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919201c400", &frame), RESULT_NEWER);
	CHECK_EQUAL(frame.type, FRAME_HELLO);
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919206c400", &frame), RESULT_OK);
	CHECK_EQUAL(frame.hello.size, 300);
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919206c40000", &frame), RESULT_MALFORMED);
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "929206c4009201c400", &frame), RESULT_MALFORMED);
}

TEST(a_hello_says_which_endpoint_was_dialled_when_it_is_not_the_first)
{
	struct frame frame = {0};

	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "90", &frame), RESULT_OK);
	CHECK_EQUAL(frame.hello.endpoint, 0);
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919202c40107", &frame), RESULT_OK);
	CHECK_EQUAL(frame.hello.endpoint, 7);
	CHECK(is_encoded_as(&frame, "9a0101020590cd012c" ROOT "04" SEEN "919202c40107"));
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919202c40100", &frame), RESULT_MALFORMED);
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919202c400", &frame), RESULT_MALFORMED);
	CHECK_EQUAL(decode("9a0101020590cd012c" ROOT "04" SEEN "919202c4020101", &frame), RESULT_MALFORMED);
}

TEST(every_prefix_of_a_frame_is_malformed)
{
	struct frame frame = hello(), read;
	struct bytes whole = encode(&frame);

	for (size_t len = 0; len < whole.len; len++)
		CHECK_EQUAL(frame_decode((struct bytes){whole.data, len}, &read), RESULT_MALFORMED);
}

/* cells */

/* The array of a piece of len bytes with these numbers. */
static size_t piece_bytes(size_t len, uint64_t number, uint64_t total)
{
	static const uint8_t data[CELL_MAX_BYTES];
	struct frame frame = {.type = FRAME_PIECE};

	frame.piece.seq = frame.piece.offset = number;
	frame.piece.total = total;
	frame.piece.data = (struct bytes){data, len};
	return encode(&frame).len;
}

TEST(a_piece_fills_its_room_and_never_overflows_it)
{
	static const uint64_t numbers[] = {1, 127, 128, 255, 256, 65535, 65536, UINT32_MAX, (uint64_t)UINT32_MAX + 1, INT64_MAX};

	for (size_t i = 0; i + 1 < sizeof numbers / sizeof *numbers; i++)
		for (size_t room = 0; room <= CELL_MAX_BYTES - CELL_OVERHEAD_BYTES - FRAME_LENGTH_BYTES; room++) {
			size_t len = frame_piece_room(room, numbers[i], numbers[i], numbers[i + 1]);

			CHECK(len == 0 || piece_bytes(len, numbers[i], numbers[i + 1]) <= room);
			CHECK(piece_bytes(len + 1, numbers[i], numbers[i + 1]) > room);
		}
}

/* The array of the widest frame of a blob of len bytes, or of a proof of len hashes. */
static size_t widest_blob(size_t len)
{
	static const uint8_t data[CELL_MAX_BYTES];
	struct frame frame = {.type = FRAME_BLOB, .blob = {.offset = LIMIT_CIPHERTEXT_BYTES, .data = {data, len}}};

	return encode(&frame).len;
}

static size_t widest_proof(size_t count)
{
	struct frame frame = {.type = FRAME_PROOF};

	frame.proof.size1 = frame.proof.size2 = INT64_MAX;
	frame.proof.first = frame.proof.total = LIMIT_PROOF_HASHES;
	frame.proof.count = count;
	return encode(&frame).len;
}

static size_t widest_part(size_t len)
{
	static const uint8_t data[CELL_MAX_BYTES];
	struct frame frame = {.type = FRAME_PART, .part = {.index = INT64_MAX, .kind = 2, .data = {data, len}}};

	frame.part.total = frame.part.offset = LIMIT_GIVEN_BYTES;
	return encode(&frame).len;
}

TEST(a_blob_and_a_proof_fill_their_room_and_never_overflow_it)
{
	for (size_t room = 0; room <= CELL_MAX_BYTES - CELL_OVERHEAD_BYTES - FRAME_LENGTH_BYTES; room++) {
		size_t len = frame_blob_room(room), count = frame_proof_room(room);

		CHECK(frame_part_room(room) == 0 || widest_part(frame_part_room(room)) <= room);
		CHECK(widest_part(frame_part_room(room) + 1) > room);
		CHECK(len == 0 || widest_blob(len) <= room);
		CHECK(widest_blob(len + 1) > room);
		CHECK(count == 0 || widest_proof(count) <= room);
		CHECK(count == FRAME_PROOF_HASHES || widest_proof(count + 1) > room);
	}
	CHECK_EQUAL(frame_proof_room(CELL_MIN_BYTES - CELL_OVERHEAD_BYTES - FRAME_LENGTH_BYTES), 2);
}

static void cells(struct cell *out, struct cell *in, size_t bytes)
{
	cell_init(out, bytes);
	cell_init(in, bytes);
}

TEST(the_widest_frames_of_a_link_fit_the_smallest_cell)
{
	struct frame frames[] = {{.type = FRAME_HELLO}, {.type = FRAME_STORED}, {.type = FRAME_PONG}, {.type = FRAME_PING},
				 {.type = FRAME_CLOSE}, {.type = FRAME_RESUME}, {.type = FRAME_REFUSE}};

	frames[0].hello.schema = FRAME_SCHEMA;
	frames[0].hello.generation = UINT32_MAX;
	frames[0].hello.endpoint = UINT8_MAX;
	frames[0].hello.have.through = frames[0].hello.size = frames[0].hello.seen_size = INT64_MAX;
	frames[1].stored = (struct have){.through = INT64_MAX - 1, .count = 1, .beyond = {INT64_MAX}};
	frames[2].ping.t0 = frames[2].ping.t1 = frames[2].ping.t2 = frames[3].ping.t0 = INT64_MIN;
	frames[4].close.reason = frames[6].refuse.reason = UINT8_MAX;
	frames[4].close.last_seq = frames[5].resume.seq = frames[5].resume.offset = frames[6].refuse.seq = INT64_MAX;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct cell cell;

		cell_init(&cell, CELL_MIN_BYTES);
		CHECK(cell_put(&cell, &frames[i]));
	}
}

TEST(frames_of_a_cell_arrive_in_order_and_then_nothing)
{
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = 5}}, first = hello();
	struct noise_cipher a = {.key = {1}}, b = a;
	struct cell out, in;
	uint8_t wire[CELL_BYTES];
	struct bytes frame;
	size_t at = 0;

	cells(&out, &in, CELL_BYTES);
	CHECK(cell_put(&out, &first) && cell_put(&out, &ping));
	cell_seal(&out, &a, wire);
	CHECK_EQUAL(cell_open(&in, &b, wire), RESULT_OK);
	CHECK_EQUAL(cell_next(&in, &at, &frame), RESULT_OK);
	CHECK(bytes_equal(frame, encode(&first)));
	CHECK_EQUAL(cell_next(&in, &at, &frame), RESULT_OK);
	CHECK(bytes_equal(frame, encode(&ping)));
	for (int i = 0; i < 2; i++) {
		CHECK_EQUAL(cell_next(&in, &at, &frame), RESULT_OK);
		CHECK(frame.data == NULL && frame.len == 0);
	}
}

TEST(a_cell_of_zeros_is_valid_and_means_nothing)
{
	struct noise_cipher a = {.key = {1}}, b = a;
	struct cell out, in;
	uint8_t wire[CELL_MIN_BYTES];
	struct bytes frame;
	size_t at = 0;

	cells(&out, &in, CELL_MIN_BYTES);
	cell_seal(&out, &a, wire);
	CHECK_EQUAL(cell_open(&in, &b, wire), RESULT_OK);
	CHECK_EQUAL(cell_next(&in, &at, &frame), RESULT_OK);
	CHECK(frame.data == NULL);
}

TEST(a_changed_cell_does_not_open)
{
	struct noise_cipher a = {.key = {1}}, b = a;
	struct cell out, in;
	uint8_t wire[CELL_MIN_BYTES];

	cells(&out, &in, CELL_MIN_BYTES);
	cell_seal(&out, &a, wire);
	wire[0] ^= 1;
	CHECK_EQUAL(cell_open(&in, &b, wire), RESULT_SEAL);
	wire[0] ^= 1;
	CHECK_EQUAL(cell_open(&in, &b, wire), RESULT_OK);
}

TEST(a_frame_that_does_not_fit_leaves_the_cell_as_it_was)
{
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = 5}}, big = {.type = FRAME_PIECE};
	struct cell cell, before;

	cell_init(&cell, CELL_MIN_BYTES);
	CHECK(cell_put(&cell, &ping));
	before = cell;
	big.piece.seq = 1;
	big.piece.total = 200;
	big.piece.data = (struct bytes){buffer, 200};
	CHECK(!cell_put(&cell, &big));
	CHECK(memcmp(&before, &cell, sizeof cell) == 0);
}

TEST(a_frame_may_fill_a_cell_to_its_last_byte_and_no_further)
{
	struct frame piece = {.type = FRAME_PIECE};
	struct cell cell;
	struct bytes frame;
	size_t at = 0, exact;

	cell_init(&cell, CELL_MIN_BYTES);
	CHECK_EQUAL(cell_room(&cell), 110);
	piece.piece.seq = 1;
	piece.piece.total = 120;
	exact = cell_room(&cell) - 17;
	memset(buffer, 0x55, sizeof buffer);
	piece.piece.data = (struct bytes){buffer, exact + 1};
	CHECK(!cell_put(&cell, &piece));
	piece.piece.data.len = exact;
	CHECK(cell_put(&cell, &piece));
	CHECK_EQUAL(cell.used, cell.size);
	CHECK_EQUAL(cell_room(&cell), 0);
	CHECK(!cell_put(&cell, &(struct frame){.type = FRAME_PING}));
	CHECK_EQUAL(cell_next(&cell, &at, &frame), RESULT_OK);
	CHECK_EQUAL(frame.len, 110);
	CHECK_EQUAL(cell_next(&cell, &at, &frame), RESULT_OK);
	CHECK(frame.data == NULL);
}

TEST(hello_fits_the_smallest_cell)
{
	struct frame frame = hello();
	struct cell cell;

	cell_init(&cell, CELL_MIN_BYTES);
	frame.hello.generation = UINT32_MAX;
	frame.hello.have = (struct have){.through = INT64_MAX};
	frame.hello.size = frame.hello.seen_size = INT64_MAX;
	CHECK(cell_put(&cell, &frame));
}

TEST(every_frame_on_demand_fits_the_smallest_cell)
{
	static char text[LIMIT_TEST_BYTES + 1];
	struct frame frames[] = {
	    {.type = FRAME_PROVE, .prove = {INT64_MAX - 1, INT64_MAX}},
	    {.type = FRAME_WANT, .want = {.offset = LIMIT_CIPHERTEXT_BYTES - 1, .length = 1}},
	    {.type = FRAME_TEST, .test = {.n = UINT32_MAX, .lang = bytes_of("th")}},
	    {.type = FRAME_TESTED, .tested = {.n = UINT32_MAX}},
	};

	memset(text, 'a', LIMIT_TEST_BYTES);
	frames[2].test.text = bytes_of(text);
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct cell cell;

		cell_init(&cell, CELL_MIN_BYTES);
		CHECK(cell_put(&cell, &frames[i]));
	}
}

/* The plaintext of the smallest cell beginning with these bytes, and the outcome after `frames` good frames. */
static int next_of(const char *hex, size_t nonzero_at, int frames)
{
	struct cell cell;
	struct bytes frame;
	size_t at = 0;

	cell_init(&cell, CELL_MIN_BYTES);
	vector_hex(hex, cell.plain, cell.size);
	if (nonzero_at > 0)
		cell.plain[nonzero_at] = 1;
	for (int i = 0; i < frames; i++)
		CHECK(cell_next(&cell, &at, &frame) == RESULT_OK && frame.data != NULL);
	return cell_next(&cell, &at, &frame);
}

TEST(what_follows_the_last_frame_must_be_zero)
{
	CHECK_EQUAL(next_of("00039204ff", 0, 1), RESULT_OK);
	CHECK_EQUAL(next_of("00039204ff0000", 7, 1), RESULT_MALFORMED);
	CHECK_EQUAL(next_of("00039204ff", 111, 1), RESULT_MALFORMED);
	CHECK_EQUAL(next_of("", 2, 0), RESULT_MALFORMED);
	CHECK_EQUAL(next_of("", 111, 0), RESULT_MALFORMED);
}

TEST(a_length_may_reach_the_end_and_not_beyond)
{
	CHECK_EQUAL(next_of("006e", 0, 1), RESULT_OK);
	CHECK_EQUAL(next_of("006f", 0, 0), RESULT_MALFORMED);
	CHECK_EQUAL(next_of("ffff", 0, 0), RESULT_MALFORMED);
}

TEST(a_single_byte_left_must_be_zero)
{
	CHECK_EQUAL(next_of("006d", 0, 1), RESULT_OK);
	CHECK_EQUAL(next_of("006d", 111, 1), RESULT_MALFORMED);
}
