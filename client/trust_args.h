/* The options of every verb that verifies: --card FILE and --root STATE=FINGERPRINT. */
#ifndef HOTLINE_CLIENT_TRUST_ARGS_H
#define HOTLINE_CLIENT_TRUST_ARGS_H

#include "client/args.h"
#include "client/audit/trust.h"

/* Adds all that the options name. False, and that was said, when one can't be used or nothing is named. */
bool trust_read(const struct args *args, struct audit_trust *trust);

#endif
