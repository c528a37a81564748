/*
 * The record as its station knew it at a moment: the entries up to then, each with the meaning that the station gives it
 * (SPEC 5.6, 5.7). What is not in the file is not known: the record should be verified, and whole.
 */
#ifndef HOTLINE_CLIENT_AUDIT_REPLAY_H
#define HOTLINE_CLIENT_AUDIT_REPLAY_H

#include "client/audit/record.h"
#include "proto/control.h"
#include "proto/deadline.h"

/* What is known of one addressee of a message. */
struct replay_delivery {
	struct delivery_row row;  /* without its texts */
	uint32_t message, name;
	uint32_t copied_for;	  /* of a copy: a name; else RECORD_NONE */
	uint32_t acknowledgement; /* the receipt's item, or RECORD_NONE */
	uint32_t next;		  /* of the same message, or RECORD_NONE */
};

struct replay_message {
	bool is_here;	   /* sent or received by then */
	int64_t at;	   /* of its entry */
	uint32_t delivery; /* the first, or RECORD_NONE */
	uint32_t next_superseder; /* another message that supersedes the same */
};

/* The last silence that one side of a pair announced. */
struct replay_silence {
	uint32_t peer;
	bool is_own, is_exercise;
	int64_t until; /* 0: lifted */
};

/* An incident between this station and one peer. */
struct replay_incident {
	uint8_t key[HASH_BYTES]; /* must be first (idmap): of id and peer */
	int64_t own_close_at, their_close_at; /* 0: none, or reopened since */
};

struct replay_link {
	bool is_up;
	int64_t since; /* 0: never heard of */
};

struct audit_replay {
	struct audit_record *record;
	int64_t at;
	uint32_t own;		     /* the station's name */
	uint32_t *peer;		     /* the name of each log's peer */
	struct replay_message *message; /* one for each of the record's */
	uint32_t *superseder;	     /* of each item: the last message that supersedes it, or RECORD_NONE */
	uint32_t *here;		     /* the messages that are here, in the order in which they came */
	struct replay_link *link;    /* one for each log */
	size_t here_count, delivery_count, delivery_room, silence_count, silence_room, incident_count, incident_room;
	size_t entry_count; /* so many entries were made by then */
	struct replay_delivery *delivery;
	struct replay_silence *silence;
	struct replay_incident *incident;
	struct idmap incident_map;
	int64_t shift_clock, shift_log; /* of deadlines' time */
	int error;

	/* texts of the message shown last */
	struct replay_kept *kept;
};

/*
 * 0; RESULT_LIMIT when entries have times that no clock has; -ENOMEM, or what reading the file gave. After 0 the caller
 * calls audit_replay_finish. Borrows the record.
 */
int audit_replay_at(struct audit_record *record, int64_t at, struct audit_replay *out);
/* The same replay at a later moment. 0, or the same errors, after which it is finished. */
int audit_replay_advance(struct audit_replay *replay, int64_t at);
void audit_replay_finish(struct audit_replay *replay);

/* The delivery of a message to a name; NULL when there is none. message may be RECORD_NONE. */
struct replay_delivery *audit_replay_delivery(const struct audit_replay *replay, uint32_t message, uint32_t name);
/* As audit_replay_show has it, but for the officer and note of an acknowledgement. Reads nothing of the file. */
void audit_replay_track(const struct audit_replay *replay, const struct replay_delivery *delivery,
			struct control_delivery *out);

/*
 * A message that is here, as `hotline show` had it at that moment, but for how much of it had left. out borrows until the
 * next call. 0, or what reading the file gave.
 */
int audit_replay_show(struct audit_replay *replay, uint32_t message, struct control_message *out);

#endif
