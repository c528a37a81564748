/* The header of a message: accepted ones are written again the same; their meaning is checked without harm. */
#include "proto/message.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message message;
	static const struct content empty;
	struct pack_writer w = fuzz_writer();
	char missing[256];

	if (message_decode((struct bytes){data, size}, &message) != RESULT_OK)
		return 0;
	message_check(&message, OBJECT_MESSAGE);
	message_check(&message, OBJECT_MESSAGE_EXERCISE);
	message_addresses(&message, bytes_of("vnm-cert"));
	if (message.kind <= KIND_LAST && message.precedence <= PRECEDENCE_FLASH)
		message_form_complete(&message, &empty, -1, 1, missing, sizeof missing);
	message_encode(&message, &w);
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
