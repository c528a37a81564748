/* Methods about one message: show, what a watch officer says of one. */
#include <string.h>

#include "daemon/request.h"

int request_show(struct call *call)
{
	static struct control_message view;
	struct message_row row;
	struct bytes reference;
	int result;

	pack_expect_array(&call->in, 1);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
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
		return core_refuse(
		    call->st, CONTROL_REFUSED,
		    "This message was sent from here; only received ones are shown or acknowledged to the sender.");
	*out_peer = core_peer(call->st, out->from);
	return *out_peer != NULL
		   ? 0
		   : core_refuse(call->st, CONTROL_REFUSED, "Its sender is no longer an enrolled contact point.");
}

static void queue_receipt(struct call *call, struct peer *peer, const struct message_row *row,
			  const struct message *message, struct receipt *receipt)
{
	struct station *st = call->st;

	receipt->id_count = 1;
	memcpy(receipt->id[0], row->id, OBJECT_ID_BYTES);
	receipt->from = core_own_name(st);
	receipt->to = name_bytes(&peer->name);
	receipt->at = st->now.real_us;
	receipt->clock_error = st->now.error_ms;
	receipt->officer = request_officer(call);
	outbox_receipt(st, peer, receipt, row->is_exercise, message->precedence);
	core_log_act(st, STATION_QUEUE, row->id, "tuutuu", name_bytes(&peer->name), (uint64_t)ITEM_RECEIPT,
		     (uint64_t)receipt->kind, request_officer(call), (uint64_t)call->client->uid,
		     (uint64_t)receipt->understood);
	core_notify(st, receipt_kind_name(receipt->kind), message, core_own_name(st), name_bytes(&peer->name), "");
}

int request_shown(struct call *call)
{
	static struct message message;
	static struct receipt receipt;
	const struct config_peer *config;
	struct delivery_row delivery;
	struct message_row row;
	struct peer *peer;
	struct bytes reference;
	bool by_terminal, is_recorded;
	enum shown mode;
	int result;

	pack_expect_array(&call->in, 2);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	by_terminal = pack_read_bool(&call->in);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	result = find_received(call, reference, &row, &message, &peer);
	if (result != 0)
		return result;
	config = config_peer(call->st->config, name_bytes(&peer->name));
	mode = config != NULL ? config->shown : SHOWN_AUTO;
	is_recorded = (mode == SHOWN_AUTO || (mode == SHOWN_MANUAL && !by_terminal)) &&
		      store_delivery(call->st->store, row.id, core_own_name(call->st), &delivery) &&
		      delivery.shown_at == 0;
	if (is_recorded) {
		memset(&receipt, 0, sizeof receipt);
		receipt.kind = RECEIPT_SHOWN;
		queue_receipt(call, peer, &row, &message, &receipt);
	}
	pack_put_array(call->out, 1);
	pack_put_bool(call->out, is_recorded);
	return 0;
}

int request_ack(struct call *call)
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
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	if (utf8_length(receipt.note) > LIMIT_NOTE)
		return core_refuse(call->st, CONTROL_REFUSED, "The note is over the limit of %d characters.",
				   LIMIT_NOTE);
	result = find_received(call, reference, &row, &message, &peer);
	if (result != 0)
		return result;
	if (store_delivery(call->st->store, row.id, core_own_name(call->st), &delivery) &&
	    delivery.acknowledged_at != 0)
		return core_refuse(call->st, CONTROL_REFUSED, "This message is acknowledged already.");
	receipt.kind = RECEIPT_ACKNOWLEDGED;
	if (receipt.understood == UNDERSTOOD_NOT_ASKED)
		receipt.understood = UNDERSTOOD_YES;
	queue_receipt(call, peer, &row, &message, &receipt);
	pack_put_array(call->out, 0);
	return 0;
}

void request_acknowledge(struct call *call, struct bytes reference)
{
	static struct message message;
	static struct receipt receipt;
	struct delivery_row delivery;
	struct message_row row;
	struct peer *peer;

	if (find_received(call, reference, &row, &message, &peer) != 0 ||
	    (store_delivery(call->st->store, row.id, core_own_name(call->st), &delivery) &&
	     delivery.acknowledged_at != 0))
		return;
	memset(&receipt, 0, sizeof receipt);
	receipt.kind = RECEIPT_ACKNOWLEDGED;
	receipt.understood = UNDERSTOOD_YES;
	queue_receipt(call, peer, &row, &message, &receipt);
}

int request_hold(struct call *call)
{
	struct bytes reference, text;
	int64_t until;

	pack_expect_array(&call->in, 3);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	until = pack_read_int(&call->in);
	text = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	if ((call->st->config->needs_release & 1u << KIND_HOLD) != 0)
		return core_refuse(call->st, CONTROL_ROLE,
				   "At this station the watch sends no hold alone (watch, alone in its configuration); "
				   "draft one and have it released.");
	pack_put_array(call->out, 1);
	return release_hold(call->st, call->client, reference, until, text, call->out);
}

int request_copy(struct call *call)
{
	struct bytes reference, addressee;

	pack_expect_array(&call->in, 2);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	addressee = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return ladder_act(call->st, call->client, reference, addressee);
}
