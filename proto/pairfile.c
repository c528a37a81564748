/*
 * The state of a pair's keys as the bytes of its own file (SPEC 2): written whole, read strictly. One array of
 * [ "hotline-pair/1", own, peer, accepted generation, its mark, announced generation, closes, [slot…] ].
 */
#include "proto/pair.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

#define FORMAT "hotline-pair/1"
#define OLD_SEALS (KEEP_WEEKS - 1)

static void put_optional(struct pack_writer *w, bool is_held, const uint8_t key[KEY_BYTES])
{
	pack_put_bin(w, key, is_held ? KEY_BYTES : 0);
}

static void put_old_seals(struct pack_writer *w, const struct pair_generation *slot)
{
	size_t count = 0;

	for (size_t i = 0; i < OLD_SEALS; i++)
		count += slot->old_seal[i].is_held;
	pack_put_array(w, count);
	for (size_t i = 0; i < OLD_SEALS; i++) {
		if (!slot->old_seal[i].is_held)
			continue;
		pack_put_array(w, 2);
		pack_put_uint(w, slot->old_seal[i].week);
		pack_put_bin(w, slot->old_seal[i].seal, KEY_BYTES);
	}
}

static void put_slot(struct pack_writer *w, const struct pair_generation *slot)
{
	pack_put_array(w, 12);
	pack_put_uint(w, slot->generation);
	put_optional(w, slot->has_own_half, slot->own_half);
	put_optional(w, slot->has_peer_half, slot->peer_half);
	pack_put_uint(w, slot->own_week);
	pack_put_uint(w, slot->peer_week);
	pack_put_int(w, slot->own_made_at);
	put_optional(w, slot->is_complete, slot->chain);
	pack_put_uint(w, slot->chain_week);
	put_old_seals(w, slot);
	pack_put_uint(w, slot->highest_week);
	pack_put_bool(w, slot->is_proven);
	pack_put_uint(w, slot->proven_week);
}

struct bytes pair_encode(const struct pair_keys *pair, uint8_t out[PAIR_FILE_BYTES])
{
	struct pack_writer w = pack_writer(out, PAIR_FILE_BYTES);
	size_t count = 0;

	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		count += pair->slot[i].is_used;
	pack_put_array(&w, 8);
	pack_put_text(&w, FORMAT);
	pack_put_str(&w, name_bytes(&pair->own));
	pack_put_str(&w, name_bytes(&pair->peer));
	pack_put_uint(&w, pair->accepted_generation);
	pack_put_bin(&w, pair->accepted_mark, KEY_BYTES);
	pack_put_uint(&w, pair->announced_generation);
	pack_put_uint(&w, pair->unproven_closes);
	pack_put_array(&w, count);
	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		if (pair->slot[i].is_used)
			put_slot(&w, &pair->slot[i]);
	assert(!w.is_over);
	return pack_written(&w);
}

/* Each lies where its week puts it, as the chain's advance expects. */
static void read_old_seals(struct pack_reader *r, struct pair_generation *out)
{
	size_t count = pack_read_array(r, OLD_SEALS);

	for (size_t i = 0; i < count; i++) {
		uint32_t week;

		pack_expect_array(r, 2);
		week = (uint32_t)pack_read_uint(r, UINT32_MAX);
		if (out->old_seal[week % OLD_SEALS].is_held || week >= out->chain_week)
			pack_fail(r, RESULT_MALFORMED);
		pack_read_fixed(r, out->old_seal[week % OLD_SEALS].seal, KEY_BYTES);
		out->old_seal[week % OLD_SEALS].week = week;
		out->old_seal[week % OLD_SEALS].is_held = true;
	}
}

static void read_slot(struct pack_reader *r, struct pair_generation *out)
{
	pack_expect_array(r, 12);
	out->is_used = true;
	out->generation = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->has_own_half = pack_read_optional(r, out->own_half, KEY_BYTES);
	out->has_peer_half = pack_read_optional(r, out->peer_half, KEY_BYTES);
	out->own_week = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->peer_week = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->own_made_at = pack_read_int(r);
	out->is_complete = pack_read_optional(r, out->chain, KEY_BYTES);
	out->chain_week = (uint32_t)pack_read_uint(r, UINT32_MAX);
	read_old_seals(r, out);
	out->highest_week = (uint32_t)pack_read_uint(r, UINT32_MAX);
	out->is_proven = pack_read_bool(r);
	out->proven_week = (uint32_t)pack_read_uint(r, UINT32_MAX);
	if (out->proven_week > out->highest_week || (out->is_proven && !out->is_complete))
		pack_fail(r, RESULT_MALFORMED);
	/* a slot waits for exactly one half, or is complete and keeps at most the own one */
	if (out->is_complete ? out->has_peer_half : out->has_own_half == out->has_peer_half)
		pack_fail(r, RESULT_MALFORMED);
}

static bool has_repeats(const struct pair_keys *pair)
{
	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		for (size_t j = 0; j < i; j++)
			if (pair->slot[i].is_used && pair->slot[j].is_used &&
			    pair->slot[i].generation == pair->slot[j].generation)
				return true;
	return false;
}

int pair_decode(struct bytes in, struct pair_keys *out)
{
	struct pack_reader r = pack_reader(in);
	struct pair_keys pair = {0};
	size_t count;
	int result;

	pack_expect_array(&r, 8);
	if (!bytes_equal(pack_read_str(&r, strlen(FORMAT)), bytes_of(FORMAT)))
		pack_fail(&r, RESULT_MALFORMED);
	if (!name_copy(pack_read_str(&r, LIMIT_NAME_BYTES), &pair.own))
		pack_fail(&r, RESULT_MALFORMED);
	if (!name_copy(pack_read_str(&r, LIMIT_NAME_BYTES), &pair.peer))
		pack_fail(&r, RESULT_MALFORMED);
	pair.accepted_generation = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	pack_read_fixed(&r, pair.accepted_mark, KEY_BYTES);
	pair.announced_generation = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	pair.unproven_closes = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	count = pack_read_array(&r, PAIR_GENERATIONS);
	for (size_t i = 0; i < count; i++)
		read_slot(&r, &pair.slot[i]);
	if (has_repeats(&pair))
		pack_fail(&r, RESULT_MALFORMED);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = pair;
	pair_wipe(&pair);
	return result == RESULT_OK ? RESULT_OK : RESULT_MALFORMED;
}
