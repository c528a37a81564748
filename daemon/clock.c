/*
 * Clocks (SPEC 7): steps of our own, seen against the clock that never steps, and how far each peer's is off, measured
 * by every ping. Neither moves a deadline; both are told when they are large.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/core.h"

#define STAMP_MAX_US (INT64_MAX / 4)	/* sums of stamps stay within their type */
#define STEP_US SECOND_US		/* a larger jump is a step */
#define DRIFT_SHARE 1000		/* between two looks the clock may be slewed by a thousandth */
#define PING_STEP_US (SECOND_US / 10)	/* a clock that was moved more between ping and pong measures nothing */
#define OFFSET_SHOWN_US (2 * SECOND_US) /* beyond: an officer sees it */
#define OFFSET_ALARM_US (60 * SECOND_US) /* beyond: an alarm */

static uint64_t as_entry(int64_t at)
{
	return at > 0 ? (uint64_t)at : 0;
}

static void tell_step(struct station *st, int64_t before, int64_t after)
{
	char from[TIME_TEXT], to[TIME_TEXT], detail[3 * TIME_TEXT];

	time_format_iso(before, from);
	time_format_iso(after, to);
	snprintf(detail, sizeof detail, N_("own clock set from %s to %s"), from, to);
	core_log_act(st, STATION_CLOCK, NULL, "uu", as_entry(before), as_entry(after));
	core_journal(st, "event=clock-step from=%s to=%s", from, to);
	core_notify(st, "clock", NULL, core_own_name(st), core_own_name(st), detail);
	if (after < before)
		core_alert(st, "own-clock", NULL, core_own_name(st));
}

void clock_watch(struct station *st)
{
	int64_t elapsed = st->now.mono_us - st->clock_at.mono_us, expected = st->clock_at.real_us + elapsed;
	int64_t jump = st->now.real_us - expected;

	st->clock_at = st->now;
	if (llabs(jump) <= STEP_US + elapsed / DRIFT_SHARE)
		return;
	tell_step(st, expected, st->now.real_us);
	st->check_at = st->now.mono_us; /* the hour may be another now */
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		peer->round_trip_us = -1; /* what was measured against the clock before means nothing now */
}

/* Beyond the limit whichever way the round trip was divided, or within it. In between nothing is known anew. */
static void judge(struct station *st, struct peer *peer)
{
	int64_t off = llabs(peer->offset_us), doubt = peer->round_trip_us / 2;
	bool is_off = off - doubt > OFFSET_ALARM_US, is_right = off + doubt <= OFFSET_ALARM_US;
	uint64_t side = peer->offset_us > 0 ? OFFSET_AHEAD : OFFSET_BEHIND;
	char detail[CLOCK_TEXT];

	if (peer->is_clock_off ? !is_right : !is_off)
		return;
	peer->is_clock_off = is_off;
	core_log_act(st, STATION_OFFSET, NULL, "tuu", name_bytes(&peer->name), is_off ? side : OFFSET_RIGHT,
		     (uint64_t)off / 1000);
	clock_describe(peer, detail);
	core_journal(st, "event=clock-%s peer=%s offset_ms=%" PRId64, is_off ? "off" : "right", peer->name.text,
		     peer->offset_us / 1000);
	core_notify(st, "clock", NULL, name_bytes(&peer->name), core_own_name(st),
		    is_off ? detail : N_("its clock agrees with ours again"));
	if (is_off)
		core_alert(st, "clock", NULL, name_bytes(&peer->name));
}

void clock_take_pong(struct station *st, struct conn *conn, const struct frame *frame)
{
	int64_t t0 = frame->ping.t0, t1 = frame->ping.t1, t2 = frame->ping.t2, t3 = st->now.real_us;
	int64_t elapsed = st->now.mono_us - conn->ping_mono;

	if (t0 != conn->ping_at)
		return;
	conn->ping_at = 0;
	if (t1 < 0 || t2 < t1 || t2 > STAMP_MAX_US || t2 - t1 > elapsed || llabs(t3 - t0 - elapsed) > PING_STEP_US)
		return;
	conn->peer->round_trip_us = elapsed - (t2 - t1);
	conn->peer->offset_us = (t1 - t0 + t2 - t3) / 2;
	judge(st, conn->peer);
}

bool clock_describe(const struct peer *peer, char out[CLOCK_TEXT])
{
	int64_t off = llabs(peer->offset_us);

	out[0] = '\0';
	if (peer->round_trip_us < 0 || off - peer->round_trip_us / 2 <= OFFSET_SHOWN_US)
		return false;
	snprintf(out, CLOCK_TEXT,
		 peer->offset_us > 0 ? N_("its clock is %lld.%lld s ahead of ours") : N_("its clock is %lld.%lld s behind ours"),
		 (long long)(off / SECOND_US), (long long)(off % SECOND_US / (SECOND_US / 10)));
	return true;
}

/*
 * [before, after]: the clock was set, and the deadlines' time does not step with it. [clock]: the times of entries are no
 * longer as far ahead of it as they were.
 */
void clock_apply(struct station *st, const struct leaf *leaf)
{
	struct pack_reader r = pack_reader(leaf->data);
	int64_t before = 0, clock;

	pack_expect_array(&r, leaf->kind == STATION_CLOCK ? 2 : 1);
	if (leaf->kind == STATION_CLOCK)
		before = pack_read_int(&r);
	clock = pack_read_int(&r);
	if (pack_read_end(&r) != RESULT_OK || before < 0 || clock < 0)
		return;
	if (leaf->kind == STATION_CLOCK)
		st->shift.clock += before - clock;
	st->shift.log = clock + st->shift.clock - leaf->at;
	store_clock_shift_put(st->store, st->shift);
	st->has_due_changed = true;
}
