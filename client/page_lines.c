/*
 * The newest events one by one: the station's line on the left, the peers' beside it, a row for each message, receipt,
 * copy, passed deadline, link, clock and failed check in the order of the record. In drawings that pages of paper hold
 * several of.
 */
#include <stdlib.h>

#include "client/html.h"
#include "client/page.h"
#include "client/say.h"

#define WIDTH 720
#define STATION_X 132
#define LAST_X 690
#define LABEL_X (STATION_X + 9)
#define HEAD 24
#define ROW 23
#define CHUNK 8
#define LABEL 160

struct row {
	const struct record_entry *entry;
	const struct story_event *event; /* NULL: an entry of a pair log */
	size_t column;			 /* of the peer; PAGE_COLUMNS: none */
};

struct sequence {
	const struct page *page;
	struct row row[PAGE_ROWS]; /* filled from the end */
	size_t first;
	uint64_t left; /* earlier ones */
	const struct name *column[PAGE_COLUMNS];
	size_t columns;
	int link[PAGE_COLUMNS]; /* 0 unknown, 1 up, 2 down, at the row at hand */
};

static bool is_row(const struct audit_record *record, const struct record_entry *entry)
{
	uint8_t type;

	if (record->log[entry->log].peer.text[0] == '\0' || entry->item == RECORD_NONE)
		return false;
	type = record->item[entry->item].type;
	return type == RECORD_MESSAGE || type == RECORD_RECEIPT || type == RECORD_COPY;
}

static bool is_event_row(const struct story_event *event)
{
	return event->kind != STATION_CHECK || event->outcome == CHECK_WRONG || event->outcome == CHECK_LATE ||
	       event->outcome == CHECK_MISSED || event->outcome == CHECK_NO_PATH;
}

/* From the newest entry on backwards, beside the story's events. */
static void gather(struct sequence *s)
{
	const struct audit_record *record = s->page->record;
	const struct story *story = &s->page->story;
	size_t next = story->count;

	s->first = PAGE_ROWS;
	for (size_t i = record->entry_list.count; i-- > 0;) {
		const struct story_event *event = NULL;

		if (next > 0 && story->event[next - 1].entry == i)
			event = &story->event[--next];
		if (event != NULL ? !is_event_row(event) : !is_row(record, &record->entry[i]))
			continue;
		if (s->first > 0)
			s->row[--s->first] = (struct row){&record->entry[i], event, PAGE_COLUMNS};
		else
			s->left++;
	}
}

static size_t column_of(struct sequence *s, const struct name *peer)
{
	if (peer->text[0] == '\0')
		return PAGE_COLUMNS;
	for (size_t i = 0; i < s->columns; i++)
		if (name_equal(s->column[i], peer))
			return i;
	if (s->columns == PAGE_COLUMNS)
		return PAGE_COLUMNS;
	s->column[s->columns] = peer;
	return s->columns++;
}

static const struct name *peer_of(const struct sequence *s, const struct row *row)
{
	return row->event != NULL ? &row->event->peer : &s->page->record->log[row->entry->log].peer;
}

/* Messages and receipts choose the columns; links follow where there is room. What else there is needs none. */
static void place_columns(struct sequence *s)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = s->first; i < PAGE_ROWS; i++) {
			struct row *row = &s->row[i];

			if (pass == 0 ? row->event == NULL : row->event != NULL && row->event->kind == STATION_LINK)
				row->column = column_of(s, peer_of(s, row));
		}
}

/* The state of the links before the first row. */
static void begin_links(struct sequence *s)
{
	const struct story *story = &s->page->story;

	for (size_t i = 0; i < story->count && s->first < PAGE_ROWS && story->event[i].at < s->row[s->first].entry->at;
	     i++)
		for (size_t c = 0; c < s->columns && story->event[i].kind == STATION_LINK; c++)
			if (name_equal(s->column[c], &story->event[i].peer))
				s->link[c] = story->event[i].what == 1 ? 1 : 2;
}

static double column_x(const struct sequence *s, size_t column)
{
	return STATION_X + (double)(column + 1) * (LAST_X - STATION_X) / (double)s->columns;
}

/* The first message that a receipt names, and how many more. */
static void say_receipt(const struct sequence *s, uint32_t fact, char *out, size_t size)
{
	static const char *const understood[] = {"", ", understood", ", understood partly", ", not understood"};
	const struct audit_record *record = s->page->record;
	const struct record_receipt *receipt = &record->receipt[fact];
	uint32_t message = audit_record_message_of(record, record->named[receipt->named]);
	char reference[RECORD_REFERENCE] = "a message that is not shown", more[32] = "";

	if (message != RECORD_NONE)
		audit_record_reference(record, message, reference);
	if (receipt->named_count > 1)
		snprintf(more, sizeof more, " and %u more", receipt->named_count - 1u);
	snprintf(out, size, "%s: %s%s%s", receipt_kind_name(receipt->kind), reference, more,
		 understood[receipt->understood]);
}

static void say_entry(const struct sequence *s, const struct row *row, char *out, size_t size)
{
	const struct audit_record *record = s->page->record;
	const struct record_item *item = &record->item[row->entry->item];
	const char *kind, *precedence;
	char reference[RECORD_REFERENCE];

	if (item->type == RECORD_RECEIPT) {
		say_receipt(s, item->fact, out, size);
	} else if (item->type == RECORD_COPY) {
		snprintf(out, size, "copy by the ladder");
	} else {
		kind = kind_name(record->message[item->fact].kind);
		precedence = precedence_name(record->message[item->fact].precedence);
		audit_record_reference(record, item->fact, reference);
		snprintf(out, size, "%s%s %s, %s", record->message[item->fact].is_exercise ? "EXERCISE " : "",
			 kind != NULL ? kind : "message", reference, precedence != NULL ? precedence : "");
	}
}

static void say_step(const struct sequence *s, const struct story_event *event, char *out, size_t size)
{
	char deadline[STORY_TEXT], act[STORY_TEXT], reference[RECORD_REFERENCE] = "";

	story_deadline_text(event, deadline);
	story_act_text(event, act);
	if (event->message != RECORD_NONE)
		audit_record_reference(s->page->record, event->message, reference);
	snprintf(out, size, "%s passed (%s) %s: %s", story_is_breach(event) ? "BREACH: deadline" : "deadline", deadline,
		 reference, act);
}

static void say_event(const struct sequence *s, const struct story_event *event, char *out, size_t size)
{
	static const char *const offsets[] = {"clock right again", "clock ahead", "clock behind"};
	char before[TIME_TEXT], after[TIME_TEXT];

	switch (event->kind) {
	case STATION_STEP:
		say_step(s, event, out, size);
		break;
	case STATION_LINK:
		snprintf(out, size, "link %s", event->what == 1 ? "up" : "down");
		break;
	case STATION_CHECK:
		snprintf(out, size, "%s check: %s", event->what > 0 ? check_type_name(event->what) : "unknown",
			 check_outcome_name(event->outcome));
		break;
	case STATION_OFFSET:
		snprintf(out, size, "%s", offsets[event->what]);
		break;
	case STATION_CLOCK:
		page_moment(event->before, before);
		page_moment(event->after, after);
		snprintf(out, size, "clock set from %s to %s", before, after);
		break;
	default:
		snprintf(out, size, "station %s", event->kind == STATION_START ? "starts" : "stops");
	}
}

/* An arrow between the station and the peer's line; receipts and copies are broken lines. */
static void put_arrow(const struct sequence *s, const struct row *row, double y)
{
	bool is_sent = row->entry->kind == LEAF_SENT;
	bool is_message = s->page->record->item[row->entry->item].type == RECORD_MESSAGE;
	double x = row->column < PAGE_COLUMNS ? column_x(s, row->column) : LAST_X;
	double tip = is_sent ? x - 2 : STATION_X + 2, back = is_sent ? -8 : 8;

	fprintf(s->page->out, "<path d=\"M%d %.1fH%.1f\" stroke=\"%s\" stroke-width=\"%s\"%s/>", STATION_X, y, x,
		is_sent ? "#12467b" : "#9a4b00", is_message ? "1.8" : "1",
		is_message ? "" : " stroke-dasharray=\"4 3\"");
	fprintf(s->page->out, "<path d=\"M%.1f %.1fl%.0f -4v8z\" fill=\"%s\"/>", tip, y, back,
		is_sent ? "#12467b" : "#9a4b00");
}

static void put_sign(const struct sequence *s, const struct row *row, double y)
{
	const struct story_event *event = row->event;
	double x = event->kind == STATION_LINK && row->column < PAGE_COLUMNS ? column_x(s, row->column) : STATION_X;
	FILE *out = s->page->out;

	if (story_is_breach(event))
		fprintf(out, "<path d=\"M%.1f %.1fl10 10m0 -10l-10 10\" stroke=\"#a00000\" stroke-width=\"2.6\"/>",
			x - 5, y - 5);
	else if (event->kind == STATION_STEP)
		fprintf(out, "<path d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\" fill=\"#111\"/>", x, y - 5);
	else
		fprintf(out,
			"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\" stroke=\"#111\" stroke-width=\"1.5\"/>", x,
			y, event->kind == STATION_LINK && event->what == 1 ? "#111" : "#fff");
}

static void put_label(const struct sequence *s, const struct row *row, double y)
{
	const struct name *peer = peer_of(s, row);
	bool is_named = peer->text[0] != '\0' && (row->event != NULL || row->column == PAGE_COLUMNS);
	char at[TIME_TEXT], label[LABEL];

	page_moment(row->entry->at, at);
	if (row->event != NULL)
		say_event(s, row->event, label, sizeof label);
	else
		say_entry(s, row, label, sizeof label);
	fprintf(s->page->out,
		"<text x=\"0\" y=\"%.1f\" class=\"small\">%s</text><text x=\"%d\" y=\"%.1f\" class=\"halo\">", y + 3,
		at, LABEL_X, row->event != NULL ? y + 4 : y - 4);
	html_say(s->page->out, "%s%s%s", is_named ? peer->text : "", is_named ? ": " : "", label);
	fputs("</text>\n", s->page->out);
}

static void put_lines(struct sequence *s, const struct row *row, double top)
{
	if (row->event != NULL && row->event->kind == STATION_LINK && row->column < PAGE_COLUMNS)
		s->link[row->column] = row->event->what == 1 ? 1 : 2;
	fprintf(s->page->out, "<path d=\"M%d %.1fv%d\" stroke=\"#111\" stroke-width=\"1.5\"/>", STATION_X, top, ROW);
	for (size_t i = 0; i < s->columns; i++)
		fprintf(s->page->out, "<path d=\"M%.1f %.1fv%d\" stroke=\"%s\" stroke-width=\"%s\"%s/>", column_x(s, i),
			top, ROW, s->link[i] == 1 ? "#444" : "#999", s->link[i] == 1 ? "4" : "1",
			s->link[i] == 1 ? "" : " stroke-dasharray=\"2 3\"");
}

static void put_heads(const struct sequence *s)
{
	fprintf(s->page->out, "<text x=\"%d\" y=\"14\" text-anchor=\"middle\" font-weight=\"bold\">", STATION_X);
	html_say(s->page->out, "%s", s->page->record->station.text);
	fputs("</text>", s->page->out);
	for (size_t i = 0; i < s->columns; i++) {
		fprintf(s->page->out, "<text x=\"%.1f\" y=\"14\" text-anchor=\"%s\">",
			i + 1 < s->columns ? column_x(s, i) : WIDTH, i + 1 < s->columns ? "middle" : "end");
		html_say(s->page->out, "%s", s->column[i]->text);
		fputs("</text>", s->page->out);
	}
}

static void put_chunk(struct sequence *s, size_t from, size_t until)
{
	FILE *out = s->page->out;

	fprintf(out,
		"<div class=\"wide\"><svg viewBox=\"0 0 %d %zu\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">",
		WIDTH, HEAD + (until - from) * ROW + 4);
	fprintf(out, "<title>Events %zu to %zu of %zu that are drawn</title>\n", from - s->first + 1, until - s->first,
		(size_t)PAGE_ROWS - s->first);
	put_heads(s);
	for (size_t i = from; i < until; i++)
		put_lines(s, &s->row[i], HEAD + (double)(i - from) * ROW);
	for (size_t i = from; i < until; i++) {
		double y = HEAD + (double)(i - from) * ROW + ROW - 6;

		if (s->row[i].event != NULL)
			put_sign(s, &s->row[i], y);
		else
			put_arrow(s, &s->row[i], y);
		put_label(s, &s->row[i], y);
	}
	fputs("</svg></div>\n", out);
}

void page_sequence(const struct page *page)
{
	struct sequence *s = must(calloc(1, sizeof *s));

	s->page = page;
	gather(s);
	place_columns(s);
	begin_links(s);
	fputs("<h3>Event by event</h3>\n", page->out);
	html_in(
	    page->out, "p", " class=\"note\"",
	    "Whole lines are messages, broken ones receipts and copies; \u2715 is a missed deadline, \u25C6 another "
	    "deadline that passed; a peer's line is thick while the link is up. Times are those of the station's "
	    "entries.");
	if (s->left > 0)
		html_in(page->out, "p", " class=\"note\"",
			"The newest %d events are drawn; %llu earlier ones are in the overview alone. An export of a "
			"shorter time, one peer or one incident draws them.",
			PAGE_ROWS, (unsigned long long)s->left);
	if (page->story.unread > 0)
		html_in(page->out, "p", " class=\"note\"",
			"%llu %s of the station log could not be read and %s not drawn.",
			(unsigned long long)page->story.unread, page_word(page->story.unread, "entry", "entries"),
			page_word(page->story.unread, "is", "are"));
	for (size_t at = s->first; at < PAGE_ROWS; at += CHUNK)
		put_chunk(s, at, at + CHUNK < PAGE_ROWS ? at + CHUNK : PAGE_ROWS);
	free(s);
}
