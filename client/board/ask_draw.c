/* How a question looks: what, about which message, its fields, and the keys that matter now. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"

static int count_lines(const char *text)
{
	int count = 0;

	for (; text != NULL && *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

static int wrapped(const char *text, int width)
{
	struct bytes rest = bytes_of(text), line;
	int count = 0;

	while (cells_line(&rest, width, &line))
		count++;
	return count;
}

int ask_height(const struct board *board)
{
	const struct ask *ask = &board->ask;

	if (ask->stage == ASK_NONE)
		return 0;
	return 1 + wrapped(ask_what(ask->act), board->width) + wrapped(ask->label, board->width) + count_lines(ask->detail) +
	       (int)ask->field_count + (ask->problem != NULL ? wrapped(ask->problem, board->width) : 0);
}

/* Text of several lines from row `at` on; gives the row after it. */
static int put_wrapped(struct grid *grid, int at, unsigned look, const char *text)
{
	struct bytes rest = bytes_of(text), line;

	while (cells_line(&rest, grid->width, &line))
		grid_put(grid, at++, 0, grid->width, look, line);
	return at;
}

/* The end of text that is longer than the room, so that what is typed is seen. */
static struct bytes tail_of(struct bytes text, int width)
{
	struct cells_cluster cluster;

	while (cells_width(text) >= width && cells_next(&text, &cluster))
		;
	return text;
}

static void draw_field(const struct ask *ask, size_t i, struct grid *grid, int at, int *out_row, int *out_column)
{
	const struct ask_field *field = &ask->field[i];
	bool is_here = i == ask->at && ask->stage == ASK_FIELDS;
	int column = cells_width(bytes_of(field->label)) + 4;
	struct bytes text = tail_of(bytes_of(field->text), grid->width - column);

	grid_format(grid, at, 0, grid->width, LOOK_PLAIN, "%s%s:", is_here ? "> " : "  ", field->label);
	if (field->choice != NULL)
		grid_format(grid, at, column, grid->width - column, is_here ? LOOK_BOLD : LOOK_PLAIN, "< %s >",
			    _(field->choice[field->chosen]));
	else
		grid_put(grid, at, column, grid->width - column, LOOK_PLAIN, text);
	if (is_here) {
		*out_row = at;
		*out_column = column + (field->choice == NULL ? cells_width(text) : 0);
	}
}

static const char *keys_of(const struct ask *ask)
{
	switch (ask->stage) {
	case ASK_FIELDS:
		if (ask->act == ACT_SEARCH)
			return _("Enter: search   Esc: leave it");
		return _("Enter: on   Up, Down: choose the line   Left, Right: choose the answer   Esc: leave it undone");
	case ASK_CONFIRM:
		if (ask->act == ACT_SAVE)
			return _("y: save it   Esc: back");
		return ask->anyway ? _("y: do it NEVERTHELESS   Esc: leave it undone") : _("y: sign and send   Esc: back");
	case ASK_REFUSED:
		return _("Esc: back");
	default:
		return _("Asking the station …");
	}
}

void ask_draw(const struct board *board, struct grid *grid, int from, int *out_row, int *out_column)
{
	const struct ask *ask = &board->ask;
	struct bytes rest = bytes_of(ask->detail != NULL ? ask->detail : "");
	int at = put_wrapped(grid, from, LOOK_REVERSE, ask_what(ask->act));

	at = put_wrapped(grid, at, LOOK_BOLD, ask->label);
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.data) : rest.len;

		grid_put(grid, at++, 0, grid->width, LOOK_PLAIN, (struct bytes){rest.data, len});
		len += end != NULL;
		rest = (struct bytes){rest.data + len, rest.len - len};
	}
	for (size_t i = 0; i < ask->field_count; i++)
		draw_field(ask, i, grid, at++, out_row, out_column);
	if (ask->problem != NULL)
		at = put_wrapped(grid, at, LOOK_BOLD, ask->problem);
	grid_put(grid, at, 0, grid->width, LOOK_REVERSE, bytes_of(keys_of(ask)));
	if (*out_row < 0) {
		*out_row = at;
		*out_column = 0;
	}
}
