/* The one door into the core: making a station, taking events, ending a turn. */
#include "daemon/station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "daemon/store_blob.h"

#define CLOCK_SLACK_US SECOND_US /* by so much the log may be ahead: its times strictly increase (SPEC 6.2) */
#define SOFT_COMMIT_US SECOND_US /* what needs no commit of its own gets one after this */

static int check_card(struct station *st, struct bytes card, char *error, size_t size)
{
	struct object object;
	int result;

	st->card_bytes = malloc(card.len);
	if (st->card_bytes == NULL) {
		snprintf(error, size, "no memory for a station");
		return -1;
	}
	memcpy(st->card_bytes, card.data, card.len);
	st->card_len = card.len;
	result = card_open((struct bytes){st->card_bytes, st->card_len}, &object, &st->card);
	if (result != RESULT_OK) {
		snprintf(error, size, "this station's card can't be read: %s", result_name(result));
		return -1;
	}
	if (!bytes_equal(st->card.name, core_own_name(st)) || !name_equal(&st->keys.name, &st->config->station)) {
		snprintf(error, size, "the configuration is for %s, but card or keys are another contact point's",
			 st->config->station.text);
		return -1;
	}
	if (!hash_equal(st->card.signing, st->keys.signing.public, KEY_BYTES) ||
	    !hash_equal(st->card.log, st->keys.log.public, KEY_BYTES) ||
	    !hash_equal(st->card.link, st->keys.link.public, KEY_BYTES)) {
		snprintf(error, size, "the card of %s does not name the keys in its key file",
			 st->config->station.text);
		return -1;
	}
	return 0;
}

static int check_clock(struct station *st, bool is_confirmed, char *error, size_t size)
{
	int64_t newest = store_log_newest(st->store), confirmed = store_clock_confirmed(st->store, newest);
	char text[TIME_TEXT], now[TIME_TEXT];

	if (newest > st->now.real_us + CLOCK_SLACK_US && is_confirmed)
		store_clock_confirm(st->store, newest, st->now.real_us);
	if (newest <= st->now.real_us + CLOCK_SLACK_US || is_confirmed || (confirmed != 0 && confirmed <= st->now.real_us))
		return 0;
	time_format_iso(newest, text);
	time_format_iso(st->now.real_us, now);
	snprintf(error, size,
		 "the clock says %s, but the newest log entry is of %s; set the clock right, or start once with "
		 "--confirm-clock",
		 now, text);
	return -1;
}

int station_create(const struct station_setup *setup, const struct now *now, struct station **out, char *error,
		   size_t size)
{
	struct station *st = calloc(1, sizeof *st);
	struct effects effects = {0};
	int64_t newest;

	if (st == NULL) {
		snprintf(error, size, "no memory for a station");
		return -1;
	}
	st->config = setup->config;
	st->store = setup->store;
	st->keys = *setup->keys;
	st->random = setup->random;
	st->random_ctx = setup->random_ctx;
	st->now = st->clock_at = *now;
	st->started_at = now->real_us;
	st->next_conn = 1;
	st->effects = &effects;
	store_begin(st->store);
	newest = store_log_newest(st->store);
	checkpoint_origin(core_own_name(st), (struct bytes){NULL, 0}, st->log.name);
	store_log_open(st->store, 0, &st->log);
	if (check_card(st, setup->card, error, size) != 0 || check_clock(st, setup->clock_confirmed, error, size) != 0)
		goto fail;
	if (directory_load(st, setup->pairs, setup->pair_count) != 0) {
		snprintf(error, size, "the store's peers can't be loaded: %s", store_error(st->store));
		goto fail;
	}
	store_blob_drop_unfinished(st->store);
	ladder_start(st);
	check_start(st);
	timed_load(st);
	cards_announce(st);
	store_card_put(st->store, st->card.name, st->card.serial, setup->card);
	newest += st->shift.log - st->shift.clock; /* what the clock said then */
	if (newest > now->real_us + CLOCK_SLACK_US)
		core_log_act(st, STATION_CLOCK, NULL, "uu", (uint64_t)newest, (uint64_t)now->real_us);
	core_log_act(st, STATION_START, NULL, "t", bytes_of(HOTLINE_VERSION));
	st->heads_at = now->mono_us + HOUR_US;
	if (store_commit(st->store) != 0) {
		snprintf(error, size, "the store failed: %s", store_error(st->store));
		goto fail;
	}
	st->effects = NULL;
	effects_finish(&effects);
	*out = st;
	return 0;
fail:
	st->effects = NULL;
	effects_finish(&effects);
	station_destroy(st);
	return -1;
}

static void remove_client(struct station *st, uint32_t id)
{
	struct client **at = &st->clients, *client;

	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	client = *at;
	if (client == NULL)
		return;
	*at = client->next;
	exporter_destroy(client->exporter);
	upload_finish(client);
	free(client);
}

void station_destroy(struct station *st)
{
	if (st == NULL)
		return;
	while (st->conns != NULL) {
		struct conn *conn = st->conns;

		st->conns = conn->next;
		link_finish(&conn->link);
		recover_drop(conn);
		free(conn);
	}
	while (st->clients != NULL)
		remove_client(st, st->clients->id);
	directory_finish(st);
	free(st->card_bytes);
	key_wipe(st, sizeof *st);
	free(st);
}

static void add_client(struct station *st, uint32_t id, uint32_t uid, uint64_t sections)
{
	struct client *client = calloc(1, sizeof *client);

	if (client == NULL)
		abort();
	client->id = id;
	client->uid = uid;
	client->officer = config_officer(st->config, uid, sections);
	client->next = st->clients;
	st->clients = client;
}

static struct client *find_client(struct station *st, uint32_t id)
{
	struct client *client = st->clients;

	while (client != NULL && client->id != id)
		client = client->next;
	return client;
}

static void stop(struct station *st)
{
	st->is_stopping = true;
	core_log(st, STATION_STOP, NULL, (struct bytes){(const uint8_t *)"\x90", 1});
	conn_stop(st);
}

/* A station that was cut off between commit and alert rings after its start for what nobody has acknowledged. */
static void ring_for_unacknowledged(struct station *st)
{
	if (st->has_rung)
		return;
	st->has_rung = true;
	evidence_again(st);
	if (store_unacknowledged(st->store, core_own_name(st), st->now.real_us) > 0)
		core_alert(st, "unacknowledged", NULL, core_own_name(st));
}

static void timer(struct station *st)
{
	ring_for_unacknowledged(st);
	conn_timers(st);
	timed_run(st);
	ladder_timers(st);
	check_timers(st);
	if (st->heads_at <= st->now.mono_us)
		heads_log(st);
}

void station_step(struct station *st, const struct event *event, const struct now *now, struct effects *effects)
{
	struct conn *conn;
	struct client *client;

	st->now = *now;
	st->effects = effects;
	store_begin(st->store);
	clock_watch(st);
	conn = event->type <= EVENT_CLOSED ? conn_find(st, event->conn) : NULL;
	client = event->type >= EVENT_CLIENT && event->type <= EVENT_CLIENT_GONE ? find_client(st, event->conn) : NULL;
	switch (event->type) {
	case EVENT_ACCEPTED:
		conn_accepted(st, event->conn, event->text);
		break;
	case EVENT_CONNECTED:
		if (conn != NULL)
			conn_connected(st, conn);
		break;
	case EVENT_BYTES:
		if (conn != NULL)
			conn_bytes(st, conn, event->data);
		break;
	case EVENT_ROOM:
		if (conn != NULL)
			conn_room(st, conn, event->count);
		break;
	case EVENT_CLOSED:
		if (conn != NULL)
			conn_closed(st, conn);
		break;
	case EVENT_CLIENT:
		add_client(st, event->conn, event->uid, event->sections);
		break;
	case EVENT_REQUEST:
		if (client != NULL)
			request_handle(st, client, event->data);
		conn_drop_unwanted(st);
		break;
	case EVENT_CLIENT_ROOM:
		if (client != NULL)
			request_continue(st, client);
		break;
	case EVENT_CLIENT_GONE:
		if (client != NULL)
			upload_drop(st, client);
		remove_client(st, event->conn);
		break;
	case EVENT_TIMER:
		timer(st);
		break;
	case EVENT_STOP:
		stop(st);
		break;
	}
}

int station_settle(struct station *st, const struct now *now, struct effects *effects)
{
	st->now = *now;
	st->effects = effects;
	store_begin(st->store);
	clock_watch(st);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		outbox_custody(st, peer);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		fetch_settle(st, peer);
	for (struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		if (conn->link.phase == PHASE_OPEN)
			outbox_fill(st, conn);
	if (!store_must_commit(st->store) && store_is_open(st->store)) {
		/* only what hello would say again was written: it waits for the next commit, not long */
		if (st->soft_at == 0)
			st->soft_at = now->mono_us + SOFT_COMMIT_US;
		if (now->mono_us < st->soft_at)
			return 0;
	}
	st->soft_at = 0;
	return store_commit(st->store);
}

int64_t station_rebuild(struct station *st)
{
	uint64_t entries;

	store_begin(st->store);
	entries = rebuild_all(st);
	return store_commit(st->store) == 0 ? (int64_t)entries : -1;
}

int64_t station_deadline(struct station *st)
{
	int64_t deadline = st->has_rung ? conn_deadline(st) : 0, ladder = ladder_deadline(st);

	if (ladder < deadline)
		deadline = ladder;
	if (check_deadline(st) < deadline)
		deadline = check_deadline(st);
	if (st->heads_at < deadline)
		deadline = st->heads_at;
	if (st->soft_at != 0 && st->soft_at < deadline)
		deadline = st->soft_at;
	if (timed_deadline(st) < deadline)
		deadline = timed_deadline(st);
	return deadline;
}
