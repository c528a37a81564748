/*
 * Which element of an array has a given key: a hash table of indices. Keys stay where they are, as the first bytes of each
 * element: ids of 32 bytes, or marks. A mark is a short hash under a key that is drawn for one verification, so that
 * whoever made the file can't aim at a collision.
 */
#ifndef HOTLINE_CLIENT_AUDIT_IDMAP_H
#define HOTLINE_CLIENT_AUDIT_IDMAP_H

#include <stddef.h>
#include <stdint.h>

#include "proto/hash.h"

#define IDMAP_NONE UINT32_MAX
#define IDMAP_KEY_BYTES 32
#define MARK_BYTES 12

struct idmap {
	uint32_t *slot; /* index, or IDMAP_NONE */
	size_t capacity, count;
	size_t key_len; /* bytes; 0: IDMAP_KEY_BYTES */
};

/* The mark of in. */
void idmap_mark(const uint8_t key[HASH_SHORT_KEY_BYTES], struct bytes in, uint8_t out[MARK_BYTES]);
/* The element whose key this is, or IDMAP_NONE. */
uint32_t idmap_find(const struct idmap *map, const uint8_t *key, const void *elements, size_t stride);
/* Adds elements[index], whose key is not there yet. 0 or -ENOMEM. */
int idmap_add(struct idmap *map, uint32_t index, const void *elements, size_t stride);
void idmap_finish(struct idmap *map);

#endif
