/*
 * Witness of the peers' logs: every head they show is kept, and on each link the proof is asked for that their log grew
 * from the last head to the new one; and the same is answered about our own log (SPEC 6.3).
 */
#include <string.h>

#include "daemon/core.h"

#define ANSWERS 8 /* proofs given on one link; a hello is reason for two */

void witness_issued(struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES])
{
	struct head *head = &peer->issued[peer->issued_next++ % ISSUED_HEADS];

	head->size = size;
	memcpy(head->root, root, HASH_BYTES);
}

static void take_seen(struct station *st, struct peer *peer, const struct head *head)
{
	if (head->size <= peer->seen_size)
		return;
	peer->seen_size = head->size;
	memcpy(peer->seen_root, head->root, HASH_BYTES);
	store_head_seen(st->store, peer->id, head);
}

static void take_proven(struct station *st, struct peer *peer, const struct head *head)
{
	peer->proven_size = head->size;
	memcpy(peer->proven_root, head->root, HASH_BYTES);
	store_head_proven(st->store, peer->id, head);
	take_seen(st, peer, head);
}

/*
 * All parcels up to the one that brings this signed head are here, so all of its log up to the head is in ours: a recovery
 * need not go back further.
 */
static void settle(struct station *st, struct peer *peer, uint64_t size)
{
	if (peer->parcel_seq == 0 || peer->parcel_seq > peer->through || size <= peer->recovery.settled)
		return;
	peer->recovery.settled = size;
	store_recovery_put_soft(st->store, peer->id, &peer->recovery);
}

void witness_head(struct station *st, struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES],
		  const uint8_t *object)
{
	struct head head = {.size = size, .at = st->now.real_us, .is_signed = object != NULL}, held;

	memcpy(head.root, root, HASH_BYTES);
	if (object != NULL)
		memcpy(head.object, object, HASH_BYTES);
	if (!store_head_put(st->store, peer->id, &head, &held))
		evidence_note(st, peer, &held, &head);
	else if (object != NULL) {
		take_seen(st, peer, &head);
		settle(st, peer, size);
	}
}

void witness_anew(struct station *st, struct peer *peer, const struct head *proven, const struct head *seen)
{
	peer->seen_size = 0;
	peer->is_short = false;
	take_proven(st, peer, proven);
	take_seen(st, peer, seen);
}

/* The head of this size, with its signature if it has one. */
static struct head find_head(struct station *st, const struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES])
{
	struct head head = {.size = size}, held;

	memcpy(head.root, root, HASH_BYTES);
	return store_head_before(st->store, peer->id, size, &held) && held.size == size ? held : head;
}

/*
 * From the last proven head to the last signed one, if that is not proven yet, and then to the one of the hello. Nothing
 * leads from an empty log: the first head is taken as it is.
 */
static void ask(struct station *st, struct conn *conn)
{
	struct peer *peer = conn->peer;
	struct proofs *proofs = &conn->proofs;
	struct frame frame = {.type = FRAME_PROVE};

	for (;;) {
		struct head to = proofs->shown;

		if (peer->seen_size > peer->proven_size && peer->seen_size <= to.size)
			to = find_head(st, peer, peer->seen_size, peer->seen_root);
		if (to.size <= peer->proven_size)
			return;
		if (peer->proven_size > 0) {
			proofs->asked = (struct proof){
			    .from = find_head(st, peer, peer->proven_size, peer->proven_root), .to = to};
			frame.prove.size1 = peer->proven_size;
			frame.prove.size2 = to.size;
			proofs->asked.is_open = link_put(&conn->link, &frame);
			return;
		}
		take_proven(st, peer, &to);
	}
}

/* It may have been restored from a backup; until it is recovered nothing new can be proven. */
static void note_short(struct station *st, struct peer *peer)
{
	if (peer->is_short)
		return;
	peer->is_short = true;
	core_fault(st, peer, "it shows a shorter record than before: it may have been restored from a backup");
}

void witness_hello(struct station *st, struct conn *conn, const struct frame *hello)
{
	struct peer *peer = conn->peer;
	struct head *shown = &conn->proofs.shown;

	shown->size = hello->hello.size;
	shown->at = st->now.real_us;
	memcpy(shown->root, hello->hello.root, HASH_BYTES);
	if (peer->recovery.is_giving)
		return; /* its log is being recovered: what it shows counts again from its note on */
	witness_head(st, peer, shown->size, shown->root, NULL);
	*shown = find_head(st, peer, shown->size, shown->root);
	if (hello->hello.size < conn->proofs.least_size) {
		note_short(st, peer);
		return;
	}
	peer->is_short = false;
	if (hash_equal(shown->root, hello->hello.root, HASH_BYTES)) /* else it is noted already */
		ask(st, conn);
}

/* The peer holds a head that our log had: what stands up to there is the same on both sides. */
static void note_held(struct station *st, struct peer *peer, uint64_t size)
{
	if (size <= peer->recovery.held)
		return;
	peer->recovery.held = size;
	store_recovery_put_soft(st->store, peer->id, &peer->recovery);
}

static bool was_issued(const struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES])
{
	for (size_t i = 0; i < ISSUED_HEADS; i++)
		if (peer->issued[i].size == size && hash_equal(peer->issued[i].root, root, HASH_BYTES))
			return true;
	return false;
}

void witness_own(struct station *st, struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES])
{
	uint8_t own[HASH_BYTES];
	bool is_longer = size > peer->log.tree.size;

	if (size == 0 || peer->is_ahead)
		return;
	if (was_issued(peer, size, root)) {
		note_held(st, peer, size);
		return;
	}
	if (!is_longer && store_log_root(st->store, &peer->log, size, own) && hash_equal(own, root, HASH_BYTES)) {
		witness_issued(peer, size, root);
		note_held(st, peer, size);
	} else if (!recover_is_lost(peer, size))
		core_behind(st, peer,
			    is_longer ? N_("my record is behind what it holds") : N_("my record is not the one it holds"));
}

static int own_subtree(void *ctx, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	struct conn *conn = ctx;

	return store_log_subtree(conn->proofs.store, &conn->peer->log, level, index, out) ? 0 : -1;
}

void witness_prove(struct station *st, struct conn *conn, const struct frame *frame)
{
	static uint8_t hash[2 * MERKLE_LEVELS][HASH_BYTES];
	struct proofs *proofs = &conn->proofs;
	struct proof *given = &proofs->given;
	size_t count;

	if (conn->peer->is_ahead)
		return; /* our log is not the one that it asks about */
	if (frame->prove.size2 > proofs->own_size || given->is_open || proofs->answers == ANSWERS) {
		core_count(st, COUNT_PROOF, conn->peer, "asked for beyond what it may");
		return;
	}
	proofs->answers++;
	proofs->store = st->store;
	if (merkle_prove_consistency(frame->prove.size1, frame->prove.size2, own_subtree, conn, hash, &count) != 0)
		return; /* the store failed, and with it this turn */
	*given = (struct proof){.is_open = true, .total = count};
	given->from.size = frame->prove.size1;
	given->to.size = frame->prove.size2;
	memcpy(given->hash, hash, count * HASH_BYTES);
}

void witness_put(struct station *st, struct conn *conn, struct cell *cell)
{
	struct proof *given = &conn->proofs.given;
	const struct flight *unsent = given->is_open ? flight_first_unsent(st, conn) : NULL;

	if (unsent != NULL && unsent->precedence >= PRECEDENCE_IMMEDIATE)
		return; /* it goes first */
	while (given->is_open) {
		struct frame frame = {.type = FRAME_PROOF};
		size_t room = frame_proof_room(cell_room(cell)), rest = given->total - given->done;

		frame.proof.size1 = given->from.size;
		frame.proof.size2 = given->to.size;
		frame.proof.first = given->done;
		frame.proof.total = given->total;
		frame.proof.count = rest < room ? rest : room;
		memcpy(frame.proof.hash, given->hash[given->done], frame.proof.count * HASH_BYTES);
		if (frame.proof.count == 0 || !cell_put(cell, &frame))
			return;
		given->done += frame.proof.count;
		given->is_open = given->done < given->total;
	}
}

/* All hashes are there. */
static void judge(struct station *st, struct conn *conn)
{
	struct proof *asked = &conn->proofs.asked;

	asked->is_open = false;
	if (merkle_verify_consistency(asked->from.size, asked->to.size, asked->from.root, asked->to.root, asked->hash,
				      asked->total) != RESULT_OK) {
		core_count(st, COUNT_PROOF, conn->peer, "it proves nothing");
		evidence_note(st, conn->peer, &asked->from, &asked->to);
		return;
	}
	if (conn->peer->proven_size == asked->from.size) /* else another link was faster */
		take_proven(st, conn->peer, &asked->to);
	ask(st, conn);
}

void witness_proof(struct station *st, struct conn *conn, const struct frame *frame)
{
	struct proof *asked = &conn->proofs.asked;

	if (!asked->is_open || frame->proof.size1 != asked->from.size || frame->proof.size2 != asked->to.size ||
	    frame->proof.first != asked->done || (asked->done > 0 && frame->proof.total != asked->total)) {
		core_count(st, COUNT_PROOF, conn->peer, asked->is_open ? "out of order" : "nobody asked");
		asked->is_open = false;
		return;
	}
	asked->total = frame->proof.total;
	memcpy(asked->hash[asked->done], frame->proof.hash, frame->proof.count * HASH_BYTES);
	asked->done += frame->proof.count;
	if (asked->done == asked->total)
		judge(st, conn);
}

void witness_note(struct station *st, struct conn *conn)
{
	if (conn->proofs.has_given_note)
		core_count(st, COUNT_PROOF, conn->peer, "asked for our note again");
	else
		outbox_checkpoint(st, conn->peer);
	conn->proofs.has_given_note = true;
}
