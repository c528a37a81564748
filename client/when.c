/* A time in UTC, or how long from now. */
#include "client/when.h"

#include <time.h>

#include "client/lang.h"
#include "client/say.h"
#include "proto/limits.h"

bool when_parse(struct bytes word, int64_t now, int64_t *out)
{
	int64_t span;

	if (time_parse(word, out) && *out > 0)
		return true;
	if (!time_parse_span(word, &span) || span <= 0 || span >= 53 * WEEK_US)
		return false;
	*out = now + span;
	return true;
}

bool when_read(const char *what, const char *word, int64_t *out)
{
	if (word != NULL && when_parse(bytes_of(word), time(NULL) * SECOND_US, out))
		return true;
	say_error(_("%s: a time in UTC like 2026-10-14T14:20Z is wanted, or a span like 90m or 2h"), what);
	return false;
}
