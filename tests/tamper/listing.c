/* Exports as lists of records (see listing.h). */
#include "tests/tamper/listing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/checkpoint.h"
#include "proto/result.h"

#define LOGS 8

static struct piece piece_of(const void *data, size_t len)
{
	struct piece piece = {.data = malloc(len + 1), .len = len};

	memcpy(piece.data, data, len);
	return piece;
}

void listing_read(struct listing *listing, struct bytes export)
{
	struct export_record record;
	size_t len;

	listing->count = 0;
	while (export.len > 0 && export_decode(export, &record, &len) == RESULT_OK) {
		assert(listing->count < LISTING_PIECES);
		listing->piece[listing->count++] = piece_of(export.data, len);
		export.data += len;
		export.len -= len;
	}
	assert(export.len == 0);
}

void listing_copy(const struct listing *from, struct listing *to)
{
	to->count = from->count;
	for (size_t i = 0; i < from->count; i++)
		to->piece[i] = piece_of(from->piece[i].data, from->piece[i].len);
}

void listing_free(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		free(listing->piece[i].data);
	listing->count = 0;
}

struct export_record listing_record(const struct listing *listing, size_t at)
{
	struct export_record record;
	size_t len;

	assert(export_decode((struct bytes){listing->piece[at].data, listing->piece[at].len}, &record, &len) == RESULT_OK);
	return record;
}

void listing_set(struct listing *listing, size_t at, const struct export_record *record)
{
	size_t room = record->bytes.len + KIB;
	uint8_t *bytes = malloc(room);
	struct pack_writer w = pack_writer(bytes, room);

	export_encode(record, &w);
	free(listing->piece[at].data);
	listing->piece[at] = piece_of(bytes, w.len);
	free(bytes);
}

void listing_insert(struct listing *listing, size_t at, struct piece piece)
{
	assert(listing->count < LISTING_PIECES);
	memmove(&listing->piece[at + 1], &listing->piece[at], (listing->count - at) * sizeof *listing->piece);
	listing->piece[at] = piece_of(piece.data, piece.len);
	listing->count++;
}

void listing_drop(struct listing *listing, size_t at)
{
	free(listing->piece[at].data);
	listing->count--;
	memmove(&listing->piece[at], &listing->piece[at + 1], (listing->count - at) * sizeof *listing->piece);
}

void listing_swap(struct listing *listing, size_t a, size_t b)
{
	struct piece piece = listing->piece[a];

	listing->piece[a] = listing->piece[b];
	listing->piece[b] = piece;
}

void listing_recount(struct listing *listing)
{
	listing_set(listing, listing->count - 1, &(struct export_record){.kind = EXPORT_END, .size = listing->count - 1});
}

/* A log while it is signed anew. */
struct growing {
	char origin[ORIGIN_TEXT];
	struct merkle tree;
};

static struct growing *find(struct growing *logs, struct bytes origin)
{
	size_t i = 0;

	while (logs[i].origin[0] != '\0' && !bytes_equal(bytes_of(logs[i].origin), origin))
		i++;
	assert(i < LOGS);
	memcpy(logs[i].origin, origin.data, origin.len);
	return &logs[i];
}

static void sign_checkpoint(struct listing *listing, size_t at, struct growing *logs, const struct sign_pair *key)
{
	struct export_record record = listing_record(listing, at);
	uint8_t bytes[CHECKPOINT_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);
	struct checkpoint checkpoint;
	struct growing *log;
	struct note note;

	assert(note_decode(record.bytes, &note) == RESULT_OK && checkpoint_decode(note.text, &checkpoint) == RESULT_OK);
	log = find(logs, checkpoint.origin);
	checkpoint = (struct checkpoint){.origin = bytes_of(log->origin), .size = log->tree.size};
	merkle_root(&log->tree, checkpoint.root);
	checkpoint_sign(&checkpoint, key, &w);
	record.bytes = pack_written(&w);
	listing_set(listing, at, &record);
}

void listing_sign(struct listing *listing, const struct sign_pair *log_key)
{
	struct growing *logs = calloc(LOGS, sizeof *logs);
	uint8_t hash[HASH_BYTES];

	for (size_t i = 0; i < listing->count; i++) {
		struct export_record record = listing_record(listing, i);
		struct growing *log;

		if (record.kind == EXPORT_CHECKPOINT)
			sign_checkpoint(listing, i, logs, log_key);
		if (record.kind != EXPORT_ENTRY)
			continue;
		log = find(logs, record.origin);
		merkle_leaf(record.bytes, hash);
		record.index = log->tree.size;
		merkle_append(&log->tree, hash);
		listing_set(listing, i, &record);
	}
	free(logs);
}

size_t listing_entry(const struct listing *listing, struct bytes origin, uint64_t index)
{
	for (size_t i = 0; i < listing->count; i++) {
		struct export_record record = listing_record(listing, i);

		if (record.kind == EXPORT_ENTRY && record.index == index && bytes_equal(record.origin, origin))
			return i;
	}
	return listing->count;
}

size_t listing_object(const struct listing *listing, const uint8_t id[HASH_BYTES])
{
	uint8_t hash[HASH_BYTES];

	for (size_t i = 0; i < listing->count; i++) {
		struct export_record record = listing_record(listing, i);

		if (record.kind != EXPORT_OBJECT)
			continue;
		hash_sha256(record.bytes, hash);
		if (memcmp(hash, id, HASH_BYTES) == 0)
			return i;
	}
	return listing->count;
}

struct heap listing_bytes(const struct listing *listing)
{
	struct heap heap = {NULL, 0, 0};

	for (size_t i = 0; i < listing->count; i++)
		heap_add(&heap, (struct bytes){listing->piece[i].data, listing->piece[i].len});
	return heap;
}
