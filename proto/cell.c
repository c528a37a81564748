/* Cells: how frames lie in a plaintext of fixed size (SPEC 3.2). */
#include "proto/cell.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

void cell_init(struct cell *cell, size_t cell_bytes)
{
	assert(cell_bytes >= CELL_MIN_BYTES && cell_bytes <= CELL_MAX_BYTES);
	cell->size = cell_bytes - CELL_OVERHEAD_BYTES;
	cell->used = 0;
	memset(cell->plain, 0, cell->size);
}

size_t cell_room(const struct cell *cell)
{
	size_t left = cell->size - cell->used;

	return left > FRAME_LENGTH_BYTES ? left - FRAME_LENGTH_BYTES : 0;
}

bool cell_put(struct cell *cell, const struct frame *frame)
{
	size_t room = cell_room(cell);
	uint8_t *at = cell->plain + cell->used;
	struct pack_writer w;

	if (room == 0)
		return false;
	w = pack_writer(at + FRAME_LENGTH_BYTES, room);
	frame_encode(frame, &w);
	if (w.is_over) {
		memset(at, 0, FRAME_LENGTH_BYTES + room); /* what fitted of it must not be sent as padding */
		return false;
	}
	pack_be16(at, (uint16_t)w.len);
	cell->used += FRAME_LENGTH_BYTES + w.len;
	return true;
}

void cell_seal(struct cell *cell, struct noise_cipher *cipher, uint8_t *out)
{
	noise_encrypt(cipher, (struct bytes){cell->plain, cell->size}, out);
}

int cell_open(struct cell *cell, struct noise_cipher *cipher, const uint8_t *in)
{
	cell->used = 0;
	return noise_decrypt(cipher, (struct bytes){in, cell->size + CELL_OVERHEAD_BYTES}, cell->plain);
}

int cell_next(const struct cell *cell, size_t *at, struct bytes *out)
{
	const uint8_t *rest = cell->plain + *at;
	size_t left = cell->size - *at, len = 0;

	if (left >= FRAME_LENGTH_BYTES)
		len = pack_from_be16(rest);
	if (len > 0) {
		if (len > left - FRAME_LENGTH_BYTES)
			return RESULT_MALFORMED;
		*out = (struct bytes){rest + FRAME_LENGTH_BYTES, len};
		*at += FRAME_LENGTH_BYTES + len;
		return RESULT_OK;
	}
	*at = cell->size;
	*out = (struct bytes){NULL, 0};
	return left == 0 || (rest[0] == 0 && memcmp(rest, rest + 1, left - 1) == 0) ? RESULT_OK : RESULT_MALFORMED;
}
