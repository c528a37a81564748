/* Command lines, read into a fixed structure that borrows the words. */
#include "client/args.h"

#include <string.h>

#include "client/lang.h"
#include "client/say.h"

static const char *find_option(const char *const *options, const char *word)
{
	size_t len = strcspn(word, "=");

	for (; *options != NULL; options++)
		if (strncmp(*options, word, len) == 0 && strcspn(*options, "=") == len)
			return *options;
	return NULL;
}

/* One option, whose value may be the next word. Gives the words it took, or -1. */
static int take_option(struct args *args, const char *const *options, int argc, char **argv)
{
	const char *word = strcmp(argv[0], "-h") == 0 ? "--help" : argv[0];
	const char *option = find_option(options, word), *value = strchr(word, '=');
	bool has_value = option != NULL && strchr(option, '=') != NULL;
	int took = 1;

	if (option == NULL || (value != NULL && !has_value)) {
		say_error(option == NULL ? _("%s is no option here") : _("%s: this option takes no value"), word);
		return -1;
	}
	if (has_value && value == NULL) {
		if (argc < 2) {
			say_error(_("%s needs a value"), word);
			return -1;
		}
		value = argv[1];
		took = 2;
	} else if (has_value)
		value++;
	if (args->option_count == ARGS_OPTIONS) {
		say_error(_("more than %d options"), ARGS_OPTIONS);
		return -1;
	}
	args->option[args->option_count].name = option;
	args->option[args->option_count++].value = value;
	return took;
}

int args_parse(struct args *args, const char *const *options, int argc, char **argv, bool is_leading)
{
	bool is_ended = false;
	int at = 0;

	while (at < argc) {
		int took = 1;

		if (!is_ended && argv[at][0] == '-' && argv[at][1] != '\0') {
			is_ended = strcmp(argv[at], "--") == 0;
			if (!is_ended)
				took = take_option(args, options, argc - at, argv + at);
		} else if (is_leading) {
			return at;
		} else if (args->rest_count == ARGS_REST) {
			say_error(_("more than %d words"), ARGS_REST);
			took = -1;
		} else
			args->rest[args->rest_count++] = argv[at];
		if (took < 0)
			return -1;
		at += took;
	}
	return at;
}

const char *args_next(const struct args *args, const char *name, size_t *at)
{
	for (; *at < args->option_count; (*at)++)
		if (strncmp(args->option[*at].name, name, strlen(name)) == 0 &&
		    strcspn(args->option[*at].name, "=") == strlen(name)) {
			const char *value = args->option[(*at)++].value;

			return value != NULL ? value : "";
		}
	return NULL;
}

const char *args_value(const struct args *args, const char *name)
{
	const char *value, *last = NULL;
	size_t at = 0;

	while ((value = args_next(args, name, &at)) != NULL)
		last = value;
	return last;
}

bool args_has(const struct args *args, const char *name)
{
	return args_value(args, name) != NULL;
}
