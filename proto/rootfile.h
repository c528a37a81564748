/*
 * The root file of a state: the one key that signs the cards and revocations of its contact points, kept on a machine
 * without a network. [ "hotline-root/1", state, seed (32) ], on disk always locked under a passphrase (proto/lock.h,
 * label "root").
 */
#ifndef HOTLINE_PROTO_ROOTFILE_H
#define HOTLINE_PROTO_ROOTFILE_H

#include "proto/key.h"
#include "proto/pack.h"

#define ROOTFILE_BYTES 64
#define ROOTFILE_LABEL "root"
#define ROOTFILE_STATE_TEXT 9

struct root_key {
	char state[ROOTFILE_STATE_TEXT]; /* ends in zero */
	struct sign_pair pair;
};

/* From a valid state (name_is_state) and 32 random bytes. */
void rootfile_make(struct bytes state, const uint8_t seed[KEY_BYTES], struct root_key *out);
struct bytes rootfile_encode(const struct root_key *root, uint8_t out[ROOTFILE_BYTES]);
/* RESULT_OK or RESULT_MALFORMED. */
int rootfile_decode(struct bytes in, struct root_key *out);

#endif
