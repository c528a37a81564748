/* A frame array: accepted ones are written again the same, but for what a hello of this version ignores in ext. */
#include "proto/frame.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t first[4096];
	struct pack_writer w = pack_writer(first, sizeof first), again = fuzz_writer();
	struct frame frame, read;

	if (size > sizeof first || frame_decode((struct bytes){data, size}, &frame) != RESULT_OK)
		return 0;
	frame_encode(&frame, &w);
	if (frame.type == FRAME_HELLO) {
		FUZZ_NEED(frame_decode(pack_written(&w), &read) == RESULT_OK);
		frame_encode(&read, &again);
		fuzz_same(pack_written(&w), &again);
	} else
		fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
