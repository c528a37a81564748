/* Methods about what messages do beyond being delivered: timed release, tracer, minimise, silence, incidents. */
#include <string.h>

#include "daemon/request.h"

/* A reason for a release below minimise. */
static struct bytes read_reason(struct call *call)
{
	struct bytes reason = pack_read_str(&call->in, 4 * LIMIT_NOTE);

	if (utf8_length(reason) > LIMIT_NOTE)
		pack_fail(&call->in, RESULT_LIMIT);
	return reason;
}

int request_release(struct call *call)
{
	struct release_act act = {.officer = request_officer(call), .uid = call->client->uid};
	uint8_t id[OBJECT_ID_BYTES];
	int result;

	pack_expect_array(&call->in, 3);
	act.draft = pack_read_uint(&call->in, INT64_MAX);
	act.anyway = pack_read_bool(&call->in);
	act.reason = read_reason(call);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	result = release_approved(call->st, &act, id);
	pack_put_array(call->out, 1);
	return result != 0 ? result : release_view(call->st, id, call->out);
}

int request_timed(struct call *call)
{
	struct timed_row order = {0};

	pack_expect_array(&call->in, 4);
	order.draft = pack_read_uint(&call->in, INT64_MAX);
	order.at = pack_read_int(&call->in);
	order.anyway = pack_read_bool(&call->in);
	order.reason = read_reason(call);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 0);
	return timed_set(call->st, call->client, &order);
}

/* The message that was sent, as the answer. */
static int put_sent(struct call *call, int result, const uint8_t id[OBJECT_ID_BYTES])
{
	pack_put_array(call->out, 1);
	return result != 0 ? result : release_view(call->st, id, call->out);
}

int request_trace(struct call *call)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct bytes reference, name;

	pack_expect_array(&call->in, 2);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	return put_sent(call, service_trace(call->st, call->client, reference, name, id), id);
}

int request_remind(struct call *call)
{
	struct bytes reference, name;
	uint64_t count = 0;
	int result;

	pack_expect_array(&call->in, 2);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	result = service_remind(call->st, call->client, reference, name, &count);
	pack_put_array(call->out, 1);
	pack_put_uint(call->out, count);
	return result;
}

int request_traced(struct call *call)
{
	static uint8_t rows[LIMIT_REQUEST_BYTES];
	struct pack_writer w = pack_writer(rows, sizeof rows);
	struct delivery_row delivery;
	struct message_row message;
	struct name last = {""};
	struct bytes reference;
	size_t count = 0;
	int result;

	pack_expect_array(&call->in, 1);
	reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	result = track_find(call->st, reference, &message);
	while (result == 0 && store_delivery_after(call->st->store, message.id, name_bytes(&last), &delivery) &&
	       name_copy(delivery.name, &last)) {
		struct control_trace trace = {.name = name_bytes(&last)};
		struct trace_row row;

		if (!store_trace(call->st->store, message.id, name_bytes(&last), &row))
			continue;
		trace.asked_at = row.asked_at;
		trace.answered_at = row.answered_at;
		trace.stages = row.stages;
		control_put_trace(&w, &trace);
		count++;
	}
	pack_put_array(call->out, 1);
	pack_put_array(call->out, count);
	pack_put_raw(call->out, pack_written(&w));
	return result;
}

static void read_order(struct call *call, struct service_order *order)
{
	order->until = pack_read_int(&call->in);
	order->to_count = pack_read_array(&call->in, LIMIT_ADDRESSEES);
	for (size_t i = 0; i < order->to_count; i++)
		order->to[i] = pack_read_str(&call->in, LIMIT_NAME_BYTES);
	order->exercise = pack_read_str(&call->in, LIMIT_EXERCISE_BYTES);
	order->text = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
}

int request_minimise(struct call *call)
{
	static struct service_order order;
	uint8_t id[OBJECT_ID_BYTES];

	memset(&order, 0, sizeof order);
	pack_expect_array(&call->in, 5);
	order.least = (uint8_t)pack_read_uint(&call->in, PRECEDENCE_FLASH);
	read_order(call, &order);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	return put_sent(call, service_order(call->st, call->client, SERVICE_MINIMISE, &order, id), id);
}

int request_silence(struct call *call)
{
	static struct service_order order;
	uint8_t id[OBJECT_ID_BYTES];

	memset(&order, 0, sizeof order);
	pack_expect_array(&call->in, 4);
	read_order(call, &order);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	return put_sent(call, service_order(call->st, call->client, SERVICE_SILENCE, &order, id), id);
}

static void put_incident(struct station *st, const struct incident_row *row, struct pack_writer *out)
{
	struct message key = {.has_incident = true};

	memcpy(key.incident, row->id, INCIDENT_BYTES);
	pack_put_array(out, 2);
	pack_put_str(out, row->peer);
	pack_put_uint(out, incident_state(st, &key, row->peer));
}

int request_incident(struct call *call)
{
	static uint8_t rows[64 * KIB];
	struct pack_writer w = pack_writer(rows, sizeof rows);
	uint8_t id[INCIDENT_BYTES];
	char hex[2 * OBJECT_ID_BYTES + 1] = "";
	struct incident_row row;
	struct name last = {""};
	size_t count = 0;

	pack_expect_array(&call->in, 1);
	pack_read_fixed(&call->in, id, sizeof id);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	while (store_incident_after(call->st->store, id, name_bytes(&last), &row) && name_copy(row.peer, &last)) {
		row.peer = name_bytes(&last);
		put_incident(call->st, &row, &w);
		key_hex(row.message, OBJECT_ID_BYTES, hex);
		count++;
	}
	if (count == 0)
		return core_refuse(call->st, CONTROL_UNKNOWN, "No message of this incident is held here.");
	pack_put_array(call->out, 2);
	pack_put_text(call->out, hex);
	pack_put_array(call->out, count);
	pack_put_raw(call->out, pack_written(&w));
	return 0;
}
