/* Who is on duty: a card's hours and time zone against a moment, by the tz database of this machine. */
#ifndef HOTLINE_CLIENT_DUTY_H
#define HOTLINE_CLIENT_DUTY_H

#include "proto/card.h"

#define DUTY_AHEAD_DAYS 8 /* how far a change is looked for: one week, and a day for hours that a clock change skips   \
			   */

/* A moment as a clock in the zone shows it. */
struct duty_time {
	int64_t at;	  /* us */
	int32_t offset_s; /* of local time against UTC */
	unsigned weekday; /* 0 Monday … 6 */
	unsigned minute;  /* of the day */
};

struct duty {
	bool is_zone_known; /* else local times and changes are unknown */
	bool is_always;	    /* no hours on the card: staffed, whatever the zone */
	bool is_staffed;    /* known if the zone is, or always */
	bool has_change;    /* within DUTY_AHEAD_DAYS */
	struct duty_time now, change;
};

/*
 * Rows of hours that touch or overlap count as one, and so do 24:00 and the next day's 00:00. Hours that a clock change
 * skips don't happen that day; those that it repeats happen twice. The process's own time zone is as before afterwards.
 */
void duty_at(const struct card *card, int64_t at_us, struct duty *out);

/* One line: "09:14 there, staffed until 17:00". zone is the card's. */
#define DUTY_TEXT 512
void duty_format(const struct duty *duty, struct bytes zone, char out[DUTY_TEXT]);
/* "2026-12-07T08:00:00+07:00" */
void duty_format_local(const struct duty_time *time, char out[TIME_TEXT]);
/* "Mon" for 0. */
const char *duty_weekday(unsigned weekday);

#endif
