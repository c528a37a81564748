/* Making stations, and ending them: in order, by a power cut, and from an older copy of the disk. */
#include "tests/sim/sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/card.h"
#include "proto/hash.h"
#include "proto/result.h"

/* In the order of their names. The last four are of one state, for the ladder to climb. */
static const struct {
	const char *name;
	enum lane lane;
	uint8_t layer;
	const char *alternate;
} places[WORLD_SITES] = {{"sgp-cert", LANE_TECHNICAL, 1, NULL},	     {"tha-cert", LANE_TECHNICAL, 1, NULL},
			 {"vnm-cert", LANE_TECHNICAL, 1, "vnm-ops"}, {"vnm-mfa", LANE_DIPLOMATIC, 1, NULL},
			 {"vnm-ops", LANE_TECHNICAL, 1, NULL},	     {"vnm-pmo", LANE_DIPLOMATIC, 2, NULL}};

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
			    .lane = places[site->index].lane,
			    .layer = places[site->index].layer,
			    .zone = bytes_of("Asia/Bangkok"),
			    .endpoint_count = site->endpoint_count};

	for (size_t k = 0; k < site->endpoint_count; k++)
		card.endpoint[k] = bytes_of(site->endpoint[k]);
	if (places[site->index].alternate != NULL && site->world->count > 3)
		card.alternate[card.alternate_count++] = bytes_of(places[site->index].alternate);
	if (site->has_hours) {
		card.hours_count = 1;
		card.hours[0].to = 12 * 60;
	}
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
	name_copy(bytes_of(places[index].name), &config->station);
	site->endpoint_count = 1;
	for (size_t k = 0; k < LINES_PATHS; k++)
		snprintf(site->endpoint[k], sizeof site->endpoint[k], "10.0.%zu.%zu:7000", k, index + 1);
	config->second_person = config->accepts_exercise = true;
	config->attachment_quota = ATTACHMENT_QUOTA_BYTES;
	config->alert_command = "/bin/true";
	add_officer(config, "admin", UID_ADMIN, ROLE_ADMIN);
	add_officer(config, "drafter-1", UID_DRAFTER, ROLE_DRAFTER);
	add_officer(config, "releaser-1", UID_RELEASER, ROLE_RELEASER);
	add_officer(config, "releaser-2", UID_SECOND, ROLE_RELEASER);
	add_officer(config, "watch-1", UID_WATCH, ROLE_WATCH | ROLE_DRAFTER | ROLE_AUDITOR);
	add_officer(config, "head", UID_HEAD, ROLE_DRAFTER | ROLE_RELEASER);
	fill(site, random, sizeof random);
	keyfile_make(name_bytes(&config->station), random, &site->keys);
	for (size_t i = 0; i < index; i++) /* a state has one root */
		if (bytes_equal(name_state(bytes_of(places[i].name)), name_state(bytes_of(places[index].name))))
			site->keys.root = world->site[i].keys.root;
	site->disk = disk_create(world->seed * WORLD_SITES + index);
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
	for (size_t i = 0; i < count; i++)
		site_init(world, i);
	for (size_t a = 0; a < count; a++)
		for (size_t b = a + 1; b < count; b++)
			lines_set(world, a, b, 40 * 1000, 0);
	return world;
}

int site_keep_keys(struct site *site, struct bytes name)
{
	const struct pair_keys *pair = station_pair(site->station, name);
	uint8_t file[PAIR_FILE_BYTES];
	char path[DISK_NAME];

	if (pair == NULL)
		world_broken(site->world, "%s hands out no key state", site->config.station.text);
	snprintf(path, sizeof path, "keys/pair-%s", pair->peer.text);
	return disk_put(site->disk, path, pair_encode(pair, file));
}

static size_t read_keys(const struct site *site, struct pair_keys out[WORLD_SITES])
{
	struct bytes file;
	size_t count = 0;

	while (count < WORLD_SITES && disk_get(site->disk, "keys/pair-", count, &file)) {
		if (pair_decode(file, &out[count]) != RESULT_OK)
			world_broken(site->world, "%s kept a key file that can't be read", site->config.station.text);
		count++;
	}
	return count;
}

int world_boot(struct world *world, size_t index)
{
	struct site *site = &world->site[index];
	struct pair_keys pairs[WORLD_SITES];
	struct station_setup setup = {.config = &site->config,
				      .keys = &site->keys,
				      .card = {site->card, site->card_len},
				      .pairs = pairs,
				      .pair_count = read_keys(site, pairs),
				      .clock_confirmed = site->confirms_clock,
				      .random = fill,
				      .random_ctx = site};
	struct now now = site_now(site);

	if (store_open(disk_path(site->disk), &site->store, site->error, sizeof site->error) != 0)
		return -1;
	setup.store = site->store;
	if (station_create(&setup, &now, &site->station, site->error, sizeof site->error) != 0) {
		store_close(site->store);
		site->store = NULL;
		site->station = NULL;
		return -1;
	}
	site->booted_at = world->at_us;
	site->served_events = 0;
	site->knows_deadline = false;
	world_trace(world, (struct bytes){NULL, 0}, "%s starts", site->config.station.text);
	if (world->turned != NULL)
		world->turned(site, world->hear_ctx);
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
	site->down_at = world->at_us;
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
	struct disk *image;

	if (world->image_count == WORLD_IMAGES)
		world_broken(world, "more images than there is room for");
	image = disk_copy(world->site[index].disk, world->seed + world->image_count);
	world->images[world->image_count++] = image;
	strcpy(path, disk_path(image));
}

void world_restore(struct world *world, size_t index, const char path[WORLD_PATH])
{
	struct site *site = &world->site[index];
	size_t i = 0;

	while (i < world->image_count && strcmp(disk_path(world->images[i]), path) != 0)
		i++;
	if (i == world->image_count || site->station != NULL)
		world_broken(world, "%s can't be restored from %s", site->config.station.text, path);
	disk_destroy(site->disk);
	site->disk = disk_copy(world->images[i], world->seed + i);
}

/* Closing the store would still write: it may not. */
void world_crash(struct world *world, size_t index)
{
	struct site *site = &world->site[index];

	if (site->station == NULL)
		return;
	disk_halt(site->disk, true);
	go_down(world, site);
	disk_halt(site->disk, false);
}

void world_kill(struct world *world, size_t index)
{
	if (world->site[index].station == NULL)
		return;
	world_crash(world, index);
	disk_cut(world->site[index].disk);
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
	heap_free(&site->evidence);
	heap_free(&site->published);
	disk_destroy(site->disk);
}

void world_destroy(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		site_finish(&world->site[i]);
	lines_finish(world);
	for (size_t i = 0; i < WORLD_TAPES; i++)
		heap_free(&world->tape[i].heard);
	for (size_t i = 0; i < world->image_count; i++)
		disk_destroy(world->images[i]);
	free(world);
}
