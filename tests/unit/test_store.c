/*
 * The store: logs that only grow, whatever SQL is tried on their table; trees that are the same after reopening; one
 * opener at a time; a write that fails and stays failed.
 */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store.h"
#include "tests/unit/test.h"

#define ORIGIN "hotline/vnm-cert"
#define FIRST_AT INT64_C(1791979200000000) /* 2026-10-14T12:00:00Z */

static char directory[] = "/tmp/test_store.XXXXXX", path[64], error[512];
static struct store *store;
static struct log station_log;
static sqlite3 *db;

/* SQLite's calls end here. While failing_sync names the end of a path, fsyncs of such files fail, and are counted. */
static const char *failing_sync;
static int failed_syncs;

static bool is_failing(int fd)
{
	char link[64], name[256];
	ssize_t len;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = readlink(link, name, sizeof name);
	if (failing_sync == NULL || len < (ssize_t)strlen(failing_sync) ||
	    memcmp(name + len - strlen(failing_sync), failing_sync, strlen(failing_sync)) != 0)
		return false;
	failed_syncs++;
	errno = EIO;
	return true;
}

int fsync(int fd)
{
	return is_failing(fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return is_failing(fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static void remove_files(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char name[80];

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

static void clean(void)
{
	remove_files();
	rmdir(directory);
}

static void reopen(void)
{
	store_close(store);
	store = NULL;
	if (store_open(path, &store, error, sizeof error) != 0)
		printf("# %s\n", error);
	CHECK(store != NULL);
	store_begin(store);
	snprintf(station_log.name, sizeof station_log.name, "%s", ORIGIN);
	store_log_open(store, 0, &station_log);
}

/* A fresh, empty store. */
static void begin(void)
{
	if (path[0] == '\0') {
		CHECK(mkdtemp(directory) != NULL);
		snprintf(path, sizeof path, "%s/store", directory);
		atexit(clean);
	}
	sqlite3_close(db);
	db = NULL;
	store_close(store);
	store = NULL;
	remove_files();
	reopen();
}

static struct leaf leaf(uint64_t index)
{
	struct leaf leaf = {.at = FIRST_AT + (int64_t)index, .kind = STATION_START, .data = bytes_of("\x91\xa1x")};

	pack_be64(leaf.salt, index);
	leaf.has_id = index % 3 == 0;
	if (leaf.has_id)
		pack_be64(leaf.id, index + 1);
	return leaf;
}

static void append(uint64_t until)
{
	while (station_log.tree.size < until) {
		struct leaf next = leaf(station_log.tree.size);

		CHECK_EQUAL(store_log_append(store, &station_log, &next), station_log.tree.size - 1);
	}
}

/* the log's table */

/* What is committed, without the store. */
static void open_beside(void)
{
	CHECK_EQUAL(store_commit(store), 0);
	store_close(store);
	store = NULL;
	CHECK_EQUAL(sqlite3_open(path, &db), SQLITE_OK);
}

/* A store with four entries, closed, and its file opened with plain SQLite. */
static void open_raw(bool has_recursive_triggers)
{
	begin();
	append(4);
	open_beside();
	CHECK_EQUAL(
	    sqlite3_exec(db,
			 has_recursive_triggers ? "PRAGMA recursive_triggers = ON" : "PRAGMA recursive_triggers = OFF",
			 NULL, NULL, NULL),
	    SQLITE_OK);
}

/* The whole table as one hash. */
static void table_hash(uint8_t out[HASH_BYTES])
{
	static uint8_t rows[65536];
	struct pack_writer w = pack_writer(rows, sizeof rows);
	sqlite3_stmt *stmt;

	CHECK_EQUAL(sqlite3_prepare_v2(db, "SELECT * FROM log ORDER BY origin, idx", -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			pack_put_bin(&w, sqlite3_column_blob(stmt, i), (size_t)sqlite3_column_bytes(stmt, i));
	sqlite3_finalize(stmt);
	CHECK(!w.is_over);
	hash_sha256(pack_written(&w), out);
}

/* Whether the table refuses a statement and stays as it was. */
static bool refuses(const char *sql)
{
	uint8_t before[HASH_BYTES], after[HASH_BYTES];
	int result;

	table_hash(before);
	result = sqlite3_exec(db, sql, NULL, NULL, NULL);
	table_hash(after);
	if (result != SQLITE_CONSTRAINT || memcmp(before, after, HASH_BYTES) != 0) {
		printf("# %s: %s\n", sql, sqlite3_errmsg(db));
		return false;
	}
	return true;
}

#define ROW(idx) "(0, " #idx ", 5, 1, NULL, x'90', zeroblob(16), zeroblob(32))"

TEST(the_log_refuses_update_and_delete)
{
	for (int recursive = 0; recursive < 2; recursive++) {
		open_raw(recursive);
		CHECK(refuses("UPDATE log SET at = 1 WHERE idx = 2"));
		CHECK(refuses("UPDATE log SET idx = 9 WHERE idx = 3"));
		CHECK(refuses("UPDATE OR REPLACE log SET idx = 1 WHERE idx = 3"));
		CHECK(refuses("UPDATE OR IGNORE log SET kind = kind"));
		CHECK(refuses("DELETE FROM log WHERE idx = 3"));
		CHECK(refuses("DELETE FROM log"));
	}
}

TEST(the_log_refuses_replace_and_upsert)
{
	for (int recursive = 0; recursive < 2; recursive++) {
		open_raw(recursive);
		CHECK(refuses("INSERT OR REPLACE INTO log VALUES " ROW(3)));
		CHECK(refuses("INSERT OR REPLACE INTO log VALUES " ROW(0)));
		CHECK(refuses("REPLACE INTO log VALUES " ROW(2)));
		CHECK(refuses("REPLACE INTO log SELECT origin, idx, at + 1, kind, id, data, salt, leaf FROM log"));
		CHECK(refuses("INSERT INTO log VALUES " ROW(2) " ON CONFLICT DO UPDATE SET at = excluded.at"));
		CHECK(
		    refuses("INSERT INTO log VALUES " ROW(2) " ON CONFLICT (origin, idx) DO UPDATE SET data = x'91'"));
		CHECK(refuses("INSERT INTO log VALUES " ROW(2) " ON CONFLICT DO NOTHING"));
		CHECK(refuses("INSERT OR IGNORE INTO log VALUES " ROW(2)));
	}
}

TEST(the_log_refuses_gaps_and_takes_the_next_entry)
{
	for (int recursive = 0; recursive < 2; recursive++) {
		open_raw(recursive);
		CHECK(refuses("INSERT INTO log VALUES " ROW(3)));
		CHECK(refuses("INSERT INTO log VALUES " ROW(5)));
		CHECK(refuses("INSERT INTO log VALUES " ROW(-1)));
		CHECK(refuses("INSERT INTO log VALUES " ROW(4) ", " ROW(6)));
		CHECK(refuses("INSERT INTO log VALUES (7, 1, 5, 1, NULL, x'90', zeroblob(16), zeroblob(32))"));
		CHECK_EQUAL(sqlite3_exec(db, "INSERT INTO log VALUES " ROW(4) ", " ROW(5), NULL, NULL, NULL),
			    SQLITE_OK);
		CHECK_EQUAL(sqlite3_exec(db,
					 "INSERT INTO log VALUES (7, 0, 5, 1, NULL, x'90', zeroblob(16), zeroblob(32))",
					 NULL, NULL, NULL),
			    SQLITE_OK);
	}
}

/* trees */

/* The tree over the rows as they are read back. */
static void root_of_rows(uint64_t size, uint8_t out[HASH_BYTES])
{
	struct merkle tree;
	uint8_t encoded[256], hash[HASH_BYTES];
	struct log_row row;

	merkle_init(&tree);
	for (uint64_t i = 0; i < size; i++) {
		struct pack_writer w = pack_writer(encoded, sizeof encoded);

		CHECK(store_log_row(store, 0, i, &row));
		CHECK_EQUAL(row.index, i);
		leaf_encode(&row.leaf, &w);
		merkle_leaf(pack_written(&w), hash);
		merkle_append(&tree, hash);
	}
	merkle_root(&tree, out);
}

static bool is_same_reopened(uint64_t size)
{
	uint8_t before[HASH_BYTES], after[HASH_BYTES], rows[HASH_BYTES];

	append(size);
	merkle_root(&station_log.tree, before);
	CHECK_EQUAL(store_commit(store), 0);
	reopen();
	merkle_root(&station_log.tree, after);
	root_of_rows(size, rows);
	return station_log.tree.size == size && store_log_newest(store) == FIRST_AT + (int64_t)size - 1 &&
	       memcmp(before, after, HASH_BYTES) == 0 && memcmp(before, rows, HASH_BYTES) == 0;
}

TEST(a_reopened_log_has_the_same_root_around_full_tiles)
{
	static const uint64_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 65792};

	begin();
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		CHECK(is_same_reopened(sizes[i]));
}

/* What is committed is changed beside the store, which is opened again. */
static void change_closed(const char *sql)
{
	open_beside();
	CHECK_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	CHECK_EQUAL(sqlite3_changes(db), 1);
	sqlite3_close(db);
	db = NULL;
	reopen();
}

TEST(the_tree_is_read_from_tiles_and_not_from_all_leaves)
{
	uint8_t root[HASH_BYTES], other[HASH_BYTES];

	begin();
	append(600);
	merkle_root(&station_log.tree, root);
	change_closed("UPDATE tile SET root = zeroblob(32) WHERE idx = 0");
	CHECK_EQUAL(station_log.tree.size, 600);
	merkle_root(&station_log.tree, other);
	CHECK(memcmp(root, other, HASH_BYTES) != 0);
}

TEST(the_tree_ends_before_an_entry_that_is_missing)
{
	begin();
	append(300);
	change_closed("DROP TRIGGER log_no_delete; DELETE FROM log WHERE origin = 0 AND idx = 280");
	CHECK_EQUAL(station_log.tree.size, 280);
}

TEST(logs_of_two_origins_grow_apart)
{
	struct log pair = {0};
	struct leaf entry = leaf(0);
	uint8_t root[HASH_BYTES], again[HASH_BYTES];

	begin();
	store_log_open(store, 7, &pair);
	for (uint64_t i = 0; i < 300; i++) {
		append(2 * i + 1);
		CHECK_EQUAL(store_log_append(store, &pair, &entry), i);
	}
	merkle_root(&pair.tree, root);
	CHECK_EQUAL(store_commit(store), 0);
	reopen();
	store_log_open(store, 7, &pair);
	merkle_root(&pair.tree, again);
	CHECK(pair.tree.size == 300 && station_log.tree.size == 599);
	CHECK(memcmp(root, again, HASH_BYTES) == 0);
}

TEST(the_times_of_all_logs_together_strictly_increase)
{
	struct leaf early = leaf(0);
	struct log pair = {0};
	struct log_row row;

	begin();
	append(3);
	early.at = 1;
	store_log_append(store, &station_log, &early);
	CHECK_EQUAL(early.at, FIRST_AT + 3);
	CHECK(store_log_row(store, 0, 3, &row));
	CHECK_EQUAL(row.leaf.at, FIRST_AT + 3);
	store_log_open(store, store_peer_enrol(store, bytes_of("tha-cert"), FIRST_AT, true), &pair);
	early.at = FIRST_AT + 3;
	store_log_append(store, &pair, &early);
	CHECK_EQUAL(early.at, FIRST_AT + 4);
	early.at = FIRST_AT + 10;
	store_log_append(store, &pair, &early);
	CHECK_EQUAL(early.at, FIRST_AT + 10);
	CHECK_EQUAL(store_commit(store), 0);
	reopen();
	early.at = 1;
	store_log_append(store, &station_log, &early);
	CHECK_EQUAL(early.at, FIRST_AT + 11);
}

/* opening and failing */

TEST(a_second_opener_is_refused_with_a_sentence)
{
	struct store *second = NULL;

	begin();
	append(1);
	CHECK_EQUAL(store_commit(store), 0);
	CHECK(store_open(path, &second, error, sizeof error) < 0);
	CHECK(second == NULL);
	CHECK(strstr(error, path) != NULL && strstr(error, "in use by another hotlined") != NULL);
	append(2); /* and the first goes on */
	CHECK_EQUAL(store_commit(store), 0);
}

TEST(what_is_no_store_of_this_version_is_refused_with_a_sentence)
{
	static const char words[] =
	    "This is a text and no database, but long enough to be looked at as one of them. It is not.";
	struct store *other = NULL;
	FILE *file;

	begin();
	store_close(store);
	store = NULL;
	CHECK_EQUAL(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_EQUAL(sqlite3_exec(db, "UPDATE meta SET value = value + 1 WHERE key = 'schema'", NULL, NULL, NULL),
		    SQLITE_OK);
	sqlite3_close(db);
	db = NULL;
	CHECK(store_open(path, &other, error, sizeof error) < 0);
	CHECK(strstr(error, path) != NULL);
	remove_files();
	file = fopen(path, "w");
	CHECK(file != NULL);
	for (int i = 0; i < 20; i++)
		fputs(words, file);
	fclose(file);
	CHECK(store_open(path, &other, error, sizeof error) < 0);
	CHECK(strstr(error, path) != NULL);
	CHECK(store_open("/nonexistent/store", &other, error, sizeof error) < 0);
	CHECK(strstr(error, "/nonexistent/store") != NULL);
}

/* After a failure: nothing is found, nothing commits, and of its turn nothing is there afterwards. */
static void check_stuck(uint64_t size)
{
	struct log_row row;

	CHECK(strlen(store_error(store)) > 0);
	CHECK(!store_log_row(store, 0, 0, &row));
	CHECK(store_commit(store) < 0);
	store_begin(store);
	CHECK(!store_log_row(store, 0, 0, &row));
	CHECK(store_commit(store) < 0);
	reopen();
	CHECK_EQUAL(station_log.tree.size, size);
}

TEST(a_refused_entry_sticks_and_takes_its_turn_with_it)
{
	struct log stale;
	struct leaf entry = leaf(9);

	begin();
	append(2);
	CHECK_EQUAL(store_commit(store), 0);
	store_begin(store);
	stale = station_log;
	append(3);
	store_log_append(store, &stale, &entry); /* under an index that is taken */
	CHECK(store_must_commit(store));	 /* so that the loop comes to know */
	check_stuck(2);
}

TEST(a_full_disk_sticks_and_takes_its_turn_with_it)
{
	struct rlimit before, small;
	struct stat status;
	char wal[80];
	void (*handler)(int);
	bool is_full;

	begin();
	append(2);
	CHECK_EQUAL(store_commit(store), 0);
	snprintf(wal, sizeof wal, "%s-wal", path);
	CHECK(stat(wal, &status) == 0 && getrlimit(RLIMIT_FSIZE, &before) == 0);
	small = before;
	small.rlim_cur = (rlim_t)status.st_size + 1000;
	handler = signal(SIGXFSZ, SIG_IGN);
	CHECK_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
	store_begin(store);
	append(500);
	is_full = store_commit(store) < 0;
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, handler);
	CHECK(is_full);
	check_stuck(2);
}

/* Turns of some 80 pages each until one fails. Gives how many entries were committed. */
static uint64_t fill_until_it_fails(uint64_t most)
{
	uint64_t committed = station_log.tree.size;

	while (committed < most) {
		store_begin(store);
		append(committed + 1000);
		if (store_commit(store) != 0)
			break;
		committed = station_log.tree.size;
	}
	return committed;
}

TEST(a_failed_fsync_of_the_write_ahead_log_sticks_and_is_never_tried_again)
{
	begin();
	append(2);
	CHECK_EQUAL(store_commit(store), 0);
	failing_sync = "/store-wal";
	failed_syncs = 0;
	CHECK_EQUAL(fill_until_it_fails(5000), 2);
	store_close(store);
	store = NULL;
	CHECK_EQUAL(failed_syncs, 1);
	failing_sync = NULL;
	reopen();
	CHECK(station_log.tree.size == 2 || station_log.tree.size == 1002); /* the disk may hold what was not said */
}

TEST(a_failed_fsync_of_the_database_sticks_and_is_never_tried_again)
{
	uint64_t committed;

	begin();
	append(2);
	CHECK_EQUAL(store_commit(store), 0);
	failing_sync = "/store";
	failed_syncs = 0;
	committed = fill_until_it_fails(50000);
	CHECK(committed > 2 && committed < 50000);
	store_close(store);
	store = NULL;
	CHECK_EQUAL(failed_syncs, 1);
	failing_sync = NULL;
	reopen();
	CHECK(station_log.tree.size >= committed);
}

TEST(the_write_ahead_log_is_carried_over_before_it_grows_large)
{
	struct stat status;
	char wal[80];

	begin();
	CHECK_EQUAL(fill_until_it_fails(30000), 30000);
	snprintf(wal, sizeof wal, "%s-wal", path);
	CHECK(stat(wal, &status) == 0 && status.st_size < 6 * 1024 * 1024);
	CHECK(stat(path, &status) == 0 && status.st_size > 2 * 1024 * 1024);
}

TEST(a_turn_that_was_not_committed_is_gone_after_a_crash)
{
	int status;
	pid_t child;

	begin();
	append(2);
	CHECK_EQUAL(store_commit(store), 0);
	store_close(store);
	store = NULL;
	fflush(stdout);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		reopen();
		append(5);
		CHECK_EQUAL(store_commit(store), 0);
		store_begin(store);
		append(9);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	reopen();
	CHECK_EQUAL(station_log.tree.size, 5);
}

static struct head head_of(uint64_t size, uint8_t root, uint8_t object)
{
	return (struct head){.size = size, .root = {root}, .at = FIRST_AT, .is_signed = object != 0, .object = {object}};
}

TEST(a_peers_head_of_another_root_is_refused_and_the_first_stays)
{
	const struct head first = head_of(4, 1, 0), second = head_of(4, 2, 0), smaller = head_of(3, 2, 0);
	struct head held;
	int64_t peer;

	begin();
	peer = store_peer_enrol(store, bytes_of("tha-cert"), FIRST_AT, true);
	CHECK(store_head_put(store, peer, &first, &held));
	CHECK(store_head_put(store, peer, &first, &held));
	CHECK(!store_head_put(store, peer, &second, &held));
	CHECK_EQUAL(held.root[0], 1);
	CHECK(store_head_put(store, peer, &smaller, &held));
	CHECK(store_head_put(store, peer, &first, &held));
	CHECK(store_head_before(store, peer, 9, &held) && held.size == 4 && held.root[0] == 1);
	CHECK(store_head_before(store, peer, 3, &held) && held.size == 3);
	CHECK(!store_head_before(store, peer, 2, &held));
	CHECK_EQUAL(store_commit(store), 0);
}

TEST(a_head_that_is_signed_later_keeps_its_first_signature)
{
	const struct head hello = head_of(4, 1, 0), receipt = head_of(4, 1, 7), note = head_of(4, 1, 8);
	struct head held;
	int64_t peer;

	begin();
	peer = store_peer_enrol(store, bytes_of("tha-cert"), FIRST_AT, true);
	CHECK(store_head_put(store, peer, &hello, &held));
	CHECK(store_head_before(store, peer, 4, &held) && !held.is_signed);
	CHECK(store_head_put(store, peer, &receipt, &held));
	CHECK(store_head_put(store, peer, &note, &held));
	CHECK(store_head_before(store, peer, 4, &held) && held.is_signed && held.object[0] == 7);
}

TEST(one_contradiction_is_kept_once_and_again_when_it_is_signed)
{
	struct head pair[2] = {head_of(4, 1, 7), head_of(4, 2, 0)};
	struct evidence_row row = {0};
	int64_t peer;

	begin();
	peer = store_peer_enrol(store, bytes_of("tha-cert"), FIRST_AT, true);
	CHECK(store_evidence_put(store, peer, 9, pair));
	CHECK(!store_evidence_put(store, peer, 9, pair));
	pair[1] = head_of(4, 2, 8);
	CHECK(store_evidence_put(store, peer, 10, pair));
	CHECK_EQUAL(store_evidence_count(store, peer), 2);
	CHECK(store_evidence_after(store, row.id, &row) && row.at == 9 && row.head[0].object[0] == 7);
	CHECK(!row.head[1].is_signed);
	CHECK(store_evidence_after(store, row.id, &row) && row.peer == peer && row.head[1].object[0] == 8);
	CHECK(!store_evidence_after(store, row.id, &row));
}

TEST(earlier_roots_and_subtrees_are_those_the_log_had)
{
	static uint8_t roots[1400][HASH_BYTES], root[HASH_BYTES];

	begin();
	for (uint64_t size = 0; size < 1400; size++) { /* full tiles, and what is beyond them */
		merkle_root(&station_log.tree, roots[size]);
		append(size + 1);
	}
	for (int round = 0; round < 2; round++) { /* as it grew, and as it was read */
		for (uint64_t size = 0; size < 1400; size++) {
			CHECK(store_log_root(store, &station_log, size, root));
			CHECK(memcmp(root, roots[size], HASH_BYTES) == 0);
		}
		CHECK(!store_log_root(store, &station_log, 1401, root));
		CHECK_EQUAL(store_commit(store), 0);
		reopen();
	}
}
