/* Files in memory, what is on the platter and what is not, and the faults; disk_vfs.c shows them to SQLite. */
#include "tests/sim/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/disk_vfs.h"

static struct disk *disks;
static struct file *spare; /* files of disks that are gone: empty, with their memory */
static unsigned disk_count;

static void *must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

/* splitmix64, apart from all other dice */
static uint64_t roll(struct disk *disk, uint64_t sides)
{
	uint64_t z = disk->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % sides;
}

struct disk *disk_create(uint64_t seed)
{
	struct disk *disk = must(calloc(1, sizeof *disk));

	disk_register();
	disk->state = seed;
	disk->id = disk_count++;
	snprintf(disk->path, sizeof disk->path, "/disk/%u/store", disk->id);
	disk->next = disks;
	disks = disk;
	return disk;
}

static void widen(struct span *span, size_t from, size_t end)
{
	if (from == end)
		return;
	span->from = span->end == 0 || from < span->from ? from : span->from;
	span->end = end > span->end ? end : span->end;
}

static void clean(struct file *file)
{
	if (file->to_sync.end > 0)
		memset(file->dirty + file->to_sync.from, 0, file->to_sync.end - file->to_sync.from);
	file->to_sync = (struct span){0};
}

/* Worlds come and go, and their files have the same few names. */
static void spare_files(struct disk *disk)
{
	while (disk->files != NULL) {
		struct file *file = disk->files;
		struct file old = *file;

		disk->files = old.next;
		clean(file);
		if (old.most_len > 0) {
			memset(old.now, 0, old.most_len);
			memset(old.safe, 0, old.most_len);
		}
		*file = (struct file){
		    .next = spare, .now = old.now, .safe = old.safe, .dirty = old.dirty, .capacity = old.capacity};
		strcpy(file->name, old.name);
		spare = file;
	}
}

static struct file *take_spare(const char *name)
{
	struct file **at = &spare, *file;

	while (*at != NULL && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;
	file = *at;
	if (file != NULL)
		*at = file->next;
	return file;
}

void disk_destroy(struct disk *disk)
{
	struct disk **at = &disks;

	if (disk == NULL)
		return;
	while (*at != disk)
		at = &(*at)->next;
	*at = disk->next;
	spare_files(disk);
	free(disk);
}

const char *disk_path(const struct disk *disk)
{
	return disk->path;
}

struct disk *disk_of(const char *path, const char **out_name)
{
	unsigned id;
	int used = 0;

	if (sscanf(path, "/disk/%u/%n", &id, &used) != 1 || used == 0)
		return NULL;
	*out_name = path + used;
	for (struct disk *disk = disks; disk != NULL; disk = disk->next)
		if (disk->id == id)
			return disk;
	return NULL;
}

struct file *disk_file(const struct disk *disk, const char *name)
{
	struct file *file = disk->files;

	while (file != NULL && strcmp(file->name, name) != 0)
		file = file->next;
	return file;
}

struct file *disk_make(struct disk *disk, const char *name)
{
	struct file *file = disk_file(disk, name);

	if (file == NULL) {
		file = take_spare(name);
		if (file == NULL)
			file = must(calloc(1, sizeof *file));
		snprintf(file->name, sizeof file->name, "%s", name);
		file->next = disk->files;
		disk->files = file;
	}
	file->is_there = true;
	return file;
}

void disk_sync_names(struct disk *disk)
{
	for (struct file *file = disk->files; file != NULL; file = file->next)
		file->was_there = file->is_there;
}

static void reserve(struct file *file, size_t len)
{
	size_t capacity = file->capacity > 0 ? file->capacity : 64 * SECTOR;

	if (len <= file->capacity)
		return;
	while (capacity < len)
		capacity *= 2;
	file->now = must(realloc(file->now, capacity));
	file->safe = must(realloc(file->safe, capacity));
	file->dirty = must(realloc(file->dirty, capacity / SECTOR));
	memset(file->now + file->capacity, 0, capacity - file->capacity);
	memset(file->safe + file->capacity, 0, capacity - file->capacity);
	memset(file->dirty + file->capacity / SECTOR, 0, (capacity - file->capacity) / SECTOR);
	file->capacity = capacity;
}

static void mark(struct file *file, size_t at, size_t len)
{
	size_t first = at / SECTOR, end = (at + len + SECTOR - 1) / SECTOR;

	memset(file->dirty + first, 1, end - first);
	widen(&file->to_sync, first, end);
}

void file_write(struct file *file, size_t at, struct bytes data)
{
	if (data.len == 0)
		return;
	reserve(file, at + data.len);
	memcpy(file->now + at, data.data, data.len);
	mark(file, at, data.len);
	if (at + data.len > file->len)
		file->len = at + data.len;
	if (file->len > file->most_len)
		file->most_len = file->len;
}

void file_truncate(struct file *file, size_t len)
{
	if (len >= file->len)
		return;
	memset(file->now + len, 0, file->len - len);
	mark(file, len, file->len - len);
	file->len = len;
}

void file_sync(struct file *file)
{
	for (size_t i = file->to_sync.from; i < file->to_sync.end; i++) {
		size_t run = i;

		while (i < file->to_sync.end && file->dirty[i])
			i++;
		memcpy(file->safe + run * SECTOR, file->now + run * SECTOR, (i - run) * SECTOR);
	}
	clean(file);
	file->safe_len = file->len;
	file->was_there = true;
}

/* What of one sector reached the platter before the power went. */
static void keep_some(struct disk *disk, struct file *file, size_t sector)
{
	uint8_t *now = file->now + sector * SECTOR, *safe = file->safe + sector * SECTOR;
	size_t torn = roll(disk, SECTOR), luck = roll(disk, 4);

	disk->lost += luck < 3;
	switch (luck) {
	case 0:
		break;
	case 1:
		memcpy(safe, now, torn);
		break;
	case 2:
		memcpy(safe + torn, now + torn, SECTOR - torn);
		break;
	default:
		memcpy(safe, now, SECTOR);
		break;
	}
}

/* Some of what was dirty is on the platter now, and the length is one of those that it had on the way. */
static void sync_some(struct disk *disk, struct file *file)
{
	size_t least = file->len < file->safe_len ? file->len : file->safe_len;
	size_t most = file->len < file->safe_len ? file->safe_len : file->len;
	uint64_t luck = roll(disk, 4); /* all is lost, all is kept, or some */

	for (size_t i = file->to_sync.from; i < file->to_sync.end; i++) {
		if (!file->dirty[i])
			continue;
		if (luck == 0)
			disk->lost++;
		else if (luck == 1)
			memcpy(file->safe + i * SECTOR, file->now + i * SECTOR, SECTOR);
		else
			keep_some(disk, file, i);
	}
	if (luck == 1 && file->to_sync.end > 0)
		file->safe_len = file->len;
	else if (luck > 1 && file->to_sync.end > 0)
		file->safe_len = least + roll(disk, most - least + 1);
	if (file->to_sync.end * SECTOR > file->safe_len)
		memset(file->safe + file->safe_len, 0, file->to_sync.end * SECTOR - file->safe_len);
	widen(&file->unlike, file->to_sync.from, file->to_sync.end);
	clean(file);
	if (luck > 0 && roll(disk, 2) == 0)
		file->was_there = file->is_there;
}

void file_fail_sync(struct disk *disk, struct file *file)
{
	sync_some(disk, file);
	file->is_ghost = true;
}

void file_forget(struct file *file)
{
	size_t from, end;

	widen(&file->unlike, file->to_sync.from, file->to_sync.end);
	from = file->unlike.from * SECTOR;
	end = file->unlike.end * SECTOR;
	clean(file);
	if (end > from)
		memcpy(file->now + from, file->safe + from, end - from);
	file->unlike = (struct span){0};
	file->is_ghost = false;
	file->len = file->safe_len;
	file->is_there = file->was_there;
}

void disk_cut(struct disk *disk)
{
	for (struct file *file = disk->files; file != NULL; file = file->next) {
		sync_some(disk, file);
		file_forget(file);
	}
}

struct disk *disk_copy(const struct disk *disk, uint64_t seed)
{
	struct disk *copy = disk_create(seed);

	for (const struct file *file = disk->files; file != NULL; file = file->next) {
		struct file *new;

		if (!file->is_there)
			continue;
		new = disk_make(copy, file->name);
		file_write(new, 0, (struct bytes){file->now, file->len});
		file_sync(new);
	}
	return copy;
}

void disk_plan(struct disk *disk, enum disk_fault fault, unsigned after)
{
	disk->planned = fault;
	disk->after = after;
	disk->struck = DISK_WELL;
}

enum disk_fault disk_struck(const struct disk *disk)
{
	return disk->struck;
}

void disk_mend(struct disk *disk)
{
	disk_plan(disk, DISK_WELL, 0);
}

void disk_halt(struct disk *disk, bool is_halted)
{
	disk->is_halted = is_halted;
}

uint64_t disk_lost(struct disk *disk)
{
	uint64_t lost = disk->lost;

	disk->lost = 0;
	return lost;
}

uint64_t disk_syncs(const struct disk *disk)
{
	return disk->syncs;
}

bool disk_fails(struct disk *disk, enum disk_fault kind)
{
	bool is_meant = disk->planned == kind || (disk->planned == DISK_FULL && kind == DISK_WRITE) ||
			(disk->planned == DISK_DEAD && kind != DISK_READ);

	if (disk->is_halted || disk->struck == DISK_DEAD)
		return true;
	if (!is_meant)
		return false;
	if (disk->after > 0) {
		disk->after--;
		return false;
	}
	disk->struck = disk->planned;
	if (disk->planned != DISK_FULL)
		disk->planned = DISK_WELL;
	return true;
}

size_t disk_share(struct disk *disk, size_t len)
{
	return roll(disk, len + 1);
}

int disk_put(struct disk *disk, const char *name, struct bytes bytes)
{
	struct file *file;

	if (disk_fails(disk, DISK_WRITE) || disk_fails(disk, DISK_SYNC))
		return -1; /* what is half written has another name, which nobody reads */
	file = disk_make(disk, name);
	file_truncate(file, 0);
	file_write(file, 0, bytes);
	file_sync(file);
	return 0;
}

void disk_drop(struct disk *disk, const char *prefix)
{
	for (struct file *file = disk->files; file != NULL; file = file->next)
		if (strncmp(file->name, prefix, strlen(prefix)) == 0) {
			file_truncate(file, 0);
			file->is_there = false;
			file_sync(file);
			file->was_there = false;
		}
}

bool disk_get(const struct disk *disk, const char *prefix, size_t nth, struct bytes *out)
{
	for (const struct file *file = disk->files; file != NULL; file = file->next)
		if (file->is_there && strncmp(file->name, prefix, strlen(prefix)) == 0 && nth-- == 0) {
			*out = (struct bytes){file->now, file->len};
			return true;
		}
	return false;
}
