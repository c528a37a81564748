/* What is known of a message's way: its deliveries, why an answer is missing, and which message a person means. */
#include <string.h>

#include "daemon/core.h"

bool track_header(struct station *st, const uint8_t id[OBJECT_ID_BYTES], struct message *out,
		  enum object_type *out_type)
{
	struct object object;
	struct bytes encoded;

	if (!store_object(st->store, id, &encoded) || object_decode(encoded, &object) != RESULT_OK ||
	    message_decode(object.body, out) != RESULT_OK)
		return false;
	*out_type = object.type;
	return true;
}

static bool is_expired(const struct station *st, const struct message_row *row)
{
	return row->expires != 0 && row->expires <= st->now.real_us;
}

/* Of a message that has not reached its addressee. */
static void explain_undelivered(struct station *st, const struct message_row *row, const struct delivery_row *delivery,
				struct control_delivery *out)
{
	const struct peer *peer = core_peer(st, delivery->name);
	uint64_t seq;

	out->why = WHY_NOT_SENT;
	if (peer != NULL && peer->conn == NULL) {
		out->why = WHY_NO_PATH;
		out->why_at = peer->since;
	} else if (peer != NULL && store_outbox_message_seq(st->store, peer->id, row->id, &seq) && seq > 0)
		out->percent = flight_percent(peer, seq);
	else if (delivery->sent_at != 0)
		out->percent = 100;
}

/* By the deadline; once it has passed, when it would have been. */
static int64_t answer_due(const struct station *st, const struct message_row *row, const struct delivery_row *delivery)
{
	int64_t due = delivery->due[DEADLINE_ANSWER];

	if (due != 0)
		return due - st->shift.clock;
	if (row->reply_by != 0)
		return row->reply_by;
	due = precedence_row(row->precedence)->answer_us;
	return delivery->custody_at <= INT64_MAX - due ? delivery->custody_at + due : INT64_MAX; /* the peer's word */
}

static void explain(struct station *st, const struct message_row *row, const struct message *message,
		    const struct delivery_row *delivery, struct control_delivery *out)
{
	if (delivery->refused != 0)
		out->why = WHY_REFUSED;
	else if (delivery->answered_at != 0)
		out->why = WHY_ANSWERED;
	else if (delivery->declined_at != 0)
		out->why = WHY_DECLINED;
	else if (is_expired(st, row) && delivery->acknowledged_at == 0) {
		out->why = WHY_EXPIRED;
		out->why_at = row->expires;
	} else if (delivery->custody_at == 0)
		explain_undelivered(st, row, delivery, out);
	else if (delivery->part != PART_ACTION || !kind_asks_acknowledgement(message->kind) ||
		 store_cancelled(st->store, row->id))
		out->why = WHY_INFO; /* nothing is owed, or no more */
	else if (delivery->hold_until - st->shift.clock > st->now.real_us) {
		out->why = WHY_HOLD;
		out->why_at = delivery->hold_until - st->shift.clock;
	} else if (delivery->acknowledged_at != 0 && !kind_asks_answer(message->kind))
		out->why = WHY_INFO;
	else if ((out->why_at = service_silent_until(st, row, delivery->name, st->now.real_us)) != 0)
		out->why = WHY_SILENT;
	else if (delivery->acknowledged_at != 0) {
		out->why = WHY_ACKNOWLEDGED;
		out->why_at = answer_due(st, row, delivery);
	} else if (delivery->shown_at != 0) {
		out->why = WHY_SHOWN;
		out->why_at = delivery->shown_at;
	} else
		out->why = WHY_CUSTODY;
}

void track_delivery(struct station *st, const struct message_row *row, const struct message *message,
		    const struct delivery_row *delivery, struct control_delivery *out)
{
	*out = (struct control_delivery){.name = delivery->name,
					 .part = delivery->part,
					 .sent_at = delivery->sent_at,
					 .custody_at = delivery->custody_at,
					 .shown_at = delivery->shown_at,
					 .acknowledged_at = delivery->acknowledged_at,
					 .answered_at = delivery->answered_at,
					 .clock_error = {delivery->error[0], delivery->error[1], delivery->error[2]},
					 .understood = delivery->understood,
					 .refused_reason = delivery->refused,
					 .holds = delivery->holds,
					 .step = delivery->step,
					 .waiting = delivery->waiting,
					 .breached = delivery->breached};

	out->due_at = deadline_next(delivery);
	out->due_at -= out->due_at != 0 ? st->shift.clock : 0;
	explain(st, row, message, delivery, out);
	out->incident = (uint8_t)incident_state(st, message, row->is_sent ? delivery->name : message->from);
}

/* Officer and note of an acknowledgement stand in its receipt alone; copies them behind `at`. */
static size_t add_note(struct station *st, const struct delivery_row *row, uint8_t *at, size_t room,
		       struct control_delivery *out)
{
	static struct receipt receipt;
	struct object object;
	struct bytes encoded;

	if (!row->has_acknowledgement || !store_object(st->store, row->acknowledgement, &encoded) ||
	    object_decode(encoded, &object) != RESULT_OK || receipt_decode(object.body, &receipt) != RESULT_OK ||
	    receipt.officer.len + receipt.note.len > room)
		return 0;
	if (receipt.officer.len > 0)
		memcpy(at, receipt.officer.data, receipt.officer.len);
	out->officer = (struct bytes){at, receipt.officer.len};
	if (receipt.note.len > 0)
		memcpy(at + receipt.officer.len, receipt.note.data, receipt.note.len);
	out->note = (struct bytes){at + receipt.officer.len, receipt.note.len};
	return receipt.officer.len + receipt.note.len;
}

/* Texts of one message at a time, kept beyond the store's next call. */
static struct {
	uint8_t header[LIMIT_OBJECT_BYTES], notes[LIMIT_DELIVERIES * (LIMIT_FUNCTION_BYTES + 4 * LIMIT_NOTE)];
	struct name name[LIMIT_DELIVERIES];
	char reply_to[REFERENCE_TEXT], supersedes[REFERENCE_TEXT], superseded_by[REFERENCE_TEXT];
	struct message message;
} kept;

static void add_deliveries(struct station *st, const struct message_row *row, struct control_message *out)
{
	struct delivery_row delivery;
	struct name last = {""};
	size_t used = 0;

	while (out->delivery_count < LIMIT_DELIVERIES &&
	       store_delivery_after(st->store, row->id, name_bytes(&last), &delivery) &&
	       name_copy(delivery.name, &last)) {
		size_t i = out->delivery_count++;

		kept.name[i] = last;
		delivery.name = name_bytes(&kept.name[i]);
		track_delivery(st, row, &kept.message, &delivery, &out->delivery[i]);
		used += add_note(st, &delivery, kept.notes + used, sizeof kept.notes - used, &out->delivery[i]);
	}
}

/* How a message that another one names is called; "" when it is not held. */
static struct bytes name_other(struct station *st, bool has, const uint8_t id[OBJECT_ID_BYTES], char text[REFERENCE_TEXT])
{
	static struct message other;
	enum object_type type;

	if (!has || !track_header(st, id, &other, &type))
		return (struct bytes){NULL, 0};
	core_reference(&other, text);
	return bytes_of(text);
}

static void add_others(struct station *st, const struct message_row *row, struct control_message *out)
{
	struct superseded superseded;

	out->in_reply_to = name_other(st, kept.message.has_in_reply_to, kept.message.in_reply_to, kept.reply_to);
	out->supersedes = name_other(st, kept.message.has_supersedes, kept.message.supersedes, kept.supersedes);
	if (!store_superseded(st->store, row, &superseded))
		return;
	out->superseded = superseded.kind;
	out->superseded_at = superseded.at;
	out->superseded_by = name_other(st, true, superseded.by, kept.superseded_by);
}

int track_message(struct station *st, const struct message_row *row, bool with_content, struct control_message *out)
{
	static struct content content;
	enum object_type type;
	struct object object;
	struct bytes encoded, words;

	memset(out, 0, sizeof *out);
	memcpy(out->id, row->id, OBJECT_ID_BYTES);
	if (!store_object(st->store, row->id, &encoded) || object_decode(encoded, &object) != RESULT_OK ||
	    object.body.len > sizeof kept.header)
		return RESULT_MALFORMED;
	type = object.type;
	memcpy(kept.header, object.body.data, object.body.len);
	out->header = (struct bytes){kept.header, object.body.len};
	if (message_decode(out->header, &kept.message) != RESULT_OK)
		return RESULT_MALFORMED;
	out->is_exercise_type = object_is_exercise(type);
	out->is_sent = row->is_sent;
	out->at = row->at;
	add_others(st, row, out);
	add_deliveries(st, row, out);
	if (store_content(st->store, row->content_hash, &words) && content_decode(words, &content) == RESULT_OK) {
		out->subject = content.subject;
		if (with_content)
			out->content = words;
	}
	return RESULT_OK;
}

static bool from_hex(struct bytes text, uint8_t out[OBJECT_ID_BYTES])
{
	if (text.len != 2 * OBJECT_ID_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		uint8_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;

		if (digit == 16)
			return false;
		out[i / 2] = (uint8_t)(out[i / 2] << 4 | digit);
	}
	return true;
}

int track_find(struct station *st, struct bytes text, struct message_row *out)
{
	struct message_row row, found;
	struct reference reference;
	uint8_t id[OBJECT_ID_BYTES];
	int count = 0, shown = (int)(text.len < 80 ? text.len : 80);

	if (from_hex(text, id))
		return store_message(st->store, id, out)
			   ? 0
			   : core_refuse(st, CONTROL_UNKNOWN, "No message with this id is held here.");
	if (!reference_parse(text, &reference))
		return core_refuse(st, CONTROL_REFUSED,
				   "\"%.*s\" is not a message number such as \"tha-cert 2026-048 213\".", shown,
				   (const char *)text.data);
	for (int64_t after = 0; store_message_numbered(st->store, reference.number, after, &row); after = row.row) {
		if ((reference.is_exercise && !row.is_exercise) ||
		    (reference.from.text[0] != '\0' && !bytes_equal(row.sender, name_bytes(&reference.from))))
			continue;
		found = row;
		count++;
	}
	if (count == 0)
		return core_refuse(st, CONTROL_UNKNOWN,
				   "No message \"%.*s\" is held here; hotline list shows those there are.", shown,
				   (const char *)text.data);
	if (count > 1)
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "\"%.*s\" names %d messages; say the sender, and EX for an exercise, or give the whole id.", shown,
		    (const char *)text.data, count);
	return store_message(st->store, found.id, out)
		   ? 0
		   : core_refuse(st, CONTROL_UNKNOWN, "No such message is held here.");
}
