/*
 * Taking back: a station that an older copy of its record was put in place of finds that a peer holds more, signs and sends
 * nothing to it, and, when an administrator says so, takes back from it what the pair had exchanged (SPEC 4.5).
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

/* On one link at a time: entries are taken in order. */
static void ask(struct station *st, struct conn *conn)
{
	struct frame frame = {.type = FRAME_RECOVER, .recover = {.from = conn->peer->recovery.cursor}};

	for (const struct conn *other = st->conns; other != NULL; other = other->next)
		if (other->peer == conn->peer && other->taking.is_open)
			return;
	conn->taking.is_open = link_put(&conn->link, &frame);
}

int recover_begin(struct station *st, struct client *client, struct bytes name)
{
	struct peer *peer = core_peer(st, name);
	struct recovery_row *recovery;

	if (peer == NULL)
		return core_refuse(st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	if (!peer->is_ahead)
		return core_refuse(st, CONTROL_REFUSED,
				   "This station's record is not behind what %s holds; there is nothing to take back.",
				   peer->name.text);
	recovery = &peer->recovery;
	if (!recovery->is_taking) {
		recovery->is_taking = true;
		recovery->cursor = recovery->settled;
		recovery->taken = 0;
	}
	store_recovery_put(st->store, peer->id, recovery);
	core_log_act(st, STATION_TAKES_BACK, NULL, "tutu", name_bytes(&peer->name), recovery->held,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	core_journal(st, "event=takes-back peer=%s officer=%s from=%llu", peer->name.text, client->officer->function.text,
		     (unsigned long long)recovery->cursor);
	if (peer->conn != NULL)
		ask(st, peer->conn);
	return 0;
}

/* Seqs that were given before the loss, and neither are there nor can be sent: they go out empty. */
static void fill_gaps(struct station *st, struct peer *peer, const struct have *have)
{
	struct recovery_row *recovery = &peer->recovery;
	uint64_t seq = have->through + 1 > recovery->gap_from ? have->through + 1 : recovery->gap_from;
	/* a list that is full says nothing of what lies beyond it */
	uint64_t end = have->count == LIMIT_HAVE ? have->beyond[LIMIT_HAVE - 1] : recovery->gap_to;

	if (recovery->gap_to == 0)
		return;
	end = end < recovery->gap_to ? end : recovery->gap_to;
	for (; seq < end; seq++)
		if (!have_holds(have, seq))
			store_given_empty(st->store, peer->id, seq);
	if (have->count < LIMIT_HAVE) {
		recovery->gap_from = recovery->gap_to = 0;
		store_recovery_put(st->store, peer->id, recovery);
	}
}

void recover_hello(struct station *st, struct conn *conn, const struct have *have)
{
	struct peer *peer = conn->peer;

	if (peer->is_ahead && peer->recovery.is_taking)
		ask(st, conn);
	else if (!peer->is_ahead)
		fill_gaps(st, peer, have);
}

bool recover_is_lost(const struct peer *peer, uint64_t size)
{
	return size > peer->recovery.lost_from && size <= peer->recovery.lost_to;
}

void recover_drop(struct conn *conn)
{
	free(conn->taking.data);
	free(conn->giving.data);
	memset(&conn->taking, 0, sizeof conn->taking);
	memset(&conn->giving, 0, sizeof conn->giving);
}

/* What nobody asked for or is out of order: counted, and no more is taken on this link. */
static void refuse(struct station *st, struct conn *conn, const char *why)
{
	core_count(st, COUNT_RECOVERY, conn->peer, why);
	free(conn->taking.data);
	memset(&conn->taking, 0, sizeof conn->taking);
}

/* The first part of an entry makes room for it. */
static bool begin_entry(struct taking *taking, const struct frame *frame)
{
	if (frame->part.offset != 0)
		return false;
	taking->data = malloc(frame->part.total);
	if (taking->data == NULL)
		abort();
	taking->index = frame->part.index;
	taking->kind = frame->part.kind;
	taking->len = frame->part.total;
	taking->held = 0;
	return true;
}

void recover_part(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct taking *taking = &conn->taking;
	struct recovery_row *recovery = &conn->peer->recovery;

	if (!taking->is_open || frame->part.index < recovery->cursor ||
	    (taking->data == NULL && !begin_entry(taking, frame)) || taking->index != frame->part.index ||
	    taking->kind != frame->part.kind || taking->len != frame->part.total || taking->held != frame->part.offset) {
		refuse(st, conn, taking->is_open ? "out of order" : "nobody asked");
		return;
	}
	memcpy(taking->data + taking->held, frame->part.data.data, frame->part.data.len);
	taking->held += frame->part.data.len;
	if (taking->held < taking->len)
		return;
	if (recover_take(st, conn->peer, taking->kind, (struct bytes){taking->data, taking->len}))
		recovery->taken++;
	recovery->cursor = taking->index + 1;
	store_recovery_put(st->store, conn->peer->id, recovery);
	free(taking->data);
	taking->data = NULL;
}

/* The signed note of what was lost: it goes first, and from it on the peer witnesses anew. */
static void put_note(struct station *st, struct peer *peer, const struct head *lost)
{
	uint8_t bytes[CHECKPOINT_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);
	struct checkpoint note = {.origin = bytes_of(peer->log.name),
				  .size = peer->recovery.held,
				  .is_recovery = true,
				  .lost_size = lost->size > peer->recovery.held ? lost->size : peer->recovery.held};
	struct outbox_row row = {.precedence = QUEUE_FIRST,
				 .type = ITEM_CHECKPOINT,
				 .has_object = true,
				 .size = CHECKPOINT_BYTES + ITEM_BYTES};

	if (!store_log_root(st->store, &peer->log, note.size, note.root))
		return; /* the store failed, and with it this turn */
	memcpy(note.lost_root, lost->root, HASH_BYTES);
	checkpoint_sign(&note, &st->keys.log, &w);
	hash_sha256(pack_written(&w), row.object);
	store_object_put(st->store, row.object, pack_written(&w));
	store_outbox_put(st->store, peer->id, &row);
	peer->has_waiting = true;
	peer->recovery.lost_from = note.size;
	peer->recovery.lost_to = note.lost_size;
}

/* Our stream to the peer goes on after what it holds, its stream to us with what it gives next. */
static void set_streams(struct station *st, struct peer *peer, const struct frame *frame)
{
	struct peer_row row;
	uint64_t through = frame->end.next - 1;

	if (!store_peer_after(st->store, peer->id - 1, &row))
		return;
	if (frame->end.highest >= row.next_seq) {
		peer->recovery.gap_from = row.next_seq;
		peer->recovery.gap_to = frame->end.highest + 1;
		row.next_seq = frame->end.highest + 1;
	}
	peer->through = through > peer->through ? through : peer->through;
	store_stream_set(st->store, peer->id, row.next_seq, peer->through);
	partial_finish(peer);
}

void recover_end(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct peer *peer = conn->peer;
	struct recovery_row *recovery = &peer->recovery;

	if (!conn->taking.is_open || conn->taking.data != NULL || frame->end.size < recovery->cursor) {
		refuse(st, conn, "an end that nobody waits for");
		return;
	}
	conn->taking.is_open = false;
	set_streams(st, peer, frame);
	put_note(st, peer, &conn->proofs.held);
	recovery->is_taking = false;
	peer->is_ahead = false;
	peer->behind = NULL;
	store_recovery_put(st->store, peer->id, recovery);
	core_log_act(st, STATION_TOOK_BACK, NULL, "tuuu", name_bytes(&peer->name), recovery->taken, recovery->lost_from,
		     recovery->lost_to);
	core_journal(st, "event=recovered peer=%s entries=%llu", peer->name.text, (unsigned long long)recovery->taken);
	core_notify(st, "recovered", NULL, name_bytes(&peer->name), core_own_name(st), N_("this station's record is whole again"));
	core_alert(st, "recovered", NULL, name_bytes(&peer->name));
	recover_owed(st, peer);
	for (struct conn *other = st->conns; other != NULL; other = other->next)
		if (other->peer == peer)
			other->is_unwanted = true; /* the next hellos say what is held now */
}
