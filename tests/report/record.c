/*
 * report_record DIRECTORY DAYS: some days of six contact points in virtual time, with outages, missed deadlines and
 * exercises, written as the export and the cards of which a page is made.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/office.h"
#include "proto/key.h"

#define SITES 6
#define DAY_US (24 * HOUR_US)

static void write_file(const char *directory, const char *name, const char *ending, struct bytes bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s%s", directory, name, ending);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* A message from one to another, acknowledged after a while, or never. */
static void exchange(struct world *world, size_t from, size_t to, const struct words *words, int64_t after_us)
{
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, from, words, id);
	world_run(world, after_us > 0 ? after_us : 2 * HOUR_US);
	if (after_us > 0) {
		office_shown(world, to, id);
		world_run(world, 20 * SECOND_US);
		office_ack(world, to, id, "seen");
	}
	world_run(world, MINUTE_US);
}

static void live(struct world *world, uint64_t day)
{
	static const struct words flash = {.kind = KIND_ALERT,
					   .precedence = PRECEDENCE_FLASH,
					   .action = {"vnm-cert"},
					   .ladder_to = {"vnm-mfa", "vnm-ops"}},
				  notice = {.kind = KIND_NOTICE,
					    .precedence = PRECEDENCE_PRIORITY,
					    .action = {"sgp-cert", "vnm-cert"},
					    .text_len = 300},
				  practice = {.kind = KIND_ALERT,
					      .precedence = PRECEDENCE_IMMEDIATE,
					      .action = {"sgp-cert"},
					      .exercise = "MEKONG"},
				  theirs = {
				      .kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .action = {"tha-cert"}};
	int64_t end = world->at_us + DAY_US;

	exchange(world, THA, VNM, &flash, day % 3 == 0 ? 0 : (int64_t)(day % 7 + 1) * MINUTE_US);
	exchange(world, THA, SGP, &notice, (int64_t)(day % 5 + 1) * 11 * MINUTE_US);
	if (day % 2 == 0)
		exchange(world, THA, SGP, &practice, (int64_t)(day % 4 + 1) * 3 * MINUTE_US);
	exchange(world, VNM, THA, &theirs, (int64_t)(day % 6 + 1) * 4 * MINUTE_US);
	if (day % 4 == 1) {
		world_stop(world, VNM);
		world_run(world, 5 * HOUR_US);
		if (world_boot(world, VNM) != 0)
			abort();
	}
	world_run(world, end - world->at_us);
}

int main(int argc, char **argv)
{
	struct world *world;
	struct heap export;

	if (argc != 3 || key_init() != 0) {
		fprintf(stderr, "usage: report_record DIRECTORY DAYS\n");
		return 2;
	}
	world = office_open(5, SITES);
	for (uint64_t day = 0; day < strtoull(argv[2], NULL, 10); day++)
		live(world, day);
	export = office_export(world, THA);
	write_file(argv[1], "record", ".export", (struct bytes){export.data, export.len});
	for (size_t i = 0; i < world->count; i++)
		write_file(argv[1], office_name(world, i), ".card",
			   (struct bytes){world->site[i].card, world->site[i].card_len});
	heap_free(&export);
	world_destroy(world);
	return 0;
}
