/*
 * How long a link lives: what must come in time, whether anybody is there, and when it is old (SPEC 3.4). A line is
 * judged by whether anything still moves on it and by the time that an answer took before, so that a slow one is not
 * taken for a dead one.
 */
#include "daemon/core.h"

#define ROUND_TRIP_MAX_US (30 * SECOND_US) /* a slower answer makes nobody wait longer */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The last time that anything moved, from `since` on: bytes came, or the network took what we had written. */
static int64_t moved_at(const struct conn *conn, int64_t since)
{
	return later(since, later(conn->room_at, conn->heard_at));
}

void life_measure(struct conn *conn, int64_t elapsed_us)
{
	conn->round_trip_us = earlier(later(elapsed_us, 0), ROUND_TRIP_MAX_US);
}

/* What the handshake took tells how long a cell may take. */
void life_begin(struct station *st, struct conn *conn)
{
	size_t cells = conn->link.context.cell > RECORD_BYTES ? conn->link.context.cell / RECORD_BYTES : 1;

	life_measure(conn, (st->now.mono_us - conn->started_at) * (int64_t)cells);
	conn->opened_at = conn->heard_at = st->now.mono_us;
	conn->due = st->now.mono_us + conn->round_trip_us + FIRST_CELL_TIMEOUT_US;
}

void life_heard(struct station *st, struct conn *conn)
{
	conn->heard_at = st->now.mono_us;
	conn->asked_at = 0;
	conn->misses = 0;
}

static void ask(struct station *st, struct conn *conn)
{
	greet_ask_alive(st, conn);
	if (conn->asked_at == 0)
		conn->asked_at = st->now.mono_us;
}

/* When an answer to what was asked is overdue. */
static int64_t answer_at(const struct conn *conn)
{
	return moved_at(conn, conn->asked_at) + conn->round_trip_us + PONG_URGENT_US;
}

static uint64_t cells(const struct conn *conn)
{
	return conn->link.cells_in > conn->link.cells_out ? conn->link.cells_in : conn->link.cells_out;
}

/* When an urgent parcel that has left should be stored at the latest. */
static int64_t stored_at(const struct conn *conn)
{
	return moved_at(conn, conn->handed_at) + conn->round_trip_us + STORED_LATE_US;
}

int64_t life_successor_at(const struct conn *conn)
{
	int64_t old_at = cells(conn) >= LIMIT_LINK_CELLS ? 0 : conn->opened_at + LINK_LIFE_US;

	if (conn->asked_at == 0)
		return old_at;
	return earlier(old_at, conn->handed_at != 0 ? later(conn->asked_at, stored_at(conn)) : answer_at(conn));
}

/* When to see after an urgent parcel that has left. */
static int64_t urgent_at(const struct conn *conn)
{
	if (conn->handed_at == 0)
		return INT64_MAX;
	return conn->asked_at != 0 ? later(answer_at(conn), stored_at(conn) + PONG_URGENT_US) : stored_at(conn);
}

/*
 * A flash or immediate parcel has left and is not stored: five seconds after it could be the peer is asked, and without
 * any byte in three more the link is given up.
 */
static bool is_deaf(struct station *st, struct conn *conn)
{
	if (urgent_at(conn) > st->now.mono_us)
		return false;
	if (!flight_awaits_urgent(conn))
		conn->handed_at = 0;
	else if (conn->asked_at != 0)
		return true;
	else
		ask(st, conn);
	return false;
}

static bool is_over(const struct station *st, const struct conn *conn)
{
	return conn->link.phase == PHASE_OPEN &&
	       (st->now.mono_us - conn->opened_at >= LINK_LIFE_HARD_US || cells(conn) >= LIMIT_LINK_CELLS_HARD);
}

/* Nothing came in time, or it is time to ask whether anybody is there. */
static enum life attend(struct station *st, struct conn *conn)
{
	int64_t first_at = moved_at(conn, conn->opened_at) + conn->round_trip_us + FIRST_CELL_TIMEOUT_US;

	if (conn->link.phase != PHASE_OPEN || conn->misses >= PING_MISSES)
		return LIFE_SILENT;
	if (conn->link.cells_in == 0) { /* half a cell of a slow line is something */
		conn->due = first_at;
		return first_at <= st->now.mono_us ? LIFE_SILENT : LIFE_GOES_ON;
	}
	conn->misses++;
	ask(st, conn);
	conn->due = st->now.mono_us + PING_IDLE_US;
	return LIFE_GOES_ON;
}

enum life life_attend(struct station *st, struct conn *conn)
{
	if (is_over(st, conn))
		return LIFE_OVER;
	if (is_deaf(st, conn))
		return LIFE_DEAF;
	return conn->due <= st->now.mono_us ? attend(st, conn) : LIFE_GOES_ON;
}

int64_t life_deadline(const struct conn *conn)
{
	int64_t over_at = conn->link.phase == PHASE_OPEN ? conn->opened_at + LINK_LIFE_HARD_US : INT64_MAX;

	if (cells(conn) >= LIMIT_LINK_CELLS_HARD)
		over_at = 0;
	return earlier(earlier(conn->due, urgent_at(conn)), over_at);
}
