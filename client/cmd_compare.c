/*
 * hotline log compare: the records of two stations side by side, offline. Both are verified first. Exit code 1 when they
 * disagree.
 */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/audit/compare.h"
#include "client/audit/replay.h"
#include "client/audit/timeline.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/show.h"
#include "client/table.h"
#include "client/text.h"
#include "client/trusted.h"
#include "proto/armour.h"
#include "proto/result.h"

#define LIMIT_DEFAULT 200
#define LIMIT_MAX 10000000
#define EVIDENCE_TEXT 2048 /* before the armour */

/* One run of the command. */
struct run {
	struct client *client;
	const char *const *path;
	struct audit_record record[2];
	struct audit_replay replay[2];
	struct audit_compare compare;
	bool is_verified;
	uint64_t limit;
};

static const char *station(const struct run *run, size_t side)
{
	return run->record[side].station.text;
}

static const char *kind_text(enum compare_kind kind)
{
	static const char *const names[COMPARE_KINDS] = {
	    [COMPARE_OBJECT] = "object", [COMPARE_HEAD] = "head", [COMPARE_TIME] = "time"};

	return names[kind];
}

/* A delivery that one of the sides calls late: what each side's clock made of it. */
struct breach {
	uint32_t message; /* in the first record */
	uint32_t name;
	uint32_t bits[2];
};

/* The breaches of the next message, from `at` on, that went between the two; false at the end. */
static bool next_breach(const struct run *run, size_t *at, struct breach *out)
{
	const struct compare_side *a = &run->compare.side[0], *b = &run->compare.side[1];

	while (*at < run->replay[0].delivery_count) {
		const struct replay_delivery *d = &run->replay[0].delivery[(*at)++];
		const struct record_message *m = &run->record[0].message[d->message];
		uint32_t item = audit_record_item(&run->record[1], run->record[0].item[m->item].id);
		const struct replay_delivery *other;

		if ((!m->is_sent || d->name != a->peer) && (m->is_sent || m->from != a->peer || d->name != a->own))
			continue;
		other = audit_replay_delivery(&run->replay[1], audit_record_message_of(&run->record[1], item),
					   m->is_sent ? b->own : b->peer);
		*out = (struct breach){d->message, d->name, {d->row.breached, other != NULL ? other->row.breached : 0}};
		if ((out->bits[0] | out->bits[1]) != 0)
			return true;
	}
	return false;
}

/* "custody, answer"; "-" for none. The caller frees it. */
static char *breach_text(uint32_t bits)
{
	static const char *const names[] = {N_("custody"), N_("opened"), N_("acknowledge"), N_("answer")};
	char *text = NULL;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if ((bits & 1u << i) != 0)
			fprintf(out, "%s%s", ftell(out) > 0 ? ", " : "", _(names[i]));
	if (ftell(out) == 0)
		fputs("-", out);
	fclose(out);
	return text;
}

static void print_breaches(const struct run *run)
{
	const char *const heads[] = {N_("MESSAGE"), N_("ADDRESSEE"), station(run, 0), station(run, 1), NULL};
	struct breach breach;
	struct table table;
	size_t at = 0, count = 0;

	table_init(&table, heads);
	while (next_breach(run, &at, &breach)) {
		char reference[RECORD_REFERENCE], *text[2] = {breach_text(breach.bits[0]), breach_text(breach.bits[1])};

		audit_record_reference(&run->record[0], breach.message, reference);
		table_row(&table, "");
		table_cell(&table, "%s", reference);
		table_cell(&table, "%s", run->record[0].name[breach.name].name.text);
		table_cell(&table, "%s", text[0]);
		table_cell(&table, "%s", text[1]);
		free(text[0]);
		free(text[1]);
		count++;
	}
	if (count > 0) {
		say(stdout, "%s", "");
		say(stdout, _("Deadlines that passed, by each side's clock"));
		table_print(&table, stdout, "");
	}
	table_finish(&table);
}

static const struct record_entry *entry_of(const struct run *run, const struct compare_line *line)
{
	return &run->record[line->side].entry[run->compare.side[line->side].place[line->place].entry];
}

static size_t first_line(const struct run *run)
{
	return run->compare.line_count > run->limit ? run->compare.line_count - (size_t)run->limit : 0;
}

static int print_timeline(struct run *run)
{
	static char text[TIMELINE_TEXT];
	int result = 0;

	say(stdout, "%s", "");
	say(stdout, _("Timeline of both%s: = is proven to come after the line before, ~ is so by clocks alone"),
	    first_line(run) > 0 ? _(", the end of it (--limit for more)") : "");
	for (size_t i = first_line(run); i < run->compare.line_count && result == 0; i++) {
		const struct compare_line *line = &run->compare.line[i];
		const struct record_entry *entry = entry_of(run, line);
		char at[TIME_TEXT];

		result = timeline_describe(&run->record[line->side], entry, text);
		time_format_iso(entry->at, at);
		say(stdout, "%c %s  %s %s", line->is_proven ? '=' : '~', at, station(run, line->side), text);
	}
	return result;
}

static void print_offset(const struct run *run)
{
	const struct audit_compare *c = &run->compare;

	if (c->has_low && c->has_high)
		say(stdout,
		    _("  the clock of %s is ahead of that of %s by %.3f s to %.3f s, as what went both ways shows%s"),
		    station(run, 1), station(run, 0), (double)c->low_us / SECOND_US, (double)c->high_us / SECOND_US,
		    c->low_us > c->high_us ? _("; no one offset fits all") : "");
}

static int print_text(struct run *run)
{
	const struct audit_compare *c = &run->compare;

	say(stdout, _("%s (%s) and %s (%s): THEY %s%s"), run->path[0], station(run, 0), run->path[1], station(run, 1),
	    c->disagreements > 0 ? _("DISAGREE") : _("AGREE"), run->is_verified ? "" : _(" (NOT VERIFIED)"));
	say(stdout, _("  %llu objects stand in both; the log of %s shows %zu entries, that of %s %zu"),
	    (unsigned long long)c->shared, station(run, 0), c->side[0].count, station(run, 1), c->side[1].count);
	print_offset(run);
	for (size_t i = 0; i < c->finding_count; i++)
		if (c->finding[i].is_disagreement)
			say(stdout, _("  DISAGREE: %s"), c->finding[i].text);
	for (size_t i = 0; i < c->finding_count; i++)
		if (!c->finding[i].is_disagreement)
			say(stdout, "  %s", c->finding[i].text);
	if (c->disagreements + c->explained > c->finding_count)
		say(stdout, _("  and %llu more"),
		    (unsigned long long)(c->disagreements + c->explained - c->finding_count));
	print_breaches(run);
	return print_timeline(run);
}

static json_t *json_findings(const struct audit_compare *c)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < c->finding_count; i++)
		json_array_append_new(list, must(json_pack("{s:s,s:b,s:o}", "kind", kind_text(c->finding[i].kind), "disagree",
							   c->finding[i].is_disagreement, "text",
							   json_text(bytes_of(c->finding[i].text)))));
	return list;
}

static json_t *json_breach_list(const struct run *run)
{
	json_t *list = must(json_array());
	struct breach breach;
	size_t at = 0;

	while (next_breach(run, &at, &breach)) {
		char reference[RECORD_REFERENCE];
		json_t *sides = must(json_array());

		audit_record_reference(&run->record[0], breach.message, reference);
		json_array_append_new(sides, json_breaches(breach.bits[0]));
		json_array_append_new(sides, json_breaches(breach.bits[1]));
		json_array_append_new(
		    list, must(json_pack("{s:s,s:s,s:o}", "message", reference, "addressee",
					 run->record[0].name[breach.name].name.text, "breached", sides)));
	}
	return list;
}

static int add_timeline(struct run *run, json_t *list)
{
	static char text[TIMELINE_TEXT];
	int result = 0;

	for (size_t i = first_line(run); i < run->compare.line_count && result == 0; i++) {
		const struct compare_line *line = &run->compare.line[i];
		const struct record_entry *entry = entry_of(run, line);

		result = timeline_describe(&run->record[line->side], entry, text);
		json_array_append_new(
		    list, must(json_pack("{s:s,s:o,s:I,s:o,s:s,s:o}", "station", station(run, line->side), "at",
					 json_time(entry->at), "index", (json_int_t)entry->index, "id",
					 json_hex(run->record[line->side].item[entry->item].id, OBJECT_ID_BYTES), "after",
					 line->is_proven ? "proven" : "clocks", "text", json_text(bytes_of(text)))));
	}
	return result;
}

static json_t *json_side(const struct run *run, size_t side)
{
	return must(json_pack("{s:o,s:s,s:I}", "file", json_text(bytes_of(run->path[side])), "station", station(run, side),
			      "entries", (json_int_t)run->compare.side[side].count));
}

static int print_json(struct run *run)
{
	const struct audit_compare *c = &run->compare;
	json_t *document = must(json_object()), *timeline = must(json_array());
	int result = add_timeline(run, timeline);

	json_object_set_new(document, "a", json_side(run, 0));
	json_object_set_new(document, "b", json_side(run, 1));
	json_object_set_new(document, "verified", json_boolean(run->is_verified));
	json_object_set_new(document, "agree", json_boolean(c->disagreements == 0));
	json_object_set_new(document, "shared", json_integer((json_int_t)c->shared));
	json_object_set_new(document, "disagreements", json_integer((json_int_t)c->disagreements));
	json_object_set_new(document, "explained", json_integer((json_int_t)c->explained));
	json_object_set_new(document, "least_ahead_us", c->has_low ? json_integer(c->low_us) : json_null());
	json_object_set_new(document, "most_ahead_us", c->has_high ? json_integer(c->high_us) : json_null());
	json_object_set_new(document, "findings", json_findings(c));
	json_object_set_new(document, "breaches", json_breach_list(run));
	json_object_set_new(document, "timeline", timeline);
	if (result == 0)
		json_print(json_incref(document), false);
	json_decref(document);
	return result;
}

/* For people; a machine reads the block after it. */
static void put_evidence_text(const struct evidence *e, struct pack_writer *w)
{
	char text[EVIDENCE_TEXT], at[TIME_TEXT], root[2][2 * HASH_BYTES + 1];

	time_format_iso(e->at, at);
	for (size_t i = 0; i < 2; i++)
		key_hex(e->head[i].root, HASH_BYTES, root[i]);
	snprintf(text, sizeof text,
		 _("Two heads of one log that contradict each other.\n\n"
		   "Log:      %.*s\n"
		   "Noted by: comparing the records of both stations, %s\n"
		   "What:     %s\n"
		   "Head 1:   %llu entries, root %s, signed\n"
		   "Head 2:   %llu entries, root %s, signed\n\n"),
		 BYTES(e->origin), at,
		 e->what == EVIDENCE_SAME_SIZE ? _("two roots of one size")
					       : _("no proof leads from the first to the second"),
		 (unsigned long long)e->head[0].size, root[0], (unsigned long long)e->head[1].size, root[1]);
	pack_put_raw(w, bytes_of(text));
}

/* The file that --evidence names, when there is something to put into it. DONE, or REFUSED when that was said. */
static int write_evidence(struct run *run)
{
	static uint8_t encoded[EVIDENCE_BYTES];
	const char *path = args_value(&run->client->args, "--evidence");
	struct pack_writer e = pack_writer(encoded, sizeof encoded), w;
	size_t capacity = EVIDENCE_TEXT + armour_capacity(EVIDENCE_BYTES);
	uint8_t *file;
	int result;

	if (path == NULL || !run->compare.has_evidence)
		return DONE;
	file = must(malloc(capacity));
	w = pack_writer(file, capacity);
	run->compare.evidence.at = (int64_t)time(NULL) * SECOND_US;
	evidence_encode(&run->compare.evidence, &e);
	put_evidence_text(&run->compare.evidence, &w);
	armour_encode(EVIDENCE_LABEL, pack_written(&e), &w);
	result = secret_write(path, 0644, pack_written(&w), true);
	free(file);
	if (result != 0)
		say_error(_("%s can't be written: %s"), path, strerror(-result));
	return result == 0 ? DONE : REFUSED;
}

static int replay_both(struct run *run)
{
	int result = audit_replay_at(&run->record[0], INT64_MAX, &run->replay[0]);

	return result == 0 ? audit_replay_at(&run->record[1], INT64_MAX, &run->replay[1]) : result;
}

/* The records are open. */
static int compare_records(struct run *run)
{
	int result = audit_compare(&run->record[0], &run->record[1], &run->compare), outcome;

	if (result == RESULT_KEY) {
		say_error(_("%s is of %s and %s of %s, and they have no log with each other"), run->path[0],
			  station(run, 0), run->path[1], station(run, 1));
		return REFUSED;
	}
	if (result == 0)
		result = replay_both(run);
	if (result == 0)
		result = run->client->is_json ? print_json(run) : print_text(run);
	outcome = result == 0 ? write_evidence(run) : trusted_failed(_("a record"), result);
	if (run->compare.disagreements > 0)
		outcome = REFUSED;
	audit_replay_finish(&run->replay[0]);
	audit_replay_finish(&run->replay[1]);
	audit_compare_finish(&run->compare);
	return outcome;
}

static bool read_limit(const struct args *args, uint64_t *out)
{
	const char *limit = args_value(args, "--limit");

	*out = LIMIT_DEFAULT;
	if (limit == NULL || (text_number(bytes_of(limit), LIMIT_MAX, out) && *out > 0))
		return true;
	say_error(_("--limit %s: a number from 1 to %d is wanted"), limit, LIMIT_MAX);
	return false;
}

int cmd_log_compare(struct client *client)
{
	static struct run run;
	int outcome;

	run.client = client;
	run.path = client->args.rest;
	if (!read_limit(&client->args, &run.limit))
		return USAGE;
	outcome = trusted_verify(&client->args, run.path, 2, &run.is_verified);
	if (outcome == DONE)
		outcome = trusted_open(run.path[0], &run.record[0]);
	if (outcome != DONE)
		return outcome;
	outcome = trusted_open(run.path[1], &run.record[1]);
	if (outcome == DONE) {
		outcome = compare_records(&run);
		audit_record_close(&run.record[1]);
	}
	audit_record_close(&run.record[0]);
	return outcome;
}
