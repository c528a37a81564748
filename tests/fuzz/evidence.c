/* Evidence of equivocation: what is read is written again the same, and its signatures are judged without harm. */
#include "proto/evidence.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t key[KEY_BYTES] = {1};
	struct bytes in = {data, size};
	struct pack_writer w = fuzz_writer();
	struct evidence evidence;

	if (evidence_decode(in, &evidence) != RESULT_OK)
		return 0;
	fuzz_accepted = 1;
	evidence_encode(&evidence, &w);
	FUZZ_NEED(bytes_equal(pack_written(&w), in));
	FUZZ_NEED(!evidence_is_signed(&evidence, 0, key, key) && !evidence_is_signed(&evidence, 1, key, key));
	return 0;
}
