/*
 * The keys of a pair: halves, generations and the weekly chain (SPEC 2). Whoever seizes a station later can't
 * derive the keys of weeks that are gone, because the chain runs one way and what lies behind is wiped.
 */
#ifndef HOTLINE_PROTO_PAIR_H
#define HOTLINE_PROTO_PAIR_H

#include "proto/key.h"
#include "proto/limits.h"
#include "proto/name.h"

#define PAIR_GENERATIONS 3 /* held at once: generation 0 or the one before, the current, one being offered */

#define VOICE_CODES 20	   /* of a week: 1 to 10 are the lower name's, 11 to 20 the higher one's */
#define VOICE_CODE_MAX 999999

struct week_keys {
	uint8_t link[KEY_BYTES], seal[KEY_BYTES], tag[KEY_BYTES];
};

/* One generation of a pair. A generation other than 0 is complete when both halves were present. */
struct pair_generation {
	uint32_t generation;
	bool is_used;		      /* this slot holds a generation */
	bool has_own_half, has_peer_half; /* the peer's is wiped once the chain has begun, the own once proven */
	bool is_complete;
	uint8_t own_half[KEY_BYTES], peer_half[KEY_BYTES];
	uint32_t own_week, peer_week; /* of the two offers */
	int64_t own_made_at;
	uint32_t chain_week; /* the week of chain */
	uint8_t chain[KEY_BYTES];
	struct {
		uint32_t week;
		bool is_held;
		uint8_t seal[KEY_BYTES];
	} old_seal[KEEP_WEEKS - 1]; /* weeks a-5 … a-2 */
	uint32_t highest_week; /* a: the highest week in which the peer was authenticated; 0 none yet */
	bool is_proven;	       /* the peer has shown that it holds this generation */
	uint32_t proven_week;  /* the week in which it first did */
};

struct pair_keys {
	struct name own, peer;
	uint32_t accepted_generation; /* of the last offer accepted from the peer; 0 none */
	uint8_t accepted_mark[KEY_BYTES]; /* SHA-256 of the half in it, to know the very same offer again */
	uint32_t announced_generation; /* the highest the peer's hello named; 0 none */
	uint8_t unproven_closes;       /* silent closes in a row on the highest generation */
	struct pair_generation slot[PAIR_GENERATIONS];
};

/* Keys of a pair that knows nothing but names. */
void pair_init(struct pair_keys *pair, const struct name *own, const struct name *peer);
void pair_wipe(struct pair_keys *pair);
/*
 * Begins generation 0 from the two link keys (w0 = 0; about 3,000 hashes; the chain is stored at week `now`-1 at
 * the latest). RESULT_KEY if the agreement is all zero. Replaces an earlier generation 0. Does nothing once
 * another generation has worked.
 */
int pair_begin_static(struct pair_keys *pair, const struct link_pair *own_link, const uint8_t peer_link[KEY_BYTES], uint32_t now);
/*
 * The own half to offer: the one already made for a generation that is incomplete or not proven yet, else a new one
 * from `half` (32 random bytes), numbered after the highest complete one or like the peer's waiting half. Gives its
 * slot; own_half, own_week and own_made_at there are what the offer says.
 */
struct pair_generation *pair_offer(struct pair_keys *pair, const uint8_t half[KEY_BYTES], uint32_t now, int64_t made_at);
/*
 * Takes the peer's half from its offer. RESULT_OLDER if generation is not newer than the last accepted (the very
 * same half again is RESULT_OK and changes nothing), RESULT_LIMIT if week is beyond now+1 or generation more than
 * 1,000 beyond the last. Completes the generation when the own half is there.
 */
int pair_accept(struct pair_keys *pair, uint32_t generation, const uint8_t half[KEY_BYTES], uint32_t week, uint32_t now);
/* The generation to dial with (SPEC 2); NULL when none is complete. */
const struct pair_generation *pair_generation_to_send(const struct pair_keys *pair);
/* A complete generation by number; NULL when not held. */
const struct pair_generation *pair_generation_find(const struct pair_keys *pair, uint32_t generation);
/* The keys of a week from the chain, a week before w0 having those of w0; RESULT_KEY when that week is wiped. */
int pair_week_keys(const struct pair_generation *generation, uint32_t week, struct week_keys *out);
/* k_seal alone, which is held longer. RESULT_KEY when not held or beyond now+1. */
int pair_seal_key(const struct pair_generation *generation, uint32_t week, uint32_t now, uint8_t out[KEY_BYTES]);
/*
 * The week's codes for voice checks, the same at both ends; code i (from 1) is out[i - 1]. They are secrets: the caller
 * wipes them. RESULT_KEY when that week is wiped.
 */
int pair_voice_codes(const struct pair_generation *generation, uint32_t week, uint32_t out[VOICE_CODES]);
/*
 * A record or parcel of the peer was authenticated under generation and week: moves a, wipes what lies behind,
 * marks the generation proven. True when the state changed and must be stored.
 */
bool pair_authenticated(struct pair_keys *pair, uint32_t generation, uint32_t week);

/* The state as bytes for its own file, locked or not by the caller. Encoding needs PAIR_FILE_BYTES. */
#define PAIR_FILE_BYTES 2048
struct bytes pair_encode(const struct pair_keys *pair, uint8_t out[PAIR_FILE_BYTES]);
int pair_decode(struct bytes in, struct pair_keys *out);

/* The formulas themselves, for vectors (SPEC 2). Names in any order: sorting is done here. */
void pair_root(const uint8_t half_own[KEY_BYTES], const uint8_t half_peer[KEY_BYTES], const struct name *own,
	       const struct name *peer, uint32_t generation, uint8_t out[KEY_BYTES]);
void pair_root_static(const uint8_t shared[KEY_BYTES], const struct name *own, const struct name *peer, uint8_t out[KEY_BYTES]);
void pair_chain_start(const uint8_t root[KEY_BYTES], uint8_t out[KEY_BYTES]);
void pair_chain_next(uint8_t chain[KEY_BYTES]);
void pair_chain_keys(const uint8_t chain[KEY_BYTES], struct week_keys *out);
void pair_chain_codes(const uint8_t chain[KEY_BYTES], uint32_t out[VOICE_CODES]);

#endif
