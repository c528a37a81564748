/* Which officer sections a local user fits, by the system's user and group databases. Look-ups may block. */
#ifndef HOTLINE_DAEMON_UV_USERS_H
#define HOTLINE_DAEMON_UV_USERS_H

#include "daemon/config.h"

/* Bit i: officer section i names this user, or a group that the user is in (config_officer()). */
uint64_t users_sections(const struct config *config, uint32_t uid);
/* Hands report a sentence for each user or group that the system does not know: nobody fits its section. */
void users_check(const struct config *config, void (*report)(const char *sentence));

#endif
