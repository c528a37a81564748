/* Medians and percentiles by the nearest rank: each is a span that did occur. */
#include "client/audit/stats.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_ROOM 16

int stats_add(struct stats_series *series, int64_t us)
{
	if (series->count == series->room) {
		size_t wider = series->room > 0 ? 2 * series->room : FIRST_ROOM;
		int64_t *bigger =
		    wider <= SIZE_MAX / sizeof *bigger ? realloc(series->us, wider * sizeof *bigger) : NULL;

		if (bigger == NULL)
			return -ENOMEM;
		series->us = bigger;
		series->room = wider;
	}
	series->us[series->count++] = us;
	return 0;
}

static int compare_spans(const void *a, const void *b)
{
	int64_t x, y;

	x = *(const int64_t *)a;
	y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

void stats_sort(struct stats_series *series)
{
	if (series->count > 1)
		qsort(series->us, series->count, sizeof *series->us, compare_spans);
}

int64_t stats_share(const struct stats_series *series, unsigned percent)
{
	size_t whole = series->count / 100, rest = series->count % 100, rank;

	if (series->count == 0)
		return 0;
	rank = whole * percent + (rest * percent + 99) / 100;
	return series->us[rank > 0 ? rank - 1 : 0];
}

void stats_finish(struct stats_series *series)
{
	free(series->us);
	*series = (struct stats_series){0};
}
