/* Randomness is handed in (rule 2): the daemon gives the system's, tests a seed's. */
#ifndef HOTLINE_DAEMON_RANDOM_H
#define HOTLINE_DAEMON_RANDOM_H

#include <stddef.h>

/* Fills len bytes; can't fail. */
typedef void random_fill(void *ctx, void *out, size_t len);

#endif
