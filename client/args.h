/* Command lines: the options a verb allows, and what is left. */
#ifndef HOTLINE_CLIENT_ARGS_H
#define HOTLINE_CLIENT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#define ARGS_OPTIONS 128
#define ARGS_REST 64

struct args {
	size_t option_count, rest_count;
	struct {
		const char *name, *value; /* borrowed from the command line and the verb's list */
	} option[ARGS_OPTIONS];
	const char *rest[ARGS_REST];
};

/*
 * Adds argv[0 … argc-1] to args. options is a zero-ended list: "--json", or "--note=" when it takes a value; an option
 * that takes none is given once or several times alike. With is_leading it stops at the first word that is no option.
 * Gives how many words it took, or -1 when one was refused and that was said.
 */
int args_parse(struct args *args, const char *const *options, int argc, char **argv, bool is_leading);
bool args_has(const struct args *args, const char *name);
/* The value last given to the option named without its "="; NULL when it was not given. */
const char *args_value(const struct args *args, const char *name);
/* Walks all values of an option; at begins at 0. NULL at the end. */
const char *args_next(const struct args *args, const char *name, size_t *at);

#endif
