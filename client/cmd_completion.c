/* hotline completion: what a shell needs to complete verbs and options, written from the table of verbs. */
#include <string.h>

#include "client/commands.h"
#include "client/lang.h"
#include "client/say.h"

/* The part of a verb of two words before its blank; all of a verb of one. */
static struct bytes family_of(const struct command *command)
{
	return (struct bytes){(const uint8_t *)command->verb, strcspn(command->verb, " ")};
}

static bool has_two_words(const struct command *command)
{
	return strchr(command->verb, ' ') != NULL;
}

/* Whether no verb before it has its first word. */
static bool begins_family(size_t at)
{
	return at == 0 || !bytes_equal(family_of(&commands[at - 1]), family_of(&commands[at]));
}

static void put_options(const struct command *command)
{
	for (const char *const *o = command->options; *o != NULL; o++)
		printf("%.*s ", (int)strcspn(*o, "="), *o);
	for (const char *const *o = command_globals; *o != NULL; o++)
		printf("%.*s ", (int)strcspn(*o, "="), *o);
}

/* `case` arms that set list: options of a verb, verbs of two words first, as the pattern of the shorter fits them too. */
static void put_cases(void)
{
	printf("\tcase \"$verb\" in\n");
	for (int two = 1; two >= 0; two--)
		for (size_t i = 0; i < command_count; i++)
			if (has_two_words(&commands[i]) == (two == 1)) {
				printf("\t\" %s\"*) options=\"", commands[i].verb);
				put_options(&commands[i]);
				printf("\" ;;\n");
			}
	printf("\t*) options=\"--socket --lang --help --version\" ;;\n\tesac\n\tcase \"$verb\" in\n\t\"\") list=\"");
	for (size_t i = 0; i < command_count; i++)
		if (begins_family(i))
			printf("%.*s ", BYTES(family_of(&commands[i])));
	printf("\" ;;\n");
	for (size_t i = 0; i < command_count; i++) {
		if (!begins_family(i))
			continue;
		printf("\t\" %.*s\") list=\"", BYTES(family_of(&commands[i])));
		for (size_t j = i; j < command_count && bytes_equal(family_of(&commands[i]), family_of(&commands[j])); j++)
			if (has_two_words(&commands[j]))
				printf("%s ", commands[j].verb + family_of(&commands[j]).len + 1);
		printf("\" ;;\n");
	}
	printf("\t*) list=\"\" ;;\n\tesac\n");
}

static void put_bash(void)
{
	printf("# hotline(1) for bash, written by \"hotline completion bash\"\n_hotline()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} verb=\"\" options list i\n\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "\t\tcase ${COMP_WORDS[i]} in\n\t\t--socket | --lang) ((i++)) ;;\n\t\t-*) ;;\n"
	       "\t\t*) verb=\"$verb ${COMP_WORDS[i]}\" ;;\n\t\tesac\n\tdone\n");
	put_cases();
	printf("\tcase $word in\n\t-*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
	       "\t*) mapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$word\") ;;\n\tesac\n}\n"
	       "complete -o default -F _hotline hotline\n");
}

static void put_zsh(void)
{
	printf("#compdef hotline\n# hotline(1) for zsh, written by \"hotline completion zsh\"\n_hotline()\n{\n"
	       "\tlocal verb=\"\" options list i\n\n"
	       "\tfor ((i = 2; i < CURRENT; i++)); do\n"
	       "\t\tcase ${words[i]} in\n\t\t--socket | --lang) ((i++)) ;;\n\t\t-*) ;;\n"
	       "\t\t*) verb=\"$verb ${words[i]}\" ;;\n\t\tesac\n\tdone\n");
	put_cases();
	printf("\tif [[ ${words[CURRENT]} == -* ]]; then\n\t\tcompadd -- ${=options}\n"
	       "\telif [[ -n $list ]]; then\n\t\tcompadd -- ${=list}\n\telse\n\t\t_files\n\tfi\n}\n_hotline \"$@\"\n");
}

static void put_fish(void)
{
	printf("# hotline(1) for fish, written by \"hotline completion fish\"\n");
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &commands[i];
		struct bytes family = family_of(c);

		if (begins_family(i))
			printf("complete -c hotline -n __fish_use_subcommand -f -a %.*s -d \"%s\"\n", BYTES(family),
			       has_two_words(c) ? "" : c->what);
		if (has_two_words(c))
			printf("complete -c hotline -n \"__fish_seen_subcommand_from %.*s\" -f -a %s -d \"%s\"\n", BYTES(family),
			       c->verb + family.len + 1, c->what);
		for (const char *const *o = c->options; *o != NULL; o++)
			printf("complete -c hotline -n \"__fish_seen_subcommand_from %.*s\" -l %.*s%s\n", BYTES(family),
			       (int)strcspn(*o + 2, "="), *o + 2, strchr(*o, '=') != NULL ? " -r" : "");
	}
	for (const char *const *o = command_globals; *o != NULL; o++)
		printf("complete -c hotline -l %.*s%s\n", (int)strcspn(*o + 2, "="), *o + 2, strchr(*o, '=') != NULL ? " -r" : "");
}

int cmd_completion(struct client *client)
{
	static const struct {
		const char *name;
		void (*put)(void);
	} shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};

	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (strcmp(client->args.rest[0], shells[i].name) == 0) {
			shells[i].put();
			return DONE;
		}
	say_error(_("completion %s: bash, zsh or fish is wanted"), client->args.rest[0]);
	return USAGE;
}
