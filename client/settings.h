/* What an officer, or the administrator for all, has set once: hotline.conf. */
#ifndef HOTLINE_CLIENT_SETTINGS_H
#define HOTLINE_CLIENT_SETTINGS_H

#include <stdbool.h>

struct settings {
	char *language, *socket; /* NULL: not set */
};

/*
 * Reads $XDG_CONFIG_HOME/hotline/hotline.conf (or ~/.config/…), and what is not set there from
 * /etc/hotline/hotline.conf. False when one can't be understood, which was said with its line.
 */
bool settings_read(void);
/* What was read; empty before. */
const struct settings *settings(void);

#endif
