/*
 * How fast a record verifies: a made one of a million entries, by the real client, beside what two threads of this machine
 * verify with nothing else to do, measured just before and just after. Prints; asserts nothing about time.
 *
 *   bench_audit HOTLINE [ENTRIES]
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/key.h"
#include "proto/limits.h"
#include "tests/bench/machine.h"
#include "tests/bench/record.h"

#define DEFAULT_ENTRIES 1000000
#define TEXT 400 /* as long as a signed header */
#define ROUNDS 40000
#define DIRECTORY "/tmp/hotline-bench-record" /* kept, for the next time */

static void *verify_many(void *unused)
{
	struct sign_pair pair;
	uint8_t text[TEXT] = {1}, signature[SIGNATURE_BYTES];

	(void)unused;
	key_sign_pair((uint8_t[32]){7}, &pair);
	key_sign(&pair, (struct bytes){text, sizeof text}, signature);
	for (int i = 0; i < ROUNDS; i++)
		if (key_verify(pair.public, (struct bytes){text, sizeof text}, signature) != 0)
			abort();
	return NULL;
}

static double processor_s(const struct rusage *usage)
{
	return (double)usage->ru_utime.tv_sec + (double)usage->ru_utime.tv_usec / 1e6 +
	       (double)usage->ru_stime.tv_sec + (double)usage->ru_stime.tv_usec / 1e6;
}

/* Signatures a second on two threads, and a second of processor. */
struct rate {
	double by_clock, by_processor;
};

static struct rate machine_rate(void)
{
	struct rusage before, after;
	pthread_t thread[2];
	double start = bench_now_us(), seconds;

	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, verify_many, NULL) != 0)
			abort();
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	seconds = (bench_now_us() - start) / 1e6;
	getrusage(RUSAGE_SELF, &after);
	return (struct rate){2.0 * ROUNDS / seconds, 2.0 * ROUNDS / (processor_s(&after) - processor_s(&before))};
}

/* Makes the record unless it is there, and goes where it is. */
static void make(uint64_t entries)
{
	char path[64];
	double start = bench_now_us();

	snprintf(path, sizeof path, DIRECTORY "/%llu", (unsigned long long)entries);
	mkdir(DIRECTORY, 0700);
	mkdir(path, 0700);
	if (chdir(path) != 0)
		abort();
	if (access("whole", F_OK) == 0)
		return;
	record_make(".", entries);
	if (fclose(fopen("whole", "w")) != 0)
		abort();
	printf("made in %.1f s\n", (bench_now_us() - start) / 1e6);
	fflush(stdout);
}

static void run_client(const char *hotline)
{
	if (freopen("report", "w", stdout) == NULL)
		_exit(1);
	execl(hotline, hotline, "--json", "log", "verify", "record", "--card", "card-0", "--card", "card-1", "--card",
	      "card-2", "--card", "card-3", (char *)NULL);
	_exit(1);
}

/* A number in the report; 0 when it is not there. */
static double report_number(const char *name)
{
	static char text[64 * KIB];
	FILE *file = fopen("report", "r");
	size_t len = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
	const char *at;

	if (file != NULL)
		fclose(file);
	text[len] = '\0';
	at = strstr(text, name);
	return at != NULL ? strtod(at + strlen(name), NULL) : 0;
}

static void print(double objects, double seconds, const struct rusage *usage, struct rate before, struct rate after)
{
	double clock = (before.by_clock + after.by_clock) / 2, processor = (before.by_processor + after.by_processor) / 2;

	printf("entries %.0f, signed objects %.0f\n", report_number("\"entries\":"), objects);
	printf("verified in %.2f s (%.2f s of processor), resident at most %.1f MiB\n", seconds, processor_s(usage),
	       (double)usage->ru_maxrss / KIB);
	printf("signatures a second: %.0f; this machine on two threads: %.0f before, %.0f after; share %.1f %%\n",
	       objects / seconds, before.by_clock, after.by_clock, 100 * objects / seconds / clock);
	printf("a second of processor: %.0f; this machine: %.0f; share %.1f %%\n", objects / processor_s(usage),
	       processor, 100 * objects / processor_s(usage) / processor);
}

int main(int argc, char *argv[])
{
	uint64_t entries = argc > 2 ? strtoull(argv[2], NULL, 10) : DEFAULT_ENTRIES;
	char *hotline = argc > 1 ? realpath(argv[1], NULL) : NULL;
	struct rusage usage;
	struct rate before;
	double start;
	int status = 0;
	pid_t pid;

	if (hotline == NULL || key_init() != 0)
		return 2;
	make(entries);
	before = machine_rate();
	start = bench_now_us();
	pid = fork();
	if (pid == 0)
		run_client(hotline);
	if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status)) {
		fprintf(stderr, "bench: the client ended badly\n");
		return 1;
	}
	start = (bench_now_us() - start) / 1e6;
	print(report_number("\"objects\":"), start, &usage, before, machine_rate());
	free(hotline);
	return WEXITSTATUS(status);
}
