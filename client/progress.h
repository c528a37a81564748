/* A bar on stderr while bytes move, on a terminal and nowhere else. */
#ifndef HOTLINE_CLIENT_PROGRESS_H
#define HOTLINE_CLIENT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_TEXT 192

struct progress {
	const char *what; /* "attaching" */
	uint64_t total, done, began_with; /* bytes */
	uint64_t rate; /* bytes a second; 0: from what was done since the beginning */
	int64_t began_us, at_us; /* monotonic */
	int64_t drawn_us;
	bool is_terminal, is_drawn;
};

void progress_begin(struct progress *progress, const char *what, uint64_t total, uint64_t done);
/* Draws it, five times a second at most. rate: 0, or bytes a second where somebody else knows. */
void progress_step(struct progress *progress, uint64_t done, uint64_t rate);
/* Takes it off the terminal, for a line to be printed; the next step draws it again. */
void progress_hide(struct progress *progress);
/* Leaves the last state standing. */
void progress_end(struct progress *progress);
/* What is drawn: bar, percent, bytes, rate, time left. */
void progress_format(const struct progress *progress, char out[PROGRESS_TEXT]);
/* "512 B", "6.9 KiB", "16.0 MiB". */
#define PROGRESS_BYTES_TEXT 24
void progress_bytes(uint64_t bytes, char out[PROGRESS_BYTES_TEXT]);

#endif
