/*
 * Two stations' records side by side: what of their pair logs one has and the other lacks, heads that contradict, times
 * that no clock's error explains, deadlines passed by each side's clock, and one timeline of both (SPEC 6). Both records
 * are verified before.
 */
#ifndef HOTLINE_CLIENT_AUDIT_COMPARE_H
#define HOTLINE_CLIENT_AUDIT_COMPARE_H

#include "client/audit/record.h"
#include "proto/evidence.h"

#define COMPARE_FINDINGS 1000 /* kept in words; more are counted */
#define COMPARE_TEXT (2 * AUDIT_TEXT)

enum compare_kind { COMPARE_OBJECT, COMPARE_HEAD, COMPARE_TIME, COMPARE_KINDS };

/* One English sentence. */
struct compare_finding {
	enum compare_kind kind;
	bool is_disagreement; /* else it is explained, or can't be judged */
	char text[COMPARE_TEXT];
};

/* An entry of the pair log whose leaf the record shows, in the order of the log. */
struct compare_place {
	uint32_t entry; /* in the record */
	uint32_t other; /* the place of the same object in the other record, or RECORD_NONE */
	uint64_t known[2]; /* so many entries of each log are proven to come before it */
};

/* One side: the record and its pair log with the other station. */
struct compare_side {
	struct audit_record *record;
	uint32_t log;
	uint32_t own, peer; /* names */
	size_t count;
	struct compare_place *place;
	uint8_t *flag;	 /* of each item: refused, given up; private */
	uint64_t *taken; /* of each item: the lowest place in the other's log of a receipt for it; private */
	uint64_t *head; /* sizes of this log's heads that its station signed, ascending */
	size_t head_count;
};

/* A line of the timeline of both. */
struct compare_line {
	uint8_t side;
	bool is_proven; /* signatures or heads prove that it comes after the line before; else clocks alone say so */
	uint32_t place;
};

struct audit_compare {
	struct compare_side side[2];
	uint64_t shared; /* objects in both */
	uint64_t disagreements, explained; /* findings, also those not kept */
	struct compare_finding *finding;
	size_t finding_count;
	/* How far the second clock is ahead of the first, as the objects that went each way leave room for. */
	bool has_low, has_high;
	int64_t low_us, high_us;
	struct compare_line *line;
	size_t line_count;
	/* Two heads of one log that one of the stations signed; statements borrow from kept. */
	bool has_evidence;
	struct evidence evidence;
	char evidence_origin[ORIGIN_TEXT];
	uint8_t *kept[2];
	int error;
};

/*
 * Compares two records that each have a log with the other's station. RESULT_OK, also when they disagree (then
 * out->disagreements is not 0); RESULT_KEY when they are of one station, or one has no log with the other; negative
 * errno. After RESULT_OK the caller calls audit_compare_finish. Borrows the records.
 */
int audit_compare(struct audit_record *a, struct audit_record *b, struct audit_compare *out);
void audit_compare_finish(struct audit_compare *compare);

/* compare_heads.c, compare_times.c, compare_merge.c: private */
__attribute__((format(printf, 4, 5))) void compare_find(struct audit_compare *c, enum compare_kind kind,
							bool is_disagreement, const char *format, ...);
const char *compare_name(const struct audit_compare *c, size_t side);
/* What an object is called, borrowed until it is asked four more times. */
const char *compare_item(struct audit_compare *c, size_t side, uint32_t item);
void compare_heads(struct audit_compare *c);
void compare_times(struct audit_compare *c);
void compare_merge(struct audit_compare *c);

#endif
