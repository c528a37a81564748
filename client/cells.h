/*
 * The one place that knows how much room text takes on a terminal and where a line of it may end. A cell is the room
 * of one Latin letter. All text here has passed safe_text(); the functions borrow it.
 */
#ifndef HOTLINE_CLIENT_CELLS_H
#define HOTLINE_CLIENT_CELLS_H

#include "proto/pack.h"

/* Code points that are kept of one cluster; safe_text() writes out the rest of an endless one. */
#define CELLS_CLUSTER_POINTS 8

/* What a reader takes for one character (UAX 29, extended), and the cells it takes: 0, 1 or 2. */
struct cells_cluster {
	struct bytes text;
	int width;
};

/*
 * Takes the next cluster off rest; false at the end. Marks add nothing to the width of their base, but for those that
 * have room of their own (Thai SARA AM); emoji sequences and flags take 2.
 */
bool cells_next(struct bytes *rest, struct cells_cluster *out);
/* The cells of one line of text. */
int cells_width(struct bytes text);
/* How many bytes of text, in whole clusters, fit in width cells; out_used (may be NULL): the cells they take. */
size_t cells_fit(struct bytes text, int width, int *out_used);
/* A copy of at most width cells, which ends in "…" when something was cut; the caller frees it. */
char *cells_cut(struct bytes text, int width);

/*
 * How many bytes the first line takes when lines have at most width cells (0: any number), with the blanks at its end,
 * without the newline. It ends where Unicode allows it (UAX 14), within Thai between words, else between clusters.
 * 0 only at the end or before a newline.
 */
size_t cells_break(struct bytes text, int width);
/* Takes the next line off rest: false when rest.data is NULL. The blanks at the end of a wrapped line are left out. */
bool cells_line(struct bytes *rest, int width, struct bytes *out);

#endif
