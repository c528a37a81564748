/* Base64 as SPEC 1 has it, and text armour that survives mail (SPEC 9). */
#include "proto/armour.h"

#include <assert.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/key.h"
#include "proto/result.h"

#define LINE_CHARS 64
#define LINE_BYTES (LINE_CHARS / 4 * 3)
#define LABEL_MAX 16
#define CHECKSUM_BYTES 4
#define MARKER_CAPACITY 48 /* "-----BEGIN HOTLINE <label>-----" */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(struct bytes in, char *out, size_t capacity)
{
	size_t len = (in.len + 2) / 3 * 4;

	assert(len <= capacity);
	for (size_t i = 0; i < in.len; i += 3) {
		size_t left = in.len - i;
		uint32_t group = (uint32_t)in.data[i] << 16;

		group |= left > 1 ? (uint32_t)in.data[i + 1] << 8 : 0;
		group |= left > 2 ? in.data[i + 2] : 0;
		*out++ = alphabet[group >> 18];
		*out++ = alphabet[group >> 12 & 63];
		*out++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
		*out++ = left > 2 ? alphabet[group & 63] : '=';
	}
	return len;
}

/* The value of one character, 64 if it has none. */
static uint32_t value_of(uint8_t c)
{
	const char *at = c != 0 ? strchr(alphabet, c) : NULL;

	return at != NULL ? (uint32_t)(at - alphabet) : 64;
}

/* Four characters, of which the last `pad` are '='. False if there is another character or an unused bit is set. */
static bool decode_group(const uint8_t *text, unsigned pad, uint8_t *out)
{
	uint32_t group = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t value = i < 4 - pad ? value_of(text[i]) : 0;

		if (value == 64 || (i >= 4 - pad && text[i] != '='))
			return false;
		group = group << 6 | value;
	}
	for (unsigned i = 0; i < 3 - pad; i++)
		out[i] = (uint8_t)(group >> (16 - 8 * i));
	return pad == 0 || (group & (pad == 1 ? 0xffu : 0xffffu)) == 0;
}

int base64_decode(struct bytes text, uint8_t *out, size_t capacity, size_t *out_len)
{
	unsigned pad = 0;

	if (text.len % 4 != 0)
		return RESULT_MALFORMED;
	while (text.len > 0 && pad < 2 && text.data[text.len - 1 - pad] == '=')
		pad++;
	if (text.len / 4 * 3 - pad > capacity)
		return RESULT_LIMIT;
	for (size_t i = 0; i < text.len; i += 4)
		if (!decode_group(text.data + i, i + 4 == text.len ? pad : 0, out + i / 4 * 3))
			return RESULT_MALFORMED;
	*out_len = text.len / 4 * 3 - pad;
	return RESULT_OK;
}

size_t armour_capacity(size_t len)
{
	size_t lines = len / LINE_BYTES + 1;

	return lines * (LINE_CHARS + 1) + 2 * (MARKER_CAPACITY + 1) + 2 * CHECKSUM_BYTES + 2;
}

/* "-----BEGIN HOTLINE CARD-----", or END; gives its length. */
static size_t marker(const char *word, const char *label, char out[MARKER_CAPACITY])
{
	struct pack_writer w = pack_writer(out, MARKER_CAPACITY);

	assert(strlen(label) <= LABEL_MAX);
	pack_put_raw(&w, bytes_of("-----"));
	pack_put_raw(&w, bytes_of(word));
	pack_put_raw(&w, bytes_of(" HOTLINE "));
	pack_put_raw(&w, bytes_of(label));
	pack_put_raw(&w, bytes_of("-----"));
	return w.len;
}

/* The checksum line: '=' and the first bytes of the hash in hex. */
static size_t checksum(struct bytes in, char out[2 * CHECKSUM_BYTES + 2])
{
	uint8_t hash[HASH_BYTES];

	hash_sha256(in, hash);
	out[0] = '=';
	key_hex(hash, CHECKSUM_BYTES, out + 1);
	return 1 + 2 * CHECKSUM_BYTES;
}

static void put_line(struct pack_writer *w, const char *text, size_t len)
{
	pack_put_raw(w, (struct bytes){(const uint8_t *)text, len});
	pack_put_raw(w, bytes_of("\n"));
}

void armour_encode(const char *label, struct bytes in, struct pack_writer *w)
{
	char line[LINE_CHARS], mark[MARKER_CAPACITY], sum[2 * CHECKSUM_BYTES + 2];

	put_line(w, mark, marker("BEGIN", label, mark));
	for (size_t i = 0; i < in.len; i += LINE_BYTES) {
		size_t step = in.len - i < LINE_BYTES ? in.len - i : LINE_BYTES;

		put_line(w, line, base64_encode((struct bytes){in.data + i, step}, line, sizeof line));
	}
	put_line(w, sum, checksum(in, sum));
	put_line(w, mark, marker("END", label, mark));
}

/* Takes the next line off text that is not blank, without the white space around it. Empty at the end of text. */
static struct bytes next_line(struct bytes *text)
{
	struct bytes line = {NULL, 0};

	while (line.len == 0 && text->len > 0) {
		const uint8_t *end = memchr(text->data, '\n', text->len);
		size_t len = end != NULL ? (size_t)(end - text->data) : text->len, step = len + (end != NULL);

		line = (struct bytes){text->data, len};
		while (line.len > 0 && strchr(" \t\r", line.data[line.len - 1]) != NULL && line.data[line.len - 1] != 0)
			line.len--;
		text->data += step;
		text->len -= step;
	}
	return line;
}

/* The lines between the begin marker and the checksum, decoded into out; line is then the checksum's. */
static int decode_lines(struct bytes *text, uint8_t *out, size_t *out_len, struct bytes *line)
{
	size_t capacity = text->len, len = 0;
	bool is_last = false;

	for (*line = next_line(text); line->len > 0 && line->data[0] != '='; *line = next_line(text)) {
		size_t step = 0;

		if (is_last || base64_decode(*line, out + len, capacity - len, &step) != RESULT_OK)
			return RESULT_MALFORMED;
		is_last = step < line->len / 4 * 3; /* padding ends the block */
		len += step;
	}
	*out_len = len;
	return RESULT_OK;
}

int armour_decode(const char *label, struct bytes text, uint8_t *out, size_t *out_len)
{
	char begin[MARKER_CAPACITY], end[MARKER_CAPACITY], sum[2 * CHECKSUM_BYTES + 2];
	struct bytes begin_line = {(const uint8_t *)begin, marker("BEGIN", label, begin)};
	struct bytes end_line = {(const uint8_t *)end, marker("END", label, end)}, line;
	size_t len = 0, sum_len;

	do
		line = next_line(&text);
	while (line.len > 0 && !bytes_equal(line, begin_line));
	if (line.len == 0 || decode_lines(&text, out, &len, &line) != RESULT_OK || line.len == 0)
		return RESULT_MALFORMED;
	if (!bytes_equal(next_line(&text), end_line))
		return RESULT_MALFORMED;
	sum_len = checksum((struct bytes){out, len}, sum);
	if (!bytes_equal(line, (struct bytes){(const uint8_t *)sum, sum_len}))
		return RESULT_DIFFERENT;
	*out_len = len;
	return RESULT_OK;
}
