/* hotline log export: the station's record as one stream, to stdout or to a file that is whole or absent. */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/say.h"
#include "client/secret.h"
#include "proto/result.h"

/* Where the export goes. */
struct sink {
	struct secret_file file; /* none: stdout */
	uint64_t written;
	int failed; /* -errno of the first write that failed */
};

static int take_part(void *ctx, const struct control_rpc *event)
{
	struct sink *sink = ctx;
	struct pack_reader r = pack_reader(event->params);
	struct bytes part;

	pack_expect_array(&r, 1);
	part = pack_read_bin(&r, SIZE_MAX);
	if (!bytes_equal(event->method, bytes_of("export")) || pack_read_end(&r) != RESULT_OK)
		return -EPROTO;
	if (sink->file.path != NULL)
		sink->failed = secret_append(&sink->file, part);
	else if (fwrite(part.data, 1, part.len, stdout) != part.len)
		sink->failed = -errno;
	sink->written += part.len;
	return sink->failed;
}

static int finish_sink(struct sink *sink, const char *path)
{
	int result = sink->file.path != NULL ? secret_commit(&sink->file, false) : fflush(stdout) == 0 ? 0 : -errno;

	if (result != 0) {
		say_error("%s can't be written: %s", path, strerror(-result));
		return REFUSED;
	}
	say_error("%llu bytes written to %s", (unsigned long long)sink->written, path);
	return DONE;
}

int cmd_log_export(struct client *client)
{
	const char *path = client->args.rest_count > 0 ? client->args.rest[0] : "stdout";
	struct pack_writer params;
	struct sink sink = {.file = {.fd = -1}};
	struct pack_reader r;
	int result = 0;

	if (client->args.rest_count == 0 && isatty(STDOUT_FILENO)) {
		say_error("an export is not text: name a file, or send it to one");
		return USAGE;
	}
	if (client->args.rest_count > 0)
		result = secret_begin(&sink.file, path, 0600);
	if (result != 0) {
		say_error("%s can't be written: %s", path, strerror(-result));
		return REFUSED;
	}
	params = call_params(0, 0);
	client->call.on_event = take_part;
	client->call.ctx = &sink;
	result = call_do(&client->call, METHOD_EXPORT, &params, 0, &r);
	if (result == 0)
		return finish_sink(&sink, path);
	secret_abandon(&sink.file);
	if (sink.failed != 0) {
		say_error("%s can't be written: %s", path, strerror(-sink.failed));
		return REFUSED;
	}
	return call_failed(&client->call, result);
}
