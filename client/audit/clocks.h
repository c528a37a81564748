/*
 * How far a peer's clock was from the station's, from the record alone: a receipt was made after its message was
 * entered here and before it was entered itself, so that its time less those two bounds the offset.
 */
#ifndef HOTLINE_CLIENT_AUDIT_CLOCKS_H
#define HOTLINE_CLIENT_AUDIT_CLOCKS_H

#include "client/audit/record.h"

struct clock_bounds {
	uint64_t count; /* receipts with both bounds */
	/* us; their clock less ours; least is above most when no one offset fits, as when a clock was set */
	int64_t least, most;
};

/* Of one peer's log. */
void clocks_bound(const struct audit_record *record, uint32_t log, struct clock_bounds *out);

#endif
