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
/* DIRECTORY/keys/station. Negative with a sentence, also when others can read it. */
int secret_load_station(const char *directory, struct station_keys *out, char *error, size_t size);
/* DIRECTORY/card, armoured, into out (LIMIT_OBJECT_BYTES). */
int secret_load_card(const char *directory, uint8_t *out, size_t *out_len, char *error, size_t size);
/* All DIRECTORY/keys/pair-NAME; gives an array to be wiped and freed by secret_free_pairs(). */
int secret_load_pairs(const char *directory, struct pair_keys **out, size_t *out_count, char *error, size_t size);
void secret_free_pairs(struct pair_keys *pairs, size_t count);
int secret_store_pair(const char *directory, const struct pair_keys *pair);
void secret_random(void *ctx, void *out, size_t len);

#endif
