/*
 * How a contact point becomes a peer, and what officers are told of it: offers given and accepted (SPEC 9).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/armour.h"

void contacts_view(struct station *st, struct peer *peer, struct control_contact *out,
		   char fingerprint[FINGERPRINT_TEXT])
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);

	(void)st;
	key_fingerprint(peer->card.root, fingerprint);
	*out = (struct control_contact){.name = name_bytes(&peer->name),
					.card = {peer->card_bytes, peer->card_len},
					.fingerprint = bytes_of(fingerprint),
					.generation = generation != NULL ? generation->generation : 0,
					.is_verified = peer->is_verified,
					.enrolled_at = peer->enrolled_at};
}

int contacts_offer(struct station *st, struct client *client, struct bytes name, struct pack_writer *out)
{
	static uint8_t body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES];
	static char armour[2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(encoded, sizeof encoded);
	struct pack_writer text = pack_writer(armour, sizeof armour);
	struct offer offer = {.card = {st->card_bytes, st->card_len}, .to = name};
	const struct pair_generation *generation;
	struct name peer;
	uint8_t half[KEY_BYTES];

	if (!name_copy(name, &peer) || name_equal(&peer, &st->config->station))
		return core_refuse(st, CONTROL_REFUSED,
				   "\"%.*s\" is not the name of another contact point, such as tha-cert.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	st->random(st->random_ctx, half, sizeof half);
	generation = pair_offer(&directory_pairing(st, &peer)->keys, half, time_week(st->now.real_us), st->now.real_us);
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

/* Why an offer can't be taken; 0 when it can. */
static int judge_offer(struct station *st, const struct offer *offer, const struct card *card)
{
	const struct peer *peer = core_peer(st, card->name);

	if (!bytes_equal(offer->to, core_own_name(st)))
		return core_refuse(st, CONTROL_REFUSED, "This offer is for %.*s, not for %s; nothing was changed.",
				   (int)offer->to.len, (const char *)offer->to.data, st->config->station.text);
	if (bytes_equal(card->name, core_own_name(st)))
		return core_refuse(st, CONTROL_REFUSED, "This offer is this station's own; give it to %.*s.",
				   (int)offer->to.len, (const char *)offer->to.data);
	if (peer != NULL && !hash_equal(peer->card.root, card->root, KEY_BYTES))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The offer's card is signed by another root than the one enrolled for %s; nothing was changed.",
		    peer->name.text);
	if (peer != NULL && card->serial < peer->card.serial)
		return core_refuse(st, CONTROL_REFUSED,
				   "The offer's card (serial %llu) is older than the one held (serial %llu).",
				   (unsigned long long)card->serial, (unsigned long long)peer->card.serial);
	if (peer != NULL && card->serial == peer->card.serial &&
	    !bytes_equal(offer->card, (struct bytes){peer->card_bytes, peer->card_len}))
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The offer's card differs from the one held, and both have serial %llu: ask %s which is "
		    "right; nothing was changed.",
		    (unsigned long long)card->serial, peer->name.text);
	return 0;
}

/* Enrols the peer, or renews its card and verification. */
static struct peer *enrol(struct station *st, const struct offer *offer, const struct card *card, bool is_verified)
{
	struct peer *peer = core_peer(st, card->name);
	struct peer_row row = {.enrolled_at = st->now.real_us, .is_verified = is_verified};

	row.id = store_peer_enrol(st->store, card->name, st->now.real_us, is_verified);
	store_card_put(st->store, card->name, card->serial, offer->card);
	if (peer == NULL) {
		name_copy(card->name, &row.name);
		peer = directory_add_peer(st, &row);
	}
	if (peer == NULL || directory_set_card(peer, offer->card) != RESULT_OK)
		abort(); /* no memory: nothing was committed yet */
	peer->is_verified = is_verified;
	peer->dial_at = st->now.mono_us;
	return peer;
}

int contacts_accept(struct station *st, struct client *client, struct bytes armour, bool is_unverified,
		    struct pack_writer *out)
{
	static uint8_t encoded[LIMIT_REQUEST_BYTES];
	struct control_contact contact;
	struct offer offer;
	struct card card;
	struct peer *peer;
	struct name name;
	struct object object;
	char fingerprint[FINGERPRINT_TEXT];
	size_t len;
	int result = armour_decode("OFFER", armour, encoded, &len);

	if (result == RESULT_OK)
		result = offer_open((struct bytes){encoded, len}, &offer, &card);
	if (result != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The offer can't be taken: %s; ask for it again.",
				   result_name(result));
	result = judge_offer(st, &offer, &card);
	if (result != 0)
		goto out;
	name_copy(card.name, &name);
	result = pair_accept(&directory_pairing(st, &name)->keys, offer.generation, offer.half, offer.week,
			     time_week(st->now.real_us));
	if (result != RESULT_OK) {
		result = core_refuse(st, CONTROL_REFUSED, "The offer's key half can't be taken: %s.",
				     result == RESULT_OLDER ? "it is not newer than the last one accepted"
							    : "its week lies ahead of this clock");
		goto out;
	}
	peer = enrol(st, &offer, &card, !is_unverified);
	directory_begin_static(st, peer);
	peer->cache_week = 0;
	core_effect(st, EFFECT_KEYS, 0, name_bytes(&peer->name));
	object_decode(offer.card, &object);
	core_log_act(st, STATION_CONTACT, object.id, "tuutu", card.name, (uint64_t)offer.generation, card.serial,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	core_notify(st, "contact", NULL, name_bytes(&peer->name), core_own_name(st),
		    is_unverified ? "unverified" : "verified");
	contacts_view(st, peer, &contact, fingerprint);
	control_put_contact(out, &contact);
out:
	key_wipe(&offer, sizeof offer);
	key_wipe(encoded, len);
	return result;
}
