/* Text into cells and cells into text. */
#include "client/board/grid.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "client/safe.h"
#include "client/say.h"

/* More bytes than any row can show: what lies behind is cut off before it is looked at. */
#define LINE_BYTES_MAX 16384

void grid_init(struct grid *grid, int width, int height)
{
	*grid = (struct grid){.width = width, .height = height};
	grid->cell = must(calloc((size_t)width * (size_t)height + 1, sizeof *grid->cell));
	grid_clear(grid);
}

void grid_finish(struct grid *grid)
{
	free(grid->cell);
	*grid = (struct grid){0};
}

static void blank(struct cell *cell, unsigned look)
{
	strcpy(cell->text, " ");
	cell->look = look;
}

void grid_clear(struct grid *grid)
{
	for (int i = 0; i < grid->width * grid->height; i++)
		blank(&grid->cell[i], LOOK_PLAIN);
}

/* Clusters without room of their own join the one before. */
static void join(struct cell *cell, struct bytes mark)
{
	size_t len = strlen(cell->text);

	if (len + mark.len < GRID_CELL_BYTES) {
		memcpy(cell->text + len, mark.data, mark.len);
		cell->text[len + mark.len] = '\0';
	}
}

static void put_safe(struct cell *row, int width, unsigned look, struct bytes text)
{
	struct cells_cluster cluster;
	int at = 0;

	while (cells_next(&text, &cluster) && at + cluster.width <= width) {
		if (cluster.width == 0) {
			if (at > 0)
				join(&row[at - 1], cluster.text);
			continue;
		}
		memcpy(row[at].text, cluster.text.data, cluster.text.len);
		row[at].text[cluster.text.len] = '\0';
		row[at++].look = look;
		for (int covered = 1; covered < cluster.width; covered++) {
			row[at].text[0] = '\0';
			row[at++].look = look;
		}
	}
	while (at < width)
		blank(&row[at++], look);
}

void grid_put(struct grid *grid, int row, int column, int width, unsigned look, struct bytes text)
{
	char *safe, *cut;

	if (row < 0 || row >= grid->height || column < 0 || column >= grid->width || width <= 0)
		return;
	if (width > grid->width - column)
		width = grid->width - column;
	if (text.len > LINE_BYTES_MAX)
		text.len = LINE_BYTES_MAX;
	safe = safe_text(text, SAFE_LINE);
	cut = cells_cut(bytes_of(safe), width);
	put_safe(&grid->cell[row * grid->width + column], width, look, bytes_of(cut));
	free(cut);
	free(safe);
}

void grid_format(struct grid *grid, int row, int column, int width, unsigned look, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	grid_put(grid, row, column, width, look, bytes_of(text));
	free(text);
}

void grid_print(const struct grid *grid, FILE *out)
{
	for (int y = 0; y < grid->height; y++) {
		const struct cell *row = &grid->cell[y * grid->width];
		int end = grid->width;

		while (end > 0 && strcmp(row[end - 1].text, " ") == 0)
			end--;
		for (int x = 0; x < end; x++)
			fputs(row[x].text, out);
		fputc('\n', out);
	}
}
