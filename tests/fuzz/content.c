/* The content of a message: accepted ones are written again the same, and every form of them can be judged. */
#include "proto/message.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct content content;
	struct message message = {0};
	struct pack_writer w = fuzz_writer();
	char missing[256];
	uint64_t code;
	int64_t at;

	if (content_decode((struct bytes){data, size}, &content) != RESULT_OK)
		return 0;
	for (enum field field = FIELD_STATUS; field <= FIELD_LAST; field++) {
		content_code(&content, field, &code);
		content_time(&content, field, &at);
	}
	for (message.kind = KIND_ALERT; message.kind <= KIND_LAST; message.kind++) {
		message_form_complete(&message, &content, PRECEDENCE_FLASH, 1, missing, sizeof missing);
		FUZZ_NEED(memchr(missing, 0, sizeof missing) != NULL);
	}
	content_encode(&content, &w);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
