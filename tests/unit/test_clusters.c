/* Text in cells: what a reader takes for one character, how wide it is, where it is cut and where a line ends. */
#include "client/cells.h"
#include "client/say.h"
#include "tests/unit/test.h"

static bool is_cut(const char *text, int width, const char *expected)
{
	char *cut = cells_cut(bytes_of(text), width);
	bool is_same = strcmp(cut, expected) == 0 && cells_width(bytes_of(cut)) <= (width > 0 ? width : 0);

	if (!is_same)
		printf("# got \"%s\"\n", cut);
	free(cut);
	return is_same;
}

/* Lines joined by "|". */
static bool are_lines(const char *text, int width, const char *expected)
{
	struct bytes rest = bytes_of(text), line;
	char lines[4096] = "";
	size_t len = 0;

	while (cells_line(&rest, width, &line)) {
		CHECK(width <= 0 || cells_width(line) <= width || line.len <= 24);
		len += (size_t)snprintf(lines + len, sizeof lines - len, "%s%.*s", len > 0 || *lines != '\0' ? "|" : "", BYTES(line));
	}
	if (strcmp(lines, expected) != 0)
		printf("# got \"%s\"\n", lines);
	return strcmp(lines, expected) == 0;
}

TEST(widths_are_those_of_clusters)
{
	CHECK_EQUAL(cells_width(bytes_of("")), 0);
	CHECK_EQUAL(cells_width(bytes_of("Hotline")), 7);
	CHECK_EQUAL(cells_width(bytes_of("Tiếng Việt")), 10);
	CHECK_EQUAL(cells_width(bytes_of("Tie\xcc\x82\xcc\x81ng")), 5);		     /* decomposed: the same letters */
	CHECK_EQUAL(cells_width(bytes_of("ที่")), 1);				     /* two marks above */
	CHECK_EQUAL(cells_width(bytes_of("กำลัง")), 4);			     /* SARA AM has room of its own */
	CHECK_EQUAL(cells_width(bytes_of("漢字")), 4);
	CHECK_EQUAL(cells_width(bytes_of("👍🏽")), 2);	      /* with the colour of its skin */
	CHECK_EQUAL(cells_width(bytes_of("🇹🇭🇻🇳")), 4);    /* two flags */
	CHECK_EQUAL(cells_width(bytes_of("\xcc\x81")), 0); /* a mark without its letter */
}

TEST(clusters_join_to_the_text_they_came_from)
{
	static const char text[] = "aกำ👍🏽é🇹🇭 z";
	struct bytes rest = bytes_of(text);
	struct cells_cluster cluster;
	size_t len = 0, count = 0;

	for (; cells_next(&rest, &cluster); count++) {
		CHECK(memcmp(text + len, cluster.text.data, cluster.text.len) == 0);
		len += cluster.text.len;
	}
	CHECK_EQUAL(len, strlen(text));
	CHECK_EQUAL(count, 7);
}

TEST(a_cut_never_splits_a_cluster_and_says_that_it_cut)
{
	CHECK(is_cut("Hotline", 7, "Hotline"));
	CHECK(is_cut("Hotline", 6, "Hotli…"));
	CHECK(is_cut("ที่นี่", 2, "ที่นี่"));
	CHECK(is_cut("ที่นี่มี", 2, "ที่…"));
	CHECK(is_cut("漢字", 3, "漢…"));
	CHECK(is_cut("漢字", 2, "…"));
	CHECK(is_cut("x", 0, ""));
	CHECK(is_cut("", 5, ""));
}

TEST(marks_without_end_take_one_cell_and_little_memory)
{
	char text[4096] = "Z";
	char *cut;

	for (int i = 0; i < 1000; i++)
		strcat(text, "\xcc\x81");
	CHECK_EQUAL(cells_width(bytes_of(text)), 1);
	cut = cells_cut(bytes_of(text), 10);
	CHECK(strlen(cut) <= 4 * CELLS_CLUSTER_POINTS);
	free(cut);
}

TEST(lines_break_between_words_also_of_thai)
{
	CHECK(are_lines("one two three", 8, "one two|three"));
	CHECK(are_lines("one\ntwo", 80, "one|two"));
	CHECK(are_lines("one\n\ntwo", 80, "one||two"));
	CHECK(are_lines("one\n", 80, "one|"));
	CHECK(are_lines("", 10, ""));
	CHECK(are_lines("สวัสดีชาวโลก", 8, "สวัสดีชาว|โลก"));
	CHECK(are_lines("Hệ thống đã nhận", 9, "Hệ thống|đã nhận"));
}

TEST(a_word_that_is_too_long_is_broken_and_no_vowel_left_before_its_end)
{
	CHECK(are_lines("abcdefghij", 4, "abcd|efgh|ij"));
	CHECK(are_lines("กกกเก", 4, "กก|กเก"));
	CHECK(are_lines("漢字漢字", 3, "漢|字|漢|字"));
	CHECK(are_lines("漢", 1, "漢"));
}

TEST(a_line_without_end_takes_linear_time)
{
	size_t len = 1 << 20, count = 0;
	char *text = must(malloc(len + 1));
	struct bytes rest, line;

	memset(text, 'x', len);
	text[len] = '\0';
	for (rest = (struct bytes){(uint8_t *)text, len}; cells_line(&rest, 80, &line); count++)
		CHECK(line.len <= 80);
	CHECK_EQUAL(count, len / 80 + 1);
	free(text);
}
