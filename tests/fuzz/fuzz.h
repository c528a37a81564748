/*
 * What the fuzz targets share. A target is one LLVMFuzzerTestOneInput(): libFuzzer calls it with what it makes up
 * (tests/fuzz/run), replay.c with the files of its corpus and small changes of them (every build, as a test).
 */
#ifndef HOTLINE_TESTS_FUZZ_H
#define HOTLINE_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/result.h"

/* A property that holds for every input. */
#define FUZZ_NEED(condition)                                                                                           \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* Set when the input was accepted as what it claims to be: a seed that is not tests nothing, and replay says so. */
extern int fuzz_accepted;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_ROOM (2u << 20)

/* A writer over one large buffer that every target may use once at a time. */
struct pack_writer fuzz_writer(void);
/* An accepted input, and what its structure was written as again: the same bytes. */
void fuzz_same(struct bytes in, const struct pack_writer *w);

/* The next length-prefixed part (u16, big-endian) of an input made of several; cut at what is left. */
struct bytes fuzz_part(struct bytes *in);
/* The next byte; 0 at the end. */
uint8_t fuzz_byte(struct bytes *in);

#endif
