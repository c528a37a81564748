/* The control socket's messages and what they carry: accepted ones are written again the same. */
#include "proto/control.h"
#include "tests/fuzz/fuzz.h"

static void try_message(struct bytes in)
{
	struct pack_writer w = fuzz_writer();
	struct control_rpc rpc;
	size_t len;

	if (control_decode(in, &rpc, &len) != RESULT_OK)
		return;
	FUZZ_NEED(len <= in.len);
	control_put_rpc(&w, &rpc);
	fuzz_same((struct bytes){in.data, len}, &w);
}

/* Each structure by its own reader and writer. */
#define TRY(name)                                                                                                      \
	static void try_##name##_data(struct bytes in)                                                                 \
	{                                                                                                              \
		static struct control_##name value;                                                                    \
		struct pack_reader r = pack_reader(in);                                                                \
		struct pack_writer w = fuzz_writer();                                                                  \
                                                                                                                       \
		control_read_##name(&r, &value);                                                                       \
		if (pack_read_end(&r) != RESULT_OK)                                                                    \
			return;                                                                                        \
		control_put_##name(&w, &value);                                                                        \
		fuzz_same(in, &w);                                                                                     \
	}
TRY(delivery)
TRY(message)
TRY(draft)
TRY(contact)
TRY(blob)
TRY(peer)
TRY(status)
TRY(event)
TRY(check)
TRY(notice)
TRY(trace)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};

	try_message(in);
	try_delivery_data(in);
	try_message_data(in);
	try_draft_data(in);
	try_contact_data(in);
	try_blob_data(in);
	try_peer_data(in);
	try_status_data(in);
	try_notice_data(in);
	try_trace_data(in);
	try_event_data(in);
	try_check_data(in);
	return 0;
}
