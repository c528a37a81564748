/* The terminal: cells onto it, keys from it, the bell and the title. The only file behind it that knows curses. */
#ifndef HOTLINE_CLIENT_BOARD_TERM_H
#define HOTLINE_CLIENT_BOARD_TERM_H

#include "client/board/grid.h"
#include "client/board/keys.h"

/* Takes the terminal on stdin and stdout. False, with why in out_why, when it can't be used. */
bool term_open(const char **out_why);
/* Gives it back as it was; once more does nothing. */
void term_close(void);
void term_size(int *out_width, int *out_height);
/* Shows the grid; row -1: no cursor. */
void term_paint(const struct grid *grid, int row, int column);
/* The next key that was typed, KEY_NONE when there is none; waits for none. */
unsigned term_key(void);
void term_ring(void);
/* Where terminals have titles. title is safe. */
void term_title(const char *title);

#endif
