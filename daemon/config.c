/* The configuration file, read with libconfuse. */
#include "daemon/config.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* libconfuse's error callback has no context pointer. */
static void (*report_to)(const char *sentence);
static const char *report_path;

static void report(cfg_t *cfg, const char *format, va_list args)
{
	char text[512], sentence[640];

	vsnprintf(text, sizeof text, format, args);
	/* a section that can be there once knows its line and not its file */
	if (cfg != NULL && cfg->line > 0)
		snprintf(sentence, sizeof sentence, "%s:%d: %s", report_path, cfg->line, text);
	else
		snprintf(sentence, sizeof sentence, "%s", text);
	report_to(sentence);
}

static int check_name(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *value = cfg_opt_getnstr(opt, 0);

	if (value != NULL && name_is_valid(bytes_of(value)))
		return 0;
	cfg_error(cfg, "%s must be a contact point's name such as tha-cert", opt->name);
	return -1;
}

static int check_absolute(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *value = cfg_opt_getnstr(opt, 0);

	if (value != NULL && value[0] == '/')
		return 0;
	cfg_error(cfg, "%s must be an absolute path", opt->name);
	return -1;
}

static int check_endpoints(cfg_t *cfg, cfg_opt_t *opt)
{
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		if (!config_is_endpoint(cfg_opt_getnstr(opt, i))) {
			cfg_error(cfg, "\"%s\" is not host:port", cfg_opt_getnstr(opt, i));
			return -1;
		}
	}
	return 0;
}

static int check_roles(cfg_t *cfg, cfg_opt_t *opt)
{
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		if (role_of(bytes_of(cfg_opt_getnstr(opt, i))) == 0) {
			cfg_error(cfg, "\"%s\" is not a role; roles are drafter, releaser, watch, auditor, admin",
				  cfg_opt_getnstr(opt, i));
			return -1;
		}
	}
	return 0;
}

/* The place of a word in a zero-ended list; -1 with an error. */
static int word(cfg_t *cfg, cfg_opt_t *opt, const char *value, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	cfg_error(cfg, "%s must be %s, %s or %s", opt->name, words[0], words[1], words[2]);
	return -1;
}

static const char *const dial_words[] = {"auto", "always", "never", NULL};
static const char *const shown_words[] = {"auto", "manual", "never", NULL};

static int check_account(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *value = cfg_opt_getnstr(opt, 0);

	if (value != NULL && value[0] != '\0' && strcspn(value, ":\n") == strlen(value))
		return 0;
	cfg_error(cfg, "%s must be a name of this system, such as hotline", opt->name);
	return -1;
}

/* What the watch may send without a release, as far as this version can. */
static int check_alone(cfg_t *cfg, cfg_opt_t *opt)
{
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		uint8_t kind = kind_of(bytes_of(cfg_opt_getnstr(opt, i)));

		if (kind != KIND_HOLD && kind != KIND_CHECK) {
			cfg_error(cfg, "the watch can't send \"%s\" alone; kinds that it can are hold and check",
				  cfg_opt_getnstr(opt, i));
			return -1;
		}
	}
	return 0;
}

static int check_time(cfg_t *cfg, cfg_opt_t *opt)
{
	if (config_time_of_day(cfg_opt_getnstr(opt, 0)) >= 0)
		return 0;
	cfg_error(cfg, "%s must be a time of the day in UTC such as 02:00, or never", opt->name);
	return -1;
}

static int check_dial(cfg_t *cfg, cfg_opt_t *opt)
{
	return word(cfg, opt, cfg_opt_getnstr(opt, 0), dial_words) < 0 ? -1 : 0;
}

static int check_shown(cfg_t *cfg, cfg_opt_t *opt)
{
	return word(cfg, opt, cfg_opt_getnstr(opt, 0), shown_words) < 0 ? -1 : 0;
}

static int check_range(cfg_t *cfg, cfg_opt_t *opt, long least, long most)
{
	if (cfg_opt_getnint(opt, 0) >= least && cfg_opt_getnint(opt, 0) <= most)
		return 0;
	cfg_error(cfg, "%s must be %ld to %ld", opt->name, least, most);
	return -1;
}

static int check_admins(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_range(cfg, opt, 1, 2);
}

static int check_quota(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_range(cfg, opt, 0, MIB); /* of them */
}

static int check_cell(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_range(cfg, opt, CELL_MIN_BYTES, CELL_MAX_BYTES);
}

static int check_early(cfg_t *cfg, cfg_opt_t *opt)
{
	if (cfg_opt_getnint(opt, 0) >= 0 && cfg_opt_getnint(opt, 0) < 100)
		return 0;
	cfg_error(cfg, "%s must be a share in percent below 100", opt->name);
	return -1;
}

static int check_officer(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	if (!name_is_function(bytes_of(cfg_title(section)))) {
		cfg_error(cfg, "officer \"%s\": a function name is 1 to %d bytes of a-z, 0-9 and single -",
			  cfg_title(section), LIMIT_FUNCTION_BYTES);
		return -1;
	}
	if (strcmp(cfg_title(section), STATION_FUNCTION) == 0) {
		cfg_error(cfg, "officer \"%s\": the station itself has this function", cfg_title(section));
		return -1;
	}
	if (cfg_size(section, "uid") + cfg_size(section, "user") + cfg_size(section, "group") != 1) {
		cfg_error(cfg, "officer \"%s\" needs one of uid, user and group", cfg_title(section));
		return -1;
	}
	if (cfg_size(section, "uid") > 0 &&
	    (cfg_getint(section, "uid") < 0 || cfg_getint(section, "uid") >= UINT32_MAX)) {
		cfg_error(cfg, "officer \"%s\" has a uid that no user can have", cfg_title(section));
		return -1;
	}
	if (cfg_size(section, "roles") == 0) {
		cfg_error(cfg, "officer \"%s\" needs roles", cfg_title(section));
		return -1;
	}
	return 0;
}

static int check_peer(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	if (name_is_valid(bytes_of(cfg_title(section))))
		return 0;
	cfg_error(cfg, "peer \"%s\" is not a contact point's name such as tha-cert", cfg_title(section));
	return -1;
}

static void fill_officers(cfg_t *cfg, struct config *out)
{
	for (unsigned i = 0; i < cfg_size(cfg, "officer"); i++) {
		cfg_t *section = cfg_getnsec(cfg, "officer", i);
		struct config_officer *officer = &out->officer[out->officer_count++];

		snprintf(officer->function.text, sizeof officer->function.text, "%s", cfg_title(section));
		officer->user = cfg_size(section, "user") > 0 ? cfg_getstr(section, "user") : NULL;
		officer->group = cfg_size(section, "group") > 0 ? cfg_getstr(section, "group") : NULL;
		officer->uid = cfg_size(section, "uid") > 0 ? (uint32_t)cfg_getint(section, "uid") : UINT32_MAX;
		for (unsigned j = 0; j < cfg_size(section, "roles"); j++)
			officer->roles |= role_of(bytes_of(cfg_getnstr(section, "roles", j)));
	}
}

static void fill_peers(cfg_t *cfg, struct config *out)
{
	for (unsigned i = 0; i < cfg_size(cfg, "peer"); i++) {
		cfg_t *section = cfg_getnsec(cfg, "peer", i);
		struct config_peer *peer = &out->peer[out->peer_count++];

		name_copy(bytes_of(cfg_title(section)), &peer->name);
		peer->dial = (enum dial)word(section, NULL, cfg_getstr(section, "dial"), dial_words);
		peer->shown = (enum shown)word(section, NULL, cfg_getstr(section, "shown"), shown_words);
		peer->cell = (uint16_t)cfg_getint(section, "cell");
		peer->has_watch_check = cfg_size(section, "watch_check") > 0;
		if (peer->has_watch_check)
			peer->watch_check = (unsigned)config_time_of_day(cfg_getstr(section, "watch_check"));
		for (unsigned j = 0; j < cfg_size(section, "endpoint") && j < LIMIT_ENDPOINTS; j++)
			peer->endpoint[peer->endpoint_count++] = cfg_getnstr(section, "endpoint", j);
	}
}

/* What two officer sections both name: "uid", "user", "group", or NULL. */
static const char *shared_account(cfg_t *a, cfg_t *b)
{
	static const char *const names[] = {"user", "group"};

	if (cfg_size(a, "uid") > 0 && cfg_size(b, "uid") > 0 && cfg_getint(a, "uid") == cfg_getint(b, "uid"))
		return "uid";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (cfg_size(a, names[i]) > 0 && cfg_size(b, names[i]) > 0 &&
		    strcmp(cfg_getstr(a, names[i]), cfg_getstr(b, names[i])) == 0)
			return names[i];
	return NULL;
}

static int check_pairs(cfg_t *cfg)
{
	for (unsigned i = 0; i < cfg_size(cfg, "officer"); i++)
		for (unsigned j = 0; j < i; j++) {
			cfg_t *a = cfg_getnsec(cfg, "officer", j), *b = cfg_getnsec(cfg, "officer", i);

			if (shared_account(a, b) != NULL) {
				cfg_error(cfg, "officers \"%s\" and \"%s\" have the same %s", cfg_title(a),
					  cfg_title(b), shared_account(a, b));
				return -1;
			}
		}
	return 0;
}

static void fill_watch(cfg_t *cfg, struct config *out)
{
	out->early_percent = (unsigned)cfg_getint(cfg, "watch|early");
	out->needs_release = 1u << KIND_HOLD | 1u << KIND_CHECK;
	for (unsigned i = 0; i < cfg_size(cfg, "watch|alone"); i++)
		out->needs_release &= ~(1u << kind_of(bytes_of(cfg_getnstr(cfg, "watch|alone", i))));
}

/* What no single option can tell. */
static int check_whole(cfg_t *cfg)
{
	const char *missing = cfg_size(cfg, "station") == 0	? "station"
			      : cfg_size(cfg, "directory") == 0 ? "directory"
								: NULL;

	if (missing != NULL) {
		cfg_error(cfg, "the setting %s is missing", missing);
		return -1;
	}
	if (cfg_size(cfg, "officer") > CONFIG_OFFICERS || cfg_size(cfg, "peer") > CONFIG_PEERS ||
	    cfg_size(cfg, "listen") > CONFIG_LISTEN) {
		cfg_error(cfg, "at most %d officers, %d peers and %d listen addresses", CONFIG_OFFICERS, CONFIG_PEERS,
			  CONFIG_LISTEN);
		return -1;
	}
	return check_pairs(cfg);
}

static cfg_t *make(void)
{
	static cfg_opt_t release[] = {CFG_BOOL("second_person", cfg_true, CFGF_NONE), CFG_END()};
	static cfg_opt_t exercise[] = {CFG_BOOL("accept", cfg_true, CFGF_NONE), CFG_END()};
	static cfg_opt_t check[] = {CFG_STR("watch", "02:00", CFGF_NONE), CFG_END()};
	static cfg_opt_t contacts[] = {CFG_INT("new_root_admins", 1, CFGF_NONE), CFG_END()};
	static cfg_opt_t attachments[] = {CFG_INT("per_peer", ATTACHMENT_QUOTA_BYTES / MIB, CFGF_NONE), CFG_END()};
	static cfg_opt_t publish[] = {CFG_STR("directory", NULL, CFGF_NODEFAULT), CFG_END()};
	static cfg_opt_t alert[] = {CFG_STR("command", NULL, CFGF_NODEFAULT), CFG_END()};
	static char alone[] = "{hold, check}";
	static cfg_opt_t watch[] = {CFG_STR_LIST("alone", alone, CFGF_NONE),
				    CFG_INT("early", 0, CFGF_NONE), CFG_END()};
	static cfg_opt_t officer[] = {CFG_INT("uid", 0, CFGF_NODEFAULT), CFG_STR("user", NULL, CFGF_NODEFAULT),
				      CFG_STR("group", NULL, CFGF_NODEFAULT),
				      CFG_STR_LIST("roles", NULL, CFGF_NODEFAULT), CFG_END()};
	static cfg_opt_t peer[] = {CFG_STR_LIST("endpoint", NULL, CFGF_NODEFAULT), CFG_STR("dial", "auto", CFGF_NONE),
				   CFG_STR("shown", "auto", CFGF_NONE), CFG_INT("cell", CELL_BYTES, CFGF_NONE),
				   CFG_STR("watch_check", NULL, CFGF_NODEFAULT), CFG_END()};
	static cfg_opt_t options[] = {CFG_STR("station", NULL, CFGF_NODEFAULT),
				      CFG_STR("directory", NULL, CFGF_NODEFAULT),
				      CFG_STR("control", "/run/hotline/control", CFGF_NONE),
				      CFG_STR_LIST("listen", NULL, CFGF_NODEFAULT),
				      CFG_SEC("release", release, CFGF_NONE),
				      CFG_SEC("exercise", exercise, CFGF_NONE),
				      CFG_SEC("check", check, CFGF_NONE),
				      CFG_SEC("publish", publish, CFGF_NONE),
				      CFG_SEC("contacts", contacts, CFGF_NONE),
				      CFG_SEC("attachments", attachments, CFGF_NONE),
				      CFG_SEC("alert", alert, CFGF_NONE),
				      CFG_SEC("watch", watch, CFGF_NONE),
				      CFG_SEC("officer", officer, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
				      CFG_SEC("peer", peer, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
				      CFG_END()};
	cfg_t *cfg = cfg_init(options, CFGF_NONE);

	if (cfg == NULL)
		return NULL;
	cfg_set_error_function(cfg, report);
	cfg_set_validate_func(cfg, "station", check_name);
	cfg_set_validate_func(cfg, "directory", check_absolute);
	cfg_set_validate_func(cfg, "control", check_absolute);
	cfg_set_validate_func(cfg, "check|watch", check_time);
	cfg_set_validate_func(cfg, "peer|watch_check", check_time);
	cfg_set_validate_func(cfg, "contacts|new_root_admins", check_admins);
	cfg_set_validate_func(cfg, "attachments|per_peer", check_quota);
	cfg_set_validate_func(cfg, "alert|command", check_absolute);
	cfg_set_validate_func(cfg, "publish|directory", check_absolute);
	cfg_set_validate_func(cfg, "listen", check_endpoints);
	cfg_set_validate_func(cfg, "peer|endpoint", check_endpoints);
	cfg_set_validate_func(cfg, "peer|dial", check_dial);
	cfg_set_validate_func(cfg, "peer|shown", check_shown);
	cfg_set_validate_func(cfg, "peer|cell", check_cell);
	cfg_set_validate_func(cfg, "officer|roles", check_roles);
	cfg_set_validate_func(cfg, "officer|user", check_account);
	cfg_set_validate_func(cfg, "officer|group", check_account);
	cfg_set_validate_func(cfg, "watch|alone", check_alone);
	cfg_set_validate_func(cfg, "watch|early", check_early);
	cfg_set_validate_func(cfg, "officer", check_officer);
	cfg_set_validate_func(cfg, "peer", check_peer);
	return cfg;
}

/* The parser ends the process on a directory, and would wait on a pipe. */
static bool is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

int config_read(const char *path, struct config *out, void (*to)(const char *sentence))
{
	char sentence[512];
	cfg_t *cfg = make();
	int result;

	memset(out, 0, sizeof *out);
	out->parsed = cfg;
	report_to = to;
	report_path = path;
	if (cfg == NULL)
		return -1;
	result = is_file(path) ? cfg_parse(cfg, path) : CFG_FILE_ERROR;
	if (result == CFG_FILE_ERROR) {
		snprintf(sentence, sizeof sentence, "the configuration %s can't be read", path);
		to(sentence);
	}
	if (result != CFG_SUCCESS || check_whole(cfg) != 0) {
		config_finish(out);
		return -1;
	}
	name_copy(bytes_of(cfg_getstr(cfg, "station")), &out->station);
	out->directory = cfg_getstr(cfg, "directory");
	out->control = cfg_getstr(cfg, "control");
	for (unsigned i = 0; i < cfg_size(cfg, "listen"); i++)
		out->listen[out->listen_count++] = cfg_getnstr(cfg, "listen", i);
	out->second_person = cfg_getbool(cfg, "release|second_person");
	out->accepts_exercise = cfg_getbool(cfg, "exercise|accept");
	out->new_root_admins = (unsigned)cfg_getint(cfg, "contacts|new_root_admins");
	out->attachment_quota = (uint64_t)cfg_getint(cfg, "attachments|per_peer") * MIB;
	out->alert_command = cfg_getstr(cfg, "alert|command");
	out->publish = cfg_getstr(cfg, "publish|directory");
	out->watch_check = (unsigned)config_time_of_day(cfg_getstr(cfg, "check|watch"));
	fill_watch(cfg, out);
	fill_officers(cfg, out);
	fill_peers(cfg, out);
	return 0;
}

void config_finish(struct config *config)
{
	if (config->parsed != NULL)
		cfg_free(config->parsed);
	memset(config, 0, sizeof *config);
}
