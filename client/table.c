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

void table_print(const struct table *table, FILE *out, const char *banner)
{
	int widest[TABLE_COLUMNS] = {0}, margin = 0;

	for (size_t row = 0; row < table->rows; row++) {
		if (banner_width(table, row) > margin)
			margin = banner_width(table, row);
		for (size_t i = 0; i < table->columns; i++)
			if (cell_width(table, row, i) > widest[i])
				widest[i] = cell_width(table, row, i);
	}
	for (size_t row = 0; row < table->rows; row++) {
		fprintf(out, "%s%s%*s", banner, table->banner[row], margin - banner_width(table, row), "");
		for (size_t i = 0; i + 1 < table->columns; i++)
			fprintf(out, "%s%*s", cell_text(table, row, i), widest[i] - cell_width(table, row, i) + 2, "");
		fprintf(out, "%s\n", cell_text(table, row, table->columns - 1));
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
