/* The virtual network: what was written arrives, later. */
#include "tests/sim/lines.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

static struct route *route_from(struct world *world, const struct line *line, int side)
{
	return &world->lines.route[line->site[side]][line->site[1 - side]][line->path];
}

static void add(struct world *world, struct happening *h, struct bytes data)
{
	if (h->what == HAPPENS_BYTES) {
		h->data = realloc(h->data, h->len + data.len);
		if (h->data == NULL)
			world_broken(world, "no memory");
		memcpy(h->data + h->len, data.data, data.len);
	}
	h->len += data.len;
}

/* Bytes that come at the same instant as those before are read with them, as from a socket; so it is with room. */
static void plan(struct world *world, int64_t at_us, enum happens what, struct line *line, int side, struct bytes data)
{
	struct happening *new, **at = &world->lines.due, **newest = &line->newest[side][what];

	if (*newest != NULL && (*newest)->at_us == at_us && (what == HAPPENS_BYTES || what == HAPPENS_ROOM)) {
		add(world, *newest, data);
		return;
	}
	new = calloc(1, sizeof *new);
	if (new == NULL)
		world_broken(world, "no memory");
	new->at_us = at_us;
	new->what = what;
	new->line = line;
	new->side = side;
	add(world, new, data);
	while (*at != NULL && (*at)->at_us <= at_us)
		at = &(*at)->next;
	new->next = *at;
	*at = *newest = new;
}

static const struct bytes nothing = {NULL, 0};

static struct happening *take(struct happening **at)
{
	struct happening *h = *at, **newest = &h->line->newest[h->side][h->what];

	*at = h->next;
	if (*newest == h)
		*newest = NULL;
	return h;
}

static void forget(struct happening **at)
{
	struct happening *old = take(at);

	free(old->data);
	free(old);
}

/* Whether a happening is of what this side of a line does: what it wrote, and the room for more. */
static bool is_doing(const struct happening *h, int side)
{
	return h->side == (h->what == HAPPENS_ROOM ? side : 1 - side);
}

/* What this side of a line did will not happen. */
static void silence(struct world *world, const struct line *line, int side)
{
	struct happening **at = &world->lines.due;

	while (*at != NULL) {
		if ((*at)->line == line && is_doing(*at, side))
			forget(at);
		else
			at = &(*at)->next;
	}
}

/* Whether a site has this side of a line under this number. */
static bool is_at(const struct line *line, int side, size_t site, uint32_t conn)
{
	return line->site[side] == site && line->conn[side] == conn && line->is_open[side];
}

/* Looks first where a line of about this number was found last: lines are many, and those that are used few. */
static struct line *find(struct world *world, size_t site, uint32_t conn, int *out_side)
{
	struct line **found = &world->lines.found[site][conn / 2 % LINES_FOUND];

	for (int side = 0; side < 2; side++)
		if (*found != NULL && is_at(*found, side, site, conn)) {
			*out_side = side;
			return *found;
		}
	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		for (int side = 0; side < 2; side++)
			if (is_at(line, side, site, conn)) {
				*out_side = side;
				return *found = line;
			}
	return NULL;
}

static void find_endpoint(const struct world *world, struct bytes endpoint, struct line *line)
{
	for (size_t i = 0; i < world->count; i++)
		for (size_t k = 0; k < LINES_PATHS; k++)
			if (bytes_equal(bytes_of(world->site[i].endpoint[k]), endpoint)) {
				line->site[1] = i;
				line->path = k;
				return;
			}
	world_broken(world, "%.*s is nobody's endpoint", (int)endpoint.len, (const char *)endpoint.data);
}

void lines_dial(struct world *world, size_t site, uint32_t conn, struct bytes endpoint)
{
	struct line *line = calloc(1, sizeof *line);

	if (line == NULL)
		world_broken(world, "no memory");
	line->site[0] = site;
	find_endpoint(world, endpoint, line);
	line->conn[0] = conn;
	line->conn[1] = world->lines.next_conn += 2;
	line->is_open[0] = true;
	line->next = world->lines.line;
	world->lines.line = line;
	for (int side = 0; side < 2; side++) {
		line->is_cut[side] = route_from(world, line, side)->is_cut;
		line->cell[side] = CELL_BYTES;
	}
	if (!line->is_cut[0])
		plan(world, world->at_us + route_from(world, line, 0)->delay_us, HAPPENS_ACCEPTED, line, 1, nothing);
}

bool lines_peer(struct world *world, size_t site, uint32_t conn, size_t *out_site)
{
	int side;
	const struct line *line = find(world, site, conn, &side);

	if (line != NULL)
		*out_site = line->site[1 - side];
	return line != NULL;
}

uint32_t lines_peer_conn(struct world *world, size_t site, uint32_t conn)
{
	int side;
	const struct line *line = find(world, site, conn, &side);

	return line != NULL ? line->conn[1 - side] : 0;
}

void lines_cell(struct world *world, size_t site, uint32_t conn, size_t cell)
{
	int side;
	struct line *line = find(world, site, conn, &side);

	if (line != NULL)
		line->cell[side] = cell;
}

void lines_write(struct world *world, size_t site, uint32_t conn, struct bytes data)
{
	int side;
	struct line *line = find(world, site, conn, &side);
	struct route *route;

	if (line == NULL)
		return;
	if (side == 0 && line->written[0] == 0 && data.len == RECORD_BYTES)
		memcpy(line->record, data.data, RECORD_BYTES);
	line->written[side] += data.len;
	line->unsent[side] += data.len;
	if (line->is_cut[side])
		return;
	route = route_from(world, line, side);
	if (route->free_at < world->at_us)
		route->free_at = world->at_us;
	if (route->bytes_per_s > 0)
		route->free_at += (int64_t)(data.len * SECOND_US / route->bytes_per_s);
	if (line->last_at[side] < route->free_at + route->delay_us) /* a shorter delay overtakes nothing on one line */
		line->last_at[side] = route->free_at + route->delay_us;
	plan(world, line->last_at[side], HAPPENS_BYTES, line, 1 - side, data);
	plan(world, route->free_at, HAPPENS_ROOM, line, side, data);
}

static void close_side(struct world *world, struct line *line, int side)
{
	int64_t at_us = world->at_us + route_from(world, line, side)->delay_us;

	line->is_open[side] = false;
	if (!line->is_cut[side])
		plan(world, at_us > line->last_at[side] ? at_us : line->last_at[side], HAPPENS_CLOSED, line, 1 - side,
		     nothing);
}

void lines_close(struct world *world, size_t site, uint32_t conn)
{
	int side;
	struct line *line = find(world, site, conn, &side);

	if (line != NULL)
		close_side(world, line, side);
}

static void accept_line(struct world *world, struct line *line)
{
	struct site *site = &world->site[line->site[1]];
	struct event event = {.type = EVENT_ACCEPTED, .conn = line->conn[1]};
	char address[32];
	int64_t back_us = route_from(world, line, 1)->delay_us;

	if (site->station == NULL) { /* nobody listens */
		if (!line->is_cut[1])
			plan(world, world->at_us + back_us, HAPPENS_CLOSED, line, 0, nothing);
		return;
	}
	line->is_open[1] = true;
	strcpy(address, world->site[line->site[0]].endpoint[line->path]);
	*strchr(address, ':') = '\0';
	event.text = address;
	if (!line->is_cut[1])
		plan(world, world->at_us + back_us, HAPPENS_CONNECTED, line, 0, nothing);
	plan(world, world->at_us, HAPPENS_ROOM, line, 1, nothing);
	world_event(world, line->site[1], &event);
}

/* What was written has left; the room there is now. */
static void give_room(struct world *world, struct line *line, int side, size_t len)
{
	struct event event = {.type = EVENT_ROOM, .conn = line->conn[side]};
	size_t cells;

	line->unsent[side] -= len;
	cells = (line->unsent[side] + line->cell[side] - 1) / line->cell[side];
	if (cells >= CELLS_IN_FLIGHT)
		return; /* more was written since; it will leave too */
	event.count = CELLS_IN_FLIGHT - cells;
	world_event(world, line->site[side], &event);
}

static void serve(struct world *world, struct happening *h)
{
	struct event event = {.conn = h->line->conn[h->side]};
	struct line *line = h->line;

	if (h->what == HAPPENS_ACCEPTED) {
		accept_line(world, line);
		return;
	}
	if (!line->is_open[h->side])
		return;
	switch (h->what) {
	case HAPPENS_CONNECTED:
		plan(world, world->at_us, HAPPENS_ROOM, line, 0, nothing);
		event.type = EVENT_CONNECTED;
		break;
	case HAPPENS_BYTES:
		event.type = EVENT_BYTES;
		event.data = (struct bytes){h->data, h->len};
		break;
	case HAPPENS_CLOSED:
		line->is_open[h->side] = false;
		event.type = EVENT_CLOSED;
		break;
	case HAPPENS_ROOM:
		give_room(world, line, h->side, h->len);
		return;
	case HAPPENS_ACCEPTED:
	case HAPPENINGS:
		break;
	}
	world_event(world, line->site[h->side], &event);
}

void lines_next(struct world *world)
{
	struct happening *first = take(&world->lines.due);

	serve(world, first);
	free(first->data);
	free(first);
}

void lines_down(struct world *world, size_t site)
{
	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		for (int side = 0; side < 2; side++)
			if (line->site[side] == site && line->is_open[side])
				close_side(world, line, side);
}

void lines_finish(struct world *world)
{
	while (world->lines.due != NULL)
		forget(&world->lines.due);
	while (world->lines.line != NULL) {
		struct line *line = world->lines.line;

		world->lines.line = line->next;
		free(line);
	}
}

static bool is_between(const struct line *line, size_t a, size_t b)
{
	return (line->site[0] == a && line->site[1] == b) || (line->site[0] == b && line->site[1] == a);
}

void lines_set_path(struct world *world, size_t a, size_t b, size_t path, int64_t delay_us, uint64_t bytes_per_s)
{
	struct route *route[] = {&world->lines.route[a][b][path], &world->lines.route[b][a][path]};

	for (int i = 0; i < 2; i++) {
		route[i]->delay_us = delay_us;
		route[i]->bytes_per_s = bytes_per_s;
		if (bytes_per_s == 0)
			route[i]->free_at = 0; /* what queued on a slow one, much of it for lines that are gone, waits no more */
	}
}

void lines_set(struct world *world, size_t a, size_t b, int64_t delay_us, uint64_t bytes_per_s)
{
	for (size_t path = 0; path < LINES_PATHS; path++)
		lines_set_path(world, a, b, path, delay_us, bytes_per_s);
}

void lines_break_one(struct world *world, struct line *line)
{
	for (int side = 0; side < 2; side++) {
		if (line->is_cut[side])
			continue;
		silence(world, line, side);
		if (line->is_open[1 - side])
			plan(world, world->at_us, HAPPENS_CLOSED, line, 1 - side, nothing);
	}
}

void lines_break(struct world *world, size_t a, size_t b)
{
	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		if (is_between(line, a, b))
			lines_break_one(world, line);
}

/* A line that lost anything is dead for good in that direction. */
static void cut_line(struct world *world, struct line *line, size_t from)
{
	int side = line->site[0] == from ? 0 : 1;

	line->is_cut[side] = true;
	silence(world, line, side);
}

void lines_cut_way(struct world *world, size_t from, size_t to, size_t path, bool is_cut)
{
	for (size_t k = 0; k < LINES_PATHS; k++)
		if (path == LINES_ALL || path == k)
			world->lines.route[from][to][k].is_cut = is_cut;
	for (struct line *line = world->lines.line; line != NULL && is_cut; line = line->next)
		if (is_between(line, from, to) && (path == LINES_ALL || path == line->path))
			cut_line(world, line, from);
}

void lines_cut_path(struct world *world, size_t a, size_t b, size_t path, bool is_cut)
{
	lines_cut_way(world, a, b, path, is_cut);
	lines_cut_way(world, b, a, path, is_cut);
}

void lines_cut(struct world *world, size_t a, size_t b, bool is_cut)
{
	lines_cut_path(world, a, b, LINES_ALL, is_cut);
}

static bool is_up(const struct line *line, size_t a, size_t b, size_t path)
{
	return is_between(line, a, b) && line->is_open[0] && line->is_open[1] &&
	       (path == LINES_ALL || path == line->path);
}

struct line *lines_on_path(struct world *world, size_t a, size_t b, size_t path)
{
	struct line *line = world->lines.line;

	while (line != NULL && !is_up(line, a, b, path))
		line = line->next;
	return line;
}

struct line *lines_between(struct world *world, size_t a, size_t b)
{
	return lines_on_path(world, a, b, LINES_ALL);
}

size_t lines_count(struct world *world, size_t a, size_t b)
{
	size_t count = 0;

	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		count += is_up(line, a, b, LINES_ALL);
	return count;
}
