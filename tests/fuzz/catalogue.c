/* A catalogue that anybody may have written: what is found lies in it, and a format gives no other arguments. */
#include "client/catalogue.h"
#include "client/format_args.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalogue catalogue;
	struct format_args args;

	fuzz_accepted = catalogue_open(&catalogue, (struct bytes){data, size});
	FUZZ_NEED(fuzz_accepted || catalogue.count == 0);
	for (uint32_t row = 0; row < catalogue.count; row++) {
		const char *text = (const char *)catalogue_original(&catalogue, row).data;
		const char *any = catalogue_find(&catalogue, text, NULL);
		const char *found = catalogue_find(&catalogue, text, text);

		FUZZ_NEED(any == NULL || ((const uint8_t *)any >= data && (const uint8_t *)any + strlen(any) < data + size));
		FUZZ_NEED(found == NULL ||
			  (found == any && (!format_args_read(text, &args) || format_args_are_same(text, found))));
	}
	return 0;
}
