/* Storyboards of cards: keys that change, roots that revoke. */
#include "proto/armour.h"
#include "proto/card.h"
#include "proto/revocation.h"
#include "tests/sim/office.h"
#include "tests/sim/sites.h"
#include "tests/unit/test.h"

static const struct words to_vnm = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};
static const struct words to_tha = {.kind = KIND_NOTICE, .action = {"tha-cert"}};

static struct world *open_on_disk(uint64_t seed, size_t count)
{
	struct world *world = world_create(seed, count);

	for (size_t i = 0; i < count; i++)
		world->site[i].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	return world;
}

/* New keys of all three kinds and a card of the next serial, as `keys request`, `certify` and `install` bring them. */
static void renew(struct world *world, size_t at, uint8_t with)
{
	struct site *site = &world->site[at];
	struct station_keys *keys = &site->keys;
	uint8_t seed[32];

	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)(with + i);
	keys->has_old_link = true;
	keys->old_link = keys->link;
	keys->retired_at = world_real_us(world, at);
	key_link_pair(seed, &keys->link);
	seed[0]++;
	key_sign_pair(seed, &keys->signing);
	seed[0]++;
	key_sign_pair(seed, &keys->log);
	site->card_serial++;
	site_make_card(site);
}

static void rotate(struct world *world, size_t at, uint8_t with)
{
	world_stop(world, at);
	renew(world, at, with);
	CHECK_EQUAL(world_boot(world, at), 0);
}

/* The serial of `about` that a station holds, and whether the link key is the present one. */
static uint64_t held_serial(struct world *world, size_t at, size_t about)
{
	uint8_t params[64];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct control_contact contact;
	struct answer answer;
	struct object object;
	struct pack_reader r;
	struct card card;

	pack_put_array(&w, 1);
	pack_put_text(&w, office_name(world, about));
	world_request(world, at, UID_ADMIN, METHOD_CONTACT, pack_written(&w), &answer);
	CHECK_EQUAL(answer.error, 0);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	control_read_contact(&r, &contact);
	CHECK_EQUAL(card_open(contact.card, &object, &card), RESULT_OK);
	return card.serial;
}

static void delivered(struct world *world, size_t from, size_t to, const struct words *words)
{
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, from, words, id);
	world_run(world, 40 * SECOND_US);
	CHECK(office_delivery(world, from, id, to)->custody_at != 0);
}

TEST(new_card_reaches_every_peer_and_traffic_goes_on)
{
	struct world *world = open_on_disk(41, 3);

	delivered(world, THA, VNM, &to_vnm);
	rotate(world, THA, 7);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(held_serial(world, VNM, THA), 2);
	CHECK_EQUAL(held_serial(world, SGP, THA), 2);
	CHECK(heap_has(&world->site[VNM].journal, "serial 1 to 2, signing key, log key, link key"));
	delivered(world, THA, VNM, &to_vnm);
	delivered(world, VNM, THA, &to_tha);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(next_link_after_a_new_card_uses_the_new_link_key)
{
	struct world *world = open_on_disk(42, 3);

	rotate(world, THA, 7);
	world_run(world, MINUTE_US);
	/* the old key is forgotten at its station: only the new one can answer */
	world_stop(world, THA);
	world->site[THA].keys.has_old_link = false;
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, MINUTE_US);
	delivered(world, VNM, THA, &to_tha);
	delivered(world, THA, VNM, &to_vnm);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(message_released_before_a_new_card_arrives_after_it)
{
	struct world *world = open_on_disk(43, 3);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut(world, THA, VNM, true);
	world_run(world, 2 * MINUTE_US);
	office_send(world, THA, &to_vnm, id);
	rotate(world, THA, 7);
	lines_cut(world, THA, VNM, false);
	world_run(world, 2 * MINUTE_US);
	CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(both_may_change_their_cards_while_they_are_apart)
{
	struct world *world = open_on_disk(44, 3);

	lines_cut(world, THA, VNM, true);
	world_run(world, 2 * MINUTE_US);
	rotate(world, THA, 7);
	rotate(world, VNM, 99);
	lines_cut(world, THA, VNM, false);
	world_run(world, 3 * MINUTE_US);
	CHECK_EQUAL(held_serial(world, VNM, THA), 2);
	CHECK_EQUAL(held_serial(world, THA, VNM), 2);
	delivered(world, THA, VNM, &to_vnm);
	delivered(world, VNM, THA, &to_tha);
	CHECK_REST(world);
	world_destroy(world);
}

/* An armoured revocation of a station's card up to serial, by its root or by another key. */
static struct bytes revocation(struct world *world, size_t about, uint64_t serial, const struct sign_pair *root)
{
	static uint8_t body[256], encoded[512], text[1024];
	struct revocation r = {.name = name_bytes(&world->site[about].config.station),
			       .serial = serial,
			       .reason = REVOKED_SEIZED,
			       .at = world_real_us(world, about)};
	struct pack_writer b = pack_writer(body, sizeof body), e = pack_writer(encoded, sizeof encoded),
			   t = pack_writer(text, sizeof text);

	revocation_encode(&r, &b);
	object_sign(OBJECT_REVOCATION, pack_written(&b), root, &e);
	armour_encode("REVOCATION", pack_written(&e), &t);
	return pack_written(&t);
}

static int take(struct world *world, size_t at, uint32_t uid, struct bytes armour)
{
	uint8_t params[2048];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	pack_put_array(&w, 1);
	pack_put_str(&w, armour);
	world_request(world, at, uid, METHOD_TAKE, pack_written(&w), &answer);
	return answer.error;
}

TEST(revocation_brought_to_one_station_ends_the_links_of_all)
{
	struct world *world = open_on_disk(45, 3);

	CHECK_EQUAL(take(world, SGP, UID_ADMIN, revocation(world, THA, 1, &world->site[THA].keys.root)), 0);
	world_run(world, MINUTE_US);
	CHECK(office_peer(world, SGP, THA).link != LINK_UP);
	CHECK(office_peer(world, VNM, THA).link != LINK_UP);
	CHECK_EQUAL(office_peer(world, VNM, SGP).link, LINK_UP);
	CHECK(heap_has(&world->site[VNM].journal, "event=revoked"));
	world_destroy(world);
}

TEST(next_card_after_a_revocation_brings_the_links_back)
{
	struct world *world = open_on_disk(46, 3);
	static char text[2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(text, sizeof text);

	CHECK_EQUAL(take(world, VNM, UID_ADMIN, revocation(world, THA, 1, &world->site[THA].keys.root)), 0);
	world_run(world, MINUTE_US);
	CHECK(office_peer(world, VNM, THA).link != LINK_UP);
	rotate(world, THA, 7);
	/* the link is refused, so the card comes by courier */
	armour_encode("CARD", (struct bytes){world->site[THA].card, world->site[THA].card_len}, &w);
	CHECK_EQUAL(take(world, VNM, UID_ADMIN, pack_written(&w)), 0);
	world_run(world, 2 * MINUTE_US);
	CHECK_EQUAL(held_serial(world, VNM, THA), 2);
	delivered(world, THA, VNM, &to_vnm);
	world_destroy(world);
}

TEST(revocation_survives_a_restart)
{
	struct world *world = open_on_disk(47, 2);

	CHECK_EQUAL(take(world, SGP, UID_ADMIN, revocation(world, THA, 1, &world->site[THA].keys.root)), 0);
	world_kill(world, SGP);
	CHECK_EQUAL(world_boot(world, SGP), 0);
	world_run(world, MINUTE_US);
	CHECK(office_peer(world, SGP, THA).link != LINK_UP);
	world_destroy(world);
}

TEST(revocation_by_another_key_or_a_wrong_role_changes_nothing)
{
	struct world *world = open_on_disk(48, 2);

	CHECK_EQUAL(take(world, SGP, UID_ADMIN, revocation(world, THA, 1, &world->site[SGP].keys.root)),
		    CONTROL_REFUSED);
	CHECK_EQUAL(take(world, SGP, UID_WATCH, revocation(world, THA, 1, &world->site[THA].keys.root)), CONTROL_ROLE);
	CHECK_EQUAL(take(world, SGP, UID_ADMIN, bytes_of("no card at all")), CONTROL_REFUSED);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_peer(world, SGP, THA).link, LINK_UP);
	world_destroy(world);
}

TEST(older_card_is_refused)
{
	struct world *world = open_on_disk(49, 2);
	static char text[2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(text, sizeof text);

	armour_encode("CARD", (struct bytes){world->site[THA].card, world->site[THA].card_len}, &w);
	rotate(world, THA, 7);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(held_serial(world, SGP, THA), 2);
	CHECK_EQUAL(take(world, SGP, UID_ADMIN, pack_written(&w)), CONTROL_REFUSED);
	CHECK_EQUAL(held_serial(world, SGP, THA), 2);
	world_destroy(world);
}
