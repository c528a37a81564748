/*
 * The store's part for lists of messages that clients page through: of all, of a peer, of an incident, of both. What is
 * due stands first, the earliest before; everything else follows, newest first. Projections (SPEC 6.5).
 */
#ifndef HOTLINE_DAEMON_STORE_LISTING_H
#define HOTLINE_DAEMON_STORE_LISTING_H

#include "daemon/store.h"

/* Which list: of a peer, unless its name is empty, and of an incident, unless that is NULL. */
struct list_key {
	uint8_t bytes[LIMIT_NAME_BYTES + 1 + INCIDENT_BYTES];
	size_t len;
};
struct list_key list_key(struct bytes peer, const uint8_t *incident);

/* Puts a message into a list, as it waits. */
void store_listing_add(struct store *store, const struct list_key *list, const struct message_row *message,
		       struct waits waiting);
/* It waits otherwise than before. Nothing changes when it does not. */
void store_listing_move(struct store *store, const struct list_key *list, const struct message_row *message,
			struct waits before, struct waits now);
/* How a delivery waits; false when there is none. */
bool store_delivery_waits(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name,
			  struct waits *out);
/* How a message as a whole waits: open while a delivery is, with the earliest due of them. */
void store_message_sum(struct store *store, const uint8_t message[HASH_BYTES], struct waits *out);
/* The same as it was put last; false when it is as `now` already. */
bool store_message_wait(struct store *store, int64_t row, struct waits now, struct waits *out_before);

/* Which messages of a list. */
struct list_query {
	struct list_key list;
	bool is_open;		  /* no others */
	bool is_received, is_sent; /* either or both */
	unsigned precedences;	  /* a bit each */
};
/* How many there are with a due, and without. */
void store_listing_count(struct store *store, const struct list_query *query, uint64_t *out_due, uint64_t *out_rest);
/* A place in a list; zero: before the first. */
struct list_place {
	int64_t due, rank; /* rank: less the message's row */
};
/* The next with a due, `skip` after the place, and the place moves to it. Gives its row. */
bool store_listing_due(struct store *store, const struct list_query *query, uint64_t skip, struct list_place *place,
		       int64_t *out_row);
/* The same from the other end, the last being 0: where most would have to be skipped. */
bool store_listing_due_back(struct store *store, const struct list_query *query, uint64_t skip,
			    struct list_place *place, int64_t *out_row);
/* The next of those without. */
bool store_listing_rest(struct store *store, const struct list_query *query, uint64_t skip, struct list_place *place,
			int64_t *out_row);

#endif
