/* Plays seeds in processes of their own, so that one that breaks its world ends nothing else. */
#include "tests/sim/storms.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/storm.h"

#define WORKERS 16

/* What the workers are at, shared by all: each takes the next seed when it is done with one, so that all end together. */
struct places {
	uint64_t next;		 /* the first seed that nobody has taken */
	uint64_t playing[WORKERS];
	uint64_t broken;	 /* seeds that broke a promise */
};

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

void storms_read(struct storms *storms)
{
	storms->first = number("WORLD_FIRST", storms->first);
	storms->count = number("WORLD_SEEDS", storms->count);
	storms->workers = (unsigned)number("WORLD_WORKERS", storms->workers);
	storms->stops = getenv("WORLD_STOP") != NULL;
	if (getenv("WORLD_SEED") != NULL) {
		storms->first = number("WORLD_SEED", 1);
		storms->count = storms->workers = 1;
	}
	if (storms->workers < 1 || storms->workers > WORKERS)
		storms->workers = 1;
}

/* Enough of it to see whether a change of the program changed what happens. */
static const char *trace_text(const uint8_t trace[HASH_BYTES])
{
	static char text[2 * 8 + 1];

	for (size_t i = 0; i < 8; i++)
		snprintf(text + 2 * i, 3, "%02x", trace[i]);
	return text;
}

static bool play(const struct storms *storms, uint64_t seed)
{
	static struct storm storm;
	uint8_t trace[HASH_BYTES], again[HASH_BYTES];
	bool is_kept;

	printf("# seed %llu: WORLD_SEED=%llu %s\n", (unsigned long long)seed, (unsigned long long)seed,
		       program_invocation_name);
	fflush(stdout);
	is_kept = storm_play(&storm, seed, trace);
	tally(TALLY_SEEDS);
	printf("# seed %llu: trace %s\n", (unsigned long long)seed, trace_text(trace));
	if (!is_kept)
		printf("# seed %llu broke a promise: %s\n", (unsigned long long)seed, storm.broken);
	if (is_kept && seed % storms->twice == 0) {
		storm_play(&storm, seed, again);
		tally(TALLY_CHECKED_TWICE);
		is_kept = memcmp(trace, again, HASH_BYTES) == 0;
		if (!is_kept)
			printf("# seed %llu is not the same world twice\n", (unsigned long long)seed);
	}
	fflush(stdout);
	return is_kept;
}

static bool take(const struct storms *storms, struct places *places, unsigned worker)
{
	if (storms->stops && __atomic_load_n(&places->broken, __ATOMIC_RELAXED) > 0)
		return false;
	places->playing[worker] = __atomic_fetch_add(&places->next, 1, __ATOMIC_RELAXED);
	return places->playing[worker] < storms->first + storms->count;
}

/* A worker that ended before the last seed died of one: it counts, and another goes on behind it. */
static pid_t start(const struct storms *storms, struct places *places, unsigned worker)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		abort();
	if (pid > 0)
		return pid;
	while (take(storms, places, worker))
		if (!play(storms, places->playing[worker]))
			__atomic_fetch_add(&places->broken, 1, __ATOMIC_RELAXED);
	_exit(0);
}

uint64_t storms_run(const struct storms *storms)
{
	struct places *places = mmap(NULL, sizeof *places, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[WORKERS];
	uint64_t broken;
	unsigned running = storms->workers;

	if (places == MAP_FAILED)
		abort();
	tally_open();
	mallopt(M_TRIM_THRESHOLD, 256 << 20); /* worlds come and go: their memory stays with us */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	places->next = storms->first;
	for (unsigned i = 0; i < storms->workers; i++)
		pids[i] = start(storms, places, i);
	while (running > 0) {
		int status;
		pid_t pid = waitpid(-1, &status, 0);
		unsigned i = 0;

		while (i < storms->workers && pids[i] != pid)
			i++;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			running--;
			continue;
		}
		printf("# seed %llu ended its process\n", (unsigned long long)places->playing[i]);
		__atomic_fetch_add(&places->broken, 1, __ATOMIC_RELAXED);
		pids[i] = start(storms, places, i);
	}
	broken = places->broken;
	tally_print();
	munmap(places, sizeof *places);
	return broken;
}
