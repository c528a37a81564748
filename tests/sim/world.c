/* The world's clock, turns and effects; sites.c makes the stations. */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/hash.h"
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

void world_trace(struct world *world, struct bytes data, const char *format, ...)
{
	uint8_t all[2 * HASH_BYTES];
	char line[600];
	va_list args;
	int len = snprintf(line, sizeof line, "%12lld ", (long long)world->at_us);

	va_start(args, format);
	vsnprintf(line + len, sizeof line - (size_t)len, format, args);
	va_end(args);
	if (world->is_loud)
		printf("# %s\n", line);
	memcpy(all, world->trace, HASH_BYTES);
	hash_sha256(data, all + HASH_BYTES);
	hash_sha256((struct bytes){all, sizeof all}, world->trace);
	memcpy(all, world->trace, HASH_BYTES);
	hash_sha256(bytes_of(line), all + HASH_BYTES);
	hash_sha256((struct bytes){all, sizeof all}, world->trace);
}

int64_t world_real_us(const struct world *world, size_t site)
{
	return WORLD_EPOCH_US + world->at_us + world->site[site].real_offset_us;
}

struct now site_now(const struct site *site)
{
	return (struct now){.real_us = world_real_us(site->world, site->index),
			    .mono_us = HOUR_US + site->world->at_us + site->mono_offset_us,
			    .error_ms = 5};
}

static void take_keys(struct site *site, struct bytes name)
{
	const struct pair_keys *pair = station_pair(site->station, name);
	uint8_t file[PAIR_FILE_BYTES];
	size_t i = 0;

	while (i < site->pair_count && !bytes_equal(name_bytes(&site->pair[i].peer), name))
		i++;
	/* through the file's form, so that what it leaves out is lost here too */
	if (pair == NULL || i == WORLD_SITES || pair_decode(pair_encode(pair, file), &site->pair[i]) != 0)
		world_broken(site->world, "%s hands out no key state that can be kept", site->config.station.text);
	site->pair_count = i < site->pair_count ? site->pair_count : i + 1;
}

static void take_reply(struct site *site, uint32_t client, struct bytes data)
{
	if (client < WORLD_GUESTS)
		heap_add(&site->guest[client].replies, data);
}

static void carry_out(struct site *site, const struct effect *effect)
{
	struct bytes data = effects_data(&site->effects, effect);
	struct world *world = site->world;

	site->carried++;
	switch (effect->type) {
	case EFFECT_WRITE:
		world_trace(world, data, "%s writes %zu to %u", site->config.station.text, data.len, effect->conn);
		lines_write(world, site->index, effect->conn, data);
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
		take_keys(site, data);
		break;
	case EFFECT_JOURNAL:
		world_trace(world, data, "%s: %.*s", site->config.station.text, (int)data.len, (const char *)data.data);
		heap_add(&site->journal, data);
		heap_add(&site->journal, bytes_of("\n"));
		break;
	}
}

/* Keys first, as the daemon does. The effects are taken out of the site: carrying them out may bring its next turn. */
static void carry_out_all(struct site *site)
{
	for (size_t i = 0; i < site->effects.count; i++)
		if (site->effects.item[i].type == EFFECT_KEYS)
			carry_out(site, &site->effects.item[i]);
	for (size_t i = 0; i < site->effects.count; i++)
		if (site->effects.item[i].type != EFFECT_KEYS)
			carry_out(site, &site->effects.item[i]);
	effects_clear(&site->effects);
}

static bool is_doomed(const struct site *site)
{
	for (size_t i = 0; site->doom != NULL && i < site->effects.count; i++) {
		const struct effect *effect = &site->effects.item[i];

		if (effect->type == EFFECT_JOURNAL &&
		    memmem(site->effects.bytes + effect->at, effect->len, site->doom, strlen(site->doom)) != NULL)
			return true;
	}
	return false;
}

void world_event(struct world *world, size_t index, const struct event *event)
{
	static const char *const names[] = {"accepted", "connected",   "bytes",	      "room",  "closed", "client",
					    "request",	"client-room", "client-gone", "timer", "stop"};
	struct site *site = &world->site[index];
	struct now now = site_now(site);
	int result;

	if (site->station == NULL)
		return;
	world_trace(world, event->data, "%s has %s of %u, %zu", site->config.station.text, names[event->type],
		    event->conn, event->data.len + event->count);
	site_limit_disk(site, true);
	station_step(site->station, event, &now, &site->effects);
	result = station_settle(site->station, &now, &site->effects);
	site_limit_disk(site, false);
	if (result != 0) {
		site->has_failed = true;
		world_kill(world, index);
	} else if (is_doomed(site)) {
		site->doom = NULL;
		world_kill(world, index);
	} else
		carry_out_all(site);
}

/* The world's time of a station's next timer. */
static int64_t timer_at(const struct site *site)
{
	int64_t deadline = station_deadline(site->station);
	int64_t at_us = deadline == INT64_MAX ? deadline : deadline - HOUR_US - site->mono_offset_us;

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
