/* Making stations, and ending them: in order, by a power cut, and from an older copy of the disk. */
#include "tests/sim/sites.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "proto/card.h"
#include "proto/hash.h"
#include "proto/result.h"

static const char *const names[WORLD_SITES] = {"sgp-cert", "tha-cert", "vnm-cert"};

/* Randomness of a site: hashes of the seed and a counter that no restart sets back. */
static void fill(void *ctx, void *out, size_t len)
{
	struct site *site = ctx;
	uint8_t *at = out, in[24] = {0}, block[HASH_BYTES];

	while (len > 0) {
		size_t step = len < sizeof block ? len : sizeof block;

		pack_be64(in, site->world->seed);
		pack_be64(in + 8, site->index);
		pack_be64(in + 16, site->drawn++);
		hash_sha256((struct bytes){in, sizeof in}, block);
		memcpy(at, block, step);
		at += step;
		len -= step;
	}
}

static void add_officer(struct config *config, const char *function, uint32_t uid, unsigned roles)
{
	struct config_officer *officer = &config->officer[config->officer_count++];

	strcpy(officer->function.text, function);
	officer->uid = uid;
	officer->roles = roles;
}

void site_make_card(struct site *site)
{
	uint8_t body[LIMIT_OBJECT_BYTES];
	struct bytes name = name_bytes(&site->config.station);
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(site->card, sizeof site->card);
	struct card card = {.name = name,
			    .state = name_state(name),
			    .serial = site->card_serial,
			    .valid_from = site->card_from,
			    .valid_until = site->card_until,
			    .lane = LANE_TECHNICAL,
			    .layer = 1,
			    .zone = bytes_of("Asia/Bangkok"),
			    .endpoint_count = site->endpoint_count};

	for (size_t k = 0; k < site->endpoint_count; k++)
		card.endpoint[k] = bytes_of(site->endpoint[k]);
	memcpy(card.root, site->keys.root.public, KEY_BYTES);
	memcpy(card.signing, site->keys.signing.public, KEY_BYTES);
	memcpy(card.log, site->keys.log.public, KEY_BYTES);
	memcpy(card.link, site->keys.link.public, KEY_BYTES);
	card_encode(&card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &site->keys.root, &out);
	site->card_len = out.len;
}

void site_init(struct world *world, size_t index)
{
	struct site *site = &world->site[index];
	struct config *config = &site->config;
	uint8_t random[KEYFILE_RANDOM_BYTES];

	site->world = world;
	site->index = index;
	name_copy(bytes_of(names[index]), &config->station);
	site->endpoint_count = 1;
	for (size_t k = 0; k < LINES_PATHS; k++)
		snprintf(site->endpoint[k], sizeof site->endpoint[k], "10.0.%zu.%zu:7000", k, index + 1);
	config->second_person = config->accepts_exercise = true;
	config->alert_command = "/bin/true";
	add_officer(config, "admin", UID_ADMIN, ROLE_ADMIN);
	add_officer(config, "drafter-1", UID_DRAFTER, ROLE_DRAFTER);
	add_officer(config, "releaser-1", UID_RELEASER, ROLE_RELEASER);
	add_officer(config, "releaser-2", UID_SECOND, ROLE_RELEASER);
	add_officer(config, "watch-1", UID_WATCH, ROLE_WATCH | ROLE_DRAFTER | ROLE_AUDITOR);
	add_officer(config, "head", UID_HEAD, ROLE_DRAFTER | ROLE_RELEASER);
	fill(site, random, sizeof random);
	keyfile_make(name_bytes(&config->station), random, &site->keys);
	site->card_until = WORLD_EPOCH_US + 52 * WEEK_US;
	site->card_serial = 1;
	site->card_from = 1;
}

struct world *world_create(uint64_t seed, size_t count)
{
	struct world *world = calloc(1, sizeof *world);

	if (world == NULL)
		abort();
	world->seed = seed;
	world->count = count;
	world->is_loud = getenv("WORLD_TRACE") != NULL;
	snprintf(world->directory, sizeof world->directory, "/tmp/hotline-world.XXXXXX");
	if (mkdtemp(world->directory) == NULL)
		world_broken(world, "no temporary directory can be made");
	for (size_t i = 0; i < count; i++)
		site_init(world, i);
	for (size_t a = 0; a < count; a++)
		for (size_t b = a + 1; b < count; b++)
			lines_set(world, a, b, 40 * 1000, 0);
	return world;
}

/* The disk: the database and its write-ahead log. */
static const char *const parts[] = {"", "-wal"};

static void copy_file(const struct world *world, const char *from, const char *to)
{
	uint8_t buffer[64 * KIB];
	ssize_t got = 0;
	int in = open(from, O_RDONLY), out;

	if (in < 0)
		return; /* a log that is not there yet */
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	while (out >= 0 && (got = read(in, buffer, sizeof buffer)) > 0)
		if (write(out, buffer, (size_t)got) != got)
			world_broken(world, "%s can't be written", to);
	if (out < 0 || got < 0)
		world_broken(world, "%s can't be copied to %s", from, to);
	close(in);
	close(out);
}

static void copy_disk(const struct world *world, const char *from, const char *to)
{
	for (size_t i = 0; i < 2; i++) {
		char a[2 * WORLD_PATH], b[2 * WORLD_PATH];

		snprintf(a, sizeof a, "%s%s", from, parts[i]);
		snprintf(b, sizeof b, "%s%s", to, parts[i]);
		copy_file(world, a, b);
	}
}

static void remove_disk(const char *path)
{
	for (size_t i = 0; i < 2; i++) {
		char part[2 * WORLD_PATH];

		snprintf(part, sizeof part, "%s%s", path, parts[i]);
		unlink(part);
	}
}

void site_limit_disk(const struct site *site, bool is_on)
{
	struct rlimit limit;

	if (!site->is_disk_full)
		return;
	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
		world_broken(site->world, "no limit can be set");
	limit.rlim_cur = is_on ? 1 : limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void image_path(const struct site *site, unsigned image, char path[WORLD_PATH])
{
	if (snprintf(path, WORLD_PATH, "%s/%zu.%u", site->world->directory, site->index, image) >= WORLD_PATH)
		world_broken(site->world, "the path of an image is too long");
}

static void new_path(struct site *site, char path[WORLD_PATH])
{
	image_path(site, site->images++, path);
}

int world_boot(struct world *world, size_t index)
{
	struct site *site = &world->site[index];
	struct station_setup setup = {.config = &site->config,
				      .keys = &site->keys,
				      .card = {site->card, site->card_len},
				      .pairs = site->pair,
				      .pair_count = site->pair_count,
				      .random = fill,
				      .random_ctx = site};
	struct now now = site_now(site);

	if (site->is_on_disk && site->path[0] == '\0')
		new_path(site, site->path);
	if (store_open(site->is_on_disk ? site->path : ":memory:", &site->store, site->error, sizeof site->error) != 0)
		return -1;
	setup.store = site->store;
	if (station_create(&setup, &now, &site->station, site->error, sizeof site->error) != 0) {
		store_close(site->store);
		site->store = NULL;
		site->station = NULL;
		return -1;
	}
	world_trace(world, (struct bytes){NULL, 0}, "%s starts", site->config.station.text);
	return 0;
}

void world_start(struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		site_make_card(&world->site[i]);
		if (world_boot(world, i) != 0)
			world_broken(world, "%s does not start: %s", world->site[i].config.station.text,
				     world->site[i].error);
	}
}

/* What only memory held is gone. */
static void go_down(struct world *world, struct site *site)
{
	world_trace(world, (struct bytes){NULL, 0}, "%s is down", site->config.station.text);
	lines_down(world, site->index);
	for (size_t i = 0; i < WORLD_GUESTS; i++) {
		heap_free(&site->guest[i].replies);
		memset(&site->guest[i], 0, sizeof site->guest[i]);
	}
	effects_finish(&site->effects);
	station_destroy(site->station);
	store_close(site->store);
	site->station = NULL;
	site->store = NULL;
}

void world_backup(struct world *world, size_t index, char path[WORLD_PATH])
{
	new_path(&world->site[index], path);
	copy_disk(world, world->site[index].path, path);
}

void world_restore(struct world *world, size_t index, const char path[WORLD_PATH])
{
	struct site *site = &world->site[index];

	remove_disk(site->path);
	new_path(site, site->path);
	copy_disk(world, path, site->path);
}

/* The disk as it is at this instant is the disk that comes back; closing the store would still commit. */
void world_kill(struct world *world, size_t index)
{
	struct site *site = &world->site[index];
	char image[WORLD_PATH];

	if (site->station == NULL)
		return;
	if (site->is_on_disk)
		world_backup(world, index, image);
	go_down(world, site);
	if (site->is_on_disk) {
		remove_disk(site->path);
		strcpy(site->path, image);
	}
}

void world_stop(struct world *world, size_t index)
{
	if (world->site[index].station == NULL)
		return;
	world_event(world, index, &(struct event){.type = EVENT_STOP});
	if (world->site[index].station != NULL)
		go_down(world, &world->site[index]);
}

void site_finish(struct site *site)
{
	if (site->station != NULL)
		go_down(site->world, site);
	heap_free(&site->journal);
	heap_free(&site->alerts);
	for (unsigned i = 0; i < site->images; i++) {
		char path[WORLD_PATH];

		image_path(site, i, path);
		remove_disk(path);
	}
}

void world_destroy(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		site_finish(&world->site[i]);
	lines_finish(world);
	rmdir(world->directory);
	free(world);
}
