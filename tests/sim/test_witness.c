/* Mutual witness between real stations: proofs on each hello, and a peer that shows another log than before. */
#include "daemon/core.h"
#include "tests/sim/office.h"
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
