/*
 * What one addressee owes of one message, as one of its two stations should see it: product.md's table of deadlines,
 * and what begins, moves and ends them. All in the world's time; written anew, with no line of the station's own
 * reckoning.
 */
#ifndef HOTLINE_TESTS_SIM_OWED_H
#define HOTLINE_TESTS_SIM_OWED_H

#include "proto/deadline.h"

struct owed {
	size_t site;
	struct name name; /* the addressee's */
	char what[64];	  /* number and addressee */
	uint8_t id[OBJECT_ID_BYTES], precedence;
	bool is_sent;	  /* seen from the sender */
	bool asks;	  /* for an acknowledgement: of an action addressee */
	bool asks_answer; /* its kind does */
	bool is_in_custody, is_acknowledged, is_ended;
	int64_t reply_by, expires; /* as the message says, by the clock; 0 none */
	int64_t began;
	int64_t due[DEADLINES]; /* 0 none; of the ladder its next step */
	int64_t hold_until;
	bool is_broken; /* what a hold promised */
	uint32_t share; /* the last step taken */
};

/* The clock of the site stands so far behind the world's time. */
void owed_released(struct owed *owed, int64_t at, int64_t behind);
void owed_custody(struct owed *owed, int64_t at, int64_t behind);
void owed_acknowledged(struct owed *owed);
/* Answered, declined, refused, cancelled. */
void owed_ended(struct owed *owed);
/* Held until then, at most as long as product.md allows. */
void owed_held(struct owed *owed, int64_t at, int64_t until);
/* The share that the ladder takes next; 0 none. */
uint32_t owed_next_share(const struct owed *owed);
/* A deadline passed; of the ladder this share was taken. */
void owed_passed(struct owed *owed, enum deadline which, uint32_t share);

#endif
