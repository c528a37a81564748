/* Calls on the control socket, and what stations show of themselves. */
#include "tests/sim/office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/result.h"

#define TURNS 100000 /* of a long answer */

const char *office_name(const struct world *world, size_t site)
{
	return world->site[site].config.station.text;
}

static void send_call(struct world *world, size_t site, uint32_t guest, uint32_t id, enum method method,
		      struct bytes params)
{
	struct control_rpc rpc = {
	    .type = CONTROL_REQUEST, .id = id, .method = bytes_of(method_rows[method].name), .params = params};
	uint8_t *frame = malloc(params.len + 256);
	struct pack_writer w = pack_writer(frame, params.len + 256);

	control_put_rpc(&w, &rpc);
	world_event(world, site, &(struct event){.type = EVENT_REQUEST, .conn = guest, .data = pack_written(&w)});
	free(frame);
}

/* The officer's place at the socket, opened at the first call. */
static uint32_t seat(struct world *world, size_t site, uint32_t uid)
{
	static const uint8_t version[] = {0x91, CONTROL_VERSION};
	struct guest *guest = world->site[site].guest;
	uint32_t i = 0;

	while (i < WORLD_GUESTS && guest[i].is_here && guest[i].uid != uid)
		i++;
	if (i == WORLD_GUESTS)
		world_broken(world, "more officers than seats");
	if (!guest[i].is_here) {
		guest[i].is_here = true;
		guest[i].uid = uid;
		world_event(world, site, &(struct event){.type = EVENT_CLIENT, .conn = i, .uid = uid});
		send_call(world, site, i, 0, METHOD_HELLO, (struct bytes){version, sizeof version});
	}
	return i;
}

/* Looks through what came for the answer to call id. */
static bool take_answer(struct heap *replies, uint32_t id, size_t *at, struct answer *out)
{
	struct control_rpc rpc;
	size_t len;

	while (control_decode((struct bytes){replies->data + *at, replies->len - *at}, &rpc, &len) == RESULT_OK) {
		struct pack_reader r = pack_reader(rpc.params);

		*at += len;
		if (rpc.type == CONTROL_EVENT && bytes_equal(rpc.method, bytes_of("export"))) {
			pack_expect_array(&r, 1);
			heap_add(&out->events, pack_read_bin(&r, SIZE_MAX));
		}
		if (rpc.type != CONTROL_RESPONSE || rpc.id != id)
			continue;
		out->error = rpc.has_error ? (int)rpc.error_code : 0;
		snprintf(out->sentence, sizeof out->sentence, "%.*s", (int)rpc.error.len, (const char *)rpc.error.data);
		out->result = rpc.params;
		return true;
	}
	return false;
}

void world_request(struct world *world, size_t site, uint32_t uid, enum method method, struct bytes params,
		   struct answer *out)
{
	const uint32_t id = 1;
	struct guest *guest;
	uint32_t i = 0;
	size_t at = 0;

	memset(out, 0, sizeof *out);
	out->error = -1;
	snprintf(out->sentence, sizeof out->sentence, "the station is down");
	if (world->site[site].station == NULL)
		return;
	i = seat(world, site, uid);
	guest = &world->site[site].guest[i];
	guest->replies.len = 0;
	send_call(world, site, i, id, method, params);
	for (int turn = 0; turn < TURNS && world->site[site].station != NULL; turn++) {
		if (take_answer(&guest->replies, id, &at, out))
			return;
		world_event(world, site, &(struct event){.type = EVENT_CLIENT_ROOM, .conn = i});
	}
}

/* A call that must succeed. */
static void ask(struct world *world, size_t site, uint32_t uid, enum method method, struct bytes params,
		struct answer *out)
{
	world_request(world, site, uid, method, params, out);
	if (out->error != 0)
		world_broken(world, "%s at %s: %s", method_rows[method].name, office_name(world, site), out->sentence);
}

static void offer(struct world *world, size_t from, size_t to)
{
	static uint8_t params[LIMIT_REQUEST_BYTES];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct pack_reader r;
	struct answer answer;
	struct bytes armour;

	pack_put_array(&w, 1);
	pack_put_text(&w, office_name(world, to));
	ask(world, from, UID_ADMIN, METHOD_OFFER, pack_written(&w), &answer);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	armour = pack_read_str(&r, LIMIT_REQUEST_BYTES);
	w = pack_writer(params, sizeof params);
	pack_put_array(&w, 2);
	pack_put_str(&w, armour);
	pack_put_bool(&w, false);
	ask(world, to, UID_ADMIN, METHOD_ACCEPT, pack_written(&w), &answer);
}

void office_enrol(struct world *world, size_t a, size_t b)
{
	offer(world, a, b);
	offer(world, b, a);
}

void office_enrol_all(struct world *world)
{
	for (size_t a = 0; a < world->count; a++)
		for (size_t b = a + 1; b < world->count; b++)
			office_enrol(world, a, b);
	world_run(world, 5 * SECOND_US);
}

struct world *office_open(uint64_t seed, size_t count)
{
	struct world *world = world_create(seed, count);

	world_start(world);
	office_enrol_all(world);
	return world;
}

static struct bytes reference_params(const uint8_t id[OBJECT_ID_BYTES], struct pack_writer *w, size_t count)
{
	char hex[2 * OBJECT_ID_BYTES + 1];

	key_hex(id, OBJECT_ID_BYTES, hex);
	pack_put_array(w, count);
	pack_put_text(w, hex);
	return pack_written(w);
}

int office_shown(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	reference_params(id, &w, 2);
	pack_put_bool(&w, true);
	world_request(world, site, UID_WATCH, METHOD_SHOWN, pack_written(&w), &answer);
	return answer.error;
}

int office_ack(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], const char *note)
{
	uint8_t params[512];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	reference_params(id, &w, 3);
	pack_put_uint(&w, 1);
	pack_put_text(&w, note);
	world_request(world, site, UID_WATCH, METHOD_ACK, pack_written(&w), &answer);
	return answer.error;
}

int office_copy(struct world *world, size_t site, uint32_t uid, const uint8_t id[OBJECT_ID_BYTES], size_t addressee)
{
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	reference_params(id, &w, 2);
	pack_put_text(&w, office_name(world, addressee));
	world_request(world, site, uid, METHOD_COPY, pack_written(&w), &answer);
	return answer.error;
}

int office_recover(struct world *world, size_t site, size_t from)
{
	uint8_t bytes[64];
	struct pack_writer params = pack_writer(bytes, sizeof bytes);
	struct answer answer;

	pack_put_array(&params, 1);
	pack_put_text(&params, office_name(world, from));
	world_request(world, site, UID_ADMIN, METHOD_RECOVER, pack_written(&params), &answer);
	return answer.error;
}

int office_hold(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], int64_t until)
{
	struct answer answer;

	return office_try_hold(world, site, id, until, &answer);
}

int office_try_hold(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], int64_t until,
		    struct answer *out)
{
	uint8_t params[512];
	struct pack_writer w = pack_writer(params, sizeof params);

	reference_params(id, &w, 3);
	pack_put_int(&w, until);
	pack_put_text(&w, "working on it");
	world_request(world, site, UID_WATCH, METHOD_HOLD, pack_written(&w), out);
	return out->error;
}

const struct control_message *office_show(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	static struct control_message message;
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;
	struct pack_reader r;

	world_request(world, site, UID_WATCH, METHOD_SHOW, reference_params(id, &w, 1), &answer);
	if (answer.error == CONTROL_UNKNOWN || world->site[site].station == NULL)
		return NULL;
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	control_read_message(&r, &message);
	if (answer.error != 0 || pack_read_end(&r) != RESULT_OK)
		world_broken(world, "%s can't show a message: %s", office_name(world, site), answer.sentence);
	return &message;
}

const struct control_delivery *office_delivery(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES],
					       size_t addressee)
{
	const struct control_message *message = office_show(world, site, id);
	struct bytes name = bytes_of(office_name(world, addressee));

	for (size_t i = 0; message != NULL && i < message->delivery_count; i++)
		if (bytes_equal(message->delivery[i].name, name))
			return &message->delivery[i];
	world_broken(world, "%s knows no such message to %s", office_name(world, site), office_name(world, addressee));
}

size_t office_count(struct world *world, size_t site)
{
	static const uint8_t params[] = {0x92, 0x00, 0x00};
	struct answer answer;
	struct pack_reader r;

	ask(world, site, UID_WATCH, METHOD_LIST, (struct bytes){params, sizeof params}, &answer);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	return pack_read_array(&r, SIZE_MAX);
}

/* The status; r stands before its peers. */
static void read_status(struct world *world, size_t site, struct control_status *out, struct pack_reader *r)
{
	static const uint8_t none = 0x90;
	struct answer answer;

	ask(world, site, UID_WATCH, METHOD_STATUS, (struct bytes){&none, 1}, &answer);
	*r = pack_reader(answer.result);
	pack_expect_array(r, 3);
	control_read_status(r, out);
	pack_read_array(r, SIZE_MAX);
}

struct control_peer office_peer(struct world *world, size_t site, size_t peer)
{
	struct control_status status;
	struct control_peer row;
	struct pack_reader r;

	read_status(world, site, &status, &r);
	for (size_t i = 0; i < status.peer_count; i++) {
		control_read_peer(&r, &row);
		if (r.error == RESULT_OK && bytes_equal(row.name, bytes_of(office_name(world, peer))))
			return row;
	}
	world_broken(world, "%s has no peer %s", office_name(world, site), office_name(world, peer));
}

uint64_t office_counted(struct world *world, size_t site, const char *cause)
{
	struct control_status status;
	struct pack_reader r;

	read_status(world, site, &status, &r);
	for (size_t i = 0; i < status.count_count; i++)
		if (bytes_equal(status.count[i].cause, bytes_of(cause)))
			return status.count[i].count;
	return 0;
}

static const uint8_t everything[] = {0x96, 0xa0, 0xc4, 0x00, 0x00, 0x00, 0xc2, 0x90};
const struct bytes office_everything = {everything, sizeof everything};

struct heap office_export(struct world *world, size_t site)
{
	struct answer answer;

	ask(world, site, UID_WATCH, METHOD_EXPORT, office_everything, &answer);
	return answer.events;
}
