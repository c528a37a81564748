/* Attachments: below everything else, from the byte that is held, and only what was asked for. */
#include "daemon/core.h"
#include "daemon/store_blob.h"
#include "proto/attachment.h"
#include "tests/sim/attached.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};
static const struct words flash = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"vnm-cert"}};

#define OF_PRECEDENCE(precedence_)                                                                                     \
	(&(struct words){.kind = KIND_NOTICE, .precedence = precedence_, .action = {"vnm-cert"}})

static struct peer *peer_of(struct world *world, size_t site, size_t peer)
{
	return core_peer(world->site[site].station, bytes_of(office_name(world, peer)));
}

static struct world *on_disk(uint64_t seed)
{
	struct world *world = world_create(seed, 3);

	world->site[THA].is_on_disk = world->site[VNM].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	return world;
}

/* Bytes that a site wrote to another, on all lines so far. */
static uint64_t written(const struct world *world, size_t from, size_t to)
{
	uint64_t bytes = 0;

	for (const struct line *line = world->lines.line; line != NULL; line = line->next)
		for (int side = 0; side < 2; side++)
			if (line->site[side] == from && line->site[1 - side] == to)
				bytes += line->written[side];
	return bytes;
}

TEST(attachments_of_any_length_come_by_themselves_and_open)
{
	static const uint64_t lens[] = {0, 1, ATTACHMENT_CHUNK_BYTES - 1, ATTACHMENT_CHUNK_BYTES,
					ATTACHMENT_CHUNK_BYTES + 1, 1500000};
	struct world *world = office_open(1, 3);
	uint8_t id[OBJECT_ID_BYTES];

	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		attached_send(world, THA, &notice, lens[i], id);
		world_run(world, 5 * SECOND_US);
		CHECK_EQUAL(attached_state(world, VNM, id, 0).state, BLOB_HELD);
		CHECK(attached_opens(world, THA, id, 0, (uint8_t)lens[i]));
		CHECK(attached_opens(world, VNM, id, 0, (uint8_t)lens[i]));
	}
	CHECK_REST(world);
	world_destroy(world);
}

TEST(every_addressee_opens_the_same_ciphertext_and_nobody_else_is_given_it)
{
	struct world *world = office_open(2, 3);
	struct words both = {.kind = KIND_NOTICE, .action = {"vnm-cert"}, .info = {"sgp-cert"}};
	struct frame want = {.type = FRAME_WANT, .want = {.length = 1}};
	uint8_t id[OBJECT_ID_BYTES], id_one[OBJECT_ID_BYTES];
	struct content content;
	struct conn *conn;

	attached_send(world, THA, &both, 70000, id);
	attached_send(world, THA, &notice, 5, id_one);
	world_run(world, 5 * SECOND_US);
	CHECK(attached_opens(world, VNM, id, 0, (uint8_t)70000));
	CHECK(attached_opens(world, SGP, id, 0, (uint8_t)70000));
	CHECK_EQUAL(content_decode(office_show(world, VNM, id_one)->content, &content), RESULT_OK);
	memcpy(want.want.hash, content.attachment[0].cipher_hash, HASH_BYTES);
	conn = peer_of(world, SGP, THA)->conn;
	link_put(&conn->link, &want); /* sgp-cert heard of it elsewhere */
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_counted(world, THA, "attachment asked for that can't be given"), 1);
	CHECK_EQUAL(office_counted(world, SGP, "attachment bytes that were not asked for or do not match"), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(a_flash_passes_an_attachment_of_16_mib_within_two_cells)
{
	struct world *world = office_open(3, 3);
	const int64_t cell_us = SECOND_US / 2;
	uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
	struct control_blob blob;

	lines_set(world, THA, VNM, DELAY, CELL_BYTES * 2);
	attached_send(world, THA, &notice, LIMIT_ATTACHMENT_BYTES, large_id);
	world_run(world, MINUTE_US);
	blob = attached_state(world, VNM, large_id, 0);
	CHECK_EQUAL(blob.state, BLOB_FETCHING);
	CHECK(blob.held > 50000 && blob.rate > 1000 && blob.rate <= CELL_BYTES * 2);
	office_send(world, THA, &flash, id);
	world_run(world, 2 * cell_us + 2 * cell_us + DELAY); /* two were handed over; it takes two itself */
	CHECK_EQUAL(office_count(world, VNM), 2);
	CHECK(office_show(world, VNM, id) != NULL);
	world_destroy(world);
}

TEST(an_attachment_uses_what_room_a_routine_message_leaves_and_no_more)
{
	struct world *world = office_open(4, 3);
	struct words large = notice;
	uint8_t attached_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
	uint64_t held;

	large.text_len = 60000;
	lines_set(world, THA, VNM, DELAY, CELL_BYTES * 10);
	attached_send(world, THA, &notice, 1000000, attached_id);
	world_run(world, 10 * SECOND_US);
	office_send(world, THA, &large, id);
	world_run(world, SECOND_US);
	held = attached_state(world, VNM, attached_id, 0).held;
	world_run(world, 4 * SECOND_US);
	CHECK_EQUAL(attached_state(world, VNM, attached_id, 0).held, held);
	world_run(world, 4 * SECOND_US);
	CHECK(office_show(world, VNM, id) != NULL);
	CHECK(attached_state(world, VNM, attached_id, 0).held > held);
	world_destroy(world);
}

/* The bytes on the line for an attachment of 300,000, when something happens half way. */
static uint64_t transfer(void (*half_way)(struct world *world))
{
	struct world *world = on_disk(5);
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t before = written(world, THA, VNM);

	lines_set(world, THA, VNM, DELAY, 30 * CELL_BYTES);
	attached_send(world, THA, &notice, 300000, id);
	world_run(world, 5 * SECOND_US);
	CHECK_EQUAL(attached_state(world, VNM, id, 0).state, BLOB_FETCHING);
	if (half_way != NULL)
		half_way(world);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(attached_state(world, VNM, id, 0).state, BLOB_HELD);
	CHECK(attached_opens(world, VNM, id, 0, (uint8_t)300000));
	before = written(world, THA, VNM) - before;
	CHECK_REST(world);
	world_destroy(world);
	return before;
}

static void break_line(struct world *world)
{
	lines_break(world, THA, VNM);
}

static void restart(struct world *world, size_t site)
{
	world_kill(world, site);
	world_run(world, SECOND_US);
	if (world_boot(world, site) != 0)
		world_broken(world, "no start: %s", world->site[site].error);
}

static void kill_sender(struct world *world)
{
	restart(world, THA);
}

static void kill_receiver(struct world *world)
{
	restart(world, VNM);
}

TEST(after_a_broken_link_or_a_kill_it_goes_on_at_the_byte)
{
	uint64_t whole = transfer(NULL);
	/* lost: what was in flight; new: records, hello, pings */
	const uint64_t most = whole + 16 * CELL_BYTES;

	CHECK(whole > 300000 && whole < 350000);
	CHECK(transfer(break_line) <= most);
	CHECK(transfer(kill_sender) <= most);
	/* and of the receiver's bytes what came in the last second, which had no commit of its own */
	CHECK(transfer(kill_receiver) <= most + 31 * CELL_BYTES);
}

TEST(an_attachment_moves_on_while_its_link_is_renewed)
{
	struct world *world = office_open(16, 3);
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t held, last;

	lines_set(world, THA, VNM, DELAY, 8 * CELL_BYTES);
	attached_send(world, THA, &notice, LIMIT_ATTACHMENT_BYTES, id);
	world_run(world, 29 * MINUTE_US);
	last = attached_state(world, VNM, id, 0).held;
	for (int i = 0; i < 24; i++) { /* the link is half an hour old in the middle of it */
		world_run(world, 5 * SECOND_US);
		held = attached_state(world, VNM, id, 0).held;
		CHECK(held > last + 25000);
		last = held;
	}
	CHECK(held < LIMIT_ATTACHMENT_BYTES);
	world_run(world, 10 * MINUTE_US);
	CHECK(attached_opens(world, VNM, id, 0, (uint8_t)LIMIT_ATTACHMENT_BYTES));
	world_destroy(world);
}

TEST(the_most_urgent_messages_attachment_comes_first_and_the_other_goes_on_after_it)
{
	struct world *world = office_open(6, 3);
	uint8_t slow_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
	uint64_t held, before;

	lines_set(world, THA, VNM, DELAY, 20 * CELL_BYTES);
	attached_send(world, THA, &notice, 400000, slow_id);
	world_run(world, 5 * SECOND_US);
	before = written(world, THA, VNM);
	attached_send(world, THA, OF_PRECEDENCE(PRECEDENCE_PRIORITY), 60000, id);
	world_run(world, SECOND_US / 2);
	held = attached_state(world, VNM, slow_id, 0).held;
	CHECK_EQUAL(attached_state(world, VNM, slow_id, 0).state, BLOB_WAITING);
	CHECK_EQUAL(attached_state(world, VNM, id, 0).state, BLOB_FETCHING);
	world_run(world, 4 * SECOND_US);
	CHECK_EQUAL(attached_state(world, VNM, id, 0).state, BLOB_HELD);
	CHECK(attached_state(world, VNM, slow_id, 0).held >= held);
	world_run(world, 30 * SECOND_US);
	CHECK(attached_opens(world, VNM, slow_id, 0, (uint8_t)400000));
	CHECK(attached_opens(world, VNM, id, 0, (uint8_t)60000));
	CHECK(written(world, THA, VNM) - before < 400000);
	CHECK_EQUAL(office_counted(world, VNM, "attachment bytes that were not asked for or do not match"), 0);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(beyond_what_a_peer_may_make_us_hold_attachments_stay_there)
{
	struct world *world = world_create(7, 3);
	uint8_t first[OBJECT_ID_BYTES], second[OBJECT_ID_BYTES], third[OBJECT_ID_BYTES];

	world->site[VNM].config.attachment_quota = 100000;
	world_start(world);
	office_enrol_all(world);
	attached_send(world, THA, &notice, 60000, first);
	attached_send(world, THA, &notice, 60000, second);
	attached_send(world, THA, &notice, 30000, third);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(attached_state(world, VNM, first, 0).state, BLOB_HELD);
	CHECK_EQUAL(attached_state(world, VNM, second, 0).state, BLOB_OVER);
	CHECK_EQUAL(attached_state(world, VNM, third, 0).state, BLOB_HELD); /* it still fits */
	CHECK_EQUAL(peer_of(world, VNM, THA)->blob_bytes, attachment_cipher_len(60000) + attachment_cipher_len(30000));
	CHECK_REST(world);
	world_destroy(world);
}

TEST(the_sender_sees_how_far_each_addressee_has_got)
{
	struct words both = {.kind = KIND_NOTICE, .action = {"vnm-cert"}, .info = {"sgp-cert"}};
	struct world *world = on_disk(15);
	uint64_t whole = attachment_cipher_len(300000), half;
	uint8_t id[OBJECT_ID_BYTES];

	lines_set(world, THA, VNM, DELAY, 30 * CELL_BYTES);
	attached_send(world, THA, &both, 300000, id);
	world_run(world, 5 * SECOND_US);
	half = attached_given(world, THA, id, 0, VNM);
	CHECK(half >= attached_state(world, VNM, id, 0).held && half < whole);
	CHECK_EQUAL(attached_given(world, THA, id, 0, SGP), whole);
	CHECK_EQUAL(attached_given(world, VNM, id, 0, VNM), 0); /* it gave nothing */
	world_run(world, 20 * SECOND_US);
	restart(world, THA);
	CHECK_EQUAL(attached_given(world, THA, id, 0, VNM), whole);
	world_destroy(world);
}

TEST(what_is_attached_after_an_approval_makes_it_void)
{
	struct world *world = office_open(8, 3);
	uint64_t draft = office_draft(world, THA, UID_DRAFTER, &notice);
	struct answer answer;

	CHECK_EQUAL(office_approve(world, THA, UID_RELEASER, draft, &answer), 0);
	CHECK_EQUAL(attached_give(world, THA, draft, 10, 1, &answer), 0);
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "0 of the 1 approvals") != NULL);
	CHECK_EQUAL(office_approve(world, THA, UID_RELEASER, draft, &answer), 0);
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), 0);
	CHECK_REST(world);
	world_destroy(world);
}

/* Whether the store of a site holds the first byte of the blob made first there. */
static bool has_first_blob(struct world *world, size_t site)
{
	struct bytes part;

	store_begin(world->site[site].store);
	return store_blob_part(world->site[site].store, 1, 0, &part);
}

TEST(a_deleted_drafts_attachments_are_deleted_with_it)
{
	struct world *world = office_open(12, 3);
	uint64_t draft = office_draft(world, THA, UID_DRAFTER, &notice);
	const uint8_t params[] = {0x91, (uint8_t)draft};
	struct answer answer;

	CHECK_EQUAL(attached_give(world, THA, draft, 100000, 1, &answer), 0);
	CHECK(has_first_blob(world, THA));
	world_request(world, THA, UID_DRAFTER, METHOD_DRAFT_DELETE, (struct bytes){params, sizeof params}, &answer);
	CHECK_EQUAL(answer.error, 0);
	CHECK(!has_first_blob(world, THA));
	world_destroy(world);
}

static void leave(struct world *world, size_t site, uint32_t uid)
{
	struct guest *guest = world->site[site].guest;

	for (uint32_t i = 0; i < WORLD_GUESTS; i++)
		if (guest[i].is_here && guest[i].uid == uid) {
			guest[i].is_here = false;
			world_event(world, site, &(struct event){.type = EVENT_CLIENT_GONE, .conn = i});
		}
}

TEST(what_a_client_did_not_finish_is_gone_with_it_and_with_a_restart)
{
	struct world *world = on_disk(13);
	uint64_t draft = office_draft(world, THA, UID_DRAFTER, &notice);
	struct answer answer;

	attached_give_part(world, THA, draft, 100000, ATTACHMENT_CHUNK_BYTES);
	CHECK(has_first_blob(world, THA));
	leave(world, THA, UID_DRAFTER);
	CHECK(!has_first_blob(world, THA));
	attached_give_part(world, THA, draft, 100000, ATTACHMENT_CHUNK_BYTES);
	world_run(world, 2 * SECOND_US);
	restart(world, THA);
	CHECK(!has_first_blob(world, THA));
	CHECK_EQUAL(attached_give(world, THA, draft, 10, 1, &answer), 0);
	CHECK_EQUAL(office_approve(world, THA, UID_RELEASER, draft, &answer), 0);
	CHECK_EQUAL(office_release(world, THA, UID_RELEASER, draft, false, &answer), 0);
	world_run(world, 5 * SECOND_US);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(on_a_line_of_64_kbit_a_flash_is_in_custody_within_two_seconds_while_an_attachment_moves)
{
	struct world *world = office_open(14, 3);
	uint8_t large_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];

	lines_set(world, THA, VNM, DELAY, 8000);
	attached_send(world, THA, &notice, LIMIT_ATTACHMENT_BYTES, large_id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(attached_state(world, VNM, large_id, 0).state, BLOB_FETCHING);
	for (int i = 0; i < 5; i++) {
		office_send(world, THA, &flash, id);
		world_run(world, 2 * SECOND_US);
		CHECK(office_delivery(world, THA, id, VNM)->custody_at != 0);
		world_run(world, 7 * SECOND_US + 100000 * i);
	}
	world_destroy(world);
}

TEST(a_draft_takes_sixteen_attachments_of_16_mib_and_64_mib_together)
{
	struct world *world = office_open(9, 3);
	uint64_t few = office_draft(world, THA, UID_DRAFTER, &notice), many = office_draft(world, THA, UID_DRAFTER, &notice);
	struct answer answer;

	for (int i = 0; i < 4; i++)
		CHECK_EQUAL(attached_give(world, THA, few, LIMIT_ATTACHMENT_BYTES, 1, &answer), 0);
	CHECK_EQUAL(attached_give(world, THA, few, 1, 1, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "64 MiB together") != NULL);
	CHECK_EQUAL(attached_give(world, THA, few, 0, 1, &answer), 0);
	for (int i = 0; i < LIMIT_ATTACHMENTS; i++)
		CHECK_EQUAL(attached_give(world, THA, many, 1, 1, &answer), 0);
	CHECK_EQUAL(attached_give(world, THA, many, 1, 1, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "16 attachments already") != NULL);
	CHECK_EQUAL(attached_give(world, THA, 99, 1, 1, &answer), CONTROL_UNKNOWN);
	world_destroy(world);
}

TEST(an_attachment_one_byte_over_16_mib_is_refused_before_its_bytes)
{
	struct world *world = office_open(10, 3);
	uint64_t draft = office_draft(world, THA, UID_DRAFTER, &notice);
	struct answer answer;

	CHECK_EQUAL(attached_give(world, THA, draft, LIMIT_ATTACHMENT_BYTES + 1, 1, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "at most 16 MiB") != NULL);
	world_destroy(world);
}
