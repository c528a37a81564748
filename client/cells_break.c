/*
 * Where lines end. A line needs only its own clusters and a few beyond them to be broken well, so that a mebibyte
 * without a newline takes linear time.
 */
#include <stdlib.h>
#include <string.h>

#include <thai/thwbrk.h>
#include <unilbrk.h>

#include "client/cells.h"
#include "client/say.h"

#define AHEAD_CLUSTERS 32 /* beyond the line: longer than Thai words are */
#define THAI_BYTES 3	  /* of every Thai character in UTF-8 */

/* The text of one line and what follows it, as far as it matters. */
struct view {
	struct bytes text;
	size_t fits; /* bytes of the line's clusters, with the blanks after them */
};

static bool is_blank(struct bytes text)
{
	return text.len == 1 && text.data[0] == ' ';
}

static struct view view_of(struct bytes text, int width)
{
	struct view view = {{text.data, 0}, 0};
	struct cells_cluster cluster;
	struct bytes rest = text;
	bool is_full = false;
	int used = 0, ahead = 0;

	while (ahead < AHEAD_CLUSTERS && rest.len > 0 && *rest.data != '\n' && cells_next(&rest, &cluster)) {
		is_full |= used > 0 && used + cluster.width > width && !is_blank(cluster.text);
		used += is_full ? 0 : cluster.width;
		ahead += is_full;
		view.text.len = text.len - rest.len;
		if (!is_full)
			view.fits = view.text.len;
	}
	return view;
}

/* The letters and marks that Thai words are made of: not its digits, not its currency sign. */
static bool is_thai(struct bytes text, size_t at)
{
	const uint8_t *c = text.data + at;

	if (text.len - at < THAI_BYTES || c[0] != 0xe0)
		return false;
	return c[1] == 0xb8 ? c[2] > 0x80 && c[2] <= 0xba : c[1] == 0xb9 && c[2] <= 0x8e;
}

/* Allows breaks between the words of the Thai letters at run. Without a dictionary there are none. */
static void break_thai(struct bytes run, char *breaks)
{
	static ThBrk *words;
	size_t count = run.len / THAI_BYTES;
	thwchar_t *text = must(calloc(count + 1, sizeof *text));
	int *place = must(calloc(count, sizeof *place)), found;

	if (words == NULL)
		words = th_brk_new(NULL);
	for (size_t i = 0; i < count; i++)
		text[i] = 0x0e00 + (run.data[THAI_BYTES * i + 1] & 1) * 0x40 + (run.data[THAI_BYTES * i + 2] & 0x3f);
	found = words != NULL ? th_brk_wc_find_breaks(words, text, place, count) : 0;
	for (int i = 0; i < found; i++)
		if (place[i] > 0 && (size_t)place[i] < count)
			breaks[THAI_BYTES * place[i]] = UC_BREAK_POSSIBLE;
	free(place);
	free(text);
}

/* The values of <unilbrk.h> for each byte of text, which the caller frees; prohibited within clusters. */
static char *breaks_of(struct bytes text)
{
	char *breaks = must(calloc(1, text.len + 1));
	struct bytes rest = text;
	struct cells_cluster cluster;
	size_t start = 0;

	u8_possible_linebreaks(text.data, text.len, "UTF-8", breaks);
	for (size_t end, at = 0; at < text.len; at = end > at ? end : at + 1) {
		for (end = at; is_thai(text, end); end += THAI_BYTES)
			;
		if (end > at)
			break_thai((struct bytes){text.data + at, end - at}, breaks + at);
	}
	while (cells_next(&rest, &cluster)) {
		memset(breaks + start + 1, UC_BREAK_PROHIBITED, text.len - rest.len - start - 1);
		start = text.len - rest.len;
	}
	return breaks;
}

/* Thai and Lao vowels that are written before the consonant they belong to: U+0E40 to U+0E44, U+0EC0 to U+0EC4. */
static bool is_leading_vowel(struct bytes c)
{
	return c.len == THAI_BYTES && c.data[0] == 0xe0 && (c.data[1] == 0xb9 || c.data[1] == 0xbb) && c.data[2] >= 0x80 &&
	       c.data[2] <= 0x84;
}

/* The last end of a cluster within the line, which is not after a leading vowel if that can be had. */
static size_t forced(struct view view)
{
	struct bytes rest = {view.text.data, view.fits};
	struct cells_cluster cluster;
	size_t end = 0;

	while (cells_next(&rest, &cluster))
		if (!is_leading_vowel(cluster.text))
			end = view.fits - rest.len;
	return end > 0 ? end : view.fits;
}

size_t cells_break(struct bytes text, int width)
{
	const uint8_t *newline = NULL;
	struct view view;
	size_t end;
	char *breaks;

	if (width <= 0) {
		newline = text.len > 0 ? memchr(text.data, '\n', text.len) : NULL;
		return newline != NULL ? (size_t)(newline - text.data) : text.len;
	}
	view = view_of(text, width);
	if (view.fits == view.text.len)
		return view.fits;
	breaks = breaks_of(view.text);
	for (end = view.fits; end > 0; end--)
		if (breaks[end] == UC_BREAK_POSSIBLE || breaks[end] == UC_BREAK_MANDATORY)
			break;
	free(breaks);
	return end > 0 ? end : forced(view);
}

bool cells_line(struct bytes *rest, int width, struct bytes *out)
{
	size_t len;

	if (rest->data == NULL)
		return false;
	*out = (struct bytes){rest->data, len = cells_break(*rest, width)};
	while (width > 0 && out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
	if (len == rest->len) {
		*rest = (struct bytes){NULL, 0};
		return true;
	}
	len += rest->data[len] == '\n';
	rest->data += len;
	rest->len -= len;
	return true;
}
