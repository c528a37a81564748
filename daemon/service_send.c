/* Service messages that officers send: tracer, minimise, silence; alone and at once, like a hold. */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"

#define TRACE_AGAIN_US (5 * MINUTE_US)

static void add_number(struct content *content, enum field field, int64_t value, struct pack_writer *values)
{
	size_t start = values->len;

	pack_put_int(values, value);
	content->field[content->field_count].code = field;
	content->field[content->field_count++].value = (struct bytes){values->data + start, values->len - start};
}

struct bytes service_content(struct station *st, const struct service_words *words, uint8_t *buffer, size_t size)
{
	static struct content content;
	struct pack_writer w = pack_writer(buffer, size), values;
	uint8_t numbers[32];

	values = pack_writer(numbers, sizeof numbers);
	memset(&content, 0, sizeof content);
	st->random(st->random_ctx, content.salt, sizeof content.salt);
	content.subject = bytes_of(words->subject);
	content.lang = bytes_of("en");
	content.text = words->text;
	if (words->until != 0)
		add_number(&content, FIELD_NEXT_UPDATE, words->until, &values);
	if (words->type != 0)
		add_number(&content, FIELD_SERVICE, words->type, &values);
	if (words->least != 0)
		add_number(&content, FIELD_LEAST, words->least, &values);
	if (words->stages.len > 0) {
		content.field[content.field_count].code = FIELD_STAGES;
		content.field[content.field_count++].value = words->stages;
	}
	content_encode(&content, &w);
	return pack_written(&w);
}

/* The header is complete but for who speaks; checked like a draft's, then released. Gives the message's id. */
static int send(struct station *st, struct client *client, struct message *message, const struct service_words *words,
		uint8_t out_id[OBJECT_ID_BYTES])
{
	static uint8_t buffer[4 * LIMIT_TEXT_FLASH + 4096];
	static struct content content;
	struct bytes bytes = service_content(st, words, buffer, sizeof buffer);
	const struct release_act act = {
	    .officer = name_bytes(&client->officer->function), .uid = client->uid, .anyway = true};
	char missing[256];

	message->kind = KIND_SERVICE;
	message->from = core_own_name(st);
	message->drafter = message->releaser[0] = act.officer;
	message->releaser_count = 1;
	message->is_without_prejudice = true;
	if (content_decode(bytes, &content) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The text is too long.");
	if (!message_form_complete(message, &content, -1, st->now.real_us, missing, sizeof missing))
		return core_refuse(st, CONTROL_REFUSED, "%s", missing);
	return release_now(st, &act, message, bytes, out_id);
}

/* Whom a tracer goes to: one addressee, or all of them. */
static int choose_traced(struct station *st, struct message *traced, struct bytes name, struct message *out)
{
	for (size_t i = 0; i < message_addressee_count(traced); i++) {
		struct bytes addressee = message_addressee(traced, i);

		if (name.len == 0 || bytes_equal(name, addressee))
			out->action[out->action_count++] = addressee;
	}
	if (out->action_count == 0)
		return core_refuse(st, CONTROL_REFUSED, "%.*s is no addressee of this message.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	return 0;
}

/* One tracer about a message at a time, while its answer may still be on its way. */
static int check_traces(struct station *st, const uint8_t id[OBJECT_ID_BYTES], const struct message *tracer)
{
	char at[TIME_TEXT];
	struct trace_row row;

	for (size_t i = 0; i < tracer->action_count; i++) {
		struct bytes name = tracer->action[i];

		if (!store_trace(st->store, id, name, &row) || row.answered_at != 0 ||
		    st->now.real_us - row.asked_at > TRACE_AGAIN_US)
			continue;
		time_format_dtg(row.asked_at, at);
		return core_refuse(st, CONTROL_REFUSED,
				   "%.*s was asked at %s and has not answered yet; hotline track shows it when it does.",
				   (int)name.len, (const char *)name.data, at);
	}
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

int service_trace(struct station *st, struct client *client, struct bytes reference, struct bytes name,
		  uint8_t out_id[OBJECT_ID_BYTES])
{
	static struct message traced, tracer;
	static uint8_t header[LIMIT_OBJECT_BYTES];
	const struct service_words words = {.subject = "Tracer", .type = SERVICE_TRACER};
	struct pack_writer w = pack_writer(header, sizeof header);
	enum object_type type;
	struct message_row row;
	int result = track_find(st, reference, &row);

	if (result != 0)
		return result;
	if (!row.is_sent || !track_header(st, row.id, &traced, &type))
		return core_refuse(st, CONTROL_REFUSED, "Only a message that this station sent can be traced.");
	message_encode(&traced, &w); /* its texts lie in the store's buffer */
	if (message_decode(pack_written(&w), &traced) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The message can't be read from the store.");
	tracer = (struct message){.exercise = traced.exercise,
				  .precedence = traced.precedence,
				  .has_in_reply_to = true,
				  .tlp = traced.tlp};
	memcpy(tracer.in_reply_to, row.id, OBJECT_ID_BYTES);
	result = choose_traced(st, &traced, name, &tracer);
	qsort(tracer.action, tracer.action_count, sizeof *tracer.action, compare_names);
	if (result == 0)
		result = check_traces(st, row.id, &tracer);
	return result != 0 ? result : send(st, client, &tracer, &words, out_id);
}

/* Those named, or every peer, in order. */
static int choose_peers(struct station *st, const struct service_order *order, struct message *out)
{
	for (size_t i = 0; i < order->to_count; i++) {
		struct peer *peer = core_peer(st, order->to[i]);

		if (peer == NULL)
			return core_refuse(st, CONTROL_REFUSED, "%.*s is not an enrolled contact point of this station.",
					   (int)(order->to[i].len < 64 ? order->to[i].len : 64),
					   (const char *)order->to[i].data);
		out->action[out->action_count++] = name_bytes(&peer->name);
	}
	if (order->to_count == 0)
		for (struct peer *peer = st->peers; peer != NULL && out->action_count < LIMIT_ADDRESSEES;
		     peer = peer->next)
			out->action[out->action_count++] = name_bytes(&peer->name);
	if (out->action_count == 0)
		return core_refuse(st, CONTROL_REFUSED, "This station has no peers.");
	qsort(out->action, out->action_count, sizeof *out->action, compare_names);
	return 0;
}

int service_order(struct station *st, struct client *client, enum service type, const struct service_order *order,
		  uint8_t out_id[OBJECT_ID_BYTES])
{
	static struct message message;
	const struct service_words words = {.subject = type == SERVICE_MINIMISE ? "Minimise" : "Silence notice",
					    .type = type,
					    .until = order->until,
					    .least = order->least,
					    .text = order->text};
	int result;

	message = (struct message){.exercise = order->exercise, .precedence = PRECEDENCE_IMMEDIATE, .tlp = TLP_AMBER};
	result = choose_peers(st, order, &message);
	return result != 0 ? result : send(st, client, &message, &words, out_id);
}

/* Whether an addressee still owes an acknowledgement of what its station has. */
static bool can_remind(struct station *st, const struct message_row *row, const struct delivery_row *delivery)
{
	return delivery->part == PART_ACTION && delivery->custody_at != 0 && delivery->acknowledged_at == 0 &&
	       delivery->answered_at == 0 && delivery->declined_at == 0 && kind_asks_acknowledgement(row->kind) &&
	       !store_cancelled(st->store, row->id) && (row->expires == 0 || row->expires > st->now.real_us) &&
	       core_peer(st, delivery->name) != NULL;
}

int service_remind(struct station *st, struct client *client, struct bytes reference, struct bytes name,
		   uint64_t *out_count)
{
	struct bytes officer = name_bytes(&client->officer->function);
	struct delivery_row delivery;
	struct message_row row;
	struct name last = {""};
	uint64_t count = 0;
	int result = track_find(st, reference, &row);

	if (result == 0 && !row.is_sent)
		result = core_refuse(st, CONTROL_REFUSED, "Only addressees of a message that this station sent are reminded.");
	while (result == 0 && store_delivery_after(st->store, row.id, name_bytes(&last), &delivery) &&
	       name_copy(delivery.name, &last)) {
		if ((name.len > 0 && !bytes_equal(name, name_bytes(&last))) || !can_remind(st, &row, &delivery))
			continue;
		outbox_reminder(st, core_peer(st, name_bytes(&last)), &row, REMIND_BY_HAND);
		core_log_act(st, STATION_QUEUE, row.id, "tuutuu", name_bytes(&last), (uint64_t)ITEM_REMINDER, (uint64_t)0,
			     officer, (uint64_t)client->uid, (uint64_t)0);
		count++;
	}
	if (result == 0 && count == 0)
		return core_refuse(st, CONTROL_REFUSED,
				   "Nobody can be reminded: each addressee has acknowledged, owes nothing, or its station does "
				   "not have the message yet.");
	*out_count = count;
	return result;
}
