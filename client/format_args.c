/* printf's conversions, as far as types go. %n is none: no text of ours writes to memory. */
#include "client/format_args.h"

#include <string.h>

static bool put(struct format_walk *walk, size_t number, char kind)
{
	size_t index = number > 0 ? number - 1 : walk->next++;

	walk->is_numbered = walk->is_numbered || number > 0;
	walk->last = index;
	if (index >= FORMAT_ARGS || (walk->is_numbered && walk->next > 0) ||
	    (walk->out->kind[index] != '\0' && walk->out->kind[index] != kind))
		return false;
	walk->out->kind[index] = kind;
	walk->out->count = index + 1 > walk->out->count ? index + 1 : walk->out->count;
	return true;
}

/* "12$" gives 12 and is passed; anything else gives 0 and is left. */
static size_t take_number(struct format_walk *walk)
{
	size_t digits = strspn(walk->at, "0123456789"), number = 0;

	if (digits == 0 || digits > 2 || walk->at[digits] != '$')
		return 0;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (size_t)(walk->at[i] - '0');
	walk->at += number > 0 ? digits + 1 : 0;
	return number;
}

/* A width or a precision: digits, or an argument of its own. */
static bool take_extent(struct format_walk *walk)
{
	if (*walk->at != '*') {
		walk->at += strspn(walk->at, "0123456789");
		return true;
	}
	walk->at++;
	return put(walk, take_number(walk), 'i');
}

/* One letter for a type: of the same size and kind, or not the same. */
static char take_type(struct format_walk *walk)
{
	static const char *const lengths[] = {"hh", "h", "ll", "l", "j", "z", "t"};
	static const char kinds[] = "iiLljzt";
	char kind = 'i', conversion;

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		if (strncmp(walk->at, lengths[i], strlen(lengths[i])) == 0) {
			walk->at += strlen(lengths[i]);
			kind = kinds[i];
			break;
		}
	conversion = *walk->at != '\0' ? *walk->at++ : '\0';
	if (conversion != '\0' && strchr("diuoxX", conversion) != NULL)
		return kind;
	if (kind != 'i' || conversion == '\0')
		return '\0';
	return strchr("feEgGF", conversion) != NULL   ? 'f'
	       : strchr("csp", conversion) != NULL ? (conversion == 'c' ? 'i' : conversion)
						      : '\0';
}

bool format_args_take(struct format_walk *walk)
{
	size_t number;
	char kind;

	if (*walk->at == '%') {
		walk->at++;
		return true;
	}
	number = take_number(walk);
	walk->at += strspn(walk->at, "-+ #0'");
	if (!take_extent(walk))
		return false;
	if (*walk->at == '.') {
		walk->at++;
		if (!take_extent(walk))
			return false;
	}
	kind = take_type(walk);
	return kind != '\0' && put(walk, number, kind);
}

bool format_args_read(const char *format, struct format_args *out)
{
	struct format_walk walk = {.at = format, .out = out};

	memset(out, 0, sizeof *out);
	while ((walk.at = strchr(walk.at, '%')) != NULL) {
		walk.at++;
		if (!format_args_take(&walk))
			return false;
	}
	return memchr(out->kind, '\0', out->count) == NULL;
}

bool format_args_are_same(const char *a, const char *b)
{
	struct format_args of_a, of_b;

	return format_args_read(a, &of_a) && format_args_read(b, &of_b) && of_a.count == of_b.count &&
	       memcmp(of_a.kind, of_b.kind, of_a.count) == 0;
}
