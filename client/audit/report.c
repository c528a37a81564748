/* Findings as sentences: bad records, notes about the whole, and the verdict on each log. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"

/* Keeps the first bad record, and hands each on to who wants all. */
static void found(struct audit *a, const char *text)
{
	struct audit_report *report = a->report;

	report->bad_count++;
	if (report->bad_record == 0 || report->bad_record > a->number) {
		report->bad_record = a->number;
		snprintf(report->bad, sizeof report->bad, "%s", text);
	}
	if (a->options->on_bad != NULL)
		a->options->on_bad(a->options->ctx, a->number, text);
}

static void report_text(struct audit *a, uint32_t entry, const char *format, va_list arguments)
{
	char where[AUDIT_WHERE] = "", why[AUDIT_TEXT - 160], text[AUDIT_TEXT];

	vsnprintf(why, sizeof why, format, arguments);
	if (entry != IDMAP_NONE)
		snprintf(where, sizeof where, " (entry %llu of %s)", (unsigned long long)logs_index(a, entry),
			 logs_trail_of(a, entry)->origin);
	snprintf(text, sizeof text, "record %llu%s%s: %s", (unsigned long long)a->number, where, a->where, why);
	found(a, text);
}

void report_bad(struct audit *a, uint32_t entry, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report_text(a, entry, format, arguments);
	va_end(arguments);
}

void report_bad_entry(struct audit *a, uint32_t entry, const char *format, ...)
{
	va_list arguments;

	a->number = logs_number(a, entry);
	va_start(arguments, format);
	report_text(a, entry, format, arguments);
	va_end(arguments);
}

void report_note(struct audit *a, bool is_failure, const char *format, ...)
{
	struct audit_report *report = a->report;
	struct audit_note *bigger = realloc(report->note, (report->note_count + 1) * sizeof *bigger);
	va_list arguments;

	if (bigger == NULL) {
		a->error = -ENOMEM;
		return;
	}
	report->note = bigger;
	bigger = &bigger[report->note_count++];
	bigger->is_failure = is_failure;
	va_start(arguments, format);
	vsnprintf(bigger->text, sizeof bigger->text, format, arguments);
	va_end(arguments);
}

void audit_report_finish(struct audit_report *report)
{
	free(report->log);
	free(report->note);
	report->log = NULL;
	report->note = NULL;
	report->log_count = report->note_count = 0;
}

/* " at 141420Z OCT 26 (2026-10-14T14:20:07Z)", or nothing. */
static void format_time(int64_t at_us, char out[96])
{
	char group[TIME_TEXT], iso[TIME_TEXT];

	out[0] = 0;
	if (at_us == 0)
		return;
	time_format_dtg(at_us, group);
	time_format_iso(at_us, iso);
	snprintf(out, 96, " at %s (%s)", group, iso);
}

const char *report_word(uint64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* What is known of a pair log's entries beyond this station's word. */
static void describe_witness(const struct audit_log *log, char *out, size_t size)
{
	unsigned long long rest = log->size - log->witnessed;
	char at[96];

	format_time(log->witnessed_at, at);
	if (log->witnessed == 0)
		snprintf(out, size, "none witnessed by %s; all rest on this station's word alone.", log->peer.text);
	else if (rest == 0)
		snprintf(out, size, "all witnessed by %s%s.", log->peer.text, at);
	else
		snprintf(out, size,
			 "witnessed by %s up to entry %llu%s; %llu %s after that %s on this station's word alone.",
			 log->peer.text, (unsigned long long)log->witnessed, at, rest,
			 report_word(rest, "entry", "entries"), report_word(rest, "rests", "rest"));
}

void audit_log_sentence(const struct audit_report *report, const struct audit_log *log, char out[AUDIT_TEXT])
{
	bool is_station_log = log->peer.text[0] == 0;
	const char *name = is_station_log ? "station log" : log->peer.text;
	unsigned long long present = log->size - log->withheld_entries;
	const char *entries = report_word(present, "entry", "entries");
	char witness[AUDIT_TEXT - 80];
	int len;

	if (!report->is_verified) {
		snprintf(out, AUDIT_TEXT, "%s: %llu %s read, and nothing about them is proven.", name, present,
			 entries);
		return;
	}
	if (is_station_log)
		snprintf(witness, sizeof witness, "all of it rests on the word of %s alone.", report->station.text);
	else
		describe_witness(log, witness, sizeof witness);
	len = snprintf(out, AUDIT_TEXT, "%s: %llu %s verified; %s", name, present, entries, witness);
	if (log->kept > 0 && len > 0 && len < AUDIT_TEXT)
		snprintf(out + len, AUDIT_TEXT - (size_t)len, " What was kept elsewhere shows the first %llu.",
			 (unsigned long long)log->kept);
}
