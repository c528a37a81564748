/* The messages of a record, month by month, each with its words and with every receipt and answer. */
#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "client/html.h"
#include "client/page.h"
#include "client/say.h"
#include "client/show.h"
#include "proto/result.h"

#define RECEIPTS_SHOWN 60 /* of one message, and as many answers */
#define MONTH_TEXT 8	  /* "2026-10" */

struct messages {
	struct page *page;
	uint32_t *order;      /* messages by their first entry */
	uint32_t *superseded; /* by which message each was, the newest, or RECORD_NONE */
	size_t text_left;     /* bytes of texts that the page still shows */
	uint64_t texts_cut;
};

static void put_names(FILE *out, const char *what, const struct bytes *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		html_say(out, "%s%.*s", i > 0 ? ", " : what, BYTES(names[i]));
}

/* So many bytes of text as hold at most `characters`. */
static size_t cut_at(struct bytes text, size_t characters)
{
	size_t at = 0;

	for (; at < text.len; at++)
		if ((text.data[at] & 0xc0) != 0x80 && characters-- == 0)
			break;
	return at;
}

static void put_text(struct messages *m, struct bytes lang, struct bytes text, const char *by)
{
	size_t len = cut_at(text, PAGE_TEXT_CHARACTERS);
	FILE *out = m->page->out;

	if (len > m->text_left)
		len = 0;
	m->text_left -= len;
	m->texts_cut += len < text.len;
	html_in(out, "div", " class=\"note\"", "%s, %.*s%s", by, BYTES(lang),
		len == text.len ? ""
		: len > 0	? "; its beginning"
				: "; not on this page");
	if (len == 0)
		return;
	fputs("<div class=\"text\" dir=\"auto\" lang=\"", out);
	html_text(out, lang, SAFE_LINE);
	fputs("\">", out);
	html_text(out, (struct bytes){text.data, len}, SAFE_LINES);
	fputs(len < text.len ? "\u2026</div>\n" : "</div>\n", out);
}

static void put_fields(FILE *out, const struct content *c)
{
	if (c->field_count == 0)
		return;
	fputs("<div class=\"note\">", out);
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field_row *row = field_row(c->field[i].code);
		char *text = field_text(c->field[i].code, c->field[i].value);

		if (row != NULL)
			html_say(out, "%s%s: %s", i > 0 ? "; " : "", row->name, text);
		else
			html_say(out, "%sfield %llu: %s", i > 0 ? "; " : "", (unsigned long long)c->field[i].code,
				 text);
		free(text);
	}
	fputs("</div>", out);
}

static void put_attachments(FILE *out, const struct content *c)
{
	for (size_t i = 0; i < c->attachment_count; i++)
		html_in(out, "div", " class=\"note\"", "attachment: %.*s, %.*s, %llu bytes",
			BYTES(c->attachment[i].name), BYTES(c->attachment[i].media_type),
			(unsigned long long)c->attachment[i].len);
}

static void put_words(struct messages *m, uint32_t message)
{
	static struct content content;
	FILE *out = m->page->out;
	int result = audit_record_words(m->page->record, message, &content);

	fputs("<tr><td colspan=\"4\">", out);
	if (result == RESULT_OK) {
		fputs("<strong dir=\"auto\" lang=\"", out);
		html_text(out, content.lang, SAFE_LINE);
		fputs("\">", out);
		html_text(out, content.subject, SAFE_LINE);
		fputs("</strong>", out);
		put_fields(out, &content);
		put_text(m, content.lang, content.text, "text");
		for (size_t i = 0; i < content.translation_count; i++)
			put_text(m, content.translation[i].lang, content.translation[i].text,
				 content.translation[i].by == 2 ? "translation by a machine"
								: "translation by an officer");
		if (content.remarks.len > 0)
			put_text(m, content.lang, content.remarks, "remarks");
		put_attachments(out, &content);
	} else {
		if (result < 0)
			m->page->error = result;
		fputs("<em>The words are withheld or not in the record.</em>", out);
	}
	fputs("</td></tr>\n", out);
}

/* A time beside another one: without the date when that is the same. */
static const char *beside(const char *at, const char *other)
{
	size_t date = strlen("2026-10-14 ");

	return strlen(at) > date && strncmp(at, other, date) == 0 ? at + date : at;
}

/* The signed time, and when it was entered here if that is another second. */
static void put_receipt(struct messages *m, const struct record_receipt *brief, const char *released)
{
	static struct receipt receipt;
	struct audit_record *record = m->page->record;
	const struct record_item *item = &record->item[brief->item];
	static const char *const understood[] = {"", ", understood", ", understood partly", ", not understood"};
	int64_t entered = item->entry != RECORD_NONE ? record->entry[item->entry].at : 0;
	char at[TIME_TEXT], here[TIME_TEXT];
	struct object object;
	struct bytes encoded;
	FILE *out = m->page->out;
	bool is_same;

	page_moment(brief->at, at);
	page_moment(entered, here);
	is_same = entered == 0 || strcmp(at, here) == 0;
	fputs("<li>", out);
	html_say(out, "%.*s: %s %s%s%s%s", BYTES(audit_record_text(record, brief->from)),
		 receipt_kind_name(brief->kind), beside(at, released), understood[brief->understood],
		 is_same ? "" : ", entered here ", is_same ? "" : beside(here, at));
	if (audit_record_object(record, item->object, &encoded) != RESULT_OK ||
	    object_decode(encoded, &object) != RESULT_OK || receipt_decode(object.body, &receipt) != RESULT_OK)
		receipt = (struct receipt){0};
	if (receipt.officer.len > 0)
		html_say(out, ", by %.*s", BYTES(receipt.officer));
	if (receipt.kind == RECEIPT_REFUSED)
		html_in(out, "div", " class=\"note\"", "reason: %s", result_name(receipt.reason));
	if (receipt.note.len > 0) {
		fputs("<div class=\"text\" dir=\"auto\">", out);
		html_text(out, receipt.note, SAFE_LINES);
		fputs("</div>", out);
	}
	fputs("</li>\n", out);
}

static void put_replies(struct messages *m, uint32_t message, const char *released)
{
	const struct courses *courses = &m->page->courses;
	char reference[RECORD_REFERENCE], at[TIME_TEXT];
	uint32_t reply = courses->reply[message];

	for (size_t i = 0; reply != RECORD_NONE && i < RECEIPTS_SHOWN; i++, reply = courses->next[reply]) {
		const struct record_message *r = &m->page->record->message[reply];
		const char *kind = kind_name(r->kind);

		audit_record_reference(m->page->record, reply, reference);
		page_moment(r->released_at, at);
		fputs("<li>", m->page->out);
		html_say(m->page->out, "%s: %s %s, number %s", m->page->record->name[r->from].name.text,
			 kind != NULL ? kind : "message", beside(at, released), reference);
		fputs("</li>\n", m->page->out);
	}
}

static void put_receipts(struct messages *m, uint32_t message)
{
	const struct audit_record *record = m->page->record;
	uint32_t at = record->message[message].mention;
	FILE *out = m->page->out;
	uint64_t left = 0;
	char released[TIME_TEXT];

	page_moment(record->message[message].released_at, released);
	fputs("<td><ul>", out);
	for (size_t i = 0; at != RECORD_NONE; i++, at = record->mention[at].next)
		if (i < RECEIPTS_SHOWN)
			put_receipt(m, &record->receipt[record->mention[at].receipt], released);
		else
			left++;
	if (left > 0)
		html_in(out, "li", "", "%llu more receipts", (unsigned long long)left);
	put_replies(m, message, released);
	if (record->message[message].mention == RECORD_NONE && m->page->courses.reply[message] == RECORD_NONE)
		fputs("<li>nothing in this record</li>", out);
	fputs("</ul></td></tr>\n", out);
}

static void put_what(const struct messages *m, uint32_t message, const struct message *header)
{
	const char *kind = kind_name(header->kind), *precedence = precedence_name(header->precedence),
		   *tlp = tlp_name(header->tlp);
	uint32_t by = m->superseded[message];
	char reference[RECORD_REFERENCE];
	FILE *out = m->page->out;

	audit_record_reference(m->page->record, message, reference);
	fputs("<td>", out);
	if (header->exercise.len > 0) {
		html_in(out, "span", " class=\"exercise\"", "EXERCISE %.*s", BYTES(header->exercise));
		fputs("<br/>", out);
	}
	html_in(out, "strong", by != RECORD_NONE ? " class=\"struck\"" : "", "%s", reference);
	html_say(out, " %s, %s, TLP:%s", kind != NULL ? kind : "message", precedence != NULL ? precedence : "?",
		 tlp != NULL ? tlp : "?");
	if (by != RECORD_NONE) {
		const char *how = kind_name(m->page->record->message[by].kind);

		audit_record_reference(m->page->record, by, reference);
		html_in(out, "div", "", "superseded by the %s %s", how != NULL ? how : "message", reference);
	}
	fputs("</td>", out);
}

static void put_when(const struct messages *m, const struct message *header)
{
	char at[TIME_TEXT];
	FILE *out = m->page->out;

	page_moment(header->released_at, at);
	fputs("<td>", out);
	html_say(out, "%s", at);
	if (header->clock_error == CLOCK_ERROR_UNKNOWN)
		html_in(out, "div", " class=\"note\"", "clock error unknown");
	else
		html_in(out, "div", " class=\"note\"", "\u00b1 %u ms", header->clock_error);
	if (header->reply_by != 0) {
		page_moment(header->reply_by, at);
		html_in(out, "div", " class=\"note\"", "reply by %s", at);
	}
	fputs("</td>", out);
}

static void put_who(const struct messages *m, const struct message *header)
{
	FILE *out = m->page->out;

	fputs("<td>", out);
	html_say(out, "%.*s to ", BYTES(header->from));
	put_names(out, "", header->action, header->action_count);
	put_names(out, "; for information ", header->info, header->info_count);
	put_names(out, "; ladder may copy ", header->ladder, header->ladder_count);
	html_in(out, "div", " class=\"note\"", "drafted by %.*s", BYTES(header->drafter));
	fputs("<div class=\"note\">", out);
	put_names(out, "released by ", header->releaser, header->releaser_count);
	fputs("</div></td>", out);
}

static void put_message(struct messages *m, uint32_t message)
{
	static struct message header;
	int result = audit_record_header(m->page->record, message, &header);

	if (result != RESULT_OK) {
		m->page->error = result < 0 ? result : m->page->error;
		return;
	}
	fprintf(m->page->out, "<tbody id=\"m%u\"><tr>", message);
	put_what(m, message, &header);
	put_when(m, &header);
	put_who(m, &header);
	put_receipts(m, message);
	put_words(m, message);
	fputs("</tbody>\n", m->page->out);
}

struct place {
	uint32_t entry, message;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->message < y->message ? -1 : x->message > y->message;
}

static void order_messages(struct messages *m)
{
	const struct audit_record *record = m->page->record;
	size_t count = record->message_list.count;
	struct place *place = must(calloc(count + 1, sizeof *place));

	m->order = must(calloc(count + 1, sizeof *m->order));
	m->superseded = must(malloc((count + 1) * sizeof *m->superseded));
	memset(m->superseded, 0xff, (count + 1) * sizeof *m->superseded); /* RECORD_NONE */
	for (uint32_t i = 0; i < count; i++)
		place[i] = (struct place){record->item[record->message[i].item].entry, i};
	qsort(place, count, sizeof *place, compare_places);
	for (size_t i = 0; i < count; i++) {
		const struct record_message *message = &record->message[place[i].message];
		uint32_t old = audit_record_message_of(record, message->supersedes);

		m->order[i] = place[i].message;
		if (old != RECORD_NONE && message->from == record->message[old].from &&
		    message->is_exercise == record->message[old].is_exercise &&
		    (message->kind == KIND_UPDATE || message->kind == KIND_CORRECT || message->kind == KIND_CANCEL))
			m->superseded[old] = place[i].message;
	}
	free(place);
}

static void month_of(const struct audit_record *record, uint32_t message, char out[MONTH_TEXT])
{
	uint32_t entry = record->item[record->message[message].item].entry;
	char at[TIME_TEXT];

	page_moment(entry != RECORD_NONE ? record->entry[entry].at : record->message[message].released_at, at);
	snprintf(out, MONTH_TEXT, "%.7s", at);
}

static void put_months(struct messages *m, size_t first, size_t count)
{
	char month[MONTH_TEXT] = "", next[MONTH_TEXT];
	FILE *out = m->page->out;

	for (size_t i = first; i < count; i++) {
		month_of(m->page->record, m->order[i], next);
		if (strcmp(month, next) != 0) {
			fputs(*month != '\0' ? "</table>\n" : "", out);
			memcpy(month, next, sizeof month);
			html_in(out, "h3", "", "%s", month);
			fputs("<table class=\"messages\"><thead><tr><th>Message</th><th>Released</th><th>From, to</th>"
			      "<th>Receipts and answers</th></tr></thead>\n",
			      out);
		}
		put_message(m, m->order[i]);
	}
	fputs(*month != '\0' ? "</table>\n" : "", out);
}

void page_messages(struct page *page)
{
	struct messages m = {.page = page, .text_left = PAGE_TEXT_TOTAL};
	size_t count = page->record->message_list.count, first = count > PAGE_MESSAGES ? count - PAGE_MESSAGES : 0;

	fputs("<h2 id=\"messages\">Messages</h2>\n", page->out);
	if (count == 0)
		fputs("<p>The record shows no message.</p>\n", page->out);
	if (first > 0)
		html_in(
		    page->out, "p", " class=\"note\"",
		    "The newest %d of %llu messages are listed. An export of a shorter time, one peer or one incident "
		    "lists the others.",
		    PAGE_MESSAGES, (unsigned long long)count);
	order_messages(&m);
	put_months(&m, first, count);
	if (m.texts_cut > 0)
		html_in(page->out, "p", " class=\"note\"",
			"%llu %s not whole on this page; hotline log replay shows them.",
			(unsigned long long)m.texts_cut, page_word(m.texts_cut, "text is", "texts are"));
	free(m.order);
	free(m.superseded);
}
