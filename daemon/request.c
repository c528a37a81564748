/* The control socket's methods: who may call, what they take, what they give (SPEC 8, proto/control.h). */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/export.h"

#define VERSION HOTLINE_VERSION
#define LIST_MAX 500
#define REPLY_BYTES (LIMIT_REQUEST_BYTES + 64 * KIB)
#define EXPORT_CHUNK_BYTES (64 * KIB)

struct call {
	struct station *st;
	struct client *client;
	struct pack_reader in;
	struct pack_writer *out;
};

/* Whether the parameters were read to their end; refuses otherwise. */
static int end(struct call *call)
{
	if (pack_read_end(&call->in) == RESULT_OK)
		return 0;
	core_count(call->st, COUNT_REQUEST, NULL, "parameters");
	return core_refuse(call->st, CONTROL_REFUSED, "The request does not fit this version of hotlined; use the client it came with.");
}

static struct bytes officer(const struct call *call)
{
	return name_bytes(&call->client->officer->function);
}

static int on_hello(struct call *call)
{
	uint64_t version;

	pack_expect_array(&call->in, 1);
	version = pack_read_uint(&call->in, UINT32_MAX);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	if (version != CONTROL_VERSION)
		return core_refuse(call->st, CONTROL_REFUSED, "This hotlined speaks control version %d, the client %llu; install both from one release.",
				   CONTROL_VERSION, (unsigned long long)version);
	call->client->is_greeted = true;
	pack_put_array(call->out, 4);
	pack_put_uint(call->out, CONTROL_VERSION);
	pack_put_str(call->out, core_own_name(call->st));
	pack_put_str(call->out, officer(call));
	pack_put_uint(call->out, call->client->officer->roles);
	return 0;
}

static void put_peer(struct station *st, struct peer *peer, struct pack_writer *out)
{
	uint64_t bytes;
	struct control_peer view = {.name = name_bytes(&peer->name),
				    .link = peer->conn != NULL ? LINK_UP : peer->is_dialling ? LINK_DIALLING : LINK_DOWN,
				    .since = peer->since,
				    .round_trip_us = peer->round_trip_us,
				    .offset_us = peer->offset_us,
				    .log_size = peer->log.tree.size,
				    .seen_size = peer->seen_size,
				    .gaps = inbox_gaps(st, peer),
				    .skipped = peer->skipped};

	store_outbox_totals(st->store, peer->id, &view.waiting, &view.in_flight, &bytes);
	merkle_root(&peer->log.tree, view.log_root);
	if (peer->conn != NULL)
		view.endpoint = bytes_of(peer->conn->address);
	else if (peer->card.endpoint_count > 0)
		view.endpoint = peer->card.endpoint[peer->endpoint % peer->card.endpoint_count];
	if (peer->is_ahead)
		view.explanation = bytes_of("my record is behind what it holds: nothing is signed for it until it is recovered");
	else if (peer->silent_closes >= SILENT_CLOSES_EXPLAINED)
		view.explanation = bytes_of("closed without an answer three times or more: wrong address, wrong keys, different cell size, "
					    "or clocks more than a week apart");
	control_put_peer(out, &view);
}

static int on_status(struct call *call)
{
	struct station *st = call->st;
	struct control_status status = {.station = core_own_name(st),
					.version = bytes_of(VERSION),
					.started_at = st->started_at,
					.now = st->now.real_us,
					.clock_error = st->now.error_ms,
					.unacknowledged = store_unacknowledged(st->store, core_own_name(st)),
					.drafts = store_draft_count(st->store),
					.log_size = st->log.tree.size,
					.peer_count = st->peer_count};

	pack_expect_array(&call->in, 0);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	merkle_root(&st->log.tree, status.log_root);
	for (enum count i = 0; i < COUNT_LAST && status.count_count < CONTROL_COUNTS - 1; i++)
		if (st->count[i] > 0)
			status.count[status.count_count++] = (struct control_count){bytes_of(core_count_text(i)), st->count[i]};
	status.count[status.count_count++] = (struct control_count){bytes_of("key agreements made"), key_agreements()};
	pack_put_array(call->out, 2);
	control_put_status(call->out, &status);
	pack_put_array(call->out, st->peer_count);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		put_peer(st, peer, call->out);
	return 0;
}

static int on_offer(struct call *call)
{
	struct bytes name;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	return end(call) != 0 ? CONTROL_REFUSED : directory_offer(call->st, call->client, name, call->out);
}

static int on_accept(struct call *call)
{
	struct bytes armour;
	bool is_unverified;

	pack_expect_array(&call->in, 2);
	armour = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	is_unverified = pack_read_bool(&call->in);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	return directory_accept(call->st, call->client, armour, is_unverified, call->out);
}

static void put_contact(struct station *st, struct peer *peer, struct pack_writer *out)
{
	char fingerprint[FINGERPRINT_TEXT];
	struct control_contact contact;

	directory_contact(st, peer, &contact, fingerprint);
	control_put_contact(out, &contact);
}

static int on_contacts(struct call *call)
{
	pack_expect_array(&call->in, 0);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	pack_put_array(call->out, call->st->peer_count);
	for (struct peer *peer = call->st->peers; peer != NULL; peer = peer->next)
		put_contact(call->st, peer, call->out);
	return 0;
}

static int on_contact(struct call *call)
{
	struct bytes name;
	struct peer *peer;

	pack_expect_array(&call->in, 1);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	peer = core_peer(call->st, name);
	if (peer == NULL)
		return core_refuse(call->st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	pack_put_array(call->out, 1);
	put_contact(call->st, peer, call->out);
	return 0;
}

static int on_draft_new(struct call *call)
{
	struct bytes header, content;

	pack_expect_array(&call->in, 2);
	header = pack_read_bin(&call->in, LIMIT_OBJECT_BYTES);
	content = pack_read_bin(&call->in, LIMIT_CONTENT_BYTES);
	return end(call) != 0 ? CONTROL_REFUSED : draft_new(call->st, call->client, header, content, call->out);
}

static int on_draft_list(struct call *call)
{
	struct draft_row row = {0};
	uint64_t count = store_draft_count(call->st->store);
	int result = 0;

	pack_expect_array(&call->in, 0);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	pack_put_array(call->out, count);
	while (result == 0 && store_draft_after(call->st->store, row.id, &row))
		result = draft_view(call->st, &row, false, call->out);
	return result;
}

/* The one number that several methods take. */
static int read_id(struct call *call, uint64_t *out)
{
	pack_expect_array(&call->in, 1);
	*out = pack_read_uint(&call->in, INT64_MAX);
	return end(call);
}

static int on_draft_show(struct call *call)
{
	struct draft_row row;
	uint64_t id;

	if (read_id(call, &id) != 0)
		return CONTROL_REFUSED;
	if (!store_draft(call->st->store, id, &row))
		return core_refuse(call->st, CONTROL_UNKNOWN, "There is no draft %llu; hotline draft list shows those there are.",
				   (unsigned long long)id);
	pack_put_array(call->out, 1);
	return draft_view(call->st, &row, true, call->out);
}

static int on_draft_delete(struct call *call)
{
	uint64_t id;

	if (read_id(call, &id) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return draft_delete(call->st, call->client, id);
}

static int on_approve(struct call *call)
{
	uint64_t id;

	pack_expect_array(&call->in, 2);
	id = pack_read_uint(&call->in, INT64_MAX);
	pack_read_bool(&call->in);
	return end(call) != 0 ? CONTROL_REFUSED : draft_approve(call->st, call->client, id, call->out);
}

static int on_release(struct call *call)
{
	uint64_t id;
	bool anyway;

	pack_expect_array(&call->in, 2);
	id = pack_read_uint(&call->in, INT64_MAX);
	anyway = pack_read_bool(&call->in);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	return release_draft(call->st, call->client, id, anyway, call->out);
}

static int on_list(struct call *call)
{
	static struct control_message view;
	static uint8_t rows[LIMIT_REQUEST_BYTES];
	struct pack_writer w = pack_writer(rows, sizeof rows);
	struct message_row row = {.row = INT64_MAX};
	uint64_t limit, count = 0;

	pack_expect_array(&call->in, 2);
	limit = pack_read_uint(&call->in, INT64_MAX);
	row.at = pack_read_int(&call->in);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	limit = limit == 0 || limit > LIST_MAX ? LIST_MAX : limit;
	if (row.at == 0)
		row.at = INT64_MAX;
	else
		row.row = 0;
	while (count < limit && store_message_before(call->st->store, row.at, row.row, &row)) {
		size_t before = w.len;

		if (track_message(call->st, &row, false, &view) != RESULT_OK)
			continue;
		control_put_message(&w, &view);
		if (w.is_over) { /* as many as one answer holds */
			w.len = before;
			w.is_over = false;
			break;
		}
		count++;
	}
	pack_put_array(call->out, 1);
	pack_put_array(call->out, count);
	pack_put_raw(call->out, pack_written(&w));
	return 0;
}

static int on_show(struct call *call)
{
	static struct control_message view;
	struct message_row row;
	struct bytes reference;
	int result;

	pack_expect_array(&call->in, 1);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	result = track_find(call->st, reference, &row);
	if (result != 0)
		return result;
	if (track_message(call->st, &row, true, &view) != RESULT_OK)
		return core_refuse(call->st, CONTROL_REFUSED, "This message can't be read from the store.");
	pack_put_array(call->out, 1);
	control_put_message(call->out, &view);
	return 0;
}

/* A received message and whom a receipt about it goes to. */
static int find_received(struct call *call, struct bytes reference, struct message_row *out_row, struct message *out,
			 struct peer **out_peer)
{
	enum object_type type;
	int result = track_find(call->st, reference, out_row);

	if (result != 0)
		return result;
	if (out_row->is_sent || !track_header(call->st, out_row->id, out, &type))
		return core_refuse(call->st, CONTROL_REFUSED, "This message was sent from here; only received ones are shown or acknowledged to the sender.");
	*out_peer = core_peer(call->st, out->from);
	return *out_peer != NULL ? 0 : core_refuse(call->st, CONTROL_REFUSED, "Its sender is no longer an enrolled contact point.");
}

static void queue_receipt(struct call *call, struct peer *peer, const struct message_row *row, const struct message *message,
			  struct receipt *receipt)
{
	struct station *st = call->st;

	receipt->id_count = 1;
	memcpy(receipt->id[0], row->id, OBJECT_ID_BYTES);
	receipt->from = core_own_name(st);
	receipt->to = name_bytes(&peer->name);
	receipt->at = st->now.real_us;
	receipt->clock_error = st->now.error_ms;
	receipt->officer = officer(call);
	outbox_receipt(st, peer, receipt, row->is_exercise, message->precedence);
	core_log_act(st, STATION_QUEUE, row->id, "tuutu", name_bytes(&peer->name), (uint64_t)ITEM_RECEIPT, (uint64_t)receipt->kind,
		     officer(call), (uint64_t)call->client->uid);
	core_notify(st, receipt_kind_name(receipt->kind), message, core_own_name(st), name_bytes(&peer->name), "");
}

static int on_shown(struct call *call)
{
	static struct message message;
	static struct receipt receipt;
	const struct config_peer *config;
	struct delivery_row delivery;
	struct message_row row;
	struct peer *peer;
	struct bytes reference;
	bool by_terminal, is_wanted;
	enum shown mode;
	int result;

	pack_expect_array(&call->in, 2);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	by_terminal = pack_read_bool(&call->in);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	result = find_received(call, reference, &row, &message, &peer);
	if (result != 0)
		return result;
	config = config_peer(call->st->config, name_bytes(&peer->name));
	mode = config != NULL ? config->shown : SHOWN_AUTO;
	is_wanted = mode == SHOWN_AUTO || (mode == SHOWN_MANUAL && !by_terminal);
	if (is_wanted && store_delivery(call->st->store, row.id, core_own_name(call->st), &delivery) && delivery.shown_at == 0) {
		store_delivery_shown(call->st->store, row.id, core_own_name(call->st), call->st->now.real_us);
		memset(&receipt, 0, sizeof receipt);
		receipt.kind = RECEIPT_SHOWN;
		queue_receipt(call, peer, &row, &message, &receipt);
	}
	pack_put_array(call->out, 1);
	pack_put_bool(call->out, is_wanted);
	return 0;
}

static int on_ack(struct call *call)
{
	static struct message message;
	static struct receipt receipt;
	struct delivery_row delivery;
	struct message_row row;
	struct peer *peer;
	struct bytes reference;
	int result;

	memset(&receipt, 0, sizeof receipt);
	pack_expect_array(&call->in, 3);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	receipt.understood = (uint8_t)pack_read_uint(&call->in, UNDERSTOOD_NO);
	receipt.note = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	if (utf8_length(receipt.note) > LIMIT_NOTE)
		return core_refuse(call->st, CONTROL_REFUSED, "The note is over the limit of %d characters.", LIMIT_NOTE);
	result = find_received(call, reference, &row, &message, &peer);
	if (result != 0)
		return result;
	if (store_delivery(call->st->store, row.id, core_own_name(call->st), &delivery) && delivery.acknowledged_at != 0)
		return core_refuse(call->st, CONTROL_REFUSED, "This message is acknowledged already.");
	receipt.kind = RECEIPT_ACKNOWLEDGED;
	if (receipt.understood == UNDERSTOOD_NOT_ASKED)
		receipt.understood = UNDERSTOOD_YES;
	store_delivery_acknowledged(call->st->store, row.id, core_own_name(call->st), call->st->now.real_us, receipt.understood, NULL);
	queue_receipt(call, peer, &row, &message, &receipt);
	pack_put_array(call->out, 0);
	return 0;
}

static int on_hold(struct call *call)
{
	struct bytes reference, text;
	int64_t until;

	pack_expect_array(&call->in, 3);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	until = pack_read_int(&call->in);
	text = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	return release_hold(call->st, call->client, reference, until, text, call->out);
}

static int on_follow(struct call *call)
{
	pack_expect_array(&call->in, 0);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	call->client->is_following = true;
	pack_put_array(call->out, 0);
	return 0;
}

/* The answer comes at the end; until then the export's bytes go out as events, as fast as the client takes them. */
static int on_export(struct call *call)
{
	pack_expect_array(&call->in, 0);
	if (end(call) != 0)
		return CONTROL_REFUSED;
	if (call->client->exporter != NULL)
		return core_refuse(call->st, CONTROL_REFUSED, "This client is exporting already.");
	call->client->exporter = exporter_create(call->st);
	if (call->client->exporter == NULL)
		return core_refuse(call->st, CONTROL_REFUSED, "There is no memory for an export.");
	core_log_act(call->st, STATION_EXPORT, NULL, "tu", officer(call), (uint64_t)call->client->uid);
	return 0;
}

typedef int handler(struct call *call);
static handler *const handlers[METHOD_COUNT] = {
	[METHOD_HELLO] = on_hello,	     [METHOD_STATUS] = on_status,	    [METHOD_OFFER] = on_offer,
	[METHOD_ACCEPT] = on_accept,	     [METHOD_CONTACTS] = on_contacts,	    [METHOD_CONTACT] = on_contact,
	[METHOD_DRAFT_NEW] = on_draft_new,   [METHOD_DRAFT_LIST] = on_draft_list,   [METHOD_DRAFT_SHOW] = on_draft_show,
	[METHOD_DRAFT_DELETE] = on_draft_delete, [METHOD_APPROVE] = on_approve,	    [METHOD_RELEASE] = on_release,
	[METHOD_LIST] = on_list,	     [METHOD_SHOW] = on_show,		    [METHOD_SHOWN] = on_shown,
	[METHOD_ACK] = on_ack,		     [METHOD_HOLD] = on_hold,		    [METHOD_FOLLOW] = on_follow,
	[METHOD_EXPORT] = on_export,
};

/* May this caller call this method now? 0, or a control error with a sentence. */
static int admit(struct station *st, struct client *client, enum method method)
{
	if (client->officer == NULL)
		return core_refuse(st, CONTROL_ROLE, "User %u is no officer of this station; an administrator adds an officer section with this uid to the configuration.",
				   client->uid);
	if (method == METHOD_COUNT)
		return core_refuse(st, CONTROL_REFUSED, "This hotlined does not know that call; use the client it came with.");
	if (!client->is_greeted && method != METHOD_HELLO)
		return core_refuse(st, CONTROL_REFUSED, "The client did not say its version first.");
	if ((client->officer->roles & method_rows[method].roles) == 0)
		return core_refuse(st, CONTROL_ROLE, "%s may not do this (%s): the office gave it other roles; nothing was done.",
				   client->officer->function.text, method_rows[method].name);
	return 0;
}

static void reply(struct station *st, struct client *client, uint32_t id, int error, struct bytes result)
{
	static uint8_t frame[REPLY_BYTES + 1024];
	struct pack_writer w = pack_writer(frame, sizeof frame);
	struct control_rpc rpc = {.type = CONTROL_RESPONSE, .id = id, .params = result};
	uint8_t none = 0x90;

	if (error != 0) {
		rpc.has_error = true;
		rpc.error_code = (uint64_t)error;
		rpc.error = bytes_of(st->sentence);
		rpc.params = (struct bytes){&none, 1};
	}
	control_put_rpc(&w, &rpc);
	core_effect(st, EFFECT_REPLY, client->id, pack_written(&w));
}

void request_handle(struct station *st, struct client *client, struct bytes data)
{
	static uint8_t result[REPLY_BYTES];
	struct pack_writer out = pack_writer(result, sizeof result);
	struct control_rpc rpc;
	enum method method;
	size_t len;
	int error;

	if (control_decode(data, &rpc, &len) != RESULT_OK || len != data.len || rpc.type != CONTROL_REQUEST) {
		core_count(st, COUNT_REQUEST, NULL, "");
		core_effect(st, EFFECT_HANGUP, client->id, (struct bytes){NULL, 0});
		return;
	}
	method = method_of(rpc.method);
	error = admit(st, client, method);
	if (error == 0) {
		struct call call = {st, client, pack_reader(rpc.params), &out};

		error = handlers[method](&call);
	}
	if (error == 0 && out.is_over)
		error = core_refuse(st, CONTROL_REFUSED, "The answer is larger than one reply can be.");
	if (error == 0 && method == METHOD_EXPORT) {
		client->export_call = rpc.id;
		request_continue(st, client);
		return;
	}
	reply(st, client, rpc.id, error, pack_written(&out));
}

/* A run of an export's bytes in events that fit the socket's limit. */
static void put_export(struct station *st, struct client *client, struct bytes run)
{
	static uint8_t params[EXPORT_CHUNK_BYTES + 16], frame[EXPORT_CHUNK_BYTES + 64];
	struct control_rpc rpc = {.type = CONTROL_EVENT, .method = bytes_of("export")};

	while (run.len > 0) {
		struct pack_writer p = pack_writer(params, sizeof params), f = pack_writer(frame, sizeof frame);
		size_t step = run.len < EXPORT_CHUNK_BYTES ? run.len : EXPORT_CHUNK_BYTES;

		pack_put_array(&p, 1);
		pack_put_bin(&p, run.data, step);
		rpc.params = pack_written(&p);
		control_put_rpc(&f, &rpc);
		core_effect(st, EFFECT_REPLY, client->id, pack_written(&f));
		run.data += step;
		run.len -= step;
	}
}

void request_continue(struct station *st, struct client *client)
{
	static uint8_t chunk[EXPORT_CHUNK_BYTES + EXPORT_RECORD_BYTES];
	struct pack_writer c = pack_writer(chunk, sizeof chunk);
	bool has_more = true;
	uint8_t none = 0x90;

	if (client->exporter == NULL)
		return;
	while (has_more && c.len < EXPORT_CHUNK_BYTES)
		has_more = exporter_next(st, client->exporter, &c);
	put_export(st, client, pack_written(&c));
	if (has_more)
		return;
	exporter_destroy(client->exporter);
	client->exporter = NULL;
	reply(st, client, client->export_call, 0, (struct bytes){&none, 1});
}
