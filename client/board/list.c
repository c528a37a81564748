/* Lists: rows in columns that share the width, in two lines each where one has no room. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/safe.h"
#include "client/say.h"

#define GAP 2	     /* cells between columns */
#define WIDE 120     /* from here on a row is one line */
#define STATE_COLUMN 5 /* of messages */
#define INDENT 10    /* of its second line */
#define MARK "> "    /* before the chosen row; the others have as much room */
#define MARK_CELLS 2

struct column {
	const char *head; /* not yet translated; NULL: the end */
	int most;	  /* cells at most, 0: what is left */
	int least;	  /* when there is less room than all want */
};

/* What stands in each list's columns, and the first column of the second line. */
static const struct layout {
	size_t fold;
	struct column column[COLUMNS + 1];
} layouts[VIEW_LAST_LIST + 1] = {
    [VIEW_LIST] = {5,
		   {{N_("DUE"), 12, 10},
		    {N_("PRECEDENCE"), 16, 6},
		    {N_("NUMBER"), 44, 21},
		    {N_("KIND"), 12, 6},
		    {N_("FROM / TO"), 24, 10},
		    {N_("STATE"), 72, 48},
		    {N_("SUBJECT"), 0, 12}}},
    [VIEW_DRAFTS] = {7,
		     {{N_("DRAFT"), 6, 5},
		      {N_("MADE"), 14, 14},
		      {N_("BY"), 16, 6},
		      {N_("KIND"), 12, 6},
		      {N_("PRECEDENCE"), 16, 6},
		      {N_("TO"), 24, 10},
		      {N_("APPROVED"), 9, 6},
		      {N_("STATE"), 60, 12},
		      {N_("MODE"), 0, 8}}},
    [VIEW_CONTACTS] = {3,
		       {{N_("NAME"), 33, 10},
			{N_("ON DUTY"), 60, 26},
			{N_("LANGUAGES"), 0, 5},
			{N_("TELEPHONE"), 40, 16},
			{N_("CARD"), 0, 10}}},
    [VIEW_LINKS] = {5,
		    {{N_("PEER"), 33, 10},
		     {N_("LINK"), 30, 23},
		     {N_("ENDPOINT"), 40, 8},
		     {N_("ROUND TRIP"), 12, 8},
		     {N_("CLOCK"), 12, 8},
		     {N_("WAITING"), 10, 6},
		     {N_("REFUSED"), 10, 6},
		     {N_("REMARK"), 0, 8}}},
    [VIEW_CHECKS] = {7,
		     {{N_("PEER"), 33, 10},
		      {N_("CHECK"), 12, 6},
		      {N_("ASKED"), 8, 5},
		      {N_("ANSWERED"), 9, 7},
		      {N_("MISSED"), 7, 6},
		      {N_("MEDIAN"), 9, 6},
		      {N_("95 %"), 9, 6},
		      {N_("LAST"), 32, 14},
		      {N_("DUE"), 0, 14}}},
};

/* A thread and what was found are lists of messages. */
static const struct layout *layout_of(enum view kind)
{
	return &layouts[kind == VIEW_THREAD || kind == VIEW_SEARCH ? VIEW_LIST : kind];
}

static size_t lines_of(const struct board *board)
{
	return board->width < WIDE ? 2 : 1;
}

void row_free(struct row *row)
{
	free(row->key);
	free(row->label);
	for (size_t i = 0; i < COLUMNS; i++)
		free(row->cell[i]);
	memset(row, 0, sizeof *row);
}

struct row *list_add(struct seen *view)
{
	view->row = must(realloc(view->row, (view->count + 1) * sizeof *view->row));
	memset(&view->row[view->count], 0, sizeof *view->row);
	return &view->row[view->count++];
}

void list_clear(struct seen *view)
{
	for (size_t i = 0; i < view->count; i++)
		row_free(&view->row[i]);
	free(view->row);
	view->row = NULL;
	view->count = 0;
}

void list_cell(struct row *row, size_t column, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	free(row->cell[column]);
	text = say_vformat(format, args);
	va_end(args);
	row->cell[column] = safe_text(bytes_of(text), SAFE_LINE);
	free(text);
}

const struct row *list_chosen(const struct seen *view)
{
	if (view->kind > VIEW_LAST_LIST || view->cursor < view->first || view->cursor - view->first >= view->count)
		return NULL;
	return &view->row[view->cursor - view->first];
}

size_t list_fits(const struct board *board, int lines)
{
	size_t each = lines_of(board);

	return (size_t)lines >= 2 * each ? (size_t)lines / each - 1 : 1; /* the heads take as much as a row */
}

void list_move(struct board *board, struct seen *view, int64_t by)
{
	size_t fits;
	int from, to;

	draw_room(board, &from, &to);
	fits = list_fits(board, to - from);
	if (by < 0)
		view->cursor -= (size_t)-by < view->cursor ? (size_t)-by : view->cursor;
	else
		view->cursor += (size_t)by;
	if (view->cursor >= view->total)
		view->cursor = view->total > 0 ? view->total - 1 : 0;
	if (view->top > view->cursor)
		view->top = view->cursor;
	if (view->top + fits <= view->cursor)
		view->top = view->cursor - fits + 1;
}

/* "12m04s", "LATE 3m10s"; a row without a time has what its first cell says. */
static void first_cell(const struct board *board, const struct row *row, char out[TIME_TEXT + 16])
{
	char span[TIME_TEXT];

	if (row->due_at == 0) {
		snprintf(out, TIME_TEXT + 16, "%s", row->cell[0] != NULL ? row->cell[0] : "");
		return;
	}
	if (board->now < row->due_at) {
		show_span(row->due_at - board->now, out);
		return;
	}
	show_span(board->now - row->due_at, span);
	snprintf(out, TIME_TEXT + 16, _("LATE %s"), span);
}

static struct bytes cell_of(const struct board *board, const struct row *row, size_t column, char first[TIME_TEXT + 16])
{
	if (column == 0) {
		first_cell(board, row, first);
		return bytes_of(first);
	}
	return bytes_of(row->cell[column] != NULL ? row->cell[column] : "");
}

/* What each of the columns [from, to) wants, as far as rows in sight tell; the sum with its gaps. */
static int wanted_widths(const struct board *board, const struct column *columns, size_t from, size_t to,
			 const struct row *row, size_t count, int *width)
{
	char first[TIME_TEXT + 16];
	int sum = 0;

	for (size_t c = from; c < to; c++) {
		width[c] = cells_width(bytes_of(_(columns[c].head)));
		for (size_t i = 0; i < count; i++) {
			int wants = cells_width(cell_of(board, &row[i], c, first));

			width[c] = wants > width[c] ? wants : width[c];
		}
		if (columns[c].most > 0 && width[c] > columns[c].most)
			width[c] = columns[c].most;
		sum += width[c] + (c > from ? GAP : 0);
	}
	return sum;
}

/* Takes from the widest that may give until all fit, or nothing more can be given; the last one gets what is left. */
static void share_width(const struct column *columns, size_t from, size_t to, int sum, int room, int *width)
{
	while (sum > room) {
		size_t widest = to;

		for (size_t c = from; c < to; c++)
			if (width[c] > columns[c].least && (widest == to || width[c] > width[widest]))
				widest = c;
		if (widest == to)
			break;
		width[widest]--;
		sum--;
	}
	if (sum < room)
		width[to - 1] += room - sum;
}

/* The columns of one line of a row: where it stands, which they are, how wide. */
struct line {
	int indent;
	size_t from, to;
};

static void draw_line(const struct board *board, const struct row *row, const struct line *line, const int *width,
		      struct grid *grid, int at, bool is_chosen)
{
	unsigned look = is_chosen ? LOOK_REVERSE : LOOK_PLAIN;
	char first[TIME_TEXT + 16];
	int column = line->indent;

	grid_put(grid, at, 0, grid->width, look, bytes_of(is_chosen && line->from == 0 ? MARK : ""));
	for (size_t c = line->from; c < line->to; c++) {
		grid_put(grid, at, column, width[c], look, cell_of(board, row, c, first));
		column += width[c] + GAP;
	}
}

static void draw_heads(const struct column *columns, const struct line *line, const int *width, struct grid *grid, int at)
{
	int column = line->indent;

	grid_put(grid, at, 0, grid->width, LOOK_BOLD, bytes_of(""));
	for (size_t c = line->from; c < line->to; c++) {
		grid_put(grid, at, column, width[c], LOOK_BOLD, bytes_of(_(columns[c].head)));
		column += width[c] + GAP;
	}
}

/* One line, or two; gives how many. */
static size_t lay_out(const struct board *board, const struct layout *layout, const struct row *row, size_t count,
		      struct line line[2], int *width)
{
	const struct column *columns = layout->column;
	size_t lines = lines_of(board), all = 0;

	while (columns[all].head != NULL)
		all++;
	line[0] = (struct line){MARK_CELLS, 0, lines == 2 ? layout->fold : all};
	line[1] = (struct line){MARK_CELLS + INDENT, layout->fold, all};
	for (size_t i = 0; i < lines; i++)
		share_width(columns, line[i].from, line[i].to,
			    wanted_widths(board, columns, line[i].from, line[i].to, row, count, width),
			    board->width - line[i].indent, width);
	return lines;
}

static const char *empty_words(const struct seen *view)
{
	switch (view->kind) {
	case VIEW_DRAFTS:
		return _("No drafts.");
	case VIEW_CONTACTS:
	case VIEW_LINKS:
	case VIEW_CHECKS:
		return _("No peers are enrolled.");
	case VIEW_SEARCH:
		return _("Nothing was found.");
	default:
		return view->box == BOX_OPEN ? _("Nothing is open.") : _("No messages.");
	}
}

void list_draw(const struct board *board, const struct seen *view, struct grid *grid, int from, int to)
{
	const struct layout *layout = layout_of(view->kind);
	size_t fits = list_fits(board, to - from), lines, in_sight = 0;
	const struct row *row = NULL;
	struct line line[2];
	int width[COLUMNS];

	if (view->top >= view->first && view->top - view->first < view->count) {
		row = &view->row[view->top - view->first];
		in_sight = view->count - (view->top - view->first);
	}
	if (in_sight > fits)
		in_sight = fits;
	if (in_sight == 0) {
		grid_put(grid, from + 1, 0, grid->width, LOOK_PLAIN,
			 bytes_of(!view->has_answer || view->is_stale ? _("Asking the station …") : empty_words(view)));
		return;
	}
	lines = lay_out(board, layout, row, in_sight, line, width);
	for (size_t l = 0; l < lines; l++)
		draw_heads(layout->column, &line[l], width, grid, from + (int)l);
	for (size_t i = 0; i < in_sight; i++)
		for (size_t l = 0; l < lines; l++)
			draw_line(board, &row[i], &line[l], width, grid, from + (int)((i + 1) * lines + l),
				  view->top + i == view->cursor);
}

void list_cursor(const struct board *board, const struct seen *view, int from, int *out_row, int *out_column)
{
	if (list_chosen(view) == NULL)
		return;
	*out_row = from + (int)((view->cursor - view->top + 1) * lines_of(board));
	*out_column = 0;
}

void list_draw_row(const struct board *board, const struct row *row, struct grid *grid, int at, unsigned look)
{
	char first[TIME_TEXT + 16];
	char *text;

	first_cell(board, row, first);
	text = say_format(_("ALARM %s  %s  %s"), first, row->label, row->cell[STATE_COLUMN]);
	grid_put(grid, at, 0, grid->width, look, bytes_of(text));
	free(text);
}
