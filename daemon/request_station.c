/* Methods about the station and its contacts. */
#include "daemon/request.h"

static void put_peer(struct station *st, struct peer *peer, struct pack_writer *out)
{
	uint64_t bytes;
	struct control_peer view = {.name = name_bytes(&peer->name),
				    .link = peer->conn != NULL	? LINK_UP
					    : peer->is_dialling ? LINK_DIALLING
								: LINK_DOWN,
				    .since = peer->since,
				    .round_trip_us = peer->round_trip_us,
				    .offset_us = peer->offset_us,
				    .log_size = peer->log.tree.size,
				    .seen_size = peer->seen_size,
				    .gaps = partial_gaps(st, peer),
				    .skipped = peer->skipped};

	store_outbox_totals(st->store, peer->id, &view.waiting, &view.in_flight, &bytes);
	merkle_root(&peer->log.tree, view.log_root);
	if (peer->conn != NULL)
		view.endpoint = bytes_of(peer->conn->address);
	else if (peer->card.endpoint_count > 0)
		view.endpoint = peer->card.endpoint[peer->endpoint % peer->card.endpoint_count];
	if (peer->is_ahead)
		view.explanation =
		    bytes_of("my record is behind what it holds: nothing is signed for it until it is recovered");
	else if (peer->silent_closes >= SILENT_CLOSES_EXPLAINED)
		view.explanation = bytes_of(
		    "closed without an answer three times or more: wrong address, wrong keys, different cell size, "
		    "or clocks more than a week apart");
	control_put_peer(out, &view);
}

int request_status(struct call *call)
{
	struct station *st = call->st;
	struct control_status status = {.station = core_own_name(st),
					.version = bytes_of(HOTLINE_VERSION),
					.started_at = st->started_at,
					.now = st->now.real_us,
					.clock_error = st->now.error_ms,
					.unacknowledged = store_unacknowledged(st->store, core_own_name(st)),
					.drafts = store_draft_count(st->store),
					.log_size = st->log.tree.size,
					.peer_count = st->peer_count};

	pack_expect_array(&call->in, 0);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	merkle_root(&st->log.tree, status.log_root);
	for (enum count i = 0; i < COUNT_LAST && status.count_count < CONTROL_COUNTS - 1; i++)
		if (st->count[i] > 0)
			status.count[status.count_count++] =
			    (struct control_count){bytes_of(core_count_text(i)), st->count[i]};
	status.count[status.count_count++] = (struct control_count){bytes_of("key agreements made"), key_agreements()};
	pack_put_array(call->out, 2);
	control_put_status(call->out, &status);
	pack_put_array(call->out, st->peer_count);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		put_peer(st, peer, call->out);
	return 0;
}

int request_offer(struct call *call)
{
	struct bytes name;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	return request_end(call) != 0 ? CONTROL_REFUSED : contacts_offer(call->st, call->client, name, call->out);
}

int request_accept(struct call *call)
{
	struct bytes armour;
	bool is_unverified;

	pack_expect_array(&call->in, 2);
	armour = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	is_unverified = pack_read_bool(&call->in);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	return contacts_accept(call->st, call->client, armour, is_unverified, call->out);
}

static void put_contact(struct station *st, struct peer *peer, struct pack_writer *out)
{
	char fingerprint[FINGERPRINT_TEXT];
	struct control_contact contact;

	contacts_view(st, peer, &contact, fingerprint);
	control_put_contact(out, &contact);
}

int request_contacts(struct call *call)
{
	pack_expect_array(&call->in, 0);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	pack_put_array(call->out, call->st->peer_count);
	for (struct peer *peer = call->st->peers; peer != NULL; peer = peer->next)
		put_contact(call->st, peer, call->out);
	return 0;
}

int request_contact(struct call *call)
{
	struct bytes name;
	struct peer *peer;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	peer = core_peer(call->st, name);
	if (peer == NULL)
		return core_refuse(call->st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	pack_put_array(call->out, 1);
	put_contact(call->st, peer, call->out);
	return 0;
}
