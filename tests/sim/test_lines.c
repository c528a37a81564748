/* Links: slow, broken, cut, double, replayed, old. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};
static const struct words flash = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"vnm-cert"}};

static struct peer *peer_of(struct world *world, size_t site, size_t peer)
{
	return core_peer(world->site[site].station, bytes_of(office_name(world, peer)));
}

static bool is_in_custody(struct world *world, const uint8_t id[OBJECT_ID_BYTES])
{
	return office_delivery(world, THA, id, VNM)->custody_at != 0;
}

TEST(a_flash_overtakes_a_large_routine_message_within_two_cells)
{
	struct world *world = office_open(1, 3);
	const int64_t cell_us = SECOND_US / 2;
	struct words large = notice;
	uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];

	large.text_len = 80000;
	lines_set(world, THA, VNM, DELAY, CELL_BYTES * 2);
	office_send(world, THA, &large, large_id);
	world_run(world, 10 * SECOND_US);
	office_send(world, THA, &flash, id);
	world_run(world, 2 * cell_us + cell_us + DELAY - 1); /* two cells had been handed over; a third carries it */
	CHECK_EQUAL(office_count(world, VNM), 0);
	world_run(world, 1 + cell_us); /* or ends in a fourth */
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK(office_show(world, VNM, id) != NULL);
	world_run(world, MINUTE_US);
	CHECK(office_show(world, VNM, large_id) != NULL);
	CHECK_REST(world);
	world_destroy(world);
}

/* Sends a large message over a slow line, broken when `after_us` have passed; the cells that it took. */
static uint64_t cells_of_large(int64_t after_us)
{
	struct world *world = office_open(2, 3);
	struct words large = notice;
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t bytes = 0;

	large.text_len = 80000;
	lines_set(world, THA, VNM, DELAY, 10 * CELL_BYTES);
	office_send(world, THA, &large, id);
	world_run(world, after_us);
	CHECK(!is_in_custody(world, id));
	if (after_us > 0)
		lines_break(world, THA, VNM);
	world_run(world, 14 * SECOND_US);
	CHECK(is_in_custody(world, id));
	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		if (line->site[0] == THA && line->site[1] == VNM)
			bytes += line->written[0] / CELL_BYTES;
	CHECK_REST(world);
	world_destroy(world);
	return bytes;
}

TEST(a_large_parcel_resumes_where_the_receiver_holds_it)
{
	uint64_t whole = cells_of_large(0), broken = cells_of_large(4 * SECOND_US);

	CHECK(whole > 80);
	CHECK(broken >= whole);
	CHECK(broken <= whole + 3 + 3); /* lost: two cells and what was on its way; new: hello, ping, pong */
}

/* Both dial; on request the clocks differ, so that one link is the newer. */
static struct world *both_dial(uint64_t seed, int64_t ahead_us)
{
	struct world *world = world_create(seed, 3);

	for (size_t i = THA; i <= VNM; i++) {
		struct config *config = &world->site[i].config;

		config->peer_count = 1;
		name_copy(bytes_of(i == THA ? "vnm-cert" : "tha-cert"), &config->peer[0].name);
		config->peer[0].dial = DIAL_ALWAYS;
	}
	world->site[VNM].real_offset_us = ahead_us;
	world_start(world);
	office_enrol_all(world);
	return world;
}

TEST(both_may_dial_at_once_and_a_message_comes_once)
{
	struct world *world = both_dial(3, 0);
	struct words back = {.kind = KIND_NOTICE, .action = {"tha-cert"}};
	uint8_t id[OBJECT_ID_BYTES], back_id[OBJECT_ID_BYTES];

	CHECK_EQUAL(lines_count(world, THA, VNM), 2);
	office_send(world, THA, &notice, id);
	office_send(world, VNM, &back, back_id);
	world_run(world, SECOND_US);
	CHECK(is_in_custody(world, id));
	CHECK_EQUAL(office_count(world, VNM), 2);
	CHECK_EQUAL(office_count(world, THA), 2);
	CHECK_EQUAL(peer_of(world, THA, VNM)->conn->link.is_dialler, true); /* of a tie, the lower name's */
	CHECK_EQUAL(peer_of(world, VNM, THA)->conn->link.is_dialler, false);
	CHECK_REST(world);
	world_destroy(world);
}

/* The line that carried most from one site. */
static struct line *busiest(struct world *world, size_t from, size_t to)
{
	struct line *best = NULL;

	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		for (int side = 0; side < 2; side++)
			if (line->is_open[0] && line->is_open[1] && line->site[side] == from &&
			    line->site[1 - side] == to &&
			    (best == NULL || line->written[side] > best->written[best->site[0] == from ? 0 : 1]))
				best = line;
	return best;
}

TEST(when_the_link_in_use_breaks_the_other_carries_on)
{
	for (int newer = -1; newer <= 1; newer++) {
		struct world *world = both_dial(4, newer * 3 * SECOND_US);
		struct words large = notice;
		uint8_t id[OBJECT_ID_BYTES];

		CHECK_EQUAL(lines_count(world, THA, VNM), 2);
		large.text_len = 50000;
		lines_set(world, THA, VNM, DELAY, 10 * CELL_BYTES);
		office_send(world, THA, &large, id);
		world_run(world, 2 * SECOND_US);
		lines_break_one(world, busiest(world, THA, VNM));
		world_run(world, 10 * SECOND_US);
		CHECK(is_in_custody(world, id));
		CHECK_EQUAL(office_count(world, VNM), 1);
		CHECK_EQUAL(lines_count(world, THA, VNM), 2);
		CHECK_REST(world);
		world_destroy(world);
	}
}

TEST(what_had_left_whole_on_a_broken_link_leaves_again_on_the_other)
{
	struct world *world = both_dial(5, 0);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &notice, id);
	world_run(world, DELAY / 2);
	lines_break_one(world, busiest(world, THA, VNM));
	world_run(world, 3 * SECOND_US);
	CHECK(is_in_custody(world, id));
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK_REST(world);
	world_destroy(world);
}

static struct world *replay_world(struct line **out)
{
	struct world *world = world_create(6, 3);

	world->site[VNM].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	*out = lines_between(world, THA, VNM);
	return world;
}

/* A stranger sends a first record that was recorded on the line. */
static void replay(struct world *world, const uint8_t record[RECORD_BYTES], uint32_t conn)
{
	world_event(world, VNM, &(struct event){.type = EVENT_ACCEPTED, .conn = conn, .text = "10.0.0.2"});
	world_event(world, VNM, &(struct event){.type = EVENT_ROOM, .conn = conn, .count = 2});
	world_event(world, VNM, &(struct event){.type = EVENT_BYTES, .conn = conn, .data = {record, RECORD_BYTES}});
}

TEST(a_replayed_first_record_is_closed_without_a_byte_also_after_a_restart)
{
	struct line *line;
	struct world *world = replay_world(&line);
	struct site *vnm = &world->site[VNM];
	uint64_t carried = vnm->carried;

	CHECK(line != NULL && line->site[0] == THA);
	replay(world, line->record, 9000);
	CHECK_EQUAL(vnm->carried, carried + 2); /* a line in the journal, and the close */
	CHECK_EQUAL(office_counted(world, VNM, "replayed record"), 1);
	world_kill(world, VNM);
	CHECK_EQUAL(world_boot(world, VNM), 0);
	carried = vnm->carried;
	replay(world, line->record, 9000);
	CHECK_EQUAL(vnm->carried, carried + 2);
	CHECK_EQUAL(office_counted(world, VNM, "replayed record"), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_link_is_renewed_after_half_an_hour_and_nothing_is_lost)
{
	struct world *world = office_open(7, 3);
	uint8_t id[OBJECT_ID_BYTES];

	for (int i = 0; i < 10; i++) {
		world_run(world, 25 * MINUTE_US);
		office_send(world, THA, &notice, id);
		world_run(world, SECOND_US);
		CHECK(is_in_custody(world, id));
		CHECK_EQUAL(lines_count(world, THA, VNM), 1);
	}
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_link_that_fell_silent_is_noticed_and_dialled_again)
{
	struct world *world = office_open(8, 3);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut(world, THA, VNM, true);
	lines_cut(world, THA, VNM, false); /* the old line is dead for good and nobody was told */
	office_send(world, THA, &flash, id);
	world_run(world, 10 * SECOND_US);
	CHECK(is_in_custody(world, id)); /* asked after five seconds, given up after three more */
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_flash_brings_the_next_dial_nearer)
{
	struct world *world = world_create(9, 3);
	uint8_t id[OBJECT_ID_BYTES];

	world->site[VNM].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	world_kill(world, VNM);
	world_run(world, 2 * MINUTE_US);
	for (int i = 0; i < 1000 && peer_of(world, THA, VNM)->dial[0].at < HOUR_US + world->at_us + 10 * SECOND_US; i++)
		world_run(world, SECOND_US / 10);
	CHECK_EQUAL(world_boot(world, VNM), 0);
	office_send(world, THA, &flash, id);
	world_run(world, REDIAL_URGENT_US + SECOND_US);
	CHECK(is_in_custody(world, id));
	world_destroy(world);
}

TEST(hourly_checkpoints_do_not_pile_up_while_there_is_no_path)
{
	struct world *world = office_open(10, 3);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	office_ack(world, VNM, id, "");
	world_run(world, SECOND_US);
	lines_cut(world, THA, VNM, true);
	world_run(world, 30 * HOUR_US);
	CHECK_EQUAL(office_peer(world, THA, VNM).waiting, 1);
	lines_cut(world, THA, VNM, false);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(halves_of_parcels_that_are_stored_make_room_for_new_ones)
{
	struct world *world = office_open(11, 3);
	uint8_t id[OBJECT_ID_BYTES];
	struct peer *peer;

	for (int i = 0; i < LIMIT_PARTIALS; i++) {
		office_send(world, THA, &notice, id);
		world_run(world, SECOND_US);
	}
	peer = peer_of(world, VNM, THA);
	for (int i = 0; i < LIMIT_PARTIALS; i++) { /* as overlapping links leave them: begun again, and no more came */
		CHECK_EQUAL(peer->partial[i].seq, 0);
		peer->partial[i] =
		    (struct partial){.seq = (uint64_t)i + 1, .total = 4000, .held = 100, .data = calloc(1, 4000)};
	}
	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	CHECK(is_in_custody(world, id));
	world_destroy(world);
}

TEST(a_flash_passes_a_line_of_300_bytes_a_second)
{
	struct world *world = office_open(12, 3);
	struct words large = notice;
	uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];

	large.text_len = 20000;
	lines_set(world, THA, VNM, DELAY, 300);
	office_send(world, THA, &large, large_id);
	world_run(world, 10 * SECOND_US);
	office_send(world, THA, &flash, id);
	world_run(world, MINUTE_US);
	CHECK(is_in_custody(world, id));
	world_run(world, 5 * MINUTE_US);
	CHECK(is_in_custody(world, large_id));
	world_destroy(world);
}
