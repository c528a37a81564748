/* Bars of progress (see progress.h). */
#include "client/progress.h"
#include "client/lang.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "proto/limits.h"

#define BAR_CELLS 24
#define DRAW_US (SECOND_US / 5)
#define LONGEST_S (100 * 3600) /* time left beyond this says nothing */

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

void progress_bytes(uint64_t bytes, char out[PROGRESS_BYTES_TEXT])
{
	if (bytes < KIB)
		snprintf(out, PROGRESS_BYTES_TEXT, "%u B", (unsigned)bytes);
	else if (bytes < MIB)
		snprintf(out, PROGRESS_BYTES_TEXT, "%.1f KiB", (double)bytes / KIB);
	else
		snprintf(out, PROGRESS_BYTES_TEXT, "%.1f MiB", (double)bytes / MIB);
}

static uint64_t rate_of(const struct progress *p)
{
	int64_t span_us = p->at_us - p->began_us;

	if (p->rate > 0)
		return p->rate;
	return span_us > 0 ? (p->done - p->began_with) * SECOND_US / (uint64_t)span_us : 0;
}

static void format_left(const struct progress *p, uint64_t rate, char *out, size_t size)
{
	uint64_t left_s = rate > 0 ? (p->total - p->done + rate - 1) / rate : LONGEST_S;

	if (p->done == p->total)
		snprintf(out, size, _("done"));
	else if (left_s >= LONGEST_S)
		snprintf(out, size, _("waiting"));
	else if (left_s >= 3600)
		snprintf(out, size, _("%u:%02u:%02u left"), (unsigned)left_s / 3600, (unsigned)left_s / 60 % 60,
			 (unsigned)left_s % 60);
	else
		snprintf(out, size, _("%u:%02u left"), (unsigned)left_s / 60, (unsigned)left_s % 60);
}

void progress_format(const struct progress *p, char out[PROGRESS_TEXT])
{
	char bar[BAR_CELLS + 1], done[PROGRESS_BYTES_TEXT], total[PROGRESS_BYTES_TEXT], each[PROGRESS_BYTES_TEXT], left[24];
	uint64_t rate = rate_of(p), percent = p->total > 0 ? p->done * 100 / p->total : 100;
	size_t full = p->total > 0 ? p->done * BAR_CELLS / p->total : BAR_CELLS;

	memset(bar, '.', BAR_CELLS);
	memset(bar, '#', full);
	bar[BAR_CELLS] = '\0';
	progress_bytes(p->done, done);
	progress_bytes(p->total, total);
	progress_bytes(rate, each);
	format_left(p, rate, left, sizeof left);
	snprintf(out, PROGRESS_TEXT, _("%s [%s] %3u %%  %s of %s  %s/s  %s"), p->what, bar, (unsigned)percent, done,
		 total, each, left);
}

static void draw(struct progress *p)
{
	char text[PROGRESS_TEXT];

	progress_format(p, text);
	fprintf(stderr, "\r%s\x1b[K", text); /* and nothing behind it from before */
	fflush(stderr);
	p->drawn_us = p->at_us;
	p->is_drawn = true;
}

void progress_begin(struct progress *p, const char *what, uint64_t total, uint64_t done)
{
	*p = (struct progress){.what = what, .total = total, .done = done, .began_with = done, .began_us = now_us()};
	p->is_terminal = isatty(STDERR_FILENO);
	p->at_us = p->began_us;
}

void progress_step(struct progress *p, uint64_t done, uint64_t rate)
{
	p->done = done;
	p->rate = rate;
	p->at_us = now_us();
	if (p->is_terminal && p->at_us - p->drawn_us >= DRAW_US)
		draw(p);
}

void progress_hide(struct progress *p)
{
	if (!p->is_drawn)
		return;
	fputs("\r\x1b[K", stderr);
	fflush(stderr);
	p->is_drawn = false;
	p->drawn_us = 0;
}

void progress_end(struct progress *p)
{
	p->at_us = now_us();
	if (!p->is_terminal)
		return;
	draw(p);
	fputc('\n', stderr);
}
