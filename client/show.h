/* How messages, times and deliveries look to a person. All text goes out through say.h. */
#ifndef HOTLINE_CLIENT_SHOW_H
#define HOTLINE_CLIENT_SHOW_H

#include <stdio.h>

#include "client/call.h"

/* "141420Z OCT 26", "-" for 0. */
void show_time(int64_t at, char out[TIME_TEXT]);
/* "45s", "2m05s", "3h10m", "2d04h"; "-" before a negative one. */
void show_span(int64_t span_us, char out[TIME_TEXT]);
/* "80 ms", "12m30s", "-" for none. */
void show_latency(int64_t ms, char out[TIME_TEXT]);
/* "tha-cert 2026-048 213", in an exercise "tha-cert EX 2026-048 213". */
#define SHOW_NUMBER 64
void show_number(const struct message *message, char out[SHOW_NUMBER]);
/* What begins each line about exercise traffic: "[EXERCISE DEMO] ", safe; "" when real. Caller frees. */
char *show_banner(struct bytes exercise);
/* Why an answer is missing, in one of product's phrases. */
#define SHOW_WHY 384
void show_why(const struct control_delivery *delivery, char out[SHOW_WHY]);
/* "action", "info", "copy". */
const char *show_part(uint8_t part);
/* That its sender corrected, cancelled or updated it, by which message and when; false when not. */
#define SHOW_SUPERSEDED 512
bool show_superseded(const struct control_message *message, char out[SHOW_SUPERSEDED]);
/* The same for a whole message in a list: of one addressee its reason, of several how many answered. */
void show_state(const struct control_message *message, const struct name *station, char out[SHOW_WHY]);

/* A message of the daemon's, opened. content is empty when it was not asked for. */
struct shown {
	struct control_message raw;
	struct message message;
	struct content content;
	bool has_content;
};
/* Opens what raw has; false when it can't be read. Borrows from what raw borrows. */
bool show_open(struct shown *out);
/* Reads the next message of an answer and opens it; false when it can't be read. Borrows from the answer. */
bool show_read(struct pack_reader *r, struct shown *out);
/* Asks the daemon for one message. 0 or an exit code; borrows from the call until its next request. */
int show_fetch(struct call *call, const char *reference, struct shown *out);

/* Moves header and content into memory of the caller's, so that they outlast the next request. */
void show_keep(struct shown *shown, uint8_t **out_memory);

/* One line on stdout about a message, behind its exercise banner. */
void show_say(const struct shown *shown, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Lists of messages, a row each. */
struct table;
void show_list_begin(struct table *table);
void show_list_row(struct table *table, const struct shown *shown, const struct name *station);

/* Pages on stdout, each line behind the exercise banner. */
/* Header, fields, text, translations, addressees. */
void show_message(const struct shown *shown);
/* The same page, safe, its texts wrapped to width cells (0: not), without banners. */
void show_message_write(FILE *out, const struct shown *shown, int width);
/* Addressees against custody, shown, acknowledged, answered. */
void show_track(const struct shown *shown);

#endif
