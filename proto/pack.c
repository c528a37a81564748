/* The strict MessagePack profile of SPEC 1: the reading cursor. */
#include "proto/pack.h"

#include <string.h>

#include "proto/limits.h"
#include "proto/result.h"

struct bytes bytes_of(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return bytes_compare(a, b) == 0;
}

struct pack_reader pack_reader(struct bytes in)
{
	return (struct pack_reader){.next = in.data, .end = in.len > 0 ? in.data + in.len : in.data};
}

void pack_fail(struct pack_reader *r, int error)
{
	if (r->error == RESULT_OK)
		r->error = error;
}

/* The only place that moves the cursor. NULL on error. */
static const uint8_t *take(struct pack_reader *r, size_t len)
{
	const uint8_t *at = r->next;

	if (r->error == RESULT_OK && (size_t)(r->end - r->next) < len)
		r->error = RESULT_MALFORMED;
	if (r->error != RESULT_OK)
		return NULL;
	r->next += len;
	return at;
}

static uint8_t take_byte(struct pack_reader *r)
{
	const uint8_t *at = take(r, 1);

	return at != NULL ? *at : 0;
}

/* A big-endian integer of 1, 2, 4 or 8 bytes that must be at least min: a smaller one has a shorter form. */
static uint64_t take_wide(struct pack_reader *r, size_t len, uint64_t min)
{
	const uint8_t *at = take(r, len);
	uint64_t value = 0;

	for (size_t i = 0; at != NULL && i < len; i++)
		value = value << 8 | at[i];
	if (value < min)
		pack_fail(r, RESULT_MALFORMED);
	return value;
}

/* The shortest value each width may hold, by log2 of the width in bytes. */
static const uint64_t uint_min[] = {128, 256, 65536, UINT64_C(1) << 32};

/* A negative integer: the two's complement of `len` bytes, below the range of the next shorter form. */
static int64_t take_negative(struct pack_reader *r, size_t len, int64_t below)
{
	uint64_t raw = take_wide(r, len, 0);
	int64_t value;

	if (len < 8 && (raw >> (8 * len - 1)) != 0)
		raw |= ~UINT64_C(0) << (8 * len);
	memcpy(&value, &raw, sizeof value);
	if (value >= below)
		pack_fail(r, RESULT_MALFORMED);
	return value;
}

int64_t pack_read_int(struct pack_reader *r)
{
	uint8_t head = take_byte(r);
	int64_t value = 0;

	if (head < 0x80)
		value = head;
	else if (head >= 0xe0)
		value = (int64_t)head - 256;
	else if (head >= 0xcc && head <= 0xcf) {
		uint64_t wide = take_wide(r, (size_t)1 << (head - 0xcc), uint_min[head - 0xcc]);

		if (wide > INT64_MAX)
			pack_fail(r, RESULT_MALFORMED);
		else
			value = (int64_t)wide;
	} else if (head == 0xd0)
		value = take_negative(r, 1, -32);
	else if (head == 0xd1)
		value = take_negative(r, 2, INT8_MIN);
	else if (head == 0xd2)
		value = take_negative(r, 4, INT16_MIN);
	else if (head == 0xd3)
		value = take_negative(r, 8, INT32_MIN);
	else
		pack_fail(r, RESULT_MALFORMED);
	return r->error == RESULT_OK ? value : 0;
}

uint64_t pack_read_uint(struct pack_reader *r, uint64_t max)
{
	int64_t value = pack_read_int(r);

	if (value < 0)
		pack_fail(r, RESULT_MALFORMED);
	else if ((uint64_t)value > max)
		pack_fail(r, RESULT_LIMIT);
	return r->error == RESULT_OK ? (uint64_t)value : 0;
}

bool pack_read_bool(struct pack_reader *r)
{
	uint8_t head = take_byte(r);

	if (head != 0xc2 && head != 0xc3)
		pack_fail(r, RESULT_MALFORMED);
	return r->error == RESULT_OK && head == 0xc3;
}

/* The bytes after a header that claimed len of them. The claim is checked before anything trusts it. */
static struct bytes take_body(struct pack_reader *r, uint64_t len, size_t max)
{
	const uint8_t *at;

	if (r->error == RESULT_OK && len > max)
		pack_fail(r, len > (size_t)(r->end - r->next) ? RESULT_MALFORMED : RESULT_LIMIT);
	at = take(r, (size_t)len);
	return at != NULL ? (struct bytes){at, (size_t)len} : (struct bytes){NULL, 0};
}

struct bytes pack_read_str(struct pack_reader *r, size_t max)
{
	uint8_t head = take_byte(r);
	uint64_t len = 0;
	struct bytes text;

	if ((head & 0xe0) == 0xa0)
		len = head & 0x1f;
	else if (head == 0xd9)
		len = take_wide(r, 1, 32);
	else if (head == 0xda)
		len = take_wide(r, 2, 256);
	else if (head == 0xdb)
		len = take_wide(r, 4, 65536);
	else
		pack_fail(r, RESULT_MALFORMED);
	text = take_body(r, len, max);
	if (!utf8_is_valid(text))
		pack_fail(r, RESULT_MALFORMED);
	return r->error == RESULT_OK ? text : (struct bytes){NULL, 0};
}

struct bytes pack_read_bin(struct pack_reader *r, size_t max)
{
	uint8_t head = take_byte(r);
	uint64_t len = 0;

	if (head == 0xc4)
		len = take_wide(r, 1, 0);
	else if (head == 0xc5)
		len = take_wide(r, 2, 256);
	else if (head == 0xc6)
		len = take_wide(r, 4, 65536);
	else
		pack_fail(r, RESULT_MALFORMED);
	return take_body(r, len, max);
}

bool pack_read_optional(struct pack_reader *r, void *out, size_t len)
{
	struct bytes value = pack_read_bin(r, len);

	if (r->error == RESULT_OK && value.len != 0 && value.len != len)
		pack_fail(r, RESULT_MALFORMED);
	if (r->error != RESULT_OK || value.len == 0) {
		memset(out, 0, len);
		return false;
	}
	memcpy(out, value.data, len);
	return true;
}

void pack_read_fixed(struct pack_reader *r, void *out, size_t len)
{
	if (!pack_read_optional(r, out, len))
		pack_fail(r, RESULT_MALFORMED);
}

size_t pack_read_array(struct pack_reader *r, size_t max)
{
	uint8_t head = take_byte(r);
	uint64_t count = 0;

	if ((head & 0xf0) == 0x90)
		count = head & 0x0f;
	else if (head == 0xdc)
		count = take_wide(r, 2, 16);
	else if (head == 0xdd)
		count = take_wide(r, 4, 65536);
	else
		pack_fail(r, RESULT_MALFORMED);
	if (r->error == RESULT_OK && count > (size_t)(r->end - r->next))
		pack_fail(r, RESULT_MALFORMED); /* every element takes a byte */
	if (r->error == RESULT_OK && count > max)
		pack_fail(r, RESULT_LIMIT);
	return r->error == RESULT_OK ? (size_t)count : 0;
}

void pack_expect_array(struct pack_reader *r, size_t count)
{
	if (pack_read_array(r, SIZE_MAX) != count)
		pack_fail(r, RESULT_MALFORMED);
}

struct bytes pack_read_any(struct pack_reader *r, unsigned depth)
{
	const uint8_t *start = r->next;
	uint8_t head = r->next < r->end ? *r->next : 0xc1;

	if ((head & 0xf0) == 0x90 || head == 0xdc || head == 0xdd) {
		size_t count = depth > 0 ? pack_read_array(r, SIZE_MAX) : 0;

		if (depth == 0)
			pack_fail(r, RESULT_MALFORMED);
		for (size_t i = 0; i < count && r->error == RESULT_OK; i++)
			pack_read_any(r, depth - 1);
	} else if ((head & 0xe0) == 0xa0 || (head >= 0xd9 && head <= 0xdb))
		pack_read_str(r, SIZE_MAX);
	else if (head >= 0xc4 && head <= 0xc6)
		pack_read_bin(r, SIZE_MAX);
	else if (head == 0xc2 || head == 0xc3)
		pack_read_bool(r);
	else
		pack_read_int(r);
	return r->error == RESULT_OK ? (struct bytes){start, (size_t)(r->next - start)} : (struct bytes){NULL, 0};
}

int pack_read_end(const struct pack_reader *r)
{
	if (r->error != RESULT_OK)
		return r->error;
	return r->next == r->end ? RESULT_OK : RESULT_MALFORMED;
}

int pack_check(struct bytes in, unsigned depth)
{
	struct pack_reader r = pack_reader(in);

	pack_read_any(&r, depth);
	return pack_read_end(&r);
}

static bool is_known(const uint64_t *known, uint64_t code)
{
	for (; known != NULL && *known != 0; known++)
		if (*known == code)
			return true;
	return false;
}

void pack_read_ext(struct pack_reader *r, const uint64_t *known, struct ext *out)
{
	const uint8_t *start = r->next;
	size_t count = pack_read_array(r, LIMIT_EXT);
	uint64_t last = 0;
	bool is_newer = false;

	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		pack_expect_array(r, 2);
		out->entry[i].code = pack_read_uint(r, UINT32_MAX);
		out->entry[i].value = pack_read_bin(r, LIMIT_EXT_BYTES);
		if (out->entry[i].code <= last)
			pack_fail(r, RESULT_MALFORMED);
		last = out->entry[i].code;
		is_newer |= last % 2 == 1 && !is_known(known, last);
	}
	if (r->error == RESULT_OK && (size_t)(r->next - start) > LIMIT_EXT_BYTES)
		pack_fail(r, RESULT_LIMIT);
	if (is_newer)
		pack_fail(r, RESULT_NEWER);
	if (r->error == RESULT_OK)
		out->count = count;
}

struct bytes ext_find(const struct ext *ext, uint64_t code)
{
	for (size_t i = 0; i < ext->count; i++)
		if (ext->entry[i].code == code)
			return ext->entry[i].value;
	return (struct bytes){NULL, 0};
}
