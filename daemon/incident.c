/* Incidents, pair by pair: open, proposed to be closed by one side, closed by both (SPEC 5.7). */
#include <string.h>

#include "daemon/core.h"

static bool is_closed(const struct incident_row *row)
{
	return row->own_close_at != 0 && row->their_close_at != 0;
}

enum incident_state incident_state(struct station *st, const struct message *message, struct bytes peer)
{
	struct incident_row row;

	if (!message->has_incident || !store_incident(st->store, message->incident, peer, &row))
		return INCIDENT_NONE;
	if (is_closed(&row))
		return INCIDENT_CLOSED;
	if (row.own_close_at != 0)
		return INCIDENT_OWN_CLOSE;
	return row.their_close_at != 0 ? INCIDENT_THEIR_CLOSE : INCIDENT_OPEN;
}

bool incident_crosses_modes(struct station *st, const struct message *message)
{
	struct incident_row row;

	return message->has_incident &&
	       store_incident_after(st->store, message->incident, (struct bytes){NULL, 0}, &row) &&
	       row.is_exercise != (message->exercise.len > 0);
}

void incident_apply(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES],
		    const struct side *side)
{
	struct incident_row row;
	int64_t *close_at;

	if (!message->has_incident)
		return;
	if (!store_incident(st->store, message->incident, side->peer, &row)) {
		row = (struct incident_row){.is_exercise = message->exercise.len > 0};
		memcpy(row.id, message->incident, INCIDENT_BYTES);
	}
	row.peer = side->peer;
	memcpy(row.message, id, OBJECT_ID_BYTES);
	/* whatever comes after both have closed opens it again, also another proposal to close */
	if (is_closed(&row))
		row.own_close_at = row.their_close_at = 0;
	close_at = side->is_own ? &row.own_close_at : &row.their_close_at;
	if (message->kind == KIND_CLOSE)
		*close_at = side->at;
	store_incident_put(st->store, &row);
}
