/*
 * Checkpoints as transparency logs write them: C2SP tlog-checkpoint within C2SP signed-note, both at version 1. A
 * note's signature line is "— NAME BASE64", where the base64 holds four bytes of key id and the signature.
 */
#include "proto/checkpoint.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/armour.h"
#include "proto/name.h"
#include "proto/result.h"

#define ORIGIN_PREFIX "hotline/"
#define KEY_ID_BYTES 4
#define ALGORITHM_ED25519 0x01
#define BLOB_BYTES (KEY_ID_BYTES + SIGNATURE_BYTES)
#define BLOB_TEXT ((BLOB_BYTES + 2) / 3 * 4)
#define ROOT_TEXT ((HASH_BYTES + 2) / 3 * 4)
#define DASH "\xe2\x80\x94 "
#define RECOVERED "recovered "

size_t checkpoint_origin(struct bytes station, struct bytes peer, char out[ORIGIN_TEXT])
{
	int len = snprintf(out, ORIGIN_TEXT, "hotline/%.*s%s%.*s", (int)station.len, (const char *)station.data,
			   peer.len > 0 ? "/" : "", (int)peer.len, peer.len > 0 ? (const char *)peer.data : "");

	assert(len > 0 && len < ORIGIN_TEXT);
	return (size_t)len;
}

bool checkpoint_begins(struct bytes bytes)
{
	return bytes.len >= strlen(ORIGIN_PREFIX) && memcmp(bytes.data, ORIGIN_PREFIX, strlen(ORIGIN_PREFIX)) == 0;
}

struct bytes checkpoint_station(struct bytes origin)
{
	size_t head = strlen(ORIGIN_PREFIX);
	struct bytes rest;
	const uint8_t *slash;

	if (!checkpoint_begins(origin))
		return (struct bytes){NULL, 0};
	rest = (struct bytes){origin.data + head, origin.len - head};
	slash = rest.len > 0 ? memchr(rest.data, '/', rest.len) : NULL;
	if (slash != NULL)
		rest.len = (size_t)(slash - rest.data);
	return name_is_valid(rest) ? rest : (struct bytes){NULL, 0};
}

void note_key_id(struct bytes name, const uint8_t public[KEY_BYTES], uint8_t out[4])
{
	static const uint8_t middle[] = {'\n', ALGORITHM_ED25519};
	uint8_t hash[HASH_BYTES];

	hash_sha256_parts((struct bytes[]){name, {middle, sizeof middle}, {public, KEY_BYTES}}, 3, hash);
	memcpy(out, hash, KEY_ID_BYTES);
}

/* The extension line of a recovery, or nothing. */
static void put_extension(const struct checkpoint *checkpoint, char *out, size_t size)
{
	char root[ROOT_TEXT + 1] = "";

	out[0] = '\0';
	if (!checkpoint->is_recovery)
		return;
	base64_encode((struct bytes){checkpoint->lost_root, HASH_BYTES}, root, ROOT_TEXT);
	snprintf(out, size, RECOVERED "%llu %s\n", (unsigned long long)checkpoint->lost_size, root);
}

void checkpoint_sign(const struct checkpoint *checkpoint, const struct sign_pair *pair, struct pack_writer *w)
{
	char text[CHECKPOINT_BYTES], root[ROOT_TEXT + 1] = "", encoded[BLOB_TEXT + 1] = "", extension[CHECKPOINT_BYTES / 4];
	uint8_t blob[BLOB_BYTES];
	struct bytes origin = checkpoint->origin;
	int len;

	assert(origin.len > 0 && origin.len < ORIGIN_TEXT);
	base64_encode((struct bytes){checkpoint->root, HASH_BYTES}, root, ROOT_TEXT);
	put_extension(checkpoint, extension, sizeof extension);
	len = snprintf(text, sizeof text, "%.*s\n%llu\n%s\n%s", (int)origin.len, (const char *)origin.data,
		       (unsigned long long)checkpoint->size, root, extension);
	note_key_id(origin, pair->public, blob);
	key_sign(pair, (struct bytes){(const uint8_t *)text, (size_t)len}, blob + KEY_ID_BYTES);
	base64_encode((struct bytes){blob, BLOB_BYTES}, encoded, BLOB_TEXT);
	snprintf(text + len, sizeof text - (size_t)len, "\n" DASH "%.*s %s\n", (int)origin.len,
		 (const char *)origin.data, encoded);
	pack_put_raw(w, bytes_of(text));
}

/* Takes the next line, without its newline. False if none that ends in one is left. */
static bool take_line(struct bytes *text, struct bytes *out)
{
	const uint8_t *end = text->len > 0 ? memchr(text->data, '\n', text->len) : NULL;

	if (end == NULL)
		return false;
	*out = (struct bytes){text->data, (size_t)(end - text->data)};
	text->data += out->len + 1;
	text->len -= out->len + 1;
	return true;
}

/* Splits a signature line into the key's name and the decoded rest. False if it is not well formed. */
static bool read_signature(struct bytes line, struct bytes *out_name, uint8_t blob[NOTE_MAX_BYTES], size_t *out_len)
{
	size_t dash = strlen(DASH);
	const uint8_t *space;

	if (line.len <= dash || memcmp(line.data, DASH, dash) != 0)
		return false;
	line = (struct bytes){line.data + dash, line.len - dash};
	space = memchr(line.data, ' ', line.len);
	if (space == NULL || space == line.data)
		return false;
	*out_name = (struct bytes){line.data, (size_t)(space - line.data)};
	line = (struct bytes){space + 1, line.len - out_name->len - 1};
	return memchr(out_name->data, '+', out_name->len) == NULL &&
	       base64_decode(line, blob, NOTE_MAX_BYTES, out_len) == RESULT_OK && *out_len > KEY_ID_BYTES;
}

/* Where the signatures begin: after the last empty line. 0 if there is no such line or text before it. */
static size_t find_signatures(struct bytes in)
{
	for (size_t i = in.len; i >= 3; i--)
		if (in.data[i - 1] == '\n' && in.data[i - 2] == '\n')
			return i;
	return 0;
}

int note_decode(struct bytes in, struct note *out)
{
	size_t at = find_signatures(in), len;
	struct bytes rest, line, name;
	uint8_t blob[NOTE_MAX_BYTES];

	if (in.len > NOTE_MAX_BYTES)
		return RESULT_LIMIT;
	if (at == 0 || at == in.len || !utf8_is_valid(in))
		return RESULT_MALFORMED;
	rest = (struct bytes){in.data + at, in.len - at};
	for (size_t i = 0; i < in.len; i++)
		if (in.data[i] < 0x20 && in.data[i] != '\n')
			return RESULT_MALFORMED;
	while (rest.len > 0)
		if (!take_line(&rest, &line) || !read_signature(line, &name, blob, &len))
			return RESULT_MALFORMED;
	*out = (struct note){.text = {in.data, at - 1}, .signatures = {in.data + at, in.len - at}};
	return RESULT_OK;
}

int note_verify(const struct note *note, struct bytes name, const uint8_t public[KEY_BYTES])
{
	struct bytes rest = note->signatures, line, signer;
	uint8_t id[KEY_ID_BYTES], blob[NOTE_MAX_BYTES];
	size_t len;
	int result = RESULT_KEY;

	note_key_id(name, public, id);
	while (take_line(&rest, &line)) {
		if (!read_signature(line, &signer, blob, &len) || !bytes_equal(signer, name) ||
		    memcmp(blob, id, KEY_ID_BYTES) != 0)
			continue;
		if (len != BLOB_BYTES || key_verify(public, note->text, blob + KEY_ID_BYTES) != RESULT_OK)
			return RESULT_SIGNATURE;
		result = RESULT_OK;
	}
	return result;
}

/* A decimal number without leading zeros, in the range of all our integers. */
static bool read_size(struct bytes line, uint64_t *out)
{
	uint64_t value = 0;

	if (line.len == 0 || (line.len > 1 && line.data[0] == '0'))
		return false;
	for (size_t i = 0; i < line.len; i++) {
		uint64_t digit = (uint64_t)line.data[i] - '0';

		if (digit > 9 || value > (INT64_MAX - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	*out = value;
	return true;
}

/* "recovered", a size that is not below the checkpoint's, and a root. */
static bool read_recovery(struct bytes line, struct checkpoint *out)
{
	const uint8_t *space;
	struct bytes size, root;
	size_t head = strlen(RECOVERED), len;

	if (out->is_recovery)
		return false;
	line = (struct bytes){line.data + head, line.len - head};
	space = line.len > 0 ? memchr(line.data, ' ', line.len) : NULL;
	if (space == NULL)
		return false;
	size = (struct bytes){line.data, (size_t)(space - line.data)};
	root = (struct bytes){space + 1, line.len - size.len - 1};
	out->is_recovery = true;
	return read_size(size, &out->lost_size) && out->lost_size >= out->size &&
	       base64_decode(root, out->lost_root, HASH_BYTES, &len) == RESULT_OK && len == HASH_BYTES;
}

static bool is_recovery(struct bytes line)
{
	return line.len >= strlen(RECOVERED) && memcmp(line.data, RECOVERED, strlen(RECOVERED)) == 0;
}

int checkpoint_decode(struct bytes text, struct checkpoint *out)
{
	struct checkpoint found = {0};
	struct bytes size, root, extension;
	size_t len;

	if (!take_line(&text, &found.origin) || !take_line(&text, &size) || !take_line(&text, &root))
		return RESULT_MALFORMED;
	if (found.origin.len == 0 || !read_size(size, &found.size))
		return RESULT_MALFORMED;
	if (base64_decode(root, found.root, HASH_BYTES, &len) != RESULT_OK || len != HASH_BYTES)
		return RESULT_MALFORMED;
	while (text.len > 0)
		if (!take_line(&text, &extension) || extension.len == 0 ||
		    (is_recovery(extension) && !read_recovery(extension, &found)))
			return RESULT_MALFORMED;
	*out = found;
	return RESULT_OK;
}

int checkpoint_open(struct bytes in, struct bytes origin, const uint8_t public[KEY_BYTES], struct checkpoint *out)
{
	struct checkpoint found;
	struct note note;
	int result = note_decode(in, &note);

	if (result == RESULT_OK)
		result = note_verify(&note, origin, public);
	if (result == RESULT_OK)
		result = checkpoint_decode(note.text, &found);
	if (result == RESULT_OK && !bytes_equal(found.origin, origin))
		result = RESULT_DIFFERENT;
	if (result == RESULT_OK)
		*out = found;
	return result;
}
