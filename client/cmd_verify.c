/*
 * hotline log verify: what exported records prove, offline. Trust comes from --card and --root alone; --head and --with
 * bring what was kept elsewhere. Exit code 1 when any of the files does not verify.
 */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/audit/verify.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/progress.h"
#include "client/proof_show.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/trust_args.h"
#include "proto/result.h"

#define HEAD_FILE_BYTES (256 * KIB) /* larger files show no head */
#define JSON_BAD_MAX 1000	    /* bad records listed; the rest is counted */

/* One run of the command, and what is under way. */
struct verification {
	struct audit_trust trust;
	struct audit_kept kept[ARGS_OPTIONS];
	struct audit_options options;
	struct progress progress;
	bool is_all, is_json;
	json_t *bad; /* of the file at hand, as JSON with --all */
};

/* The files that --head names. */
static bool read_heads(const struct args *args, struct verification *v)
{
	const char *value;
	size_t at = 0;

	while ((value = args_next(args, "--head", &at)) != NULL) {
		struct audit_kept *kept = &v->kept[v->options.kept_count];
		uint8_t *file;
		int result = secret_read(value, HEAD_FILE_BYTES, &file, &kept->bytes.len);

		if (result != 0) {
			say_error(_("--head %s can't be read: %s"), value, strerror(-result));
			return false;
		}
		kept->name = value;
		kept->bytes.data = file;
		v->options.kept_count++;
	}
	v->options.kept = v->kept;
	return true;
}

static void hear_bad(void *ctx, uint64_t record, const char *text)
{
	struct verification *v = ctx;

	(void)record;
	progress_hide(&v->progress);
	if (!v->is_json)
		say(stdout, "  %s", text);
	else if (json_array_size(v->bad) < JSON_BAD_MAX)
		json_array_append_new(v->bad, json_text(bytes_of(text)));
}

static void hear_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct verification *v = ctx;

	if (v->progress.total != total)
		v->progress.total = total;
	progress_step(&v->progress, done, 0);
}

static void print_log(const struct audit_report *report, const struct audit_log *log)
{
	char sentence[AUDIT_TEXT];

	audit_log_sentence(report, log, sentence);
	say(stdout, "  %s", sentence);
}

static void print_report(const char *path, const struct audit_report *r, bool is_all)
{
	char made[TIME_TEXT];

	show_time(r->made_at, made);
	say(stdout, "%s: %s", path, r->is_verified ? _("VERIFIED") : _("NOT VERIFIED"));
	say(stdout, _("  record of %s, made %s by its own word"), r->station.text, made);
	say(stdout, _("  %llu arrays, %llu entries, %llu objects, %llu contents"), (unsigned long long)r->record_count,
	    (unsigned long long)r->entry_count, (unsigned long long)r->object_count,
	    (unsigned long long)r->content_count);
	if (r->bad[0] != '\0')
		say(stdout, _("  first bad: %s"), r->bad);
	if (r->bad_count > 1)
		say(stdout, _("  %llu findings about records in all%s"), (unsigned long long)r->bad_count,
		    is_all ? "" : _("; --all names them"));
	for (size_t i = 0; i < r->note_count; i++)
		say(stdout, "  %s%s", r->note[i].is_failure ? _("FAILED: ") : "", r->note[i].text);
	for (size_t i = 0; i < r->log_count; i++)
		print_log(r, &r->log[i]);
}

static json_t *json_log(const struct audit_report *report, const struct audit_log *log)
{
	json_t *document = must(json_object());
	char sentence[AUDIT_TEXT];

	audit_log_sentence(report, log, sentence);
	json_object_set_new(document, "peer", json_text(name_bytes(&log->peer)));
	json_object_set_new(document, "size", json_integer((json_int_t)log->size));
	json_object_set_new(document, "root", json_hex(log->root, sizeof log->root));
	json_object_set_new(document, "witnessed", json_integer((json_int_t)log->witnessed));
	json_object_set_new(document, "witnessed_at", json_time(log->witnessed_at));
	json_object_set_new(document, "withheld_entries", json_integer((json_int_t)log->withheld_entries));
	json_object_set_new(document, "withheld_objects", json_integer((json_int_t)log->withheld_objects));
	json_object_set_new(document, "withheld_contents", json_integer((json_int_t)log->withheld_contents));
	json_object_set_new(document, "kept", json_integer((json_int_t)log->kept));
	json_object_set_new(document, "sentence", json_text(bytes_of(sentence)));
	return document;
}

static json_t *json_report(const char *path, const struct audit_report *r)
{
	json_t *document = must(json_object()), *logs = must(json_array()), *notes = must(json_array());

	for (size_t i = 0; i < r->log_count; i++)
		json_array_append_new(logs, json_log(r, &r->log[i]));
	for (size_t i = 0; i < r->note_count; i++)
		json_array_append_new(notes, must(json_pack("{s:b,s:o}", "is_failure", r->note[i].is_failure, "text",
							    json_text(bytes_of(r->note[i].text)))));
	json_object_set_new(document, "file", json_text(bytes_of(path)));
	json_object_set_new(document, "verified", json_boolean(r->is_verified));
	json_object_set_new(document, "station", json_text(name_bytes(&r->station)));
	json_object_set_new(document, "made_at", json_time(r->made_at));
	json_object_set_new(document, "records", json_integer((json_int_t)r->record_count));
	json_object_set_new(document, "entries", json_integer((json_int_t)r->entry_count));
	json_object_set_new(document, "objects", json_integer((json_int_t)r->object_count));
	json_object_set_new(document, "contents", json_integer((json_int_t)r->content_count));
	json_object_set_new(document, "bad_count", json_integer((json_int_t)r->bad_count));
	json_object_set_new(document, "bad_record", json_integer((json_int_t)r->bad_record));
	json_object_set_new(document, "bad", json_text(bytes_of(r->bad)));
	json_object_set_new(document, "logs", logs);
	json_object_set_new(document, "notes", notes);
	return document;
}

/* What is no export at all has one sentence. */
static void say_foreign(const char *path, const struct audit_report *report)
{
	const char *why = strstr(report->bad, ": ");

	say_error("%s: %s", path, why != NULL ? why + 2 : _("the file is no export of a record."));
}

static void print_outcome(const char *path, const struct verification *v, const struct audit_report *report,
			  json_t *document)
{
	if (document != NULL) {
		json_t *row = json_report(path, report);

		if (v->bad != NULL)
			json_object_set(row, "bad_records", v->bad);
		json_array_append_new(document, row);
	} else if (report->station.text[0] == '\0')
		say_foreign(path, report);
	else
		print_report(path, report, v->is_all);
}

/* DONE when the file verifies. document: NULL when the report is printed as text. */
static int verify_file(const char *path, struct verification *v, json_t *document)
{
	struct audit_report report;
	int result;

	if (proof_show_is(path))
		return proof_show(path, &v->trust, document);

	progress_begin(&v->progress, "verifying", 0, 0);
	v->bad = v->is_all && v->is_json ? must(json_array()) : NULL;
	result = audit_verify_with(path, &v->trust, &v->options, &report);
	progress_hide(&v->progress);
	if (result < 0)
		say_error(_("%s can't be read: %s"), path, strerror(-result));
	else {
		print_outcome(path, v, &report, document);
		audit_report_finish(&report);
	}
	json_decref(v->bad);
	return result == 0 ? DONE : REFUSED;
}

int cmd_log_verify(struct client *client)
{
	static struct verification v;
	json_t *document = client->is_json ? must(json_array()) : NULL;
	bool is_ready = trust_read(&client->args, &v.trust) && read_heads(&client->args, &v);
	int outcome = is_ready ? DONE : USAGE;

	v.is_json = client->is_json;
	v.is_all = args_has(&client->args, "--all");
	v.options.on_bad = v.is_all ? hear_bad : NULL;
	v.options.on_progress = hear_progress;
	v.options.ctx = &v;
	v.options.peer_record = args_value(&client->args, "--with");
	for (size_t i = 0; is_ready && i < client->args.rest_count; i++)
		if (verify_file(client->args.rest[i], &v, document) != DONE)
			outcome = REFUSED;
	for (size_t i = 0; i < v.options.kept_count; i++)
		free((void *)(uintptr_t)v.kept[i].bytes.data);
	if (document != NULL && is_ready)
		json_print(document, false);
	else
		json_decref(document);
	return outcome;
}
