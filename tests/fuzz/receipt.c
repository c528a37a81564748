/* The body of a receipt: accepted ones are written again the same. */
#include "proto/receipt.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct receipt receipt;
	struct pack_writer w = fuzz_writer();

	if (receipt_decode((struct bytes){data, size}, &receipt) != RESULT_OK)
		return 0;
	receipt_encode(&receipt, &w);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
