/*
 * Attachments on their way in: fetched by themselves once their message is in custody, one at a time from each peer,
 * the most urgent message's first, from the byte that is held (SPEC 3.3). What is asked for is counted against the peer.
 *
 *   wanted --(its turn: counted, asked for)--> begun --(all bytes, and they match)--> whole
 *   begun --(another is more urgent, link lost, restart)--> begun, asked for again from the byte that is held
 *   begun --(does not match)--> wanted once more, then given up
 *   wanted or begun --(the peer does not hold it)--> left until the next link
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "daemon/store_blob.h"

struct fetch {
	int64_t blob;
	uint8_t hash[HASH_BYTES];
	uint64_t total, held; /* held with what is in part */
	uint64_t end;	      /* of what was asked for */
	bool is_asked, is_asked_again;
	int64_t came_at; /* monotonic: when bytes came last, or were asked for */
	int64_t rate_at;
	uint64_t rate_held, rate; /* held at rate_at; bytes a second */
	struct hash_stream stream;
	size_t len;
	uint8_t part[BLOB_PART_BYTES]; /* what this turn brought */
};

void fetch_end(struct peer *peer)
{
	free(peer->fetch);
	peer->fetch = NULL;
}

void fetch_load_peer(struct station *st, struct peer *peer)
{
	peer->blob_bytes = store_blob_bytes(st->store, peer->id);
	peer->has_wanted = true;
}

void fetch_message(struct station *st, struct peer *peer, const struct message *message, const struct content *content)
{
	for (size_t i = 0; i < content->attachment_count; i++)
		store_blob_want(st->store, content->attachment[i].cipher_hash, content->attachment[i].cipher_len,
				peer->id, message->precedence);
	peer->has_wanted |= content->attachment_count > 0;
}

static void flush(struct station *st, struct fetch *fetch)
{
	if (fetch->len == 0)
		return;
	hash_add(&fetch->stream, (struct bytes){fetch->part, fetch->len});
	store_blob_add(st->store, fetch->blob, fetch->held - fetch->len, (struct bytes){fetch->part, fetch->len});
	fetch->len = 0;
}

/* What is held of it already goes through the hash again. */
static void begin(struct station *st, struct peer *peer, const struct blob_row *row)
{
	struct fetch *fetch = calloc(1, sizeof *fetch);
	struct bytes part;

	if (fetch == NULL)
		return;
	fetch->blob = row->id;
	fetch->total = row->total;
	memcpy(fetch->hash, row->hash, HASH_BYTES);
	hash_begin(&fetch->stream);
	while (fetch->held < row->held && store_blob_part(st->store, row->id, fetch->held, &part)) {
		hash_add(&fetch->stream, part);
		fetch->held += part.len;
	}
	fetch->rate_held = fetch->held;
	fetch->rate_at = st->now.mono_us;
	peer->fetch = fetch;
	if (row->is_begun)
		return;
	peer->blob_bytes += row->total;
	store_blob_begun(st->store, row->id);
}

static uint64_t room(const struct station *st, const struct peer *peer)
{
	return peer->blob_bytes < st->config->attachment_quota ? st->config->attachment_quota - peer->blob_bytes : 0;
}

/* It goes on with what is most urgent now. */
static void choose(struct station *st, struct peer *peer)
{
	struct blob_row row;

	if (!store_blob_wanted(st->store, peer->id, room(st, peer), FETCH_TRIES, &row)) {
		fetch_end(peer);
		return;
	}
	if (peer->fetch != NULL && peer->fetch->blob == row.id)
		return;
	fetch_end(peer);
	begin(st, peer, &row);
}

static void ask(struct station *st, struct peer *peer)
{
	struct fetch *fetch = peer->fetch;
	uint64_t rest = fetch->total - fetch->held;
	struct frame frame = {.type = FRAME_WANT,
			      .want = {.offset = fetch->held, .length = rest < WANT_BYTES ? rest : WANT_BYTES}};

	memcpy(frame.want.hash, fetch->hash, HASH_BYTES);
	if (!link_put(&peer->conn->link, &frame)) {
		peer->has_wanted = true;
		return;
	}
	fetch->end = fetch->held + frame.want.length;
	fetch->is_asked = true;
	fetch->came_at = st->now.mono_us;
}

static void measure(const struct station *st, struct fetch *fetch)
{
	int64_t span_us = st->now.mono_us - fetch->rate_at;

	if (span_us < SECOND_US)
		return;
	fetch->rate = (fetch->held - fetch->rate_held) * SECOND_US / (uint64_t)span_us;
	fetch->rate_held = fetch->held;
	fetch->rate_at = st->now.mono_us;
}

void fetch_settle(struct station *st, struct peer *peer)
{
	if (peer->fetch != NULL) {
		flush(st, peer->fetch);
		measure(st, peer->fetch);
		if (peer->fetch->is_asked && st->now.mono_us - peer->fetch->came_at >= WANT_SILENCE_US) {
			peer->fetch->is_asked = false;
			peer->has_wanted = true;
		}
	}
	if (!peer->has_wanted || peer->conn == NULL || peer->is_ahead)
		return;
	peer->has_wanted = false;
	choose(st, peer);
	if (peer->fetch != NULL && !peer->fetch->is_asked)
		ask(st, peer);
}

/* All bytes are there. */
static void finish(struct station *st, struct peer *peer)
{
	struct fetch *fetch = peer->fetch;
	uint8_t hash[HASH_BYTES];
	bool matches;

	flush(st, fetch);
	hash_end(&fetch->stream, hash);
	matches = hash_equal(hash, fetch->hash, HASH_BYTES);
	core_log_act(st, STATION_FETCHED, fetch->hash, "tu", name_bytes(&peer->name), (uint64_t)matches);
	if (matches) {
		store_blob_whole(st->store, fetch->blob, fetch->hash);
		core_notify(st, "attachment", NULL, name_bytes(&peer->name), core_own_name(st), N_("an attachment is here"));
	} else {
		store_blob_failed(st->store, fetch->blob);
		peer->blob_bytes -= fetch->total;
		core_count(st, COUNT_BLOB, peer, "it does not match its hash");
		core_fault(st, peer, "an attachment does not match its hash");
	}
	fetch_end(peer);
	peer->has_wanted = true;
}

/* Bytes of what is not being fetched: late ones of a blob that gave way are no fault. */
static void take_stray(struct station *st, struct peer *peer, const uint8_t hash[HASH_BYTES])
{
	struct blob_row row;

	if (!store_blob(st->store, hash, &row) || row.peer != peer->id)
		core_count(st, COUNT_BLOB, peer, "not asked for");
}

static void take(struct station *st, struct peer *peer, struct bytes data)
{
	struct fetch *fetch = peer->fetch;

	while (data.len > 0) {
		size_t left = sizeof fetch->part - fetch->len, step = data.len < left ? data.len : left;

		memcpy(fetch->part + fetch->len, data.data, step);
		fetch->len += step;
		fetch->held += step;
		data.data += step;
		data.len -= step;
		if (fetch->len == sizeof fetch->part)
			flush(st, fetch);
	}
	fetch->came_at = st->now.mono_us;
	fetch->is_asked_again = false;
	if (fetch->held == fetch->total)
		finish(st, peer);
	else if (fetch->held == fetch->end) {
		fetch->is_asked = false;
		peer->has_wanted = true;
	}
}

void fetch_blob(struct station *st, struct conn *conn, const struct frame *blob)
{
	struct peer *peer = conn->peer;
	struct fetch *fetch = peer->fetch;
	uint64_t offset = blob->blob.offset, end = offset + blob->blob.data.len;

	if (fetch == NULL || !hash_equal(fetch->hash, blob->blob.hash, HASH_BYTES))
		take_stray(st, peer, blob->blob.hash);
	else if (end > fetch->end)
		core_count(st, COUNT_BLOB, peer, "beyond what was asked for");
	else if (blob->blob.data.len == 0) {
		store_blob_absent(st->store, fetch->blob);
		fetch_end(peer);
		peer->has_wanted = true;
	} else if (offset > fetch->held && !fetch->is_asked_again) {
		fetch->is_asked_again = true; /* what is between was lost with another link */
		fetch->is_asked = false;
		peer->has_wanted = true;
	} else if (offset <= fetch->held && end > fetch->held)
		take(st, peer, (struct bytes){blob->blob.data.data + (fetch->held - offset), end - fetch->held});
}

void fetch_relink(struct station *st, struct peer *peer)
{
	/* else what it asked for goes on over the new link, as its want may have come before the change */
	if (peer->conn == NULL)
		serve_end(peer);
	if (peer->fetch != NULL)
		peer->fetch->is_asked = false;
	peer->has_wanted = true;
	if (peer->conn != NULL)
		store_blob_ask_again(st->store, peer->id);
}

static struct peer *peer_of(const struct station *st, int64_t id)
{
	struct peer *peer = st->peers;

	while (peer != NULL && peer->id != id)
		peer = peer->next;
	return peer;
}

void fetch_view(struct station *st, const uint8_t hash[HASH_BYTES], struct control_blob *out)
{
	struct blob_row row;
	const struct peer *peer;

	memset(out, 0, sizeof *out);
	if (!store_blob(st->store, hash, &row))
		return;
	out->total = row.total;
	out->held = row.held;
	peer = row.peer != 0 ? peer_of(st, row.peer) : NULL;
	if (row.is_whole)
		out->state = BLOB_HELD;
	else if (row.failures >= FETCH_TRIES)
		out->state = BLOB_BAD;
	else if (row.is_absent)
		out->state = BLOB_ABSENT;
	else if (peer != NULL && peer->fetch != NULL && peer->fetch->blob == row.id && peer->conn != NULL) {
		out->state = BLOB_FETCHING;
		out->held = peer->fetch->held;
		out->rate = peer->fetch->rate;
	} else if (peer != NULL && !row.is_begun && row.total > room(st, peer))
		out->state = BLOB_OVER;
	else
		out->state = BLOB_WAITING;
}
