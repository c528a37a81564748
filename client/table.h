/* Tables on a terminal: columns as wide as their widest cell, measured in cells of the screen. */
#ifndef HOTLINE_CLIENT_TABLE_H
#define HOTLINE_CLIENT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#define TABLE_COLUMNS 12

struct table {
	size_t columns, rows, capacity, filled; /* filled: cells of the last row */
	char **cell;				/* row by row, made safe; the first row is the heads */
	char **banner;				/* one a row, safe; "" for none */
	bool is_whole;				/* nothing is cut: where it does not fit, a row becomes a line a cell */
	int width;				/* cells that a line may take; 0: those of the terminal, if it goes to one */
};

/* heads: zero-ended, at most TABLE_COLUMNS. */
void table_init(struct table *table, const char *const *heads);
/* Begins a row; banner (copied, safe already) stands before it. */
void table_row(struct table *table, const char *banner);
/* The row's next cell, made safe. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/*
 * Every line begins with banner, when that is not "", and then with its row's own, or as much room. What does not fit is
 * cut, the last column first; elsewhere than on a terminal nothing is.
 */
void table_print(const struct table *table, FILE *out, const char *banner);
void table_finish(struct table *table);

#endif
