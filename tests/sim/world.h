/*
 * A world of real stations in one process and on virtual time: the daemon's own station, link and store, without
 * sockets, threads or clocks. One seed decides everything, and every happening goes into one hash, so that the same
 * seed is seen to give the same world. Whoever meets the impossible prints the seed and aborts.
 *
 * Virtual time stands still while a station works, and jumps to the next thing that is due.
 */
#ifndef HOTLINE_TESTS_SIM_WORLD_H
#define HOTLINE_TESTS_SIM_WORLD_H

#include "daemon/station.h"
#include "daemon/store.h"
#include "tests/sim/disk.h"
#include "tests/sim/lines.h"

#define WORLD_SITES 6
#define WORLD_EPOCH_US INT64_C(1791979200000000) /* 2026-10-14T12:00:00Z */
#define WORLD_PATH 128
#define WORLD_GUESTS 8
#define WORLD_IMAGES 16
#define WORLD_TAPES 4
#define WORLD_NO_LINE 0x40000000u /* connections from here on are the eavesdropper's */
#define WORLD_TAPE_BYTES (16 * KIB)

/* The officers of every station. */
enum uid { UID_ADMIN = 0, UID_DRAFTER = 3001, UID_RELEASER, UID_SECOND, UID_WATCH, UID_HEAD, UID_NOBODY };

/* Bytes that are only ever added to. */
struct heap {
	uint8_t *data;
	size_t len, size;
};
void heap_add(struct heap *heap, struct bytes bytes);
void heap_free(struct heap *heap);
/* Whether text stands in it. */
bool heap_has(const struct heap *heap, const char *text);

/* A client of the control socket: one for each officer who called. */
struct guest {
	bool is_here;
	uint32_t uid;
	struct heap replies;
};

/* A place where a station stands: its keys and its disk outlive it. */
struct site {
	struct world *world;
	size_t index;
	struct config config;
	struct station_keys keys;
	uint8_t card[LIMIT_OBJECT_BYTES];
	size_t card_len;
	bool has_hours;		       /* on its card, Mondays to noon: set before world_start() */
	int64_t card_from, card_until; /* set before world_start() */
	uint64_t card_serial;
	char endpoint[LINES_PATHS][32];
	size_t endpoint_count; /* on its card: 1, unless set before world_start() */
	bool is_on_disk; /* says nothing: every site is */
	struct disk *disk;
	bool confirms_clock; /* starts although the log is ahead of the clock */
	uint64_t drawn;				/* blocks of randomness */
	int64_t real_offset_us, mono_offset_us; /* of its clocks against the world's */
	int64_t real_drift_ppm, mono_drift_ppm; /* world_drift() */

	struct store *store;
	struct station *station; /* NULL: down */
	struct effects effects;
	char error[256]; /* why it did not come up */
	struct guest guest[WORLD_GUESTS];
	struct heap journal, alerts, evidence, published;
	bool has_failed;   /* its disk did, and nothing of that turn left: it is down */
	const char *doom;  /* it dies between commit and effects of the turn whose journal has this text */
	unsigned doom_commits, doom_effects; /* at this commit from now (0 never), after so many of its effects */
	int64_t booted_at, down_at; /* in the world's time */
	uint64_t served_events;	    /* since it was booted */
	bool knows_deadline;	    /* of its station: it changes with events alone */
	int64_t deadline;
	uint64_t carried;  /* effects that left so far */
	int64_t served_at; /* the last timer, and how many in that instant */
	unsigned served;
};

/* What an eavesdropper recorded of the dialling side of one line. */
struct tape {
	size_t from, to;
	uint32_t conn; /* 0: a new tape */
	bool is_answered; /* the first record came and was answered; before, playing it is no repetition */
	struct heap heard;
};

struct world {
	uint64_t seed;
	int64_t at_us; /* since its beginning */
	struct disk *images[WORLD_IMAGES];
	size_t image_count;
	size_t count;
	struct site site[WORLD_SITES];
	struct lines lines;
	struct tape tape[WORLD_TAPES]; /* recorded once tapes are there: WORLD_TAPE_BYTES each */
	/* Hears each journal line of a turn that was committed, also those that did not leave. NULL nobody. */
	void (*hear)(struct site *site, struct bytes line, void *ctx);
	/* After each commit, and after a start. NULL nobody. */
	void (*turned)(struct site *site, void *ctx);
	void *hear_ctx;
	uint64_t stray; /* bytes written to connections that no line has */
	bool is_loud; /* WORLD_TRACE is set: prints each happening */
	uint8_t trace[HASH_BYTES];
};

/* Sites with names in ascending order and cards, not yet running; the caller may change them before world_start(). */
struct world *world_create(uint64_t seed, size_t count);
void world_start(struct world *world);
void world_destroy(struct world *world);

/* Serves the next thing that is due, at most up to a time; false when nothing is due by then. */
bool world_next(struct world *world, int64_t until_us);
/* All that is due in this span; the world's clock stands at its end. */
void world_run(struct world *world, int64_t span_us);
/* One event for one station, and the turn's end. */
void world_event(struct world *world, size_t site, const struct event *event);
int64_t world_real_us(const struct world *world, size_t site);

/* From now on a site's clocks go faster (or slower) by this much; they do not jump. */
void world_drift(struct world *world, size_t site, int64_t real_ppm, int64_t mono_ppm);

/* The steady clock of a site that is down begins anew, as after its machine was off. */
void world_restart_mono(struct world *world, size_t site);

/* Ends a station at once, as a power cut does: what was not synced is gone, perhaps in part. */
void world_kill(struct world *world, size_t site);
/* Ends the process alone: what it wrote is there when it starts again, and gone if the power is cut before a sync. */
void world_crash(struct world *world, size_t site);
/* Ends it in order. */
void world_stop(struct world *world, size_t site);
/* Starts it from its disk and key files. Negative, with the site's error, when it refuses. */
int world_boot(struct world *world, size_t site);
/* Copies the disk of a site and names the copy; puts such a copy in place of the disk of a site that is down. */
void world_backup(struct world *world, size_t site, char path[WORLD_PATH]);
void world_restore(struct world *world, size_t site, const char path[WORLD_PATH]);

/* A happening: hashed, and printed when the world is loud. */
void world_trace(struct world *world, struct bytes data, const char *format, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void world_broken(const struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
