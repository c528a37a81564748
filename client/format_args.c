/* printf's conversions, as far as types go. %n is none: no text of ours writes to memory. */
#include "client/format_args.h"

#include <string.h>

struct reader {
	const char *at;
	struct format_args *out;
	size_t next;	   /* the argument that a conversion without a number takes */
	bool is_numbered; /* one with a number was seen */
};

static bool put(struct reader *r, size_t number, char kind)
{
	size_t index = number > 0 ? number - 1 : r->next++;

	r->is_numbered = r->is_numbered || number > 0;
	if (index >= FORMAT_ARGS || (r->is_numbered && r->next > 0) ||
	    (r->out->kind[index] != '\0' && r->out->kind[index] != kind))
		return false;
	r->out->kind[index] = kind;
	r->out->count = index + 1 > r->out->count ? index + 1 : r->out->count;
	return true;
}

/* "12$" gives 12 and is passed; anything else gives 0 and is left. */
static size_t take_number(struct reader *r)
{
	size_t digits = strspn(r->at, "0123456789"), number = 0;

	if (digits == 0 || digits > 2 || r->at[digits] != '$')
		return 0;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (size_t)(r->at[i] - '0');
	r->at += number > 0 ? digits + 1 : 0;
	return number;
}

/* A width or a precision: digits, or an argument of its own. */
static bool take_extent(struct reader *r)
{
	if (*r->at != '*') {
		r->at += strspn(r->at, "0123456789");
		return true;
	}
	r->at++;
	return put(r, take_number(r), 'i');
}

/* One letter for a type: of the same size and kind, or not the same. */
static char take_type(struct reader *r)
{
	static const char *const lengths[] = {"hh", "h", "ll", "l", "j", "z", "t"};
	static const char kinds[] = "iiLljzt";
	char kind = 'i', conversion;

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		if (strncmp(r->at, lengths[i], strlen(lengths[i])) == 0) {
			r->at += strlen(lengths[i]);
			kind = kinds[i];
			break;
		}
	conversion = *r->at != '\0' ? *r->at++ : '\0';
	if (conversion != '\0' && strchr("diuoxX", conversion) != NULL)
		return kind;
	if (kind != 'i' || conversion == '\0')
		return '\0';
	return strchr("feEgGF", conversion) != NULL   ? 'f'
	       : strchr("csp", conversion) != NULL ? (conversion == 'c' ? 'i' : conversion)
						      : '\0';
}

static bool take_conversion(struct reader *r)
{
	size_t number;
	char kind;

	if (*r->at == '%') {
		r->at++;
		return true;
	}
	number = take_number(r);
	r->at += strspn(r->at, "-+ #0'");
	if (!take_extent(r))
		return false;
	if (*r->at == '.') {
		r->at++;
		if (!take_extent(r))
			return false;
	}
	kind = take_type(r);
	return kind != '\0' && put(r, number, kind);
}

bool format_args_read(const char *format, struct format_args *out)
{
	struct reader r = {.at = format, .out = out};

	memset(out, 0, sizeof *out);
	while ((r.at = strchr(r.at, '%')) != NULL) {
		r.at++;
		if (!take_conversion(&r))
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
