/* The frame of a record's page: style, title, verdict, summary, and the order of its sections. */
#include "client/page.h"

#include <string.h>

#include "client/html.h"
#include "client/show.h"

/* Colours say nothing that a shape or a word does not say too. Without the characters that XML minds. */
static const char style[] =
    "@page{size:A4;margin:14mm 15mm}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:1rem;max-width:64rem;color:#111;background:#fff;"
    "font:15px/1.45 'Noto Sans','DejaVu Sans','Noto Sans Thai',Loma,Garuda,Arial,sans-serif;overflow-wrap:anywhere}"
    ":lang(th){line-height:1.7}"
    "h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0}"
    "h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:2px solid #111}"
    "h3{font-size:1rem;margin:1.2rem 0 .4rem}"
    "h2,h3,h3+p,caption{break-after:avoid}"
    "p{margin:.4rem 0}"
    ".verdict{border:2px solid #111;padding:.5rem .8rem;margin:.8rem 0}"
    ".exercise{display:inline-block;border:2px dashed #111;padding:0 .3rem;font-weight:bold}"
    ".struck{text-decoration:line-through}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}"
    "dt{font-weight:bold}dd{margin:0;min-width:0}"
    "nav ul{columns:2;margin:.3rem 0;padding-left:1.2rem}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.87rem}"
    "caption{text-align:left;font-weight:bold;padding:.4rem 0 .2rem}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .5rem .2rem 0;border-bottom:1px solid #bbb}"
    "thead th{border-bottom:2px solid #111;overflow-wrap:normal}"
    "td.n,th.n{text-align:right;white-space:nowrap}.t,th[scope=row],.key{white-space:nowrap}"
    ".messages th:nth-child(1){width:24%}.messages th:nth-child(2){width:14%}.messages th:nth-child(3){width:24%}"
    "tr.under td{border-bottom:2px solid #777}tr.over{break-after:avoid}tr.over td,tr.over th{border-bottom:0}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    ".messages tbody{break-inside:avoid;border-bottom:2px solid #777}"
    ".messages tbody td{border-bottom:0}"
    ".messages ul{margin:0;padding-left:1rem}"
    ".text{white-space:pre-wrap;border-left:3px solid #999;padding-left:.6rem;margin:.2rem 0}"
    ".note{color:#333;font-size:.87rem}"
    "code,.mono{font-family:'DejaVu Sans Mono','Noto Sans Mono',monospace;font-size:.85em}"
    "pre{white-space:pre-wrap;border:1px solid #777;padding:.5rem;overflow-wrap:anywhere}"
    "svg{display:block;width:100%;height:auto;break-inside:avoid;margin:.3rem 0}"
    "svg text{font-family:inherit;font-size:11px;fill:#111}"
    "svg .small{font-size:9.5px}svg .halo{paint-order:stroke;stroke:#fff;stroke-width:3px}"
    "a{color:#0b3d91}"
    "@media screen{.wide svg{min-width:44rem}}"
    "@media screen and (max-width:44rem){"
    "body{padding:.6rem}nav ul{columns:1}dl{display:block}dd{margin:0 0 .4rem}"
    ".messages,.messages tbody,.messages tr,.messages td{display:block;width:auto}.messages thead{display:none}"
    "}"
    "@media "
    "print{html{font-size:12.5px}body{padding:0;max-width:none;font-size:1rem}nav{display:none}a{color:inherit;text-"
    "decoration:none}"
    "h2{margin-top:1.2rem}.wide{overflow:visible}}";

int page_init(struct page *page, struct audit_record *record)
{
	int result;

	page->record = record;
	result = courses_init(record, &page->courses);
	return result == 0 ? story_init(record, &page->story) : result;
}

void page_finish(struct page *page)
{
	courses_finish(&page->courses);
	story_finish(&page->story);
}

void page_moment(int64_t at, char out[TIME_TEXT])
{
	char *between;

	if (at == 0) {
		strcpy(out, "-");
		return;
	}
	time_format_iso(at, out);
	between = strchr(out, 'T');
	if (between != NULL)
		*between = ' ';
}

void page_span(int64_t us, char out[TIME_TEXT])
{
	if (us >= 0 && us < SECOND_US)
		snprintf(out, TIME_TEXT, "%lldms", (long long)(us / 1000));
	else if (us >= 0 && us < MINUTE_US)
		snprintf(out, TIME_TEXT, "%lld.%llds", (long long)(us / SECOND_US),
			 (long long)(us % SECOND_US / (SECOND_US / 10)));
	else
		show_span(us, out);
}

const char *page_word(uint64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* Whether any entry of the station log is in the file. */
static bool is_station_log_shown(const struct page *page)
{
	for (size_t i = 0; i < page->record->log_list.count; i++)
		if (page->record->log[i].peer.text[0] == '\0')
			return page->record->log[i].withheld < page->record->log[i].size;
	return false;
}

void page_nothing(const struct page *page, const char *sentence)
{
	html_in(page->out, "p", "", "%s",
		is_station_log_shown(page) ? sentence
					   : "The record shows nothing of the station log, which would tell of it.");
}

void page_table_begin(FILE *out, const char *label, const char *heads)
{
	fputs("<div class=\"wide\"><table>", out);
	if (*label != '\0')
		html_in(out, "caption", "", "%s", label);
	fprintf(out, "<thead><tr>%s</tr></thead><tbody>\n", heads);
}

void page_table_end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

static void put_head(const struct page *page)
{
	fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" xml:lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	      "'unsafe-inline'\"/>\n",
	      page->out);
	html_in(page->out, "title", "", "Record of %s", page->record->station.text);
	fprintf(page->out, "\n<style>%s</style>\n</head>\n<body>\n", style);
}

/* First and last entry. */
static void put_period(const struct page *page)
{
	const struct audit_record *record = page->record;
	char first[TIME_TEXT], last[TIME_TEXT];

	if (record->entry_list.count == 0) {
		fputs("<dt>Period</dt><dd>no entry is shown</dd>", page->out);
		return;
	}
	page_moment(record->entry[0].at, first);
	page_moment(record->entry[record->entry_list.count - 1].at, last);
	fputs("<dt>Period</dt>", page->out);
	html_in(page->out, "dd", "", "%s to %s, by the station's clock; all times are UTC", first, last);
}

struct counts {
	uint64_t sent, received, exercise, real, receipts, breaches, peers, withheld_entries, withheld_contents;
};

static struct counts count_all(const struct page *page)
{
	const struct audit_record *record = page->record;
	struct counts counts = {.receipts = record->receipt_list.count};

	for (size_t i = 0; i < record->message_list.count; i++) {
		const struct record_message *m = &record->message[i];

		*(m->is_sent ? &counts.sent : &counts.received) += 1;
		*(m->is_exercise ? &counts.exercise : &counts.real) += 1;
	}
	for (size_t i = 0; i < page->story.count; i++)
		counts.breaches += story_is_breach(&page->story.event[i]);
	for (size_t i = 0; i < page->report->log_count; i++) {
		const struct audit_log *log = &page->report->log[i];

		counts.peers += log->peer.text[0] != '\0';
		counts.withheld_entries += log->withheld_entries;
		counts.withheld_contents += log->withheld_contents;
	}
	return counts;
}

#define U(n) (unsigned long long)(n)

static void put_counts(const struct page *page, const struct counts *c)
{
	FILE *out = page->out;

	fputs("<dt>Messages</dt>", out);
	html_in(out, "dd", "", "%llu sent, %llu received; %llu real, %llu in exercises", U(c->sent), U(c->received),
		U(c->real), U(c->exercise));
	fputs("<dt>Receipts</dt>", out);
	html_in(out, "dd", "", "%llu", U(c->receipts));
	fputs("<dt>Breaches</dt>", out);
	if (is_station_log_shown(page))
		html_in(out, "dd", "", "%llu %s, by the station's own log", U(c->breaches),
			page_word(c->breaches, "deadline was missed", "deadlines were missed"));
	else
		fputs("<dd>not known: the station log is not shown</dd>", out);
	fputs("<dt>Withheld</dt>", out);
	if (c->withheld_entries == 0 && c->withheld_contents == 0)
		fputs("<dd>nothing that the record says of itself</dd>", out);
	else
		html_in(out, "dd", "", "%llu %s and the words of %llu %s", U(c->withheld_entries),
			page_word(c->withheld_entries, "entry", "entries"), U(c->withheld_contents),
			page_word(c->withheld_contents, "message", "messages"));
}

static void put_verdict(const struct page *page)
{
	FILE *out = page->out;

	fputs("<p class=\"verdict\"><strong>VERIFIED.</strong> ", out);
	html_say(out,
		 "Every signature, hash and proof in the file holds, for whoever trusts the %s below. The record is "
		 "the station's own: what no peer has witnessed rests on its word (",
		 page_word(page->trust->count, "root named", "roots named"));
	fputs("<a href=\"#verification\">verification</a>).</p>\n", out);
}

static void put_summary(const struct page *page)
{
	struct counts counts = count_all(page);
	char made[TIME_TEXT], hex[2 * HASH_BYTES + 1];
	FILE *out = page->out;

	page_moment(page->record->made_at, made);
	key_hex(page->hash, HASH_BYTES, hex);
	html_in(out, "h1", "", "Record of %s", page->record->station.text);
	put_verdict(page);
	fputs("<h2 id=\"summary\">Summary</h2>\n<dl>", out);
	put_period(page);
	fputs("<dt>Peers</dt>", out);
	html_in(out, "dd", "", "%llu", U(counts.peers));
	put_counts(page, &counts);
	fputs("<dt>File</dt>", out);
	html_in(out, "dd", "", "%s, %llu bytes, made %s by its own word", page->path, U(page->file_bytes), made);
	fputs("<dt>SHA-256</dt>", out);
	html_in(out, "dd", " class=\"mono\"", "%s", hex);
	fputs("</dl>\n", out);
}

static void put_contents(FILE *out)
{
	fputs("<nav aria-label=\"Sections\"><ul>"
	      "<li><a href=\"#timeline\">Timeline</a></li><li><a href=\"#messages\">Messages</a></li>"
	      "<li><a href=\"#responses\">Response times</a></li><li><a href=\"#deadlines\">Deadlines passed</a></li>"
	      "<li><a href=\"#checks\">Checks</a></li><li><a href=\"#clocks\">Clocks</a></li>"
	      "<li><a href=\"#verification\">Verification</a></li><li><a href=\"#again\">How to verify again</a></li>"
	      "</ul></nav>\n",
	      out);
}

void page_write(struct page *page)
{
	put_head(page);
	put_summary(page);
	put_contents(page->out);
	fputs("<h2 id=\"timeline\">Timeline</h2>\n", page->out);
	page_overview(page);
	page_sequence(page);
	page_messages(page);
	page_responses(page);
	page_deadlines(page);
	page_checks(page);
	page_clocks(page);
	page_verification(page);
	fputs("</body>\n</html>\n", page->out);
}
