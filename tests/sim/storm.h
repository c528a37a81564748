/*
 * Storms: stations that send, answer and acknowledge (acts.c) while lines, disks, clocks, machines and officers fail
 * (trouble.c). Then the world heals, and every promise must hold (promises.c). One seed decides everything.
 */
#ifndef HOTLINE_TESTS_SIM_STORM_H
#define HOTLINE_TESTS_SIM_STORM_H

#include "tests/sim/office.h"
#include "tests/sim/owed.h"
#include "tests/sim/tally.h"

#define STORM_MESSAGES 200 /* in each */
#define STORM_FAULTS 5	   /* at least */
#define STORM_OWED 2000
#define STORM_COPIES 400
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

/* A copy that was made because of what is owed. */
struct copied {
	size_t owed;
	struct name to;
};

/* A message that was cancelled before it came, as a site has seen. */
struct cancelled {
	size_t site;
	uint8_t id[OBJECT_ID_BYTES];
};

/* A message that has no seq yet. */
struct waiting {
	size_t site;
	struct name to;
	uint8_t id[OBJECT_ID_BYTES], precedence;
};

struct storm {
	struct world *world;
	uint64_t state;
	bool is_long; /* days instead of hours */
	bool is_restoring;	 /* a backup is made, and later put back */
	char backup[WORLD_PATH]; /* "": none yet */
	size_t restored;	 /* the site whose record it is; WORLD_SITES: none */
	size_t restore_at;	 /* with so many messages */
	bool is_restored;
	size_t count;
	struct sent sent[STORM_MESSAGES];
	unsigned faults;
	int64_t absent_until[WORLD_SITES]; /* the officers of a site, in the world's time */
	uint64_t told[WORLD_SITES][STORM_TOLD];
	size_t told_count[WORLD_SITES];
	struct owed owed[STORM_OWED];
	size_t owed_count;
	struct copied copied[STORM_COPIES];
	size_t copied_count;
	struct cancelled cancelled[STORM_COPIES];
	size_t cancelled_count;
	struct waiting waiting[STORM_OWED];
	size_t waiting_count;
	uint64_t read[WORLD_SITES][WORLD_SITES + 1]; /* entries of its logs that were looked at */
	int64_t seen_us; /* when the entries were made that are looked at */
	int64_t slack_us[WORLD_SITES];		      /* by which its clock moved unseen */
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
/* Where a backup is part of the storm: it is made, and later put back. */
void trouble_backup(struct storm *storm);
/* What is down may come up again. */
void trouble_passes(struct storm *storm);
/* All is well from now on. */
void trouble_ends(struct storm *storm);

/* steps.c: a turn was committed; and at any time, or at the end */
/* seqs.c: a message was released and waits; it has its seq, and none of a higher precedence may wait for that peer */
void seqs_wait(struct storm *storm, size_t site, const struct leaf *leaf, const struct message *message);
void seqs_given(struct storm *storm, size_t site, struct bytes peer, const struct leaf *leaf);
void steps_follow(struct site *site, void *ctx);
void steps_check(struct storm *storm);

/* records.c: after healing; the stations are restarted */
void records_check(struct storm *storm);

/* promises.c: what is not as promised is noted in storm->broken. */
void promise_broken(struct storm *storm, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A journal line of a turn that was committed. */
void promises_hear(struct site *site, struct bytes line, void *ctx);
/* At any time. */
void promises_watch(struct storm *storm);
/* After healing. */
void promises_check(struct storm *storm);

#endif
