/*
 * Who the peers are: their cards and the keys of each pair (SPEC 2, 5). Offers are in contacts.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

/* Takes over a card whose encoded object is kept from now on. */
int directory_set_card(struct peer *peer, struct bytes encoded)
{
	struct object object;
	struct card card;
	uint8_t *copy = malloc(encoded.len);
	int result;

	if (copy == NULL)
		return -1;
	memcpy(copy, encoded.data, encoded.len);
	result = card_open((struct bytes){copy, encoded.len}, &object, &card);
	if (result != RESULT_OK) {
		free(copy);
		return result;
	}
	free(peer->card_bytes);
	peer->card_bytes = copy;
	peer->card_len = encoded.len;
	peer->card = card;
	peer->cache_week = 0;
	return RESULT_OK;
}

/* The key state for a name, begun when there is none. */
struct pairing *directory_pairing(struct station *st, const struct name *name)
{
	struct pairing *found = st->pairings;

	while (found != NULL && !name_equal(&found->keys.peer, name))
		found = found->next;
	if (found != NULL)
		return found;
	found = calloc(1, sizeof *found);
	if (found == NULL)
		abort();
	pair_init(&found->keys, &st->config->station, name);
	found->next = st->pairings;
	st->pairings = found;
	return found;
}

const struct pair_keys *station_pair(const struct station *st, struct bytes name)
{
	for (const struct pairing *p = st->pairings; p != NULL; p = p->next)
		if (bytes_equal(name_bytes(&p->keys.peer), name))
			return &p->keys;
	return NULL;
}

void directory_finish(struct station *st)
{
	while (st->peers != NULL) {
		struct peer *peer = st->peers;

		st->peers = peer->next;
		flight_drop_all(peer);
		partial_finish(peer);
		fetch_end(peer);
		serve_end(peer);
		free(peer->card_bytes);
		key_wipe(peer, sizeof *peer);
		free(peer);
	}
	while (st->pairings != NULL) {
		struct pairing *p = st->pairings;

		st->pairings = p->next;
		pair_wipe(&p->keys);
		free(p);
	}
}

/* A peer as the store has it, without card and keys, at the end of the list. */
struct peer *directory_add_peer(struct station *st, const struct peer_row *row)
{
	struct peer *peer = calloc(1, sizeof *peer), **at = &st->peers;

	if (peer == NULL)
		return NULL;
	peer->id = row->id;
	peer->name = row->name;
	peer->config = config_peer(st->config, name_bytes(&row->name));
	peer->enrolled_at = row->enrolled_at;
	peer->is_verified = row->is_verified;
	peer->through = row->through;
	peer->counter_sent = row->counter_sent;
	peer->counter_accepted = row->counter_accepted;
	peer->seen_size = row->seen_size;
	memcpy(peer->seen_root, row->seen_root, HASH_BYTES);
	peer->proven_size = row->proven_size;
	memcpy(peer->proven_root, row->proven_root, HASH_BYTES);
	store_recovery(st->store, row->id, &peer->recovery);
	peer->round_trip_us = -1;
	peer->since = st->now.real_us;
	dial_now(st, peer);
	peer->has_waiting = peer->has_more_given = true;
	fetch_load_peer(st, peer);
	peer->pair = &directory_pairing(st, &peer->name)->keys;
	store_log_open(st->store, peer->id, &peer->log);
	checkpoint_origin(core_own_name(st), name_bytes(&peer->name), peer->log.name);
	while (*at != NULL)
		at = &(*at)->next;
	*at = peer;
	st->peer_count++;
	return peer;
}

/*
 * Without halves a pair still works, from the two link keys alone (generation 0), until another generation has worked.
 * True when something was begun.
 */
bool directory_begin_static(struct station *st, struct peer *peer)
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);

	return pair_generation_find(peer->pair, 0) == NULL && (generation == NULL || !generation->is_proven) &&
	       pair_begin_static(peer->pair, &st->keys.link, peer->card.link, time_week(st->now.real_us)) == RESULT_OK;
}

int directory_load(struct station *st, const struct pair_keys *pairs, size_t count)
{
	struct peer_row row = {0};
	struct bytes card;

	for (size_t i = 0; i < count; i++)
		directory_pairing(st, &pairs[i].peer)->keys = pairs[i];
	while (store_peer_after(st->store, row.id, &row)) {
		struct peer *peer = directory_add_peer(st, &row);

		if (peer == NULL || !store_card(st->store, name_bytes(&row.name), 0, &card) ||
		    directory_set_card(peer, card) != RESULT_OK)
			return -1;
		cards_load_peer(st, peer);
		outbox_note_urgent(st, peer);
		if (directory_begin_static(st, peer))
			core_effect(st, EFFECT_KEYS, 0, name_bytes(&peer->name));
	}
	return 0;
}

/* Derives the link, seal and tag keys of this week and its neighbours, for every complete generation. */
static void refresh_cache(struct station *st, struct peer *peer)
{
	uint32_t now = time_week(st->now.real_us);
	size_t used = 0;

	if (peer->cache_week == now)
		return;
	key_wipe(peer->cache, sizeof peer->cache);
	for (size_t i = 0; i < PAIR_GENERATIONS && used < sizeof peer->cache / sizeof *peer->cache; i++) {
		const struct pair_generation *generation = &peer->pair->slot[i];

		if (!generation->is_used || !generation->is_complete)
			continue;
		for (uint32_t week = now - 1; week <= now + 1 && used < sizeof peer->cache / sizeof *peer->cache;
		     week++, used++) {
			struct week_cache *entry = &peer->cache[used];

			entry->generation = generation->generation;
			entry->week = week;
			entry->is_held = pair_week_keys(generation, week, &entry->keys) == RESULT_OK;
		}
	}
	peer->cache_week = now;
}

bool directory_week_keys(struct station *st, struct peer *peer, uint32_t generation, uint32_t week,
			 struct week_keys *out)
{
	refresh_cache(st, peer);
	for (size_t i = 0; i < sizeof peer->cache / sizeof *peer->cache; i++) {
		const struct week_cache *entry = &peer->cache[i];

		if (entry->is_held && entry->generation == generation && entry->week == week) {
			*out = entry->keys;
			return true;
		}
	}
	return false;
}

/* Whether a record made today comes under these keys: those are tried first, for every peer. */
static bool is_likely(struct station *st, const struct peer *peer, const struct week_cache *entry)
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);

	return generation != NULL && entry->generation == generation->generation &&
	       entry->week == time_week(st->now.real_us);
}

struct peer *directory_find_record(struct station *st, const uint8_t record[RECORD_BYTES], size_t nth,
				   struct week_cache *out)
{
	for (int pass = 0; pass < 2; pass++)
		for (struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
			refresh_cache(st, peer);
			for (size_t i = 0; i < sizeof peer->cache / sizeof *peer->cache; i++) {
				const struct week_cache *entry = &peer->cache[i];

				if (!entry->is_held || is_likely(st, peer, entry) != (pass == 0))
					continue;
				if (record_tag_matches(record, entry->keys.tag, &peer->name) && nth-- == 0) {
					*out = *entry;
					return peer;
				}
			}
		}
	return NULL;
}

void directory_extent(const struct pair_keys *keys, struct key_extent out[PAIR_GENERATIONS])
{
	for (size_t i = 0; i < PAIR_GENERATIONS; i++)
		out[i] = (struct key_extent){.is_held = keys->slot[i].is_used && keys->slot[i].is_complete,
					     .generation = keys->slot[i].generation,
					     .chain_week = keys->slot[i].chain_week};
}

void directory_log_wiped(struct station *st, const struct key_extent before[PAIR_GENERATIONS],
			 const struct pair_keys *keys)
{
	struct bytes peer = name_bytes(&keys->peer);

	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		const struct pair_generation *now = pair_generation_find(keys, before[i].generation);

		if (!before[i].is_held)
			continue;
		if (now == NULL)
			core_log_act(st, STATION_WIPED, NULL, "tuu", peer, (uint64_t)before[i].generation, (uint64_t)0);
		else if (now->chain_week > before[i].chain_week)
			core_log_act(st, STATION_WIPED, NULL, "tuu", peer, (uint64_t)now->generation,
				     (uint64_t)now->chain_week - 1);
	}
}

void directory_authenticated(struct station *st, struct peer *peer, uint32_t generation, uint32_t week)
{
	struct key_extent before[PAIR_GENERATIONS];

	directory_extent(peer->pair, before);
	if (!pair_authenticated(peer->pair, generation, week))
		return;
	directory_log_wiped(st, before, peer->pair);
	peer->cache_week = 0;
	core_effect(st, EFFECT_KEYS, 0, name_bytes(&peer->name));
}

bool directory_signing_key(struct station *st, struct peer *peer, uint64_t serial, uint8_t out[KEY_BYTES])
{
	struct object object;
	struct card card;
	struct bytes encoded;

	if (serial <= peer->revoked)
		return false;
	if (serial == peer->card.serial) {
		memcpy(out, peer->card.signing, KEY_BYTES);
		return true;
	}
	if (serial == 0 || !store_card(st->store, name_bytes(&peer->name), serial, &encoded) ||
	    card_open(encoded, &object, &card) != RESULT_OK)
		return false;
	memcpy(out, card.signing, KEY_BYTES);
	return true;
}

int directory_take_card(struct station *st, struct bytes encoded, struct peer **out_peer)
{
	struct object object;
	struct card card;
	int result = card_open(encoded, &object, &card);
	uint8_t old_link[KEY_BYTES];
	char changes[256];
	struct peer *peer;

	if (result != RESULT_OK)
		return result;
	peer = core_peer(st, card.name);
	if (peer == NULL || !hash_equal(peer->card.root, card.root, KEY_BYTES))
		return RESULT_KEY;
	if (card.serial < peer->card.serial)
		return RESULT_OLDER;
	if (card.serial == peer->card.serial)
		return bytes_equal(encoded, (struct bytes){peer->card_bytes, peer->card_len}) ? RESULT_OK
											      : RESULT_DIFFERENT;
	memcpy(old_link, peer->card.link, KEY_BYTES);
	cards_changes(&peer->card, &card, changes, sizeof changes);
	result = directory_set_card(peer, encoded);
	if (result != RESULT_OK)
		return result;
	store_card_put(st->store, card.name, card.serial, encoded);
	cards_replaced(st, peer, old_link);
	core_log_act(st, STATION_CONTACT, object.id, "tuut", card.name, (uint64_t)peer->pair->accepted_generation,
		     card.serial, bytes_of(changes));
	core_notify(st, "contact", NULL, name_bytes(&peer->name), core_own_name(st), changes);
	core_journal(st, "event=card peer=%s changes=\"%s\"", peer->name.text, changes);
	*out_peer = peer;
	return RESULT_OK;
}
