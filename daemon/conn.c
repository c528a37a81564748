/*
 * Connections and the links on them: who is admitted, what each frame means, and the deadlines of a link's life (SPEC
 * 3).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

struct conn *conn_find(const struct station *st, uint32_t id)
{
	struct conn *conn = st->conns;

	while (conn != NULL && conn->id != id)
		conn = conn->next;
	return conn;
}

struct conn *conn_add(struct station *st, uint32_t id)
{
	struct conn *conn = calloc(1, sizeof *conn);

	if (conn == NULL)
		abort();
	conn->id = id;
	conn->next = st->conns;
	st->conns = conn;
	return conn;
}

/* The newest open link of a peer: the highest counter, of a tie the one dialled by the lower name (SPEC 3). */
void conn_choose(struct station *st, struct peer *peer)
{
	struct conn *best = NULL, *before = peer->conn;
	bool own_is_lower = bytes_compare(core_own_name(st), name_bytes(&peer->name)) < 0;

	for (struct conn *conn = st->conns; conn != NULL; conn = conn->next) {
		if (conn->peer != peer || conn->link.phase != PHASE_OPEN || !conn->has_hello)
			continue;
		if (best == NULL || conn->link.counter > best->link.counter ||
		    (conn->link.counter == best->link.counter && conn->link.is_dialler == own_is_lower))
			best = conn;
	}
	peer->conn = best;
	if (best != before) {
		flight_rewind(peer);
		fetch_relink(st, peer);
	}
	if ((best == NULL) == (before == NULL))
		return;
	peer->since = st->now.real_us;
	core_log_act(st, STATION_LINK, NULL, "tu", name_bytes(&peer->name), (uint64_t)(best != NULL));
	core_notify(st, best != NULL ? "link-up" : "link-down", NULL, name_bytes(&peer->name), (struct bytes){NULL, 0},
		    "");
	core_journal(st, "event=%s peer=%s", best != NULL ? "link-up" : "link-down", peer->name.text);
}

static void drop(struct station *st, struct conn *conn)
{
	struct conn **at = &st->conns;
	struct peer *peer = conn->peer;
	bool was_open = conn->link.cells_in > 0;

	while (*at != conn)
		at = &(*at)->next;
	*at = conn->next;
	if (peer != NULL) {
		if (conn->link.is_dialler) {
			peer->is_dialling = false;
			if (conn->link.phase == PHASE_WAIT_SECOND || !conn->is_connected)
				dial_note_silence(peer);
			dial_plan(st, peer, was_open);
		}
		if (peer->conn == conn)
			conn_choose(st, peer);
	}
	link_finish(&conn->link);
	free(conn);
}

void conn_closed(struct station *st, struct conn *conn)
{
	drop(st, conn);
}

static void close_conn(struct station *st, struct conn *conn)
{
	core_effect(st, EFFECT_CLOSE, conn->id, (struct bytes){NULL, 0});
	drop(st, conn);
}

/* One peer holds few links: the newest stand, and the oldest that it dialled gives way. */
static void bound_links(struct station *st, struct peer *peer)
{
	struct conn *oldest = NULL;
	size_t count = 0;

	for (struct conn *conn = st->conns; conn != NULL; conn = conn->next) {
		if (conn->peer != peer)
			continue;
		count++;
		if (!conn->link.is_dialler && (oldest == NULL || conn->link.counter < oldest->link.counter))
			oldest = conn;
	}
	if (count <= LIMIT_PEER_LINKS)
		return;
	core_count(st, COUNT_GATE, peer, oldest->address);
	close_conn(st, oldest);
}

static bool is_admitted(struct station *st, const char *address)
{
	bool is_known = dial_knows(st, address);
	size_t half_open = 0;

	for (const struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		half_open += conn->link.phase == PHASE_WAIT_FIRST;
	return gate_has_place(half_open, is_known) && (is_known || gate_take(&st->gate, address, st->now.mono_us));
}

void conn_accepted(struct station *st, uint32_t id, const char *address)
{
	struct conn *conn;

	if (!is_admitted(st, address)) {
		core_count(st, COUNT_GATE, NULL, address);
		core_effect(st, EFFECT_CLOSE, id, (struct bytes){NULL, 0});
		return;
	}
	conn = conn_add(st, id);
	link_init_accepted(&conn->link);
	snprintf(conn->address, sizeof conn->address, "%s", address);
	conn->is_connected = true;
	conn->due = st->now.mono_us + RECORD1_TIMEOUT_US;
}

/* False: the link is to be closed. */
static bool take_frame(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct frame answer;

	if (!conn->has_hello && frame->type != FRAME_HELLO && frame->type != FRAME_CLOSE)
		return false;
	switch (frame->type) {
	case FRAME_HELLO:
		if (conn->has_hello)
			return false;
		greet_hello(st, conn, frame);
		break;
	case FRAME_PIECE:
		if (!conn->peer->is_ahead && /* nothing is signed for it, so nothing new is taken either */
		    partial_piece(st, conn, frame->piece.seq, frame->piece.tag, frame->piece.offset, frame->piece.total,
				  frame->piece.data))
			conn->owes_stored = true;
		break;
	case FRAME_RESUME:
		flight_resume(conn->peer, frame->resume.seq, frame->resume.tag, frame->resume.offset);
		break;
	case FRAME_STORED:
		flight_stored(st, conn->peer, &frame->stored);
		break;
	case FRAME_REFUSE:
		outbox_refused(st, conn->peer, frame->refuse.seq, frame->refuse.reason);
		break;
	case FRAME_PING:
		answer = (struct frame){.type = FRAME_PONG, .ping = {frame->ping.t0, st->now.real_us, st->now.real_us}};
		link_put(&conn->link, &answer);
		break;
	case FRAME_PONG:
		clock_take_pong(st, conn, frame);
		break;
	case FRAME_WANT:
		serve_want(st, conn, frame);
		break;
	case FRAME_BLOB:
		fetch_blob(st, conn, frame);
		break;
	case FRAME_CLOSE:
		return false;
	case FRAME_TEST:
		check_test(st, conn, frame);
		break;
	case FRAME_TESTED:
		check_tested(st, conn, frame);
		break;
	case FRAME_PROVE:
		witness_prove(st, conn, frame);
		break;
	case FRAME_PROOF:
		witness_proof(st, conn, frame);
		break;
	case FRAME_NOTE:
		witness_note(st, conn);
		break;
	}
	return true;
}

static void tell_close(struct station *st, struct conn *conn, uint8_t reason)
{
	struct frame frame = {.type = FRAME_CLOSE, .close = {.reason = reason}};

	if (conn->link.phase != PHASE_OPEN)
		return;
	link_put(&conn->link, &frame);
	conn->room = conn->room > 0 ? conn->room : 1;
	outbox_fill(st, conn);
}

/* What one step of the link brought; false: the link is to be closed. */
static bool handle(struct station *st, struct conn *conn, enum link_got got, const struct frame *frame, int result)
{
	switch (got) {
	case LINK_GOT_NOTHING:
		return true;
	case LINK_GOT_RECORD:
		if (!greet_answer(st, conn))
			return false;
		bound_links(st, conn->peer);
		return true;
	case LINK_GOT_OPEN:
		greet_open(st, conn);
		return true;
	case LINK_GOT_FRAME:
		return take_frame(st, conn, frame);
	case LINK_GOT_SKIPPED:
		if (conn->has_hello) {
			conn->peer->skipped++;
			core_count(st, COUNT_SKIPPED, conn->peer, "frame");
		}
		return conn->has_hello;
	case LINK_GOT_NEWER:
		tell_close(st, conn, CLOSE_NEWER);
		return false;
	case LINK_GOT_BROKEN:
		core_count(st, conn->has_hello ? COUNT_CELL : COUNT_HANDSHAKE, conn->peer, result_name(result));
		return false;
	}
	return false;
}

void conn_drop_unwanted(struct station *st)
{
	struct conn *conn = st->conns, *next;

	for (; conn != NULL; conn = next) {
		next = conn->next;
		if (conn->is_unwanted)
			close_conn(st, conn);
	}
}

void conn_bytes(struct station *st, struct conn *conn, struct bytes data)
{
	enum link_got got;
	struct frame frame;
	int result = RESULT_OK;
	uint64_t cells = conn->link.cells_in;

	conn->heard_at = st->now.mono_us;
	conn->misses = 0;
	do {
		got = link_next(&conn->link, &data, &frame, &result);
		if (!handle(st, conn, got, &frame, result)) {
			close_conn(st, conn);
			return;
		}
	} while (got != LINK_GOT_NOTHING);
	if (conn->link.cells_in > cells)
		conn->due = st->now.mono_us + PING_IDLE_US;
	conn_drop_unwanted(st);
}

void conn_connected(struct station *st, struct conn *conn)
{
	conn->is_connected = true;
	if (!greet_dial(st, conn))
		close_conn(st, conn);
}

/* A link that is due: nothing came in time, or it is time to ask whether anybody is there. False: it was closed. */
static bool attend(struct station *st, struct conn *conn)
{
	if (conn->link.phase != PHASE_OPEN || conn->link.cells_in == 0 || conn->misses >= PING_MISSES) {
		core_count(st, COUNT_TIMEOUT, conn->peer, conn->address);
		close_conn(st, conn);
		return false;
	}
	conn->misses++;
	greet_ask_alive(st, conn);
	conn->due = st->now.mono_us + PING_IDLE_US;
	return true;
}

/*
 * A flash or immediate parcel has left and is not stored: after five seconds the peer is asked, and without an answer
 * in three more the link is given up for another (SPEC 3).
 */
static bool is_deaf(struct station *st, struct conn *conn)
{
	if (conn->urgent_at == 0 || conn->urgent_at > st->now.mono_us)
		return false;
	if (!flight_awaits_urgent(conn->peer)) {
		conn->urgent_at = conn->asked_at = 0;
		return false;
	}
	if (conn->asked_at != 0 && conn->heard_at < conn->asked_at)
		return true;
	greet_ask_alive(st, conn);
	conn->asked_at = st->now.mono_us;
	conn->urgent_at = st->now.mono_us + PONG_URGENT_US;
	return false;
}

/* An old link gives way: the dialler renews it, and both refuse to go on much longer. */
static bool is_worn(const struct station *st, const struct conn *conn)
{
	int64_t age = st->now.mono_us - conn->opened_at;
	uint64_t cells = conn->link.cells_in > conn->link.cells_out ? conn->link.cells_in : conn->link.cells_out;

	if (conn->link.phase != PHASE_OPEN)
		return false;
	return conn->link.is_dialler ? age >= LINK_LIFE_US || cells >= LIMIT_LINK_CELLS
				     : age >= LINK_LIFE_HARD_US || cells >= LIMIT_LINK_CELLS_HARD;
}

void conn_timers(struct station *st)
{
	struct conn *conn = st->conns, *next;

	for (; conn != NULL; conn = next) {
		struct peer *peer = conn->peer;

		next = conn->next;
		if (is_worn(st, conn)) {
			bool redial = conn->link.is_dialler;

			tell_close(st, conn, CLOSE_RENEWED);
			close_conn(st, conn);
			if (redial)
				peer->dial_at = st->now.mono_us;
		} else if (is_deaf(st, conn)) {
			core_count(st, COUNT_TIMEOUT, peer, "nothing stored, no pong");
			close_conn(st, conn);
		} else if (conn->due <= st->now.mono_us)
			attend(st, conn);
	}
	for (struct peer *peer = st->peers; peer != NULL && !st->is_stopping; peer = peer->next)
		if (dial_is_wanted(st, peer) && peer->dial_at <= st->now.mono_us)
			dial_start(st, peer);
}

int64_t conn_deadline(const struct station *st)
{
	int64_t deadline = INT64_MAX;

	for (const struct conn *conn = st->conns; conn != NULL; conn = conn->next) {
		int64_t worn = conn->link.phase == PHASE_OPEN ? conn->opened_at + LINK_LIFE_US : INT64_MAX;

		if (!conn->link.is_dialler && worn != INT64_MAX)
			worn += LINK_LIFE_HARD_US - LINK_LIFE_US;
		deadline = conn->due < deadline ? conn->due : deadline;
		if (conn->urgent_at != 0 && conn->urgent_at < deadline)
			deadline = conn->urgent_at;
		deadline = worn < deadline ? worn : deadline;
	}
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		if (peer->dial_at < deadline && dial_is_wanted(st, peer))
			deadline = peer->dial_at;
	return deadline;
}

void conn_stop(struct station *st)
{
	while (st->conns != NULL) {
		tell_close(st, st->conns, CLOSE_ORDERLY);
		close_conn(st, st->conns);
	}
}
