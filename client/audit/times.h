/* The times of all entries of a station, to see that they strictly increase across its logs (SPEC 6.2). */
#ifndef HOTLINE_CLIENT_AUDIT_TIMES_H
#define HOTLINE_CLIENT_AUDIT_TIMES_H

#include <stddef.h>
#include <stdint.h>

struct times {
	int64_t *at;
	size_t count, room;
};

/* 0 or -ENOMEM. */
int times_add(struct times *times, int64_t at);
/* How many entries have the time of another one. 0 … count, or -ENOMEM. */
int64_t times_count_equal(struct times *times);
void times_finish(struct times *times);

#endif
