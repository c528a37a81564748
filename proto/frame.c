/* Link frames and cells (SPEC 3): arrays to structures and back, and how frames lie in a cell's plaintext. */
#include "proto/frame.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

/* A piece without its bytes: the array, the type, seq, tag, offset and total at their widest. */
#define PIECE_HEAD_BYTES (1 + 1 + 9 + 2 + FRAME_TAG_BYTES + 9 + 9)
#define BIN8_HEAD_BYTES 2
#define BIN16_HEAD_BYTES 3

void have_put(struct pack_writer *w, const struct have *have)
{
	assert(have->count <= LIMIT_HAVE);
	pack_put_uint(w, have->through);
	pack_put_array(w, have->count);
	for (size_t i = 0; i < have->count; i++)
		pack_put_uint(w, have->beyond[i]);
}

void have_read(struct pack_reader *r, struct have *out)
{
	uint64_t last;

	memset(out, 0, sizeof *out);
	out->through = last = pack_read_uint(r, INT64_MAX);
	out->count = pack_read_array(r, LIMIT_HAVE);
	for (size_t i = 0; i < out->count && r->error == RESULT_OK; i++) {
		out->beyond[i] = pack_read_uint(r, INT64_MAX);
		if (out->beyond[i] <= last)
			pack_fail(r, RESULT_MALFORMED);
		last = out->beyond[i];
	}
	if (r->error != RESULT_OK)
		memset(out, 0, sizeof *out);
}

bool have_holds(const struct have *have, uint64_t seq)
{
	if (seq <= have->through)
		return true;
	for (size_t i = 0; i < have->count; i++)
		if (have->beyond[i] == seq)
			return true;
	return false;
}

/* How many elements each array has, its type included; 0 for what this version does not use. */
static size_t arity(enum frame_type type)
{
	switch (type) {
	case FRAME_HELLO:
		return 10;
	case FRAME_PIECE:
		return 6;
	case FRAME_RESUME:
	case FRAME_PONG:
		return 4;
	case FRAME_STORED:
	case FRAME_REFUSE:
	case FRAME_CLOSE:
		return 3;
	case FRAME_PING:
		return 2;
	case FRAME_PROVE:
	case FRAME_PROOF:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
	case FRAME_TESTED:
		break;
	}
	return 0;
}

static void put_hello(struct pack_writer *w, const struct frame *frame)
{
	const struct ext none = {0};

	pack_put_uint(w, frame->hello.schema);
	pack_put_uint(w, frame->hello.generation);
	have_put(w, &frame->hello.have);
	pack_put_uint(w, frame->hello.size);
	pack_put_bin(w, frame->hello.root, HASH_BYTES);
	pack_put_uint(w, frame->hello.seen_size);
	pack_put_bin(w, frame->hello.seen_root, HASH_BYTES);
	pack_put_ext(w, &none);
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
	case FRAME_PROOF:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
	case FRAME_TESTED:
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
	case FRAME_HELLO:
	case FRAME_PROVE:
	case FRAME_PROOF:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
	case FRAME_TESTED:
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

size_t frame_piece_room(size_t room)
{
	const size_t short_head = PIECE_HEAD_BYTES + BIN8_HEAD_BYTES, long_head = PIECE_HEAD_BYTES + BIN16_HEAD_BYTES;

	if (room <= short_head)
		return 0;
	if (room - short_head <= UINT8_MAX)
		return room - short_head;
	return room - long_head > UINT8_MAX ? room - long_head : UINT8_MAX;
}

void cell_init(struct cell *cell, size_t cell_bytes)
{
	assert(cell_bytes >= CELL_MIN_BYTES && cell_bytes <= CELL_MAX_BYTES);
	memset(cell, 0, sizeof *cell);
	cell->size = cell_bytes - CELL_OVERHEAD_BYTES;
}

size_t cell_room(const struct cell *cell)
{
	size_t left = cell->size - cell->used;

	return left > FRAME_LENGTH_BYTES ? left - FRAME_LENGTH_BYTES : 0;
}

bool cell_put(struct cell *cell, const struct frame *frame)
{
	size_t room = cell_room(cell);
	uint8_t *at = cell->plain + cell->used;
	struct pack_writer w;

	if (room == 0)
		return false;
	w = pack_writer(at + FRAME_LENGTH_BYTES, room);
	frame_encode(frame, &w);
	if (w.is_over) {
		memset(at, 0, FRAME_LENGTH_BYTES + room); /* what fitted of it must not be sent as padding */
		return false;
	}
	pack_be16(at, (uint16_t)w.len);
	cell->used += FRAME_LENGTH_BYTES + w.len;
	return true;
}

void cell_seal(struct cell *cell, struct noise_cipher *cipher, uint8_t *out)
{
	noise_encrypt(cipher, (struct bytes){cell->plain, cell->size}, out);
}

int cell_open(struct cell *cell, struct noise_cipher *cipher, const uint8_t *in)
{
	cell->used = 0;
	return noise_decrypt(cipher, (struct bytes){in, cell->size + CELL_OVERHEAD_BYTES}, cell->plain);
}

int cell_next(const struct cell *cell, size_t *at, struct bytes *out)
{
	size_t left = cell->size - *at, len = 0;
	uint8_t any = 0;

	if (left >= FRAME_LENGTH_BYTES)
		len = pack_from_be16(cell->plain + *at);
	if (len > 0) {
		if (len > left - FRAME_LENGTH_BYTES)
			return RESULT_MALFORMED;
		*out = (struct bytes){cell->plain + *at + FRAME_LENGTH_BYTES, len};
		*at += FRAME_LENGTH_BYTES + len;
		return RESULT_OK;
	}
	for (; *at < cell->size; ++*at)
		any |= cell->plain[*at];
	*out = (struct bytes){NULL, 0};
	return any == 0 ? RESULT_OK : RESULT_MALFORMED;
}
