/* The overview of a record: a band for each peer over one axis of time, in so many bins however long the record is. */
#include <stdlib.h>

#include "client/html.h"
#include "client/page.h"
#include "client/say.h"
#include "client/show.h"

#define BINS 152
#define BIN_WIDTH 4
#define WIDTH 720
#define LEFT 108
#define HEAD 8
#define BAND 66
#define MIDDLE 32 /* from a band's top: bars go up and down from here */
#define BAR 20	  /* the longest */
#define LINK_Y 58
#define TICKS 4

enum line { LINE_UNKNOWN, LINE_UP, LINE_DOWN, LINE_CHANGES };

struct bin {
	uint32_t sent, received, receipts_sent, receipts_received, breaches, steps;
	enum line link;
};

struct band {
	const struct name *peer;
	uint32_t log;
	enum line link; /* at the last event gone through */
	size_t link_bin;
	struct bin bin[BINS];
};

struct overview {
	const struct page *page;
	int64_t from, until;
	size_t band_count;
	uint64_t peers_left;
	uint64_t most; /* events of one side in one bin */
	struct band *band;
};

static size_t bin_of(const struct overview *o, int64_t at)
{
	double share = ((double)at - (double)o->from) / ((double)o->until - (double)o->from + 1);

	return share <= 0 ? 0 : share >= 1 ? BINS - 1 : (size_t)(share * BINS);
}

static struct band *band_of(struct overview *o, const struct name *peer)
{
	for (size_t i = 0; i < o->band_count; i++)
		if (name_equal(o->band[i].peer, peer))
			return &o->band[i];
	return NULL;
}

static void make_bands(struct overview *o)
{
	const struct audit_record *record = o->page->record;

	o->band = must(calloc(PAGE_PEERS, sizeof *o->band));
	for (uint32_t i = 0; i < record->log_list.count; i++) {
		if (record->log[i].peer.text[0] == '\0')
			continue;
		if (o->band_count < PAGE_PEERS)
			o->band[o->band_count++] = (struct band){.peer = &record->log[i].peer, .log = i};
		else
			o->peers_left++;
	}
}

static void count_entry(struct overview *o, struct band *band, const struct record_entry *entry)
{
	struct bin *bin = &band->bin[bin_of(o, entry->at)];
	uint8_t type = entry->item != RECORD_NONE ? o->page->record->item[entry->item].type : RECORD_UNSEEN;
	bool is_sent = entry->kind == LEAF_SENT;
	uint64_t up, down;

	if (type == RECORD_MESSAGE)
		*(is_sent ? &bin->sent : &bin->received) += 1;
	else if (type == RECORD_RECEIPT)
		*(is_sent ? &bin->receipts_sent : &bin->receipts_received) += 1;
	up = (uint64_t)bin->sent + bin->receipts_sent;
	down = (uint64_t)bin->received + bin->receipts_received;
	o->most = up > o->most ? up : o->most;
	o->most = down > o->most ? down : o->most;
}

static void count_entries(struct overview *o)
{
	const struct audit_record *record = o->page->record;
	struct band **of_log = must(calloc(record->log_list.count + 1, sizeof(struct band *)));

	for (size_t i = 0; i < o->band_count; i++)
		of_log[o->band[i].log] = &o->band[i];
	for (size_t i = 0; i < record->entry_list.count; i++)
		if (of_log[record->entry[i].log] != NULL)
			count_entry(o, of_log[record->entry[i].log], &record->entry[i]);
	free(of_log);
}

/* Fills the bins up to and with `to` with the state the link had. */
static void carry_link(struct band *band, size_t to)
{
	for (size_t i = band->link_bin; i <= to && i < BINS; i++)
		if (band->bin[i].link == LINE_UNKNOWN)
			band->bin[i].link = band->link;
		else if (band->link != LINE_UNKNOWN && band->bin[i].link != band->link)
			band->bin[i].link = LINE_CHANGES;
	band->link_bin = to;
}

static void count_story(struct overview *o)
{
	for (size_t i = 0; i < o->page->story.count; i++) {
		const struct story_event *event = &o->page->story.event[i];
		struct band *band = band_of(o, &event->peer);
		size_t at = bin_of(o, event->at);

		if (band == NULL)
			continue;
		if (event->kind == STATION_STEP)
			*(story_is_breach(event) ? &band->bin[at].breaches : &band->bin[at].steps) += 1;
		if (event->kind != STATION_LINK)
			continue;
		carry_link(band, at);
		band->link = event->what == 1 ? LINE_UP : LINE_DOWN;
		carry_link(band, at);
	}
	for (size_t i = 0; i < o->band_count; i++)
		carry_link(&o->band[i], BINS - 1);
}

/* A bar from the middle, up or down: messages filled, receipts beyond them in outline. */
static void put_bar(FILE *out, const struct overview *o, double x, double middle, uint32_t messages, uint32_t receipts,
		    bool is_up)
{
	double unit = (double)BAR / (double)o->most, first = messages * unit, second = receipts * unit;
	const char *colour = is_up ? "#12467b" : "#9a4b00";

	if (messages > 0)
		fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"/>", x,
			is_up ? middle - first : middle, BIN_WIDTH - 1, first, colour);
	if (receipts > 0)
		fprintf(out,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#fff\" stroke=\"%s\" "
			"stroke-width=\".8\"/>",
			x, is_up ? middle - first - second : middle + first, BIN_WIDTH - 1, second, colour);
}

/* Runs of bins in which the link was the same. */
static void put_links(FILE *out, const struct band *band, double y)
{
	static const char *const looks[] = {
	    [LINE_UP] = "stroke=\"#111\" stroke-width=\"4\"",
	    [LINE_DOWN] = "stroke=\"#111\" stroke-width=\"1\"",
	    [LINE_CHANGES] = "stroke=\"#111\" stroke-width=\"4\" stroke-dasharray=\"1 1\"",
	};
	size_t next;

	for (size_t i = 0; i < BINS; i = next) {
		enum line line = band->bin[i].link;

		for (next = i + 1; next < BINS && band->bin[next].link == line;)
			next++;
		if (line != LINE_UNKNOWN)
			fprintf(out, "<path d=\"M%zu %.1fh%zu\" %s/>", LEFT + i * BIN_WIDTH, y, (next - i) * BIN_WIDTH,
				looks[line]);
	}
}

static void put_marks(FILE *out, const struct bin *bin, double x, double y)
{
	if (bin->breaches > 0)
		fprintf(out,
			"<path d=\"M%.1f %.1fl7 7m0 -7l-7 7\" stroke=\"#a00000\" stroke-width=\"2.2\" "
			"fill=\"none\"><title>%u %s</title></path>",
			x - 3.5, y, bin->breaches, page_word(bin->breaches, "breach", "breaches"));
	else if (bin->steps > 0)
		fprintf(out,
			"<path d=\"M%.1f %.1fl3.5 3.5l-3.5 3.5l-3.5 -3.5z\" fill=\"#111\"><title>%u %s</title></path>",
			x, y, bin->steps, page_word(bin->steps, "other deadline passed", "other deadlines passed"));
}

static void put_band(const struct overview *o, const struct band *band, double top)
{
	FILE *out = o->page->out;

	fprintf(out, "<text x=\"0\" y=\"%.1f\">", top + MIDDLE - 3);
	html_say(out, "%s", band->peer->text);
	fprintf(out,
		"</text><text x=\"%d\" y=\"%.1f\" class=\"small\" text-anchor=\"end\">sent</text>"
		"<text x=\"%d\" y=\"%.1f\" class=\"small\" text-anchor=\"end\">received</text>"
		"<text x=\"%d\" y=\"%.1f\" class=\"small\" text-anchor=\"end\">link</text>"
		"<path d=\"M%d %.1fh%d\" stroke=\"#777\" stroke-width=\".7\"/>\n",
		LEFT - 4, top + MIDDLE - 12, LEFT - 4, top + MIDDLE + 14, LEFT - 4, top + LINK_Y + 3, LEFT,
		top + MIDDLE, BINS * BIN_WIDTH);
	put_links(out, band, top + LINK_Y);
	for (size_t i = 0; i < BINS; i++) {
		const struct bin *bin = &band->bin[i];
		double x = LEFT + (double)i * BIN_WIDTH;

		put_bar(out, o, x, top + MIDDLE, bin->sent, bin->receipts_sent, true);
		put_bar(out, o, x, top + MIDDLE, bin->received, bin->receipts_received, false);
		put_marks(out, bin, x + BIN_WIDTH / 2.0, top + 2);
	}
	fputc('\n', out);
}

/* A time as exact as the axis asks for: the first one with its date. */
static void tick_text(const struct overview *o, int tick, char out[TIME_TEXT])
{
	int64_t span =
	    (int64_t)((double)o->until - (double)o->from < (double)(INT64_MAX / 2) ? o->until - o->from : INT64_MAX);
	char at[TIME_TEXT];

	page_moment(o->from + (int64_t)((double)tick / TICKS * ((double)o->until - (double)o->from)), at);
	if (tick == 0 || span >= 48 * HOUR_US)
		snprintf(out, TIME_TEXT, "%.16sZ", at);
	else
		snprintf(out, TIME_TEXT, "%.*sZ", span >= 10 * MINUTE_US ? 5 : 8, at + sizeof "2026-10-14");
}

static void put_axis(const struct overview *o, double top)
{
	FILE *out = o->page->out;
	char at[TIME_TEXT];

	for (int i = 0; i <= TICKS; i++) {
		double x = LEFT + (double)i * BINS * BIN_WIDTH / TICKS;

		tick_text(o, i, at);
		fprintf(out,
			"<path d=\"M%.1f %dV%.1f\" stroke=\"#bbb\" stroke-width=\".6\"/>"
			"<text x=\"%.1f\" y=\"%.1f\" class=\"small\" text-anchor=\"%s\">%s</text>\n",
			x, HEAD, top, x, top + 12,
			i == 0	     ? "start"
			: i == TICKS ? "end"
				     : "middle",
			at);
	}
}

static void put_drawing(const struct overview *o)
{
	double height = HEAD + (double)o->band_count * BAND + 20;
	FILE *out = o->page->out;

	fprintf(out,
		"<div class=\"wide\"><svg viewBox=\"0 0 %d %.0f\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">",
		WIDTH, height);
	fputs("<title>Messages, receipts, links and breaches of each peer over time</title>\n", out);
	put_axis(o, height - 18);
	for (size_t i = 0; i < o->band_count; i++)
		put_band(o, &o->band[i], HEAD + (double)i * BAND);
	fputs("</svg></div>\n", out);
}

static void put_legend(const struct overview *o)
{
	char bin[TIME_TEXT];

	page_span((int64_t)(((double)o->until - (double)o->from) / BINS), bin);
	html_in(
	    o->page->out, "p", " class=\"note\"",
	    "Each bar stands for %s and is as long as there were messages (filled) and receipts (outlined) in it, at "
	    "most %llu; upward what the station sent, downward what it received. \u2715 a missed deadline, \u25C6 "
	    "another "
	    "deadline that passed. Link: a thick line up, a thin one down, broken where it changed, none where the "
	    "record does not say.",
	    bin, (unsigned long long)o->most);
	if (o->peers_left > 0)
		html_in(o->page->out, "p", " class=\"note\"", "%llu further %s not drawn.",
			(unsigned long long)o->peers_left, page_word(o->peers_left, "peer is", "peers are"));
}

void page_overview(const struct page *page)
{
	const struct audit_record *record = page->record;
	struct overview o = {.page = page, .most = 1};

	make_bands(&o);
	if (record->entry_list.count > 0 && o.band_count > 0) {
		o.from = record->entry[0].at;
		o.until = record->entry[record->entry_list.count - 1].at;
		count_entries(&o);
		count_story(&o);
		put_drawing(&o);
		put_legend(&o);
	} else {
		fputs("<p>No pair log is shown.</p>\n", page->out);
	}
	free(o.band);
}
