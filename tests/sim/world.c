/* The world's clock, turns and effects; sites.c makes the stations. */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sites.h"

#define SPINS 100 /* timers of one station in one instant that nobody needs */

void heap_add(struct heap *heap, struct bytes bytes)
{
	if (bytes.len == 0)
		return;
	if (heap->size - heap->len < bytes.len) {
		heap->size = 2 * (heap->size + bytes.len);
		heap->data = realloc(heap->data, heap->size);
		if (heap->data == NULL)
			abort();
	}
	memcpy(heap->data + heap->len, bytes.data, bytes.len);
	heap->len += bytes.len;
}

void heap_free(struct heap *heap)
{
	free(heap->data);
	memset(heap, 0, sizeof *heap);
}

bool heap_has(const struct heap *heap, const char *text)
{
	return heap->len > 0 && memmem(heap->data, heap->len, text, strlen(text)) != NULL;
}

void world_broken(const struct world *world, const char *format, ...)
{
	va_list args;

	printf("Bail out! world of seed %llu at %lld us: ", (unsigned long long)world->seed, (long long)world->at_us);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	abort();
}

/* Not for adversaries: it tells two runs apart, and costs little. */
static void absorb(uint8_t trace[HASH_BYTES], struct bytes data)
{
	uint64_t lane[HASH_BYTES / 8], word;

	memcpy(lane, trace, HASH_BYTES);
	lane[0] += data.len;
	for (size_t i = 0; i < data.len; i += 8) {
		uint64_t *at = &lane[i / 8 % (HASH_BYTES / 8)];

		word = 0;
		memcpy(&word, data.data + i, data.len - i < 8 ? data.len - i : 8);
		*at = (*at ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		*at ^= *at >> 29;
	}
	for (size_t i = 0; i < HASH_BYTES / 8; i++)
		lane[i] = (lane[i] + (lane[(i + 1) % (HASH_BYTES / 8)] >> 7)) * UINT64_C(0xbf58476d1ce4e5b9);
	memcpy(trace, lane, HASH_BYTES);
}

void world_trace(struct world *world, struct bytes data, const char *format, ...)
{
	char line[600];
	va_list args;
	int len = snprintf(line, sizeof line, "%12lld ", (long long)world->at_us);

	va_start(args, format);
	vsnprintf(line + len, sizeof line - (size_t)len, format, args);
	va_end(args);
	if (world->is_loud)
		printf("# %s\n", line);
	absorb(world->trace, data);
	absorb(world->trace, bytes_of(line));
}

/* The same for what happens all the time: "SITE WHAT CONN, NUMBER" is put together only to be printed. */
static void trace_conn(const struct site *site, const char *what, uint32_t conn, size_t number, struct bytes data)
{
	struct world *world = site->world;
	uint64_t words[] = {(uint64_t)world->at_us, site->index, conn, number};

	if (world->is_loud)
		printf("# %12lld %s %s %u, %zu\n", (long long)world->at_us, site->config.station.text, what, conn,
		       number);
	absorb(world->trace, data);
	absorb(world->trace, bytes_of(what));
	absorb(world->trace, (struct bytes){(const uint8_t *)words, sizeof words});
}

static int64_t drifted(int64_t at_us, int64_t ppm)
{
	return at_us + at_us / 1000 * ppm / 1000;
}

int64_t world_real_us(const struct world *world, size_t index)
{
	const struct site *site = &world->site[index];

	return WORLD_EPOCH_US + drifted(world->at_us, site->real_drift_ppm) + site->real_offset_us;
}

static int64_t mono_us(const struct site *site, int64_t at_us)
{
	return HOUR_US + drifted(at_us, site->mono_drift_ppm) + site->mono_offset_us;
}

struct now site_now(const struct site *site)
{
	return (struct now){.real_us = world_real_us(site->world, site->index),
			    .mono_us = mono_us(site, site->world->at_us),
			    .error_ms = 5};
}

void world_restart_mono(struct world *world, size_t index)
{
	struct site *site = &world->site[index];

	site->mono_offset_us -= mono_us(site, world->at_us) - SECOND_US;
}

void world_drift(struct world *world, size_t index, int64_t real_ppm, int64_t mono_ppm)
{
	struct site *site = &world->site[index];
	struct now before = site_now(site), after;

	site->real_drift_ppm = real_ppm;
	site->mono_drift_ppm = mono_ppm;
	after = site_now(site);
	site->real_offset_us += before.real_us - after.real_us;
	site->mono_offset_us += before.mono_us - after.mono_us;
}

static void take_reply(struct site *site, uint32_t client, struct bytes data)
{
	if (client < WORLD_GUESTS)
		heap_add(&site->guest[client].replies, data);
}

/* An answer to the first record of a tape: from now on playing it is a repetition. */
static void note_answer(struct site *site, uint32_t conn)
{
	struct world *world = site->world;
	uint32_t theirs = lines_peer_conn(world, site->index, conn);
	size_t from = WORLD_SITES;

	lines_peer(world, site->index, conn, &from);
	for (size_t i = 0; i < WORLD_TAPES; i++) {
		struct tape *tape = &world->tape[i];

		if (tape->from == from && tape->to == site->index && tape->conn != 0 && tape->conn == theirs &&
		    tape->heard.len == RECORD_BYTES)
			tape->is_answered = true;
	}
}

/* The eavesdropper has few tapes, and begins one with the first record of a line. */
static void record(struct site *site, uint32_t conn, struct bytes data)
{
	struct world *world = site->world;

	if (data.len == RECORD_BYTES)
		note_answer(site, conn);
	for (size_t i = 0; i < WORLD_TAPES; i++) {
		struct tape *tape = &world->tape[i];

		if (tape->conn == 0 && data.len == RECORD_BYTES && conn % 2 == 1 &&
		    lines_peer(world, site->index, conn, &tape->to)) {
			tape->from = site->index;
			tape->conn = conn;
		}
		if (tape->conn != conn || tape->from != site->index)
			continue;
		if (tape->heard.len + data.len <= WORLD_TAPE_BYTES)
			heap_add(&tape->heard, data);
		return;
	}
}

/* False: it can't go on. */
static bool carry_out(struct site *site, const struct effect *effect)
{
	struct bytes data = effects_data(&site->effects, effect);
	struct world *world = site->world;

	site->carried++;
	switch (effect->type) {
	case EFFECT_WRITE:
		trace_conn(site, "writes to", effect->conn, data.len, data);
		record(site, effect->conn, data);
		world->stray += effect->conn >= WORLD_NO_LINE ? data.len : 0;
		lines_write(world, site->index, effect->conn, data);
		break;
	case EFFECT_CELL:
		lines_cell(world, site->index, effect->conn, pack_from_be16(data.data));
		break;
	case EFFECT_CLOSE:
		world_trace(world, data, "%s closes %u", site->config.station.text, effect->conn);
		lines_close(world, site->index, effect->conn);
		break;
	case EFFECT_DIAL:
		world_trace(world, data, "%s dials %.*s as %u", site->config.station.text, (int)data.len,
			    (const char *)data.data, effect->conn);
		lines_dial(world, site->index, effect->conn, data);
		break;
	case EFFECT_REPLY:
		take_reply(site, effect->conn, data);
		break;
	case EFFECT_HANGUP:
		if (effect->conn < WORLD_GUESTS)
			site->guest[effect->conn].is_here = false;
		break;
	case EFFECT_ALERT:
		heap_add(&site->alerts, data);
		break;
	case EFFECT_KEYS:
		return site_keep_keys(site, data) == 0;
	case EFFECT_EVIDENCE:
		heap_add(&site->evidence, data);
		break;
	case EFFECT_PUBLISH:
		heap_add(&site->published, data);
		break;
	case EFFECT_JOURNAL:
		world_trace(world, data, "%s: %.*s", site->config.station.text, (int)data.len, (const char *)data.data);
		heap_add(&site->journal, data);
		heap_add(&site->journal, bytes_of("\n"));
		break;
	}
	return true;
}

/* When an effect leaves, as in the daemon: keys, then what peers wait for, then what is told here. */
static int rank(enum effect_type type)
{
	if (type == EFFECT_KEYS)
		return 0;
	return type == EFFECT_WRITE || type == EFFECT_CELL || type == EFFECT_CLOSE || type == EFFECT_DIAL ? 1 : 2;
}

/* At most so many of the turn's effects leave. False: it can't go on. */
static bool carry_out_all(struct site *site, size_t most)
{
	bool goes_on = true;

	for (int turn = 0; turn <= 2; turn++)
		for (size_t i = 0; i < site->effects.count && goes_on && most > 0; i++)
			if (rank(site->effects.item[i].type) == turn) {
				most--;
				goes_on = carry_out(site, &site->effects.item[i]);
			}
	effects_clear(&site->effects);
	return goes_on;
}

static bool is_doomed(struct site *site, bool has_committed)
{
	if (site->doom_commits > 0 && has_committed && --site->doom_commits == 0)
		return true;
	for (size_t i = 0; site->doom != NULL && i < site->effects.count; i++) {
		const struct effect *effect = &site->effects.item[i];

		if (effect->type == EFFECT_JOURNAL &&
		    memmem(site->effects.bytes + effect->at, effect->len, site->doom, strlen(site->doom)) != NULL)
			return true;
	}
	return false;
}

static void let_hear(struct site *site, bool has_committed)
{
	struct world *world = site->world;

	if (world->turned != NULL && has_committed)
		world->turned(site, world->hear_ctx);
	for (size_t i = 0; world->hear != NULL && i < site->effects.count; i++)
		if (site->effects.item[i].type == EFFECT_JOURNAL)
			world->hear(site, effects_data(&site->effects, &site->effects.item[i]), world->hear_ctx);
}

void world_event(struct world *world, size_t index, const struct event *event)
{
	static const char *const names[] = {"has accepted of", "has connected of",   "has bytes of",
					    "has room of",     "has closed of",	     "has client of",
					    "has request of",  "has client-room of", "has client-gone of",
					    "has timer of",    "has stop of"};
	struct site *site = &world->site[index];
	struct now now = site_now(site);
	uint64_t syncs;
	bool dies;
	int result;

	if (site->station == NULL)
		return;
	trace_conn(site, names[event->type], event->conn, event->data.len + event->count, event->data);
	syncs = disk_syncs(site->disk);
	site->served_events++;
	site->knows_deadline = false;
	station_step(site->station, event, &now, &site->effects);
	result = station_settle(site->station, &now, &site->effects);
	if (result == 0)
		let_hear(site, disk_syncs(site->disk) > syncs);
	dies = result == 0 && is_doomed(site, disk_syncs(site->disk) > syncs);
	site->has_failed = result != 0 || !carry_out_all(site, dies ? site->doom_effects : SIZE_MAX);
	if (dies) {
		site->doom = NULL;
		site->doom_effects = 0;
	}
	if (dies || disk_struck(site->disk) == DISK_DEAD)
		world_kill(world, index);
	else if (site->has_failed)
		world_crash(world, index);
}

/* The world's time of a station's next timer. */
static int64_t timer_at(struct site *site)
{
	int64_t deadline, at_us;

	if (!site->knows_deadline)
		site->deadline = station_deadline(site->station);
	site->knows_deadline = true;
	deadline = site->deadline;
	at_us = deadline == INT64_MAX ? deadline : deadline - HOUR_US - site->mono_offset_us;
	if (deadline != INT64_MAX && site->mono_drift_ppm != 0) {
		at_us -= at_us / 1000 * site->mono_drift_ppm / 1000;
		while (mono_us(site, at_us) < deadline)
			at_us += 1 + (deadline - mono_us(site, at_us)) / 2;
	}
	return at_us < site->world->at_us ? site->world->at_us : at_us;
}

static void serve_timer(struct site *site)
{
	struct world *world = site->world;

	site->served = site->served_at == world->at_us ? site->served + 1 : 0;
	site->served_at = world->at_us;
	if (site->served > SPINS)
		world_broken(world, "the timer of %s spins", site->config.station.text);
	world_event(world, site->index, &(struct event){.type = EVENT_TIMER});
}

bool world_next(struct world *world, int64_t until_us)
{
	int64_t at_us = world->lines.due != NULL ? world->lines.due->at_us : INT64_MAX;
	struct site *due = NULL;

	for (size_t i = 0; i < world->count; i++) {
		struct site *site = &world->site[i];

		if (site->station != NULL && timer_at(site) < at_us) {
			due = site;
			at_us = timer_at(site);
		}
	}
	if (at_us > until_us)
		return false;
	world->at_us = at_us;
	if (due != NULL)
		serve_timer(due);
	else
		lines_next(world);
	return true;
}

void world_run(struct world *world, int64_t span_us)
{
	int64_t until_us = world->at_us + span_us;

	while (world_next(world, until_us))
		;
	world->at_us = until_us;
}
