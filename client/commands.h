/* The verbs: one table, from which the dispatch, the help and the shells' completion are made. */
#ifndef HOTLINE_CLIENT_COMMANDS_H
#define HOTLINE_CLIENT_COMMANDS_H

#include "client/client.h"

enum group { GROUP_SETUP, GROUP_WRITE, GROUP_READ, GROUP_WATCH, GROUP_RECORD, GROUP_COUNT };
/* Their names, not yet translated. */
extern const char *const command_groups[GROUP_COUNT];

/* usage: the words after the verb; what: a sentence without its end, not yet translated. */
struct command {
	const char *verb, *usage, *what;
	const char *const *options;
	enum group group;
	bool is_offline;
	size_t least, most; /* words after the verb */
	int (*run)(struct client *client);
};
/* Sorted by verb. */
extern const struct command commands[];
extern const size_t command_count;
/* Options that all verbs take. An option that ends in "=" takes a value. */
extern const char *const command_globals[];

#endif
