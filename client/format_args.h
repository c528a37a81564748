/* What arguments a printf format takes: a translation may name them in another order, and none but those. */
#ifndef HOTLINE_CLIENT_FORMAT_ARGS_H
#define HOTLINE_CLIENT_FORMAT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#define FORMAT_ARGS 16

struct format_args {
	size_t count;
	char kind[FORMAT_ARGS]; /* by number: one letter for each type that printf tells apart */
};

/* A walk over the conversions of a format. */
struct format_walk {
	const char *at;		 /* behind the last conversion; behind a '%' before the next */
	struct format_args *out; /* what was met so far */
	size_t next;		 /* the argument that a conversion without a number takes */
	size_t last;		 /* the argument that the last conversion printed */
	bool is_numbered;	 /* one with a number was seen */
};

/* Takes one conversion. False for what printf would not take; "%%" takes no argument. */
bool format_args_take(struct format_walk *walk);
/* Reads a format ("%s", "%-5.*s", "%2$llu"). False for one that printf would not take, or with more arguments. */
bool format_args_read(const char *format, struct format_args *out);
/* Whether both can be read and take the same arguments. */
bool format_args_are_same(const char *a, const char *b);

#endif
