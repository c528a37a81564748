/* Methods about the station and its contacts. */
#include <stdio.h>
#include <string.h>

#include "daemon/request.h"

#define EXPLANATION_TEXT 1024

static void add_sentence(char *text, const char *sentence)
{
	size_t used = strlen(text);

	snprintf(text + used, EXPLANATION_TEXT - used, "%s%s", used > 0 ? "; " : "", sentence);
}

/* What of its checks is amiss. */
static void explain_checks(struct station *st, const struct peer *peer, char out[EXPLANATION_TEXT])
{
	uint64_t misses = store_check_misses(st->store, name_bytes(&peer->name), CHECK_LINK);
	struct check_row last;
	char missed[64];

	if (misses >= TEST_MISSES) {
		snprintf(missed, sizeof missed, N_("%llu link checks in a row not answered"), (unsigned long long)misses);
		add_sentence(out, missed);
	}
	if (store_check_last(st->store, name_bytes(&peer->name), CHECK_WATCH, &last) &&
	    (last.outcome == CHECK_MISSED || last.outcome == CHECK_WRONG))
		add_sentence(out, last.outcome == CHECK_MISSED ? N_("the last watch check was not answered")
							       : N_("the last watch check was answered wrong"));
	if (st->now.real_us >= check_directory_due(st, peer))
		add_sentence(out, "its card is to be confirmed: hotline check directory");
}

/* What an officer should know of a peer; "" when nothing. */
static void explain_peer(const struct peer *peer, bool has_evidence, char out[EXPLANATION_TEXT])
{
	char clock[CLOCK_TEXT];

	out[0] = '\0';
	if (peer->is_ahead)
		snprintf(out, EXPLANATION_TEXT, N_("%s: nothing is signed for it until it is recovered"), peer->behind);
	else if (peer->conn == NULL && peer->silent_closes >= SILENT_CLOSES_EXPLAINED)
		add_sentence(out, "closed without an answer three times or more: wrong address, wrong keys, different "
				  "cell size, clocks more than a week apart, or this clock was far ahead once and "
				  "their admin must run contacts reset-replay");
	if (peer->is_ahead && peer->recovery.is_taking)
		add_sentence(out, "it is being taken back");
	if (peer->recovery.is_giving)
		add_sentence(out, "it takes back from here what it has lost of its record");
	if (has_evidence)
		add_sentence(out, "its log contradicts itself (equivocation): see the evidence files");
	else if (peer->is_short)
		add_sentence(out, "it shows a shorter record than before: it may have been restored from a backup");
	if (clock_describe(peer, clock))
		add_sentence(out, clock);
}

static void put_peer(struct station *st, struct peer *peer, struct pack_writer *out)
{
	char explanation[EXPLANATION_TEXT];
	uint64_t bytes;
	struct control_peer view = {.name = name_bytes(&peer->name),
				    .link = peer->conn != NULL	? LINK_UP
					    : dial_is_on(peer) ? LINK_DIALLING
								: LINK_DOWN,
				    .since = peer->since,
				    .round_trip_us = peer->round_trip_us,
				    .offset_us = peer->offset_us,
				    .log_size = peer->log.tree.size,
				    .seen_size = peer->seen_size,
				    .proven_size = peer->proven_size,
				    .evidence = store_evidence_count(st->store, peer->id),
				    .refused = peer->refused,
				    .gaps = partial_gaps(st, peer),
				    .skipped = peer->skipped};

	store_outbox_totals(st->store, peer->id, &view.waiting, &view.in_flight, &bytes);
	view.gap_first = view.gaps > 0 ? peer->through + 1 : 0;
	view.gap_since = view.gaps > 0 ? store_received_beyond(st->store, peer->id, peer->through) : 0;
	merkle_root(&peer->log.tree, view.log_root);
	if (peer->conn != NULL)
		view.endpoint = bytes_of(peer->conn->address);
	else if (dial_endpoints(peer) > 0)
		view.endpoint = dial_endpoint(peer, 0);
	explain_peer(peer, view.evidence > 0, explanation);
	explain_checks(st, peer, explanation);
	view.explanation = bytes_of(explanation);
	control_put_peer(out, &view);
}

/* Minimise and silence in force, of both sides and modes. */
static void put_notices(struct station *st, struct pack_writer *out)
{
	static uint8_t rows[128 * KIB];
	struct pack_writer w = pack_writer(rows, sizeof rows);
	struct notice_row row = {0};
	struct name peer = {""};
	size_t count = 0;

	while (store_notice_after(st->store, &row) && name_copy(row.peer, &peer)) {
		const struct control_notice view = {.peer = name_bytes(&peer),
						    .type = row.type,
						    .is_own = row.is_own,
						    .is_exercise = row.is_exercise,
						    .least = row.least,
						    .until = row.until};

		row.peer = view.peer;
		if (row.until != 0 && row.until <= st->now.real_us)
			continue;
		control_put_notice(&w, &view);
		count++;
	}
	pack_put_array(out, count);
	pack_put_raw(out, pack_written(&w));
}

int request_status(struct call *call)
{
	struct station *st = call->st;
	struct control_status status = {.station = core_own_name(st),
					.version = bytes_of(HOTLINE_VERSION),
					.started_at = st->started_at,
					.now = st->now.real_us,
					.clock_error = st->now.error_ms,
					.unacknowledged = store_unacknowledged(st->store, core_own_name(st), st->now.real_us),
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
	store_incident_counts(st->store, status.incident);
	pack_put_array(call->out, 3);
	control_put_status(call->out, &status);
	pack_put_array(call->out, st->peer_count);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		put_peer(st, peer, call->out);
	put_notices(st, call->out);
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

int request_take(struct call *call)
{
	struct bytes armour;

	pack_expect_array(&call->in, 1);
	armour = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return cards_take_file(call->st, call->client, armour);
}

static void put_contact(struct station *st, struct peer *peer, struct pack_writer *out)
{
	char text[CONTACT_TEXT];
	struct control_contact contact;

	contacts_view(st, peer, &contact, text);
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

/* The one peer that several methods take. */
static int read_peer(struct call *call, struct peer **out)
{
	struct bytes name;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	*out = core_peer(call->st, name);
	if (*out == NULL)
		return core_refuse(call->st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	return 0;
}

int request_contact(struct call *call)
{
	struct peer *peer;
	int result = read_peer(call, &peer);

	if (result != 0)
		return result;
	pack_put_array(call->out, 1);
	put_contact(call->st, peer, call->out);
	return 0;
}

int request_sheet(struct call *call)
{
	struct station *st = call->st;
	uint32_t week = time_week(st->now.real_us), code[VOICE_CODES];
	const struct pair_generation *generation;
	struct peer *peer;
	int result = read_peer(call, &peer);

	if (result != 0)
		return result;
	generation = pair_generation_to_send(peer->pair);
	if (generation == NULL || pair_voice_codes(generation, week, code) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED,
				   "There are no keys of this week for %s; look at the clock, or exchange offers anew.",
				   peer->name.text);
	pack_put_array(call->out, 4);
	put_contact(st, peer, call->out);
	pack_put_uint(call->out, generation->generation);
	pack_put_uint(call->out, week);
	pack_put_array(call->out, VOICE_CODES);
	for (size_t i = 0; i < VOICE_CODES; i++)
		pack_put_uint(call->out, code[i]);
	key_wipe(code, sizeof code);
	core_log_act(st, STATION_SHEET, NULL, "tuutu", name_bytes(&peer->name), (uint64_t)generation->generation,
		     (uint64_t)week, request_officer(call), (uint64_t)call->client->uid);
	return 0;
}
