/* What the station log tells beside messages and receipts: links, ladder steps, checks, clocks, starts and stops. */
#ifndef HOTLINE_CLIENT_AUDIT_STORY_H
#define HOTLINE_CLIENT_AUDIT_STORY_H

#include "client/audit/record.h"
#include "proto/check.h"

/* What passed, in a step of the ladder (SPEC 5.6). */
enum story_deadline {
	PASSED_CUSTODY,
	PASSED_OPENED,
	PASSED_ACKNOWLEDGED,
	PASSED_ANSWERED,
	PASSED_EXPIRED,
	PASSED_EARLY
};

struct story_event {
	int64_t at;
	uint32_t entry;	       /* in record->entry */
	uint32_t message;      /* of a step, or RECORD_NONE */
	struct name peer;      /* "" none */
	struct name target;    /* of a step that copied */
	uint64_t what;	       /* step: the deadline; link: 1 up; check: its type; offset: enum leaf_offset */
	uint64_t share, act;   /* of a step */
	uint64_t outcome;      /* of a check */
	int64_t before, after; /* of a clock's step; after: ms of a check until the answer, of an offset */
	uint8_t kind;	       /* STATION_STEP, _LINK, _CHECK, _OFFSET, _CLOCK, _START, _STOP */
};

struct story {
	struct story_event *event; /* in the order of time */
	size_t count, room;
	uint64_t unread; /* entries of these kinds that say something else than they should */
};

/* 0 or negative errno; the caller calls story_finish in either case. */
int story_init(struct audit_record *record, struct story *out);
void story_finish(struct story *story);

/* Whether a step says that a deadline was missed: custody, acknowledged at 100 %, answered. */
bool story_is_breach(const struct story_event *event);
/* "custody", "acknowledged at 150 %", "answered" … */
#define STORY_TEXT 64
void story_deadline_text(const struct story_event *event, char out[STORY_TEXT]);
/* What was done: "alarm", "copied to vnm-mfa" … */
void story_act_text(const struct story_event *event, char out[STORY_TEXT]);

#endif
