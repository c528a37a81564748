/* hotline contacts offer, accept, list, show: who is a peer, and how one becomes one. */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/take.h"
#include "client/show_card.h"
#include "client/table.h"
#include "client/text.h"
#include "proto/armour.h"
#include "proto/result.h"

#define OFFER_FILE_BYTES (256 * KIB)
#define SPOKEN_DIGITS 10 /* the last two groups of the fingerprint */

int cmd_contacts_offer(struct client *client)
{
	struct pack_writer params = call_params(1, strlen(client->args.rest[0]) + 16);
	struct pack_reader r;
	struct bytes offer;
	int result;

	pack_put_text(&params, client->args.rest[0]);
	result = call_do(&client->call, METHOD_OFFER, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	offer = pack_read_str(&r, OFFER_FILE_BYTES);
	result = call_read_end(&client->call, &r);
	if (result != DONE)
		return result;
	say_text(stdout, text_trim(offer), "", 0);
	say_error(
	    "this offer holds a secret half of the pair key: hand it over in person or by a courier with a safe, and "
	    "let nobody copy it");
	return DONE;
}

/* Whether the peer is enrolled with this root already and an officer compared its fingerprint. */
static bool is_known(struct call *call, const struct card *card)
{
	struct pack_writer params = call_params(1, LIMIT_NAME_BYTES + 16);
	struct control_contact contact;
	struct pack_reader r;

	pack_put_str(&params, card->name);
	if (call_do(call, METHOD_CONTACT, &params, 1, &r) != 0)
		return false;
	control_read_contact(&r, &contact);
	return pack_read_end(&r) == RESULT_OK && contact.is_verified &&
	       key_fingerprint_matches(card->root, contact.fingerprint);
}

/* The last digits of the fingerprint as read over another path; spaces don't matter. */
static bool is_confirmed(const struct card *card)
{
	char fingerprint[FINGERPRINT_TEXT], digits[FINGERPRINT_TEXT], answer[64], typed[64];
	size_t count = 0, len = 0;

	key_fingerprint(card->root, fingerprint);
	for (const char *c = fingerprint; *c != '\0'; c++)
		if (*c != ' ')
			digits[count++] = *c;
	digits[count] = '\0';
	if (!say_ask(answer, sizeof answer,
		     "Have %.*s read their fingerprint to you over another path, and type its last two groups:",
		     BYTES(card->name)))
		return false;
	for (const char *c = answer; *c != '\0'; c++)
		if (*c != ' ')
			typed[len++] = *c;
	typed[len] = '\0';
	return strcmp(typed, digits + count - SPOKEN_DIGITS) == 0;
}

static int check_fingerprint(struct client *client, const struct card *card, bool is_stdin)
{
	if (is_known(&client->call, card)) {
		say_error("this root is enrolled and was compared before");
		return DONE;
	}
	if (is_stdin || !say_can_ask()) {
		say_error("nobody can be asked to compare the fingerprint: run this on a terminal with the offer in a "
			  "file, or "
			  "enrol with --unverified and compare it later");
		return REFUSED;
	}
	if (is_confirmed(card))
		return DONE;
	say_error("these are not the last two groups of the fingerprint above; nothing was enrolled");
	return REFUSED;
}

static void show_contact(FILE *out, const struct control_contact *contact)
{
	char at[TIME_TEXT];

	show_time(contact->enrolled_at, at);
	say(out, "%-12s%s, %s", "enrolled", at,
	    contact->is_verified ? "fingerprint compared" : "UNVERIFIED: compare the fingerprint");
	say(out, "%-12sgeneration %llu, %s", "pair key", (unsigned long long)contact->generation,
	    show_protection(contact->generation));
}

static int send_offer(struct client *client, struct bytes armoured, bool is_unverified)
{
	struct pack_writer params = call_params(2, armoured.len + 16);
	struct control_contact contact;
	struct pack_reader r;
	int result;

	pack_put_str(&params, armoured);
	pack_put_bool(&params, is_unverified);
	result = call_do(&client->call, METHOD_ACCEPT, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	control_read_contact(&r, &contact);
	result = call_read_end(&client->call, &r);
	if (result != DONE)
		return result;
	say(stdout, "%.*s is a peer now", BYTES(contact.name));
	show_contact(stdout, &contact);
	return DONE;
}

static int accept_text(struct client *client, struct bytes text, bool is_stdin)
{
	bool is_unverified = args_has(&client->args, "--unverified");
	uint8_t *encoded = must(malloc(text.len + 1));
	struct offer offer;
	struct card card;
	size_t len = 0;
	int result = utf8_is_valid(text) ? armour_decode("OFFER", text, encoded, &len) : RESULT_MALFORMED;
	int outcome = REFUSED;

	if (result == RESULT_OK)
		result = offer_open((struct bytes){encoded, len}, &offer, &card);
	if (result != RESULT_OK)
		say_error("this is no offer that can be used: %s", result_name(result));
	else {
		show_card(stderr, &card);
		outcome = is_unverified ? DONE : check_fingerprint(client, &card, is_stdin);
	}
	if (outcome == DONE)
		outcome = send_offer(client, text, is_unverified);
	key_wipe(encoded, text.len);
	key_wipe(&offer, sizeof offer);
	free(encoded);
	return outcome;
}

int cmd_contacts_accept(struct client *client)
{
	const char *path = client->args.rest[0];
	uint8_t *text;
	size_t len;
	int result = secret_read(path, OFFER_FILE_BYTES, &text, &len);

	if (result != 0) {
		say_error("%s can't be read: %s", path, strerror(-result));
		return REFUSED;
	}
	if (take_is_ours((struct bytes){text, len}))
		result = take_text(client, (struct bytes){text, len});
	else
		result = accept_text(client, (struct bytes){text, len}, strcmp(path, "-") == 0);
	key_wipe(text, len);
	free(text);
	return result;
}

static const struct card *open_card(const struct control_contact *contact, struct card *out)
{
	struct object object;

	return card_open(contact->card, &object, out) == RESULT_OK ? out : NULL;
}

static void list_row(struct table *table, const struct control_contact *contact)
{
	char until[TIME_TEXT] = "?";
	struct card card;

	if (open_card(contact, &card) != NULL)
		show_time(card.valid_until, until);
	table_row(table, "");
	table_cell(table, "%.*s", BYTES(contact->name));
	table_cell(table, contact->is_verified ? "compared" : "UNVERIFIED");
	table_cell(table, "%s", until);
	table_cell(table, "%s", show_protection(contact->generation));
}

int cmd_contacts_list(struct client *client)
{
	static const char *const heads[] = {"NAME", "FINGERPRINT", "CARD UNTIL", "PAIR KEY", NULL};
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
		show_contact(stdout, &contact);
	}
	return DONE;
}
