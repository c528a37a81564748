/* The outside of a sealed parcel, and its body, which opens for nobody who lacks the keys. */
#include "proto/limits.h"
#include "proto/seal.h"
#include "tests/fuzz/fuzz.h"

static void put_head(struct pack_writer *w, const struct sealed *sealed)
{
	pack_put_array(w, 8);
	pack_put_text(w, "hotline/1");
	pack_put_text(w, sealed->head.from.text);
	pack_put_text(w, sealed->head.to.text);
	pack_put_uint(w, sealed->head.generation);
	pack_put_uint(w, sealed->head.week);
	pack_put_uint(w, sealed->head.precedence);
	pack_put_uint(w, sealed->head.seq);
	pack_put_bytes(w, sealed->body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t plain[LIMIT_PARCEL_BYTES];
	struct pack_writer w = fuzz_writer();
	struct link_pair own, peer;
	uint8_t psk[KEY_BYTES] = {3};
	struct sealed sealed;
	size_t len;

	if (seal_decode((struct bytes){data, size}, &sealed) != RESULT_OK)
		return 0;
	put_head(&w, &sealed);
	fuzz_same((struct bytes){data, size}, &w);
	len = seal_plain_len(&sealed);
	FUZZ_NEED(len < size);
	key_link_pair((const uint8_t[32]){1}, &own);
	key_link_pair((const uint8_t[32]){2}, &peer);
	if (len > 0 && len <= sizeof plain)
		FUZZ_NEED(seal_open(&sealed, &own, peer.public, psk, plain) == RESULT_SEAL);
	return 0;
}
