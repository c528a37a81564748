/*
 * Giving back: a peer that lost part of its record asks for the entries of our log with it, and gets the objects of this
 * pair, with their contents, in the order of our log (SPEC 4.5).
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

void give_begin(struct station *st, struct conn *conn, uint64_t from)
{
	struct giving *giving = &conn->giving;
	struct peer *peer = conn->peer;

	if (giving->was_open) {
		core_count(st, COUNT_RECOVERY, peer, "asked again on one link");
		return;
	}
	*giving = (struct giving){.is_open = true, .was_open = true, .index = from, .end = peer->log.tree.size};
	if (from > giving->end)
		giving->index = 0; /* it speaks of another log than ours */
	peer->recovery.is_giving = true;
	store_recovery_put(st->store, peer->id, &peer->recovery);
	core_log_act(st, STATION_GIVEN_BACK, NULL, "tuuu", name_bytes(&peer->name), (uint64_t)0, giving->index, giving->end);
	core_journal(st, "event=gives-back peer=%s from=%llu to=%llu", peer->name.text, (unsigned long long)giving->index,
		     (unsigned long long)giving->end);
	core_notify(st, "fault", NULL, name_bytes(&peer->name), core_own_name(st),
		    N_("it has lost part of its record and takes it back from this station"));
	core_alert(st, "fault", NULL, name_bytes(&peer->name));
}

/* A message that the peer refused stands in our log alone. */
static bool is_refused(struct station *st, const struct peer *peer, const struct log_row *row)
{
	struct delivery_row delivery;

	return row->leaf.kind == LEAF_SENT &&
	       store_delivery(st->store, row->leaf.id, name_bytes(&peer->name), &delivery) && delivery.refused != 0;
}

static bool is_copy(struct bytes encoded)
{
	struct object object;

	return object_decode(encoded, &object) == RESULT_OK &&
	       (object.type == OBJECT_COPY || object.type == OBJECT_COPY_EXERCISE);
}

/* [object, content, copy] of an entry: content of a message, and the copy that stands after it. False: not held. */
static bool write_entry(struct station *st, struct peer *peer, const struct log_row *row, struct pack_writer *w)
{
	static struct message message;
	struct bytes object, content = {NULL, 0}, copy = {NULL, 0};
	struct log_row next;
	enum object_type type;
	bool is_message;

	if (!store_object(st->store, row->leaf.id, &object))
		return false;
	pack_put_array(w, 3);
	pack_put_bytes(w, object);
	is_message = track_header(st, row->leaf.id, &message, &type);
	if (is_message)
		store_content(st->store, message.content_hash, &content);
	pack_put_bytes(w, content);
	if (is_message && store_log_row(st->store, peer->id, row->index + 1, &next) &&
	    store_object(st->store, next.leaf.id, &copy) && !is_copy(copy))
		copy = (struct bytes){NULL, 0};
	pack_put_bytes(w, copy);
	return !w->is_over;
}

/* The next entry that can be given. False at the end. */
static bool read_next(struct station *st, struct peer *peer, struct giving *giving)
{
	struct log_row row;

	for (; giving->index < giving->end; giving->index++) {
		struct pack_writer w;

		if (!store_log_row(st->store, peer->id, giving->index, &row))
			return false; /* the store failed, and with it this turn */
		if (is_refused(st, peer, &row))
			continue;
		giving->data = malloc(LIMIT_GIVEN_BYTES);
		if (giving->data == NULL)
			abort();
		w = pack_writer(giving->data, LIMIT_GIVEN_BYTES);
		if (write_entry(st, peer, &row, &w)) {
			giving->kind = (uint8_t)row.leaf.kind;
			giving->len = w.len;
			giving->offset = 0;
			return true;
		}
		free(giving->data);
		giving->data = NULL;
	}
	return false;
}

/* All is said: what was on its way waits again, and comes under seqs that the peer has not seen. */
static bool put_end(struct station *st, struct peer *peer, struct giving *giving, struct cell *cell)
{
	struct frame frame = {.type = FRAME_END, .end = {.size = giving->end, .highest = store_received_last(st->store, peer->id)}};
	struct peer_row row;

	if (!store_peer_after(st->store, peer->id - 1, &row))
		return false;
	frame.end.next = row.next_seq;
	if (!cell_put(cell, &frame))
		return false;
	store_outbox_ungive_all(st->store, peer->id);
	flight_drop_all(peer);
	peer->has_waiting = true;
	giving->is_open = false;
	return true;
}

void give_put(struct station *st, struct conn *conn, struct cell *cell)
{
	struct giving *giving = &conn->giving;

	while (giving->is_open) {
		struct frame frame = {.type = FRAME_PART};
		size_t room = frame_part_room(cell_room(cell)), rest;

		if (giving->data == NULL && !read_next(st, conn->peer, giving)) {
			put_end(st, conn->peer, giving, cell);
			return;
		}
		rest = giving->len - giving->offset;
		frame.part.index = giving->index;
		frame.part.kind = giving->kind;
		frame.part.total = giving->len;
		frame.part.offset = giving->offset;
		frame.part.data = (struct bytes){giving->data + giving->offset, rest < room ? rest : room};
		if (room == 0 || !cell_put(cell, &frame))
			return;
		giving->offset += frame.part.data.len;
		if (giving->offset < giving->len)
			return;
		free(giving->data);
		giving->data = NULL;
		giving->index++;
	}
}

void give_recovered(struct station *st, struct peer *peer, const struct checkpoint *note, const uint8_t id[HASH_BYTES])
{
	struct head from = {0}, head = {.size = note->size, .at = st->now.real_us, .is_signed = true}, held;

	memcpy(head.root, note->root, HASH_BYTES);
	memcpy(head.object, id, HASH_BYTES);
	store_head_before(st->store, peer->id, note->size, &from);
	if (from.size == note->size && from.size > 0 && !hash_equal(from.root, note->root, HASH_BYTES)) {
		evidence_note(st, peer, &from, &head); /* even what it says it kept is another log */
		return;
	}
	store_head_epoch(st->store, peer->id);
	if (from.size > 0)
		store_head_put(st->store, peer->id, &from, &held);
	store_head_put(st->store, peer->id, &head, &held);
	witness_anew(st, peer, &from, &head);
	peer->recovery.is_giving = false;
	store_recovery_put(st->store, peer->id, &peer->recovery);
	core_log_act(st, STATION_GIVEN_BACK, id, "tuuu", name_bytes(&peer->name), (uint64_t)1, note->size, note->lost_size);
	core_fault(st, peer, "its log was recovered from a backup: heads beyond the size it names are void");
}
