/* When cards came into force, which are revoked, and whether a peer has ours yet. */
#include "daemon/store_sql.h"
#include "proto/parcel.h"

void store_card_taken(struct store *store, struct bytes name, uint64_t serial, int64_t at)
{
	sql_run(store, "UPDATE card SET taken_at = ? WHERE name = ? AND serial = ? AND taken_at = 0", "itu", at, &name,
		serial);
}

int64_t store_card_taken_at(struct store *store, struct bytes name, uint64_t serial)
{
	return sql_row(store, "SELECT taken_at FROM card WHERE name = ? AND serial = ?", "tu", &name, serial)
		   ? sql_int(store, 0)
		   : 0;
}

bool store_card_before(struct store *store, struct bytes name, uint64_t serial, struct bytes *out)
{
	if (!sql_row(store, "SELECT bytes FROM card WHERE name = ? AND serial < ? ORDER BY serial DESC LIMIT 1", "tu",
		     &name, serial))
		return false;
	*out = sql_bytes(store, 0);
	return true;
}

void store_revocation_put(struct store *store, struct bytes name, uint64_t serial)
{
	sql_run(store,
		"INSERT INTO revocation VALUES (?, ?) "
		"ON CONFLICT (name) DO UPDATE SET serial = max(serial, excluded.serial)",
		"tu", &name, serial);
}

uint64_t store_revocation(struct store *store, struct bytes name)
{
	return sql_row(store, "SELECT serial FROM revocation WHERE name = ?", "t", &name) ? (uint64_t)sql_int(store, 0)
											  : 0;
}

bool store_outbox_has(struct store *store, int64_t peer, uint64_t type)
{
	return sql_row(store, "SELECT 1 FROM outbox WHERE peer = ? AND type = ? LIMIT 1", "iu", peer, type);
}
