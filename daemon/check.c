/*
 * Checks (SPEC 7.2): on the hour each link is tried with a short text, daily the watch of a peer is asked to type words
 * back, every half year its card is to be confirmed. What became of each is an entry of the station log; here is when
 * they are made, when they were missed, and who is told. Their messages are in check_message.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/pangram.h"

#define DAY_US (24 * HOUR_US)
#define TICKS_HOURLY (HOUR_US / CHECK_TICK_US)
#define TICKS_DAILY (DAY_US / CHECK_TICK_US)

/* Lower names on even hours and days, the others on odd ones, so that each pair is checked once in each. */
static bool is_turn(const struct station *st, const struct peer *peer, int64_t period_us)
{
	bool is_lower = bytes_compare(core_own_name(st), name_bytes(&peer->name)) < 0;

	return (st->now.real_us / period_us % 2 == 0) == is_lower;
}

void check_apply(struct station *st, const struct leaf *leaf)
{
	struct pack_reader r = pack_reader(leaf->data);
	struct check_row row = {.at = leaf->at, .has_message = leaf->has_id};

	pack_expect_array(&r, 6);
	row.peer = pack_read_str(&r, LIMIT_NAME_BYTES);
	row.type = pack_read_uint(&r, CHECK_TYPES);
	row.outcome = pack_read_uint(&r, CHECK_OUTCOMES);
	row.latency_ms = pack_read_uint(&r, INT64_MAX);
	pack_read_str(&r, LIMIT_FUNCTION_BYTES);
	pack_read_uint(&r, UINT32_MAX);
	if (pack_read_end(&r) != RESULT_OK)
		return;
	memcpy(row.message, leaf->id, sizeof row.message);
	if (row.has_message && row.outcome != CHECK_ASKED)
		store_check_settle(st->store, row.message, row.outcome, row.latency_ms);
	else
		store_check_put(st->store, &row);
}

/* What an officer must see. */
static void tell(struct station *st, struct peer *peer, const char *event, const char *detail, bool is_alarm)
{
	core_journal(st, "event=%s peer=%s detail=\"%s\"", event, peer->name.text, detail);
	core_notify(st, event, NULL, name_bytes(&peer->name), core_own_name(st), detail);
	if (is_alarm)
		core_alert(st, event, NULL, name_bytes(&peer->name));
}

static void tell_link(struct station *st, struct peer *peer)
{
	uint64_t misses = store_check_misses(st->store, name_bytes(&peer->name), CHECK_LINK);
	char detail[64];

	snprintf(detail, sizeof detail, N_("%llu link checks in a row not answered"), (unsigned long long)misses);
	tell(st, peer, "check-missed", detail, misses == TEST_MISSES);
}

void check_note(struct station *st, struct peer *peer, enum check_type type, enum check_outcome outcome,
		  const struct check_detail *detail)
{
	struct bytes officer = detail->officer.len > 0 ? detail->officer : bytes_of(STATION_FUNCTION);
	int64_t ms = (detail->latency_us + 999) / 1000;
	char text[64];

	core_log_act(st, STATION_CHECK, detail->message, "tuuutu", name_bytes(&peer->name), (uint64_t)type,
		     (uint64_t)outcome, (uint64_t)(ms > 0 ? ms : 0), officer, detail->uid);
	if (type == CHECK_LINK && outcome != CHECK_RIGHT)
		tell_link(st, peer);
	if (type == CHECK_LINK)
		return;
	snprintf(text, sizeof text, N_("%s check %s"), check_type_name(type), check_outcome_name(outcome));
	if (outcome == CHECK_DUE)
		tell(st, peer, "check-due", text, true);
	else if (outcome == CHECK_MISSED || outcome == CHECK_WRONG)
		tell(st, peer, "check-missed", text, true);
	else
		tell(st, peer, "check", text, false);
}

/* The link check. */

static void send_test(struct station *st, struct peer *peer)
{
	const struct pangram *pangram = &pangrams[peer->test.pangram];
	struct frame frame = {.type = FRAME_TEST,
			      .test = {.n = peer->test.n,
				       .lang = bytes_of(pangram->lang),
				       .text = bytes_of(pangram->text)}};

	peer->test.next_at = st->now.mono_us + TEST_REPEAT_US;
	if (peer->conn != NULL)
		link_put(&peer->conn->link, &frame);
}

static void begin_test(struct station *st, struct peer *peer)
{
	uint32_t random;

	if (peer->conn == NULL) {
		check_note(st, peer, CHECK_LINK, CHECK_NO_PATH, &(struct check_detail){0});
		return;
	}
	st->random(st->random_ctx, &random, sizeof random);
	peer->test.pangram = random % PANGRAMS;
	st->random(st->random_ctx, &peer->test.n, sizeof peer->test.n);
	peer->test.sent_at = st->now.mono_us;
	send_test(st, peer);
}

static void end_test(struct station *st, struct peer *peer, enum check_outcome outcome, int64_t latency_us)
{
	peer->test.sent_at = 0;
	check_note(st, peer, CHECK_LINK, outcome, &(struct check_detail){.latency_us = latency_us});
}

void check_test(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct frame answer = {.type = FRAME_TESTED, .tested = {.n = frame->test.n}};
	struct peer *peer = conn->peer;

	if (peer->test.heard == 0 || st->now.mono_us >= peer->test.heard_from + HOUR_US) {
		peer->test.heard = 0;
		peer->test.heard_from = st->now.mono_us;
	}
	if (peer->test.heard == TESTS_HOURLY) {
		core_count(st, COUNT_CHECK, peer, "too many tests");
		return;
	}
	peer->test.heard++;
	hash_sha256(frame->test.text, answer.tested.hash);
	link_put(&conn->link, &answer);
}

void check_tested(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct peer *peer = conn->peer;
	uint8_t hash[HASH_BYTES];

	if (frame->tested.n != peer->test.n || peer->test.next_at == 0) {
		core_count(st, COUNT_CHECK, peer, "an answer to no test of ours");
		return;
	}
	if (peer->test.sent_at == 0)
		return; /* the same test went out twice, and both were answered; or it took too long */
	hash_sha256(bytes_of(pangrams[peer->test.pangram].text), hash);
	end_test(st, peer, hash_equal(hash, frame->tested.hash, HASH_BYTES) ? CHECK_RIGHT : CHECK_WRONG,
		 st->now.mono_us - peer->test.sent_at + 1);
}

static void attend_test(struct station *st, struct peer *peer)
{
	if (peer->test.sent_at == 0 || peer->test.next_at > st->now.mono_us)
		return;
	if (st->now.mono_us < peer->test.sent_at + TEST_WAIT_US)
		send_test(st, peer);
	else
		end_test(st, peer, CHECK_MISSED, 0);
}

/* The daily check of the watch. */

/* The minute of the UTC day at which the watch of a peer is checked; -1 never. */
static int watch_minute(const struct station *st, const struct peer *peer)
{
	const struct config_peer *config = config_peer(st->config, name_bytes(&peer->name));
	/* an office with hours is asked only at a time that somebody chose for it: nobody is woken */
	unsigned time = config != NULL && config->has_watch_check ? config->watch_check
			: peer->card.hours_count == 0		  ? st->config->watch_check
								  : 0;

	return (int)time - 1;
}

static void check_watch(struct station *st, struct peer *peer)
{
	int64_t from = st->now.real_us / DAY_US * DAY_US + watch_minute(st, peer) * MINUTE_US;
	bool is_last = st->now.real_us / CHECK_TICK_US % TICKS_DAILY == TICKS_DAILY - 1;
	struct check_row row;

	if (watch_minute(st, peer) < 0 || st->now.real_us < from || !is_turn(st, peer, DAY_US) ||
	    peer->asked[CHECK_WATCH - 1].is_out)
		return;
	if (store_check_last(st->store, name_bytes(&peer->name), CHECK_WATCH, &row) && row.at >= from)
		return;
	if (peer->conn != NULL && !peer->is_ahead)
		check_send(st, NULL, peer, CHECK_WATCH, NULL);
	else if (is_last)
		check_note(st, peer, CHECK_WATCH, CHECK_NO_PATH, &(struct check_detail){0});
}

/* The half-yearly check of a card. */

int64_t check_directory_due(struct station *st, const struct peer *peer)
{
	int64_t confirmed =
	    store_check_last_at(st->store, name_bytes(&peer->name), CHECK_DIRECTORY, CHECK_RIGHT, CHECK_LATE);

	return (confirmed > peer->enrolled_at ? confirmed : peer->enrolled_at) + DIRECTORY_US;
}

static void check_directory(struct station *st, struct peer *peer)
{
	int64_t due = check_directory_due(st, peer);

	if (st->now.real_us >= due &&
	    store_check_last_at(st->store, name_bytes(&peer->name), CHECK_DIRECTORY, CHECK_DUE, CHECK_DUE) < due)
		check_note(st, peer, CHECK_DIRECTORY, CHECK_DUE, &(struct check_detail){0});
}

/* When. */

/* A quarter of an hour began, or the clock was set. */
static void tick(struct station *st)
{
	int64_t quarter = st->now.real_us / CHECK_TICK_US;
	bool is_hour = quarter / TICKS_HOURLY != st->check_quarter / TICKS_HOURLY;

	st->check_at = st->now.mono_us + ((quarter + 1) * CHECK_TICK_US - st->now.real_us);
	if (quarter == st->check_quarter)
		return;
	st->check_quarter = quarter;
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		if (cards_is_revoked(peer))
			continue;
		if (is_hour && is_turn(st, peer, HOUR_US) && peer->test.sent_at == 0)
			begin_test(st, peer);
		check_watch(st, peer);
		check_directory(st, peer);
	}
}

void check_start(struct station *st)
{
	st->check_quarter = st->now.real_us / CHECK_TICK_US;
	st->check_at = st->now.mono_us;
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		check_load(st, peer);
}

void check_timers(struct station *st)
{
	if (st->check_at <= st->now.mono_us)
		tick(st);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		attend_test(st, peer);
		check_attend(st, peer);
	}
}

int64_t check_deadline(const struct station *st)
{
	int64_t deadline = st->check_at;

	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		if (peer->test.sent_at != 0 && peer->test.next_at < deadline)
			deadline = peer->test.next_at;
		for (size_t i = 0; i < CHECK_TYPES; i++)
			if (peer->asked[i].is_out && peer->asked[i].due < deadline)
				deadline = peer->asked[i].due;
	}
	return deadline;
}
