/*
 * Contact-point names, states, function names, message numbers and times as people write them (SPEC 1).
 */
#ifndef HOTLINE_PROTO_NAME_H
#define HOTLINE_PROTO_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/pack.h"

/* A contact point's name, zero-terminated for printing. */
struct name {
	char text[LIMIT_NAME_BYTES + 1];
};

/* `<state>-<desk>`: 3 to 32 bytes, at least two groups of [a-z0-9] joined by single '-'. */
bool name_is_valid(struct bytes text);
/* A state or organisation code: 2 to 8 bytes of [a-z0-9]. */
bool name_is_state(struct bytes text);
/* A function name: 1 to 32 bytes, groups of [a-z0-9] joined by single '-'. */
bool name_is_function(struct bytes text);
/* The state of a valid contact-point name: its first group. Borrows from name. */
struct bytes name_state(struct bytes name);
/* Copies a valid name; false and out untouched if it is not valid. */
bool name_copy(struct bytes text, struct name *out);
struct bytes name_bytes(const struct name *name);
bool name_equal(const struct name *a, const struct name *b);

/* A message number: year (UTC) and six random digits, unique at its station in that year and mode. */
struct number {
	uint16_t year;
	uint32_t digits; /* 0 … 999,999 */
};

#define NUMBER_TEXT 16 /* "2026-048 213" with its end */
void number_format(struct number number, char out[NUMBER_TEXT]);
/* Reads "2026-048 213", also without the space; false if it is neither. */
bool number_parse(struct bytes text, struct number *out);

/* How a person names a message: "[from] [EX] 2026-048 213"; words in any order before the number. */
struct reference {
	struct name from; /* "" when not said */
	bool is_exercise;
	struct number number;
};
bool reference_parse(struct bytes text, struct reference *out);

/* Times: microseconds since 1970 (UTC) to text. All need TIME_TEXT bytes. */
#define TIME_TEXT 32
void time_format_dtg(int64_t at_us, char out[TIME_TEXT]);	 /* 141420Z OCT 26 */
void time_format_iso(int64_t at_us, char out[TIME_TEXT]);	 /* 2026-10-14T14:20:07Z */
void time_format_iso_micro(int64_t at_us, char out[TIME_TEXT]); /* 2026-10-14T14:20:07.123456Z */
/* Reads ISO 8601 UTC (date, or date and time to the minute, second or fraction, ending in Z) or a DTG. */
bool time_parse(struct bytes text, int64_t *out_us);
/* A span such as 90s, 15m, 2h, 3d in microseconds. */
bool time_parse_span(struct bytes text, int64_t *out_us);
uint16_t time_year(int64_t at_us);
/* floor(unix seconds / 604800): the week of SPEC 2. */
uint32_t time_week(int64_t at_us);

#endif
