/* Tables: columns in cells, and what happens when there are too few. */
#include "client/table.h"
#include "tests/unit/test.h"

static const char *const heads[] = {"NUMBER", "STATE", "SUBJECT", NULL};

static char *print(int width, bool is_whole, const char *banner)
{
	struct table table;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	table_init(&table, heads);
	table_row(&table, "");
	table_cell(&table, "%s", "tha-cert 2026-048 213");
	table_cell(&table, "%s", "ระบบได้รับไว้แล้ว ยังไม่เปิด");
	table_cell(&table, "%s", "a subject that says much");
	table.width = width;
	table.is_whole = is_whole;
	table_print(&table, out, banner);
	table_finish(&table);
	fclose(out);
	return text;
}

static bool is_printed(int width, bool is_whole, const char *banner, const char *expected)
{
	char *text = print(width, is_whole, banner);
	bool is_same = strcmp(text, expected) == 0;

	if (!is_same)
		printf("# got:\n%s", text);
	free(text);
	return is_same;
}

TEST(columns_are_measured_in_cells)
{
	CHECK(is_printed(0, false, "", "NUMBER                 STATE                  SUBJECT\n"
				       "tha-cert 2026-048 213  ระบบได้รับไว้แล้ว ยังไม่เปิด  a subject that says much\n"));
}

TEST(what_does_not_fit_is_cut_from_the_right)
{
	CHECK(is_printed(60, false, "", "NUMBER                 STATE                  SUBJECT\n"
					"tha-cert 2026-048 213  ระบบได้รับไว้แล้ว ยังไม่เปิด  a subject tha…\n"));
	CHECK(is_printed(49, false, "", "NUMBER                 STATE         SUBJECT\n"
					"tha-cert 2026-048 213  ระบบได้รับไว้แ…  a subject t…\n"));
}

TEST(a_whole_table_becomes_lines_and_loses_nothing)
{
	CHECK(is_printed(50, true, "| ", "| NUMBER     tha-cert 2026-048 213\n"
					 "|   STATE    ระบบได้รับไว้แล้ว ยังไม่เปิด\n"
					 "|   SUBJECT  a subject that says much\n"));
}
