/* hotline: finds the verb in one table, reads its options, opens the control socket where it needs one. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/say.h"

#define SOCKET "/run/hotline/control"

enum group { GROUP_SETUP, GROUP_WRITE, GROUP_READ, GROUP_WATCH, GROUP_RECORD, GROUP_COUNT };
static const char *const groups[GROUP_COUNT] = {
    [GROUP_SETUP] = "Set up", [GROUP_WRITE] = "Write",	 [GROUP_READ] = "Read and answer",
    [GROUP_WATCH] = "Watch",  [GROUP_RECORD] = "Record",
};

static const char *const no_options[] = {NULL};
static const char *const ack_options[] = {"--understood=", "--note=", NULL};
static const char *const attach_options[] = {"--type=", NULL};
static const char *const attachment_options[] = {"--draft", NULL};
static const char *const save_options[] = {"--draft", "--to=", NULL};
static const char *const accept_options[] = {"--unverified", "--new-root", "--passphrase-fd=", "--passphrase-file=", NULL};
static const char *const offer_options[] = {"--lock", "--passphrase-fd=", "--passphrase-file=", NULL};
static const char *const compare_options[] = {"--fingerprint=", NULL};
static const char *const phone_options[] = {"--by-phone", NULL};
static const char *const anyway_options[] = {"--anyway", NULL};
static const char *const decline_options[] = {"--reason=", NULL};
static const char *const hold_options[] = {"--until=", NULL};
static const char *const list_options[] = {"--limit=", NULL};
static const char *const release_options[] = {"--anyway", "--at=", "--reason=", NULL};
static const char *const correct_options[] = {"--reason=", "--print", NULL};
static const char *const update_options[] = {"--status=", "--print", NULL};
static const char *const close_options[] = {"--status=", NULL};
static const char *const notice_options[] = {"--until=", "--off", "--to=", "--exercise=", NULL};
static const char *const export_options[] = {"--peer=", "--incident=", "--since=", "--until=", "--withhold=", "--format=",
					     NULL};
static const char *const raw_options[] = {"--raw", NULL};
static const char *const prove_options[] = {"--from=", "--to=", "--with=", "--content", "--out=", "--card=", "--root=", NULL};
static const char *const report_options[] = {"--out=", "--card=", "--root=", NULL};
static const char *const verify_options[] = {"--card=", "--root=", "--head=", "--with=", "--all", NULL};
#define CARD_OPTIONS                                                                                                   \
	"--dir=", "--name=", "--lane=", "--layer=", "--office=", "--zone=", "--hours=", "--language=", "--endpoint=",  \
	    "--alternate=", "--fallback=", "--valid-days="
#define PASSPHRASE_OPTIONS "--passphrase-fd=", "--passphrase-file="
static const char *const init_options[] = {CARD_OPTIONS, PASSPHRASE_OPTIONS, "--plain", NULL};
static const char *const side_options[] = {"--evidence=", "--limit=", "--card=", "--root=", "--unverified", NULL};
static const char *const replay_options[] = {"--at=", "--limit=", "--card=", "--root=", "--unverified", NULL};
static const char *const request_options[] = {CARD_OPTIONS, PASSPHRASE_OPTIONS, "--plain",
					      "--new-keys", "--out=",		NULL};
static const char *const root_options[] = {
    "--out=", "--state=", "--page=", "--svg=", PASSPHRASE_OPTIONS, "--fallback=", "--office=", NULL};
static const char *const certify_options[] = {
    "--root=", "--request=", "--present=", "--out=", "--anyway", PASSPHRASE_OPTIONS, NULL};
static const char *const install_options[] = {"--dir=", "--card=", "--new-root", PASSPHRASE_OPTIONS, NULL};
static const char *const revoke_options[] = {
    "--root=", "--name=", "--serial=", "--reason=", "--out=", PASSPHRASE_OPTIONS, NULL};
static const char *const lock_options[] = {"--dir=", PASSPHRASE_OPTIONS,
					   "--new-passphrase-fd=", "--new-passphrase-file=", NULL};
static const char *const unlock_options[] = {"--dir=", PASSPHRASE_OPTIONS, NULL};
static const char *const global_options[] = {"--socket=", "--json", "--help", "--version", NULL};

struct command {
	const char *verb, *usage, *what;
	const char *const *options;
	enum group group;
	bool is_offline;
	size_t least, most; /* words after the verb */
	int (*run)(struct client *client);
};

#define CARD_USAGE                                                                                                     \
	"\n               [--lane technical|diplomatic] [--layer 1|2|3] [--office LANG=TEXT]...\n"                     \
	"               [--zone ZONE] [--hours \"mon-fri 08:00-18:00\"]... [--language LANG]...\n"                     \
	"               [--endpoint HOST:PORT]... [--alternate NAME]...\n"                                             \
	"               [--fallback phone|fax|embassy|radio|email=TEXT]... [--valid-days N]"
#define PASSPHRASE_USAGE "\n               [--passphrase-fd N | --passphrase-file FILE]"

/* Sorted by verb. */
static const struct command commands[] = {
    {"ack", "REF [--understood yes|partly|no] [--note TEXT]", "say that an officer has read it", ack_options,
     GROUP_READ, false, 1, 1, cmd_ack},
    {"approve", "DRAFT [--anyway]", "approve a draft as a releaser", anyway_options, GROUP_WRITE, false, 1, 1,
     cmd_approve},
    {"attachment list", "REF | --draft DRAFT", "list what is attached, and how far it is here", attachment_options,
     GROUP_READ, false, 1, 1, cmd_attachment_list},
    {"attachment save", "REF N [--to FILE] | --draft DRAFT N [--to FILE]",
     "decrypt an attachment, check it and save it under a new name", save_options, GROUP_READ, false, 2, 2,
     cmd_attachment_save},
    {"cancel", "REF --reason NAME [FILE|-] [--print]", "draft the withdrawal of a message of one's own", correct_options,
     GROUP_WRITE, false, 1, 2, cmd_cancel},
    {"check", "[NAME [--anyway]]", "show the record of checks, or ask a peer's watch to type words back", anyway_options,
     GROUP_WATCH, false, 0, 1, cmd_check},
    {"check answer", "REF [WORD... | yes | no]", "answer a check: type its words back, or say if our card is true",
     no_options, GROUP_WATCH, false, 1, 1 + LIMIT_WORDS, cmd_check_answer},
    {"check directory", "NAME [--by-phone]", "ask if a peer's card is still true, or note that it is", phone_options,
     GROUP_WATCH, false, 1, 1, cmd_check_directory},
    {"close", "INCIDENT|REF [FILE|-] [--status NAME]", "draft a proposal to close an incident", close_options,
     GROUP_WRITE, false, 1, 2, cmd_close},
    {"contacts accept", "FILE|- [--unverified | --new-root] [--passphrase-fd N | --passphrase-file FILE]", "enrol the peer whose offer this is", accept_options, GROUP_SETUP,
     false, 1, 1, cmd_contacts_accept},
    {"contacts list", "", "list the peers and how well each is protected", no_options, GROUP_SETUP, false, 0, 0,
     cmd_contacts_list},
    {"contacts offer", "NAME [--lock [--passphrase-fd N | --passphrase-file FILE]]",
     "print the offer for a peer, to be handed over by courier", offer_options, GROUP_SETUP, false, 1, 1,
     cmd_contacts_offer},
    {"contacts reset-replay", "NAME", "take links again from a peer whose clock was far ahead once", no_options,
     GROUP_SETUP, false, 1, 1, cmd_contacts_reset_replay},
    {"contacts sheet", "NAME", "print a peer's fallback sheet: telephones, hours, spoken codes; secret", no_options,
     GROUP_SETUP, false, 1, 1, cmd_contacts_sheet},
    {"contacts show", "NAME", "show a peer's card", no_options, GROUP_SETUP, false, 1, 1, cmd_contacts_show},
    {"contacts verify", "NAME [--fingerprint TEXT]", "compare the fingerprint of a peer that was enrolled without",
     compare_options, GROUP_SETUP, false, 1, 1, cmd_contacts_verify},
    {"copy", "REF ADDRESSEE", "let the ladder copy a message whose marking made it wait", no_options, GROUP_WATCH, false, 2,
     2, cmd_copy},
    {"correct", "REF --reason NAME [FILE|-] [--print]", "draft the correction of a message of one's own",
     correct_options, GROUP_WRITE, false, 1, 2, cmd_correct},
    {"decline", "REF --reason NAME [FILE|-]", "draft a refusal to answer", decline_options, GROUP_READ, false, 1, 2,
     cmd_decline},
    {"draft attach", "DRAFT FILE... [--type MEDIA]", "attach files to a draft; what was approved is approved no more",
     attach_options, GROUP_WRITE, false, 2, 1 + LIMIT_ATTACHMENTS, cmd_draft_attach},
    {"draft delete", "DRAFT", "delete a draft", no_options, GROUP_WRITE, false, 1, 1, cmd_draft_delete},
    {"draft list", "", "list the drafts", no_options, GROUP_WRITE, false, 0, 0, cmd_draft_list},
    {"draft new", "[FILE|-]", "make a draft from a draft file", no_options, GROUP_WRITE, false, 0, 1, cmd_draft_new},
    {"draft show", "DRAFT [--raw]", "show a draft as a draft file", raw_options, GROUP_WRITE, false, 1, 1,
     cmd_draft_show},
    {"follow", "", "print what happens as it happens", no_options, GROUP_WATCH, false, 0, 0, cmd_follow},
    {"hold", "REF --until TIME|SPAN [TEXT]", "say that it is being worked on, and until when", hold_options, GROUP_READ,
     false, 1, 2, cmd_hold},
    {"keys certify", "--root FILE --request FILE [--present CARDFILE] --out CARDFILE [--anyway]" PASSPHRASE_USAGE,
     "sign a station's card with the root, offline", certify_options, GROUP_SETUP, true, 0, 0, cmd_keys_certify},
    {"keys init", "--dir DIR --name NAME [--plain]" CARD_USAGE PASSPHRASE_USAGE,
     "make root, keys and card of a new station at once, offline", init_options, GROUP_SETUP, true, 0, 0,
     cmd_keys_init},
    {"keys install", "--dir DIR --card FILE [--new-root]" PASSPHRASE_USAGE,
     "put a card that the root has signed in force, with its keys", install_options, GROUP_SETUP, true, 0, 0,
     cmd_keys_install},
    {"keys lock", "--dir DIR [--new-passphrase-fd N | --new-passphrase-file FILE]" PASSPHRASE_USAGE,
     "lock a station's keys, or change their passphrase", lock_options, GROUP_SETUP, true, 0, 0, cmd_keys_lock},
    {"keys request", "--dir DIR [--name NAME] [--new-keys] [--plain] [--out FILE]" CARD_USAGE PASSPHRASE_USAGE,
     "ask the root for a card, making keys where needed, offline", request_options, GROUP_SETUP, true, 0, 0,
     cmd_keys_request},
    {"keys revoke",
     "--root FILE --name NAME --serial N --reason lost|seized|replaced|closed --out FILE" PASSPHRASE_USAGE,
     "declare a contact point's cards void, offline", revoke_options, GROUP_SETUP, true, 0, 0, cmd_keys_revoke},
    {"keys root",
     "--out FILE --state STATE [--page FILE.txt] [--svg FILE.svg] [--office LANG=TEXT]...\n"
     "               [--fallback phone|fax|embassy|radio|email=TEXT]..." PASSPHRASE_USAGE,
     "make the root of a state, offline", root_options, GROUP_SETUP, true, 0, 0, cmd_keys_root},
    {"keys unlock", "--dir DIR" PASSPHRASE_USAGE, "take the lock off a station's keys", unlock_options, GROUP_SETUP,
     true, 0, 0, cmd_keys_unlock},
    {"list", "[--limit N]", "list messages, newest first", list_options, GROUP_READ, false, 0, 0, cmd_list},
    {"log compare",
     "A B [--evidence FILE] [--limit N] [--card FILE]... [--root STATE=FINGERPRINT]... | --unverified",
     "lay the exported records of two stations side by side, offline", side_options, GROUP_RECORD, true, 2, 2,
     cmd_log_compare},
    {"log export",
     "[FILE] [--peer NAME] [--incident ID] [--since TIME] [--until TIME]\n"
     "               [--withhold content | --withhold all-but NUMBER...] [--format hotline|jsonl]",
     "write out the record, or a part of it", export_options, GROUP_RECORD, false, 0, ARGS_REST, cmd_log_export},
    {"log prove",
     "NUMBER --from EXPORT... [--to NAME] [--with custody,shown,acknowledged] [--content]\n"
     "               [--out FILE] [--card FILE]... [--root STATE=FINGERPRINT]...",
     "prove from exported records, offline, that a message was taken", prove_options, GROUP_RECORD, true, 1, 1,
     cmd_log_prove},
    {"log replay", "FILE --at TIME [REF...] [--limit N] [--card FILE]... [--root STATE=FINGERPRINT]... | --unverified",
     "show an exported record as its station knew it at a moment, offline", replay_options, GROUP_RECORD, true, 1,
     ARGS_REST, cmd_log_replay},
    {"log report", "FILE [--out FILE.html] [--card FILE]... [--root STATE=FINGERPRINT]...",
     "make a page of a verified record, offline", report_options, GROUP_RECORD, true, 1, 1, cmd_log_report},
    {"log verify", "FILE... [--card FILE]... [--root STATE=FINGERPRINT]...\n"
     "               [--head FILE]... [--with FILE] [--all]", "check an exported record or a proof, offline",
     verify_options, GROUP_RECORD, true, 1, ARGS_REST, cmd_log_verify},
    {"minimise", "PRECEDENCE [--until TIME|SPAN] [--to NAME]... [--exercise NAME] [TEXT] | --off [--to NAME]...",
     "ask that less than a precedence is sent only with a reason", notice_options, GROUP_WATCH, false, 0, 2,
     cmd_minimise},
    {"recover", "NAME", "after a backup was put back, take from a peer what was lost", no_options, GROUP_SETUP, false, 1, 1,
     cmd_recover},
    {"release", "DRAFT [--at TIME|SPAN|off] [--anyway] [--reason TEXT]", "number, sign and send an approved draft",
     release_options, GROUP_WRITE, false, 1, 1, cmd_release},
    {"remind", "REF [NAME]", "have the addressees' stations ring again for a message", no_options, GROUP_WATCH, false, 1, 2,
     cmd_remind},
    {"reply", "REF [FILE|-]", "draft an answer", no_options, GROUP_READ, false, 1, 2, cmd_reply},
    {"show", "REF", "show a message", no_options, GROUP_READ, false, 1, 1, cmd_show},
    {"shown", "REF", "say that a message was shown to the watch", no_options, GROUP_READ, false, 1, 1, cmd_shown},
    {"silence", "--until TIME|SPAN | --off [--to NAME]... [--exercise NAME] [TEXT]",
     "say that this office receives but will not answer", notice_options, GROUP_WATCH, false, 0, 1, cmd_silence},
    {"status", "", "show the station, its links and queues", no_options, GROUP_WATCH, false, 0, 0, cmd_status},
    {"trace", "REF [NAME]", "ask the addressees' stations where a message is", no_options, GROUP_WATCH, false, 1, 2,
     cmd_trace},
    {"track", "REF", "show who has received, read and answered a message", no_options, GROUP_WATCH, false, 1, 1,
     cmd_track},
    {"update", "REF [FILE|-] [--status NAME] [--print]", "draft news that supersede part of a message of one's own",
     update_options, GROUP_WRITE, false, 1, 2, cmd_update},
};
#define COMMANDS (sizeof commands / sizeof *commands)

/* No verb, on a terminal. It connects by itself, again and again. */
static const struct command board = {"", "", "", no_options, GROUP_WATCH, true, 0, 0, cmd_board};

static void print_overview(void)
{
	say(stdout, "usage: hotline [--socket PATH]                     the board, on a terminal");
	say(stdout, "       hotline [--socket PATH] [--json] VERB ...");
	for (int group = 0; group < GROUP_COUNT; group++) {
		printf("\n%s\n", groups[group]);
		for (size_t i = 0; i < COMMANDS; i++)
			if (commands[i].group == (enum group)group)
				say(stdout, "  %-21s %s", commands[i].verb, commands[i].what);
	}
	printf(
	    "\n\"hotline VERB --help\" shows a verb's options. REF is a message's number: \"tha-cert 2026-048 213\", "
	    "\"2026-048213\",\n\"tha-cert EX 2026-048 213\", or its id of 64 hex digits. DRAFT is a draft's number.\n"
	    "Exit codes: 0 done, 1 refused or not verified, 2 usage, 3 no daemon.\n");
}

static void print_usage(FILE *out, const struct command *command)
{
	fprintf(out, "usage: hotline %s %s\n", command->verb, command->usage);
	fprintf(out, "%s. Also everywhere: [--socket PATH] [--json] [--help]\n", command->what);
}

static int compare_verb(const void *key, const void *row)
{
	return strcmp(key, ((const struct command *)row)->verb);
}

static const struct command *find_command(const char *verb)
{
	return bsearch(verb, commands, COMMANDS, sizeof *commands, compare_verb);
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

	for (size_t i = 0; i < COMMANDS; i++) {
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
		say_error("there is no verb \"%s%s%s\"; did you mean \"%s\"?", verb, *second != '\0' ? " " : "", second,
			  nearest->verb);
	else
		say_error("there is no verb \"%s\"; \"hotline\" alone lists them", verb);
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
	for (const char *const *o = global_options; *o != NULL; o++)
		options[count++] = *o;
	options[count] = NULL;
	return args_parse(args, options, argc, argv, false) >= 0;
}

static bool is_all_utf8(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!utf8_is_valid(bytes_of(argv[i]))) {
			say_error("the command line is not UTF-8: %s", argv[i]);
			return false;
		}
	return true;
}

static int run(struct client *client, const struct command *command)
{
	const char *path = args_value(&client->args, "--socket");
	int outcome;

	client->is_json = args_has(&client->args, "--json");
	client->call.fd = -1;
	if (path == NULL)
		path = getenv("HOTLINE_SOCKET");
	if (path == NULL || *path == '\0')
		path = SOCKET;
	client->call.path = path;
	outcome = command->is_offline ? DONE : call_open(&client->call, path);
	if (outcome == DONE)
		outcome = command->run(client);
	call_close(&client->call);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		say_error("stdout can't be written");
		return outcome == DONE ? REFUSED : outcome;
	}
	return outcome;
}

int main(int argc, char **argv)
{
	static struct client client;
	const struct command *command;
	int at, words;

	if (key_init() != 0) {
		say_error("libsodium can't start");
		return REFUSED;
	}
	if (!is_all_utf8(argc, argv) || (at = args_parse(&client.args, global_options, argc - 1, argv + 1, true)) < 0)
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
