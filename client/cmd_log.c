/*
 * hotline log export: the station's record as one stream, whole or a part of it, as it is or as lines of JSON, to stdout
 * or to a file that is whole or absent.
 */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/json_record.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/text.h"
#include "proto/result.h"

/* Where the export goes. */
struct sink {
	struct secret_file file; /* none: stdout */
	bool is_json;
	struct json_lines lines;
	uint64_t written;
	int failed; /* -errno of the first write that failed */
};

static int write_bytes(void *ctx, struct bytes bytes)
{
	struct sink *sink = ctx;

	if (sink->file.path != NULL)
		sink->failed = secret_append(&sink->file, bytes);
	else if (fwrite(bytes.data, 1, bytes.len, stdout) != bytes.len)
		sink->failed = -errno;
	sink->written += bytes.len;
	return sink->failed;
}

static int take_part(void *ctx, const struct control_rpc *event)
{
	struct sink *sink = ctx;
	struct pack_reader r = pack_reader(event->params);
	struct bytes part;
	int result;

	pack_expect_array(&r, 1);
	part = pack_read_bin(&r, SIZE_MAX);
	if (!bytes_equal(event->method, bytes_of("export")) || pack_read_end(&r) != RESULT_OK)
		return -EPROTO;
	if (part.len == 0)
		return 0; /* the station went through entries that are not shown */
	result = sink->is_json ? json_lines_add(&sink->lines, part) : write_bytes(sink, part);
	return result > 0 ? -EPROTO : result;
}

static int finish_sink(struct sink *sink, const char *path)
{
	bool is_whole = json_lines_finish(&sink->lines);
	int result = !is_whole			? -EPROTO
		     : sink->file.path != NULL	? secret_commit(&sink->file, false)
		     : fflush(stdout) == 0	? 0
						: -errno;

	if (result != 0) {
		say_error(_("%s can't be written: %s"), path, strerror(-result));
		return REFUSED;
	}
	say_error(_("%llu bytes written to %s"), (unsigned long long)sink->written, path);
	return DONE;
}

static bool read_time(const struct client *client, const char *option, int64_t *out)
{
	const char *text = args_value(&client->args, option);

	*out = 0;
	if (text == NULL || time_parse(bytes_of(text), out))
		return true;
	say_error(_("\"%s\" is not a time such as 2026-10-14T14:20:00Z or \"141420Z OCT 26\""), text);
	return false;
}

static bool read_incident(const struct client *client, uint8_t out[INCIDENT_BYTES], size_t *out_len)
{
	const char *text = args_value(&client->args, "--incident");

	*out_len = 0;
	if (text == NULL)
		return true;
	if (!text_hex(bytes_of(text), out, INCIDENT_BYTES)) {
		say_error(_("\"%s\" is not an incident's id of 32 hex digits, as show gives it"), text);
		return false;
	}
	*out_len = INCIDENT_BYTES;
	return true;
}

/* --withhold content, or --withhold all-but and the messages to show after the file. False when that was said. */
static bool read_withhold(const struct client *client, bool *out_contents, bool *out_all_but)
{
	const char *text = args_value(&client->args, "--withhold");

	*out_contents = text != NULL && strcmp(text, "content") == 0;
	*out_all_but = text != NULL && strcmp(text, "all-but") == 0;
	if (text != NULL && !*out_contents && !*out_all_but)
		say_error(_("--withhold takes content, or all-but and the numbers of the messages to show"));
	else if (*out_all_but && client->args.rest_count < 2)
		say_error(_("--withhold all-but needs a file and the numbers of the messages to show"));
	else if (!*out_all_but && client->args.rest_count > 1)
		say_error(_("an export goes to one file"));
	else
		return true;
	return false;
}

/* What is asked for, as the daemon takes it. False when that was said. */
static bool put_selection(const struct client *client, struct pack_writer *out)
{
	const char *peer = args_value(&client->args, "--peer");
	uint8_t incident[INCIDENT_BYTES];
	size_t incident_len, messages, room = 256;
	bool withholds_contents, is_all_but;
	int64_t since, until;

	if (!read_time(client, "--since", &since) || !read_time(client, "--until", &until) ||
	    !read_incident(client, incident, &incident_len) || !read_withhold(client, &withholds_contents, &is_all_but))
		return false;
	messages = is_all_but ? client->args.rest_count - 1 : 0;
	for (size_t i = 0; i < messages; i++)
		room += strlen(client->args.rest[1 + i]) + 8;
	*out = call_params(6, room + (peer != NULL ? strlen(peer) : 0));
	pack_put_text(out, peer != NULL ? peer : "");
	pack_put_bin(out, incident, incident_len);
	pack_put_int(out, since);
	pack_put_int(out, until);
	pack_put_bool(out, withholds_contents);
	pack_put_array(out, messages);
	for (size_t i = 0; i < messages; i++)
		pack_put_text(out, client->args.rest[1 + i]);
	return true;
}

/* The form asked for; false when that was said. */
static bool read_format(const struct client *client, bool *out_json)
{
	const char *format = args_value(&client->args, "--format");

	*out_json = client->is_json || (format != NULL && strcmp(format, "jsonl") == 0);
	if (format == NULL || *out_json || strcmp(format, "hotline") == 0)
		return true;
	say_error(_("--format takes hotline, which can be verified, or jsonl"));
	return false;
}

int cmd_log_export(struct client *client)
{
	const char *path = client->args.rest_count > 0 ? client->args.rest[0] : "stdout";
	struct pack_writer params;
	struct sink sink = {.file = {.fd = -1}};
	struct pack_reader r;
	int result = 0;

	if (!read_format(client, &sink.is_json))
		return USAGE;
	if (client->args.rest_count == 0 && !sink.is_json && isatty(STDOUT_FILENO)) {
		say_error(_("an export is not text: name a file, or send it to one"));
		return USAGE;
	}
	if (!put_selection(client, &params))
		return USAGE;
	if (client->args.rest_count > 0)
		result = secret_begin(&sink.file, path, 0600);
	if (result != 0) {
		say_error(_("%s can't be written: %s"), path, strerror(-result));
		return REFUSED;
	}
	sink.lines.write = write_bytes;
	sink.lines.ctx = client->call.ctx = &sink;
	client->call.on_event = take_part;
	result = call_do(&client->call, METHOD_EXPORT, &params, 0, &r);
	if (result == 0)
		return finish_sink(&sink, path);
	secret_abandon(&sink.file);
	json_lines_finish(&sink.lines);
	if (sink.failed != 0) {
		say_error(_("%s can't be written: %s"), path, strerror(-sink.failed));
		return REFUSED;
	}
	return call_failed(&client->call, result);
}
