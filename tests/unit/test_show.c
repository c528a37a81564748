/* What a reader is told: phrases, spans, numbers, and the exercise banner before every line. */
#include <unistd.h>

#include "client/args.h"
#include "client/say.h"
#include "client/show.h"
#include "client/show_card.h"
#include "client/table.h"

#include "tests/unit/test.h"

#define AT INT64_C(1791987600000000) /* 141420Z OCT 26 */

static bool is_why(struct control_delivery delivery, const char *expected)
{
	char why[SHOW_WHY];

	show_why(&delivery, why);
	if (strcmp(why, expected) != 0)
		printf("# %s\n", why);
	return strcmp(why, expected) == 0;
}

TEST(each_reason_for_silence_has_its_phrase)
{
	CHECK(is_why((struct control_delivery){.why = WHY_NOT_SENT}, "not yet sent"));
	CHECK(is_why((struct control_delivery){.why = WHY_NOT_SENT, .percent = 40}, "being sent 40 %"));
	CHECK(is_why((struct control_delivery){.why = WHY_NO_PATH, .why_at = AT}, "no path since 141420Z OCT 26"));
	CHECK(is_why((struct control_delivery){.why = WHY_REFUSED, .refused_reason = 2},
		     "refused by their station: signature does not verify"));
	CHECK(is_why((struct control_delivery){.why = WHY_CUSTODY}, "in custody, not opened"));
	CHECK(is_why((struct control_delivery){.why = WHY_SHOWN, .why_at = AT},
		     "opened at 141420Z OCT 26, not acknowledged"));
	CHECK(is_why((struct control_delivery){.why = WHY_ACKNOWLEDGED, .why_at = AT},
		     "acknowledged, answer due 141420Z OCT 26"));
	CHECK(is_why((struct control_delivery){.why = WHY_HOLD, .why_at = AT}, "on hold until 141420Z OCT 26"));
	CHECK(is_why((struct control_delivery){.why = WHY_DECLINED}, "declined"));
	CHECK(is_why((struct control_delivery){.why = WHY_SILENT, .why_at = AT},
		     "silent by notice until 141420Z OCT 26"));
	CHECK(is_why((struct control_delivery){.why = WHY_EXPIRED, .why_at = AT}, "expired at 141420Z OCT 26"));
	CHECK(is_why((struct control_delivery){.why = WHY_ANSWERED}, "answered"));
	CHECK(is_why((struct control_delivery){.part = 1, .why = WHY_INFO, .custody_at = AT}, "for information, in custody"));
	CHECK(is_why((struct control_delivery){.why = WHY_INFO, .custody_at = AT}, "nothing is owed, in custody"));
}

static bool is_span(int64_t span, const char *expected)
{
	char text[TIME_TEXT];

	show_span(span, text);
	return strcmp(text, expected) == 0;
}

TEST(spans_change_their_unit_at_the_minute_the_hour_and_the_day)
{
	CHECK(is_span(59 * SECOND_US, "59s"));
	CHECK(is_span(60 * SECOND_US, "1m00s"));
	CHECK(is_span(HOUR_US - SECOND_US, "59m59s"));
	CHECK(is_span(HOUR_US, "1h00m"));
	CHECK(is_span(24 * HOUR_US - MINUTE_US, "23h59m"));
	CHECK(is_span(24 * HOUR_US, "1d00h"));
	CHECK(is_span(-5 * SECOND_US, "-5s"));
}

TEST(an_exercise_number_says_ex)
{
	struct message m = {.number = {2026, 48213}, .from = bytes_of("tha-cert")};
	char text[SHOW_NUMBER];

	show_number(&m, text);
	CHECK(strcmp(text, "tha-cert 2026-048 213") == 0);
	m.exercise = bytes_of("DEMO");
	show_number(&m, text);
	CHECK(strcmp(text, "tha-cert EX 2026-048 213") == 0);
}

TEST(a_banner_is_safe_and_only_for_exercises)
{
	char *real = show_banner((struct bytes){NULL, 0}), *exercise = show_banner(bytes_of("DE\x1bMO"));

	CHECK(strcmp(real, "") == 0);
	CHECK(strcmp(exercise, "[EXERCISE DE<1B>MO] ") == 0);
	free(real);
	free(exercise);
}

/* What print() wrote to stdout; the caller frees it. */
static char *captured(void (*print)(const struct shown *), const struct shown *shown)
{
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	char *text = calloc(1, 65536);

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	print(shown);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static bool all_lines_begin(const char *text, const char *banner)
{
	size_t count = 0;

	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1, count++)
		if (strncmp(line, banner, strlen(banner)) != 0)
			return false;
	return count > 0;
}

static struct shown exercise(void)
{
	return (struct shown){
	    .raw = {.is_sent = true,
		    .subject = bytes_of("a\nb"),
		    .delivery_count = 1,
		    .delivery = {{.name = bytes_of("vnm-cert"),
				  .acknowledged_at = AT,
				  .understood = 3,
				  .note = bytes_of("a\nb")}}},
	    .message = {.number = {2026, 1},
			.kind = KIND_NOTICE,
			.from = bytes_of("tha-cert"),
			.exercise = bytes_of("DEMO"),
			.released_at = AT,
			.action_count = 1,
			.action = {bytes_of("vnm-cert")}},
	    .content = {.subject = bytes_of("a\nb"),
			.text = bytes_of("one\n\ntwo\x1b[2J"),
			.remarks = bytes_of("x\ny"),
			.translation_count = 1,
			.translation = {{bytes_of("th"), bytes_of("a\nb"), 2}}},
	    .has_content = true,
	};
}

TEST(every_line_of_an_exercise_page_begins_with_its_banner)
{
	struct shown s = exercise();
	char *page = captured(show_message, &s), *track = captured(show_track, &s);

	CHECK(all_lines_begin(page, "[EXERCISE DEMO] "));
	CHECK(all_lines_begin(track, "[EXERCISE DEMO] "));
	CHECK(strchr(page, 0x1b) == NULL);
	free(page);
	free(track);
}

TEST(a_machines_translation_is_labelled)
{
	struct shown s = exercise();
	char *page = captured(show_message, &s);

	CHECK(strstr(page, "translation th by A MACHINE") != NULL);
	free(page);
}

TEST(no_line_of_a_message_stands_where_ours_begin)
{
	struct shown s = exercise();
	char *page;

	s.message.exercise = (struct bytes){NULL, 0};
	s.content.text = bytes_of("vnm-cert acknowledged by chief");
	page = captured(show_message, &s);
	CHECK(strstr(page, "\nvnm-cert acknowledged by chief") == NULL);
	CHECK(strstr(page, "  vnm-cert acknowledged by chief") != NULL);
	free(page);
}

/* Wraps text to width and compares. */
static bool wraps_to(const char *in, int width, const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool is_same;

	say_text(out, bytes_of(in), "", width);
	fclose(out);
	is_same = strcmp(text, expected) == 0;
	if (!is_same)
		printf("# %s\n", text);
	free(text);
	return is_same;
}

TEST(text_breaks_between_words_and_in_a_long_word)
{
	CHECK(wraps_to("aaaaaaaaaa bbbbbbbbb cccc", 20, "aaaaaaaaaa bbbbbbbbb\ncccc\n"));
	CHECK(wraps_to("aaaaaaaaaa bbbbbbbbbb cccc", 20, "aaaaaaaaaa\nbbbbbbbbbb cccc\n"));
	CHECK(wraps_to("aaaaaaaaaaaaaaaaaaaaaaaaa", 20, "aaaaaaaaaaaaaaaaaaaa\naaaaa\n"));
	CHECK(wraps_to("a\n\nb", 20, "a\n\nb\n"));
}

TEST(thai_counts_cells_and_keeps_a_vowel_with_its_consonant)
{
	/* 19 consonants, a leading vowel that would be the 20th cell, its consonant */
	CHECK(wraps_to("กกกกกกกกกกกกกกกกกกกเก", 20, "กกกกกกกกกกกกกกกกกกก\nเก\n"));
	CHECK(wraps_to("ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้", 20, "ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้ก้\n"));
}

TEST(columns_are_measured_in_cells)
{
	static const char *const heads[] = {"A", "B", NULL};
	struct table table;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	table_init(&table, heads);
	table_row(&table, "! ");
	table_cell(&table, "%s", "ที่"); /* one cell */
	table_cell(&table, "%s", "\x1b");
	table_print(&table, out, "");
	table_finish(&table);
	fclose(out);
	CHECK(strcmp(text, "  A  B\n! ที่  <1B>\n") == 0);
	free(text);
}

static struct args args;

static int parse(const char *const *words, bool is_leading)
{
	static const char *const options[] = {"--note=", "--json", NULL};
	char *argv[16];
	int argc = 0;

	memset(&args, 0, sizeof args);
	while (words[argc] != NULL) {
		argv[argc] = (char *)(uintptr_t)words[argc];
		argc++;
	}
	return args_parse(&args, options, argc, argv, is_leading);
}
#define PARSE(is_leading, ...) parse((const char *const[]){__VA_ARGS__, NULL}, is_leading)

TEST(options_stand_before_and_after_words_until_two_dashes)
{
	CHECK_EQUAL(PARSE(false, "a", "--note", "x", "--json", "-", "--", "--note"), 7);
	CHECK(strcmp(args_value(&args, "--note"), "x") == 0);
	CHECK(args_has(&args, "--json"));
	CHECK_EQUAL(args.rest_count, 3);
	CHECK(strcmp(args.rest[2], "--note") == 0);
}

TEST(a_value_may_be_joined_and_empty_and_the_last_one_counts)
{
	CHECK_EQUAL(PARSE(false, "--note=x", "--note="), 2);
	CHECK(strcmp(args_value(&args, "--note"), "") == 0);
}

TEST(leading_options_end_at_the_first_word)
{
	CHECK_EQUAL(PARSE(true, "--json", "list", "--note", "x"), 1);
	CHECK_EQUAL(args.rest_count, 0);
}

TEST(options_that_are_none_are_refused)
{
	CHECK_EQUAL(PARSE(false, "--bogus"), -1);
	CHECK_EQUAL(PARSE(false, "--not=x"), -1);
	CHECK_EQUAL(PARSE(false, "--note"), -1);
	CHECK_EQUAL(PARSE(false, "--json=x"), -1);
}

#define DAY (WEEK_US / 7)

/* What a card valid from AT for a year is after so many days. */
static enum card_age age_after(int64_t days)
{
	struct card card = {.valid_from = AT, .valid_until = AT + 365 * DAY};

	return card_age(&card, AT + days * DAY, &days);
}

TEST(card_is_amber_from_150_days_red_after_180_and_past_its_validity)
{
	CHECK_EQUAL(age_after(-1), CARD_NOT_YET);
	CHECK_EQUAL(age_after(0), CARD_CURRENT);
	CHECK_EQUAL(age_after(149), CARD_CURRENT);
	CHECK_EQUAL(age_after(150), CARD_AMBER);
	CHECK_EQUAL(age_after(180), CARD_AMBER);
	CHECK_EQUAL(age_after(181), CARD_RED);
	CHECK_EQUAL(age_after(364), CARD_RED);
	CHECK_EQUAL(age_after(365), CARD_EXPIRED);
}
