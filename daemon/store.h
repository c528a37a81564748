/*
 * The store: the only SQLite. One connection, one writer, one transaction a turn (rule 1). A failed read or write
 * sticks: from then on nothing is found and store_commit() is negative, and the station ends. What a call gives by
 * pointer is borrowed until the same call is made again.
 */
#ifndef HOTLINE_DAEMON_STORE_H
#define HOTLINE_DAEMON_STORE_H

#include "daemon/random.h"
#include "proto/check.h"
#include "proto/checkpoint.h"
#include "proto/deadline.h"
#include "proto/frame.h"
#include "proto/leaf.h"
#include "proto/name.h"

struct store;

/*
 * Opens or makes the database at path (":memory:" for tests). Negative with one sentence in error when it can't, also
 * when another process has it open.
 */
int store_open(const char *path, struct store **out, char *error, size_t size);
void store_close(struct store *store);
/*
 * From now on contents, drafts and waiting items are encrypted at rest under this key, which is copied; without it they
 * are kept plain, as tests do. Negative with a sentence when the store was written under another key.
 */
int store_encrypt(struct store *store, const uint8_t key[KEY_BYTES], random_fill *random, void *random_ctx, char *error,
		  size_t size);
/* From here on the store counts as failed: nothing is written or synced any more, not even when it is closed. */
void store_give_up(struct store *store);
/* Begins the turn's transaction unless it is open already. */
void store_begin(struct store *store);
/* Whether something was written that must be on disk before anything leaves. */
bool store_must_commit(const struct store *store);
/* Whether a transaction with writes is open at all. */
bool store_is_open(const struct store *store);
/* One commit, one fsync. Negative when anything in it failed; nothing may leave then. */
int store_commit(struct store *store);
/* From here on nothing is found, and the turn's commit will fail. */
bool store_has_failed(const struct store *store);
const char *store_error(const struct store *store);

/* A log being grown: its place in the table, its origin line, its tree, and the nodes of the tile that is not full yet. */
#define LOG_TILE 256 /* entries */
struct log {
	int64_t origin; /* 0 the station log, else the peer's id */
	char name[ORIGIN_TEXT];
	struct merkle tree;
	uint8_t open[2 * LOG_TILE][HASH_BYTES];
};
/* Loads the tree from tiles and the leaves behind them. name is set by the caller. */
void store_log_open(struct store *store, int64_t origin, struct log *out);
/*
 * Appends and gives the index. The times of all logs' entries together strictly increase, so that they order them as the
 * commits did: leaf->at is moved where it must be.
 */
uint64_t store_log_append(struct store *store, struct log *log, struct leaf *leaf);
struct log_row {
	uint64_t index;
	struct leaf leaf;
};
bool store_log_row(struct store *store, int64_t origin, uint64_t index, struct log_row *out);
/* The root of 2^level leaves at index × 2^level, which the log has. False when it can't be made. */
bool store_log_subtree(struct store *store, const struct log *log, unsigned level, uint64_t index, uint8_t out[HASH_BYTES]);
/* The root that the log had at an earlier size. */
bool store_log_root(struct store *store, const struct log *log, uint64_t size, uint8_t out[HASH_BYTES]);
int64_t store_log_newest(struct store *store); /* the latest time in any log; 0 when empty */
/*
 * An administrator says that `now` is right although the logs reach to `newest`. It holds until they reach a second
 * further (entries made meanwhile are timed after the newest), so that the next start need not ask again: the time of the
 * confirmation, 0 when there is none for these logs.
 */
/*
 * How far the deadlines' time (deadline.c) is ahead of the clock, which is the sum of the clock's steps, and of the times
 * of entries.
 */
struct clock_shift {
	int64_t clock, log;
};
struct clock_shift store_clock_shift(struct store *store);
void store_clock_shift_put(struct store *store, struct clock_shift shift);
/* The time of an entry that would be made now. */
int64_t store_log_next(const struct store *store, int64_t now);
void store_clock_confirm(struct store *store, int64_t newest, int64_t now);
int64_t store_clock_confirmed(struct store *store, int64_t newest);

/* Objects and notes by id, contents by hash. Putting one that is there changes nothing. */
void store_object_put(struct store *store, const uint8_t id[HASH_BYTES], struct bytes object);
bool store_object(struct store *store, const uint8_t id[HASH_BYTES], struct bytes *out);
bool store_object_after(struct store *store, int64_t after, int64_t *out_row, struct bytes *out);
void store_content_put(struct store *store, const uint8_t hash[HASH_BYTES], struct bytes content);
bool store_content(struct store *store, const uint8_t hash[HASH_BYTES], struct bytes *out);
bool store_content_after(struct store *store, int64_t after, int64_t *out_row, struct bytes *out);
/* The last row numbers of both tables: where an export ends. */
int64_t store_object_last(struct store *store);
int64_t store_content_last(struct store *store);

struct peer_row {
	int64_t id;
	struct name name;
	int64_t enrolled_at;
	bool is_verified;
	uint64_t next_seq, through, counter_sent, counter_accepted, seen_size, proven_size;
	uint8_t seen_root[HASH_BYTES], proven_root[HASH_BYTES];
};
bool store_peer_after(struct store *store, int64_t after, struct peer_row *out);
/* Enrols a name (or updates is_verified) and gives its id. */
int64_t store_peer_enrol(struct store *store, struct bytes name, int64_t at, bool is_verified);
void store_peer_counter_sent(struct store *store, int64_t peer, uint64_t counter);
void store_peer_counter_accepted(struct store *store, int64_t peer, uint64_t counter);

/* A head that a peer showed of its log, and the receipt or note that signs it. */
struct head {
	uint64_t size;
	uint8_t root[HASH_BYTES];
	int64_t at;
	bool is_signed;
	uint8_t object[HASH_BYTES];
};
/* Kept for good, the signature too if it is the first. False when another root stands at that size, given in out_held. */
bool store_head_put(struct store *store, int64_t peer, const struct head *head, struct head *out_held);
/* The largest head of at most this size; false when there is none. */
bool store_head_before(struct store *store, int64_t peer, uint64_t size, struct head *out);
/* The last head of theirs, and the last that is proven. */
void store_head_seen(struct store *store, int64_t peer, const struct head *head);
void store_head_proven(struct store *store, int64_t peer, const struct head *head);
/* Two heads that contradict each other. False when this pair is there already, signed as well. */
bool store_evidence_put(struct store *store, int64_t peer, int64_t at, const struct head head[2]);
struct evidence_row {
	int64_t id, peer, at;
	struct head head[2];
};
bool store_evidence_after(struct store *store, int64_t after, struct evidence_row *out);
uint64_t store_evidence_count(struct store *store, int64_t peer);

/* What a pair needs to be recovered; see the table in schema.sql. All zero when there is none. */
struct recovery_row {
	uint64_t settled, held, cursor, taken, lost_from, lost_to, gap_from, gap_to;
	bool is_taking, is_giving;
};
void store_recovery(struct store *store, int64_t peer, struct recovery_row *out);
void store_recovery_put(struct store *store, int64_t peer, const struct recovery_row *row);
/* The same where the next hello says it again. */
void store_recovery_put_soft(struct store *store, int64_t peer, const struct recovery_row *row);
/* Whether a log has an entry of this object. Looks at all of them. */
bool store_log_has(struct store *store, int64_t origin, const uint8_t id[HASH_BYTES]);
void store_owed_put(struct store *store, int64_t peer, const uint8_t id[HASH_BYTES]);
void store_owed_drop(struct store *store, int64_t peer, const uint8_t id[HASH_BYTES]);
/* Gives one and forgets it. */
bool store_owed_take(struct store *store, int64_t peer, uint8_t out[HASH_BYTES]);
/* A stream after a recovery: the next outgoing seq, and what of the incoming one is done. */
void store_stream_set(struct store *store, int64_t peer, uint64_t next_seq, uint64_t through);
/* A seq that was given and has no items: it goes out empty. Nothing when it stands already. */
void store_given_empty(struct store *store, int64_t peer, uint64_t seq);
/* All that was given and is not stored waits again, and its seqs are done. */
void store_outbox_ungive_all(struct store *store, int64_t peer);
/* All outgoing seqs below this one were stored by the peer. */
uint64_t store_stream_done(struct store *store, int64_t peer);
/* The highest seq that was received; 0 none. */
uint64_t store_received_last(struct store *store, int64_t peer);
/* What waits without a seq and is this object. */
void store_outbox_drop_object(struct store *store, int64_t peer, const uint8_t object[HASH_BYTES]);
/* Their log was recovered: later heads are of another log than earlier ones. */
void store_head_epoch(struct store *store, int64_t peer);

/* A new root of a peer and the admin who confirmed it, until another does; one a peer. */
void store_new_root_put(struct store *store, struct bytes name, const uint8_t root[KEY_BYTES], struct bytes officer);
bool store_new_root(struct store *store, struct bytes name, uint8_t out_root[KEY_BYTES], struct bytes *out_officer);
void store_new_root_drop(struct store *store, struct bytes name);

void store_card_put(struct store *store, struct bytes name, uint64_t serial, struct bytes card);
/* The card of that serial; the highest when serial is 0. */
bool store_card(struct store *store, struct bytes name, uint64_t serial, struct bytes *out);
/* Cards in order of (name, serial), starting after the given ones. */
bool store_card_after(struct store *store, struct bytes name, uint64_t serial, struct name *out_name,
		      uint64_t *out_serial, struct bytes *out);

/* When a card came into force here, first time only; 0 for one that was there from the start. */
void store_card_taken(struct store *store, struct bytes name, uint64_t serial, int64_t at);
int64_t store_card_taken_at(struct store *store, struct bytes name, uint64_t serial);
/* The card with the next lower serial. */
bool store_card_before(struct store *store, struct bytes name, uint64_t serial, struct bytes *out);
/* The highest serial that is revoked; 0 none. */
void store_revocation_put(struct store *store, struct bytes name, uint64_t serial);
uint64_t store_revocation(struct store *store, struct bytes name);

/* Incoming stream. */
bool store_received(struct store *store, int64_t peer, uint64_t seq, uint8_t out_hash[HASH_BYTES]);
void store_received_put(struct store *store, int64_t peer, uint64_t seq, const uint8_t hash[HASH_BYTES], int64_t at);
/* When the first seq beyond `through` came; 0 none has. */
int64_t store_received_beyond(struct store *store, int64_t peer, uint64_t through);
void store_through(struct store *store, int64_t peer, uint64_t through);
/* The lowest seq received beyond `after`; false when none. */
bool store_received_after(struct store *store, int64_t peer, uint64_t after, uint64_t *out);

/* Gives its row; false when it is there already. */
bool store_message_put(struct store *store, struct message_row *message);
bool store_message_at_row(struct store *store, int64_t row, struct message_row *out);
bool store_message(struct store *store, const uint8_t id[HASH_BYTES], struct message_row *out);
/* Messages under a number, by row, starting after one. */
bool store_message_numbered(struct store *store, struct number number, int64_t after, struct message_row *out);
/* The newest message whose (at, row) lies before these. */
bool store_message_before(struct store *store, int64_t at, int64_t row, struct message_row *out);
bool store_message_own_number_taken(struct store *store, struct number number, bool is_exercise);

/* Forgets messages and deliveries, and the clock's shift: all that rebuild_all() makes anew. */
void store_projection_clear(struct store *store);

/* The row as it is from now on, and how it waits. */
void store_delivery_put(struct store *store, const uint8_t message[HASH_BYTES], const struct delivery_row *row,
			struct waits waiting);
bool store_delivery(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name,
		    struct delivery_row *out);
/* In order of name, starting after one ("" for the first). */
bool store_delivery_after(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name,
			  struct delivery_row *out);
/* The delivery whose deadline comes first, if that is by `until`. */
bool store_delivery_due(struct store *store, int64_t until, uint8_t out_message[HASH_BYTES], struct delivery_row *out);
/* When the first deadline comes; 0 when there is none. */
int64_t store_delivery_next_due(struct store *store);
/* Deliveries to `name` that wait for an acknowledgement or an answer, in order of message, starting after one. */
bool store_delivery_waiting(struct store *store, struct bytes name, const uint8_t after[HASH_BYTES],
			    uint8_t out_message[HASH_BYTES], struct delivery_row *out);
/* Action messages to `name` that no officer has acknowledged and that still ask for it at a time of the clock. */
uint64_t store_unacknowledged(struct store *store, struct bytes name, int64_t now);

/* What became of a check (SPEC 7.2). */
struct check_row {
	struct bytes peer;
	uint64_t type, outcome, latency_ms; /* 0: none was measured */
	int64_t at;			    /* when it was asked */
	bool has_message;
	uint8_t message[HASH_BYTES]; /* that asked */
};
/* The oldest of its peer and type goes when there are more than the record holds. */
void store_check_put(struct store *store, const struct check_row *row);
void store_check_settle(struct store *store, const uint8_t message[HASH_BYTES], uint64_t outcome, uint64_t latency_ms);
bool store_check(struct store *store, const uint8_t message[HASH_BYTES], struct check_row *out);
bool store_check_last(struct store *store, struct bytes peer, enum check_type type, struct check_row *out);
/* When the last of either outcome was asked; 0 never. */
int64_t store_check_last_at(struct store *store, struct bytes peer, enum check_type type, enum check_outcome a,
			    enum check_outcome b);
/* How many since the last that was answered right. */
uint64_t store_check_misses(struct store *store, struct bytes peer, enum check_type type);
void store_check_counts(struct store *store, struct bytes peer, enum check_type type,
			uint64_t out[CHECK_OUTCOMES + 1]);
/* Of the time that right and late answers took, in ms; -1 when there is none. */
int64_t store_check_percentile(struct store *store, struct bytes peer, enum check_type type, unsigned percent);

struct draft_row {
	uint64_t id;
	struct bytes drafter, header, content;
	int64_t made_at;
};
uint64_t store_draft_put(struct store *store, struct bytes drafter, int64_t at, struct bytes header,
			 struct bytes content);
bool store_draft(struct store *store, uint64_t id, struct draft_row *out);
bool store_draft_after(struct store *store, uint64_t after, struct draft_row *out);
/* Other words: what was approved is approved no more. */
void store_draft_content(struct store *store, uint64_t id, struct bytes content);
/* Other words and another drafter; its approvals are void. */
void store_draft_replace(struct store *store, const struct draft_row *row);
/* Keeps what it says now as a version, and of those the newest LIMIT_DRAFT_VERSIONS. */
void store_draft_keep(struct store *store, uint64_t id);
struct draft_version {
	uint64_t number; /* 1, 2, … */
	int64_t at;	 /* written */
	struct bytes officer, header, content;
};
/* The next version behind `after`, in their order. */
bool store_draft_version_after(struct store *store, uint64_t id, uint64_t after, struct draft_version *out);
void store_draft_delete(struct store *store, uint64_t id); /* with its approvals, its versions and its time */
uint64_t store_draft_count(struct store *store);
void store_approval_put(struct store *store, uint64_t draft, struct bytes officer, int64_t at);
bool store_approval_after(struct store *store, uint64_t draft, struct bytes officer, struct name *out);

struct outbox_row {
	int64_t id;
	uint64_t seq; /* 0 waiting */
	uint8_t precedence;
	uint64_t type;
	bool has_object;
	bool is_entered; /* in the pair log already */
	uint8_t object[HASH_BYTES];
	struct bytes data;
	int64_t expires;
	uint64_t size; /* bytes in a parcel, about */
};
/* Whether an item of this type waits without a seq. */
bool store_outbox_has_waiting(struct store *store, int64_t peer, uint64_t type);
void store_outbox_put(struct store *store, int64_t peer, const struct outbox_row *row);
/* The waiting item of the highest precedence, then the oldest, after a row of the same precedence (0 for the first of
 * all). */
bool store_outbox_waiting(struct store *store, int64_t peer, uint8_t precedence, int64_t after, struct outbox_row *out);
bool store_outbox_first(struct store *store, int64_t peer, struct outbox_row *out);
/* Gives a waiting item its seq and the object it became. */
void store_outbox_give(struct store *store, int64_t row, uint64_t seq, const uint8_t object[HASH_BYTES]);
bool store_outbox_item(struct store *store, int64_t peer, uint64_t seq, int64_t after, struct outbox_row *out);
void store_outbox_drop(struct store *store, int64_t row);
/* Items of a type about an object that wait without a seq. */
void store_outbox_drop_waiting(struct store *store, int64_t peer, uint64_t type, const uint8_t object[HASH_BYTES]);
/* Takes the next seq of the stream for a parcel of this precedence. */
uint64_t store_seq_next(struct store *store, int64_t peer, uint8_t precedence);
/* A seq given and not yet stored. */
struct given {
	uint8_t precedence;
	uint64_t seq;
};
/* The next one: the highest precedence first, then the lowest seq. */
bool store_given_after(struct store *store, int64_t peer, const struct given *after, struct given *out);
/* Puts the items of a seq back to waiting with at least this size; the seq stays given and is now empty. */
void store_outbox_ungive(struct store *store, int64_t peer, uint64_t seq, uint64_t least_size);
/* The peer holds these: forgets the seqs and their items. Needs no commit of its own: hello says it again. */
void store_stored(struct store *store, int64_t peer, const struct have *have);
/* The seq under which a message goes to a peer: 0 while it waits. False when it is not in the outbox. */
bool store_outbox_message_seq(struct store *store, int64_t peer, const uint8_t object[HASH_BYTES], uint64_t *out_seq);
/* Whether an item of this type waits or is on its way. */
bool store_outbox_has(struct store *store, int64_t peer, uint64_t type);
void store_outbox_totals(struct store *store, int64_t peer, uint64_t *out_waiting, uint64_t *out_given,
			 uint64_t *out_bytes);

#endif
