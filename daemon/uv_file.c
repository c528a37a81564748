/* Files that the station gives out, evidence and published checkpoints: written whole and synced, never over one that is there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/uv_loop.h"

static int write_all(int fd, struct bytes text)
{
	while (text.len > 0) {
		ssize_t count = write(fd, text.data, text.len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		text.data += count;
		text.len -= (size_t)count;
	}
	return fsync(fd);
}

/* Into a file of another name, which gets its own once all is on the disk: half a file is nobody's evidence. */
static int write_file(const char *directory, const char *name, struct bytes text)
{
	char path[2][4096];
	int fd, result, dir;

	snprintf(path[0], sizeof path[0], "%s/%s.txt", directory, name);
	snprintf(path[1], sizeof path[1], "%s/%s.new", directory, name);
	if (access(path[0], F_OK) == 0)
		return 0;
	fd = open(path[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return -1;
	result = write_all(fd, text);
	close(fd);
	if (result == 0 && link(path[1], path[0]) != 0 && errno != EEXIST)
		result = -1;
	unlink(path[1]);
	dir = result == 0 ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (dir >= 0) {
		result = fsync(dir);
		close(dir);
	}
	return result;
}

void file_write(const char *folder, const char *what, struct bytes data)
{
	const char *name = (const char *)data.data;
	size_t head = strlen(name) + 1;

	if ((mkdir(folder, 0750) != 0 && errno != EEXIST) ||
	    write_file(folder, name, (struct bytes){data.data + head, data.len - head}) != 0)
		log_text("event=failed text=\"the %s %s can't be written to %s: %s\"", what, name, folder, strerror(errno));
	else
		log_text("event=%s file=\"%s/%s.txt\"", what, folder, name);
}
