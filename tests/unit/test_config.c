/* The configuration: what it gives, and each refusal with its file and line; who of this system is an officer. */
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/uv_users.h"
#include "tests/unit/test.h"

#define BASE "station = \"tha-cert\"\ndirectory = \"/var/lib/hotline\"\n"

static char path[] = "/tmp/hotline-config-XXXXXX", said[4096];
static struct config config;

static void hear(const char *sentence)
{
	snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", sentence);
}

static int read_text(const char *text)
{
	FILE *out;

	if (path[sizeof path - 2] == 'X')
		close(mkstemp(path));
	out = fopen(path, "w");
	CHECK(out != NULL);
	fputs(text, out);
	fclose(out);
	said[0] = '\0';
	config_finish(&config);
	return config_read(path, &config, hear);
}

static bool is_read(const char *text)
{
	int result = read_text(text);

	if (result != 0)
		printf("# %s", said);
	unlink(path);
	return result == 0 && said[0] == '\0';
}

/* Refused with the file, this line, and these words. */
static bool is_refused(const char *text, int line, const char *words)
{
	char place[128];
	int result = read_text(text);

	unlink(path);
	snprintf(place, sizeof place, "%s:%d: ", path, line);
	if (result == 0 || strstr(said, place) == NULL || strstr(said, words) == NULL)
		printf("# %s\n# wanted line %d, %s: %s", text, line, words, said);
	return result != 0 && strstr(said, place) != NULL && strstr(said, words) != NULL;
}

TEST(officers_are_named_by_uid_user_or_group)
{
	CHECK(is_read(BASE "officer \"watch-1\" { uid = 1001 roles = {\"watch\"} }\n"
			   "officer \"watch-2\" { user = \"som\" roles = {\"watch\", \"drafter\"} }\n"
			   "officer \"desk\" { group = \"hotline-desk\" roles = {\"auditor\"} }\n"));
	CHECK_EQUAL(config.officer_count, 3);
	CHECK(config.officer[0].uid == 1001 && config.officer[0].user == NULL && config.officer[0].group == NULL);
	CHECK(strcmp(config.officer[1].user, "som") == 0 && config.officer[1].group == NULL);
	CHECK_EQUAL(config.officer[1].roles, ROLE_WATCH | ROLE_DRAFTER);
	CHECK(strcmp(config.officer[2].group, "hotline-desk") == 0 && config.officer[2].user == NULL);
}

TEST(a_peers_attachments_are_bounded_unless_told_by_a_gib)
{
	CHECK(is_read(BASE));
	CHECK_EQUAL(config.attachment_quota, ATTACHMENT_QUOTA_BYTES);
	CHECK(is_read(BASE "attachments { per_peer = 0 }\n"));
	CHECK_EQUAL(config.attachment_quota, 0);
	CHECK(is_read(BASE "attachments { per_peer = 1048576 }\n"));
	CHECK(is_refused(BASE "attachments { per_peer = 1048577 }\n", 3, "per_peer must be 0 to 1048576"));
	CHECK(is_refused(BASE "attachments {\nper_peer = -1 }\n", 4, "per_peer must be 0 to 1048576"));
}

TEST(uid_and_user_go_before_group_and_the_first_section_before_the_next)
{
	CHECK(is_read(BASE "officer \"a\" { group = \"x\" roles = {\"watch\"} }\n"
			   "officer \"b\" { group = \"y\" roles = {\"watch\"} }\n"
			   "officer \"c\" { user = \"z\" roles = {\"watch\"} }\n"
			   "officer \"d\" { uid = 7 roles = {\"watch\"} }\n"));
	CHECK(config_officer(&config, 7, 3) == &config.officer[3]);
	CHECK(config_officer(&config, 7, 4) == &config.officer[2]);
	CHECK(config_officer(&config, 8, 3) == &config.officer[0]);
	CHECK(config_officer(&config, 8, 2) == &config.officer[1]);
	CHECK(config_officer(&config, 8, 0) == NULL);
	CHECK(config_officer(&config, UINT32_MAX, 0) == NULL);
}

TEST(root_is_no_officer_by_a_group)
{
	CHECK(is_read(BASE "officer \"desk\" { group = \"x\" roles = {\"watch\"} }\n"));
	CHECK(config_officer(&config, 0, 1) == NULL);
	CHECK(config_officer(&config, 1, 1) == &config.officer[0]);
	CHECK(is_read(BASE "officer \"desk\" { user = \"x\" roles = {\"watch\"} }\n"));
	CHECK(config_officer(&config, 0, 1) == &config.officer[0]);
	CHECK(is_read(BASE "officer \"desk\" { uid = 0 roles = {\"watch\"} }\n"));
	CHECK(config_officer(&config, 0, 0) == &config.officer[0]);
}

TEST(the_watch_sends_holds_and_checks_alone_unless_told)
{
	CHECK(is_read(BASE));
	CHECK_EQUAL(config.needs_release, 0);
	CHECK(is_read(BASE "watch { alone = {\"check\"} }\n"));
	CHECK_EQUAL(config.needs_release, 1u << KIND_HOLD);
	CHECK(is_read(BASE "watch { alone = {\"hold\", \"check\"} }\n"));
	CHECK_EQUAL(config.needs_release, 0);
	CHECK(is_read(BASE "watch { alone = {} }\n"));
	CHECK_EQUAL(config.needs_release, 1u << KIND_HOLD | 1u << KIND_CHECK);
	CHECK_EQUAL(config.early_percent, 0);
	CHECK(is_read(BASE "watch { early = 99 }\n"));
	CHECK_EQUAL(config.early_percent, 99);
}

TEST(a_pairs_cells_are_1024_bytes_unless_told)
{
	CHECK(is_read(BASE "peer \"vnm-cert\" { }\npeer \"sgp-cert\" { cell = 128 }\npeer \"mys-cert\" { cell = 1024 }\n"));
	CHECK_EQUAL(config.peer[0].cell, 1024);
	CHECK_EQUAL(config.peer[1].cell, 128);
	CHECK_EQUAL(config.peer[2].cell, 1024);
}

TEST(watches_are_checked_at_two_unless_another_time_is_set)
{
	CHECK(is_read(BASE "peer \"vnm-cert\" { }\n"));
	CHECK_EQUAL(config.watch_check, 121);
	CHECK(!config.peer[0].has_watch_check);
	CHECK(is_read(BASE "check { watch = \"never\" }\npeer \"vnm-cert\" { watch_check = \"23:59\" }\n"));
	CHECK_EQUAL(config.watch_check, 0);
	CHECK(config.peer[0].has_watch_check);
	CHECK_EQUAL(config.peer[0].watch_check, 1440);
	CHECK(is_read(BASE "check { watch = \"00:00\" }\npeer \"vnm-cert\" { watch_check = \"never\" }\n"));
	CHECK_EQUAL(config.watch_check, 1);
	CHECK(config.peer[0].has_watch_check && config.peer[0].watch_check == 0);
}

TEST(each_fault_is_refused_with_file_and_line)
{
	CHECK(is_refused(BASE "check { watch = \"24:00\" }\n", 3, "watch must be a time of the day in UTC"));
	CHECK(is_refused(BASE "check { watch = \"9:00\" }\n", 3, "watch must be a time of the day in UTC"));
	CHECK(is_refused(BASE "check { watch = \"09:60\" }\n", 3, "watch must be a time of the day in UTC"));
	CHECK(is_refused(BASE "check { watch = \"09:0x\" }\n", 3, "watch must be a time of the day in UTC"));
	CHECK(is_refused(BASE "peer \"vnm-cert\" { watch_check = \"on\" }\n", 3, "watch_check must be a time"));
	CHECK(is_refused(BASE "officer \"station\" { uid = 1 roles = {\"watch\"} }\n", 3, "the station itself has"));
	CHECK(is_refused("station = \"tha\"\n", 1, "station must be a contact point's name"));
	CHECK(is_refused("\ndirectory = \"here\"\n", 2, "directory must be an absolute path"));
	CHECK(is_refused("control = \"here\"\n", 1, "control must be an absolute path"));
	CHECK(is_refused(BASE "listen = {\"127.0.0.1\"}\n", 3, "\"127.0.0.1\" is not host:port"));
	CHECK(is_refused(BASE "listen = {\"127.0.0.1:65536\"}\n", 3, "is not host:port"));
	CHECK(is_refused(BASE "alert { command = \"beep\" }\n", 3, "command must be an absolute path"));
	CHECK(is_refused(BASE "peer \"vnm\" { }\n", 3, "peer \"vnm\" is not a contact point's name"));
	CHECK(is_refused(BASE "peer \"vnm-cert\" { dial = \"now\" }\n", 3, "dial must be auto, always or never"));
	CHECK(is_refused(BASE "peer \"vnm-cert\" { shown = \"yes\" }\n", 3, "shown must be auto, manual or never"));
	CHECK(is_refused(BASE "peer \"vnm-cert\" { cell = 127 }\n", 3, "cell must be 128 to 1024"));
	CHECK(is_refused(BASE "peer \"vnm-cert\" { cell = 1025 }\n", 3, "cell must be 128 to 1024"));
	CHECK(is_refused(BASE "contacts { new_root_admins = 3 }\n", 3, "new_root_admins must be 1 to 2"));
	CHECK(is_refused(BASE "peer \"vnm-cert\" { endpoint = {\"x\"} }\n", 3, "\"x\" is not host:port"));
	CHECK(
	    is_refused(BASE "watch { alone = {\"hold\",\n\"answer\"} }\n", 4, "the watch can't send \"answer\" alone"));
	CHECK(is_refused(BASE "watch { alone = {\"wave\"} }\n", 3, "the watch can't send \"wave\" alone"));
	CHECK(is_refused(BASE "publish { directory = \"pub\" }\n", 3, "directory must be an absolute path"));
	CHECK(is_refused(BASE "watch { early = 100 }\n", 3, "early must be a share in percent below 100"));
	CHECK(is_refused(BASE "watch { early = -1 }\n", 3, "early must be"));
	CHECK(is_refused(BASE "volume = 11\n", 3, "volume"));
	CHECK(is_refused("directory = \"/var/lib/hotline\"\n", 2, "station is missing"));
	CHECK(is_refused("station = \"tha-cert\"\n", 2, "directory is missing"));
}

#define OFFICER(name, who) "officer \"" name "\" { " who " roles = {\"watch\"} }\n"

TEST(each_fault_of_an_officer_is_refused_with_file_and_line)
{
	CHECK(is_refused(BASE OFFICER("Watch 1", "uid = 1"), 3, "a function name is 1 to 32 bytes"));
	CHECK(is_refused(BASE OFFICER("w", ""), 3, "needs one of uid, user and group"));
	CHECK(is_refused(BASE OFFICER("w", "uid = 1 user = \"x\""), 3, "needs one of uid, user and group"));
	CHECK(is_refused(BASE OFFICER("w", "user = \"x\" group = \"x\""), 3, "needs one of uid, user and group"));
	CHECK(is_refused(BASE OFFICER("w", "uid = -1"), 3, "a uid that no user can have"));
	CHECK(is_refused(BASE OFFICER("w", "uid = 4294967295"), 3, "a uid that no user can have"));
	CHECK(is_read(BASE OFFICER("w", "uid = 4294967294")));
	CHECK(is_refused(BASE OFFICER("w", "uid = som"), 3, "uid"));
	CHECK(is_refused(BASE OFFICER("w", "user = \"\""), 3, "user must be a name of this system"));
	CHECK(is_refused(BASE OFFICER("w", "group = \"a:b\""), 3, "group must be a name of this system"));
	CHECK(is_refused(BASE "officer \"w\" { uid = 1 }\n", 3, "needs roles"));
	CHECK(is_refused(BASE "officer \"w\" { uid = 1 roles = {\"king\"} }\n", 3, "\"king\" is not a role"));
	CHECK(is_refused(BASE OFFICER("w", "uid = 1") OFFICER("w", "uid = 2"), 4, "w"));
	CHECK(is_refused(BASE OFFICER("a", "uid = 1") OFFICER("b", "uid = 1"), 5, "\"a\" and \"b\" have the same uid"));
	CHECK(is_refused(BASE OFFICER("a", "user = \"x\"") OFFICER("b", "user = \"x\""), 5, "have the same user"));
	CHECK(is_refused(BASE OFFICER("a", "group = \"x\"") OFFICER("b", "group = \"x\""), 5, "have the same group"));
	CHECK(is_read(BASE OFFICER("a", "user = \"x\"") OFFICER("b", "group = \"x\"")));
}

/* Accounts that every system of this kind has: daemon has uid 1, nobody is in nogroup. */
TEST(users_and_members_of_groups_are_found_in_the_systems_own_lists)
{
	CHECK(is_read(BASE OFFICER("a", "uid = 1") OFFICER("b", "user = \"daemon\"") OFFICER("c", "group = \"nogroup\"")
			  OFFICER("d", "group = \"root\"") OFFICER("e", "user = \"no-such-user\"")
			      OFFICER("f", "group = \"no-such-group\"")));
	CHECK_EQUAL(users_sections(&config, 1), 1 << 1);
	CHECK_EQUAL(users_sections(&config, 65534), 1 << 2);
	CHECK_EQUAL(users_sections(&config, 0), 1 << 3);
	CHECK_EQUAL(users_sections(&config, 54321), 0);
	CHECK(config_officer(&config, 0, users_sections(&config, 0)) == NULL);
	users_check(&config, hear);
	CHECK(strcmp(said, "officer \"e\": this system has no user \"no-such-user\"; nobody is this officer\n"
			   "officer \"f\": this system has no group \"no-such-group\"; nobody is this officer\n") == 0);
}
