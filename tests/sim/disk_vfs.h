/* Between disk.c, which keeps the files, and disk_vfs.c, which SQLite calls. */
#ifndef HOTLINE_TESTS_SIM_DISK_VFS_H
#define HOTLINE_TESTS_SIM_DISK_VFS_H

#include "tests/sim/disk.h"

#define SECTOR ((size_t)512)

struct file {
	struct file *next;
	char name[DISK_NAME];
	bool is_there, was_there; /* now, and after a power cut */
	bool is_ghost;		  /* a sync failed: what is read is not what is there */
	uint8_t *now, *safe, *dirty;
	size_t len, safe_len, most_len, capacity; /* in bytes */
	struct span {
		size_t from, end; /* in sectors */
	} to_sync, unlike; /* where there are dirty ones, and clean ones that are not what is on the platter */
};

struct disk {
	struct disk *next;
	unsigned id;
	char path[DISK_NAME];
	struct file *files;
	uint64_t state, syncs, lost;
	enum disk_fault planned, struck;
	unsigned after;
	bool is_halted;
};

/* Makes the VFS SQLite's default, once. */
void disk_register(void);
struct disk *disk_of(const char *path, const char **out_name);
struct file *disk_file(const struct disk *disk, const char *name);
struct file *disk_make(struct disk *disk, const char *name);
/* Which files there are is on the platter. */
void disk_sync_names(struct disk *disk);
/* Whether an operation of this kind fails now. */
bool disk_fails(struct disk *disk, enum disk_fault kind);
/* How much of a failing write is done all the same. */
size_t disk_share(struct disk *disk, size_t len);
void file_write(struct file *file, size_t at, struct bytes data);
void file_truncate(struct file *file, size_t len);
void file_sync(struct file *file);
void file_fail_sync(struct disk *disk, struct file *file);
/* Back to what is on the platter. */
void file_forget(struct file *file);

#endif
