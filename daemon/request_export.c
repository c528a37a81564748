/* log.export: what is asked for, and then the record as events, as fast as the client takes them (SPEC 8, 9). */
#include <stdio.h>
#include <string.h>

#include "daemon/request.h"
#include "daemon/selection.h"
#include "proto/export.h"

#define CHUNK_BYTES (64 * KIB)
#define TURN_STEPS 2000 /* of an export in one turn: hidden entries take time and give no bytes */
#define WHAT_BYTES 256

/* The messages that are to be shown alone, by number or id. 0, or a control error. */
static int read_messages(struct call *call, struct selection *out)
{
	struct message_row row;

	out->id_count = pack_read_array(&call->in, LIMIT_EXPORT_MESSAGES);
	for (size_t i = 0; i < out->id_count && call->in.error == RESULT_OK; i++) {
		int result = track_find(call->st, pack_read_str(&call->in, LIMIT_REQUEST_BYTES), &row);

		if (call->in.error == RESULT_OK && result != 0)
			return result;
		memcpy(out->id[i], row.id, OBJECT_ID_BYTES);
	}
	return request_end(call);
}

static int read_selection(struct call *call, struct selection *out)
{
	struct bytes peer, incident;
	int result;

	memset(out, 0, sizeof *out);
	pack_expect_array(&call->in, 6);
	peer = pack_read_str(&call->in, LIMIT_NAME_BYTES);
	incident = pack_read_bin(&call->in, INCIDENT_BYTES);
	out->since = pack_read_int(&call->in);
	out->until = pack_read_int(&call->in);
	out->withholds_contents = pack_read_bool(&call->in);
	result = read_messages(call, out);
	if (result != 0)
		return result;
	if (peer.len > 0 && core_peer(call->st, peer) == NULL)
		return core_refuse(call->st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
				   (int)peer.len, (const char *)peer.data);
	if (incident.len != 0 && incident.len != INCIDENT_BYTES)
		return core_refuse(call->st, CONTROL_REFUSED, "An incident is named by 32 hex digits.");
	name_copy(peer, &out->peer);
	out->has_incident = incident.len > 0;
	if (out->has_incident)
		memcpy(out->incident, incident.data, INCIDENT_BYTES);
	return 0;
}

/* In words, for the log: "peer vnm-cert, 2 messages, contents withheld". */
static void describe(const struct selection *s, char out[WHAT_BYTES])
{
	char since[TIME_TEXT] = "", until[TIME_TEXT] = "", incident[2 * INCIDENT_BYTES + 1] = "";
	size_t len = 0;

	if (s->since != 0)
		time_format_iso(s->since, since);
	if (s->until != 0)
		time_format_iso(s->until, until);
	if (s->has_incident)
		key_hex(s->incident, INCIDENT_BYTES, incident);
	len += (size_t)snprintf(out + len, WHAT_BYTES - len, "%s", selection_is_everything(s) ? ", everything" : "");
	if (s->peer.text[0] != '\0')
		len += (size_t)snprintf(out + len, WHAT_BYTES - len, ", peer %s", s->peer.text);
	if (s->has_incident)
		len += (size_t)snprintf(out + len, WHAT_BYTES - len, ", incident %s", incident);
	if (s->id_count > 0)
		len += (size_t)snprintf(out + len, WHAT_BYTES - len, ", %zu messages", s->id_count);
	if (s->since != 0 || s->until != 0)
		len += (size_t)snprintf(out + len, WHAT_BYTES - len, ", from %s until %s", since, until);
	if (s->withholds_contents)
		snprintf(out + len, WHAT_BYTES - len, ", contents withheld");
	memmove(out, out + 2, strlen(out + 2) + 1);
}

/* The answer comes at the end; until then the export's bytes go out as events. */
int request_export(struct call *call)
{
	static struct selection selection;
	char what[WHAT_BYTES];
	int result = read_selection(call, &selection);

	if (result != 0)
		return result;
	if (call->client->exporter != NULL)
		return core_refuse(call->st, CONTROL_REFUSED, "This client is exporting already.");
	call->client->exporter = exporter_create(call->st, &selection);
	if (call->client->exporter == NULL)
		return core_refuse(call->st, CONTROL_REFUSED, "There is no memory for an export.");
	describe(&selection, what);
	core_log_act(call->st, STATION_EXPORT, NULL, "tut", request_officer(call), (uint64_t)call->client->uid,
		     bytes_of(what));
	return 0;
}

/* A run of an export's bytes in events that fit the socket's limit; an empty one when there are none, to go on. */
static void put_events(struct station *st, struct client *client, struct bytes run)
{
	static uint8_t params[CHUNK_BYTES + 16], frame[CHUNK_BYTES + 64];
	struct control_rpc rpc = {.type = CONTROL_EVENT, .method = bytes_of("export")};

	do {
		struct pack_writer p = pack_writer(params, sizeof params), f = pack_writer(frame, sizeof frame);
		size_t step = run.len < CHUNK_BYTES ? run.len : CHUNK_BYTES;

		pack_put_array(&p, 1);
		pack_put_bin(&p, run.data, step);
		rpc.params = pack_written(&p);
		control_put_rpc(&f, &rpc);
		core_effect(st, EFFECT_REPLY, client->id, pack_written(&f));
		run.data += step;
		run.len -= step;
	} while (run.len > 0);
}

void request_continue(struct station *st, struct client *client)
{
	static uint8_t chunk[CHUNK_BYTES + EXPORT_RECORD_BYTES];
	struct pack_writer c = pack_writer(chunk, sizeof chunk);
	bool has_more = true;
	uint8_t none = 0x90;

	if (client->exporter == NULL)
		return;
	for (int step = 0; has_more && c.len < CHUNK_BYTES && step < TURN_STEPS; step++)
		has_more = exporter_next(st, client->exporter, &c);
	put_events(st, client, pack_written(&c));
	if (has_more)
		return;
	exporter_destroy(client->exporter);
	client->exporter = NULL;
	request_reply(st, client, client->export_call, 0, (struct bytes){&none, 1});
}
