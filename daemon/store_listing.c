/* Lists of messages in SQL. Each list counts itself in spans of rows, so that no page is far from where it is counted. */
#include "daemon/store_listing.h"

#include <string.h>

#include "daemon/store_sql.h"

#define SPAN_ROWS 2048
#define SPAN_DUE (-1)

/* No name has a zero byte. */
struct list_key list_key(struct bytes peer, const uint8_t *incident)
{
	struct list_key key = {.len = 0};

	if (peer.len > 0 && peer.len <= LIMIT_NAME_BYTES) {
		memcpy(key.bytes, peer.data, peer.len);
		key.len = peer.len;
	}
	if (incident != NULL) {
		key.bytes[key.len] = 0;
		memcpy(key.bytes + key.len + 1, incident, INCIDENT_BYTES);
		key.len += 1 + INCIDENT_BYTES;
	}
	return key;
}

static void count(struct store *store, struct bytes list, const struct message_row *message, struct waits waiting,
		  int64_t by)
{
	static const char add[] = "INSERT INTO listing_count VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
				  "ON CONFLICT DO UPDATE SET count = count + ?6";

	sql_run(store, add, "biiiii", &list, waiting.due != 0 ? (int64_t)SPAN_DUE : message->row / SPAN_ROWS,
		(int64_t)waiting.is_open, (int64_t)message->is_sent, (int64_t)message->precedence, by);
}

void store_listing_add(struct store *store, const struct list_key *key, const struct message_row *message,
		       struct waits waiting)
{
	struct bytes list = {key->bytes, key->len};

	sql_run(store, "INSERT INTO listing VALUES (?, ?, ?, ?, ?, ?)", "biiiii", &list, waiting.due, -message->row,
		(int64_t)waiting.is_open, (int64_t)message->is_sent, (int64_t)message->precedence);
	count(store, list, message, waiting, 1);
}

void store_listing_move(struct store *store, const struct list_key *key, const struct message_row *message,
			struct waits before, struct waits now)
{
	struct bytes list = {key->bytes, key->len};

	if (before.due == now.due && before.is_open == now.is_open)
		return;
	sql_run(store, "UPDATE listing SET due = ?, is_open = ? WHERE list = ? AND due = ? AND rank = ?", "iibii",
		now.due, (int64_t)now.is_open, &list, before.due, -message->row);
	if (before.is_open == now.is_open && (before.due != 0) == (now.due != 0))
		return;
	count(store, list, message, before, -1);
	count(store, list, message, now, 1);
}

static bool read_waiting(struct store *store, bool has, struct waits *out)
{
	if (has)
		*out = (struct waits){.due = sql_int(store, 0), .is_open = sql_int(store, 1) != 0};
	return has;
}

bool store_delivery_waits(struct store *store, const uint8_t message[HASH_BYTES], struct bytes name, struct waits *out)
{
	return read_waiting(store,
			    sql_row(store, "SELECT due, is_open FROM delivery WHERE message = ? AND name = ?", "ht",
				    message, &name),
			    out);
}

void store_message_sum(struct store *store, const uint8_t message[HASH_BYTES], struct waits *out)
{
	read_waiting(store,
		     sql_row(store,
			     "SELECT coalesce(min(nullif(due, 0)), 0), max(is_open) FROM delivery WHERE message = ?", "h",
			     message),
		     out);
}

bool store_message_wait(struct store *store, int64_t row, struct waits now, struct waits *out_before)
{
	struct waits before = {0};

	read_waiting(store, sql_row(store, "SELECT due, is_open FROM message WHERE rowid = ?", "i", row), &before);
	if (before.due == now.due && before.is_open == now.is_open)
		return false;
	sql_run(store, "UPDATE message SET due = ?, is_open = ? WHERE rowid = ?", "iii", now.due, (int64_t)now.is_open, row);
	*out_before = before;
	return true;
}

/* What a query asks of a row beyond its list; the arguments in this order. */
#define CHOSEN "is_open >= ? AND is_sent BETWEEN ? AND ? AND ? >> precedence & 1"
#define CHOSEN_TYPES "iiii"
#define CHOSEN_ARGUMENTS(q)                                                                                            \
	(int64_t)(q)->is_open, (int64_t)!(q)->is_received, (int64_t)(q)->is_sent, (int64_t)(q)->precedences

void store_listing_count(struct store *store, const struct list_query *q, uint64_t *out_due, uint64_t *out_rest)
{
	static const char sums[] = "SELECT coalesce(sum(count) FILTER (WHERE span < 0), 0), "
				   "coalesce(sum(count) FILTER (WHERE span >= 0), 0) FROM listing_count "
				   "WHERE list = ? AND " CHOSEN;
	struct bytes list = {q->list.bytes, q->list.len};

	*out_due = *out_rest = 0;
	if (!sql_row(store, sums, "b" CHOSEN_TYPES, &list, CHOSEN_ARGUMENTS(q)))
		return;
	*out_due = (uint64_t)sql_int(store, 0);
	*out_rest = (uint64_t)sql_int(store, 1);
}

static bool read_place(struct store *store, bool has, struct list_place *out, int64_t *out_row)
{
	if (!has)
		return false;
	*out = (struct list_place){sql_int(store, 0), sql_int(store, 1)};
	*out_row = -out->rank;
	return true;
}

bool store_listing_due(struct store *store, const struct list_query *q, uint64_t skip, struct list_place *place,
		       int64_t *out_row)
{
	static const char next[] = "SELECT due, rank FROM listing WHERE list = ? AND (due, rank) > (?, ?) "
				   "AND " CHOSEN " ORDER BY due, rank LIMIT 1 OFFSET ?";
	struct bytes list = {q->list.bytes, q->list.len};

	return read_place(
	    store, sql_row(store, next, "bii" CHOSEN_TYPES "u", &list, place->due, place->rank, CHOSEN_ARGUMENTS(q), skip),
	    place, out_row);
}

bool store_listing_due_back(struct store *store, const struct list_query *q, uint64_t skip, struct list_place *place,
			    int64_t *out_row)
{
	static const char last[] = "SELECT due, rank FROM listing WHERE list = ? AND due > 0 AND " CHOSEN
				   " ORDER BY due DESC, rank DESC LIMIT 1 OFFSET ?";
	struct bytes list = {q->list.bytes, q->list.len};

	return read_place(store, sql_row(store, last, "b" CHOSEN_TYPES "u", &list, CHOSEN_ARGUMENTS(q), skip), place,
			  out_row);
}

/* The place just before the span in which the one stands that `skip` leads to; what is left to skip there. */
static bool find_span(struct store *store, const struct list_query *q, uint64_t *skip, struct list_place *place)
{
	static const char newest[] = "SELECT span, sum(count) FROM listing_count WHERE list = ? AND span BETWEEN 0 AND ? "
				     "AND " CHOSEN " GROUP BY span ORDER BY span DESC LIMIT 1";
	struct bytes list = {q->list.bytes, q->list.len};
	int64_t span = INT64_MAX / SPAN_ROWS - 1;

	while (sql_row(store, newest, "bi" CHOSEN_TYPES, &list, span, CHOSEN_ARGUMENTS(q))) {
		uint64_t held = (uint64_t)sql_int(store, 1);

		span = sql_int(store, 0);
		place->rank = -(span + 1) * SPAN_ROWS;
		if (*skip < held)
			return true;
		*skip -= held;
		span--;
	}
	return false;
}

bool store_listing_rest(struct store *store, const struct list_query *q, uint64_t skip, struct list_place *place,
			int64_t *out_row)
{
	static const char next[] = "SELECT due, rank FROM listing WHERE list = ? AND due = 0 AND rank > ? AND " CHOSEN
				   " ORDER BY rank LIMIT 1 OFFSET ?";
	struct bytes list = {q->list.bytes, q->list.len};

	if (place->rank == 0 && !find_span(store, q, &skip, place))
		return false;
	return read_place(store,
			  sql_row(store, next, "bi" CHOSEN_TYPES "u", &list, place->rank, CHOSEN_ARGUMENTS(q), skip),
			  place, out_row);
}
