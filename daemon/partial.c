/*
 * Parcels that are still arriving: pieces are put together within what a peer may make us hold, and a complete sealed
 * form is opened (SPEC 3, 4).
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

static void free_partial(struct partial *partial)
{
	free(partial->data);
	memset(partial, 0, sizeof *partial);
}

void partial_finish(struct peer *peer)
{
	for (size_t i = 0; i < LIMIT_PARTIALS; i++)
		free_partial(&peer->partial[i]);
}

void partial_have(struct station *st, struct peer *peer, struct have *out)
{
	uint64_t seq = peer->through;

	memset(out, 0, sizeof *out);
	out->through = peer->through;
	while (out->count < LIMIT_HAVE && store_received_after(st->store, peer->id, seq, &seq))
		out->beyond[out->count++] = seq;
}

uint64_t partial_gaps(struct station *st, struct peer *peer)
{
	struct have have;

	partial_have(st, peer, &have);
	return have.count > 0 ? have.beyond[have.count - 1] - have.through - have.count : 0;
}

/* A complete sealed form. A refuse reason, 0 when it was taken. */
static int open_parcel(struct station *st, struct peer *peer, uint64_t seq, struct bytes sealed_bytes)
{
	const struct pair_generation *generation;
	struct sealed sealed;
	struct link_choice choice[LINK_CHOICES];
	size_t count;
	uint8_t key[KEY_BYTES], *plain;
	size_t len;
	int result = seal_decode(sealed_bytes, &sealed);

	if (result != RESULT_OK || !name_equal(&sealed.head.from, &peer->name) ||
	    !name_equal(&sealed.head.to, &st->config->station) || sealed.head.seq != seq) {
		core_count(st, COUNT_PARCEL, peer, "outside");
		return REFUSE_MALFORMED;
	}
	generation = pair_generation_find(peer->pair, sealed.head.generation);
	if (generation == NULL ||
	    pair_seal_key(generation, sealed.head.week, time_week(st->now.real_us), key) != RESULT_OK)
		return REFUSE_WEEK;
	len = seal_plain_len(&sealed);
	if (len == 0 || len > LIMIT_PARCEL_BYTES) {
		key_wipe(key, sizeof key);
		return len == 0 ? REFUSE_MALFORMED : REFUSE_LIMIT;
	}
	plain = malloc(len);
	if (plain == NULL)
		abort(); /* nothing of this turn was said; after a restart the peer sends it again */
	count = cards_link_choices(st, peer, true, choice);
	result = RESULT_SEAL;
	for (size_t i = 0; result != RESULT_OK && i < count; i++)
		result = seal_open(&sealed, choice[i].own, choice[i].peer, key, plain);
	key_wipe(key, sizeof key);
	if (result == RESULT_OK) {
		directory_authenticated(st, peer, sealed.head.generation, sealed.head.week);
		result = inbox_parcel(st, peer, seq, (struct bytes){plain, len});
	} else {
		core_count(st, COUNT_PARCEL_SEAL, peer, "");
		result = REFUSE_SEAL;
	}
	key_wipe(plain, len);
	free(plain);
	return result;
}

/* Halves of parcels that have come whole on another link: they make room. False when there was none. */
static bool free_stored(struct station *st, struct peer *peer)
{
	uint8_t hash[HASH_BYTES];
	bool has_freed = false;

	for (size_t i = 0; i < LIMIT_PARTIALS; i++) {
		struct partial *partial = &peer->partial[i];

		if (partial->seq == 0 || !store_received(st->store, peer->id, partial->seq, hash))
			continue;
		free_partial(partial);
		has_freed = true;
	}
	return has_freed;
}

/* The partial parcel of a seq, made anew for another tag; NULL when the peer already makes us hold too much. */
static struct partial *find_partial(struct station *st, struct peer *peer, uint64_t seq,
				    const uint8_t tag[FRAME_TAG_BYTES], uint64_t offset, uint64_t total)
{
	struct partial *found = NULL, *unused = NULL;
	size_t held = 0;

	for (size_t i = 0; i < LIMIT_PARTIALS; i++) {
		struct partial *partial = &peer->partial[i];

		if (partial->seq == seq)
			found = partial;
		else if (partial->seq == 0)
			unused = partial;
		held += partial->total;
	}
	if (found != NULL && offset > 0 && memcmp(found->tag, tag, FRAME_TAG_BYTES) != 0)
		return NULL; /* the rest of a former form, on another link */
	if (found != NULL && (memcmp(found->tag, tag, FRAME_TAG_BYTES) != 0 || found->total != total)) {
		held -= found->total;
		free_partial(found);
		unused = found;
		found = NULL;
	}
	if (found != NULL || offset > 0 || total == 0 || total > seal_capacity(LIMIT_PARCEL_BYTES))
		return found;
	if (unused == NULL || held + total > LIMIT_PARTIAL_BYTES)
		return free_stored(st, peer) ? find_partial(st, peer, seq, tag, offset, total) : NULL;
	unused->data = malloc(total);
	if (unused->data == NULL)
		return NULL;
	unused->seq = seq;
	unused->total = total;
	memcpy(unused->tag, tag, FRAME_TAG_BYTES);
	return unused;
}

/* A complete parcel: taken, refused, or kept until the card has come that it is signed under. True: it is stored. */
static bool finish(struct station *st, struct conn *conn, struct partial *partial)
{
	struct frame refuse = {.type = FRAME_REFUSE, .refuse = {.seq = partial->seq}};
	int reason = open_parcel(st, conn->peer, partial->seq, (struct bytes){partial->data, partial->total});

	if (reason == INBOX_WAITS)
		return false;
	free_partial(partial);
	refuse.refuse.reason = (uint8_t)reason;
	if (reason != 0)
		link_put(&conn->link, &refuse);
	return reason == 0;
}

/* A card has come: what waited for it. */
static bool retry(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	bool is_stored = false;

	if (!peer->has_new_card)
		return false;
	peer->has_new_card = false;
	for (size_t i = 0; i < LIMIT_PARTIALS; i++)
		if (peer->partial[i].seq != 0 && peer->partial[i].held == peer->partial[i].total)
			is_stored |= finish(st, conn, &peer->partial[i]);
	return is_stored;
}

static void put_resume(struct conn *conn, const struct partial *partial)
{
	struct frame frame = {.type = FRAME_RESUME, .resume = {.seq = partial->seq, .offset = partial->held}};

	memcpy(frame.resume.tag, partial->tag, FRAME_TAG_BYTES);
	link_put(&conn->link, &frame);
}

bool partial_piece(struct station *st, struct conn *conn, uint64_t seq, const uint8_t tag[FRAME_TAG_BYTES],
		   uint64_t offset, uint64_t total, struct bytes data)
{
	struct peer *peer = conn->peer;
	struct frame refuse = {.type = FRAME_REFUSE, .refuse = {.seq = seq}};
	struct partial *partial;
	uint8_t hash[HASH_BYTES];
	bool is_repeat = store_received(st->store, peer->id, seq, hash), is_stored;

	if (is_repeat && offset == 0 && peer->links->sibling == NULL) /* over several links that is nothing special */
		core_count(st, COUNT_REPEAT, peer, "");
	partial = seq > 0 ? find_partial(st, peer, seq, tag, offset, total) : NULL;
	if (partial == NULL && offset > 0)
		return is_repeat; /* the rest of what another link has completed, or what hello will set right */
	if (partial == NULL || data.len > total || offset > total - data.len) {
		/* what is too large for anybody is refused for good; what only finds no room now comes with the next
		 * link */
		core_count(st, COUNT_PIECE, peer, "");
		refuse.refuse.reason = REFUSE_LIMIT;
		if (total > seal_capacity(LIMIT_PARCEL_BYTES))
			link_put(&conn->link, &refuse);
		return is_repeat;
	}
	if (offset == 0 && data.len < partial->held)
		put_resume(conn, partial); /* begun on another link: it may leave out what is here */
	if (offset > partial->held || offset + data.len <= partial->held)
		return is_repeat; /* a gap, or nothing new */
	memcpy(partial->data + offset, data.data, data.len);
	partial->held = offset + data.len;
	if (partial->held < partial->total)
		return is_repeat;
	is_stored = finish(st, conn, partial) || is_repeat;
	return retry(st, conn) || is_stored;
}
