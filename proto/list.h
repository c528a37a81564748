/* Arrays of texts, as headers, cards and control structures carry them: [str…]. */
#ifndef HOTLINE_PROTO_LIST_H
#define HOTLINE_PROTO_LIST_H

#include "proto/pack.h"

void list_put(struct pack_writer *w, const struct bytes *items, size_t count);
/* Reads at most max texts of at most max_bytes each into out (room for max); gives the count, 0 on error. */
size_t list_read(struct pack_reader *r, struct bytes *out, size_t max, size_t max_bytes);
bool list_contains(const struct bytes *items, size_t count, struct bytes wanted);

#endif
