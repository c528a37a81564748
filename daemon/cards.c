/*
 * Cards that change and cards that end: which of two link keys serves while a new card is on its way, and what a root's
 * revocation does (SPEC 2, 5).
 */
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/armour.h"
#include "proto/revocation.h"

#define OLD_LINK_ANSWERS_US WEEK_US		 /* an old link key still answers records */
#define OLD_LINK_OPENS_US (KEEP_WEEKS * WEEK_US) /* and opens parcels */

void cards_load_peer(struct station *st, struct peer *peer)
{
	struct object object;
	struct bytes encoded;
	struct card before;

	peer->card_taken_at = store_card_taken_at(st->store, name_bytes(&peer->name), peer->card.serial);
	peer->revoked = store_revocation(st->store, name_bytes(&peer->name));
	peer->owes_card = store_outbox_has(st->store, peer->id, ITEM_CARD);
	peer->has_old_link = store_card_before(st->store, name_bytes(&peer->name), peer->card.serial, &encoded) &&
			     card_open(encoded, &object, &before) == RESULT_OK;
	if (peer->has_old_link)
		memcpy(peer->old_link, before.link, KEY_BYTES);
}

bool cards_is_revoked(const struct peer *peer)
{
	return peer->card.serial <= peer->revoked;
}

const struct link_pair *cards_own_link(const struct station *st, const struct peer *peer)
{
	return peer->owes_card && st->keys.has_old_link ? &st->keys.old_link : &st->keys.link;
}

size_t cards_link_choices(const struct station *st, const struct peer *peer, bool opens,
			  struct link_choice out[LINK_CHOICES])
{
	int64_t span = opens ? OLD_LINK_OPENS_US : OLD_LINK_ANSWERS_US;
	bool own_old = st->keys.has_old_link && (peer->owes_card || st->now.real_us - st->keys.retired_at < span);
	bool peer_old = peer->has_old_link && st->now.real_us - peer->card_taken_at < span;
	size_t count = 0;

	for (int own = 0; own <= own_old; own++)
		for (int theirs = 0; theirs <= peer_old; theirs++)
			out[count++] = (struct link_choice){own ? &st->keys.old_link : &st->keys.link,
							    theirs ? peer->old_link : peer->card.link};
	return count;
}

/* Generation 0 stands on the two link keys: when one of them changes, its chain begins anew. */
static void restart_static(struct station *st, struct peer *peer)
{
	if (pair_generation_find(peer->pair, 0) == NULL)
		return;
	pair_begin_static(peer->pair, &st->keys.link, peer->card.link, time_week(st->now.real_us));
	peer->cache_week = 0;
	core_effect(st, EFFECT_KEYS, 0, name_bytes(&peer->name));
}

void cards_replaced(struct station *st, struct peer *peer, const uint8_t old_link[KEY_BYTES])
{
	store_card_taken(st->store, name_bytes(&peer->name), peer->card.serial, st->now.real_us);
	peer->card_taken_at = st->now.real_us;
	peer->has_new_card = true;
	if (hash_equal(old_link, peer->card.link, KEY_BYTES))
		return;
	peer->has_old_link = true;
	memcpy(peer->old_link, old_link, KEY_BYTES);
	restart_static(st, peer);
}

void cards_stored(struct station *st, struct peer *peer)
{
	if (!peer->owes_card || store_outbox_has(st->store, peer->id, ITEM_CARD))
		return;
	peer->owes_card = false;
	if (st->keys.has_old_link)
		restart_static(st, peer);
}

/* The differences between two cards, by the names of their fields. */
void cards_changes(const struct card *before, const struct card *now, char *out, size_t size)
{
	const struct {
		const char *name;
		bool is_changed;
	} field[] = {
	    {"validity", before->valid_from != now->valid_from || before->valid_until != now->valid_until},
	    {"lane or layer", before->lane != now->lane || before->layer != now->layer},
	    {"office", before->office_count != now->office_count ||
			   (now->office_count > 0 && !bytes_equal(before->office[0].office, now->office[0].office))},
	    {"zone", !bytes_equal(before->zone, now->zone)},
	    {"hours", before->hours_count != now->hours_count ||
			  memcmp(before->hours, now->hours, now->hours_count * sizeof *now->hours) != 0},
	    {"endpoints", before->endpoint_count != now->endpoint_count ||
			      (now->endpoint_count > 0 && !bytes_equal(before->endpoint[0], now->endpoint[0]))},
	    {"signing key", !hash_equal(before->signing, now->signing, KEY_BYTES)},
	    {"log key", !hash_equal(before->log, now->log, KEY_BYTES)},
	    {"link key", !hash_equal(before->link, now->link, KEY_BYTES)},
	};
	size_t len = 0;

	len += (size_t)snprintf(out, size, "serial %llu to %llu", (unsigned long long)before->serial,
				(unsigned long long)now->serial);
	for (size_t i = 0; i < sizeof field / sizeof *field && len < size; i++)
		if (field[i].is_changed)
			len += (size_t)snprintf(out + len, size - len, ", %s", field[i].name);
}

static void queue_object(struct station *st, struct peer *peer, enum item_type type, struct bytes encoded,
			 bool is_entered)
{
	struct outbox_row row = {.precedence = QUEUE_FIRST,
				 .type = type,
				 .has_object = true,
				 .is_entered = is_entered,
				 .size = encoded.len + ITEM_BYTES};

	object_id(encoded, row.object);
	store_object_put(st->store, row.object, encoded);
	store_outbox_put(st->store, peer->id, &row);
	peer->has_waiting = true;
}

void cards_announce(struct station *st)
{
	struct bytes own = {st->card_bytes, st->card_len}, held;

	if (!store_card(st->store, st->card.name, 0, &held) || bytes_equal(held, own))
		return;
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		queue_object(st, peer, ITEM_CARD, own, false);
		peer->owes_card = true;
	}
	core_log_act(st, STATION_CONTACT, NULL, "tuu", st->card.name, (uint64_t)0, st->card.serial);
	core_journal(st, "event=card serial=%llu text=\"this station's new card goes to every peer\"",
		     (unsigned long long)st->card.serial);
}

/* Links of a revoked card end at once; flights stay for the card that follows. */
static void end_links(struct station *st, struct peer *peer)
{
	core_alert(st, "revoked", NULL, name_bytes(&peer->name));
	core_notify(st, "revoked", NULL, name_bytes(&peer->name), core_own_name(st), N_("its card is revoked by its root"));
	core_journal(st, "event=revoked peer=%s serial=%llu", peer->name.text, (unsigned long long)peer->revoked);
	for (struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		if (conn->peer == peer)
			conn->is_unwanted = true;
}

/* The root that may revoke: of a peer, or our own. */
static const uint8_t *root_of(struct station *st, struct bytes name)
{
	const struct peer *peer = core_peer(st, name);

	if (bytes_equal(name, core_own_name(st)))
		return st->card.root;
	return peer != NULL ? peer->card.root : NULL;
}

/* To everybody but who brought it; in the pair log of the one it is about it stands at once. */
static void spread(struct station *st, const struct peer *from, const struct peer *about, struct bytes encoded,
		   const uint8_t id[OBJECT_ID_BYTES])
{
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		if (peer == from)
			continue;
		if (peer == about)
			core_pair_entry(st, peer, LEAF_SENT, id);
		queue_object(st, peer, ITEM_REVOCATION, encoded, peer == about);
	}
}

int cards_take_revocation(struct station *st, struct bytes encoded, struct peer *from)
{
	struct object object;
	struct revocation revocation;
	const uint8_t *root;
	struct peer *about;
	struct bytes held;
	int result = object_decode(encoded, &object);

	if (result == RESULT_OK)
		result =
		    object.type == OBJECT_REVOCATION ? revocation_decode(object.body, &revocation) : RESULT_MALFORMED;
	if (result != RESULT_OK)
		return result;
	root = root_of(st, revocation.name);
	result = root != NULL ? revocation_open(encoded, root, &object, &revocation) : RESULT_KEY;
	if (result != RESULT_OK)
		return result;
	if (store_object(st->store, object.id, &held))
		return RESULT_OK; /* it came before, from this peer or another */
	about = core_peer(st, revocation.name);
	store_object_put(st->store, object.id, encoded);
	if (from != NULL)
		core_pair_entry(st, from, LEAF_RECEIVED, object.id);
	store_revocation_put(st->store, revocation.name, revocation.serial);
	core_log_act(st, STATION_REVOKED, object.id, "tut", revocation.name, revocation.serial,
		     from != NULL ? name_bytes(&from->name) : core_own_name(st));
	spread(st, from, about, encoded, object.id);
	if (about != NULL && revocation.serial > about->revoked) {
		about->revoked = revocation.serial;
		if (cards_is_revoked(about))
			end_links(st, about);
	}
	if (bytes_equal(revocation.name, core_own_name(st)) && st->card.serial <= revocation.serial)
		core_alert(st, "own-card-revoked", NULL, core_own_name(st));
	return RESULT_OK;
}

int cards_take_file(struct station *st, struct client *client, struct bytes armour)
{
	static uint8_t encoded[LIMIT_REQUEST_BYTES];
	struct peer *about = NULL;
	struct bytes in = {encoded, 0};
	uint8_t id[OBJECT_ID_BYTES];
	bool is_card = armour_decode("CARD", armour, encoded, &in.len) == RESULT_OK;
	int result;

	if (!is_card && armour_decode("REVOCATION", armour, encoded, &in.len) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED,
				   "This is neither a card nor a revocation; nothing was changed.");
	result = is_card ? directory_take_card(st, in, &about) : cards_take_revocation(st, in, NULL);
	if (result == RESULT_KEY)
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The root that signed this is not that of an enrolled contact point; a new contact, or a changed "
		    "root, needs an offer.");
	if (result != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The %s can't be taken: %s; nothing was changed.",
				   is_card ? N_("card") : N_("revocation"), result_name(result));
	object_id(in, id);
	core_log_act(st, STATION_TAKEN, id, "ttu", bytes_of(is_card ? "card" : "revocation"),
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	core_journal(st, "event=taken kind=%s officer=%s", is_card ? "card" : "revocation",
		     client->officer->function.text);
	return 0;
}
