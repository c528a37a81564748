/* Spans of time in numbers: how many, the middle one, the one that 95 in 100 keep within, the worst. Pure. */
#ifndef HOTLINE_CLIENT_AUDIT_STATS_H
#define HOTLINE_CLIENT_AUDIT_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats_series {
	int64_t *us; /* sorted once stats_sort() was called */
	size_t count, room;
	uint64_t in_time; /* of them */
	uint64_t missing; /* owed, and not in the record */
};

/* 0 or -ENOMEM. */
int stats_add(struct stats_series *series, int64_t us);
void stats_sort(struct stats_series *series);
/*
 * The least span that is not shorter than `percent` in 100 of all (the nearest rank): 50 the median, 95, 100 the worst.
 * 0 when there is none. The series is sorted.
 */
int64_t stats_share(const struct stats_series *series, unsigned percent);
void stats_finish(struct stats_series *series);

#endif
