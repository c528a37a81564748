/*
 * Recovery after a backup was put back (SPEC 4.5): what a station that lost part of its record takes back from a peer, and
 * what it gives to one. Part of daemon/core.h.
 */
#ifndef HOTLINE_DAEMON_RECOVER_H
#define HOTLINE_DAEMON_RECOVER_H

#include "daemon/store.h"
#include "proto/cell.h"
#include "proto/parcel.h"

struct station;
struct peer;
struct conn;
struct client;

/* Of one link: entries that go out, or one that comes in. */
struct giving {
	bool is_open, was_open;
	uint64_t index, end;
	uint8_t kind;
	uint8_t *data; /* the entry at hand; NULL: the next is to be read */
	size_t len, offset;
};
struct taking {
	bool is_open;
	uint64_t index;
	uint8_t kind;
	uint8_t *data;
	size_t len, held;
};

/* recover.c: the one that lost. An administrator lets a peer's word count. 0 or a control error with a sentence. */
int recover_begin(struct station *st, struct client *client, struct bytes name);
/* After the hellos: asks, if an administrator said so and it is still behind; or fills what is missing in the stream. */
void recover_hello(struct station *st, struct conn *conn, const struct have *have);
void recover_part(struct station *st, struct conn *conn, const struct frame *frame);
void recover_end(struct station *st, struct conn *conn, const struct frame *frame);
/* Whether a head of ours is of the log that was lost. */
bool recover_is_lost(const struct peer *peer, uint64_t size);
void recover_drop(struct conn *conn);

/* recover_take.c: an entry of the peer's log, [object, content, copy]. False when it does not belong here. */
bool recover_take(struct station *st, struct peer *peer, uint8_t kind, struct bytes given);
/* Receipts for messages that were taken back without one. */
void recover_owed(struct station *st, struct peer *peer);

/* give.c: the one that has. */
void give_begin(struct station *st, struct conn *conn, uint64_t from);
/* Entries into what room a cell has. */
void give_put(struct station *st, struct conn *conn, struct cell *cell);
/* A checkpoint that says that the peer's log was recovered: witness begins anew there. */
void give_recovered(struct station *st, struct peer *peer, const struct checkpoint *note, const uint8_t id[HASH_BYTES]);

#endif
