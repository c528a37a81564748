/*
 * Times as people write them (SPEC 1, 7): civil dates by arithmetic alone, so that neither the C library's time zone
 * nor its locale can change what a record says.
 */
#include "proto/name.h"

#include <stdio.h>
#include <string.h>

#define DAY_US (24 * HOUR_US)

struct civil {
	int64_t year;
	unsigned month, day; /* from 1 */
	unsigned hour, minute, second, micro;
};

static const char months[12][4] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned month_days(int64_t year, unsigned month)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 0001-01-01 to the first of January of year, in the Gregorian calendar also where it is older than it. */
static int64_t days_before(int64_t year)
{
	int64_t past = year - 1;

	return 365 * past + floor_div(past, 4) - floor_div(past, 100) + floor_div(past, 400);
}

static struct civil civil_of(int64_t at_us)
{
	int64_t day = floor_div(at_us, DAY_US), rest = at_us % DAY_US;
	struct civil c = {.month = 1};

	day += days_before(1970);
	rest += rest < 0 ? DAY_US : 0;
	c.year = floor_div(day * 400, 146097) + 1; /* 400 years are 146,097 days: right, or off by one */
	if (days_before(c.year) > day)
		c.year--;
	if (days_before(c.year + 1) <= day)
		c.year++;
	day -= days_before(c.year);
	for (; day >= month_days(c.year, c.month); c.month++)
		day -= month_days(c.year, c.month);
	c.day = (unsigned)day + 1;
	c.hour = (unsigned)(rest / HOUR_US);
	c.minute = (unsigned)(rest % HOUR_US / MINUTE_US);
	c.second = (unsigned)(rest % MINUTE_US / SECOND_US);
	c.micro = (unsigned)(rest % SECOND_US);
	return c;
}

/* False if c is no date or time; the year must have four digits. */
static bool civil_to_us(const struct civil *c, int64_t *out_us)
{
	int64_t days;

	if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > month_days(c->year, c->month))
		return false;
	if (c->hour > 23 || c->minute > 59 || c->second > 59)
		return false;
	days = days_before(c->year) - days_before(1970) + (int64_t)c->day - 1;
	for (unsigned month = 1; month < c->month; month++)
		days += month_days(c->year, month);
	*out_us = days * DAY_US + c->hour * HOUR_US + c->minute * MINUTE_US + c->second * SECOND_US + c->micro;
	return true;
}

void time_format_dtg(int64_t at_us, char out[TIME_TEXT])
{
	struct civil c = civil_of(at_us);

	snprintf(out, TIME_TEXT, "%02u%02u%02uZ %s %02u", c.day % 100, c.hour % 100, c.minute % 100,
		 months[c.month - 1], (unsigned)(c.year - 100 * floor_div(c.year, 100)));
}

/* Date and time to the second without its end; gives the length. */
static size_t format_second(const struct civil *c, char out[TIME_TEXT])
{
	int len = snprintf(out, TIME_TEXT, "%04lld-%02u-%02uT%02u:%02u:%02u", (long long)c->year, c->month % 100,
			   c->day % 100, c->hour % 100, c->minute % 100, c->second % 100);

	return (size_t)len;
}

void time_format_iso(int64_t at_us, char out[TIME_TEXT])
{
	struct civil c = civil_of(at_us);
	size_t len = format_second(&c, out);

	snprintf(out + len, TIME_TEXT - len, "Z");
}

void time_format_iso_micro(int64_t at_us, char out[TIME_TEXT])
{
	struct civil c = civil_of(at_us);
	size_t len = format_second(&c, out);

	snprintf(out + len, TIME_TEXT - len, ".%06uZ", c.micro % 1000000);
}

/* A cursor over text that people typed; once something did not fit, nothing more does. */
struct scan {
	struct bytes text;
	bool is_bad;
};

static unsigned scan_digits(struct scan *s, size_t count)
{
	unsigned value = 0;

	for (size_t i = 0; i < count && !s->is_bad; i++) {
		if (s->text.len == 0 || s->text.data[0] < '0' || s->text.data[0] > '9') {
			s->is_bad = true;
			return 0;
		}
		value = 10 * value + (unsigned)(s->text.data[0] - '0');
		s->text.data++;
		s->text.len--;
	}
	return value;
}

/* Whether the next character is c, which is then taken. */
static bool scan_if(struct scan *s, char c)
{
	if (s->is_bad || s->text.len == 0 || s->text.data[0] != (uint8_t)c)
		return false;
	s->text.data++;
	s->text.len--;
	return true;
}

static void scan_char(struct scan *s, char c)
{
	if (!scan_if(s, c))
		s->is_bad = true;
}

/* One to six digits of a second's fraction, in microseconds. */
static unsigned scan_fraction(struct scan *s)
{
	unsigned value = scan_digits(s, 1);

	for (int i = 1; i < 6; i++) {
		bool is_digit = s->text.len > 0 && s->text.data[0] >= '0' && s->text.data[0] <= '9';

		value = 10 * value + (is_digit ? scan_digits(s, 1) : 0);
	}
	return value;
}

static void scan_iso(struct scan *s, struct civil *c)
{
	c->year = scan_digits(s, 4);
	scan_char(s, '-');
	c->month = scan_digits(s, 2);
	scan_char(s, '-');
	c->day = scan_digits(s, 2);
	if (s->is_bad || s->text.len == 0)
		return;
	scan_char(s, 'T');
	c->hour = scan_digits(s, 2);
	scan_char(s, ':');
	c->minute = scan_digits(s, 2);
	if (scan_if(s, ':')) {
		c->second = scan_digits(s, 2);
		if (scan_if(s, '.'))
			c->micro = scan_fraction(s);
	}
	scan_char(s, 'Z');
}

/* The month by its three letters in either case; 0 if there is none. */
static unsigned scan_month(struct scan *s)
{
	for (unsigned month = 1; !s->is_bad && s->text.len >= 3 && month <= 12; month++) {
		unsigned same = 0;

		for (unsigned i = 0; i < 3; i++)
			same += (s->text.data[i] & ~0x20) == months[month - 1][i];
		if (same == 3) {
			s->text.data += 3;
			s->text.len -= 3;
			return month;
		}
	}
	return 0;
}

static void scan_dtg(struct scan *s, struct civil *c)
{
	c->day = scan_digits(s, 2);
	c->hour = scan_digits(s, 2);
	c->minute = scan_digits(s, 2);
	scan_char(s, 'Z');
	scan_char(s, ' ');
	c->month = scan_month(s);
	scan_char(s, ' ');
	c->year = 2000 + (int64_t)scan_digits(s, 2);
}

bool time_parse(struct bytes text, int64_t *out_us)
{
	struct scan s = {.text = text};
	struct civil c = {.year = 0};

	if (text.len > 4 && text.data[4] == '-')
		scan_iso(&s, &c);
	else
		scan_dtg(&s, &c);
	return !s.is_bad && s.text.len == 0 && civil_to_us(&c, out_us);
}

bool time_parse_span(struct bytes text, int64_t *out_us)
{
	static const char units[] = "smhd";
	static const int64_t unit_us[] = {SECOND_US, MINUTE_US, HOUR_US, DAY_US};
	const char *unit =
	    text.len >= 2 && text.data[text.len - 1] != 0 ? strchr(units, text.data[text.len - 1]) : NULL;
	struct scan s = {.text = text};
	int64_t count = 0;

	if (unit == NULL || text.len > 10)
		return false;
	for (size_t i = 0; i + 1 < text.len; i++)
		count = 10 * count + scan_digits(&s, 1);
	if (s.is_bad || count > INT64_MAX / unit_us[unit - units])
		return false;
	*out_us = count * unit_us[unit - units];
	return true;
}

uint16_t time_year(int64_t at_us)
{
	int64_t year = civil_of(at_us).year;

	return (uint16_t)(year < 0 ? 0 : year > UINT16_MAX ? UINT16_MAX : year);
}

uint32_t time_week(int64_t at_us)
{
	return at_us < 0 ? 0 : (uint32_t)(at_us / WEEK_US);
}
