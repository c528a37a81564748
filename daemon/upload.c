/*
 * Attachments on their way into a draft: a client gives the plain bytes piece by piece, and they are encrypted as they
 * come, once for all addressees (SPEC 5.1). What a client does not finish is forgotten.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "daemon/store_blob.h"
#include "proto/attachment.h"

struct upload {
	uint64_t draft;
	int64_t blob;
	uint64_t cipher_len; /* so far */
	struct attachment_stream stream;
	struct attachment attachment; /* name and media_type borrow from below */
	char name[LIMIT_FILE_NAME_BYTES], media_type[LIMIT_FILE_NAME_BYTES];
};

void upload_finish(struct client *client)
{
	if (client->upload == NULL)
		return;
	key_wipe(client->upload, sizeof *client->upload);
	free(client->upload);
	client->upload = NULL;
}

void upload_drop(struct station *st, struct client *client)
{
	if (client->upload != NULL)
		store_blob_drop(st->store, client->upload->blob);
	upload_finish(client);
}

static int find_draft(struct station *st, uint64_t id, struct draft_row *out, struct content *out_content)
{
	if (!store_draft(st->store, id, out))
		return core_refuse(st, CONTROL_UNKNOWN, "There is no draft %llu; hotline draft list shows those there are.",
				   (unsigned long long)id);
	if (content_decode(out->content, out_content) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be read from the store.",
				   (unsigned long long)id);
	return 0;
}

/* Whether one more attachment of this length has a place in the draft. */
static int check_room(struct station *st, uint64_t draft, const struct content *content, uint64_t len)
{
	uint64_t together = len;

	if (len > LIMIT_ATTACHMENT_BYTES)
		return core_refuse(st, CONTROL_REFUSED, "An attachment has at most %u MiB; nothing was attached.",
				   LIMIT_ATTACHMENT_BYTES / MIB);
	if (content->attachment_count == LIMIT_ATTACHMENTS)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu has %d attachments already; a message has no more.",
				   (unsigned long long)draft, LIMIT_ATTACHMENTS);
	for (size_t i = 0; i < content->attachment_count; i++)
		together += content->attachment[i].len;
	if (together > LIMIT_ATTACHMENTS_BYTES)
		return core_refuse(st, CONTROL_REFUSED,
				   "The attachments of a message have at most %u MiB together; nothing was attached.",
				   LIMIT_ATTACHMENTS_BYTES / MIB);
	return 0;
}

/* A name without a path, and a media type. */
static int check_names(struct station *st, struct bytes name, struct bytes media_type)
{
	if (name.len == 0 || name.len > LIMIT_FILE_NAME_BYTES || memchr(name.data, '/', name.len) != NULL)
		return core_refuse(st, CONTROL_REFUSED, "An attachment's name has 1 to %d bytes and no \"/\" in it.",
				   LIMIT_FILE_NAME_BYTES);
	if (media_type.len == 0 || media_type.len > LIMIT_FILE_NAME_BYTES)
		return core_refuse(st, CONTROL_REFUSED, "A media type has 1 to %d bytes, like text/plain.",
				   LIMIT_FILE_NAME_BYTES);
	return 0;
}

static struct bytes keep(char *at, struct bytes text)
{
	memcpy(at, text.data, text.len);
	return (struct bytes){(uint8_t *)at, text.len};
}

int upload_begin(struct station *st, struct client *client, uint64_t draft, const struct attachment *given)
{
	static struct content content;
	struct draft_row row;
	struct upload *upload;
	uint8_t header[ATTACHMENT_HEADER_BYTES];
	int result = find_draft(st, draft, &row, &content);

	if (result == 0)
		result = check_room(st, draft, &content, given->len);
	if (result == 0)
		result = check_names(st, given->name, given->media_type);
	if (result != 0)
		return result;
	upload_drop(st, client);
	upload = calloc(1, sizeof *upload);
	if (upload == NULL)
		return core_refuse(st, CONTROL_REFUSED, "There is no memory for an attachment.");
	client->upload = upload;
	upload->draft = draft;
	upload->attachment = *given;
	upload->attachment.name = keep(upload->name, given->name);
	upload->attachment.media_type = keep(upload->media_type, given->media_type);
	upload->attachment.cipher_len = attachment_cipher_len(given->len);
	st->random(st->random_ctx, upload->attachment.key, KEY_BYTES);
	st->random(st->random_ctx, header, sizeof header);
	attachment_seal_begin(&upload->stream, upload->attachment.key, header, given->len);
	upload->blob = store_blob_make(st->store, draft, upload->attachment.cipher_len);
	store_blob_add(st->store, upload->blob, 0, (struct bytes){header, sizeof header});
	upload->cipher_len = sizeof header;
	return 0;
}

/* Whole: what the content says of it goes into the draft, and what was approved before is approved no more. */
static int finish(struct station *st, struct client *client, uint64_t *out_number)
{
	static struct content content;
	static uint8_t words[LIMIT_CONTENT_BYTES];
	struct pack_writer w = pack_writer(words, sizeof words);
	struct upload *upload = client->upload;
	struct draft_row row;
	int result = find_draft(st, upload->draft, &row, &content);

	if (result == 0)
		result = check_room(st, upload->draft, &content, upload->attachment.len);
	if (result != 0)
		return result;
	attachment_seal_end(&upload->stream, upload->attachment.hash, upload->attachment.cipher_hash);
	content.attachment[content.attachment_count++] = upload->attachment;
	content_encode(&content, &w);
	if (w.is_over)
		return core_refuse(st, CONTROL_REFUSED, "The draft is over the limit of %u bytes; nothing was attached.",
				   LIMIT_CONTENT_BYTES);
	store_draft_content(st->store, upload->draft, pack_written(&w));
	store_blob_whole(st->store, upload->blob, upload->attachment.cipher_hash);
	core_log_act(st, STATION_ATTACHED, upload->attachment.cipher_hash, "uutu", upload->draft,
		     (uint64_t)content.attachment_count, name_bytes(&client->officer->function), (uint64_t)client->uid);
	*out_number = content.attachment_count;
	upload_finish(client);
	key_wipe(words, w.len);
	return 0;
}

/* One message of the stream, in parts. */
static void add(struct station *st, struct upload *upload, const uint8_t *plain)
{
	static uint8_t cipher[ATTACHMENT_MESSAGE_BYTES];
	size_t len = attachment_next(&upload->stream) + ATTACHMENT_TAG_BYTES;

	attachment_seal(&upload->stream, plain, cipher);
	for (size_t at = 0; at < len; at += BLOB_PART_BYTES) {
		size_t step = len - at < BLOB_PART_BYTES ? len - at : BLOB_PART_BYTES;

		store_blob_add(st->store, upload->blob, upload->cipher_len, (struct bytes){cipher + at, step});
		upload->cipher_len += step;
	}
}

int upload_data(struct station *st, struct client *client, struct bytes data, struct pack_writer *out)
{
	struct upload *upload = client->upload;
	uint64_t number = 0, rest;
	size_t at = 0;
	int result = 0;

	if (upload == NULL)
		return core_refuse(st, CONTROL_REFUSED, "No attachment was begun.");
	rest = upload->stream.len - upload->stream.done;
	if (data.len > rest || (data.len < rest && (data.len == 0 || data.len % ATTACHMENT_CHUNK_BYTES != 0))) {
		upload_drop(st, client);
		return core_refuse(st, CONTROL_REFUSED,
				   "The attachment's bytes do not come as they were announced; nothing was attached.");
	}
	do {
		add(st, upload, data.data + at);
		at += ATTACHMENT_CHUNK_BYTES;
	} while (at < data.len);
	pack_put_array(out, 2);
	pack_put_uint(out, upload->stream.done);
	if (upload->stream.is_final)
		result = finish(st, client, &number);
	if (result != 0)
		upload_drop(st, client);
	pack_put_uint(out, number);
	return result;
}
