/*
 * The virtual network: lines between two stations, each way with delay, rate, and room for no more than two cells that
 * have not left (SPEC 3). A broken line tells both ends; a cut one swallows everything and tells nobody.
 */
#ifndef HOTLINE_TESTS_SIM_LINES_H
#define HOTLINE_TESTS_SIM_LINES_H

#include "proto/pack.h"
#include "proto/record.h"

#define LINES_SITES 3

struct world;

/* From one site to another. */
struct route {
	int64_t delay_us;
	uint64_t bytes_per_s; /* 0: no limit */
	bool is_cut;
};

/* One connection. Side 0 dialled. */
struct line {
	struct line *next;
	size_t site[2];
	uint32_t conn[2];
	bool is_open[2], is_cut;
	int64_t free_at[2];	      /* all that this side wrote has left by then */
	uint64_t written[2];	      /* bytes */
	uint8_t record[RECORD_BYTES]; /* the first record, as an eavesdropper has it */
};

enum happens { HAPPENS_ACCEPTED, HAPPENS_CONNECTED, HAPPENS_BYTES, HAPPENS_ROOM, HAPPENS_CLOSED };

/* Something due on one side of a line. */
struct happening {
	struct happening *next; /* by time, then by age */
	int64_t at_us;
	enum happens what;
	struct line *line;
	int side;
	uint8_t *data;
	size_t len;
};

struct lines {
	struct line *line;
	struct happening *due;
	struct route route[LINES_SITES][LINES_SITES];
	uint32_t next_conn; /* even */
};

/* The station's effects. */
void lines_dial(struct world *world, size_t site, uint32_t conn, struct bytes endpoint);
void lines_write(struct world *world, size_t site, uint32_t conn, struct bytes data);
void lines_close(struct world *world, size_t site, uint32_t conn);
/* Serves the first of what is due. */
void lines_next(struct world *world);
/* A site went down: its lines end, and the other sides hear of it. */
void lines_down(struct world *world, size_t site);
void lines_finish(struct world *world);

/* Both directions between two sites. */
void lines_set(struct world *world, size_t a, size_t b, int64_t delay_us, uint64_t bytes_per_s);
/* A line ends, or all between two sites do; what was on its way is lost. */
void lines_break_one(struct world *world, struct line *line);
void lines_break(struct world *world, size_t a, size_t b);
/* Until it is taken back, what is sent between two sites vanishes, also on lines made in between. */
void lines_cut(struct world *world, size_t a, size_t b, bool is_cut);
/* The newest line between two sites with both sides open; NULL when there is none. */
struct line *lines_between(struct world *world, size_t a, size_t b);
size_t lines_count(struct world *world, size_t a, size_t b);

#endif
