/* The stream of an export, array by array: each accepted one is written again the same. */
#include "proto/export.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct export_record record;
	struct pack_writer w = fuzz_writer();
	struct bytes in = {data, size};
	struct leaf leaf;
	size_t len;

	while (in.len > 0 && export_decode(in, &record, &len) == RESULT_OK) {
		FUZZ_NEED(len > 0 && len <= in.len);
		if (record.kind == EXPORT_ENTRY && leaf_decode(record.bytes, &leaf) == RESULT_OK) {
			struct pack_writer l = fuzz_writer();

			leaf_encode(&leaf, &l);
			fuzz_same(record.bytes, &l);
		}
		w = fuzz_writer();
		export_encode(&record, &w);
		fuzz_same((struct bytes){in.data, len}, &w);
		in.data += len;
		in.len -= len;
	}
	return 0;
}
