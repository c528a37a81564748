/* Methods about attachments: giving them to a draft, how far they are, their ciphertext. */
#include <string.h>

#include "daemon/request.h"
#include "daemon/store_blob.h"

#define READ_BYTES (256 * KIB) /* about as much as one answer has */

int request_attach(struct call *call)
{
	struct attachment given = {0};
	uint64_t draft;

	pack_expect_array(&call->in, 4);
	draft = pack_read_uint(&call->in, INT64_MAX);
	given.name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	given.media_type = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	given.len = pack_read_uint(&call->in, INT64_MAX);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return upload_begin(call->st, call->client, draft, &given);
}

int request_attach_data(struct call *call)
{
	struct bytes data;

	pack_expect_array(&call->in, 1);
	data = pack_read_bin(&call->in, LIMIT_REQUEST_BYTES);
	return request_end(call) != 0 ? CONTROL_REFUSED : upload_data(call->st, call->client, data, call->out);
}

int request_blob(struct call *call)
{
	uint8_t hash[HASH_BYTES];
	struct control_blob blob;

	pack_expect_array(&call->in, 1);
	pack_read_fixed(&call->in, hash, sizeof hash);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	fetch_view(call->st, hash, &blob);
	pack_put_array(call->out, 2);
	control_put_blob(call->out, &blob);
	serve_view(call->st, hash, call->out);
	return 0;
}

int request_blob_read(struct call *call)
{
	static uint8_t data[READ_BYTES + BLOB_PART_BYTES];
	uint8_t hash[HASH_BYTES];
	struct blob_row row;
	struct bytes part;
	uint64_t offset;
	size_t len = 0;

	pack_expect_array(&call->in, 2);
	pack_read_fixed(&call->in, hash, sizeof hash);
	offset = pack_read_uint(&call->in, INT64_MAX);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	if (!store_blob(call->st->store, hash, &row) || !row.is_whole)
		return core_refuse(call->st, CONTROL_UNKNOWN, "This attachment is not held here as a whole.");
	while (len < READ_BYTES && store_blob_part(call->st->store, row.id, offset + len, &part) &&
	       part.len <= BLOB_PART_BYTES) {
		memcpy(data + len, part.data, part.len);
		len += part.len;
	}
	pack_put_array(call->out, 1);
	pack_put_bin(call->out, data, len);
	return 0;
}
