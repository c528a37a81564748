/* The files of keys: a station's and a pair's. Accepted ones are written again the same. */
#include "proto/keyfile.h"
#include "proto/pair.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pair_keys pair;
	static struct station_keys keys;
	struct bytes in = {data, size}, again;
	uint8_t out[PAIR_FILE_BYTES];

	if (keyfile_decode(in, &keys) == RESULT_OK) {
		again = keyfile_encode(&keys, out);
		FUZZ_NEED(bytes_equal(again, in));
		fuzz_accepted = 1;
	}
	if (pair_decode(in, &pair) == RESULT_OK) {
		again = pair_encode(&pair, out);
		FUZZ_NEED(bytes_equal(again, in));
		fuzz_accepted = 1;
	}
	return 0;
}
