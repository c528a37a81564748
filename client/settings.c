/* The client's configuration, read by libconfuse. */
#include "client/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

#include "client/lang.h"
#include "client/say.h"

#define FOR_ALL "/etc/hotline/hotline.conf"

static struct settings kept;

const struct settings *settings(void)
{
	return &kept;
}

static void complain(cfg_t *cfg, const char *format, va_list args)
{
	char *sentence = say_vformat(format, args);

	say_error("%s:%d: %s", cfg->filename != NULL ? cfg->filename : FOR_ALL, cfg->line, sentence);
	free(sentence);
}

static void keep(char **kept_value, const char *value)
{
	if (*kept_value == NULL && value != NULL)
		*kept_value = must(strdup(value));
}

/* Not there, or in a home of another user's, as after su. */
static bool is_absent(void)
{
	return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
}

/* A file that is not there sets nothing. */
static bool read_file(const char *path)
{
	cfg_opt_t options[] = {CFG_STR("language", NULL, CFGF_NONE), CFG_STR("socket", NULL, CFGF_NONE), CFG_END()};
	FILE *file = fopen(path, "re");
	cfg_t *cfg;
	int result;

	if (file == NULL && is_absent())
		return true;
	if (file == NULL) {
		say_error(_("%s can't be read: %s"), path, strerror(errno));
		return false;
	}
	cfg = must(cfg_init(options, CFGF_NONE));
	cfg_set_error_function(cfg, complain);
	cfg->filename = must(strdup(path));
	result = cfg_parse_fp(cfg, file);
	if (result == CFG_SUCCESS) {
		keep(&kept.language, cfg_getstr(cfg, "language"));
		keep(&kept.socket, cfg_getstr(cfg, "socket"));
	}
	cfg_free(cfg);
	fclose(file);
	return result == CFG_SUCCESS;
}

bool settings_read(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *own = NULL;
	bool is_read = true;

	if (config != NULL && *config == '/')
		own = say_format("%s/hotline/hotline.conf", config);
	else if (home != NULL && *home == '/')
		own = say_format("%s/.config/hotline/hotline.conf", home);
	if (own != NULL)
		is_read = read_file(own);
	free(own);
	return is_read && read_file(FOR_ALL);
}
