/* Methods that change what is known of a contact: its fingerprint, its root, the mark against replays. */
#include "daemon/request.h"

int request_verify(struct call *call)
{
	struct bytes name, fingerprint;

	pack_expect_array(&call->in, 2);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	fingerprint = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	return contacts_verify(call->st, call->client, name, fingerprint, call->out);
}

int request_reset_replay(struct call *call)
{
	struct bytes name;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return contacts_reset_replay(call->st, call->client, name);
}

int request_recover(struct call *call)
{
	struct bytes name;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return recover_begin(call->st, call->client, name);
}

int request_new_root(struct call *call)
{
	struct bytes armour, fingerprint;

	pack_expect_array(&call->in, 2);
	armour = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	fingerprint = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	return contacts_new_root(call->st, call->client, armour, fingerprint, call->out);
}
