/* Evidence of equivocation: written, read, and its signatures checked (SPEC 9.6). */
#include "proto/evidence.h"

#include <string.h>

#include "proto/checkpoint.h"
#include "proto/receipt.h"
#include "proto/result.h"

#define MAGIC "hotline-evidence/1"

void evidence_encode(const struct evidence *evidence, struct pack_writer *w)
{
	pack_put_array(w, 6);
	pack_put_text(w, MAGIC);
	pack_put_str(w, evidence->origin);
	pack_put_uint(w, evidence->what);
	pack_put_int(w, evidence->at);
	for (size_t i = 0; i < 2; i++) {
		pack_put_array(w, 3);
		pack_put_uint(w, evidence->head[i].size);
		pack_put_bin(w, evidence->head[i].root, HASH_BYTES);
		pack_put_bytes(w, evidence->head[i].statement);
	}
}

int evidence_decode(struct bytes in, struct evidence *out)
{
	struct pack_reader r = pack_reader(in);
	struct evidence found = {0};
	uint64_t what;
	int result;

	pack_expect_array(&r, 6);
	if (!bytes_equal(pack_read_str(&r, ORIGIN_TEXT), bytes_of(MAGIC)))
		pack_fail(&r, RESULT_MALFORMED);
	found.origin = pack_read_str(&r, ORIGIN_TEXT);
	what = pack_read_uint(&r, INT64_MAX);
	found.at = pack_read_int(&r);
	for (size_t i = 0; i < 2; i++) {
		pack_expect_array(&r, 3);
		found.head[i].size = pack_read_uint(&r, INT64_MAX);
		pack_read_fixed(&r, found.head[i].root, HASH_BYTES);
		found.head[i].statement = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	}
	found.what = what <= EVIDENCE_NO_PROOF ? (enum evidence_what)what : EVIDENCE_NO_PROOF;
	result = pack_read_end(&r);
	if (result != RESULT_OK)
		return result;
	if (what == 0 || found.head[0].size > found.head[1].size ||
	    (found.head[0].size == found.head[1].size) != (what == EVIDENCE_SAME_SIZE))
		return RESULT_MALFORMED;
	if (what > EVIDENCE_NO_PROOF)
		return RESULT_NEWER;
	*out = found;
	return RESULT_OK;
}

/* "hotline/<from>/<to>" */
static bool is_between(struct bytes origin, struct bytes from, struct bytes to)
{
	char expected[ORIGIN_TEXT];

	checkpoint_origin(from, to, expected);
	return bytes_equal(origin, bytes_of(expected));
}

static bool is_receipt_of(struct bytes encoded, struct bytes origin, const uint8_t signing[KEY_BYTES], uint64_t size,
			  const uint8_t root[HASH_BYTES])
{
	struct object object;
	struct receipt receipt;

	return object_decode(encoded, &object) == RESULT_OK &&
	       (object.type == OBJECT_RECEIPT || object.type == OBJECT_RECEIPT_EXERCISE) &&
	       receipt_decode(object.body, &receipt) == RESULT_OK && object_verify(&object, signing) == RESULT_OK &&
	       is_between(origin, receipt.from, receipt.to) && receipt.log_size == size &&
	       hash_equal(receipt.log_root, root, HASH_BYTES);
}

bool evidence_is_signed(const struct evidence *evidence, size_t head, const uint8_t signing[KEY_BYTES],
			const uint8_t log[KEY_BYTES])
{
	struct bytes statement = evidence->head[head].statement;
	uint64_t size = evidence->head[head].size;
	const uint8_t *root = evidence->head[head].root;
	struct checkpoint checkpoint;

	if (statement.len == 0)
		return false;
	if (checkpoint_open(statement, evidence->origin, log, &checkpoint) == RESULT_OK)
		return checkpoint.size == size && hash_equal(checkpoint.root, root, HASH_BYTES);
	return is_receipt_of(statement, evidence->origin, signing, size, root);
}
