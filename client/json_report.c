/* What a record's page counts, for programs: response times in microseconds, and how many there are of all else. */
#include "client/json_report.h"

#include "client/audit/clocks.h"
#include "client/json.h"
#include "client/say.h"

static json_t *number(uint64_t value)
{
	return must(json_integer((json_int_t)value));
}

static json_t *series_of(const struct stats_series *series, int exercise, int received, uint8_t precedence, int measure)
{
	bool has_any = series->count > 0;
	json_t *document = must(json_object());

	json_object_set_new(document, "exercise", json_boolean(exercise));
	json_object_set_new(document, "by", must(json_string(received ? "station" : "peers")));
	json_object_set_new(document, "precedence", must(json_string(precedence_name(precedence))));
	json_object_set_new(document, "to", must(json_string(course_measure_name((enum course_measure)measure))));
	json_object_set_new(document, "count", number(series->count));
	json_object_set_new(document, "median_us", has_any ? number((uint64_t)stats_share(series, 50)) : json_null());
	json_object_set_new(document, "p95_us", has_any ? number((uint64_t)stats_share(series, 95)) : json_null());
	json_object_set_new(document, "worst_us", has_any ? number((uint64_t)stats_share(series, 100)) : json_null());
	json_object_set_new(document, "late", number(series->count - series->in_time));
	json_object_set_new(document, "none", number(series->missing));
	return document;
}

static json_t *responses(const struct page *page)
{
	json_t *list = must(json_array());

	for (int exercise = 0; exercise < 2; exercise++)
		for (int received = 0; received < 2; received++)
			for (uint8_t p = 0; p < COURSE_PRECEDENCES; p++)
				for (int m = 0; m < MEASURES; m++) {
					const struct stats_series *s = &page->courses.series[exercise][received][p][m];

					if (s->count + s->missing > 0)
						json_array_append_new(list, series_of(s, exercise, received, p, m));
				}
	return list;
}

static json_t *clocks(const struct page *page)
{
	json_t *list = must(json_array());

	for (uint32_t i = 0; i < page->record->log_list.count; i++) {
		struct clock_bounds bounds;

		clocks_bound(page->record, i, &bounds);
		if (bounds.count > 0)
			json_array_append_new(
			    list, must(json_pack("{s:o,s:I,s:I,s:I}", "peer",
						 json_text(name_bytes(&page->record->log[i].peer)), "receipts",
						 (json_int_t)bounds.count, "least_us", (json_int_t)bounds.least,
						 "most_us", (json_int_t)bounds.most)));
	}
	return list;
}

/* Passed deadlines and checks. */
static void set_story(json_t *document, const struct page *page)
{
	uint64_t steps = 0, breaches = 0, checks = 0, right = 0;

	for (size_t i = 0; i < page->story.count; i++) {
		const struct story_event *event = &page->story.event[i];

		steps += event->kind == STATION_STEP;
		breaches += story_is_breach(event);
		checks += event->kind == STATION_CHECK && event->outcome != CHECK_ASKED && event->outcome != CHECK_DUE;
		right += event->kind == STATION_CHECK && event->outcome == CHECK_RIGHT;
	}
	json_object_set_new(document, "deadlines_passed", number(steps));
	json_object_set_new(document, "breaches", number(breaches));
	json_object_set_new(document, "checks", number(checks));
	json_object_set_new(document, "checks_right", number(right));
}

void json_report(const struct page *page)
{
	const struct audit_record *record = page->record;
	json_t *document = must(json_object());
	uint64_t sent = 0;

	for (size_t i = 0; i < record->message_list.count; i++)
		sent += record->message[i].is_sent;
	json_object_set_new(document, "file", json_text(bytes_of(page->path)));
	json_object_set_new(document, "sha256", json_hex(page->hash, HASH_BYTES));
	json_object_set_new(document, "verified", json_boolean(page->report->is_verified));
	json_object_set_new(document, "station", json_text(name_bytes(&record->station)));
	json_object_set_new(document, "made_at", json_time(record->made_at));
	json_object_set_new(document, "messages_sent", number(sent));
	json_object_set_new(document, "messages_received", number(record->message_list.count - sent));
	json_object_set_new(document, "receipts", number(record->receipt_list.count));
	set_story(document, page);
	json_object_set_new(document, "responses", responses(page));
	json_object_set_new(document, "clocks", clocks(page));
	json_print(document, false);
}
