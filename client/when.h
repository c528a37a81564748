/* Times on the command line and on the board. */
#ifndef HOTLINE_CLIENT_WHEN_H
#define HOTLINE_CLIENT_WHEN_H

#include "proto/name.h"

/* A time in UTC, or a span from now like 90m; false when word is neither. */
bool when_parse(struct bytes word, int64_t now, int64_t *out);
/* The same of now; false also when word is NULL, and then that was said of `what`. */
bool when_read(const char *what, const char *word, int64_t *out);

#endif
