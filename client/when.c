/* A time in UTC, or how long from now. */
#include "client/when.h"

#include <time.h>

#include "client/say.h"
#include "proto/limits.h"

bool when_read(const char *what, const char *word, int64_t *out)
{
	int64_t span, now_us = time(NULL) * SECOND_US;

	if (word != NULL && time_parse(bytes_of(word), out) && *out > 0)
		return true;
	if (word != NULL && time_parse_span(bytes_of(word), &span) && span > 0 && span < 53 * WEEK_US) {
		*out = now_us + span;
		return true;
	}
	say_error("%s: a time in UTC like 2026-10-14T14:20Z is wanted, or a span like 90m or 2h", what);
	return false;
}
