/*
 * Heads of the pair logs: hourly in the station log and to the peers, daily published where the configuration says so, as
 * checkpoints that other people's tools read (SPEC 6).
 */
#include <stdio.h>

#include "daemon/core.h"

/* [[origin, size, root]...] */
static void put_heads(const struct station *st, struct pack_writer *w)
{
	uint8_t root[HASH_BYTES];

	pack_put_array(w, st->peer_count);
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		merkle_root(&peer->log.tree, root);
		pack_put_array(w, 3);
		pack_put_text(w, peer->log.name);
		pack_put_uint(w, peer->log.tree.size);
		pack_put_bin(w, root, HASH_BYTES);
	}
}

/* "tha-cert.vnm-cert.2026-10-14" and the checkpoint of that log, signed now. */
static void publish(struct station *st, const struct peer *peer, const char *day)
{
	struct checkpoint checkpoint = {.origin = bytes_of(peer->log.name), .size = peer->log.tree.size};
	uint8_t data[3 * LIMIT_NAME_BYTES + CHECKPOINT_BYTES];
	struct pack_writer w = pack_writer(data, sizeof data);
	char name[3 * LIMIT_NAME_BYTES];

	snprintf(name, sizeof name, "%s.%s.%.10s", st->config->station.text, peer->name.text, day);
	pack_put_raw(&w, bytes_of(name));
	pack_put_raw(&w, (struct bytes){(const uint8_t *)"", 1});
	merkle_root(&peer->log.tree, checkpoint.root);
	checkpoint_sign(&checkpoint, &st->keys.log, &w);
	core_effect(st, EFFECT_PUBLISH, 0, pack_written(&w));
}

/* Once a day, and at the first hour after a start: a file that is there stays as it is. */
static void publish_all(struct station *st)
{
	char day[TIME_TEXT];

	time_format_iso(st->now.real_us, day);
	if (st->config->publish == NULL || st->now.real_us / (24 * HOUR_US) == st->published_day)
		return;
	st->published_day = st->now.real_us / (24 * HOUR_US);
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		if (peer->log.tree.size > 0 && !peer->is_ahead)
			publish(st, peer, day);
}

void heads_log(struct station *st)
{
	static uint8_t data[LEAF_DATA_BYTES];
	struct pack_writer w = pack_writer(data, sizeof data);

	put_heads(st, &w);
	core_log(st, STATION_HEADS, NULL, pack_written(&w));
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		if (peer->log.tree.size > 0 && peer->heads_size != peer->log.tree.size) {
			outbox_checkpoint(st, peer);
			peer->heads_size = peer->log.tree.size + 1; /* with the checkpoint's own entry */
		}
	publish_all(st);
	st->heads_at = st->now.mono_us + HOUR_US;
}
