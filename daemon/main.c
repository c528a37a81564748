/* hotlined: options and wiring, nothing else. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/log.h"
#include "daemon/secret.h"
#include "daemon/store.h"
#include "daemon/uv_loop.h"
#include "daemon/uv_users.h"

static const char usage[] = "usage: hotlined -c FILE [--test-config] [--rebuild] [--confirm-clock]\n"
			    "                [--passphrase-fd N]\n"
			    "  -c, --config FILE   the configuration (hotlined.conf(5))\n"
			    "  --test-config       read the configuration, say what is wrong, and end\n"
			    "  --rebuild           make messages, deliveries and deadlines anew from the logs, and end\n"
			    "  --confirm-clock     start although the log is ahead of the clock: the clock is right\n"
			    "  --passphrase-fd N   the first line of this descriptor unlocks the key file\n"
			    "  --version, --help\n";

struct options {
	const char *config;
	bool is_test, clock_confirmed, is_rebuild;
	int passphrase_fd; /* -1 none */
};

static void say(const char *sentence)
{
	fprintf(stderr, "hotlined: %s\n", sentence);
}

/* 0 go on, 1 done well, 2 wrong usage. */
static int read_options(int argc, char **argv, struct options *out)
{
	static const struct option options[] = {{"config", required_argument, NULL, 'c'},
						{"test-config", no_argument, NULL, 't'},
						{"confirm-clock", no_argument, NULL, 'k'},
						{"rebuild", no_argument, NULL, 'r'},
						{"version", no_argument, NULL, 'v'},
						{"help", no_argument, NULL, 'h'},
						{"passphrase-fd", required_argument, NULL, 'p'},
						{NULL, 0, NULL, 0}};
	int option;
	char *end;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			out->config = optarg;
			break;
		case 't':
			out->is_test = true;
			break;
		case 'k':
			out->clock_confirmed = true;
			break;
		case 'r':
			out->is_rebuild = true;
			break;
		case 'p':
			out->passphrase_fd = (int)strtol(optarg, &end, 10);
			if (*optarg == '\0' || *end != '\0' || out->passphrase_fd < 0) {
				fputs(usage, stderr);
				return 2;
			}
			break;
		case 'v':
			printf("hotlined %s\n", HOTLINE_VERSION);
			return 1;
		case 'h':
			fputs(usage, stdout);
			return 1;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (out->config == NULL || optind != argc) {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}

/* A store that is gone must not be begun anew beside keys that show peers: they hold what it said. */
static int check_store(const char *path, const struct station_setup *setup, char *error, size_t size)
{
	struct stat info;

	if (stat(path, &info) == 0 && info.st_size > 0)
		return 0;
	for (size_t i = 0; i < setup->pair_count; i++)
		if (setup->pairs[i].accepted_generation > 0) {
			snprintf(error, size,
				 "%s is missing or empty, but %s was a peer of this station; put the store back", path,
				 setup->pairs[i].peer.text);
			return -1;
		}
	return 0;
}

/* Everything the station needs from the disk. Sentences say what was wrong. */
static int open_station(const struct config *config, const struct options *options, struct station_keys *keys,
			struct store **out_store, struct station **out)
{
	static uint8_t card[LIMIT_OBJECT_BYTES];
	struct station_setup setup = {
	    .config = config, .keys = keys, .random = secret_random, .clock_confirmed = options->clock_confirmed};
	struct pair_keys *pairs = NULL;
	char error[8192], path[4096];
	size_t card_len = 0;
	struct now now;
	int result = -1;

	snprintf(path, sizeof path, "%s/store", config->directory);
	if (secret_lock(config->directory, error, sizeof error) != 0 ||
	    secret_load_station(config->directory, options->passphrase_fd, keys, error, sizeof error) != 0 ||
	    secret_load_card(config->directory, card, &card_len, error, sizeof error) != 0 ||
	    secret_load_pairs(config->directory, keys->store, &pairs, &setup.pair_count, error, sizeof error) != 0)
		goto out;
	setup.pairs = pairs;
	if (check_store(path, &setup, error, sizeof error) != 0 ||
	    store_open(path, out_store, error, sizeof error) != 0 ||
	    store_encrypt(*out_store, keys->store, secret_random, NULL, error, sizeof error) != 0)
		goto out;
	setup.store = *out_store;
	setup.card = (struct bytes){card, card_len};
	loop_now(&now);
	result = station_create(&setup, &now, out, error, sizeof error);
out:
	if (result != 0)
		say(error);
	secret_free_pairs(pairs, setup.pair_count);
	return result;
}

/* The lists again from the logs; the exit code. */
static int rebuild(struct station *station, const struct store *store)
{
	int64_t entries = station_rebuild(station);

	if (entries < 0)
		fprintf(stderr, "hotlined: the lists can't be rebuilt: %s; nothing was changed\n", store_error(store));
	else
		printf("messages, deliveries and deadlines were made anew from %lld log entries\n", (long long)entries);
	return entries < 0 ? 1 : 0;
}

static int run(const struct config *config, const struct options *options)
{
	static struct loop loop;
	static struct station_keys keys;
	struct store *store = NULL;
	struct station *station = NULL;
	int result = 1;

	if (!secret_harden())
		log_text("event=unlocked-memory text=\"memory can't be locked (LimitMEMLOCK); keys may reach swap\"");
	if (open_station(config, options, &keys, &store, &station) != 0)
		goto out;
	if (options->is_rebuild) {
		result = rebuild(station, store);
		goto out;
	}
	if (loop_init(&loop, config) != 0 ||
	    net_create(&loop, &loop.net) != 0 || alert_create(&loop, config->alert_command, &loop.alert) != 0)
		goto out;
	loop.station = station;
	loop.store_key = keys.store;
	for (size_t i = 0; i < config->listen_count; i++)
		if (net_listen(loop.net, config->listen[i]) != 0)
			goto out;
	if (control_create(&loop, config->control, &loop.control) != 0)
		goto out;
	log_text("event=start station=%s version=%s", config->station.text, HOTLINE_VERSION);
	result = loop_run(&loop, station);
	if (result != 0)
		store_give_up(store); /* a disk that failed once is left as it is */
out:
	control_destroy(loop.control);
	net_destroy(loop.net);
	alert_destroy(loop.alert);
	station_destroy(station);
	store_close(store);
	key_wipe(&keys, sizeof keys);
	return result;
}

int main(int argc, char **argv)
{
	struct options options = {.passphrase_fd = -1};
	struct config config;
	int result = read_options(argc, argv, &options);

	if (result != 0)
		return result == 1 ? 0 : 2;
	umask(077); /* the record is in clear on the disk: whatever is made here is the station's alone */
	if (key_init() != 0) {
		say("libsodium can't start");
		return 1;
	}
	if (config_read(options.config, &config, say) != 0)
		return 1;
	users_check(&config, say);
	if (options.is_test)
		printf("%s: the configuration of %s is good\n", options.config, config.station.text);
	else
		result = run(&config, &options);
	config_finish(&config);
	return result;
}
