/* What log verify says of a proof of notification. */
#ifndef HOTLINE_CLIENT_PROOF_SHOW_H
#define HOTLINE_CLIENT_PROOF_SHOW_H

#include "client/json.h"

#include "client/audit/trust.h"

/* Whether the file at path is a proof in armour. */
bool proof_show_is(const char *path);
/* Judges it; printed, or added to document when that is not NULL. DONE, or REFUSED when it proves nothing. */
int proof_show(const char *path, const struct audit_trust *trust, json_t *document);

#endif
