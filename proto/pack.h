/*
 * MessagePack in the strict profile of SPEC 1.
 * Reading: a cursor over bytes that takes exactly one form of each value and never allocates. An error
 * sticks: from then on every read returns zero or empty, so a decoder reads straight through and asks once
 * at the end. Writing: msgpack-c into a buffer of the caller's; running over sticks likewise.
 */
#ifndef HOTLINE_PROTO_PACK_H
#define HOTLINE_PROTO_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes. data may be NULL only when len is 0. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

/* The bytes of a string literal or another zero-terminated string; borrows it. */
struct bytes bytes_of(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);
/* memcmp order, a shorter one before a longer one that it begins. */
int bytes_compare(struct bytes a, struct bytes b);

struct pack_reader {
	const uint8_t *next, *end;
	int error; /* RESULT_OK, RESULT_MALFORMED or RESULT_LIMIT; the first one stays */
};

struct pack_reader pack_reader(struct bytes in);

uint64_t pack_read_uint(struct pack_reader *r, uint64_t max); /* 0 … max, at most 2^63-1; over max is RESULT_LIMIT */
int64_t pack_read_int(struct pack_reader *r);
bool pack_read_bool(struct pack_reader *r);
/* Valid UTF-8 without NUL, of at most max bytes; over max is RESULT_LIMIT. Borrows from the input. */
struct bytes pack_read_str(struct pack_reader *r, size_t max);
struct bytes pack_read_bin(struct pack_reader *r, size_t max);
/* A bin of exactly len bytes, copied out; out is zeroed on error. */
void pack_read_fixed(struct pack_reader *r, void *out, size_t len);
/* A bin of len bytes or an empty one: true and copied out, or false and out zeroed. */
bool pack_read_optional(struct pack_reader *r, void *out, size_t len);
/* The count of an array whose elements follow, at most max (over it is RESULT_LIMIT). 0 on error. */
size_t pack_read_array(struct pack_reader *r, size_t max);
/* An array of exactly count elements. */
void pack_expect_array(struct pack_reader *r, size_t count);
/* Any one value in the strict profile with arrays at most depth deep, returned as its exact bytes. */
struct bytes pack_read_any(struct pack_reader *r, unsigned depth);
/* Makes the error stick, unless one already does. */
void pack_fail(struct pack_reader *r, int error);
/* The end: RESULT_OK if nothing failed and no byte is left. */
int pack_read_end(const struct pack_reader *r);
/* One value in the strict profile and nothing after it: RESULT_OK or RESULT_MALFORMED. */
int pack_check(struct bytes in, unsigned depth);

/* `ext` (SPEC 1, Growth): [[code, bin]…] sorted by code without repeats. Code 0 is never used. */
struct ext {
	size_t count;
	struct {
		uint64_t code;
		struct bytes value;
	} entry[16];
};

/* Reads ext. Fails with RESULT_NEWER on an odd code that is not among known (a zero-ended list, or NULL). */
void pack_read_ext(struct pack_reader *r, const uint64_t *known, struct ext *out);
/* The value of a code, or an empty one (data NULL) when absent. */
struct bytes ext_find(const struct ext *ext, uint64_t code);

struct pack_writer {
	uint8_t *data;
	size_t len, capacity;
	bool is_over; /* ran over the capacity; len then stays within it */
};

struct pack_writer pack_writer(void *data, size_t capacity);
void pack_put_uint(struct pack_writer *w, uint64_t value); /* asserts value <= 2^63-1 */
void pack_put_int(struct pack_writer *w, int64_t value);
void pack_put_bool(struct pack_writer *w, bool value);
void pack_put_str(struct pack_writer *w, struct bytes text);
void pack_put_text(struct pack_writer *w, const char *text); /* the same for a zero-terminated string */
void pack_put_bin(struct pack_writer *w, const void *data, size_t len);
void pack_put_bytes(struct pack_writer *w, struct bytes value); /* as bin */
void pack_put_array(struct pack_writer *w, size_t count);
void pack_put_raw(struct pack_writer *w, struct bytes encoded); /* bytes that are already encoded */
void pack_put_ext(struct pack_writer *w, const struct ext *ext);
/* What was written; empty when it ran over. */
struct bytes pack_written(const struct pack_writer *w);

/* Fixed-width big-endian integers (SPEC 1). */
void pack_be16(uint8_t out[2], uint16_t value);
void pack_be32(uint8_t out[4], uint32_t value);
void pack_be64(uint8_t out[8], uint64_t value);
uint16_t pack_from_be16(const uint8_t in[2]);
uint32_t pack_from_be32(const uint8_t in[4]);

/* UTF-8: validity (no NUL, no surrogates, shortest forms, at most U+10FFFF) and the count of code points. */
bool utf8_is_valid(struct bytes text);
size_t utf8_length(struct bytes text); /* text must be valid */

#endif
