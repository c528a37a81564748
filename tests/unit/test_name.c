/* Names, numbers, references and times: what is taken, what is refused, on both sides of each limit. */
#include "proto/name.h"

#include "tests/unit/test.h"

static struct bytes b(const char *text)
{
	return bytes_of(text);
}

TEST(names_of_two_or_more_groups_are_valid)
{
	CHECK(name_is_valid(b("tha-cert")));
	CHECK(name_is_valid(b("asean-sec")));
	CHECK(name_is_valid(b("vnm-mfa-2")));
	CHECK(name_is_valid(b("9-9")));
}

TEST(names_hold_3_to_32_bytes)
{
	CHECK(name_is_valid(b("a-b")));
	CHECK(!name_is_valid(b("-b")));
	CHECK(!name_is_valid(b("a-")));
	CHECK(name_is_valid(b("tha-45678901234567890123456789012")) == false);
	CHECK(name_is_valid(b("tha-4567890123456789012345678901")) == true);
}

TEST(names_with_other_characters_are_refused)
{
	CHECK(!name_is_valid(b("Tha-cert")));
	CHECK(!name_is_valid(b("tha_cert")));
	CHECK(!name_is_valid(b("tha-cert ")));
	CHECK(!name_is_valid(b("tha-c/rt")));
	CHECK(!name_is_valid(b("th\xc3\xa1-cert")));
	CHECK(!name_is_valid((struct bytes){(const uint8_t *)"tha\0-cert", 9}));
}

TEST(names_join_groups_by_single_dashes)
{
	CHECK(!name_is_valid(b("tha--cert")));
	CHECK(!name_is_valid(b("-tha-cert")));
	CHECK(!name_is_valid(b("tha-cert-")));
	CHECK(!name_is_valid(b("thacert")));
	CHECK(!name_is_valid(b("")));
}

TEST(states_hold_2_to_8_bytes_of_one_group)
{
	CHECK(name_is_state(b("th")));
	CHECK(name_is_state(b("asean123")));
	CHECK(!name_is_state(b("t")));
	CHECK(!name_is_state(b("asean1234")));
	CHECK(!name_is_state(b("th-a")));
	CHECK(!name_is_state(b("THA")));
}

TEST(function_names_hold_1_to_32_bytes)
{
	CHECK(name_is_function(b("w")));
	CHECK(name_is_function(b("watch-2")));
	CHECK(name_is_function(b("a2345678901234567890123456789012")));
	CHECK(!name_is_function(b("a23456789012345678901234567890123")));
	CHECK(!name_is_function(b("")));
	CHECK(!name_is_function(b("watch 2")));
	CHECK(!name_is_function(b("watch-")));
}

TEST(the_state_of_a_name_is_its_first_group)
{
	CHECK(bytes_equal(name_state(b("tha-cert-2")), b("tha")));
	CHECK(bytes_equal(name_state(b("asean-sec")), b("asean")));
}

TEST(a_name_is_copied_only_if_valid)
{
	struct name name = {"old-name"};

	CHECK(!name_copy(b("bad"), &name));
	CHECK(strcmp(name.text, "old-name") == 0);
	CHECK(name_copy(b("a-b"), &name));
	CHECK(bytes_equal(name_bytes(&name), b("a-b")));
	CHECK(name_equal(&name, &(struct name){"a-b"}));
	CHECK(!name_equal(&name, &(struct name){"a-c"}));
}

TEST(numbers_are_written_with_leading_zeros)
{
	char out[NUMBER_TEXT];

	number_format((struct number){2026, 48213}, out);
	CHECK(strcmp(out, "2026-048 213") == 0);
	number_format((struct number){2026, 0}, out);
	CHECK(strcmp(out, "2026-000 000") == 0);
	number_format((struct number){2027, 999999}, out);
	CHECK(strcmp(out, "2027-999 999") == 0);
}

TEST(numbers_are_read_with_and_without_the_space)
{
	struct number number = {0, 0};

	CHECK(number_parse(b("2026-048 213"), &number));
	CHECK_EQUAL(number.year, 2026);
	CHECK_EQUAL(number.digits, 48213);
	CHECK(number_parse(b("2026-999999"), &number));
	CHECK_EQUAL(number.digits, 999999);
}

TEST(numbers_of_another_shape_are_refused)
{
	struct number number = {7, 7};

	CHECK(!number_parse(b("2026-048  213"), &number));
	CHECK(!number_parse(b("2026-048x213"), &number));
	CHECK(!number_parse(b("2026-048 21"), &number));
	CHECK(!number_parse(b("2026-04821"), &number));
	CHECK(!number_parse(b("2026-0482133"), &number));
	CHECK(!number_parse(b("2026 048 213"), &number));
	CHECK(!number_parse(b("202a-048 213"), &number));
	CHECK(!number_parse(b("2026-+48 213"), &number));
	CHECK(!number_parse(b(""), &number));
	CHECK_EQUAL(number.year, 7);
}

TEST(a_reference_takes_its_words_in_any_order)
{
	struct reference reference;

	CHECK(reference_parse(b("tha-cert EX 2026-048 213"), &reference));
	CHECK(strcmp(reference.from.text, "tha-cert") == 0);
	CHECK(reference.is_exercise);
	CHECK_EQUAL(reference.number.digits, 48213);
	CHECK(reference_parse(b(" EX  tha-cert 2026-048213 "), &reference));
	CHECK(strcmp(reference.from.text, "tha-cert") == 0);
	CHECK(reference.is_exercise);
}

TEST(a_reference_may_be_the_number_alone)
{
	struct reference reference;

	CHECK(reference_parse(b("2026-048 213"), &reference));
	CHECK_EQUAL(reference.from.text[0], 0);
	CHECK(!reference.is_exercise);
	CHECK_EQUAL(reference.number.year, 2026);
}

TEST(a_reference_with_a_word_too_many_is_refused)
{
	struct reference reference = {.number = {7, 7}};

	CHECK(!reference_parse(b("tha-cert vnm-cert 2026-048 213"), &reference));
	CHECK(!reference_parse(b("EX EX 2026-048 213"), &reference));
	CHECK(!reference_parse(b("thacert 2026-048 213"), &reference));
	CHECK(!reference_parse(b("2026-048 213 EX"), &reference));
	CHECK(!reference_parse(b("213"), &reference));
	CHECK(!reference_parse(b(" "), &reference));
	CHECK(!reference_parse(b(""), &reference));
	CHECK_EQUAL(reference.number.year, 7);
}

/* 2026-10-14T14:20:07.123456Z */
#define EXAMPLE INT64_C(1791987607123456)

TEST(times_are_written_in_three_forms)
{
	char out[TIME_TEXT];

	time_format_dtg(EXAMPLE, out);
	CHECK(strcmp(out, "141420Z OCT 26") == 0);
	time_format_iso(EXAMPLE, out);
	CHECK(strcmp(out, "2026-10-14T14:20:07Z") == 0);
	time_format_iso_micro(EXAMPLE, out);
	CHECK(strcmp(out, "2026-10-14T14:20:07.123456Z") == 0);
}

TEST(times_before_1970_round_down)
{
	char out[TIME_TEXT];

	time_format_iso_micro(-1, out);
	CHECK(strcmp(out, "1969-12-31T23:59:59.999999Z") == 0);
	time_format_iso_micro(0, out);
	CHECK(strcmp(out, "1970-01-01T00:00:00.000000Z") == 0);
}

TEST(the_widest_times_fit)
{
	char out[TIME_TEXT];

	time_format_iso_micro(INT64_MAX, out);
	CHECK(strcmp(out, "294247-01-10T04:00:54.775807Z") == 0);
	time_format_iso_micro(INT64_MIN, out);
	CHECK(strcmp(out, "-290308-12-21T19:59:05.224192Z") == 0);
	time_format_dtg(INT64_MIN, out);
	CHECK(strcmp(out, "211959Z DEC 92") == 0);
}

TEST(every_day_of_a_thousand_years_comes_back)
{
	int64_t day = -200 * INT64_C(365) * 24 * HOUR_US, last = day - 1, at;
	char out[TIME_TEXT];

	for (int i = 0; i < 365250; i++, day += 24 * HOUR_US) {
		time_format_iso(day, out);
		CHECK(time_parse(b(out), &at));
		CHECK(at == day && at > last);
		last = at;
	}
}

TEST(leap_days_follow_the_rule_of_centuries)
{
	int64_t at;

	CHECK(time_parse(b("2000-02-29"), &at));
	CHECK(time_parse(b("2024-02-29"), &at));
	CHECK(!time_parse(b("2023-02-29"), &at));
	CHECK(!time_parse(b("2100-02-29"), &at));
}

TEST(iso_times_are_read_to_each_precision)
{
	int64_t at = 0;

	CHECK(time_parse(b("2026-10-14"), &at));
	CHECK_EQUAL(at, INT64_C(1791936000000000));
	CHECK(time_parse(b("2026-10-14T14:20Z"), &at));
	CHECK_EQUAL(at, INT64_C(1791987600000000));
	CHECK(time_parse(b("2026-10-14T14:20:07Z"), &at));
	CHECK_EQUAL(at, INT64_C(1791987607000000));
	CHECK(time_parse(b("2026-10-14T14:20:07.5Z"), &at));
	CHECK_EQUAL(at, INT64_C(1791987607500000));
	CHECK(time_parse(b("2026-10-14T14:20:07.123456Z"), &at));
	CHECK_EQUAL(at, EXAMPLE);
}

TEST(date_time_groups_are_read)
{
	int64_t at = 0;

	CHECK(time_parse(b("141420Z OCT 26"), &at));
	CHECK_EQUAL(at, INT64_C(1791987600000000));
	CHECK(time_parse(b("141420Z oct 26"), &at));
	CHECK(time_parse(b("010000Z JAN 00"), &at));
	CHECK_EQUAL(at, INT64_C(946684800000000));
}

TEST(texts_that_are_no_time_are_refused)
{
	static const char *const bad[] = {
	    "",
	    "2026",
	    "2026-10",
	    "2026-13-01",
	    "2026-00-01",
	    "2026-10-00",
	    "2026-10-32",
	    "2026-10-14T",
	    "2026-10-14T14:20",
	    "2026-10-14T24:00Z",
	    "2026-10-14T14:60Z",
	    "2026-10-14T14:20:60Z",
	    "2026-10-14T14:20:07",
	    "2026-10-14T14:20:07.Z",
	    "2026-10-14 14:20Z",
	    "2026-10-14T14:20:07.1234567Z",
	    "2026-10-14T14:20Zx",
	    "141420 OCT 26",
	    "141420Z OCT",
	    "141420Z XYZ 26",
	    "321420Z OCT 26",
	    "142420Z OCT 26",
	    "141460Z OCT 26",
	    "141420Z OCT 2026",
	    "141420ZOCT26",
	    "310000Z APR 26",
	};
	int64_t at = 7;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!time_parse(b(bad[i]), &at));
	CHECK_EQUAL(at, 7);
}

TEST(spans_are_read_in_four_units)
{
	int64_t span = 0;

	CHECK(time_parse_span(b("90s"), &span));
	CHECK_EQUAL(span, 90 * SECOND_US);
	CHECK(time_parse_span(b("15m"), &span));
	CHECK_EQUAL(span, 15 * MINUTE_US);
	CHECK(time_parse_span(b("2h"), &span));
	CHECK_EQUAL(span, 2 * HOUR_US);
	CHECK(time_parse_span(b("3d"), &span));
	CHECK_EQUAL(span, 72 * HOUR_US);
	CHECK(time_parse_span(b("106751991d"), &span));
}

TEST(texts_that_are_no_span_are_refused)
{
	static const char *const bad[] = {"",	  "s",	"90",	 "-1s",	       "1 s",
					  "1.5h", "2w", "1h30m", "999999999d", "106751992d"};
	int64_t span = 7;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!time_parse_span(b(bad[i]), &span));
	CHECK(!time_parse_span((struct bytes){(const uint8_t *)"12\0", 3}, &span));
	CHECK_EQUAL(span, 7);
}

TEST(years_and_weeks_change_where_they_should)
{
	int64_t at = 0;

	CHECK(time_parse(b("2027-01-01"), &at));
	CHECK_EQUAL(time_year(at), 2027);
	CHECK_EQUAL(time_year(at - 1), 2026);
	CHECK_EQUAL(time_week(0), 0);
	CHECK_EQUAL(time_week(WEEK_US - 1), 0);
	CHECK_EQUAL(time_week(WEEK_US), 1);
	CHECK_EQUAL(time_week(EXAMPLE), 2962);
	CHECK_EQUAL(time_week(-1), 0);
}
