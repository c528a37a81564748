/* Methods about drafts: from new to release. */
#include "daemon/request.h"

int request_draft_new(struct call *call)
{
	struct bytes header, content;

	pack_expect_array(&call->in, 2);
	header = pack_read_bin(&call->in, LIMIT_OBJECT_BYTES);
	content = pack_read_bin(&call->in, LIMIT_CONTENT_BYTES);
	return request_end(call) != 0 ? CONTROL_REFUSED : draft_new(call->st, call->client, header, content, call->out);
}

int request_draft_put(struct call *call)
{
	struct bytes header, content;
	uint64_t id;
	bool keeps;

	pack_expect_array(&call->in, 4);
	id = pack_read_uint(&call->in, INT64_MAX);
	header = pack_read_bin(&call->in, LIMIT_OBJECT_BYTES);
	content = pack_read_bin(&call->in, LIMIT_CONTENT_BYTES);
	keeps = pack_read_bool(&call->in);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	return draft_put(call->st, call->client, id, header, content, keeps, call->out);
}

int request_draft_list(struct call *call)
{
	struct draft_row row = {0};
	uint64_t count = store_draft_count(call->st->store);
	int result = 0;

	pack_expect_array(&call->in, 0);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	pack_put_array(call->out, count);
	while (result == 0 && store_draft_after(call->st->store, row.id, &row))
		result = draft_view(call->st, &row, false, call->out);
	return result;
}

/* The one number that several methods take. */
static int read_id(struct call *call, uint64_t *out)
{
	pack_expect_array(&call->in, 1);
	*out = pack_read_uint(&call->in, INT64_MAX);
	return request_end(call);
}

int request_draft_show(struct call *call)
{
	struct draft_row row;
	uint64_t id;

	if (read_id(call, &id) != 0)
		return CONTROL_REFUSED;
	if (!store_draft(call->st->store, id, &row))
		return core_refuse(call->st, CONTROL_UNKNOWN,
				   "There is no draft %llu; hotline draft list shows those there are.",
				   (unsigned long long)id);
	pack_put_array(call->out, 1);
	return draft_view(call->st, &row, true, call->out);
}

int request_draft_check(struct call *call)
{
	uint64_t id;

	return read_id(call, &id) != 0 ? CONTROL_REFUSED : draft_check(call->st, id, call->out);
}

int request_draft_versions(struct call *call)
{
	struct draft_version version = {0};
	uint64_t id, count = 0;

	if (read_id(call, &id) != 0)
		return CONTROL_REFUSED;
	while (store_draft_version_after(call->st->store, id, version.number, &version))
		count++;
	pack_put_array(call->out, 1);
	pack_put_array(call->out, count);
	version.number = 0;
	while (store_draft_version_after(call->st->store, id, version.number, &version)) {
		pack_put_array(call->out, 3);
		pack_put_uint(call->out, version.number);
		pack_put_int(call->out, version.at);
		pack_put_str(call->out, version.officer);
	}
	return 0;
}

int request_draft_version(struct call *call)
{
	struct draft_version version;
	uint64_t id, number;

	pack_expect_array(&call->in, 2);
	id = pack_read_uint(&call->in, INT64_MAX);
	number = pack_read_uint(&call->in, INT64_MAX);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	if (number == 0 || !store_draft_version_after(call->st->store, id, number - 1, &version) || version.number != number)
		return core_refuse(call->st, CONTROL_UNKNOWN, "There is no version %llu of draft %llu.",
				   (unsigned long long)number, (unsigned long long)id);
	pack_put_array(call->out, 2);
	pack_put_bytes(call->out, version.header);
	pack_put_bytes(call->out, version.content);
	return 0;
}

int request_draft_ladder(struct call *call)
{
	static struct message message;
	struct draft_row row;
	uint64_t id;

	if (read_id(call, &id) != 0)
		return CONTROL_REFUSED;
	if (!store_draft(call->st->store, id, &row) || message_decode(row.header, &message) != RESULT_OK)
		return core_refuse(call->st, CONTROL_UNKNOWN,
				   "There is no draft %llu; hotline draft list shows those there are.",
				   (unsigned long long)id);
	pack_put_array(call->out, 2);
	ladder_put_plan(call->st, &message, call->out);
	return 0;
}

int request_draft_delete(struct call *call)
{
	uint64_t id;

	if (read_id(call, &id) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return draft_delete(call->st, call->client, id);
}

int request_approve(struct call *call)
{
	uint64_t id;

	pack_expect_array(&call->in, 2);
	id = pack_read_uint(&call->in, INT64_MAX);
	pack_read_bool(&call->in);
	return request_end(call) != 0 ? CONTROL_REFUSED : draft_approve(call->st, call->client, id, call->out);
}
