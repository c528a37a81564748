/*
 * How a contact point becomes a peer, and what officers are told of it: offers given and accepted (SPEC 9).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/armour.h"

/* The weeks whose keys are held, seal keys alone counted too, over all generations. */
static void weeks_held(const struct pair_keys *keys, uint32_t now, struct control_contact *out)
{
	out->week_from = out->week_to = now + 1; /* records and parcels of later weeks are not taken */
	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		const struct pair_generation *slot = &keys->slot[i];

		if (!slot->is_used || !slot->is_complete)
			continue;
		if (slot->chain_week < out->week_from)
			out->week_from = slot->chain_week;
		for (size_t j = 0; j < KEEP_WEEKS - 1; j++)
			if (slot->old_seal[j].is_held && slot->old_seal[j].week < out->week_from)
				out->week_from = slot->old_seal[j].week;
	}
}

void contacts_view(struct station *st, struct peer *peer, struct control_contact *out, char text[CONTACT_TEXT])
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);
	char *waiting = text + FINGERPRINT_TEXT;
	uint8_t root[KEY_BYTES];
	struct bytes officer;

	key_fingerprint(peer->card.root, text);
	*waiting = '\0';
	if (store_new_root(st->store, name_bytes(&peer->name), root, &officer))
		key_fingerprint(root, waiting);
	*out = (struct control_contact){.name = name_bytes(&peer->name),
					.card = {peer->card_bytes, peer->card_len},
					.fingerprint = bytes_of(text),
					.generation = generation != NULL ? generation->generation : 0,
					.is_verified = peer->is_verified,
					.enrolled_at = peer->enrolled_at,
					.waiting_root = bytes_of(waiting)};
	weeks_held(peer->pair, time_week(st->now.real_us), out);
}

static void put_view(struct station *st, struct peer *peer, struct pack_writer *out)
{
	struct control_contact contact;
	char text[CONTACT_TEXT];

	contacts_view(st, peer, &contact, text);
	control_put_contact(out, &contact);
}

int contacts_offer(struct station *st, struct client *client, struct bytes name, struct pack_writer *out)
{
	static uint8_t body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES];
	static char armour[2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(encoded, sizeof encoded);
	struct pack_writer text = pack_writer(armour, sizeof armour);
	struct offer offer = {.card = {st->card_bytes, st->card_len}, .to = name};
	const struct pair_generation *generation;
	struct key_extent before[PAIR_GENERATIONS];
	struct pair_keys *keys;
	struct name peer;
	uint8_t half[KEY_BYTES];

	if (!name_copy(name, &peer) || name_equal(&peer, &st->config->station))
		return core_refuse(st, CONTROL_REFUSED,
				   "\"%.*s\" is not the name of another contact point, such as tha-cert.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	st->random(st->random_ctx, half, sizeof half);
	keys = &directory_pairing(st, &peer)->keys;
	directory_extent(keys, before);
	generation = pair_offer(keys, half, time_week(st->now.real_us), st->now.real_us);
	directory_log_wiped(st, before, keys);
	key_wipe(half, sizeof half);
	offer.generation = generation->generation;
	offer.week = generation->own_week;
	offer.made_at = generation->own_made_at;
	memcpy(offer.half, generation->own_half, KEY_BYTES);
	offer_encode(&offer, &w);
	object_sign(OBJECT_OFFER, pack_written(&w), &st->keys.signing, &object);
	armour_encode("OFFER", pack_written(&object), &text);
	pack_put_array(out, 1);
	pack_put_str(out, pack_written(&text));
	key_wipe(&offer, sizeof offer);
	key_wipe(body, sizeof body);
	key_wipe(encoded, sizeof encoded);
	key_wipe(armour, sizeof armour);
	if (core_peer(st, name) != NULL)
		core_peer(st, name)->cache_week = 0; /* the generation may be complete now */
	core_effect(st, EFFECT_KEYS, 0, name_bytes(&peer));
	core_log_act(st, STATION_OFFER, NULL, "tutu", name, (uint64_t)generation->generation,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	return 0;
}

/* An offer as it came. 0 when it opens and is for this station. */
static int open_offer(struct station *st, struct bytes armour, uint8_t *encoded, size_t *out_len, struct offer *out,
		      struct card *out_card)
{
	int result = armour_decode("OFFER", armour, encoded, out_len);

	if (result == RESULT_OK)
		result = offer_open((struct bytes){encoded, *out_len}, out, out_card);
	if (result != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The offer can't be taken: %s; ask for it again.",
				   result_name(result));
	if (!bytes_equal(out->to, core_own_name(st)))
		return core_refuse(st, CONTROL_REFUSED, "This offer is for %.*s, not for %s; nothing was changed.",
				   (int)out->to.len, (const char *)out->to.data, st->config->station.text);
	if (bytes_equal(out_card->name, core_own_name(st)))
		return core_refuse(st, CONTROL_REFUSED, "This offer is this station's own; give it to %.*s.",
				   (int)out->to.len, (const char *)out->to.data);
	return 0;
}

/* Why an offer can't be taken from a peer whose card is held; 0 when it can. */
static int judge_card(struct station *st, const struct peer *peer, const struct offer *offer, const struct card *card)
{
	if (!hash_equal(peer->card.root, card->root, KEY_BYTES))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The offer's card is signed by another root than the one enrolled for %s; nothing was changed. If "
		    "they say over another path that their root is new, accept it with --new-root.",
		    peer->name.text);
	if (card->serial < peer->card.serial)
		return core_refuse(st, CONTROL_REFUSED,
				   "The offer's card (serial %llu) is older than the one held (serial %llu).",
				   (unsigned long long)card->serial, (unsigned long long)peer->card.serial);
	if (card->serial == peer->card.serial &&
	    !bytes_equal(offer->card, (struct bytes){peer->card_bytes, peer->card_len}))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The offer's card differs from the one held, and both have serial %llu: ask %s which is "
		    "right; nothing was changed.",
		    (unsigned long long)card->serial, peer->name.text);
	return 0;
}

/* What went on with the old root's station is over; halves of ours that wait for their answer stay. */
static void forget_keys(struct pair_keys *keys)
{
	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		struct pair_generation *slot = &keys->slot[i];

		if (!slot->is_used || slot->is_complete || slot->has_peer_half)
			key_wipe(slot, sizeof *slot);
	}
	keys->accepted_generation = keys->announced_generation = 0;
	keys->unproven_closes = 0;
	key_wipe(keys->accepted_mark, sizeof keys->accepted_mark);
}

/* The key half of an offer; nothing is changed when it can't be taken. */
static int take_half(struct station *st, const struct offer *offer, struct pair_keys *keys, bool is_new_root)
{
	struct pair_keys next = *keys;
	struct key_extent before[PAIR_GENERATIONS];
	int result;

	if (is_new_root)
		forget_keys(&next);
	result = pair_accept(&next, offer->generation, offer->half, offer->week, time_week(st->now.real_us));
	if (result == RESULT_OK) {
		directory_extent(keys, before);
		*keys = next;
		directory_log_wiped(st, before, keys);
	}
	pair_wipe(&next);
	if (result == RESULT_OK)
		return 0;
	return core_refuse(st, CONTROL_REFUSED, "The offer's key half can't be taken: %s.",
			   result == RESULT_OLDER
				   ? N_("it is not newer than the last one accepted")
				   : N_("its week lies ahead of this clock, or its number is far too high"));
}

/* Enrols the peer, or renews its card. */
static struct peer *enrol(struct station *st, const struct offer *offer, const struct card *card, bool is_verified)
{
	struct peer *peer = core_peer(st, card->name);
	struct peer_row row = {.enrolled_at = st->now.real_us, .is_verified = is_verified};
	uint64_t serial = peer != NULL ? peer->card.serial : card->serial;
	uint8_t old_link[KEY_BYTES] = {0};

	row.id = store_peer_enrol(st->store, card->name, st->now.real_us, is_verified);
	store_card_put(st->store, card->name, card->serial, offer->card);
	if (peer == NULL) {
		name_copy(card->name, &row.name);
		peer = directory_add_peer(st, &row);
	} else
		memcpy(old_link, peer->card.link, KEY_BYTES);
	if (peer == NULL || directory_set_card(peer, offer->card) != RESULT_OK)
		abort(); /* no memory: nothing was committed yet */
	if (card->serial > serial)
		cards_replaced(st, peer, old_link);
	peer->is_verified = is_verified;
	dial_now(st, peer);
	return peer;
}

/* The half was taken: the card is in force, and everybody hears of it. */
static struct peer *put_in_force(struct station *st, struct client *client, const struct offer *offer,
				 const struct card *card, bool is_verified)
{
	struct peer *peer = enrol(st, offer, card, is_verified);
	struct object object;

	directory_begin_static(st, peer);
	peer->cache_week = 0;
	core_effect(st, EFFECT_KEYS, 0, name_bytes(&peer->name));
	object_decode(offer->card, &object);
	core_log_act(st, STATION_CONTACT, object.id, "tuutu", card->name, (uint64_t)offer->generation, card->serial,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	core_notify(st, "contact", NULL, name_bytes(&peer->name), core_own_name(st),
		    is_verified ? N_("verified") : N_("unverified"));
	return peer;
}

int contacts_accept(struct station *st, struct client *client, struct bytes armour, bool is_unverified,
		    struct pack_writer *out)
{
	static uint8_t encoded[LIMIT_REQUEST_BYTES];
	struct peer *peer;
	struct offer offer;
	struct card card;
	struct name name;
	size_t len = 0;
	int result = open_offer(st, armour, encoded, &len, &offer, &card);

	if (result != 0)
		goto out;
	peer = core_peer(st, card.name);
	name_copy(card.name, &name);
	result = peer != NULL ? judge_card(st, peer, &offer, &card) : 0;
	if (result == 0)
		result = take_half(st, &offer, &directory_pairing(st, &name)->keys, false);
	if (result != 0)
		goto out;
	/* the root is the same, so that what was compared once stays compared */
	peer = put_in_force(st, client, &offer, &card, !is_unverified || (peer != NULL && peer->is_verified));
	put_view(st, peer, out);
out:
	key_wipe(&offer, sizeof offer);
	key_wipe(encoded, len);
	return result;
}

/* Whether a card may bring another root for a peer. */
static int judge_root(struct station *st, const struct peer *peer, const struct card *card, struct bytes fingerprint)
{
	if (peer == NULL || hash_equal(peer->card.root, card->root, KEY_BYTES))
		return core_refuse(st, CONTROL_REFUSED,
				   peer == NULL
				       ? N_("%.*s is no peer yet; accept its offer without --new-root.")
				       : N_("%.*s has the root that is enrolled; accept its offer without --new-root."),
				   (int)card->name.len, (const char *)card->name.data);
	if (!key_fingerprint_matches(card->root, fingerprint))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "This is not the fingerprint of the root that signed the offer's card; nothing was changed.");
	if (card->serial <= peer->card.serial)
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "A new root's card needs a serial above the one held (%llu), so that messages of before "
		    "stay verifiable; nothing was changed.",
		    (unsigned long long)peer->card.serial);
	return 0;
}

/* Whether enough admins have confirmed this root; the first is noted. */
static bool has_admins(struct station *st, struct client *client, const struct card *card)
{
	struct bytes officer, function = name_bytes(&client->officer->function);
	uint8_t root[KEY_BYTES];

	if (st->config->new_root_admins < 2)
		return true;
	if (store_new_root(st->store, card->name, root, &officer) && hash_equal(root, card->root, KEY_BYTES))
		return !bytes_equal(officer, function);
	store_new_root_put(st->store, card->name, card->root, function);
	return false;
}

/* Links of the old root's station end, and what was sealed for it is sealed again. */
static void change_station(struct station *st, struct peer *peer)
{
	flight_drop_all(peer);
	peer->given_scan = (struct given){.precedence = UINT8_MAX};
	peer->has_more_given = true;
	for (struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		if (conn->peer == peer)
			conn->is_unwanted = true;
}

int contacts_new_root(struct station *st, struct client *client, struct bytes armour, struct bytes fingerprint,
		      struct pack_writer *out)
{
	static uint8_t encoded[LIMIT_REQUEST_BYTES];
	struct object object;
	struct offer offer;
	struct card card;
	struct peer *peer = NULL;
	bool is_enough;
	size_t len = 0;
	int result = open_offer(st, armour, encoded, &len, &offer, &card);

	if (result == 0) {
		peer = core_peer(st, card.name);
		result = judge_root(st, peer, &card, fingerprint);
	}
	if (result != 0)
		goto out;
	is_enough = has_admins(st, client, &card);
	if (is_enough) {
		result = take_half(st, &offer, peer->pair, true);
		if (result != 0)
			goto out;
		store_new_root_drop(st->store, card.name);
		put_in_force(st, client, &offer, &card, true);
		change_station(st, peer);
	}
	object_decode(offer.card, &object);
	core_log_act(st, STATION_NEW_ROOT, object.id, "tutu", card.name, (uint64_t)is_enough,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	put_view(st, peer, out);
out:
	key_wipe(&offer, sizeof offer);
	key_wipe(encoded, len);
	return result;
}

static struct peer *find_peer(struct station *st, struct bytes name)
{
	struct peer *peer = core_peer(st, name);

	if (peer == NULL)
		core_refuse(st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
			    (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	return peer;
}

int contacts_verify(struct station *st, struct client *client, struct bytes name, struct bytes fingerprint,
		    struct pack_writer *out)
{
	struct peer *peer = find_peer(st, name);
	struct object object;

	if (peer == NULL)
		return CONTROL_UNKNOWN;
	if (!key_fingerprint_matches(peer->card.root, fingerprint))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "This is not the fingerprint of the root enrolled for %s; it stays %s. If they read it to "
		    "you over another path, somebody else may have made the offer.",
		    peer->name.text, peer->is_verified ? N_("as it was") : N_("unverified"));
	peer->is_verified = true;
	store_peer_enrol(st->store, name, peer->enrolled_at, true);
	object_decode((struct bytes){peer->card_bytes, peer->card_len}, &object);
	core_log_act(st, STATION_VERIFIED, object.id, "ttu", name, name_bytes(&client->officer->function),
		     (uint64_t)client->uid);
	core_notify(st, "contact", NULL, name, core_own_name(st), N_("verified"));
	put_view(st, peer, out);
	return 0;
}

int contacts_reset_replay(struct station *st, struct client *client, struct bytes name)
{
	struct peer *peer = find_peer(st, name);

	if (peer == NULL)
		return CONTROL_UNKNOWN;
	core_log_act(st, STATION_REPLAY_RESET, NULL, "tutu", name, peer->counter_accepted,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	peer->counter_accepted = 0;
	store_peer_counter_accepted(st->store, peer->id, 0);
	return 0;
}
