/*
 * hotline keys request: a station asks its root for a card. The keys it asks for are made here where there are none, or
 * anew beside those in force with --new-keys; they come into force with "keys install".
 */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/card_args.h"
#include "client/card_lines.h"
#include "client/keys.h"
#include "client/lang.h"
#include "client/say.h"
#include "proto/armour.h"
#include "proto/request.h"
#include "proto/result.h"

/* What one request works on. */
struct asking {
	struct key_paths paths;
	struct card_file present;
	bool has_present;
	struct station_keys keys;
	struct passphrase passphrase;
	const char *write; /* where keys just made go; NULL: they are on the disk */
	struct card card;
};

/* New keys beside those in force: the store key stays, the link key of before is still answered to for a while. */
static int replace_keys(struct asking *asking, int64_t now_us)
{
	struct station_keys made;
	int outcome = keys_make(name_bytes(&asking->keys.name), &made);

	if (outcome == DONE) {
		made.has_root = asking->keys.has_root;
		made.root = asking->keys.root;
		memcpy(made.store, asking->keys.store, KEY_BYTES);
		made.has_old_link = true;
		made.old_link = asking->keys.link;
		made.retired_at = now_us;
		asking->keys = made;
		asking->write = asking->paths.next;
	}
	key_wipe(&made, sizeof made);
	return outcome;
}

static int first_keys(struct client *client, struct asking *asking)
{
	int outcome = keys_make(asking->card.name, &asking->keys);

	asking->keys.has_root = false; /* the root is elsewhere: that is what the request is for */
	key_wipe(&asking->keys.root, sizeof asking->keys.root);
	asking->write = asking->paths.station;
	if (outcome == DONE && !args_has(&client->args, "--plain"))
		outcome = passphrase_choose(&client->args, "--passphrase", asking->paths.station, &asking->passphrase);
	return outcome;
}

static int find_keys(struct client *client, struct asking *asking, int64_t now_us)
{
	bool is_new = args_has(&client->args, "--new-keys"), is_waiting = keys_exists(asking->paths.next);
	int outcome;

	if (is_new && is_waiting) {
		say_error(
		    _("%s waits for its card already; ask for that card without --new-keys, or remove the file first"),
		    asking->paths.next);
		return REFUSED;
	}
	if (!keys_exists(asking->paths.station))
		return first_keys(client, asking);
	outcome = keys_open(&client->args, is_waiting ? asking->paths.next : asking->paths.station, &asking->passphrase,
			    &asking->keys);
	if (outcome == DONE && !bytes_equal(name_bytes(&asking->keys.name), asking->card.name)) {
		say_error(_("the keys in %s are of %s, not of %.*s"), asking->paths.keys, asking->keys.name.text,
			  BYTES(asking->card.name));
		outcome = REFUSED;
	}
	return outcome == DONE && is_new ? replace_keys(asking, now_us) : outcome;
}

static int write_request(struct asking *asking, const char *path)
{
	static uint8_t encoded[REQUEST_BYTES], armoured[KEYS_ARMOUR_BYTES];
	struct pack_writer e = pack_writer(encoded, sizeof encoded), a = pack_writer(armoured, sizeof armoured);
	char digest[FINGERPRINT_TEXT];
	struct card again;
	int outcome = DONE;

	request_encode(&asking->card, &e);
	if (e.is_over || request_decode(pack_written(&e), &again) != RESULT_OK) {
		say_error(_(
		    "these options make no valid card: look at the zone, endpoints (host:port), hours and alternates"));
		return USAGE;
	}
	armour_encode("REQUEST", pack_written(&e), &a);
	if (asking->write != NULL)
		outcome = keys_make_directories(&asking->paths);
	if (outcome == DONE && asking->write != NULL)
		outcome = keys_write(asking->write, &asking->keys, &asking->passphrase, true);
	if (outcome == DONE)
		outcome = keys_write_public(path, pack_written(&a), false);
	if (outcome != DONE)
		return outcome;
	request_digest(pack_written(&e), digest);
	if (asking->write != NULL)
		say(stdout, _("keys         %s  (secret%s)"), asking->write,
		    asking->passphrase.len > 0 ? _(", locked") : _(", not locked"));
	say(stdout, _("request      %s  (for %.*s, serial %llu)"), path, BYTES(asking->card.name),
	    (unsigned long long)asking->card.serial);
	say(stdout, _("digest       %s"), digest);
	say(stdout, _("Carry the request%s to the root; \"keys certify\" shows the same digest there."),
	    asking->has_present ? _(" and the present card") : "");
	return DONE;
}

static int ask(struct client *client, struct asking *asking)
{
	const char *path = args_value(&client->args, "--out");
	int64_t now_us = time(NULL) * SECOND_US;
	int outcome = DONE;

	asking->has_present = keys_exists(asking->paths.card);
	if (asking->has_present)
		outcome = keys_read_card(asking->paths.card, &asking->present);
	if (outcome != DONE)
		return outcome;
	if (!asking->has_present && args_value(&client->args, "--name") == NULL) {
		say_error(_("keys request needs --name NAME, as there is no card in %s yet"), asking->paths.directory);
		return USAGE;
	}
	if (!card_args_read(&client->args, now_us, asking->has_present ? &asking->present.card : NULL, &asking->card))
		return USAGE;
	outcome = find_keys(client, asking, now_us);
	if (outcome != DONE)
		return outcome;
	keys_name(&asking->keys, &asking->card);
	return write_request(asking, path != NULL ? path : asking->paths.request);
}

int cmd_keys_request(struct client *client)
{
	const char *directory = args_value(&client->args, "--dir");
	static struct asking asking;
	int outcome;

	if (directory == NULL || *directory == '\0') {
		say_error(_("keys request needs --dir DIR"));
		return USAGE;
	}
	keys_paths(directory, &asking.paths);
	outcome = ask(client, &asking);
	keys_paths_free(&asking.paths);
	key_wipe(&asking, sizeof asking);
	return outcome;
}
