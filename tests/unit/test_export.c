/* The arrays of an export: each comes back, is told apart from its beginning, and is refused in another shape. */
#include "proto/export.h"

#include "proto/checkpoint.h"
#include "tests/unit/test.h"

#define ORIGIN "hotline/tha-cert/vnm-cert"
#define FIELDS .origin = {(const uint8_t *)ORIGIN, sizeof ORIGIN - 1}
#define BYTES .bytes = {(const uint8_t *)"abc", 3}

static const struct export_record examples[] = {
    {.kind = EXPORT_BEGIN, .station = {(const uint8_t *)"tha-cert", 8}, .since = -1, .until = 300, .made_at = 70000},
    {.kind = EXPORT_CARD, BYTES},
    {.kind = EXPORT_ENTRY, FIELDS, .index = 300, BYTES},
    {.kind = EXPORT_HASH, FIELDS, .level = 63, .index = 1, .hash = {5}},
    {.kind = EXPORT_OBJECT, BYTES},
    {.kind = EXPORT_CONTENT, BYTES},
    {.kind = EXPORT_CHECKPOINT, BYTES},
    {.kind = EXPORT_HEAD, FIELDS, .size = 9, .hash = {6}},
    {.kind = EXPORT_END, .size = 8},
};
#define COUNT (sizeof examples / sizeof *examples)

static struct bytes encode(const struct export_record *record, uint8_t out[512])
{
	struct pack_writer w = pack_writer(out, 512);

	export_encode(record, &w);
	return pack_written(&w);
}

TEST(each_array_comes_back_as_it_was)
{
	uint8_t buffer[512];
	struct export_record record;
	size_t len;

	for (size_t i = 0; i < COUNT; i++) {
		const struct export_record *e = &examples[i];
		struct bytes in = encode(e, buffer);

		CHECK_EQUAL(export_decode(in, &record, &len), RESULT_OK);
		CHECK(len == in.len && record.kind == e->kind);
		CHECK(bytes_equal(record.station, e->station) && bytes_equal(record.origin, e->origin));
		CHECK(record.since == e->since && record.until == e->until && record.made_at == e->made_at);
		CHECK(record.index == e->index && record.level == e->level && record.size == e->size);
		CHECK(memcmp(record.hash, e->hash, HASH_BYTES) == 0 && bytes_equal(record.bytes, e->bytes));
	}
}

TEST(an_array_that_ends_too_early_is_incomplete)
{
	uint8_t buffer[512];
	struct export_record record;
	size_t len = 7;

	for (size_t i = 0; i < COUNT; i++) {
		struct bytes in = encode(&examples[i], buffer);

		for (in.len--; in.len > 0; in.len--)
			CHECK_EQUAL(export_decode(in, &record, &len), RESULT_INCOMPLETE);
	}
	CHECK_EQUAL(export_decode((struct bytes){NULL, 0}, &record, &len), RESULT_INCOMPLETE);
	CHECK_EQUAL(len, 7);
}

TEST(bytes_after_an_array_are_left)
{
	uint8_t buffer[512];
	struct export_record record;
	struct bytes in = encode(&examples[EXPORT_END], buffer);
	size_t len;

	buffer[in.len] = 0xc1;
	CHECK_EQUAL(export_decode((struct bytes){buffer, in.len + 1}, &record, &len), RESULT_OK);
	CHECK_EQUAL(len, in.len);
}

static int decode_text(const char *text, size_t text_len)
{
	struct export_record record;
	size_t len;

	return export_decode((struct bytes){(const uint8_t *)text, text_len}, &record, &len);
}
#define DECODE(text) decode_text(text, sizeof(text) - 1)

TEST(arrays_of_another_shape_are_malformed)
{
	CHECK_EQUAL(DECODE("\x92\xa3"
			   "end\x05"),
		    RESULT_OK);
	CHECK_EQUAL(DECODE("\x92\xa3"
			   "enx\x05"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x91\xa3"
			   "end"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x93\xa3"
			   "end\x05\x05"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xa3"
			   "end\xcc\x05"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xa3"
			   "end\xff"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xa3"
			   "end\xc3"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xa3"
			   "end\x91\x05"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x82\xa3"
			   "end\x05"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\xc1"), RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xa4"
			   "card\xa3"
			   "abc"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xc4\x04"
			   "card\xc4\x03"
			   "abc"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x95\xa4hash\xa1o\x40\x00\xc4\x00"), RESULT_LIMIT);
	CHECK_EQUAL(DECODE("\x95\xa4hash\xa1o\x3f\x00\xc4\x00"), RESULT_MALFORMED);
}

TEST(a_claim_of_gigabytes_is_no_beginning)
{
	CHECK_EQUAL(DECODE("\x92\xa7"
			   "content\xc6\xff\xff\xff\xff"),
		    RESULT_MALFORMED);
	CHECK_EQUAL(DECODE("\x92\xa7"
			   "content\xc6\x00\x10\x00\x00"),
		    RESULT_INCOMPLETE);
}

/* A record of `kind` with len bytes of body, the last cut away if asked. */
static int decode_sized(enum export_kind kind, size_t body, size_t cut)
{
	static uint8_t buffer[EXPORT_RECORD_BYTES + 16], text[LIMIT_CONTENT_BYTES + 1];
	struct export_record record = {.kind = kind, FIELDS, .bytes = {text, body}};
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	size_t len;

	memset(text, 'x', sizeof text);
	export_encode(&record, &w);
	return export_decode((struct bytes){buffer, w.len - cut}, &record, &len);
}

TEST(each_body_has_its_limit)
{
	CHECK_EQUAL(decode_sized(EXPORT_CARD, LIMIT_OBJECT_BYTES, 0), RESULT_OK);
	CHECK_EQUAL(decode_sized(EXPORT_CARD, LIMIT_OBJECT_BYTES + 1, 0), RESULT_LIMIT);
	CHECK_EQUAL(decode_sized(EXPORT_OBJECT, LIMIT_OBJECT_BYTES, 0), RESULT_OK);
	CHECK_EQUAL(decode_sized(EXPORT_OBJECT, LIMIT_OBJECT_BYTES + 1, 0), RESULT_LIMIT);
	CHECK_EQUAL(decode_sized(EXPORT_CONTENT, LIMIT_CONTENT_BYTES, 0), RESULT_OK);
	CHECK_EQUAL(decode_sized(EXPORT_CONTENT, LIMIT_CONTENT_BYTES, 1), RESULT_INCOMPLETE);
	CHECK_EQUAL(decode_sized(EXPORT_CONTENT, LIMIT_CONTENT_BYTES + 1, 0), RESULT_LIMIT);
	CHECK_EQUAL(decode_sized(EXPORT_CHECKPOINT, NOTE_MAX_BYTES, 0), RESULT_OK);
	CHECK_EQUAL(decode_sized(EXPORT_CHECKPOINT, NOTE_MAX_BYTES + 1, 0), RESULT_LIMIT);
	CHECK_EQUAL(decode_sized(EXPORT_ENTRY, LEAF_DATA_BYTES, 0), RESULT_OK);
	CHECK_EQUAL(decode_sized(EXPORT_ENTRY, 2 * LEAF_DATA_BYTES, 0), RESULT_LIMIT);
}
