/*
 * hotline keys root: makes the root of a state, on a machine that needs neither a daemon nor a network, and the page
 * from which others learn its fingerprint.
 */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/card_args.h"
#include "client/keys.h"
#include "client/lang.h"
#include "client/root_page.h"
#include "client/say.h"
#include "client/secret.h"

static bool is_taken(const char *path)
{
	if (path == NULL || !keys_exists(path))
		return false;
	say_error(_("%s exists; nothing is replaced by \"keys root\""), path);
	return true;
}

static int make(const char *state, struct root_key *out)
{
	uint8_t seed[KEY_BYTES];
	int result = secret_random(seed, sizeof seed);

	if (result == 0)
		rootfile_make(bytes_of(state), seed, out);
	else
		say_error(_("no random bytes can be had from the system: %s"), strerror(-result));
	key_wipe(seed, sizeof seed);
	return result == 0 ? DONE : REFUSED;
}

static int write_page(const char *path, const char *heading, char *page, size_t len)
{
	int outcome = keys_write_public(path, (struct bytes){(uint8_t *)page, len}, true);

	free(page);
	if (outcome == DONE)
		say_field(stdout, 13, heading, _("%s  (public)"), path);
	return outcome;
}

static int write_pages(const struct args *args, const struct card *card)
{
	const char *text = args_value(args, "--page"), *svg = args_value(args, "--svg");
	int64_t at_us = time(NULL) * SECOND_US;
	int outcome = DONE;
	char *page;
	size_t len;

	if (text != NULL) {
		page = root_page_text(card, at_us, &len);
		outcome = write_page(text, _("page"), page, len);
	}
	if (outcome == DONE && svg != NULL) {
		page = root_page_svg(card, at_us, &len);
		outcome = write_page(svg, _("page"), page, len);
	}
	return outcome;
}

static void report(const char *path, const struct card *card)
{
	char fingerprint[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX];

	key_fingerprint(card->root, fingerprint);
	key_fingerprint_hex(card->root, hex);
	say(stdout, _("state        %.*s"), BYTES(card->state));
	say(stdout, _("fingerprint  %s"), fingerprint);
	say(stdout, "             %s", hex);
	say(stdout, _("root         %s  (secret, locked: keep it and a copy where the state keeps its seals)"), path);
}

int cmd_keys_root(struct client *client)
{
	const char *path = args_value(&client->args, "--out"), *state = args_value(&client->args, "--state");
	struct passphrase passphrase = {.len = 0};
	struct root_key root = {.state = ""};
	struct card card = {.office_count = 0};
	int outcome;

	if (path == NULL || state == NULL) {
		say_error(_("keys root needs --out FILE and --state STATE"));
		return USAGE;
	}
	if (!name_is_state(bytes_of(state))) {
		say_error(_("--state %s: a state is 2 to 8 small letters or digits, like tha"), state);
		return USAGE;
	}
	if (!card_args_read_office(&client->args, &card))
		return USAGE;
	if (is_taken(path) || is_taken(args_value(&client->args, "--page")) ||
	    is_taken(args_value(&client->args, "--svg")))
		return REFUSED;
	outcome = passphrase_choose(&client->args, "--passphrase", path, &passphrase);
	if (outcome == DONE)
		outcome = make(state, &root);
	if (outcome == DONE)
		outcome = keys_write_root(path, &root, &passphrase);
	if (outcome == DONE) {
		card.state = bytes_of(state);
		memcpy(card.root, root.pair.public, KEY_BYTES);
		report(path, &card);
		outcome = write_pages(&client->args, &card);
	}
	key_wipe(&passphrase, sizeof passphrase);
	key_wipe(&root, sizeof root);
	return outcome;
}
