/* Writing the strict profile through msgpack-c, and fixed-width integers. */
#include <assert.h>
#include <msgpack/pack.h>
#include <string.h>

#include "proto/pack.h"

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
