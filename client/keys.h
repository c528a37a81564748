/* The files of the key verbs: a station's directory, key files locked or plain, cards, the root of a state. */
#ifndef HOTLINE_CLIENT_KEYS_H
#define HOTLINE_CLIENT_KEYS_H

#include "client/client.h"
#include "client/passphrase.h"
#include "proto/card.h"
#include "proto/keyfile.h"
#include "proto/rootfile.h"

/* Twice an object, and room for the lines around it. */
#define KEYS_ARMOUR_BYTES (2 * LIMIT_OBJECT_BYTES)

struct key_paths {
	char *directory, *keys, *station, *next, *card, *request; /* next: keys that wait for their card */
};
void keys_paths(const char *directory, struct key_paths *out);
void keys_paths_free(struct key_paths *paths);
/* Both directories, closed to others. All below give DONE, or another outcome after saying why. */
int keys_make_directories(const struct key_paths *paths);
bool keys_exists(const char *path);

/* From the system's random bytes; with a root of its own. */
int keys_make(struct bytes name, struct station_keys *out);
/*
 * Opens a key file. Asks for the passphrase when the file is locked and passphrase is still empty; passphrase stays
 * empty when the file is plain.
 */
int keys_open(const struct args *args, const char *path, struct passphrase *passphrase, struct station_keys *out);
/* Locked under passphrase, plain when it is empty. is_new: nothing is replaced. */
int keys_write(const char *path, const struct station_keys *keys, const struct passphrase *passphrase, bool is_new);
/* A locked root file, or the key file of a station that keeps its root. */
int keys_open_root(const struct args *args, const char *path, struct root_key *out);
int keys_write_root(const char *path, const struct root_key *root, const struct passphrase *passphrase);

/* A card and the bytes that it borrows from. */
struct card_file {
	uint8_t bytes[KEYS_ARMOUR_BYTES];
	size_t len;
	struct object object;
	struct card card;
};
int keys_read_card(const char *path, struct card_file *out);
/* The three public keys of a station in its card. */
void keys_name(const struct station_keys *keys, struct card *card);
bool keys_are_named(const struct station_keys *keys, const struct card *card);
/* Signs with the root, reads it back as a peer will, and armours it. */
int keys_sign_card(struct card *card, const struct sign_pair *root, struct pack_writer *out);
/* The armour of what a file holds under this label, without it. */
int keys_read_armour(const char *path, const char *label, const char *what, uint8_t out[KEYS_ARMOUR_BYTES],
		     size_t *out_len);
/* For everybody's eyes. As root, files belong to whom their directory belongs. */
int keys_write_public(const char *path, struct bytes bytes, bool is_new);

#endif
