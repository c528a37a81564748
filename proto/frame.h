/* Link frames (SPEC 3.3): what two stations say to each other in cells. */
#ifndef HOTLINE_PROTO_FRAME_H
#define HOTLINE_PROTO_FRAME_H

#include "proto/hash.h"
#include "proto/limits.h"
#include "proto/pack.h"

#define FRAME_SCHEMA 1
#define FRAME_EXT_ENDPOINT 2 /* of hello */
#define FRAME_EXT_DONE 4     /* of hello: [done] */
#define FRAME_TAG_BYTES 8 /* of a piece: the first bytes of the hash of the sealed form */
#define FRAME_PROOF_HASHES 29 /* the most that one frame of a proof can hold in the largest cell */

enum frame_type {
	FRAME_HELLO = 1, FRAME_PIECE = 2, FRAME_STORED = 3, FRAME_PING = 4, FRAME_PONG = 5,
	FRAME_PROVE = 6, FRAME_PROOF = 7, FRAME_WANT = 8, FRAME_BLOB = 9, FRAME_TEST = 10,
	FRAME_TESTED = 11, FRAME_CLOSE = 12, FRAME_RESUME = 13, FRAME_REFUSE = 14, FRAME_NOTE = 15,
	FRAME_RECOVER = 16, FRAME_PART = 17, FRAME_END = 18,
};

enum frame_close { CLOSE_ORDERLY = 0, CLOSE_RENEWED = 1, CLOSE_MALFORMED = 2, CLOSE_NEWER = 6 };
enum frame_refuse { REFUSE_WEEK = 1, REFUSE_SEAL = 2, REFUSE_MALFORMED = 3, REFUSE_LIMIT = 4, REFUSE_OTHER = 5 };

/* What a receiver holds of a stream: everything up to through, and these beyond, ascending. */
struct have {
	uint64_t through;
	size_t count;
	uint64_t beyond[LIMIT_HAVE];
};
/* Shared with item 7 of parcels. */
void have_put(struct pack_writer *w, const struct have *have); /* two elements: through, [have…] */
void have_read(struct pack_reader *r, struct have *out);
bool have_holds(const struct have *have, uint64_t seq);

struct frame {
	enum frame_type type;
	union {
		struct {
			uint64_t schema;
			uint32_t generation;
			struct have have;
			uint64_t size, seen_size;
			uint8_t root[HASH_BYTES], seen_root[HASH_BYTES];
			uint8_t endpoint; /* of a dialler: which of the other's it dialled, 0 the preferred one */
			uint64_t done; /* ext 4: all own parcels below this seq were stored; 0 not said */
		} hello;
		struct {
			uint64_t seq;
			uint8_t tag[FRAME_TAG_BYTES];
			uint64_t offset, total;
			struct bytes data;
		} piece;
		struct {
			uint64_t seq;
			uint8_t tag[FRAME_TAG_BYTES];
			uint64_t offset;
		} resume;
		struct have stored;
		struct {
			uint64_t seq;
			uint8_t reason;
		} refuse;
		struct {
			int64_t t0, t1, t2; /* ping: t0 alone */
		} ping;
		struct {
			uint64_t size1, size2;
		} prove;
		struct {
			uint64_t size1, size2;
			size_t first, total, count;
			uint8_t hash[FRAME_PROOF_HASHES][HASH_BYTES];
		} proof;
		struct {
			uint8_t hash[HASH_BYTES];
			uint64_t offset, length;
		} want;
		struct {
			uint8_t hash[HASH_BYTES];
			uint64_t offset;
			struct bytes data; /* empty: not held */
		} blob;
		struct {
			uint32_t n;
			struct bytes lang, text;
		} test;
		struct {
			uint32_t n;
			uint8_t hash[HASH_BYTES]; /* of the text */
		} tested;
		struct {
			uint64_t from;
		} recover;
		struct {
			uint64_t index, total, offset;
			uint8_t kind; /* enum leaf_kind, in the log of the one that gives */
			struct bytes data;
		} part;
		struct {
			uint64_t size, next, highest;
		} end;
		struct {
			uint8_t reason;
			uint64_t last_seq;
		} close;
	};
};

/* How many elements a frame's array has, its type included; 0 for an unknown type. */
size_t frame_arity(enum frame_type type);
/* Writes the array of a frame. */
void frame_encode(const struct frame *frame, struct pack_writer *w);
/*
 * Reads one. RESULT_NEWER: an unknown type, to be skipped and counted (out->type is its code when it is at most 255); a
 * hello of another schema or grown by an odd code is RESULT_NEWER with type hello.
 * RESULT_MALFORMED or RESULT_LIMIT: the link closes.
 */
int frame_decode(struct bytes in, struct frame *out);
/* How many data bytes a piece with these numbers may carry in a cell that has room bytes left; 0 if none. */
size_t frame_piece_room(size_t room, uint64_t seq, uint64_t offset, uint64_t total);
/* The same for the bytes of a blob, and for the number of a proof's hashes, at most FRAME_PROOF_HASHES. */
size_t frame_blob_room(size_t room);
size_t frame_proof_room(size_t room);
size_t frame_part_room(size_t room);

#endif
