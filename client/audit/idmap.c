/* A hash table with linear probing. Keys are hashes, or few, so their first bytes are the hash. */
#include "client/audit/idmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024 /* a power of two, as all are */

void idmap_mark(const uint8_t key[HASH_SHORT_KEY_BYTES], struct bytes in, uint8_t out[MARK_BYTES])
{
	uint8_t hash[HASH_SHORT_BYTES];

	hash_short(key, in, hash);
	memcpy(out, hash, MARK_BYTES);
}

static const uint8_t *key_at(const void *elements, size_t stride, uint32_t index)
{
	return (const uint8_t *)elements + stride * index;
}

/* The slot that holds key, or the free one where it belongs. At least a quarter of the slots are free. */
static size_t probe(const struct idmap *map, const uint8_t *key, const void *elements, size_t stride)
{
	uint64_t hash;
	size_t at, len = map->key_len > 0 ? map->key_len : IDMAP_KEY_BYTES;

	memcpy(&hash, key, sizeof hash);
	for (at = hash & (map->capacity - 1); map->slot[at] != IDMAP_NONE; at = (at + 1) & (map->capacity - 1))
		if (memcmp(key_at(elements, stride, map->slot[at]), key, len) == 0)
			break;
	return at;
}

uint32_t idmap_find(const struct idmap *map, const uint8_t *key, const void *elements, size_t stride)
{
	return map->capacity > 0 ? map->slot[probe(map, key, elements, stride)] : IDMAP_NONE;
}

static int grow(struct idmap *map, const void *elements, size_t stride)
{
	struct idmap bigger = {.capacity = map->capacity > 0 ? 2 * map->capacity : FIRST_CAPACITY, .count = map->count,
			       .key_len = map->key_len};

	bigger.slot = malloc(bigger.capacity * sizeof *bigger.slot);
	if (bigger.slot == NULL)
		return -ENOMEM;
	memset(bigger.slot, 0xff, bigger.capacity * sizeof *bigger.slot);
	for (size_t i = 0; i < map->capacity; i++)
		if (map->slot[i] != IDMAP_NONE)
			bigger.slot[probe(&bigger, key_at(elements, stride, map->slot[i]), elements, stride)] =
			    map->slot[i];
	free(map->slot);
	*map = bigger;
	return 0;
}

int idmap_add(struct idmap *map, uint32_t index, const void *elements, size_t stride)
{
	if (4 * (map->count + 1) > 3 * map->capacity && grow(map, elements, stride) != 0)
		return -ENOMEM;
	map->slot[probe(map, key_at(elements, stride, index), elements, stride)] = index;
	map->count++;
	return 0;
}

void idmap_finish(struct idmap *map)
{
	free(map->slot);
	memset(map, 0, sizeof *map);
}
