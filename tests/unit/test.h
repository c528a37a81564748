/*
 * The smallest test harness: TEST(claim) { … } runs as one case and prints one TAP line. A failed CHECK says where and
 * ends its case. main() is here, so each test file is one program.
 */
#ifndef HOTLINE_TESTS_TEST_H
#define HOTLINE_TESTS_TEST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/key.h"
#include "proto/result.h"

struct test {
	const char *claim;
	void (*run)(void);
	struct test *next;
};
static struct test *test_first, **test_last = &test_first;
static jmp_buf test_failed;

#define TEST(claim)                                                                             \
	static void claim(void);                                                                \
	__attribute__((constructor)) static void claim##_add(void)                              \
	{                                                                                       \
		static struct test test = {#claim, claim, NULL};                                \
		*test_last = &test;                                                             \
		test_last = &test.next;                                                         \
	}                                                                                       \
	static void claim(void)

#define CHECK(condition)                                                                        \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                \
			longjmp(test_failed, 1);                                                \
		}                                                                               \
	} while (0)

#define CHECK_EQUAL(actual, expected)                                                           \
	do {                                                                                    \
		long long actual_ = (long long)(actual), expected_ = (long long)(expected);     \
		if (actual_ != expected_) {                                                     \
			printf("# %s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #actual, actual_, expected_); \
			longjmp(test_failed, 1);                                                \
		}                                                                               \
	} while (0)

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;
	static int count, failed; /* static: longjmp leaves them alone */

	if (key_init() != 0)
		return 1;
	for (struct test *test = test_first; test != NULL; test = test->next) {
		if (only != NULL && strcmp(only, test->claim) != 0)
			continue;
		count++;
		if (setjmp(test_failed) == 0) {
			test->run();
			printf("ok %d - %s\n", count, test->claim);
		} else {
			failed++;
			printf("not ok %d - %s\n", count, test->claim);
		}
		fflush(stdout);
	}
	printf("1..%d\n", count);
	return failed > 0 || count == 0;
}

#endif
