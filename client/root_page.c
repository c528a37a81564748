/* The page of a root, as text and as SVG. The SVG sets the lines of the text, so that the two can't differ. */
#include "client/root_page.h"

#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"

#define PAGE_CELLS 64

/* Millimetres on A4. */
#define PAGE_WIDTH 210
#define PAGE_HEIGHT 297
#define MARGIN 20
#define TITLE_Y 30
#define TEXT_Y 42
#define CODE_SIDE 50.0
#define CODE_Y (PAGE_HEIGHT - MARGIN - CODE_SIDE)
#define LINE_MOST 6.0 /* from line to line; less when there are many */
#define FONT_SHARE 0.7
#define QUIET 4 /* modules kept white around the code (ISO/IEC 18004) */

#define TITLE _("Hotline: root of %.*s")

/* One paragraph under a heading, wrapped; what does not fit its line goes on indented. */
static void put(FILE *out, const char *heading, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void put(FILE *out, const char *heading, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	say(out, "%s", heading);
	say_text(out, bytes_of(text), "    ", PAGE_CELLS);
	free(text);
}

static void put_lines(FILE *out, const struct card *card, int64_t at_us)
{
	static const char *const kinds[] = {N_("Other"), N_("Telephone"), N_("Fax"), N_("Embassy"), N_("Radio"), N_("E-mail")};
	char digits[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX], at[TIME_TEXT];

	key_fingerprint(card->root, digits);
	key_fingerprint_hex(card->root, hex);
	time_format_iso(at_us, at);
	put(out, _("State"), "%.*s", BYTES(card->state));
	for (size_t i = 0; i < card->office_count; i++) {
		char *heading = say_format(_("Office (%.*s)"), BYTES(card->office[i].lang));

		put(out, heading, "%.*s", BYTES(card->office[i].office));
		free(heading);
	}
	for (size_t i = 0; i < card->fallback_count; i++)
		put(out, _(kinds[card->fallback[i].kind % 6]), "%.*s", BYTES(card->fallback[i].value));
	put(out, _("Made"), "%s", at);
	put(out, _("Fingerprint, to be read aloud"), "%.23s\n%s", digits, digits + 24);
	put(out, _("The same in hexadecimal"), "%.32s\n%s", hex, hex + 32);
	say(out, "%s", "");
	say_text(
	    out,
	    bytes_of(_("Whoever enrols a contact point of this state compares these 40 digits with those that hotline "
		       "shows, over a path that the offer did not take.")),
	    "", PAGE_CELLS);
}

char *root_page_text(const struct card *card, int64_t at_us, size_t *out_len)
{
	char *text;
	FILE *out = must(open_memstream(&text, out_len));

	say(out, TITLE, BYTES(card->state));
	say(out, "%s", "");
	put_lines(out, card, at_us);
	fclose(out);
	return must(text);
}

static void put_escaped(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (text[i]) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		default:
			fputc(text[i], out);
		}
}

/* Every line of text where it stands on the page, smaller when there are many. */
static void put_text(FILE *out, const char *text)
{
	double step = LINE_MOST, y = TEXT_Y;
	size_t lines = 0;

	for (const char *at = text; *at != '\0'; at++)
		lines += *at == '\n';
	if (step * (double)lines > CODE_Y - TEXT_Y)
		step = (CODE_Y - TEXT_Y) / (double)lines;
	fprintf(out, "<g font-family=\"monospace\" font-size=\"%.2f\">\n", step * FONT_SHARE);
	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1, y += step) {
		fprintf(out, "<text x=\"%d\" y=\"%.2f\" xml:space=\"preserve\">", MARGIN, y);
		put_escaped(out, text, (size_t)(end - text));
		fputs("</text>\n", out);
	}
	fputs("</g>\n", out);
}

/* A square a module, in one path. */
static void put_code(FILE *out, const QRcode *code)
{
	double module = CODE_SIDE / (code->width + 2 * QUIET);

	fprintf(out, "<path transform=\"translate(%.4f %.4f) scale(%.4f)\" d=\"", MARGIN + QUIET * module,
		CODE_Y + QUIET * module, module);
	for (int y = 0; y < code->width; y++)
		for (int x = 0; x < code->width; x++)
			if ((code->data[y * code->width + x] & 1) != 0)
				fprintf(out, "M%d %dh1v1h-1z", x, y);
	fputs("\"/>\n", out);
}

/* The fingerprint's digits without blanks: numeric mode makes the smallest code. */
static QRcode *make_code(const uint8_t root[KEY_BYTES])
{
	char grouped[FINGERPRINT_TEXT], digits[FINGERPRINT_TEXT];
	size_t len = 0;

	key_fingerprint(root, grouped);
	for (const char *at = grouped; *at != '\0'; at++)
		if (*at != ' ')
			digits[len++] = *at;
	digits[len] = '\0';
	return must(QRcode_encodeString(digits, 0, QR_ECLEVEL_Q, QR_MODE_8, 1));
}

char *root_page_svg(const struct card *card, int64_t at_us, size_t *out_len)
{
	QRcode *code = make_code(card->root);
	char *svg, *text;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	put_lines(out, card, at_us);
	fclose(out);
	out = must(open_memstream(&svg, out_len));
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%dmm\" height=\"%dmm\" viewBox=\"0 0 %d %d\">\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n"
		"<text x=\"%d\" y=\"%d\" font-family=\"sans-serif\" font-size=\"9\">",
		PAGE_WIDTH, PAGE_HEIGHT, PAGE_WIDTH, PAGE_HEIGHT, PAGE_WIDTH, PAGE_HEIGHT, MARGIN, TITLE_Y);
	fprintf(out, TITLE, BYTES(card->state));
	fputs("</text>\n", out);
	put_text(out, must(text));
	put_code(out, code);
	fputs("</svg>\n", out);
	fclose(out);
	QRcode_free(code);
	free(text);
	return must(svg);
}
