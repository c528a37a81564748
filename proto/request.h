/*
 * Card requests: what a station asks its root to sign. [ "hotline-request/1", body (bin) ]; body is that of a card
 * whose root key is still all zero, so that it can never pass for a card. It is not signed: whoever certifies it
 * compares its digest with the one that the station printed.
 */
#ifndef HOTLINE_PROTO_REQUEST_H
#define HOTLINE_PROTO_REQUEST_H

#include "proto/card.h"

#define REQUEST_BYTES (LIMIT_OBJECT_BYTES) /* room for any request */

/* The card's root is left out, whatever it is. */
void request_encode(const struct card *card, struct pack_writer *w);
/*
 * Everything that card_decode() asks for, but of the root that it is all zero. out->root is zero and out borrows from
 * in. RESULT_MALFORMED, RESULT_KEY, RESULT_LIMIT or RESULT_NEWER.
 */
int request_decode(struct bytes in, struct card *out);
/* To be compared by people, like a root's fingerprint. */
void request_digest(struct bytes in, char out[FINGERPRINT_TEXT]);

#endif
