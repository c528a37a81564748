/* Tracer, minimise, silence, timed release: what service messages bring about, at both ends. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"tha-cert"}};
static const struct words urgent = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .action = {"tha-cert"}};

static int trace(struct world *world, size_t site, uint32_t uid, const uint8_t id[OBJECT_ID_BYTES], const char *name)
{
	char hex[2 * OBJECT_ID_BYTES + 1];
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	key_hex(id, OBJECT_ID_BYTES, hex);
	pack_put_array(&w, 2);
	pack_put_text(&w, hex);
	pack_put_text(&w, name);
	world_request(world, site, uid, METHOD_TRACE, pack_written(&w), &answer);
	return answer.error;
}

/* What is known at a site of the first addressee's stages; false when nobody was asked. */
static bool traced(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], struct control_trace *out)
{
	char hex[2 * OBJECT_ID_BYTES + 1];
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;
	struct pack_reader r;

	key_hex(id, OBJECT_ID_BYTES, hex);
	pack_put_array(&w, 1);
	pack_put_text(&w, hex);
	world_request(world, site, UID_WATCH, METHOD_TRACED, pack_written(&w), &answer);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	if (pack_read_array(&r, LIMIT_ADDRESSEES) == 0)
		return false;
	control_read_trace(&r, out);
	return r.error == 0;
}

/* The time of a stage in an answer; 0 when it has none. */
static int64_t stage(const struct control_trace *trace, enum trace which)
{
	struct pack_reader r = pack_reader(trace->stages);
	size_t count = trace->stages.len > 0 ? pack_read_array(&r, LIMIT_FIELD_LIST) : 0;
	int64_t found = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t code;
		int64_t at;

		pack_expect_array(&r, 2);
		code = pack_read_uint(&r, INT64_MAX);
		at = pack_read_int(&r);
		found = code == which ? at : found;
	}
	return found;
}

/* Minimise with a least precedence, or silence; until 0: minimise until lifted, silence lifted. */
static int announce(struct world *world, size_t site, uint32_t uid, enum method method, int least, int64_t until,
		    const char *exercise)
{
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	pack_put_array(&w, method == METHOD_MINIMISE ? 5 : 4);
	if (method == METHOD_MINIMISE)
		pack_put_uint(&w, (uint64_t)least);
	pack_put_int(&w, until);
	pack_put_array(&w, 0);
	pack_put_text(&w, exercise);
	pack_put_text(&w, "");
	world_request(world, site, uid, method, pack_written(&w), &answer);
	return answer.error;
}

static int silence(struct world *world, size_t site, int64_t until)
{
	return announce(world, site, UID_RELEASER, METHOD_SILENCE, 0, until, "");
}

static uint64_t approved(struct world *world, size_t site, const struct words *words)
{
	uint64_t draft = office_draft(world, site, UID_DRAFTER, words);
	struct answer answer;

	CHECK_EQUAL(office_approve(world, site, UID_RELEASER, draft, &answer), 0);
	return draft;
}

static int release_with(struct world *world, size_t site, uint64_t draft, const char *reason, struct answer *out)
{
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 3);
	pack_put_uint(&w, draft);
	pack_put_bool(&w, false);
	pack_put_text(&w, reason);
	world_request(world, site, UID_RELEASER, METHOD_RELEASE, pack_written(&w), out);
	return out->error;
}

static int release_at(struct world *world, size_t site, uint64_t draft, int64_t at)
{
	uint8_t params[64];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	pack_put_array(&w, 4);
	pack_put_uint(&w, draft);
	pack_put_int(&w, at);
	pack_put_bool(&w, false);
	pack_put_text(&w, "");
	world_request(world, site, UID_RELEASER, METHOD_TIMED, pack_written(&w), &answer);
	return answer.error;
}

/* The only draft of a site; false when it has none. */
static bool only_draft(struct world *world, size_t site, struct control_draft *out)
{
	static const uint8_t none = 0x90;
	struct answer answer;
	struct pack_reader r;

	world_request(world, site, UID_WATCH, METHOD_DRAFT_LIST, (struct bytes){&none, 1}, &answer);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	if (pack_read_array(&r, 10) == 0)
		return false;
	control_read_draft(&r, out);
	return r.error == 0;
}

static void remake(struct world *world, size_t site)
{
	store_begin(world->site[site].store);
	rebuild_all(world->site[site].station);
	CHECK_EQUAL(store_commit(world->site[site].store), 0);
}

TEST(a_tracer_is_answered_by_the_station_with_every_stage)
{
	struct world *world = office_open(1, 2);
	struct control_trace seen;
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &urgent, id);
	world_run(world, SECOND_US);
	office_shown(world, THA, id);
	world_run(world, MINUTE_US);
	office_ack(world, THA, id, "");
	office_hold(world, THA, id, world_real_us(world, THA) + HOUR_US);
	CHECK(!traced(world, SGP, id, &seen));
	world->site[THA].alerts.len = 0;
	CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, ""), 0);
	CHECK(traced(world, SGP, id, &seen) && seen.asked_at != 0 && seen.answered_at == 0);
	world_run(world, SECOND_US);
	CHECK(traced(world, SGP, id, &seen) && seen.answered_at >= seen.asked_at);
	CHECK_EQUAL(stage(&seen, TRACE_RECEIVED), office_delivery(world, THA, id, THA)->custody_at);
	CHECK(traced(world, SGP, id, &seen));
	CHECK(stage(&seen, TRACE_RECEIPTED) >= stage(&seen, TRACE_RECEIVED));
	CHECK_EQUAL(stage(&seen, TRACE_SHOWN), office_delivery(world, THA, id, THA)->shown_at);
	CHECK(traced(world, SGP, id, &seen));
	CHECK(stage(&seen, TRACE_ACKNOWLEDGED) - stage(&seen, TRACE_SHOWN) >= MINUTE_US);
	CHECK_EQUAL(stage(&seen, TRACE_HOLD), world_real_us(world, THA) + HOUR_US - SECOND_US);
	CHECK_EQUAL(stage(&seen, TRACE_ANSWERED), 0);
	CHECK_EQUAL(world->site[THA].alerts.len, 0);
	remake(world, SGP);
	remake(world, THA);
	CHECK(traced(world, SGP, id, &seen) && stage(&seen, TRACE_SHOWN) != 0);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(nobody_is_asked_to_acknowledge_a_tracer_or_its_answer)
{
	struct world *world = office_open(2, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &urgent, id);
	world_run(world, SECOND_US);
	office_ack(world, THA, id, "");
	CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, "tha-cert"), 0);
	world_run(world, 3 * HOUR_US);
	CHECK_EQUAL(world->site[SGP].alerts.len, 0);
	CHECK_EQUAL(store_unacknowledged(world->site[THA].store, bytes_of("tha-cert"), INT64_MAX), 0);
	CHECK_EQUAL(store_unacknowledged(world->site[SGP].store, bytes_of("sgp-cert"), INT64_MAX), 0);
	world_destroy(world);
}

TEST(only_an_own_message_is_traced_and_only_to_its_addressees)
{
	struct world *world = office_open(3, 3);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &notice, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(trace(world, THA, UID_WATCH, id, ""), CONTROL_REFUSED);
	CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, "vnm-cert"), CONTROL_REFUSED);
	CHECK_EQUAL(trace(world, SGP, UID_DRAFTER, id, ""), CONTROL_ROLE);
	CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, ""), 0);
	CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, ""), CONTROL_REFUSED); /* its answer is on its way */
	world_destroy(world);
}

TEST(tracers_beyond_the_bound_are_refused_and_counted)
{
	struct world *world = office_open(4, 2);
	uint8_t id[OBJECT_ID_BYTES];
	struct control_trace seen;

	for (int i = 0; i < TRACERS + 2; i++) {
		office_send(world, SGP, &notice, id);
		world_run(world, SECOND_US);
		CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, ""), 0);
		world_run(world, SECOND_US);
	}
	CHECK_EQUAL(office_counted(world, THA, "tracer not answered"), 2);
	CHECK(traced(world, SGP, id, &seen) && seen.answered_at == 0);
	world_run(world, TRACER_REFILL_US);
	CHECK_EQUAL(trace(world, SGP, UID_WATCH, id, ""), 0);
	world_run(world, SECOND_US);
	CHECK(traced(world, SGP, id, &seen) && seen.answered_at != 0);
	world_destroy(world);
}

static int remind(struct world *world, uint32_t uid, const uint8_t id[OBJECT_ID_BYTES])
{
	char hex[2 * OBJECT_ID_BYTES + 1];
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	key_hex(id, OBJECT_ID_BYTES, hex);
	pack_put_array(&w, 2);
	pack_put_text(&w, hex);
	pack_put_text(&w, "");
	world_request(world, SGP, uid, METHOD_REMIND, pack_written(&w), &answer);
	return answer.error;
}

/* How often a site rang with an event since its alerts were cleared. */
static size_t count_rung(struct world *world, size_t site, const char *event)
{
	const struct heap *alerts = &world->site[site].alerts;
	size_t count = 0, len = strlen(event);

	for (size_t i = 0; i + len <= alerts->len; i++)
		count += memcmp(alerts->data + i, event, len) == 0;
	return count;
}

TEST(a_reminder_rings_at_the_addressee_until_it_is_acknowledged)
{
	struct world *world = office_open(18, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &urgent, id);
	CHECK_EQUAL(remind(world, UID_WATCH, id), CONTROL_REFUSED); /* not there yet */
	world_run(world, SECOND_US);
	CHECK_EQUAL(remind(world, UID_DRAFTER, id), CONTROL_ROLE);
	for (int i = 0; i < 2; i++) {
		CHECK_EQUAL(remind(world, UID_WATCH, id), 0);
		world_run(world, SECOND_US);
	}
	CHECK_EQUAL(count_rung(world, THA, "reminder"), 2);
	office_ack(world, THA, id, "");
	world_run(world, SECOND_US);
	CHECK_EQUAL(remind(world, UID_WATCH, id), CONTROL_REFUSED);
	world_destroy(world);
}

TEST(reminders_beyond_the_bound_are_counted_and_ring_nobody)
{
	struct world *world = office_open(19, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &urgent, id);
	world_run(world, SECOND_US);
	for (int i = 0; i < REMINDERS + 2; i++) {
		CHECK_EQUAL(remind(world, UID_WATCH, id), 0);
		world_run(world, SECOND_US);
	}
	CHECK_EQUAL(count_rung(world, THA, "reminder"), REMINDERS);
	CHECK_EQUAL(office_counted(world, THA, "reminder refused"), 2);
	world_destroy(world);
}

TEST(minimise_asks_for_a_reason_at_both_ends_until_it_is_lifted)
{
	struct world *world = office_open(5, 2);
	struct words back = notice;
	uint64_t draft, other;
	struct answer answer;

	back.action[0] = "sgp-cert";
	CHECK_EQUAL(announce(world, SGP, UID_RELEASER, METHOD_MINIMISE, PRECEDENCE_IMMEDIATE, 0, ""), 0);
	world_run(world, SECOND_US);
	draft = approved(world, SGP, &notice);
	other = approved(world, THA, &back);
	CHECK_EQUAL(release_with(world, SGP, draft, "", &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "by us: below immediate a release needs a reason") != NULL);
	CHECK_EQUAL(release_with(world, THA, other, "", &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "by them") != NULL);
	world_kill(world, THA);
	world_boot(world, THA);
	remake(world, THA);
	CHECK_EQUAL(release_with(world, THA, other, "", &answer), CONTROL_REFUSED);
	CHECK_EQUAL(release_with(world, THA, other, "the hospital asked for it", &answer), 0);
	office_send(world, SGP, &urgent, (uint8_t[OBJECT_ID_BYTES]){0}); /* from its precedence on, freely */
	world_run(world, MINUTE_US);
	CHECK_EQUAL(announce(world, SGP, UID_ADMIN, METHOD_MINIMISE, 0, 0, ""), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(release_with(world, SGP, draft, "", &answer), 0);
	CHECK_EQUAL(release_with(world, THA, approved(world, THA, &back), "", &answer), 0);
	world_destroy(world);
}

TEST(minimise_ends_at_its_time)
{
	struct world *world = office_open(6, 2);
	int64_t until = world_real_us(world, SGP) + HOUR_US;
	uint64_t draft = approved(world, SGP, &notice);
	struct answer answer;

	CHECK_EQUAL(announce(world, SGP, UID_RELEASER, METHOD_MINIMISE, PRECEDENCE_FLASH, until, ""), 0);
	CHECK_EQUAL(release_with(world, SGP, draft, "", &answer), CONTROL_REFUSED);
	world_run(world, HOUR_US);
	CHECK_EQUAL(release_with(world, SGP, draft, "", &answer), 0);
	world_destroy(world);
}

TEST(an_exercise_minimises_exercise_traffic_only)
{
	struct world *world = office_open(7, 2);
	struct words exercise = notice;
	struct answer answer;

	exercise.exercise = "DEMO";
	CHECK_EQUAL(announce(world, SGP, UID_RELEASER, METHOD_MINIMISE, PRECEDENCE_FLASH, 0, "DEMO"), 0);
	CHECK_EQUAL(release_with(world, SGP, approved(world, SGP, &exercise), "", &answer), CONTROL_REFUSED);
	CHECK_EQUAL(release_with(world, SGP, approved(world, SGP, &notice), "", &answer), 0);
	world_destroy(world);
}

TEST(minimise_and_silence_need_a_releaser_or_an_admin)
{
	struct world *world = office_open(8, 2);
	int64_t until = world_real_us(world, SGP) + HOUR_US;

	CHECK_EQUAL(announce(world, SGP, UID_WATCH, METHOD_MINIMISE, PRECEDENCE_FLASH, 0, ""), CONTROL_ROLE);
	CHECK_EQUAL(announce(world, SGP, UID_DRAFTER, METHOD_SILENCE, 0, until, ""), CONTROL_ROLE);
	CHECK_EQUAL(announce(world, SGP, UID_ADMIN, METHOD_SILENCE, 0, until, ""), 0);
	world_destroy(world);
}

TEST(silence_by_notice_pauses_the_ladder_until_its_time)
{
	struct world *world = office_open(9, 2);
	uint8_t before[OBJECT_ID_BYTES], during[OBJECT_ID_BYTES];
	int64_t until = world_real_us(world, THA) + 2 * HOUR_US;

	office_send(world, SGP, &urgent, before);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(silence(world, THA, until), 0);
	world_run(world, MINUTE_US);
	office_send(world, SGP, &urgent, during);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_delivery(world, SGP, before, THA)->why, WHY_SILENT);
	CHECK_EQUAL(office_delivery(world, SGP, before, THA)->why_at, until);
	CHECK_EQUAL(office_delivery(world, SGP, during, THA)->why, WHY_SILENT);
	CHECK_EQUAL(office_delivery(world, THA, during, THA)->why, WHY_SILENT);
	world_run(world, HOUR_US);
	CHECK_EQUAL(office_delivery(world, SGP, before, THA)->step, 0);
	CHECK_EQUAL(office_delivery(world, SGP, during, THA)->step, 0);
	CHECK_EQUAL(office_delivery(world, THA, before, THA)->step, 0);
	remake(world, SGP);
	world_run(world, HOUR_US + 14 * MINUTE_US); /* to 14 minutes beyond it, less the minute before it */
	CHECK_EQUAL(office_delivery(world, SGP, before, THA)->step, 50);
	CHECK_EQUAL(office_delivery(world, SGP, before, THA)->why, WHY_CUSTODY);
	CHECK_EQUAL(office_delivery(world, SGP, during, THA)->step, 50);
	world_destroy(world);
}

TEST(silence_that_is_lifted_resumes_the_ladder)
{
	struct world *world = office_open(10, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &urgent, id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(silence(world, THA, world_real_us(world, THA) + 24 * HOUR_US), 0);
	world_run(world, HOUR_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->step, 0);
	CHECK_EQUAL(silence(world, THA, 0), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->why, WHY_CUSTODY);
	world_run(world, 13 * MINUTE_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->step, 0);
	world_run(world, 2 * MINUTE_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->step, 50);
	world_destroy(world);
}

TEST(silence_lasts_72_hours_at_most)
{
	struct world *world = office_open(11, 2);
	int64_t now = world_real_us(world, THA);

	CHECK_EQUAL(silence(world, THA, now + 72 * HOUR_US + 1), CONTROL_REFUSED);
	CHECK_EQUAL(silence(world, THA, now), CONTROL_REFUSED);
	CHECK_EQUAL(silence(world, THA, now + 72 * HOUR_US), 0);
	world_destroy(world);
}

TEST(silence_in_an_exercise_leaves_real_traffic_alone)
{
	struct world *world = office_open(12, 2);
	int64_t until = world_real_us(world, THA) + HOUR_US;
	uint8_t id[OBJECT_ID_BYTES];

	CHECK_EQUAL(announce(world, THA, UID_RELEASER, METHOD_SILENCE, 0, until, "DEMO"), 0);
	world_run(world, SECOND_US);
	office_send(world, SGP, &urgent, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->why, WHY_CUSTODY);
	world_destroy(world);
}

TEST(a_timed_release_leaves_at_its_time_also_after_a_restart)
{
	struct world *world = office_open(13, 2);
	int64_t at = world_real_us(world, SGP) + HOUR_US;
	uint64_t draft = approved(world, SGP, &notice);
	struct control_draft view;

	CHECK_EQUAL(release_at(world, SGP, draft, at), 0);
	CHECK(only_draft(world, SGP, &view) && view.release_at == at);
	world_run(world, 30 * MINUTE_US);
	world_kill(world, SGP);
	world_boot(world, SGP);
	world_run(world, 30 * MINUTE_US - SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 0);
	world_run(world, 2 * SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 1);
	CHECK(!only_draft(world, SGP, &view));
	world_destroy(world);
}

TEST(a_timed_release_can_be_called_off)
{
	struct world *world = office_open(14, 2);
	int64_t at = world_real_us(world, SGP) + HOUR_US;
	uint64_t draft = approved(world, SGP, &notice);
	struct control_draft view;

	CHECK_EQUAL(release_at(world, SGP, draft, at), 0);
	CHECK_EQUAL(release_at(world, SGP, draft, 0), 0);
	CHECK_EQUAL(release_at(world, SGP, draft, 0), CONTROL_UNKNOWN);
	world_run(world, 2 * HOUR_US);
	CHECK_EQUAL(office_count(world, THA), 0);
	CHECK(only_draft(world, SGP, &view) && view.release_at == 0 && view.failure.len == 0);
	world_destroy(world);
}

TEST(only_an_approved_draft_gets_a_time_and_one_that_lies_ahead)
{
	struct world *world = office_open(15, 2);
	int64_t now = world_real_us(world, SGP);
	uint64_t draft = office_draft(world, SGP, UID_DRAFTER, &notice);
	struct answer answer;

	CHECK_EQUAL(release_at(world, SGP, draft, now + HOUR_US), CONTROL_REFUSED);
	office_approve(world, SGP, UID_RELEASER, draft, &answer);
	CHECK_EQUAL(release_at(world, SGP, draft, now), CONTROL_REFUSED);
	CHECK_EQUAL(release_at(world, SGP, draft, INT64_MAX), CONTROL_REFUSED);
	CHECK_EQUAL(release_at(world, SGP, draft + 1, now + HOUR_US), CONTROL_UNKNOWN);
	CHECK_EQUAL(release_at(world, SGP, draft, now + HOUR_US), 0);
	world_destroy(world);
}

TEST(a_timed_release_that_fails_rings_and_keeps_the_draft)
{
	struct world *world = office_open(16, 2);
	int64_t at = world_real_us(world, SGP) + HOUR_US;
	uint64_t draft = approved(world, SGP, &notice);
	struct control_draft view;

	CHECK_EQUAL(release_at(world, SGP, draft, at), 0);
	CHECK_EQUAL(announce(world, SGP, UID_RELEASER, METHOD_MINIMISE, PRECEDENCE_FLASH, 0, ""), 0);
	world_run(world, 2 * HOUR_US);
	CHECK(heap_has(&world->site[SGP].alerts, "not-released"));
	CHECK(only_draft(world, SGP, &view) && view.release_at == 0 && view.failure.len > 0);
	CHECK_EQUAL(office_count(world, THA), 1); /* the minimise */
	world_destroy(world);
}

TEST(a_timed_release_that_was_missed_by_an_hour_is_not_made_up_for)
{
	struct world *world = office_open(17, 2);
	int64_t at = world_real_us(world, SGP) + HOUR_US;
	uint64_t draft = approved(world, SGP, &notice);
	struct control_draft view;

	CHECK_EQUAL(release_at(world, SGP, draft, at), 0);
	world_kill(world, SGP);
	world_run(world, 2 * HOUR_US + SECOND_US);
	world_boot(world, SGP);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_count(world, THA), 0);
	CHECK(only_draft(world, SGP, &view) && view.failure.len > 0);
	world_destroy(world);
}
