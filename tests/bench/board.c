/*
 * How long the board takes from a key to its cells, with 1,000 and with 100,000 messages, on the largest screen of the
 * tests: the model, its requests and answers, and the drawing, without a terminal. What the station takes for a page is
 * measured by page.c. Asserts nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/board/station.h"

#define FEW 1000
#define MANY 100000
#define ROUNDS 301

static struct office office;

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void measure(size_t messages, const char *what, const char *keys, const char *back)
{
	static int64_t took[ROUNDS];

	office_open(&office, 200, 60, ROLE_WATCH);
	office.messages = messages;
	office_type(&office, "\t\t\t");
	for (int i = 0; i < ROUNDS; i++) {
		int64_t at = now_us();

		office_type(&office, keys);
		took[i] = now_us() - at;
		office_type(&office, back);
	}
	office_close(&office);
	qsort(took, ROUNDS, sizeof *took, compare);
	printf("%7zu messages, %-24s median %6.2f ms, 95 %% %6.2f ms, most %6.2f ms\n", messages, what,
	       (double)took[ROUNDS / 2] / 1000, (double)took[ROUNDS * 95 / 100] / 1000, (double)took[ROUNDS - 1] / 1000);
}

int main(void)
{
	static const size_t counts[] = {FEW, MANY};

	for (size_t i = 0; i < 2; i++) {
		measure(counts[i], "one down", "\2", "");
		measure(counts[i], "a screen down", " ", "");
		measure(counts[i], "to the last", "G", "g");
		measure(counts[i], "another box", "\t", "\t\t\t");
	}
	return 0;
}
