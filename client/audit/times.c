/*
 * Each log gives times that increase, so the times of all are a few runs that do: they are merged, with the runs in a heap
 * by their first.
 */
#include "client/audit/times.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

struct heap {
	struct span {
		const int64_t *next, *end;
	} *span;
	size_t count;
};

int times_add(struct times *times, int64_t at)
{
	if (times->count == times->room) {
		size_t room = times->room > 0 ? 2 * times->room : FIRST_ROOM;
		int64_t *bigger = realloc(times->at, room * sizeof *bigger);

		if (bigger == NULL)
			return -ENOMEM;
		times->at = bigger;
		times->room = room;
	}
	times->at[times->count++] = at;
	return 0;
}

static void sink(struct heap *heap, size_t at)
{
	for (;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap->count; child++)
			if (*heap->span[child].next < *heap->span[least].next)
				least = child;
		if (least == at)
			return;
		struct span moved = heap->span[at];
		heap->span[at] = heap->span[least];
		heap->span[least] = moved;
		at = least;
	}
}

/* The least time of all, which is taken away. */
static int64_t take(struct heap *heap)
{
	struct span *top = &heap->span[0];
	int64_t at = *top->next++;

	if (top->next == top->end)
		*top = heap->span[--heap->count];
	sink(heap, 0);
	return at;
}

static bool begins_run(const struct times *times, size_t at)
{
	return at == 0 || times->at[at] < times->at[at - 1];
}

int64_t times_count_equal(struct times *times)
{
	struct heap heap = {NULL, 0};
	int64_t equal = 0, before = 0;
	size_t runs = 0;

	for (size_t i = 0; i < times->count; i++)
		runs += begins_run(times, i);
	heap.span = malloc((runs + 1) * sizeof *heap.span);
	if (heap.span == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < times->count; i++) {
		if (begins_run(times, i))
			heap.span[heap.count++].next = &times->at[i];
		heap.span[heap.count - 1].end = &times->at[i + 1];
	}
	for (size_t i = heap.count; i-- > 0;)
		sink(&heap, i);
	for (size_t i = 0; i < times->count; i++) {
		int64_t at = take(&heap);

		equal += i > 0 && at == before;
		before = at;
	}
	free(heap.span);
	return equal;
}

void times_finish(struct times *times)
{
	free(times->at);
	memset(times, 0, sizeof *times);
}
