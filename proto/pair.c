/*
 * Halves, generations and the weekly chain of a pair (SPEC 2). A slot is complete once its chain has begun; from
 * then on its root is gone, and each authentication of the peer moves the chain on and wipes what lies behind.
 */
#include "proto/pair.h"

#include <string.h>

#include "proto/hash.h"
#include "proto/result.h"

#define STEPS_MAX 10000		 /* weeks from a chain's stored start that are ever asked for, some 190 years */
#define GENERATION_STEP_MAX 1000 /* a peer's jump in numbers, so that they never run out */

/* BLAKE2b-256(key, "hotline/1/pair" || 0 || a || 0 || b || 0 || generation), a < b. */
static void root_of(struct bytes key, const struct name *own, const struct name *peer, uint32_t generation,
		    uint8_t out[KEY_BYTES])
{
	const struct bytes zero = {(const uint8_t *)"", 1};
	struct bytes a = name_bytes(own), b = name_bytes(peer);
	uint8_t number[4];

	if (bytes_compare(a, b) > 0) {
		a = name_bytes(peer);
		b = name_bytes(own);
	}
	pack_be32(number, generation);
	hash_keyed(key, (const struct bytes[]){bytes_of("hotline/1/pair"), zero, a, zero, b, zero, {number, 4}}, 7, out,
		   KEY_BYTES);
}

void pair_root(const uint8_t half_own[KEY_BYTES], const uint8_t half_peer[KEY_BYTES], const struct name *own,
	       const struct name *peer, uint32_t generation, uint8_t out[KEY_BYTES])
{
	bool own_first = bytes_compare(name_bytes(own), name_bytes(peer)) < 0;
	uint8_t key[2 * KEY_BYTES];

	memcpy(key, own_first ? half_own : half_peer, KEY_BYTES);
	memcpy(key + KEY_BYTES, own_first ? half_peer : half_own, KEY_BYTES);
	root_of((struct bytes){key, sizeof key}, own, peer, generation, out);
	key_wipe(key, sizeof key);
}

void pair_root_static(const uint8_t shared[KEY_BYTES], const struct name *own, const struct name *peer,
		      uint8_t out[KEY_BYTES])
{
	root_of((struct bytes){shared, KEY_BYTES}, own, peer, 0, out);
}

static void derive(const uint8_t key[KEY_BYTES], const char *label, uint8_t out[KEY_BYTES])
{
	struct bytes part = bytes_of(label);

	hash_keyed((struct bytes){key, KEY_BYTES}, &part, 1, out, KEY_BYTES);
}

void pair_chain_start(const uint8_t root[KEY_BYTES], uint8_t out[KEY_BYTES])
{
	derive(root, "hotline/1/start", out);
}

void pair_chain_next(uint8_t chain[KEY_BYTES])
{
	derive(chain, "hotline/1/next", chain);
}

void pair_chain_keys(const uint8_t chain[KEY_BYTES], struct week_keys *out)
{
	derive(chain, "hotline/1/link", out->link);
	derive(chain, "hotline/1/seal", out->seal);
	derive(chain, "hotline/1/tag", out->tag);
}

/* 40 bits over a million: the likeliest code is likelier than the rarest by less than one in a million. */
void pair_chain_codes(const uint8_t chain[KEY_BYTES], uint32_t out[VOICE_CODES])
{
	uint8_t voice[KEY_BYTES], digest[16], number[4];
	const struct bytes part = {number, sizeof number};

	derive(chain, "hotline/1/voice", voice);
	for (uint32_t i = 1; i <= VOICE_CODES; i++) {
		uint64_t drawn = 0;

		pack_be32(number, i);
		hash_keyed((struct bytes){voice, KEY_BYTES}, &part, 1, digest, sizeof digest);
		for (size_t byte = 0; byte < 5; byte++)
			drawn = drawn << 8 | digest[byte];
		out[i - 1] = (uint32_t)(drawn % (VOICE_CODE_MAX + 1));
	}
	key_wipe(voice, sizeof voice);
	key_wipe(digest, sizeof digest);
}

void pair_init(struct pair_keys *pair, const struct name *own, const struct name *peer)
{
	memset(pair, 0, sizeof *pair);
	pair->own = *own;
	pair->peer = *peer;
}

void pair_wipe(struct pair_keys *pair)
{
	key_wipe(pair, sizeof *pair);
}

/* w0: the week whose keys serve every earlier week too. Generation 0 has no offers, so it is 0 there. */
static uint32_t first_week(const struct pair_generation *slot)
{
	return slot->own_week > slot->peer_week ? slot->own_week : slot->peer_week;
}

/* Moves the chain to `week`. Of the weeks behind, the last KEEP_WEEKS - 1 leave their k_seal; the rest is wiped. */
static void advance(struct pair_generation *slot, uint32_t week)
{
	struct week_keys keys;

	for (; slot->chain_week < week; slot->chain_week++) {
		size_t at = slot->chain_week % (KEEP_WEEKS - 1);

		pair_chain_keys(slot->chain, &keys);
		memcpy(slot->old_seal[at].seal, keys.seal, KEY_BYTES);
		slot->old_seal[at].week = slot->chain_week;
		slot->old_seal[at].is_held = true;
		pair_chain_next(slot->chain);
	}
	key_wipe(&keys, sizeof keys);
}

static struct pair_generation *find_slot(struct pair_keys *pair, uint32_t generation)
{
	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		if (pair->slot[i].is_used && pair->slot[i].generation == generation)
			return &pair->slot[i];
	return NULL;
}

/* The highest complete generation below `below`; with is_known only one that the peer is known to hold. */
static const struct pair_generation *highest(const struct pair_keys *pair, uint64_t below, bool is_known)
{
	const struct pair_generation *best = NULL;

	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		const struct pair_generation *slot = &pair->slot[i];
		bool is_announced = slot->generation != 0 && slot->generation == pair->announced_generation;

		if (!slot->is_used || !slot->is_complete || slot->generation >= below)
			continue;
		if (is_known && !slot->is_proven && !is_announced)
			continue;
		if (best == NULL || slot->generation > best->generation)
			best = slot;
	}
	return best;
}

/* An empty slot; when all are complete, the lowest that is not the highest known to work makes room. */
static struct pair_generation *new_slot(struct pair_keys *pair, uint32_t generation)
{
	const struct pair_generation *working = highest(pair, UINT64_MAX, true);
	struct pair_generation *out = NULL;

	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		struct pair_generation *slot = &pair->slot[i];

		if (!slot->is_used) {
			out = slot;
			break;
		}
		if (slot != working && (out == NULL || slot->generation < out->generation))
			out = slot;
	}
	key_wipe(out, sizeof *out);
	out->is_used = true;
	out->generation = generation;
	return out;
}

int pair_begin_static(struct pair_keys *pair, const struct link_pair *own_link, const uint8_t peer_link[KEY_BYTES],
		      uint32_t now)
{
	uint8_t shared[KEY_BYTES], root[KEY_BYTES];
	const struct pair_generation *known = highest(pair, UINT64_MAX, true);
	struct pair_generation *slot;
	int result = RESULT_OK;

	if (known != NULL && known->is_proven && known->generation > 0)
		return RESULT_OK; /* the weakest generation never comes back once another has worked */
	result = key_agree(own_link->secret, peer_link, shared);
	if (result != RESULT_OK)
		goto out;
	pair_root_static(shared, &pair->own, &pair->peer, root);
	slot = find_slot(pair, 0);
	if (slot == NULL)
		slot = new_slot(pair, 0);
	key_wipe(slot, sizeof *slot);
	slot->is_used = slot->is_complete = true;
	pair_chain_start(root, slot->chain);
	/* as far back as a parcel may still open, so that a clock some weeks ahead loses nothing */
	for (; slot->chain_week < STEPS_MAX && slot->chain_week + KEEP_WEEKS < now; slot->chain_week++)
		pair_chain_next(slot->chain);
out:
	key_wipe(shared, sizeof shared);
	key_wipe(root, sizeof root);
	return result;
}

/*
 * Begins the chain once both halves are there. The root goes at once, and with the peer's half it can't be made again;
 * the own half stays until the peer has shown that our offer arrived, as an offer made again is the same bytes.
 */
static void complete(struct pair_keys *pair, struct pair_generation *slot)
{
	uint8_t root[KEY_BYTES];

	if (!slot->has_own_half || !slot->has_peer_half)
		return;
	pair_root(slot->own_half, slot->peer_half, &pair->own, &pair->peer, slot->generation, root);
	pair_chain_start(root, slot->chain);
	slot->chain_week = first_week(slot);
	slot->is_complete = true;
	slot->has_peer_half = false;
	key_wipe(slot->peer_half, sizeof slot->peer_half);
	key_wipe(root, sizeof root);
	pair->unproven_closes = 0;
}

struct pair_generation *pair_offer(struct pair_keys *pair, const uint8_t half[KEY_BYTES], uint32_t now, int64_t made_at)
{
	const struct pair_generation *last = highest(pair, UINT64_MAX, false);
	uint32_t newest = pair->accepted_generation;
	struct pair_generation *slot = NULL;

	if (last != NULL && last->generation > newest)
		newest = last->generation;
	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		if (pair->slot[i].is_used && pair->slot[i].has_own_half && pair->slot[i].generation >= newest)
			return &pair->slot[i];
		if (pair->slot[i].is_used && pair->slot[i].has_peer_half)
			slot = &pair->slot[i];
	}
	if (slot == NULL)
		slot = new_slot(pair, newest + 1);
	memcpy(slot->own_half, half, KEY_BYTES);
	slot->has_own_half = true;
	slot->own_week = now;
	slot->own_made_at = made_at;
	complete(pair, slot);
	return slot;
}

int pair_accept(struct pair_keys *pair, uint32_t generation, const uint8_t half[KEY_BYTES], uint32_t week, uint32_t now)
{
	struct pair_generation *slot = find_slot(pair, generation);
	uint8_t mark[HASH_BYTES];

	hash_sha256((struct bytes){half, KEY_BYTES}, mark);
	if (generation <= pair->accepted_generation) {
		bool is_same = generation == pair->accepted_generation && generation != 0 &&
			       hash_equal(mark, pair->accepted_mark, sizeof mark);

		return is_same ? RESULT_OK : RESULT_OLDER;
	}
	if (week > (uint64_t)now + 1 || generation - pair->accepted_generation > GENERATION_STEP_MAX)
		return RESULT_LIMIT;
	/* a half of another number waits in vain: its counterpart would be refused as older */
	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		if (pair->slot[i].is_used && !pair->slot[i].is_complete && &pair->slot[i] != slot)
			key_wipe(&pair->slot[i], sizeof pair->slot[i]);
	if (slot == NULL)
		slot = new_slot(pair, generation);
	memcpy(slot->peer_half, half, KEY_BYTES);
	slot->has_peer_half = true;
	slot->peer_week = week;
	pair->accepted_generation = generation;
	memcpy(pair->accepted_mark, mark, sizeof mark);
	complete(pair, slot);
	return RESULT_OK;
}

const struct pair_generation *pair_generation_to_send(const struct pair_keys *pair)
{
	const struct pair_generation *known = highest(pair, UINT64_MAX, true);
	const struct pair_generation *top = highest(pair, UINT64_MAX, false), *below;

	if (known != NULL || top == NULL || pair->unproven_closes < SILENT_CLOSES_EXPLAINED)
		return known != NULL ? known : top;
	below = highest(pair, top->generation, false);
	return below != NULL ? below : top;
}

const struct pair_generation *pair_generation_find(const struct pair_keys *pair, uint32_t generation)
{
	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		if (pair->slot[i].is_used && pair->slot[i].is_complete && pair->slot[i].generation == generation)
			return &pair->slot[i];
	return NULL;
}

/* The chain as it stands in a week; the caller wipes it. */
static int chain_in(const struct pair_generation *generation, uint32_t week, uint8_t out[KEY_BYTES])
{
	uint32_t start = first_week(generation), serving = week > start ? week : start;

	if (!generation->is_complete || serving < generation->chain_week ||
	    serving - generation->chain_week > STEPS_MAX)
		return RESULT_KEY;
	memcpy(out, generation->chain, KEY_BYTES);
	for (uint32_t at = generation->chain_week; at < serving; at++)
		pair_chain_next(out);
	return RESULT_OK;
}

int pair_week_keys(const struct pair_generation *generation, uint32_t week, struct week_keys *out)
{
	uint8_t chain[KEY_BYTES];
	int result = chain_in(generation, week, chain);

	if (result == RESULT_OK) {
		pair_chain_keys(chain, out);
		key_wipe(chain, sizeof chain);
	}
	return result;
}

int pair_voice_codes(const struct pair_generation *generation, uint32_t week, uint32_t out[VOICE_CODES])
{
	uint8_t chain[KEY_BYTES];
	int result = chain_in(generation, week, chain);

	if (result == RESULT_OK) {
		pair_chain_codes(chain, out);
		key_wipe(chain, sizeof chain);
	}
	return result;
}

int pair_seal_key(const struct pair_generation *generation, uint32_t week, uint32_t now, uint8_t out[KEY_BYTES])
{
	uint32_t start = first_week(generation), serving = week > start ? week : start;
	struct week_keys keys;

	if (week > (uint64_t)now + 1)
		return RESULT_KEY;
	for (size_t i = 0; i < KEEP_WEEKS - 1; i++)
		if (generation->old_seal[i].is_held && generation->old_seal[i].week == serving) {
			memcpy(out, generation->old_seal[i].seal, KEY_BYTES);
			return RESULT_OK;
		}
	if (pair_week_keys(generation, week, &keys) != RESULT_OK)
		return RESULT_KEY;
	memcpy(out, keys.seal, KEY_BYTES);
	key_wipe(&keys, sizeof keys);
	return RESULT_OK;
}

/* The generations before `slot` are accepted for KEEP_WEEKS after it first worked. True when one was wiped. */
static bool retire_before(struct pair_keys *pair, const struct pair_generation *slot)
{
	bool is_changed = false;

	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		struct pair_generation *older = &pair->slot[i];

		if (!older->is_used || older->generation >= slot->generation ||
		    slot->highest_week - slot->proven_week < KEEP_WEEKS)
			continue;
		key_wipe(older, sizeof *older);
		is_changed = true;
	}
	return is_changed;
}

bool pair_authenticated(struct pair_keys *pair, uint32_t generation, uint32_t week)
{
	struct pair_generation *slot = find_slot(pair, generation);
	bool is_changed = pair->unproven_closes != 0;

	if (slot == NULL || !slot->is_complete || (week > slot->chain_week && week - slot->chain_week > STEPS_MAX))
		return false;
	pair->unproven_closes = 0;
	if (!slot->is_proven) {
		slot->is_proven = is_changed = true;
		slot->proven_week = week;
		slot->has_own_half = false;
		key_wipe(slot->own_half, sizeof slot->own_half);
	}
	if (week > slot->highest_week) {
		is_changed = true;
		slot->highest_week = week;
		advance(slot, week - 1);
	}
	return retire_before(pair, slot) || is_changed;
}
