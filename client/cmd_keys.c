/*
 * hotline keys init: the keys of a new station, its root and its first card in one command, made offline. Everything is
 * checked before anything is written, and nothing that exists is replaced. keys lock, keys unlock: the passphrase of a
 * station's keys.
 */
#include "client/client.h"

#include <time.h>

#include "client/card_args.h"
#include "client/keys.h"
#include "client/lang.h"
#include "client/say.h"

static bool is_taken(const char *path)
{
	if (keys_exists(path))
		say_error(_("%s exists; keys are never replaced by \"keys init\""), path);
	return keys_exists(path);
}

static int write_all(const struct key_paths *paths, const struct station_keys *keys,
		     const struct passphrase *passphrase, struct bytes card)
{
	int outcome = keys_make_directories(paths);

	if (outcome == DONE)
		outcome = keys_write(paths->station, keys, passphrase, true);
	if (outcome == DONE)
		outcome = keys_write_public(paths->card, card, true);
	return outcome;
}

static void report(const struct key_paths *paths, const struct card *card, const struct passphrase *passphrase)
{
	char fingerprint[FINGERPRINT_TEXT];

	key_fingerprint(card->root, fingerprint);
	say(stdout, _("station      %.*s"), BYTES(card->name));
	say(stdout, _("state        %.*s"), BYTES(card->state));
	say(stdout, _("fingerprint  %s"), fingerprint);
	say(stdout, _("keys         %s  (secret%s: back them up as you would a seal)"), paths->station,
	    passphrase->len > 0 ? _(", locked") : _(", not locked"));
	say(stdout, _("card         %s  (public)"), paths->card);
}

int cmd_keys_init(struct client *client)
{
	const char *directory = args_value(&client->args, "--dir"), *name = args_value(&client->args, "--name");
	static uint8_t armoured[KEYS_ARMOUR_BYTES];
	struct pack_writer w = pack_writer(armoured, sizeof armoured);
	struct station_keys keys = {.has_root = false};
	struct passphrase passphrase = {.len = 0};
	struct key_paths paths;
	struct card card;
	int outcome = DONE;

	if (directory == NULL || *directory == '\0' || name == NULL) {
		say_error(_("keys init needs --dir DIR and --name NAME"));
		return USAGE;
	}
	if (!card_args_read(&client->args, time(NULL) * SECOND_US, NULL, &card))
		return USAGE;
	keys_paths(directory, &paths);
	if (is_taken(paths.station) || is_taken(paths.card))
		outcome = REFUSED;
	if (outcome == DONE)
		outcome = keys_make(card.name, &keys);
	if (outcome == DONE) {
		keys_name(&keys, &card);
		outcome = keys_sign_card(&card, &keys.root, &w);
	}
	if (outcome == DONE && !args_has(&client->args, "--plain"))
		outcome = passphrase_choose(&client->args, "--passphrase", paths.station, &passphrase);
	if (outcome == DONE)
		outcome = write_all(&paths, &keys, &passphrase, pack_written(&w));
	if (outcome == DONE)
		report(&paths, &card, &passphrase);
	key_wipe(&keys, sizeof keys);
	key_wipe(&passphrase, sizeof passphrase);
	keys_paths_free(&paths);
	return outcome;
}

/* One file that may be there, opened with the present passphrase and written under the new one, which is empty for
 * plain. */
static int relock(const struct args *args, const char *path, bool is_locking, struct passphrase *present,
		  struct passphrase *chosen)
{
	struct station_keys keys = {.has_root = false};
	/* a plain file has no present passphrase, so that a script may give the only one as --passphrase-fd too */
	const char *option = passphrase_is_given(args, "--new-passphrase") ? "--new-passphrase" : "--passphrase";
	int outcome = keys_open(args, path, present, &keys);

	if (outcome == DONE && is_locking && chosen->len == 0)
		outcome = passphrase_choose(args, present->len > 0 ? "--new-passphrase" : option, path, chosen);
	if (outcome == DONE)
		outcome = keys_write(path, &keys, chosen, false);
	if (outcome == DONE)
		say(stdout, _("%s is %s"), path,
		    is_locking ? _("locked under the new passphrase") : _("not locked any more"));
	key_wipe(&keys, sizeof keys);
	return outcome;
}

static int relock_all(struct client *client, bool is_locking)
{
	const char *directory = args_value(&client->args, "--dir");
	struct passphrase present = {.len = 0}, chosen = {.len = 0};
	struct key_paths paths;
	int outcome;

	if (directory == NULL || *directory == '\0') {
		say_error(_("keys %s needs --dir DIR"), is_locking ? "lock" : "unlock");
		return USAGE;
	}
	keys_paths(directory, &paths);
	outcome = relock(&client->args, paths.station, is_locking, &present, &chosen);
	if (outcome == DONE && keys_exists(paths.next))
		outcome = relock(&client->args, paths.next, is_locking, &present, &chosen);
	key_wipe(&present, sizeof present);
	key_wipe(&chosen, sizeof chosen);
	keys_paths_free(&paths);
	return outcome;
}

int cmd_keys_lock(struct client *client)
{
	return relock_all(client, true);
}

int cmd_keys_unlock(struct client *client)
{
	return relock_all(client, false);
}
