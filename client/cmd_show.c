/* hotline show, shown, track: one message, and what became of it. */
#include "client/attach.h"

#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "proto/result.h"

/* [reference, by the terminal]: is_recorded is false when it was recorded before or the station is set not to. */
static int tell_shown(struct client *client, const char *reference, bool by_terminal, bool *is_recorded)
{
	struct pack_writer params = call_params(2, strlen(reference) + 16);
	struct pack_reader r;
	int result;

	pack_put_text(&params, reference);
	pack_put_bool(&params, by_terminal);
	result = call_do(&client->call, METHOD_SHOWN, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	*is_recorded = pack_read_bool(&r);
	return call_read_end(&client->call, &r);
}

/* A receipt "shown" is for a message that a watch officer's terminal showed, never for JSON or other roles. */
static int tell_if_watched(struct client *client, const struct shown *shown)
{
	char id[2 * OBJECT_ID_BYTES + 1];
	bool is_recorded;

	if (shown->raw.is_sent || !say_is_terminal() || !(client->call.roles & ROLE_WATCH))
		return DONE;
	key_hex(shown->raw.id, OBJECT_ID_BYTES, id);
	return tell_shown(client, id, true, &is_recorded);
}

int cmd_show(struct client *client)
{
	struct shown shown;
	int outcome = show_fetch(&client->call, client->args.rest[0], &shown);

	if (outcome != DONE)
		return outcome;
	if (client->is_json) {
		json_print(json_message(&shown), false);
		return DONE;
	}
	show_message(&shown);
	return tell_if_watched(client, &shown);
}

int cmd_shown(struct client *client)
{
	struct shown shown;
	char number[SHOW_NUMBER];
	bool is_recorded;
	int outcome = tell_shown(client, client->args.rest[0], false, &is_recorded);

	if (outcome == DONE)
		outcome = show_fetch(&client->call, client->args.rest[0], &shown);
	if (outcome != DONE)
		return outcome;
	show_number(&shown.message, number);
	show_say(&shown, "%s %s", number,
		 is_recorded ? _("is recorded as shown")
			     : _("is not recorded: it was shown before, or is no message to this station"));
	return DONE;
}

/* How far the attachments are, after all else was shown: what the message borrows ends with the next request. */
static int track_attachments(struct client *client, struct shown *shown, json_t *document)
{
	char *banner = show_banner(shown->message.exercise);
	json_t *list = document != NULL ? json_object_get(document, "attachments") : NULL;
	static struct attach_view view;
	uint8_t *memory;
	int outcome = DONE;

	show_keep(shown, &memory);
	if (document == NULL && shown->content.attachment_count > 0)
		outcome = attach_table(&client->call, &shown->content, banner);
	for (size_t i = 0; i < json_array_size(list) && outcome == DONE; i++) {
		outcome = attach_ask(&client->call, &shown->content.attachment[i], &view);
		json_attachment_state(json_array_get(list, i), &view);
	}
	free(memory);
	free(banner);
	return outcome;
}

/* What the addressees' own stations answered to tracers, behind the message's banner. */
static void print_trace(const struct control_trace *trace, const char *banner)
{
	char asked[TIME_TEXT], answered[TIME_TEXT];
	char *stages = trace->stages.len > 0 ? field_text(FIELD_STAGES, trace->stages) : say_format(_("no answer yet"));

	show_time(trace->asked_at, asked);
	show_time(trace->answered_at, answered);
	fputs(banner, stdout);
	if (trace->answered_at != 0)
		say(stdout, _("%.*s says at %s: %s"), BYTES(trace->name), answered, stages);
	else
		say(stdout, _("%.*s was asked at %s: %s%s"), BYTES(trace->name), asked,
		    trace->stages.len > 0 ? _("it said before: ") : "", stages);
	free(stages);
}

/* Prints them, or gives them as JSON when document is not NULL. */
static int fetch_traces(struct client *client, const char *reference, const char *banner, json_t *document)
{
	struct pack_writer params = call_params(1, strlen(reference) + 16);
	struct pack_reader r;
	json_t *list = must(json_array());
	size_t count;
	int result;

	pack_put_text(&params, reference);
	result = call_do(&client->call, METHOD_TRACED, &params, 1, &r);
	count = result == 0 ? pack_read_array(&r, LIMIT_ADDRESSEES) : 0;
	for (size_t i = 0; i < count; i++) {
		struct control_trace trace;

		control_read_trace(&r, &trace);
		if (r.error != RESULT_OK)
			break;
		if (document != NULL)
			json_array_append_new(list, json_trace(&trace));
		else
			print_trace(&trace, banner);
	}
	if (document != NULL)
		json_object_set(document, "traces", list);
	json_decref(list);
	return result != 0 ? call_failed(&client->call, result) : call_read_end(&client->call, &r);
}

int cmd_track(struct client *client)
{
	char id[2 * OBJECT_ID_BYTES + 1], *banner;
	json_t *document = NULL;
	struct shown shown;
	int outcome = show_fetch(&client->call, client->args.rest[0], &shown);

	if (outcome != DONE)
		return outcome;
	key_hex(shown.raw.id, OBJECT_ID_BYTES, id);
	banner = show_banner(shown.message.exercise);
	if (client->is_json)
		document = json_message(&shown);
	else
		show_track(&shown);
	outcome = track_attachments(client, &shown, document);
	if (outcome == DONE)
		outcome = fetch_traces(client, id, banner, document);
	if (outcome == DONE && document != NULL)
		json_print(json_incref(document), false);
	json_decref(document);
	free(banner);
	return outcome;
}
