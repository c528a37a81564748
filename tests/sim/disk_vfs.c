/* The virtual disk as SQLite's default file system. The store locks for itself alone, so there is no shared memory. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/disk_vfs.h"

struct handle {
	sqlite3_file base;
	struct disk *disk;
	struct file *file;
};

static int do_close(sqlite3_file *base)
{
	(void)base;
	return SQLITE_OK;
}

static int do_read(sqlite3_file *base, void *out, int len, sqlite3_int64 at)
{
	const struct handle *handle = (struct handle *)base;
	const struct file *file = handle->file;
	size_t want = (size_t)len, from = (size_t)at, there = from < file->len ? file->len - from : 0;

	if (disk_fails(handle->disk, DISK_READ))
		return SQLITE_IOERR_READ;
	if (there > want)
		there = want;
	if (there > 0)
		memcpy(out, file->now + from, there);
	memset((uint8_t *)out + there, 0, want - there);
	return there == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int do_write(sqlite3_file *base, const void *data, int len, sqlite3_int64 at)
{
	const struct handle *handle = (struct handle *)base;
	struct bytes bytes = {data, (size_t)len};

	if (!disk_fails(handle->disk, DISK_WRITE)) {
		file_write(handle->file, (size_t)at, bytes);
		return SQLITE_OK;
	}
	bytes.len = disk_share(handle->disk, bytes.len);
	file_write(handle->file, (size_t)at, bytes);
	return disk_struck(handle->disk) == DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int do_truncate(sqlite3_file *base, sqlite3_int64 len)
{
	const struct handle *handle = (struct handle *)base;

	if (disk_fails(handle->disk, DISK_WRITE))
		return SQLITE_IOERR_TRUNCATE;
	file_truncate(handle->file, (size_t)len);
	return SQLITE_OK;
}

static int do_sync(sqlite3_file *base, int flags)
{
	const struct handle *handle = (struct handle *)base;

	(void)flags;
	if (disk_fails(handle->disk, DISK_SYNC)) {
		if (disk_struck(handle->disk) == DISK_SYNC)
			file_fail_sync(handle->disk, handle->file);
		return SQLITE_IOERR_FSYNC;
	}
	handle->disk->syncs++;
	if (!handle->file->was_there)
		disk_sync_names(handle->disk); /* SQLite syncs the directory with a new file */
	file_sync(handle->file);
	return SQLITE_OK;
}

static int do_size(sqlite3_file *base, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct handle *)base)->file->len;
	return SQLITE_OK;
}

static int do_lock(sqlite3_file *base, int level)
{
	(void)base;
	(void)level;
	return SQLITE_OK;
}

static int do_check_lock(sqlite3_file *base, int *out)
{
	(void)base;
	*out = 0;
	return SQLITE_OK;
}

static int do_control(sqlite3_file *base, int op, void *arg)
{
	(void)base;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int do_sector(sqlite3_file *base)
{
	(void)base;
	return (int)SECTOR;
}

static int do_traits(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Whoever opens a file reads what is on the platter, as the store sees to where a sync may have failed. */
static int do_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
	static const sqlite3_io_methods methods = {.iVersion = 1,
						   .xClose = do_close,
						   .xRead = do_read,
						   .xWrite = do_write,
						   .xTruncate = do_truncate,
						   .xSync = do_sync,
						   .xFileSize = do_size,
						   .xLock = do_lock,
						   .xUnlock = do_lock,
						   .xCheckReservedLock = do_check_lock,
						   .xFileControl = do_control,
						   .xSectorSize = do_sector,
						   .xDeviceCharacteristics = do_traits};
	struct handle *handle = (struct handle *)base;
	const char *name;

	(void)vfs;
	base->pMethods = NULL;
	handle->disk = path != NULL ? disk_of(path, &name) : NULL;
	if (handle->disk == NULL)
		return SQLITE_CANTOPEN;
	handle->file = disk_file(handle->disk, name);
	if (handle->file == NULL || !handle->file->is_there) {
		if ((flags & SQLITE_OPEN_CREATE) == 0)
			return SQLITE_CANTOPEN;
		handle->file = disk_make(handle->disk, name);
	}
	if (handle->file->is_ghost)
		file_forget(handle->file);
	base->pMethods = &methods;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int do_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	const char *name;
	struct disk *disk = disk_of(path, &name);
	struct file *file = disk != NULL ? disk_file(disk, name) : NULL;

	(void)vfs;
	if (file == NULL || !file->is_there)
		return SQLITE_IOERR_DELETE_NOENT;
	if (disk_fails(disk, DISK_WRITE))
		return SQLITE_IOERR_DELETE;
	file_truncate(file, 0);
	file->is_there = false;
	if (sync != 0) {
		file_sync(file);
		file->was_there = false;
	}
	return SQLITE_OK;
}

static int do_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	const char *name;
	const struct disk *disk = disk_of(path, &name);
	const struct file *file = disk != NULL ? disk_file(disk, name) : NULL;

	(void)vfs;
	*out = file != NULL && file->is_there && (flags != SQLITE_ACCESS_EXISTS || file->len > 0);
	return SQLITE_OK;
}

static int do_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)size, "%s", path);
	return SQLITE_OK;
}

/* No chance in it: the same seed gives the same files. */
static int do_random(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	memset(out, 7, (size_t)len);
	return len;
}

static int do_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int do_time(sqlite3_vfs *vfs, double *out)
{
	(void)vfs;
	*out = 2461328.0;
	return SQLITE_OK;
}

/* Four times as many pages as there really would be, so that more faults fall between two. */
static int small_pages(sqlite3 *db, const char **error, const struct sqlite3_api_routines *api)
{
	(void)error;
	(void)api;
	return sqlite3_exec(db, "PRAGMA page_size = 1024", NULL, NULL, NULL);
}

void disk_register(void)
{
	static sqlite3_vfs vfs = {.iVersion = 1,
				  .szOsFile = sizeof(struct handle),
				  .mxPathname = 2 * DISK_NAME,
				  .zName = "disk",
				  .xOpen = do_open,
				  .xDelete = do_delete,
				  .xAccess = do_access,
				  .xFullPathname = do_full_path,
				  .xRandomness = do_random,
				  .xSleep = do_sleep,
				  .xCurrentTime = do_time};
	static bool is_there;

	if (!is_there) {
		sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks for it */
		sqlite3_vfs_register(&vfs, 1);
		sqlite3_auto_extension((void (*)(void))small_pages);
	}
	is_there = true;
	sqlite3_randomness(0, NULL); /* from the beginning, for every world */
}
