/* The record of a station as a stream of arrays (SPEC 9), one at a time, each with its shape in one table. */
#include "proto/export.h"

#include <string.h>

#include "proto/checkpoint.h"
#include "proto/result.h"

#define LEVEL_MAX (MERKLE_LEVELS - 1)
#define FAMILY "hotline-export/"
#define LEAF_BYTES (LEAF_DATA_BYTES + 96)

static const struct {
	const char *tag;
	size_t arity;
} shapes[] = {
    [EXPORT_BEGIN] = {"hotline-export/1", 5},
    [EXPORT_CARD] = {"card", 2},
    [EXPORT_ENTRY] = {"entry", 4},
    [EXPORT_HASH] = {"hash", 5},
    [EXPORT_OBJECT] = {"object", 2},
    [EXPORT_CONTENT] = {"content", 2},
    [EXPORT_CHECKPOINT] = {"checkpoint", 2},
    [EXPORT_HEAD] = {"head", 4},
    [EXPORT_END] = {"end", 2},
};
#define SHAPE_COUNT (sizeof shapes / sizeof *shapes)

void export_encode(const struct export_record *record, struct pack_writer *w)
{
	pack_put_array(w, shapes[record->kind].arity);
	pack_put_text(w, shapes[record->kind].tag);
	switch (record->kind) {
	case EXPORT_BEGIN:
		pack_put_str(w, record->station);
		pack_put_int(w, record->since);
		pack_put_int(w, record->until);
		pack_put_int(w, record->made_at);
		break;
	case EXPORT_ENTRY:
		pack_put_str(w, record->origin);
		pack_put_uint(w, record->index);
		pack_put_bytes(w, record->bytes);
		break;
	case EXPORT_HASH:
		pack_put_str(w, record->origin);
		pack_put_uint(w, record->level);
		pack_put_uint(w, record->index);
		pack_put_bin(w, record->hash, HASH_BYTES);
		break;
	case EXPORT_CARD:
	case EXPORT_OBJECT:
	case EXPORT_CONTENT:
		pack_put_bytes(w, record->bytes);
		break;
	case EXPORT_CHECKPOINT:
		pack_put_str(w, record->bytes);
		break;
	case EXPORT_HEAD:
		pack_put_str(w, record->origin);
		pack_put_uint(w, record->size);
		pack_put_bin(w, record->hash, HASH_BYTES);
		break;
	case EXPORT_END:
		pack_put_uint(w, record->size);
		break;
	}
}

/* Where the plain element at `at` ends, beyond in.len when it is cut off; 0 when it is no string, bin or integer. */
static size_t element_end(struct bytes in, size_t at)
{
	uint8_t head = in.data[at];
	size_t width, len = 0;

	if ((head & 0xe0) == 0xa0)
		return at + 1 + (head & 0x1f);
	if (head < 0x80 || head >= 0xe0)
		return at + 1;
	if (head >= 0xcc && head <= 0xd3)
		return at + 1 + ((size_t)1 << (head - 0xcc) % 4);
	if ((head < 0xc4 || head > 0xc6) && (head < 0xd9 || head > 0xdb))
		return 0;
	width = (size_t)1 << (head >= 0xd9 ? head - 0xd9 : head - 0xc4);
	for (size_t i = 1; i <= width; i++) {
		if (at + i >= in.len)
			return SIZE_MAX;
		len = len << 8 | in.data[at + i];
	}
	return len <= EXPORT_RECORD_BYTES ? at + 1 + width + len : 0;
}

/*
 * Whether `in` is the beginning of a longer array: asked only after the strict read failed, to tell bytes that have not
 * come yet from bytes that are wrong.
 */
static bool ends_early(struct bytes in)
{
	size_t at = 1;

	if (in.len == 0)
		return true;
	if (in.len >= EXPORT_RECORD_BYTES || (in.data[0] & 0xf0) != 0x90)
		return false;
	for (unsigned i = in.data[0] & 0x0f; i > 0; i--) {
		at = at < in.len ? element_end(in, at) : SIZE_MAX;
		if (at == 0 || at > in.len)
			return at != 0;
	}
	return false;
}

static void read_fields(struct pack_reader *r, struct export_record *record)
{
	switch (record->kind) {
	case EXPORT_BEGIN:
		record->station = pack_read_str(r, LIMIT_NAME_BYTES);
		record->since = pack_read_int(r);
		record->until = pack_read_int(r);
		record->made_at = pack_read_int(r);
		break;
	case EXPORT_ENTRY:
		record->origin = pack_read_str(r, ORIGIN_TEXT - 1);
		record->index = pack_read_uint(r, INT64_MAX);
		record->bytes = pack_read_bin(r, LEAF_BYTES);
		break;
	case EXPORT_HASH:
		record->origin = pack_read_str(r, ORIGIN_TEXT - 1);
		record->level = (unsigned)pack_read_uint(r, LEVEL_MAX);
		record->index = pack_read_uint(r, INT64_MAX);
		pack_read_fixed(r, record->hash, HASH_BYTES);
		break;
	case EXPORT_CARD:
	case EXPORT_OBJECT:
		record->bytes = pack_read_bin(r, LIMIT_OBJECT_BYTES);
		break;
	case EXPORT_CONTENT:
		record->bytes = pack_read_bin(r, LIMIT_CONTENT_BYTES);
		break;
	case EXPORT_CHECKPOINT:
		record->bytes = pack_read_str(r, NOTE_MAX_BYTES);
		break;
	case EXPORT_HEAD:
		record->origin = pack_read_str(r, ORIGIN_TEXT - 1);
		record->size = pack_read_uint(r, INT64_MAX);
		pack_read_fixed(r, record->hash, HASH_BYTES);
		break;
	case EXPORT_END:
		record->size = pack_read_uint(r, INT64_MAX);
		break;
	}
}

/* The first array of an export in a version that this one does not know. */
static bool is_newer(struct bytes tag)
{
	return tag.len > strlen(FAMILY) && memcmp(tag.data, FAMILY, strlen(FAMILY)) == 0;
}

int export_decode(struct bytes in, struct export_record *out, size_t *out_len)
{
	struct pack_reader r = pack_reader(in);
	struct export_record record;
	size_t count = pack_read_array(&r, SIZE_MAX), kind = 0;
	struct bytes tag = pack_read_str(&r, LIMIT_NAME_BYTES);

	memset(&record, 0, sizeof record);
	while (kind < SHAPE_COUNT && !bytes_equal(tag, bytes_of(shapes[kind].tag)))
		kind++;
	if (kind == SHAPE_COUNT && r.error == RESULT_OK && is_newer(tag))
		pack_fail(&r, RESULT_NEWER);
	if (kind == SHAPE_COUNT || count != shapes[kind].arity)
		pack_fail(&r, RESULT_MALFORMED);
	record.kind = (enum export_kind)kind;
	if (r.error == RESULT_OK)
		read_fields(&r, &record);
	if (r.error == RESULT_MALFORMED && ends_early(in))
		return RESULT_INCOMPLETE;
	if (r.error != RESULT_OK)
		return r.error;
	*out = record;
	*out_len = (size_t)(r.next - in.data);
	return RESULT_OK;
}
