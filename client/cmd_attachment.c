/* hotline attachment list, save. What is saved is decrypted and checked here, and never opened. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/attach.h"
#include "client/draft.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/progress.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/text.h"
#include "proto/attachment.h"
#include "proto/result.h"

#define POLL_NS 300000000 /* between two questions how far it is */
#define READ_MOST (512 * KIB)

/* The content of a message or draft, in memory of its own. */
struct source {
	struct shown shown;
	uint8_t *memory;
	char *banner;
};

static int load_draft(struct client *client, const char *word, struct source *out)
{
	struct control_draft draft;
	struct pack_reader r;
	uint64_t id;
	int result;

	if (!draft_id(word, &id))
		return USAGE;
	result = draft_fetch(client, id, &r);
	if (result != DONE)
		return result;
	control_read_draft(&r, &draft);
	result = call_read_end(&client->call, &r);
	if (result != DONE)
		return result;
	out->shown.raw.header = draft.header;
	out->shown.raw.content = draft.content;
	out->shown.has_content = true;
	return DONE;
}

static int load(struct client *client, struct source *out)
{
	const char *word = client->args.rest[0];
	int outcome;

	memset(out, 0, sizeof *out);
	if (args_has(&client->args, "--draft"))
		outcome = load_draft(client, word, out);
	else
		outcome = show_fetch(&client->call, word, &out->shown);
	if (outcome != DONE)
		return outcome;
	show_keep(&out->shown, &out->memory);
	out->banner = show_banner(out->shown.message.exercise);
	return DONE;
}

static void unload(struct source *source)
{
	free(source->memory);
	free(source->banner);
}

int cmd_attachment_list(struct client *client)
{
	static struct source source;
	int outcome = load(client, &source);
	const struct content *content = &source.shown.content;

	if (outcome == DONE && client->is_json) {
		json_t *document = json_attachments(content);

		for (size_t i = 0; i < content->attachment_count && outcome == DONE; i++) {
			static struct attach_view view;

			outcome = attach_ask(&client->call, &content->attachment[i], &view);
			if (outcome == DONE)
				json_attachment_state(json_array_get(document, i), &view);
		}
		if (outcome == DONE)
			json_print(document, false);
		else
			json_decref(document);
	} else if (outcome == DONE && content->attachment_count == 0)
		show_say(&source.shown, _("nothing is attached"));
	else if (outcome == DONE)
		outcome = attach_table(&client->call, content, source.banner);
	unload(&source);
	return outcome;
}

/* Waits until the station holds all of it. DONE, or said why it never will. */
static int wait_held(struct call *call, const struct attachment *a)
{
	static const struct timespec pause = {.tv_nsec = POLL_NS};
	struct progress progress;
	static struct attach_view view;
	const struct control_blob *blob = &view.blob;
	char state[ATTACH_STATE];
	bool has_begun = false;

	for (;;) {
		int outcome = attach_ask(call, a, &view);

		if (outcome == DONE && blob->state != BLOB_HELD && blob->state != BLOB_FETCHING &&
		    blob->state != BLOB_WAITING) {
			attach_state(&view, state);
			say_error(_("%.*s can't be saved: %s"), BYTES(a->name), state);
			outcome = REFUSED;
		}
		if (has_begun && outcome == DONE)
			progress_step(&progress, blob->state == BLOB_HELD ? blob->total : blob->held, blob->rate);
		if (outcome != DONE || blob->state == BLOB_HELD)
			break;
		if (!has_begun)
			progress_begin(&progress, "fetching", blob->total, blob->held);
		has_begun = true;
		nanosleep(&pause, NULL);
	}
	if (has_begun)
		progress_end(&progress);
	return blob->state == BLOB_HELD ? DONE : REFUSED;
}

/* Ciphertext as the station gives it, cut into what the stream takes. */
struct reading {
	struct call *call;
	const struct attachment *attachment;
	uint64_t at; /* of what comes next from the station */
	uint8_t data[ATTACHMENT_MESSAGE_BYTES + READ_MOST];
	size_t taken, len;
};

static int read_more(struct reading *reading)
{
	struct pack_writer params = call_params(2, HASH_BYTES + 32);
	struct pack_reader r;
	struct bytes part;
	int result;

	pack_put_bin(&params, reading->attachment->cipher_hash, HASH_BYTES);
	pack_put_uint(&params, reading->at);
	result = call_do(reading->call, METHOD_BLOB_READ, &params, 1, &r);
	if (result != 0)
		return call_failed(reading->call, result);
	part = pack_read_bin(&r, READ_MOST);
	result = call_read_end(reading->call, &r);
	if (result != DONE)
		return result;
	if (part.len == 0) {
		say_error(_("the station does not give all of it; nothing was saved"));
		return REFUSED;
	}
	memcpy(reading->data + reading->len, part.data, part.len);
	reading->len += part.len;
	reading->at += part.len;
	return DONE;
}

/* Has the next len bytes, at most one message of the stream, in one piece. */
static int take(struct reading *reading, size_t len, const uint8_t **out)
{
	int outcome = DONE;

	if (reading->len - reading->taken < len) {
		memmove(reading->data, reading->data + reading->taken, reading->len - reading->taken);
		reading->len -= reading->taken;
		reading->taken = 0;
	}
	while (outcome == DONE && reading->len - reading->taken < len)
		outcome = read_more(reading);
	*out = reading->data + reading->taken;
	reading->taken += len;
	return outcome;
}

/* Decrypts all of it into the file. */
static int decrypt(struct reading *reading, struct secret_file *file)
{
	static uint8_t plain[ATTACHMENT_CHUNK_BYTES];
	struct attachment_stream stream;
	struct progress progress;
	const uint8_t *cipher;
	int outcome = take(reading, ATTACHMENT_HEADER_BYTES, &cipher), result = RESULT_OK;

	if (outcome != DONE)
		return outcome;
	attachment_open_begin(&stream, reading->attachment, cipher);
	progress_begin(&progress, "saving", reading->attachment->len, 0);
	while (outcome == DONE && result == RESULT_OK && !stream.is_final) {
		size_t step = attachment_next(&stream);

		outcome = take(reading, step + ATTACHMENT_TAG_BYTES, &cipher);
		if (outcome == DONE)
			result = attachment_open(&stream, cipher, plain);
		if (outcome == DONE && result == RESULT_OK)
			result = secret_append(file, (struct bytes){plain, step});
		progress_step(&progress, stream.done, 0);
	}
	progress_end(&progress);
	if (outcome == DONE && result == RESULT_OK)
		result = attachment_open_end(&stream, reading->attachment);
	if (result < 0)
		say_error(_("%s can't be written: %s; nothing was saved"), file->path, strerror(-result));
	else if (result != RESULT_OK)
		say_error(_("the attachment is not what its message says (%s); nothing was saved"),
			  lang_name(result_name(result)));
	key_wipe(&stream, sizeof stream);
	return result == RESULT_OK ? outcome : REFUSED;
}

static int exists(const char *path)
{
	say_error(_("%s is there already, and nothing is overwritten; name another file with --to"), path);
	return REFUSED;
}

/* Under a name that nobody has; on any failure nothing stays. */
static int save(struct client *client, const struct attachment *a, const char *path)
{
	static struct reading reading;
	struct secret_file file;
	int outcome, result;

	if (access(path, F_OK) == 0)
		return exists(path);
	outcome = wait_held(&client->call, a);
	if (outcome != DONE)
		return outcome;
	result = secret_begin(&file, path, 0600);
	if (result != 0) {
		say_error(_("%s can't be made: %s"), path, strerror(-result));
		return REFUSED;
	}
	reading = (struct reading){.call = &client->call, .attachment = a};
	outcome = decrypt(&reading, &file);
	if (outcome != DONE) {
		secret_abandon(&file);
		return outcome;
	}
	result = secret_commit(&file, true);
	if (result == -EEXIST)
		return exists(path);
	if (result != 0)
		say_error(_("%s can't be made: %s"), path, strerror(-result));
	return result == 0 ? DONE : REFUSED;
}

static int save_as(struct client *client, const struct source *source, const struct attachment *a)
{
	const char *to = args_value(&client->args, "--to");
	char *name = to != NULL ? must(strdup(to)) : attach_file_name(a->name);
	int outcome = REFUSED;

	if (name == NULL)
		say_error(_("the sender's name for it, \"%.*s\", is none to save a file under; name one with --to"),
			  BYTES(a->name));
	else
		outcome = save(client, a, name);
	if (outcome == DONE && client->is_json)
		json_print(json_saved(name, a), false);
	else if (outcome == DONE)
		show_say(&source->shown, _("saved %s: %llu bytes, both hashes match"), name,
			 (unsigned long long)a->len);
	free(name);
	return outcome;
}

int cmd_attachment_save(struct client *client)
{
	static struct source source;
	const struct content *content = &source.shown.content;
	uint64_t number = 0;
	int outcome;

	if (!text_number(bytes_of(client->args.rest[1]), LIMIT_ATTACHMENTS, &number) || number == 0) {
		say_error(_("%s is no attachment's number; \"hotline attachment list\" shows them"),
			  client->args.rest[1]);
		return USAGE;
	}
	outcome = load(client, &source);
	if (outcome == DONE && number > content->attachment_count) {
		say_error(_("%s has %zu attachments"), client->args.rest[0], content->attachment_count);
		outcome = REFUSED;
	} else if (outcome == DONE)
		outcome = save_as(client, &source, &content->attachment[number - 1]);
	unload(&source);
	return outcome;
}
