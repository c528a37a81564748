/* Text that is typed. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include <unigbrk.h>
#include <unistr.h>

#include "client/say.h"

void input_key(char *text, size_t size, unsigned key)
{
	size_t len = strlen(text);
	uint8_t encoded[6];
	int took;

	if (key == KEY_RUBOUT && len > 0) {
		do
			len--;
		while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80);
		text[len] = '\0';
	}
	took = key >= ' ' && key != KEY_RUBOUT ? u8_uctomb(encoded, key, sizeof encoded) : -1;
	if (took > 0 && len + (size_t)took < size) {
		memcpy(text + len, encoded, (size_t)took);
		text[len + (size_t)took] = '\0';
	}
}

static size_t before(const char *text, size_t at)
{
	const uint8_t *start = (const uint8_t *)text, *previous = u8_grapheme_prev(start + at, start);

	return previous != NULL ? (size_t)(previous - start) : 0;
}

static size_t behind(const char *text, size_t at)
{
	const uint8_t *start = (const uint8_t *)text, *next = u8_grapheme_next(start + at, start + strlen(text));

	return next != NULL ? (size_t)(next - start) : at;
}

bool input_edit(char **text, size_t *cursor, unsigned key)
{
	size_t len = strlen(*text), from = *cursor;
	uint8_t encoded[6];
	int took = key == '\n' || (key >= ' ' && key < KEY_ARROW_UP && key != KEY_RUBOUT)
		       ? u8_uctomb(encoded, key, sizeof encoded)
		       : -1;

	if (key == KEY_RUBOUT && from > 0) {
		/* one code point at a time, so that a mark typed wrong does not take its letter with it */
		do
			from--;
		while (from > 0 && ((uint8_t)(*text)[from] & 0xc0) == 0x80);
		memmove(*text + from, *text + *cursor, len - *cursor + 1);
		*cursor = from;
		return true;
	}
	if (took <= 0)
		return false;
	*text = must(realloc(*text, len + (size_t)took + 1));
	memmove(*text + from + took, *text + from, len - from + 1);
	memcpy(*text + from, encoded, (size_t)took);
	*cursor += (size_t)took;
	return true;
}

static size_t line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const char *text, size_t at)
{
	return at + strcspn(text + at, "\n");
}

bool input_move(const char *text, size_t *cursor, unsigned key)
{
	size_t start = line_start(text, *cursor), end = line_end(text, *cursor), at = *cursor;

	switch (key) {
	case KEY_ARROW_LEFT:
		at = before(text, at);
		break;
	case KEY_ARROW_RIGHT:
		at = behind(text, at);
		break;
	case KEY_FIRST:
		at = start;
		break;
	case KEY_LAST:
		at = end;
		break;
	case KEY_ARROW_UP:
		at = start > 0 ? line_start(text, start - 1) : at;
		break;
	case KEY_ARROW_DOWN:
		at = text[end] == '\n' ? end + 1 : at;
		break;
	default:
		return false;
	}
	if (at == *cursor)
		return false;
	*cursor = at;
	return true;
}
