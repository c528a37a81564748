/* Link frames (SPEC 3.3): structures to arrays. */
#include "proto/frame.h"

#include <assert.h>

static void put_hello(struct pack_writer *w, const struct frame *frame)
{
	uint8_t done[16];
	struct pack_writer value = pack_writer(done, sizeof done);
	struct ext ext = {0};

	pack_put_array(&value, 1);
	pack_put_uint(&value, frame->hello.done);
	if (frame->hello.endpoint > 0) {
		ext.entry[ext.count].code = FRAME_EXT_ENDPOINT;
		ext.entry[ext.count++].value = (struct bytes){&frame->hello.endpoint, 1};
	}
	if (frame->hello.done > 0) {
		ext.entry[ext.count].code = FRAME_EXT_DONE;
		ext.entry[ext.count++].value = pack_written(&value);
	}
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

/* What one station asks of the other, and the answers. */
static void put_demand(struct pack_writer *w, const struct frame *frame)
{
	switch (frame->type) {
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
	case FRAME_RECOVER:
		pack_put_uint(w, frame->recover.from);
		break;
	case FRAME_PART:
		pack_put_uint(w, frame->part.index);
		pack_put_uint(w, frame->part.kind);
		pack_put_uint(w, frame->part.total);
		pack_put_uint(w, frame->part.offset);
		pack_put_bytes(w, frame->part.data);
		break;
	case FRAME_END:
		pack_put_uint(w, frame->end.size);
		pack_put_uint(w, frame->end.next);
		pack_put_uint(w, frame->end.highest);
		break;
	case FRAME_HELLO:
	case FRAME_PIECE:
	case FRAME_STORED:
	case FRAME_PING:
	case FRAME_PONG:
	case FRAME_CLOSE:
	case FRAME_RESUME:
	case FRAME_REFUSE:
	case FRAME_NOTE:
		break;
	}
}

void frame_encode(const struct frame *frame, struct pack_writer *w)
{
	assert(frame_arity(frame->type) > 0);
	pack_put_array(w, frame_arity(frame->type));
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
	case FRAME_RECOVER:
	case FRAME_PART:
	case FRAME_END:
		put_demand(w, frame);
		break;
	case FRAME_NOTE:
		break;
	}
}
