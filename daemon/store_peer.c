/* Peers, their cards, and the streams between them and this station. */
#include <string.h>

#include "daemon/store_sql.h"
#include "proto/parcel.h"

bool store_peer_after(struct store *store, int64_t after, struct peer_row *out)
{
	if (!sql_row(store,
		     "SELECT id, name, enrolled_at, is_verified, next_seq, through, counter_sent, counter_accepted, "
		     "seen_size, seen_root, proven_size, proven_root FROM peer WHERE id > ? ORDER BY id LIMIT 1",
		     "i", after))
		return false;
	memset(out, 0, sizeof *out);
	out->id = sql_int(store, 0);
	name_copy(sql_bytes(store, 1), &out->name);
	out->enrolled_at = sql_int(store, 2);
	out->is_verified = sql_int(store, 3) != 0;
	out->next_seq = (uint64_t)sql_int(store, 4);
	out->through = (uint64_t)sql_int(store, 5);
	out->counter_sent = (uint64_t)sql_int(store, 6);
	out->counter_accepted = (uint64_t)sql_int(store, 7);
	out->seen_size = (uint64_t)sql_int(store, 8);
	sql_hash(store, 9, out->seen_root);
	out->proven_size = (uint64_t)sql_int(store, 10);
	sql_hash(store, 11, out->proven_root);
	return true;
}

int64_t store_peer_enrol(struct store *store, struct bytes name, int64_t at, bool is_verified)
{
	sql_run(store,
		"INSERT INTO peer (name, enrolled_at, is_verified) VALUES (?, ?, ?) "
		"ON CONFLICT (name) DO UPDATE SET is_verified = excluded.is_verified",
		"tii", &name, at, (int64_t)is_verified);
	return sql_row(store, "SELECT id FROM peer WHERE name = ?", "t", &name) ? sql_int(store, 0) : 0;
}

void store_peer_counter_sent(struct store *store, int64_t peer, uint64_t counter)
{
	sql_run(store, "UPDATE peer SET counter_sent = ? WHERE id = ?", "ui", counter, peer);
}

void store_peer_counter_accepted(struct store *store, int64_t peer, uint64_t counter)
{
	sql_run(store, "UPDATE peer SET counter_accepted = ? WHERE id = ?", "ui", counter, peer);
}

void store_card_put(struct store *store, struct bytes name, uint64_t serial, struct bytes card)
{
	sql_run(store, "INSERT OR IGNORE INTO card (name, serial, bytes) VALUES (?, ?, ?)", "tub", &name, serial, &card);
}

bool store_card(struct store *store, struct bytes name, uint64_t serial, struct bytes *out)
{
	bool has =
	    serial == 0
		? sql_row(store, "SELECT bytes FROM card WHERE name = ? ORDER BY serial DESC LIMIT 1", "t", &name)
		: sql_row(store, "SELECT bytes FROM card WHERE name = ? AND serial = ?", "tu", &name, serial);

	if (has)
		*out = sql_bytes(store, 0);
	return has;
}

bool store_card_after(struct store *store, struct bytes name, uint64_t serial, struct name *out_name,
		      uint64_t *out_serial, struct bytes *out)
{
	if (!sql_row(store,
		     "SELECT name, serial, bytes FROM card WHERE (name, serial) > (?, ?) ORDER BY name, serial LIMIT 1",
		     "tu", &name, serial) ||
	    !name_copy(sql_bytes(store, 0), out_name))
		return false;
	*out_serial = (uint64_t)sql_int(store, 1);
	*out = sql_bytes(store, 2);
	return true;
}

bool store_received(struct store *store, int64_t peer, uint64_t seq, uint8_t out_hash[HASH_BYTES])
{
	return sql_row(store, "SELECT hash FROM received WHERE peer = ? AND seq = ?", "iu", peer, seq) &&
	       sql_hash(store, 0, out_hash);
}

void store_received_put(struct store *store, int64_t peer, uint64_t seq, const uint8_t hash[HASH_BYTES], int64_t at)
{
	sql_run(store, "INSERT INTO received VALUES (?, ?, ?, ?)", "iuhi", peer, seq, hash, at);
}

int64_t store_received_beyond(struct store *store, int64_t peer, uint64_t through)
{
	return sql_row(store, "SELECT coalesce(min(at), 0) FROM received WHERE peer = ? AND seq > ?", "iu", peer, through)
		   ? sql_int(store, 0)
		   : 0;
}

void store_through(struct store *store, int64_t peer, uint64_t through)
{
	sql_run(store, "UPDATE peer SET through = ? WHERE id = ?", "ui", through, peer);
}

bool store_received_after(struct store *store, int64_t peer, uint64_t after, uint64_t *out)
{
	if (!sql_row(store, "SELECT seq FROM received WHERE peer = ? AND seq > ? ORDER BY seq LIMIT 1", "iu", peer,
		     after))
		return false;
	*out = (uint64_t)sql_int(store, 0);
	return true;
}

/* A row's number as eight bytes: what its encryption is bound to. */
static struct bytes row_name(int64_t id, uint8_t out[8])
{
	pack_be64(out, (uint64_t)id);
	return (struct bytes){out, 8};
}

void store_outbox_put(struct store *store, int64_t peer, const struct outbox_row *row)
{
	int64_t id = sql_next_row(store, "outbox");
	uint8_t name[8];
	struct bytes wrapped = rest_wrap(store, "outbox", row_name(id, name), row->data);

	sql_run(store,
		"INSERT INTO outbox (id, peer, precedence, type, object, data, expires, size, is_entered) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iiiuobiui", id, peer, (int64_t)row->precedence, row->type, row->has_object ? row->object : NULL,
		&wrapped, row->expires, row->size, (int64_t)row->is_entered);
}

static void read_outbox(struct store *store, struct outbox_row *out)
{
	uint8_t name[8];

	memset(out, 0, sizeof *out);
	out->id = sql_int(store, 0);
	out->seq = (uint64_t)sql_int(store, 1);
	out->precedence = (uint8_t)sql_int(store, 2);
	out->type = (uint64_t)sql_int(store, 3);
	out->has_object = sql_hash(store, 4, out->object);
	out->data = rest_unwrap(store, "outbox", row_name(out->id, name), sql_bytes(store, 5));
	out->expires = sql_int(store, 6);
	out->size = (uint64_t)sql_int(store, 7);
	out->is_entered = sql_int(store, 8) != 0;
}

#define OUTBOX_COLUMNS "SELECT id, coalesce(seq, 0), precedence, type, object, data, expires, size, is_entered FROM outbox "

bool store_outbox_first(struct store *store, int64_t peer, struct outbox_row *out)
{
	bool has = sql_row(store, OUTBOX_COLUMNS "WHERE peer = ? AND seq IS NULL ORDER BY precedence DESC, id LIMIT 1",
			   "i", peer);

	if (has)
		read_outbox(store, out);
	return has;
}

bool store_outbox_waiting(struct store *store, int64_t peer, uint8_t precedence, int64_t after, struct outbox_row *out)
{
	bool has = sql_row(
	    store, OUTBOX_COLUMNS "WHERE peer = ? AND seq IS NULL AND precedence = ? AND id > ? ORDER BY id LIMIT 1",
	    "iii", peer, (int64_t)precedence, after);

	if (has)
		read_outbox(store, out);
	return has;
}

bool store_outbox_item(struct store *store, int64_t peer, uint64_t seq, int64_t after, struct outbox_row *out)
{
	bool has = sql_row(store, OUTBOX_COLUMNS "WHERE peer = ? AND seq = ? AND id > ? ORDER BY id LIMIT 1", "iui",
			   peer, seq, after);

	if (has)
		read_outbox(store, out);
	return has;
}

void store_outbox_give(struct store *store, int64_t row, uint64_t seq, const uint8_t object[HASH_BYTES])
{
	sql_run(store, "UPDATE outbox SET seq = ?, object = ?, is_entered = 1 WHERE id = ?", "uhi", seq, object, row);
}

void store_outbox_drop(struct store *store, int64_t row)
{
	sql_run(store, "DELETE FROM outbox WHERE id = ?", "i", row);
}

void store_outbox_drop_waiting(struct store *store, int64_t peer, uint64_t type, const uint8_t object[HASH_BYTES])
{
	sql_run(store, "DELETE FROM outbox WHERE peer = ? AND seq IS NULL AND type = ? AND object = ?", "iuh", peer, type,
		object);
}

uint64_t store_seq_next(struct store *store, int64_t peer, uint8_t precedence)
{
	uint64_t seq =
	    sql_row(store, "SELECT next_seq FROM peer WHERE id = ?", "i", peer) ? (uint64_t)sql_int(store, 0) : 0;

	sql_run(store, "UPDATE peer SET next_seq = next_seq + 1 WHERE id = ?", "i", peer);
	sql_run(store, "INSERT INTO given VALUES (?, ?, ?)", "iui", peer, seq, (int64_t)precedence);
	return seq;
}

bool store_given_after(struct store *store, int64_t peer, const struct given *after, struct given *out)
{
	if (!sql_row(store,
		     "SELECT seq, precedence FROM given WHERE peer = ? AND (precedence < ? OR (precedence = ? AND seq > ?)) "
		     "ORDER BY precedence DESC, seq LIMIT 1",
		     "iiiu", peer, (int64_t)after->precedence, (int64_t)after->precedence, after->seq))
		return false;
	out->seq = (uint64_t)sql_int(store, 0);
	out->precedence = (uint8_t)sql_int(store, 1);
	return true;
}

void store_outbox_ungive(struct store *store, int64_t peer, uint64_t seq, uint64_t least_size)
{
	sql_run(store, "UPDATE outbox SET seq = NULL, size = max(size, ?) WHERE peer = ? AND seq = ?", "uiu",
		least_size, peer, seq);
}

void store_stored(struct store *store, int64_t peer, const struct have *have)
{
	sql_run_soft(store, "DELETE FROM outbox WHERE peer = ? AND seq <= ?", "iu", peer, have->through);
	sql_run_soft(store, "DELETE FROM given WHERE peer = ? AND seq <= ?", "iu", peer, have->through);
	for (size_t i = 0; i < have->count; i++) {
		sql_run_soft(store, "DELETE FROM outbox WHERE peer = ? AND seq = ?", "iu", peer, have->beyond[i]);
		sql_run_soft(store, "DELETE FROM given WHERE peer = ? AND seq = ?", "iu", peer, have->beyond[i]);
	}
}

bool store_outbox_has_waiting(struct store *store, int64_t peer, uint64_t type)
{
	return sql_row(store, "SELECT 1 FROM outbox WHERE peer = ? AND seq IS NULL AND type = ? LIMIT 1", "iu", peer, type);
}

bool store_outbox_message_seq(struct store *store, int64_t peer, const uint8_t object[HASH_BYTES], uint64_t *out_seq)
{
	if (!sql_row(store, "SELECT coalesce(seq, 0) FROM outbox WHERE peer = ? AND object = ? AND type = 1", "ih", peer, object))
		return false;
	*out_seq = (uint64_t)sql_int(store, 0);
	return true;
}

void store_outbox_totals(struct store *store, int64_t peer, uint64_t *out_waiting, uint64_t *out_given,
			 uint64_t *out_bytes)
{
	*out_waiting = *out_given = *out_bytes = 0;
	if (!sql_row(store,
		     "SELECT count(*) - count(seq), count(seq), coalesce(sum(size), 0) FROM outbox WHERE peer = ?", "i",
		     peer))
		return;
	*out_waiting = (uint64_t)sql_int(store, 0);
	*out_given = (uint64_t)sql_int(store, 1);
	*out_bytes = (uint64_t)sql_int(store, 2);
}

void store_new_root_put(struct store *store, struct bytes name, const uint8_t root[KEY_BYTES], struct bytes officer)
{
	sql_run(store, "INSERT OR REPLACE INTO new_root VALUES (?, ?, ?)", "tht", &name, root, &officer);
}

bool store_new_root(struct store *store, struct bytes name, uint8_t out_root[KEY_BYTES], struct bytes *out_officer)
{
	if (!sql_row(store, "SELECT root, officer FROM new_root WHERE name = ?", "t", &name) || !sql_hash(store, 0, out_root))
		return false;
	*out_officer = sql_bytes(store, 1);
	return true;
}

void store_new_root_drop(struct store *store, struct bytes name)
{
	sql_run(store, "DELETE FROM new_root WHERE name = ?", "t", &name);
}
