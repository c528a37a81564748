/*
 * Who may open a connection: half-open ones are bounded, half of their places are kept for the addresses of known
 * peers, and a stranger's address has a token bucket (SPEC 3).
 */
#ifndef HOTLINE_DAEMON_GATE_H
#define HOTLINE_DAEMON_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_ADDRESSES 64
#define GATE_BURST 20	  /* connections */
#define GATE_PER_SECOND 5 /* and address, on average */

struct gate {
	struct {
		char address[64];
		int64_t tokens_us; /* each connection costs a second divided by GATE_PER_SECOND */
		int64_t at_us;	   /* monotonic, when tokens_us was right */
	} bucket[GATE_ADDRESSES];
};

/* Takes a token of a stranger's address; false when there is none. The table forgets the address unseen for longest. */
bool gate_take(struct gate *gate, const char *address, int64_t now_us);
/* Whether one more half-open connection may stand beside `half_open` others. */
bool gate_has_place(size_t half_open, bool is_known);

#endif
