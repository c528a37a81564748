/* What a start believes of the files that it finds. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/store_sql.h"

/*
 * After a failed fsync the kernel counts pages as clean that the disk does not hold, and still shows them to readers: a
 * start that believed them would build on what a power cut takes away. Clean pages are read anew from the disk.
 */
void store_distrust_cache(const char *path)
{
	static const char *const parts[] = {"", "-wal"};
	char name[4096];
	int fd;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		snprintf(name, sizeof name, "%s%s", path, parts[i]);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
}
