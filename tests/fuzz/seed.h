/* Writing the seed corpora, in two files. */
#ifndef HOTLINE_TESTS_FUZZ_SEED_H
#define HOTLINE_TESTS_FUZZ_SEED_H

#include "tests/unit/hostile_peer.h"

/* A file of a target's corpus. */
void seed_write(const char *target, const char *name, struct bytes bytes);
/* What needs a station at work: runs of calls and of a peer's acts, replies and exports. */
void seed_acts(struct hostile *h);

#endif
