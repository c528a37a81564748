/* The body of a card: accepted ones are written again the same. The signed object around it is tried as well. */
#include "proto/card.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct card card;
	struct object object;
	struct pack_writer w = fuzz_writer();

	card_open((struct bytes){data, size}, &object, &card);
	if (card_decode((struct bytes){data, size}, &card) != RESULT_OK)
		return 0;
	card_encode(&card, &w);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
