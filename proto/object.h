/* Signed objects (SPEC 5): [type, body, signature], and their ids. */
#ifndef HOTLINE_PROTO_OBJECT_H
#define HOTLINE_PROTO_OBJECT_H

#include "proto/hash.h"
#include "proto/key.h"
#include "proto/limits.h"
#include "proto/pack.h"

enum object_type {
	OBJECT_CARD, OBJECT_REVOCATION, OBJECT_OFFER, OBJECT_MESSAGE, OBJECT_RECEIPT, OBJECT_COPY,
	OBJECT_MESSAGE_EXERCISE, OBJECT_RECEIPT_EXERCISE, OBJECT_COPY_EXERCISE,
};

#define OBJECT_ID_BYTES HASH_BYTES
#define OBJECT_OVERHEAD_BYTES 128 /* an object is at most this much longer than its body */

struct object {
	enum object_type type;
	struct bytes body;	/* borrowed */
	const uint8_t *signature; /* 64 bytes, borrowed */
	uint8_t id[OBJECT_ID_BYTES];
};

const char *object_type_name(enum object_type type);
bool object_is_exercise(enum object_type type);
/* Signs body and writes the encoded object to w. */
void object_sign(enum object_type type, struct bytes body, const struct sign_pair *pair, struct pack_writer *w);
/* Reads the outside strictly. RESULT_NEWER for an unknown type; RESULT_LIMIT over 32 KiB. The id is set on success. */
int object_decode(struct bytes in, struct object *out);
/* The same without the id, for who knows it already; it is zeroed. */
int object_read(struct bytes in, struct object *out);
/* RESULT_OK or RESULT_SIGNATURE. */
int object_verify(const struct object *object, const uint8_t public[KEY_BYTES]);
void object_id(struct bytes encoded, uint8_t out[OBJECT_ID_BYTES]);

#endif
