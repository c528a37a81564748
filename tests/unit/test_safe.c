/* What a peer's text may not do to a terminal: one row of a table for each kind of harm. */
#include "client/safe.h"

#include "tests/unit/test.h"

struct row {
	const char *in;
	size_t len;
	const char *line, *lines; /* expected in either mode; lines NULL: the same */
};
#define ROW(in, line)                                                                                                  \
	{                                                                                                              \
		in, sizeof in - 1, line, NULL                                                                          \
	}
#define ROW2(in, line, lines)                                                                                          \
	{                                                                                                              \
		in, sizeof in - 1, line, lines                                                                         \
	}

static bool is_made(const struct row *row, enum safe_mode mode, const char *expected)
{
	char *out = safe_text((struct bytes){(const uint8_t *)row->in, row->len}, mode);
	bool is_same = strcmp(out, expected) == 0;

	if (!is_same)
		printf("# got \"%s\", expected \"%s\"\n", out, expected);
	free(out);
	return is_same;
}

static bool are_made(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_made(&rows[i], SAFE_LINE, rows[i].line) ||
		    !is_made(&rows[i], SAFE_LINES, rows[i].lines != NULL ? rows[i].lines : rows[i].line))
			return false;
	return true;
}
#define ARE_MADE(rows) are_made(rows, sizeof rows / sizeof *rows)

TEST(ordinary_text_of_three_scripts_stays_as_it_is)
{
	static const struct row rows[] = {
	    ROW("", ""),
	    ROW("notice ~", "notice ~"),
	    ROW("เจ้าหน้าที่ตอบรับทราบแล้ว", "เจ้าหน้าที่ตอบรับทราบแล้ว"),
	    ROW("hệ thống đã nhận", "hệ thống đã nhận"),
	    ROW("\xc2\xa0", "\xc2\xa0"),		 /* U+00A0, the first after C1 */
	    ROW("\xf0\x9f\x9a\xa8", "\xf0\x9f\x9a\xa8"), /* beyond the first plane */
	};

	CHECK(ARE_MADE(rows));
}

TEST(every_c0_character_but_tab_and_newline_is_written_out)
{
	for (unsigned c = 0; c < 0x20; c++) {
		char in[1] = {(char)c}, expected[8];
		struct row row = {in, 1, expected, NULL};

		snprintf(expected, sizeof expected, "<%02X>", c);
		if (c != '\t')
			CHECK(is_made(&row, SAFE_LINE, expected));
		if (c != '\t' && c != '\n')
			CHECK(is_made(&row, SAFE_LINES, expected));
	}
}

TEST(tab_is_a_space_and_newline_stays_only_among_lines)
{
	static const struct row rows[] = {ROW("a\tb", "a b"), ROW2("a\nb", "a<0A>b", "a\nb"), ROW("a\rb", "a<0D>b")};

	CHECK(ARE_MADE(rows));
}

TEST(del_and_every_c1_character_are_written_out)
{
	static const struct row del = ROW("\x7f", "<7F>");

	CHECK(are_made(&del, 1));
	for (unsigned c = 0x80; c < 0xa0; c++) {
		char in[2] = {(char)0xc2, (char)c}, expected[8];
		struct row row = {in, 2, expected, NULL};

		snprintf(expected, sizeof expected, "<%02X>", c);
		CHECK(are_made(&row, 1));
	}
}

TEST(a_raw_c1_byte_is_written_out)
{
	static const struct row rows[] = {ROW("\x9b"
					      "31m",
					      "<9B>31m")};

	CHECK(ARE_MADE(rows));
}

TEST(escape_sequences_lose_their_escape)
{
	static const struct row rows[] = {
	    ROW("\x1b[2J\x1b[1;1H", "<1B>[2J<1B>[1;1H"),
	    ROW("\x1b]52;c;cm0gLXJm\x07", "<1B>]52;c;cm0gLXJm<07>"), /* OSC 52 writes the clipboard */
	    ROW("\x1b]8;;http://x\x1b\\link", "<1B>]8;;http://x<1B>\\link"),
	    ROW("\xc2\x9d"
		"0;title\xc2\x9c",
		"<9D>0;title<9C>"),
	};

	CHECK(ARE_MADE(rows));
}

TEST(bidirectional_controls_are_written_out)
{
	static const struct row rows[] = {
	    ROW("\u202atxt.exe", "<U+202A>txt.exe"),
	    ROW("a\u202eb", "a<U+202E>b"),
	    ROW("\u2066x\u2069", "<U+2066>x<U+2069>"),
	    ROW("\u200e\u200f", "<U+200E><U+200F>"),
	    ROW("\u061c", "<U+061C>"),
	};

	CHECK(ARE_MADE(rows));
}

TEST(what_the_eye_cannot_see_is_written_out)
{
	static const struct row rows[] = {
	    ROW("a\u200bb\u200cc\u200d", "a<U+200B>b<U+200C>c<U+200D>"),
	    ROW("\ufeffx", "<U+FEFF>x"),
	    ROW("\u2060", "<U+2060>"),
	    ROW("\u00ad", "<AD>"),
	    ROW("\U000e0041\U000e007f", "<U+E0041><U+E007F>"),
	};

	CHECK(ARE_MADE(rows));
}

TEST(line_separators_do_not_break_lines)
{
	static const struct row rows[] = {ROW("a\u2028b\u2029c", "a<U+2028>b<U+2029>c")};

	CHECK(ARE_MADE(rows));
}

TEST(neighbours_of_the_hidden_ranges_stay)
{
	static const struct row rows[] = {ROW("\u200a\u2010\u2027\u202f\u2070", "\u200a\u2010\u2027\u202f\u2070")};

	CHECK(ARE_MADE(rows));
}

TEST(lone_surrogates_and_broken_sequences_are_written_out_byte_by_byte)
{
	static const struct row rows[] = {
	    ROW("\xed\xa0\x80", "<ED><A0><80>"), ROW("\xed\xbf\xbf", "<ED><BF><BF>"),
	    ROW("\xc0\xaf", "<C0><AF>"),	 ROW("\xf4\x90\x80\x80", "<F4><90><80><80>"),
	    ROW("a\xe0\xb8", "a<E0><B8>"),	 ROW("\xff", "<FF>"),
	};

	CHECK(ARE_MADE(rows));
}

TEST(nul_does_not_end_the_text)
{
	static const struct row rows[] = {ROW("a\0b", "a<00>b")};

	CHECK(ARE_MADE(rows));
}

TEST(a_mebibyte_of_harm_grows_fourfold_and_no_more)
{
	size_t len = 1 << 20;
	uint8_t *in = malloc(len);
	char *out;

	memset(in, 0x1b, len);
	out = safe_text((struct bytes){in, len}, SAFE_LINE);
	CHECK_EQUAL(strlen(out), 4 * len);
	CHECK(memcmp(out + 4 * len - 8, "<1B><1B>", 8) == 0);
	free(out);
	free(in);
}

TEST(a_mebibyte_of_one_plain_line_stays)
{
	size_t len = 1 << 20;
	uint8_t *in = malloc(len);
	char *out;

	memset(in, 'a', len);
	out = safe_text((struct bytes){in, len}, SAFE_LINE);
	CHECK_EQUAL(strlen(out), len);
	free(out);
	free(in);
}
