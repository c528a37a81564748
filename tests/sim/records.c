/*
 * What the disk of a station must give: the same lists when they are made anew from the logs, and the same streams after
 * a power cut. It is read as it lies there, with SQL.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "tests/sim/storm.h"

/* All that follows from the logs, and what must not be lost with a machine. */
static const char *const projections[] = {"SELECT rowid, * FROM message ORDER BY id",
					  "SELECT * FROM delivery ORDER BY message, name",
					  "SELECT * FROM listing",
					  "SELECT * FROM listing_count WHERE count <> 0",
					  "SELECT * FROM checked",
					  "SELECT * FROM superseded",
					  "SELECT * FROM incident",
					  "SELECT * FROM notice",
					  "SELECT * FROM trace",
					  "SELECT * FROM meta WHERE key IN ('clock_shift', 'log_shift')",
					  NULL};
static const char *const streams[] = {"SELECT id, name, next_seq, through, seen_size, seen_root FROM peer ORDER BY id",
				      "SELECT * FROM received ORDER BY peer, seq",
				      "SELECT * FROM peer_head ORDER BY peer, size", NULL};

static void add_hex(struct heap *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t text[256];

	while (len > 0) {
		size_t taken = len < sizeof text / 2 ? len : sizeof text / 2;

		for (size_t i = 0; i < taken; i++) {
			text[2 * i] = (uint8_t)digits[bytes[i] >> 4];
			text[2 * i + 1] = (uint8_t)digits[bytes[i] & 15];
		}
		heap_add(out, (struct bytes){text, 2 * taken});
		bytes += taken;
		len -= taken;
	}
}

/* A table as text, for whoever wants to see what differs. */
static void add_rows(const struct world *world, sqlite3 *db, const char *sql, struct heap *out)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		world_broken(world, "%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const uint8_t *bytes = sqlite3_column_blob(stmt, i);
			size_t len = (size_t)sqlite3_column_bytes(stmt, i);

			if (sqlite3_column_type(stmt, i) == SQLITE_BLOB)
				add_hex(out, bytes, len);
			else
				heap_add(out, (struct bytes){bytes, len});
			heap_add(out, bytes_of(" "));
		}
		heap_add(out, bytes_of("\n"));
	}
	sqlite3_finalize(stmt);
}

/* The disk of a station that is up, read beside it. Nothing is written, nor carried over when it is closed. */
static sqlite3 *open_disk(const struct world *world, size_t site)
{
	sqlite3 *db;

	if (sqlite3_open_v2(disk_path(world->site[site].disk), &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK)
		world_broken(world, "the disk of %s can't be read", office_name(world, site));
	return db;
}

/* Tables as text that ends with a zero; the heap is the caller's. */
static struct heap dump(const struct world *world, sqlite3 *db, const char *const *tables)
{
	struct heap out = {0};

	for (; *tables != NULL; tables++) {
		heap_add(&out, bytes_of(*tables));
		heap_add(&out, bytes_of("\n"));
		add_rows(world, db, *tables, &out);
	}
	heap_add(&out, (struct bytes){(const uint8_t *)"\n", 2});
	return out;
}

/* The first line that differs. */
static void compare(struct storm *storm, size_t site, const char *what, struct heap *before, struct heap *after)
{
	size_t at = 0, line = 0;

	while (at < before->len && at < after->len && before->data[at] == after->data[at]) {
		line = before->data[at] == '\n' ? at + 1 : line;
		at++;
	}
	if (at < before->len || at < after->len)
		promise_broken(storm, "%s at %s changes \"%.*s\" to \"%.*s\"", what, office_name(storm->world, site),
			       (int)strcspn((const char *)before->data + line, "\n"), (const char *)before->data + line,
			       (int)strcspn((const char *)after->data + line, "\n"), (const char *)after->data + line);
	heap_free(before);
	heap_free(after);
}

static void check_restart(struct storm *storm, size_t site)
{
	struct world *world = storm->world;
	const struct peer *peer = world->site[site].station->peers;
	uint64_t seen[WORLD_SITES];
	size_t count = 0, i = 0;

	for (; peer != NULL; peer = peer->next)
		seen[count++] = peer->seen_size;
	world_kill(world, site);
	if (world_boot(world, site) != 0)
		world_broken(world, "%s does not start: %s", office_name(world, site), world->site[site].error);
	for (peer = world->site[site].station->peers; peer != NULL; peer = peer->next, i++)
		if (i >= count || peer->seen_size != seen[i])
			promise_broken(storm, "%s has lost a head that %s showed", office_name(world, site),
				       peer->name.text);
}

static void check_site(struct storm *storm, size_t site)
{
	struct world *world = storm->world;
	sqlite3 *db = open_disk(world, site);
	struct heap before = dump(world, db, projections), after;

	sqlite3_close(db);
	if (station_rebuild(world->site[site].station) < 0)
		world_broken(world, "%s can't be rebuilt", office_name(world, site));
	db = open_disk(world, site);
	after = dump(world, db, projections);
	compare(storm, site, "a rebuild", &before, &after);
	before = dump(world, db, streams);
	sqlite3_close(db);
	check_restart(storm, site);
	db = open_disk(world, site);
	after = dump(world, db, streams);
	sqlite3_close(db);
	compare(storm, site, "a power cut", &before, &after);
}

void records_check(struct storm *storm)
{
	for (size_t site = 0; site < storm->world->count && storm->broken[0] == '\0'; site++)
		check_site(storm, site);
}
