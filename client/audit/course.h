/*
 * What became of each message at each addressee, by one clock: that of the station whose record it is. A receipt counts
 * from the entry that holds it, not from the time it claims, so that no difference of clocks enters.
 */
#ifndef HOTLINE_CLIENT_AUDIT_COURSE_H
#define HOTLINE_CLIENT_AUDIT_COURSE_H

#include "client/audit/record.h"
#include "client/audit/stats.h"

#define COURSE_PRECEDENCES 4

/* Which span: custody counts from the release, the others from custody. */
enum course_measure { MEASURE_CUSTODY, MEASURE_OPENED, MEASURE_ACKNOWLEDGED, MEASURE_ANSWERED, MEASURES };

/* Times are those of entries, us; 0: there is none. */
struct course {
	int64_t entered_at; /* the message itself in the log with that peer */
	int64_t custody_at, shown_at, acknowledged_at, refused_at;
	int64_t answered_at; /* the first answer, hold or decline */
	uint32_t hold_count;
};

struct courses {
	uint32_t *reply; /* of each message: the first reply, or RECORD_NONE */
	uint32_t *next;	 /* of each message, as a reply */
	/* by whether it is an exercise, whether we are the addressee, precedence, measure; action addressees alone */
	struct stats_series series[2][2][COURSE_PRECEDENCES][MEASURES];
};

/* Goes through all messages; the series are sorted. 0 or -ENOMEM; the caller calls courses_finish in either case. */
int courses_init(const struct audit_record *record, struct courses *out);
void courses_finish(struct courses *courses);

/* The time of an item's entry in the log with a peer; 0 when there is none. */
int64_t course_entered(const struct audit_record *record, uint32_t item, uint32_t log);
/* Of a message at an addressee, who is the station itself when it received the message. */
void course_read(const struct audit_record *record, const struct courses *courses, uint32_t message, uint32_t addressee,
		 struct course *out);
/* "custody", "opened", "acknowledged", "answered" */
const char *course_measure_name(enum course_measure measure);

#endif
