/* A page, a message, the links: encoded as hotlined does. */
#include "client/play_station.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"
#include "client/text.h"
#include "proto/result.h"

#define PAGE_MAX 256

static bool is_waiting(uint8_t why)
{
	return why == WHY_NOT_SENT || why == WHY_NO_PATH || why == WHY_CUSTODY || why == WHY_SHOWN || why == WHY_ACKNOWLEDGED ||
	       why == WHY_HOLD || why == WHY_SILENT;
}

static void read_row(struct play_station *station, uint32_t message, struct play_row *out)
{
	const struct audit_replay *replay = station->replay;
	bool is_sent = replay->record->message[message].is_sent;

	*out = (struct play_row){.message = message};
	for (uint32_t at = replay->message[message].delivery; at != RECORD_NONE; at = replay->delivery[at].next) {
		struct control_delivery d;

		audit_replay_track(replay, &replay->delivery[at], &d);
		out->is_open |= d.part != 1 && is_waiting(d.why);
		if (d.due_at != 0 && (out->due == 0 || d.due_at < out->due))
			out->due = d.due_at;
		station->unacknowledged += !is_sent && d.part == 0 && d.acknowledged_at == 0 && is_waiting(d.why) &&
					   replay->delivery[at].name == replay->own;
	}
}

/* What is due first, the earliest before; then the rest, in which the newest stand first already. */
static int compare(const void *a, const void *b)
{
	const struct play_row *x = a, *y = b;

	if ((x->due != 0) != (y->due != 0))
		return x->due != 0 ? -1 : 1;
	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return (x->message < y->message) - (x->message > y->message);
}

void play_station_make(struct play_station *station, struct audit_replay *replay)
{
	station->replay = replay;
	station->count = station->unacknowledged = 0;
	station->row = must(realloc(station->row, (replay->here_count + 1) * sizeof *station->row));
	for (size_t i = replay->here_count; i-- > 0;)
		read_row(station, replay->here[i], &station->row[station->count++]);
	qsort(station->row, station->count, sizeof *station->row, compare);
}

void play_station_finish(struct play_station *station)
{
	free(station->row);
	free(station->answer);
	memset(station, 0, sizeof *station);
}

static int put_message(struct play_station *station, uint32_t message, bool with_content, struct pack_writer *w)
{
	static struct control_message m;
	int result = audit_replay_show(station->replay, message, &m);

	if (result != 0)
		return result;
	if (!with_content)
		m.content = (struct bytes){NULL, 0};
	control_put_message(w, &m);
	return 0;
}

static int answer_page(struct play_station *station, struct pack_reader *r, struct pack_writer *w)
{
	uint64_t box = pack_read_uint(r, BOX_LAST), precedences, offset, limit;
	size_t chosen[PAGE_MAX], count = 0, total = 0;
	struct bytes incident;
	int result = 0;

	pack_read_str(r, LIMIT_NAME_BYTES);
	precedences = pack_read_uint(r, 15);
	incident = pack_read_bin(r, INCIDENT_BYTES);
	offset = pack_read_uint(r, INT64_MAX);
	limit = pack_read_uint(r, INT64_MAX);
	for (size_t i = 0; i < station->count; i++) {
		const struct record_message *m = &station->replay->record->message[station->row[i].message];

		if ((box == BOX_OPEN && !station->row[i].is_open) || (box == BOX_INBOX && m->is_sent) ||
		    (box == BOX_OUTBOX && !m->is_sent) || (precedences != 0 && (precedences >> m->precedence & 1) == 0) ||
		    (incident.len == INCIDENT_BYTES &&
		     (!m->has_incident || memcmp(m->incident, incident.data, INCIDENT_BYTES) != 0)))
			continue;
		if (total++ >= offset && count < limit && count < PAGE_MAX)
			chosen[count++] = i;
	}
	pack_put_array(w, 2);
	pack_put_uint(w, total);
	pack_put_array(w, count);
	for (size_t i = 0; i < count && result == 0; i++)
		result = put_message(station, station->row[chosen[i]].message, false, w);
	return result;
}

static int answer_show(struct play_station *station, struct pack_reader *r, struct pack_writer *w)
{
	const struct audit_replay *replay = station->replay;
	struct bytes hex = pack_read_str(r, 2 * OBJECT_ID_BYTES);
	uint8_t id[OBJECT_ID_BYTES];
	uint32_t message = RECORD_NONE;

	if (text_hex(hex, id, sizeof id))
		message = audit_record_message_of(replay->record, audit_record_item(replay->record, id));
	if (message == RECORD_NONE || !replay->message[message].is_here)
		return CONTROL_UNKNOWN;
	pack_put_array(w, 1);
	return put_message(station, message, true, w);
}

static int answer_status(struct play_station *station, struct pack_writer *w)
{
	static struct control_status status;
	const struct audit_replay *replay = station->replay;
	size_t peers = replay->record->log_list.count;

	status = (struct control_status){.station = name_bytes(&replay->record->station), .version = bytes_of("-"), .now = replay->at,
					 .started_at = replay->at, .clock_error = CLOCK_ERROR_UNKNOWN,
					 .unacknowledged = station->unacknowledged};
	for (size_t i = 0; i < replay->record->log_list.count; i++)
		peers -= replay->record->log[i].peer.text[0] == '\0';
	status.peer_count = peers;
	pack_put_array(w, 3);
	control_put_status(w, &status);
	pack_put_array(w, peers);
	for (size_t i = 0; i < replay->record->log_list.count; i++) {
		struct control_peer peer = {.name = name_bytes(&replay->record->log[i].peer),
					    .link = replay->link[i].is_up ? LINK_UP : LINK_DOWN,
					    .since = replay->link[i].since, .round_trip_us = -1};

		if (peer.name.len > 0)
			control_put_peer(w, &peer);
	}
	pack_put_array(w, 0);
	return 0;
}

static int answer(struct play_station *station, const struct board_request *request, struct pack_writer *w)
{
	struct pack_reader r = pack_reader(pack_written(&request->params));

	pack_read_array(&r, 8);
	switch (request->method) {
	case METHOD_PAGE:
		return answer_page(station, &r, w);
	case METHOD_SHOW:
		return answer_show(station, &r, w);
	case METHOD_STATUS:
		return answer_status(station, w);
	default:
		return CONTROL_UNKNOWN;
	}
}

int play_station_answer(struct play_station *station, const struct board_request *request, struct pack_reader *out)
{
	int result;

	/* as much as an answer of the daemon's may have, found by doubling */
	for (size_t capacity = 1 << 16;; capacity *= 2) {
		struct pack_writer w;

		if (station->capacity < capacity) {
			station->answer = must(realloc(station->answer, capacity));
			station->capacity = capacity;
		}
		w = pack_writer(station->answer, station->capacity);
		result = answer(station, request, &w);
		if (w.is_over && capacity < 64 * MIB)
			continue;
		*out = pack_reader(pack_written(&w));
		break;
	}
	free(request->params.data);
	if (result == 0)
		pack_expect_array(out, request->count);
	return result;
}
