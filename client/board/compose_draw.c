/* How the form looks: an item a line, a text in as many as it takes, what is asked for marked. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"

#define LABEL_CELLS 26
#define TEXT_INDENT 4
#define MARKS_CELLS 4 /* "> * " */

/* Lines that an item takes: its own, and those of a text under it. */
static int height_of(const struct item *item, int width)
{
	struct bytes rest = bytes_of(item->text), line;
	int lines = 1;

	if (item->type == ITEM_TEXT)
		while (cells_line(&rest, width - TEXT_INDENT, &line))
			lines++;
	return lines;
}

static void counter_of(const struct composer *c, const struct item *item, char out[64])
{
	const struct item *precedence = &c->item[1];
	size_t most = item->most;
	int code = precedence_of(bytes_of(precedence->text));

	out[0] = '\0';
	if (item->type == ITEM_TEXT && code >= 0)
		most = precedence_text_limit((uint8_t)code);
	if (most > 0)
		snprintf(out, 64, utf8_length(bytes_of(item->text)) > most ? _(" (%zu of %zu: TOO LONG)") : " (%zu/%zu)",
			 utf8_length(bytes_of(item->text)), most);
}

/* The text's lines from `at` on, clipped to [from, to); notes the cursor's place. */
static void draw_text(const struct item *item, struct grid *grid, int at, int from, int to, bool is_here, int *out_row,
		      int *out_column)
{
	struct bytes rest = bytes_of(item->text), line;
	const uint8_t *cursor = (const uint8_t *)item->text + item->cursor;
	char *safe;

	for (; cells_line(&rest, grid->width - TEXT_INDENT, &line); at++) {
		bool is_last = rest.data == NULL, holds = cursor >= line.data && (is_last || cursor < rest.data);

		if (at < from || at >= to)
			continue;
		safe = say_format("%.*s", BYTES(line));
		grid_put(grid, at, TEXT_INDENT, grid->width - TEXT_INDENT, LOOK_PLAIN, bytes_of(safe));
		free(safe);
		if (is_here && holds) {
			*out_row = at;
			*out_column = TEXT_INDENT + cells_width((struct bytes){line.data, (size_t)(cursor - line.data)});
		}
	}
}

/* The piece of a line around its cursor that fits. */
static void draw_line(const struct item *item, struct grid *grid, int at, int column, bool is_here, int *out_row,
		      int *out_column)
{
	struct bytes before = {(const uint8_t *)item->text, item->cursor};
	struct cells_cluster cluster;
	int room = grid->width - column - 1;

	while (is_here && cells_width(before) >= room && cells_next(&before, &cluster))
		;
	if (!is_here)
		before.data = (const uint8_t *)item->text;
	grid_put(grid, at, column, grid->width - column, LOOK_PLAIN,
		 (struct bytes){before.data, (size_t)((const uint8_t *)item->text + strlen(item->text) - before.data)});
	if (is_here) {
		*out_row = at;
		*out_column = column + cells_width(before);
	}
}

static void draw_item(const struct composer *c, size_t i, struct grid *grid, int at, int from, int to, int *out_row,
		      int *out_column)
{
	const struct item *item = &c->item[i];
	bool is_here = i == c->at;
	char counter[64];
	int column;

	counter_of(c, item, counter);
	if (at >= from && at < to) {
		grid_format(grid, at, 0, grid->width, is_here ? LOOK_BOLD : LOOK_PLAIN, "%s%s%s%s:%s", is_here ? "> " : "  ",
			    item->is_wrong ? "! " : item->is_asked ? "* " : "  ", item->label, counter,
			    item->is_wrong ? _(" NOT UNDERSTOOD, and not kept") : "");
		column = MARKS_CELLS + cells_width(bytes_of(item->label)) + cells_width(bytes_of(counter)) + 2;
		if (item->is_wrong)
			column += cells_width(bytes_of(_(" NOT UNDERSTOOD, and not kept")));
		if (column < MARKS_CELLS + LABEL_CELLS)
			column = MARKS_CELLS + LABEL_CELLS;
		if (item->type == ITEM_CHOICE)
			grid_format(grid, at, column, grid->width - column, is_here ? LOOK_BOLD : LOOK_PLAIN, is_here ? "< %s >" : "  %s",
				    item->text[0] != '\0' ? _(item->text) : "-");
		else if (item->type == ITEM_LINE)
			draw_line(item, grid, at, column, is_here, out_row, out_column);
		if (is_here && *out_row < 0) {
			*out_row = at;
			*out_column = 0;
		}
	}
	if (item->type == ITEM_TEXT)
		draw_text(item, grid, at + 1, from, to, is_here, out_row, out_column);
}

static void draw_foot(const struct board *board, struct grid *grid, int at)
{
	const struct composer *c = &board->composer;
	char saved[TIME_TEXT];

	show_time(c->saved_at, saved);
	if (c->problem != NULL)
		grid_put(grid, at - 1, 0, grid->width, LOOK_BOLD, bytes_of(c->problem));
	if (c->is_dirty || c->is_saving)
		grid_put(grid, at, 0, grid->width, LOOK_REVERSE, bytes_of(_(" NOT KEPT YET")));
	else if (c->was_saved)
		grid_format(grid, at, 0, grid->width, LOOK_REVERSE, _(" Draft %llu, kept %s"), (unsigned long long)c->id, saved);
	else
		grid_put(grid, at, 0, grid->width, LOOK_REVERSE, bytes_of(_(" Nothing typed yet")));
}

const char *compose_keys(const struct board *board)
{
	const struct composer *c = &board->composer;

	if (c->pick.is_open)
		return pick_keys(&c->pick, c->item[c->pick.item].list);
	if (c->item[c->at].list != LIST_NONE)
		return _("Up, Down, Tab: line  Enter: list  Esc: done; it keeps itself  * asked for");
	return _("Up, Down, Tab: line  Left, Right: choose  Esc: done; it keeps itself  * asked for");
}

void compose_draw(const struct board *board, struct grid *grid, int from, int to, int *out_row, int *out_column)
{
	const struct composer *c = &board->composer;
	int above = 0, rows = 0, at, last = to - 2, cursor_row = -1, cursor_column = 0;

	if (c->pick.is_open) {
		pick_draw(board, grid, from, to, out_row, out_column);
		return;
	}
	/* where the chosen item ends, so that it is in sight; a long text shows the line of its cursor */
	for (size_t i = 0; i < c->at; i++)
		above += height_of(&c->item[i], grid->width);
	rows = height_of(&c->item[c->at], grid->width);
	at = from;
	if (c->item[c->at].type == ITEM_TEXT) {
		struct bytes before = {(const uint8_t *)c->item[c->at].text, c->item[c->at].cursor}, line;

		for (rows = 1; cells_line(&before, grid->width - TEXT_INDENT, &line);)
			rows++;
	}
	if (above + rows > last - from)
		at -= above + rows - (last - from);
	for (size_t i = 0; i < c->count; i++) {
		draw_item(c, i, grid, at, from, last, &cursor_row, &cursor_column);
		at += height_of(&c->item[i], grid->width);
	}
	draw_foot(board, grid, to - 1);
	*out_row = cursor_row;
	*out_column = cursor_column;
}
