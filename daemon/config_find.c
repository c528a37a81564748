/* What the configuration says of a peer, and of a user of this system. */
#include "daemon/config.h"

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
