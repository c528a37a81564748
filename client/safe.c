/*
 * Text made safe for terminals. What a terminal obeys instead of showing (C0, DEL, C1) and what the eye can't see
 * (bidirectional controls, zero-width characters, tags) is written out; all else is left alone.
 */
#include "client/safe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "client/say.h"

#define EXPANSION 4 /* "<1B>" for one byte is the worst; "<U+E0001>" stands for four */

/* Characters written out. The first two rows are obeyed by terminals, the others hide or reorder text. */
static const struct {
	ucs4_t first, last;
} hidden[] = {
    {0x0000, 0x001f},	{0x007f, 0x009f}, /* C0, DEL, C1 */
    {0x00ad, 0x00ad},	{0x034f, 0x034f}, /* soft hyphen, grapheme joiner */
    {0x061c, 0x061c},	{0x180e, 0x180e}, /* Arabic letter mark, Mongolian vowel separator */
    {0x200b, 0x200f},	{0x2028, 0x202e}, /* zero width and marks; separators, embeddings, overrides */
    {0x2060, 0x206f},	{0xfeff, 0xfeff}, /* joiners, isolates, deprecated controls; byte order mark */
    {0xfff9, 0xfffb},	{0xfffe, 0xffff}, /* annotations, no characters */
    {0xe0000, 0xe0fff},			  /* tags, variation selectors beyond */
};

static bool is_hidden(ucs4_t c)
{
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

/* Writes what stands for the character or byte at in; gives how many bytes of in it took. */
static size_t safe_one(const uint8_t *in, size_t len, enum safe_mode mode, char **out)
{
	ucs4_t c;
	int took = u8_mbtoucr(&c, in, len);

	if (took <= 0) {
		*out += sprintf(*out, "<%02X>", *in);
		return 1;
	}
	if (c == '\t')
		*(*out)++ = ' ';
	else if (c == '\n' && mode == SAFE_LINES)
		*(*out)++ = '\n';
	else if (is_hidden(c))
		*out += sprintf(*out, c < 0x100 ? "<%02X>" : "<U+%04X>", (unsigned)c);
	else {
		memcpy(*out, in, (size_t)took);
		*out += took;
	}
	return (size_t)took;
}

char *safe_text(struct bytes in, enum safe_mode mode)
{
	char *text = must(malloc(in.len * EXPANSION + EXPANSION + 1)), *out = text;

	for (size_t at = 0; at < in.len;)
		at += safe_one(in.data + at, in.len - at, mode, &out);
	*out = '\0';
	return text;
}
