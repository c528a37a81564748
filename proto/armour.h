/* Text armour for cards, offers and proofs (SPEC 9): base64 lines between two markers, with a checksum line. */
#ifndef HOTLINE_PROTO_ARMOUR_H
#define HOTLINE_PROTO_ARMOUR_H

#include "proto/pack.h"

/* Size of the armour of len bytes under a label of at most 16 bytes, with room to spare. */
size_t armour_capacity(size_t len);
/*
 * "-----BEGIN HOTLINE CARD-----", base64 in lines of 64, "=" and the first 4 bytes of the SHA-256 in hex, and the end marker.
 * label is "CARD", "OFFER", "REQUEST", "REVOCATION" or "PROOF".
 */
void armour_encode(const char *label, struct bytes in, struct pack_writer *w);
/*
 * Reads the first block with this label anywhere in text (carriage returns and blank lines are allowed, as mail makes
 * them). out holds text.len bytes. RESULT_MALFORMED, or RESULT_DIFFERENT when the checksum does not fit.
 */
int armour_decode(const char *label, struct bytes text, uint8_t *out, size_t *out_len);

/* Standard base64 with padding; unused bits must be zero (SPEC 1). */
size_t base64_encode(struct bytes in, char *out, size_t capacity);		     /* gives the length; out is not ended by zero */
int base64_decode(struct bytes text, uint8_t *out, size_t capacity, size_t *out_len); /* no white space allowed */

#endif
