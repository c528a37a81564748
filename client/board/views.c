/* What each view asks the station for. Lists of messages come by the window, all else whole. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"
#include "client/text.h"

#define PARAMS_BYTES 256
#define THREAD_ROWS 200 /* of an incident's tree, newest first */

static bool is_page(enum view kind)
{
	return kind > VIEW_LAST_LIST;
}

/* The rows wanted: a screen before those in sight, and one after. */
static void window(const struct board *board, const struct seen *view, size_t *out_first, size_t *out_count)
{
	size_t fits;
	int from, to;

	draw_room(board, &from, &to);
	fits = list_fits(board, to - from);
	*out_first = view->top > fits ? view->top - fits : 0;
	*out_count = 3 * fits;
}

bool view_wants(const struct board *board, const struct seen *view)
{
	size_t fits, last;
	int from, to;

	if (view->kind == VIEW_HELP || view->kind == VIEW_FORM || view->kind == VIEW_SEARCH)
		return false;
	if (view->is_stale || view->kind != VIEW_LIST)
		return view->is_stale;
	draw_room(board, &from, &to);
	fits = list_fits(board, to - from);
	last = view->top + fits < view->total ? view->top + fits : view->total;
	return view->top < view->first || last > view->first + view->count;
}

void view_request_page(const struct page_of *of, struct board_request *out)
{
	*out = (struct board_request){METHOD_PAGE, pack_writer(must(malloc(PARAMS_BYTES)), PARAMS_BYTES), 2};
	pack_put_array(&out->params, 6);
	pack_put_uint(&out->params, of->box);
	pack_put_text(&out->params, "");
	pack_put_uint(&out->params, of->is_urgent ? 1U << PRECEDENCE_FLASH | 1U << PRECEDENCE_IMMEDIATE : 0);
	pack_put_bin(&out->params, of->incident, of->incident != NULL ? INCIDENT_BYTES : 0);
	pack_put_uint(&out->params, of->first);
	pack_put_uint(&out->params, of->count);
}

static void request_page(const struct board *board, const struct seen *view, struct board_request *out)
{
	size_t first = 0, count = THREAD_ROWS;
	uint8_t incident[INCIDENT_BYTES];
	bool has_incident = view->kind == VIEW_THREAD && text_hex(bytes_of(view->about), incident, sizeof incident);

	if (view->kind == VIEW_LIST)
		window(board, view, &first, &count);
	view_request_page(&(struct page_of){.box = view->kind == VIEW_LIST ? view->box : BOX_ALL, .is_urgent = view->is_urgent,
					    .incident = has_incident ? incident : NULL, .first = first, .count = count}, out);
}

/* What a view asks for and how many elements its answer has; one of the parameters, if there is one, is its `about`. */
static const struct {
	enum method method;
	size_t count;
	enum { ABOUT_NOTHING, ABOUT_TEXT, ABOUT_NUMBER } about;
} asked[VIEW_COUNT] = {
    [VIEW_LIST] = {METHOD_PAGE, 2, ABOUT_NOTHING},	    [VIEW_THREAD] = {METHOD_PAGE, 2, ABOUT_NOTHING},
    [VIEW_DRAFTS] = {METHOD_DRAFT_LIST, 1, ABOUT_NOTHING},  [VIEW_CONTACTS] = {METHOD_CONTACTS, 1, ABOUT_NOTHING},
    [VIEW_LINKS] = {METHOD_STATUS, 3, ABOUT_NOTHING},	    [VIEW_CHECKS] = {METHOD_CHECKS, 1, ABOUT_NOTHING},
    [VIEW_MESSAGE] = {METHOD_SHOW, 1, ABOUT_TEXT},	    [VIEW_DRAFT] = {METHOD_DRAFT_SHOW, 1, ABOUT_NUMBER},
    [VIEW_CONTACT] = {METHOD_CONTACT, 1, ABOUT_TEXT},
};

void view_request(const struct board *board, const struct seen *view, struct board_request *out)
{
	size_t capacity = PARAMS_BYTES + strlen(view->about);
	uint64_t number = 0;

	if (asked[view->kind].method == METHOD_PAGE) {
		request_page(board, view, out);
		return;
	}
	out->method = asked[view->kind].method;
	out->count = asked[view->kind].count;
	out->params = pack_writer(must(malloc(capacity)), capacity);
	pack_put_array(&out->params, asked[view->kind].about == ABOUT_NOTHING ? 0 : 1);
	if (asked[view->kind].about == ABOUT_TEXT)
		pack_put_text(&out->params, view->about);
	if (asked[view->kind].about == ABOUT_NUMBER) {
		text_number(bytes_of(view->about), INT64_MAX, &number);
		pack_put_uint(&out->params, number);
	}
}

/* What is chosen stays chosen when the order changes, as long as it is in the window. */
static void follow_cursor(struct board *board, struct seen *view, const char *key)
{
	for (size_t i = 0; i < view->count && key != NULL; i++)
		if (strcmp(view->row[i].key, key) == 0)
			view->cursor = view->first + i;
	list_move(board, view, 0);
}

static void read_list(struct board *board, struct seen *view, struct pack_reader *r)
{
	const struct row *chosen = list_chosen(view);
	char *key = chosen != NULL ? must(strdup(chosen->key)) : NULL;
	size_t count;

	view->first = 0;
	if (view->kind == VIEW_LIST)
		window(board, view, &view->first, &count);
	list_clear(view);
	rows_read(board, view, r);
	if (view->kind != VIEW_LIST)
		view->total = view->count;
	follow_cursor(board, view, key);
	free(key);
}

void view_read(struct board *board, struct seen *view, struct pack_reader *r)
{
	if (is_page(view->kind))
		text_read(board, view, r);
	else
		read_list(board, view, r);
}
