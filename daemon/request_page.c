/* Methods that list messages: newest first, or by what is due. */
#include "daemon/request.h"
#include "daemon/store_listing.h"

#define LIST_MAX 500

/* Messages for one answer. */
struct rows {
	uint64_t limit, count;
	struct pack_writer w;
};

static struct rows rows_begin(uint64_t limit)
{
	static uint8_t bytes[LIMIT_REQUEST_BYTES];

	return (struct rows){.limit = limit == 0 || limit > LIST_MAX ? LIST_MAX : limit,
			     .w = pack_writer(bytes, sizeof bytes)};
}

/* False when it has no place: the answer holds no more. */
static bool rows_add(struct rows *rows, struct station *st, const struct message_row *row)
{
	static struct control_message view;
	size_t before = rows->w.len;

	if (track_message(st, row, false, &view) != RESULT_OK)
		return true;
	control_put_message(&rows->w, &view);
	if (!rows->w.is_over) {
		rows->count++;
		return true;
	}
	rows->w.len = before;
	rows->w.is_over = false;
	return false;
}

static void rows_put(const struct rows *rows, struct pack_writer *out)
{
	pack_put_array(out, rows->count);
	pack_put_raw(out, pack_written(&rows->w));
}

int request_list(struct call *call)
{
	struct message_row row = {.row = INT64_MAX};
	struct rows rows;

	pack_expect_array(&call->in, 2);
	rows = rows_begin(pack_read_uint(&call->in, INT64_MAX));
	row.at = pack_read_int(&call->in);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	if (row.at == 0)
		row.at = INT64_MAX;
	else
		row.row = 0;
	while (rows.count < rows.limit && store_message_before(call->st->store, row.at, row.row, &row) &&
	       rows_add(&rows, call->st, &row)) {
	}
	pack_put_array(call->out, 1);
	rows_put(&rows, call->out);
	return 0;
}

/* Those with a due, from one on. False when the answer holds no more. */
static bool fill_due(struct rows *rows, struct station *st, const struct list_query *query, uint64_t due, uint64_t from)
{
	struct list_place place = {0, 0};
	struct message_row row;
	int64_t at;
	/* what is less urgent is due later */
	bool is_near_end = from > due / 2 && (query->precedences & 1u << PRECEDENCE_ROUTINE) != 0;
	bool has = is_near_end ? store_listing_due_back(st->store, query, due - 1 - from, &place, &at)
			       : store_listing_due(st->store, query, from, &place, &at);

	while (has && rows->count < rows->limit) {
		if (store_message_at_row(st->store, at, &row) && !rows_add(rows, st, &row))
			return false;
		has = store_listing_due(st->store, query, 0, &place, &at);
	}
	return true;
}

/* Those without, newest first. */
static void fill_rest(struct rows *rows, struct station *st, const struct list_query *query, uint64_t from)
{
	struct list_place place = {0, 0};
	struct message_row row;
	int64_t at;

	while (rows->count < rows->limit && store_listing_rest(st->store, query, from, &place, &at)) {
		from = 0;
		if (store_message_at_row(st->store, at, &row) && !rows_add(rows, st, &row))
			return;
	}
}

int request_page(struct call *call)
{
	struct list_query query;
	struct bytes peer, incident;
	uint64_t due, rest, offset;
	enum box box;
	struct rows rows;

	pack_expect_array(&call->in, 6);
	box = (enum box)pack_read_uint(&call->in, BOX_LAST);
	peer = pack_read_str(&call->in, LIMIT_NAME_BYTES);
	query.precedences = (unsigned)pack_read_uint(&call->in, (1u << (PRECEDENCE_FLASH + 1)) - 1);
	incident = pack_read_bin(&call->in, INCIDENT_BYTES);
	offset = pack_read_uint(&call->in, INT64_MAX);
	rows = rows_begin(pack_read_uint(&call->in, INT64_MAX));
	if (incident.len != 0 && incident.len != INCIDENT_BYTES)
		pack_fail(&call->in, RESULT_MALFORMED);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	query.list = list_key(peer, incident.len != 0 ? incident.data : NULL);
	query.precedences = query.precedences != 0 ? query.precedences : ~0u;
	query.is_open = box == BOX_OPEN;
	query.is_received = box != BOX_OUTBOX;
	query.is_sent = box != BOX_INBOX;
	store_listing_count(call->st->store, &query, &due, &rest);
	if (offset >= due || fill_due(&rows, call->st, &query, due, offset))
		fill_rest(&rows, call->st, &query, offset < due ? 0 : offset - due);
	pack_put_array(call->out, 2);
	pack_put_uint(call->out, due + rest);
	rows_put(&rows, call->out);
	return 0;
}
