/* Lines, wrapped text and questions. Nothing reaches stdout or stderr as text but through safe_text(). */
#include "client/say.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <unigbrk.h>
#include <unilbrk.h>
#include <uniwidth.h>

#include "client/safe.h"

#define NARROWEST 20 /* cells: below this wrapping does more harm than good */

void *must(void *memory)
{
	if (memory != NULL)
		return memory;
	fputs("hotline: out of memory\n", stderr);
	exit(1);
}

char *say_vformat(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return must(text);
}

char *say_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	return text;
}

static void say_safe(FILE *out, const char *before, const char *format, va_list args, const char *after)
{
	char *text = say_vformat(format, args);
	char *safe = safe_text(bytes_of(text), SAFE_LINE);

	fprintf(out, "%s%s%s", before, safe, after);
	free(safe);
	free(text);
}

void say(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_safe(out, "", format, args, "\n");
	va_end(args);
}

void say_error(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	say_safe(stderr, "hotline: ", format, args, "\n");
	va_end(args);
}

/* Thai and Lao vowels that are written before the consonant they belong to; a line never ends in one. */
static bool ends_in_leading_vowel(const uint8_t *text, size_t at, size_t end)
{
	const uint8_t *last = text + end - 3;

	return end - at >= 3 && last[0] == 0xe0 && (last[1] == 0xb9 || last[1] == 0xbb) && last[2] >= 0x80 &&
	       last[2] <= 0x84;
}

/* Where the line that starts at `at` ends: the last allowed break that fits, else the last cluster that fits. */
static size_t line_end(const uint8_t *text, size_t len, const char *breaks, size_t at, int width)
{
	size_t next = at, fits = at, allowed = at;
	int cells = 0;

	while (next < len) {
		const uint8_t *after = u8_grapheme_next(text + next, text + len);
		size_t step = after != NULL ? (size_t)(after - text) : len;

		if (next > at && (breaks[next] == UC_BREAK_POSSIBLE || breaks[next] == UC_BREAK_MANDATORY))
			allowed = next;
		if (!ends_in_leading_vowel(text, at, next))
			fits = next;
		cells += u8_width(text + next, step - next, "UTF-8");
		if (cells > width && next > at && text[next] != ' ')
			return allowed > at ? allowed : fits > at ? fits : next;
		next = step;
	}
	return len;
}

static void say_wrapped(FILE *out, const uint8_t *line, size_t len, const char *indent, int width)
{
	char *breaks = must(malloc(len + 1));
	size_t at = 0;

	u8_possible_linebreaks(line, len, "UTF-8", breaks);
	do {
		size_t end = line_end(line, len, breaks, at, width), shown = end;

		while (shown > at && end < len && line[shown - 1] == ' ')
			shown--;
		fprintf(out, "%s%.*s\n", indent, (int)(shown - at), (const char *)line + at);
		at = end;
	} while (at < len);
	free(breaks);
}

void say_text(FILE *out, struct bytes text, const char *indent, int width)
{
	char *safe = safe_text(text, SAFE_LINES), *line = safe;
	int room = width - u8_strwidth((const uint8_t *)indent, "UTF-8");

	while (line != NULL) {
		char *end = strchr(line, '\n');
		size_t len = end != NULL ? (size_t)(end - line) : strlen(line);

		if (width > 0 && room >= NARROWEST)
			say_wrapped(out, (const uint8_t *)line, len, indent, room);
		else
			fprintf(out, "%s%.*s\n", indent, (int)len, line);
		line = end != NULL ? end + 1 : NULL;
	}
	free(safe);
}

void say_page(FILE *out, struct bytes page, const char *banner)
{
	const char *line = (const char *)page.data, *end = line + page.len;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = stop != NULL ? (size_t)(stop - line) : (size_t)(end - line);

		fputs(banner, out);
		fwrite(line, 1, len, out);
		fputc('\n', out);
		line += len + 1;
	}
}

bool say_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool say_ask(char *answer, size_t size, const char *format, ...)
{
	va_list args;

	if (!say_can_ask())
		return false;
	fflush(stdout);
	va_start(args, format);
	say_safe(stderr, "", format, args, " ");
	va_end(args);
	if (fgets(answer, (int)size, stdin) == NULL)
		return false;
	answer[strcspn(answer, "\n")] = '\0';
	return true;
}

int say_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 0;
	return size.ws_col;
}
