/* hotline follow: one line for each thing that happens, as it happens. */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>

#include "client/heard.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/safe.h"
#include "client/say.h"
#include "proto/result.h"

static void print_event(const struct control_event *e)
{
	char *banner = show_banner(e->exercise), at[TIME_TEXT];
	const char *precedence = precedence_name(e->precedence);
	bool has_number = e->number.len > 0;

	show_time(e->at, at);
	fputs(banner, stdout);
	say(stdout, "%s  %.*s%s%s%.*s%s%.*s%s%.*s%s%s%s%s", at, BYTES(e->event), has_number ? "  " : "",
	    has_number && e->exercise.len > 0 ? "EX " : "", BYTES(e->number), e->from.len > 0 ? _("  from ") : "",
	    BYTES(e->from), e->to.len > 0 ? _("  to ") : "", BYTES(e->to), has_number && precedence != NULL ? "  " : "",
	    has_number && precedence != NULL ? lang_name(precedence) : "", e->detail.len > 0 ? "  " : "",
	    heard(e->detail));
	fflush(stdout);
	free(banner);
}

int cmd_follow(struct client *client)
{
	struct pack_writer params = call_params(0, 0);
	struct control_rpc rpc;
	struct pack_reader r;
	int result = call_do(&client->call, METHOD_FOLLOW, &params, 0, &r);

	call_patience(&client->call, 0);
	while (result == 0 && (result = call_event(&client->call, &rpc)) == 0) {
		struct control_event event;

		r = pack_reader(rpc.params);
		control_read_event(&r, &event);
		if (!bytes_equal(rpc.method, bytes_of("event")) || pack_read_end(&r) != RESULT_OK)
			result = -EPROTO;
		else if (client->is_json)
			json_print(json_event(&event), true);
		else
			print_event(&event);
	}
	return call_failed(&client->call, result);
}
