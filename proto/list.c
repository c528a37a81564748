/* Arrays of texts. */
#include "proto/list.h"

#include "proto/result.h"

void list_put(struct pack_writer *w, const struct bytes *items, size_t count)
{
	pack_put_array(w, count);
	for (size_t i = 0; i < count; i++)
		pack_put_str(w, items[i]);
}

size_t list_read(struct pack_reader *r, struct bytes *out, size_t max, size_t max_bytes)
{
	size_t count = pack_read_array(r, max);

	for (size_t i = 0; i < count; i++)
		out[i] = pack_read_str(r, max_bytes);
	return r->error == RESULT_OK ? count : 0;
}

bool list_contains(const struct bytes *items, size_t count, struct bytes wanted)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(items[i], wanted))
			return true;
	return false;
}
