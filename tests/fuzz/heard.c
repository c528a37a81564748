/* A sentence from any station, by a catalogue that anybody may have written: what is heard is text. Before both: how long it is. */
#include <stdlib.h>

#include "client/heard.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalogue catalogue;
	struct bytes sentence;
	size_t len = size >= 2 ? (size_t)data[0] << 8 | data[1] : 0;
	char *text;

	if (size < 2 || len > size - 2)
		return 0;
	sentence = (struct bytes){data + 2 + len, size - 2 - len};
	fuzz_accepted = catalogue_open(&catalogue, (struct bytes){data + 2, len});
	if (!utf8_is_valid(sentence))
		return 0;
	text = heard_by(&catalogue, sentence);
	FUZZ_NEED(utf8_is_valid(bytes_of(text)));
	FUZZ_NEED(fuzz_accepted || strcmp(text, "") != 0 || sentence.len == 0 || sentence.data[0] == 0);
	free(text);
	return 0;
}
