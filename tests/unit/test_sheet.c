/* The fallback sheet: what stands on it, and that any card's fits a page. */
#include <uniwidth.h>

#include "client/sheet.h"
#include "tests/unit/test.h"

#define NOW INT64_C(1796609640000000) /* 2026-12-07T02:14Z, a Monday */
#define WEEK 2970		      /* it lies in it */

static char *page;
static size_t page_len;

static void print(const struct sheet *sheet)
{
	FILE *out;

	free(page);
	out = open_memstream(&page, &page_len);
	CHECK(out != NULL);
	sheet_print(out, sheet);
	fclose(out);
}

static struct sheet plain(void)
{
	struct sheet sheet = {.own = bytes_of("tha-cert"), .week = WEEK, .generation = 1, .now = NOW};

	sheet.contact.name = bytes_of("vnm-cert");
	sheet.contact.fingerprint = bytes_of("03950 54541 11111 22222 33333 44444 55555 09043");
	sheet.contact.is_verified = true;
	sheet.card.serial = 7;
	sheet.card.valid_from = NOW - HOUR_US;
	sheet.card.valid_until = NOW + HOUR_US;
	sheet.card.lane = LANE_DIPLOMATIC;
	sheet.card.layer = 2;
	sheet.card.zone = bytes_of("Asia/Ho_Chi_Minh");
	sheet.card.office_count = sheet.card.language_count = sheet.card.fallback_count = sheet.card.alternate_count =
	    1;
	sheet.card.office[0].office = bytes_of("Trung tâm ứng cứu");
	sheet.card.office[0].lang = bytes_of("vi");
	sheet.card.language[0] = bytes_of("vi");
	sheet.card.fallback[0].kind = FALLBACK_PHONE;
	sheet.card.fallback[0].value = bytes_of("+84 555 0100");
	sheet.card.alternate[0] = bytes_of("vnm-mfa");
	for (unsigned i = 0; i < VOICE_CODES; i++)
		sheet.code[i] = i * 50021;
	return sheet;
}

static void add_hours(struct card *card, unsigned weekday, unsigned from, unsigned to)
{
	card->hours[card->hours_count].weekday = (uint8_t)weekday;
	card->hours[card->hours_count].from = (uint16_t)from;
	card->hours[card->hours_count++].to = (uint16_t)to;
}

static bool has(const char *text)
{
	if (strstr(page, text) == NULL)
		printf("# no \"%s\" in:\n%s", text, page);
	return strstr(page, text) != NULL;
}

TEST(a_sheet_has_what_one_needs_without_a_link)
{
	struct sheet sheet = plain();

	for (unsigned day = 0; day < 5; day++) {
		add_hours(&sheet.card, day, 13 * 60, 17 * 60);
		add_hours(&sheet.card, day, 8 * 60, 12 * 60);
	}
	add_hours(&sheet.card, 6, 0, 60);
	add_hours(&sheet.card, 6, 60, 1440);
	print(&sheet);
	CHECK(has("FALLBACK SHEET of vnm-cert, 070214Z DEC 26\n"));
	CHECK(has("SECRET, for tha-cert"));
	CHECK(has("office      Trung tâm ứng cứu (vi)\n"));
	CHECK(has("lane        diplomatic, layer 2 (diplomatic)\n"));
	CHECK(has("hours       Mon-Fri 08:00-12:00, 13:00-17:00; Sun 00:00-24:00\n"));
	CHECK(has("zone        Asia/Ho_Chi_Minh\n"));
	CHECK(has("now         09:14 there, staffed until 12:00\n"));
	CHECK(has("languages   vi\n") && has("phone       +84 555 0100\n") && has("alternates  vnm-mfa\n"));
	CHECK(has("fingerprint 03950 54541 11111 22222 33333 44444 55555 09043\n"));
	CHECK(has("serial 7, valid 070114Z DEC 26 to 070314Z DEC 26\n"));
	CHECK(has("Codes, 030000Z DEC 26 to 100000Z DEC 26: week 2970, generation 1\n"));
	CHECK(strstr(page, "UNVERIFIED") == NULL && strstr(page, "[...]") == NULL);
}

TEST(the_lower_name_has_the_first_ten_codes_at_both_ends)
{
	struct sheet sheet = plain();

	print(&sheet);
	CHECK(has("tha-cert, this end:\n    1 000 000      2 050 021  "));
	CHECK(has("vnm-cert, the other end:\n   11 500 210  "));
	sheet.own = bytes_of("vnm-cert");
	sheet.contact.name = bytes_of("tha-cert");
	print(&sheet);
	CHECK(has("tha-cert, the other end:\n    1 000 000      2 050 021  "));
	CHECK(has("vnm-cert, this end:\n   11 500 210  ") && has("   20 950 399\n"));
}

TEST(what_is_not_sure_is_said)
{
	struct sheet sheet = plain();

	sheet.contact.is_verified = false;
	sheet.card.valid_until = NOW - 1;
	sheet.card.zone = bytes_of("Asia/Atlantis");
	print(&sheet);
	CHECK(has("UNVERIFIED") && has("EXPIRED") && has("\"Asia/Atlantis\"; their time is not known"));
}

/* The longest page, and the widest line of it. */
static size_t lines_of(int *out_widest)
{
	size_t lines = 0;

	*out_widest = 0;
	for (char *line = page, *end; *line != '\0'; line = end + 1, lines++) {
		int width;

		end = strchr(line, '\n');
		width = u8_width((const uint8_t *)line, (size_t)(end - line), "UTF-8");
		if (width > 80)
			printf("# %.*s\n", (int)(end - line), line);
		if (width > *out_widest)
			*out_widest = width;
	}
	return lines;
}

TEST(the_fullest_card_fits_60_lines_of_80_columns_and_shows_what_was_cut)
{
	static char wide[LIMIT_CARD_TEXT_BYTES + 1], lines[LIMIT_CARD_TEXT_BYTES + 1];
	struct sheet sheet = plain();
	int widest;

	for (size_t i = 0; i + 3 <= LIMIT_CARD_TEXT_BYTES; i += 3)
		memcpy(wide + i, "漢", 3);
	for (size_t i = 0; i < LIMIT_CARD_TEXT_BYTES; i++)
		lines[i] = i % 2 == 0 ? 'x' : '\n';
	sheet.contact.is_verified = false;
	sheet.own = bytes_of("abcdefgh-abcdefghijklmnopqrstuv0");
	sheet.contact.name = bytes_of("abcdefgh-abcdefghijklmnopqrstuv1");
	sheet.card.serial = INT64_MAX;
	sheet.generation = 4294967295;
	sheet.week = SHEET_WEEK_MAX;
	sheet.card.valid_until = NOW - 1;
	sheet.card.zone = bytes_of("0123456789012345678901234567890123456789012345678901234567890123");
	sheet.card.office_count = LIMIT_OFFICES;
	sheet.card.language_count = LIMIT_LANGUAGES;
	sheet.card.fallback_count = LIMIT_FALLBACKS;
	sheet.card.alternate_count = LIMIT_ALTERNATES;
	for (size_t i = 0; i < 8; i++) {
		sheet.card.office[i].office = bytes_of(wide);
		sheet.card.office[i].lang = bytes_of("abcdefgh-abcdefgh-abcdefgh-abcdefgh");
		sheet.card.language[i] = sheet.card.office[i].lang;
		sheet.card.fallback[i].kind = FALLBACK_EMBASSY;
		sheet.card.fallback[i].value = bytes_of(i % 2 == 0 ? wide : lines);
		sheet.card.alternate[i] = sheet.own;
	}
	for (unsigned i = 0; i < LIMIT_HOURS; i++)
		add_hours(&sheet.card, i % 7, i / 7 * 120 + i % 7, i / 7 * 120 + 60);
	print(&sheet);
	CHECK(lines_of(&widest) <= SHEET_LINES);
	CHECK(widest <= SHEET_COLUMNS);
	sheet.card.hours_count = 0; /* and the longest text about the time there */
	print(&sheet);
	CHECK(lines_of(&widest) <= SHEET_LINES && widest <= SHEET_COLUMNS);
	CHECK(has("[...]\n") && has("   20 "));
}

TEST(a_value_can_not_draw_a_line_of_its_own_on_the_sheet)
{
	struct sheet sheet = plain();

	sheet.card.fallback[0].value = bytes_of("1\nfingerprint 00000\x1b[2J");
	print(&sheet);
	CHECK(has("phone       1\n            fingerprint 00000<1B>[2J\n"));
}
