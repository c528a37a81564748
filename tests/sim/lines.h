/*
 * The virtual network: lines between two stations. A site may have several endpoints, and to each leads a path of its
 * own, with delay, rate and cut each way; the lines of one path share its rate, and have room for no more than two cells
 * that have not left (SPEC 3). A broken line tells both ends; a cut one swallows everything and tells nobody.
 */
#ifndef HOTLINE_TESTS_SIM_LINES_H
#define HOTLINE_TESTS_SIM_LINES_H

#include "proto/pack.h"
#include "proto/record.h"

#define LINES_SITES 6
#define LINES_PATHS 3 /* endpoints of a site; path k leads to its endpoint k, and carries what comes back */
#define LINES_ALL SIZE_MAX
#define LINES_FOUND 64

struct world;

/* From one site to another on one path. */
struct route {
	int64_t delay_us;
	uint64_t bytes_per_s; /* 0: no limit */
	bool is_cut;
	int64_t free_at; /* all that was written to it has left by then */
};

enum happens { HAPPENS_ACCEPTED, HAPPENS_CONNECTED, HAPPENS_BYTES, HAPPENS_ROOM, HAPPENS_CLOSED, HAPPENINGS };

/* One connection. Side 0 dialled. */
struct line {
	struct line *next;
	size_t site[2];
	uint32_t conn[2];
	size_t path;
	bool is_open[2];
	bool is_cut[2];		      /* what this side writes is swallowed */
	size_t cell[2];		      /* bytes */
	size_t unsent[2];	      /* bytes that this side wrote and that have not left */
	int64_t last_at[2];	      /* the last of what this side wrote arrives then */
	uint64_t written[2];	      /* bytes */
	struct happening *newest[2][HAPPENINGS]; /* of each kind on a side, if it is still to come */
	uint8_t record[RECORD_BYTES]; /* the first record, as an eavesdropper has it */
};

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
	struct route route[LINES_SITES][LINES_SITES][LINES_PATHS];
	uint32_t next_conn; /* even */
	struct line *found[LINES_SITES][LINES_FOUND]; /* by its number, the one that was looked for last */
};

/* The station's effects. */
void lines_dial(struct world *world, size_t site, uint32_t conn, struct bytes endpoint);
/* How large the cells are that it writes from now on. */
void lines_cell(struct world *world, size_t site, uint32_t conn, size_t cell);
void lines_write(struct world *world, size_t site, uint32_t conn, struct bytes data);
void lines_close(struct world *world, size_t site, uint32_t conn);
/* Whom an open connection leads to. */
bool lines_peer(struct world *world, size_t site, uint32_t conn, size_t *out_site);
/* The number that the other side of that line has for it; 0 when there is no such line. */
uint32_t lines_peer_conn(struct world *world, size_t site, uint32_t conn);
/* Serves the first of what is due. */
void lines_next(struct world *world);
/* A site went down: its lines end, and the other sides hear of it. */
void lines_down(struct world *world, size_t site);
void lines_finish(struct world *world);

/* Both directions between two sites, on all paths or on one. */
void lines_set(struct world *world, size_t a, size_t b, int64_t delay_us, uint64_t bytes_per_s);
void lines_set_path(struct world *world, size_t a, size_t b, size_t path, int64_t delay_us, uint64_t bytes_per_s);
/* A line ends, or all between two sites do; what was on its way is lost. */
void lines_break_one(struct world *world, struct line *line);
void lines_break(struct world *world, size_t a, size_t b);
/* Until it is taken back, what is sent between two sites vanishes, also on lines made in between. */
void lines_cut(struct world *world, size_t a, size_t b, bool is_cut);
void lines_cut_path(struct world *world, size_t a, size_t b, size_t path, bool is_cut);
/* The same one way; path may be LINES_ALL. */
void lines_cut_way(struct world *world, size_t from, size_t to, size_t path, bool is_cut);
/* The newest line between two sites with both sides open; NULL when there is none. */
struct line *lines_between(struct world *world, size_t a, size_t b);
struct line *lines_on_path(struct world *world, size_t a, size_t b, size_t path);
size_t lines_count(struct world *world, size_t a, size_t b);

#endif
