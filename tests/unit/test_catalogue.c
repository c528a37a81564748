/* Catalogues: what is taken for one, what is found in it, and which translations a format has. */
#include "client/catalogue.h"

#include "client/format_args.h"
#include "tests/unit/test.h"

/* Two texts and their translations, as msgfmt writes them: header, two tables, strings. */
enum { ORIGINALS = 28, TRANSLATIONS = 44, STRINGS = 60, FIRST = STRINGS, SECOND = FIRST + 8, END = SECOND + 24 };
static uint8_t file[END];
static struct catalogue catalogue;

static void put32(size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		file[at + (size_t)i] = (uint8_t)(value >> 8 * i);
}

static void put_place(size_t table, size_t row, uint32_t len, uint32_t at)
{
	put32(table + row * 8, len);
	put32(table + row * 8 + 4, at);
}

static void make(void)
{
	memset(file, 0, sizeof file);
	put32(0, 0x950412de);
	put32(8, 2);
	put32(12, ORIGINALS);
	put32(16, TRANSLATIONS);
	memcpy(file + FIRST, "a %d\0b", 7);
	memcpy(file + SECOND, "một %d\0hai", 12);
	put_place(ORIGINALS, 0, 4, FIRST);
	put_place(ORIGINALS, 1, 1, FIRST + 5);
	put_place(TRANSLATIONS, 0, 8, SECOND);
	put_place(TRANSLATIONS, 1, 3, SECOND + 9);
}

static bool opens(size_t len)
{
	return catalogue_open(&catalogue, (struct bytes){file, len});
}

TEST(a_translation_is_found_by_its_text_alone)
{
	make();
	CHECK(opens(sizeof file));
	CHECK(strcmp(catalogue_find(&catalogue, "a %d", "a %d"), "một %d") == 0);
	CHECK(strcmp(catalogue_find(&catalogue, "b", NULL), "hai") == 0);
	CHECK(catalogue_find(&catalogue, "a", NULL) == NULL);
	CHECK(catalogue_find(&catalogue, "c", NULL) == NULL);
	CHECK(catalogue_find(&catalogue, "", NULL) == NULL);
	CHECK(catalogue_find(&catalogue, "a %d", "a %s") == NULL);
	CHECK(strcmp(catalogue_find(&catalogue, "b", "95 %"), "hai") == 0);
}

TEST(the_bytes_of_numbers_may_stand_the_other_way)
{
	make();
	for (size_t at = 0; at < STRINGS; at += 4) {
		uint8_t turned[] = {file[at + 3], file[at + 2], file[at + 1], file[at]};

		memcpy(file + at, turned, sizeof turned);
	}
	CHECK(opens(sizeof file));
	CHECK(strcmp(catalogue_find(&catalogue, "b", NULL), "hai") == 0);
}

TEST(a_damaged_file_is_no_catalogue_and_nothing_is_found_in_it)
{
	make();
	for (size_t len = 0; len < SECOND + 13; len++)
		CHECK(!opens(len));
	CHECK(opens(SECOND + 13));
	put32(0, 0x950412df);
	CHECK(!opens(sizeof file));
	CHECK(catalogue_find(&catalogue, "b", NULL) == NULL);
	make();
	put32(4, 1 << 16);
	CHECK(!opens(sizeof file));
	make();
	put32(8, UINT32_MAX);
	CHECK(!opens(sizeof file));
	make();
	put32(12, UINT32_MAX);
	CHECK(!opens(sizeof file));
}

TEST(a_string_lies_in_the_file_ends_in_zero_and_is_utf8)
{
	make();
	put_place(TRANSLATIONS, 1, 3, UINT32_MAX);
	CHECK(!opens(sizeof file));
	put_place(TRANSLATIONS, 1, UINT32_MAX, SECOND + 9);
	CHECK(!opens(sizeof file));
	put_place(TRANSLATIONS, 1, 2, SECOND + 9);
	CHECK(!opens(sizeof file));
	put_place(TRANSLATIONS, 1, (uint32_t)sizeof file - SECOND - 9 - 1, SECOND + 9);
	CHECK(opens(sizeof file));
	put_place(TRANSLATIONS, 1, (uint32_t)sizeof file - SECOND - 9, SECOND + 9);
	CHECK(!opens(sizeof file));
	make();
	file[SECOND + 10] = 0xff;
	CHECK(!opens(sizeof file));
}

TEST(texts_that_are_out_of_order_are_refused)
{
	make();
	file[FIRST + 5] = 'a';
	put_place(ORIGINALS, 0, 1, FIRST + 5);
	put_place(ORIGINALS, 1, 4, FIRST);
	CHECK(opens(sizeof file));
	put_place(ORIGINALS, 0, 4, FIRST);
	put_place(ORIGINALS, 1, 1, FIRST + 5);
	CHECK(!opens(sizeof file));
	put_place(ORIGINALS, 1, 4, FIRST);
	CHECK(!opens(sizeof file));
}

TEST(formats_are_the_same_when_they_take_the_same_arguments)
{
	static const char *const same[][2] = {
	    {"none", "keine"},		   {"100 %% %d", "%d"},		    {"%s: %d", "%2$d: %1$s"},
	    {"%.*s", "%2$.*1$s"},	   {"%llu %s", "%2$s %1$llx"},	    {"%-5.2f%c", "%f%d"},
	    {"%zu of %zu", "%2$zu %1$zu"}, {"%+d %5u", "%d %d"},
	};
	static const char *const other[][2] = {
	    {"%s", "none"}, {"none", "%s"},  {"%s", "%d"},	{"%d", "%ld"},	      {"%ld", "%lld"},
	    {"%u", "%zu"},  {"%.*s", "%s"},  {"%s %s", "%2$s"}, {"%s %d", "%1$s %s"}, {"%d", "%1$d %1$s"},
	    {"%n", "%n"},   {"%", "%"},	     {"%k", "%k"},	{"%lf", "%lf"},	      {"%2$s", "%2$s"},
	    {"%*d", "%d"},  {"%17$d", "%d"}, {"%0$d", "%0$d"},
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		CHECK(format_args_are_same(same[i][0], same[i][1]));
	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		if (format_args_are_same(other[i][0], other[i][1]))
			printf("# \"%s\" and \"%s\"\n", other[i][0], other[i][1]);
		CHECK(!format_args_are_same(other[i][0], other[i][1]));
	}
}

TEST(a_format_has_at_most_sixteen_arguments)
{
	struct format_args args;
	char format[2 * FORMAT_ARGS + 3] = "";

	for (int i = 0; i < FORMAT_ARGS; i++)
		strcat(format, "%d");
	CHECK(format_args_read(format, &args));
	CHECK_EQUAL(args.count, FORMAT_ARGS);
	strcat(format, "%d");
	CHECK(!format_args_read(format, &args));
}
