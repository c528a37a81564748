/* The body of an offer: accepted ones are written again the same. The signed object around it is tried as well. */
#include "proto/card.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct offer offer;
	static struct card card;
	struct pack_writer w = fuzz_writer();

	offer_open((struct bytes){data, size}, &offer, &card);
	if (offer_decode((struct bytes){data, size}, &offer) != RESULT_OK)
		return 0;
	offer_encode(&offer, &w);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
