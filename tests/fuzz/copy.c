/* The body of a copy: accepted ones are written again the same. */
#include "proto/copy.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pack_writer w = fuzz_writer();
	struct copy copy;

	if (copy_decode((struct bytes){data, size}, &copy) != RESULT_OK)
		return 0;
	copy_encode(&copy, &w);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
