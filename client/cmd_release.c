/* hotline approve, release: the acts that turn a draft into a message. */
#include "client/draft.h"

#include <string.h>

#include "client/json.h"
#include "client/say.h"
#include "proto/result.h"

static int call_once(struct client *client, enum method method, uint64_t id, bool anyway, struct pack_reader *out)
{
	struct pack_writer params = call_params(2, 16);

	pack_put_uint(&params, id);
	pack_put_bool(&params, anyway);
	return call_do(&client->call, method, &params, method == METHOD_APPROVE ? 2 : 1, out);
}

static bool says_yes(const char *what)
{
	char answer[16];

	return say_ask(answer, sizeof answer, "%s anyway? [y/N]", what) &&
	       (strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "yes") == 0);
}

/* Once plainly; where the daemon warns, again when --anyway was given or the officer says so. DONE or said. */
static int decide(struct client *client, enum method method, uint64_t id, struct pack_reader *out)
{
	const char *what = method == METHOD_APPROVE ? "approve" : "release";
	int result = call_once(client, method, id, args_has(&client->args, "--anyway"), out);

	if (result != CONTROL_ASK)
		return result != 0 ? call_failed(&client->call, result) : DONE;
	say_error("warning: %s", client->call.sentence);
	if (!say_can_ask()) {
		say_error("nothing was done; to %s the draft nevertheless, add --anyway", what);
		return REFUSED;
	}
	if (!says_yes(what)) {
		say_error("nothing was done");
		return REFUSED;
	}
	result = call_once(client, method, id, true, out);
	return result != 0 ? call_failed(&client->call, result) : DONE;
}

int cmd_approve(struct client *client)
{
	uint64_t id, approvals, needed;
	struct pack_reader r;
	int outcome;

	if (!draft_id(client->args.rest[0], &id))
		return USAGE;
	outcome = decide(client, METHOD_APPROVE, id, &r);
	if (outcome != DONE)
		return outcome;
	approvals = pack_read_uint(&r, INT64_MAX);
	needed = pack_read_uint(&r, INT64_MAX);
	outcome = call_read_end(&client->call, &r);
	if (outcome != DONE)
		return outcome;
	if (client->is_json)
		json_print(must(json_pack("{s:I,s:I,s:I}", "draft", (json_int_t)id, "approvals", (json_int_t)approvals,
					  "needed", (json_int_t)needed)),
			   false);
	else
		say(stdout, "draft %llu: %llu of %llu approvals", (unsigned long long)id, (unsigned long long)approvals,
		    (unsigned long long)needed);
	return DONE;
}

int cmd_release(struct client *client)
{
	char number[SHOW_NUMBER], at[TIME_TEXT];
	struct pack_reader r;
	struct shown message;
	uint64_t id;
	int outcome;

	if (!draft_id(client->args.rest[0], &id))
		return USAGE;
	outcome = decide(client, METHOD_RELEASE, id, &r);
	if (outcome != DONE)
		return outcome;
	show_read(&r, &message);
	outcome = call_read_end(&client->call, &r);
	if (outcome != DONE)
		return outcome;
	if (client->is_json) {
		json_print(json_message(&message), false);
		return DONE;
	}
	show_number(&message.message, number);
	show_time(message.message.released_at, at);
	show_say(&message, "%s released %s", number, at);
	return DONE;
}
