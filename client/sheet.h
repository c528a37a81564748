/* The fallback sheet: what one needs of a contact point when no path carries messages, on one printed page. */
#ifndef HOTLINE_CLIENT_SHEET_H
#define HOTLINE_CLIENT_SHEET_H

#include <stdio.h>

#include "proto/card.h"
#include "proto/control.h"
#include "proto/pair.h"

#define SHEET_COLUMNS 80
#define SHEET_LINES 60
#define SHEET_WEEK_MAX (INT64_MAX / WEEK_US - 1) /* its end is a time still */

struct sheet {
	struct bytes own; /* the name of this station's contact point */
	struct control_contact contact;
	struct card card;
	uint64_t generation;
	uint32_t week;
	uint32_t code[VOICE_CODES]; /* secret: wiped by the caller */
	int64_t now;		    /* us */
};

/* At most SHEET_LINES lines of SHEET_COLUMNS cells, whatever a card holds: what is too long ends in "[...]". */
void sheet_print(FILE *out, const struct sheet *sheet);

#endif
