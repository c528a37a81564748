/* Random bytes from getrandom(2), and files written as write, fsync, rename. */
#include "client/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "client/say.h"
#include "proto/key.h"

int secret_random(void *out, size_t len)
{
	size_t filled = 0;

	while (filled < len) {
		ssize_t got = getrandom((uint8_t *)out + filled, len - filled, 0);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			filled += (size_t)got;
	}
	return 0;
}

int secret_begin(struct secret_file *file, const char *path, mode_t mode)
{
	file->path = must(strdup(path));
	file->temporary = say_format("%s.%ld.new", path, (long)getpid());
	file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (file->fd < 0) {
		int failed = -errno;

		free(file->path);
		free(file->temporary);
		*file = (struct secret_file){.fd = -1};
		return failed;
	}
	return 0;
}

int secret_append(struct secret_file *file, struct bytes bytes)
{
	while (bytes.len > 0) {
		ssize_t wrote = write(file->fd, bytes.data, bytes.len);

		if (wrote < 0 && errno != EINTR)
			return -errno;
		if (wrote > 0) {
			bytes.data += wrote;
			bytes.len -= (size_t)wrote;
		}
	}
	return 0;
}

/* The name is durable only when its directory is. */
static int sync_directory(const char *path)
{
	char *copy = must(strdup(path));
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd >= 0 && fsync(fd) == 0 ? 0 : -errno;

	if (fd >= 0)
		close(fd);
	free(copy);
	return result;
}

void secret_abandon(struct secret_file *file)
{
	if (file->temporary == NULL)
		return;
	if (file->fd >= 0)
		close(file->fd);
	unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	*file = (struct secret_file){.fd = -1};
}

/* Neither link() nor this ever replaces what is there; file systems without links (of memory sticks) have this one. */
static int give_new_name(const struct secret_file *file)
{
	if (link(file->temporary, file->path) == 0)
		return 0;
	if (errno != EPERM && errno != EOPNOTSUPP)
		return -errno;
	return renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0 ? 0 : -errno;
}

int secret_commit(struct secret_file *file, bool is_new)
{
	int result = 0;

	if (fsync(file->fd) != 0)
		result = -errno;
	else if (is_new)
		result = give_new_name(file);
	else if (rename(file->temporary, file->path) != 0)
		result = -errno;
	if (result == 0)
		result = sync_directory(file->path);
	secret_abandon(file);
	return result;
}

int secret_write(const char *path, mode_t mode, struct bytes bytes, bool is_new)
{
	struct secret_file file;
	int result = secret_begin(&file, path, mode);

	if (result != 0)
		return result;
	result = secret_append(&file, bytes);
	if (result == 0)
		return secret_commit(&file, is_new);
	secret_abandon(&file);
	return result;
}

/* Grows by hand, not by realloc(), so that nothing of a secret stays behind. */
static uint8_t *grow(uint8_t *old, size_t len, size_t capacity)
{
	uint8_t *grown = must(malloc(capacity));

	if (len > 0)
		memcpy(grown, old, len);
	key_wipe(old, len);
	free(old);
	return grown;
}

int secret_read(const char *path, size_t max, uint8_t **out, size_t *out_len)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0, capacity = 4096;
	uint8_t *data;
	ssize_t got = 1;
	int result = 0;

	if (fd < 0)
		return -errno;
	data = must(malloc(capacity));
	while (got != 0 && result == 0) {
		if (len == capacity)
			data = grow(data, len, capacity *= 2);
		got = read(fd, data + len, capacity - len);
		if (got > 0)
			len += (size_t)got;
		else if (got < 0 && errno != EINTR)
			result = -errno;
		if (len > max)
			result = -EFBIG;
	}
	close(fd);
	if (result != 0) {
		key_wipe(data, len);
		free(data);
		return result;
	}
	*out = data;
	*out_len = len;
	return 0;
}
