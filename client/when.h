/* Times on the command line. */
#ifndef HOTLINE_CLIENT_WHEN_H
#define HOTLINE_CLIENT_WHEN_H

#include "proto/name.h"

/* A time, or a span from now like 90m; false when word (or NULL) is neither, which was said of `what`. */
bool when_read(const char *what, const char *word, int64_t *out);

#endif
