/* What a key does in each view. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"

static void move(struct board *board, int64_t by)
{
	struct seen *view = board_top(board);

	if (view->kind <= VIEW_LAST_LIST)
		list_move(board, view, by);
	else
		page_move(board, view, by);
}

/* A screen, in rows of a list or lines of a page; one of them stays in sight. */
static int64_t screen(const struct board *board)
{
	const struct seen *view = &board->view[board->depth - 1];
	int from, to;
	int64_t fits;

	draw_room(board, &from, &to);
	fits = view->kind <= VIEW_LAST_LIST ? (int64_t)list_fits(board, to - from) : to - from;
	return fits > 1 ? fits - 1 : 1;
}

static void see(struct board *board, enum view kind, const char *about)
{
	if (board_push(board, kind, about) == NULL)
		board_note(board, "%s", _("Too many views lie over each other: go back first."));
}

static void open_row(struct board *board)
{
	static const enum view opens[] = {[VIEW_LIST] = VIEW_MESSAGE,
					  [VIEW_THREAD] = VIEW_MESSAGE,
					  [VIEW_SEARCH] = VIEW_MESSAGE,
					  [VIEW_DRAFTS] = VIEW_DRAFT,
					  [VIEW_CONTACTS] = VIEW_CONTACT};
	const struct row *row = list_chosen(board_top(board));

	if (row != NULL)
		see(board, opens[board_top(board)->kind], row->key);
}

static void see_thread(struct board *board)
{
	const struct seen *view = board_top(board);
	const struct row *row = list_chosen(view);
	char hex[2 * INCIDENT_BYTES + 1];

	if (view->kind == VIEW_MESSAGE ? !view->has_incident : row == NULL || !row->has_incident) {
		board_note(board, "%s", _("It belongs to no incident."));
		return;
	}
	key_hex(view->kind == VIEW_MESSAGE ? view->incident : row->incident, INCIDENT_BYTES, hex);
	see(board, VIEW_THREAD, hex);
}

/* Another box, or another filter: from its first row. */
static void restart_list(struct board *board)
{
	struct seen *view = board_top(board);

	view->cursor = view->top = view->first = view->total = 0;
	list_clear(view);
	view->is_stale = true;
	view->has_answer = false;
}

static void see_help(struct board *board)
{
	enum view of = board_top(board)->kind;
	struct seen *view = board_push(board, VIEW_HELP, "");

	if (view != NULL)
		text_help(board, view, of);
}

static void next_box(struct board *board)
{
	static const enum box after[] = {
	    [BOX_OPEN] = BOX_INBOX, [BOX_INBOX] = BOX_OUTBOX, [BOX_OUTBOX] = BOX_ALL, [BOX_ALL] = BOX_OPEN};
	struct seen *view = board_top(board);

	view->box = after[view->box];
	restart_list(board);
}

static void do_act(struct board *board, enum act act)
{
	static const enum view views[] = {[ACT_DRAFTS] = VIEW_DRAFTS, [ACT_CONTACTS] = VIEW_CONTACTS,
					  [ACT_LINKS] = VIEW_LINKS, [ACT_CHECKS] = VIEW_CHECKS};

	switch (act) {
	case ACT_NONE:
		return;
	case ACT_UP:
	case ACT_DOWN:
		move(board, act == ACT_UP ? -1 : 1);
		return;
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
		move(board, act == ACT_PAGE_UP ? -screen(board) : screen(board));
		return;
	case ACT_FIRST:
	case ACT_LAST:
		move(board, act == ACT_FIRST ? -INT32_MAX : INT32_MAX);
		return;
	case ACT_OPEN:
		open_row(board);
		return;
	case ACT_BACK:
		board_pop(board);
		return;
	case ACT_HELP:
		see_help(board);
		return;
	case ACT_QUIT:
		board->is_done = true;
		return;
	case ACT_BOX:
		next_box(board);
		return;
	case ACT_URGENT:
		board_top(board)->is_urgent = !board_top(board)->is_urgent;
		restart_list(board);
		return;
	case ACT_SEARCH:
		ask_search(board);
		return;
	case ACT_ALARM:
		if (board->alarm_count > 0)
			see(board, VIEW_MESSAGE, board->alarm[0].key);
		return;
	case ACT_PAUSE ... ACT_BREACH:
		board->play = (enum play)(PLAY_PAUSE + (act - ACT_PAUSE));
		return;
	case ACT_THREAD:
		see_thread(board);
		return;
	case ACT_DRAFTS:
	case ACT_CONTACTS:
	case ACT_LINKS:
	case ACT_CHECKS:
		see(board, views[act], "");
		return;
	case ACT_NEW ... ACT_CLOSE:
		compose_begin(board, act);
		return;
	default:
		ask_begin(board, act);
		return;
	}
}

void board_key(struct board *board, unsigned key)
{
	free(board->note);
	board->note = NULL;
	if (board_top(board)->kind == VIEW_FORM) {
		compose_key(board, key);
		return;
	}
	if (board->ask.stage != ASK_NONE)
		ask_key(board, key);
	else
		do_act(board, key_act(key, board_top(board)->kind, board->is_replay));
	move(board, 0); /* the room may have changed */
}
