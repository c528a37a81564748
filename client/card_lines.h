/* A card field by field, each a line of text: to be read whole, or compared with the card before it. */
#ifndef HOTLINE_CLIENT_CARD_LINES_H
#define HOTLINE_CLIENT_CARD_LINES_H

#include <stdio.h>

#include "proto/card.h"

#define CARD_LINES 19

struct card_lines {
	size_t count;
	struct {
		const char *label;
		char *text;
	} line[CARD_LINES];
};

void card_lines_init(struct card_lines *lines, const struct card *card);
void card_lines_finish(struct card_lines *lines);
/* "label  text" for each. */
void card_lines_print(FILE *out, const struct card_lines *lines);
/* "label  old → new" for each that differs; gives how many did. */
size_t card_lines_compare(FILE *out, const struct card_lines *before, const struct card_lines *now);

#endif
