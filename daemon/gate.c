/* Who may open a connection. */
#include "daemon/gate.h"

#include <stdio.h>
#include <string.h>

#include "proto/limits.h"

#define COST_US (SECOND_US / GATE_PER_SECOND)
#define FULL_US (GATE_BURST * COST_US)

bool gate_take(struct gate *gate, const char *address, int64_t now_us)
{
	size_t at = 0;

	for (size_t i = 0; i < GATE_ADDRESSES; i++) {
		if (strcmp(gate->bucket[i].address, address) == 0) {
			at = i;
			break;
		}
		if (gate->bucket[i].at_us < gate->bucket[at].at_us)
			at = i;
	}
	if (strcmp(gate->bucket[at].address, address) != 0) {
		snprintf(gate->bucket[at].address, sizeof gate->bucket[at].address, "%s", address);
		gate->bucket[at].tokens_us = FULL_US;
	} else
		gate->bucket[at].tokens_us += now_us - gate->bucket[at].at_us;
	gate->bucket[at].at_us = now_us;
	if (gate->bucket[at].tokens_us > FULL_US)
		gate->bucket[at].tokens_us = FULL_US;
	if (gate->bucket[at].tokens_us < COST_US)
		return false;
	gate->bucket[at].tokens_us -= COST_US;
	return true;
}

bool gate_has_place(size_t half_open, bool is_known)
{
	return half_open < (is_known ? LIMIT_HALF_OPEN : LIMIT_HALF_OPEN - LIMIT_HALF_OPEN_STRANGERS);
}
