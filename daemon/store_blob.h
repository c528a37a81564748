/*
 * Attachments' ciphertext in the store, in parts as they came: of drafts, of messages that were sent, and of received
 * ones as far as it was fetched.
 */
#ifndef HOTLINE_DAEMON_STORE_BLOB_H
#define HOTLINE_DAEMON_STORE_BLOB_H

#include "daemon/store.h"

#define BLOB_PART_BYTES (16 * KIB) /* of one part, at most */

struct blob_row {
	int64_t id;
	uint8_t hash[HASH_BYTES]; /* zeros while a client gives it */
	uint64_t total, held;
	bool is_whole;
	bool is_begun;	/* counted against its peer */
	bool is_absent; /* the peer said that it does not hold it */
	uint8_t precedence;
	uint64_t failures; /* times that it did not match its hash */
	int64_t peer;	   /* whom it comes from; 0: made here */
	bool is_sent;
	uint8_t message[HASH_BYTES]; /* that was sent with it */
};

/* One that a client gives for a draft; its id. It has no hash yet, and is gone after a restart unless it got one. */
int64_t store_blob_make(struct store *store, uint64_t draft, uint64_t total);
/* One to be fetched from a peer. One that is there already stays as it is. */
void store_blob_want(struct store *store, const uint8_t hash[HASH_BYTES], uint64_t total, int64_t peer,
		     uint8_t precedence);
bool store_blob(struct store *store, const uint8_t hash[HASH_BYTES], struct blob_row *out);
/* What to fetch next from a peer: the highest precedence, then the oldest. One not begun must fit into room. */
bool store_blob_wanted(struct store *store, int64_t peer, uint64_t room, uint64_t failures, struct blob_row *out);
/* The bytes of a peer's blobs that are begun or whole. */
uint64_t store_blob_bytes(struct store *store, int64_t peer);
void store_blob_begun(struct store *store, int64_t id);
/* The next part, at most BLOB_PART_BYTES. Needs no commit of its own: what is lost is asked for again. */
void store_blob_add(struct store *store, int64_t id, uint64_t offset, struct bytes part);
/* The part that has the byte at offset, from there on; false when it is not held. */
bool store_blob_part(struct store *store, int64_t id, uint64_t offset, struct bytes *out);
void store_blob_whole(struct store *store, int64_t id, const uint8_t hash[HASH_BYTES]);
/* It does not match its hash: nothing of it is held any more. */
void store_blob_failed(struct store *store, int64_t id);
void store_blob_absent(struct store *store, int64_t id);
/* What a peer did not hold may be asked for again. */
void store_blob_ask_again(struct store *store, int64_t peer);
void store_blob_drop(struct store *store, int64_t id);
void store_blob_drop_draft(struct store *store, uint64_t draft);
/* What no client will finish. */
void store_blob_drop_unfinished(struct store *store);
/* The draft became this message. */
void store_blob_sent(struct store *store, uint64_t draft, const uint8_t message[HASH_BYTES]);
/* A peer got so far with it; less than before changes nothing. Needs no commit of its own. */
void store_blob_given(struct store *store, int64_t id, int64_t peer, uint64_t through);
uint64_t store_blob_given_to(struct store *store, int64_t id, int64_t peer);

#endif
