/*
 * hotline keys install: a card that the root has signed comes into force at its station, with the keys it names. The
 * keys go first and the card last; whatever is cut short in between is finished by the same command given again.
 */
#include "client/client.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/keys.h"
#include "client/lang.h"
#include "client/say.h"
#include "proto/armour.h"

static int check(const struct args *args, const struct card *card, const struct card *present)
{
	if (present == NULL)
		return DONE;
	if (!bytes_equal(card->name, present->name))
		say_error(_("the card is of %.*s, but this is the station of %.*s"), BYTES(card->name),
			  BYTES(present->name));
	else if (memcmp(card->root, present->root, KEY_BYTES) != 0 && !args_has(args, "--new-root"))
		say_error(_("the card was signed by another root than the present one; peers must enrol this station "
			    "anew then. "
			    "If that is meant, give --new-root"));
	else if (card->serial <= present->serial)
		say_error(_("the card has serial %llu, which is not above %llu of the present card"),
			  (unsigned long long)card->serial, (unsigned long long)present->serial);
	else
		return DONE;
	return REFUSED;
}

/* The old link key counts as retired from now, not from when the card was asked for. */
static int put_next_in_force(const struct key_paths *paths, struct station_keys *next,
			     const struct passphrase *passphrase)
{
	int outcome;

	next->retired_at = next->has_old_link ? time(NULL) * SECOND_US : 0;
	outcome = keys_write(paths->station, next, passphrase, false);
	if (outcome == DONE && unlink(paths->next) != 0) {
		say_error(_("%s can't be removed: %s"), paths->next, strerror(errno));
		outcome = REFUSED;
	}
	return outcome;
}

/* Finds which keys the card names, those that wait first, and sees to it that they are the ones in force. */
static int install_keys(const struct args *args, const struct key_paths *paths, const struct card *card)
{
	struct passphrase passphrase = {.len = 0};
	struct station_keys keys = {.has_root = false};
	int outcome = DONE;

	if (keys_exists(paths->next)) {
		outcome = keys_open(args, paths->next, &passphrase, &keys);
		if (outcome == DONE && keys_are_named(&keys, card)) {
			outcome = put_next_in_force(paths, &keys, &passphrase);
			goto out;
		}
	}
	if (outcome == DONE)
		outcome = keys_open(args, paths->station, &passphrase, &keys);
	if (outcome == DONE && !keys_are_named(&keys, card)) {
		say_error(_("the card does not name the keys in %s; it was made for another request"), paths->keys);
		outcome = REFUSED;
	}
out:
	key_wipe(&keys, sizeof keys);
	key_wipe(&passphrase, sizeof passphrase);
	return outcome;
}

static int write_card(const struct key_paths *paths, const struct card_file *file)
{
	static uint8_t armoured[KEYS_ARMOUR_BYTES];
	struct pack_writer w = pack_writer(armoured, sizeof armoured);

	armour_encode("CARD", (struct bytes){file->bytes, file->len}, &w);
	return keys_write_public(paths->card, pack_written(&w), false);
}

static int install(struct client *client, const struct key_paths *paths)
{
	static struct card_file file, present;
	bool has_present = keys_exists(paths->card);
	char fingerprint[FINGERPRINT_TEXT];
	int outcome = keys_read_card(args_value(&client->args, "--card"), &file);

	if (outcome == DONE && has_present)
		outcome = keys_read_card(paths->card, &present);
	if (outcome != DONE)
		return outcome;
	if (has_present && file.len == present.len && memcmp(file.bytes, present.bytes, file.len) == 0) {
		say(stdout, _("This card is in place already."));
		return DONE;
	}
	outcome = check(&client->args, &file.card, has_present ? &present.card : NULL);
	if (outcome == DONE)
		outcome = install_keys(&client->args, paths, &file.card);
	if (outcome == DONE)
		outcome = write_card(paths, &file);
	if (outcome != DONE)
		return outcome;
	key_fingerprint(file.card.root, fingerprint);
	say(stdout, _("card         %s  (%.*s, serial %llu)"), paths->card, BYTES(file.card.name),
	    (unsigned long long)file.card.serial);
	say(stdout, _("fingerprint  %s  (of its root)"), fingerprint);
	say(stdout, _("Restart hotlined now: until then it works with what was in force before."));
	return DONE;
}

int cmd_keys_install(struct client *client)
{
	const char *directory = args_value(&client->args, "--dir");
	struct key_paths paths;
	int outcome;

	if (directory == NULL || *directory == '\0' || args_value(&client->args, "--card") == NULL) {
		say_error(_("keys install needs --dir DIR and --card FILE"));
		return USAGE;
	}
	keys_paths(directory, &paths);
	outcome = install(client, &paths);
	keys_paths_free(&paths);
	return outcome;
}
