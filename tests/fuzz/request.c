/*
 * The control socket's whole door: officers of every role, and a user who is none, call methods with any parameters on
 * a station that holds a received message. The input is a run of acts: client, act, and of a call its method and
 * parameters. Every reply is well formed, the store never fails, and the record that is left verifies.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/station.h"

#define CLIENTS 7 /* 1001 … 1006, and 1007, who is no officer */
#define CALLS_MAX 64

enum act { ACT_CALL, ACT_RAW, ACT_ROOM, ACT_AGAIN, ACT_WAIT, ACT_COUNT };

static struct hostile h;

/* By its name, so that seeds outlive the order of the table; what is none is any of them. */
static enum method read_method(struct bytes *in)
{
	struct bytes name = fuzz_part(in);
	enum method method = method_of(name);

	return method < METHOD_COUNT ? method : (name.len > 0 ? name.data[0] : 0) % METHOD_COUNT;
}

static void call(struct bytes *in)
{
	uint32_t client = 1 + fuzz_byte(in) % CLIENTS;
	enum method method;
	struct bytes params;

	switch ((enum act)(fuzz_byte(in) % ACT_COUNT)) {
	case ACT_CALL:
	case ACT_COUNT:
		method = read_method(in);
		params = fuzz_part(in);
		hostile_request(&h, client, method, params);
		break;
	case ACT_RAW:
		params = fuzz_part(in);
		hostile_turn(&h, &(struct event){.type = EVENT_REQUEST, .conn = client, .data = params});
		break;
	case ACT_ROOM:
		hostile_turn(&h, &(struct event){.type = EVENT_CLIENT_ROOM, .conn = client});
		break;
	case ACT_AGAIN:
		hostile_turn(&h, &(struct event){.type = EVENT_CLIENT_GONE, .conn = client});
		hostile_client(&h, client, 1000 + client);
		break;
	case ACT_WAIT:
		hostile_wait(&h, HOUR_US);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};

	hostile_begin(&h);
	h.on_reply = station_check_reply;
	station_give_message(&h);
	for (uint32_t client = 1; client <= CLIENTS; client++)
		hostile_client(&h, client, 1000 + client);
	for (size_t i = 0; i < CALLS_MAX && in.len > 0; i++)
		call(&in);
	station_verify(&h);
	hostile_end(&h);
	return 0;
}
