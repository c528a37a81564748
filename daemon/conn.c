/*
 * Connections and the links on them: who is admitted, who dials and when, what each frame means, and the deadlines of a
 * link's life (SPEC 3).
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

static struct conn *add(struct station *st, uint32_t id)
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
static void choose_link(struct station *st, struct peer *peer)
{
	struct conn *best = NULL, *before = peer->conn;
	bool own_is_lower = bytes_compare(core_own_name(st), name_bytes(&peer->name)) < 0;

	for (struct conn *conn = st->conns; conn != NULL; conn = conn->next) {
		if (conn->peer != peer || conn->link.phase != PHASE_OPEN)
			continue;
		if (best == NULL || conn->link.counter > best->link.counter ||
		    (conn->link.counter == best->link.counter && conn->link.is_dialler == own_is_lower))
			best = conn;
	}
	peer->conn = best;
	if ((best == NULL) == (before == NULL))
		return;
	peer->since = st->now.real_us;
	core_log_act(st, STATION_LINK, NULL, "tu", name_bytes(&peer->name), (uint64_t)(best != NULL));
	core_notify(st, best != NULL ? "link-up" : "link-down", NULL, name_bytes(&peer->name), (struct bytes){NULL, 0}, "");
	core_journal(st, "event=%s peer=%s", best != NULL ? "link-up" : "link-down", peer->name.text);
}

/* Up to 15 s, with jitter, so that two stations that lost each other do not dial in step. */
static void plan_redial(struct station *st, struct peer *peer, bool was_good)
{
	uint32_t random;

	st->random(st->random_ctx, &random, sizeof random);
	if (was_good)
		peer->backoff_us = REDIAL_MIN_US;
	peer->dial_at = st->now.mono_us + peer->backoff_us * (75 + random % 50) / 100;
	peer->backoff_us = peer->backoff_us * 2 < REDIAL_MAX_US ? peer->backoff_us * 2 : REDIAL_MAX_US;
	if (outbox_is_urgent(st, peer) && peer->dial_at > st->now.mono_us + REDIAL_URGENT_US)
		peer->dial_at = st->now.mono_us + REDIAL_URGENT_US;
}

/* Nothing came back from a dialled peer: it, its keys or its clock are not what we think. */
static void note_silence(struct peer *peer)
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);

	peer->silent_closes++;
	peer->endpoint++;
	if (generation == NULL || generation->is_proven)
		return;
	/* three closes on the highest generation, three on the one below, and so on, until one works */
	peer->pair->unproven_closes = (uint8_t)((peer->pair->unproven_closes + 1) % (2 * SILENT_CLOSES_EXPLAINED));
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
				note_silence(peer);
			plan_redial(st, peer, was_open);
		}
		if (peer->conn == conn)
			choose_link(st, peer);
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

/* Whether a peer's endpoint, or its live link, has this address. */
static bool is_known_address(const struct station *st, const char *address)
{
	size_t len = strlen(address);

	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		if (peer->conn != NULL && strcmp(peer->conn->address, address) == 0)
			return true;
		for (size_t i = 0; i < peer->card.endpoint_count; i++)
			if (peer->card.endpoint[i].len > len && memcmp(peer->card.endpoint[i].data, address, len) == 0 &&
			    peer->card.endpoint[i].data[len] == ':')
				return true;
	}
	return false;
}

static bool is_admitted(struct station *st, const char *address)
{
	bool is_known = is_known_address(st, address);
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
	conn = add(st, id);
	link_init_accepted(&conn->link);
	snprintf(conn->address, sizeof conn->address, "%s", address);
	conn->is_connected = true;
	conn->due = st->now.mono_us + RECORD1_TIMEOUT_US;
}

static void put_hello(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	const struct pair_generation *generation;
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA}};

	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		generation = &peer->pair->slot[i];
		if (generation->is_used && generation->is_complete && generation->generation > hello.hello.generation)
			hello.hello.generation = generation->generation;
	}
	inbox_have(st, peer, &hello.hello.have);
	hello.hello.size = peer->log.tree.size;
	merkle_root(&peer->log.tree, hello.hello.root);
	hello.hello.seen_size = peer->seen_size;
	memcpy(hello.hello.seen_root, peer->seen_root, HASH_BYTES);
	while (!link_put(&conn->link, &hello) && hello.hello.have.count > 0)
		hello.hello.have.count /= 2; /* cut at what fits; stored says the rest */
	if (hello.hello.have.count == LIMIT_HAVE / 2)
		conn->owes_stored = true;
	for (size_t i = 0; i < LIMIT_PARTIALS; i++) {
		const struct partial *partial = &peer->partial[i];
		struct frame resume = {.type = FRAME_RESUME, .resume = {.seq = partial->seq, .offset = partial->held}};

		memcpy(resume.resume.tag, partial->tag, FRAME_TAG_BYTES);
		if (partial->seq != 0)
			link_put(&conn->link, &resume);
	}
}

/* The handshake is done: from here cells travel. */
static void open_link(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;

	conn->opened_at = conn->heard_at = st->now.mono_us;
	conn->due = st->now.mono_us + FIRST_CELL_TIMEOUT_US;
	peer->silent_closes = 0;
	peer->pair->unproven_closes = 0;
	directory_authenticated(st, peer, conn->link.context.generation, conn->link.context.week);
	put_hello(st, conn);
}

/* An accepted connection's first record: whose it is, then whether it is fresh, then the answer (SPEC 3). */
static bool answer_record(struct station *st, struct conn *conn)
{
	struct record_context context = {.responder = st->config->station, .cell = CELL_BYTES};
	struct week_cache found;
	uint8_t ephemeral[KEY_BYTES], record[RECORD_BYTES];
	struct peer *peer = NULL, *match;
	int result = RESULT_KEY;
	int64_t at;

	for (size_t nth = 0; result != RESULT_OK && (match = directory_find_record(st, conn->link.buffer, nth, &found)) != NULL; nth++) {
		peer = match;
		context.initiator = peer->name;
		context.generation = found.generation;
		context.week = found.week;
		result = link_accept(&conn->link, &context, &st->keys.link, peer->card.link, found.keys.link, &at);
		key_wipe(&found, sizeof found);
	}
	if (result != RESULT_OK) {
		core_count(st, peer == NULL ? COUNT_STRANGER : COUNT_HANDSHAKE, peer, conn->address);
		return false;
	}
	if (conn->link.counter <= peer->counter_accepted) {
		core_count(st, COUNT_REPLAYED, peer, conn->address);
		return false;
	}
	peer->counter_accepted = conn->link.counter;
	store_peer_counter_accepted(st->store, peer->id, peer->counter_accepted);
	st->random(st->random_ctx, ephemeral, sizeof ephemeral);
	result = link_answer(&conn->link, ephemeral, st->now.real_us, record);
	key_wipe(ephemeral, sizeof ephemeral);
	if (result != RESULT_OK)
		return false;
	core_effect(st, EFFECT_WRITE, conn->id, (struct bytes){record, sizeof record});
	conn->peer = peer;
	open_link(st, conn);
	return true;
}

void conn_connected(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);
	struct record_context context = {.initiator = st->config->station,
					 .responder = peer->name,
					 .week = time_week(st->now.real_us),
					 .cell = CELL_BYTES};
	uint8_t ephemeral[KEY_BYTES], record[RECORD_BYTES];
	struct week_keys keys;
	int result;

	conn->is_connected = true;
	if (generation == NULL || !directory_week_keys(st, peer, generation->generation, context.week, &keys)) {
		close_conn(st, conn);
		return;
	}
	context.generation = generation->generation;
	peer->counter_sent = peer->counter_sent + 1 > (uint64_t)st->now.real_us ? peer->counter_sent + 1 : (uint64_t)st->now.real_us;
	store_peer_counter_sent(st->store, peer->id, peer->counter_sent);
	st->random(st->random_ctx, ephemeral, sizeof ephemeral);
	result = link_dial(&conn->link, &context, &st->keys.link, peer->card.link, &keys, ephemeral, peer->counter_sent,
			   st->now.real_us, record);
	key_wipe(ephemeral, sizeof ephemeral);
	key_wipe(&keys, sizeof keys);
	if (result != RESULT_OK) {
		close_conn(st, conn);
		return;
	}
	core_effect(st, EFFECT_WRITE, conn->id, (struct bytes){record, sizeof record});
	conn->due = st->now.mono_us + RECORD2_TIMEOUT_US;
}

static void ask_alive(struct station *st, struct conn *conn)
{
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = st->now.real_us}};

	if (link_put(&conn->link, &ping))
		conn->ping_at = st->now.real_us;
}

/* The peer holds more of our record than we do: this is an older copy of ourselves (SPEC 4). */
static bool is_behind(struct station *st, struct peer *peer, const struct frame *hello)
{
	struct have have = hello->hello.have;
	uint64_t highest = have.count > 0 ? have.beyond[have.count - 1] : have.through;
	struct peer_row row = {.id = peer->id - 1};

	if (!store_peer_after(st->store, peer->id - 1, &row))
		return false;
	return hello->hello.seen_size > peer->log.tree.size || highest >= row.next_seq;
}

static void take_hello(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct peer *peer = conn->peer;

	conn->has_hello = true;
	peer->pair->announced_generation = frame->hello.generation;
	if (!store_peer_head(st->store, peer->id, frame->hello.size, frame->hello.root, st->now.real_us)) {
		core_log_act(st, STATION_FAULT, NULL, "tt", name_bytes(&peer->name),
			     bytes_of("it shows two different logs of the same size"));
		core_alert(st, "fault", NULL, name_bytes(&peer->name));
	} else if (frame->hello.size > peer->seen_size) {
		peer->seen_size = frame->hello.size;
		memcpy(peer->seen_root, frame->hello.root, HASH_BYTES);
	}
	if (is_behind(st, peer, frame) && !peer->is_ahead) {
		peer->is_ahead = true;
		core_journal(st, "event=behind peer=%s text=\"my record is behind what %s holds\"", peer->name.text, peer->name.text);
		core_log_act(st, STATION_FAULT, NULL, "tt", name_bytes(&peer->name), bytes_of("my record is behind what it holds"));
		core_alert(st, "behind", NULL, name_bytes(&peer->name));
	}
	outbox_hello(st, peer, &frame->hello.have);
	choose_link(st, peer);
	ask_alive(st, conn);
}

static void take_pong(struct conn *conn, const struct frame *frame, const struct now *now)
{
	int64_t t3 = now->real_us;

	if (frame->ping.t0 != conn->ping_at)
		return;
	conn->ping_at = 0;
	conn->peer->round_trip_us = t3 - frame->ping.t0 - (frame->ping.t2 - frame->ping.t1);
	conn->peer->offset_us = (frame->ping.t1 - frame->ping.t0 + frame->ping.t2 - t3) / 2;
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
		take_hello(st, conn, frame);
		break;
	case FRAME_PIECE:
		if (inbox_piece(st, conn, frame->piece.seq, frame->piece.tag, frame->piece.offset, frame->piece.total, frame->piece.data))
			conn->owes_stored = true;
		break;
	case FRAME_RESUME:
		outbox_resume(conn->peer, frame->resume.seq, frame->resume.tag, frame->resume.offset);
		break;
	case FRAME_STORED:
		outbox_stored(st, conn->peer, &frame->stored);
		break;
	case FRAME_REFUSE:
		outbox_refused(st, conn->peer, frame->refuse.seq, frame->refuse.reason);
		break;
	case FRAME_PING:
		answer = (struct frame){.type = FRAME_PONG, .ping = {frame->ping.t0, st->now.real_us, st->now.real_us}};
		link_put(&conn->link, &answer);
		break;
	case FRAME_PONG:
		take_pong(conn, frame, &st->now);
		break;
	case FRAME_CLOSE:
		return false;
	case FRAME_PROVE:
	case FRAME_PROOF:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
	case FRAME_TESTED:
		conn->peer->skipped++; /* left for a later version */
		core_count(st, COUNT_SKIPPED, conn->peer, "frame");
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
		return answer_record(st, conn);
	case LINK_GOT_OPEN:
		open_link(st, conn);
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
}

static bool dials(const struct station *st, const struct peer *peer)
{
	const struct config_peer *config = config_peer(st->config, name_bytes(&peer->name));

	switch (config != NULL ? config->dial : DIAL_AUTO) {
	case DIAL_ALWAYS:
		return true;
	case DIAL_NEVER:
		return false;
	case DIAL_AUTO:
		break;
	}
	return bytes_compare(core_own_name(st), name_bytes(&peer->name)) < 0;
}

static bool has_link(const struct station *st, const struct peer *peer)
{
	for (const struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		if (conn->peer == peer && conn->link.phase == PHASE_OPEN)
			return true;
	return false;
}

static void dial(struct station *st, struct peer *peer)
{
	const struct config_peer *config = config_peer(st->config, name_bytes(&peer->name));
	bool is_configured = config != NULL && config->endpoint_count > 0;
	size_t count = is_configured ? config->endpoint_count : peer->card.endpoint_count;
	struct bytes endpoint;
	struct conn *conn;

	if (count == 0) {
		peer->dial_at = INT64_MAX;
		return;
	}
	peer->endpoint %= count;
	endpoint = is_configured ? bytes_of(config->endpoint[peer->endpoint]) : peer->card.endpoint[peer->endpoint];
	conn = add(st, st->next_conn);
	st->next_conn += 2;
	conn->peer = peer;
	conn->link.phase = PHASE_WAIT_SECOND;
	conn->link.is_dialler = true;
	conn->due = st->now.mono_us + RECORD2_TIMEOUT_US;
	snprintf(conn->address, sizeof conn->address, "%.*s", (int)endpoint.len, (const char *)endpoint.data);
	peer->is_dialling = true;
	core_effect(st, EFFECT_DIAL, conn->id, endpoint);
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
	ask_alive(st, conn);
	conn->due = st->now.mono_us + PING_IDLE_US;
	return true;
}

/*
 * A flash or immediate parcel has left and is not stored: after five seconds the peer is asked, and without an answer in
 * three more the link is given up for another (SPEC 3).
 */
static bool is_deaf(struct station *st, struct conn *conn)
{
	if (conn->urgent_at == 0 || conn->urgent_at > st->now.mono_us)
		return false;
	if (!outbox_awaits_urgent(conn->peer)) {
		conn->urgent_at = conn->asked_at = 0;
		return false;
	}
	if (conn->asked_at != 0 && conn->heard_at < conn->asked_at)
		return true;
	ask_alive(st, conn);
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
		if (dials(st, peer) && !peer->is_dialling && !has_link(st, peer) && peer->dial_at <= st->now.mono_us)
			dial(st, peer);
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
		if (peer->dial_at < deadline && dials(st, peer) && !peer->is_dialling && !has_link(st, peer))
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
