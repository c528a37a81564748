/* Who dials a peer, when, where, and what silence in answer means (SPEC 3). */
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"

/* Up to 15 s, with jitter, so that two stations that lost each other do not dial in step. */
void dial_plan(struct station *st, struct peer *peer, bool was_good)
{
	uint32_t random;

	st->random(st->random_ctx, &random, sizeof random);
	if (was_good)
		peer->backoff_us = REDIAL_MIN_US;
	peer->dial_at = st->now.mono_us + peer->backoff_us * (75 + random % 50) / 100;
	peer->backoff_us = peer->backoff_us * 2 < REDIAL_MAX_US ? peer->backoff_us * 2 : REDIAL_MAX_US;
	if (outbox_is_urgent(st, peer) && peer->dial_at > st->now.mono_us + REDIAL_URGENT_US)
		peer->dial_at = st->now.mono_us + REDIAL_URGENT_US;
}

/* Nothing came back from a dialled peer: it, its keys or its clock are not what we think. */
void dial_note_silence(struct peer *peer)
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);

	peer->silent_closes++;
	peer->endpoint++;
	if (generation == NULL || generation->is_proven)
		return;
	/* three closes on the highest generation, three on the one below, and so on, until one works */
	peer->pair->unproven_closes = (uint8_t)((peer->pair->unproven_closes + 1) % (2 * SILENT_CLOSES_EXPLAINED));
}

static bool dial_is_ours(const struct station *st, const struct peer *peer)
{
	const struct config_peer *config = config_peer(st->config, name_bytes(&peer->name));

	switch (config != NULL ? config->dial : DIAL_AUTO) {
	case DIAL_ALWAYS:
		return true;
	case DIAL_NEVER:
		return false;
	case DIAL_AUTO:
		break;
	}
	return bytes_compare(core_own_name(st), name_bytes(&peer->name)) < 0;
}

static bool has_link(const struct station *st, const struct peer *peer)
{
	for (const struct conn *conn = st->conns; conn != NULL; conn = conn->next)
		if (conn->peer == peer && conn->link.phase == PHASE_OPEN)
			return true;
	return false;
}

void dial_start(struct station *st, struct peer *peer)
{
	const struct config_peer *config = config_peer(st->config, name_bytes(&peer->name));
	bool is_configured = config != NULL && config->endpoint_count > 0;
	size_t count = is_configured ? config->endpoint_count : peer->card.endpoint_count;
	struct bytes endpoint;
	struct conn *conn;

	if (count == 0) {
		peer->dial_at = INT64_MAX;
		return;
	}
	peer->endpoint %= count;
	endpoint = is_configured ? bytes_of(config->endpoint[peer->endpoint]) : peer->card.endpoint[peer->endpoint];
	conn = conn_add(st, st->next_conn);
	st->next_conn += 2;
	conn->peer = peer;
	conn->link.phase = PHASE_WAIT_SECOND;
	conn->link.is_dialler = true;
	conn->due = st->now.mono_us + RECORD2_TIMEOUT_US;
	snprintf(conn->address, sizeof conn->address, "%.*s", (int)endpoint.len, (const char *)endpoint.data);
	peer->is_dialling = true;
	core_effect(st, EFFECT_DIAL, conn->id, endpoint);
}

bool dial_is_wanted(const struct station *st, const struct peer *peer)
{
	return !cards_is_revoked(peer) && dial_is_ours(st, peer) && !peer->is_dialling && !has_link(st, peer);
}

/* Whether a host:port, or [host]:port, has this address. */
static bool has_address(struct bytes endpoint, const char *address)
{
	size_t len = strlen(address), skip = endpoint.len > 0 && endpoint.data[0] == '[';

	return endpoint.len > skip + len && memcmp(endpoint.data + skip, address, len) == 0 &&
	       endpoint.data[skip + len] == (skip ? ']' : ':');
}

bool dial_knows(const struct station *st, const char *address)
{
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next) {
		const struct config_peer *config = config_peer(st->config, name_bytes(&peer->name));

		if (peer->conn != NULL && strcmp(peer->conn->address, address) == 0)
			return true;
		for (size_t i = 0; i < peer->card.endpoint_count; i++)
			if (has_address(peer->card.endpoint[i], address))
				return true;
		for (size_t i = 0; config != NULL && i < config->endpoint_count; i++)
			if (has_address(bytes_of(config->endpoint[i]), address))
				return true;
	}
	return false;
}
