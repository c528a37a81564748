/* hotline: finds the verb in one table, reads its options, opens the control socket where it needs one. */
#include "client/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/lang.h"
#include "client/pager.h"
#include "client/say.h"
#include "client/settings.h"

#define SOCKET "/run/hotline/control"

/* No verb, on a terminal. It connects by itself, again and again. */
static const char *const no_options[] = {NULL};
static const struct command board = {"", "", "", no_options, GROUP_WATCH, true, 0, 0, cmd_board};

static void print_overview(void)
{
	say(stdout, _("usage: hotline [--socket PATH] [--lang th|vi|en]                     the board, on a terminal"));
	say(stdout, _("       hotline [--socket PATH] [--lang th|vi|en] [--json] VERB ..."));
	for (int group = 0; group < GROUP_COUNT; group++) {
		printf("\n%s\n", _(command_groups[group]));
		for (size_t i = 0; i < command_count; i++)
			if (commands[i].group == (enum group)group)
				say(stdout, "  %-21s %s", commands[i].verb, _(commands[i].what));
	}
	printf(
	    _("\n\"hotline VERB --help\" shows a verb's options. REF is a message's number: \"tha-cert 2026-048 213\", "
	      "\"2026-048213\",\n\"tha-cert EX 2026-048 213\", or its id of 64 hex digits. DRAFT is a draft's number.\n"
	      "Exit codes: 0 done, 1 refused or not verified, 2 usage, 3 no daemon.\n"));
}

static void print_usage(FILE *out, const struct command *command)
{
	fprintf(out, _("usage: hotline %s %s\n"), command->verb, command->usage);
	fprintf(out, _("%s. Also everywhere: [--socket PATH] [--lang th|vi|en] [--json] [--help]\n"), _(command->what));
}

static int compare_verb(const void *key, const void *row)
{
	return strcmp(key, ((const struct command *)row)->verb);
}

static const struct command *find_command(const char *verb)
{
	return bsearch(verb, commands, command_count, sizeof *commands, compare_verb);
}

/* Insertions, deletions and changes from a to b, for words of at most 31 bytes; more counts as far. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], len = strlen(b);

	if (strlen(a) > 31 || len > 31)
		return SIZE_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			row[j] = change < row[j] ? change : row[j];
		}
	}
	return row[len];
}

static int refuse_verb(const char *verb, const char *second)
{
	const struct command *nearest = NULL;
	char *both = say_format("%s %s", verb, second);
	size_t least = 4; /* two letters off is a hint, then the first of its family */

	for (size_t i = 0; i < command_count; i++) {
		bool is_family =
		    strncmp(commands[i].verb, verb, strlen(verb)) == 0 && commands[i].verb[strlen(verb)] == ' ';
		size_t far = distance(strchr(commands[i].verb, ' ') != NULL ? both : verb, commands[i].verb);

		if (far > 2)
			far = is_family ? 3 : SIZE_MAX;
		if (far < least) {
			least = far;
			nearest = &commands[i];
		}
	}
	free(both);
	if (nearest != NULL)
		say_error(_("there is no verb \"%s%s%s\"; did you mean \"%s\"?"), verb, *second != '\0' ? " " : "",
			  second, nearest->verb);
	else
		say_error(_("there is no verb \"%s\"; \"hotline\" alone lists them"), verb);
	return USAGE;
}

/* Finds the verb in one word or two; gives how many words it took. */
static int take_verb(int argc, char **argv, const struct command **out)
{
	char *both;

	*out = NULL;
	if (argc > 1) {
		both = say_format("%s %s", argv[0], argv[1]);
		*out = find_command(both);
		free(both);
	}
	if (*out != NULL)
		return 2;
	*out = find_command(argv[0]);
	return 1;
}

/* The verb's options and the global ones in one list. */
static bool parse_rest(struct args *args, const struct command *command, int argc, char **argv)
{
	const char *options[32];
	size_t count = 0;

	for (const char *const *o = command->options; *o != NULL; o++)
		options[count++] = *o;
	for (const char *const *o = command_globals; *o != NULL; o++)
		options[count++] = *o;
	options[count] = NULL;
	return args_parse(args, options, argc, argv, false) >= 0;
}

static bool is_all_utf8(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!utf8_is_valid(bytes_of(argv[i]))) {
			say_error(_("the command line is not UTF-8: %s"), argv[i]);
			return false;
		}
	return true;
}

/* Verbs that only show, and never ask. */
static bool is_paged(const char *verb)
{
	static const char *const paged[] = {"attachment list", "contacts list", "contacts show", "contacts sheet", "draft diff", "draft list",
					    "draft show", "list", "log compare", "log verify", "show", "status",
					    "track"};

	for (size_t i = 0; i < sizeof paged / sizeof *paged; i++)
		if (strcmp(verb, paged[i]) == 0)
			return true;
	return false;
}

static int run(struct client *client, const struct command *command)
{
	const char *path = args_value(&client->args, "--socket");
	int outcome;

	client->is_json = args_has(&client->args, "--json");
	client->call.fd = -1;
	if (path == NULL || *path == '\0')
		path = getenv("HOTLINE_SOCKET");
	if (path == NULL || *path == '\0')
		path = settings()->socket;
	if (path == NULL || *path == '\0')
		path = SOCKET;
	client->call.path = path;
	outcome = command->is_offline ? DONE : call_open(&client->call, path);
	if (outcome == DONE && is_paged(command->verb) && !client->is_json)
		pager_begin();
	if (outcome == DONE)
		outcome = command->run(client);
	call_close(&client->call);
	if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE) {
		say_error(_("stdout can't be written"));
		return outcome == DONE ? REFUSED : outcome;
	}
	pager_end();
	return outcome;
}

/* JSON is English for every reader. */
static bool choose_language(const struct args *args)
{
	const char *word = args_has(args, "--json") ? "en" : args_value(args, "--lang");

	if (word == NULL)
		word = settings()->language;
	if (lang_choose(word))
		return true;
	say_error(_("--lang %s: en, th or vi is wanted"), word);
	return false;
}

int main(int argc, char **argv)
{
	static struct client client;
	const struct command *command;
	int at, words;

	if (key_init() != 0) {
		say_error(_("libsodium can't start"));
		return REFUSED;
	}
	lang_choose(NULL);
	if (!settings_read())
		return USAGE;
	if (!is_all_utf8(argc, argv) || (at = args_parse(&client.args, command_globals, argc - 1, argv + 1, true)) < 0)
		return USAGE;
	if (!choose_language(&client.args))
		return USAGE;
	if (args_has(&client.args, "--version")) {
		say(stdout, "hotline %s", HOTLINE_VERSION);
		return DONE;
	}
	if (at == argc - 1 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !args_has(&client.args, "--help"))
		return run(&client, &board);
	if (at == argc - 1) {
		print_overview();
		return DONE;
	}
	words = take_verb(argc - 1 - at, argv + 1 + at, &command);
	if (command == NULL)
		return refuse_verb(argv[1 + at], argc - 1 - at > 1 && argv[2 + at][0] != '-' ? argv[2 + at] : "");
	at += 1 + words;
	if (!parse_rest(&client.args, command, argc - at, argv + at))
		return USAGE;
	if (!choose_language(&client.args))
		return USAGE;
	if (args_has(&client.args, "--help")) {
		print_usage(stdout, command);
		return DONE;
	}
	if (client.args.rest_count < command->least || client.args.rest_count > command->most) {
		print_usage(stderr, command);
		return USAGE;
	}
	return run(&client, command);
}
