/* What a receiver holds of a stream (SPEC 3.3, 4.1), in frames and in item 7. */
#include <assert.h>
#include <string.h>

#include "proto/frame.h"
#include "proto/result.h"

void have_put(struct pack_writer *w, const struct have *have)
{
	assert(have->count <= LIMIT_HAVE);
	pack_put_uint(w, have->through);
	pack_put_array(w, have->count);
	for (size_t i = 0; i < have->count; i++)
		pack_put_uint(w, have->beyond[i]);
}

void have_read(struct pack_reader *r, struct have *out)
{
	uint64_t last;

	memset(out, 0, sizeof *out);
	out->through = last = pack_read_uint(r, INT64_MAX);
	out->count = pack_read_array(r, LIMIT_HAVE);
	for (size_t i = 0; i < out->count && r->error == RESULT_OK; i++) {
		out->beyond[i] = pack_read_uint(r, INT64_MAX);
		if (out->beyond[i] <= last)
			pack_fail(r, RESULT_MALFORMED);
		last = out->beyond[i];
	}
	if (r->error != RESULT_OK)
		memset(out, 0, sizeof *out);
}

bool have_holds(const struct have *have, uint64_t seq)
{
	if (seq <= have->through)
		return true;
	for (size_t i = 0; i < have->count; i++)
		if (have->beyond[i] == seq)
			return true;
	return false;
}
