/*
 * Revocations (SPEC 5): the root of a contact point says that every card of it up to a serial is void. It counts by its
 * position in a log, not by clocks: a signature entered after it is invalid, before it valid.
 */
#ifndef HOTLINE_PROTO_REVOCATION_H
#define HOTLINE_PROTO_REVOCATION_H

#include "proto/object.h"

enum revocation_reason { REVOKED_OTHER, REVOKED_LOST, REVOKED_SEIZED, REVOKED_REPLACED, REVOKED_CLOSED };

struct revocation {
	struct bytes name;
	uint64_t serial; /* it and all below */
	uint8_t reason;	 /* an unknown one is shown by its number */
	int64_t at;	 /* us */
	struct ext ext;
};

void revocation_encode(const struct revocation *revocation, struct pack_writer *w);
int revocation_decode(struct bytes body, struct revocation *out);
/* An encoded object whole: type, shape, and the signature by root. */
int revocation_open(struct bytes encoded, const uint8_t root[KEY_BYTES], struct object *out_object,
		    struct revocation *out);
const char *revocation_reason_name(uint8_t reason); /* "lost"; NULL when unknown */

#endif
