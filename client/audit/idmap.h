/*
 * Which element of an array has a given id: a hash table of indices. The keys stay where they are, as the first
 * 32 bytes of each element.
 */
#ifndef HOTLINE_CLIENT_AUDIT_IDMAP_H
#define HOTLINE_CLIENT_AUDIT_IDMAP_H

#include <stddef.h>
#include <stdint.h>

#define IDMAP_NONE UINT32_MAX

struct idmap {
	uint32_t *slot; /* index, or IDMAP_NONE */
	size_t capacity, count;
};

/* The element whose id this is, or IDMAP_NONE. */
uint32_t idmap_find(const struct idmap *map, const uint8_t id[32], const void *elements, size_t stride);
/* Adds elements[index], whose id is not there yet. 0 or -ENOMEM. */
int idmap_add(struct idmap *map, uint32_t index, const void *elements, size_t stride);
void idmap_finish(struct idmap *map);

#endif
