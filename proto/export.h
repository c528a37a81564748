/*
 * The record of a station as a stream of arrays (SPEC 9). Writing and reading one array at a time; what an export
 * proves is the auditor's business (client/audit).
 */
#ifndef HOTLINE_PROTO_EXPORT_H
#define HOTLINE_PROTO_EXPORT_H

#include "proto/leaf.h"
#include "proto/limits.h"
#include "proto/pack.h"

#define EXPORT_RECORD_BYTES (LIMIT_CONTENT_BYTES + 64)

enum export_kind { EXPORT_BEGIN, EXPORT_CARD, EXPORT_ENTRY, EXPORT_HASH, EXPORT_OBJECT, EXPORT_CONTENT, EXPORT_CHECKPOINT, EXPORT_HEAD, EXPORT_END };

struct export_record {
	enum export_kind kind;
	struct bytes station;	/* begin */
	int64_t since, until, made_at; /* begin */
	struct bytes origin;	/* entry, hash, head */
	uint64_t index;		/* entry: of the leaf; hash: of the subtree */
	unsigned level;		/* hash */
	uint64_t size;		/* head; end: number of arrays before */
	uint8_t hash[HASH_BYTES]; /* hash, head */
	struct bytes bytes;	/* card, object, content, checkpoint: as they are; entry: the leaf */
};

void export_encode(const struct export_record *record, struct pack_writer *w);
/*
 * Reads the first array of a stream. RESULT_INCOMPLETE when in ends too early (and is shorter than EXPORT_RECORD_BYTES);
 * else out_len is what the array took. RESULT_NEWER when it begins an export of another version.
 */
int export_decode(struct bytes in, struct export_record *out, size_t *out_len);

#endif
