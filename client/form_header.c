/*
 * The header lines of draft files. Each row of the table takes one value or says what is allowed; the coded
 * fields come after the rows, numbered by their code.
 */
#include "client/form_header.h"

#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"

static bool take_kind(struct parse *p, struct bytes value)
{
	char name[16];
	uint64_t number;

	if (text_number(value, KIND_LAST, &number) && number > 0)
		p->form->message.kind = (uint8_t)number;
	else if (text_lower(value, name, sizeof name) && kind_of(bytes_of(name)) != 0)
		p->form->message.kind = kind_of(bytes_of(name));
	else
		return form_refuse(
		    p, _("Kind is one of alert, notice, inquiry, assist, mitigate, answer, hold, decline, update, "
			 "correct, cancel, close, check, service"));
	return true;
}

static bool take_precedence(struct parse *p, struct bytes value)
{
	char name[16];
	uint64_t number;

	if (text_number(value, PRECEDENCE_FLASH, &number))
		p->form->message.precedence = (uint8_t)number;
	else if (text_lower(value, name, sizeof name) && precedence_of(bytes_of(name)) >= 0)
		p->form->message.precedence = (uint8_t)precedence_of(bytes_of(name));
	else
		return form_refuse(p, _("Precedence is one of flash, immediate, priority, routine"));
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* Contact points parted by commas, sorted as SPEC 5 wants them. */
static bool take_names(struct parse *p, const char *header, struct bytes value, struct bytes *out, size_t max,
		       size_t *out_count)
{
	size_t count = 0;

	do {
		struct bytes name = text_cut(&value, ',');

		if (!name_is_valid(name))
			return form_refuse(
			    p, _("%s: \"%.*s\" is no contact point; names are like tha-cert, parted by commas"), header,
			    BYTES(name));
		if (count == max)
			return form_refuse(p, _("%s names more than %zu contact points"), header, max);
		out[count++] = name;
	} while (value.len > 0);
	qsort(out, count, sizeof *out, compare_names);
	for (size_t i = 1; i < count; i++)
		if (bytes_equal(out[i - 1], out[i]))
			return form_refuse(p, _("%s names %.*s twice"), header, BYTES(out[i]));
	*out_count = count;
	return true;
}

static bool take_to(struct parse *p, struct bytes value)
{
	return take_names(p, "To", value, p->form->message.action, LIMIT_ADDRESSEES, &p->form->message.action_count);
}

static bool take_cc(struct parse *p, struct bytes value)
{
	return take_names(p, "Cc", value, p->form->message.info, LIMIT_ADDRESSEES, &p->form->message.info_count);
}

static bool take_ladder(struct parse *p, struct bytes value)
{
	return take_names(p, "Ladder-To", value, p->form->message.ladder, LIMIT_LADDER_TO,
			  &p->form->message.ladder_count);
}

static bool take_exercise(struct parse *p, struct bytes value)
{
	if (value.len > LIMIT_EXERCISE_BYTES)
		return form_refuse(p, _("Exercise: its name has %zu bytes, at most %d are allowed"), value.len,
				   LIMIT_EXERCISE_BYTES);
	p->form->message.exercise = value;
	return true;
}

static bool take_characters(struct parse *p, const char *header, struct bytes value, size_t max, struct bytes *out)
{
	if (utf8_length(value) > max)
		return form_refuse(p, _("%s has %zu characters, at most %zu are allowed"), header, utf8_length(value),
				   max);
	*out = value;
	return true;
}

static bool take_subject(struct parse *p, struct bytes value)
{
	return take_characters(p, "Subject", value, LIMIT_SUBJECT, &p->form->content.subject);
}

static bool take_remarks(struct parse *p, struct bytes value)
{
	return take_characters(p, "Remarks", value, LIMIT_REMARKS, &p->form->content.remarks);
}

static bool take_language(struct parse *p, struct bytes value)
{
	if (!text_is_language(value))
		return form_refuse(p, _("Language is a tag like en, th or vi (BCP 47)"));
	p->form->content.lang = value;
	return true;
}

static bool is_reference(struct bytes value)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct reference reference;

	return reference_parse(value, &reference) || text_hex(value, id, sizeof id);
}

static bool take_reference(struct parse *p, const char *header, struct bytes value, struct bytes *out)
{
	if (!is_reference(value))
		return form_refuse(p,
				   _("%s is a message's number like \"tha-cert 2026-048 213\" (exercise: \"tha-cert EX "
				     "2026-048 213\"), "
				     "or its id of 64 hex digits"),
				   header);
	*out = value;
	return true;
}

static bool take_in_reply_to(struct parse *p, struct bytes value)
{
	return take_reference(p, "In-Reply-To", value, &p->form->in_reply_to);
}

static bool take_supersedes(struct parse *p, struct bytes value)
{
	return take_reference(p, "Supersedes", value, &p->form->supersedes);
}

static bool take_incident(struct parse *p, struct bytes value)
{
	uint8_t incident[INCIDENT_BYTES];

	if (!text_is(value, "new") && !text_hex(value, incident, sizeof incident) && !is_reference(value))
		return form_refuse(
		    p, _("Incident is \"new\", an incident's 32 hex digits, or the number of a message of it"));
	p->form->incident = value;
	return true;
}

static bool take_time(struct parse *p, const char *header, struct bytes value, int64_t *out)
{
	if (!time_parse(value, out) || *out <= 0)
		return form_refuse(p, _("%s is a time in UTC like 2026-10-14T14:20Z or 141420Z OCT 26"), header);
	return true;
}

static bool take_reply_by(struct parse *p, struct bytes value)
{
	return take_time(p, "Reply-By", value, &p->form->message.reply_by);
}

static bool take_expires(struct parse *p, struct bytes value)
{
	return take_time(p, "Expires", value, &p->form->message.expires);
}

static bool take_tlp(struct parse *p, struct bytes value)
{
	char name[16];
	uint64_t number;

	if (text_number(value, TLP_RED, &number))
		p->form->message.tlp = (uint8_t)number;
	else if (text_lower(value, name, sizeof name) && tlp_of(bytes_of(name)) >= 0)
		p->form->message.tlp = (uint8_t)tlp_of(bytes_of(name));
	else
		return form_refuse(p, _("TLP is one of clear, green, amber, amber+strict, red"));
	return true;
}

static bool take_without_prejudice(struct parse *p, struct bytes value)
{
	if (!text_is(value, "yes") && !text_is(value, "no"))
		return form_refuse(p, _("Without-Prejudice is yes or no"));
	p->form->message.is_without_prejudice = text_is(value, "yes");
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct parse *p, struct bytes value);
} headers[] = {
    {"Kind", take_kind},
    {"Precedence", take_precedence},
    {"To", take_to},
    {"Cc", take_cc},
    {"Exercise", take_exercise},
    {"Subject", take_subject},
    {"Language", take_language},
    {"In-Reply-To", take_in_reply_to},
    {"Supersedes", take_supersedes},
    {"Incident", take_incident},
    {"Reply-By", take_reply_by},
    {"Expires", take_expires},
    {"TLP", take_tlp},
    {"Without-Prejudice", take_without_prejudice},
    {"Ladder-To", take_ladder},
    {"Remarks", take_remarks},
};
#define HEADERS (sizeof headers / sizeof *headers)
_Static_assert(HEADERS + FIELD_LAST <= FORM_LINES, "every header needs its line");

size_t form_header_find(struct bytes name)
{
	for (size_t i = 0; i < HEADERS; i++)
		if (text_is(name, headers[i].name))
			return i;
	for (uint64_t code = 1; code <= FIELD_LAST; code++)
		if (field_row(code) != NULL && text_is(name, field_row(code)->name))
			return HEADERS + code - 1;
	return FORM_LINES;
}

const char *form_header_names(void)
{
	static char names[1024];
	size_t len = 0;

	for (size_t i = 0; i < HEADERS && len < sizeof names; i++)
		len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i > 0 ? ", " : "", headers[i].name);
	for (uint64_t code = 1; code <= FIELD_LAST && len < sizeof names; code++)
		if (field_row(code) != NULL)
			len += (size_t)snprintf(names + len, sizeof names - len, ", %s", field_row(code)->name);
	return names;
}

bool form_header_take(struct parse *p, size_t row, struct bytes value)
{
	return row < HEADERS ? headers[row].take(p, value) : form_header_field(p, row - HEADERS + 1, value);
}

/* Fields stand sorted by code (SPEC 5). */
static void keep_field(struct content *c, uint64_t code, struct bytes value)
{
	size_t at = 0;

	while (at < c->field_count && c->field[at].code < code)
		at++;
	if (at == c->field_count || c->field[at].code != code) {
		memmove(&c->field[at + 1], &c->field[at], (c->field_count - at) * sizeof *c->field);
		c->field_count++;
	}
	c->field[at].code = code;
	c->field[at].value = value;
}

bool form_header_field(struct parse *p, uint64_t code, struct bytes value)
{
	struct pack_writer *w = &p->form->values;
	size_t start = w->len;
	char why[FIELD_WHY];

	if (!field_parse(code, value, w, why))
		return form_refuse(p, "%s", why);
	if (w->is_over)
		return form_refuse(p, _("%s is too long"), field_row(code)->name);
	keep_field(&p->form->content, code, (struct bytes){w->data + start, w->len - start});
	return true;
}

static bool is_among(const struct bytes *names, size_t count, struct bytes name)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(names[i], name))
			return true;
	return false;
}

/* A refusal at the line of a header, where the file has it. */
static void move_to(struct parse *p, const char *header)
{
	unsigned line = p->form->line[form_header_find(bytes_of(header))];

	if (line != 0)
		p->line = line;
}

bool form_header_check(struct parse *p)
{
	const struct message *m = &p->form->message;

	move_to(p, "Cc");
	if (m->action_count + m->info_count > LIMIT_ADDRESSEES)
		return form_refuse(p, _("To and Cc together name %zu contact points, at most %d are allowed"),
				   m->action_count + m->info_count, LIMIT_ADDRESSEES);
	for (size_t i = 0; i < m->info_count; i++)
		if (is_among(m->action, m->action_count, m->info[i]))
			return form_refuse(p, _("%.*s stands in To and in Cc"), BYTES(m->info[i]));
	move_to(p, "Ladder-To");
	for (size_t i = 0; i < m->ladder_count; i++)
		if (message_addresses(m, m->ladder[i]) != 0)
			return form_refuse(p, _("%.*s is an addressee and stands in Ladder-To"), BYTES(m->ladder[i]));
	return true;
}
