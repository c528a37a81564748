/*
 * What leaves: items wait in the store, are given a seq and entered in the pair log when a link can take them, are
 * sealed, cross in pieces by precedence and then age, and are forgotten once the peer has stored them (SPEC 4).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

#define RECEIPT_ROOM 512 /* what signing adds to a receipt's body at most */
#define NO_SHARING LIMIT_SHARED_PARCEL_BYTES

static void put(struct station *st, struct peer *peer, struct outbox_row *row)
{
	store_outbox_put(st->store, peer->id, row);
	peer->has_waiting = true;
	if (row->precedence >= PRECEDENCE_IMMEDIATE)
		peer->is_urgent = true;
}

void outbox_message(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES],
		    const struct message *message, size_t size)
{
	struct outbox_row row = {.precedence = message->precedence,
				 .type = ITEM_MESSAGE,
				 .has_object = true,
				 .expires = message->expires,
				 .size = size + ITEM_BYTES};

	memcpy(row.object, id, OBJECT_ID_BYTES);
	put(st, peer, &row);
}

void outbox_receipt(struct station *st, struct peer *peer, const struct receipt *receipt, bool is_exercise,
		    uint8_t precedence)
{
	uint8_t data[LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(data + 1, sizeof data - 1);
	struct outbox_row row = {.precedence = precedence, .type = ITEM_RECEIPT};

	data[0] = is_exercise ? OBJECT_RECEIPT_EXERCISE : OBJECT_RECEIPT;
	receipt_encode(receipt, &w);
	assert(!w.is_over);
	row.data = (struct bytes){data, 1 + w.len};
	row.size = row.data.len + RECEIPT_ROOM + ITEM_BYTES;
	put(st, peer, &row);
}

void outbox_checkpoint(struct station *st, struct peer *peer)
{
	struct outbox_row row = {
	    .precedence = PRECEDENCE_ROUTINE, .type = ITEM_CHECKPOINT, .size = CHECKPOINT_BYTES + ITEM_BYTES};

	/* one that waits is signed over the log as it will be when it leaves, so a second would say the same */
	if (!store_outbox_has_waiting(st->store, peer->id, ITEM_CHECKPOINT))
		put(st, peer, &row);
}

void outbox_copy(struct station *st, struct peer *peer, const struct message_row *message, struct bytes copy)
{
	struct outbox_row row = {.precedence = message->precedence,
				 .type = ITEM_MESSAGE,
				 .has_object = true,
				 .expires = message->expires,
				 .data = copy};
	struct bytes object, content;

	memcpy(row.object, message->id, OBJECT_ID_BYTES);
	if (!store_object(st->store, message->id, &object) || !store_content(st->store, message->content_hash, &content))
		return;
	row.size = object.len + content.len + copy.len + ITEM_BYTES;
	put(st, peer, &row);
}

void outbox_reminder(struct station *st, struct peer *peer, const struct message_row *message, uint32_t share)
{
	uint8_t data[4];
	struct outbox_row row = {.precedence = message->precedence,
				 .type = ITEM_REMINDER,
				 .has_object = true,
				 .data = {data, sizeof data},
				 .size = ITEM_BYTES};

	pack_be32(data, share);
	memcpy(row.object, message->id, OBJECT_ID_BYTES);
	store_outbox_drop_waiting(st->store, peer->id, ITEM_REMINDER, message->id); /* one says what several would */
	put(st, peer, &row);
}

/* The receipt of what this turn brought in one mode. */
static void queue_custody(struct station *st, struct peer *peer, struct custody *custody, bool is_exercise)
{
	struct receipt receipt = {.id_count = custody->count,
				  .kind = RECEIPT_CUSTODY,
				  .from = core_own_name(st),
				  .to = name_bytes(&peer->name),
				  .at = st->now.real_us,
				  .clock_error = st->now.error_ms};

	memcpy(receipt.id, custody->id, custody->count * OBJECT_ID_BYTES);
	outbox_receipt(st, peer, &receipt, is_exercise, custody->precedence);
	custody->count = 0;
	custody->precedence = 0;
}

void outbox_custody(struct station *st, struct peer *peer)
{
	for (int mode = 0; mode < 2; mode++)
		if (peer->custody[mode].count > 0)
			queue_custody(st, peer, &peer->custody[mode], mode == 1);
}

/* A receipt becomes an object: signed over the pair log as it stands just before its own entry. */
static void become_receipt(struct station *st, struct peer *peer, struct outbox_row *row)
{
	static uint8_t body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES + OBJECT_OVERHEAD_BYTES];
	static struct receipt receipt;
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(encoded, sizeof encoded);
	int result = receipt_decode((struct bytes){row->data.data + 1, row->data.len - 1}, &receipt);

	assert(result == RESULT_OK);
	receipt.log_size = peer->log.tree.size;
	merkle_root(&peer->log.tree, receipt.log_root);
	witness_issued(peer, receipt.log_size, receipt.log_root);
	receipt.card_serial = st->card.serial;
	receipt.has_seen = peer->seen_size > 0;
	receipt.seen_size = peer->seen_size;
	memcpy(receipt.seen_root, peer->seen_root, HASH_BYTES);
	receipt_encode(&receipt, &w);
	object_sign(row->data.data[0], pack_written(&w), &st->keys.signing, &out);
	assert(!w.is_over && !out.is_over);
	object_id(pack_written(&out), row->object);
	store_object_put(st->store, row->object, pack_written(&out));
	if (receipt.kind == RECEIPT_ACKNOWLEDGED)
		outbox_checkpoint(st, peer);
}

static void become_checkpoint(struct station *st, struct peer *peer, struct outbox_row *row)
{
	uint8_t note[CHECKPOINT_BYTES];
	struct pack_writer w = pack_writer(note, sizeof note);
	struct checkpoint checkpoint = {.origin = bytes_of(peer->log.name), .size = peer->log.tree.size};

	merkle_root(&peer->log.tree, checkpoint.root);
	witness_issued(peer, checkpoint.size, checkpoint.root);
	checkpoint_sign(&checkpoint, &st->keys.log, &w);
	assert(!w.is_over);
	hash_sha256(pack_written(&w), row->object);
	store_object_put(st->store, row->object, pack_written(&w));
}

/* The message first, then the copy that lets its receiver take it. */
static void enter(struct station *st, struct peer *peer, const struct outbox_row *row)
{
	uint8_t id[OBJECT_ID_BYTES];

	core_pair_entry(st, peer, LEAF_SENT, row->object);
	if (row->type != ITEM_MESSAGE || row->data.len == 0)
		return;
	object_id(row->data, id);
	store_object_put(st->store, id, row->data);
	core_pair_entry(st, peer, LEAF_SENT, id);
}

/* A waiting item gets its seq: signed if it must be, entered in the pair log, for good. */
static void give(struct station *st, struct peer *peer, struct outbox_row *row, uint64_t seq)
{
	if (!row->has_object && row->type == ITEM_RECEIPT)
		become_receipt(st, peer, row);
	else if (!row->has_object)
		become_checkpoint(st, peer, row);
	if (!row->is_entered && row->type != ITEM_REMINDER) /* else refused once in another parcel, or no object */
		enter(st, peer, row);
	store_outbox_give(st->store, row->id, seq, row->object);
}

static bool is_expired(struct station *st, struct peer *peer, const struct outbox_row *row)
{
	if (row->expires == 0 || row->expires > st->now.real_us)
		return false;
	core_log_act(st, STATION_DROPPED, row->object, "tu", name_bytes(&peer->name), row->type);
	store_outbox_drop(st->store, row->id);
	return true;
}

/* The next parcel: waiting items of the highest precedence, as many as may share it. False when there is none. */
static bool seal_next(struct station *st, struct peer *peer, const struct outbox_row *first)
{
	uint64_t seq = store_seq_next(st->store, peer->id, first->precedence);
	struct outbox_row row = *first;
	uint64_t bytes = 0;
	int count = 0;

	do {
		if (count > 0 && is_expired(st, peer, &row))
			continue;
		if (count > 0 && bytes + row.size > LIMIT_SHARED_PARCEL_BYTES)
			break;
		bytes += row.size;
		give(st, peer, &row, seq);
		count++;
	} while (count < LIMIT_PARCEL_ITEMS &&
		 store_outbox_waiting(st->store, peer->id, first->precedence, row.id, &row));
	return flight_launch(st, peer, seq, first->precedence, false);
}

/* Seals only what can leave soon: nothing unsent is in the way, or something less urgent is. */
static void seal_what_waits(struct station *st, struct peer *peer)
{
	struct outbox_row row;
	struct flight *unsent;

	flight_relaunch(st, peer);
	while (peer->has_waiting) {
		peer->has_waiting = store_outbox_first(st->store, peer->id, &row);
		if (!peer->has_waiting)
			return;
		unsent = flight_first_unsent(st, peer->conn);
		if (unsent != NULL && row.precedence <= unsent->precedence)
			return;
		if ((peer->flight_count >= FLIGHTS || peer->flight_bytes > FLIGHT_BYTES) &&
		    row.precedence < PRECEDENCE_IMMEDIATE)
			return;
		if (!is_expired(st, peer, &row) && !seal_next(st, peer, &row))
			return;
	}
}

/* In as many frames as the link's cells ask for. */
static void put_stored(struct station *st, struct conn *conn)
{
	struct have have;
	size_t said = 0;

	partial_have(st, conn->peer, &have);
	do {
		struct frame frame = {.type = FRAME_STORED, .stored = {.through = have.through}};

		frame.stored.count = have.count - said;
		memcpy(frame.stored.beyond, have.beyond + said, frame.stored.count * sizeof *have.beyond);
		while (!link_put(&conn->link, &frame)) {
			if (frame.stored.count <= 1)
				return; /* too much waits: again when that has left */
			frame.stored.count /= 2;
		}
		said += frame.stored.count;
	} while (said < have.count);
	conn->owes_stored = false;
}

void outbox_fill(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	bool may_send = path_may_send(conn);
	uint8_t out[CELL_MAX_BYTES];
	struct cell cell;

	if (conn->owes_stored)
		put_stored(st, conn);
	while (conn->room > 0 && conn->link.cells_out < LIMIT_LINK_CELLS_HARD) {
		if (may_send)
			seal_what_waits(st, peer);
		link_cell_begin(&conn->link, &cell);
		witness_put(st, conn, &cell);
		give_put(st, conn, &cell);
		if (may_send)
			flight_put_pieces(st, conn, &cell);
		if (may_send && conn == peer->conn) /* what is below everything */
			serve_fill(st, conn, &cell);
		if (cell.used == 0)
			return;
		link_cell_end(&conn->link, &cell, out);
		core_effect(st, EFFECT_WRITE, conn->id, (struct bytes){out, conn->link.context.cell});
		conn->room--;
	}
}

/* The single item of a parcel that the peer can't take in any form: dropped, noted, told. */
static void give_up(struct station *st, struct peer *peer, uint64_t seq, uint8_t reason)
{
	struct outbox_row row;

	if (!store_outbox_item(st->store, peer->id, seq, 0, &row))
		return;
	if (row.type != ITEM_REMINDER)
		core_log_act(st, STATION_GIVEN_UP, row.object, "tu", name_bytes(&peer->name), (uint64_t)reason);
	store_outbox_drop(st->store, row.id);
	core_notify(st, "refused", NULL, name_bytes(&peer->name), core_own_name(st),
		    N_("their station can't take this parcel"));
}

void outbox_refused(struct station *st, struct conn *conn, uint64_t seq, uint8_t reason)
{
	struct peer *peer = conn->peer;
	struct flight **at = &peer->flights, *again;
	uint8_t precedence;
	bool is_resealed;
	size_t items;

	while (*at != NULL && (*at)->seq != seq)
		at = &(*at)->next;
	/* a form of which nothing has left on this link is not the one that is refused */
	if (*at == NULL || (*at)->is_refused || (*at)->offset[conn->endpoint] == 0)
		return;
	precedence = (*at)->precedence;
	is_resealed = (*at)->is_resealed;
	items = (*at)->items;
	if (reason == REFUSE_OTHER || (reason <= REFUSE_SEAL && is_resealed) || (reason > REFUSE_SEAL && items == 0)) {
		(*at)->is_refused = true;
		for (size_t i = 0; i < LIMIT_ENDPOINTS; i++)
			(*at)->offset[i] = (*at)->len;
		core_fault(st, peer, "it refuses our parcel for good");
		return;
	}
	flight_remove(peer, at);
	if (reason > REFUSE_SEAL && items == 1)
		give_up(st, peer, seq, reason);
	else if (reason > REFUSE_SEAL)
		store_outbox_ungive(st->store, peer->id, seq, NO_SHARING);
	peer->has_waiting = true;
	flight_launch(st, peer, seq, precedence, reason <= REFUSE_SEAL);
	again = flight_find(peer, seq);
	if (again != NULL) /* pieces of the former form may still be on their way on other links */
		again->only = conn->endpoint + 1;
}

void outbox_note_urgent(struct station *st, struct peer *peer)
{
	struct given first = {.precedence = UINT8_MAX}, given;
	struct outbox_row row;

	peer->is_urgent = (peer->flights != NULL && peer->flights->precedence >= PRECEDENCE_IMMEDIATE) ||
			  (peer->has_waiting && store_outbox_first(st->store, peer->id, &row) &&
			   row.precedence >= PRECEDENCE_IMMEDIATE) ||
			  (peer->has_more_given && store_given_after(st->store, peer->id, &first, &given) &&
			   given.precedence >= PRECEDENCE_IMMEDIATE);
}
