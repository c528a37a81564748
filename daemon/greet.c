/*
 * How two stations greet: the records of the handshake, whose they are and whether they are fresh, then hello, which
 * says what each holds (SPEC 3).
 */
#include <string.h>

#include "daemon/core.h"

static uint16_t cell_bytes(const struct peer *peer)
{
	return peer->config != NULL && peer->config->cell != 0 ? peer->config->cell : CELL_BYTES;
}

static void put_hello(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	const struct pair_generation *generation;
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA, .endpoint = (uint8_t)conn->endpoint}};

	for (size_t i = 0; i < PAIR_GENERATIONS; i++) {
		generation = &peer->pair->slot[i];
		if (generation->is_used && generation->is_complete && generation->generation > hello.hello.generation)
			hello.hello.generation = generation->generation;
	}
	partial_have(st, peer, &hello.hello.have);
	hello.hello.size = peer->log.tree.size;
	merkle_root(&peer->log.tree, hello.hello.root);
	witness_issued(peer, hello.hello.size, hello.hello.root);
	conn->proofs.own_size = hello.hello.size;
	hello.hello.seen_size = peer->seen_size;
	memcpy(hello.hello.seen_root, peer->seen_root, HASH_BYTES);
	hello.hello.done = store_stream_done(st->store, peer->id);
	if (peer->recovery.gap_to > 0 && peer->recovery.gap_from < hello.hello.done)
		hello.hello.done = peer->recovery.gap_from; /* what is missing there is still to be sent */
	while (!link_put(&conn->link, &hello) && hello.hello.have.count > 0) {
		hello.hello.have.count /= 2; /* cut at what fits; stored says the rest */
		conn->owes_stored = true;
	}
	for (size_t i = 0; i < LIMIT_PARTIALS; i++) {
		const struct partial *partial = &peer->partial[i];
		struct frame resume = {.type = FRAME_RESUME, .resume = {.seq = partial->seq, .offset = partial->held}};

		memcpy(resume.resume.tag, partial->tag, FRAME_TAG_BYTES);
		if (partial->seq != 0)
			link_put(&conn->link, &resume);
	}
}

/* The handshake is done: from here cells travel. */
void greet_open(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	uint8_t cell[2];

	pack_be16(cell, conn->link.context.cell);
	core_effect(st, EFFECT_CELL, conn->id, (struct bytes){cell, sizeof cell});
	life_begin(st, conn);
	peer->silent_closes = 0;
	peer->pair->unproven_closes = 0;
	put_hello(st, conn);
}

/* Whether this very record came before: its tag covers all of it. */
static bool is_seen(const struct peer *peer, const uint8_t record[RECORD_BYTES])
{
	for (size_t i = 0; i < SEEN_RECORDS; i++)
		if (memcmp(peer->seen_record[i], record, RECORD_TAG_BYTES) == 0)
			return true;
	return false;
}

static void note_seen(struct peer *peer, const uint8_t record[RECORD_BYTES])
{
	memcpy(peer->seen_record[peer->seen_next], record, RECORD_TAG_BYTES);
	peer->seen_next = (peer->seen_next + 1) % SEEN_RECORDS;
}

/* An accepted connection's first record: whose it is, then whether it is fresh, then the answer (SPEC 3). */
bool greet_answer(struct station *st, struct conn *conn)
{
	struct record_context context = {.responder = st->config->station};
	struct week_cache found;
	uint8_t ephemeral[KEY_BYTES], record[RECORD_BYTES];
	struct peer *peer = NULL, *match;
	struct link_choice choice[LINK_CHOICES];
	int result = RESULT_KEY;
	size_t count;
	int64_t at;

	for (size_t nth = 0;
	     result != RESULT_OK && (match = directory_find_record(st, conn->link.buffer, nth, &found)) != NULL;
	     nth++) {
		peer = match;
		if (nth == 0 && is_seen(peer, conn->link.buffer)) {
			key_wipe(&found, sizeof found);
			core_count(st, COUNT_REPLAYED, peer, conn->address);
			return false;
		}
		context.initiator = peer->name;
		context.cell = cell_bytes(peer);
		context.generation = found.generation;
		context.week = found.week;
		count = cards_is_revoked(peer) ? 0 : cards_link_choices(st, peer, false, choice);
		for (size_t i = 0; result != RESULT_OK && i < count; i++)
			result =
			    link_accept(&conn->link, &context, choice[i].own, choice[i].peer, found.keys.link, &at);
		key_wipe(&found, sizeof found);
	}
	if (peer != NULL)
		note_seen(peer, conn->link.buffer);
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
	conn->proofs.least_size = peer->seen_size;
	conn_join(conn, peer);
	greet_open(st, conn);
	return true;
}

/*
 * The peer holds parcels that we have not sent, or knows that we had stored some that we have not: this is an older copy of
 * ourselves (SPEC 4.5).
 */
static bool is_older(struct station *st, const struct peer *peer, const struct frame *hello)
{
	const struct have *have = &hello->hello.have;
	uint64_t highest = have->count > 0 ? have->beyond[have->count - 1] : have->through;
	struct peer_row row;

	return hello->hello.done > peer->through + 1 ||
	       (store_peer_after(st->store, peer->id - 1, &row) && highest >= row.next_seq);
}

void greet_ask_alive(struct station *st, struct conn *conn)
{
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = st->now.real_us}};

	if (!link_put(&conn->link, &ping))
		return;
	conn->ping_at = st->now.real_us;
	conn->ping_mono = st->now.mono_us;
}

void greet_hello(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct peer *peer = conn->peer;

	conn->has_hello = true;
	if (!conn->link.is_dialler) /* the endpoints are ours, their order is its */
		conn->endpoint = frame->hello.endpoint < LIMIT_ENDPOINTS ? frame->hello.endpoint : LIMIT_ENDPOINTS - 1;
	/* not before: a record alone may be forged by whoever holds our own keys, the cell after it is the peer's */
	directory_authenticated(st, peer, conn->link.context.generation, conn->link.context.week);
	peer->pair->announced_generation = frame->hello.generation;
	if (is_older(st, peer, frame))
		core_behind(st, peer, "my record is behind what it holds");
	conn->proofs.held.size = frame->hello.seen_size;
	memcpy(conn->proofs.held.root, frame->hello.seen_root, HASH_BYTES);
	witness_own(st, peer, frame->hello.seen_size, frame->hello.seen_root);
	witness_hello(st, conn, frame);
	flight_hello(st, peer, &frame->hello.have);
	recover_hello(st, conn, &frame->hello.have);
	path_choose(st, peer);
	greet_ask_alive(st, conn);
}

bool greet_dial(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);
	struct record_context context = {.initiator = st->config->station,
					 .responder = peer->name,
					 .week = time_week(st->now.real_us),
					 .cell = cell_bytes(peer)};
	uint8_t ephemeral[KEY_BYTES], record[RECORD_BYTES];
	struct week_keys keys;
	int result;

	if (generation == NULL || !directory_week_keys(st, peer, generation->generation, context.week, &keys)) {
		return false;
	}
	context.generation = generation->generation;
	peer->counter_sent =
	    peer->counter_sent + 1 > (uint64_t)st->now.real_us ? peer->counter_sent + 1 : (uint64_t)st->now.real_us;
	store_peer_counter_sent(st->store, peer->id, peer->counter_sent);
	st->random(st->random_ctx, ephemeral, sizeof ephemeral);
	result = link_dial(&conn->link, &context, cards_own_link(st, peer), peer->card.link, &keys, ephemeral,
			   peer->counter_sent, st->now.real_us, record);
	key_wipe(ephemeral, sizeof ephemeral);
	key_wipe(&keys, sizeof keys);
	if (result != RESULT_OK) {
		return false;
	}
	core_effect(st, EFFECT_WRITE, conn->id, (struct bytes){record, sizeof record});
	conn->proofs.least_size = peer->seen_size;
	conn->started_at = st->now.mono_us;
	conn->due = st->now.mono_us + RECORD2_TIMEOUT_US;
	return true;
}
