/* The messages of an incident as a tree: each under the one that it answers or supersedes, the oldest first. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"

#define DEEPEST 8 /* from here on nothing is indented further */
#define NUMBER_COLUMN 2

void thread_add(struct thread *thread, const struct shown *s)
{
	struct thread_node *node;
	struct bytes parent = s->raw.in_reply_to.len > 0 ? s->raw.in_reply_to : s->raw.supersedes;

	thread->node = must(realloc(thread->node, (thread->count + 1) * sizeof *thread->node));
	node = &thread->node[thread->count];
	*node = (struct thread_node){.row = thread->count++, .at = s->message.released_at};
	show_number(&s->message, node->number);
	snprintf(node->parent, sizeof node->parent, "%.*s", BYTES(parent));
}

static int compare_at(const void *a, const void *b)
{
	const struct thread_node *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static bool has_parent(const struct thread *thread, const struct thread_node *node)
{
	for (size_t i = 0; i < thread->count; i++)
		if (&thread->node[i] != node && node->parent[0] != '\0' && strcmp(thread->node[i].number, node->parent) == 0)
			return true;
	return false;
}

/* Places the row, then what hangs on it. What is placed is never placed again, so that no circle goes round. */
static void place(struct thread *thread, struct seen *view, struct row *placed, struct thread_node *node, int depth)
{
	struct row *row = &placed[thread->placed++];
	int shown = depth < DEEPEST ? depth : DEEPEST;

	node->is_placed = true;
	*row = view->row[node->row];
	if (depth > 0)
		list_cell(row, NUMBER_COLUMN, "%*s└ %s", 2 * (shown - 1), "", node->number);
	for (size_t i = 0; i < thread->count; i++)
		if (!thread->node[i].is_placed && strcmp(thread->node[i].parent, node->number) == 0)
			place(thread, view, placed, &thread->node[i], depth + 1);
}

void thread_order(struct thread *thread, struct seen *view)
{
	struct row *placed = must(calloc(view->count + 1, sizeof *placed));

	if (thread->count > 0)
		qsort(thread->node, thread->count, sizeof *thread->node, compare_at);
	for (size_t i = 0; i < thread->count; i++)
		if (!has_parent(thread, &thread->node[i]))
			place(thread, view, placed, &thread->node[i], 0);
	for (size_t i = 0; i < thread->count; i++)
		if (!thread->node[i].is_placed)
			place(thread, view, placed, &thread->node[i], 0);
	free(view->row);
	view->row = placed;
	free(thread->node);
}
