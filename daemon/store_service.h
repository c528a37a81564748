/*
 * The store's part for what messages do beyond being delivered: what supersedes what, incidents, notices (minimise,
 * silence), traces, and releases that wait for their time. All but the last are projections (SPEC 6.5).
 */
#ifndef HOTLINE_DAEMON_STORE_SERVICE_H
#define HOTLINE_DAEMON_STORE_SERVICE_H

#include "daemon/store.h"
#include "proto/message.h"

/* Forgets the projections, for a rebuild. */
void store_service_clear(struct store *store);

/* A message that supersedes another of the same sender and mode. */
struct superseded {
	uint8_t by[HASH_BYTES];
	uint8_t kind; /* update, correct, cancel */
	int64_t at;
};
void store_superseded_put(struct store *store, const uint8_t old[HASH_BYTES], struct bytes sender, bool is_exercise,
			  const struct superseded *row);
/* What a message has become by its own sender: cancelled if ever, else corrected, else updated; the last of these. */
bool store_superseded(struct store *store, const struct message_row *old, struct superseded *out);

/* Whether its own sender has cancelled a held message. */
bool store_cancelled(struct store *store, const uint8_t id[HASH_BYTES]);

/* An incident between this station and one peer. */
struct incident_row {
	uint8_t id[INCIDENT_BYTES];
	struct bytes peer;
	bool is_exercise;
	uint8_t message[HASH_BYTES]; /* the last of it */
	int64_t own_close_at, their_close_at; /* 0: none, or reopened since */
};
void store_incident_put(struct store *store, const struct incident_row *row);
bool store_incident(struct store *store, const uint8_t id[INCIDENT_BYTES], struct bytes peer, struct incident_row *out);
/* In order of peer, starting after one ("" for the first). */
bool store_incident_after(struct store *store, const uint8_t id[INCIDENT_BYTES], struct bytes peer,
			  struct incident_row *out);
/* How many pairs' incidents are open (0), closed by us alone (1), by them alone (2), in both modes. */
void store_incident_counts(struct store *store, uint64_t out[3]);

/* Minimise or silence, as this station or the peer announced it last. */
struct notice_row {
	struct bytes peer;
	uint8_t type; /* enum service */
	bool is_own, is_exercise;
	uint8_t least;	/* of minimise */
	int64_t until; /* 0: until it is lifted */
};
/* The last notice of its type, side and mode; lifted: forgotten. */
void store_notice_put(struct store *store, const struct notice_row *row);
void store_notice_lift(struct store *store, const struct notice_row *row);
/* Fills in least and until of the notice of this peer, type, side and mode; false when there is none. */
bool store_notice(struct store *store, struct notice_row *row);
/* All of them, in an order; out is the one before, zero for the first. */
bool store_notice_after(struct store *store, struct notice_row *out);

/* What an addressee's station says of a message. */
struct trace_row {
	int64_t asked_at, answered_at; /* 0: not yet, since it was asked last */
	struct bytes stages;	       /* of the last answer: the encoded field; empty: none */
};
void store_trace_put(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name,
		     const struct trace_row *row);
bool store_trace(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name, struct trace_row *out);

/* An approved draft that is released by itself. */
struct timed_row {
	uint64_t draft;
	int64_t at; /* the clock's time */
	struct bytes officer;
	uint64_t uid;
	bool anyway;
	struct bytes reason;  /* for a release below minimise; "" none */
	struct bytes failure; /* why it was not released; "" while it waits */
};
void store_timed_put(struct store *store, const struct timed_row *row);
bool store_timed(struct store *store, uint64_t draft, struct timed_row *out);
/* The first one that still waits. */
bool store_timed_first(struct store *store, struct timed_row *out);
void store_timed_drop(struct store *store, uint64_t draft);

#endif
