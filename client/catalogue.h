/* A catalogue of translations: a GNU .mo file in memory, whose every string is checked before one is used. */
#ifndef HOTLINE_CLIENT_CATALOGUE_H
#define HOTLINE_CLIENT_CATALOGUE_H

#include <stdbool.h>

#include "proto/pack.h"

#define CATALOGUE_BYTES (4u << 20) /* the largest file that is read */

struct catalogue {
	struct bytes file; /* empty: no catalogue, nothing is found */
	uint32_t count, originals, translations;
	bool is_big_endian;
};

/*
 * Opens a file that the catalogue borrows. False, with an empty catalogue, unless all originals and translations lie
 * inside it, end in a zero, are UTF-8, and the originals are in order.
 */
bool catalogue_open(struct catalogue *catalogue, struct bytes file);
/* The text of a row below count, with its plural behind a zero when it has one; a zero ends it. */
struct bytes catalogue_original(const struct catalogue *catalogue, uint32_t row);
/*
 * The translation of `original`, inside the file; NULL when there is none. With `format`, the text whose arguments it
 * would be given: NULL also when it takes others than that. A text that is no format takes none.
 */
const char *catalogue_find(const struct catalogue *catalogue, const char *original, const char *format);

#endif
