/*
 * The key file of a station: its three secret keys, and until they are locked and kept offline, its state's root.
 * [ "hotline-keys/1", name, root seed (32) or empty, signing seed (32), log seed (32), link secret (32) ].
 * Plain for now: the file's mode is what protects it.
 */
#ifndef HOTLINE_PROTO_KEYFILE_H
#define HOTLINE_PROTO_KEYFILE_H

#include "proto/key.h"
#include "proto/name.h"

#define KEYFILE_BYTES 256

struct station_keys {
	struct name name;
	bool has_root;
	struct sign_pair root, signing, log;
	struct link_pair link;
};

/* From 4 × 32 random bytes: root, signing, log, link. */
void keyfile_make(struct bytes name, const uint8_t random[4 * KEY_BYTES], struct station_keys *out);
struct bytes keyfile_encode(const struct station_keys *keys, uint8_t out[KEYFILE_BYTES]);
int keyfile_decode(struct bytes in, struct station_keys *out);

#endif
