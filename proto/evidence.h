/*
 * Evidence of equivocation (SPEC 9.6): two heads of one log that can't be of one log, with what signs them, as an array in
 * armour under the label EVIDENCE.
 */
#ifndef HOTLINE_PROTO_EVIDENCE_H
#define HOTLINE_PROTO_EVIDENCE_H

#include "proto/hash.h"
#include "proto/key.h"
#include "proto/limits.h"
#include "proto/pack.h"

#define EVIDENCE_LABEL "EVIDENCE"
#define EVIDENCE_BYTES (2 * LIMIT_OBJECT_BYTES + 1024) /* encoded */

enum evidence_what {
	EVIDENCE_SAME_SIZE = 1, /* two roots of one size */
	EVIDENCE_NO_PROOF = 2,	/* no consistency proof leads from the first to the second */
};

/* Borrowed. */
struct evidence {
	struct bytes origin; /* of the log: "hotline/<who showed it>/<who keeps this>" */
	enum evidence_what what;
	int64_t at; /* when it was noted */
	struct {
		uint64_t size;
		uint8_t root[HASH_BYTES];
		struct bytes statement; /* a receipt or a note; empty: shown in a hello, which anybody may deny */
	} head[2];
};

void evidence_encode(const struct evidence *evidence, struct pack_writer *w);
/* RESULT_MALFORMED, RESULT_LIMIT, RESULT_NEWER. */
int evidence_decode(struct bytes in, struct evidence *out);
/* Whether a head's statement, by the station with these keys, signs just this head of this log. */
bool evidence_is_signed(const struct evidence *evidence, size_t head, const uint8_t signing[KEY_BYTES],
			const uint8_t log[KEY_BYTES]);

#endif
