/* Escaping for HTML. */
#include "client/html.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"

static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(FILE *out, struct bytes text, enum safe_mode mode)
{
	char *safe = safe_text(text, mode);

	for (const char *c = safe; *c != '\0'; c++) {
		const char *escape = escape_of(*c);

		if (escape != NULL)
			fputs(escape, out);
		else
			fputc(*c, out);
	}
	free(safe);
}

static void say_va(FILE *out, const char *format, va_list args)
{
	char *text = say_vformat(format, args);

	html_text(out, bytes_of(text), SAFE_LINE);
	free(text);
}

void html_say(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_va(out, format, args);
	va_end(args);
}

void html_in(FILE *out, const char *tag, const char *attributes, const char *format, ...)
{
	va_list args;

	fprintf(out, "<%s%s>", tag, attributes);
	va_start(args, format);
	say_va(out, format, args);
	va_end(args);
	fprintf(out, "</%s>", tag);
}
