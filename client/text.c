/* Cutting up text that people wrote; normalisation is libunistring's. */
#include "client/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "client/say.h"
#include "proto/limits.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct bytes text_trim(struct bytes text)
{
	while (text.len > 0 && is_blank(text.data[0])) {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

struct bytes text_cut(struct bytes *rest, char separator)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, separator, rest->len) : NULL;
	struct bytes part = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->len};
	size_t took = part.len + (end != NULL);

	if (took > 0)
		rest->data += took;
	rest->len -= took;
	return text_trim(part);
}

bool text_is(struct bytes text, const char *word)
{
	return text.len == strlen(word) && strncasecmp((const char *)text.data, word, text.len) == 0;
}

bool text_number(struct bytes text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.data[i] - '0');
	}
	if (value > max)
		return false;
	*out = value;
	return true;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_hex(struct bytes text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (hex_digit(text.data[i]) < 0)
			return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_digit(text.data[2 * i]) << 4 | hex_digit(text.data[2 * i + 1]));
	return true;
}

bool text_lower(struct bytes text, char *out, size_t size)
{
	if (text.len >= size)
		return false;
	for (size_t i = 0; i < text.len; i++)
		out[i] = (char)(text.data[i] >= 'A' && text.data[i] <= 'Z' ? text.data[i] | 0x20 : text.data[i]);
	out[text.len] = '\0';
	return true;
}

bool text_is_language(struct bytes text)
{
	size_t group = 0, groups = 0;

	if (text.len == 0 || text.len > LIMIT_LANG_BYTES)
		return false;
	for (size_t i = 0; i <= text.len; i++) {
		uint8_t c = i < text.len ? text.data[i] : '-', low = c | 0x20;

		if (c == '-') {
			if (group < (groups == 0 ? 2 : 1) || group > 8)
				return false;
			groups++;
			group = 0;
		} else if ((low >= 'a' && low <= 'z') || (groups > 0 && c >= '0' && c <= '9'))
			group++;
		else
			return false;
	}
	return true;
}

size_t text_invalid_at(struct bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		int took = u8_mblen(text.data + at, text.len - at);

		if (took <= 0)
			break;
		at += (size_t)took;
	}
	return at;
}

char *text_nfc(struct bytes text, size_t *out_len)
{
	char *result;
	size_t len = 0;

	if (text.len == 0) {
		*out_len = 0;
		return must(calloc(1, 1));
	}
	result = must(u8_normalize(UNINORM_NFC, text.data, text.len, NULL, &len));
	result = must(realloc(result, len + 1));
	result[len] = '\0';
	*out_len = len;
	return result;
}

char *text_fold(struct bytes text)
{
	uint8_t *folded;
	size_t len = 0;
	char *nfc;

	/* in the root locale, so that one word has one form everywhere */
	folded = must(u8_tolower(text.data, text.len, "", NULL, NULL, &len));
	nfc = text_nfc((struct bytes){folded, len}, &len);
	free(folded);
	return nfc;
}

char *text_upper(const char *text)
{
	size_t len = 0;
	uint8_t *upper = u8_toupper((const uint8_t *)text, strlen(text) + 1, "", NULL, NULL, &len);

	return must((char *)upper);
}
