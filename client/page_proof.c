/* What the verification found, whose keys it rests on, and how anyone does it again. */
#include <string.h>

#include "client/html.h"
#include "client/page.h"
#include "client/say.h"
#include "proto/result.h"

#define U(n) (unsigned long long)(n)

static void put_log(const struct page *page, const struct audit_log *log)
{
	char sentence[AUDIT_TEXT], root[2 * HASH_BYTES + 1];
	FILE *out = page->out;

	audit_log_sentence(page->report, log, sentence);
	key_hex(log->root, HASH_BYTES, root);
	fputs("<tr class=\"over\">", out);
	html_in(out, "th", " scope=\"row\"", "%s", log->peer.text[0] != '\0' ? log->peer.text : "station log");
	html_in(out, "td", " class=\"n\"", "%llu", U(log->size));
	if (log->peer.text[0] != '\0') {
		html_in(out, "td", " class=\"n\"", "%llu", U(log->witnessed));
		html_in(out, "td", " class=\"n\"", "%llu", U(log->size - log->witnessed));
	} else {
		fputs("<td class=\"n\">-</td><td class=\"n\">-</td>", out);
	}
	html_in(out, "td", " class=\"n\"", "%llu", U(log->withheld_entries));
	html_in(out, "td", " class=\"n\"", "%llu", U(log->withheld_contents));
	fputs("</tr><tr class=\"under\"><td colspan=\"6\">", out);
	html_say(out, "%s", sentence);
	html_in(out, "div", " class=\"mono\"", "root %s", root);
	fputs("</td></tr>\n", out);
}

static void put_logs(const struct page *page)
{
	size_t count = page->report->log_count < PAGE_LIST ? page->report->log_count : PAGE_LIST;

	html_in(page->out, "p", "", "%llu arrays, %llu entries, %llu objects and %llu contents were verified.",
		U(page->report->record_count), U(page->report->entry_count), U(page->report->object_count),
		U(page->report->content_count));
	page_table_begin(
	    page->out, "Logs, what is not witnessed, what is withheld",
	    "<th scope=\"col\">With</th><th scope=\"col\" class=\"n\">Entries</th>"
	    "<th scope=\"col\" class=\"n\">Witnessed</th><th scope=\"col\" class=\"n\">Not</th>"
	    "<th scope=\"col\" class=\"n\">Entries withheld</th><th scope=\"col\" class=\"n\">Words withheld</th>");
	for (size_t i = 0; i < count; i++)
		put_log(page, &page->report->log[i]);
	page_table_end(page->out);
	if (count < page->report->log_count)
		html_in(page->out, "p", " class=\"note\"", "%llu further logs are not listed.",
			U(page->report->log_count - count));
	fputs("<p class=\"note\">Witnessed: the peer signed a statement that covers the entry. The others, and all of "
	      "the "
	      "station log, rest on the station's word. Whether a whole log was left out shows only against the other "
	      "side's record.</p>\n",
	      page->out);
	if (page->report->note_count == 0)
		return;
	fputs("<ul>", page->out);
	for (size_t i = 0; i < page->report->note_count && i < PAGE_LIST; i++)
		html_in(page->out, "li", "", "%s", page->report->note[i].text);
	fputs("</ul>\n", page->out);
}

/* Whether an earlier one says the same: several cards of a state name one root. */
static bool is_said(const struct audit_trust *trust, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(trust->root[i].state, trust->root[at].state) == 0 &&
		    trust->root[i].has_root == trust->root[at].has_root &&
		    memcmp(trust->root[i].root, trust->root[at].root, KEY_BYTES) == 0 &&
		    strcmp(trust->root[i].fingerprint, trust->root[at].fingerprint) == 0)
			return true;
	return false;
}

static void put_roots(const struct page *page)
{
	char digits[FINGERPRINT_TEXT];
	FILE *out = page->out;

	page_table_begin(out, "Roots that were trusted, each for its own state alone",
			 "<th scope=\"col\">State</th><th scope=\"col\">Fingerprint of the root</th>");
	for (size_t i = 0; i < page->trust->count; i++) {
		const struct audit_root *root = &page->trust->root[i];

		if (is_said(page->trust, i))
			continue;
		if (root->has_root)
			key_fingerprint(root->root, digits);
		fputs("<tr>", out);
		html_in(out, "th", " scope=\"row\"", "%s", root->state);
		html_in(out, "td", " class=\"mono key\"", "%s", root->has_root ? digits : root->fingerprint);
		fputs("</tr>\n", out);
	}
	page_table_end(out);
}

static const char *trust_text(const struct page *page, const struct card *card)
{
	switch (audit_trust_check(page->trust, card->state, card->root)) {
	case RESULT_OK:
		return "signed by the trusted root of its state";
	case RESULT_DIFFERENT:
		return "NOT TRUSTED: signed by another root than the one named";
	default:
		return "NOT TRUSTED: no root is named for its state";
	}
}

static void put_fingerprint(FILE *out, const char *whose, const uint8_t key[KEY_BYTES])
{
	char digits[FINGERPRINT_TEXT];

	key_fingerprint(key, digits);
	html_in(out, "div", " class=\"note\"", "%s", whose);
	html_in(out, "div", " class=\"mono key\"", "%s", digits);
}

static void put_card(struct page *page, const struct record_card *brief)
{
	static struct card card;
	char from[TIME_TEXT], until[TIME_TEXT];
	struct object object;
	struct bytes encoded;
	FILE *out = page->out;

	if (audit_record_object(page->record, brief->object, &encoded) != RESULT_OK ||
	    card_open(encoded, &object, &card) != RESULT_OK)
		return;
	page_moment(card.valid_from, from);
	page_moment(card.valid_until, until);
	fputs("<tr>", out);
	html_in(out, "th", " scope=\"row\"", "%.*s", BYTES(card.name));
	html_in(out, "td", " class=\"n\"", "%llu", U(card.serial));
	html_in(out, "td", "", "%.10s to %.10s", from, until);
	fputs("<td>", out);
	put_fingerprint(out, "root", card.root);
	put_fingerprint(out, "signing", card.signing);
	put_fingerprint(out, "log", card.log);
	html_in(out, "div", " class=\"note\"", "%s", trust_text(page, &card));
	fputs("</td></tr>\n", out);
}

static void put_cards(struct page *page)
{
	size_t count = page->record->card_list.count;

	page_table_begin(page->out, "Cards in the record",
			 "<th scope=\"col\">Contact point</th><th scope=\"col\" class=\"n\">Serial</th>"
			 "<th scope=\"col\">Valid</th><th scope=\"col\">Fingerprints of its keys</th>");
	for (size_t i = 0; i < count && i < PAGE_LIST; i++)
		put_card(page, &page->record->card[i]);
	page_table_end(page->out);
	if (count > PAGE_LIST)
		html_in(page->out, "p", " class=\"note\"", "%zu further cards are not listed.", count - PAGE_LIST);
	fputs(
	    "<p class=\"note\">A fingerprint is 40 digits in 8 groups. Compare those of the roots with what the states "
	    "themselves have published or read out, over a path that neither this page nor the record took.</p>\n",
	    page->out);
}

static void put_again(const struct page *page)
{
	char hex[2 * HASH_BYTES + 1];

	key_hex(page->hash, HASH_BYTES, hex);
	fputs("<h2 id=\"again\">How to verify again</h2>\n"
	      "<p>This page proves nothing by itself. Take the file it was made from, on a machine of your own, and "
	      "cards or "
	      "fingerprints that you have from elsewhere. The first command shows that it is this file, the second "
	      "verifies "
	      "it; no station is needed.</p>\n<pre>",
	      page->out);
	html_say(page->out, "sha256sum %s", page->path);
	fputs("\n    ", page->out);
	html_say(page->out, "%s", hex);
	fputs("\n", page->out);
	html_say(page->out, "%s", page->command);
	fputs("</pre>\n", page->out);
}

void page_verification(struct page *page)
{
	fputs("<h2 id=\"verification\">Verification</h2>\n", page->out);
	put_logs(page);
	put_roots(page);
	put_cards(page);
	put_again(page);
}
