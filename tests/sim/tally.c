/* Counts in memory that processes share. */
#include "tests/sim/tally.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static _Atomic uint64_t *counts;

void tally_open(void)
{
	void *memory = mmap(NULL, TALLY_LAST * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	counts = memory;
}

void tally_add(enum tally what, uint64_t count)
{
	if (counts != NULL)
		counts[what] += count;
}

void tally(enum tally what)
{
	tally_add(what, 1);
}

void tally_most(enum tally what, uint64_t value)
{
	uint64_t before = counts != NULL ? counts[what] : UINT64_MAX;

	while (before < value && !atomic_compare_exchange_weak(&counts[what], &before, value))
		;
}

void tally_print(void)
{
#define TALLY_TEXT(name, text) [name] = text,
	static const char *const names[] = {TALLIES(TALLY_TEXT)};
#undef TALLY_TEXT

	for (size_t i = 0; i < TALLY_LAST; i++)
		if (names[i][0] != '\0')
			printf("# tally %llu %s\n", (unsigned long long)counts[i], names[i]);
}
