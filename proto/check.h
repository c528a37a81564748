/* Checks of a peer (SPEC 7.2): their types, and what became of one. Codes stand in the station log. */
#ifndef HOTLINE_PROTO_CHECK_H
#define HOTLINE_PROTO_CHECK_H

#include <stdint.h>

enum check_type { CHECK_LINK = 1, CHECK_WATCH, CHECK_DIRECTORY };
#define CHECK_TYPES CHECK_DIRECTORY

enum check_outcome {
	CHECK_ASKED,   /* sent, not answered so far */
	CHECK_RIGHT,   /* answered as it should be */
	CHECK_WRONG,   /* another text or other words came back; the card is no longer true */
	CHECK_LATE,    /* right, after its time */
	CHECK_MISSED,  /* not answered in time */
	CHECK_NO_PATH, /* did not reach them in time */
	CHECK_DUE,     /* of a directory check: it is time for one */
};
#define CHECK_OUTCOMES CHECK_DUE

/* "link", "watch", "directory"; NULL when unknown. */
const char *check_type_name(uint64_t type);
/* "right", "not answered" … */
const char *check_outcome_name(uint64_t outcome);

#endif
