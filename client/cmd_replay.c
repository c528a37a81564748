/*
 * hotline log replay: the record as its station knew it at a moment, offline: messages, what had become of each, and the
 * entries up to then. The file is verified first.
 */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/audit/replay.h"
#include "client/audit/timeline.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/play.h"
#include "client/say.h"
#include "client/show.h"
#include "client/table.h"
#include "client/text.h"
#include "client/trusted.h"
#include "proto/result.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX 10000000

/* One run of the command. */
struct run {
	struct client *client;
	const char *path;
	struct audit_record record;
	struct audit_replay replay;
	bool is_verified;
	uint64_t limit, speed;
	uint32_t *chosen; /* messages, newest first */
	size_t chosen_count;
	bool is_asked; /* they were named */
};

/* Names a message: the one that a reference means and that is here. False when that was said. */
static bool choose_named(struct run *run, const char *text)
{
	struct reference reference;
	uint32_t at = RECORD_NONE, found = RECORD_NONE;
	size_t count = 0;

	if (!reference_parse(bytes_of(text), &reference)) {
		say_error(_("\"%s\" is not a message number such as \"tha-cert 2026-048 213\""), text);
		return false;
	}
	while ((at = audit_record_message(&run->record, &reference, at)) != RECORD_NONE)
		if (run->replay.message[at].is_here) {
			found = at;
			count++;
		}
	if (count != 1) {
		say_error(count == 0 ? _("no message \"%s\" was known then")
				     : _("\"%s\" names several messages; say the sender, and EX for an exercise"),
			  text);
		return false;
	}
	run->chosen[run->chosen_count++] = found;
	return true;
}

/* The messages named after the file, or the newest. */
static bool choose(struct run *run)
{
	const struct args *args = &run->client->args;
	size_t here = run->replay.here_count, count = here < run->limit ? here : (size_t)run->limit;

	run->is_asked = args->rest_count > 1;
	run->chosen = must(calloc((run->is_asked ? args->rest_count : count) + 1, sizeof *run->chosen));
	for (size_t i = 1; i < args->rest_count; i++)
		if (!choose_named(run, args->rest[i]))
			return false;
	for (size_t i = 0; i < count && !run->is_asked; i++)
		run->chosen[run->chosen_count++] = run->replay.here[here - 1 - i];
	return true;
}

/* A message opened as the daemon's answers are. 0, or -errno; borrows from the replay. */
static int open_message(struct run *run, uint32_t message, struct shown *out)
{
	int result = audit_replay_show(&run->replay, message, &out->raw);

	if (result == 0)
		result = show_open(out) ? 0 : RESULT_MALFORMED;
	return result;
}

static int print_list(struct run *run, struct shown *shown)
{
	struct table table;
	int result = 0;

	show_list_begin(&table);
	for (size_t i = 0; i < run->chosen_count && result == 0; i++) {
		result = open_message(run, run->chosen[i], shown);
		if (result == 0)
			show_list_row(&table, shown, &run->record.station);
	}
	table_print(&table, stdout, "");
	table_finish(&table);
	return result;
}

/* Whether an entry is about one of the messages asked for, or none were. */
static bool is_shown(const struct run *run, const struct record_entry *entry)
{
	for (size_t i = 0; i < run->chosen_count && run->is_asked; i++)
		if (timeline_concerns(&run->record, entry, run->chosen[i]))
			return true;
	return !run->is_asked;
}

/* The last entries up to the moment, at most `limit`: the first of them, and how many. */
static size_t first_entry(const struct run *run, size_t *out_count)
{
	size_t at = run->replay.entry_count, count = 0;

	while (at > 0 && count < run->limit)
		count += is_shown(run, &run->record.entry[--at]);
	*out_count = count;
	return at;
}

static int print_timeline(struct run *run)
{
	static char text[TIMELINE_TEXT];
	size_t count, first = first_entry(run, &count);
	int result = 0;

	say(stdout, "%s", "");
	say(stdout, _("Timeline%s"), first > 0 && !run->is_asked ? _(", the end of it (--limit for more)") : "");
	for (size_t i = first; i < run->replay.entry_count && result == 0; i++) {
		const struct record_entry *entry = &run->record.entry[i];
		char at[TIME_TEXT];

		if (!is_shown(run, entry))
			continue;
		result = timeline_describe(&run->record, entry, text);
		time_format_iso(entry->at, at);
		say(stdout, "  %s  %s", at, text);
	}
	return result;
}

static uint64_t count_withheld(const struct audit_record *record)
{
	uint64_t count = 0;

	for (size_t i = 0; i < record->log_list.count; i++)
		count += record->log[i].withheld;
	return count;
}

static int print_text(struct run *run)
{
	static struct shown shown;
	uint64_t withheld = count_withheld(&run->record);
	char at[TIME_TEXT];
	int result;

	time_format_iso(run->replay.at, at);
	say(stdout, _("%s: the record of %s as it was known at %s%s"), run->path, run->record.station.text, at,
	    run->is_verified ? "" : _(" (NOT VERIFIED)"));
	say(stdout, _("  %zu of %zu entries, %zu messages"), run->replay.entry_count, run->record.entry_list.count,
	    run->replay.here_count);
	if (withheld > 0)
		say(stdout, _("  %llu entries are withheld in the file: what they say is missing here"),
		    (unsigned long long)withheld);
	if (!run->is_asked && run->chosen_count < run->replay.here_count)
		say(stdout, _("  the newest %zu messages follow (--limit for more)"), run->chosen_count);
	say(stdout, "%s", "");
	result = print_list(run, &shown);
	for (size_t i = 0; i < run->chosen_count && result == 0; i++) {
		result = open_message(run, run->chosen[i], &shown);
		if (result != 0)
			break;
		say(stdout, "%s", "");
		show_track(&shown);
	}
	return result == 0 ? print_timeline(run) : result;
}

static json_t *json_entry(const struct run *run, const struct record_entry *entry, const char *text)
{
	const struct record_log *log = &run->record.log[entry->log];
	json_t *document = must(json_object());

	json_object_set_new(document, "at", json_time(entry->at));
	json_object_set_new(document, "log", json_text(bytes_of(log->origin)));
	json_object_set_new(document, "index", json_integer((json_int_t)entry->index));
	json_object_set_new(document, "kind", json_integer(entry->kind));
	json_object_set_new(document, "id",
			    entry->item != RECORD_NONE ? json_hex(run->record.item[entry->item].id, OBJECT_ID_BYTES)
						       : json_null());
	json_object_set_new(document, "text", json_text(bytes_of(text)));
	return document;
}

static int print_json(struct run *run)
{
	static struct shown shown;
	static char text[TIMELINE_TEXT];
	json_t *document = must(json_object()), *messages = must(json_array()), *timeline = must(json_array());
	size_t count, first = first_entry(run, &count);
	int result = 0;

	for (size_t i = 0; i < run->chosen_count && result == 0; i++) {
		result = open_message(run, run->chosen[i], &shown);
		if (result == 0)
			json_array_append_new(messages, json_message(&shown));
	}
	for (size_t i = first; i < run->replay.entry_count && result == 0; i++) {
		if (!is_shown(run, &run->record.entry[i]))
			continue;
		result = timeline_describe(&run->record, &run->record.entry[i], text);
		json_array_append_new(timeline, json_entry(run, &run->record.entry[i], text));
	}
	json_object_set_new(document, "file", json_text(bytes_of(run->path)));
	json_object_set_new(document, "station", json_text(name_bytes(&run->record.station)));
	json_object_set_new(document, "at", json_time(run->replay.at));
	json_object_set_new(document, "verified", json_boolean(run->is_verified));
	json_object_set_new(document, "entry_count", json_integer((json_int_t)run->replay.entry_count));
	json_object_set_new(document, "message_count", json_integer((json_int_t)run->replay.here_count));
	json_object_set_new(document, "withheld_entries", json_integer((json_int_t)count_withheld(&run->record)));
	json_object_set_new(document, "messages", messages);
	json_object_set_new(document, "timeline", timeline);
	if (result == 0)
		json_print(json_incref(document), false);
	json_decref(document);
	return result;
}

/* --at and --limit; false when that was said. */
static bool read_options(const struct args *args, int64_t *out_at, uint64_t *out_limit)
{
	const char *at = args_value(args, "--at"), *limit = args_value(args, "--limit");

	*out_limit = LIMIT_DEFAULT;
	*out_at = 0; /* it is played */
	if ((at == NULL && !say_is_terminal()) || (at != NULL && !time_parse(bytes_of(at), out_at))) {
		say_error(_("--at takes a time such as 2026-10-14T14:20:00Z or \"141420Z OCT 26\""));
		return false;
	}
	if (limit != NULL && (!text_number(bytes_of(limit), LIMIT_MAX, out_limit) || *out_limit == 0)) {
		say_error(_("--limit %s: a number from 1 to %d is wanted"), limit, LIMIT_MAX);
		return false;
	}
	return true;
}

/* --speed: seconds of the record in one; 60 unless told. */
static bool read_speed(const struct args *args, uint64_t *out)
{
	const char *speed = args_value(args, "--speed");

	*out = 60;
	if (speed == NULL || (text_number(bytes_of(speed), PLAY_SPEED_MAX, out) && *out > 0))
		return true;
	say_error(_("--speed %s: a number from 1 to %d is wanted"), speed, PLAY_SPEED_MAX);
	return false;
}

static int replay_file(struct run *run, int64_t at)
{
	int result = trusted_open(run->path, &run->record), outcome;

	if (result != DONE)
		return result;
	if (at == 0) {
		outcome = play_record(&run->record, run->path, run->speed);
		audit_record_close(&run->record);
		return outcome;
	}
	result = audit_replay_at(&run->record, at, &run->replay);
	if (result == 0 && !choose(run))
		outcome = REFUSED;
	else {
		if (result == 0)
			result = run->client->is_json ? print_json(run) : print_text(run);
		outcome = trusted_failed(run->path, result);
	}
	audit_replay_finish(&run->replay);
	audit_record_close(&run->record);
	free(run->chosen);
	return outcome;
}

int cmd_log_replay(struct client *client)
{
	static struct run run;
	int64_t at;
	int outcome;

	run.client = client;
	run.path = client->args.rest[0];
	if (!read_options(&client->args, &at, &run.limit) || !read_speed(&client->args, &run.speed))
		return USAGE;
	if (at == 0 && (client->is_json || client->args.rest_count > 1)) {
		say_error(_("without --at the record is played on the terminal, whole: leave out --json and the messages"));
		return USAGE;
	}
	outcome = trusted_verify(&client->args, &run.path, 1, &run.is_verified);
	return outcome == DONE ? replay_file(&run, at) : outcome;
}
