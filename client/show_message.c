/* The page of one message: what was released, by whom, to whom, and what became of it. */
#include <stdlib.h>
#include <string.h>
#include "client/cells.h"
#include "client/field.h"
#include "client/lang.h"
#include "client/safe.h"
#include "client/say.h"
#include "client/show.h"
#include "client/table.h"
#include "client/text.h"

#define HEADING_CELLS 14
#define WIDE 120 /* from here on original and translation stand side by side */
#define BETWEEN " | "
#define BETWEEN_CELLS 3
#define INDENT_CELLS 2
#define LANGUAGE_SHOWN 36
#define INDENT "  " /* of all text that people wrote, so that none of its lines can pass for a line of ours */

static void write_line(FILE *out, const char *heading, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void write_line(FILE *out, const char *heading, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	say_field(out, HEADING_CELLS, heading, "%s", text);
	free(text);
}

static void write_names(FILE *out, const char *heading, const struct bytes *names, size_t count)
{
	char *text = NULL;
	size_t len;
	FILE *list;

	if (count == 0)
		return;
	list = must(open_memstream(&text, &len));
	for (size_t i = 0; i < count; i++)
		fprintf(list, "%s%.*s", i > 0 ? ", " : "", BYTES(names[i]));
	fclose(list);
	write_line(out, heading, "%s", text);
	free(text);
}

static void write_time(FILE *out, const char *heading, int64_t at, const char *after)
{
	char dtg[TIME_TEXT], iso[TIME_TEXT];

	if (at == 0)
		return;
	time_format_dtg(at, dtg);
	time_format_iso(at, iso);
	write_line(out, heading, "%s (%s%s)", dtg, iso, after);
}

static void write_title(FILE *out, const struct message *m)
{
	char number[SHOW_NUMBER];
	char *upper,
	    *title = say_format("%s  %s  TLP:%s", lang_name(precedence_name(m->precedence)),
				lang_name(kind_name(m->kind)), tlp_name(m->tlp) != NULL ? tlp_name(m->tlp) : "?");

	upper = text_upper(title);
	show_number(m, number);
	say(out, "%s  %s%s", number, upper, m->is_without_prejudice ? _("  without prejudice") : "");
	free(upper);
	free(title);
}

static void write_times(FILE *out, const struct shown *s)
{
	const struct message *m = &s->message;
	char error[128];

	if (m->clock_error == CLOCK_ERROR_UNKNOWN)
		strcpy(error, _(", clock error unknown"));
	else
		snprintf(error, sizeof error, _(", clock error %u ms"), m->clock_error);
	write_time(out, _("Released:"), m->released_at, error);
	if (!s->raw.is_sent)
		write_time(out, _("Custody here:"), s->raw.at, "");
	write_time(out, _("Reply by:"), m->reply_by, "");
	write_time(out, _("Expires:"), m->expires, "");
}

static void write_references(FILE *out, const struct shown *s)
{
	const struct message *m = &s->message;
	char hex[2 * OBJECT_ID_BYTES + 1];

	key_hex(m->in_reply_to, sizeof m->in_reply_to, hex);
	if (m->has_in_reply_to)
		write_line(out, _("In reply to:"), "%.*s",
			   BYTES(s->raw.in_reply_to.len > 0 ? s->raw.in_reply_to : bytes_of(hex)));
	key_hex(m->supersedes, sizeof m->supersedes, hex);
	if (m->has_supersedes)
		write_line(out, _("Supersedes:"), "%.*s",
			   BYTES(s->raw.supersedes.len > 0 ? s->raw.supersedes : bytes_of(hex)));
	key_hex(m->incident, sizeof m->incident, hex);
	if (m->has_incident)
		write_line(out, _("Incident:"), "%s", hex);
	key_hex(s->raw.id, sizeof s->raw.id, hex);
	write_line(out, _("Id:"), "%s", hex);
}

static void write_fields(FILE *out, const struct content *c)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field_row *row = field_row(c->field[i].code);
		char *text = field_label(c->field[i].code, c->field[i].value);
		char *heading = row != NULL ? say_format("%s:", _(row->name))
					    : say_format(_("field %llu:"), (unsigned long long)c->field[i].code);

		write_line(out, heading, "%s", text);
		free(heading);
		free(text);
	}
}

static bool is_nfc(struct bytes text)
{
	size_t len;
	char *nfc = text_nfc(text, &len);
	bool is_same = bytes_equal(text, (struct bytes){(uint8_t *)nfc, len});

	free(nfc);
	return is_same;
}

static void write_text(FILE *out, struct bytes text, int width)
{
	if (text.len == 0)
		return;
	fputc('\n', out);
	if (!is_nfc(text))
		say(out, _("(this text is not in NFC: it may look like another text and not be the same)"));
	say_text(out, text, INDENT, width);
}

/* A line in so many cells, filled up with blanks. */
static void write_cell(FILE *out, struct bytes line, int cells)
{
	int width = cells_width(line);

	fprintf(out, "%.*s%*s", BYTES(line), cells > width ? cells - width : 0, "");
}

/* The original and a translation side by side, where both have room. */
static void write_beside(FILE *out, struct bytes left, struct bytes right, int width)
{
	int half = (width - BETWEEN_CELLS) / 2 - INDENT_CELLS;
	char *safe[2] = {safe_text(left, SAFE_LINES), safe_text(right, SAFE_LINES)};
	struct bytes rest[2] = {bytes_of(safe[0]), bytes_of(safe[1])};
	bool has[2];

	fputc('\n', out);
	do {
		struct bytes line[2] = {{NULL, 0}, {NULL, 0}};

		for (int i = 0; i < 2; i++)
			has[i] = cells_line(&rest[i], half, &line[i]);
		if (!has[0] && !has[1])
			break;
		fputs(INDENT, out);
		write_cell(out, line[0], half);
		fputs(BETWEEN INDENT, out);
		fprintf(out, "%.*s\n", BYTES(line[1]));
	} while (has[0] || has[1]);
	free(safe[0]);
	free(safe[1]);
}

static char *translation_of(const struct content *c, size_t i)
{
	return say_format(_("--- translation %.*s by %s"), BYTES(c->translation[i].lang),
			  c->translation[i].by == 1 ? _("an officer") : _("A MACHINE, not checked by a person"));
}

static void write_pair(FILE *out, const struct content *c, int width)
{
	char *right = translation_of(c, 0), *left = say_format(_("--- original %.*s"), BYTES(c->lang));
	char *safe_left = safe_text(bytes_of(left), SAFE_LINE), *safe_right = safe_text(bytes_of(right), SAFE_LINE);

	fputc('\n', out);
	write_cell(out, bytes_of(safe_left), (width - BETWEEN_CELLS) / 2);
	fprintf(out, BETWEEN "%s\n", safe_right);
	write_beside(out, c->text, c->translation[0].text, width);
	free(left);
	free(right);
	free(safe_left);
	free(safe_right);
}

static void write_content(FILE *out, const struct content *c, int width)
{
	bool is_beside = width >= WIDE && c->translation_count > 0 && c->text.len > 0 && is_nfc(c->text) &&
			 is_nfc(c->translation[0].text) && c->lang.len < LANGUAGE_SHOWN;
	char *heading;

	write_line(out, _("Subject:"), "%.*s", BYTES(c->subject));
	write_line(out, _("Language:"), "%.*s", BYTES(c->lang));
	write_fields(out, c);
	for (size_t i = 0; i < c->attachment_count; i++)
		write_line(out, i == 0 ? _("Attachments:") : "", _("%zu  %.*s (%.*s, %llu bytes)"), i + 1,
			   BYTES(c->attachment[i].name), BYTES(c->attachment[i].media_type),
			   (unsigned long long)c->attachment[i].len);
	if (c->remarks.len > 0) {
		say(out, _("Remarks:"));
		say_text(out, c->remarks, INDENT, width);
	}
	if (is_beside)
		write_pair(out, c, width);
	else
		write_text(out, c->text, width);
	for (size_t i = is_beside; i < c->translation_count; i++) {
		fputc('\n', out);
		heading = translation_of(c, i);
		say(out, "%s", heading);
		free(heading);
		write_text(out, c->translation[i].text, width);
	}
}

static void write_since(struct table *table, int64_t at, int64_t released_at)
{
	char dtg[TIME_TEXT], span[TIME_TEXT];

	if (at == 0) {
		table_cell(table, "-");
		return;
	}
	show_time(at, dtg);
	show_span(at - released_at, span);
	table_cell(table, "%s %s%s", dtg, at >= released_at ? "+" : "", span);
}

static void write_addressees(FILE *out, const struct shown *s, int width)
{
	static const char *const heads[] = {N_("ADDRESSEE"),	N_("FOR"),	N_("CUSTODY"), N_("SHOWN"),
					    N_("ACKNOWLEDGED"), N_("ANSWERED"), N_("STATE"),   NULL};
	struct table table;

	table_init(&table, heads);
	for (size_t i = 0; i < s->raw.delivery_count; i++) {
		const struct control_delivery *d = &s->raw.delivery[i];
		char why[SHOW_WHY];

		table_row(&table, "");
		table_cell(&table, "%.*s", BYTES(d->name));
		table_cell(&table, "%s", show_part(d->part));
		write_since(&table, d->custody_at, s->message.released_at);
		write_since(&table, d->shown_at, s->message.released_at);
		write_since(&table, d->acknowledged_at, s->message.released_at);
		write_since(&table, d->answered_at, s->message.released_at);
		show_why(d, why);
		table_cell(&table, d->holds > 1 ? _("%s (hold %llu)") : "%s", why, (unsigned long long)d->holds);
	}
	table.is_whole = true;
	table.width = width;
	table_print(&table, out, "");
	table_finish(&table);
}

/* How far the clocks may have been off, as the receipts say that are here. */
static void write_clock_errors(FILE *out, const struct control_delivery *d)
{
	static const char *const what[] = {N_("custody"), N_("shown"), N_("acknowledged")};
	const int64_t at[] = {d->custody_at, d->shown_at, d->acknowledged_at};
	char text[3][SHOW_WHY] = {"", "", ""};
	const char *between = "";

	for (size_t i = 0; i < 3; i++) {
		if (at[i] == 0)
			continue;
		if (d->clock_error[i] == CLOCK_ERROR_UNKNOWN)
			snprintf(text[i], sizeof text[i], _("%s%s unknown"), between, _(what[i]));
		else
			snprintf(text[i], sizeof text[i], "%s%s ±%u ms", between, _(what[i]), d->clock_error[i]);
		between = ", ";
	}
	if (between[0] != '\0')
		say(out, _("%.*s, clock error: %s%s%s"), BYTES(d->name), text[0], text[1], text[2]);
}

static void write_receipts(FILE *out, const struct shown *s)
{
	static const char *const understood[] = {"", N_(", understood"), N_(", understood in part"),
						 N_(", NOT understood")};

	for (size_t i = 0; i < s->raw.delivery_count; i++) {
		const struct control_delivery *d = &s->raw.delivery[i];

		write_clock_errors(out, d);
		if (d->acknowledged_at == 0 || (d->understood == 0 && d->note.len == 0))
			continue;
		say(out, _("%.*s acknowledged by %.*s%s%s%.*s"), BYTES(d->name), BYTES(d->officer),
		    d->understood > 0 ? _(understood[d->understood & 3]) : "", d->note.len > 0 ? ": " : "",
		    BYTES(d->note));
	}
}

/* A superseded message stays on record, and is told apart before all its words. */
static void write_struck(FILE *out, const struct shown *s)
{
	char struck[SHOW_SUPERSEDED];

	if (show_superseded(&s->raw, struck))
		say(out, "*** %s ***", struck);
}

/* The incident, with each with whom it is not simply open. */
static void write_closes(FILE *out, const struct shown *s)
{
	for (size_t i = 0; i < s->raw.delivery_count; i++) {
		const struct control_delivery *d = &s->raw.delivery[i];

		if (d->incident > INCIDENT_OPEN)
			write_line(out, _("Incident:"), _("%s with %.*s"),
				   lang_name(incident_state_text((enum incident_state)d->incident)),
				   BYTES(s->raw.is_sent ? d->name : s->message.from));
	}
}

static void print_page(char *text, size_t len, struct bytes exercise)
{
	char *banner = show_banner(exercise);

	say_page(stdout, (struct bytes){(uint8_t *)text, len}, banner);
	free(banner);
	free(text);
}

void show_message_write(FILE *out, const struct shown *s, int width)
{
	write_struck(out, s);
	write_title(out, &s->message);
	write_line(out, _("From:"), _("%.*s, drafted by %.*s"), BYTES(s->message.from), BYTES(s->message.drafter));
	write_names(out, _("Released by:"), s->message.releaser, s->message.releaser_count);
	write_names(out, _("To:"), s->message.action, s->message.action_count);
	write_names(out, _("Cc:"), s->message.info, s->message.info_count);
	write_names(out, _("Ladder to:"), s->message.ladder, s->message.ladder_count);
	write_times(out, s);
	write_references(out, s);
	if (s->has_content)
		write_content(out, &s->content, width);
	if (s->raw.delivery_count > 0) {
		fputc('\n', out);
		write_addressees(out, s, width);
		write_receipts(out, s);
		write_closes(out, s);
	}
}

/* What the banner leaves of the terminal's width; 0 elsewhere. */
static int page_width(struct bytes exercise)
{
	char *banner = show_banner(exercise);
	int width = say_width() > 0 ? say_width() - cells_width(bytes_of(banner)) : 0;

	free(banner);
	return width;
}

void show_message(const struct shown *s)
{
	char *text = NULL;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	show_message_write(out, s, page_width(s->message.exercise));
	fclose(out);
	print_page(text, len, s->message.exercise);
}

void show_track(const struct shown *s)
{
	char *text = NULL, number[SHOW_NUMBER], released[TIME_TEXT];
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	show_number(&s->message, number);
	show_time(s->message.released_at, released);
	say(out, _("%s released %s: %.*s"), number, released, BYTES(s->raw.subject));
	write_struck(out, s);
	write_addressees(out, s, page_width(s->message.exercise));
	write_receipts(out, s);
	write_closes(out, s);
	fclose(out);
	print_page(text, len, s->message.exercise);
}
