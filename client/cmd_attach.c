/* hotline draft attach: files into a draft, in pieces that the station encrypts. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/attach.h"
#include "client/draft.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/progress.h"
#include "client/say.h"
#include "client/text.h"
#include "proto/attachment.h"

#define STEP_BYTES (4 * ATTACHMENT_CHUNK_BYTES) /* given in one call */

/* A file on its way. */
struct giving {
	const char *path;
	int fd;
	char *name; /* without its path, in NFC */
	const char *type;
	uint64_t len, number;
};

static int open_file(struct giving *g, const char *path, const char *type)
{
	char *copy = must(strdup(path));
	struct stat info;
	size_t len;

	*g = (struct giving){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	g->name = text_nfc(bytes_of(basename(copy)), &len);
	free(copy);
	g->type = type != NULL ? type : attach_type(g->name);
	if (g->fd < 0 || fstat(g->fd, &info) != 0) {
		say_error(_("%s can't be read: %s"), path, strerror(errno));
		return REFUSED;
	}
	if (!S_ISREG(info.st_mode)) {
		say_error(_("%s is no file; a folder is attached as an archive of it"), path);
		return REFUSED;
	}
	g->len = (uint64_t)info.st_size;
	return DONE;
}

static void close_file(struct giving *g)
{
	if (g->fd >= 0)
		close(g->fd);
	free(g->name);
}

/* What went wrong with one file of perhaps several. */
static int failed(struct call *call, const struct giving *g, int result)
{
	if (result < 0)
		return call_failed(call, result);
	say_error("%s: %s", g->path, call->sentence);
	return REFUSED;
}

static int begin(struct call *call, const struct giving *g, uint64_t draft)
{
	struct pack_writer params = call_params(4, strlen(g->name) + strlen(g->type) + 64);
	struct pack_reader r;
	int result;

	pack_put_uint(&params, draft);
	pack_put_text(&params, g->name);
	pack_put_text(&params, g->type);
	pack_put_uint(&params, g->len);
	result = call_do(call, METHOD_ATTACH, &params, 0, &r);
	return result != 0 ? failed(call, g, result) : call_read_end(call, &r);
}

/* Exactly len bytes of the file. */
static bool read_all(int fd, uint8_t *out, size_t len)
{
	while (len > 0) {
		ssize_t got = read(fd, out, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		out += got;
		len -= (size_t)got;
	}
	return true;
}

static int give_some(struct call *call, struct giving *g, struct bytes data, uint64_t *out_done)
{
	struct pack_writer params = call_params(1, data.len + 16);
	struct pack_reader r;
	int result;

	pack_put_bytes(&params, data);
	result = call_do(call, METHOD_ATTACH_DATA, &params, 2, &r);
	if (result != 0)
		return failed(call, g, result);
	*out_done = pack_read_uint(&r, INT64_MAX);
	g->number = pack_read_uint(&r, LIMIT_ATTACHMENTS);
	return call_read_end(call, &r);
}

static int give(struct call *call, struct giving *g, uint64_t draft)
{
	static uint8_t data[STEP_BYTES];
	struct progress progress;
	uint64_t done = 0;
	int outcome = begin(call, g, draft);

	if (outcome != DONE)
		return outcome;
	progress_begin(&progress, "attaching", g->len, 0);
	do {
		size_t step = g->len - done < STEP_BYTES ? (size_t)(g->len - done) : STEP_BYTES;

		if (!read_all(g->fd, data, step)) {
			say_error(_("%s became shorter while it was read; it was not attached"), g->path);
			return REFUSED;
		}
		outcome = give_some(call, g, (struct bytes){data, step}, &done);
		progress_step(&progress, done, 0);
	} while (outcome == DONE && g->number == 0);
	progress_end(&progress);
	return outcome;
}

int cmd_draft_attach(struct client *client)
{
	const char *type = args_value(&client->args, "--type");
	json_t *document = must(json_array());
	uint64_t draft;
	int outcome = draft_id(client->args.rest[0], &draft) ? DONE : USAGE;

	for (size_t i = 1; i < client->args.rest_count && outcome == DONE; i++) {
		struct giving g;

		outcome = open_file(&g, client->args.rest[i], type);
		if (outcome == DONE)
			outcome = give(&client->call, &g, draft);
		if (outcome == DONE && client->is_json)
			json_array_append_new(document, json_attached(draft, g.number, bytes_of(g.name), bytes_of(g.type), g.len));
		else if (outcome == DONE)
			say(stdout, _("draft %llu: attachment %llu is %s (%s, %llu bytes)"), (unsigned long long)draft,
			    (unsigned long long)g.number, g.name, g.type, (unsigned long long)g.len);
		close_file(&g);
	}
	if (client->is_json && json_array_size(document) > 0)
		json_print(json_incref(document), false);
	json_decref(document);
	return outcome;
}
