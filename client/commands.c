/* Every verb, with its options and what it does. */
#include "client/commands.h"

#include "client/lang.h"

const char *const command_groups[GROUP_COUNT] = {
    [GROUP_SETUP] = N_("Set up"), [GROUP_WRITE] = N_("Write"),	 [GROUP_READ] = N_("Read and answer"),
    [GROUP_WATCH] = N_("Watch"),  [GROUP_RECORD] = N_("Record"),
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
static const char *const replay_options[] = {"--at=", "--speed=", "--limit=", "--card=", "--root=", "--unverified", NULL};
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
const char *const command_globals[] = {"--socket=", "--lang=", "--json", "--help", "--version", NULL};


#define CARD_USAGE                                                                                                     \
	"\n               [--lane technical|diplomatic] [--layer 1|2|3] [--office LANG=TEXT]...\n"                     \
	"               [--zone ZONE] [--hours \"mon-fri 08:00-18:00\"]... [--language LANG]...\n"                     \
	"               [--endpoint HOST:PORT]... [--alternate NAME]...\n"                                             \
	"               [--fallback phone|fax|embassy|radio|email=TEXT]... [--valid-days N]"
#define PASSPHRASE_USAGE "\n               [--passphrase-fd N | --passphrase-file FILE]"

/* Sorted by verb. */
const struct command commands[] = {
    {"ack", "REF [--understood yes|partly|no] [--note TEXT]", N_("say that an officer has read it"), ack_options,
     GROUP_READ, false, 1, 1, cmd_ack},
    {"approve", "DRAFT [--anyway]", N_("approve a draft as a releaser"), anyway_options, GROUP_WRITE, false, 1, 1,
     cmd_approve},
    {"attachment list", "REF | --draft DRAFT", N_("list what is attached, and how far it is here"), attachment_options,
     GROUP_READ, false, 1, 1, cmd_attachment_list},
    {"attachment save", "REF N [--to FILE] | --draft DRAFT N [--to FILE]",
     N_("decrypt an attachment, check it and save it under a new name"), save_options, GROUP_READ, false, 2, 2,
     cmd_attachment_save},
    {"cancel", "REF --reason NAME [FILE|-] [--print]", N_("draft the withdrawal of a message of one's own"),
     correct_options, GROUP_WRITE, false, 1, 2, cmd_cancel},
    {"check", "[NAME [--anyway]]", N_("show the record of checks, or ask a peer's watch to type words back"),
     anyway_options, GROUP_WATCH, false, 0, 1, cmd_check},
    {"check answer", "REF [WORD... | yes | no]", N_("answer a check: type its words back, or say if our card is true"),
     no_options, GROUP_WATCH, false, 1, 1 + LIMIT_WORDS, cmd_check_answer},
    {"check directory", "NAME [--by-phone]", N_("ask if a peer's card is still true, or note that it is"),
     phone_options, GROUP_WATCH, false, 1, 1, cmd_check_directory},
    {"close", "INCIDENT|REF [FILE|-] [--status NAME]", N_("draft a proposal to close an incident"), close_options,
     GROUP_WRITE, false, 1, 2, cmd_close},
    {"completion", "bash|zsh|fish", N_("print what a shell needs to complete verbs and options"), no_options, GROUP_SETUP, true, 1, 1,
     cmd_completion},
    {"contacts accept", "FILE|- [--unverified | --new-root] [--passphrase-fd N | --passphrase-file FILE]",
     N_("enrol the peer whose offer this is"), accept_options, GROUP_SETUP, false, 1, 1, cmd_contacts_accept},
    {"contacts list", "", N_("list the peers and how well each is protected"), no_options, GROUP_SETUP, false, 0, 0,
     cmd_contacts_list},
    {"contacts offer", "NAME [--lock [--passphrase-fd N | --passphrase-file FILE]]",
     N_("print the offer for a peer, to be handed over by courier"), offer_options, GROUP_SETUP, false, 1, 1,
     cmd_contacts_offer},
    {"contacts reset-replay", "NAME", N_("take links again from a peer whose clock was far ahead once"), no_options,
     GROUP_SETUP, false, 1, 1, cmd_contacts_reset_replay},
    {"contacts sheet", "NAME", N_("print a peer's fallback sheet: telephones, hours, spoken codes; secret"), no_options,
     GROUP_SETUP, false, 1, 1, cmd_contacts_sheet},
    {"contacts show", "NAME", N_("show a peer's card"), no_options, GROUP_SETUP, false, 1, 1, cmd_contacts_show},
    {"contacts verify", "NAME [--fingerprint TEXT]", N_("compare the fingerprint of a peer that was enrolled without"),
     compare_options, GROUP_SETUP, false, 1, 1, cmd_contacts_verify},
    {"copy", "REF ADDRESSEE", N_("let the ladder copy a message whose marking made it wait"), no_options, GROUP_WATCH,
     false, 2, 2, cmd_copy},
    {"correct", "REF --reason NAME [FILE|-] [--print]", N_("draft the correction of a message of one's own"),
     correct_options, GROUP_WRITE, false, 1, 2, cmd_correct},
    {"decline", "REF --reason NAME [FILE|-]", N_("draft a refusal to answer"), decline_options, GROUP_READ, false, 1, 2,
     cmd_decline},
    {"draft attach", "DRAFT FILE... [--type MEDIA]",
     N_("attach files to a draft; what was approved is approved no more"), attach_options, GROUP_WRITE, false, 2,
     1 + LIMIT_ATTACHMENTS, cmd_draft_attach},
    {"draft delete", "DRAFT", N_("delete a draft"), no_options, GROUP_WRITE, false, 1, 1, cmd_draft_delete},
    {"draft diff", "DRAFT [VERSION [VERSION]]", N_("show what changed since a version of a draft, or between two"), no_options,
     GROUP_WRITE, false, 1, 3, cmd_draft_diff},
    {"draft edit", "DRAFT", N_("change a draft in $EDITOR; what it said stays as a version"), no_options, GROUP_WRITE, false, 1, 1,
     cmd_draft_edit},
    {"draft list", "", N_("list the drafts"), no_options, GROUP_WRITE, false, 0, 0, cmd_draft_list},
    {"draft new", "[FILE|-]", N_("make a draft from a draft file"), no_options, GROUP_WRITE, false, 0, 1,
     cmd_draft_new},
    {"draft show", "DRAFT [--raw]", N_("show a draft as a draft file"), raw_options, GROUP_WRITE, false, 1, 1,
     cmd_draft_show},
    {"follow", "", N_("print what happens as it happens"), no_options, GROUP_WATCH, false, 0, 0, cmd_follow},
    {"hold", "REF --until TIME|SPAN [TEXT]", N_("say that it is being worked on, and until when"), hold_options,
     GROUP_READ, false, 1, 2, cmd_hold},
    {"keys certify", "--root FILE --request FILE [--present CARDFILE] --out CARDFILE [--anyway]" PASSPHRASE_USAGE,
     N_("sign a station's card with the root, offline"), certify_options, GROUP_SETUP, true, 0, 0, cmd_keys_certify},
    {"keys init", "--dir DIR --name NAME [--plain]" CARD_USAGE PASSPHRASE_USAGE,
     N_("make root, keys and card of a new station at once, offline"), init_options, GROUP_SETUP, true, 0, 0,
     cmd_keys_init},
    {"keys install", "--dir DIR --card FILE [--new-root]" PASSPHRASE_USAGE,
     N_("put a card that the root has signed in force, with its keys"), install_options, GROUP_SETUP, true, 0, 0,
     cmd_keys_install},
    {"keys lock", "--dir DIR [--new-passphrase-fd N | --new-passphrase-file FILE]" PASSPHRASE_USAGE,
     N_("lock a station's keys, or change their passphrase"), lock_options, GROUP_SETUP, true, 0, 0, cmd_keys_lock},
    {"keys request", "--dir DIR [--name NAME] [--new-keys] [--plain] [--out FILE]" CARD_USAGE PASSPHRASE_USAGE,
     N_("ask the root for a card, making keys where needed, offline"), request_options, GROUP_SETUP, true, 0, 0,
     cmd_keys_request},
    {"keys revoke",
     "--root FILE --name NAME --serial N --reason lost|seized|replaced|closed --out FILE" PASSPHRASE_USAGE,
     N_("declare a contact point's cards void, offline"), revoke_options, GROUP_SETUP, true, 0, 0, cmd_keys_revoke},
    {"keys root",
     "--out FILE --state STATE [--page FILE.txt] [--svg FILE.svg] [--office LANG=TEXT]...\n"
     "               [--fallback phone|fax|embassy|radio|email=TEXT]..." PASSPHRASE_USAGE,
     N_("make the root of a state, offline"), root_options, GROUP_SETUP, true, 0, 0, cmd_keys_root},
    {"keys unlock", "--dir DIR" PASSPHRASE_USAGE, N_("take the lock off a station's keys"), unlock_options, GROUP_SETUP,
     true, 0, 0, cmd_keys_unlock},
    {"list", "[--limit N]", N_("list messages, newest first"), list_options, GROUP_READ, false, 0, 0, cmd_list},
    {"log compare", "A B [--evidence FILE] [--limit N] [--card FILE]... [--root STATE=FINGERPRINT]... | --unverified",
     N_("lay the exported records of two stations side by side, offline"), side_options, GROUP_RECORD, true, 2, 2,
     cmd_log_compare},
    {"log export",
     "[FILE] [--peer NAME] [--incident ID] [--since TIME] [--until TIME]\n"
     "               [--withhold content | --withhold all-but NUMBER...] [--format hotline|jsonl]",
     N_("write out the record, or a part of it"), export_options, GROUP_RECORD, false, 0, ARGS_REST, cmd_log_export},
    {"log prove",
     "NUMBER --from EXPORT... [--to NAME] [--with custody,shown,acknowledged] [--content]\n"
     "               [--out FILE] [--card FILE]... [--root STATE=FINGERPRINT]...",
     N_("prove from exported records, offline, that a message was taken"), prove_options, GROUP_RECORD, true, 1, 1,
     cmd_log_prove},
    {"log replay", "FILE [--at TIME [REF...] [--limit N] | --speed N] [--card FILE]... [--root STATE=FINGERPRINT]... | --unverified",
     N_("show an exported record as its station knew it at a moment, offline"), replay_options, GROUP_RECORD, true, 1,
     ARGS_REST, cmd_log_replay},
    {"log report", "FILE [--out FILE.html] [--card FILE]... [--root STATE=FINGERPRINT]...",
     N_("make a page of a verified record, offline"), report_options, GROUP_RECORD, true, 1, 1, cmd_log_report},
    {"log verify",
     "FILE... [--card FILE]... [--root STATE=FINGERPRINT]...\n"
     "               [--head FILE]... [--with FILE] [--all]",
     N_("check an exported record or a proof, offline"), verify_options, GROUP_RECORD, true, 1, ARGS_REST,
     cmd_log_verify},
    {"minimise", "PRECEDENCE [--until TIME|SPAN] [--to NAME]... [--exercise NAME] [TEXT] | --off [--to NAME]...",
     N_("ask that less than a precedence is sent only with a reason"), notice_options, GROUP_WATCH, false, 0, 2,
     cmd_minimise},
    {"recover", "NAME", N_("after a backup was put back, take from a peer what was lost"), no_options, GROUP_SETUP,
     false, 1, 1, cmd_recover},
    {"release", "DRAFT [--at TIME|SPAN|off] [--anyway] [--reason TEXT]", N_("number, sign and send an approved draft"),
     release_options, GROUP_WRITE, false, 1, 1, cmd_release},
    {"remind", "REF [NAME]", N_("have the addressees' stations ring again for a message"), no_options, GROUP_WATCH,
     false, 1, 2, cmd_remind},
    {"reply", "REF [FILE|-]", N_("draft an answer"), no_options, GROUP_READ, false, 1, 2, cmd_reply},
    {"show", "REF", N_("show a message"), no_options, GROUP_READ, false, 1, 1, cmd_show},
    {"shown", "REF", N_("say that a message was shown to the watch"), no_options, GROUP_READ, false, 1, 1, cmd_shown},
    {"silence", "--until TIME|SPAN | --off [--to NAME]... [--exercise NAME] [TEXT]",
     N_("say that this office receives but will not answer"), notice_options, GROUP_WATCH, false, 0, 1, cmd_silence},
    {"status", "", N_("show the station, its links and queues"), no_options, GROUP_WATCH, false, 0, 0, cmd_status},
    {"trace", "REF [NAME]", N_("ask the addressees' stations where a message is"), no_options, GROUP_WATCH, false, 1, 2,
     cmd_trace},
    {"track", "REF", N_("show who has received, read and answered a message"), no_options, GROUP_WATCH, false, 1, 1,
     cmd_track},
    {"update", "REF [FILE|-] [--status NAME] [--print]", N_("draft news that supersede part of a message of one's own"),
     update_options, GROUP_WRITE, false, 1, 2, cmd_update},
};
const size_t command_count = sizeof commands / sizeof *commands;
