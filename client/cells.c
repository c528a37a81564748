/* Grapheme clusters and their cells. */
#include "client/cells.h"

#include <stdlib.h>
#include <string.h>

#include <unigbrk.h>
#include <unistr.h>
#include <uniwidth.h>

#include "client/say.h"

#define CUT "…"
#define WIDEST 2		/* cells of a cluster */
#define EMOJI_SELECTOR 0xfe0f	/* asks for the picture of what is also a letter-like sign */
#define EMOJI_TONE_FIRST 0x1f3fb /* skin tones: after anything but a picture they are one themselves */
#define EMOJI_TONE_LAST 0x1f3ff

static size_t point_at(struct bytes text, size_t at, ucs4_t *out)
{
	int took = u8_mbtoucr(out, text.data + at, text.len - at);

	if (took > 0)
		return (size_t)took;
	*out = 0xfffd; /* safe text has none of these */
	return 1;
}

static int point_width(ucs4_t c)
{
	int width = uc_width(c, "UTF-8");

	return width > 0 ? width : 0;
}

static bool is_flag_half(ucs4_t c)
{
	return uc_graphemeclusterbreak_property(c) == GBP_RI;
}

/* What c, which belongs to a cluster that takes width cells so far, adds to them. */
static int added_width(ucs4_t c, int width)
{
	if (c == EMOJI_SELECTOR && width > 0)
		return WIDEST - width;
	return c >= EMOJI_TONE_FIRST && c <= EMOJI_TONE_LAST ? 0 : point_width(c);
}

bool cells_next(struct bytes *rest, struct cells_cluster *out)
{
	ucs4_t previous, c;
	size_t len, step, kept;
	int points = 1;

	if (rest->len == 0)
		return false;
	len = kept = point_at(*rest, 0, &c);
	out->width = point_width(c);
	for (; len < rest->len; len += step) {
		previous = c;
		step = point_at(*rest, len, &c);
		if (points == 1 && is_flag_half(previous) && is_flag_half(c))
			out->width = WIDEST;
		else if (uc_is_grapheme_break(previous, c) || out->width + added_width(c, out->width) > WIDEST)
			break;
		else if (points < CELLS_CLUSTER_POINTS)
			out->width += added_width(c, out->width);
		if (points++ < CELLS_CLUSTER_POINTS)
			kept = len + step;
	}
	out->text = (struct bytes){rest->data, kept};
	rest->data += len;
	rest->len -= len;
	return true;
}

size_t cells_fit(struct bytes text, int width, int *out_used)
{
	struct bytes rest = text;
	struct cells_cluster cluster;
	size_t fits = 0;
	int used = 0;

	while (cells_next(&rest, &cluster) && used + cluster.width <= width) {
		used += cluster.width;
		fits = text.len - rest.len;
	}
	if (out_used != NULL)
		*out_used = used;
	return fits;
}

int cells_width(struct bytes text)
{
	int used;

	cells_fit(text, INT32_MAX, &used);
	return used;
}

char *cells_cut(struct bytes text, int width)
{
	bool is_cut = cells_fit(text, width, NULL) < text.len;
	struct bytes rest = {text.data, is_cut ? cells_fit(text, width - 1, NULL) : text.len};
	char *copy = must(malloc(rest.len + sizeof CUT)), *end = copy;
	struct cells_cluster cluster;

	while (cells_next(&rest, &cluster)) {
		memcpy(end, cluster.text.data, cluster.text.len);
		end += cluster.text.len;
	}
	strcpy(end, is_cut && width > 0 ? CUT : "");
	return copy;
}
