/*
 * Who is on duty. libc knows one zone at a time, so it is lent the card's and given back its own; the days ahead are
 * walked minute by minute, which asks nothing of how hours and clock changes meet.
 */
#include "client/duty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/lang.h"
#include "client/say.h"

#define ZONES "/usr/share/zoneinfo"
#define DAY_SECONDS 86400

#define CHANGE_TEXT 192

const char *duty_weekday(unsigned weekday)
{
	static const char *const days[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};

	return days[weekday % 7];
}

/* libc takes a zone that it can't find for UTC without a word, so the database's file is looked for first. */
static bool find_zone(struct bytes zone, char *out, size_t size)
{
	const char *zones = getenv("TZDIR");
	char magic[4] = "";
	FILE *file;
	int len = snprintf(out, size, ":%s/%.*s", zones != NULL ? zones : ZONES, BYTES(zone));

	if (len < 0 || (size_t)len >= size)
		return false;
	file = fopen(out + 1, "re");
	if (file == NULL)
		return false;
	if (fread(magic, 1, sizeof magic, file) != sizeof magic)
		magic[0] = '\0';
	fclose(file);
	return memcmp(magic, "TZif", sizeof magic) == 0;
}

/* Gives what TZ was, for leave(); NULL when it was not set. */
static char *enter(const char *zone)
{
	const char *own = getenv("TZ");
	char *kept = own != NULL ? must(strdup(own)) : NULL;

	if (setenv("TZ", zone, 1) != 0)
		must(NULL);
	tzset();
	return kept;
}

static void leave(char *kept)
{
	if (kept == NULL)
		unsetenv("TZ");
	else if (setenv("TZ", kept, 1) != 0)
		must(NULL);
	free(kept);
	tzset();
}

static void tell(int64_t at_us, struct duty_time *out)
{
	time_t seconds = (time_t)(at_us / SECOND_US);
	struct tm local = {0};

	localtime_r(&seconds, &local);
	out->at = at_us;
	out->offset_s = (int32_t)local.tm_gmtoff;
	out->weekday = (unsigned)(local.tm_wday + 6) % 7; /* libc's week begins on Sunday */
	out->minute = (unsigned)(local.tm_hour * 60 + local.tm_min);
}

static bool is_staffed(const struct card *card, const struct duty_time *time)
{
	for (size_t i = 0; i < card->hours_count; i++)
		if (card->hours[i].weekday == time->weekday && card->hours[i].from <= time->minute &&
		    time->minute < card->hours[i].to)
			return true;
	return card->hours_count == 0;
}

void duty_at(const struct card *card, int64_t at_us, struct duty *out)
{
	char zone[512], *kept;

	memset(out, 0, sizeof *out);
	out->is_always = out->is_staffed = card->hours_count == 0;
	out->is_zone_known = find_zone(card->zone, zone, sizeof zone);
	if (!out->is_zone_known)
		return;
	kept = enter(zone);
	tell(at_us, &out->now);
	out->is_staffed = is_staffed(card, &out->now);
	for (int64_t ahead = 1; !out->is_always && !out->has_change && ahead <= DUTY_AHEAD_DAYS * 24 * 60; ahead++) {
		tell((at_us / MINUTE_US + ahead) * MINUTE_US, &out->change);
		out->has_change = is_staffed(card, &out->change) != out->is_staffed;
	}
	leave(kept);
}

static int64_t day_of(const struct duty_time *time)
{
	return (time->at / SECOND_US + time->offset_s) / DAY_SECONDS;
}

/* "17:00" on the same day there, else "Mon 08:00 there (070100Z DEC 26)". */
static void format_change(const struct duty *duty, char out[CHANGE_TEXT])
{
	const struct duty_time *change = &duty->change;
	char dtg[TIME_TEXT];

	time_format_dtg(change->at, dtg);
	if (day_of(change) == day_of(&duty->now))
		snprintf(out, CHANGE_TEXT, "%02u:%02u", change->minute / 60, change->minute % 60);
	else
		snprintf(out, CHANGE_TEXT, _("%s %02u:%02u there (%s)"), _(duty_weekday(change->weekday)),
			 change->minute / 60, change->minute % 60, dtg);
}

void duty_format(const struct duty *duty, struct bytes zone, char out[DUTY_TEXT])
{
	unsigned hour = duty->now.minute / 60, minute = duty->now.minute % 60;
	char change[CHANGE_TEXT] = "";

	if (!duty->is_zone_known) {
		snprintf(out, DUTY_TEXT,
			 _("%sthe tz database of this machine has no zone \"%.*s\"; their time is not known"),
			 duty->is_always ? _("always staffed; ") : "", BYTES(zone));
		return;
	}
	if (duty->has_change)
		format_change(duty, change);
	if (duty->is_always || (duty->is_staffed && !duty->has_change))
		snprintf(out, DUTY_TEXT, _("%02u:%02u there, always staffed"), hour, minute);
	else if (duty->is_staffed)
		snprintf(out, DUTY_TEXT, _("%02u:%02u there, staffed until %s"), hour, minute, change);
	else if (duty->has_change)
		snprintf(out, DUTY_TEXT, _("%02u:%02u there, closed; opens %s"), hour, minute, change);
	else
		snprintf(out, DUTY_TEXT, _("%02u:%02u there, closed; does not open within %d days"), hour, minute,
			 DUTY_AHEAD_DAYS);
}

void duty_format_local(const struct duty_time *time, char out[TIME_TEXT])
{
	int32_t ahead = time->offset_s < 0 ? -time->offset_s : time->offset_s;
	size_t len;

	time_format_iso(time->at + time->offset_s * SECOND_US, out);
	len = strlen(out) - 1; /* over the Z */
	snprintf(out + len, TIME_TEXT - len, "%c%02u:%02u", time->offset_s < 0 ? '-' : '+',
		 (unsigned)ahead / 3600 % 100, (unsigned)ahead / 60 % 60);
}
