/* Pages: text in lines that fit, of which some are in sight. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"

#define AGAIN "    " /* before the rest of a line: nothing that a peer wrote begins where our words do */
#define AGAIN_CELLS 4

static void wrap(FILE *out, struct bytes line, int width)
{
	struct bytes rest = line, part;
	size_t len = cells_break(line, width);

	fwrite(line.data, 1, len, out);
	rest = (struct bytes){line.data + len, line.len - len};
	while (rest.len > 0 && cells_line(&rest, width - AGAIN_CELLS, &part))
		fprintf(out, "\n" AGAIN "%.*s", BYTES(part));
	fputc('\n', out);
}

void page_set(struct seen *view, char *text, size_t len, int width)
{
	FILE *out;

	free(view->text);
	view->width = width;
	view->text = NULL;
	out = must(open_memstream(&view->text, &view->text_len));
	for (const char *line = text, *end; line < text + len; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + len - line));
		if (end == NULL)
			end = text + len;
		wrap(out, (struct bytes){(const uint8_t *)line, (size_t)(end - line)}, width);
	}
	fclose(out);
	free(text);
	view->line_count = 0;
	for (size_t i = 0; i < view->text_len; i++)
		view->line_count += view->text[i] == '\n';
}

/* Line `at`, or the empty one behind the last. */
static struct bytes line_at(const struct seen *view, size_t at)
{
	const char *line = view->text, *end = view->text + view->text_len, *stop;

	while (at-- > 0 && line < end) {
		stop = memchr(line, '\n', (size_t)(end - line));
		line = stop != NULL ? stop + 1 : end;
	}
	stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
	return (struct bytes){(const uint8_t *)line, (size_t)((stop != NULL ? stop : end) - line)};
}

void page_move(struct board *board, struct seen *view, int64_t by)
{
	size_t fits, last;
	int from, to;

	draw_room(board, &from, &to);
	fits = to > from ? (size_t)(to - from) : 1;
	last = view->line_count > fits ? view->line_count - fits : 0;
	if (by < 0)
		view->top -= (size_t)-by < view->top ? (size_t)-by : view->top;
	else
		view->top += (size_t)by;
	if (view->top > last)
		view->top = last;
}

void page_draw(const struct seen *view, struct grid *grid, int from, int to)
{
	for (int at = from; at < to && view->top + (size_t)(at - from) < view->line_count; at++)
		grid_put(grid, at, 0, grid->width, LOOK_PLAIN, line_at(view, view->top + (size_t)(at - from)));
}
