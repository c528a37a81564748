/* Link frames (SPEC 3.3): arrays to structures and back. */
#include "proto/frame.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

/* A piece without its numbers and bytes: the array, the type, the tag. */
#define PIECE_HEAD_BYTES (1 + 1 + 2 + FRAME_TAG_BYTES)
/* A blob without its bytes: the array, the type, hash and offset (below 2^32) at their widest. */
#define HASH_FIELD_BYTES (2 + HASH_BYTES)
#define BLOB_HEAD_BYTES (1 + 1 + HASH_FIELD_BYTES + 5)
/* A proof without its hashes: two arrays' heads, the type, two sizes, first and total at their widest. */
#define PROOF_HEAD_BYTES (1 + 1 + 9 + 9 + 1 + 1 + 1)
#define HELLO_ENDPOINT 2 /* code of ext */
#define ARRAY_SHORT 15 /* elements up to which an array's head is one byte */
#define BIN8_HEAD_BYTES 2
#define BIN16_HEAD_BYTES 3

/* How many elements each array has, its type included; 0 for an unknown type. */
static size_t arity(enum frame_type type)
{
	switch (type) {
	case FRAME_HELLO:
		return 10;
	case FRAME_PIECE:
	case FRAME_PROOF:
		return 6;
	case FRAME_RESUME:
	case FRAME_PONG:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
		return 4;
	case FRAME_STORED:
	case FRAME_REFUSE:
	case FRAME_CLOSE:
	case FRAME_PROVE:
	case FRAME_TESTED:
		return 3;
	case FRAME_PING:
		return 2;
	case FRAME_NOTE:
		return 1;
	}
	return 0;
}

static void put_hello(struct pack_writer *w, const struct frame *frame)
{
	const struct ext ext = {.count = frame->hello.endpoint > 0,
				.entry = {{HELLO_ENDPOINT, {&frame->hello.endpoint, 1}}}};

	pack_put_uint(w, frame->hello.schema);
	pack_put_uint(w, frame->hello.generation);
	have_put(w, &frame->hello.have);
	pack_put_uint(w, frame->hello.size);
	pack_put_bin(w, frame->hello.root, HASH_BYTES);
	pack_put_uint(w, frame->hello.seen_size);
	pack_put_bin(w, frame->hello.seen_root, HASH_BYTES);
	pack_put_ext(w, &ext);
}

static void put_proof(struct pack_writer *w, const struct frame *frame)
{
	assert(frame->proof.count <= FRAME_PROOF_HASHES);
	pack_put_uint(w, frame->proof.size1);
	pack_put_uint(w, frame->proof.size2);
	pack_put_uint(w, frame->proof.first);
	pack_put_uint(w, frame->proof.total);
	pack_put_array(w, frame->proof.count);
	for (size_t i = 0; i < frame->proof.count; i++)
		pack_put_bin(w, frame->proof.hash[i], HASH_BYTES);
}

void frame_encode(const struct frame *frame, struct pack_writer *w)
{
	assert(arity(frame->type) > 0);
	pack_put_array(w, arity(frame->type));
	pack_put_uint(w, frame->type);
	switch (frame->type) {
	case FRAME_HELLO:
		put_hello(w, frame);
		break;
	case FRAME_PIECE:
		pack_put_uint(w, frame->piece.seq);
		pack_put_bin(w, frame->piece.tag, FRAME_TAG_BYTES);
		pack_put_uint(w, frame->piece.offset);
		pack_put_uint(w, frame->piece.total);
		pack_put_bytes(w, frame->piece.data);
		break;
	case FRAME_RESUME:
		pack_put_uint(w, frame->resume.seq);
		pack_put_bin(w, frame->resume.tag, FRAME_TAG_BYTES);
		pack_put_uint(w, frame->resume.offset);
		break;
	case FRAME_STORED:
		have_put(w, &frame->stored);
		break;
	case FRAME_REFUSE:
		pack_put_uint(w, frame->refuse.seq);
		pack_put_uint(w, frame->refuse.reason);
		break;
	case FRAME_PING:
	case FRAME_PONG:
		pack_put_int(w, frame->ping.t0);
		if (frame->type == FRAME_PING)
			break;
		pack_put_int(w, frame->ping.t1);
		pack_put_int(w, frame->ping.t2);
		break;
	case FRAME_CLOSE:
		pack_put_uint(w, frame->close.reason);
		pack_put_uint(w, frame->close.last_seq);
		break;
	case FRAME_PROVE:
		pack_put_uint(w, frame->prove.size1);
		pack_put_uint(w, frame->prove.size2);
		break;
	case FRAME_PROOF:
		put_proof(w, frame);
		break;
	case FRAME_WANT:
		pack_put_bin(w, frame->want.hash, HASH_BYTES);
		pack_put_uint(w, frame->want.offset);
		pack_put_uint(w, frame->want.length);
		break;
	case FRAME_BLOB:
		pack_put_bin(w, frame->blob.hash, HASH_BYTES);
		pack_put_uint(w, frame->blob.offset);
		pack_put_bytes(w, frame->blob.data);
		break;
	case FRAME_TEST:
		pack_put_uint(w, frame->test.n);
		pack_put_str(w, frame->test.lang);
		pack_put_str(w, frame->test.text);
		break;
	case FRAME_TESTED:
		pack_put_uint(w, frame->tested.n);
		pack_put_bin(w, frame->tested.hash, HASH_BYTES);
		break;
	case FRAME_NOTE:
		break;
	}
}

/* A stream's numbers begin with 1 (SPEC 4). */
static uint64_t read_seq(struct pack_reader *r)
{
	uint64_t seq = pack_read_uint(r, INT64_MAX);

	if (seq == 0)
		pack_fail(r, RESULT_MALFORMED);
	return seq;
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
	if (count != arity(FRAME_HELLO))
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
	endpoint = ext_find(&ext, HELLO_ENDPOINT);
	if (endpoint.data != NULL && (endpoint.len != 1 || endpoint.data[0] == 0))
		pack_fail(r, RESULT_MALFORMED);
	else if (endpoint.data != NULL)
		out->hello.endpoint = endpoint.data[0];
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
	if (arity(frame.type) == 0) {
		*out = frame;
		return RESULT_NEWER;
	}
	if (frame.type == FRAME_HELLO)
		read_hello(&r, count, &frame);
	else if (count != arity(frame.type))
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

size_t frame_proof_room(size_t room)
{
	size_t count = room > PROOF_HEAD_BYTES ? (room - PROOF_HEAD_BYTES) / HASH_FIELD_BYTES : 0;

	if (count > ARRAY_SHORT) /* the array's head is longer then */
		count = (room - PROOF_HEAD_BYTES - 2) / HASH_FIELD_BYTES;
	return count < FRAME_PROOF_HASHES ? count : FRAME_PROOF_HASHES;
}
