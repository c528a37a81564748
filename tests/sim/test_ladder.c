/*
 * Deadlines and the ladder, storyboards in virtual time: what happens when nobody acknowledges, what stops it, and that
 * restarts, clock steps and a rebuild change none of it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/office.h"
#include "tests/unit/test.h"

#define SITES 6

static const struct words flash = {.kind = KIND_ALERT,
				   .precedence = PRECEDENCE_FLASH,
				   .action = {"vnm-cert"},
				   .ladder_to = {"vnm-mfa", "vnm-ops", "vnm-pmo"}};

/* How often an event was told and rung at a site: alerts hold "event NUL number NUL precedence NUL from NUL". */
static size_t rung(struct world *world, size_t site, const char *event)
{
	const struct heap *alerts = &world->site[site].alerts;
	size_t count = 0, len = strlen(event) + 1;

	for (size_t at = 0; at + len <= alerts->len; at++)
		count += memcmp(alerts->data + at, event, len) == 0 && (at == 0 || alerts->data[at - 1] == '\0');
	return count;
}

static struct control_delivery seen(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t of)
{
	return *office_delivery(world, site, id, of);
}

static bool has(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	return office_show(world, site, id) != NULL;
}

TEST(an_unacknowledged_flash_climbs_at_each_share_and_not_before)
{
	struct world *world = office_open(1, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &flash, id);
	world_run(world, 2 * DELAY); /* custody is known */
	world_run(world, 5 * MINUTE_US - 1);
	CHECK_EQUAL(rung(world, THA, "unacknowledged"), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(rung(world, THA, "unacknowledged"), 1);
	CHECK_EQUAL(rung(world, VNM, "unacknowledged"), 1);
	CHECK_EQUAL(rung(world, VNM, "unopened"), 1);
	CHECK_EQUAL(rung(world, VNM, "reminder"), 0); /* the sender's crossed its own alarm */
	world_run(world, 5 * MINUTE_US - 2 * SECOND_US);
	CHECK(!has(world, VNM_OPS, id));
	world_run(world, 2 * SECOND_US);
	CHECK(has(world, VNM_OPS, id) && !has(world, VNM_MFA, id));
	CHECK_EQUAL(rung(world, THA, "breach"), 1);
	CHECK_EQUAL(rung(world, VNM, "breach"), 1);
	CHECK_EQUAL(seen(world, THA, id, VNM).breached, BREACH_ACKNOWLEDGE);
	CHECK_EQUAL(seen(world, THA, id, VNM_OPS).part, PART_COPY);
	CHECK(seen(world, THA, id, VNM_OPS).custody_at != 0);
	world_run(world, 5 * MINUTE_US);
	CHECK(has(world, VNM_MFA, id) && !has(world, VNM_PMO, id));
	world_run(world, 5 * MINUTE_US);
	CHECK(has(world, VNM_PMO, id));
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 200);
	world_run(world, 10 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 300);
	CHECK_EQUAL(rung(world, THA, "unanswered"), 1);
	CHECK_EQUAL(rung(world, VNM, "unanswered"), 1);
	CHECK(!has(world, SGP, id));
	world_run(world, 5 * HOUR_US);
	CHECK_EQUAL(rung(world, THA, "breach"), 4);
	CHECK_EQUAL(rung(world, VNM, "breach"), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(an_acknowledgement_ends_the_ladder_and_leaves_the_answer_owed)
{
	struct world *world = office_open(2, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &flash, id);
	world_run(world, 4 * MINUTE_US);
	CHECK_EQUAL(office_ack(world, VNM, id, ""), 0);
	world_run(world, 20 * MINUTE_US);
	CHECK(!has(world, VNM_OPS, id));
	CHECK_EQUAL(rung(world, THA, "unacknowledged") + rung(world, THA, "breach") + rung(world, THA, "unanswered"), 0);
	CHECK_EQUAL(rung(world, VNM, "unacknowledged") + rung(world, VNM, "unopened"), 0);
	world_run(world, 10 * MINUTE_US);
	CHECK_EQUAL(rung(world, THA, "unanswered"), 1);
	CHECK_EQUAL(rung(world, VNM, "unanswered"), 1);
	world_destroy(world);
}

TEST(an_acknowledged_copy_ends_the_climbing_for_whom_it_was_made)
{
	struct world *world = office_open(3, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &flash, id);
	world_run(world, 11 * MINUTE_US);
	CHECK_EQUAL(office_ack(world, VNM_OPS, id, ""), 0);
	world_run(world, HOUR_US);
	CHECK(!has(world, VNM_MFA, id) && !has(world, VNM_PMO, id));
	CHECK_EQUAL(seen(world, THA, id, VNM).acknowledged_at, 0);
	CHECK(seen(world, THA, id, VNM_OPS).acknowledged_at != 0);
	CHECK_EQUAL(rung(world, THA, "unanswered"), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_hold_pauses_the_ladder_and_a_broken_promise_is_a_breach)
{
	struct world *world = office_open(4, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &flash, id);
	world_run(world, 4 * MINUTE_US);
	CHECK_EQUAL(office_hold(world, VNM, id, world_real_us(world, VNM) + HOUR_US), 0);
	world_run(world, 59 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).why, WHY_HOLD);
	CHECK_EQUAL(rung(world, THA, "unacknowledged"), 0);
	CHECK_EQUAL(rung(world, THA, "unanswered"), 0);
	world_run(world, 90 * SECOND_US); /* the hour is over, and a minute of the five was left */
	CHECK_EQUAL(rung(world, THA, "unanswered"), 1);
	CHECK_EQUAL(rung(world, THA, "unacknowledged"), 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(rung(world, THA, "unacknowledged"), 1);
	CHECK(!has(world, VNM_OPS, id));
	world_destroy(world);
}

TEST(nobody_outside_ladder_to_is_copied_and_who_is_no_peer_is_skipped_with_an_entry)
{
	struct world *world = office_open(5, SITES);
	struct words words = flash;
	uint8_t id[OBJECT_ID_BYTES];

	memset(words.ladder_to, 0, sizeof words.ladder_to);
	words.ladder_to[0] = "vnm-mfa";
	words.ladder_to[1] = "vnm-navy"; /* nobody's peer */
	office_send(world, THA, &words, id);
	world_run(world, HOUR_US);
	CHECK(has(world, VNM_MFA, id));
	CHECK(!has(world, VNM_OPS, id) && !has(world, VNM_PMO, id));
	CHECK(heap_has(&world->site[THA].journal, "act=4 target=vnm-navy"));
	CHECK(heap_has(&world->site[THA].journal, "share=200 act=2"));
	world_destroy(world);
}

TEST(a_red_marking_waits_for_an_officers_act)
{
	struct world *world = office_open(6, SITES);
	struct words words = flash;
	uint8_t id[OBJECT_ID_BYTES];

	words.tlp = TLP_RED;
	office_send(world, THA, &words, id);
	world_run(world, 12 * MINUTE_US);
	CHECK(!has(world, VNM_OPS, id));
	CHECK_EQUAL(seen(world, THA, id, VNM).waiting, 100);
	CHECK_EQUAL(office_copy(world, THA, UID_WATCH, id, VNM), CONTROL_ROLE);
	CHECK_EQUAL(office_copy(world, THA, UID_RELEASER, id, VNM), 0);
	world_run(world, MINUTE_US);
	CHECK(has(world, VNM_OPS, id));
	CHECK_EQUAL(seen(world, THA, id, VNM).waiting, 0);
	CHECK_EQUAL(office_copy(world, THA, UID_RELEASER, id, VNM), CONTROL_REFUSED);
	world_run(world, 5 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).waiting, 150);
	CHECK(!has(world, VNM_MFA, id));
	world_destroy(world);
}

TEST(missing_custody_alarms_the_sender_after_twice_its_time_and_starts_no_ladder)
{
	struct world *world = office_open(7, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut(world, THA, VNM, true);
	office_send(world, THA, &flash, id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(rung(world, THA, "no-custody"), 0); /* the entry of the release is some microseconds late */
	world_run(world, SECOND_US / 1000);
	CHECK_EQUAL(rung(world, THA, "no-custody"), 1);
	world_run(world, HOUR_US);
	CHECK_EQUAL(rung(world, THA, "no-custody"), 1);
	CHECK_EQUAL(rung(world, THA, "breach"), 0);
	CHECK(!has(world, VNM_OPS, id));
	world_destroy(world);
}

TEST(an_expired_message_climbs_no_ladder_and_rings_nowhere)
{
	struct world *world = office_open(8, SITES);
	struct words words = flash;
	uint8_t id[OBJECT_ID_BYTES];

	words.expires = world_real_us(world, THA) + 4 * MINUTE_US;
	office_send(world, THA, &words, id);
	world_run(world, HOUR_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).why, WHY_EXPIRED);
	CHECK_EQUAL(seen(world, VNM, id, VNM).why, WHY_EXPIRED);
	CHECK_EQUAL(rung(world, THA, "breach") + rung(world, VNM, "breach") + rung(world, VNM, "unopened"), 0);
	CHECK(!has(world, VNM_OPS, id));
	world_destroy(world);
}

TEST(deadlines_survive_restarts_and_what_passed_meanwhile_waits_half_a_minute)
{
	struct world *world = office_open(9, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &flash, id);
	world_run(world, 3 * MINUTE_US);
	world_kill(world, THA);
	world_kill(world, VNM);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(world_boot(world, VNM), 0);
	world_run(world, 2 * MINUTE_US);
	CHECK_EQUAL(rung(world, VNM, "unacknowledged"), 2); /* at its start, and at five minutes of its own */
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, 29 * SECOND_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 50);
	world_run(world, 4 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 100);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_step_of_the_clock_moves_no_deadline_also_after_a_restart)
{
	struct world *world = office_open(10, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &flash, id);
	world_run(world, MINUTE_US);
	world->site[THA].real_offset_us += HOUR_US;
	world_run(world, 3 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 0);
	world->site[THA].real_offset_us -= HOUR_US / 2;
	world_run(world, 30 * SECOND_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 50);
	world->site[THA].real_offset_us += HOUR_US;
	world_run(world, MINUTE_US);
	world_kill(world, THA);
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, 3 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 50);
	world_run(world, 2 * MINUTE_US);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 100);
	world_destroy(world);
}

TEST(a_station_may_ring_earlier_for_itself_and_the_peer_sees_no_difference)
{
	struct world *world = world_create(12, SITES);
	uint8_t id[OBJECT_ID_BYTES];

	world->site[VNM].config.early_percent = 20;
	world_start(world);
	office_enrol_all(world);
	office_send(world, THA, &flash, id);
	world_run(world, DELAY + MINUTE_US - 1);
	CHECK_EQUAL(rung(world, VNM, "unopened"), 0);
	world_run(world, 1);
	CHECK_EQUAL(rung(world, VNM, "unopened"), 1);
	world_run(world, 3 * MINUTE_US);
	CHECK_EQUAL(rung(world, VNM, "unopened"), 1);
	world_run(world, 2 * MINUTE_US);
	CHECK_EQUAL(rung(world, VNM, "unopened"), 2);
	CHECK_EQUAL(seen(world, THA, id, VNM).step, 50);
	world_destroy(world);
}

/* Every row that follows from the logs, hashed in order. */
static void hash_lists(struct world *world, size_t site, uint8_t out[HASH_BYTES])
{
	struct store *store = world->site[site].store;
	struct message_row message;
	struct heap all = {0};

	memset(&message, 0, sizeof message); /* what lies between the members is hashed too */
	message.at = message.row = INT64_MAX;

	while (store_message_before(store, message.at, message.row, &message)) {
		struct delivery_row delivery;
		struct name last = {""};

		memset(&delivery, 0, sizeof delivery);
		message.sender.data = NULL;
		heap_add(&all, (struct bytes){(uint8_t *)&message, sizeof message});
		while (store_delivery_after(store, message.id, name_bytes(&last), &delivery)) {
			name_copy(delivery.name, &last);
			heap_add(&all, delivery.copied_for);
			delivery.name.data = delivery.copied_for.data = NULL;
			heap_add(&all, (struct bytes){(uint8_t *)&delivery, sizeof delivery});
		}
	}
	hash_sha256((struct bytes){all.data, all.len}, out);
	heap_free(&all);
}

TEST(a_rebuild_from_the_logs_ends_in_the_same_state)
{
	static const struct words answer = {.kind = KIND_ANSWER, .action = {"tha-cert"}};
	struct world *world = office_open(11, SITES);
	struct words words = flash, reply = answer;
	uint8_t id[OBJECT_ID_BYTES], other[OBJECT_ID_BYTES], before[HASH_BYTES], after[HASH_BYTES];

	office_send(world, THA, &flash, id);
	words.info[0] = "sgp-cert";
	office_send(world, THA, &words, other);
	world_run(world, 4 * MINUTE_US);
	world->site[VNM].real_offset_us += HOUR_US;
	office_ack(world, VNM, other, "seen");
	office_hold(world, VNM, other, world_real_us(world, VNM) + HOUR_US);
	world_run(world, 17 * MINUTE_US);
	reply.in_reply_to = other;
	office_send(world, VNM, &reply, other);
	world_run(world, 17 * MINUTE_US);
	for (size_t site = 0; site < SITES; site++) {
		memset(after, 0, sizeof after);
		hash_lists(world, site, before);
		CHECK(station_rebuild(world->site[site].station) > 10);
		hash_lists(world, site, after);
		CHECK(hash_equal(before, after, HASH_BYTES));
	}
	CHECK_REST(world);
	world_destroy(world);
}
