/*
 * What a stranger may send to an accepted connection, whole or in small runs: not one byte comes back and no key
 * agreement is made, but for the one record that the peer itself would send.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/hostile_peer.h"

static struct hostile h;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	uint8_t true_record[RECORD_BYTES];
	struct noise noise;
	uint64_t agreements;
	bool is_true;
	size_t step = 1 + fuzz_byte(&in);

	hostile_begin(&h);
	hostile_record(&h, h.counter + 1, &noise, true_record);
	is_true = in.len >= RECORD_BYTES && memcmp(in.data, true_record, RECORD_BYTES) == 0;
	agreements = key_agreements();
	hostile_accept(&h, 2, HOSTILE_ADDRESS);
	hostile_turn(&h, &(struct event){.type = EVENT_ROOM, .conn = 2, .count = 2});
	while (in.len > 0) {
		size_t len = step * 8 < in.len ? step * 8 : in.len;

		hostile_bytes(&h, 2, (struct bytes){in.data, len});
		in.data += len;
		in.len -= len;
	}
	FUZZ_NEED((h.written > 0) == is_true);
	FUZZ_NEED(is_true || key_agreements() == agreements);
	fuzz_accepted |= is_true;
	hostile_wait(&h, FIRST_CELL_TIMEOUT_US);
	FUZZ_NEED(h.st->conns == NULL);
	hostile_end(&h);
	return 0;
}
