/* Reading an export through one buffer: records are decoded where they lie, and what is left moves to the front. */
#include "client/audit/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/result.h"

#define BUFFER_BYTES (2 * (size_t)EXPORT_RECORD_BYTES)
#define CHUNK_BYTES (128 * (size_t)KIB) /* so that small records take little */

int reader_open(struct reader *reader, const char *path)
{
	memset(reader, 0, sizeof *reader);
	reader->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (reader->fd < 0)
		return -errno;
	reader->buffer = malloc(BUFFER_BYTES);
	if (reader->buffer != NULL)
		return 0;
	close(reader->fd);
	return -ENOMEM;
}

void reader_close(struct reader *reader)
{
	if (reader->buffer == NULL)
		return;
	close(reader->fd);
	free(reader->buffer);
	reader->buffer = NULL;
}

int reader_rewind(struct reader *reader)
{
	if (lseek(reader->fd, 0, SEEK_SET) != 0)
		return -errno;
	reader->start = reader->end = 0;
	reader->offset = reader->next_offset = reader->number = 0;
	reader->is_at_end = false;
	return 0;
}

/* Reads so much more, or as far as the file goes, after moving what is left to the front. */
static int fill(struct reader *reader, size_t more)
{
	size_t end;

	memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	end = reader->end + more < BUFFER_BYTES ? reader->end + more : BUFFER_BYTES;
	while (reader->end < end && !reader->is_at_end) {
		ssize_t len = read(reader->fd, reader->buffer + reader->end, end - reader->end);

		if (len < 0 && errno != EINTR)
			return -errno;
		reader->is_at_end = len == 0;
		reader->end += len > 0 ? (size_t)len : 0;
	}
	return 0;
}

/* What is read and not taken. */
static struct bytes left(const struct reader *reader)
{
	return (struct bytes){reader->buffer + reader->start, reader->end - reader->start};
}

int reader_next(struct reader *reader, struct export_record *out)
{
	size_t len = 0;
	int result = export_decode(left(reader), out, &len);

	reader->offset = reader->next_offset;
	reader->number++;
	while (result == RESULT_INCOMPLETE && !reader->is_at_end && reader->end - reader->start < BUFFER_BYTES) {
		result = fill(reader, left(reader).len + CHUNK_BYTES);
		if (result == 0)
			result = export_decode(left(reader), out, &len);
	}
	if (result == RESULT_INCOMPLETE && left(reader).len == 0)
		return READER_END;
	reader->start += len;
	reader->next_offset += len;
	return result;
}

int reader_at(struct reader *reader, uint64_t offset, struct export_record *out)
{
	if (lseek(reader->fd, (off_t)offset, SEEK_SET) < 0)
		return -errno;
	reader->start = reader->end = 0;
	reader->next_offset = offset;
	reader->is_at_end = false;
	return reader_next(reader, out);
}
