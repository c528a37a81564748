/* A plaintext of a cell, as a peer with keys may fill it: frames lie within it and end in zeros. */
#include "proto/cell.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cell cell;
	struct frame frame;
	struct bytes encoded;
	size_t at = 0;
	int result;

	cell_init(&cell, CELL_BYTES);
	memcpy(cell.plain, data, size < cell.size ? size : cell.size);
	while ((result = cell_next(&cell, &at, &encoded)) == RESULT_OK && encoded.data != NULL) {
		FUZZ_NEED(encoded.len > 0 && at <= cell.size);
		FUZZ_NEED(encoded.data >= cell.plain && encoded.data + encoded.len <= cell.plain + cell.size);
		frame_decode(encoded, &frame);
	}
	fuzz_accepted |= result == RESULT_OK;
	return 0;
}
