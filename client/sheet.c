/* The fallback sheet as text. Each value has as many lines as leave room for all others on the page. */
#include "client/sheet.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "client/duty.h"
#include "client/lang.h"
#include "client/say.h"

#define HEADING_CELLS 12
#define VALUE_CELLS 62 /* with room for the mark of what was cut */
#define CUT " [...]"
#define DAY_MINUTES 1440
#define HOURS_TEXT 2048
#define ROW_CODES 5

/* A value beside its heading, wrapped, cut after `most` lines. */
__attribute__((format(printf, 4, 5))) static void field(FILE *out, const char *heading, int most, const char *format,
							...)
{
	char *text, *page, *line, *end;
	size_t len;
	va_list args;
	FILE *wrapped;

	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	wrapped = must(open_memstream(&page, &len));
	say_text(wrapped, bytes_of(text), "", VALUE_CELLS);
	fclose(wrapped);
	must(page);
	line = page;
	for (int i = 0; i < most && *line != '\0'; i++, line = end + 1) {
		end = strchr(line, '\n');
		say_field(out, HEADING_CELLS, i == 0 ? heading : "", "%.*s%s", (int)(end - line), line,
			  i == most - 1 && end[1] != '\0' ? CUT : "");
	}
	free(page);
	free(text);
}

/* "08:00-12:00, 13:00-17:00" of one weekday; rows that touch are one. "" when closed. */
static void day_hours(const struct card *card, unsigned weekday, char *out, size_t size)
{
	bool is_staffed[DAY_MINUTES + 1] = {false};
	unsigned from = 0;
	size_t len = 0;

	for (size_t i = 0; i < card->hours_count; i++)
		if (card->hours[i].weekday == weekday && card->hours[i].to <= DAY_MINUTES)
			for (unsigned minute = card->hours[i].from; minute < card->hours[i].to; minute++)
				is_staffed[minute] = true;
	out[0] = '\0';
	for (unsigned minute = 0; minute <= DAY_MINUTES; minute++) {
		if (is_staffed[minute] && (minute == 0 || !is_staffed[minute - 1]))
			from = minute;
		if (!is_staffed[minute] && minute > 0 && is_staffed[minute - 1] && len < size)
			len += (size_t)snprintf(out + len, size - len, "%s%02u:%02u-%02u:%02u", len > 0 ? ", " : "",
						from / 60, from % 60, minute / 60, minute % 60);
	}
}

/* "Mon-Fri 08:00-17:00; Sat 09:00-12:00" */
static void week_hours(const struct card *card, char out[HOURS_TEXT])
{
	char first[HOURS_TEXT], next[HOURS_TEXT];
	size_t len = 0;

	out[0] = '\0';
	for (unsigned day = 0, last; day < 7 && len < HOURS_TEXT; day = last + 1) {
		day_hours(card, day, first, sizeof first);
		for (last = day; last < 6; last++) {
			day_hours(card, last + 1, next, sizeof next);
			if (strcmp(first, next) != 0)
				break;
		}
		if (first[0] != '\0')
			len += (size_t)snprintf(out + len, HOURS_TEXT - len, "%s%s%s%s %s", len > 0 ? "; " : "",
						_(duty_weekday(day)), last > day ? "-" : "",
						last > day ? _(duty_weekday(last)) : "", first);
	}
}

static void print_hours(FILE *out, const struct sheet *sheet)
{
	char hours[HOURS_TEXT], now[DUTY_TEXT];
	struct duty duty;

	snprintf(hours, sizeof hours, "%s", _("always"));
	if (sheet->card.hours_count > 0)
		week_hours(&sheet->card, hours);
	duty_at(&sheet->card, sheet->now, &duty);
	duty_format(&duty, sheet->card.zone, now);
	field(out, _("hours"), 4, "%s", hours);
	field(out, _("zone"), 2, "%.*s", BYTES(sheet->card.zone));
	field(out, _("now"), 3, "%s", now);
}

static void print_list(FILE *out, const char *heading, int most, const struct bytes *items, size_t count)
{
	char text[LIMIT_LANGUAGES * (LIMIT_LANG_BYTES + 2) + LIMIT_ALTERNATES * (LIMIT_NAME_BYTES + 2)] = "";
	size_t len = 0;

	for (size_t i = 0; i < count && len < sizeof text; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s", i > 0 ? ", " : "", BYTES(items[i]));
	if (count > 0)
		field(out, heading, most, "%s", text);
}

static void print_card(FILE *out, const struct sheet *sheet)
{
	static const char *const lanes[] = {"?", N_("technical"), N_("diplomatic")};
	static const char *const layers[] = {"?", N_("technical"), N_("diplomatic"), N_("political")};
	static const char *const kinds[] = {"?", N_("phone"), N_("fax"), N_("embassy"), N_("radio"), N_("e-mail")};
	const struct card *card = &sheet->card;
	char from[TIME_TEXT], until[TIME_TEXT];

	time_format_dtg(card->valid_from, from);
	time_format_dtg(card->valid_until, until);
	for (size_t i = 0; i < card->office_count; i++)
		field(out, i == 0 ? _("office") : "", 1, "%.*s (%.*s)", BYTES(card->office[i].office),
		      BYTES(card->office[i].lang));
	field(out, _("lane"), 1, _("%s, layer %u (%s)"), _(lanes[card->lane % 3]), card->layer, _(layers[card->layer % 4]));
	print_hours(out, sheet);
	print_list(out, _("languages"), 2, card->language, card->language_count);
	for (size_t i = 0; i < card->fallback_count; i++)
		field(out, _(kinds[card->fallback[i].kind % 6]), 2, "%.*s", BYTES(card->fallback[i].value));
	print_list(out, _("alternates"), 3, card->alternate, card->alternate_count);
	field(out, _("fingerprint"), 1, "%.*s", BYTES(sheet->contact.fingerprint));
	if (!sheet->contact.is_verified)
		field(out, "", 1, _("UNVERIFIED: nobody compared this fingerprint"));
	field(out, _("card"), 1,
	      card->valid_until < sheet->now ? _("serial %llu, EXPIRED: valid %s to %s")
					     : _("serial %llu, valid %s to %s"),
	      (unsigned long long)card->serial,
	      from, until);
}

static void print_codes(FILE *out, struct bytes name, const char *whose, unsigned first, const uint32_t *code)
{
	say(out, "%.*s, %s:", BYTES(name), whose);
	for (unsigned i = 0; i < VOICE_CODES / 2; i++)
		fprintf(out, "  %3u %03u %03u%s", first + i, code[i] / 1000, code[i] % 1000,
			i % ROW_CODES == ROW_CODES - 1 ? "\n" : "  ");
}

void sheet_print(FILE *out, const struct sheet *sheet)
{
	bool is_first = bytes_compare(sheet->own, sheet->contact.name) < 0;
	char now[TIME_TEXT], from[TIME_TEXT], until[TIME_TEXT];

	time_format_dtg(sheet->now, now);
	time_format_dtg(sheet->week * WEEK_US, from);
	time_format_dtg((sheet->week + INT64_C(1)) * WEEK_US, until);
	say(out, _("FALLBACK SHEET of %.*s, %s"), BYTES(sheet->contact.name), now);
	say(out, _("SECRET, for %.*s: lock it away, then destroy it."), BYTES(sheet->own));
	fputc('\n', out);
	print_card(out, sheet);
	fputc('\n', out);
	say(out, _("Codes, %s to %s: week %u, generation %llu"), from, until, sheet->week,
	    (unsigned long long)sheet->generation);
	fputs(_("Name a number of the other end's and hear its code; read out one of yours only\n"
		"when its number is named. Strike out both. A wrong code: hang up, call back.\n"),
	      out);
	print_codes(out, is_first ? sheet->own : sheet->contact.name, is_first ? _("this end") : _("the other end"), 1,
		    sheet->code);
	print_codes(out, is_first ? sheet->contact.name : sheet->own, is_first ? _("the other end") : _("this end"),
		    VOICE_CODES / 2 + 1, sheet->code + VOICE_CODES / 2);
}
