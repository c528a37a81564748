/* One storm from its beginning to its end. */
#include "tests/sim/storm.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ACTS 3000

uint64_t storm_roll(struct storm *storm, uint64_t sides)
{
	uint64_t z = storm->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % sides;
}

/* The first three know each other, and each of the first two all others. */
bool storm_are_peers(size_t a, size_t b)
{
	return a != b && (a <= THA || b <= THA);
}

size_t storm_other(struct storm *storm, size_t site)
{
	size_t other = storm_roll(storm, storm->world->count);

	while (!storm_are_peers(site, other))
		other = (other + 1) % storm->world->count;
	return other;
}

/* Mostly seconds lie between two acts, so that much is on its way at once; the ladder needs minutes, in long storms hours. */
static void wait(struct storm *storm)
{
	static const int64_t spans[] = {1, 30000, 700000, 700000, 4000000, 4000000, 30000000, 120000000};
	int64_t span = spans[storm_roll(storm, sizeof spans / sizeof *spans)];

	if (storm->is_long && storm_roll(storm, 8) == 0)
		span = 20 * MINUTE_US;
	world_run(storm->world, 1 + (int64_t)storm_roll(storm, (uint64_t)span));
}

static void enrol(struct world *world)
{
	for (size_t a = 0; a < world->count; a++)
		for (size_t b = a + 1; b < world->count; b++)
			if (storm_are_peers(a, b))
				office_enrol(world, a, b);
	world_run(world, 5 * SECOND_US);
}

static void rage(struct storm *storm)
{
	for (int i = 0; i < MOST_ACTS && storm->broken[0] == '\0'; i++) {
		if (storm->count >= STORM_MESSAGES && storm->faults >= STORM_FAULTS)
			return;
		if (storm_roll(storm, 6) == 0)
			trouble(storm);
		else
			act(storm);
		trouble_backup(storm);
		trouble_passes(storm);
		wait(storm);
		promises_watch(storm);
		steps_check(storm);
	}
}

bool storm_play(struct storm *storm, uint64_t seed, uint8_t out_trace[HASH_BYTES])
{
	struct world *world;

	memset(storm, 0, sizeof *storm);
	storm->state = seed;
	storm->is_long = storm_roll(storm, 40) == 0;
	storm->is_restoring = storm_roll(storm, 8) == 0;
	storm->restored = WORLD_SITES;
	storm->world = world = world_create(seed, storm_roll(storm, 2) == 0 ? 3 : 3 + storm_roll(storm, WORLD_SITES - 2));
	world->hear = promises_hear;
	world->turned = steps_follow;
	world->hear_ctx = storm;
	trouble_prepare(storm);
	world_start(world);
	enrol(world);
	rage(storm);
	if (storm->broken[0] == '\0') {
		trouble_ends(storm);
		promises_check(storm);
	}
	memcpy(out_trace, world->trace, HASH_BYTES);
	tally_add(TALLY_STATIONS, world->count);
	tally_add(TALLY_HOURS, world->count * (uint64_t)(world->at_us / HOUR_US));
	world_destroy(world);
	return storm->broken[0] == '\0';
}
