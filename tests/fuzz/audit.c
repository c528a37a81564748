/* The auditor's whole reading of an export, by someone who trusts the cards of two stations. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/station.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hostile h;
	bool is_peers_fault;

	if (h.got == NULL) {
		hostile_begin(&h);
		hostile_end(&h);
	}
	if (station_audit(&h, (struct bytes){data, size}, &is_peers_fault) == RESULT_OK)
		fuzz_accepted = 1;
	return 0;
}
