/* Clocks on the page: what receipts say of each peer's, and what the station log says of all. */
#include "client/audit/clocks.h"
#include "client/html.h"
#include "client/page.h"

static void put_offset_text(FILE *out, int64_t us)
{
	char text[TIME_TEXT];

	page_span(us < 0 && us > INT64_MIN ? -us : us, text);
	html_in(out, "td", " class=\"n\"", "%s%s", us < 0 ? "\u2212" : "+", text);
}

static void put_bounds(const struct page *page, uint32_t log)
{
	struct clock_bounds bounds;
	FILE *out = page->out;

	clocks_bound(page->record, log, &bounds);
	if (bounds.count == 0)
		return;
	fputs("<tr>", out);
	html_in(out, "th", " scope=\"row\"", "%s", page->record->log[log].peer.text);
	html_in(out, "td", " class=\"n\"", "%llu", (unsigned long long)bounds.count);
	put_offset_text(out, bounds.least);
	put_offset_text(out, bounds.most);
	html_in(out, "td", "", "%s",
		bounds.least <= bounds.most ? "one offset fits all"
					    : "no one offset fits: a clock was set, or a receipt states a wrong time");
	fputs("</tr>\n", out);
}

static void put_offsets(const struct page *page)
{
	uint32_t shown = 0;

	page_table_begin(page->out, "Their clock less ours, from receipts",
			 "<th scope=\"col\">Peer</th><th scope=\"col\" class=\"n\">Receipts</th>"
			 "<th scope=\"col\" class=\"n\">At least</th><th scope=\"col\" class=\"n\">At most</th>"
			 "<th scope=\"col\">Says</th>");
	for (uint32_t i = 0; i < page->record->log_list.count && shown < PAGE_LIST; i++)
		if (page->record->log[i].peer.text[0] != '\0') {
			put_bounds(page, i);
			shown++;
		}
	page_table_end(page->out);
	fputs("<p class=\"note\">A receipt was made after its message was entered at the station and before it was "
	      "entered "
	      "itself. Its own time less the one and the other bounds the offset.</p>\n",
	      page->out);
}

static void put_event(const struct page *page, const struct story_event *event)
{
	static const char *const says[] = {"within a minute again", "ahead of ours", "behind ours"};
	char at[TIME_TEXT], before[TIME_TEXT], after[TIME_TEXT];

	page_moment(event->at, at);
	fputs("<tr>", page->out);
	html_in(page->out, "td", " class=\"t\"", "%s", at);
	if (event->kind == STATION_OFFSET) {
		html_in(page->out, "td", "", "clock of %s", event->peer.text);
		html_in(page->out, "td", "", "%s, %lld ms", says[event->what], (long long)event->after);
	} else {
		page_moment(event->before, before);
		page_moment(event->after, after);
		html_in(page->out, "td", "", "the station's clock");
		html_in(page->out, "td", "", "set from %s to %s", before, after);
	}
	fputs("</tr>\n", page->out);
}

static bool is_clock(const struct story_event *event)
{
	return event->kind == STATION_OFFSET || event->kind == STATION_CLOCK;
}

void page_clocks(const struct page *page)
{
	const struct story *story = &page->story;
	size_t count = 0, skipped;

	fputs("<h2 id=\"clocks\">Clocks</h2>\n", page->out);
	put_offsets(page);
	for (size_t i = 0; i < story->count; i++)
		count += is_clock(&story->event[i]);
	if (count == 0) {
		page_nothing(page,
			     "The station log shows no clock that was set and no peer's clock over a minute off.");
		return;
	}
	skipped = count > PAGE_LIST ? count - PAGE_LIST : 0;
	page_table_begin(page->out, "From the station log",
			 "<th scope=\"col\">Time</th><th scope=\"col\">Whose</th><th scope=\"col\">What</th>");
	for (size_t i = 0; i < story->count; i++)
		if (is_clock(&story->event[i]) && (skipped == 0 || skipped-- == 0))
			put_event(page, &story->event[i]);
	page_table_end(page->out);
	if (count > PAGE_LIST)
		html_in(page->out, "p", " class=\"note\"", "The newest %d of %zu are listed.", PAGE_LIST, count);
}
