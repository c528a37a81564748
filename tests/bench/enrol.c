/*
 * A station that enrols 193 peers: how long their offers take against commits of the same run, how large the keys
 * directory grows, and what it costs to find out whose an incoming record is. Prints figures and goals; asserts none.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core.h"
#include "daemon/secret.h"
#include "proto/armour.h"
#include "proto/hash.h"
#include "tests/bench/machine.h"

#define PEERS 193
#define NOW_US INT64_C(1791979200000000) /* 2026-10-14T12:00:00Z */
#define ROUNDS 200

static char directory[] = "/tmp/hotline-enrol-XXXXXX";
static struct config config = {.officer_count = 1, .officer = {{.function = {"admin"}, .uid = 0, .roles = ROLE_ADMIN}}};
static struct station_keys own;
static struct effects effects;
static struct station *station;

static void die(const char *what)
{
	fprintf(stderr, "enrol: %s\n", what);
	exit(1);
}

/* Keys and card of a station; all bytes come from a counter, so that each run is the same. */
static size_t make_station(const char *name, uint8_t seed, struct station_keys *keys,
			   uint8_t encoded[LIMIT_OBJECT_BYTES])
{
	uint8_t random[KEYFILE_RANDOM_BYTES], body[LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(encoded, LIMIT_OBJECT_BYTES);
	struct card card = {.name = bytes_of(name),
			    .serial = 1,
			    .valid_from = 1,
			    .valid_until = 2 * NOW_US,
			    .lane = LANE_TECHNICAL,
			    .layer = 1,
			    .zone = bytes_of("Asia/Bangkok")};

	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)(seed + i / KEY_BYTES * 37 + i);
	card.state = name_state(card.name);
	keyfile_make(card.name, random, keys);
	memcpy(card.root, keys->root.public, KEY_BYTES);
	memcpy(card.signing, keys->signing.public, KEY_BYTES);
	memcpy(card.log, keys->log.public, KEY_BYTES);
	memcpy(card.link, keys->link.public, KEY_BYTES);
	card_encode(&card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &keys->root, &out);
	return out.len;
}

/* A plain offer of peer i for the station, of a generation. */
static struct bytes make_offer(int i, uint32_t generation, char *armour, size_t size)
{
	uint8_t card[LIMIT_OBJECT_BYTES], body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(encoded, sizeof encoded);
	struct pack_writer text = pack_writer(armour, size);
	struct offer offer = {
	    .to = bytes_of("tha-cert"), .generation = generation, .week = time_week(NOW_US), .made_at = NOW_US};
	struct station_keys keys;
	char name[16];

	snprintf(name, sizeof name, "p%c%c-cert", 'a' + i / 26, 'a' + i % 26);
	offer.card = (struct bytes){card, make_station(name, (uint8_t)(i + 1), &keys, card)};
	memset(offer.half, i + 1, KEY_BYTES);
	offer_encode(&offer, &w);
	object_sign(OBJECT_OFFER, pack_written(&w), &keys.signing, &out);
	armour_encode("OFFER", pack_written(&out), &text);
	return pack_written(&text);
}

/* One turn: the event, the commit, the key files, as the daemon's loop does it. */
static void turn(const struct event *event)
{
	struct now now = {.real_us = NOW_US, .mono_us = 1};

	station_step(station, event, &now, &effects);
	if (station_settle(station, &now, &effects) != 0)
		die("the store failed");
	for (size_t i = 0; i < effects.count; i++) {
		struct bytes data = effects_data(&effects, &effects.item[i]);

		if (effects.item[i].type == EFFECT_KEYS &&
		    secret_store_pair(directory, own.store, station_pair(station, data)) != 0)
			die("a key file can't be written");
		if (effects.item[i].type == EFFECT_REPLY && memmem(data.data, data.len, "REFUSED", 7) != NULL)
			die("refused");
	}
	effects_clear(&effects);
}

static void call(enum method method, struct pack_writer *params)
{
	static uint8_t frame[256 * KIB];
	struct pack_writer w = pack_writer(frame, sizeof frame);
	struct control_rpc rpc = {.type = CONTROL_REQUEST,
				  .id = 1,
				  .method = bytes_of(method_rows[method].name),
				  .params = pack_written(params)};

	control_put_rpc(&w, &rpc);
	turn(&(struct event){.type = EVENT_REQUEST, .data = pack_written(&w)});
}

/* Offers both ways with every peer; gives the seconds that accepting took. */
static double exchange(uint32_t generation)
{
	static char armour[64 * KIB];
	static uint8_t buffer[128 * KIB];
	struct pack_writer params;
	double took = 0;

	for (int i = 0; i < PEERS; i++) {
		struct bytes offer = make_offer(i, generation, armour, sizeof armour);
		double start;

		params = pack_writer(buffer, sizeof buffer);
		pack_put_array(&params, 2);
		pack_put_str(&params, offer);
		pack_put_bool(&params, false);
		start = bench_now_us();
		call(METHOD_ACCEPT, &params);
		took += bench_now_us() - start;
		if (station->peer_count < (size_t)i + 1)
			die("a peer was not enrolled");
		params = pack_writer(buffer, sizeof buffer);
		pack_put_array(&params, 1);
		pack_put_str(&params,
			     name_bytes(&core_peer(station, (struct bytes){(uint8_t[]){'p', (uint8_t)('a' + i / 26),
										       (uint8_t)('a' + i % 26), '-',
										       'c', 'e', 'r', 't'},
									   8})
					     ->name));
		call(METHOD_OFFER, &params);
	}
	return took / 1e6;
}

static long keys_size(void)
{
	char path[300];
	struct dirent *entry;
	struct stat info;
	long size = 0;
	DIR *dir;

	snprintf(path, sizeof path, "%s/keys", directory);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "%s/keys/%s", directory, entry->d_name);
		if (entry->d_name[0] != '.' && stat(path, &info) == 0)
			size += info.st_size;
	}
	if (dir != NULL)
		closedir(dir);
	return size;
}

/* The tag of a record as the last peer makes it today (SPEC 3). */
static void sign_record(uint8_t record[RECORD_BYTES])
{
	const struct bytes zero = {(const uint8_t *)"", 1};
	struct peer *last = station->peers;
	struct week_keys keys;

	while (last->next != NULL)
		last = last->next;
	if (!directory_week_keys(station, last, 1, time_week(NOW_US), &keys))
		die("the last peer has no keys");
	hash_keyed((struct bytes){keys.tag, KEY_BYTES},
		   (const struct bytes[]){bytes_of("hotline/1/tag"),
					  zero,
					  name_bytes(&last->name),
					  zero,
					  {record + RECORD_TAG_BYTES, RECORD_BYTES - RECORD_TAG_BYTES}},
		   5, record, RECORD_TAG_BYTES);
}

/* A record of the last peer; or one that nobody made: every peer, generation and week is tried. */
static double find_us(bool is_known)
{
	double took[ROUNDS];
	uint8_t record[RECORD_BYTES];
	struct week_cache found;

	for (int i = 0; i < ROUNDS; i++) {
		double start;

		memset(record, i + 1, sizeof record);
		if (is_known)
			sign_record(record);
		start = bench_now_us();
		if ((directory_find_record(station, record, 0, &found) != NULL) != is_known)
			die("a record was taken for another's");
		took[i] = bench_now_us() - start;
	}
	return bench_at(took, ROUNDS, 0.5);
}

int main(void)
{
	static const uint8_t version[] = {0x91, CONTROL_VERSION};
	uint8_t card[LIMIT_OBJECT_BYTES];
	struct station_setup setup = {.config = &config, .keys = &own, .random = secret_random};
	struct now now = {.real_us = NOW_US, .mono_us = 1};
	struct pack_writer hello = {.data = (uint8_t *)version, .len = sizeof version, .capacity = sizeof version};
	struct machine machine;
	char path[300], error[256];
	double seconds, find, stranger;

	if (key_init() != 0 || mkdtemp(directory) == NULL)
		die("no directory");
	snprintf(path, sizeof path, "%s/keys", directory);
	mkdir(path, 0700);
	machine_measure(directory, &machine);
	snprintf(path, sizeof path, "%s/bench-store", directory);
	name_copy(bytes_of("tha-cert"), &config.station);
	setup.card = (struct bytes){card, make_station("tha-cert", 250, &own, card)};
	if (store_open(path, &setup.store, error, sizeof error) != 0 ||
	    station_create(&setup, &now, &station, error, sizeof error) != 0)
		die(error);
	turn(&(struct event){.type = EVENT_CLIENT});
	call(METHOD_HELLO, &hello);
	seconds = exchange(1);
	find = find_us(true);
	stranger = find_us(false);
	printf("enrol %d plain offers           %8.2f s, %.0f commits of %.0f us (goal at most 4000)\n", PEERS, seconds,
	       seconds * 1e6 / machine.commit_us, machine.commit_us);
	printf("keys directory                  %8.0f KiB (goal under 1024)\n", (double)keys_size() / 1024);
	printf("find the peer of a record       %8.1f us, %.1f key agreements of %.1f us (goal under 8)\n", find,
	       find / machine.agree_us, machine.agree_us);
	printf("find that it is of no peer      %8.1f us, %.1f key agreements\n", stranger,
	       stranger / machine.agree_us);
	station_destroy(station);
	store_close(setup.store);
	effects_finish(&effects);
	snprintf(path, sizeof path, "rm -rf %s", directory);
	return system(path) == 0 ? 0 : 1;
}
