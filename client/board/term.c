/* ncurses, which knows every terminal. */
#include "client/board/term.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <term.h>

#define ESCAPE_MS 50 /* how long the rest of a key that begins with Escape is waited for */

static bool is_open;

bool term_open(const char **out_why)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		*out_why = "the board needs a terminal";
		return false;
	}
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	if (newterm(NULL, stdout, stdin) == NULL) {
		*out_why = "the terminal is not known: TERM names none that has a description here";
		return false;
	}
	is_open = true;
	set_escdelay(ESCAPE_MS);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, true);
	nodelay(stdscr, true);
	return true;
}

void term_close(void)
{
	if (!is_open)
		return;
	is_open = false;
	term_title("");
	endwin();
}

void term_size(int *out_width, int *out_height)
{
	*out_width = getmaxx(stdscr);
	*out_height = getmaxy(stdscr);
}

static attr_t attributes(unsigned look)
{
	return (look & LOOK_BOLD ? A_BOLD : A_NORMAL) | (look & LOOK_REVERSE ? A_REVERSE : A_NORMAL);
}

void term_paint(const struct grid *grid, int row, int column)
{
	erase();
	for (int y = 0; y < grid->height && y < getmaxy(stdscr); y++)
		for (int x = 0; x < grid->width && x < getmaxx(stdscr); x++) {
			const struct cell *cell = &grid->cell[y * grid->width + x];

			if (cell->text[0] == '\0')
				continue; /* a wide one reaches over it */
			wattrset(stdscr, (int)attributes(cell->look));
			mvwaddstr(stdscr, y, x, cell->text);
		}
	curs_set(row >= 0 ? 1 : 0);
	wmove(stdscr, row >= 0 ? row : grid->height - 1, row >= 0 ? column : 0);
	wrefresh(stdscr);
}

static unsigned curses_key(wint_t key)
{
	static const struct {
		wint_t curses;
		unsigned key;
	} keys[] = {
	    {KEY_UP, KEY_ARROW_UP},	{KEY_DOWN, KEY_ARROW_DOWN},  {KEY_LEFT, KEY_ARROW_LEFT}, {KEY_RIGHT, KEY_ARROW_RIGHT},
	    {KEY_PPAGE, KEY_PAGE_UP},	{KEY_NPAGE, KEY_PAGE_DOWN},  {KEY_HOME, KEY_FIRST},	 {KEY_END, KEY_LAST},
	    {KEY_BACKSPACE, KEY_RUBOUT}, {KEY_ENTER, KEY_RETURN},
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].curses == key)
			return keys[i].key;
	return KEY_NONE;
}

unsigned term_key(void)
{
	wint_t key;
	int result = wget_wch(stdscr, &key);

	if (result == KEY_CODE_YES)
		return curses_key(key);
	if (result != OK)
		return KEY_NONE;
	if (key == '\r')
		return KEY_RETURN;
	return key == '\b' ? KEY_RUBOUT : key;
}

void term_ring(void)
{
	beep();
}

/* Terminals like xterm have titles that terminfo does not tell of; elsewhere the sequence would be seen as text. */
static bool is_like_xterm(void)
{
	static const char *const names[] = {"xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "st-", "vte", "kitty"};
	const char *name = getenv("TERM");

	for (size_t i = 0; name != NULL && i < sizeof names / sizeof *names; i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

void term_title(const char *title)
{
	static char last[256];

	if (!is_like_xterm() || strncmp(title, last, sizeof last - 1) == 0)
		return;
	snprintf(last, sizeof last, "%s", title);
	fprintf(stdout, "\033]0;%s\007", title);
	fflush(stdout);
}
