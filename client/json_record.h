/* An export as lines of JSON, for other people's tools (hotline-json(5)). */
#ifndef HOTLINE_CLIENT_JSON_RECORD_H
#define HOTLINE_CLIENT_JSON_RECORD_H

#include <jansson.h>

#include "proto/export.h"

/* Turns a stream of an export's bytes into lines as it comes. Zeroed to begin with. */
struct json_lines {
	uint8_t *bytes;
	size_t len, capacity;
	int (*write)(void *ctx, struct bytes line); /* 0, or negative to stop */
	void *ctx;
};

json_t *json_record(const struct export_record *record);
/* Takes a part. 0; negative what write gave; RESULT_MALFORMED or RESULT_LIMIT: it is no export. */
int json_lines_add(struct json_lines *lines, struct bytes part);
/* Whether it ended after a whole record; releases the memory. */
bool json_lines_finish(struct json_lines *lines);

#endif
