/*
 * hotline log verify: what exported records prove, offline. Trust comes from --card and --root alone. Exit code 1 when
 * any of the files does not verify.
 */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/audit/verify.h"
#include "client/json.h"
#include "client/proof_show.h"
#include "client/say.h"
#include "client/trust_args.h"
#include "proto/result.h"

static void print_log(const struct audit_report *report, const struct audit_log *log)
{
	char sentence[AUDIT_TEXT];

	audit_log_sentence(report, log, sentence);
	say(stdout, "  %s", sentence);
}

static void print_report(const char *path, const struct audit_report *r)
{
	char made[TIME_TEXT];

	show_time(r->made_at, made);
	say(stdout, "%s: %s", path, r->is_verified ? "VERIFIED" : "NOT VERIFIED");
	say(stdout, "  record of %s, made %s by its own word", r->station.text, made);
	say(stdout, "  %llu arrays, %llu entries, %llu objects, %llu contents", (unsigned long long)r->record_count,
	    (unsigned long long)r->entry_count, (unsigned long long)r->object_count,
	    (unsigned long long)r->content_count);
	if (r->bad[0] != '\0')
		say(stdout, "  first bad: %s", r->bad);
	for (size_t i = 0; i < r->log_count; i++)
		print_log(r, &r->log[i]);
	for (size_t i = 0; i < r->note_count; i++)
		say(stdout, "  %s%s", r->note[i].is_failure ? "FAILED: " : "", r->note[i].text);
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
	json_object_set_new(document, "bad_record", json_integer((json_int_t)r->bad_record));
	json_object_set_new(document, "bad", json_text(bytes_of(r->bad)));
	json_object_set_new(document, "logs", logs);
	json_object_set_new(document, "notes", notes);
	return document;
}

/* DONE when the file verifies. document: NULL when the report is printed as text. */
static int verify_file(const char *path, const struct audit_trust *trust, json_t *document)
{
	struct audit_report report;
	int result;

	if (proof_show_is(path))
		return proof_show(path, trust, document);
	result = audit_verify(path, trust, &report);

	if (result < 0) {
		say_error("%s can't be read: %s", path, strerror(-result));
		return REFUSED;
	}
	if (document != NULL)
		json_array_append_new(document, json_report(path, &report));
	else
		print_report(path, &report);
	audit_report_finish(&report);
	return result == 0 ? DONE : REFUSED;
}

int cmd_log_verify(struct client *client)
{
	static struct audit_trust trust;
	json_t *document = client->is_json ? must(json_array()) : NULL;
	int outcome = DONE;

	if (!trust_read(&client->args, &trust)) {
		json_decref(document);
		return USAGE;
	}
	for (size_t i = 0; i < client->args.rest_count; i++)
		if (verify_file(client->args.rest[i], &trust, document) != DONE)
			outcome = REFUSED;
	if (document != NULL)
		json_print(document, false);
	return outcome;
}
