/* The leaves of both kinds of log (SPEC 6): [salt, at, kind, id or empty, data], and the kinds. */
#ifndef HOTLINE_PROTO_LEAF_H
#define HOTLINE_PROTO_LEAF_H

#include "proto/limits.h"
#include "proto/merkle.h"
#include "proto/pack.h"

#define LEAF_SALT_BYTES 16
#define LEAF_DATA_BYTES (64 * KIB) /* the heads of some 500 pair logs fit */

/* pair logs */
enum leaf_kind { LEAF_SENT = 1, LEAF_RECEIVED = 2 };

/* the station log; data is an array, its elements beside (SPEC 6) */
enum station_kind {
	STATION_START = 1,     /* [version] */
	STATION_STOP = 2,      /* [] */
	STATION_CONTACT = 3,   /* [peer, generation, serial, officer, uid], of a changed card [peer, generation, serial, changes]; id of the card */
	STATION_OFFER = 4,     /* [peer, generation, officer, uid]: an offer was made */
	STATION_DRAFT = 5,     /* [draft, officer, uid]; id: the hash of header and content, one after the other */
	STATION_APPROVE = 6,   /* [draft, officer, uid] */
	STATION_RELEASE = 7,   /* [draft, officer, uid]; id of the message */
	STATION_DELETE = 8,    /* [draft, officer, uid] */
	STATION_QUEUE = 9,     /* [peer, item type, receipt kind or 0, officer, uid, understood]; id of what it is about */
	STATION_REFUSED = 10,  /* [peer, reason]; id of the object of the peer's that was refused */
	STATION_FAULT = 11,    /* [peer, what]: a peer contradicted itself */
	STATION_CLOCK = 12,    /* [before, after] of a step; of a start with a confirmed clock [newest entry, clock] */
	STATION_HEADS = 13,    /* [[origin, size, root]…] hourly */
	STATION_EXPORT = 14,   /* [officer, uid, what] */
	STATION_LINK = 15,     /* [peer, up] */
	STATION_DROPPED = 16,  /* [peer, item type]; id: expired before it was sent */
	STATION_REVOKED = 17,  /* [name, serial, brought by]; id of the revocation */
	STATION_SHEET = 18,    /* [peer, generation, week, officer, uid]: a fallback sheet with voice codes was given */
	STATION_WIPED = 19,    /* [peer, generation, week]: its chain up to that week; week 0: all of the generation */
	STATION_VERIFIED = 20, /* [peer, officer, uid]; id of the card: its root's fingerprint was compared */
	STATION_REPLAY_RESET = 21, /* [peer, counter before, officer, uid] */
	STATION_NEW_ROOT = 22, /* [peer, 0 waits for another admin or 1 in force, officer, uid]; id of the card */
	STATION_TAKEN = 23,    /* ["card" or "revocation", officer, uid]; id of what an officer brought as a file */
	STATION_STEP = 24,     /* [addressee, deadline, share, act, target]: a deadline passed (enum step_act); id of the message */
	STATION_REMINDED = 25, /* [peer, share]: the sender's ladder reminded; id of the message */
	STATION_GIVEN_UP = 26, /* [peer, reason]: the peer can't take the parcel; id of the object */
	STATION_LADDER = 27,   /* [addressee, share, officer, uid]: an officer decided on a step that waited; id of the message */
	STATION_TAKES_BACK = 28, /* [peer, size kept, officer, uid]: an administrator lets the lost record be taken back */
	STATION_TOOK_BACK = 29,	 /* [peer, entries, lost from, lost to]: it is whole again */
	STATION_MESSAGE_BACK = 30, /* [peer]; id of an own message that was taken back */
	STATION_GIVEN_BACK = 31, /* [peer, 0, from, end]: it takes back its record; [peer, 1, kept, lost]: its log was recovered; id of its note */
	STATION_CHECK = 32,    /* [peer, type, outcome, ms until answered, officer, uid]; id of the message that asked */
	STATION_OFFSET = 33,   /* [peer, enum leaf_offset, ms]: its clock is over a minute off ours, or no longer */
	STATION_TIMED = 35,    /* [draft, time, officer, uid]: to be released then; time 0: no more */
	STATION_TIMED_FAILED = 36, /* [draft, why]: it was not */
	STATION_REASON = 37,   /* [draft, reason, officer, uid]: released below minimise; id of the message */
	STATION_ATTACHED = 40, /* [draft, number, officer, uid]; id: the hash of the ciphertext */
	STATION_FETCHED = 41,  /* [peer, 1 whole or 0 does not match]; id: the hash that its ciphertext has or should have */
	STATION_EARLY = 42,    /* [time]: the configuration asks for an alarm then; id of the message */
	STATION_LEAD = 43,     /* [clock]: how far the times of entries are ahead of it from here on */
};

/* What was done when a deadline passed. */
enum step_act {
	STEP_ALARMED = 0, /* told here, and nothing else was to be done */
	STEP_COPIED = 1,  /* the target gets a copy */
	STEP_NOBODY = 2,  /* nobody whom the releasers allow can get one */
	STEP_WAITS = 3,	  /* the marking asks for an officer's act */
	STEP_SKIPPED = 4, /* the target is not enrolled; the step goes on with the next */
};

enum leaf_offset { OFFSET_RIGHT, OFFSET_AHEAD, OFFSET_BEHIND };

struct leaf {
	uint8_t salt[LEAF_SALT_BYTES];
	int64_t at;
	uint64_t kind;
	bool has_id;
	uint8_t id[HASH_BYTES];
	struct bytes data; /* borrowed */
};

void leaf_encode(const struct leaf *leaf, struct pack_writer *w);
int leaf_decode(struct bytes in, struct leaf *out);

#endif
