/*
 * Cells (SPEC 3.2): a plaintext of fixed size that is frames, each a length and an array, then zeros; a frame never spans
 * cells.
 */
#ifndef HOTLINE_PROTO_CELL_H
#define HOTLINE_PROTO_CELL_H

#include "proto/frame.h"
#include "proto/noise.h"

#define FRAME_LENGTH_BYTES 2

/* A cell being filled: the plaintext, cell - 16 bytes. */
struct cell {
	uint8_t plain[CELL_MAX_BYTES - CELL_OVERHEAD_BYTES];
	size_t size, used;
};
void cell_init(struct cell *cell, size_t cell_bytes);
/* Bytes left for one more frame's array. */
size_t cell_room(const struct cell *cell);
/* Appends a frame; false and nothing done if it does not fit. */
bool cell_put(struct cell *cell, const struct frame *frame);
/* Encrypts the cell, zeros included, into cell_bytes of out. */
void cell_seal(struct cell *cell, struct noise_cipher *cipher, uint8_t *out);
/* Decrypts into cell (its size set by cell_init). RESULT_SEAL. */
int cell_open(struct cell *cell, struct noise_cipher *cipher, const uint8_t *in);
/*
 * The next frame's bytes of an opened cell: RESULT_OK and out set; RESULT_OK and out->data NULL at the clean end;
 * RESULT_MALFORMED when a length runs over or the rest is not zero. at starts at 0.
 */
int cell_next(const struct cell *cell, size_t *at, struct bytes *out);

#endif
