/*
 * Everything that follows from the logs, made anew: the entries of all logs in the order in which they were made, which
 * is that of their times, each applied as it was then.
 */
#include <stdlib.h>

#include "daemon/core.h"

/* The next entry of a log. */
struct cursor {
	struct peer *peer;
	int64_t origin, at;
	uint64_t index;
};

static void look(struct station *st, struct cursor *cursor)
{
	struct log_row row;

	cursor->at = store_log_row(st->store, cursor->origin, cursor->index, &row) ? row.leaf.at : INT64_MAX;
}

static struct cursor *earliest(struct cursor *cursor, size_t count)
{
	struct cursor *first = &cursor[0];

	for (size_t i = 1; i < count; i++)
		if (cursor[i].at < first->at)
			first = &cursor[i];
	return first->at < INT64_MAX ? first : NULL;
}

uint64_t rebuild_all(struct station *st)
{
	struct cursor *cursor = calloc(st->peer_count + 1, sizeof *cursor), *next;
	size_t count = 1;
	uint64_t entries = 0;
	struct log_row row;

	if (cursor == NULL)
		abort();
	store_projection_clear(st->store);
	store_service_clear(st->store);
	st->shift = (struct clock_shift){0};
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		cursor[count++] = (struct cursor){.peer = peer, .origin = peer->id};
	for (size_t i = 0; i < count; i++)
		look(st, &cursor[i]);
	while ((next = earliest(cursor, count)) != NULL && store_log_row(st->store, next->origin, next->index, &row)) {
		apply_entry(st, next->peer, &row.leaf);
		next->index++;
		entries++;
		look(st, next);
	}
	free(cursor);
	return entries;
}
