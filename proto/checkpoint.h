/*
 * Checkpoints: C2SP tlog-checkpoint in a C2SP signed-note, Ed25519 (algorithm 0x01), key name = origin.
 */
#ifndef HOTLINE_PROTO_CHECKPOINT_H
#define HOTLINE_PROTO_CHECKPOINT_H

#include "proto/hash.h"
#include "proto/key.h"

#define CHECKPOINT_BYTES 512 /* a note of ours fits */
#define NOTE_MAX_BYTES 4096

struct checkpoint {
	struct bytes origin; /* borrowed from the note */
	uint64_t size;
	uint8_t root[HASH_BYTES];
	/* extension "recovered": from size on the log was lost and grown anew; the last head of the lost one (SPEC 4.5) */
	bool is_recovery;
	uint64_t lost_size;
	uint8_t lost_root[HASH_BYTES];
};

/* A signed note that is read: text with its last newline, and signature lines. Borrowed. */
struct note {
	struct bytes text;
	struct bytes signatures;
};

/* "hotline/<station>/<peer>", or "hotline/<station>" when peer is empty. Gives the length. out holds ORIGIN_TEXT. */
#define ORIGIN_TEXT 80
size_t checkpoint_origin(struct bytes station, struct bytes peer, char out[ORIGIN_TEXT]);
/* The station of "hotline/<station>" or "hotline/<station>/<peer>"; empty if origin is no such text. Borrows from it. */
struct bytes checkpoint_station(struct bytes origin);
/* Whether bytes begin as a note of ours does, which no object can. */
bool checkpoint_begins(struct bytes bytes);
/* The note's key id: first four bytes of SHA-256(name || 0x0a || 0x01 || public). */
void note_key_id(struct bytes name, const uint8_t public[KEY_BYTES], uint8_t out[4]);
/* Signs [origin, size, root] as a note into w. */
void checkpoint_sign(const struct checkpoint *checkpoint, const struct sign_pair *pair, struct pack_writer *w);
/* Splits a note: no control characters but newline, text and signatures well formed. RESULT_MALFORMED, RESULT_LIMIT. */
int note_decode(struct bytes in, struct note *out);
/* A signature by this key name and key: RESULT_OK; RESULT_KEY when there is none by it, RESULT_SIGNATURE when it is wrong. */
int note_verify(const struct note *note, struct bytes name, const uint8_t public[KEY_BYTES]);
/* Reads the three lines of a checkpoint from a note's text; of extension lines one "recovered" is read, others ignored. */
int checkpoint_decode(struct bytes text, struct checkpoint *out);
/* All together: the note is a checkpoint of origin signed by public under that name. */
int checkpoint_open(struct bytes in, struct bytes origin, const uint8_t public[KEY_BYTES], struct checkpoint *out);

#endif
