/* What the parts of a replay share, private to replay*.c. */
#ifndef HOTLINE_CLIENT_AUDIT_REPLAY_APPLY_H
#define HOTLINE_CLIENT_AUDIT_REPLAY_APPLY_H

#include "client/audit/replay.h"

#define REPLAY_TIME_MAX (INT64_MAX / 8) /* sums of what a file claims stay within their type */

/* The entry at hand. */
struct replay_spot {
	struct audit_replay *replay;
	struct audit_record *record;
	const struct record_entry *entry;
	uint32_t peer;	  /* whose log it stands in: a name; RECORD_NONE: the station log */
	int64_t at;	  /* in deadlines' time */
	int64_t clock_at; /* what the clock said then */
};

void *replay_grow(struct audit_replay *replay, void *items, size_t *count, size_t *room, size_t size);
#define REPLAY_ADD(r, list) replay_grow(r, &(r)->list, &(r)->list##_count, &(r)->list##_room, sizeof *(r)->list)

/* What the deadlines need of a message. */
struct message_row replay_row(const struct audit_replay *replay, uint32_t message);
/* The message that tells best what became of one: cancelled if ever, else corrected, else updated; RECORD_NONE. */
uint32_t replay_superseder(const struct audit_replay *replay, uint32_t message);
/* It was changed: of a cancelled message nothing is owed. */
void replay_put(const struct audit_replay *replay, struct replay_delivery *delivery);

/* A delivery made anew, at the head of its message's. NULL when memory runs out. */
struct replay_delivery *replay_add(struct replay_spot *s, uint32_t message, uint32_t name, uint8_t part);

/* replay_station.c: entries of the station log, but for releases */
void replay_station_entry(struct replay_spot *s);

/* replay_service.c: what messages mean beyond their deliveries */
void replay_sides(struct replay_spot *s, uint32_t message, uint32_t peer);
void replay_pause(struct replay_spot *s, const struct message_row *row, struct replay_delivery *delivery);
/* Until when the side that a message waits for is silent by notice; 0: it is not. */
int64_t replay_silent_until(const struct audit_replay *replay, uint32_t message, uint32_t addressee, int64_t at);
enum incident_state replay_incident_state(const struct audit_replay *replay, uint32_t message, uint32_t peer);

#endif
