/*
 * The table of coded fields (SPEC 5): how each is called in draft files, its shape, and the English names of its
 * codes from 1 up. Codes travel, names are for people; 0 is always "other", except that a severity of 0 is none.
 */
#include "proto/message.h"

static const char *const status_codes[] = {"suspected", "confirmed", "contained", "resolved", "withdrawn", NULL};
/* The ENISA reference taxonomy. */
static const char *const class_codes[] = {
    "abusive content",
    "malicious code",
    "information gathering",
    "intrusion attempt",
    "intrusion",
    "availability",
    "information content security",
    "fraud",
    "vulnerable",
    "test",
    NULL,
};
static const char *const severity_codes[] = {"low", "moderate", "high", "severe", "emergency", NULL};
static const char *const yes_no_codes[] = {"yes", "no", "unknown", NULL};
static const char *const sector_codes[] = {
    "energy",	  "finance",  "health",	 "water", "transport", "telecommunications",
    "government", "election", "nuclear", "food",  "education", "manufacturing",
    "space",	  NULL,
};
static const char *const confidence_codes[] = {"low", "moderate", "high", NULL};
static const char *const basis_codes[] = {
    "technical", "intelligence", "legal", "public", "shared by another state", NULL,
};
static const char *const effect_codes[] = {
    "loss of life or injury", "physical damage", "service lost", "service degraded", "data destroyed",
    "data disclosed",	      "data altered",	 "money lost",	 "none yet",	     NULL,
};
static const char *const action_codes[] = {
    "preserve logs",	"block traffic", "take down",	     "confirm or deny", "contact back", "technical help",
    "share indicators", "restraint",	 "public statement", "inform others",	NULL,
};
static const char *const intent_codes[] = {"exercise", "maintenance", "accident", "not hostile", NULL};
static const char *const public_codes[] = {"none planned", "planned", "made", NULL};
static const char *const decline_codes[] = {
    "not competent", "not established", "legal", "policy", "referred to another contact", NULL,
};
static const char *const correct_codes[] = {
    "error of fact", "sent in error", "overtaken", "wrong addressee", "translation", NULL,
};

static const char *const service_codes[] = {"tracer", "minimise", "silence notice", "watch handover", NULL};
/* The numbers of precedences; 0 would be routine, and ask nobody for a reason. */
static const char *const least_codes[] = {"priority", "immediate", "flash", NULL};
static const char *const stage_codes[] = {
    "received", "custody receipt sent", "shown",   "acknowledged", "on hold until",
    "answered", "declined",	 "expired", "cancelled",    NULL,
};

static const char *const check_codes[] = {"watch", "directory", NULL};
static const char *const confirmed_codes[] = {"yes", "no", NULL};

static const struct field_row rows[FIELD_LAST + 1] = {
    [FIELD_STATUS] = {"status", SHAPE_CODE, status_codes},
    [FIELD_CLASS] = {"class", SHAPE_CODE, class_codes},
    [FIELD_SEVERITY] = {"severity", SHAPE_SEVERITY, severity_codes},
    [FIELD_BEGAN] = {"began", SHAPE_TIME, NULL},
    [FIELD_DETECTED] = {"detected", SHAPE_TIME, NULL},
    [FIELD_AWARE] = {"aware", SHAPE_TIME, NULL},
    [FIELD_ONGOING] = {"ongoing", SHAPE_CODE, yes_no_codes},
    [FIELD_SECTORS] = {"sectors", SHAPE_CODES, sector_codes},
    [FIELD_STATES] = {"states-affected", SHAPE_STATES, NULL},
    [FIELD_OBSERVED_FROM] = {"observed-from", SHAPE_STATES, NULL},
    [FIELD_CROSS_BORDER] = {"cross-border", SHAPE_CODE, yes_no_codes},
    [FIELD_MALICIOUS] = {"malicious", SHAPE_CODE, yes_no_codes},
    [FIELD_ATTRIBUTION] = {"attribution", SHAPE_TEXT, NULL},
    [FIELD_CONFIDENCE] = {"confidence", SHAPE_CODE, confidence_codes},
    [FIELD_BASIS] = {"basis", SHAPE_CODE, basis_codes},
    [FIELD_EFFECTS] = {"effects", SHAPE_CODES, effect_codes},
    [FIELD_TAKEN] = {"actions-taken", SHAPE_CODES, action_codes},
    [FIELD_ASKED] = {"actions-asked", SHAPE_CODES, action_codes},
    [FIELD_INTENT] = {"intent-statement", SHAPE_CODE, intent_codes},
    [FIELD_PUBLIC_LINE] = {"public-line", SHAPE_PUBLIC, public_codes},
    [FIELD_DECLINE_REASON] = {"decline-reason", SHAPE_CODE, decline_codes},
    [FIELD_CORRECT_REASON] = {"correct-reason", SHAPE_CODE, correct_codes},
    [FIELD_CONTACT] = {"contact", SHAPE_TEXT, NULL},
    [FIELD_NEXT_UPDATE] = {"next-update", SHAPE_TIME, NULL},
    [FIELD_FILE_NUMBER] = {"file-number", SHAPE_TEXT, NULL},
    [FIELD_LEGAL_BASIS] = {"legal-basis", SHAPE_TEXT, NULL},
    [FIELD_SERVICE] = {"service", SHAPE_CODE, service_codes},
    [FIELD_LEAST] = {"least-precedence", SHAPE_CODE, least_codes},
    [FIELD_STAGES] = {"stages", SHAPE_STAGES, stage_codes},
    [FIELD_WORDS] = {"check-words", SHAPE_WORDS, NULL},
    [FIELD_CHECK] = {"check", SHAPE_CODE, check_codes},
    [FIELD_CONFIRMED] = {"confirmed", SHAPE_CODE, confirmed_codes},
};

const struct field_row *field_row(uint64_t code)
{
	return code <= FIELD_LAST && rows[code].name != NULL ? &rows[code] : NULL;
}
