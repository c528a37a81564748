/* What the page counts: response times, deadlines that passed, checks, clocks. */
#include <stdlib.h>
#include <string.h>

#include "client/html.h"
#include "client/page.h"
#include "client/say.h"
#include "client/show.h"

#define U(n) (unsigned long long)(n)

static void put_series(FILE *out, unsigned precedence, enum course_measure measure, const struct stats_series *series)
{
	char median[TIME_TEXT], most[TIME_TEXT], worst[TIME_TEXT];

	if (series->count + series->missing == 0)
		return;
	page_span(stats_share(series, 50), median);
	page_span(stats_share(series, 95), most);
	page_span(stats_share(series, 100), worst);
	fputs("<tr>", out);
	html_in(out, "th", " scope=\"row\"", "%s", precedence_name((uint8_t)precedence));
	html_in(out, "td", "", "%s", course_measure_name(measure));
	html_in(out, "td", " class=\"n\"", "%llu", U(series->count));
	html_in(out, "td", " class=\"n\"", "%s", series->count > 0 ? median : "-");
	html_in(out, "td", " class=\"n\"", "%s", series->count > 0 ? most : "-");
	html_in(out, "td", " class=\"n\"", "%s", series->count > 0 ? worst : "-");
	html_in(out, "td", " class=\"n\"", "%llu", U(series->count - series->in_time));
	html_in(out, "td", " class=\"n\"", "%llu", U(series->missing));
	fputs("</tr>\n", out);
}

static bool has_series(const struct page *page, int exercise, int received)
{
	const struct stats_series *series = &page->courses.series[exercise][received][0][0];

	for (size_t i = 0; i < COURSE_PRECEDENCES * (size_t)MEASURES; i++)
		if (series[i].count + series[i].missing > 0)
			return true;
	return false;
}

static void put_responses(const struct page *page, int exercise, int received)
{
	char *label = say_format("%sResponses of %s%s", exercise ? "EXERCISE: " : "",
				 received ? page->record->station.text : "the peers", received ? " to the peers" : "");

	page_table_begin(
	    page->out, label,
	    "<th scope=\"col\">Precedence</th><th scope=\"col\">To</th><th scope=\"col\" class=\"n\">Number</th>"
	    "<th scope=\"col\" class=\"n\">Median</th><th scope=\"col\" class=\"n\">95 %</th>"
	    "<th scope=\"col\" class=\"n\">Worst</th><th scope=\"col\" class=\"n\">Late</th>"
	    "<th scope=\"col\" class=\"n\">None</th>");
	for (int p = PRECEDENCE_FLASH; p >= PRECEDENCE_ROUTINE; p--)
		for (int i = 0; i < MEASURES; i++)
			put_series(page->out, (unsigned)p, (enum course_measure)i,
				   &page->courses.series[exercise][received][p][i]);
	page_table_end(page->out);
	free(label);
}

void page_responses(const struct page *page)
{
	bool has_any = false;

	fputs("<h2 id=\"responses\">Response times</h2>\n", page->out);
	for (int exercise = 0; exercise < 2; exercise++)
		for (int received = 0; received < 2; received++)
			if (has_series(page, exercise, received)) {
				put_responses(page, exercise, received);
				has_any = true;
			}
	if (!has_any) {
		fputs("<p>The record shows no message that asks for a response.</p>\n", page->out);
		return;
	}
	fputs("<p class=\"note\">Of addressees for action, by the station's clock. Custody counts from the release, "
	      "the others "
	      "from custody; answered is the first answer, hold or decline. A percentile is a span that did occur "
	      "(nearest rank). Late: after the precedence's time or the message's reply-by. None: not in the record, "
	      "which may end before it was due.</p>\n",
	      page->out);
}

static void put_step(const struct page *page, const struct story_event *event)
{
	char at[TIME_TEXT], deadline[STORY_TEXT], act[STORY_TEXT], reference[RECORD_REFERENCE] = "not shown";

	page_moment(event->at, at);
	story_deadline_text(event, deadline);
	story_act_text(event, act);
	if (event->message != RECORD_NONE)
		audit_record_reference(page->record, event->message, reference);
	fputs("<tr>", page->out);
	html_in(page->out, "td", " class=\"t\"", "%s", at);
	html_in(page->out, "td", " class=\"t\"", "%s", reference);
	html_in(page->out, "td", " class=\"t\"", "%s", event->peer.text);
	html_in(page->out, "td", "", "%s%s", story_is_breach(event) ? "BREACH: " : "", deadline);
	html_in(page->out, "td", "", "%s", act);
	fputs("</tr>\n", page->out);
}

static uint64_t count_kind(const struct page *page, uint8_t kind)
{
	uint64_t count = 0;

	for (size_t i = 0; i < page->story.count; i++)
		count += page->story.event[i].kind == kind;
	return count;
}

/* Every event of a kind that is shown, the newest PAGE_LIST of them, each by `put`. */
static void put_events(const struct page *page, uint8_t kind,
		       void (*put)(const struct page *, const struct story_event *))
{
	uint64_t count = count_kind(page, kind), skipped = count > PAGE_LIST ? count - PAGE_LIST : 0;

	for (size_t i = 0; i < page->story.count; i++)
		if (page->story.event[i].kind == kind && (skipped == 0 || skipped-- == 0))
			put(page, &page->story.event[i]);
}

static void put_bound(const struct page *page, uint8_t kind)
{
	uint64_t count = count_kind(page, kind);

	if (count > PAGE_LIST)
		html_in(page->out, "p", " class=\"note\"", "The newest %d of %llu are listed.", PAGE_LIST, U(count));
}

void page_deadlines(const struct page *page)
{
	fputs("<h2 id=\"deadlines\">Deadlines passed</h2>\n", page->out);
	if (count_kind(page, STATION_STEP) == 0) {
		page_nothing(page, "No deadline passed.");
		return;
	}
	put_bound(page, STATION_STEP);
	page_table_begin(page->out, "",
			 "<th scope=\"col\">Time</th><th scope=\"col\">Message</th><th scope=\"col\">Addressee</th>"
			 "<th scope=\"col\">Deadline</th><th scope=\"col\">Done</th>");
	put_events(page, STATION_STEP, put_step);
	page_table_end(page->out);
}

struct checked {
	struct name peer;
	uint64_t count[CHECK_TYPES + 1][CHECK_OUTCOMES + 1];
	struct stats_series ms[CHECK_TYPES + 1];
	int64_t last[CHECK_TYPES + 1];
};

static struct checked *checked_of(struct checked *list, size_t *count, const struct name *peer)
{
	for (size_t i = 0; i < *count; i++)
		if (name_equal(&list[i].peer, peer))
			return &list[i];
	if (*count == PAGE_LIST)
		return NULL;
	list[*count].peer = *peer;
	return &list[(*count)++];
}

static size_t gather_checks(const struct page *page, struct checked *list)
{
	size_t count = 0;

	for (size_t i = 0; i < page->story.count; i++) {
		const struct story_event *event = &page->story.event[i];
		struct checked *checked = event->kind == STATION_CHECK ? checked_of(list, &count, &event->peer) : NULL;

		if (checked == NULL)
			continue;
		checked->count[event->what][event->outcome]++;
		checked->last[event->what] = event->at;
		if (event->outcome == CHECK_RIGHT && event->after > 0 && event->after < INT64_MAX / 1000)
			must(stats_add(&checked->ms[event->what], event->after * 1000) == 0 ? list : NULL);
	}
	return count;
}

static void put_checked(FILE *out, struct checked *checked, unsigned type)
{
	static const uint8_t columns[] = {CHECK_RIGHT, CHECK_LATE, CHECK_WRONG, CHECK_MISSED, CHECK_NO_PATH};
	char last[TIME_TEXT], median[TIME_TEXT];

	if (checked->last[type] == 0)
		return;
	stats_sort(&checked->ms[type]);
	page_span(stats_share(&checked->ms[type], 50), median);
	page_moment(checked->last[type], last);
	fputs("<tr>", out);
	html_in(out, "th", " scope=\"row\"", "%s", checked->peer.text);
	html_in(out, "td", "", "%s", check_type_name(type));
	for (size_t i = 0; i < sizeof columns; i++)
		html_in(out, "td", " class=\"n\"", "%llu", U(checked->count[type][columns[i]]));
	html_in(out, "td", " class=\"n\"", "%s", checked->ms[type].count > 0 ? median : "-");
	html_in(out, "td", "", "%s", last);
	fputs("</tr>\n", out);
	stats_finish(&checked->ms[type]);
}

void page_checks(const struct page *page)
{
	struct checked *list = must(calloc(PAGE_LIST, sizeof *list));
	size_t count = gather_checks(page, list);

	fputs("<h2 id=\"checks\">Checks</h2>\n", page->out);
	if (count == 0) {
		page_nothing(page, "No check was made.");
	} else {
		page_table_begin(
		    page->out, "",
		    "<th scope=\"col\">Peer</th><th scope=\"col\">Check</th><th scope=\"col\" class=\"n\">Right</th>"
		    "<th scope=\"col\" class=\"n\">Late</th><th scope=\"col\" class=\"n\">Wrong</th>"
		    "<th scope=\"col\" class=\"n\">Missed</th><th scope=\"col\" class=\"n\">No path</th>"
		    "<th scope=\"col\" class=\"n\">Median</th><th scope=\"col\">Last</th>");
		for (size_t i = 0; i < count; i++)
			for (unsigned type = CHECK_LINK; type <= CHECK_TYPES; type++)
				put_checked(page->out, &list[i], type);
		page_table_end(page->out);
	}
	free(list);
}
