/* The leaves of both kinds of log (SPEC 6). What a station entry's data holds is its reader's business. */
#include "proto/leaf.h"

#include <string.h>

#include "proto/result.h"

void leaf_encode(const struct leaf *leaf, struct pack_writer *w)
{
	pack_put_array(w, 5);
	pack_put_bin(w, leaf->salt, sizeof leaf->salt);
	pack_put_int(w, leaf->at);
	pack_put_uint(w, leaf->kind);
	pack_put_bin(w, leaf->id, leaf->has_id ? sizeof leaf->id : 0);
	pack_put_bytes(w, leaf->data);
}

int leaf_decode(struct bytes in, struct leaf *out)
{
	struct pack_reader r = pack_reader(in);
	struct leaf leaf;
	int result;

	memset(&leaf, 0, sizeof leaf);
	pack_expect_array(&r, 5);
	pack_read_fixed(&r, leaf.salt, sizeof leaf.salt);
	leaf.at = pack_read_int(&r);
	leaf.kind = pack_read_uint(&r, UINT32_MAX);
	leaf.has_id = pack_read_optional(&r, leaf.id, sizeof leaf.id);
	leaf.data = pack_read_bin(&r, LEAF_DATA_BYTES);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = leaf;
	return result;
}
