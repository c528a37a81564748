/* What the configuration says of a peer, and of a user of this system; what its texts mean. */
#include "daemon/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct config_peer *config_peer(const struct config *config, struct bytes name)
{
	for (size_t i = 0; i < config->peer_count; i++)
		if (bytes_equal(name_bytes(&config->peer[i].name), name))
			return &config->peer[i];
	return NULL;
}

_Static_assert(CONFIG_OFFICERS <= 64, "a bit for each section");
const struct config_officer *config_officer(const struct config *config, uint32_t uid, uint64_t sections)
{
	const struct config_officer *officer = config->officer, *by_group = NULL;

	for (size_t i = 0; i < config->officer_count; i++, officer++) {
		bool is_named = (sections >> i & 1) != 0;

		if (officer->group != NULL) {
			if (by_group == NULL && is_named && uid != 0)
				by_group = officer;
		} else if (officer->user != NULL ? is_named : officer->uid == uid)
			return officer;
	}
	return by_group;
}

bool config_is_endpoint(const char *text)
{
	const char *colon = strrchr(text, ':');
	char *end;
	long port;

	if (colon == NULL || colon == text || strlen(text) > 255)
		return false;
	port = strtol(colon + 1, &end, 10);
	return *end == '\0' && end != colon + 1 && port > 0 && port < 65536;
}

int config_time_of_day(const char *text)
{
	unsigned hour, minute;
	char end;

	if (strcmp(text, "never") == 0)
		return 0;
	if (strlen(text) != 5 || strspn(text, "0123456789:") != 5 ||
	    sscanf(text, "%2u:%2u%c", &hour, &minute, &end) != 2 || hour > 23 || minute > 59)
		return -1;
	return (int)(hour * 60 + minute) + 1;
}
