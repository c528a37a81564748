/* Clocks: a peer's that is off, and one's own that is set. Deadlines and lists live on. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

/* How many entries of a kind a station's log has; the data of the last of them. */
static int entries(struct world *world, size_t site, enum station_kind kind, struct bytes *out_data)
{
	static uint8_t data[256];
	struct log_row row;
	int count = 0;

	for (uint64_t i = 0; store_log_row(world->site[site].store, 0, i, &row); i++)
		if (row.leaf.kind == kind && row.leaf.data.len <= sizeof data) {
			memcpy(data, row.leaf.data.data, row.leaf.data.len);
			*out_data = (struct bytes){data, row.leaf.data.len};
			count++;
		}
	return count;
}

static int alarms(struct world *world, size_t site, const char *event)
{
	const struct heap *alerts = &world->site[site].alerts;
	const uint8_t *at = alerts->data, *end = at + alerts->len;
	int count = 0;

	while (at != NULL && (at = memmem(at, (size_t)(end - at), event, strlen(event) + 1)) != NULL) {
		count += at == alerts->data || at[-1] == '\0';
		at++;
	}
	return count;
}

static bool status_says(struct world *world, size_t site, size_t peer, const char *words)
{
	struct control_peer row = office_peer(world, site, peer);

	return memmem(row.explanation.data, row.explanation.len, words, strlen(words)) != NULL;
}

static void set_clock(struct world *world, size_t site, int64_t offset_us)
{
	world->site[site].real_offset_us = offset_us;
}

TEST(a_peers_clock_two_seconds_off_is_shown_and_alarms_nobody)
{
	struct world *world = office_open(1, 2);
	struct bytes data;

	set_clock(world, THA, -2 * SECOND_US);
	world_run(world, MINUTE_US);
	CHECK(!status_says(world, SGP, THA, "its clock"));
	set_clock(world, THA, -3 * SECOND_US);
	world_run(world, MINUTE_US);
	CHECK(status_says(world, SGP, THA, "its clock is 3.0 s behind ours"));
	CHECK(status_says(world, THA, SGP, "its clock is 3.0 s ahead of ours"));
	CHECK_EQUAL(alarms(world, SGP, "clock"), 0);
	CHECK_EQUAL(entries(world, SGP, STATION_OFFSET, &data), 0);
	world_destroy(world);
}

TEST(a_peers_clock_over_a_minute_off_alarms_once_and_is_told_when_right_again)
{
	struct world *world = office_open(2, 2);
	struct bytes data;
	struct pack_reader r;

	set_clock(world, THA, 59 * SECOND_US);
	world_run(world, 10 * MINUTE_US);
	CHECK_EQUAL(alarms(world, SGP, "clock"), 0);
	set_clock(world, THA, 75 * SECOND_US);
	world_run(world, HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "clock"), 1);
	CHECK_EQUAL(entries(world, SGP, STATION_OFFSET, &data), 1);
	r = pack_reader(data);
	pack_expect_array(&r, 3);
	CHECK(bytes_equal(pack_read_str(&r, SIZE_MAX), bytes_of("tha-cert")));
	CHECK_EQUAL(pack_read_uint(&r, INT64_MAX), OFFSET_AHEAD);
	CHECK_EQUAL(pack_read_uint(&r, INT64_MAX), 75000);
	CHECK(status_says(world, SGP, THA, "75.0 s ahead"));
	set_clock(world, THA, 0);
	world_run(world, HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "clock"), 1);
	CHECK_EQUAL(entries(world, SGP, STATION_OFFSET, &data), 2);
	CHECK(heap_has(&world->site[SGP].journal, "event=clock-right peer=tha-cert"));
	set_clock(world, THA, -75 * SECOND_US);
	world_run(world, HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "clock"), 2);
	world_destroy(world);
}

TEST(a_clock_that_cannot_be_told_from_a_slow_answer_alarms_nobody)
{
	struct world *world = office_open(3, 2);
	struct bytes data;

	world->lines.route[SGP][THA][0].delay_us = 9 * SECOND_US;
	world->lines.route[THA][SGP][0].delay_us = 0;
	set_clock(world, THA, 58 * SECOND_US); /* measured as 62.5 */
	world_run(world, HOUR_US);
	CHECK(office_peer(world, SGP, THA).offset_us > MINUTE_US);
	CHECK_EQUAL(entries(world, SGP, STATION_OFFSET, &data), 0);
	world_destroy(world);
}

static void check_step(struct world *world, size_t site, int count, int64_t by_us)
{
	struct bytes data;
	struct pack_reader r;
	int64_t before, after;

	CHECK_EQUAL(entries(world, site, STATION_CLOCK, &data), count);
	r = pack_reader(data);
	pack_expect_array(&r, 2);
	before = pack_read_int(&r);
	after = pack_read_int(&r);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	CHECK_EQUAL(after - before, by_us);
	CHECK(after <= world_real_us(world, site) && after > world_real_us(world, site) - HOUR_US);
}

TEST(steps_of_ones_own_clock_are_logged_and_one_back_alarms)
{
	struct world *world = office_open(4, 2);
	struct bytes data;

	set_clock(world, THA, SECOND_US);
	world_run(world, HOUR_US);
	CHECK_EQUAL(entries(world, THA, STATION_CLOCK, &data), 0);
	set_clock(world, THA, 3 * SECOND_US);
	world_run(world, MINUTE_US);
	check_step(world, THA, 1, 2 * SECOND_US);
	CHECK_EQUAL(alarms(world, THA, "own-clock"), 0);
	set_clock(world, THA, -HOUR_US);
	world_run(world, MINUTE_US);
	check_step(world, THA, 2, -HOUR_US - 3 * SECOND_US);
	CHECK_EQUAL(alarms(world, THA, "own-clock"), 1);
	world_run(world, HOUR_US);
	CHECK_EQUAL(entries(world, THA, STATION_CLOCK, &data), 2);
	CHECK_EQUAL(alarms(world, THA, "own-clock"), 1);
	CHECK_EQUAL(entries(world, SGP, STATION_CLOCK, &data), 0);
	world_destroy(world);
}

TEST(a_step_between_ping_and_pong_measures_nothing)
{
	struct world *world = office_open(5, 2);
	struct peer *peer = core_peer(world->site[SGP].station, bytes_of("tha-cert"));
	struct bytes data;

	while (peer->conn->ping_at == 0)
		CHECK(world_next(world, world->at_us + MINUTE_US));
	set_clock(world, SGP, HOUR_US);
	world_run(world, 2 * DELAY + 1);
	CHECK_EQUAL(peer->conn->ping_at, 0);
	CHECK(peer->round_trip_us < 0);
	CHECK_EQUAL(entries(world, SGP, STATION_OFFSET, &data), 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(peer->offset_us, -HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "clock"), 1);
	world_destroy(world);
}

TEST(messages_pass_between_stations_whose_clocks_are_an_hour_apart)
{
	struct world *world = office_open(6, 2);
	uint8_t id[OBJECT_ID_BYTES];

	set_clock(world, THA, -HOUR_US);
	world_run(world, MINUTE_US);
	office_send(world, SGP, &(struct words){.kind = KIND_NOTICE, .action = {"tha-cert"}}, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_ack(world, THA, id, ""), 0);
	world_run(world, SECOND_US);
	CHECK(office_delivery(world, SGP, id, THA)->acknowledged_at != 0);
	CHECK_REST(world);
	world_destroy(world);
}

/* When a flash is released now at THA, how long after it its first ladder step comes there. */
static int64_t first_step_us(struct world *world)
{
	static const struct words flash = {
	    .kind = KIND_ALERT, .precedence = PRECEDENCE_FLASH, .action = {"vnm-cert"}};
	int64_t from = world->at_us, took;
	uint8_t id[OBJECT_ID_BYTES];

	world->site[THA].journal.len = 0;
	office_send(world, THA, &flash, id);
	while (!heap_has(&world->site[THA].journal, "event=step") && world->at_us < from + 4 * HOUR_US)
		world_run(world, SECOND_US);
	took = world->at_us - from;
	office_ack(world, VNM, id, "yes");
	world_run(world, SECOND_US);
	return took;
}

TEST(a_clock_set_back_moves_no_deadline_that_begins_after_it)
{
	struct world *world = office_open(9, 3);

	world->site[THA].confirms_clock = true;
	world->site[THA].real_offset_us -= 2 * HOUR_US;
	world_run(world, MINUTE_US);
	CHECK_EQUAL(first_step_us(world) / MINUTE_US, 5);
	world_kill(world, THA);
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(first_step_us(world) / MINUTE_US, 5);
	world_run(world, 3 * HOUR_US); /* the clock has caught up with the log */
	CHECK_EQUAL(first_step_us(world) / MINUTE_US, 5);
	world_destroy(world);
}

TEST(a_clock_set_back_is_counted_once_although_the_station_starts_again)
{
	struct world *world = office_open(10, 3);
	static const struct words flash = {
	    .kind = KIND_ALERT, .precedence = PRECEDENCE_FLASH, .action = {"vnm-cert"}};
	uint8_t id[OBJECT_ID_BYTES];

	world->site[THA].confirms_clock = true;
	office_send(world, THA, &flash, id);
	world_run(world, MINUTE_US);
	world->site[THA].real_offset_us -= 2 * HOUR_US;
	world_run(world, MINUTE_US);
	world_kill(world, THA);
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, 2 * MINUTE_US);
	CHECK(!heap_has(&world->site[THA].journal, "event=step"));
	world_run(world, 2 * MINUTE_US);
	CHECK(heap_has(&world->site[THA].journal, "share=50"));
	CHECK(!heap_has(&world->site[THA].journal, "share=100"));
	world_destroy(world);
}

/* How many messages and receipts a station holds, each stamped with the bound of its signer's clock. */
static int stamps(struct world *world, size_t site)
{
	static struct message message;
	static struct receipt receipt;
	struct object object;
	struct bytes encoded;
	int count = 0;

	for (int64_t row = 0; store_object_after(world->site[site].store, row, &row, &encoded);) {
		if (object_decode(encoded, &object) != RESULT_OK)
			continue;
		if (object.type == OBJECT_MESSAGE && message_decode(object.body, &message) == RESULT_OK) {
			CHECK_EQUAL(message.clock_error, 5); /* of every site */
			count++;
		}
		if (object.type == OBJECT_RECEIPT && receipt_decode(object.body, &receipt) == RESULT_OK) {
			CHECK_EQUAL(receipt.clock_error, 5);
			count++;
		}
	}
	return count;
}

TEST(every_signed_stamp_has_the_bound_of_its_clock)
{
	struct world *world = office_open(7, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &(struct words){.kind = KIND_NOTICE, .action = {"tha-cert"}}, id);
	world_run(world, SECOND_US);
	office_shown(world, THA, id);
	office_ack(world, THA, id, "");
	office_hold(world, THA, id, world_real_us(world, THA) + HOUR_US);
	world_run(world, SECOND_US);
	CHECK_EQUAL(stamps(world, SGP), 6); /* notice, custody, shown, acknowledged, hold, its custody */
	CHECK_EQUAL(stamps(world, THA), 6);
	world_destroy(world);
}
