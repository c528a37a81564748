/*
 * The one place in the daemon that reads and writes key files and fills random bytes. Files are replaced by write,
 * fsync, rename; none may be readable by others.
 */
#ifndef HOTLINE_DAEMON_SECRET_H
#define HOTLINE_DAEMON_SECRET_H

#include "daemon/config.h"
#include "proto/keyfile.h"
#include "proto/pair.h"

/* Keeps a second daemon out of the directory for this process's life. Negative with a sentence. */
int secret_lock(const char *directory, char *error, size_t size);
/* No core image, no tracing by others, nothing swapped out. False when memory can't be locked. */
bool secret_harden(void);
/*
 * DIRECTORY/keys/station, unlocked if it is locked: by the credential "hotline.passphrase" of systemd, by the first line of
 * passphrase_fd (-1 none), or by asking on the terminal. Negative with a sentence, also when others can read the file.
 */
int secret_load_station(const char *directory, int passphrase_fd, struct station_keys *out, char *error, size_t size);
/* DIRECTORY/card, armoured, into out (LIMIT_OBJECT_BYTES). */
int secret_load_card(const char *directory, uint8_t *out, size_t *out_len, char *error, size_t size);
/* All DIRECTORY/keys/pair-NAME, encrypted under the store key; gives an array to be wiped and freed by secret_free_pairs(). */
int secret_load_pairs(const char *directory, const uint8_t key[KEY_BYTES], struct pair_keys **out, size_t *out_count, char *error, size_t size);
void secret_free_pairs(struct pair_keys *pairs, size_t count);
int secret_store_pair(const char *directory, const uint8_t key[KEY_BYTES], const struct pair_keys *pair);
void secret_random(void *ctx, void *out, size_t len);

#endif
