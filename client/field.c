/* Coded fields to text and back, by the shape that proto's table gives each. */
#include "client/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "proto/list.h"

#define SEVERITY_NONE "none" /* its 0; elsewhere 0 is "other" */

static size_t count_codes(const struct field_row *row)
{
	size_t count = 0;

	while (row->codes != NULL && row->codes[count] != NULL)
		count++;
	return count;
}

static const char *zero_name(const struct field_row *row)
{
	return row->shape == SHAPE_SEVERITY ? SEVERITY_NONE : "other";
}

const char *field_code_name(uint64_t code, uint64_t value)
{
	const struct field_row *row = field_row(code);

	if (row == NULL || row->codes == NULL || value > count_codes(row))
		return NULL;
	return value == 0 ? zero_name(row) : row->codes[value - 1];
}

/* By name, by a number that has one, or by "code N" for what a later version may know. */
static bool parse_code(const struct field_row *row, struct bytes text, uint64_t *out)
{
	size_t count = count_codes(row);
	struct bytes rest = text;

	for (size_t i = 0; i < count; i++)
		if (text_is(text, row->codes[i])) {
			*out = i + 1;
			return true;
		}
	if (text_is(text, zero_name(row))) {
		*out = 0;
		return true;
	}
	if (text_number(text, count, out))
		return true;
	return row->shape != SHAPE_SEVERITY && text_is(text_cut(&rest, ' '), "code") &&
	       text_number(text_trim(rest), UINT32_MAX, out);
}

static void list_allowed(const struct field_row *row, char why[FIELD_WHY], const char *after)
{
	int len = snprintf(why, FIELD_WHY, _("%s is one of"), row->name);

	for (size_t i = 0; i < count_codes(row); i++)
		len += snprintf(why + len, FIELD_WHY - (size_t)len, " %s,", row->codes[i]);
	snprintf(why + len, FIELD_WHY - (size_t)len, " %s%s", zero_name(row), after);
}

static bool parse_codes(const struct field_row *row, struct bytes text, struct pack_writer *w)
{
	uint64_t value[LIMIT_FIELD_LIST];
	size_t count = 0;

	do {
		if (count == LIMIT_FIELD_LIST || !parse_code(row, text_cut(&text, ','), &value[count]))
			return false;
		count++;
	} while (text.len > 0);
	pack_put_array(w, count);
	for (size_t i = 0; i < count; i++)
		pack_put_uint(w, value[i]);
	return true;
}

static bool parse_states(struct bytes text, struct pack_writer *w)
{
	char state[LIMIT_FIELD_LIST][LIMIT_NAME_BYTES];
	size_t count = 0;

	do {
		if (count == LIMIT_FIELD_LIST || !text_lower(text_cut(&text, ','), state[count], sizeof *state) ||
		    !name_is_state(bytes_of(state[count])))
			return false;
		count++;
	} while (text.len > 0);
	pack_put_array(w, count);
	for (size_t i = 0; i < count; i++)
		pack_put_text(w, state[i]);
	return true;
}

/* "4 | national scale | its value"; the scale and its value may be left out. */
static bool parse_severity(const struct field_row *row, struct bytes text, struct pack_writer *w)
{
	struct bytes degree = text_cut(&text, '|'), scale = text_cut(&text, '|');
	uint64_t value;

	if (!parse_code(row, degree, &value))
		return false;
	pack_put_array(w, 3);
	pack_put_uint(w, value);
	pack_put_str(w, scale);
	pack_put_str(w, text_trim(text));
	return true;
}

/* "made | 2026-10-14T12:00Z"; the time may be left out. */
static bool parse_public(const struct field_row *row, struct bytes text, struct pack_writer *w)
{
	struct bytes line = text_cut(&text, '|'), time = text_trim(text);
	uint64_t value;
	int64_t at = 0;

	if (!parse_code(row, line, &value) || (time.len > 0 && !time_parse(time, &at)))
		return false;
	pack_put_array(w, 2);
	pack_put_uint(w, value);
	pack_put_int(w, at);
	return true;
}

static bool parse_time(struct bytes text, struct pack_writer *w)
{
	int64_t at;

	if (!time_parse(text, &at))
		return false;
	pack_put_int(w, at);
	return true;
}

static bool parse_words(struct bytes text, struct pack_writer *w)
{
	struct bytes word[LIMIT_WORDS];
	size_t count = 0;

	do {
		if (count == LIMIT_WORDS)
			return false;
		word[count] = text_cut(&text, ',');
		if (word[count].len == 0 || word[count].len > LIMIT_WORD_BYTES)
			return false;
		count++;
	} while (text.len > 0);
	list_put(w, word, count);
	return true;
}

static bool parse_text(struct bytes text, struct pack_writer *w)
{
	pack_put_str(w, text);
	return text.len > 0;
}

bool field_parse(uint64_t code, struct bytes text, struct pack_writer *w, char why[FIELD_WHY])
{
	const struct field_row *row = field_row(code);
	uint64_t value;
	bool is_good = false;

	switch (row->shape) {
	case SHAPE_CODE:
		list_allowed(row, why, "");
		if ((is_good = parse_code(row, text, &value)))
			pack_put_uint(w, value);
		break;
	case SHAPE_CODES:
		list_allowed(row, why, _("; several are parted by commas"));
		is_good = parse_codes(row, text, w);
		break;
	case SHAPE_TIME:
		snprintf(why, FIELD_WHY, _("%s is a time in UTC like 2026-10-14T14:20Z or 141420Z OCT 26"), row->name);
		is_good = parse_time(text, w);
		break;
	case SHAPE_TEXT:
		snprintf(why, FIELD_WHY, _("%s needs a text"), row->name);
		is_good = parse_text(text, w);
		break;
	case SHAPE_STATES:
		snprintf(why, FIELD_WHY, _("%s is a list of state codes like tha, vnm, parted by commas"), row->name);
		is_good = parse_states(text, w);
		break;
	case SHAPE_WORDS:
		snprintf(why, FIELD_WHY, _("%s are at most %d words, parted by commas"), row->name, LIMIT_WORDS);
		is_good = parse_words(text, w);
		break;
	case SHAPE_SEVERITY:
		list_allowed(row, why, _(", or its number; then | national scale | value on it, or neither"));
		is_good = parse_severity(row, text, w);
		break;
	case SHAPE_STAGES:
		snprintf(why, FIELD_WHY, _("%s are written by a station that answers a tracer, not in a draft"),
			 row->name);
		break;
	case SHAPE_PUBLIC:
		list_allowed(row, why, _("; then | a time in UTC like 2026-10-14T14:20Z, or nothing"));
		is_good = parse_public(row, text, w);
		break;
	}
	return is_good;
}

/* As a draft file has them, or as a reader does. */
typedef const char *wording(const char *name);

static const char *as_it_is(const char *name)
{
	return name;
}

static void write_code(FILE *out, uint64_t code, uint64_t value, wording *words)
{
	const char *name = field_code_name(code, value);

	if (name != NULL)
		fputs(words(name), out);
	else
		fprintf(out, words(N_("code %llu")), (unsigned long long)value);
}

static void write_list(FILE *out, uint64_t code, enum field_shape shape, struct pack_reader *r, wording *words)
{
	size_t count = pack_read_array(r, LIMIT_FIELD_LIST);

	for (size_t i = 0; i < count; i++) {
		fputs(i > 0 ? ", " : "", out);
		if (shape == SHAPE_CODES)
			write_code(out, code, pack_read_uint(r, INT64_MAX), words);
		else {
			struct bytes text = pack_read_str(r, SIZE_MAX);

			fwrite(text.data, 1, text.len, out);
		}
	}
}

static void write_time(FILE *out, int64_t at)
{
	char text[TIME_TEXT];

	if (at % SECOND_US == 0)
		time_format_iso(at, text);
	else
		time_format_iso_micro(at, text);
	fputs(text, out);
}

static void write_severity(FILE *out, uint64_t code, struct pack_reader *r, wording *words)
{
	struct bytes scale, value;

	pack_expect_array(r, 3);
	write_code(out, code, pack_read_uint(r, INT64_MAX), words);
	scale = pack_read_str(r, SIZE_MAX);
	value = pack_read_str(r, SIZE_MAX);
	if (scale.len > 0 || value.len > 0)
		fprintf(out, " | %.*s | %.*s", BYTES(scale), BYTES(value));
}

static void write_public(FILE *out, uint64_t code, struct pack_reader *r, wording *words)
{
	int64_t at;

	pack_expect_array(r, 2);
	write_code(out, code, pack_read_uint(r, INT64_MAX), words);
	at = pack_read_int(r);
	if (at != 0) {
		fputs(" | ", out);
		write_time(out, at);
	}
}

/* "received 2026-10-14T12:00:00Z, shown 2026-10-14T12:01:00Z" */
static void write_stages(FILE *out, uint64_t code, struct pack_reader *r, wording *words)
{
	size_t count = pack_read_array(r, LIMIT_FIELD_LIST);

	if (count == 0)
		fputs(words(N_("not held there")), out);
	for (size_t i = 0; i < count; i++) {
		fputs(i > 0 ? ", " : "", out);
		pack_expect_array(r, 2);
		write_code(out, code, pack_read_uint(r, INT64_MAX), words);
		fputc(' ', out);
		write_time(out, pack_read_int(r));
	}
}

static void write_text(FILE *out, struct pack_reader *r)
{
	struct bytes text = pack_read_str(r, SIZE_MAX);

	fwrite(text.data, 1, text.len, out);
}

static void write_value(FILE *out, uint64_t code, enum field_shape shape, struct pack_reader *r, wording *words)
{
	switch (shape) {
	case SHAPE_CODE:
		write_code(out, code, pack_read_uint(r, INT64_MAX), words);
		break;
	case SHAPE_CODES:
	case SHAPE_STATES:
	case SHAPE_WORDS:
		write_list(out, code, shape, r, words);
		break;
	case SHAPE_TIME:
		write_time(out, pack_read_int(r));
		break;
	case SHAPE_TEXT:
		write_text(out, r);
		break;
	case SHAPE_SEVERITY:
		write_severity(out, code, r, words);
		break;
	case SHAPE_PUBLIC:
		write_public(out, code, r, words);
		break;
	case SHAPE_STAGES:
		write_stages(out, code, r, words);
		break;
	}
}

static char *text_of(uint64_t code, struct bytes value, wording *words)
{
	const struct field_row *row = field_row(code);
	struct pack_reader r = pack_reader(value);
	char *text = NULL;
	size_t len;
	FILE *out;

	if (row == NULL)
		return say_format(_("(%zu bytes that a newer version can read)"), value.len);
	out = must(open_memstream(&text, &len));
	write_value(out, code, row->shape, &r, words);
	fclose(out);
	return must(text);
}

char *field_text(uint64_t code, struct bytes value)
{
	return text_of(code, value, as_it_is);
}

char *field_label(uint64_t code, struct bytes value)
{
	return text_of(code, value, lang_name);
}
