/* Anybody's text on a terminal: no cut is too wide, no cluster or line loses or adds a byte. */
#include <stdlib.h>
#include <string.h>

#include "client/cells.h"
#include "client/safe.h"
#include "tests/fuzz/fuzz.h"

static void cut(struct bytes text, int width)
{
	char *made = cells_cut(text, width);

	FUZZ_NEED(cells_width(bytes_of(made)) <= width);
	free(made);
}

/* Lines stand in their order and leave out only blanks and line ends. */
static void wrap(struct bytes text, int width)
{
	struct bytes rest = text, line;
	const uint8_t *at = text.data;

	while (cells_line(&rest, width, &line)) {
		for (; at < line.data; at++)
			FUZZ_NEED(*at == ' ' || *at == '\n');
		FUZZ_NEED(at == line.data);
		FUZZ_NEED(width == 0 || cells_width(line) <= (width > 2 ? width : 2));
		at += line.len;
	}
	for (; at < text.data + text.len; at++)
		FUZZ_NEED(*at == ' ' || *at == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *safe = safe_text((struct bytes){data, size}, SAFE_LINES);
	struct bytes text = bytes_of(safe), rest = text;
	struct cells_cluster cluster;
	int width = 0;

	while (cells_next(&rest, &cluster)) {
		FUZZ_NEED(cluster.width >= 0 && cluster.width <= 2 && cluster.text.len > 0);
		width += cluster.width;
	}
	FUZZ_NEED(width == cells_width(text));
	for (int cells = 0; cells < 100; cells = 2 * cells + 1) {
		cut(text, cells);
		wrap(text, cells);
	}
	fuzz_accepted = size > 0;
	free(safe);
	return 0;
}
