/* Lines, wrapped text and questions. Nothing reaches stdout or stderr as text but through safe_text(). */
#include "client/say.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/cells.h"
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

void say_field(FILE *out, int cells, const char *heading, const char *format, ...)
{
	int width = cells_width(bytes_of(heading));
	char *before = say_format("%s%*s", heading, width < cells ? cells - width : 1, "");
	va_list args;

	va_start(args, format);
	say_safe(out, before, format, args, "\n");
	va_end(args);
	free(before);
}

void say_error(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	say_safe(stderr, "hotline: ", format, args, "\n");
	va_end(args);
}

void say_text(FILE *out, struct bytes text, const char *indent, int width)
{
	char *safe = safe_text(text, SAFE_LINES);
	struct bytes rest = bytes_of(safe), line;
	int room = width - cells_width(bytes_of(indent));

	while (cells_line(&rest, width > 0 && room >= NARROWEST ? room : 0, &line))
		fprintf(out, "%s%.*s\n", indent, BYTES(line));
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
	static int width = -1;
	struct winsize size;

	if (width < 0)
		width = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
	return width;
}

bool say_is_terminal(void)
{
	static int is_terminal = -1;

	if (is_terminal < 0)
		is_terminal = isatty(STDOUT_FILENO);
	say_width();
	return is_terminal > 0;
}
