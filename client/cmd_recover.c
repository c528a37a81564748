/* hotline recover: after a backup was put back, takes from a peer what this station has lost of their record. */
#include "client/client.h"
#include "client/lang.h"
#include "client/say.h"

int cmd_recover(struct client *client)
{
	struct bytes name = bytes_of(client->args.rest[0]);
	struct pack_writer params = call_params(1, name.len + 16);
	struct pack_reader r;
	int result;

	pack_put_str(&params, name);
	result = call_do(&client->call, METHOD_RECOVER, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	result = call_read_end(&client->call, &r);
	if (result == DONE)
		say(stdout,
		    _("what %.*s holds of this station's record is taken back; \"hotline follow\" tells when it is "
		      "whole"),
		    BYTES(name));
	return result;
}
