/* Signed objects whole: an accepted one is its type, its body and a signature, and nothing else. */
#include "proto/object.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct object object;
	uint8_t key[KEY_BYTES] = {1};
	struct pack_writer w = fuzz_writer();

	if (object_decode((struct bytes){data, size}, &object) != RESULT_OK)
		return 0;
	object_verify(&object, key);
	pack_put_array(&w, 3);
	pack_put_text(&w, object_type_name(object.type));
	pack_put_bytes(&w, object.body);
	pack_put_bin(&w, object.signature, SIGNATURE_BYTES);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
