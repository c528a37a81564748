/* The daemon's journal lines. */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "proto/name.h"

void log_line(struct bytes line)
{
	struct timespec now;
	char at[TIME_TEXT];

	if (getenv("JOURNAL_STREAM") == NULL) {
		clock_gettime(CLOCK_REALTIME, &now);
		time_format_iso(now.tv_sec * SECOND_US, at);
		fprintf(stderr, "%s ", at);
	}
	for (size_t i = 0; i < line.len; i++)
		fputc(line.data[i] >= 0x20 && line.data[i] < 0x7f ? line.data[i] : '?', stderr);
	fputc('\n', stderr);
}

void log_text(const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	log_line(bytes_of(line));
}
