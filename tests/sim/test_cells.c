/* Cells of other sizes than 1,024: all that crosses a link fits, and a flash waits for two cells whatever their size.
 */
#include "daemon/core.h"
#include "daemon/store_sql.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const uint16_t sizes[] = {CELL_MIN_BYTES, 129, 400, CELL_MAX_BYTES};
#define SIZES (sizeof sizes / sizeof *sizes)

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

/* Two stations that agree on a cell, or do not. */
static struct world *cells_world(uint64_t seed, uint16_t tha, uint16_t vnm)
{
	struct world *world = world_create(seed, 3);

	for (size_t i = THA; i <= VNM; i++) {
		struct config *config = &world->site[i].config;

		config->peer_count = 1;
		name_copy(bytes_of(i == THA ? "vnm-cert" : "tha-cert"), &config->peer[0].name);
		config->peer[0].cell = i == THA ? tha : vnm;
	}
	world_start(world);
	office_enrol_all(world);
	return world;
}

TEST(messages_of_all_lengths_and_their_receipts_cross_in_cells_of_any_size)
{
	static const size_t lengths[] = {20, 1000, 20000};

	for (size_t i = 0; i < SIZES; i++) {
		struct world *world = cells_world(1, sizes[i], sizes[i]);
		uint8_t id[OBJECT_ID_BYTES];
		struct line *line = lines_between(world, THA, VNM);

		CHECK(line != NULL && line->cell[0] == sizes[i] && line->cell[1] == sizes[i]);
		CHECK_EQUAL((line->written[0] - RECORD_BYTES) % sizes[i], 0);
		for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
			struct words words = notice;

			words.text_len = lengths[k];
			office_send(world, THA, &words, id);
			world_run(world, 2 * SECOND_US);
			CHECK(is_in_custody(world, id));
			CHECK_EQUAL(office_shown(world, VNM, id), 0);
			CHECK_EQUAL(office_ack(world, VNM, id, "yes"), 0);
			world_run(world, 2 * SECOND_US);
			CHECK(office_delivery(world, THA, id, VNM)->acknowledged_at != 0);
		}
		CHECK_EQUAL(lines_count(world, THA, VNM), 1);
		CHECK_REST(world);
		world_destroy(world);
	}
}

TEST(stations_that_do_not_agree_on_the_cell_have_no_link_and_say_why)
{
	struct world *world = cells_world(2, 128, 256);

	CHECK_EQUAL(lines_count(world, THA, VNM), 0);
	CHECK(lines_between(world, SGP, THA) != NULL);
	world_run(world, MINUTE_US);
	CHECK(peer_of(world, THA, VNM)->silent_closes >= SILENT_CLOSES_EXPLAINED);
	CHECK(office_counted(world, VNM, "handshake that does not authenticate") > 0);
	world_destroy(world);
}

/* Whether a parcel has begun to arrive from the other, or has come. */
static bool has_begun(struct world *world, uint64_t seq)
{
	const struct peer *peer = peer_of(world, VNM, THA);

	for (size_t i = 0; i < LIMIT_PARTIALS; i++)
		if (peer->partial[i].seq == seq)
			return true;
	return office_count(world, VNM) > 0;
}

TEST(a_flash_begins_in_the_third_cell_from_its_release_whatever_the_size_of_cells)
{
	for (size_t i = 0; i < SIZES; i++) {
		struct world *world = cells_world(3, sizes[i], sizes[i]);
		const int64_t cell_us = SECOND_US / 2;
		struct words large = notice;
		uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
		uint64_t seq;

		large.text_len = 80000;
		lines_set(world, THA, VNM, DELAY, (uint64_t)sizes[i] * 2);
		office_send(world, THA, &large, large_id);
		world_run(world, 10 * SECOND_US);
		seq = peer_of(world, THA, VNM)->flights->seq + 1;
		office_send(world, THA, &flash, id);
		world_run(world, 2 * cell_us); /* two cells had been handed over */
		CHECK(!has_begun(world, seq));
		world_run(world, cell_us + DELAY);
		CHECK(has_begun(world, seq));
		world_destroy(world);
	}
}

TEST(what_is_stored_beyond_a_gap_is_said_in_as_many_small_cells_as_it_takes)
{
	struct world *world = cells_world(4, CELL_MIN_BYTES, CELL_MIN_BYTES);
	uint8_t id[OBJECT_ID_BYTES];
	struct have have;

	sql_run(world->site[THA].store, "UPDATE peer SET next_seq = 1000000000000", ""); /* as if much were lost */
	for (int i = 0; i < 40; i++) {
		office_send(world, THA, &notice, id);
		world_run(world, SECOND_US);
	}
	partial_have(world->site[VNM].station, peer_of(world, VNM, THA), &have);
	CHECK_EQUAL(have.count, 40);
	CHECK_EQUAL(peer_of(world, THA, VNM)->flight_count, 0);
	CHECK_EQUAL(lines_count(world, THA, VNM), 1);
	world_destroy(world);
}

TEST(a_flash_passes_a_slow_line_in_seconds_when_cells_are_small)
{
	struct world *world = cells_world(5, CELL_MIN_BYTES, CELL_MIN_BYTES);
	struct words large = notice;
	uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];

	large.text_len = 20000;
	lines_set(world, THA, VNM, DELAY, 300);
	office_send(world, THA, &large, large_id);
	world_run(world, 10 * SECOND_US);
	office_send(world, THA, &flash, id);
	world_run(world, 10 * SECOND_US);
	CHECK(is_in_custody(world, id));
	world_run(world, 3 * MINUTE_US);
	CHECK(is_in_custody(world, large_id));
	CHECK_REST(world);
	world_destroy(world);
}
