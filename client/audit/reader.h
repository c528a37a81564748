/* An export file as a stream of records, in the memory of the largest however long the file is. */
#ifndef HOTLINE_CLIENT_AUDIT_READER_H
#define HOTLINE_CLIENT_AUDIT_READER_H

#include "proto/export.h"

/* Outcome beside those of enum result: no byte is left after the last record. */
#define READER_END 64

struct reader {
	int fd;
	uint8_t *buffer;
	size_t start, end; /* what of buffer is read but not taken */
	uint64_t offset;   /* in the file, of the record last given, or of the damage */
	uint64_t next_offset;
	uint64_t number; /* of that record, from 1 */
	bool is_at_end;	 /* of the file */
};

/* 0 or negative errno. */
int reader_open(struct reader *reader, const char *path);
void reader_close(struct reader *reader);
/* Back to the first record. 0 or negative errno. */
int reader_rewind(struct reader *reader);
/*
 * The next record, which borrows from the reader until the next call. READER_END; RESULT_INCOMPLETE when the file ends
 * within it; RESULT_MALFORMED or RESULT_LIMIT; negative errno.
 */
int reader_next(struct reader *reader, struct export_record *out);
/*
 * The record at an offset, whatever was read last; it borrows from the reader until the next call of any. The next of
 * reader_next() then needs a rewind first. RESULT_INCOMPLETE when the file has changed.
 */
int reader_at(struct reader *reader, uint64_t offset, struct export_record *out);

#endif
