/* What fails in a storm. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/storm.h"

#define MOST_OFF_US (6 * HOUR_US) /* of a clock */

static size_t any(struct storm *storm)
{
	return storm_roll(storm, storm->world->count);
}

static bool trouble_delay(struct storm *storm)
{
	size_t a = any(storm), b = storm_other(storm, a);

	lines_set(storm->world, a, b, (int64_t)storm_roll(storm, 400000), 0);
	tally(TALLY_DELAY);
	return true;
}

static bool trouble_slow(struct storm *storm)
{
	static const uint64_t rates[] = {300, 3000, 8000, 20000};
	size_t a = any(storm), b = storm_other(storm, a);

	lines_set(storm->world, a, b, (int64_t)storm_roll(storm, 400000), rates[storm_roll(storm, 4)]);
	tally(TALLY_SLOW);
	return true;
}

/* Of two links one is quick and the other is not: what is sent first comes last. */
static bool trouble_reorder(struct storm *storm)
{
	size_t a = any(storm), b = storm_other(storm, a);

	lines_set_path(storm->world, a, b, 0, (int64_t)(1 + storm_roll(storm, 4)) * SECOND_US, 0);
	lines_set_path(storm->world, a, b, 1, 1000, 0);
	if (lines_count(storm->world, a, b) < 2)
		return false;
	tally(TALLY_REORDER);
	return true;
}

static bool trouble_loss(struct storm *storm)
{
	size_t a = any(storm), b = storm_other(storm, a);
	struct line *line = lines_between(storm->world, a, b);

	if (line == NULL)
		return false;
	if (storm_roll(storm, 2) == 0)
		lines_break_one(storm->world, line);
	else
		lines_break(storm->world, a, b);
	tally(TALLY_LOSS);
	return true;
}

static bool trouble_partition(struct storm *storm)
{
	size_t a = any(storm), b = storm_other(storm, a);

	lines_cut(storm->world, a, b, true);
	tally(TALLY_PARTITION);
	return true;
}

static bool trouble_one_way(struct storm *storm)
{
	size_t a = any(storm), b = storm_other(storm, a);

	lines_cut_way(storm->world, a, b, LINES_ALL, true);
	tally(TALLY_ONE_WAY);
	return true;
}

/* The dialler dials again although its link lives: the office's network shows the station as two. */
static bool trouble_duplicate(struct storm *storm)
{
	struct world *world = storm->world;

	for (size_t a = 0; a < world->count; a++)
		for (size_t b = a + 1; b < world->count; b++)
			if (lines_count(world, a, b) > 1) {
				tally(TALLY_DUPLICATE);
				return true;
			}
	return false;
}

/* An eavesdropper's recording is played to whom it was meant for, or to another. */
static void play(struct storm *storm, const struct tape *tape, size_t len)
{
	struct world *world = storm->world;
	uint32_t conn = WORLD_NO_LINE + 2 * (uint32_t)storm_roll(storm, 1000000);
	size_t to = storm_roll(storm, 4) == 0 ? any(storm) : tape->to;
	char address[32];

	strcpy(address, world->site[tape->from].endpoint[0]);
	*strchr(address, ':') = '\0';
	world_event(world, to, &(struct event){.type = EVENT_ACCEPTED, .conn = conn, .text = address});
	world_event(world, to, &(struct event){.type = EVENT_ROOM, .conn = conn, .count = CELLS_IN_FLIGHT});
	for (size_t at = 0; at < len; at += CELL_BYTES) {
		struct bytes part = {tape->heard.data + at, len - at < CELL_BYTES ? len - at : CELL_BYTES};

		world_event(world, to, &(struct event){.type = EVENT_BYTES, .conn = conn, .data = part});
	}
	world_event(world, to, &(struct event){.type = EVENT_CLOSED, .conn = conn});
	if (to == tape->to && !tape->is_answered)
		world->stray = 0; /* it was lost on its way: late, and no repetition */
	if (world->stray > 0 && storm->is_restored && to == storm->restored)
		world->stray = 0; /* it has forgotten which records it had answered; whoever replays gets no further */
	if (world->stray > 0)
		promise_broken(storm, "%s answered a replayed record", office_name(world, to));
}

static bool trouble_replay(struct storm *storm)
{
	struct tape *tape = &storm->world->tape[storm_roll(storm, WORLD_TAPES)];
	bool is_whole = storm_roll(storm, 2) == 0;

	if (tape->heard.len < RECORD_BYTES + CELL_BYTES)
		return false;
	play(storm, tape, is_whole ? tape->heard.len : RECORD_BYTES);
	tally(is_whole ? TALLY_REPLAY_STREAM : TALLY_REPLAY_RECORD);
	heap_free(&tape->heard); /* another is recorded */
	memset(tape, 0, sizeof *tape);
	return true;
}

/* A station that is up sees a step of more than a second; what it can't see moves its deadlines, from that instant on. */
static void step_seen(struct storm *storm, struct site *site, int64_t span)
{
	bool is_unseen = site->station == NULL || span < SECOND_US + SECOND_US / 2;

	if (is_unseen)
		storm->slack_us[site->index] += span;
	if (site->station != NULL)
		world_event(storm->world, site->index, &(struct event){.type = EVENT_TIMER});
	if (!is_unseen && site->station == NULL) /* it died before it had noted it */
		storm->slack_us[site->index] += span;
}

static bool trouble_clock(struct storm *storm)
{
	static const int64_t spans[] = {100000, 3 * SECOND_US, 2 * MINUTE_US, 2 * HOUR_US};
	struct site *site = &storm->world->site[any(storm)];
	int64_t span = (int64_t)storm_roll(storm, (uint64_t)spans[storm_roll(storm, 4)]);
	bool is_back = storm_roll(storm, 2) == 0;
	int64_t before = site->real_offset_us;

	site->real_offset_us += is_back ? -span : span;
	if (site->real_offset_us > MOST_OFF_US || site->real_offset_us < -MOST_OFF_US)
		site->real_offset_us = 0;
	step_seen(storm, site, llabs(site->real_offset_us - before));
	tally(is_back ? TALLY_CLOCK_BACK : TALLY_CLOCK_FORWARD);
	return true;
}

static bool trouble_drift(struct storm *storm)
{
	world_drift(storm->world, any(storm), (int64_t)storm_roll(storm, 1001) - 500, (int64_t)storm_roll(storm, 201) - 100);
	tally(TALLY_DRIFT);
	return true;
}

/* A machine that was off begins its steady clock anew. */
static void reboot_clock(struct storm *storm, struct site *site)
{
	if (storm_roll(storm, 2) == 0)
		world_restart_mono(storm->world, site->index);
}

static bool trouble_end(struct storm *storm)
{
	size_t i = any(storm);
	struct world *world = storm->world;

	if (world->site[i].station == NULL)
		return false;
	switch (storm_roll(storm, 3)) {
	case 0:
		world_stop(world, i);
		tally(TALLY_STOP);
		break;
	case 1:
		world_crash(world, i);
		tally(TALLY_CRASH);
		break;
	default:
		world_kill(world, i);
		reboot_clock(storm, &world->site[i]);
		tally(TALLY_POWER);
		break;
	}
	return true;
}

/* At a commit soon: before any of its effects left, or between two of them. */
static bool trouble_doom(struct storm *storm)
{
	struct site *site = &storm->world->site[any(storm)];

	if (site->station == NULL || site->doom_commits > 0)
		return false;
	site->doom_commits = 1 + (unsigned)storm_roll(storm, 12);
	site->doom_effects = (unsigned)storm_roll(storm, 4);
	tally(site->doom_effects == 0 ? TALLY_KILL_COMMIT : TALLY_KILL_EFFECTS);
	return true;
}

static bool trouble_disk(struct storm *storm)
{
	static const struct {
		enum disk_fault fault;
		unsigned within;
	} plans[] = {{DISK_FULL, 20}, {DISK_WRITE, 60}, {DISK_READ, 10}, {DISK_SYNC, 10}, {DISK_DEAD, 60}, {DISK_DEAD, 60}};
	struct site *site = &storm->world->site[any(storm)];
	size_t i = storm_roll(storm, sizeof plans / sizeof *plans);

	if (site->station == NULL || disk_struck(site->disk) != DISK_WELL)
		return false;
	disk_plan(site->disk, plans[i].fault, (unsigned)storm_roll(storm, plans[i].within));
	return true;
}

static bool trouble_officers(struct storm *storm)
{
	bool is_late = storm_roll(storm, 2) == 0;

	storm->absent_until[any(storm)] = storm->world->at_us + (is_late ? 10 * MINUTE_US : 24 * HOUR_US);
	tally(is_late ? TALLY_LATE : TALLY_ABSENT);
	return true;
}

void trouble(struct storm *storm)
{
	static bool (*const kinds[])(struct storm *storm) = {
	    trouble_delay,     trouble_slow,   trouble_reorder, trouble_loss,  trouble_loss,	 trouble_partition,
	    trouble_one_way,   trouble_replay, trouble_replay,	trouble_clock, trouble_drift,	 trouble_end,
	    trouble_duplicate, trouble_doom,   trouble_doom,	trouble_disk,  trouble_disk,	 trouble_disk,
	    trouble_officers};

	if (kinds[storm_roll(storm, sizeof kinds / sizeof *kinds)](storm))
		storm->faults++;
}

void trouble_backup(struct storm *storm)
{
	struct world *world = storm->world;
	size_t site = storm->restored < WORLD_SITES ? storm->restored : any(storm);

	if (!storm->is_restoring || world->site[site].station == NULL || storm->count < STORM_MESSAGES / 4)
		return;
	if (storm->backup[0] == '\0') {
		world_backup(world, site, storm->backup);
		storm->restored = site;
		storm->restore_at = storm->count + storm_roll(storm, STORM_MESSAGES / 3);
	} else if (storm->count >= storm->restore_at) {
		storm->is_restoring = false;
		world_kill(world, site);
		world_restore(world, site, storm->backup);
		storm->is_restored = true;
		storm->told_count[site] = 0; /* what its officers were told since is lost with the record */
		tally(TALLY_RESTORE);
	}
}

/* An administrator has the lost record taken back from every peer that holds more. */
static void recover(struct storm *storm)
{
	struct world *world = storm->world;

	for (int round = 0; round < 4; round++) {
		world_run(world, MINUTE_US);
		for (size_t i = 0; i < world->count; i++)
			if (storm_are_peers(storm->restored, i) && office_recover(world, storm->restored, i) == 0)
				tally(TALLY_RECOVERED);
	}
}

/* What its disk did to a site that is down. */
static void count_disk(struct site *site)
{
	static const enum tally tallies[DISK_FAULTS] = {[DISK_FULL] = TALLY_FULL,
							[DISK_WRITE] = TALLY_WRITE,
							[DISK_READ] = TALLY_READ,
							[DISK_SYNC] = TALLY_SYNC,
							[DISK_DEAD] = TALLY_DEAD};
	enum disk_fault struck = disk_struck(site->disk);

	if (struck != DISK_WELL)
		tally(tallies[struck]);
	tally_add(TALLY_TORN, disk_lost(site->disk));
	disk_mend(site->disk);
}

static void boot(struct storm *storm, size_t i)
{
	struct site *site = &storm->world->site[i];

	if (disk_struck(site->disk) == DISK_FULL && storm_roll(storm, 2) == 0) { /* it is still full */
		if (world_boot(storm->world, i) == 0)
			return;
		tally(TALLY_NO_START);
	}
	count_disk(site);
	if (storm_roll(storm, 8) == 0)
		disk_plan(site->disk, storm_roll(storm, 2) == 0 ? DISK_READ : DISK_SYNC, (unsigned)storm_roll(storm, 6));
	if (world_boot(storm->world, i) == 0)
		return;
	if (disk_struck(site->disk) == DISK_WELL)
		world_broken(storm->world, "%s does not start: %s", office_name(storm->world, i), site->error);
	tally(TALLY_NO_START);
}

void trouble_passes(struct storm *storm)
{
	struct world *world = storm->world;

	for (size_t i = 0; i < world->count; i++)
		if (world->site[i].station == NULL && storm_roll(storm, 3) == 0)
			boot(storm, i);
	if (storm_roll(storm, 6) == 0) {
		size_t a = any(storm), b = storm_other(storm, a);

		lines_cut(world, a, b, false);
		if (storm_roll(storm, 2) == 0)
			lines_set(world, a, b, DELAY, 0);
	}
}

/* In every second world all dial each other, in others there are two endpoints, so that there are links beside links. */
void trouble_prepare(struct storm *storm)
{
	struct world *world = storm->world;
	bool dial_both = storm_roll(storm, 2) == 0;

	for (size_t a = 0; a < world->count; a++) {
		struct config *config = &world->site[a].config;

		world->site[a].confirms_clock = true;
		if (storm_roll(storm, 3) == 0)
			world->site[a].endpoint_count = 2;
		for (size_t b = 0; b < world->count; b++)
			if (dial_both && storm_are_peers(a, b)) {
				name_copy(bytes_of(office_name(world, b)), &config->peer[config->peer_count].name);
				config->peer[config->peer_count++].dial = DIAL_ALWAYS;
			}
	}
}

void trouble_ends(struct storm *storm)
{
	struct world *world = storm->world;

	for (size_t a = 0; a < world->count; a++) {
		struct site *site = &world->site[a];

		site->doom_commits = site->doom_effects = 0;
		count_disk(site);
		for (size_t b = 0; b < world->count; b++)
			if (a != b) {
				lines_cut(world, a, b, false);
				lines_set(world, a, b, DELAY, 0);
			}
		if (site->station == NULL && world_boot(world, a) != 0)
			world_broken(world, "%s does not start: %s", office_name(world, a), site->error);
	}
	if (storm->is_restored)
		recover(storm);
}
