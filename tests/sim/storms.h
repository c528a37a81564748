/* Many storms, one after the other or in several processes at a time, as the environment says. */
#ifndef HOTLINE_TESTS_SIM_STORMS_H
#define HOTLINE_TESTS_SIM_STORMS_H

#include <stdbool.h>
#include <stdint.h>

struct storms {
	uint64_t first, count; /* WORLD_FIRST, WORLD_SEEDS; WORLD_SEED=N is one alone */
	unsigned workers;      /* WORLD_WORKERS */
	uint64_t twice;	       /* every so many seeds one is played twice and must be the same */
	bool stops; /* WORLD_STOP: at the first broken promise */
};

/* What the environment changes of these. */
void storms_read(struct storms *storms);
/* Plays them; each seed is printed first with the command that repeats it. Gives how many broke a promise. */
uint64_t storms_run(const struct storms *storms);

#endif
