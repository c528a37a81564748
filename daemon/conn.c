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

void conn_join(struct conn *conn, struct peer *peer)
{
	conn->peer = peer;
	conn->sibling = peer->links;
	peer->links = conn;
}

static void leave(struct conn *conn)
{
	struct conn **at = &conn->peer->links;

	while (*at != conn)
		at = &(*at)->sibling;
	*at = conn->sibling;
}

static void drop(struct station *st, struct conn *conn)
{
	struct conn **at = &st->conns;
	struct peer *peer = conn->peer;

	while (*at != conn)
		at = &(*at)->next;
	*at = conn->next;
	if (peer != NULL) {
		leave(conn);
		if (conn->link.is_dialler && conn->link.phase == PHASE_WAIT_SECOND)
			dial_note_silence(peer, conn->is_connected);
		if (conn->link.is_dialler && conn->link.cells_in > 0)
			dial_lost(st, peer, conn->endpoint);
		if (peer->path[conn->endpoint] == conn)
			path_choose(st, peer);
		if (conn->owes_stored && peer->conn != NULL)
			peer->conn->owes_stored = true;
	}
	link_finish(&conn->link);
	recover_drop(conn);
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

	for (struct conn *conn = peer->links; conn != NULL; conn = conn->sibling) {
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
	conn->started_at = st->now.mono_us;
	conn->due = st->now.mono_us + RECORD1_TIMEOUT_US;
}

static void take_pong(struct station *st, struct conn *conn, const struct frame *frame)
{
	if (frame->ping.t0 == conn->ping_at)
		life_measure(conn, st->now.mono_us - conn->ping_mono);
	clock_take_pong(st, conn, frame);
	conn->has_pong = true;
	if (conn->link.is_dialler)
		path_retire(conn->peer, conn->endpoint);
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
		flight_resume(conn, frame->resume.seq, frame->resume.tag, frame->resume.offset);
		break;
	case FRAME_STORED:
		flight_stored(st, conn->peer, &frame->stored);
		break;
	case FRAME_REFUSE:
		outbox_refused(st, conn, frame->refuse.seq, frame->refuse.reason);
		break;
	case FRAME_PING:
		answer = (struct frame){.type = FRAME_PONG, .ping = {frame->ping.t0, st->now.real_us, st->now.real_us}};
		link_put(&conn->link, &answer);
		break;
	case FRAME_PONG:
		take_pong(st, conn, frame);
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
	case FRAME_RECOVER:
		give_begin(st, conn, frame->recover.from);
		break;
	case FRAME_PART:
		recover_part(st, conn, frame);
		break;
	case FRAME_END:
		recover_end(st, conn, frame);
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
		if (conn->is_renewed)
			tell_close(st, conn, CLOSE_RENEWED);
		if (conn->is_unwanted || conn->is_renewed)
			close_conn(st, conn);
	}
}

void conn_bytes(struct station *st, struct conn *conn, struct bytes data)
{
	enum link_got got;
	struct frame frame;
	int result = RESULT_OK;
	uint64_t cells = conn->link.cells_in;

	life_heard(st, conn);
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

void conn_room(struct station *st, struct conn *conn, size_t room)
{
	conn->room = room;
	conn->room_at = st->now.mono_us;
}

static void attend(struct station *st, struct conn *conn)
{
	switch (life_attend(st, conn)) {
	case LIFE_GOES_ON:
		return;
	case LIFE_OVER:
		tell_close(st, conn, CLOSE_RENEWED);
		break;
	case LIFE_DEAF:
		core_count(st, COUNT_TIMEOUT, conn->peer, "nothing stored, no pong");
		break;
	case LIFE_SILENT:
		core_count(st, COUNT_TIMEOUT, conn->peer, conn->address);
		break;
	}
	close_conn(st, conn);
}

void conn_timers(struct station *st)
{
	struct conn *conn = st->conns, *next;

	for (; conn != NULL; conn = next) {
		next = conn->next;
		attend(st, conn);
	}
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		for (size_t i = 0; i < dial_endpoints(peer); i++)
			if (dial_due(st, peer, i) <= st->now.mono_us)
				dial_start(st, peer, i);
}

int64_t conn_deadline(const struct station *st)
{
	int64_t deadline = INT64_MAX;

	for (const struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		if (life_deadline(conn) < deadline)
			deadline = life_deadline(conn);
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < dial_endpoints(peer); i++)
			if (dial_due(st, peer, i) < deadline)
				deadline = dial_due(st, peer, i);
		if (path_deadline(st, peer) < deadline)
			deadline = path_deadline(st, peer);
	}
	return deadline;
}

void conn_stop(struct station *st)
{
	while (st->conns != NULL) {
		tell_close(st, st->conns, CLOSE_ORDERLY);
		close_conn(st, st->conns);
	}
}
