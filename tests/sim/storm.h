/*
 * Storms: stations that send, answer and acknowledge (acts.c) while lines, disks, clocks, machines and officers fail
 * (trouble.c). Then the world heals, and every promise must hold (promises.c). One seed decides everything.
 */
#ifndef HOTLINE_TESTS_SIM_STORM_H
#define HOTLINE_TESTS_SIM_STORM_H

#include "tests/sim/office.h"
#include "tests/sim/tally.h"

#define STORM_MESSAGES 200 /* in each */
#define STORM_FAULTS 5	   /* at least */
#define STORM_TAPES 4
#define STORM_TOLD 4096 /* messages that officers of one site may be told of */

/* A message whose release was answered. */
struct sent {
	uint8_t id[OBJECT_ID_BYTES];
	size_t from;
	uint8_t kind, precedence;
	const char *exercise; /* NULL: real */
	bool may_expire;
	bool is_action[WORLD_SITES], is_info[WORLD_SITES], is_acknowledged[WORLD_SITES];
	bool is_unsure[WORLD_SITES]; /* the station died while it was told of an acknowledgement */
};

struct storm {
	struct world *world;
	uint64_t state;
	bool is_long; /* days instead of hours */
	size_t count;
	struct sent sent[STORM_MESSAGES];
	unsigned faults;
	int64_t absent_until[WORLD_SITES]; /* the officers of a site, in the world's time */
	uint64_t told[WORLD_SITES][STORM_TOLD];
	size_t told_count[WORLD_SITES];
	char broken[400]; /* the first promise that was not kept */
};

/* The storm's own dice (splitmix64), apart from the stations' randomness. */
uint64_t storm_roll(struct storm *storm, uint64_t sides);
/* One of the sites that a site knows. */
size_t storm_other(struct storm *storm, size_t site);
bool storm_are_peers(size_t a, size_t b);
/* Plays a seed. The hash of all that happened; false, with the reason in storm->broken, when a promise was not kept. */
bool storm_play(struct storm *storm, uint64_t seed, uint8_t out_trace[HASH_BYTES]);

/* acts.c: an officer somewhere does something. */
void act(struct storm *storm);

/* trouble.c */
void trouble_prepare(struct storm *storm); /* before the stations start */
void trouble(struct storm *storm);
/* What is down may come up again. */
void trouble_passes(struct storm *storm);
/* All is well from now on. */
void trouble_ends(struct storm *storm);

/* promises.c: what is not as promised is noted in storm->broken. */
void promise_broken(struct storm *storm, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A journal line of a turn that was committed. */
void promises_hear(struct site *site, struct bytes line, void *ctx);
/* At any time. */
void promises_watch(struct storm *storm);
/* After healing. */
void promises_check(struct storm *storm);

#endif
