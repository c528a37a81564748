/* Attachments, by the calls that the client makes for them (see attached.h). */
#include "tests/sim/attached.h"

#include <stdlib.h>
#include <string.h>

#include "proto/attachment.h"
#include "proto/result.h"

#define GIVEN_BYTES (4 * ATTACHMENT_CHUNK_BYTES)

static uint8_t byte_at(uint64_t at, uint8_t seed)
{
	return (uint8_t)(at * 31 + at / 257 + seed);
}

static int give_some(struct world *world, size_t site, uint64_t at, size_t len, uint8_t seed, struct answer *out)
{
	uint8_t *data = malloc(len + 1), *params = malloc(len + 16);
	struct pack_writer w = pack_writer(params, len + 16);

	for (size_t i = 0; i < len; i++)
		data[i] = byte_at(at + i, seed);
	pack_put_array(&w, 1);
	pack_put_bin(&w, data, len);
	world_request(world, site, UID_DRAFTER, METHOD_ATTACH_DATA, pack_written(&w), out);
	free(data);
	free(params);
	return out->error;
}

static int begin(struct world *world, size_t site, uint64_t draft, uint64_t len, struct answer *out)
{
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 4);
	pack_put_uint(&w, draft);
	pack_put_text(&w, "indicators.csv");
	pack_put_text(&w, "text/csv");
	pack_put_uint(&w, len);
	world_request(world, site, UID_DRAFTER, METHOD_ATTACH, pack_written(&w), out);
	return out->error;
}

int attached_give(struct world *world, size_t site, uint64_t draft, uint64_t len, uint8_t seed, struct answer *out)
{
	uint64_t at = 0;

	if (begin(world, site, draft, len, out) != 0)
		return out->error;
	do {
		size_t step = len - at < GIVEN_BYTES ? (size_t)(len - at) : GIVEN_BYTES;

		if (give_some(world, site, at, step, seed, out) != 0)
			return out->error;
		at += step;
	} while (at < len);
	return 0;
}

void attached_give_part(struct world *world, size_t site, uint64_t draft, uint64_t len, uint64_t given)
{
	struct answer answer;

	if (begin(world, site, draft, len, &answer) != 0 || give_some(world, site, 0, given, 0, &answer) != 0)
		world_broken(world, "nothing was taken: %s", answer.sentence);
}

void attached_send(struct world *world, size_t site, const struct words *words, uint64_t len,
		   uint8_t out_id[OBJECT_ID_BYTES])
{
	uint64_t draft = office_draft(world, site, UID_DRAFTER, words);
	struct answer answer;

	if (attached_give(world, site, draft, len, (uint8_t)len, &answer) != 0 ||
	    office_approve(world, site, UID_RELEASER, draft, &answer) != 0 ||
	    (words->precedence == PRECEDENCE_FLASH && office_approve(world, site, UID_SECOND, draft, &answer) != 0))
		world_broken(world, "nothing attached: %s", answer.sentence);
	office_release(world, site, UID_RELEASER, draft, false, &answer);
	office_released_id(world, &answer, out_id);
}

/* What the message's content says of its nth attachment. */
static struct attachment describe(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n)
{
	static struct content content;
	const struct control_message *message = office_show(world, site, id);

	if (message == NULL || content_decode(message->content, &content) != RESULT_OK || n >= content.attachment_count)
		world_broken(world, "%s knows no such attachment", office_name(world, site));
	return content.attachment[n];
}

static struct answer ask(struct world *world, size_t site, enum method method, const uint8_t hash[HASH_BYTES],
			 uint64_t offset)
{
	uint8_t params[64];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	pack_put_array(&w, method == METHOD_BLOB ? 1 : 2);
	pack_put_bin(&w, hash, HASH_BYTES);
	if (method == METHOD_BLOB_READ)
		pack_put_uint(&w, offset);
	world_request(world, site, UID_WATCH, method, pack_written(&w), &answer);
	return answer;
}

/* State, and what an addressee was given. */
static struct control_blob read_state(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n,
				      struct bytes addressee, uint64_t *out_given)
{
	struct attachment a = describe(world, site, id, n);
	struct answer answer = ask(world, site, METHOD_BLOB, a.cipher_hash, 0);
	struct pack_reader r = pack_reader(answer.result);
	struct control_blob blob;

	pack_expect_array(&r, 2);
	control_read_blob(&r, &blob);
	for (size_t i = pack_read_array(&r, LIMIT_ADDRESSEES); i > 0; i--) {
		struct bytes name;
		uint64_t given;

		pack_expect_array(&r, 2);
		name = pack_read_str(&r, LIMIT_NAME_BYTES);
		given = pack_read_uint(&r, INT64_MAX);
		if (bytes_equal(name, addressee))
			*out_given = given;
	}
	if (answer.error != 0 || pack_read_end(&r) != RESULT_OK)
		world_broken(world, "no state of an attachment: %s", answer.sentence);
	return blob;
}

struct control_blob attached_state(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n)
{
	uint64_t given;

	return read_state(world, site, id, n, (struct bytes){NULL, 0}, &given);
}

uint64_t attached_given(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n, size_t to)
{
	uint64_t given = 0;

	read_state(world, site, id, n, bytes_of(office_name(world, to)), &given);
	return given;
}

/* All of its ciphertext; NULL when it can't be had. */
static uint8_t *read_all(struct world *world, size_t site, const struct attachment *a)
{
	uint8_t *cipher = malloc(a->cipher_len);
	uint64_t at = 0;

	while (at < a->cipher_len) {
		struct answer answer = ask(world, site, METHOD_BLOB_READ, a->cipher_hash, at);
		struct pack_reader r = pack_reader(answer.result);
		struct bytes part;

		pack_expect_array(&r, 1);
		part = pack_read_bin(&r, SIZE_MAX);
		if (answer.error != 0 || part.len == 0 || part.len > a->cipher_len - at) {
			free(cipher);
			return NULL;
		}
		memcpy(cipher + at, part.data, part.len);
		at += part.len;
	}
	return cipher;
}

bool attached_opens(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n, uint8_t seed)
{
	static uint8_t plain[ATTACHMENT_CHUNK_BYTES];
	struct attachment a = describe(world, site, id, n);
	struct attachment_stream stream;
	uint8_t *cipher = read_all(world, site, &a), *at = cipher;
	bool is_same = cipher != NULL;

	if (!is_same)
		return false;
	attachment_open_begin(&stream, &a, cipher);
	at += ATTACHMENT_HEADER_BYTES;
	while (is_same && !stream.is_final) {
		size_t step = attachment_next(&stream);
		uint64_t done = stream.done;

		is_same = attachment_open(&stream, at, plain) == RESULT_OK;
		for (size_t i = 0; i < step; i++)
			is_same = is_same && plain[i] == byte_at(done + i, seed);
		at += step + ATTACHMENT_TAG_BYTES;
	}
	is_same = attachment_open_end(&stream, &a) == RESULT_OK && is_same;
	free(cipher);
	return is_same;
}
