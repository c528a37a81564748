/* What an export shows; all that is zero asks for everything. */
#ifndef HOTLINE_DAEMON_SELECTION_H
#define HOTLINE_DAEMON_SELECTION_H

#include "daemon/core.h"

struct selection {
	struct name peer; /* "": all pair logs and the station log; else this pair log alone */
	bool has_incident;
	uint8_t incident[INCIDENT_BYTES];
	int64_t since, until; /* us, until exclusive; 0 open */
	bool withholds_contents;
	size_t id_count; /* only these messages, if any */
	uint8_t id[LIMIT_EXPORT_MESSAGES][OBJECT_ID_BYTES];
};

/* Whether nothing is left out but contents. */
bool selection_is_everything(const struct selection *selection);
/* Whether the log with a peer ("" the station log) is in it at all. */
bool selection_has_log(const struct selection *selection, const struct name *peer);
/* Whether an entry is shown; else it stands withheld. */
bool selection_shows(struct station *st, const struct selection *selection, bool is_pair, const struct leaf *leaf);

#endif
