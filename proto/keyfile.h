/*
 * The key file of a station: its three secret keys, the store key, the link key before the last change of card while it is
 * still of use, and the root where it is not kept offline.
 * [ "hotline-keys/1", name, root seed (32) or empty, signing seed (32), log seed (32), link secret (32), store key (32),
 *   old link secret (32) or empty, retired_at ]. On disk it is locked under a passphrase (proto/lock.h, label "station") or,
 * where an administrator chose so, plain.
 */
#ifndef HOTLINE_PROTO_KEYFILE_H
#define HOTLINE_PROTO_KEYFILE_H

#include "proto/key.h"
#include "proto/name.h"

#define KEYFILE_BYTES 384
#define KEYFILE_LABEL "station"

struct station_keys {
	struct name name;
	bool has_root;
	struct sign_pair root, signing, log;
	struct link_pair link;
	uint8_t store[KEY_BYTES];
	bool has_old_link;
	struct link_pair old_link;
	int64_t retired_at; /* us; of the old link key, 0 none */
};

/* From 5 × 32 random bytes: root, signing, log, link, store. */
#define KEYFILE_RANDOM_BYTES (5 * KEY_BYTES)
void keyfile_make(struct bytes name, const uint8_t random[KEYFILE_RANDOM_BYTES], struct station_keys *out);
struct bytes keyfile_encode(const struct station_keys *keys, uint8_t out[KEYFILE_BYTES]);
int keyfile_decode(struct bytes in, struct station_keys *out);

#endif
