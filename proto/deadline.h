/*
 * Messages and their deliveries as a station's tables and an auditor's replay have them, and what happens to deadlines
 * (SPEC 5.6). Pure. Times of deadlines are in deadlines' time, which is the clock plus `shift`; what a message says is in
 * the clock's.
 */
#ifndef HOTLINE_PROTO_DEADLINE_H
#define HOTLINE_PROTO_DEADLINE_H

#include "proto/message.h"
#include "proto/receipt.h"

/* A message as a station holds it. */
struct message_row {
	int64_t row;
	uint8_t id[HASH_BYTES];
	bool is_sent, is_exercise;
	struct bytes sender;
	struct number number;
	int64_t at; /* of its log entry, and so no other message's */
	uint8_t content_hash[HASH_BYTES];
	uint8_t kind, precedence;
	int64_t reply_by, expires;
	bool has_incident;
	uint8_t incident[INCIDENT_BYTES];
};

enum part { PART_ACTION, PART_INFO, PART_COPY };
/* What ends a delivery's waiting; each has a due time. */
enum deadline {
	DEADLINE_CUSTODY,     /* sender: twice the custody time has passed */
	DEADLINE_OPEN,	      /* addressee: the watch has not opened it */
	DEADLINE_ACKNOWLEDGE, /* the ladder's next step, at both ends */
	DEADLINE_ANSWER,      /* answer or hold by; after a hold, what it promised */
	DEADLINE_EXPIRY,
	DEADLINE_EARLY, /* addressee: its own alarm before the watch's time is over */
};
#define DEADLINES 6
struct delivery_row {
	struct bytes name;
	uint8_t part;
	int64_t sent_at, custody_at, shown_at, acknowledged_at, answered_at, declined_at, hold_until;
	uint64_t holds;
	uint32_t error[3]; /* ms: how far the clock may have been off, by the receipts of custody, shown, acknowledged */
	uint8_t understood, refused;
	bool has_acknowledgement;
	uint8_t acknowledgement[HASH_BYTES];
	uint32_t step, waiting, reminded; /* percent of acknowledge-by */
	uint32_t breached;		  /* bit 1 << enum deadline */
	struct bytes copied_for;
	bool is_ended;		/* answered, declined, refused, cancelled, expired */
	int64_t due[DEADLINES]; /* deadline time; 0 none */
};

/* A time that a message says, in deadlines' time. False, and nothing written, when it is none or beyond all time. */
bool deadline_time(int64_t said, int64_t shift, int64_t *out);
void deadline_released(struct delivery_row *delivery, const struct message_row *message, int64_t at, int64_t shift);
/* In custody, there (the message is ours) or here. */
void deadline_custody(struct delivery_row *delivery, const struct message_row *message, int64_t at, int64_t shift);
/* What a receipt says of its clock, in ms; the first of a kind counts, and a refusal is timed by none. */
void deadline_receipted(struct delivery_row *delivery, enum receipt_kind kind, uint32_t clock_error);
void deadline_shown(struct delivery_row *delivery);
void deadline_acknowledged(struct delivery_row *delivery);
/* Answered, declined, refused, cancelled: nothing is owed any more. */
void deadline_ended(struct delivery_row *delivery);
/* Moves the ladder and the answer by a span: silence by notice. */
void deadline_pause(struct delivery_row *delivery, int64_t span);
/* A hold until (in deadlines' time) pauses the ladder, and is what is owed next; it is cut at the longest allowed. */
void deadline_hold(struct delivery_row *delivery, const struct message_row *message, int64_t at, int64_t until);
/* Whether a share is one of the ladder's steps. */
bool deadline_is_step(uint32_t share);
/* The ladder step to be taken next, in percent of acknowledge-by; 0 none. */
uint32_t deadline_next_step(const struct delivery_row *delivery, bool is_sent);
/* One has passed: its bit, and the ladder's next step. */
void deadline_passed(struct delivery_row *delivery, const struct message_row *message, enum deadline which);
/* The next deadline but its expiry; 0 when there is none. */
int64_t deadline_next(const struct delivery_row *delivery);
/* What a delivery still waits for, as lists order it. */
struct waits {
	bool is_open; /* for custody, for the watch, for an answer */
	int64_t due;  /* the next deadline; DUE_OVERDUE when none is left and nobody has read it; else 0 */
};
#define DUE_OVERDUE 1
struct waits deadline_waiting(const struct delivery_row *delivery, const struct message_row *message);
/* The one that comes first; there must be one. */
enum deadline deadline_first(const struct delivery_row *delivery);

#endif
