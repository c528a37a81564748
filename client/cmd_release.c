/* hotline approve, release: the acts that turn a draft into a message; hotline copy: a ladder step that waited. */
#include "client/draft.h"

#include <string.h>

#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/when.h"
#include "proto/result.h"

static int call_once(struct client *client, enum method method, uint64_t id, bool anyway, struct pack_reader *out)
{
	const char *reason = args_value(&client->args, "--reason");
	struct pack_writer params =
	    call_params(method == METHOD_APPROVE ? 2 : 3, 32 + (reason != NULL ? strlen(reason) : 0));

	pack_put_uint(&params, id);
	pack_put_bool(&params, anyway);
	if (method == METHOD_RELEASE)
		pack_put_text(&params, reason != NULL ? reason : "");
	return call_do(&client->call, method, &params, method == METHOD_APPROVE ? 2 : 1, out);
}

static bool says_yes(enum method method)
{
	char answer[16];

	return say_ask(answer, sizeof answer, "%s",
		       method == METHOD_APPROVE ? _("approve anyway? [y/N]") : _("release anyway? [y/N]")) &&
	       (strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "yes") == 0);
}

/* Once plainly; where the daemon warns, again when --anyway was given or the officer says so. DONE or said. */
static int decide(struct client *client, enum method method, uint64_t id, struct pack_reader *out)
{
	int result = call_once(client, method, id, args_has(&client->args, "--anyway"), out);

	if (result != CONTROL_ASK)
		return result != 0 ? call_failed(&client->call, result) : DONE;
	say_error(_("warning: %s"), client->call.sentence);
	if (!say_can_ask()) {
		say_error("%s", method == METHOD_APPROVE
				    ? _("nothing was done; to approve the draft nevertheless, add --anyway")
				    : _("nothing was done; to release the draft nevertheless, add --anyway"));
		return REFUSED;
	}
	if (!says_yes(method)) {
		say_error(_("nothing was done"));
		return REFUSED;
	}
	result = call_once(client, method, id, true, out);
	return result != 0 ? call_failed(&client->call, result) : DONE;
}

/* Whom the ladder would ask, as the releaser sees it before the message leaves. DONE or said. */
static int show_ladder(struct client *client, uint64_t id)
{
	struct pack_writer params = call_params(1, 16);
	struct pack_reader r;
	bool waits;
	int result;

	pack_put_uint(&params, id);
	result = call_do(&client->call, METHOD_LADDER, &params, 2, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	waits = pack_read_bool(&r);
	for (size_t count = pack_read_array(&r, SIZE_MAX), i = 0; i < count && r.error == RESULT_OK; i++) {
		struct bytes addressee, to;
		char span[TIME_TEXT];

		pack_expect_array(&r, 4);
		addressee = pack_read_str(&r, LIMIT_NAME_BYTES);
		pack_read_uint(&r, INT64_MAX);
		show_span(pack_read_int(&r), span);
		to = pack_read_str(&r, LIMIT_NAME_BYTES);
		if (to.len > 0)
			say(stderr, _("if unacknowledged by %.*s: to %.*s at +%s%s"), BYTES(addressee), BYTES(to), span,
			    waits ? _(", when an officer says so (hotline copy)") : "");
	}
	return call_read_end(&client->call, &r);
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
		say(stdout, _("draft %llu: %llu of %llu approvals"), (unsigned long long)id,
		    (unsigned long long)approvals, (unsigned long long)needed);
	return DONE;
}

/* --at: a time, or off. */
static int release_at(struct client *client, uint64_t id, const char *word)
{
	const char *reason = args_value(&client->args, "--reason");
	struct pack_writer params;
	struct pack_reader r;
	char text[TIME_TEXT];
	int64_t at = 0;
	int result;

	if (strcmp(word, "off") != 0 && !when_read("release --at", word, &at))
		return USAGE;
	params = call_params(4, 48 + (reason != NULL ? strlen(reason) : 0));
	pack_put_uint(&params, id);
	pack_put_int(&params, at);
	pack_put_bool(&params, args_has(&client->args, "--anyway"));
	pack_put_text(&params, reason != NULL ? reason : "");
	result = call_do(&client->call, METHOD_TIMED, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	show_time(at, text);
	if (client->is_json)
		json_print(must(json_pack("{s:I,s:o}", "draft", (json_int_t)id, "release_at", json_time(at))), false);
	else if (at == 0)
		say(stdout, _("draft %llu waits for no time any more"), (unsigned long long)id);
	else
		say(stdout, _("draft %llu is released at %s"), (unsigned long long)id, text);
	return call_read_end(&client->call, &r);
}

int cmd_release(struct client *client)
{
	char number[SHOW_NUMBER], at[TIME_TEXT];
	const char *when = args_value(&client->args, "--at");
	struct pack_reader r;
	struct shown message;
	uint64_t id;
	int outcome;

	if (!draft_id(client->args.rest[0], &id))
		return USAGE;
	if (when != NULL)
		return release_at(client, id, when);
	outcome = show_ladder(client, id);
	if (outcome == DONE)
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
	show_say(&message, _("%s released %s"), number, at);
	return DONE;
}

int cmd_copy(struct client *client)
{
	const char *reference = client->args.rest[0], *addressee = client->args.rest[1];
	struct pack_writer params = call_params(2, strlen(reference) + strlen(addressee) + 16);
	struct pack_reader r;
	int result;

	pack_put_text(&params, reference);
	pack_put_text(&params, addressee);
	result = call_do(&client->call, METHOD_COPY, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	if (client->is_json)
		json_print(must(json_object()), false);
	else
		say(stdout, _("the ladder's step for %s was taken; hotline track shows whom it reached"), addressee);
	return call_read_end(&client->call, &r);
}
