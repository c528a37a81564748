/*
 * Outcomes. 0 is success; a positive value is a documented outcome, and the first eight are the
 * reasons a refused receipt carries (SPEC 5); a negative value means that the world failed.
 */
#ifndef HOTLINE_PROTO_RESULT_H
#define HOTLINE_PROTO_RESULT_H

enum result {
	RESULT_OK = 0,
	RESULT_SEAL = 1,	  /* a seal, record or cell does not open */
	RESULT_SIGNATURE = 2,	  /* a signature does not verify */
	RESULT_KEY = 3,		  /* the key is unknown, revoked or unfit */
	RESULT_NOT_ADDRESSEE = 4, /* the object is not for this station */
	RESULT_MALFORMED = 5,	  /* bytes that no sender of this version writes */
	RESULT_NEWER = 6,	  /* only a newer version can read it */
	RESULT_LIMIT = 7,	  /* over a limit */
	RESULT_EXERCISE = 8,	  /* exercise traffic is not accepted here, or modes are mixed */
	RESULT_PROOF = 9,	  /* a Merkle proof does not lead to the root */
	RESULT_OLDER = 10,	  /* an older serial, generation or counter than the one held */
	RESULT_DIFFERENT = 11,	  /* two things that must be the same are not */
	RESULT_INCOMPLETE = 12,	  /* well so far, but more bytes are needed */
};

/* The outcome in a few English words, without a final stop; "unknown" for any other value. */
const char *result_name(int result);

#endif
