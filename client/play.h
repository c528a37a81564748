/* A record played on the board's screens, read-only (hotline log replay without --at). */
#ifndef HOTLINE_CLIENT_PLAY_H
#define HOTLINE_CLIENT_PLAY_H

#include "client/audit/replay.h"

#define PLAY_SPEED_MAX 1000000

/* Plays it on the terminal until the reader leaves; speed: so many seconds in one. An exit code, and why was said. */
int play_record(struct audit_record *record, const char *path, uint64_t speed);

#endif
