/*
 * Mutual witness (SPEC 6.3): each station keeps the heads that a peer shows of its log, and asks on every link for the
 * proof that the log only grew. Part of daemon/core.h.
 */
#ifndef HOTLINE_DAEMON_WITNESS_H
#define HOTLINE_DAEMON_WITNESS_H

#include "daemon/store.h"
#include "proto/cell.h"

struct station;
struct peer;
struct conn;

#define ISSUED_HEADS 16 /* of our own log that need not be computed again when the peer names them */

/* A proof being put together, or being sent. */
struct proof {
	bool is_open;
	struct head from, to;
	size_t total, done;
	uint8_t hash[LIMIT_PROOF_HASHES][HASH_BYTES];
};

/* Of one link: its hellos bound what may be asked for. */
struct proofs {
	uint64_t own_size;
	uint64_t least_size; /* of a head in the peer's hello: it was made after our record, when we had seen this */
	struct head shown; /* in the peer's hello */
	struct head held;  /* of ours, that the peer's hello names */
	struct proof asked, given;
	unsigned answers;
	bool has_asked_note, has_given_note;
	struct store *store; /* while a proof is made */
};

/* Our own log's head was signed or said. */
void witness_issued(struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES]);
/* A head of its log that the peer showed, and the id of the receipt or note that signs it, or NULL. */
void witness_head(struct station *st, struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES],
		  const uint8_t *object);
/* The peer's hello: its head is kept, and what is not proven up to it is asked for. */
void witness_hello(struct station *st, struct conn *conn, const struct frame *hello);
/* A head of our log that the peer holds: another log than ours means that one of the two was restored or forked. */
void witness_own(struct station *st, struct peer *peer, uint64_t size, const uint8_t root[HASH_BYTES]);
/* The peer's log was recovered: proven up to one head, and then to its signed one. */
void witness_anew(struct station *st, struct peer *peer, const struct head *proven, const struct head *seen);
void witness_prove(struct station *st, struct conn *conn, const struct frame *frame);
void witness_proof(struct station *st, struct conn *conn, const struct frame *frame);
/* The peer asks for our signed head. */
void witness_note(struct station *st, struct conn *conn);
/* What it asked for, into what room a cell has. */
void witness_put(struct station *st, struct conn *conn, struct cell *cell);

/* evidence.c: two heads of the peer's log that contradict each other: alarm, evidence, and its note is asked for. */
void evidence_note(struct station *st, struct peer *peer, const struct head *first, const struct head *second);
/* After a start: evidence whose file may have been lost between commit and writing. */
void evidence_again(struct station *st);

#endif
