/*
 * The virtual disk of a site: an SQLite VFS in memory (the process's default), and the key files beside the database.
 * What was written and not synced is lost at a power cut, in part and torn; a disk can be full, fail to read, write or
 * sync. After a failed sync the pages that it left behind count as clean, as Linux has it: a second sync says that all
 * is well, and what a process then reads is not what the disk holds.
 */
#ifndef HOTLINE_TESTS_SIM_DISK_H
#define HOTLINE_TESTS_SIM_DISK_H

#include "proto/pack.h"

#define DISK_NAME 64

struct disk;

enum disk_fault {
	DISK_WELL,
	DISK_FULL, /* every write, until it is mended */
	DISK_WRITE,
	DISK_READ,
	DISK_SYNC,
	DISK_DEAD, /* before a write or sync the power goes: nothing goes any more until it is mended */
	DISK_FAULTS
};

/* The seed is for what a power cut leaves. */
struct disk *disk_create(uint64_t seed);
void disk_destroy(struct disk *disk);
/* The same files, as whoever reads them sees them; all of it is synced. */
struct disk *disk_copy(const struct disk *disk, uint64_t seed);
/* For store_open(). Borrowed for the disk's life. */
const char *disk_path(const struct disk *disk);

/* After so many more operations of its kind (0: the next one) the fault strikes: once, or until the disk is mended. */
void disk_plan(struct disk *disk, enum disk_fault fault, unsigned after);
/* The fault that struck since the last mending. */
enum disk_fault disk_struck(const struct disk *disk);
void disk_mend(struct disk *disk);
/* While its process is being ended nothing reaches the files, nor fails on its own account. */
void disk_halt(struct disk *disk, bool is_halted);
/* Power goes and comes: of each sector that was not synced the old bytes come back, the new ones, or some of both. */
void disk_cut(struct disk *disk);
/* Sectors that a power cut or a failed sync has lost or torn since this was last asked. */
uint64_t disk_lost(struct disk *disk);
/* Syncs so far that succeeded. */
uint64_t disk_syncs(const struct disk *disk);

/* A small file, replaced whole and for good, as by write, fsync and rename. Negative when the disk fails. */
int disk_put(struct disk *disk, const char *name, struct bytes bytes);
/* The nth small file whose name begins so; false when there are no more. Borrowed until it is replaced. */
bool disk_get(const struct disk *disk, const char *prefix, size_t nth, struct bytes *out);
/* Files whose names begin so are lost. */
void disk_drop(struct disk *disk, const char *prefix);

#endif
