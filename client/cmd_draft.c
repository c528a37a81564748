/* hotline draft new, list, show, delete: text in work at this station. */
#include "client/draft.h"

#include <stdlib.h>
#include <string.h>

#include "client/heard.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/table.h"
#include "proto/result.h"

int cmd_draft_new(struct client *client)
{
	struct form form;
	int outcome;

	form_init(&form);
	outcome = draft_read(&form, client->args.rest_count > 0 ? client->args.rest[0] : "-");
	if (outcome == DONE)
		outcome = draft_send(client, &form, PRECEDENCE_NONE);
	form_finish(&form);
	return outcome;
}

static void list_row(struct table *table, const struct drafted *d)
{
	char *banner = show_banner(d->message.exercise), at[TIME_TEXT];

	show_time(d->raw.made_at, at);
	table_row(table, banner);
	table_cell(table, "%llu", (unsigned long long)d->raw.id);
	table_cell(table, "%s", at);
	table_cell(table, "%.*s", BYTES(d->raw.drafter));
	table_cell(table, "%s", lang_name(kind_name(d->message.kind)));
	table_cell(table, "%s", lang_name(precedence_name(d->message.precedence)));
	if (d->message.action_count > 1)
		table_cell(table, "%.*s +%zu", BYTES(d->message.action[0]), d->message.action_count - 1);
	else
		table_cell(table, "%.*s", BYTES(d->message.action_count > 0 ? d->message.action[0] : bytes_of("-")));
	table_cell(table, _("%zu of %llu"), d->raw.approval_count, (unsigned long long)d->raw.approvals_needed);
	show_time(d->raw.release_at, at);
	if (d->raw.release_at != 0)
		table_cell(table, _("released at %s"), at);
	else if (d->raw.failure.len > 0)
		table_cell(table, _("NOT RELEASED: %s"), heard(d->raw.failure));
	else if (d->raw.missing.len > 0)
		table_cell(table, "%s", heard(d->raw.missing));
	else
		table_cell(table, d->raw.approval_count < d->raw.approvals_needed ? _("waits for approval")
										  : _("ready for release"));
	free(banner);
}

int cmd_draft_list(struct client *client)
{
	static const char *const heads[] = {N_("DRAFT"), N_("MADE"),	 N_("BY"),	  N_("KIND"), N_("PRECEDENCE"),
					    N_("TO"),    N_("APPROVED"), N_("STATE"), NULL};
	struct pack_writer params = call_params(0, 0);
	json_t *document = must(json_array());
	struct table table;
	struct pack_reader r;
	int result = call_do(&client->call, METHOD_DRAFT_LIST, &params, 1, &r);
	size_t count = result == 0 ? pack_read_array(&r, SIZE_MAX) : 0;

	table_init(&table, heads);
	for (size_t i = 0; i < count; i++) {
		struct drafted draft;

		if (!draft_open(&r, false, &draft))
			break;
		list_row(&table, &draft);
		json_array_append_new(document, json_draft(&draft.raw, &draft.message, NULL));
	}
	result = result != 0 ? call_failed(&client->call, result) : call_read_end(&client->call, &r);
	if (result == DONE && client->is_json)
		json_print(json_incref(document), false);
	else if (result == DONE)
		table_print(&table, stdout, "");
	json_decref(document);
	table_finish(&table);
	return result;
}

/* What stands beside the draft goes to stderr, so that stdout is a draft file. */
static void print_draft(const struct drafted *d, bool is_raw)
{
	char *text = form_text(&d->message, &d->content);

	say_error(_("draft %llu by %.*s, approved %zu of %llu%s%s"), (unsigned long long)d->raw.id,
		  BYTES(d->raw.drafter), d->raw.approval_count, (unsigned long long)d->raw.approvals_needed,
		  d->raw.missing.len > 0 ? "; " : "", heard(d->raw.missing));
	for (size_t i = 0; i < d->content.attachment_count; i++)
		say_error(_("attachment %zu: %.*s (%.*s, %llu bytes)"), i + 1, BYTES(d->content.attachment[i].name),
			  BYTES(d->content.attachment[i].media_type), (unsigned long long)d->content.attachment[i].len);
	if (is_raw)
		fputs(text, stdout);
	else
		say_text(stdout, (struct bytes){(uint8_t *)text, strlen(text) - 1}, "", 0);
	free(text);
}

int cmd_draft_show(struct client *client)
{
	bool is_raw = args_has(&client->args, "--raw");
	struct pack_reader r;
	struct drafted draft;
	uint64_t id;
	int result;

	if (!draft_id(client->args.rest[0], &id))
		return USAGE;
	if (is_raw && say_is_terminal()) {
		say_error(_("--raw writes the text as it is, and never to a terminal: send it to a file"));
		return USAGE;
	}
	result = draft_fetch(client, id, &r);
	if (result != DONE)
		return result;
	draft_open(&r, true, &draft);
	result = call_read_end(&client->call, &r);
	if (result != DONE)
		return result;
	if (client->is_json)
		json_print(json_draft(&draft.raw, &draft.message, &draft.content), false);
	else
		print_draft(&draft, is_raw);
	return DONE;
}

int cmd_draft_delete(struct client *client)
{
	struct pack_writer params;
	struct pack_reader r;
	uint64_t id;
	int result;

	if (!draft_id(client->args.rest[0], &id))
		return USAGE;
	params = call_params(1, 16);
	pack_put_uint(&params, id);
	result = call_do(&client->call, METHOD_DRAFT_DELETE, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	say(stdout, _("draft %llu is deleted"), (unsigned long long)id);
	return call_read_end(&client->call, &r);
}
