/* Storyboards of messages between stations, in virtual microseconds. */
#include <unistd.h>

#include "client/audit/verify.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"vnm-cert"}, .info = {"sgp-cert"}};

static uint8_t why(struct world *world, const uint8_t id[OBJECT_ID_BYTES])
{
	return office_delivery(world, THA, id, VNM)->why;
}

TEST(a_message_reaches_two_addressees_in_one_delay_and_custody_is_known_in_two)
{
	struct world *world = office_open(1, 3);
	int64_t released = world_real_us(world, THA);
	struct control_delivery vnm, sgp;
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &notice, id);
	world_run(world, 2 * DELAY - 1);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->custody_at, 0);
	world_run(world, 1);
	vnm = *office_delivery(world, THA, id, VNM);
	sgp = *office_delivery(world, THA, id, SGP);
	CHECK(vnm.sent_at >= released && vnm.sent_at < released + 100); /* the log's own microseconds */
	CHECK_EQUAL(vnm.custody_at, released + DELAY);
	CHECK_EQUAL(sgp.custody_at, released + DELAY);
	CHECK_EQUAL(vnm.why, WHY_CUSTODY);
	CHECK_EQUAL(sgp.why, WHY_INFO);
	CHECK(office_show(world, VNM, id) != NULL && office_show(world, SGP, id) != NULL);
	CHECK_EQUAL(office_count(world, VNM), 1);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(custody_shown_acknowledged_and_answered_arrive_in_order_each_after_one_delay)
{
	struct world *world = office_open(2, 2);
	struct words question = {
	    .kind = KIND_INQUIRY, .action = {"tha-cert"}, .reply_by = world_real_us(world, SGP) + HOUR_US};
	struct words answer = {.kind = KIND_ANSWER, .action = {"sgp-cert"}};
	uint8_t id[OBJECT_ID_BYTES], answer_id[OBJECT_ID_BYTES];
	struct control_delivery d;
	int64_t at[3];

	office_send(world, SGP, &question, id);
	world_run(world, SECOND_US);
	at[0] = world_real_us(world, THA);
	CHECK_EQUAL(office_shown(world, THA, id), 0);
	world_run(world, SECOND_US);
	at[1] = world_real_us(world, THA);
	CHECK_EQUAL(office_ack(world, THA, id, "seen by the watch"), 0);
	world_run(world, SECOND_US);
	at[2] = world_real_us(world, THA);
	answer.in_reply_to = id;
	office_send(world, THA, &answer, answer_id);
	world_run(world, DELAY);
	d = *office_delivery(world, SGP, id, THA);
	CHECK_EQUAL(d.shown_at, at[0]);
	CHECK_EQUAL(d.acknowledged_at, at[1]);
	CHECK_EQUAL(d.answered_at, at[2] + DELAY);
	CHECK_EQUAL(d.why, WHY_ANSWERED);
	CHECK(bytes_equal(d.note, bytes_of("seen by the watch")));
	d = *office_delivery(world, THA, id, THA);
	CHECK(d.custody_at < d.shown_at && d.shown_at < d.acknowledged_at && d.acknowledged_at < d.answered_at);
	CHECK(bytes_equal(d.officer, bytes_of("watch-1")));
	CHECK_REST(world);
	world_destroy(world);
}

TEST(why_unanswered_names_no_path_and_expired)
{
	struct world *world = office_open(3, 3);
	struct words words = notice;
	uint8_t id[OBJECT_ID_BYTES], short_id[OBJECT_ID_BYTES];
	int64_t since;

	lines_cut(world, THA, VNM, true);
	world_run(world, 2 * MINUTE_US);
	since = office_peer(world, THA, VNM).since;
	CHECK(since > WORLD_EPOCH_US + 5 * SECOND_US);
	office_send(world, THA, &words, id);
	words.expires = world_real_us(world, THA) + MINUTE_US;
	office_send(world, THA, &words, short_id);
	world_run(world, MINUTE_US - 1);
	CHECK_EQUAL(why(world, short_id), WHY_NO_PATH);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->why_at, since);
	world_run(world, 1);
	CHECK_EQUAL(why(world, short_id), WHY_EXPIRED);
	CHECK_EQUAL(why(world, id), WHY_NO_PATH);
	lines_cut(world, THA, VNM, false);
	CHECK_REST(world);
	CHECK_EQUAL(why(world, short_id), WHY_EXPIRED);
	CHECK_EQUAL(why(world, id), WHY_CUSTODY);
	CHECK_EQUAL(office_count(world, VNM), 1); /* the expired one waited beside the other and was not sent with it */
	CHECK_EQUAL(office_count(world, SGP), 2);
	world_destroy(world);
}

TEST(why_unanswered_names_being_sent_custody_shown_acknowledged_hold_and_declined)
{
	struct world *world = office_open(4, 3);
	struct words big = notice, decline = {.kind = KIND_DECLINE, .action = {"tha-cert"}};
	uint8_t big_id[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES], decline_id[OBJECT_ID_BYTES];
	struct words question = {
	    .kind = KIND_INQUIRY, .action = {"vnm-cert"}, .reply_by = world_real_us(world, THA) + 5 * HOUR_US};
	const struct control_delivery *d;

	big.text_len = 60000;
	lines_set(world, THA, VNM, DELAY, 8192);
	office_send(world, THA, &big, big_id);
	office_send(world, THA, &question, id);
	world_run(world, 4 * SECOND_US);
	d = office_delivery(world, THA, big_id, VNM);
	CHECK(d->why == WHY_NOT_SENT && d->percent > 40 && d->percent < 60);
	d = office_delivery(world, THA, id, VNM);
	CHECK(d->why == WHY_NOT_SENT && d->percent == 0);
	world_run(world, 10 * SECOND_US);
	CHECK_EQUAL(why(world, id), WHY_CUSTODY);
	CHECK_EQUAL(office_shown(world, VNM, id), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(why(world, id), WHY_SHOWN);
	CHECK_EQUAL(office_ack(world, VNM, id, ""), 0);
	world_run(world, SECOND_US);
	d = office_delivery(world, THA, id, VNM);
	CHECK(d->why == WHY_ACKNOWLEDGED && d->why_at == question.reply_by);
	CHECK_EQUAL(office_hold(world, VNM, id, world_real_us(world, VNM) + HOUR_US), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(why(world, id), WHY_HOLD);
	world_run(world, HOUR_US);
	CHECK_EQUAL(why(world, id), WHY_ACKNOWLEDGED);
	decline.in_reply_to = id;
	office_send(world, VNM, &decline, decline_id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(why(world, id), WHY_DECLINED);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(an_exercise_that_a_station_does_not_take_is_refused_and_entered_nowhere_there)
{
	struct world *world = world_create(5, 3);
	struct words words = notice;
	uint8_t id[OBJECT_ID_BYTES];

	world->site[VNM].config.accepts_exercise = false;
	world_start(world);
	office_enrol_all(world);
	words.exercise = "DEMO";
	office_send(world, THA, &words, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(why(world, id), WHY_REFUSED);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->refused_reason, RESULT_EXERCISE);
	CHECK_EQUAL(office_count(world, VNM), 0);
	CHECK_EQUAL(office_count(world, SGP), 1);
	CHECK(heap_has(&world->site[THA].alerts, "refused"));
	world_destroy(world);
}

TEST(clocks_a_week_apart_change_nothing_but_the_times_that_each_side_claims)
{
	struct world *world = world_create(6, 3);
	uint8_t id[OBJECT_ID_BYTES], back_id[OBJECT_ID_BYTES];
	struct words back = {.kind = KIND_NOTICE, .action = {"tha-cert"}};

	world->site[VNM].real_offset_us = WEEK_US;
	world_start(world);
	office_enrol_all(world);
	office_send(world, THA, &notice, id);
	office_send(world, VNM, &back, back_id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(why(world, id), WHY_CUSTODY);
	CHECK_EQUAL(office_delivery(world, VNM, back_id, THA)->why, WHY_CUSTODY);
	CHECK_EQUAL(office_delivery(world, THA, id, VNM)->custody_at - office_delivery(world, THA, id, SGP)->custody_at,
		    WEEK_US);
	CHECK_EQUAL(office_peer(world, THA, VNM).offset_us, WEEK_US);
	CHECK_REST(world);
	world_destroy(world);
}

/* A little of everything, and what the world's trace then is. */
static void play(uint64_t seed, uint8_t out[HASH_BYTES])
{
	struct world *world = office_open(seed, 3);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	office_ack(world, VNM, id, "yes");
	lines_break(world, THA, VNM);
	world_run(world, 3 * HOUR_US);
	memcpy(out, world->trace, HASH_BYTES);
	world_destroy(world);
}

TEST(the_same_seed_gives_the_same_world_and_another_another)
{
	uint8_t first[HASH_BYTES], again[HASH_BYTES], other[HASH_BYTES];

	play(7, first);
	play(7, again);
	play(8, other);
	CHECK(memcmp(first, again, HASH_BYTES) == 0);
	CHECK(memcmp(first, other, HASH_BYTES) != 0);
}

TEST(an_export_verifies_with_the_cards_alone)
{
	struct world *world = office_open(9, 3);
	static struct audit_trust trust;
	struct audit_report report;
	char path[] = "/tmp/hotline-export.XXXXXX";
	uint8_t id[OBJECT_ID_BYTES];
	struct heap export;
	int fd = mkstemp(path);

	office_send(world, THA, &notice, id);
	world_run(world, SECOND_US);
	office_ack(world, VNM, id, "yes");
	world_run(world, 3 * HOUR_US);
	export = office_export(world, THA);
	CHECK(fd >= 0 && write(fd, export.data, export.len) == (ssize_t) export.len);
	close(fd);
	memset(&trust, 0, sizeof trust);
	for (size_t i = 0; i < 3; i++)
		CHECK_EQUAL(audit_trust_add_card(&trust, (struct bytes){world->site[i].card, world->site[i].card_len}),
			    0);
	CHECK_EQUAL(audit_verify(path, &trust, &report), 0);
	CHECK(report.is_verified && report.log_count == 3);
	for (size_t i = 0; i < report.log_count; i++)
		CHECK(report.log[i].peer.text[0] == '\0' || report.log[i].witnessed >= 1);
	audit_report_finish(&report);
	unlink(path);
	heap_free(&export);
	world_destroy(world);
}
