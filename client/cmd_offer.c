/* hotline contacts offer, accept, verify, reset-replay: how a contact point becomes a peer one can rely on. */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/contacts.h"
#include "client/lang.h"
#include "client/passphrase.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/show.h"
#include "client/show_card.h"
#include "client/take.h"
#include "client/text.h"
#include "proto/armour.h"
#include "proto/result.h"

#define OFFER_FILE_BYTES (256 * KIB)
#define LOCKED "LOCKED OFFER"
#define LABEL "offer"

/* Opens the armour of an offer, locks what is inside, and armours that. */
static int print_locked(struct client *client, struct bytes armoured)
{
	uint8_t *plain = must(malloc(armoured.len + 1)), *locked = must(malloc(armoured.len + LOCK_OVERHEAD_BYTES));
	size_t len = 0, capacity = armour_capacity(armoured.len + LOCK_OVERHEAD_BYTES);
	uint8_t *text = must(malloc(capacity)), random[LOCK_RANDOM_BYTES];
	struct pack_writer w = pack_writer(locked, armoured.len + LOCK_OVERHEAD_BYTES),
			   out = pack_writer(text, capacity);
	struct passphrase passphrase = {.len = 0};
	int outcome = passphrase_choose(&client->args, "--passphrase", _("the offer"), &passphrase), result = 0;

	if (outcome != DONE)
		goto out;
	result = armour_decode("OFFER", armoured, plain, &len);
	if (result == RESULT_OK)
		result = secret_random(random, sizeof random);
	if (result == RESULT_OK)
		result =
		    lock_close(bytes_of(LABEL), passphrase_bytes(&passphrase), random, (struct bytes){plain, len}, &w);
	if (result != RESULT_OK) {
		say_error(_("the offer can't be locked: %s"),
			  result < 0 ? _("there are no 64 MiB of memory for it, or no random bytes")
				     : lang_name(result_name(result)));
		outcome = REFUSED;
		goto out;
	}
	armour_encode(LOCKED, pack_written(&w), &out);
	say_text(stdout, text_trim(pack_written(&out)), "", 0);
	say_error(_("tell them the passphrase over another path than the one the offer takes"));
out:
	key_wipe(&passphrase, sizeof passphrase);
	key_wipe(plain, armoured.len);
	free(plain);
	free(locked);
	free(text);
	return outcome;
}

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
	if (args_has(&client->args, "--lock"))
		return print_locked(client, offer);
	say_text(stdout, text_trim(offer), "", 0);
	say_error(
	    _("this offer holds a secret half of the pair key: hand it over in person or by a courier with a safe, and "
	      "let nobody copy it"));
	return DONE;
}

/* What the daemon knows of a peer; borrows from the call. */
static int fetch(struct call *call, struct bytes name, struct control_contact *out)
{
	struct pack_writer params = call_params(1, name.len + 16);
	struct pack_reader r;
	int result;

	pack_put_str(&params, name);
	result = call_do(call, METHOD_CONTACT, &params, 1, &r);
	if (result != 0)
		return result;
	control_read_contact(&r, out);
	return call_read_end(call, &r);
}

/* Whether the peer is enrolled with this root already and an officer compared its fingerprint. */
static bool is_known(struct call *call, const struct card *card)
{
	struct control_contact contact;

	return fetch(call, card->name, &contact) == 0 && contact.is_verified &&
	       key_fingerprint_matches(card->root, contact.fingerprint);
}

/*
 * The fingerprint as heard: the groups that were shown, and the last two as they are typed. False when nobody can be
 * asked.
 */
#define HEARD_TEXT 128
static bool hear(const struct card *card, char out[HEARD_TEXT])
{
	char fingerprint[FINGERPRINT_TEXT], answer[64];

	if (!say_ask(answer, sizeof answer,
		     _("Have %.*s read their fingerprint to you over another path, and type its last two groups:"),
		     BYTES(card->name)))
		return false;
	key_fingerprint(card->root, fingerprint);
	snprintf(out, HEARD_TEXT, "%.*s%s", SHOWN_DIGITS, fingerprint, answer);
	return true;
}

static int check_fingerprint(struct client *client, const struct card *card, bool is_stdin, char heard[HEARD_TEXT])
{
	if (is_stdin || !say_can_ask() || !hear(card, heard)) {
		say_error(
		    _("nobody can be asked to compare the fingerprint: run this on a terminal with the offer in a "
		      "file%s"),
		    args_has(&client->args, "--new-root")
			? ""
			: _(", or enrol with --unverified and run contacts verify later"));
		return REFUSED;
	}
	if (key_fingerprint_matches(card->root, bytes_of(heard)))
		return DONE;
	say_error(_("these are not the last two groups of their fingerprint; nothing was enrolled"));
	return REFUSED;
}

static int report(struct client *client, struct pack_reader *r)
{
	struct control_contact contact;
	int result;

	control_read_contact(r, &contact);
	result = call_read_end(&client->call, r);
	if (result != DONE)
		return result;
	if (contact.waiting_root.len > 0)
		say(stdout, _("noted: %.*s keeps its old root until another admin repeats this"), BYTES(contact.name));
	else
		say(stdout, _("%.*s is a peer now"), BYTES(contact.name));
	contacts_say(stdout, &contact);
	return DONE;
}

static int send_offer(struct client *client, struct bytes armoured, bool is_unverified)
{
	struct pack_writer params = call_params(2, armoured.len + 16);
	struct pack_reader r;
	int result;

	pack_put_str(&params, armoured);
	pack_put_bool(&params, is_unverified);
	result = call_do(&client->call, METHOD_ACCEPT, &params, 1, &r);
	return result != 0 ? call_failed(&client->call, result) : report(client, &r);
}

static int send_new_root(struct client *client, struct bytes armoured, const char *heard)
{
	struct pack_writer params = call_params(2, armoured.len + HEARD_TEXT + 16);
	struct pack_reader r;
	int result;

	pack_put_str(&params, armoured);
	pack_put_text(&params, heard);
	result = call_do(&client->call, METHOD_NEW_ROOT, &params, 1, &r);
	return result != 0 ? call_failed(&client->call, result) : report(client, &r);
}

/* A card out of its time warns and never blocks. */
static void warn(const struct card *card)
{
	char age[SHOW_CARD_AGE];
	int64_t days;

	if (card_age(card, time(NULL) * SECOND_US, &days) == CARD_CURRENT)
		return;
	show_card_age(card, time(NULL) * SECOND_US, age);
	say_error(_("warning: this card: %s"), age);
}

/* An offer that opened: shown, compared, sent. */
static int judge(struct client *client, struct bytes armoured, const struct card *card, bool is_stdin)
{
	bool is_unverified = args_has(&client->args, "--unverified"), is_new = args_has(&client->args, "--new-root");
	char heard[HEARD_TEXT] = "";
	int outcome = DONE;

	show_card_offered(stderr, card);
	warn(card);
	if (!is_new && is_known(&client->call, card))
		say_error(_("this root is enrolled and was compared before"));
	else if (!is_unverified)
		outcome = check_fingerprint(client, card, is_stdin, heard);
	if (outcome != DONE)
		return outcome;
	return is_new ? send_new_root(client, armoured, heard) : send_offer(client, armoured, is_unverified);
}

static int accept_plain(struct client *client, struct bytes encoded, bool is_stdin)
{
	size_t capacity = armour_capacity(encoded.len);
	uint8_t *text = must(malloc(capacity));
	struct pack_writer w = pack_writer(text, capacity);
	struct offer offer;
	struct card card;
	int result = offer_open(encoded, &offer, &card), outcome = REFUSED;

	if (result != RESULT_OK)
		say_error(_("this is no offer that can be used: %s"), lang_name(result_name(result)));
	else {
		armour_encode("OFFER", encoded, &w);
		outcome = judge(client, pack_written(&w), &card, is_stdin);
	}
	key_wipe(&offer, sizeof offer);
	key_wipe(text, capacity);
	free(text);
	return outcome;
}

static int accept_locked(struct client *client, struct bytes locked, bool is_stdin)
{
	uint8_t *plain = must(malloc(locked.len + 1));
	struct passphrase passphrase = {.len = 0};
	size_t len = 0;
	int outcome = passphrase_ask(&client->args, "--passphrase", _("the offer"), &passphrase), result;

	if (outcome == DONE) {
		result = lock_open(bytes_of(LABEL), passphrase_bytes(&passphrase), locked, plain, &len);
		if (result != RESULT_OK) {
			say_error(_("the offer can't be unlocked: %s"),
				  result == RESULT_SEAL ? _("the passphrase is wrong, or the offer is damaged")
				  : result < 0		? _("there are no 64 MiB of memory for it")
							: _("it is no locked offer"));
			outcome = REFUSED;
		}
	}
	key_wipe(&passphrase, sizeof passphrase);
	if (outcome == DONE)
		outcome = accept_plain(client, (struct bytes){plain, len}, is_stdin);
	key_wipe(plain, locked.len);
	free(plain);
	return outcome;
}

static int accept_text(struct client *client, struct bytes text, bool is_stdin)
{
	uint8_t *encoded = must(malloc(text.len + 1));
	size_t len = 0;
	int result = utf8_is_valid(text) ? armour_decode("OFFER", text, encoded, &len) : RESULT_MALFORMED, outcome;

	if (result == RESULT_OK)
		outcome = accept_plain(client, (struct bytes){encoded, len}, is_stdin);
	else if (utf8_is_valid(text) && armour_decode(LOCKED, text, encoded, &len) == RESULT_OK)
		outcome = accept_locked(client, (struct bytes){encoded, len}, is_stdin);
	else {
		say_error(_("this is no offer that can be used: %s"), lang_name(result_name(result)));
		outcome = REFUSED;
	}
	key_wipe(encoded, text.len);
	free(encoded);
	return outcome;
}

int cmd_contacts_accept(struct client *client)
{
	const char *path = client->args.rest[0];
	uint8_t *text;
	size_t len;
	int result;

	if (args_has(&client->args, "--new-root") && args_has(&client->args, "--unverified")) {
		say_error(_("a new root is never taken unverified: leave out one of --new-root and --unverified"));
		return USAGE;
	}
	result = secret_read(path, OFFER_FILE_BYTES, &text, &len);
	if (result != 0) {
		say_error(_("%s can't be read: %s"), path, strerror(-result));
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

/* Shows the card as held and asks for what was heard. */
static int ask_fingerprint(struct client *client, struct bytes name, char heard[HEARD_TEXT])
{
	struct control_contact contact;
	struct object object;
	struct card card;
	int result = fetch(&client->call, name, &contact);

	if (result != 0)
		return call_failed(&client->call, result);
	if (card_open(contact.card, &object, &card) != RESULT_OK) {
		say_error(_("the card held can't be read"));
		return REFUSED;
	}
	if (!say_can_ask()) {
		say_error(_("nobody can be asked for the fingerprint: run this on a terminal, or give --fingerprint"));
		return REFUSED;
	}
	show_card_offered(stderr, &card);
	return hear(&card, heard) ? DONE : REFUSED;
}

int cmd_contacts_verify(struct client *client)
{
	struct bytes name = bytes_of(client->args.rest[0]);
	const char *given = args_value(&client->args, "--fingerprint");
	struct control_contact contact;
	struct pack_writer params;
	struct pack_reader r;
	char heard[HEARD_TEXT];
	int result = given != NULL ? DONE : ask_fingerprint(client, name, heard);

	if (result != DONE)
		return result;
	if (given == NULL)
		given = heard;
	params = call_params(2, name.len + strlen(given) + 32);
	pack_put_str(&params, name);
	pack_put_text(&params, given);
	result = call_do(&client->call, METHOD_VERIFY, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	control_read_contact(&r, &contact);
	result = call_read_end(&client->call, &r);
	if (result == DONE)
		say(stdout, _("%.*s is verified"), BYTES(contact.name));
	return result;
}

int cmd_contacts_reset_replay(struct client *client)
{
	struct bytes name = bytes_of(client->args.rest[0]);
	struct pack_writer params = call_params(1, name.len + 16);
	struct pack_reader r;
	int result;

	pack_put_str(&params, name);
	result = call_do(&client->call, METHOD_RESET_REPLAY, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	result = call_read_end(&client->call, &r);
	if (result == DONE)
		say(stdout, _("links of %.*s are taken again whatever its clock said before"), BYTES(name));
	return result;
}
