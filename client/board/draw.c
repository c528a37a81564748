/* The whole screen: head, alarms, the view, a question, the status line and the keys. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"

#define LEAST_WIDTH 60
#define LEAST_HEIGHT 14
#define PART " | " /* between the parts of the status line */

static int alarm_lines(const struct board *board)
{
	size_t shown = board->alarm_count < ALARMS_SHOWN ? board->alarm_count : ALARMS_SHOWN;

	return (int)shown + (board->alarm_total > shown);
}

void draw_room(const struct board *board, int *out_from, int *out_to)
{
	*out_from = 1 + alarm_lines(board);
	*out_to = board->height - 2 - (board->note != NULL) - ask_height(board);
	if (*out_to <= *out_from)
		*out_to = *out_from + 1;
}

static const char *view_name(const struct seen *view)
{
	static const char *const boxes[] = {N_("All messages"), N_("Open"), N_("Inbox"), N_("Outbox")};
	static const char *const names[VIEW_COUNT] = {
	    [VIEW_THREAD] = N_("Thread"),   [VIEW_SEARCH] = N_("Found"),    [VIEW_DRAFTS] = N_("Drafts"),   [VIEW_CONTACTS] = N_("Contacts"),
	    [VIEW_LINKS] = N_("Links"),	    [VIEW_CHECKS] = N_("Checks"),   [VIEW_MESSAGE] = N_("Message"),
	    [VIEW_DRAFT] = N_("Draft"),	    [VIEW_CONTACT] = N_("Contact"), [VIEW_HELP] = N_("Keys"),
	    [VIEW_FORM] = N_("Form")};

	return _(view->kind == VIEW_LIST ? boxes[view->box] : names[view->kind]);
}

static void draw_head(const struct board *board, struct grid *grid)
{
	const struct seen *view = &board->view[board->depth - 1];
	char now[TIME_TEXT], *right, *left;
	int width;

	show_time(board->now, now);
	right = say_format("%s  %s ", now, board->officer);
	if (view->kind > VIEW_LAST_LIST)
		left = say_format(" %s  %s", board->station, view_name(view));
	else
		left = say_format(view->is_urgent ? _(" %s  %s, urgent only: %zu of %zu") : _(" %s  %s: %zu of %zu"), board->station,
				  view_name(view), view->total > 0 ? view->cursor + 1 : 0, view->total);
	width = cells_width(bytes_of(right));
	grid_put(grid, 0, 0, grid->width, LOOK_REVERSE | LOOK_BOLD, bytes_of(left));
	grid_put(grid, 0, grid->width - width, width, LOOK_REVERSE | LOOK_BOLD, bytes_of(right));
	free(left);
	free(right);
}

static void draw_alarms(const struct board *board, struct grid *grid)
{
	int lines = alarm_lines(board), i;

	for (i = 0; i < lines && i < ALARMS_SHOWN && (size_t)i < board->alarm_count; i++)
		list_draw_row(board, &board->alarm[i], grid, 1 + i, LOOK_BOLD | LOOK_REVERSE);
	if (i < lines)
		grid_format(grid, 1 + i, 0, grid->width, LOOK_BOLD | LOOK_REVERSE,
			    _("ALARM and %zu more on which nobody here has acted"),
			    board->alarm_total - (size_t)i);
}

static void draw_lost(const struct board *board, struct grid *grid, int at)
{
	char since[TIME_TEXT];

	show_time(board->lost_at, since);
	grid_format(grid, at, 0, grid->width, LOOK_REVERSE | LOOK_BOLD,
		    _(" NO CONNECTION to hotlined since %s; what is shown may be old. %s"), since, board->lost_why);
}

static void draw_status(const struct board *board, struct grid *grid, int at)
{
	const struct seen *view = &board->view[board->depth - 1];
	char *text = NULL;
	size_t len;
	FILE *out;

	if (board->is_replay) {
		grid_put(grid, at, 0, grid->width, LOOK_REVERSE | LOOK_BOLD, bytes_of(board->replay_line));
		return;
	}
	if (!board->is_connected) {
		draw_lost(board, grid, at);
		return;
	}
	out = must(open_memstream(&text, &len));
	if (view->exercise[0] != '\0')
		fprintf(out, _("EXERCISE %s | "), view->exercise);
	fprintf(out, _("%llu unacknowledged"), (unsigned long long)board->unacknowledged);
	fputs(PART, out);
	if (board->links_down > 0)
		fprintf(out, _("links: %zu up, %zu DOWN (%s)"), board->links_up, board->links_down, board->down);
	else
		fprintf(out, _("links: %zu up"), board->links_up);
	fputs(PART, out);
	if (board->clock_error == CLOCK_ERROR_UNKNOWN)
		fputs(_("clock error UNKNOWN"), out);
	else
		fprintf(out, _("clock ±%u ms"), board->clock_error);
	fputs(PART, out);
	fprintf(out, _("queue %llu"), (unsigned long long)board->queue);
	fclose(out);
	if (board->has_status)
		grid_format(grid, at, 0, grid->width, LOOK_REVERSE, " %s", text);
	free(text);
}

/* As many keys as fit; "?" shows the rest. */
static void draw_keys(const struct board *board, struct grid *grid, int at)
{
	enum view kind = board->view[board->depth - 1].kind;
	char *text = say_format("%s", kind == VIEW_FORM ? compose_keys(board) : ""),
	     *more, *last = kind >= VIEW_HELP ? say_format("%s", "") : say_format("? %s", _("keys"));
	int room = grid->width - cells_width(bytes_of(last)) - 1;

	for (size_t i = 0; i < key_row_count; i++) {
		if (!key_works(&key_rows[i], kind, board->is_replay) || !key_rows[i].is_in_line || key_rows[i].key == '?')
			continue;
		more = say_format("%s%s %s  ", text, key_rows[i].label, _(key_rows[i].what));
		if (cells_width(bytes_of(more)) > room) {
			free(more);
			break;
		}
		free(text);
		text = more;
	}
	grid_format(grid, at, 0, grid->width, LOOK_PLAIN, " %s%s", text, last);
	free(text);
	free(last);
}

static void draw_view(struct board *board, struct grid *grid, int from, int to)
{
	struct seen *view = board_top(board);
	const char *words = _("Asking the station …");

	if (view->failure != NULL)
		grid_put(grid, from + 1, 0, grid->width, LOOK_BOLD, bytes_of(view->failure));
	else if (view->kind <= VIEW_LAST_LIST)
		list_draw(board, view, grid, from, to);
	else if (view->has_answer)
		page_draw(view, grid, from, to);
	else
		grid_put(grid, from + 1, 0, grid->width, LOOK_PLAIN, bytes_of(words));
}

void board_draw(struct board *board, struct grid *grid, int *out_row, int *out_column)
{
	int from, to;

	*out_row = *out_column = -1;
	grid_clear(grid);
	if (grid->width < LEAST_WIDTH || grid->height < LEAST_HEIGHT) {
		grid_format(grid, 0, 0, grid->width, LOOK_PLAIN, "%s", _("Too small."));
		grid_format(grid, 1, 0, grid->width, LOOK_PLAIN, "%dx%d < %dx%d", grid->width, grid->height, LEAST_WIDTH,
			    LEAST_HEIGHT);
		return;
	}
	draw_room(board, &from, &to);
	draw_head(board, grid);
	draw_alarms(board, grid);
	if (board_top(board)->kind == VIEW_FORM)
		compose_draw(board, grid, from, to, out_row, out_column);
	else
		draw_view(board, grid, from, to);
	if (board->ask.stage != ASK_NONE)
		ask_draw(board, grid, to, out_row, out_column);
	if (board->note != NULL)
		grid_format(grid, grid->height - 3, 0, grid->width, LOOK_BOLD, " %s", board->note);
	draw_status(board, grid, grid->height - 2);
	if (board->ask.stage == ASK_NONE) /* else it names its own */
		draw_keys(board, grid, grid->height - 1);
	if (*out_row < 0 && board_top(board)->kind <= VIEW_LAST_LIST)
		list_cursor(board, board_top(board), from, out_row, out_column);
}
