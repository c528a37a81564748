/*
 * Copies (SPEC 5): the sender of a message says that the ladder, as its releasers allowed, took it to one more contact
 * point. With it a station takes a message that does not name it.
 */
#ifndef HOTLINE_PROTO_COPY_H
#define HOTLINE_PROTO_COPY_H

#include "proto/object.h"

#define COPY_MAX_BYTES 512 /* the encoded object, without entries of ext */

struct copy {
	uint8_t message[OBJECT_ID_BYTES];
	struct bytes to;
	uint32_t step; /* share of acknowledge-by in percent */
	int64_t at;    /* us */
	uint64_t card_serial;
	struct ext ext;
};

void copy_encode(const struct copy *copy, struct pack_writer *w);
/* Shape, name, ranges. RESULT_OK, MALFORMED, NEWER. */
int copy_decode(struct bytes body, struct copy *out);

#endif
