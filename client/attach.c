/* Attachments: their states in words, their types and file names (see attach.h). */
#include "client/attach.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/lang.h"
#include "client/progress.h"
#include "client/safe.h"
#include "client/say.h"
#include "client/table.h"

#define NAMED 4 /* addressees that a line names; more are counted */

void attach_read(struct pack_reader *r, struct attach_view *out)
{
	control_read_blob(r, &out->blob);
	out->count = pack_read_array(r, LIMIT_ADDRESSEES);
	for (size_t i = 0; i < out->count; i++) {
		pack_expect_array(r, 2);
		out->given[i].name = pack_read_str(r, LIMIT_NAME_BYTES);
		out->given[i].given = pack_read_uint(r, INT64_MAX);
	}
}

int attach_ask(struct call *call, const struct attachment *attachment, struct attach_view *out)
{
	struct pack_writer params = call_params(1, HASH_BYTES + 16);
	struct pack_reader r;
	int result;

	pack_put_bin(&params, attachment->cipher_hash, HASH_BYTES);
	result = call_do(call, METHOD_BLOB, &params, 2, &r);
	if (result != 0)
		return call_failed(call, result);
	attach_read(&r, out);
	return call_read_end(call, &r);
}

/* What was sent, and how much of it each addressee has got. */
static void given_state(const struct attach_view *view, char out[ATTACH_STATE])
{
	size_t whole = 0, len;

	for (size_t i = 0; i < view->count; i++)
		whole += view->given[i].given >= view->blob.total;
	if (view->count > NAMED) {
		snprintf(out, ATTACH_STATE, _("given whole to %zu of %zu"), whole, view->count);
		return;
	}
	len = (size_t)snprintf(out, ATTACH_STATE, _("given to"));
	for (size_t i = 0; i < view->count && len < ATTACH_STATE; i++) {
		const char *comma = i > 0 ? "," : "";

		if (view->given[i].given >= view->blob.total)
			len += (size_t)snprintf(out + len, ATTACH_STATE - len, _("%s %.*s whole"), comma,
						BYTES(view->given[i].name));
		else
			len += (size_t)snprintf(out + len, ATTACH_STATE - len, "%s %.*s %u %%", comma,
						BYTES(view->given[i].name),
						(unsigned)(view->given[i].given * 100 / view->blob.total));
	}
}

void attach_state(const struct attach_view *view, char out[ATTACH_STATE])
{
	const struct control_blob *blob = &view->blob;
	char held[PROGRESS_BYTES_TEXT], total[PROGRESS_BYTES_TEXT], rate[PROGRESS_BYTES_TEXT];
	unsigned percent = blob->total > 0 ? (unsigned)(blob->held * 100 / blob->total) : 0;

	progress_bytes(blob->held, held);
	progress_bytes(blob->total, total);
	progress_bytes(blob->rate, rate);
	switch ((enum blob_state)blob->state) {
	case BLOB_HELD:
		if (view->count > 0)
			given_state(view, out);
		else
			snprintf(out, ATTACH_STATE, _("held"));
		return;
	case BLOB_FETCHING:
		snprintf(out, ATTACH_STATE, _("fetching %u %%, %s of %s, %s/s"), percent, held, total, rate);
		return;
	case BLOB_WAITING:
		snprintf(out, ATTACH_STATE, _("waiting, %s of %s held"), held, total);
		return;
	case BLOB_ABSENT:
		snprintf(out, ATTACH_STATE, _("not held by the sender; asked for again on the next link"));
		return;
	case BLOB_OVER:
		snprintf(out, ATTACH_STATE, _("not fetched: over what this peer may make us hold"));
		return;
	case BLOB_BAD:
		snprintf(out, ATTACH_STATE, _("refused: what the sender gives does not match its hash"));
		return;
	case BLOB_UNKNOWN:
		break;
	}
	snprintf(out, ATTACH_STATE, _("not here"));
}

int attach_table(struct call *call, const struct content *content, const char *banner)
{
	static const char *const heads[] = {N_("N"), N_("ATTACHMENT"), N_("TYPE"), N_("BYTES"), N_("STATE"), NULL};
	struct table table;
	int outcome = DONE;

	table_init(&table, heads);
	for (size_t i = 0; i < content->attachment_count && outcome == DONE; i++) {
		const struct attachment *a = &content->attachment[i];
		static struct attach_view view;
		char state[ATTACH_STATE];

		outcome = attach_ask(call, a, &view);
		attach_state(&view, state);
		table_row(&table, "");
		table_cell(&table, "%zu", i + 1);
		table_cell(&table, "%.*s", BYTES(a->name));
		table_cell(&table, "%.*s", BYTES(a->media_type));
		table_cell(&table, "%llu", (unsigned long long)a->len);
		table_cell(&table, "%s", state);
	}
	if (outcome == DONE)
		table_print(&table, stdout, banner);
	table_finish(&table);
	return outcome;
}

const char *attach_type(const char *name)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
	    {"txt", "text/plain"},	 {"log", "text/plain"},	     {"csv", "text/csv"},
	    {"html", "text/html"},	 {"eml", "message/rfc822"},  {"json", "application/json"},
	    {"xml", "application/xml"},	 {"pdf", "application/pdf"}, {"zip", "application/zip"},
	    {"gz", "application/gzip"},	 {"png", "image/png"},	     {"jpg", "image/jpeg"},
	    {"jpeg", "image/jpeg"},	 {"pcap", "application/vnd.tcpdump.pcap"},
	    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
		if (strcasecmp(dot + 1, types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* A hidden file may be one that a shell runs, and a leading "-" is read as an option. */
char *attach_file_name(struct bytes name)
{
	char *safe = safe_text(name, SAFE_LINE);

	if (*safe != '\0' && *safe != '.' && *safe != '-' && strchr(safe, '/') == NULL &&
	    strlen(safe) <= LIMIT_FILE_NAME_BYTES)
		return safe;
	free(safe);
	return NULL;
}
