/* A replay of an export says at each moment what the station's officers were shown then: nothing else, and nothing early. */
#include <stdlib.h>
#include <unistd.h>

#include "client/audit/replay.h"
#include "proto/result.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

#define MESSAGES 8
#define MOMENTS 400

static const uint8_t incident[INCIDENT_BYTES] = {7, 7, 7};

/* What the officers of a site saw of a message. */
struct sight {
	size_t site;
	int64_t at;
	bool is_there;
	uint8_t id[OBJECT_ID_BYTES];
	struct heap bytes;
};

static struct {
	uint8_t id[MESSAGES][OBJECT_ID_BYTES];
	size_t message_count, count;
	struct sight sight[MOMENTS];
} seen;

/* What a record can't know is left out: how much of a message that is on its way had left. */
static void encode(const struct control_message *message, struct heap *out)
{
	static struct control_message copy;
	static uint8_t bytes[LIMIT_CONTENT_BYTES + 2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	copy = *message;
	for (size_t i = 0; i < copy.delivery_count; i++) {
		copy.delivery[i].percent = 0;
		if (copy.delivery[i].why == WHY_NO_PATH)
			copy.delivery[i].why_at /= SECOND_US; /* an entry's time may be a moment later */
	}
	control_put_message(&w, &copy);
	CHECK(!w.is_over);
	heap_add(out, pack_written(&w));
}

static uint8_t *next_id(void)
{
	CHECK(seen.message_count < MESSAGES);
	return seen.id[seen.message_count++];
}

/* All messages so far at all sites that are up, and one that is still to come. */
static void look(struct world *world)
{
	world_run(world, 1000);
	for (size_t site = 0; site < world->count; site++)
		for (size_t i = 0; i < seen.message_count && world->site[site].station != NULL; i++) {
			const struct control_message *message = office_show(world, site, seen.id[i]);
			struct sight *sight = &seen.sight[seen.count++];

			CHECK(seen.count <= MOMENTS);
			*sight = (struct sight){.site = site, .at = world_real_us(world, site), .is_there = message != NULL};
			memcpy(sight->id, seen.id[i], OBJECT_ID_BYTES);
			if (message != NULL)
				encode(message, &sight->bytes);
		}
	world_run(world, 1000); /* what follows is later */
}

static void run(struct world *world, int64_t span)
{
	world_run(world, span);
	look(world);
}

static void open_record(struct world *world, size_t site, struct audit_record *record)
{
	char path[] = "/tmp/hotline-replay.XXXXXX";
	struct heap export = office_export(world, site);
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, export.data, export.len) == (ssize_t)export.len);
	close(fd);
	heap_free(&export);
	CHECK_EQUAL(audit_record_open(path, record), 0);
	unlink(path);
}

static void compare(struct audit_replay *replay, const struct sight *sight)
{
	static struct control_message message;
	struct heap bytes = {0};
	uint32_t at = audit_record_message_of(replay->record, audit_record_item(replay->record, sight->id));

	CHECK_EQUAL(at != RECORD_NONE && replay->message[at].is_here, sight->is_there);
	if (sight->is_there) {
		CHECK_EQUAL(audit_replay_show(replay, at, &message), 0);
		encode(&message, &bytes);
		if (bytes.len != sight->bytes.len || memcmp(bytes.data, sight->bytes.data, bytes.len) != 0) {
			static struct control_message was;
			struct pack_reader r = pack_reader((struct bytes){sight->bytes.data, sight->bytes.len});

			control_read_message(&r, &was);
			for (size_t i = 0; i < was.delivery_count; i++)
				printf("# %.*s: why %u, was %u; why_at %lld, was %lld; due %lld, was %lld; step %u, was %u\n",
				       (int)was.delivery[i].name.len, (const char *)was.delivery[i].name.data,
				       message.delivery[i].why, was.delivery[i].why, (long long)message.delivery[i].why_at,
				       (long long)was.delivery[i].why_at, (long long)message.delivery[i].due_at,
				       (long long)was.delivery[i].due_at, message.delivery[i].step, was.delivery[i].step);
			printf("# at site %zu, %lld us after the beginning\n", sight->site,
			       (long long)(sight->at - WORLD_EPOCH_US));
		}
		CHECK(bytes.len == sight->bytes.len && memcmp(bytes.data, sight->bytes.data, bytes.len) == 0);
		heap_free(&bytes);
	}
}

/* Each site's export, replayed at each moment that was looked at: from the beginning, and on from the moment before. */
static void finish(struct world *world)
{
	for (size_t site = 0; site < world->count; site++) {
		struct audit_replay anew, onward;
		struct audit_record record;

		open_record(world, site, &record);
		CHECK_EQUAL(audit_replay_at(&record, 0, &onward), 0);
		for (size_t i = 0; i < seen.count; i++) {
			if (seen.sight[i].site != site)
				continue;
			CHECK_EQUAL(audit_replay_at(&record, seen.sight[i].at, &anew), 0);
			compare(&anew, &seen.sight[i]);
			audit_replay_finish(&anew);
			CHECK_EQUAL(audit_replay_advance(&onward, seen.sight[i].at), 0);
			compare(&onward, &seen.sight[i]);
		}
		audit_replay_finish(&onward);
		audit_record_close(&record);
	}
	CHECK(seen.count > 10);
	for (size_t i = 0; i < seen.count; i++)
		heap_free(&seen.sight[i].bytes);
	memset(&seen, 0, sizeof seen);
	world_destroy(world);
}

static void send(struct world *world, size_t site, const struct words *words)
{
	office_send(world, site, words, next_id());
	look(world);
}

TEST(the_ladder_copies_holds_and_answers_replay_as_they_were_seen)
{
	struct world *world = office_open(1, 6);
	const struct words flash = {.kind = KIND_ALERT,
				    .precedence = PRECEDENCE_FLASH,
				    .action = {"vnm-cert"},
				    .info = {"sgp-cert"},
				    .ladder_to = {"vnm-mfa", "vnm-ops", "vnm-pmo"}};
	struct words answer = {.kind = KIND_ANSWER, .action = {"tha-cert"}};

	send(world, THA, &flash);
	run(world, SECOND_US);
	run(world, 5 * MINUTE_US);
	CHECK_EQUAL(office_shown(world, VNM, seen.id[0]), 0);
	run(world, 6 * MINUTE_US);
	CHECK_EQUAL(office_ack(world, VNM_OPS, seen.id[0], "seen by night watch"), 0);
	run(world, 20 * MINUTE_US);
	send(world, THA,
	     &(struct words){.kind = KIND_INQUIRY,
			     .precedence = PRECEDENCE_IMMEDIATE,
			     .action = {"vnm-cert"},
			     .reply_by = world_real_us(world, THA) + 3 * HOUR_US});
	run(world, MINUTE_US);
	CHECK_EQUAL(office_hold(world, VNM, seen.id[1], world_real_us(world, VNM) + HOUR_US), 0);
	run(world, MINUTE_US);
	run(world, 2 * HOUR_US);
	answer.in_reply_to = seen.id[1];
	send(world, VNM, &answer);
	run(world, MINUTE_US);
	finish(world);
}

TEST(corrections_cancels_closes_and_exercises_replay_as_they_were_seen)
{
	struct world *world = office_open(2, 3);
	struct words words = {.kind = KIND_NOTICE, .action = {"sgp-cert", "vnm-cert"}, .incident = incident};
	struct words decline = {.kind = KIND_DECLINE, .action = {"tha-cert"}};

	words.reply_by = world_real_us(world, THA) + 30 * HOUR_US;
	send(world, THA, &words);
	run(world, MINUTE_US);
	words = (struct words){.kind = KIND_UPDATE, .action = {"sgp-cert", "vnm-cert"}, .supersedes = seen.id[0],
			       .incident = incident};
	send(world, THA, &words);
	run(world, MINUTE_US);
	words.kind = KIND_CANCEL;
	send(world, THA, &words);
	run(world, MINUTE_US);
	send(world, VNM, &(struct words){.kind = KIND_CLOSE, .action = {"tha-cert"}, .incident = incident});
	run(world, MINUTE_US);
	send(world, THA, &(struct words){.kind = KIND_CLOSE, .action = {"vnm-cert"}, .incident = incident});
	run(world, MINUTE_US);
	send(world, THA, &(struct words){.kind = KIND_NOTICE, .action = {"sgp-cert"}, .exercise = "DEMO"});
	run(world, MINUTE_US);
	decline.in_reply_to = seen.id[5];
	decline.exercise = "DEMO";
	send(world, SGP, &decline);
	run(world, 7 * HOUR_US);
	finish(world);
}

static int silence(struct world *world, size_t site, int64_t until)
{
	uint8_t params[64];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	pack_put_array(&w, 4);
	pack_put_int(&w, until);
	pack_put_array(&w, 0);
	pack_put_text(&w, "");
	pack_put_text(&w, "");
	world_request(world, site, UID_RELEASER, METHOD_SILENCE, pack_written(&w), &answer);
	return answer.error;
}

TEST(clocks_that_step_silence_restarts_and_lost_links_replay_as_they_were_seen)
{
	struct world *world = office_open(3, 2);
	const struct words notice = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .action = {"tha-cert"}};
	struct words expiring = notice;

	send(world, SGP, &notice);
	run(world, MINUTE_US);
	CHECK_EQUAL(silence(world, THA, world_real_us(world, THA) + 2 * HOUR_US), 0);
	run(world, 10 * SECOND_US);
	world->site[THA].real_offset_us = 10 * MINUTE_US;
	run(world, MINUTE_US);
	send(world, SGP, &notice);
	run(world, 20 * MINUTE_US);
	CHECK_EQUAL(silence(world, THA, 0), 0);
	run(world, 25 * MINUTE_US);
	lines_break(world, THA, SGP);
	lines_cut(world, THA, SGP, true);
	run(world, 10 * SECOND_US);
	expiring.expires = world_real_us(world, SGP) + MINUTE_US;
	send(world, SGP, &expiring);
	run(world, 2 * MINUTE_US);
	lines_cut(world, THA, SGP, false);
	world_stop(world, THA);
	run(world, MINUTE_US);
	CHECK_EQUAL(world_boot(world, THA), 0);
	run(world, MINUTE_US);
	CHECK_EQUAL(office_ack(world, THA, seen.id[0], "at last"), 0);
	run(world, 6 * HOUR_US);
	finish(world);
}
