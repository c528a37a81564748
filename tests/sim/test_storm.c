/*
 * Storms. WORLD_SEED plays one seed alone (WORLD_TRACE=1 tells all that happens); WORLD_SEEDS plays so many from
 * WORLD_FIRST on, WORLD_WORKERS at a time.
 */
#include "tests/sim/storms.h"
#include "tests/unit/test.h"

TEST(after_a_storm_every_promise_holds)
{
	struct storms storms = {.first = 1, .count = STORM_SEEDS, .workers = 2, .twice = STORM_SEEDS < 100 ? STORM_SEEDS : 100};

	storms_read(&storms);
	CHECK_EQUAL(storms_run(&storms), 0);
}
