/* Courses of messages, and the spans between their steps by precedence. */
#include "client/audit/course.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/result.h"

int64_t course_entered(const struct audit_record *record, uint32_t item, uint32_t log)
{
	for (uint32_t at = record->item[item].entry; at != RECORD_NONE; at = record->entry[at].next_same)
		if (record->entry[at].log == log)
			return record->entry[at].at;
	return 0;
}

/* Keeps the earlier of two times, of which 0 is none. */
static void take_first(int64_t *first, int64_t at)
{
	if (at != 0 && (*first == 0 || at < *first))
		*first = at;
}

static void take_receipts(const struct audit_record *record, uint32_t message, uint32_t addressee, uint32_t log,
			  struct course *out)
{
	int64_t *const place[] = {[RECEIPT_CUSTODY] = &out->custody_at,
				  [RECEIPT_SHOWN] = &out->shown_at,
				  [RECEIPT_ACKNOWLEDGED] = &out->acknowledged_at,
				  [RECEIPT_REFUSED] = &out->refused_at};
	uint32_t at = record->message[message].mention;

	for (; at != RECORD_NONE; at = record->mention[at].next) {
		const struct record_receipt *receipt = &record->receipt[record->mention[at].receipt];

		if (receipt->from == addressee)
			take_first(place[receipt->kind], course_entered(record, receipt->item, log));
	}
}

static void take_replies(const struct audit_record *record, const struct courses *courses, uint32_t message,
			 uint32_t addressee, uint32_t log, struct course *out)
{
	for (uint32_t at = courses->reply[message]; at != RECORD_NONE; at = courses->next[at]) {
		const struct record_message *reply = &record->message[at];
		bool answers = reply->kind == KIND_ANSWER || reply->kind == KIND_HOLD || reply->kind == KIND_DECLINE;
		int64_t entered = answers && reply->from == addressee ? course_entered(record, reply->item, log) : 0;

		take_first(&out->answered_at, entered);
		out->hold_count += entered != 0 && reply->kind == KIND_HOLD;
	}
}

void course_read(const struct audit_record *record, const struct courses *courses, uint32_t message, uint32_t addressee,
		 struct course *out)
{
	const struct record_message *m = &record->message[message];
	uint32_t log = audit_record_log(record, audit_record_text(record, m->is_sent ? addressee : m->from));

	*out = (struct course){0};
	if (log == RECORD_NONE)
		return;
	out->entered_at = course_entered(record, m->item, log);
	take_receipts(record, message, addressee, log, out);
	take_replies(record, courses, message, addressee, log, out);
}

/* From the last to the first, so that each chain is in the order of the file. */
static void chain_replies(const struct audit_record *record, struct courses *out)
{
	for (size_t i = record->message_list.count; i-- > 0;) {
		uint32_t of = audit_record_message_of(record, record->message[i].in_reply_to);

		if (of == RECORD_NONE)
			continue;
		out->next[i] = out->reply[of];
		out->reply[of] = (uint32_t)i;
	}
}

static int64_t plus(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t span(int64_t from, int64_t to)
{
	int64_t us;

	return to <= from ? 0 : __builtin_sub_overflow(to, from, &us) ? INT64_MAX : us;
}

static int count_span(struct stats_series *series, int64_t from, int64_t to, int64_t by)
{
	if (to == 0) {
		series->missing++;
		return 0;
	}
	series->in_time += to <= by;
	return stats_add(series, span(from, to));
}

/* What one action addressee did about a message, as spans. */
static int count_course(const struct audit_record *record, struct courses *courses, uint32_t message,
			uint32_t addressee)
{
	const struct record_message *m = &record->message[message];
	const struct precedence_row *row = precedence_row(m->precedence);
	struct stats_series *series;
	struct course course;
	int64_t from;
	int result = 0;

	if (row == NULL || m->precedence >= COURSE_PRECEDENCES)
		return 0;
	series = courses->series[m->is_exercise][!m->is_sent][m->precedence];
	course_read(record, courses, message, addressee, &course);
	if (course.refused_at != 0 && course.custody_at == 0)
		return 0;
	if (m->is_sent)
		result = count_span(&series[MEASURE_CUSTODY], m->released_at, course.custody_at,
				    plus(m->released_at, row->custody_us));
	from = course.custody_at;
	if (from == 0 || result != 0 || !kind_asks_acknowledgement(m->kind))
		return result;
	result = count_span(&series[MEASURE_OPENED], from, course.shown_at, plus(from, row->open_us));
	if (result == 0)
		result = count_span(&series[MEASURE_ACKNOWLEDGED], from, course.acknowledged_at,
				    plus(from, row->acknowledge_us));
	if (result == 0 && kind_asks_answer(m->kind))
		result = count_span(&series[MEASURE_ANSWERED], from, course.answered_at,
				    m->reply_by != 0 ? m->reply_by : plus(from, row->answer_us));
	return result;
}

static int count_message(const struct audit_record *record, struct courses *courses, uint32_t message)
{
	const struct record_message *m = &record->message[message];
	uint32_t own = audit_record_name(record, name_bytes(&record->station));
	int result = 0;

	for (uint32_t i = 0; i < m->action_count && result == 0; i++) {
		uint32_t addressee = record->addressee[m->addressee + i];

		if (m->is_sent || addressee == own)
			result = count_course(record, courses, message, addressee);
	}
	return result;
}

int courses_init(const struct audit_record *record, struct courses *out)
{
	size_t count = record->message_list.count;
	struct stats_series *series = &out->series[0][0][0][0];
	int result = 0;

	memset(out, 0, sizeof *out);
	out->reply = calloc(count + 1, sizeof *out->reply);
	out->next = calloc(count + 1, sizeof *out->next);
	if (out->reply == NULL || out->next == NULL)
		return -ENOMEM;
	memset(out->reply, 0xff, count * sizeof *out->reply); /* RECORD_NONE */
	memset(out->next, 0xff, count * sizeof *out->next);
	chain_replies(record, out);
	for (uint32_t i = 0; i < count && result == 0; i++)
		result = count_message(record, out, i);
	for (size_t i = 0; i < sizeof out->series / sizeof *series; i++)
		stats_sort(&series[i]);
	return result;
}

void courses_finish(struct courses *courses)
{
	struct stats_series *series = &courses->series[0][0][0][0];

	free(courses->reply);
	free(courses->next);
	for (size_t i = 0; i < sizeof courses->series / sizeof *series; i++)
		stats_finish(&series[i]);
}

const char *course_measure_name(enum course_measure measure)
{
	static const char *const names[MEASURES] = {"custody", "opened", "acknowledged", "answered"};

	return names[measure];
}
