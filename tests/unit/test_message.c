/* Headers and contents: shape, meaning, names, fields, forms. */
#include "proto/attachment.h"
#include "proto/message.h"
#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[2 * LIMIT_CONTENT_BYTES], long_text[2 * LIMIT_CONTENT_BYTES];

static struct message header(void)
{
	struct message m = {
	    .number = {2026, 48213},
	    .kind = KIND_NOTICE,
	    .from = bytes_of("tha-cert"),
	    .action_count = 2,
	    .action = {bytes_of("mys-cert"), bytes_of("vnm-cert")},
	    .info_count = 1,
	    .info = {bytes_of("asean-sec")},
	    .precedence = PRECEDENCE_PRIORITY,
	    .released_at = INT64_C(1792000000000000),
	    .clock_error = 12,
	    .drafter = bytes_of("watch-2"),
	    .releaser_count = 1,
	    .releaser = {bytes_of("head")},
	    .has_incident = true,
	    .incident = {7},
	    .tlp = TLP_AMBER,
	    .is_without_prejudice = true,
	    .ladder_count = 1,
	    .ladder = {bytes_of("vnm-mfa")},
	    .card_serial = 3,
	    .content_hash = {9},
	};

	return m;
}

static struct bytes encode(const struct message *m)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	message_encode(m, &w);
	return pack_written(&w);
}

static int decode(const struct message *m)
{
	static struct message out;

	return message_decode(encode(m), &out);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	static struct message m;
	int result = message_decode(in, &m);

	if (result == RESULT_OK)
		message_encode(&m, w);
	return result;
}

static int check(const struct message *m)
{
	return message_check(m, OBJECT_MESSAGE);
}

TEST(a_header_decodes_to_what_was_encoded)
{
	struct message m = header(), out;

	CHECK_EQUAL(message_decode(encode(&m), &out), RESULT_OK);
	CHECK_EQUAL(out.number.year, 2026);
	CHECK_EQUAL(out.number.digits, 48213);
	CHECK_EQUAL(out.kind, KIND_NOTICE);
	CHECK(bytes_equal(out.from, m.from) && bytes_equal(out.action[1], m.action[1]) && out.action_count == 2);
	CHECK(bytes_equal(out.info[0], m.info[0]) && out.info_count == 1 && bytes_equal(out.ladder[0], m.ladder[0]));
	CHECK(out.precedence == m.precedence && out.released_at == m.released_at && out.clock_error == 12);
	CHECK(bytes_equal(out.drafter, m.drafter) && bytes_equal(out.releaser[0], m.releaser[0]));
	CHECK(out.has_incident && out.incident[0] == 7 && !out.has_in_reply_to && !out.has_supersedes);
	CHECK(out.tlp == TLP_AMBER && out.is_without_prejudice && out.card_serial == 3 && out.content_hash[0] == 9);
	CHECK_EQUAL(check(&out), RESULT_OK);
}

TEST(every_accepted_header_has_one_form)
{
	static uint8_t copy[1024];
	struct message m = header();
	struct bytes in;

	m.ext.count = 1;
	m.ext.entry[0].code = 2;
	m.ext.entry[0].value = bytes_of("later");
	in = encode(&m);
	memcpy(copy, in.data, in.len);
	CHECK(mutate_all(recode, (struct bytes){copy, in.len}, 1));
}

TEST(a_draft_of_zeros_decodes_but_does_not_check)
{
	struct message m = {0};

	CHECK_EQUAL(decode(&m), RESULT_OK);
	m.kind = KIND_NOTICE;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(an_unknown_even_ext_code_is_kept_and_an_odd_one_needs_a_newer_version)
{
	struct message m = header();

	m.ext.count = 1;
	m.ext.entry[0].code = 4;
	CHECK_EQUAL(decode(&m), RESULT_OK);
	m.ext.entry[0].code = 5;
	CHECK_EQUAL(decode(&m), RESULT_NEWER);
}

TEST(texts_of_the_header_are_limited_in_bytes)
{
	struct message m = header();

	memset(long_text, 'a', 100);
	m.exercise = (struct bytes){long_text, LIMIT_EXERCISE_BYTES};
	CHECK_EQUAL(decode(&m), RESULT_OK);
	m.exercise.len++;
	CHECK_EQUAL(decode(&m), RESULT_LIMIT);
	m = header();
	m.drafter = (struct bytes){long_text, LIMIT_FUNCTION_BYTES + 1};
	CHECK_EQUAL(decode(&m), RESULT_LIMIT);
	m = header();
	m.from = (struct bytes){long_text, LIMIT_NAME_BYTES + 1};
	CHECK_EQUAL(decode(&m), RESULT_LIMIT);
}

static char names[LIMIT_ADDRESSEES + 1][32];

static void fill_addressees(struct message *m, size_t action_count, size_t info_count)
{
	for (size_t i = 0; i < action_count + info_count; i++) {
		snprintf(names[i], sizeof names[i], "vnm-%03zu", i);
		if (i < action_count)
			m->action[i] = bytes_of(names[i]);
		else
			m->info[i - action_count] = bytes_of(names[i]);
	}
	m->action_count = action_count;
	m->info_count = info_count;
}

TEST(addressees_are_at_most_192_together)
{
	struct message m = header();

	fill_addressees(&m, LIMIT_ADDRESSEES - 1, 1);
	CHECK_EQUAL(decode(&m), RESULT_OK);
	CHECK_EQUAL(check(&m), RESULT_OK);
	fill_addressees(&m, LIMIT_ADDRESSEES - 1, 2);
	CHECK_EQUAL(decode(&m), RESULT_LIMIT);
}

TEST(the_digits_of_a_number_are_at_most_999999)
{
	struct message m = header();

	m.number.digits = 999999;
	CHECK_EQUAL(decode(&m), RESULT_OK);
	m.number.digits = 1000000;
	CHECK_EQUAL(decode(&m), RESULT_LIMIT);
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(an_unknown_kind_needs_a_newer_version)
{
	struct message m = header();
	struct bytes in = encode(&m);
	uint8_t wide[1024], *kind = buffer + 3 + 1 + 3 + 3;
	size_t head = (size_t)(kind - buffer);

	m.kind = KIND_SERVICE;
	CHECK_EQUAL(check(&m), RESULT_OK);
	m.kind = KIND_LAST + 1;
	CHECK_EQUAL(check(&m), RESULT_NEWER);
	m.kind = 0;
	CHECK_EQUAL(check(&m), RESULT_NEWER);
	CHECK_EQUAL(*kind, KIND_NOTICE);
	memcpy(wide, in.data, head); /* the same header with kind 256 */
	memcpy(wide + head, "\xcd\x01\x00", 3);
	memcpy(wide + head + 3, kind + 1, in.len - head - 1);
	CHECK_EQUAL(message_decode((struct bytes){wide, in.len + 2}, &m), RESULT_NEWER);
}

TEST(the_type_is_exercise_exactly_when_the_header_is)
{
	struct message m = header();

	CHECK_EQUAL(message_check(&m, OBJECT_MESSAGE_EXERCISE), RESULT_MALFORMED);
	CHECK_EQUAL(message_check(&m, OBJECT_RECEIPT), RESULT_MALFORMED);
	m.exercise = bytes_of("pacific 26");
	CHECK_EQUAL(message_check(&m, OBJECT_MESSAGE_EXERCISE), RESULT_OK);
	CHECK_EQUAL(message_check(&m, OBJECT_MESSAGE), RESULT_MALFORMED);
}

TEST(a_message_needs_an_action_addressee)
{
	struct message m = header();

	m.action_count = 0;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(unsorted_or_repeated_addressees_are_malformed)
{
	struct message m = header();

	m.action[0] = bytes_of("vnm-mil");
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m.action[0] = m.action[1];
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.ladder_count = 2;
	m.ladder[1] = bytes_of("asean-pol");
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(an_addressee_in_two_lists_is_malformed)
{
	struct message m = header();

	m.info[0] = m.action[0];
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.ladder[0] = m.action[1];
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m.ladder[0] = m.info[0];
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(the_sender_is_never_an_addressee)
{
	struct message m = header();

	m.info[0] = m.from;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.ladder[0] = m.from;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.action_count = 1;
	m.action[0] = m.from;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(names_of_places_and_functions_must_be_valid)
{
	struct message m = header();

	m.from = bytes_of("Tha-cert");
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.info[0] = bytes_of("asean");
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.drafter = bytes_of("");
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.releaser[0] = bytes_of("Head of desk");
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(a_function_may_stand_as_drafter_and_releaser)
{
	struct message m = header();

	m.releaser[0] = m.drafter;
	CHECK_EQUAL(check(&m), RESULT_OK);
}

TEST(numbers_out_of_range_are_malformed)
{
	struct message m = header();

	m.precedence = PRECEDENCE_FLASH + 1;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.tlp = TLP_RED;
	CHECK_EQUAL(check(&m), RESULT_OK);
	m.tlp = TLP_RED + 1;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.number.year = 0;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m.number.year = 10000;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.released_at = 0;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.reply_by = -1;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
	m = header();
	m.expires = -1;
	CHECK_EQUAL(check(&m), RESULT_MALFORMED);
}

TEST(addressees_are_told_for_action_for_info_or_not)
{
	struct message m = header();

	CHECK_EQUAL(message_addresses(&m, bytes_of("vnm-cert")), 1);
	CHECK_EQUAL(message_addresses(&m, bytes_of("asean-sec")), 2);
	CHECK_EQUAL(message_addresses(&m, bytes_of("vnm-mfa")), 0); /* in ladder_to only */
}

TEST(kinds_precedences_and_markings_are_named_both_ways)
{
	for (uint8_t kind = 1; kind <= KIND_LAST; kind++)
		CHECK_EQUAL(kind_of(bytes_of(kind_name(kind))), kind);
	for (uint8_t i = 0; i <= PRECEDENCE_FLASH; i++)
		CHECK_EQUAL(precedence_of(bytes_of(precedence_name(i))), i);
	for (uint8_t i = 0; i <= TLP_RED; i++)
		CHECK_EQUAL(tlp_of(bytes_of(tlp_name(i))), i);
	CHECK(strcmp(kind_name(13), "check") == 0 && strcmp(precedence_name(3), "flash") == 0);
	CHECK(strcmp(tlp_name(3), "amber+strict") == 0);
	CHECK(kind_name(0) == NULL && kind_name(15) == NULL && precedence_name(4) == NULL && tlp_name(5) == NULL);
	CHECK(kind_of(bytes_of("Notice")) == 0 && precedence_of(bytes_of("")) == -1 && tlp_of(bytes_of("white")) == -1);
}

TEST(every_field_has_a_row_and_no_other_code_has)
{
	for (uint64_t code = 1; code <= FIELD_LAST; code++)
		CHECK((field_row(code) != NULL && field_row(code)->name != NULL) || code == 31);
	CHECK(field_row(0) == NULL && field_row(FIELD_LAST + 1) == NULL && field_row(UINT64_MAX) == NULL);
	CHECK(strcmp(field_row(FIELD_CLASS)->codes[9], "test") == 0 && field_row(FIELD_CLASS)->codes[10] == NULL);
	CHECK(strcmp(field_row(FIELD_ASKED)->codes[7], "restraint") == 0);
	CHECK(strcmp(field_row(FIELD_BASIS)->codes[4], "shared by another state") == 0);
}

/* Contents. */

static const uint8_t code_2[] = {2}, code_77[] = {77}, unknown[] = {0x91, 0x91, 0xc3},
		     too_deep[] = {0x91, 0x91, 0x91, 1};

static void add_field(struct content *c, uint64_t code, const uint8_t *value, size_t len)
{
	c->field[c->field_count].code = code;
	c->field[c->field_count++].value = (struct bytes){value, len};
}

static struct content text(void)
{
	struct content c = {
	    .salt = {1},
	    .subject = bytes_of("Scanning of a port authority"),
	    .lang = bytes_of("en"),
	    .text = bytes_of("We see it too."),
	    .remarks = bytes_of("none"),
	    .translation_count = 1,
	    .translation = {{bytes_of("th"), bytes_of("\xe0\xb8\x81"), 2}},
	    .attachment_count = 1,
	    .attachment =
		{{.name = bytes_of("a.log"), .media_type = bytes_of("text/plain"), .len = 100, .cipher_len = 141}},
	};

	add_field(&c, FIELD_STATUS, code_2, 1);
	return c;
}

static struct bytes encode_content(const struct content *c)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	content_encode(c, &w);
	return pack_written(&w);
}

static int decode_content(const struct content *c)
{
	static struct content out;

	return content_decode(encode_content(c), &out);
}

static int recode_content(struct bytes in, struct pack_writer *w)
{
	static struct content c;
	int result = content_decode(in, &c);

	if (result == RESULT_OK)
		content_encode(&c, w);
	return result;
}

TEST(a_content_decodes_to_what_was_encoded)
{
	struct content c = text(), out;
	uint64_t code = 0;

	CHECK_EQUAL(content_decode(encode_content(&c), &out), RESULT_OK);
	CHECK(bytes_equal(out.subject, c.subject) && bytes_equal(out.text, c.text) && bytes_equal(out.lang, c.lang));
	CHECK(out.translation_count == 1 && out.translation[0].by == 2 && bytes_equal(out.remarks, c.remarks));
	CHECK(bytes_equal(out.attachment[0].name, bytes_of("a.log")) && out.attachment[0].cipher_len == 141);
	CHECK(content_code(&out, FIELD_STATUS, &code) && code == 2);
}

TEST(every_accepted_content_has_one_form)
{
	static const uint8_t severity[] = {0x93, 3, 0xa1, 'x', 0xa0}, codes[] = {0x92, 1, 2},
			     states[] = {0x91, 0xa3, 't', 'h', 'a'};
	static const uint8_t at[] = {0xd0, 0x80}, plan[] = {0x92, 2, 0}, contact[] = {0xa1, 'x'};
	static uint8_t copy[1024];
	struct content c = text();
	struct bytes in;

	add_field(&c, FIELD_SEVERITY, severity, sizeof severity);
	add_field(&c, FIELD_BEGAN, at, sizeof at);
	add_field(&c, FIELD_STATES, states, sizeof states);
	add_field(&c, FIELD_ASKED, codes, sizeof codes);
	add_field(&c, FIELD_PUBLIC_LINE, plan, sizeof plan);
	add_field(&c, FIELD_CONTACT, contact, sizeof contact);
	add_field(&c, 200, unknown, sizeof unknown);
	in = encode_content(&c);
	memcpy(copy, in.data, in.len);
	CHECK(mutate_all(recode_content, (struct bytes){copy, in.len}, 1));
}

TEST(an_unknown_code_in_a_known_field_is_taken)
{
	struct content c = text(), out;
	uint64_t code = 0;

	add_field(&c, FIELD_CLASS, code_77, 1);
	CHECK_EQUAL(content_decode(encode_content(&c), &out), RESULT_OK);
	CHECK(content_code(&out, FIELD_CLASS, &code) && code == 77);
}

TEST(an_unknown_field_is_kept_as_it_came)
{
	struct content c = text(), out;

	add_field(&c, UINT32_MAX + UINT64_C(1), unknown, sizeof unknown - 1);
	CHECK_EQUAL(content_decode(encode_content(&c), &out), RESULT_MALFORMED); /* cut short */
	c.field[1].value.len++;
	CHECK_EQUAL(content_decode(encode_content(&c), &out), RESULT_OK);
	CHECK(out.field[1].code == UINT32_MAX + UINT64_C(1) && bytes_equal(out.field[1].value, c.field[1].value));
}

TEST(a_value_deeper_than_five_arrays_is_malformed)
{
	struct content c = text();

	add_field(&c, 200, too_deep, sizeof too_deep);
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
}

TEST(fields_stand_in_order_without_repeats_from_code_1)
{
	struct content c = text();

	add_field(&c, FIELD_STATUS, code_2, 1);
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
	c.field[0].code = FIELD_CLASS;
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
	c = text();
	c.field[0].code = 0;
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
}

static int with_field(enum field field, const char *value, size_t len)
{
	struct content c = text();

	c.field_count = 0;
	add_field(&c, field, (const uint8_t *)value, len);
	return decode_content(&c);
}

#define FIELD_VALUE(value) value, sizeof(value) - 1

TEST(a_known_field_of_wrong_shape_is_malformed)
{
	CHECK_EQUAL(with_field(FIELD_STATUS, FIELD_VALUE("\xff")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_STATUS, FIELD_VALUE("\xa1x")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_EFFECTS, FIELD_VALUE("\x02")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_EFFECTS, FIELD_VALUE("\x91\xa1x")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_DETECTED, FIELD_VALUE("\xa1x")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_CONTACT, FIELD_VALUE("\x02")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_STATES, FIELD_VALUE("\x91\xa3THA")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_STATES, FIELD_VALUE("\x91\x01")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_SEVERITY, FIELD_VALUE("\x03")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_SEVERITY, FIELD_VALUE("\x92\x03\xa0")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_PUBLIC_LINE, FIELD_VALUE("\x91\x03")), RESULT_MALFORMED);
	CHECK_EQUAL(with_field(FIELD_PUBLIC_LINE, FIELD_VALUE("\x92\x03\xa0")), RESULT_MALFORMED);
}

TEST(a_severity_is_0_to_5)
{
	CHECK_EQUAL(with_field(FIELD_SEVERITY, FIELD_VALUE("\x93\x05\xa0\xa0")), RESULT_OK);
	CHECK_EQUAL(with_field(FIELD_SEVERITY, FIELD_VALUE("\x93\x06\xa0\xa0")), RESULT_MALFORMED);
}

TEST(a_list_in_a_field_holds_at_most_256)
{
	static uint8_t value[3 + LIMIT_FIELD_LIST + 1] = {0xdc, LIMIT_FIELD_LIST >> 8, LIMIT_FIELD_LIST & 0xff};

	CHECK_EQUAL(with_field(FIELD_SECTORS, (const char *)value, sizeof value - 1), RESULT_OK);
	value[2]++;
	CHECK_EQUAL(with_field(FIELD_SECTORS, (const char *)value, sizeof value), RESULT_LIMIT);
}

/* n characters of three bytes each: limits count characters. */
static struct bytes thai(size_t n)
{
	for (size_t i = 0; i < n; i++)
		memcpy(long_text + 3 * i, "\xe0\xb8\x81", 3);
	return (struct bytes){long_text, 3 * n};
}

TEST(texts_are_limited_in_characters)
{
	struct content c = text();

	c.subject = thai(LIMIT_SUBJECT);
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.subject = thai(LIMIT_SUBJECT + 1);
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
	c = text();
	c.remarks = thai(LIMIT_REMARKS);
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.remarks = thai(LIMIT_REMARKS + 1);
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
	c = text();
	c.text = thai(LIMIT_TEXT_ROUTINE);
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.text = thai(LIMIT_TEXT_ROUTINE + 1);
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
	c = text();
	c.translation[0].text = thai(LIMIT_TEXT_ROUTINE + 1);
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
	c = text();
	c.lang = (struct bytes){long_text, 36};
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
}

TEST(a_content_is_at_most_1_mib)
{
	struct content c = text();

	memset(long_text, 'x', sizeof long_text);
	memcpy(long_text, "\xdb\x00\x0f\x00\x00", 5); /* an unknown field of a str of 983,040 bytes */
	add_field(&c, 200, long_text, 5 + 0xf0000);
	c.text = (struct bytes){long_text + 5, 60000};
	c.text.len += LIMIT_CONTENT_BYTES - encode_content(&c).len;
	CHECK_EQUAL(encode_content(&c).len, LIMIT_CONTENT_BYTES);
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.text.len++;
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
}

TEST(a_translation_is_by_officer_or_machine)
{
	struct content c = text();

	c.translation[0].by = 1;
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.translation[0].by = 0;
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
	c.translation[0].by = 3;
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
}

TEST(attachments_are_limited_each_and_together)
{
	struct content c = text();

	c.attachment[0].len = LIMIT_ATTACHMENT_BYTES;
	c.attachment[0].cipher_len = attachment_cipher_len(LIMIT_ATTACHMENT_BYTES);
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	for (c.attachment_count = 1; c.attachment_count < 4; c.attachment_count++)
		c.attachment[c.attachment_count] = c.attachment[0];
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.attachment[4] = text().attachment[0];
	c.attachment_count = 5;
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
	c.attachment_count = 1;
	c.attachment[0].len++;
	CHECK_EQUAL(decode_content(&c), RESULT_LIMIT);
}

TEST(an_attachment_has_a_name_and_the_one_ciphertext_length_that_fits)
{
	struct content c = text();

	c.attachment[0].name = bytes_of("");
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
	c = text();
	c.attachment[0].cipher_len = 142;
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
	c.attachment[0].cipher_len = 140;
	CHECK_EQUAL(decode_content(&c), RESULT_MALFORMED);
	c.attachment[0].len = 0;
	c.attachment[0].cipher_len = 41;
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
}

TEST(an_odd_ext_code_of_a_content_needs_a_newer_version)
{
	struct content c = text();

	c.ext.count = 1;
	c.ext.entry[0].code = 2;
	CHECK_EQUAL(decode_content(&c), RESULT_OK);
	c.ext.entry[0].code = 1;
	CHECK_EQUAL(decode_content(&c), RESULT_NEWER);
}

TEST(a_field_reader_tells_absent_and_other_shapes)
{
	struct content c = text();
	uint64_t code = 5;
	int64_t at = 5;

	CHECK(!content_code(&c, FIELD_CLASS, &code) && !content_time(&c, FIELD_BEGAN, &at));
	add_field(&c, FIELD_CONTACT, (const uint8_t *)"\xa1x", 2);
	CHECK(!content_code(&c, FIELD_CONTACT, &code) && !content_time(&c, FIELD_CONTACT, &at));
	CHECK(code == 5 && at == 5);
	CHECK(content_field(&c, FIELD_CLASS).data == NULL);
	CHECK(content_time(&c, FIELD_STATUS, &at) && at == 2);
}

/* Forms. */

#define NOW INT64_C(1792000000000000)

static char sentence[128];

static bool form(const struct message *m, const struct content *c)
{
	return message_form_complete(m, c, -1, NOW, sentence, sizeof sentence);
}

static const uint8_t severity_3[] = {0x93, 3, 0xa0, 0xa0}, list_1[] = {0x91, 1}, contact_x[] = {0xa1, 'x'},
		     empty_list[] = {0x90}, empty_text[] = {0xa0};

/* A header and a content that fill the forms of all kinds. */
static struct message full_header(uint8_t kind)
{
	struct message m = header();

	m.kind = kind;
	m.reply_by = NOW + HOUR_US;
	m.has_in_reply_to = true;
	m.has_supersedes = kind == KIND_UPDATE || kind == KIND_CORRECT || kind == KIND_CANCEL;
	return m;
}

static struct content full(void)
{
	static uint8_t until[9];
	struct pack_writer w = pack_writer(until, sizeof until);
	struct content c = text();

	pack_put_int(&w, NOW + HOUR_US);
	add_field(&c, FIELD_CLASS, code_2, 1);
	add_field(&c, FIELD_SEVERITY, severity_3, sizeof severity_3);
	add_field(&c, FIELD_DETECTED, code_2, 1);
	add_field(&c, FIELD_ONGOING, code_2, 1);
	add_field(&c, FIELD_EFFECTS, list_1, sizeof list_1);
	add_field(&c, FIELD_ASKED, list_1, sizeof list_1);
	add_field(&c, FIELD_DECLINE_REASON, code_2, 1);
	add_field(&c, FIELD_CORRECT_REASON, code_2, 1);
	add_field(&c, FIELD_CONTACT, contact_x, sizeof contact_x);
	add_field(&c, FIELD_NEXT_UPDATE, until, w.len);
	add_field(&c, FIELD_SERVICE, code_2, 1);
	return c;
}

/* Which fields a kind misses when each is taken away, as a bit each. */
static uint32_t asked_fields(uint8_t kind)
{
	struct message m = full_header(kind);
	uint32_t asked = 0;

	for (size_t i = 0; i < full().field_count; i++) {
		struct content c = full();
		uint64_t code = c.field[i].code;

		c.field[i].code = 200 + i;
		if (!form(&m, &c))
			asked |= 1u << code;
	}
	return asked;
}

#define BIT(field) (1u << (field))

TEST(a_full_form_of_every_kind_is_complete)
{
	struct content c = full();

	for (uint8_t kind = 1; kind <= KIND_LAST; kind++) {
		struct message m = full_header(kind);

		CHECK(form(&m, &c));
		CHECK_EQUAL(sentence[0], 0);
	}
}

TEST(each_kind_asks_for_its_fields_and_no_other)
{
	uint32_t help = BIT(FIELD_CLASS) | BIT(FIELD_ASKED) | BIT(FIELD_CONTACT);
	uint32_t notice = BIT(FIELD_STATUS) | BIT(FIELD_CLASS) | BIT(FIELD_SEVERITY);

	CHECK_EQUAL(asked_fields(KIND_ALERT), notice | BIT(FIELD_DETECTED) | BIT(FIELD_ONGOING) | BIT(FIELD_EFFECTS) |
						  BIT(FIELD_ASKED) | BIT(FIELD_CONTACT));
	CHECK_EQUAL(asked_fields(KIND_NOTICE), notice);
	CHECK_EQUAL(asked_fields(KIND_INQUIRY), 0);
	CHECK_EQUAL(asked_fields(KIND_ASSIST), help);
	CHECK_EQUAL(asked_fields(KIND_MITIGATE), help);
	CHECK_EQUAL(asked_fields(KIND_ANSWER), 0);
	CHECK_EQUAL(asked_fields(KIND_HOLD), BIT(FIELD_NEXT_UPDATE));
	CHECK_EQUAL(asked_fields(KIND_DECLINE), BIT(FIELD_DECLINE_REASON));
	CHECK_EQUAL(asked_fields(KIND_UPDATE), BIT(FIELD_STATUS));
	CHECK_EQUAL(asked_fields(KIND_CORRECT), BIT(FIELD_CORRECT_REASON));
	CHECK_EQUAL(asked_fields(KIND_CANCEL), BIT(FIELD_CORRECT_REASON));
	CHECK_EQUAL(asked_fields(KIND_CLOSE), BIT(FIELD_STATUS));
	CHECK_EQUAL(asked_fields(KIND_CHECK), 0);
	CHECK_EQUAL(asked_fields(KIND_SERVICE), BIT(FIELD_SERVICE));
}

TEST(each_kind_asks_for_its_part_of_the_header)
{
	struct content c = full(), mute = full();

	mute.text = bytes_of("");
	mute.translation_count = 0;
	for (uint8_t kind = 1; kind <= KIND_LAST; kind++) {
		struct message m = full_header(kind);
		bool replies = kind == KIND_ANSWER || kind == KIND_HOLD || kind == KIND_DECLINE;
		bool supersedes = kind == KIND_UPDATE || kind == KIND_CORRECT || kind == KIND_CANCEL;

		CHECK_EQUAL(form(&m, &mute), kind != KIND_INQUIRY);
		m.reply_by = 0;
		CHECK_EQUAL(form(&m, &c), kind != KIND_INQUIRY && kind != KIND_ASSIST && kind != KIND_MITIGATE);
		m = full_header(kind);
		m.has_in_reply_to = false;
		CHECK_EQUAL(form(&m, &c), !replies);
		m = full_header(kind);
		m.has_supersedes = !supersedes; /* who must not, may not */
		CHECK(!form(&m, &c));
		m = full_header(kind);
		m.has_incident = false;
		CHECK_EQUAL(form(&m, &c), kind != KIND_CLOSE);
	}
}

TEST(an_empty_list_or_text_fills_no_field)
{
	struct message m = full_header(KIND_ASSIST);
	struct content c = full();

	CHECK_EQUAL(c.field[6].code, FIELD_ASKED);
	c.field[6].value = (struct bytes){empty_list, 1};
	CHECK(!form(&m, &c));
	CHECK(strcmp(sentence, "The form of assist asks for the field \"actions-asked\".") == 0);
	c = full();
	CHECK_EQUAL(c.field[9].code, FIELD_CONTACT);
	c.field[9].value = (struct bytes){empty_text, 1};
	CHECK(!form(&m, &c));
}

TEST(a_form_needs_kind_precedence_addressee_and_language)
{
	struct message m = full_header(KIND_CHECK);
	struct content c = full();

	m.kind = KIND_LAST + 1;
	CHECK(!form(&m, &c));
	m = full_header(KIND_CHECK);
	m.precedence = 4;
	CHECK(!form(&m, &c));
	m = full_header(KIND_CHECK);
	m.action_count = 0;
	CHECK(!form(&m, &c));
	m = full_header(KIND_CHECK);
	c.lang = bytes_of("");
	CHECK(!form(&m, &c));
}

static bool fits(uint8_t precedence, size_t length)
{
	struct message m = full_header(KIND_CHECK);
	struct content original = full(), translated = full();

	m.precedence = precedence;
	original.text = thai(length);
	translated.translation[0].text = thai(length);
	if (form(&m, &original) != form(&m, &translated))
		return length == 0; /* neither answer is then right */
	return form(&m, &original);
}

TEST(original_and_translations_are_limited_by_precedence)
{
	static const size_t limits[] = {80000, 10000, 1200, 1200};

	for (uint8_t precedence = 0; precedence < 4; precedence++) {
		CHECK_EQUAL(precedence_text_limit(precedence), limits[precedence]);
		CHECK(fits(precedence, limits[precedence]));
		CHECK(!fits(precedence, limits[precedence] + 1));
	}
	CHECK_EQUAL(precedence_text_limit(4), 0);
}

TEST(subject_and_remarks_are_limited)
{
	struct message m = full_header(KIND_CHECK);
	struct content c = full();

	c.subject = thai(80);
	CHECK(form(&m, &c));
	c.subject = thai(81);
	CHECK(!form(&m, &c));
	c = full();
	c.remarks = thai(2000);
	CHECK(form(&m, &c));
	c.remarks = thai(2001);
	CHECK(!form(&m, &c));
}

TEST(a_translation_never_stands_alone)
{
	struct message m = full_header(KIND_CHECK);
	struct content c = full();

	c.text = bytes_of("");
	CHECK(!form(&m, &c));
	c.translation_count = 0;
	CHECK(form(&m, &c));
}

TEST(a_translation_names_its_language)
{
	struct message m = full_header(KIND_CHECK);
	struct content c = full();

	c.translation[0].lang = bytes_of("");
	CHECK(!form(&m, &c));
}

static bool may_hold(int64_t for_us, int answers)
{
	struct message m = full_header(KIND_HOLD);
	struct content c = full();
	uint8_t until[9];
	struct pack_writer w = pack_writer(until, sizeof until);

	pack_put_int(&w, NOW + for_us);
	c.field[10].value = pack_written(&w);
	return message_form_complete(&m, &c, answers, NOW, sentence, sizeof sentence);
}

TEST(a_hold_lasts_24_hours_at_most_and_2_on_a_flash)
{
	CHECK(!may_hold(0, PRECEDENCE_ROUTINE) && may_hold(1, PRECEDENCE_ROUTINE));
	CHECK(may_hold(24 * HOUR_US, PRECEDENCE_IMMEDIATE) && !may_hold(24 * HOUR_US + 1, PRECEDENCE_IMMEDIATE));
	CHECK(may_hold(2 * HOUR_US, PRECEDENCE_FLASH) && !may_hold(2 * HOUR_US + 1, PRECEDENCE_FLASH));
	CHECK(may_hold(24 * HOUR_US, -1) && !may_hold(24 * HOUR_US + 1, -1));
	CHECK(!may_hold(INT64_MAX - NOW, PRECEDENCE_FLASH) && !may_hold(INT64_MIN, PRECEDENCE_FLASH));
}

/* A service message: its type, and what else its content has; until and least absent when 0. */
static bool may_serve(uint8_t type, uint8_t least, int64_t until, bool has_in_reply_to)
{
	struct message m = full_header(KIND_SERVICE);
	struct content c = text();
	uint8_t at[9], code[2] = {type, least};
	struct pack_writer w = pack_writer(at, sizeof at);

	pack_put_int(&w, until);
	m.has_in_reply_to = has_in_reply_to;
	if (until != 0)
		add_field(&c, FIELD_NEXT_UPDATE, at, w.len);
	add_field(&c, FIELD_SERVICE, &code[0], 1);
	if (least != 0)
		add_field(&c, FIELD_LEAST, &code[1], 1);
	return form(&m, &c);
}

TEST(a_service_message_has_a_known_type)
{
	CHECK(!may_serve(0, 0, 0, true) && !may_serve(SERVICE_HANDOVER + 1, 0, 0, true));
	CHECK(may_serve(SERVICE_HANDOVER, 0, 0, false));
}

TEST(a_tracer_says_which_message_it_is_about)
{
	CHECK(may_serve(SERVICE_TRACER, 0, 0, true));
	CHECK(!may_serve(SERVICE_TRACER, 0, 0, false));
}

TEST(minimise_names_a_precedence_above_routine_or_none_at_all)
{
	for (uint8_t least = 0; least <= PRECEDENCE_FLASH; least++)
		CHECK(may_serve(SERVICE_MINIMISE, least, 0, false));
	CHECK(!may_serve(SERVICE_MINIMISE, PRECEDENCE_FLASH + 1, 0, false));
	CHECK(may_serve(SERVICE_MINIMISE, 1, NOW + 1, false) && !may_serve(SERVICE_MINIMISE, 1, NOW, false));
}

TEST(silence_lasts_72_hours_at_most)
{
	CHECK(may_serve(SERVICE_SILENCE, 0, 0, false)); /* lifted */
	CHECK(may_serve(SERVICE_SILENCE, 0, NOW + 72 * HOUR_US, false));
	CHECK(!may_serve(SERVICE_SILENCE, 0, NOW + 72 * HOUR_US + 1, false));
	CHECK(!may_serve(SERVICE_SILENCE, 0, NOW, false));
	CHECK(!may_serve(SERVICE_SILENCE, 0, INT64_MIN, false) && !may_serve(SERVICE_SILENCE, 0, INT64_MAX, false));
}

static int decode_stages(const char *encoded, size_t len)
{
	struct content c = text();

	add_field(&c, FIELD_STAGES, (const uint8_t *)encoded, len);
	return decode_content(&c);
}

TEST(stages_are_pairs_of_a_code_and_a_time)
{
	CHECK_EQUAL(decode_stages("\x90", 1), RESULT_OK);
	CHECK_EQUAL(decode_stages("\x92\x92\x01\x05\x92\x63\xff", 7), RESULT_OK);
	CHECK_EQUAL(decode_stages("\x91\x91\x01", 3), RESULT_MALFORMED);
	CHECK_EQUAL(decode_stages("\x91\x92\xff\x05", 4), RESULT_MALFORMED);
	CHECK_EQUAL(decode_stages("\x91\x92\x01\xa0", 4), RESULT_MALFORMED);
	CHECK_EQUAL(decode_stages("\x01", 1), RESULT_MALFORMED);
}

TEST(a_sentence_is_cut_to_its_room)
{
	struct message m = full_header(KIND_CHECK);
	struct content c = full();
	char small[8] = "1234567";

	m.action_count = 0;
	CHECK(!message_form_complete(&m, &c, -1, NOW, small, sizeof small));
	CHECK(strcmp(small, "No addr") == 0);
}

static int decode_words(const char *encoded, size_t len)
{
	struct content c = text();

	add_field(&c, FIELD_WORDS, (const uint8_t *)encoded, len);
	return decode_content(&c);
}

TEST(check_words_are_one_to_eight_words_of_at_most_64_bytes)
{
	char word[3 + 65] = "\x91\xd9\x40";

	memset(word + 3, 'w', 65);
	CHECK_EQUAL(decode_words("\x91\xa1w", 3), RESULT_OK);
	CHECK_EQUAL(decode_words("\x98\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w", 17), RESULT_OK);
	CHECK_EQUAL(decode_words("\x99\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w\xa1w", 19), RESULT_LIMIT);
	CHECK_EQUAL(decode_words(word, 3 + 64), RESULT_OK);
	word[2] = 65;
	CHECK_EQUAL(decode_words(word, 3 + 65), RESULT_LIMIT);
	CHECK_EQUAL(decode_words("\x90", 1), RESULT_MALFORMED);
	CHECK_EQUAL(decode_words("\x91\xa0", 2), RESULT_MALFORMED);
	CHECK_EQUAL(decode_words("\x91\x01", 2), RESULT_MALFORMED);
}
