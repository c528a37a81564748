/* Who is on duty: fixed moments in zones with and without clock changes. */
#include <time.h>

#include "client/duty.h"
#include "tests/unit/test.h"

static struct card card_in(const char *zone)
{
	return (struct card){.zone = bytes_of(zone)};
}

static void add(struct card *card, unsigned weekday, unsigned from, unsigned to)
{
	card->hours[card->hours_count].weekday = (uint8_t)weekday;
	card->hours[card->hours_count].from = (uint16_t)from;
	card->hours[card->hours_count++].to = (uint16_t)to;
}

#define CLOCK(hour, minute) ((hour)*60 + (minute))
enum { MON, TUE, WED, THU, FRI, SAT, SUN };

static struct card weekdays(const char *zone)
{
	struct card card = card_in(zone);

	for (unsigned day = MON; day <= FRI; day++)
		add(&card, day, CLOCK(8, 0), CLOCK(17, 0));
	return card;
}

static struct duty at(const struct card *card, const char *iso)
{
	struct duty duty;
	int64_t time;

	CHECK(time_parse(bytes_of(iso), &time));
	duty_at(card, time, &duty);
	return duty;
}

static bool says(const struct card *card, const char *iso, const char *expected)
{
	struct duty duty = at(card, iso);
	char text[DUTY_TEXT];

	duty_format(&duty, card->zone, text);
	if (strcmp(text, expected) != 0)
		printf("# at %s: %s\n", iso, text);
	return strcmp(text, expected) == 0;
}

static bool changes_at(const struct duty *duty, const char *iso)
{
	char text[TIME_TEXT];

	time_format_iso(duty->change.at, text);
	if (!duty->has_change || strcmp(text, iso) != 0)
		printf("# changes at %s\n", text);
	return duty->has_change && strcmp(text, iso) == 0;
}

TEST(hours_begin_at_their_first_minute_and_end_before_their_last)
{
	struct card card = weekdays("Asia/Bangkok"); /* UTC+7 all year; 2026-12-07 is a Monday */

	CHECK(says(&card, "2026-12-07T02:14Z", "09:14 there, staffed until 17:00"));
	CHECK(says(&card, "2026-12-07T00:59:59Z", "07:59 there, closed; opens 08:00"));
	CHECK(says(&card, "2026-12-07T01:00Z", "08:00 there, staffed until 17:00"));
	CHECK(says(&card, "2026-12-07T09:59:59Z", "16:59 there, staffed until 17:00"));
	CHECK(says(&card, "2026-12-07T10:00Z", "17:00 there, closed; opens Tue 08:00 there (080100Z DEC 26)"));
}

TEST(from_friday_evening_the_next_opening_is_monday)
{
	struct card card = weekdays("Asia/Bangkok");

	CHECK(says(&card, "2026-12-04T10:00Z", "17:00 there, closed; opens Mon 08:00 there (070100Z DEC 26)"));
	CHECK(says(&card, "2026-12-06T16:59Z", "23:59 there, closed; opens Mon 08:00 there (070100Z DEC 26)"));
	CHECK(says(&card, "2026-12-06T17:00Z", "00:00 there, closed; opens 08:00"));
}

TEST(a_night_shift_from_sunday_to_monday_is_one_span)
{
	struct card card = card_in("Asia/Bangkok");

	add(&card, MON, 0, CLOCK(6, 0));
	add(&card, SUN, CLOCK(22, 0), CLOCK(24, 0));
	CHECK(says(&card, "2026-12-06T14:59Z", "21:59 there, closed; opens 22:00"));
	CHECK(says(&card, "2026-12-06T15:00Z", "22:00 there, staffed until Mon 06:00 there (062300Z DEC 26)"));
	CHECK(says(&card, "2026-12-06T17:00Z", "00:00 there, staffed until 06:00"));
	CHECK(says(&card, "2026-12-06T23:00Z", "06:00 there, closed; opens Sun 22:00 there (131500Z DEC 26)"));
}

TEST(rows_that_touch_overlap_or_repeat_are_one)
{
	struct card card = card_in("Asia/Bangkok");

	add(&card, MON, CLOCK(12, 0), CLOCK(14, 0));
	add(&card, MON, CLOCK(8, 0), CLOCK(12, 0));
	add(&card, MON, CLOCK(8, 0), CLOCK(12, 0));
	add(&card, MON, CLOCK(13, 0), CLOCK(17, 0));
	CHECK(says(&card, "2026-12-07T02:14Z", "09:14 there, staffed until 17:00"));
}

TEST(no_hours_and_hours_that_fill_the_week_are_always)
{
	struct card none = card_in("Asia/Bangkok"), whole = card_in("Asia/Bangkok");

	for (unsigned day = MON; day <= SUN; day++)
		add(&whole, day, 0, CLOCK(24, 0));
	CHECK(says(&none, "2026-12-05T20:14Z", "03:14 there, always staffed"));
	CHECK(says(&whole, "2026-12-05T20:14Z", "03:14 there, always staffed"));
	CHECK(at(&none, "2026-12-05T20:14Z").is_staffed && !at(&none, "2026-12-05T20:14Z").has_change);
}

/* London 2026: 29 March, 01:00 becomes 02:00; 25 October, 02:00 becomes 01:00. */
TEST(hours_in_the_gap_of_a_clock_change_are_skipped_and_those_over_it_open_at_its_end)
{
	struct card skipped = card_in("Europe/London"), over = card_in("Europe/London");
	struct duty duty;

	add(&skipped, SUN, CLOCK(1, 10), CLOCK(1, 50));
	add(&over, SUN, CLOCK(1, 30), CLOCK(6, 0));
	CHECK(says(&skipped, "2026-03-28T12:00Z", "12:00 there, closed; opens Sun 01:10 there (050010Z APR 26)"));
	duty = at(&over, "2026-03-29T00:59Z");
	CHECK(!duty.is_staffed && duty.now.minute == CLOCK(0, 59) && duty.change.minute == CLOCK(2, 0));
	CHECK(changes_at(&duty, "2026-03-29T01:00:00Z"));
	CHECK(says(&over, "2026-03-29T01:00Z", "02:00 there, staffed until 06:00"));
	duty = at(&over, "2026-03-29T01:00Z");
	CHECK(changes_at(&duty, "2026-03-29T05:00:00Z"));
}

TEST(hours_in_the_overlap_of_a_clock_change_come_twice)
{
	struct card card = card_in("Europe/London");
	struct duty duty;

	add(&card, SUN, CLOCK(1, 0), CLOCK(1, 30));
	duty = at(&card, "2026-10-25T00:10Z"); /* 01:10, the first time */
	CHECK(duty.is_staffed && duty.now.minute == CLOCK(1, 10) && duty.now.offset_s == 3600);
	CHECK(changes_at(&duty, "2026-10-25T00:30:00Z"));
	duty = at(&card, "2026-10-25T00:30Z");
	CHECK(!duty.is_staffed && duty.change.offset_s == 0);
	CHECK(changes_at(&duty, "2026-10-25T01:00:00Z"));
	duty = at(&card, "2026-10-25T01:29Z");
	CHECK(duty.is_staffed);
	CHECK(changes_at(&duty, "2026-10-25T01:30:00Z"));
}

TEST(an_office_opens_at_the_same_local_time_on_both_sides_of_a_clock_change)
{
	struct card card = weekdays("Europe/London");
	struct duty friday = at(&card, "2026-03-27T18:00Z"), thursday = at(&card, "2026-03-26T18:00Z");

	CHECK(changes_at(&thursday, "2026-03-27T08:00:00Z"));
	CHECK(changes_at(&friday, "2026-03-30T07:00:00Z"));
}

TEST(a_zone_that_the_database_does_not_have_is_said_and_never_taken_for_utc)
{
	struct card card = weekdays("Asia/Atlantis"), always = card_in("Asia"), posix = weekdays("ICT-7");

	CHECK(!at(&card, "2026-12-07T02:14Z").is_zone_known);
	CHECK(!at(&card, "2026-12-07T12:14Z").is_staffed);
	CHECK(says(&card, "2026-12-07T02:14Z",
		   "the tz database of this machine has no zone \"Asia/Atlantis\"; their time is not known"));
	CHECK(says(&always, "2026-12-07T02:14Z",
		   "always staffed; the tz database of this machine has no zone \"Asia\"; their time is not known"));
	CHECK(!at(&posix, "2026-12-07T02:14Z").is_zone_known);
}

TEST(the_process_keeps_its_own_zone)
{
	struct card card = weekdays("Asia/Bangkok");
	time_t noon = 1796644800; /* 2026-12-07T12:00Z */
	struct tm before, after;

	setenv("TZ", ":America/New_York", 1);
	tzset();
	localtime_r(&noon, &before);
	at(&card, "2026-12-07T02:14Z");
	localtime_r(&noon, &after);
	CHECK_EQUAL(before.tm_hour, 7);
	CHECK_EQUAL(after.tm_hour, 7);
	CHECK(strcmp(getenv("TZ"), ":America/New_York") == 0);
	unsetenv("TZ");
	tzset();
	at(&card, "2026-12-07T02:14Z");
	CHECK(getenv("TZ") == NULL);
}

TEST(local_times_carry_their_offset)
{
	struct card bangkok = card_in("Asia/Bangkok"), caracas = card_in("America/Caracas");
	char text[TIME_TEXT];
	struct duty duty = at(&bangkok, "2026-12-06T18:14Z");

	duty_format_local(&duty.now, text);
	CHECK(strcmp(text, "2026-12-07T01:14:00+07:00") == 0);
	duty = at(&caracas, "2010-12-07T02:14Z"); /* UTC-4:30 then */
	duty_format_local(&duty.now, text);
	CHECK(strcmp(text, "2010-12-06T21:44:00-04:30") == 0);
}
