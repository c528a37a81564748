/* Card requests: a card's body without its root, in an array of its own. */
#include "proto/request.h"

#include <string.h>

#include "proto/result.h"

#define FORMAT "hotline-request/1"

void request_encode(const struct card *card, struct pack_writer *w)
{
	static uint8_t body[LIMIT_OBJECT_BYTES];
	struct pack_writer b = pack_writer(body, sizeof body);
	struct card asked = *card;

	memset(asked.root, 0, sizeof asked.root);
	card_encode(&asked, &b);
	if (b.is_over) {
		w->is_over = true;
		return;
	}
	pack_put_array(w, 2);
	pack_put_text(w, FORMAT);
	pack_put_bytes(w, pack_written(&b));
}

int request_decode(struct bytes in, struct card *out)
{
	struct pack_reader r = pack_reader(in);
	struct bytes body;
	int result;

	pack_expect_array(&r, 2);
	if (!bytes_equal(pack_read_str(&r, SIZE_MAX), bytes_of(FORMAT)))
		pack_fail(&r, RESULT_MALFORMED);
	/* so that what is signed fits an object */
	body = pack_read_bin(&r, LIMIT_OBJECT_BYTES - OBJECT_OVERHEAD_BYTES);
	result = pack_read_end(&r);
	return result == RESULT_OK ? card_decode_unrooted(body, out) : result;
}

void request_digest(struct bytes in, char out[FINGERPRINT_TEXT])
{
	uint8_t hash[HASH_BYTES];

	hash_sha256(in, hash);
	key_fingerprint(hash, out);
}
