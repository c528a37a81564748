/* What witnesses need: the heads that peers showed, and their contradictions. */
#include <string.h>

#include "daemon/store_sql.h"

/* size, root, at, object */
static void read_head(struct store *store, int column, struct head *out)
{
	memset(out, 0, sizeof *out);
	out->size = (uint64_t)sql_int(store, column);
	sql_hash(store, column + 1, out->root);
	out->at = sql_int(store, column + 2);
	out->is_signed = sql_hash(store, column + 3, out->object);
}

#define OF_EPOCH "peer = ?1 AND epoch = (SELECT epoch FROM peer WHERE id = ?1)"

bool store_head_put(struct store *store, int64_t peer, const struct head *head, struct head *out_held)
{
	const uint8_t *object = head->is_signed ? head->object : NULL;

	if (!sql_row(store, "SELECT size, root, at, object FROM peer_head WHERE " OF_EPOCH " AND size = ?2", "iu", peer,
		     head->size)) {
		sql_run_soft(store,
			     "INSERT INTO peer_head SELECT ?1, epoch, ?2, ?3, ?4, ?5 FROM peer WHERE id = ?1", "iuhio",
			     peer, head->size, head->root, head->at, object);
		return true;
	}
	read_head(store, 0, out_held);
	if (!hash_equal(out_held->root, head->root, HASH_BYTES))
		return false;
	if (object != NULL && !out_held->is_signed)
		sql_run_soft(store, "UPDATE peer_head SET object = ?3 WHERE " OF_EPOCH " AND size = ?2", "iuh", peer,
			     head->size, object);
	return true;
}

bool store_head_before(struct store *store, int64_t peer, uint64_t size, struct head *out)
{
	bool has = sql_row(store,
			   "SELECT size, root, at, object FROM peer_head WHERE " OF_EPOCH
			   " AND size <= ?2 ORDER BY size DESC LIMIT 1",
			   "iu", peer, size);

	if (has)
		read_head(store, 0, out);
	return has;
}

void store_head_seen(struct store *store, int64_t peer, const struct head *head)
{
	sql_run_soft(store, "UPDATE peer SET seen_size = ?2, seen_root = ?3 WHERE id = ?1", "iuh", peer, head->size,
		     head->root);
}

void store_head_proven(struct store *store, int64_t peer, const struct head *head)
{
	sql_run_soft(store, "UPDATE peer SET proven_size = ?2, proven_root = ?3 WHERE id = ?1", "iuh", peer, head->size,
		     head->root);
}

bool store_evidence_put(struct store *store, int64_t peer, int64_t at, const struct head head[2])
{
	const uint8_t *object[2] = {head[0].is_signed ? head[0].object : NULL, head[1].is_signed ? head[1].object : NULL};

	if (sql_row(store,
		    "SELECT 1 FROM evidence WHERE peer = ? AND size1 = ? AND root1 = ? AND object1 IS ? AND size2 = ? "
		    "AND root2 = ? AND object2 IS ? LIMIT 1",
		    "iuhouho", peer, head[0].size, head[0].root, object[0], head[1].size, head[1].root, object[1]))
		return false;
	sql_run(store,
		"INSERT INTO evidence (peer, at, size1, root1, object1, size2, root2, object2) VALUES (?, ?, ?, ?, ?, ?, ?, "
		"?)",
		"iiuhouho", peer, at, head[0].size, head[0].root, object[0], head[1].size, head[1].root, object[1]);
	return true;
}

bool store_evidence_after(struct store *store, int64_t after, struct evidence_row *out)
{
	if (!sql_row(store,
		     "SELECT id, peer, at, size1, root1, at, object1, size2, root2, at, object2 FROM evidence WHERE id > ? "
		     "ORDER BY id LIMIT 1",
		     "i", after))
		return false;
	out->id = sql_int(store, 0);
	out->peer = sql_int(store, 1);
	out->at = sql_int(store, 2);
	read_head(store, 3, &out->head[0]);
	read_head(store, 7, &out->head[1]);
	return true;
}

uint64_t store_evidence_count(struct store *store, int64_t peer)
{
	return sql_row(store, "SELECT count(*) FROM evidence WHERE peer = ?", "i", peer) ? (uint64_t)sql_int(store, 0) : 0;
}
