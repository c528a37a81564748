/* The strict MessagePack profile of SPEC 1: a reading cursor, writing through msgpack-c, UTF-8. */
#include "proto/pack.h"

#include <assert.h>
#include <msgpack/pack.h>
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

/* msgpack-c's write callback: all or nothing, into the caller's buffer. */
static int put(void *ctx, const char *data, size_t len)
{
	struct pack_writer *w = ctx;

	if (w->is_over || len > w->capacity - w->len) {
		w->is_over = true;
		return -1;
	}
	if (len > 0)
		memcpy(w->data + w->len, data, len);
	w->len += len;
	return 0;
}

static msgpack_packer packer(struct pack_writer *w)
{
	msgpack_packer p;

	msgpack_packer_init(&p, w, put);
	return p;
}

struct pack_writer pack_writer(void *data, size_t capacity)
{
	return (struct pack_writer){.data = data, .capacity = capacity};
}

void pack_put_uint(struct pack_writer *w, uint64_t value)
{
	msgpack_packer p = packer(w);

	assert(value <= INT64_MAX);
	msgpack_pack_uint64(&p, value);
}

void pack_put_int(struct pack_writer *w, int64_t value)
{
	msgpack_packer p = packer(w);

	msgpack_pack_int64(&p, value);
}

void pack_put_bool(struct pack_writer *w, bool value)
{
	msgpack_packer p = packer(w);

	if (value)
		msgpack_pack_true(&p);
	else
		msgpack_pack_false(&p);
}

void pack_put_str(struct pack_writer *w, struct bytes text)
{
	msgpack_packer p = packer(w);

	msgpack_pack_str_with_body(&p, text.data, text.len);
}

void pack_put_text(struct pack_writer *w, const char *text)
{
	pack_put_str(w, bytes_of(text));
}

void pack_put_bin(struct pack_writer *w, const void *data, size_t len)
{
	msgpack_packer p = packer(w);

	msgpack_pack_bin_with_body(&p, data, len);
}

void pack_put_bytes(struct pack_writer *w, struct bytes value)
{
	pack_put_bin(w, value.data, value.len);
}

void pack_put_array(struct pack_writer *w, size_t count)
{
	msgpack_packer p = packer(w);

	msgpack_pack_array(&p, count);
}

void pack_put_raw(struct pack_writer *w, struct bytes encoded)
{
	put(w, (const char *)encoded.data, encoded.len);
}

void pack_put_ext(struct pack_writer *w, const struct ext *ext)
{
	pack_put_array(w, ext->count);
	for (size_t i = 0; i < ext->count; i++) {
		pack_put_array(w, 2);
		pack_put_uint(w, ext->entry[i].code);
		pack_put_bytes(w, ext->entry[i].value);
	}
}

struct bytes pack_written(const struct pack_writer *w)
{
	return w->is_over ? (struct bytes){NULL, 0} : (struct bytes){w->data, w->len};
}

void pack_be16(uint8_t out[2], uint16_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

void pack_be32(uint8_t out[4], uint32_t value)
{
	pack_be16(out, (uint16_t)(value >> 16));
	pack_be16(out + 2, (uint16_t)value);
}

void pack_be64(uint8_t out[8], uint64_t value)
{
	pack_be32(out, (uint32_t)(value >> 32));
	pack_be32(out + 4, (uint32_t)value);
}

uint16_t pack_from_be16(const uint8_t in[2])
{
	return (uint16_t)(in[0] << 8 | in[1]);
}

uint32_t pack_from_be32(const uint8_t in[4])
{
	return (uint32_t)pack_from_be16(in) << 16 | pack_from_be16(in + 2);
}

/* The length of the valid UTF-8 sequence at the start of text (RFC 3629, table of 4), 0 if there is none. */
static size_t sequence(const uint8_t *s, size_t len)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t need;

	if (s[0] < 0x80)
		return s[0] != 0;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	need = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len < need)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	if (s[0] == 0xed)
		high = 0x9f;
	if (s[0] == 0xf0)
		low = 0x90;
	if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

bool utf8_is_valid(struct bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t step = sequence(text.data + at, text.len - at);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

size_t utf8_length(struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += (text.data[i] & 0xc0) != 0x80;
	return count;
}
