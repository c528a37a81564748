/* JSON: the few ways in which texts, times and encoded values appear, and printing in ASCII. */
#include "client/json.h"

#include <stdlib.h>
#include <string.h>

#include "client/safe.h"
#include "client/say.h"

json_t *json_text(struct bytes text)
{
	json_t *value = text.len > 0 ? json_stringn((const char *)text.data, text.len) : json_string("");

	if (value == NULL) {
		char *safe = safe_text(text, SAFE_LINES); /* not UTF-8: jansson refuses it */

		value = json_string(safe);
		free(safe);
	}
	return must(value);
}

json_t *json_time(int64_t at)
{
	char text[TIME_TEXT];

	if (at == 0)
		return json_null();
	time_format_iso_micro(at, text);
	return must(json_string(text));
}

json_t *json_hex(const uint8_t *data, size_t len)
{
	char *hex = must(malloc(2 * len + 1));
	json_t *value;

	key_hex(data, len, hex);
	value = json_string(hex);
	free(hex);
	return must(value);
}

/* jansson escapes all but DEL. */
char *json_ascii(json_t *document, bool is_line)
{
	char *text = must(json_dumps(document, JSON_ENSURE_ASCII | (is_line ? JSON_COMPACT : JSON_INDENT(2))));
	size_t len = strlen(text), extra = 0;
	char *out, *to;

	for (const char *c = text; *c != '\0'; c++)
		extra += *c == 0x7f ? sizeof "\\u007f" - 2 : 0;
	to = out = must(malloc(len + extra + 2));
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == 0x7f)
			to = stpcpy(to, "\\u007f");
		else
			*to++ = *c;
	}
	strcpy(to, "\n");
	free(text);
	json_decref(document);
	return out;
}

void json_print(json_t *document, bool is_line)
{
	char *text = json_ascii(document, is_line);

	fputs(text, stdout);
	if (is_line)
		fflush(stdout);
	free(text);
}
