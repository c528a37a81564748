/* Contact-point names, states, function names, message numbers and references as people write them (SPEC 1). */
#include "proto/name.h"

#include <stdio.h>
#include <string.h>

#define NAME_MIN_BYTES 3
#define STATE_MIN_BYTES 2
#define STATE_MAX_BYTES 8

/* The number of groups of [a-z0-9] joined by single '-'; 0 if text is anything else. */
static size_t count_groups(struct bytes text)
{
	size_t groups = 0;
	bool in_group = false;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
			groups += !in_group;
			in_group = true;
		} else if (c == '-' && in_group) {
			in_group = false;
		} else {
			return 0;
		}
	}
	return in_group ? groups : 0;
}

bool name_is_valid(struct bytes text)
{
	return text.len >= NAME_MIN_BYTES && text.len <= LIMIT_NAME_BYTES && count_groups(text) >= 2;
}

bool name_is_state(struct bytes text)
{
	return text.len >= STATE_MIN_BYTES && text.len <= STATE_MAX_BYTES && count_groups(text) == 1;
}

bool name_is_function(struct bytes text)
{
	return text.len <= LIMIT_FUNCTION_BYTES && count_groups(text) >= 1;
}

struct bytes name_state(struct bytes name)
{
	const uint8_t *dash = name.len > 0 ? memchr(name.data, '-', name.len) : NULL;

	return (struct bytes){name.data, dash != NULL ? (size_t)(dash - name.data) : name.len};
}

bool name_copy(struct bytes text, struct name *out)
{
	if (!name_is_valid(text))
		return false;
	memset(out, 0, sizeof *out);
	memcpy(out->text, text.data, text.len);
	return true;
}

struct bytes name_bytes(const struct name *name)
{
	return bytes_of(name->text);
}

bool name_equal(const struct name *a, const struct name *b)
{
	return strcmp(a->text, b->text) == 0;
}

void number_format(struct number number, char out[NUMBER_TEXT])
{
	snprintf(out, NUMBER_TEXT, "%04u-%03u %03u", (unsigned)number.year, number.digits / 1000 % 1000,
		 number.digits % 1000);
}

/* Exactly count decimal digits at text; false and out untouched if there is another character. */
static bool read_digits(const uint8_t *text, size_t count, uint32_t *out)
{
	uint32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = 10 * value + (uint32_t)(text[i] - '0');
	}
	*out = value;
	return true;
}

bool number_parse(struct bytes text, struct number *out)
{
	bool has_space = text.len == 12 && text.data[8] == ' ';
	uint32_t year, high, low;

	if ((text.len != 11 && !has_space) || text.data[4] != '-')
		return false;
	if (!read_digits(text.data, 4, &year) || !read_digits(text.data + 5, 3, &high) ||
	    !read_digits(text.data + (has_space ? 9 : 8), 3, &low))
		return false;
	*out = (struct number){.year = (uint16_t)year, .digits = 1000 * high + low};
	return true;
}

/* Cuts the word before the end of text, with the spaces around it. Empty when no word is left. */
static struct bytes last_word(struct bytes *text)
{
	size_t end = text->len, start;

	while (end > 0 && text->data[end - 1] == ' ')
		end--;
	start = end;
	while (start > 0 && text->data[start - 1] != ' ')
		start--;
	text->len = start;
	return (struct bytes){text->data + start, end - start};
}

/* The number at the end of text, which is one word or two; cuts it off. */
static bool cut_number(struct bytes *text, struct number *out)
{
	struct bytes last = last_word(text);
	uint8_t joined[12];

	if (last.len == 3) {
		struct bytes first = last_word(text);

		if (first.len != 8)
			return false;
		memcpy(joined, first.data, 8);
		joined[8] = ' ';
		memcpy(joined + 9, last.data, 3);
		last = (struct bytes){joined, sizeof joined};
	}
	return number_parse(last, out);
}

bool reference_parse(struct bytes text, struct reference *out)
{
	struct reference found = {.is_exercise = false};
	bool has_from = false;

	if (text.len == 0 || !cut_number(&text, &found.number))
		return false;
	for (;;) {
		struct bytes word = last_word(&text);
		bool is_ex = bytes_equal(word, bytes_of("EX")) || bytes_equal(word, bytes_of("ex"));

		if (word.len == 0)
			break;
		if (is_ex ? found.is_exercise : has_from)
			return false;
		if (is_ex)
			found.is_exercise = true;
		else if (!(has_from = name_copy(word, &found.from)))
			return false;
	}
	*out = found;
	return true;
}
