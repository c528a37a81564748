/* Tables: cells are kept until all are known, then printed with two spaces between columns. */
#include "client/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "client/cells.h"
#include "client/lang.h"
#include "client/safe.h"
#include "client/say.h"

#define GAP 2	 /* cells between columns */
#define LEAST 12 /* cells of a column that was cut */

void table_init(struct table *table, const char *const *heads)
{
	memset(table, 0, sizeof *table);
	while (heads[table->columns] != NULL)
		table->columns++;
	assert(table->columns <= TABLE_COLUMNS);
	table_row(table, "");
	for (size_t i = 0; i < table->columns; i++)
		table_cell(table, "%s", *heads[i] != '\0' ? _(heads[i]) : "");
}

void table_row(struct table *table, const char *banner)
{
	if (table->rows == table->capacity) {
		table->capacity = table->capacity > 0 ? table->capacity * 2 : 16;
		table->cell = must(realloc(table->cell, table->capacity * table->columns * sizeof *table->cell));
		table->banner = must(realloc(table->banner, table->capacity * sizeof *table->banner));
	}
	for (size_t i = 0; i < table->columns; i++)
		table->cell[table->rows * table->columns + i] = NULL;
	table->banner[table->rows++] = must(strdup(banner));
	table->filled = 0;
}

void table_cell(struct table *table, const char *format, ...)
{
	va_list args;
	char *text;

	assert(table->filled < table->columns);
	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	table->cell[(table->rows - 1) * table->columns + table->filled++] = safe_text(bytes_of(text), SAFE_LINE);
	free(text);
}

static const char *cell_text(const struct table *table, size_t row, size_t column)
{
	const char *text = table->cell[row * table->columns + column];

	return text != NULL ? text : "";
}

static int cell_width(const struct table *table, size_t row, size_t column)
{
	return cells_width(bytes_of(cell_text(table, row, column)));
}

static int banner_width(const struct table *table, size_t row)
{
	return cells_width(bytes_of(table->banner[row]));
}

static int sum_of(const struct table *table, const int *widest)
{
	int sum = -GAP;

	for (size_t i = 0; i < table->columns; i++)
		sum += widest[i] + GAP;
	return sum;
}

/* Takes from the last column what is too much, then from those before it; none is left with less than LEAST cells. */
static void fit(const struct table *table, int room, int *widest)
{
	int sum = sum_of(table, widest);

	for (size_t i = table->columns; i-- > 0 && sum > room;) {
		int spare = widest[i] > LEAST ? widest[i] - LEAST : 0, taken = sum - room < spare ? sum - room : spare;

		widest[i] -= taken;
		sum -= taken;
	}
}

static void print_cell(const struct table *table, FILE *out, size_t row, size_t column, int width)
{
	char *cut = cells_cut(bytes_of(cell_text(table, row, column)), width);
	bool is_last = column + 1 == table->columns;

	fprintf(out, "%s%*s", cut, is_last ? 0 : width - cells_width(bytes_of(cut)) + GAP, "");
	free(cut);
}

/* A line a cell, behind its column's head, which the first row has. */
static void print_rows(const struct table *table, FILE *out, const char *banner)
{
	int widest = 0;

	for (size_t i = 0; i < table->columns; i++)
		if (cell_width(table, 0, i) > widest)
			widest = cell_width(table, 0, i);
	for (size_t row = 1; row < table->rows; row++)
		for (size_t i = 0; i < table->columns; i++)
			fprintf(out, "%s%s%s%s%*s%s\n", banner, table->banner[row], i > 0 ? "  " : "", cell_text(table, 0, i),
				widest - cell_width(table, 0, i) + GAP + (i > 0 ? 0 : 2), "", cell_text(table, row, i));
}

void table_print(const struct table *table, FILE *out, const char *banner)
{
	int widest[TABLE_COLUMNS] = {0}, margin = 0;
	int width = table->width > 0 || out != stdout ? table->width : say_width();

	for (size_t row = 0; row < table->rows; row++) {
		if (banner_width(table, row) > margin)
			margin = banner_width(table, row);
		for (size_t i = 0; i < table->columns; i++)
			if (cell_width(table, row, i) > widest[i])
				widest[i] = cell_width(table, row, i);
	}
	if (width > 0)
		width -= margin + cells_width(bytes_of(banner));
	if (width > 0 && table->is_whole && sum_of(table, widest) > width) {
		print_rows(table, out, banner);
		return;
	}
	if (width > 0)
		fit(table, width, widest);
	for (size_t row = 0; row < table->rows; row++) {
		fprintf(out, "%s%s%*s", banner, table->banner[row], margin - banner_width(table, row), "");
		for (size_t i = 0; i < table->columns; i++)
			print_cell(table, out, row, i, widest[i]);
		fputc('\n', out);
	}
}

void table_finish(struct table *table)
{
	for (size_t i = 0; i < table->rows * table->columns; i++)
		free(table->cell[i]);
	for (size_t i = 0; i < table->rows; i++)
		free(table->banner[i]);
	free(table->cell);
	free(table->banner);
	memset(table, 0, sizeof *table);
}
