/* Who dials a peer, when, where, and what silence in answer means (SPEC 3.5). Each endpoint is dialled on its own. */
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"

#define TRIES 2 /* at one endpoint at once, when something urgent waits */

size_t dial_endpoints(const struct peer *peer)
{
	return peer->config != NULL && peer->config->endpoint_count > 0 ? peer->config->endpoint_count
									: peer->card.endpoint_count;
}

struct bytes dial_endpoint(const struct peer *peer, size_t endpoint)
{
	return peer->config != NULL && peer->config->endpoint_count > 0 ? bytes_of(peer->config->endpoint[endpoint])
									: peer->card.endpoint[endpoint];
}

/* With jitter, so that two stations that lost each other do not dial in step. */
static int64_t jitter(struct station *st, int64_t span_us)
{
	uint32_t random;

	st->random(st->random_ctx, &random, sizeof random);
	return span_us * (75 + random % 50) / 100;
}

void dial_now(struct station *st, struct peer *peer)
{
	for (size_t i = 0; i < LIMIT_ENDPOINTS; i++)
		peer->dial[i] =
		    (struct dialling){.at = st->now.mono_us, .started_at = INT64_MIN / 2, .backoff_us = REDIAL_MIN_US};
}

void dial_lost(struct station *st, struct peer *peer, size_t endpoint)
{
	peer->dial[endpoint].backoff_us = REDIAL_MIN_US;
	peer->dial[endpoint].at = st->now.mono_us + jitter(st, REDIAL_MIN_US);
}

/* Nothing came back from a dialled peer: it, its keys or its clock are not what we think. */
void dial_note_silence(struct peer *peer, bool was_connected)
{
	const struct pair_generation *generation = pair_generation_to_send(peer->pair);

	peer->silent_closes++;
	if (!was_connected || generation == NULL || generation->is_proven)
		return;
	/* three closes on the highest generation, three on the one below, and so on, until one works */
	peer->pair->unproven_closes = (uint8_t)((peer->pair->unproven_closes + 1) % (2 * SILENT_CLOSES_EXPLAINED));
}

/* The lower name, unless told; and whoever has something urgent and no link. */
static bool may_dial(const struct station *st, const struct peer *peer)
{
	if (st->is_stopping || cards_is_revoked(peer))
		return false;
	switch (peer->config != NULL ? peer->config->dial : DIAL_AUTO) {
	case DIAL_ALWAYS:
		return true;
	case DIAL_NEVER:
		return false;
	case DIAL_AUTO:
		break;
	}
	return bytes_compare(core_own_name(st), name_bytes(&peer->name)) < 0 || (peer->is_urgent && peer->conn == NULL);
}

int64_t dial_due(const struct station *st, const struct peer *peer, size_t endpoint)
{
	const struct dialling *dial = &peer->dial[endpoint];
	const struct conn *newest = NULL;
	int64_t urgent_at = dial->started_at + REDIAL_URGENT_US, at = dial->at, beside_at;
	size_t tries = 0;

	if (!may_dial(st, peer))
		return INT64_MAX;
	for (const struct conn *conn = peer->links; conn != NULL; conn = conn->sibling) {
		if (!conn->link.is_dialler || conn->endpoint != endpoint)
			continue;
		if (conn->link.phase != PHASE_OPEN)
			tries++;
		else if (newest == NULL || conn->link.counter > newest->link.counter)
			newest = conn;
	}
	if (tries >= (peer->is_urgent ? TRIES : 1))
		return INT64_MAX;
	if (peer->is_urgent && (tries > 0 || urgent_at < at))
		at = urgent_at;
	beside_at = newest != NULL ? life_successor_at(newest) : 0;
	return at > beside_at ? at : beside_at;
}

void dial_start(struct station *st, struct peer *peer, size_t endpoint)
{
	struct dialling *dial = &peer->dial[endpoint];
	struct bytes to = dial_endpoint(peer, endpoint);
	struct conn *conn = conn_add(st, st->next_conn);

	st->next_conn += 2;
	conn_join(conn, peer);
	conn->endpoint = endpoint;
	conn->link.phase = PHASE_WAIT_SECOND;
	conn->link.is_dialler = true;
	conn->due = st->now.mono_us + RECORD2_TIMEOUT_US;
	snprintf(conn->address, sizeof conn->address, "%.*s", (int)to.len, (const char *)to.data);
	/* the next try is counted from this one's start, so that one that hangs costs no more than one that is refused
	 */
	dial->started_at = st->now.mono_us;
	dial->at = st->now.mono_us + jitter(st, dial->backoff_us);
	dial->backoff_us = dial->backoff_us * 2 < REDIAL_MAX_US ? dial->backoff_us * 2 : REDIAL_MAX_US;
	core_effect(st, EFFECT_DIAL, conn->id, to);
}

bool dial_is_on(const struct peer *peer)
{
	for (const struct conn *conn = peer->links; conn != NULL; conn = conn->sibling)
		if (conn->link.phase == PHASE_WAIT_SECOND)
			return true;
	return false;
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
		if (peer->conn != NULL && strcmp(peer->conn->address, address) == 0)
			return true;
		for (size_t i = 0; i < peer->card.endpoint_count; i++)
			if (has_address(peer->card.endpoint[i], address))
				return true;
		for (size_t i = 0; peer->config != NULL && i < peer->config->endpoint_count; i++)
			if (has_address(bytes_of(peer->config->endpoint[i]), address))
				return true;
	}
	return false;
}
