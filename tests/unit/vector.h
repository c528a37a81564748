/* Helpers for tests that read vectors: hexadecimal to bytes, JSON files, and numbered filler bytes. */
#ifndef HOTLINE_TESTS_VECTOR_H
#define HOTLINE_TESTS_VECTOR_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"

/* Hexadecimal with '-' or ' ' between bytes or not; aborts over capacity, as a test's own bytes are never wrong. */
static inline struct bytes vector_hex(const char *hex, uint8_t *out, size_t capacity)
{
	size_t len = 0;
	unsigned byte;

	for (; *hex != '\0'; hex += 2) {
		while (*hex == '-' || *hex == ' ')
			hex++;
		if (len == capacity || sscanf(hex, "%2x", &byte) != 1)
			abort();
		out[len++] = (uint8_t)byte;
	}
	return (struct bytes){out, len};
}

static inline bool vector_is(struct bytes actual, const char *hex)
{
	uint8_t buffer[1024];

	return bytes_equal(actual, vector_hex(hex, buffer, sizeof buffer));
}

/* A file of tests/vectors; NULL with a line on stdout if it can't be read. The caller decrefs. */
static inline json_t *vector_load(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, 0, &error);

	if (json == NULL)
		printf("# %s:%d: %s\n", path, error.line, error.text);
	return json;
}

/* len bytes that differ from those of any other number: first, first + 1 … */
static inline void vector_fill(uint8_t *out, size_t len, unsigned first)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(first + i);
}

#endif
