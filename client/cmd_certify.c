/*
 * hotline keys certify, keys revoke: what a root signs, on the machine where it is kept. Whoever signs a card sees
 * every field of it, and against the card before it every field that changed.
 */
#include "client/client.h"

#include <string.h>
#include <time.h>

#include "client/card_lines.h"
#include "client/keys.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "proto/armour.h"
#include "proto/request.h"
#include "proto/result.h"
#include "proto/revocation.h"

static int read_request(const char *path, struct card *out)
{
	static uint8_t bytes[KEYS_ARMOUR_BYTES];
	char digest[FINGERPRINT_TEXT];
	size_t len = 0;
	int result, outcome = keys_read_armour(path, "REQUEST", "card request", bytes, &len);

	if (outcome != DONE)
		return outcome;
	result = request_decode((struct bytes){bytes, len}, out);
	if (result != RESULT_OK) {
		say_error(_("the request in %s is refused: %s"), path, lang_name(result_name(result)));
		return REFUSED;
	}
	request_digest((struct bytes){bytes, len}, digest);
	say(stdout, _("request      %s"), path);
	say(stdout, _("digest       %s  (the station printed the same, or this is not its request)"), digest);
	return DONE;
}

/* Whether this root may sign it, after this card. */
static int check(const struct card *asked, const struct root_key *root, const struct card *present)
{
	if (!bytes_equal(asked->state, bytes_of(root->state)))
		say_error(_("the request is for %.*s, but this is the root of %s"), BYTES(asked->name), root->state);
	else if (present != NULL && memcmp(present->root, root->pair.public, KEY_BYTES) != 0)
		say_error(
		    _("the present card was signed by another root; peers would refuse a card by this one until they "
		      "enrol the contact point anew. To begin so, leave --present out"));
	else if (present != NULL && !bytes_equal(present->name, asked->name))
		say_error(_("the request is for %.*s, but the present card is of %.*s"), BYTES(asked->name),
			  BYTES(present->name));
	else if (present != NULL && asked->serial <= present->serial)
		say_error(_("the request has serial %llu, which is not above %llu of the present card"),
			  (unsigned long long)asked->serial, (unsigned long long)present->serial);
	else
		return DONE;
	return REFUSED;
}

static void show(const struct card *asked, const struct card *present)
{
	struct card_lines now, before;

	card_lines_init(&now, asked);
	say(stdout, _("The card that is asked for:"));
	card_lines_print(stdout, &now);
	if (present != NULL) {
		say(stdout, _("Changed against the present card:"));
		card_lines_init(&before, present);
		if (card_lines_compare(stdout, &before, &now) == 0)
			say(stdout, _("  nothing"));
		card_lines_finish(&before);
	} else
		say(stdout, _("No present card was given to compare it with."));
	card_lines_finish(&now);
}

static int confirm(const struct args *args)
{
	char answer[16];

	if (args_has(args, "--anyway"))
		return DONE;
	if (!say_ask(answer, sizeof answer, _("Sign this card? (yes/no)")))
		say_error(_("nobody can be asked here; look at the fields above and give --anyway to sign"));
	else if (text_is(text_trim(bytes_of(answer)), "yes"))
		return DONE;
	else
		say_error(_("not signed"));
	return REFUSED;
}

static int certify(struct client *client, const char *root_path, const char *out_path, struct root_key *root)
{
	static struct card_file present;
	static uint8_t armoured[KEYS_ARMOUR_BYTES];
	struct pack_writer w = pack_writer(armoured, sizeof armoured);
	const char *present_path = args_value(&client->args, "--present");
	const struct card *before = present_path != NULL ? &present.card : NULL;
	struct card asked;
	int outcome = read_request(args_value(&client->args, "--request"), &asked);

	if (outcome == DONE && present_path != NULL)
		outcome = keys_read_card(present_path, &present);
	if (outcome == DONE)
		outcome = keys_open_root(&client->args, root_path, root);
	if (outcome == DONE)
		outcome = check(&asked, root, before);
	if (outcome != DONE)
		return outcome;
	memcpy(asked.root, root->pair.public, KEY_BYTES);
	show(&asked, before);
	outcome = confirm(&client->args);
	if (outcome == DONE)
		outcome = keys_sign_card(&asked, &root->pair, &w);
	if (outcome == DONE)
		outcome = keys_write_public(out_path, pack_written(&w), true);
	if (outcome == DONE)
		say(stdout, _("card         %s  (public; carry it to the station, there: keys install)"), out_path);
	return outcome;
}

int cmd_keys_certify(struct client *client)
{
	const char *root_path = args_value(&client->args, "--root"), *out = args_value(&client->args, "--out");
	struct root_key root;
	int outcome;

	if (root_path == NULL || out == NULL || args_value(&client->args, "--request") == NULL) {
		say_error(_("keys certify needs --root FILE, --request FILE and --out FILE"));
		return USAGE;
	}
	outcome = certify(client, root_path, out, &root);
	key_wipe(&root, sizeof root);
	return outcome;
}

/* What is to be revoked, from the options. */
static bool read_revocation(const struct args *args, struct revocation *out)
{
	const char *name = args_value(args, "--name"), *serial = args_value(args, "--serial");
	const char *reason = args_value(args, "--reason");

	*out = (struct revocation){.name = bytes_of(name), .at = time(NULL) * SECOND_US};
	if (!name_is_valid(out->name)) {
		say_error(_("--name %s: a contact point is <state>-<desk> like tha-cert"), name);
		return false;
	}
	if (!text_number(bytes_of(serial), INT64_MAX, &out->serial) || out->serial == 0) {
		say_error(_("--serial %s: the highest serial that shall be void is wanted, 1 or more"), serial);
		return false;
	}
	for (uint8_t code = REVOKED_LOST; revocation_reason_name(code) != NULL; code++)
		if (text_is(bytes_of(reason), revocation_reason_name(code)))
			out->reason = code;
	if (out->reason == REVOKED_OTHER)
		say_error(_("--reason %s: a reason is lost, seized, replaced or closed"), reason);
	return out->reason != REVOKED_OTHER;
}

static int revoke(const struct revocation *revocation, const struct root_key *root, const char *path)
{
	uint8_t body[512], encoded[512 + OBJECT_OVERHEAD_BYTES], armoured[2048];
	struct pack_writer b = pack_writer(body, sizeof body), o = pack_writer(encoded, sizeof encoded);
	struct pack_writer w = pack_writer(armoured, sizeof armoured);
	int outcome;

	if (!bytes_equal(name_state(revocation->name), bytes_of(root->state))) {
		say_error(_("%.*s is not a contact point of %s, whose root this is"), BYTES(revocation->name),
			  root->state);
		return REFUSED;
	}
	revocation_encode(revocation, &b);
	object_sign(OBJECT_REVOCATION, pack_written(&b), &root->pair, &o);
	armour_encode("REVOCATION", pack_written(&o), &w);
	outcome = keys_write_public(path, pack_written(&w), true);
	if (outcome == DONE)
		say(stdout, _("revocation   %s  (%.*s, every card up to serial %llu: %s)"), path,
		    BYTES(revocation->name), (unsigned long long)revocation->serial,
		    revocation_reason_name(revocation->reason));
	return outcome;
}

int cmd_keys_revoke(struct client *client)
{
	const char *root_path = args_value(&client->args, "--root"), *out = args_value(&client->args, "--out");
	struct revocation revocation;
	struct root_key root;
	int outcome;

	if (root_path == NULL || out == NULL || !args_has(&client->args, "--name") ||
	    !args_has(&client->args, "--serial") || !args_has(&client->args, "--reason")) {
		say_error(_("keys revoke needs --root FILE, --name NAME, --serial N, --reason REASON and --out FILE"));
		return USAGE;
	}
	if (!read_revocation(&client->args, &revocation))
		return USAGE;
	outcome = keys_open_root(&client->args, root_path, &root);
	if (outcome == DONE)
		outcome = revoke(&revocation, &root, out);
	key_wipe(&root, sizeof root);
	return outcome;
}
