/*
 * GNU .mo files, read without a locale: glibc's gettext gives no translation in the locale C, and since 2.39 none in
 * C.UTF-8 either, and often no other locale is installed. Binary search; the table of hashes is not needed.
 */
#include "client/catalogue.h"

#include <string.h>

#include "client/format_args.h"

#define MAGIC 0x950412deu
#define HEADER_BYTES 20
#define PLACE_BYTES 8 /* length and offset of a string */

static uint32_t number_at(const struct catalogue *c, size_t at)
{
	const uint8_t *b = c->file.data + at;

	return c->is_big_endian ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
				: (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static bool is_table(const struct catalogue *c, uint32_t at)
{
	return at <= c->file.len && c->count <= (c->file.len - at) / PLACE_BYTES;
}

/* The string of a row; it may have zeros inside, between plural forms. False when it does not lie in the file. */
static bool string_at(const struct catalogue *c, uint32_t table, uint32_t row, struct bytes *out)
{
	uint32_t len = number_at(c, table + (size_t)row * PLACE_BYTES);
	uint32_t at = number_at(c, table + (size_t)row * PLACE_BYTES + 4);

	if (at >= c->file.len || len >= c->file.len - at || c->file.data[at + len] != 0)
		return false;
	*out = (struct bytes){c->file.data + at, len};
	return true;
}

static const char *text_at(const struct catalogue *c, uint32_t table, uint32_t row)
{
	return (const char *)c->file.data + number_at(c, table + (size_t)row * PLACE_BYTES + 4);
}

/* Each form of a text. */
static bool is_utf8(struct bytes text)
{
	for (size_t at = 0, len; at <= text.len; at += len + 1) {
		len = strlen((const char *)text.data + at);
		if (!utf8_is_valid((struct bytes){text.data + at, len}))
			return false;
	}
	return true;
}

static bool are_strings_good(const struct catalogue *c)
{
	struct bytes original, translation;

	for (uint32_t row = 0; row < c->count; row++) {
		if (!string_at(c, c->originals, row, &original) || !string_at(c, c->translations, row, &translation) ||
		    !is_utf8(original) || !is_utf8(translation))
			return false;
		if (row > 0 && strcmp(text_at(c, c->originals, row - 1), text_at(c, c->originals, row)) >= 0)
			return false;
	}
	return true;
}

bool catalogue_open(struct catalogue *catalogue, struct bytes file)
{
	struct catalogue c = {.file = file};

	memset(catalogue, 0, sizeof *catalogue);
	if (file.len < HEADER_BYTES || file.len > CATALOGUE_BYTES)
		return false;
	c.is_big_endian = file.data[0] == MAGIC >> 24;
	if (number_at(&c, 0) != MAGIC || number_at(&c, 4) >> 16 != 0)
		return false;
	c.count = number_at(&c, 8);
	c.originals = number_at(&c, 12);
	c.translations = number_at(&c, 16);
	if (!is_table(&c, c.originals) || !is_table(&c, c.translations) || !are_strings_good(&c))
		return false;
	*catalogue = c;
	return true;
}

struct bytes catalogue_original(const struct catalogue *catalogue, uint32_t row)
{
	struct bytes text = {0};

	string_at(catalogue, catalogue->originals, row, &text);
	return text;
}

/* A text that no printf takes is none of its formats: "95 %". */
static bool is_for(const char *format, const char *found)
{
	struct format_args args;

	return format == NULL || !format_args_read(format, &args) || format_args_are_same(format, found);
}

const char *catalogue_find(const struct catalogue *catalogue, const char *original, const char *format)
{
	uint32_t low = 0, high = catalogue->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(original, text_at(catalogue, catalogue->originals, middle));
		const char *found;

		if (order < 0)
			high = middle;
		else if (order > 0)
			low = middle + 1;
		else {
			found = text_at(catalogue, catalogue->translations, middle);
			return *found != '\0' && is_for(format, found) ? found : NULL;
		}
	}
	return NULL;
}
