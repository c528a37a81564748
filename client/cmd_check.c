/* hotline check: the record of checks; asking the watch of a peer, or whether its card is still true. */
#include "client/client.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "client/duty.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/table.h"
#include "proto/result.h"

static void check_row(struct table *table, const struct control_check *c)
{
	char median[TIME_TEXT], percentile[TIME_TEXT], last[TIME_TEXT], due[TIME_TEXT];

	show_latency(c->median_ms, median);
	show_latency(c->percentile95_ms, percentile);
	show_time(c->last_at, last);
	show_time(c->due_at, due);
	table_row(table, "");
	table_cell(table, "%.*s", BYTES(c->name));
	table_cell(table, "%s", lang_name(check_type_name(c->type)));
	table_cell(table, "%llu", (unsigned long long)c->asked);
	if (c->asked > 0)
		table_cell(table, "%.1f %%", 100.0 * (double)c->answered / (double)c->asked);
	else
		table_cell(table, "-");
	table_cell(table, "%llu", (unsigned long long)c->late);
	table_cell(table, "%llu", (unsigned long long)c->wrong);
	table_cell(table, "%llu", (unsigned long long)c->missed);
	table_cell(table, "%llu", (unsigned long long)c->no_path);
	table_cell(table, "%s", median);
	table_cell(table, "%s", percentile);
	table_cell(table, "%s%s%s", last, c->last_at != 0 ? " " : "",
		   c->last_at != 0 ? lang_name(check_outcome_name(c->last_outcome)) : "");
	table_cell(table, "%s", due);
}

static int show_record(struct client *client)
{
	static const char *const heads[] = {N_("PEER"),    N_("CHECK"),	 N_("ASKED"), N_("ANSWERED"), N_("LATE"), N_("WRONG"), N_("MISSED"),
					    N_("NO PATH"), N_("MEDIAN"), N_("95 %"),  N_("LAST"),     N_("DUE"),  NULL};
	struct pack_writer params = call_params(0, 0);
	json_t *document = must(json_array());
	struct control_check check;
	struct table table;
	struct pack_reader r;
	int result = call_do(&client->call, METHOD_CHECKS, &params, 1, &r);
	size_t count = result == 0 ? pack_read_array(&r, SIZE_MAX) : 0;

	table_init(&table, heads);
	for (size_t i = 0; i < count && r.error == RESULT_OK; i++) {
		control_read_check(&r, &check);
		if (r.error != RESULT_OK)
			break;
		check_row(&table, &check);
		json_array_append_new(document, json_check(&check));
	}
	result = result != 0 ? call_failed(&client->call, result) : call_read_end(&client->call, &r);
	if (result == DONE && client->is_json)
		json_print(json_incref(document), false);
	else if (result == DONE && count > 0)
		table_print(&table, stdout, "");
	json_decref(document);
	table_finish(&table);
	return result;
}

static int send_check(struct client *client, const char *name, enum check_type type, bool by_phone)
{
	struct pack_writer params = call_params(3, strlen(name) + 32);
	char number[SHOW_NUMBER];
	struct shown sent;
	struct pack_reader r;
	int result;

	pack_put_text(&params, name);
	pack_put_uint(&params, type);
	pack_put_bool(&params, by_phone);
	result = call_do(&client->call, METHOD_CHECK, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	if (pack_read_array(&r, 1) == 1)
		show_read(&r, &sent);
	result = call_read_end(&client->call, &r);
	if (result != DONE || by_phone) {
		if (result == DONE && client->is_json)
			json_print(must(json_object()), false);
		else if (result == DONE)
			say(stdout, _("the card of %s is confirmed"), name);
		return result;
	}
	if (client->is_json) {
		json_print(json_message(&sent), false);
		return DONE;
	}
	show_number(&sent.message, number);
	say(stdout, _("%s sent: %s check of %s"), number, lang_name(check_type_name(type)), name);
	return DONE;
}

/* Whether somebody is on duty there, by the card; who asks may do so anyway. */
static int ask_if_closed(struct client *client, const char *name)
{
	struct pack_writer params = call_params(1, strlen(name) + 16);
	char text[DUTY_TEXT], answer[16];
	struct control_contact contact;
	struct object object;
	struct pack_reader r;
	struct duty duty;
	struct card card;
	int result;

	pack_put_text(&params, name);
	result = call_do(&client->call, METHOD_CONTACT, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	control_read_contact(&r, &contact);
	result = call_read_end(&client->call, &r);
	if (result != DONE || card_open(contact.card, &object, &card) != RESULT_OK)
		return result;
	duty_at(&card, time(NULL) * SECOND_US, &duty);
	if (duty.is_staffed || duty.is_always || args_has(&client->args, "--anyway"))
		return DONE;
	duty_format(&duty, card.zone, text);
	say_error(_("warning: %s: %s"), name, text);
	if (!say_can_ask()) {
		say_error(_("nothing was sent; to check them nevertheless, add --anyway"));
		return REFUSED;
	}
	if (say_ask(answer, sizeof answer, _("check them anyway? [y/N]")) && strcasecmp(answer, "y") == 0)
		return DONE;
	say_error(_("nothing was sent"));
	return REFUSED;
}

int cmd_check(struct client *client)
{
	int outcome;

	if (client->args.rest_count == 0)
		return show_record(client);
	outcome = ask_if_closed(client, client->args.rest[0]);
	return outcome == DONE ? send_check(client, client->args.rest[0], CHECK_WATCH, false) : outcome;
}

int cmd_check_directory(struct client *client)
{
	return send_check(client, client->args.rest[0], CHECK_DIRECTORY, args_has(&client->args, "--by-phone"));
}
