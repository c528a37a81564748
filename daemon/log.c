/* The daemon's journal lines. */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "proto/name.h"

#define LINE_BYTES 1024

void log_line(struct bytes line)
{
	char text[LINE_BYTES + TIME_TEXT + 2], at[TIME_TEXT];
	struct timespec now;
	size_t len = 0;

	if (getenv("JOURNAL_STREAM") == NULL) {
		clock_gettime(CLOCK_REALTIME, &now);
		time_format_iso(now.tv_sec * SECOND_US, at);
		len = (size_t)snprintf(text, sizeof text, "%s ", at);
	}
	for (size_t i = 0; i < line.len && i < LINE_BYTES; i++)
		text[len++] = line.data[i] >= 0x20 && line.data[i] < 0x7f ? (char)line.data[i] : '?';
	text[len++] = '\n';
	fwrite(text, 1, len, stderr); /* one write a line: standard error has no buffer of its own */
}

void log_text(const char *format, ...)
{
	char line[LINE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	log_line(bytes_of(line));
}
