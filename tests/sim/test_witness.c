/* Mutual witness between real stations: proofs on each hello, and a peer that shows another log than before. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/sim/verified.h"
#include "tests/unit/test.h"

static const struct words to_vnm = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};
static const struct words to_tha = {.kind = KIND_NOTICE, .action = {"tha-cert"}};

static struct peer *peer_at(struct world *world, size_t site, size_t of)
{
	return core_peer(world->site[site].station, bytes_of(office_name(world, of)));
}

/* Some messages each way, and the answers to them. */
static void talk(struct world *world, int count)
{
	uint8_t id[OBJECT_ID_BYTES];

	for (int i = 0; i < count; i++) {
		office_send(world, THA, &to_vnm, id);
		office_send(world, VNM, &to_tha, id);
		world_run(world, SECOND_US);
	}
}

static void link_anew(struct world *world)
{
	lines_break(world, THA, VNM);
	world_run(world, 30 * SECOND_US);
}

static bool is_proven(struct world *world, size_t site, size_t of)
{
	struct peer *here = peer_at(world, site, of), *there = peer_at(world, of, site);
	uint8_t root[HASH_BYTES];

	merkle_root(&there->log.tree, root);
	return here->proven_size == there->log.tree.size && memcmp(here->proven_root, root, HASH_BYTES) == 0;
}

TEST(on_each_hello_both_logs_are_proven_to_have_only_grown)
{
	struct world *world = office_open(1, 3);

	for (int round = 0; round < 4; round++) {
		talk(world, 30); /* past a tile of the log, in the end */
		CHECK(!is_proven(world, THA, VNM));
		link_anew(world);
		CHECK(is_proven(world, THA, VNM));
		CHECK(is_proven(world, VNM, THA));
	}
	CHECK(peer_at(world, THA, VNM)->proven_size > 256);
	CHECK_EQUAL(world->site[THA].evidence.len + world->site[VNM].evidence.len, 0);
	CHECK_EQUAL(office_peer(world, THA, VNM).evidence, 0);
	CHECK_EQUAL(office_counted(world, THA, "proof or question about a log refused"), 0);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(what_is_proven_outlives_a_restart)
{
	struct world *world = world_create(2, 3);
	uint64_t proven;

	world->site[THA].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	talk(world, 3);
	link_anew(world);
	proven = peer_at(world, THA, VNM)->proven_size;
	CHECK(proven > 0);
	talk(world, 1);
	world_kill(world, THA);
	world_boot(world, THA);
	CHECK(peer_at(world, THA, VNM)->proven_size >= proven);
	world_run(world, 30 * SECOND_US);
	CHECK(is_proven(world, THA, VNM));
	CHECK_EQUAL(world->site[THA].evidence.len, 0);
	world_destroy(world);
}

/* The station shows another log of the same size from now on, as if its record had been replaced. */
static void replace_log(struct peer *peer)
{
	uint64_t size = peer->log.tree.size;
	const uint8_t leaf[HASH_BYTES] = {9};

	merkle_init(&peer->log.tree);
	while (peer->log.tree.size < size)
		merkle_append(&peer->log.tree, leaf);
}

TEST(a_peer_whose_log_was_replaced_raises_the_alarm_with_signed_evidence)
{
	struct world *world = office_open(3, 3);
	uint8_t id[OBJECT_ID_BYTES];

	talk(world, 3);
	link_anew(world);
	CHECK(is_proven(world, THA, VNM));
	replace_log(peer_at(world, VNM, THA));
	office_send(world, VNM, &to_tha, id);
	world_run(world, SECOND_US);
	link_anew(world);
	CHECK(heap_has(&world->site[THA].alerts, "fault"));
	CHECK(heap_has(&world->site[THA].journal, "no proof leads from the log that it showed before"));
	CHECK(heap_has(&world->site[THA].evidence, "no proof leads from the first to the second"));
	/* its note was asked for, came, and is held against it on the next link */
	link_anew(world);
	CHECK(heap_has(&world->site[THA].evidence, "signed in a checkpoint"));
	CHECK(office_peer(world, THA, VNM).evidence >= 2);
	CHECK(memmem(office_peer(world, THA, VNM).explanation.data, office_peer(world, THA, VNM).explanation.len,
		     "equivocation", 12) != NULL);
	CHECK_EQUAL(world->site[SGP].evidence.len, 0);
	CHECK(!is_proven(world, THA, VNM));
	world_destroy(world);
}

TEST(evidence_is_written_again_after_a_restart_that_may_have_lost_it)
{
	struct world *world = world_create(4, 3);
	uint8_t id[OBJECT_ID_BYTES];

	world->site[THA].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	talk(world, 2);
	link_anew(world);
	replace_log(peer_at(world, VNM, THA));
	office_send(world, VNM, &to_tha, id);
	world_run(world, SECOND_US);
	world->site[THA].doom = "event=fault";
	link_anew(world);
	CHECK(world->site[THA].station == NULL);
	CHECK_EQUAL(world->site[THA].evidence.len, 0);
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, SECOND_US);
	CHECK(world->site[THA].evidence.len > 0);
	world_destroy(world);
}

/* recovery after a backup was put back */

static struct world *on_disk(uint64_t seed)
{
	struct world *world = world_create(seed, 3);

	for (size_t i = 0; i < 3; i++)
		world->site[i].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	return world;
}

static void boot(struct world *world, size_t site)
{
	if (world_boot(world, site) != 0)
		world_broken(world, "no start: %s", world->site[site].error);
}

/* A backup, then traffic with receipts of all kinds both ways, then the backup is put back. */
static void lose(struct world *world, uint8_t out_sent[OBJECT_ID_BYTES], uint8_t out_received[OBJECT_ID_BYTES])
{
	char copy[WORLD_PATH];

	talk(world, 3);
	link_anew(world);
	world_backup(world, THA, copy);
	talk(world, 3);
	office_send(world, THA, &to_vnm, out_sent);
	office_send(world, VNM, &to_tha, out_received);
	world_run(world, SECOND_US);
	office_ack(world, VNM, out_sent, "read");
	office_ack(world, THA, out_received, "read too");
	world_run(world, SECOND_US);
	link_anew(world);
	world_kill(world, THA);
	world_restore(world, THA, copy);
	boot(world, THA);
	world_run(world, MINUTE_US);
}

static bool verifies(struct world *world, size_t site)
{
	struct audit_report report;
	struct heap export = office_export(world, site);
	int result = verified(world, &export, &report);

	heap_free(&export);
	if (result != 0)
		printf("# %s: %s\n", office_name(world, site), report.bad);
	audit_report_finish(&report);
	return result == 0;
}

/* Everything that was exchanged is there again, at both ends, and both records verify. */
static void check_whole(struct world *world, const uint8_t sent[OBJECT_ID_BYTES], const uint8_t received[OBJECT_ID_BYTES])
{
	CHECK_REST(world);
	CHECK(!peer_at(world, THA, VNM)->is_ahead);
	CHECK_EQUAL(office_count(world, THA), office_count(world, VNM));
	CHECK(office_delivery(world, THA, sent, VNM)->custody_at != 0);
	CHECK(office_delivery(world, THA, sent, VNM)->acknowledged_at != 0);
	CHECK(office_delivery(world, THA, received, THA)->acknowledged_at != 0);
	CHECK_EQUAL(world->site[THA].evidence.len + world->site[VNM].evidence.len, 0);
	for (size_t i = 0; i < 3; i++)
		CHECK(verifies(world, i));
}

TEST(a_restored_station_takes_back_what_it_lost_and_both_logs_agree)
{
	struct world *world = on_disk(10);
	uint8_t sent[OBJECT_ID_BYTES], received[OBJECT_ID_BYTES], after[OBJECT_ID_BYTES];

	lose(world, sent, received);
	CHECK(peer_at(world, THA, VNM)->is_ahead);
	CHECK(heap_has(&world->site[VNM].journal, "shorter record than before"));
	CHECK(office_show(world, THA, sent) == NULL);
	CHECK_EQUAL(office_recover(world, THA, VNM), 0);
	world_run(world, MINUTE_US);
	check_whole(world, sent, received);
	CHECK(heap_has(&world->site[THA].journal, "event=recovered peer=vnm-cert"));
	CHECK(heap_has(&world->site[VNM].journal, "event=gives-back peer=tha-cert"));
	CHECK(heap_has(&world->site[VNM].journal, "its log was recovered from a backup"));
	office_send(world, THA, &to_vnm, after);
	world_run(world, SECOND_US);
	CHECK(office_delivery(world, THA, after, VNM)->custody_at != 0);
	office_send(world, VNM, &to_tha, after);
	world_run(world, SECOND_US);
	CHECK(office_delivery(world, VNM, after, THA)->custody_at != 0);
	link_anew(world);
	link_anew(world);
	CHECK(is_proven(world, VNM, THA)); /* witnessed afresh */
	CHECK(is_proven(world, THA, VNM));
	check_whole(world, sent, received);
	world_destroy(world);
}

TEST(nothing_is_taken_back_unless_it_is_behind_and_an_admin_says_so)
{
	struct world *world = on_disk(11);
	uint8_t sent[OBJECT_ID_BYTES], received[OBJECT_ID_BYTES];
	uint64_t size;

	CHECK_EQUAL(office_recover(world, THA, VNM), CONTROL_REFUSED);
	lose(world, sent, received);
	size = peer_at(world, THA, VNM)->log.tree.size;
	world_run(world, HOUR_US);
	CHECK_EQUAL(peer_at(world, THA, VNM)->log.tree.size, size);
	CHECK(peer_at(world, THA, VNM)->is_ahead);
	CHECK_EQUAL(office_recover(world, THA, SGP), CONTROL_REFUSED);
	world_destroy(world);
}

TEST(a_recovery_that_is_killed_in_the_middle_goes_on_after_the_restart)
{
	for (unsigned after = 1; after < 40; after += 3) {
		struct world *world = on_disk(12);
		uint8_t sent[OBJECT_ID_BYTES], received[OBJECT_ID_BYTES];
		unsigned commits = after;

		lose(world, sent, received);
		lines_set(world, THA, VNM, DELAY, 4096); /* an entry takes a turn or more */
		CHECK_EQUAL(office_recover(world, THA, VNM), 0);
		world->site[THA].doom_commits = commits;
		world_run(world, MINUTE_US);
		if (world->site[THA].station == NULL)
			boot(world, THA);
		world->site[THA].doom_commits = 0;
		world_run(world, 3 * MINUTE_US);
		check_whole(world, sent, received);
		world_destroy(world);
	}
}

TEST(the_giver_may_be_killed_as_well)
{
	for (unsigned after = 1; after < 24; after += 4) {
		struct world *world = on_disk(13);
		uint8_t sent[OBJECT_ID_BYTES], received[OBJECT_ID_BYTES];

		lose(world, sent, received);
		lines_set(world, THA, VNM, DELAY, 4096);
		CHECK_EQUAL(office_recover(world, THA, VNM), 0);
		world->site[VNM].doom_commits = after;
		world_run(world, MINUTE_US);
		if (world->site[VNM].station == NULL)
			boot(world, VNM);
		world->site[VNM].doom_commits = 0;
		world_run(world, 3 * MINUTE_US);
		check_whole(world, sent, received);
		world_destroy(world);
	}
}

TEST(what_was_on_its_way_when_the_record_was_lost_arrives_and_is_receipted)
{
	struct world *world = on_disk(14);
	uint8_t sent[OBJECT_ID_BYTES], received[OBJECT_ID_BYTES], more[3][OBJECT_ID_BYTES];

	lose(world, sent, received);
	for (int i = 0; i < 3; i++)
		office_send(world, VNM, &to_tha, more[i]);
	world_run(world, MINUTE_US); /* they are sent, and not taken */
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(office_delivery(world, VNM, more[i], THA)->custody_at, 0);
	CHECK_EQUAL(office_recover(world, THA, VNM), 0);
	world_run(world, MINUTE_US);
	check_whole(world, sent, received);
	for (int i = 0; i < 3; i++)
		CHECK(office_delivery(world, VNM, more[i], THA)->custody_at != 0);
	world_destroy(world);
}

TEST(a_seq_that_was_lost_with_its_parcel_goes_out_empty)
{
	struct world *world = on_disk(15);
	struct words bulk = to_vnm, flash = to_vnm;
	uint8_t id[OBJECT_ID_BYTES], received[OBJECT_ID_BYTES];
	char copy[WORLD_PATH];

	bulk.is_bulky = true;
	flash.precedence = PRECEDENCE_FLASH;
	talk(world, 1);
	world_backup(world, THA, copy);
	lines_set(world, THA, VNM, DELAY, 8192);
	office_send(world, THA, &bulk, id);
	world_run(world, SECOND_US);
	office_send(world, THA, &flash, id); /* it overtakes, and arrives */
	world_run(world, 3 * SECOND_US);
	CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
	world_kill(world, THA);
	world_restore(world, THA, copy);
	boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_peer(world, VNM, THA).gaps, 1);
	CHECK_EQUAL(office_recover(world, THA, VNM), 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_peer(world, VNM, THA).gaps, 0);
	CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
	office_send(world, VNM, &to_tha, received);
	CHECK_REST(world);
	CHECK(verifies(world, THA) && verifies(world, VNM));
	world_destroy(world);
}

TEST(what_waited_in_the_backup_and_was_sent_since_is_not_sent_again)
{
	struct world *world = on_disk(16);
	uint8_t sent[OBJECT_ID_BYTES];
	char copy[WORLD_PATH];
	uint64_t size;

	talk(world, 1);
	lines_cut(world, THA, VNM, true);
	lines_break(world, THA, VNM);
	office_send(world, THA, &to_vnm, sent);
	world_backup(world, THA, copy);
	lines_cut(world, THA, VNM, false);
	world_run(world, 3 * MINUTE_US);
	CHECK(office_delivery(world, THA, sent, VNM)->custody_at != 0);
	world_kill(world, THA);
	world_restore(world, THA, copy);
	boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_recover(world, THA, VNM), 0);
	world_run(world, MINUTE_US);
	CHECK_REST(world);
	size = peer_at(world, VNM, THA)->log.tree.size;
	CHECK_EQUAL(size, peer_at(world, THA, VNM)->log.tree.size);
	CHECK_EQUAL(office_count(world, VNM), office_count(world, THA));
	world_destroy(world);
}

TEST(a_copy_whose_step_was_lost_comes_back_with_its_receipts)
{
	static const struct words flash = {.kind = KIND_ALERT,
					   .precedence = PRECEDENCE_FLASH,
					   .action = {"vnm-cert"},
					   .ladder_to = {"vnm-ops"}};
	struct world *world = office_open(17, 6);
	uint8_t id[OBJECT_ID_BYTES];
	char copy[WORLD_PATH];

	world_backup(world, THA, copy);
	office_send(world, THA, &flash, id);
	world_run(world, 11 * MINUTE_US);
	CHECK(office_delivery(world, THA, id, VNM_OPS)->custody_at != 0);
	world_kill(world, THA);
	world_restore(world, THA, copy);
	boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_recover(world, THA, VNM_OPS), 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_recover(world, THA, VNM), 0);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM_OPS)->part, PART_COPY);
	CHECK(office_delivery(world, THA, id, VNM_OPS)->custody_at != 0);
	CHECK_EQUAL(office_counted(world, THA, "part of a recovery refused"), 0);
	CHECK(office_logs_agree(world, THA, VNM_OPS) && office_logs_agree(world, THA, VNM));
	world_destroy(world);
}
