/* Reading an export through one buffer: records are decoded where they lie, and what is left moves to the front. */
#include "client/audit/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/result.h"

#define BUFFER_BYTES (2 * (size_t)EXPORT_RECORD_BYTES)

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

/* Fills the buffer as far as the file goes. */
static int fill(struct reader *reader)
{
	memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	while (reader->end < BUFFER_BYTES && !reader->is_at_end) {
		ssize_t len = read(reader->fd, reader->buffer + reader->end, BUFFER_BYTES - reader->end);

		if (len < 0 && errno != EINTR)
			return -errno;
		reader->is_at_end = len == 0;
		reader->end += len > 0 ? (size_t)len : 0;
	}
	return 0;
}

int reader_next(struct reader *reader, struct export_record *out)
{
	struct bytes left = {reader->buffer + reader->start, reader->end - reader->start};
	size_t len = 0;
	int result = export_decode(left, out, &len);

	reader->offset = reader->next_offset;
	reader->number++;
	if (result == RESULT_INCOMPLETE && !reader->is_at_end) {
		result = fill(reader);
		left = (struct bytes){reader->buffer, reader->end};
		if (result == 0)
			result = export_decode(left, out, &len);
	}
	if (result == RESULT_INCOMPLETE && left.len == 0)
		return READER_END;
	reader->start += len;
	reader->next_offset += len;
	return result;
}
