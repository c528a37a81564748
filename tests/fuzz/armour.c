/* Armour and base64: what is read is written again so that it reads the same; base64 has one form. */
#include "proto/armour.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t out[65536], again[65536];
	static char text[65536];
	struct pack_writer w = fuzz_writer();
	struct bytes in = {data, size};
	size_t len, again_len;

	if (size > sizeof out / 2)
		return 0;
	if (base64_decode(in, out, sizeof out, &len) == RESULT_OK) {
		FUZZ_NEED(base64_encode((struct bytes){out, len}, text, sizeof text) == size);
		FUZZ_NEED(memcmp(text, data, size) == 0);
		fuzz_accepted = 1;
	}
	if (armour_decode("CARD", in, out, &len) != RESULT_OK)
		return 0;
	FUZZ_NEED(len <= size);
	armour_encode("CARD", (struct bytes){out, len}, &w);
	FUZZ_NEED(!w.is_over && w.len <= armour_capacity(len));
	FUZZ_NEED(armour_decode("CARD", pack_written(&w), again, &again_len) == RESULT_OK);
	FUZZ_NEED(bytes_equal((struct bytes){out, len}, (struct bytes){again, again_len}));
	fuzz_accepted = 1;
	return 0;
}
