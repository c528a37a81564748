/* The configuration file, read with libconfuse into one structure (hotlined.conf(5)). */
#ifndef HOTLINE_DAEMON_CONFIG_H
#define HOTLINE_DAEMON_CONFIG_H

#include "proto/control.h"
#include "proto/limits.h"
#include "proto/name.h"

#define CONFIG_OFFICERS 64
#define CONFIG_PEERS 256
#define CONFIG_LISTEN 8

enum dial { DIAL_AUTO, DIAL_ALWAYS, DIAL_NEVER }; /* auto: the lower name dials */
enum shown { SHOWN_AUTO, SHOWN_MANUAL, SHOWN_NEVER };

struct config_officer {
	struct name function;
	const char *user, *group; /* NULL; when both are, uid says who it is */
	uint32_t uid;
	unsigned roles;
};

struct config_peer {
	struct name name;
	size_t endpoint_count;
	const char *endpoint[LIMIT_ENDPOINTS]; /* instead of the card's */
	enum dial dial;
	enum shown shown;
	uint16_t cell; /* bytes */
	bool has_watch_check;
	unsigned watch_check; /* as below */
};

struct config {
	struct name station;
	const char *directory; /* keys, card and store */
	const char *control;   /* path of the control socket */
	size_t listen_count;
	const char *listen[CONFIG_LISTEN]; /* host:port */
	bool second_person;		   /* someone else than the drafter approves */
	bool accepts_exercise;
	unsigned watch_check; /* one more than the minute of the UTC day at which peers' watches are checked; 0 never */
	unsigned needs_release;		   /* bits of the kinds, hold and check, that the watch may not send alone */
	unsigned new_root_admins;	   /* how many admins a peer's new root takes: 1 or 2 */
	uint64_t attachment_quota;	   /* bytes of attachments that one peer may make us hold */
	unsigned early_percent;		   /* of the watch's time: an alarm of one's own then; 0 none */
	const char *publish;	   /* where the daily checkpoints of pair logs go; NULL nowhere */
	const char *alert_command; /* NULL none */
	size_t officer_count;
	struct config_officer officer[CONFIG_OFFICERS];
	size_t peer_count;
	struct config_peer peer[CONFIG_PEERS];
	void *parsed; /* what the strings are borrowed from */
};

/* What a station's own acts are signed as, where an officer's function stands; no officer may have it. */
#define STATION_FUNCTION "station"

/* Reads a file. Negative, with each fault as one sentence with file and line handed to report. */
int config_read(const char *path, struct config *out, void (*report)(const char *sentence));
void config_finish(struct config *config);
/* The section of a peer; NULL when it has none. */
const struct config_peer *config_peer(const struct config *config, struct bytes name);
/*
 * Which officer a local user is; NULL when none. Bit i of sections says that officer section i names this user, or a group
 * that the user is in, as the system knows them. The first section that names the uid or the user counts, else the first
 * that names a group; root is an officer by uid or user only.
 */
const struct config_officer *config_officer(const struct config *config, uint32_t uid, uint64_t sections);
/* host:port, or [address]:port */
bool config_is_endpoint(const char *text);
/* "09:30" as one more than its minute of the day, "never" as 0; -1 otherwise. */
int config_time_of_day(const char *text);

#endif
