/*
 * Sealed parcels on their way: built from the items under a seq, sealed for the link they leave on, cut into pieces by
 * precedence and then age, kept until the peer has stored them (SPEC 3, 4).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

struct flight *flight_find(const struct peer *peer, uint64_t seq)
{
	struct flight *flight = peer->flights;

	while (flight != NULL && flight->seq != seq)
		flight = flight->next;
	return flight;
}

/* Into the list by precedence, then seq. */
static void add_flight(struct peer *peer, struct flight *flight)
{
	struct flight **at = &peer->flights;

	while (*at != NULL && ((*at)->precedence > flight->precedence ||
			       ((*at)->precedence == flight->precedence && (*at)->seq < flight->seq)))
		at = &(*at)->next;
	flight->next = *at;
	*at = flight;
	peer->flight_count++;
	peer->flight_bytes += flight->len;
}

void flight_remove(struct peer *peer, struct flight **at)
{
	struct flight *flight = *at;

	*at = flight->next;
	peer->flight_count--;
	peer->flight_bytes -= flight->len;
	free(flight->sealed);
	free(flight);
}

void flight_drop_all(struct peer *peer)
{
	while (peer->flights != NULL)
		flight_remove(peer, &peer->flights);
}

/* False: the store failed, and with it the turn. */
static bool put_item(struct station *st, const struct outbox_row *row, struct pack_writer *w)
{
	struct bytes object, content = {NULL, 0};
	struct message_row message;
	bool has = store_object(st->store, row->object, &object);

	assert(has || store_has_failed(st->store));
	if (!has)
		return false;
	switch (row->type) {
	case ITEM_MESSAGE:
		has = store_message(st->store, row->object, &message) &&
		      store_content(st->store, message.content_hash, &content);
		assert(has || store_has_failed(st->store));
		parcel_put_message(w, object, content, row->data);
		break;
	case ITEM_CHECKPOINT:
		parcel_put_checkpoint(w, object);
		break;
	case ITEM_REMINDER:
		parcel_put_reminder(w, row->object, pack_from_be32(row->data.data));
		break;
	default:
		parcel_put_object(w, (enum item_type)row->type, object);
		break;
	}
	return has;
}

/* Encrypts a plaintext under the link's generation and this week. False when the keys are not there. */
static bool seal_flight(struct station *st, struct peer *peer, struct flight *flight, struct bytes plain)
{
	struct seal_head head = {.from = st->config->station,
				 .to = peer->name,
				 .generation = peer->conn->link.context.generation,
				 .week = time_week(st->now.real_us),
				 .precedence = flight->precedence > PRECEDENCE_FLASH ? PRECEDENCE_FLASH : flight->precedence,
				 .seq = flight->seq};
	struct week_keys keys;
	uint8_t ephemeral[KEY_BYTES], hash[HASH_BYTES];
	int result = RESULT_KEY;

	if (!directory_week_keys(st, peer, head.generation, head.week, &keys))
		return false;
	st->random(st->random_ctx, ephemeral, sizeof ephemeral);
	flight->sealed = malloc(seal_capacity(plain.len));
	if (flight->sealed != NULL)
		result = seal_close(&head, cards_own_link(st, peer), peer->card.link, keys.seal, ephemeral, plain, flight->sealed,
				    &flight->len);
	key_wipe(&keys, sizeof keys);
	key_wipe(ephemeral, sizeof ephemeral);
	if (result != RESULT_OK)
		return false;
	hash_sha256((struct bytes){flight->sealed, flight->len}, hash);
	memcpy(flight->tag, hash, FRAME_TAG_BYTES);
	return true;
}

/* Seqs may stand without a sealed parcel: those that are not in flight are looked for from the first. */
static void look_again(struct peer *peer)
{
	peer->has_more_given = true;
	peer->given_scan = (struct given){.precedence = UINT8_MAX};
}

/* Seals the items that stand under a seq, whether it was given now or before a restart. */
bool flight_launch(struct station *st, struct peer *peer, uint64_t seq, uint8_t precedence, bool is_resealed)
{
	struct outbox_row row = {0};
	struct flight *flight = calloc(1, sizeof *flight);
	size_t capacity = ITEM_BYTES;
	uint8_t *plain;
	struct pack_writer w;
	bool has_all = true, is_sealed = false;

	if (flight == NULL)
		return false;
	*flight = (struct flight){
	    .seq = seq, .precedence = precedence, .is_resealed = is_resealed, .launched_at = st->now.mono_us};
	for (int64_t after = 0; store_outbox_item(st->store, peer->id, seq, after, &row); after = row.id) {
		capacity += row.size;
		flight->items++;
	}
	plain = malloc(capacity);
	if (plain != NULL) {
		w = pack_writer(plain, capacity);
		parcel_put_head(&w, seq, flight->items);
		for (int64_t after = 0; has_all && store_outbox_item(st->store, peer->id, seq, after, &row); after = row.id)
			has_all = put_item(st, &row, &w);
		assert(!w.is_over);
		is_sealed = has_all && seal_flight(st, peer, flight, pack_written(&w));
		key_wipe(plain, capacity);
		free(plain);
	}
	if (is_sealed)
		add_flight(peer, flight);
	else {
		free(flight->sealed);
		free(flight);
		look_again(peer);
	}
	return is_sealed;
}

struct flight *flight_first_unsent(const struct station *st, const struct conn *conn)
{
	struct flight *flight = conn->peer->flights;

	while (flight != NULL &&
	       (flight->offset[conn->endpoint] == flight->len || !path_carries(st, conn, flight)))
		flight = flight->next;
	return flight;
}

/* Parcels that were given a seq before a restart, or whose seq is to be sent again. */
void flight_relaunch(struct station *st, struct peer *peer)
{
	struct given next;

	while (peer->has_more_given) {
		peer->has_more_given = store_given_after(st->store, peer->id, &peer->given_scan, &next);
		if (!peer->has_more_given)
			return;
		if ((peer->flight_count >= FLIGHTS || peer->flight_bytes >= FLIGHT_BYTES) &&
		    next.precedence < PRECEDENCE_IMMEDIATE)
			return;
		if (flight_find(peer, next.seq) == NULL &&
		    !flight_launch(st, peer, next.seq, next.precedence, false))
			return;
		peer->given_scan = next;
	}
}

/* Pieces into what room a cell has left. */
void flight_put_pieces(struct station *st, struct conn *conn, struct cell *cell)
{
	struct flight *flight;

	while ((flight = flight_first_unsent(st, conn)) != NULL) {
		size_t *offset = &flight->offset[conn->endpoint], rest = flight->len - *offset;
		size_t room = frame_piece_room(cell_room(cell), flight->seq, *offset, flight->len);
		struct frame frame = {.type = FRAME_PIECE};

		/* a sliver is not worth its head, unless it is all there is */
		if (room == 0 || (room < rest && room < cell->size / 8))
			return;
		frame.piece.seq = flight->seq;
		memcpy(frame.piece.tag, flight->tag, FRAME_TAG_BYTES);
		frame.piece.offset = *offset;
		frame.piece.total = flight->len;
		frame.piece.data = (struct bytes){flight->sealed + *offset, rest < room ? rest : room};
		if (!cell_put(cell, &frame))
			return;
		*offset += frame.piece.data.len;
		if (*offset == flight->len && flight->precedence >= PRECEDENCE_IMMEDIATE)
			conn->handed_at = st->now.mono_us;
	}
}

void flight_resume(struct conn *conn, uint64_t seq, const uint8_t tag[FRAME_TAG_BYTES], uint64_t offset)
{
	struct flight *flight = flight_find(conn->peer, seq);

	/* what is on its way on this link begins at or before what is held */
	if (flight != NULL && conn->peer->path[conn->endpoint] == conn &&
	    memcmp(flight->tag, tag, FRAME_TAG_BYTES) == 0 && offset <= flight->len &&
	    offset > flight->offset[conn->endpoint])
		flight->offset[conn->endpoint] = offset;
}

void flight_stored(struct station *st, struct peer *peer, const struct have *have)
{
	struct flight **at = &peer->flights;

	while (*at != NULL) {
		if (have_holds(have, (*at)->seq))
			flight_remove(peer, at);
		else
			at = &(*at)->next;
	}
	store_stored(st->store, peer->id, have);
	if (peer->is_urgent)
		outbox_note_urgent(st, peer);
	cards_stored(st, peer);
}

bool flight_awaits_urgent(const struct conn *conn)
{
	/* restored from a backup it stores nothing, and closes its links once it has taken back its record */
	if (conn->peer->path[conn->endpoint] != conn || conn->peer->is_short)
		return false;
	for (const struct flight *flight = conn->peer->flights; flight != NULL; flight = flight->next)
		if (flight->precedence >= PRECEDENCE_IMMEDIATE && flight->offset[conn->endpoint] == flight->len &&
		    !flight->is_refused)
			return true;
	return false;
}

uint8_t flight_percent(const struct peer *peer, uint64_t seq)
{
	const struct flight *flight = flight_find(peer, seq);
	size_t most = 0;

	for (size_t i = 0; flight != NULL && i < LIMIT_ENDPOINTS; i++)
		most = flight->offset[i] > most ? flight->offset[i] : most;
	return flight != NULL && flight->len > 0 ? (uint8_t)(most * 100 / flight->len) : 0;
}

void flight_rewind(struct peer *peer, size_t endpoint)
{
	for (struct flight *flight = peer->flights; flight != NULL; flight = flight->next) {
		flight->offset[endpoint] = 0;
		if (flight->only == endpoint + 1)
			flight->only = 0;
	}
}

void flight_hello(struct station *st, struct peer *peer, const struct have *have)
{
	flight_stored(st, peer, have);
	look_again(peer);
}
