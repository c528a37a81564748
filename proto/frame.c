/* Link frames (SPEC 3.3): arrays to structures and back. */
#include "proto/frame.h"

#include <assert.h>
#include <string.h>

#include "proto/leaf.h"
#include "proto/result.h"

/* A piece without its numbers and bytes: the array, the type, the tag. */
#define PIECE_HEAD_BYTES (1 + 1 + 2 + FRAME_TAG_BYTES)
/* A blob without its bytes: the array, the type, hash and offset (below 2^32) at their widest. */
#define HASH_FIELD_BYTES (2 + HASH_BYTES)
#define BLOB_HEAD_BYTES (1 + 1 + HASH_FIELD_BYTES + 5)
/* A part of an entry without its bytes: index, kind, total and offset (below 2^32) at their widest. */
#define PART_HEAD_BYTES (1 + 1 + 9 + 1 + 5 + 5)
/* A proof without its hashes: two arrays' heads, the type, two sizes, first and total at their widest. */
#define PROOF_HEAD_BYTES (1 + 1 + 9 + 9 + 1 + 1 + 1)
#define ARRAY_SHORT 15 /* elements up to which an array's head is one byte */
#define BIN8_HEAD_BYTES 2
#define BIN16_HEAD_BYTES 3

/* How many elements each array has, its type included; 0 for an unknown type. */
size_t frame_arity(enum frame_type type)
{
	switch (type) {
	case FRAME_HELLO:
		return 10;
	case FRAME_PIECE:
	case FRAME_PROOF:
	case FRAME_PART:
		return 6;
	case FRAME_RESUME:
	case FRAME_PONG:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
	case FRAME_END:
		return 4;
	case FRAME_STORED:
	case FRAME_REFUSE:
	case FRAME_CLOSE:
	case FRAME_PROVE:
	case FRAME_TESTED:
		return 3;
	case FRAME_PING:
	case FRAME_RECOVER:
		return 2;
	case FRAME_NOTE:
		return 1;
	}
	return 0;
}

/* A stream's numbers begin with 1 (SPEC 4). */
static uint64_t read_seq(struct pack_reader *r)
{
	uint64_t seq = pack_read_uint(r, INT64_MAX);

	if (seq == 0)
		pack_fail(r, RESULT_MALFORMED);
	return seq;
}

/* What hello says beyond its first version: an array of one seq, or nothing. */
static void read_done(struct pack_reader *r, struct bytes value, struct frame *out)
{
	struct pack_reader inner = pack_reader(value);

	if (r->error != RESULT_OK || value.data == NULL)
		return;
	pack_expect_array(&inner, 1);
	out->hello.done = read_seq(&inner);
	if (pack_read_end(&inner) != RESULT_OK)
		pack_fail(r, RESULT_MALFORMED);
}

/* Another schema may have any shape, so it is known before the rest is read. */
static void read_hello(struct pack_reader *r, size_t count, struct frame *out)
{
	struct ext ext;
	struct bytes endpoint;

	out->hello.schema = pack_read_uint(r, INT64_MAX);
	if (r->error == RESULT_OK && out->hello.schema != FRAME_SCHEMA) {
		pack_fail(r, RESULT_NEWER);
		return;
	}
	if (count != frame_arity(FRAME_HELLO))
		pack_fail(r, RESULT_MALFORMED);
	out->hello.generation = (uint32_t)pack_read_uint(r, UINT32_MAX);
	have_read(r, &out->hello.have);
	out->hello.size = pack_read_uint(r, INT64_MAX);
	pack_read_fixed(r, out->hello.root, HASH_BYTES);
	out->hello.seen_size = pack_read_uint(r, INT64_MAX);
	pack_read_fixed(r, out->hello.seen_root, HASH_BYTES);
	pack_read_ext(r, NULL, &ext);
	if (r->error != RESULT_OK)
		return;
	endpoint = ext_find(&ext, FRAME_EXT_ENDPOINT);
	if (endpoint.data != NULL && (endpoint.len != 1 || endpoint.data[0] == 0))
		pack_fail(r, RESULT_MALFORMED);
	else if (endpoint.data != NULL)
		out->hello.endpoint = endpoint.data[0];
	read_done(r, ext_find(&ext, FRAME_EXT_DONE), out);
}

static void read_piece(struct pack_reader *r, struct frame *out)
{
	out->piece.seq = read_seq(r);
	pack_read_fixed(r, out->piece.tag, FRAME_TAG_BYTES);
	out->piece.offset = pack_read_uint(r, INT64_MAX);
	out->piece.total = pack_read_uint(r, INT64_MAX);
	out->piece.data = pack_read_bin(r, CELL_MAX_BYTES);
	if (out->piece.data.len == 0 || out->piece.offset > out->piece.total ||
	    out->piece.data.len > out->piece.total - out->piece.offset)
		pack_fail(r, RESULT_MALFORMED);
}

/* Two sizes of one log, the second the larger. */
static void read_sizes(struct pack_reader *r, uint64_t *out_size1, uint64_t *out_size2)
{
	*out_size1 = pack_read_uint(r, INT64_MAX);
	*out_size2 = pack_read_uint(r, INT64_MAX);
	if (*out_size1 == 0 || *out_size1 >= *out_size2)
		pack_fail(r, RESULT_MALFORMED);
}

static void read_proof(struct pack_reader *r, struct frame *out)
{
	read_sizes(r, &out->proof.size1, &out->proof.size2);
	out->proof.first = pack_read_uint(r, LIMIT_PROOF_HASHES);
	out->proof.total = pack_read_uint(r, LIMIT_PROOF_HASHES);
	out->proof.count = pack_read_array(r, FRAME_PROOF_HASHES);
	for (size_t i = 0; i < out->proof.count; i++)
		pack_read_fixed(r, out->proof.hash[i], HASH_BYTES);
	if (out->proof.count == 0 || out->proof.first > out->proof.total ||
	    out->proof.count > out->proof.total - out->proof.first)
		pack_fail(r, RESULT_MALFORMED);
}

static void read_want(struct pack_reader *r, struct frame *out)
{
	pack_read_fixed(r, out->want.hash, HASH_BYTES);
	out->want.offset = pack_read_uint(r, LIMIT_CIPHERTEXT_BYTES);
	out->want.length = pack_read_uint(r, LIMIT_CIPHERTEXT_BYTES - out->want.offset);
	if (out->want.length == 0)
		pack_fail(r, RESULT_MALFORMED);
}

static void read_blob(struct pack_reader *r, struct frame *out)
{
	pack_read_fixed(r, out->blob.hash, HASH_BYTES);
	out->blob.offset = pack_read_uint(r, LIMIT_CIPHERTEXT_BYTES);
	out->blob.data = pack_read_bin(r, LIMIT_CIPHERTEXT_BYTES - out->blob.offset);
}

static void read_part(struct pack_reader *r, struct frame *out)
{
	out->part.index = pack_read_uint(r, INT64_MAX);
	out->part.kind = (uint8_t)pack_read_uint(r, UINT8_MAX);
	out->part.total = pack_read_uint(r, LIMIT_GIVEN_BYTES);
	out->part.offset = pack_read_uint(r, LIMIT_GIVEN_BYTES);
	out->part.data = pack_read_bin(r, CELL_MAX_BYTES);
	if (out->part.kind < LEAF_SENT || out->part.kind > LEAF_RECEIVED || out->part.data.len == 0 ||
	    out->part.offset > out->part.total || out->part.data.len > out->part.total - out->part.offset)
		pack_fail(r, RESULT_MALFORMED);
}

static void read_end(struct pack_reader *r, struct frame *out)
{
	out->end.size = pack_read_uint(r, INT64_MAX);
	out->end.next = read_seq(r);
	out->end.highest = pack_read_uint(r, INT64_MAX);
}

static void read_test(struct pack_reader *r, struct frame *out)
{
	out->test.n = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->test.lang = pack_read_str(r, LIMIT_LANG_BYTES);
	out->test.text = pack_read_str(r, LIMIT_TEST_BYTES);
	if (out->test.lang.len == 0 || out->test.text.len == 0)
		pack_fail(r, RESULT_MALFORMED);
}

/* What follows the type of a frame other than hello. */
static void read_frame(struct pack_reader *r, struct frame *out)
{
	switch (out->type) {
	case FRAME_PIECE:
		read_piece(r, out);
		break;
	case FRAME_RESUME:
		out->resume.seq = read_seq(r);
		pack_read_fixed(r, out->resume.tag, FRAME_TAG_BYTES);
		out->resume.offset = pack_read_uint(r, INT64_MAX);
		break;
	case FRAME_STORED:
		have_read(r, &out->stored);
		break;
	case FRAME_REFUSE:
		out->refuse.seq = read_seq(r);
		out->refuse.reason = (uint8_t)pack_read_uint(r, UINT8_MAX);
		break;
	case FRAME_PING:
	case FRAME_PONG:
		out->ping.t0 = pack_read_int(r);
		if (out->type == FRAME_PING)
			break;
		out->ping.t1 = pack_read_int(r);
		out->ping.t2 = pack_read_int(r);
		break;
	case FRAME_CLOSE:
		out->close.reason = (uint8_t)pack_read_uint(r, UINT8_MAX);
		out->close.last_seq = pack_read_uint(r, INT64_MAX);
		break;
	case FRAME_PROVE:
		read_sizes(r, &out->prove.size1, &out->prove.size2);
		break;
	case FRAME_PROOF:
		read_proof(r, out);
		break;
	case FRAME_WANT:
		read_want(r, out);
		break;
	case FRAME_BLOB:
		read_blob(r, out);
		break;
	case FRAME_TEST:
		read_test(r, out);
		break;
	case FRAME_TESTED:
		out->tested.n = (uint32_t)pack_read_uint(r, UINT32_MAX);
		pack_read_fixed(r, out->tested.hash, HASH_BYTES);
		break;
	case FRAME_RECOVER:
		out->recover.from = pack_read_uint(r, INT64_MAX);
		break;
	case FRAME_PART:
		read_part(r, out);
		break;
	case FRAME_END:
		read_end(r, out);
		break;
	case FRAME_HELLO:
	case FRAME_NOTE:
		break;
	}
}

int frame_decode(struct bytes in, struct frame *out)
{
	struct pack_reader r = pack_reader(in);
	struct frame frame = {0};
	uint64_t type;
	size_t count;
	int result = pack_check(in, LIMIT_DEPTH);

	if (result != RESULT_OK)
		return result;
	count = pack_read_array(&r, SIZE_MAX);
	type = pack_read_uint(&r, INT64_MAX);
	if (r.error != RESULT_OK)
		return RESULT_MALFORMED;
	frame.type = type <= UINT8_MAX ? (enum frame_type)type : 0;
	if (frame_arity(frame.type) == 0) {
		*out = frame;
		return RESULT_NEWER;
	}
	if (frame.type == FRAME_HELLO)
		read_hello(&r, count, &frame);
	else if (count != frame_arity(frame.type))
		pack_fail(&r, RESULT_MALFORMED);
	else
		read_frame(&r, &frame);
	result = pack_read_end(&r);
	if (result == RESULT_OK || result == RESULT_NEWER)
		*out = frame;
	return result;
}

/* The bytes of a bin that fills what room is left after the head of a frame. */
static size_t bin_room(size_t room, size_t head)
{
	const size_t short_head = head + BIN8_HEAD_BYTES, long_head = head + BIN16_HEAD_BYTES;

	if (room <= short_head)
		return 0;
	if (room - short_head <= UINT8_MAX)
		return room - short_head;
	return room - long_head > UINT8_MAX ? room - long_head : UINT8_MAX;
}

static size_t uint_bytes(uint64_t value)
{
	return value < 0x80 ? 1 : value <= UINT8_MAX ? 2 : value <= UINT16_MAX ? 3 : value <= UINT32_MAX ? 5 : 9;
}

size_t frame_piece_room(size_t room, uint64_t seq, uint64_t offset, uint64_t total)
{
	return bin_room(room, PIECE_HEAD_BYTES + uint_bytes(seq) + uint_bytes(offset) + uint_bytes(total));
}

size_t frame_blob_room(size_t room)
{
	return bin_room(room, BLOB_HEAD_BYTES);
}

size_t frame_part_room(size_t room)
{
	return bin_room(room, PART_HEAD_BYTES);
}

size_t frame_proof_room(size_t room)
{
	size_t count = room > PROOF_HEAD_BYTES ? (room - PROOF_HEAD_BYTES) / HASH_FIELD_BYTES : 0;

	if (count > ARRAY_SHORT) /* the array's head is longer then */
		count = (room - PROOF_HEAD_BYTES - 2) / HASH_FIELD_BYTES;
	return count < FRAME_PROOF_HASHES ? count : FRAME_PROOF_HASHES;
}
