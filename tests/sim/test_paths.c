/* Several endpoints: failover and back, a flash over all, late custody, renewal, and how soon a link is back. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};
static const struct words immediate = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .action = {"vnm-cert"}};
static const struct words flash = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"vnm-cert"}};
static const struct words flash_back = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"tha-cert"}};

static struct peer *peer_of(struct world *world, size_t site, size_t peer)
{
	return core_peer(world->site[site].station, bytes_of(office_name(world, peer)));
}

static bool is_in_custody(struct world *world, const uint8_t id[OBJECT_ID_BYTES])
{
	return office_delivery(world, THA, id, VNM)->custody_at != 0;
}

/* Viet Nam has so many endpoints, each on a path of its own. */
static struct world *cells_world(uint64_t seed, size_t endpoints, uint16_t cell)
{
	struct world *world = world_create(seed, 3);

	world->site[VNM].endpoint_count = endpoints;
	for (size_t i = THA; i <= VNM; i++) {
		struct config *config = &world->site[i].config;

		config->peer_count = 1;
		name_copy(bytes_of(i == THA ? "vnm-cert" : "tha-cert"), &config->peer[0].name);
		config->peer[0].cell = cell;
	}
	world_start(world);
	office_enrol_all(world);
	return world;
}

static struct world *paths_world(uint64_t seed, size_t endpoints)
{
	return cells_world(seed, endpoints, CELL_BYTES);
}

/* Bytes that crossed a path from one site since the world began. */
static uint64_t carried(struct world *world, size_t from, size_t to, size_t path)
{
	uint64_t bytes = 0;

	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		for (int side = 0; side < 2; side++)
			if (line->site[side] == from && line->site[1 - side] == to && line->path == path)
				bytes += line->written[side];
	return bytes;
}

/* How long it takes until a message is in custody; the world stands then. Gives up after ten minutes. */
static int64_t custody_after(struct world *world, const uint8_t id[OBJECT_ID_BYTES])
{
	int64_t from = world->at_us;

	while (!is_in_custody(world, id) && world->at_us < from + 10 * MINUTE_US)
		world_next(world, from + 10 * MINUTE_US);
	return world->at_us - from;
}

/* How long it takes until there is a link on which both sides send. */
static int64_t link_after(struct world *world)
{
	int64_t from = world->at_us;

	while (!(lines_between(world, THA, VNM) != NULL && peer_of(world, THA, VNM)->conn != NULL &&
		 peer_of(world, VNM, THA)->conn != NULL && !lines_between(world, THA, VNM)->is_cut[0]) &&
	       world->at_us < from + 10 * MINUTE_US)
		world_next(world, from + 10 * MINUTE_US);
	return world->at_us - from;
}

TEST(each_endpoint_has_a_link_and_both_sides_send_on_the_preferred_one)
{
	struct world *world = paths_world(1, 3);
	struct words back = {.kind = KIND_NOTICE, .action = {"tha-cert"}};
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t before[2][3];

	CHECK_EQUAL(lines_count(world, THA, VNM), 3);
	for (size_t k = 0; k < 3; k++) {
		CHECK(lines_on_path(world, THA, VNM, k) != NULL);
		before[0][k] = carried(world, THA, VNM, k);
		before[1][k] = carried(world, VNM, THA, k);
	}
	CHECK_EQUAL(peer_of(world, THA, VNM)->preferred, 0);
	CHECK_EQUAL(peer_of(world, VNM, THA)->preferred, 0);
	office_send(world, THA, &notice, id);
	office_send(world, VNM, &back, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 2);
	CHECK_EQUAL(office_count(world, VNM), 2);
	for (size_t k = 0; k < 3; k++) {
		CHECK_EQUAL(carried(world, THA, VNM, k) > before[0][k], k == 0);
		CHECK_EQUAL(carried(world, VNM, THA, k) > before[1][k], k == 0);
	}
	CHECK_REST(world);
	world_destroy(world);
}

TEST(when_the_preferred_path_breaks_the_next_carries_on_at_once_and_gives_back_when_it_returns)
{
	struct world *world = paths_world(2, 2);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut_path(world, THA, VNM, 0, true);
	lines_break_one(world, lines_on_path(world, THA, VNM, 1)); /* and the other once, to see it come back */
	world_run(world, 2 * MINUTE_US);			   /* the first is found dead */
	CHECK(lines_on_path(world, THA, VNM, 1) != NULL);
	CHECK_EQUAL(peer_of(world, THA, VNM)->preferred, 1);
	CHECK_EQUAL(peer_of(world, VNM, THA)->preferred, 1);
	CHECK(heap_has(&world->site[THA].journal, "event=path peer=vnm-cert endpoint=2"));
	office_send(world, THA, &notice, id);
	CHECK(custody_after(world, id) < SECOND_US);
	lines_cut_path(world, THA, VNM, 0, false);
	world_run(world, 20 * SECOND_US);
	CHECK_EQUAL(peer_of(world, THA, VNM)->preferred, 0);
	CHECK_EQUAL(peer_of(world, VNM, THA)->preferred, 0);
	CHECK_EQUAL(lines_count(world, THA, VNM), 2);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_transfer_goes_on_over_the_next_path_where_the_first_one_broke)
{
	struct world *world = paths_world(3, 2);
	struct words large = notice;
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t before;

	large.text_len = 80000;
	lines_set(world, THA, VNM, DELAY, 10 * CELL_BYTES);
	office_send(world, THA, &large, id);
	world_run(world, 6 * SECOND_US);
	before = carried(world, THA, VNM, 1);
	lines_break_one(world, lines_on_path(world, THA, VNM, 0));
	world_run(world, 0);
	lines_cut_path(world, THA, VNM, 0, true);
	CHECK_EQUAL(peer_of(world, THA, VNM)->preferred, 1);
	CHECK(custody_after(world, id) < 4 * SECOND_US); /* of eight that it takes whole */
	CHECK(carried(world, THA, VNM, 1) - before < 40 * CELL_BYTES);
	CHECK(!heap_has(&world->site[THA].journal, "event=link-down peer=vnm"));
	CHECK(!heap_has(&world->site[VNM].journal, "event=link-down peer=tha"));
	world_destroy(world);
}

TEST(a_flash_crosses_all_paths_at_once_and_the_first_to_arrive_counts)
{
	struct world *world = paths_world(4, 3);
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t before[3];

	for (size_t k = 0; k < 3; k++)
		before[k] = carried(world, THA, VNM, k);
	lines_set_path(world, THA, VNM, 0, 2 * SECOND_US, 0);
	lines_set_path(world, THA, VNM, 1, SECOND_US, 0);
	lines_set_path(world, THA, VNM, 2, DELAY, 0);
	office_send(world, THA, &flash, id);
	CHECK_EQUAL(custody_after(world, id), 2 * DELAY); /* and its receipt likewise */
	for (size_t k = 0; k < 3; k++)
		CHECK(carried(world, THA, VNM, k) > before[k]);
	world_run(world, 10 * SECOND_US);
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_flash_is_in_custody_at_once_while_the_preferred_path_is_dead_and_nobody_knows)
{
	struct world *world = paths_world(5, 2);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut_path(world, THA, VNM, 0, true);
	office_send(world, THA, &flash, id);
	CHECK_EQUAL(custody_after(world, id), 2 * DELAY);
	world_destroy(world);
}

TEST(an_immediate_tries_the_next_path_when_custody_is_late)
{
	struct world *world = cells_world(6, 2, CELL_MIN_BYTES);
	struct words words = immediate;
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t before;

	words.text_len = LIMIT_TEXT_FLASH;
	lines_set_path(world, THA, VNM, 0, DELAY, 30); /* its cells leave and it answers, and it takes 100 s */
	office_send(world, THA, &words, id);
	world_run(world, 60 * SECOND_US - 1);
	CHECK_EQUAL(peer_of(world, THA, VNM)->preferred, 0);
	CHECK_EQUAL(office_count(world, VNM), 0);
	before = carried(world, THA, VNM, 1);
	world_run(world, DELAY + 2);
	CHECK(carried(world, THA, VNM, 1) > before + 4 * CELL_MIN_BYTES);
	CHECK_EQUAL(office_count(world, VNM), 1);
	world_destroy(world);
}

TEST(a_routine_message_late_by_a_quarter_of_an_hour_goes_over_all_paths)
{
	struct world *world = paths_world(7, 2);
	struct words large = notice;
	uint8_t id[OBJECT_ID_BYTES];

	large.text_len = 60000;
	lines_set_path(world, THA, VNM, 0, DELAY, 40); /* some 20 minutes */
	office_send(world, THA, &large, id);
	world_run(world, 14 * MINUTE_US);
	CHECK(!is_in_custody(world, id));
	CHECK(custody_after(world, id) < 2 * MINUTE_US);
	CHECK_EQUAL(office_count(world, VNM), 1);
	world_destroy(world);
}

TEST(a_link_is_renewed_beside_the_old_one_and_a_transfer_neither_stalls_nor_begins_again)
{
	struct world *world = office_open(8, 3);
	struct words large = notice;
	uint8_t id[OBJECT_ID_BYTES];
	struct line *old = lines_between(world, THA, VNM);
	uint64_t sent;

	large.text_len = 80000;
	world_run(world, LINK_LIFE_US - world->at_us - 4 * SECOND_US);
	CHECK(lines_between(world, THA, VNM) == old);
	lines_set(world, THA, VNM, DELAY, 8 * CELL_BYTES); /* some ten seconds */
	sent = carried(world, THA, VNM, 0);
	office_send(world, THA, &large, id);
	for (int i = 0; i < 9; i++) {
		uint64_t before = carried(world, THA, VNM, 0);

		world_run(world, SECOND_US);
		CHECK(carried(world, THA, VNM, 0) - before >= 7 * CELL_BYTES);
		CHECK(peer_of(world, THA, VNM)->conn != NULL && peer_of(world, VNM, THA)->conn != NULL);
	}
	CHECK(custody_after(world, id) < 3 * SECOND_US);
	CHECK(lines_between(world, THA, VNM) != old);
	CHECK_EQUAL(lines_count(world, THA, VNM), 1);
	sent = carried(world, THA, VNM, 0) - sent;
	CHECK(sent < 80 * CELL_BYTES + 12 * CELL_BYTES);
	CHECK(!heap_has(&world->site[THA].journal, "event=link-down"));
	CHECK(!heap_has(&world->site[VNM].journal, "event=link-down"));
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_link_is_renewed_after_2_to_the_20_cells_and_refused_beyond_what_lies_between)
{
	struct world *world = office_open(9, 3);
	struct line *old = lines_between(world, THA, VNM);
	uint8_t id[OBJECT_ID_BYTES];

	peer_of(world, THA, VNM)->conn->link.cells_out = LIMIT_LINK_CELLS;
	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	CHECK(lines_between(world, THA, VNM) != old);
	CHECK_EQUAL(lines_count(world, THA, VNM), 1);
	old = lines_between(world, THA, VNM);
	peer_of(world, VNM, THA)->conn->link.cells_in = LIMIT_LINK_CELLS_HARD;
	office_send(world, THA, &notice, id);
	world_run(world, 3 * SECOND_US);
	CHECK(lines_between(world, THA, VNM) != old);
	CHECK(is_in_custody(world, id));
	world_destroy(world);
}

TEST(a_link_that_cannot_be_renewed_ends_after_forty_minutes)
{
	struct world *world = paths_world(10, 1);
	struct line *old = lines_between(world, THA, VNM);

	world->site[THA].config.peer[0].dial = DIAL_NEVER; /* as if no new one could be had */
	world_run(world, 39 * MINUTE_US);
	CHECK(old->is_open[0] && old->is_open[1]);
	world_run(world, 2 * MINUTE_US);
	CHECK(!old->is_open[0] && !old->is_open[1]);
	world_destroy(world);
}

/* A cut of so long, with or without something urgent at one side; how long after it the link is back. */
static int64_t back_after(uint64_t seed, int64_t cut_us, int urgent)
{
	struct world *world = paths_world(seed, 1);
	uint8_t id[OBJECT_ID_BYTES];
	int64_t after;

	lines_cut(world, THA, VNM, true);
	world_run(world, cut_us / 2);
	if (urgent == 1)
		office_send(world, THA, &flash, id);
	if (urgent == 2)
		office_send(world, VNM, &flash_back, id);
	world_run(world, cut_us / 2);
	lines_cut(world, THA, VNM, false);
	after = link_after(world);
	world_destroy(world);
	return after;
}

TEST(a_link_is_back_within_5_s_of_the_paths_return_with_urgent_traffic_at_either_side)
{
	for (uint64_t seed = 1; seed <= 12; seed++)
		for (int urgent = 1; urgent <= 2; urgent++) {
			int64_t after =
			    back_after(seed, (int64_t)(20 + 7 * seed) * SECOND_US + (int64_t)seed * 77777, urgent);

			CHECK(after <= 5 * SECOND_US);
		}
}

TEST(a_link_is_back_within_20_s_of_the_paths_return_however_long_the_cut)
{
	static const int64_t cuts[] = {SECOND_US / 10, 10 * SECOND_US, 17 * SECOND_US, 40 * SECOND_US, 5 * MINUTE_US};

	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
		for (uint64_t seed = 1; seed <= 4; seed++)
			CHECK(back_after(seed, cuts[i] + (int64_t)seed * 333333, 0) <= 20 * SECOND_US);
}

TEST(a_one_way_cut_is_found_and_mended_too)
{
	struct world *world = paths_world(11, 2);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut_way(world, VNM, THA, LINES_ALL, true);
	world_run(world, MINUTE_US);
	lines_cut_way(world, VNM, THA, LINES_ALL, false);
	world_run(world, 20 * SECOND_US);
	CHECK_EQUAL(peer_of(world, THA, VNM)->preferred, 0);
	office_send(world, THA, &flash, id);
	CHECK(custody_after(world, id) <= 3 * DELAY);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_slow_line_with_large_cells_does_not_flap_when_a_flash_crosses_it)
{
	struct world *world = office_open(12, 3);
	struct words large = notice;
	uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];

	lines_set(world, THA, VNM, DELAY, 300);
	lines_break(world, THA, VNM); /* the link begins on the slow line */
	world_run(world, 30 * SECOND_US);
	large.text_len = 20000;
	office_send(world, THA, &large, large_id);
	world_run(world, 10 * SECOND_US);
	heap_free(&world->site[THA].journal);
	heap_free(&world->site[VNM].journal);
	for (int i = 0; i < 3; i++) {
		office_send(world, THA, &flash, id);
		world_run(world, MINUTE_US);
		CHECK(is_in_custody(world, id));
	}
	world_run(world, 5 * MINUTE_US);
	CHECK(is_in_custody(world, large_id));
	CHECK(!heap_has(&world->site[THA].journal, "event=link-down"));
	CHECK(!heap_has(&world->site[VNM].journal, "event=link-down"));
	CHECK_EQUAL(lines_count(world, THA, VNM), 1);
	world_destroy(world);
}

TEST(a_flash_that_was_stored_brings_no_second_link_while_a_slow_line_is_busy)
{
	struct world *world = cells_world(13, 1, 256);
	struct words large = notice, long_flash = flash;
	uint8_t id[OBJECT_ID_BYTES];
	size_t most = 0;

	lines_set(world, THA, VNM, DELAY, 150);
	lines_break(world, THA, VNM); /* the link begins on the slow line */
	world_run(world, MINUTE_US);
	large.text_len = 40000;
	office_send(world, THA, &large, id);
	world_run(world, 30 * SECOND_US);
	office_send(world, THA, &flash, id);
	CHECK(custody_after(world, id) < MINUTE_US);
	long_flash.text_len = 1200;
	office_send(world, THA, &long_flash, id);
	while (!is_in_custody(world, id) && most < 2) {
		size_t count = lines_count(world, THA, VNM);

		most = count > most ? count : most;
		world_next(world, INT64_MAX);
	}
	CHECK_EQUAL(most, 1);
	world_destroy(world);
}
