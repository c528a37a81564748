/*
 * Attachments on their way out: a peer asks for a range of the ciphertext of a message that was sent to it, and gets it
 * in whatever room the cells have left (SPEC 3.3).
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "daemon/store_blob.h"

/* What a peer asked for last. */
struct serve {
	int64_t blob;
	uint8_t hash[HASH_BYTES];
	uint64_t at, end, total;
	uint64_t start; /* of what is in part */
	size_t len;
	uint8_t part[BLOB_PART_BYTES];
};

void serve_end(struct peer *peer)
{
	free(peer->serve);
	peer->serve = NULL;
}

/* Whether it is held here, and of a message that went to this peer. */
static bool may_have(struct station *st, const struct peer *peer, const uint8_t hash[HASH_BYTES], struct blob_row *out)
{
	struct delivery_row delivery;

	return store_blob(st->store, hash, out) && out->is_whole && out->is_sent &&
	       store_delivery(st->store, out->message, name_bytes(&peer->name), &delivery);
}

void serve_want(struct station *st, struct conn *conn, const struct frame *want)
{
	struct frame none = {.type = FRAME_BLOB, .blob = {.offset = want->want.offset}};
	struct peer *peer = conn->peer;
	struct blob_row row;

	if (!may_have(st, peer, want->want.hash, &row)) {
		core_count(st, COUNT_WANT, peer, "not held, or not sent to it");
		memcpy(none.blob.hash, want->want.hash, HASH_BYTES);
		link_put(&conn->link, &none);
		return;
	}
	if (want->want.offset >= row.total || want->want.length > row.total - want->want.offset) {
		core_count(st, COUNT_WANT, peer, "out of range");
		return;
	}
	if (peer->serve == NULL)
		peer->serve = malloc(sizeof *peer->serve);
	if (peer->serve == NULL)
		return; /* it asks again */
	peer->serve->blob = row.id;
	memcpy(peer->serve->hash, row.hash, HASH_BYTES);
	peer->serve->at = want->want.offset;
	peer->serve->end = want->want.offset + want->want.length;
	peer->serve->total = row.total;
	peer->serve->len = 0;
	store_blob_given(st->store, row.id, peer->id, want->want.offset); /* it holds what is before */
}

/* The bytes at the place that is next; empty when the store does not have them. */
static struct bytes next_bytes(struct station *st, struct serve *serve)
{
	struct bytes part;

	if (serve->at < serve->start || serve->at >= serve->start + serve->len) {
		serve->len = 0;
		if (!store_blob_part(st->store, serve->blob, serve->at, &part) || part.len > sizeof serve->part)
			return (struct bytes){NULL, 0};
		memcpy(serve->part, part.data, part.len);
		serve->start = serve->at;
		serve->len = part.len;
	}
	part = (struct bytes){serve->part + (serve->at - serve->start), serve->start + serve->len - serve->at};
	if (part.len > serve->end - serve->at)
		part.len = serve->end - serve->at;
	return part;
}

void serve_fill(struct station *st, struct conn *conn, struct cell *cell)
{
	struct peer *peer = conn->peer;
	struct frame frame = {.type = FRAME_BLOB};

	while (peer->serve != NULL) {
		size_t room = frame_blob_room(cell_room(cell));
		struct bytes next = next_bytes(st, peer->serve);

		if (next.len == 0) {
			serve_end(peer);
			return;
		}
		/* a sliver is not worth its head, unless it is all there is */
		if (room == 0 || (room < next.len && room < cell->size / 8))
			return;
		frame.blob.offset = peer->serve->at;
		memcpy(frame.blob.hash, peer->serve->hash, HASH_BYTES);
		frame.blob.data = (struct bytes){next.data, next.len < room ? next.len : room};
		if (!cell_put(cell, &frame))
			return;
		peer->serve->at += frame.blob.data.len;
		if (peer->serve->at < peer->serve->end)
			continue;
		if (peer->serve->end == peer->serve->total)
			store_blob_given(st->store, peer->serve->blob, peer->id, peer->serve->total);
		serve_end(peer);
	}
}

void serve_view(struct station *st, const uint8_t hash[HASH_BYTES], struct pack_writer *out)
{
	struct blob_row row = {0};
	struct delivery_row delivery;
	struct name names[LIMIT_ADDRESSEES], last = {""};
	size_t count = 0;

	if (store_blob(st->store, hash, &row) && row.is_sent)
		while (count < LIMIT_ADDRESSEES &&
		       store_delivery_after(st->store, row.message, name_bytes(&last), &delivery) &&
		       name_copy(delivery.name, &last))
			names[count++] = last;
	pack_put_array(out, count);
	for (size_t i = 0; i < count; i++) {
		const struct peer *peer = core_peer(st, name_bytes(&names[i]));
		uint64_t through = peer != NULL ? store_blob_given_to(st->store, row.id, peer->id) : 0;

		if (peer != NULL && peer->serve != NULL && peer->serve->blob == row.id && peer->serve->at > through)
			through = peer->serve->at;
		pack_put_array(out, 2);
		pack_put_str(out, name_bytes(&names[i]));
		pack_put_uint(out, through);
	}
}
