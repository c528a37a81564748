/*
 * Paths to a peer: for each of its endpoints one link that we send on, what leaves on which, and when one link of an
 * endpoint follows another (SPEC 3.4).
 */
#include "daemon/core.h"

/* The highest counter counts, of a tie the link that the lower name dialled. */
static bool is_better(const struct station *st, const struct conn *conn, const struct conn *than)
{
	bool own_is_lower = bytes_compare(core_own_name(st), name_bytes(&conn->peer->name)) < 0;

	if (than == NULL || conn->link.counter != than->link.counter)
		return than == NULL || conn->link.counter > than->link.counter;
	return conn->link.is_dialler == own_is_lower;
}

static void tell_state(struct station *st, struct peer *peer)
{
	bool is_up = peer->conn != NULL;

	peer->since = st->now.real_us;
	core_log_act(st, STATION_LINK, NULL, "tu", name_bytes(&peer->name), (uint64_t)is_up);
	core_notify(st, is_up ? "link-up" : "link-down", NULL, name_bytes(&peer->name), (struct bytes){NULL, 0}, "");
	core_journal(st, "event=%s peer=%s", is_up ? "link-up" : "link-down", peer->name.text);
}

void path_choose(struct station *st, struct peer *peer)
{
	struct conn *best[LIMIT_ENDPOINTS] = {NULL}, *before = peer->conn;
	size_t last = peer->conn != NULL ? peer->preferred : 0;

	peer->conn = NULL;
	for (struct conn *conn = peer->links; conn != NULL; conn = conn->sibling)
		if (conn->link.phase == PHASE_OPEN && conn->has_hello && is_better(st, conn, best[conn->endpoint]))
			best[conn->endpoint] = conn;
	for (size_t i = LIMIT_ENDPOINTS; i-- > 0;) {
		if (best[i] != peer->path[i]) {
			peer->path[i] = best[i];
			flight_rewind(peer, i);
		}
		if (best[i] != NULL) {
			peer->conn = best[i];
			peer->preferred = i;
		}
	}
	if (peer->conn != before)
		fetch_relink(st, peer);
	if ((peer->conn == NULL) != (before == NULL))
		tell_state(st, peer);
	else if (peer->conn != NULL && peer->preferred != last)
		core_journal(st, "event=path peer=%s endpoint=%zu address=%s", peer->name.text, peer->preferred + 1,
			     peer->conn->address);
}

bool path_may_send(const struct conn *conn)
{
	return conn->has_hello && conn->peer->path[conn->endpoint] == conn && !conn->peer->is_ahead;
}

/* From when a parcel goes over all paths: custody of it is late then (product: precedence and deadlines). */
static int64_t wide_at(const struct flight *flight)
{
	if (flight->precedence >= PRECEDENCE_FLASH)
		return flight->launched_at;
	return flight->launched_at + precedence_row(flight->precedence)->custody_us;
}

bool path_carries(const struct station *st, const struct conn *conn, const struct flight *flight)
{
	if (flight->only != 0)
		return conn->endpoint + 1 == flight->only;
	return conn == conn->peer->conn || wide_at(flight) <= st->now.mono_us;
}

int64_t path_deadline(const struct station *st, const struct peer *peer)
{
	int64_t deadline = INT64_MAX;
	size_t count = 0;

	for (size_t i = 0; i < LIMIT_ENDPOINTS; i++)
		count += peer->path[i] != NULL;
	for (const struct flight *flight = peer->flights; flight != NULL && count > 1; flight = flight->next)
		if (wide_at(flight) > st->now.mono_us && wide_at(flight) < deadline)
			deadline = wide_at(flight);
	return deadline;
}

/*
 * A pong has come on a link that we dialled: it carries cells both ways, and the other side sends on it. Older ones to
 * this endpoint have done their duty.
 */
void path_retire(struct peer *peer, size_t endpoint)
{
	const struct conn *newest = NULL;

	for (const struct conn *conn = peer->links; conn != NULL; conn = conn->sibling)
		if (conn->link.is_dialler && conn->endpoint == endpoint && conn->has_pong &&
		    (newest == NULL || conn->link.counter > newest->link.counter))
			newest = conn;
	for (struct conn *conn = peer->links; conn != NULL && newest != NULL; conn = conn->sibling)
		if (conn->link.is_dialler && conn->endpoint == endpoint && conn->link.phase == PHASE_OPEN &&
		    conn->link.counter < newest->link.counter)
			conn->is_renewed = true;
}
