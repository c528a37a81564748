/* The daemon's own journal: lines of key=value on standard error, where systemd takes them; never a secret or a text.
 */
#ifndef HOTLINE_DAEMON_LOG_H
#define HOTLINE_DAEMON_LOG_H

#include "proto/pack.h"

/* One line, with a time unless standard error is the journal's. Control characters become '?'. */
void log_line(struct bytes line);
void log_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
