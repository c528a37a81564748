/*
 * A screen as a grid of cells, which knows no terminal. What stands in it is safe (safe.h) and whole: a cluster never
 * splits over two rows, and nothing written leaves its row.
 */
#ifndef HOTLINE_CLIENT_BOARD_GRID_H
#define HOTLINE_CLIENT_BOARD_GRID_H

#include <stdio.h>

#include "client/cells.h"

/* Looks only repeat what the words say: a terminal without any shows the same facts. */
enum look { LOOK_PLAIN = 0, LOOK_BOLD = 1, LOOK_REVERSE = 2 };

#define GRID_CELL_BYTES (4 * CELLS_CLUSTER_POINTS + 1)
struct cell {
	char text[GRID_CELL_BYTES]; /* one cluster, ended by zero; "" where a wide one to the left reaches */
	unsigned look;
};

struct grid {
	int width, height;
	struct cell *cell; /* row by row */
};

void grid_init(struct grid *grid, int width, int height);
void grid_finish(struct grid *grid);
/* Blanks everywhere. */
void grid_clear(struct grid *grid);
/*
 * Writes one line of anybody's text at row and column into at most width cells, made safe and cut with "…" when it is
 * longer; the rest of the width becomes blank, in the same look. Outside of the grid nothing happens.
 */
void grid_put(struct grid *grid, int row, int column, int width, unsigned look, struct bytes text);
void grid_format(struct grid *grid, int row, int column, int width, unsigned look, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* As text, a line each row, without the blanks at their ends. */
void grid_print(const struct grid *grid, FILE *out);

#endif
