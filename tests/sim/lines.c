/* The virtual network: what was written arrives, later. */
#include "tests/sim/lines.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

static struct route *route_from(struct world *world, const struct line *line, int side)
{
	return &world->lines.route[line->site[side]][line->site[1 - side]];
}

static void plan(struct world *world, int64_t at_us, enum happens what, struct line *line, int side, struct bytes data)
{
	struct happening *new = calloc(1, sizeof *new), **at = &world->lines.due;

	if (new == NULL || (data.len > 0 && (new->data = malloc(data.len)) == NULL))
		world_broken(world, "no memory");
	new->at_us = at_us;
	new->what = what;
	new->line = line;
	new->side = side;
	new->len = data.len;
	if (data.len > 0)
		memcpy(new->data, data.data, data.len);
	while (*at != NULL && (*at)->at_us <= at_us)
		at = &(*at)->next;
	new->next = *at;
	*at = new;
}

static const struct bytes nothing = {NULL, 0};

static void forget(struct happening **at)
{
	struct happening *old = *at;

	*at = old->next;
	free(old->data);
	free(old);
}

/* What was due on a line will not happen. */
static void silence(struct world *world, const struct line *line)
{
	struct happening **at = &world->lines.due;

	while (*at != NULL) {
		if ((*at)->line == line)
			forget(at);
		else
			at = &(*at)->next;
	}
}

static struct line *find(struct world *world, size_t site, uint32_t conn, int *out_side)
{
	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		for (int side = 0; side < 2; side++)
			if (line->site[side] == site && line->conn[side] == conn && line->is_open[side]) {
				*out_side = side;
				return line;
			}
	return NULL;
}

static size_t site_at(const struct world *world, struct bytes endpoint)
{
	for (size_t i = 0; i < world->count; i++)
		if (bytes_equal(bytes_of(world->site[i].endpoint), endpoint))
			return i;
	world_broken(world, "%.*s is nobody's endpoint", (int)endpoint.len, (const char *)endpoint.data);
}

void lines_dial(struct world *world, size_t site, uint32_t conn, struct bytes endpoint)
{
	struct line *line = calloc(1, sizeof *line);
	struct route *there;

	if (line == NULL)
		world_broken(world, "no memory");
	line->site[0] = site;
	line->site[1] = site_at(world, endpoint);
	line->conn[0] = conn;
	line->conn[1] = world->lines.next_conn += 2;
	line->is_open[0] = true;
	line->next = world->lines.line;
	world->lines.line = line;
	there = route_from(world, line, 0);
	line->is_cut = there->is_cut;
	if (!line->is_cut)
		plan(world, world->at_us + there->delay_us, HAPPENS_ACCEPTED, line, 1, nothing);
}

/* How many cells this side has written that have not left. */
static size_t unsent(struct world *world, const struct line *line, int side)
{
	uint64_t rate = route_from(world, line, side)->bytes_per_s;
	int64_t left_us = line->free_at[side] - world->at_us;

	if (rate == 0 || left_us <= 0)
		return 0;
	return (size_t)(((uint64_t)left_us * rate + SECOND_US * CELL_BYTES - 1) / (SECOND_US * CELL_BYTES));
}

/* When there is room for one more cell, and if not all has left by then, again. */
static void plan_room(struct world *world, struct line *line, int side)
{
	uint64_t rate = route_from(world, line, side)->bytes_per_s;
	int64_t cell_us = rate > 0 ? (int64_t)(CELL_BYTES * SECOND_US / rate) : 0;
	size_t cells = unsent(world, line, side);
	int64_t at_us = cells > 1 ? line->free_at[side] - cell_us * (CELLS_IN_FLIGHT - 1) : line->free_at[side];

	plan(world, at_us > world->at_us ? at_us : world->at_us, HAPPENS_ROOM, line, side, nothing);
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
	if (line->is_cut)
		return;
	route = route_from(world, line, side);
	if (line->free_at[side] < world->at_us)
		line->free_at[side] = world->at_us;
	if (route->bytes_per_s > 0)
		line->free_at[side] += (int64_t)(data.len * SECOND_US / route->bytes_per_s);
	plan(world, line->free_at[side] + route->delay_us, HAPPENS_BYTES, line, 1 - side, data);
	plan_room(world, line, side);
}

static void close_side(struct world *world, struct line *line, int side)
{
	int64_t at_us = line->free_at[side] > world->at_us ? line->free_at[side] : world->at_us;

	line->is_open[side] = false;
	if (!line->is_cut)
		plan(world, at_us + route_from(world, line, side)->delay_us, HAPPENS_CLOSED, line, 1 - side, nothing);
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
		plan(world, world->at_us + back_us, HAPPENS_CLOSED, line, 0, nothing);
		return;
	}
	line->is_open[1] = true;
	strcpy(address, world->site[line->site[0]].endpoint);
	*strchr(address, ':') = '\0';
	event.text = address;
	plan(world, world->at_us + back_us, HAPPENS_CONNECTED, line, 0, nothing);
	plan(world, world->at_us, HAPPENS_ROOM, line, 1, nothing);
	world_event(world, line->site[1], &event);
}

static void give_room(struct world *world, struct line *line, int side)
{
	size_t cells = unsent(world, line, side);
	struct event event = {.type = EVENT_ROOM, .conn = line->conn[side], .count = CELLS_IN_FLIGHT - cells};

	if (cells >= CELLS_IN_FLIGHT)
		return; /* more was written since; that planned another */
	if (cells > 0)
		plan_room(world, line, side);
	world_event(world, line->site[side], &event);
}

static void serve(struct world *world, struct happening *h)
{
	struct event event = {.conn = h->line->conn[h->side], .data = {h->data, h->len}};
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
		break;
	case HAPPENS_CLOSED:
		line->is_open[h->side] = false;
		event.type = EVENT_CLOSED;
		break;
	case HAPPENS_ROOM:
		give_room(world, line, h->side);
		return;
	case HAPPENS_ACCEPTED:
		break;
	}
	world_event(world, line->site[h->side], &event);
}

void lines_next(struct world *world)
{
	struct happening *first = world->lines.due;

	world->lines.due = first->next;
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

void lines_set(struct world *world, size_t a, size_t b, int64_t delay_us, uint64_t bytes_per_s)
{
	struct route route = {.delay_us = delay_us, .bytes_per_s = bytes_per_s};

	world->lines.route[a][b] = world->lines.route[b][a] = route;
}

void lines_break_one(struct world *world, struct line *line)
{
	if (line->is_cut)
		return;
	silence(world, line);
	for (int side = 0; side < 2; side++)
		if (line->is_open[side])
			plan(world, world->at_us, HAPPENS_CLOSED, line, side, nothing);
}

void lines_break(struct world *world, size_t a, size_t b)
{
	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		if (is_between(line, a, b))
			lines_break_one(world, line);
}

void lines_cut(struct world *world, size_t a, size_t b, bool is_cut)
{
	world->lines.route[a][b].is_cut = world->lines.route[b][a].is_cut = is_cut;
	for (struct line *line = world->lines.line; line != NULL && is_cut; line = line->next)
		if (is_between(line, a, b)) {
			line->is_cut = true;
			silence(world, line);
		}
}

struct line *lines_between(struct world *world, size_t a, size_t b)
{
	struct line *line = world->lines.line;

	while (line != NULL && !(is_between(line, a, b) && line->is_open[0] && line->is_open[1]))
		line = line->next;
	return line;
}

size_t lines_count(struct world *world, size_t a, size_t b)
{
	size_t count = 0;

	for (struct line *line = world->lines.line; line != NULL; line = line->next)
		count += is_between(line, a, b) && line->is_open[0] && line->is_open[1];
	return count;
}
