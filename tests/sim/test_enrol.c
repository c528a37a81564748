/* Becoming peers, staying peers: offers that are refused, new generations while traffic goes on, changed roots. */
#include "daemon/core.h"
#include "proto/armour.h"
#include "proto/hash.h"
#include "tests/sim/office.h"
#include "tests/sim/sites.h"
#include "tests/unit/test.h"

#define ARMOUR (64 * KIB)
#define UID_ADMIN_2 3100

static const struct words notice = {.kind = KIND_NOTICE, .action = {"tha-cert"}};

/* An offer of one station to a name, in its armour. */
static struct bytes offer_of(struct world *world, size_t from, const char *to, char out[ARMOUR])
{
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;
	struct pack_reader r;
	struct bytes armour;

	pack_put_array(&w, 1);
	pack_put_text(&w, to);
	world_request(world, from, UID_ADMIN, METHOD_OFFER, pack_written(&w), &answer);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	armour = pack_read_str(&r, ARMOUR);
	memcpy(out, armour.data, armour.len);
	return (struct bytes){(uint8_t *)out, armour.len};
}

static int call_two(struct world *world, size_t site, uint32_t uid, enum method method, struct bytes first,
		    const char *second, struct answer *out)
{
	static uint8_t params[ARMOUR + 256];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 2);
	pack_put_str(&w, first);
	pack_put_text(&w, second);
	world_request(world, site, uid, method, pack_written(&w), out);
	return out->error;
}

static int accept(struct world *world, size_t site, struct bytes armour, bool is_unverified, struct answer *out)
{
	static uint8_t params[ARMOUR + 256];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 2);
	pack_put_str(&w, armour);
	pack_put_bool(&w, is_unverified);
	world_request(world, site, UID_ADMIN, METHOD_ACCEPT, pack_written(&w), out);
	return out->error;
}

static struct control_contact contact_of(struct world *world, size_t site, const char *name)
{
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct control_contact out = {.generation = UINT64_MAX};
	struct answer answer;
	struct pack_reader r;

	pack_put_array(&w, 1);
	pack_put_text(&w, name);
	world_request(world, site, UID_ADMIN, METHOD_CONTACT, pack_written(&w), &answer);
	if (answer.error == 0) {
		r = pack_reader(answer.result);
		pack_expect_array(&r, 1);
		control_read_contact(&r, &out);
	}
	return out;
}

static int reset_replay(struct world *world, size_t site, uint32_t uid, const char *name)
{
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	pack_put_array(&w, 1);
	pack_put_text(&w, name);
	world_request(world, site, uid, METHOD_RESET_REPLAY, pack_written(&w), &answer);
	return answer.error;
}

/* How many entries of a kind a station log has; the data of the last one. */
static size_t logged(struct world *world, size_t site, uint64_t kind, uint64_t *generation, uint64_t *week)
{
	struct log_row row;
	size_t count = 0;

	for (uint64_t i = 0; store_log_row(world->site[site].store, 0, i, &row); i++) {
		struct pack_reader r = pack_reader(row.leaf.data);

		if (row.leaf.kind != kind)
			continue;
		count++;
		if (generation == NULL)
			continue;
		pack_read_array(&r, SIZE_MAX);
		pack_read_str(&r, SIZE_MAX);
		*generation = pack_read_uint(&r, UINT64_MAX);
		*week = pack_read_uint(&r, UINT64_MAX);
	}
	return count;
}

/* A station's card is made again, by a root made from this byte, and it starts with it. */
static void new_card(struct world *world, size_t site, uint8_t seed, uint64_t serial)
{
	struct site *s = &world->site[site];
	uint8_t body[LIMIT_OBJECT_BYTES], old[LIMIT_OBJECT_BYTES], root[KEY_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(s->card, sizeof s->card);
	struct object object;
	struct card card;

	memcpy(old, s->card, s->card_len);
	if (card_open((struct bytes){old, s->card_len}, &object, &card) != RESULT_OK)
		world_broken(world, "the card can't be read");
	memset(root, seed, sizeof root);
	world_stop(world, site);
	if (seed != 0)
		key_sign_pair(root, &s->keys.root);
	memcpy(card.root, s->keys.root.public, KEY_BYTES);
	card.serial = serial;
	card_encode(&card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &s->keys.root, &out);
	s->card_len = out.len;
	if (world_boot(world, site) != 0)
		world_broken(world, "it does not start: %s", s->error);
}

TEST(an_offer_for_another_an_own_one_an_older_one_and_a_damaged_one_are_refused)
{
	struct world *world = office_open(31, 2);
	static char first[ARMOUR], second[ARMOUR], other[ARMOUR];
	struct bytes one = offer_of(world, SGP, "tha-cert", first), two, foreign;
	struct answer answer;

	foreign = offer_of(world, SGP, "vnm-cert", other);
	CHECK_EQUAL(accept(world, THA, foreign, false, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "for vnm-cert, not for tha-cert") != NULL);
	CHECK_EQUAL(accept(world, SGP, one, false, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(accept(world, THA, one, false, &answer), 0);
	CHECK_EQUAL(accept(world, THA, one, false, &answer), 0); /* the very same again changes nothing */
	two = offer_of(world, THA, "sgp-cert", second);
	CHECK_EQUAL(accept(world, SGP, two, false, &answer), 0);
	world_run(world, HOUR_US);
	world_run(world, HOUR_US);
	CHECK_EQUAL(contact_of(world, THA, "sgp-cert").generation, 2);
	two = offer_of(world, SGP, "tha-cert", second);
	CHECK_EQUAL(accept(world, THA, two, false, &answer), 0);
	CHECK_EQUAL(accept(world, THA, one, false, &answer), CONTROL_REFUSED); /* played back */
	CHECK(strstr(answer.sentence, "not newer") != NULL);
	second[200] = second[200] == 'A' ? 'B' : 'A';
	CHECK_EQUAL(accept(world, THA, two, false, &answer), CONTROL_REFUSED);
	world_destroy(world);
}

TEST(an_unverified_peer_stays_so_until_its_fingerprint_is_given_whole)
{
	struct world *world = world_create(32, 2);
	char fingerprint[FINGERPRINT_TEXT], wrong[FINGERPRINT_TEXT];
	static char armour[ARMOUR];
	struct answer answer;
	struct bytes offer;

	world_start(world);
	offer = offer_of(world, SGP, "tha-cert", armour);
	CHECK_EQUAL(accept(world, THA, offer, true, &answer), 0);
	CHECK(!contact_of(world, THA, "sgp-cert").is_verified);
	key_fingerprint(world->site[SGP].keys.root.public, fingerprint);
	strcpy(wrong, fingerprint);
	wrong[FINGERPRINT_TEXT - 2] = wrong[FINGERPRINT_TEXT - 2] == '0' ? '1' : '0';
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_VERIFY, bytes_of("sgp-cert"), wrong, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_VERIFY, bytes_of("sgp-cert"), "", &answer), CONTROL_REFUSED);
	CHECK_EQUAL(call_two(world, THA, UID_WATCH, METHOD_VERIFY, bytes_of("sgp-cert"), fingerprint, &answer),
		    CONTROL_ROLE);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_VERIFY, bytes_of("vnm-cert"), fingerprint, &answer),
		    CONTROL_UNKNOWN);
	CHECK(!contact_of(world, THA, "sgp-cert").is_verified);
	CHECK_EQUAL(logged(world, THA, STATION_VERIFIED, NULL, NULL), 0);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_VERIFY, bytes_of("sgp-cert"), fingerprint, &answer), 0);
	CHECK(contact_of(world, THA, "sgp-cert").is_verified);
	CHECK_EQUAL(logged(world, THA, STATION_VERIFIED, NULL, NULL), 1);
	CHECK_EQUAL(accept(world, THA, offer, true, &answer), 0);
	CHECK(contact_of(world, THA, "sgp-cert").is_verified); /* the same root stays compared */
	world_destroy(world);
}

TEST(a_second_exchange_of_offers_stops_no_traffic_and_serves_once_hello_has_named_it)
{
	struct world *world = office_open(33, 2);
	uint8_t id[OBJECT_ID_BYTES];
	int64_t released;

	world_run(world, HOUR_US);
	CHECK_EQUAL(contact_of(world, SGP, "tha-cert").generation, 1);
	office_enrol(world, SGP, THA);
	CHECK_EQUAL(office_peer(world, SGP, THA).link, LINK_UP);
	released = world_real_us(world, SGP);
	office_send(world, SGP, &notice, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->custody_at, released + DELAY);
	CHECK_EQUAL(contact_of(world, SGP, "tha-cert").generation, 1);
	world_run(world, HOUR_US); /* links are renewed meanwhile */
	CHECK_EQUAL(contact_of(world, SGP, "tha-cert").generation, 2);
	CHECK_EQUAL(contact_of(world, THA, "sgp-cert").generation, 2);
	released = world_real_us(world, SGP);
	office_send(world, SGP, &notice, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->custody_at, released + DELAY);
	CHECK(office_rest(world) == NULL);
	world_destroy(world);
}

/* Whether a station still holds a generation of the pair. */
static bool holds(struct world *world, size_t site, const char *peer, uint32_t generation)
{
	return pair_generation_find(station_pair(world->site[site].station, bytes_of(peer)), generation) != NULL;
}

TEST(the_generation_before_is_held_for_five_weeks_then_wiped_and_the_wiping_is_logged)
{
	struct world *world = office_open(34, 2);
	uint64_t generation = 0, week = 0;
	size_t before;
	int weeks = 0;

	world_run(world, HOUR_US);
	office_enrol(world, SGP, THA);
	world_run(world, HOUR_US);
	CHECK_EQUAL(contact_of(world, THA, "sgp-cert").generation, 2);
	CHECK(holds(world, THA, "sgp-cert", 1));
	for (; weeks < KEEP_WEEKS - 1; weeks++)
		world_run(world, WEEK_US);
	CHECK(holds(world, THA, "sgp-cert", 1));
	before = logged(world, THA, STATION_WIPED, NULL, NULL);
	world_run(world, WEEK_US);
	CHECK(!holds(world, THA, "sgp-cert", 1));
	CHECK(logged(world, THA, STATION_WIPED, &generation, &week) > before);
	CHECK(week == 0 ? generation == 1 : generation == 2);
	CHECK_EQUAL(office_peer(world, SGP, THA).link, LINK_UP);
	world_destroy(world);
}

TEST(each_week_that_passes_wipes_a_step_of_the_chain_and_says_which)
{
	struct world *world = office_open(35, 2);
	uint64_t generation = 0, week = 0;
	size_t before;

	world_run(world, 2 * WEEK_US);
	before = logged(world, THA, STATION_WIPED, &generation, &week);
	world_run(world, WEEK_US);
	CHECK_EQUAL(logged(world, THA, STATION_WIPED, &generation, &week), before + 1);
	CHECK_EQUAL(generation, 1);
	CHECK_EQUAL(week, time_week(world_real_us(world, THA)) - 2);
	CHECK_EQUAL(contact_of(world, THA, "sgp-cert").week_to, time_week(world_real_us(world, THA)) + 1);
	CHECK(contact_of(world, THA, "sgp-cert").week_from < time_week(world_real_us(world, THA)));
	world_destroy(world);
}

TEST(a_peer_whose_clock_was_far_ahead_is_taken_again_after_reset_replay)
{
	struct world *world = world_create(36, 2);

	world->site[SGP].real_offset_us = 6 * (WEEK_US / 7);
	world_start(world);
	office_enrol_all(world);
	CHECK_EQUAL(office_peer(world, THA, SGP).link, LINK_UP);
	world_kill(world, SGP);
	disk_drop(world->site[SGP].disk, "store"); /* and with it the counters it has sent */
	world->site[SGP].real_offset_us = 0;
	CHECK_EQUAL(world_boot(world, SGP), 0);
	office_enrol(world, SGP, THA);
	world_run(world, 60 * SECOND_US);
	CHECK(office_peer(world, THA, SGP).link != LINK_UP);
	CHECK_EQUAL(reset_replay(world, THA, UID_WATCH, "sgp-cert"), CONTROL_ROLE);
	CHECK_EQUAL(reset_replay(world, THA, UID_ADMIN, "vnm-cert"), CONTROL_UNKNOWN);
	CHECK_EQUAL(reset_replay(world, THA, UID_ADMIN, "sgp-cert"), 0);
	CHECK_EQUAL(logged(world, THA, STATION_REPLAY_RESET, NULL, NULL), 1);
	world_run(world, 60 * SECOND_US);
	CHECK_EQUAL(office_peer(world, THA, SGP).link, LINK_UP);
	world_destroy(world);
}

/* Station 0 comes back under another root, with nothing of before; its offer to station 1. */
static struct bytes offer_under_new_root(struct world *world, uint8_t seed, uint64_t serial, char armour[ARMOUR])
{
	world_stop(world, SGP);
	disk_drop(world->site[SGP].disk, "");
	new_card(world, SGP, seed, serial);
	return offer_of(world, SGP, "tha-cert", armour);
}

TEST(a_changed_root_is_refused_unless_its_fingerprint_is_given_and_its_serial_is_higher)
{
	struct world *world = office_open(37, 2);
	char fingerprint[FINGERPRINT_TEXT], old[FINGERPRINT_TEXT];
	static char armour[ARMOUR], back[ARMOUR];
	struct answer answer;
	struct bytes offer;

	key_fingerprint(world->site[SGP].keys.root.public, old);
	offer = offer_of(world, SGP, "tha-cert", armour);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_NEW_ROOT, offer, old, &answer), CONTROL_REFUSED);
	offer = offer_under_new_root(world, 7, 1, armour);
	key_fingerprint(world->site[SGP].keys.root.public, fingerprint);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_NEW_ROOT, offer, fingerprint, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "serial above") != NULL);
	offer = offer_under_new_root(world, 7, 2, armour);
	CHECK_EQUAL(accept(world, THA, offer, false, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "another root") != NULL);
	CHECK_EQUAL(accept(world, THA, offer, true, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_NEW_ROOT, offer, old, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(call_two(world, THA, UID_WATCH, METHOD_NEW_ROOT, offer, fingerprint, &answer), CONTROL_ROLE);
	CHECK_EQUAL(logged(world, THA, STATION_NEW_ROOT, NULL, NULL), 0);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_NEW_ROOT, offer, fingerprint, &answer), 0);
	CHECK_EQUAL(logged(world, THA, STATION_NEW_ROOT, NULL, NULL), 1);
	CHECK(contact_of(world, THA, "sgp-cert").is_verified);
	CHECK(bytes_equal(contact_of(world, THA, "sgp-cert").fingerprint, bytes_of(fingerprint)));
	offer = offer_of(world, THA, "sgp-cert", back);
	CHECK_EQUAL(accept(world, SGP, offer, false, &answer), 0);
	world_run(world, 30 * SECOND_US);
	CHECK_EQUAL(office_peer(world, THA, SGP).link, LINK_UP);
	world_destroy(world);
}

TEST(where_two_admins_are_asked_for_the_second_puts_the_new_root_in_force)
{
	struct world *world = office_open(38, 2);
	struct config *config = &world->site[THA].config;
	struct config_officer *second = &config->officer[config->officer_count++];
	char fingerprint[FINGERPRINT_TEXT], old[FINGERPRINT_TEXT];
	static char armour[ARMOUR];
	struct answer answer;
	struct bytes offer;

	*second = (struct config_officer){.uid = UID_ADMIN_2, .roles = ROLE_ADMIN};
	strcpy(second->function.text, "admin-2");
	config->new_root_admins = 2;
	key_fingerprint(world->site[SGP].keys.root.public, old);
	offer = offer_under_new_root(world, 9, 2, armour);
	key_fingerprint(world->site[SGP].keys.root.public, fingerprint);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_NEW_ROOT, offer, fingerprint, &answer), 0);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN, METHOD_NEW_ROOT, offer, fingerprint, &answer), 0);
	CHECK(bytes_equal(contact_of(world, THA, "sgp-cert").fingerprint, bytes_of(old)));
	CHECK(bytes_equal(contact_of(world, THA, "sgp-cert").waiting_root, bytes_of(fingerprint)));
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN_2, METHOD_NEW_ROOT, offer, old, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(call_two(world, THA, UID_ADMIN_2, METHOD_NEW_ROOT, offer, fingerprint, &answer), 0);
	CHECK(bytes_equal(contact_of(world, THA, "sgp-cert").fingerprint, bytes_of(fingerprint)));
	CHECK_EQUAL(contact_of(world, THA, "sgp-cert").waiting_root.len, 0);
	CHECK_EQUAL(logged(world, THA, STATION_NEW_ROOT, NULL, NULL), 3);
	world_destroy(world);
}

TEST(a_card_that_has_expired_enrols_and_links_all_the_same)
{
	struct world *world = world_create(39, 2);

	world->site[SGP].card_until = WORLD_EPOCH_US - SECOND_US;
	world_start(world);
	office_enrol(world, SGP, THA);
	world_run(world, 5 * SECOND_US);
	CHECK_EQUAL(office_peer(world, THA, SGP).link, LINK_UP);
	world_destroy(world);
}
