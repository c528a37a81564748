/*
 * One station on an in-memory store, and a peer of it that holds true keys and says whatever a test wants: records,
 * cells, frames, sealed parcels and signed objects that no honest station sends. Time and randomness are the test's, so
 * that every run is the same. A failure of the world itself aborts.
 */
#ifndef HOTLINE_TESTS_HOSTILE_PEER_H
#define HOTLINE_TESTS_HOSTILE_PEER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

#define HOSTILE_NOON INT64_C(1791979200000000) /* 2026-10-14T12:00:00Z */
#define HOSTILE_STATION "vnm-cert"	       /* the higher name: it waits, the peer dials */
#define HOSTILE_PEER "tha-cert"
#define HOSTILE_ADDRESS "198.51.100.7"
#define HOSTILE_PLAIN (CELL_BYTES - CELL_OVERHEAD_BYTES)
#define HOSTILE_GOT_BYTES (4 * MIB)

#define HOSTILE_NEED(condition)                                                                                        \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* A contact point's keys and card. */
struct hostile_party {
	struct station_keys keys;
	struct card card;
	uint8_t card_bytes[2048];
	size_t card_len;
};

struct hostile;
struct hostile {
	struct hostile_party own, peer;	  /* own: the station's */
	struct pair_keys pair, peer_pair; /* as each side holds it */
	struct config config;
	const char *path; /* of the store; NULL: in memory */
	struct store *store;
	struct station *st;
	struct effects effects;
	struct now now;
	uint64_t random;
	/* the peer's end of its link */
	uint32_t conn;
	uint64_t counter, seq; /* last used */
	struct noise_cipher out, in;
	bool is_closed; /* by the station */
	/* what the station sent */
	size_t written; /* bytes, on all connections */
	size_t replied, hung_up, closed, alerts;
	uint8_t *got; /* bytes on the peer's link that it has not read yet */
	size_t got_len, got_at;
	struct cell cell;
	size_t cell_at;
	bool has_cell;
	uint8_t *reply; /* the last reply to a client */
	size_t reply_len, reply_capacity;
	void (*on_reply)(struct hostile *h, struct bytes data); /* sees each; may be NULL */
	struct pack_writer *export;				/* where an export goes */
	size_t evidences;					/* files of evidence, and the last one */
	char evidence[16 * KIB];
};

void hostile_random(void *ctx, void *out, size_t len);
struct bytes hostile_card(const struct hostile_party *party);
/* Signs the party's card anew, after a change of it. */
void hostile_sign_card(struct hostile_party *party);
void hostile_party_init(struct hostile_party *party, const char *name, const char *state, uint8_t seed);
/* Begins, or begins anew with the same keys, with the peer enrolled and nobody connected. */
void hostile_begin(struct hostile *h);
void hostile_end(struct hostile *h);
/* One turn with one event. The station never fails by what others send. */
void hostile_turn(struct hostile *h, const struct event *event);
void hostile_accept(struct hostile *h, uint32_t conn, const char *address);
void hostile_bytes(struct hostile *h, uint32_t conn, struct bytes data);
/* Time passes, and what is due happens. */
void hostile_wait(struct hostile *h, int64_t us);
struct week_keys hostile_week_keys(const struct hostile *h);
struct record_context hostile_context(const struct hostile *h);
/* A first record of the peer. */
void hostile_record(struct hostile *h, uint64_t counter, struct noise *noise, uint8_t out[RECORD_BYTES]);
/* Opens the peer's link; its hello is not said yet. */
void hostile_dial(struct hostile *h, uint32_t conn);
/* One cell with this plaintext, zeros after it. */
void hostile_cell(struct hostile *h, struct bytes plain);
/* One frame's array, whatever it is, in a cell of its own. */
void hostile_frame_bytes(struct hostile *h, struct bytes array);
void hostile_frame(struct hostile *h, const struct frame *frame);
void hostile_hello(struct hostile *h);
/* The next frame that the station sent; false when it sent no more. */
bool hostile_next(struct hostile *h, struct frame *out);
/* Seals a plaintext as the peer. */
size_t hostile_seal(struct hostile *h, const struct seal_head *head, struct bytes plain, uint8_t *out);
struct seal_head hostile_seal_head(const struct hostile *h, uint64_t seq);
/* A sealed form in pieces. */
void hostile_pieces(struct hostile *h, uint64_t seq, struct bytes sealed);
/* A parcel's plaintext, sealed under seq and sent. */
void hostile_parcel(struct hostile *h, uint64_t seq, struct bytes plain);
/* One item, already encoded, in the next parcel. */
void hostile_item(struct hostile *h, struct bytes item);
void hostile_object(struct hostile *h, enum item_type type, struct bytes object);
/* A notice of the peer's to the station, as it should be. */
struct message hostile_message(void);
size_t hostile_content(uint8_t salt, uint8_t *out, size_t size);
/* Signs a header as an object of this type into out; the content's hash is set here. */
size_t hostile_sign_message(const struct message *given, enum object_type type, const struct sign_pair *pair,
			    struct bytes content, uint8_t *out, size_t size);
/* Sends a message object with its content in the next parcel. */
void hostile_send_message(struct hostile *h, struct bytes object, struct bytes content);
/* A client of the control socket, greeted. */
void hostile_request(struct hostile *h, uint32_t client, enum method method, struct bytes params);
void hostile_client(struct hostile *h, uint32_t client, uint32_t uid);
/* The station releases a notice to the peer: clients 1 and 2 draft and approve it. Its id; false when it did not. */
bool hostile_release(struct hostile *h, uint8_t out_id[HASH_BYTES]);

#endif
