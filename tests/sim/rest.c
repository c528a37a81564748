/*
 * What must hold once a world has come to rest: links up, nothing waiting or on its way, no memory held for peers, pair
 * logs that agree, and every message with its addressees, once. This alone looks inside the stations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "tests/sim/office.h"

#define REST_US (2 * MINUTE_US)

/* The ids in one station's log with another, in order of the ids. */
static size_t read_ids(struct world *world, size_t site, size_t peer, uint8_t (*out)[HASH_BYTES], size_t capacity)
{
	struct store *store = world->site[site].store;
	struct peer_row row = {0};
	struct log_row entry;
	size_t count = 0;

	while (store_peer_after(store, row.id, &row) && strcmp(row.name.text, office_name(world, peer)) != 0)
		;
	while (count < capacity && store_log_row(store, row.id, count, &entry))
		memcpy(out[count++], entry.leaf.id, HASH_BYTES);
	return count;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, HASH_BYTES);
}

bool office_logs_agree(struct world *world, size_t a, size_t b)
{
	enum { MOST = 4096 };
	static uint8_t ids[2][MOST][HASH_BYTES];
	size_t counts[2] = {read_ids(world, a, b, ids[0], MOST), read_ids(world, b, a, ids[1], MOST)};

	qsort(ids[0], counts[0], HASH_BYTES, by_id);
	qsort(ids[1], counts[1], HASH_BYTES, by_id);
	world_trace(world, (struct bytes){NULL, 0}, "pair logs of %zu and %zu entries", counts[0], counts[1]);
	return counts[0] == counts[1] && memcmp(ids[0], ids[1], counts[0] * HASH_BYTES) == 0;
}

static const char *say(const struct world *world, size_t site, const struct peer *peer, const char *what)
{
	static char sentence[200];

	snprintf(sentence, sizeof sentence, "seed %llu: %s with %s: %s", (unsigned long long)world->seed,
		 office_name(world, site), peer->name.text, what);
	return sentence;
}

static const char *check_peer(struct world *world, size_t site, const struct peer *peer)
{
	const struct station *st = world->site[site].station;
	struct given first = {.precedence = UINT8_MAX}, next;
	uint64_t waiting, given, bytes, seq;

	if (peer->conn == NULL)
		return say(world, site, peer, "no link");
	store_outbox_totals(st->store, peer->id, &waiting, &given, &bytes);
	if (waiting > 0)
		return say(world, site, peer, "items wait");
	if (given > 0 || store_given_after(st->store, peer->id, &first, &next))
		return say(world, site, peer, "seqs were given and are not stored");
	if (peer->flight_count > 0 || peer->flight_bytes > 0)
		return say(world, site, peer, "parcels are in flight");
	if (store_received_after(st->store, peer->id, peer->through, &seq))
		return say(world, site, peer, "a gap in what was received");
	for (size_t i = 0; i < LIMIT_PARTIALS; i++)
		if (peer->partial[i].seq > peer->through)
			return say(world, site, peer, "half a parcel is held");
	return NULL;
}

const char *office_rest(struct world *world)
{
	const char *sentence = NULL;

	world_run(world, REST_US);
	for (size_t a = 0; a < world->count; a++) {
		const struct station *st = world->site[a].station;

		if (st == NULL)
			world_broken(world, "%s is down and can't rest", office_name(world, a));
		for (const struct peer *peer = st->peers; peer != NULL && sentence == NULL; peer = peer->next)
			sentence = check_peer(world, a, peer);
		for (size_t b = a + 1; b < world->count && sentence == NULL; b++)
			if (core_peer(st, bytes_of(office_name(world, b))) != NULL &&
			    !office_logs_agree(world, a, b))
				sentence =
				    say(world, a, core_peer(st, bytes_of(office_name(world, b))), "the logs differ");
	}
	return sentence;
}
