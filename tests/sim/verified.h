/* An export's bytes through the auditor, on trust in the cards of the world's sites. */
#ifndef HOTLINE_TESTS_SIM_VERIFIED_H
#define HOTLINE_TESTS_SIM_VERIFIED_H

#include "client/audit/verify.h"
#include "tests/sim/world.h"

/* What audit_verify() gives; the caller calls audit_report_finish(). */
int verified(struct world *world, const struct heap *bytes, struct audit_report *out);

#endif
