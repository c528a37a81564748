/* An export as a list of records that can be changed: what a tamperer who holds the station's own keys can make of it. */
#ifndef HOTLINE_TESTS_TAMPER_LISTING_H
#define HOTLINE_TESTS_TAMPER_LISTING_H

#include "proto/export.h"
#include "proto/key.h"
#include "tests/sim/world.h"

#define LISTING_PIECES 4096

struct listing {
	size_t count;
	struct piece {
		uint8_t *data; /* owned */
		size_t len;
	} piece[LISTING_PIECES];
};

void listing_read(struct listing *listing, struct bytes export);
void listing_copy(const struct listing *from, struct listing *to);
void listing_free(struct listing *listing);
/* The record as it is; borrows from the listing. */
struct export_record listing_record(const struct listing *listing, size_t at);
void listing_set(struct listing *listing, size_t at, const struct export_record *record);
void listing_insert(struct listing *listing, size_t at, struct piece piece);
void listing_drop(struct listing *listing, size_t at);
void listing_swap(struct listing *listing, size_t a, size_t b);
/* The count in the last record becomes true. */
void listing_recount(struct listing *listing);
/* Numbers the entries of all logs anew and signs every checkpoint record anew, for the log as it stands before it. */
void listing_sign(struct listing *listing, const struct sign_pair *log_key);
/* The entry record of a log at this index; the object record with this id. listing->count if there is none. */
size_t listing_entry(const struct listing *listing, struct bytes origin, uint64_t index);
size_t listing_object(const struct listing *listing, const uint8_t id[HASH_BYTES]);
/* All of it, to be freed by the caller. */
struct heap listing_bytes(const struct listing *listing);

#endif
