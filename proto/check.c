/* The names of checks and of their outcomes. */
#include "proto/check.h"

#include <stddef.h>

const char *check_type_name(uint64_t type)
{
	static const char *const names[] = {NULL, "link", "watch", "directory"};

	return type <= CHECK_TYPES ? names[type] : NULL;
}

const char *check_outcome_name(uint64_t outcome)
{
	static const char *const names[] = {
	    [CHECK_ASKED] = "asked",	     [CHECK_RIGHT] = "answered", [CHECK_WRONG] = "answered wrong",
	    [CHECK_LATE] = "answered late", [CHECK_MISSED] = "not answered", [CHECK_NO_PATH] = "no path",
	    [CHECK_DUE] = "due",
	};

	return outcome <= CHECK_OUTCOMES ? names[outcome] : NULL;
}
