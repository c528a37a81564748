/*
 * hotline keys init: the keys of a new station and its first card, made offline. Everything is checked before
 * anything is written, and nothing that exists is replaced.
 */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "client/card_args.h"
#include "client/say.h"
#include "client/secret.h"
#include "proto/armour.h"
#include "proto/keyfile.h"
#include "proto/result.h"

struct paths {
	char *directory, *keys, *station, *card;
};

static void paths_of(const char *directory, struct paths *out)
{
	out->directory = say_format("%s", directory);
	out->keys = say_format("%s/keys", directory);
	out->station = say_format("%s/keys/station", directory);
	out->card = say_format("%s/card", directory);
}

static void paths_free(struct paths *paths)
{
	free(paths->directory);
	free(paths->keys);
	free(paths->station);
	free(paths->card);
}

static bool is_taken(const char *path)
{
	struct stat file;

	if (lstat(path, &file) != 0 && errno == ENOENT)
		return false;
	say_error("%s exists; keys are never replaced by \"keys init\"", path);
	return true;
}

static int make_directory(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return DONE;
	say_error("%s can't be made: %s", path, strerror(errno));
	return REFUSED;
}

static int write_new(const char *path, mode_t mode, struct bytes bytes)
{
	int result = secret_write(path, mode, bytes, true);

	if (result == 0)
		return DONE;
	say_error("%s can't be written: %s", path, strerror(-result));
	return REFUSED;
}

static int make_keys(const char *name, struct station_keys *out)
{
	uint8_t random[KEYFILE_RANDOM_BYTES];
	int result = secret_random(random, sizeof random);

	if (result == 0)
		keyfile_make(bytes_of(name), random, out);
	else
		say_error("no random bytes can be had from the system: %s", strerror(-result));
	key_wipe(random, sizeof random);
	return result == 0 ? DONE : REFUSED;
}

/* Signs the card with the root, reads it back as a peer will, and armours it. */
static int sign_card(struct card *card, const struct station_keys *keys, struct pack_writer *out)
{
	static uint8_t body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES];
	struct pack_writer b = pack_writer(body, sizeof body), o = pack_writer(encoded, sizeof encoded);
	struct object object;
	struct card again;

	memcpy(card->root, keys->root.public, KEY_BYTES);
	memcpy(card->signing, keys->signing.public, KEY_BYTES);
	memcpy(card->log, keys->log.public, KEY_BYTES);
	memcpy(card->link, keys->link.public, KEY_BYTES);
	card_encode(card, &b);
	if (!b.is_over)
		object_sign(OBJECT_CARD, pack_written(&b), &keys->root, &o);
	if (b.is_over || o.is_over || card_open(pack_written(&o), &object, &again) != RESULT_OK) {
		say_error(
		    "these options make no valid card: look at the zone, endpoints (host:port), hours and alternates");
		return USAGE;
	}
	armour_encode("CARD", pack_written(&o), out);
	return out->is_over ? REFUSED : DONE;
}

static int write_all(const struct paths *paths, const struct station_keys *keys, struct bytes card)
{
	uint8_t file[KEYFILE_BYTES];
	int outcome = make_directory(paths->directory);

	if (outcome == DONE)
		outcome = make_directory(paths->keys);
	if (outcome == DONE && chmod(paths->keys, 0700) != 0) {
		say_error("%s can't be closed to others: %s", paths->keys, strerror(errno));
		outcome = REFUSED;
	}
	if (outcome == DONE)
		outcome = write_new(paths->station, 0600, keyfile_encode(keys, file));
	if (outcome == DONE)
		outcome = write_new(paths->card, 0644, card);
	key_wipe(file, sizeof file);
	return outcome;
}

static void report(const struct paths *paths, const struct card *card)
{
	char fingerprint[FINGERPRINT_TEXT];

	key_fingerprint(card->root, fingerprint);
	say(stdout, "station      %.*s", BYTES(card->name));
	say(stdout, "state        %.*s", BYTES(card->state));
	say(stdout, "fingerprint  %s", fingerprint);
	say(stdout, "keys         %s  (secret: back them up as you would a seal)", paths->station);
	say(stdout, "card         %s  (public)", paths->card);
}

int cmd_keys_init(struct client *client)
{
	const char *directory = args_value(&client->args, "--dir"), *name = args_value(&client->args, "--name");
	static uint8_t armoured[2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(armoured, sizeof armoured);
	struct station_keys keys = {.has_root = false};
	struct paths paths;
	struct card card;
	int outcome = DONE;

	if (directory == NULL || *directory == '\0' || name == NULL) {
		say_error("keys init needs --dir DIR and --name NAME");
		return USAGE;
	}
	if (!card_args_read(&client->args, time(NULL) * SECOND_US, &card))
		return USAGE;
	paths_of(directory, &paths);
	if (is_taken(paths.station) || is_taken(paths.card))
		outcome = REFUSED;
	if (outcome == DONE)
		outcome = make_keys(name, &keys);
	if (outcome == DONE)
		outcome = sign_card(&card, &keys, &w);
	if (outcome == DONE)
		outcome = write_all(&paths, &keys, pack_written(&w));
	if (outcome == DONE)
		report(&paths, &card);
	key_wipe(&keys, sizeof keys);
	paths_free(&paths);
	return outcome;
}
