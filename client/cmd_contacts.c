/* hotline contacts list, show: who is a peer, and how well each is protected. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/contacts.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/show_card.h"
#include "client/table.h"
#include "proto/result.h"

void contacts_say(FILE *out, const struct control_contact *contact)
{
	char at[TIME_TEXT], held[SHOW_WEEKS];

	show_time(contact->enrolled_at, at);
	show_weeks(contact->week_from, contact->week_to, held);
	say_field(out, SHOW_CARD_CELLS, _("enrolled"), "%s, %s", at,
		  contact->is_verified ? _("fingerprint compared")
				       : _("UNVERIFIED: compare the fingerprint, then run contacts verify"));
	say_field(out, SHOW_CARD_CELLS, _("pair key"), "%s", show_protection(contact->generation));
	say_field(out, SHOW_CARD_CELLS, _("keys held"), "%s", held);
	if (contact->waiting_root.len > 0)
		say_field(out, SHOW_CARD_CELLS, _("new root"),
			  _("%.*s waits for another admin to repeat contacts accept --new-root"),
			  BYTES(contact->waiting_root));
}

static const struct card *open_card(const struct control_contact *contact, struct card *out)
{
	struct object object;

	return card_open(contact->card, &object, out) == RESULT_OK ? out : NULL;
}

static void list_row(struct table *table, const struct control_contact *contact)
{
	char age[SHOW_CARD_AGE] = "?", held[SHOW_WEEKS];
	struct card card;

	if (open_card(contact, &card) != NULL)
		show_card_age(&card, time(NULL) * SECOND_US, age);
	show_weeks(contact->week_from, contact->week_to, held);
	table_row(table, "");
	table_cell(table, "%.*s", BYTES(contact->name));
	table_cell(table, contact->is_verified ? _("verified") : _("UNVERIFIED"));
	table_cell(table, "%s", age);
	table_cell(table, "%s", held);
	table_cell(table, "%s%s", show_protection(contact->generation),
		   contact->waiting_root.len > 0 ? _("; a new root waits for another admin") : "");
}

int cmd_contacts_list(struct client *client)
{
	static const char *const heads[] = {N_("NAME"), N_("FINGERPRINT"), N_("CARD"), N_("KEYS HELD"), N_("PAIR KEY"), NULL};
	struct pack_writer params = call_params(0, 0);
	json_t *document = must(json_array());
	struct table table;
	struct pack_reader r;
	int result = call_do(&client->call, METHOD_CONTACTS, &params, 1, &r);
	size_t count = result == 0 ? pack_read_array(&r, SIZE_MAX) : 0;

	table_init(&table, heads);
	for (size_t i = 0; i < count && r.error == RESULT_OK; i++) {
		struct control_contact contact;
		struct card card;

		control_read_contact(&r, &contact);
		if (r.error == RESULT_OK) {
			list_row(&table, &contact);
			json_array_append_new(document, json_contact(&contact, open_card(&contact, &card)));
		}
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

int cmd_contacts_show(struct client *client)
{
	struct pack_writer params = call_params(1, strlen(client->args.rest[0]) + 16);
	struct control_contact contact;
	struct pack_reader r;
	struct card card;
	int result;

	pack_put_text(&params, client->args.rest[0]);
	result = call_do(&client->call, METHOD_CONTACT, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	control_read_contact(&r, &contact);
	result = call_read_end(&client->call, &r);
	if (result != DONE)
		return result;
	if (client->is_json)
		json_print(json_contact(&contact, open_card(&contact, &card)), false);
	else {
		if (open_card(&contact, &card) != NULL)
			show_card(stdout, &card);
		contacts_say(stdout, &contact);
	}
	return DONE;
}
