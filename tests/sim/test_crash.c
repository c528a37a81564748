/* Power cuts, full disks and older copies of a disk. */
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};

static struct world *on_disk(uint64_t seed, size_t count, size_t site)
{
	struct world *world = world_create(seed, count);

	world->site[site].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	return world;
}

static void boot(struct world *world, size_t site)
{
	if (world_boot(world, site) != 0)
		world_broken(world, "no start: %s", world->site[site].error);
}

TEST(what_the_disk_did_not_take_is_said_to_nobody)
{
	struct world *world = on_disk(1, 3, THA);
	uint64_t draft = office_draft(world, THA, UID_DRAFTER, &notice), carried;
	struct answer answer;

	office_approve(world, THA, UID_RELEASER, draft, &answer);
	carried = world->site[THA].carried;
	disk_plan(world->site[THA].disk, DISK_FULL, 0);
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), -1);
	CHECK(world->site[THA].has_failed && world->site[THA].station == NULL);
	CHECK_EQUAL(world->site[THA].carried, carried);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, VNM), 0);
	disk_mend(world->site[THA].disk);
	boot(world, THA);
	CHECK_EQUAL(office_count(world, THA), 0);
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), 0); /* the draft is still there */
	CHECK_REST(world);
	CHECK_EQUAL(office_count(world, VNM), 1);
	world_destroy(world);
}

TEST(a_full_disk_gives_no_receipt_and_the_message_comes_again)
{
	struct world *world = on_disk(2, 3, VNM);
	uint8_t id[OBJECT_ID_BYTES];

	disk_plan(world->site[VNM].disk, DISK_FULL, 0);
	office_send(world, THA, &notice, id);
	world_run(world, MINUTE_US);
	CHECK(world->site[VNM].has_failed);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->custody_at, 0);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->why, WHY_NO_PATH);
	disk_mend(world->site[VNM].disk);
	boot(world, VNM);
	CHECK_REST(world);
	CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
	CHECK_EQUAL(office_count(world, VNM), 1);
	world_destroy(world);
}

/*
 * Drafts that fill the write-ahead log and a message received, while an operation on the disk of THA fails. Whatever it
 * was, the station ended with it and all is well after the next power cut. False when so many operations did not occur.
 */
static bool survives(enum disk_fault fault, unsigned after)
{
	static const struct words back = {.kind = KIND_NOTICE, .action = {"tha-cert"}};
	struct words bulk = notice;
	struct world *world = on_disk(10, 3, THA);
	struct answer answer;
	uint8_t id[OBJECT_ID_BYTES];
	bool has_struck;

	disk_plan(world->site[THA].disk, fault, after);
	bulk.is_bulky = true;
	for (int i = 0; i < 9 && office_try_draft(world, THA, UID_DRAFTER, &bulk, &answer) == 0; i++)
		;
	office_send(world, VNM, &back, id);
	world_run(world, MINUTE_US);
	has_struck = disk_struck(world->site[THA].disk) != DISK_WELL || world->site[THA].station == NULL;
	CHECK_EQUAL(has_struck, world->site[THA].station == NULL);
	disk_mend(world->site[THA].disk);
	if (has_struck)
		boot(world, THA);
	office_send(world, VNM, &back, id);
	world_run(world, MINUTE_US);
	world_kill(world, THA); /* what a failed sync left in the cache alone is gone now */
	boot(world, THA);
	CHECK_REST(world);
	CHECK_EQUAL(office_count(world, THA), 2);
	world_destroy(world);
	return has_struck;
}

TEST(a_station_ends_with_any_failed_sync_and_recovers_from_what_the_disk_holds)
{
	unsigned after = 0;

	while (survives(DISK_SYNC, after))
		after++;
	CHECK(after > 10);
}

TEST(a_station_ends_with_any_failed_write_and_recovers)
{
	unsigned after = 0;

	while (survives(DISK_WRITE, after) && survives(DISK_FULL, after) && survives(DISK_DEAD, after))
		after += 397;
	CHECK(after > 2000);
}

TEST(a_receiver_killed_between_commit_and_receipt_delivers_once_and_its_receipt_arrives)
{
	struct world *world = on_disk(3, 3, VNM);
	int64_t released = world_real_us(world, THA);
	uint8_t id[OBJECT_ID_BYTES];

	world->site[VNM].doom = "event=message";
	office_send(world, THA, &notice, id);
	world_run(world, MINUTE_US);
	CHECK(world->site[VNM].station == NULL && !world->site[VNM].has_failed);
	CHECK(!heap_has(&world->site[VNM].journal, "event=message"));
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->custody_at, 0);
	boot(world, VNM);
	CHECK_REST(world);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->custody_at, released + DELAY); /* when its disk had it */
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK(!heap_has(&world->site[VNM].journal, "event=message")); /* it did not come a second time */
	world_destroy(world);
}

TEST(a_sender_killed_between_commit_and_sending_sends_after_the_restart)
{
	struct world *world = on_disk(4, 3, THA);
	uint64_t draft = office_draft(world, THA, UID_DRAFTER, &notice);
	struct answer answer;

	office_approve(world, THA, UID_RELEASER, draft, &answer);
	world->site[THA].doom = "event=released";
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), -1);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_count(world, VNM), 0);
	boot(world, THA);
	CHECK_REST(world);
	CHECK_EQUAL(office_count(world, THA), 1);
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), CONTROL_UNKNOWN);
	world_destroy(world);
}

TEST(a_station_that_ends_in_order_goes_on_where_it_was)
{
	struct world *world = on_disk(5, 3, THA);
	uint8_t id[OBJECT_ID_BYTES];

	lines_cut(world, THA, VNM, true);
	office_send(world, THA, &notice, id);
	world_stop(world, THA);
	lines_cut(world, THA, VNM, false);
	world_run(world, HOUR_US);
	boot(world, THA);
	CHECK_REST(world);
	CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
	CHECK(office_peer(world, SGP, THA).link == LINK_UP);
	world_destroy(world);
}

TEST(a_flash_given_before_a_restart_goes_before_the_bulk_given_earlier)
{
	struct world *world = on_disk(6, 3, THA);
	struct words bulk = notice, flash = notice;
	uint8_t id[OBJECT_ID_BYTES];

	lines_set(world, THA, VNM, SECOND_US, 8192);
	bulk.is_bulky = true;
	flash.precedence = PRECEDENCE_FLASH;
	office_send(world, THA, &bulk, id);
	world_run(world, SECOND_US);
	office_send(world, THA, &flash, id);
	world_run(world, SECOND_US / 2);
	CHECK(office_delivery(world, THA, id, VNM)->sent_at != 0);
	lines_break(world, THA, VNM);
	world_kill(world, THA);
	world_run(world, SECOND_US);
	boot(world, THA);
	world_run(world, 10 * SECOND_US); /* the handshake takes six of one second each */
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK(heap_has(&world->site[VNM].journal, "precedence=flash"));
	world_run(world, 2 * MINUTE_US);
	CHECK_REST(world);
	CHECK_EQUAL(office_count(world, VNM), 2);
	world_destroy(world);
}

TEST(a_station_restored_from_an_older_copy_sends_nothing_to_who_holds_more_and_says_so)
{
	struct world *world = on_disk(7, 3, THA);
	char copy[WORLD_PATH];
	uint8_t id[OBJECT_ID_BYTES];
	struct control_peer explained;
	uint64_t size;

	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	world_backup(world, THA, copy);
	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	world_kill(world, THA);
	world_restore(world, THA, copy);
	boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK(heap_has(&world->site[THA].journal, "event=behind peer=vnm-cert"));
	CHECK(!heap_has(&world->site[THA].journal, "event=behind peer=sgp-cert"));
	CHECK(heap_has(&world->site[THA].alerts, "behind"));
	explained = office_peer(world, THA, VNM);
	CHECK(memmem(explained.explanation.data, explained.explanation.len, "behind what it holds", 20) != NULL);
	size = office_peer(world, VNM, THA).log_size;
	office_send(world, THA, &notice, id);
	world_run(world, 3 * HOUR_US);
	CHECK_EQUAL(office_count(world, VNM), 2);
	CHECK_EQUAL(office_peer(world, VNM, THA).log_size, size + 1); /* its own checkpoint */
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->sent_at, 0);
	world_destroy(world);
}

TEST(a_flash_for_a_restored_station_brings_no_link_after_link_and_arrives_when_it_has_taken_back)
{
	struct world *world = on_disk(9, 3, VNM);
	struct words flash = notice;
	char copy[WORLD_PATH];
	uint8_t id[OBJECT_ID_BYTES];
	uint32_t conn;

	world_backup(world, VNM, copy);
	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	world_kill(world, VNM);
	world_restore(world, VNM, copy);
	boot(world, VNM);
	world_run(world, MINUTE_US);
	CHECK(heap_has(&world->site[VNM].journal, "event=behind peer=tha-cert"));
	conn = world->lines.next_conn;
	flash.precedence = PRECEDENCE_FLASH;
	office_send(world, THA, &flash, id);
	world_run(world, 20 * MINUTE_US);
	CHECK_EQUAL(world->lines.next_conn, conn);
	CHECK_EQUAL(office_recover(world, VNM, THA), 0);
	world_run(world, 30 * SECOND_US);
	CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
	world_destroy(world);
}

TEST(a_restored_station_stays_behind_although_more_comes_in)
{
	struct world *world = on_disk(8, 3, THA);
	char copy[WORLD_PATH];
	uint8_t id[OBJECT_ID_BYTES];
	static const struct words back = {.kind = KIND_NOTICE, .action = {"tha-cert"}};

	office_send(world, THA, &notice, id);
	world_backup(world, THA, copy);
	world_run(world, SECOND_US); /* custody comes; the peer hears of it in the next hello alone */
	lines_break(world, THA, VNM);
	world_run(world, 5 * SECOND_US);
	world_kill(world, THA);
	world_restore(world, THA, copy);
	boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK(heap_has(&world->site[THA].journal, "event=behind peer=vnm-cert"));
	for (int i = 0; i < 3; i++) {
		office_send(world, VNM, &back, id);
		world_run(world, SECOND_US);
	}
	world->site[THA].journal.len = 0;
	world_kill(world, THA);
	boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK(heap_has(&world->site[THA].journal, "event=behind peer=vnm-cert"));
	world_destroy(world);
}
