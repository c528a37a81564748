/*
 * Search: all messages, newest work first, are looked through a page a turn; what has the words in its number, names,
 * kind, state or subject stays. Capitals and the way that marks are composed make no difference.
 */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"
#include "client/text.h"

#define PAGE 200
#define FOUND_MAX 1000 /* more are no help */

bool search_wants(const struct seen *view)
{
	return view->kind == VIEW_SEARCH && view->is_stale;
}

void search_request(const struct seen *view, struct board_request *out)
{
	view_request_page(&(struct page_of){.box = BOX_ALL, .first = view->searched, .count = PAGE}, out);
}

/* about is folded already. */
static bool has_words(const struct row *row, const char *about)
{
	bool has = false;

	for (size_t i = 1; i < COLUMNS && row->cell[i] != NULL && !has; i++) {
		char *folded = text_fold(bytes_of(row->cell[i]));

		has = strstr(folded, about) != NULL;
		free(folded);
	}
	return has;
}

void search_read(struct board *board, struct seen *view, struct pack_reader *r)
{
	static struct shown shown;
	size_t total = (size_t)pack_read_uint(r, INT64_MAX), count = pack_read_array(r, SIZE_MAX);

	for (size_t i = 0; i < count && show_read(r, &shown); i++) {
		struct row *row = list_add(view);

		row_message(board, row, &shown);
		if (has_words(row, view->about))
			continue;
		row_free(row);
		view->count--;
	}
	view->searched += count;
	view->total = view->count;
	view->has_answer = true;
	if (count == 0 || view->searched >= total || view->count >= FOUND_MAX)
		view->is_stale = false;
	list_move(board, view, 0);
}
