/* Draft files: what each header takes, what it refuses and in which line. */
#include "client/field.h"
#include "client/form.h"

#include "tests/unit/test.h"

#define HEAD "Kind: notice\nTo: vnm-cert\nLanguage: en\n"

/* Parses into a fresh form, which the next call releases. */
static struct form form;

static bool parse(const char *text)
{
	form_finish(&form);
	form_init(&form);
	return form_parse(&form, "f", bytes_of(text));
}

/* Refused, and the error begins with "f:LINE: " and holds the words. */
static bool is_refused(const char *text, unsigned line, const char *words)
{
	char begin[32];
	bool is_taken = parse(text);

	snprintf(begin, sizeof begin, "f:%u: ", line);
	if (!is_taken && strncmp(form.error, begin, strlen(begin)) == 0 && strstr(form.error, words) != NULL)
		return true;
	printf("# %s\n", is_taken ? "taken" : form.error);
	return false;
}

static bool is_text(struct bytes text, const char *expected)
{
	return bytes_equal(text, bytes_of(expected));
}

/* The field's text after reading, as a reader sees it. */
static bool is_field(enum field field, const char *expected)
{
	struct bytes value = content_field(&form.content, field);
	char *text = value.data != NULL ? field_text(field, value) : NULL;
	bool is_same = text != NULL && strcmp(text, expected) == 0;

	if (!is_same)
		printf("# field is \"%s\"\n", text != NULL ? text : "absent");
	free(text);
	return is_same;
}

static bool has_field(const char *header, enum field field, const char *expected)
{
	char text[1024];

	snprintf(text, sizeof text, HEAD "%s\n\ntext\n", header);
	return parse(text) && is_field(field, expected);
}

static bool refuses(const char *header, const char *words)
{
	char text[1024];

	snprintf(text, sizeof text, HEAD "%s\n\ntext\n", header);
	return is_refused(text, 4, words);
}

TEST(every_plain_header_is_taken)
{
	CHECK(parse(
	    "Kind: assist\nPrecedence: flash\nTo: vnm-cert, lao-cert\nCc: asean-sec\nExercise: DEMO 1\n"
	    "Subject: Help wanted\nLanguage: th-TH\nIn-Reply-To: vnm-cert EX 2026-048 213\nSupersedes: 2026-000001\n"
	    "Incident: new\nReply-By: 2026-10-14T14:20Z\nExpires: 151420Z OCT 26\nTLP: amber+strict\n"
	    "Without-Prejudice: no\nLadder-To: vnm-mfa\nRemarks: none\n\ntext\n"));
	CHECK_EQUAL(form.message.kind, KIND_ASSIST);
	CHECK_EQUAL(form.message.precedence, PRECEDENCE_FLASH);
	CHECK_EQUAL(form.message.action_count, 2);
	CHECK(is_text(form.message.action[0], "lao-cert"));
	CHECK(is_text(form.message.info[0], "asean-sec"));
	CHECK(is_text(form.message.exercise, "DEMO 1"));
	CHECK(is_text(form.content.subject, "Help wanted"));
	CHECK(is_text(form.content.lang, "th-TH"));
	CHECK(is_text(form.in_reply_to, "vnm-cert EX 2026-048 213"));
	CHECK(is_text(form.supersedes, "2026-000001"));
	CHECK(is_text(form.incident, "new"));
	CHECK_EQUAL(form.message.expires - form.message.reply_by, 24 * HOUR_US);
	CHECK_EQUAL(form.message.tlp, TLP_AMBER_STRICT);
	CHECK(!form.message.is_without_prejudice);
	CHECK(is_text(form.message.ladder[0], "vnm-mfa"));
	CHECK(is_text(form.content.remarks, "none"));
	CHECK(is_text(form.content.text, "text"));
}

TEST(what_is_not_said_has_its_default)
{
	CHECK(parse(HEAD "\n"));
	CHECK_EQUAL(form.message.precedence, PRECEDENCE_ROUTINE);
	CHECK(form.message.is_without_prejudice);
	CHECK_EQUAL(form.message.exercise.len, 0);
	CHECK_EQUAL(form.content.text.len, 0);
	CHECK_EQUAL(form.content.field_count, 0);
}

TEST(header_names_and_values_ignore_case)
{
	CHECK(parse("kInD: NOTICE\nTO: vnm-cert\nlanguage: en\nprecedence: Flash\ntlp: Red\nstatus: Confirmed\n\n"));
	CHECK_EQUAL(form.message.precedence, PRECEDENCE_FLASH);
	CHECK_EQUAL(form.message.tlp, TLP_RED);
	CHECK(is_field(FIELD_STATUS, "confirmed"));
}

TEST(codes_are_taken_by_number)
{
	CHECK(parse("Kind: 1\nTo: vnm-cert\nLanguage: en\nPrecedence: 3\nTLP: 4\nStatus: 2\n\n"));
	CHECK_EQUAL(form.message.kind, KIND_ALERT);
	CHECK_EQUAL(form.message.precedence, PRECEDENCE_FLASH);
	CHECK_EQUAL(form.message.tlp, TLP_RED);
	CHECK(is_field(FIELD_STATUS, "confirmed"));
}

TEST(a_continuation_line_is_joined_by_one_blank)
{
	CHECK(parse(HEAD "Subject: one\n   two\n\tthree\n\ntext\n"));
	CHECK(is_text(form.content.subject, "one two three"));
	CHECK(is_text(form.content.text, "text"));
}

TEST(carriage_returns_at_line_ends_are_dropped)
{
	CHECK(parse("Kind: notice\r\nTo: vnm-cert\r\nLanguage: en\r\n\r\none\r\ntwo\r\n"));
	CHECK(is_text(form.content.text, "one\ntwo"));
}

TEST(text_becomes_nfc)
{
	CHECK(parse(HEAD "Subject: e\u0301\n\ne\u0301\n"));
	CHECK(is_text(form.content.subject, "\u00e9"));
	CHECK(is_text(form.content.text, "\u00e9"));
}

TEST(a_byte_order_mark_in_front_is_dropped)
{
	CHECK(parse("\ufeff" HEAD "\ntext"));
}

TEST(each_field_shape_is_taken)
{
	CHECK(has_field("Class: malicious code", FIELD_CLASS, "malicious code"));
	CHECK(has_field("Class: other", FIELD_CLASS, "other"));
	CHECK(has_field("Class: code 77", FIELD_CLASS, "code 77"));
	CHECK(has_field("Severity: 4 | CISA | severe", FIELD_SEVERITY, "severe | CISA | severe"));
	CHECK(has_field("Severity: none", FIELD_SEVERITY, "none"));
	CHECK(has_field("Severity: emergency", FIELD_SEVERITY, "emergency"));
	CHECK(has_field("Began: 2017-05-12T08:00Z", FIELD_BEGAN, "2017-05-12T08:00:00Z"));
	CHECK(has_field("Sectors: health, telecommunications", FIELD_SECTORS, "health, telecommunications"));
	CHECK(has_field("States-Affected: GBR, esp", FIELD_STATES, "gbr, esp"));
	CHECK(has_field("Actions-Asked: preserve logs, 2", FIELD_ASKED, "preserve logs, block traffic"));
	CHECK(has_field("Public-Line: made | 2026-10-14T12:00Z", FIELD_PUBLIC_LINE, "made | 2026-10-14T12:00:00Z"));
	CHECK(has_field("Public-Line: none planned", FIELD_PUBLIC_LINE, "none planned"));
	CHECK(has_field("Contact: +66 2 000 0000", FIELD_CONTACT, "+66 2 000 0000"));
	CHECK(has_field("Ongoing: unknown", FIELD_ONGOING, "unknown"));
}

TEST(every_field_of_the_table_is_a_header)
{
	for (uint64_t code = 1; code <= FIELD_LAST; code++) {
		static const char *const good[] = {
		    [SHAPE_CODE] = "1",	       [SHAPE_CODES] = "1, 2", [SHAPE_TIME] = "2026-10-14T14:20Z",
		    [SHAPE_TEXT] = "words",    [SHAPE_STATES] = "tha", [SHAPE_SEVERITY] = "3",
		    [SHAPE_PUBLIC] = "planned", [SHAPE_WORDS] = "moon, \u0e19\u0e49\u0e33"};
		char text[256];

		if (field_row(code) == NULL)
			continue;
		if (field_row(code)->shape == SHAPE_STAGES) {
			CHECK(refuses("Stages: shown", "written by a station"));
			continue;
		}
		snprintf(text, sizeof text, HEAD "%s: %s\n\n", field_row(code)->name, good[field_row(code)->shape]);
		CHECK(parse(text));
		CHECK_EQUAL(form.content.field_count, 1);
		CHECK_EQUAL(form.content.field[0].code, code);
	}
}

TEST(fields_stand_sorted_and_pass_the_decoder)
{
	static uint8_t memory[4096];
	struct pack_writer w = pack_writer(memory, sizeof memory);
	struct content content;

	CHECK(parse(HEAD "Contact: x\nSeverity: 4\nStatus: confirmed\nBegan: 2017-05-12\nSectors: health\n\ntext\n"));
	content_encode(&form.content, &w);
	CHECK_EQUAL(content_decode(pack_written(&w), &content), RESULT_OK);
	CHECK_EQUAL(content.field_count, 5);
}

TEST(each_bad_header_value_names_its_line_and_what_is_allowed)
{
	CHECK(is_refused("To: vnm-cert\nKind: letter\n", 2, "Kind is one of alert, notice"));
	CHECK(is_refused("Kind: 0\n", 1, "Kind is one of"));
	CHECK(is_refused("Kind: 15\n", 1, "Kind is one of"));
	CHECK(refuses("Precedence: urgent", "flash, immediate, priority, routine"));
	CHECK(refuses("Precedence: 4", "flash, immediate"));
	CHECK(is_refused("To: vnm\n", 1, "no contact point"));
	CHECK(is_refused("To: vnm-cert,,lao-cert\n", 1, "no contact point"));
	CHECK(is_refused("To: vnm-cert, vnm-cert\n", 1, "twice"));
	CHECK(refuses("Cc: Vnm-Cert", "no contact point"));
	CHECK(refuses("Ladder-To: a-1,a-2,a-3,a-4,a-5,a-6,a-7,a-8,a-9", "more than 8"));
	CHECK(refuses("TLP: white", "clear, green, amber, amber+strict, red"));
	CHECK(refuses("Without-Prejudice: maybe", "yes or no"));
	CHECK(refuses("Reply-By: tomorrow", "a time in UTC"));
	CHECK(refuses("Expires: 2026-13-01T00:00Z", "a time in UTC"));
	CHECK(refuses("In-Reply-To: 213", "number"));
	CHECK(refuses("Supersedes: 12ab", "number"));
	CHECK(refuses("Incident: old", "\"new\""));
	CHECK(is_refused("Language: english language\n", 1, "BCP 47"));
}

TEST(each_bad_field_value_names_what_is_allowed)
{
	CHECK(refuses("Status: maybe", "suspected, confirmed, contained, resolved, withdrawn, other"));
	CHECK(refuses("Status: 6", "status is one of"));
	CHECK(refuses("Severity: 6", "severity is one of"));
	CHECK(refuses("Severity: code 9", "severity is one of"));
	CHECK(refuses("Began: yesterday", "a time in UTC"));
	CHECK(has_field("Sectors: health,", FIELD_SECTORS, "health")); /* a comma at the end is no harm */
	CHECK(refuses("Sectors: health,,water", "parted by commas"));
	CHECK(refuses("States-Affected: the-moon", "state codes"));
	CHECK(refuses("Public-Line: made | soon", "public-line is one of"));
}

TEST(text_limits_count_characters_on_both_sides)
{
	char text[8192] = HEAD "Subject: ";
	size_t at = strlen(text);

	for (size_t i = 0; i < LIMIT_SUBJECT; i++)
		at += (size_t)sprintf(text + at, "ก");
	strcpy(text + at, "\n\n");
	CHECK(parse(text));
	strcpy(text + at, "ก\n\n");
	CHECK(is_refused(text, 4, "Subject has 81 characters, at most 80"));
}

TEST(a_flash_text_of_1200_characters_is_taken_and_of_1201_refused)
{
	char text[8192] = HEAD "Precedence: flash\n\n";
	size_t at = strlen(text);

	for (size_t i = 0; i < LIMIT_TEXT_FLASH; i++)
		at += (size_t)sprintf(text + at, "ก");
	CHECK(parse(text));
	strcpy(text + at, "ก");
	CHECK(is_refused(text, 6, "the text has 1201 characters; a message of flash precedence holds 1200"));
}

TEST(a_translation_over_its_limit_is_refused_at_its_line)
{
	char text[8192] = HEAD "Precedence: flash\n\none\n--- translation th by officer\n";
	size_t at = strlen(text);

	for (size_t i = 0; i <= LIMIT_TEXT_FLASH; i++)
		at += (size_t)sprintf(text + at, "ก");
	CHECK(is_refused(text, 7, "the translation has 1201 characters"));
}

TEST(an_exercise_name_of_64_bytes_is_taken_and_of_65_refused)
{
	char header[128] = "Exercise: ", text[256];

	memset(header + strlen(header), 'x', LIMIT_EXERCISE_BYTES);
	snprintf(text, sizeof text, HEAD "%s\n\n", header);
	CHECK(parse(text));
	strcat(header, "x");
	CHECK(refuses(header, "65 bytes"));
}

TEST(an_unknown_header_is_refused_with_its_line_and_the_names_there_are)
{
	CHECK(is_refused(HEAD "Urgency: high\n\n", 4, "no header \"Urgency\""));
	CHECK(strstr(form.error, "Precedence") != NULL && strstr(form.error, "actions-asked") != NULL);
}

TEST(a_line_without_a_colon_is_refused)
{
	CHECK(is_refused("Kind: notice\nhello\n", 2, "no header line"));
}

TEST(a_header_given_twice_is_refused)
{
	CHECK(is_refused("Kind: notice\nTo: a-b\nkind: alert\n", 3, "line 1 already"));
	CHECK(is_refused(HEAD "Status: 1\nStatus: 2\n", 5, "line 4 already"));
}

TEST(an_empty_value_is_refused)
{
	CHECK(refuses("Subject:", "no value"));
}

TEST(what_every_draft_needs_is_missed)
{
	CHECK(is_refused("To: vnm-cert\nLanguage: en\n\nx", 3, "Kind is missing"));
	CHECK(is_refused("Kind: notice\nLanguage: en\n\nx", 3, "To is missing"));
	CHECK(is_refused("Kind: notice\nTo: vnm-cert\n\nx", 3, "Language is missing"));
}

TEST(a_name_stands_in_one_list_only)
{
	CHECK(is_refused(HEAD "Cc: vnm-cert\n\n", 4, "in To and in Cc"));
	CHECK(is_refused(HEAD "Ladder-To: vnm-cert\n\n", 4, "in Ladder-To"));
}

TEST(text_that_is_not_utf8_is_refused_at_its_line)
{
	CHECK(is_refused(HEAD "\none\ntwo \xff\n", 6, "not UTF-8"));
	CHECK(is_refused("Kind: \xed\xa0\x80\n", 1, "not UTF-8"));
}

TEST(translations_run_to_the_next_or_the_end)
{
	CHECK(parse(HEAD
		    "\none\n\ntwo\n\n--- translation th by officer\nหนึ่ง\n--- translation vi by machine\nmột\n\nhai\n"));
	CHECK(is_text(form.content.text, "one\n\ntwo"));
	CHECK_EQUAL(form.content.translation_count, 2);
	CHECK(is_text(form.content.translation[0].lang, "th"));
	CHECK(is_text(form.content.translation[0].text, "หนึ่ง"));
	CHECK_EQUAL(form.content.translation[0].by, 1);
	CHECK(is_text(form.content.translation[1].text, "một\n\nhai"));
	CHECK_EQUAL(form.content.translation[1].by, 2);
}

TEST(a_translation_line_of_another_form_is_refused)
{
	CHECK(is_refused(HEAD "\none\n--- translation th by nobody\nx\n", 6, "by officer"));
	CHECK(is_refused(HEAD "\none\n--- translation by officer\nx\n", 6, "by officer"));
}

TEST(a_translation_never_stands_alone_nor_empty_nor_in_the_original_language)
{
	CHECK(is_refused(HEAD "\n--- translation th by officer\nx\n", 5, "beside the original"));
	CHECK(is_refused(HEAD "\none\n--- translation th by officer\n", 6, "empty"));
	CHECK(is_refused(HEAD "\none\n--- translation en by officer\nx\n", 6, "language of the original"));
}

TEST(nine_translations_are_refused)
{
	char text[1024] = HEAD "\none\n";

	for (int i = 0; i < LIMIT_TRANSLATIONS; i++)
		strcat(text, "--- translation th by officer\nx\n");
	CHECK(parse(text));
	strcat(text, "--- translation th by officer\nx\n");
	CHECK(is_refused(text, 22, "more than 8"));
}

TEST(an_answer_may_be_text_alone)
{
	static const char words[] = "Note: it is ours.\nWe stopped it.\n";

	form_finish(&form);
	form_init(&form);
	form.is_text_alone = true;
	form.message.kind = KIND_ANSWER;
	form.message.action[0] = bytes_of("vnm-cert");
	form.message.action_count = 1;
	form.content.lang = bytes_of("en");
	CHECK(form_parse(&form, "f", bytes_of(words)));
	CHECK(is_text(form.content.text, "Note: it is ours.\nWe stopped it."));
}

TEST(line_ends_are_taken_whole_at_once)
{
	CHECK(parse("Kind: notice\r\nTo: vnm-cert\r\nLanguage: en\r\n\r\none\r\r\r\ntwo\r three\r\n"));
	CHECK(is_text(form.content.text, "one\ntwo\r three"));
}

TEST(a_rendered_draft_reads_back_the_same)
{
	static uint8_t first[8192], again[8192];
	struct pack_writer a = pack_writer(first, sizeof first), b = pack_writer(again, sizeof again);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	CHECK(parse(
	    "Kind: alert\nPrecedence: immediate\nTo: vnm-cert, lao-cert\nCc: asean-sec\nExercise: DEMO\nSubject: Wörm\n"
	    "Language: en\nReply-By: 2026-10-14T14:20Z\nTLP: red\nWithout-Prejudice: no\nLadder-To: vnm-mfa\n"
	    "Status: confirmed\nClass: code 99\nSeverity: 5 | scale | black\nEffects: none yet, other\nPublic-Line: "
	    "planned\n"
	    "States-Affected: gbr\nContact: x | y\nRemarks: a\n b\n\none\n\ntwo\n--- translation th by "
	    "machine\nสอง\n"));
	form_render(&form.message, &form.content, out);
	fclose(out);
	message_encode(&form.message, &a);
	content_encode(&form.content, &a);
	CHECK(parse(text));
	message_encode(&form.message, &b);
	content_encode(&form.content, &b);
	CHECK(bytes_equal(pack_written(&a), pack_written(&b)));
	free(text);
}

TEST(a_field_set_beside_the_file_replaces_the_files)
{
	CHECK(parse(HEAD "Decline-Reason: legal\n\n"));
	CHECK(form_set_field(&form, FIELD_DECLINE_REASON, bytes_of("policy")));
	CHECK_EQUAL(form.content.field_count, 1);
	CHECK(is_field(FIELD_DECLINE_REASON, "policy"));
	CHECK(!form_set_field(&form, FIELD_DECLINE_REASON, bytes_of("tired")));
	CHECK(strstr(form.error, "not competent") != NULL);
}

TEST(nothing_is_left_behind)
{
	form_finish(&form);
	CHECK(form.text == NULL);
}
