/*
 * What makes a draft complete: the mandatory fields of each kind and the limits in characters, told to the drafter
 * one at a time in a sentence.
 */
#include <stdarg.h>
#include <stdio.h>

#include "proto/mark.h"
#include "proto/message.h"

#define FIELDS_MAX 8

struct form {
	unsigned needs;
	enum field field[FIELDS_MAX]; /* zero-ended unless full */
};

static const struct form forms[KIND_LAST + 1] = {
    [KIND_ALERT] = {0,
		    {FIELD_STATUS, FIELD_CLASS, FIELD_SEVERITY, FIELD_DETECTED, FIELD_ONGOING, FIELD_EFFECTS,
		     FIELD_ASKED, FIELD_CONTACT}},
    [KIND_NOTICE] = {0, {FIELD_STATUS, FIELD_CLASS, FIELD_SEVERITY}},
    [KIND_INQUIRY] = {NEED_TEXT | NEED_REPLY_BY, {0}},
    [KIND_ASSIST] = {NEED_REPLY_BY, {FIELD_CLASS, FIELD_ASKED, FIELD_CONTACT}},
    [KIND_MITIGATE] = {NEED_REPLY_BY, {FIELD_CLASS, FIELD_ASKED, FIELD_CONTACT}},
    [KIND_ANSWER] = {NEED_IN_REPLY_TO, {0}},
    [KIND_HOLD] = {NEED_IN_REPLY_TO, {FIELD_NEXT_UPDATE}},
    [KIND_DECLINE] = {NEED_IN_REPLY_TO, {FIELD_DECLINE_REASON}},
    [KIND_UPDATE] = {NEED_SUPERSEDES, {FIELD_STATUS}},
    [KIND_CORRECT] = {NEED_SUPERSEDES, {FIELD_CORRECT_REASON}},
    [KIND_CANCEL] = {NEED_SUPERSEDES, {FIELD_CORRECT_REASON}},
    [KIND_CLOSE] = {NEED_INCIDENT, {FIELD_STATUS}},
    [KIND_SERVICE] = {0, {FIELD_SERVICE}},
};

unsigned kind_needs(uint8_t kind)
{
	return kind <= KIND_LAST ? forms[kind].needs : 0;
}

bool kind_asks_field(uint8_t kind, enum field field)
{
	for (size_t i = 0; kind <= KIND_LAST && i < FIELDS_MAX; i++)
		if (forms[kind].field[i] == field)
			return true;
	return false;
}

/* Where the sentence goes. */
struct sentence {
	char *out;
	size_t size;
};

/* Writes the sentence and gives false, so that a check reads `return refuse(…)`. */
__attribute__((format(printf, 2, 3))) static bool refuse(struct sentence *s, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(s->out, s->size, format, arguments);
	va_end(arguments);
	return false;
}

static bool check_head(struct sentence *s, const struct message *m, const struct content *c)
{
	if (kind_name(m->kind) == NULL)
		return refuse(s, "The kind of message is not known.");
	if (precedence_name(m->precedence) == NULL)
		return refuse(s, "The precedence is not known.");
	if (m->action_count == 0)
		return refuse(s, "No addressee is named for action.");
	if (c->lang.len == 0)
		return refuse(s, "The language of the text is not given.");
	return true;
}

static bool check_limit(struct sentence *s, const char *what, struct bytes text, size_t max)
{
	size_t length = utf8_length(text);

	return length <= max || refuse(s, "%s has %zu characters; at most %zu are allowed.", what, length, max);
}

static bool check_text(struct sentence *s, const struct message *m, const struct content *c)
{
	const char *name = precedence_name(m->precedence);
	size_t max = precedence_text_limit(m->precedence), length = utf8_length(c->text);

	if (length > max)
		return refuse(s, "The text has %zu characters; %s allows at most %zu.", length, name, max);
	for (size_t i = 0; i < c->translation_count; i++) {
		length = utf8_length(c->translation[i].text);
		if (length > max)
			return refuse(s, "Translation %zu has %zu characters; %s allows at most %zu.", i + 1, length, name,
				   max);
		if (c->translation[i].lang.len == 0)
			return refuse(s, "The language of translation %zu is not given.", i + 1);
	}
	if (c->translation_count > 0 && c->text.len == 0)
		return refuse(s, "A translation never stands alone: the original text is empty.");
	return check_limit(s, N_("The subject"), c->subject, LIMIT_SUBJECT) &&
	       check_limit(s, N_("The remarks"), c->remarks, LIMIT_REMARKS);
}

static bool check_needs(struct sentence *s, const struct message *m, const struct content *c, unsigned needs)
{
	const char *kind = kind_name(m->kind);

	if ((needs & NEED_TEXT) && c->text.len == 0)
		return refuse(s, "The form of %s asks for a text.", kind);
	if ((needs & NEED_REPLY_BY) && m->reply_by == 0)
		return refuse(s, "The form of %s asks for a reply-by time.", kind);
	if ((needs & NEED_IN_REPLY_TO) && !m->has_in_reply_to)
		return refuse(s, "The form of %s asks which message it replies to.", kind);
	if ((needs & NEED_SUPERSEDES) && !m->has_supersedes)
		return refuse(s, "The form of %s asks which message it supersedes.", kind);
	if (m->has_supersedes && !message_supersedes(m))
		return refuse(s, "A message of kind %s supersedes none; update, correct and cancel do.", kind);
	if ((needs & NEED_INCIDENT) && !m->has_incident)
		return refuse(s, "The form of %s asks for an incident.", kind);
	return true;
}

/* An empty list or text fills no field. */
static bool is_filled(struct bytes value)
{
	return value.len > 0 && value.data[0] != 0x90 && value.data[0] != 0xa0;
}

static bool check_fields(struct sentence *s, const struct message *m, const struct content *c, const struct form *form)
{
	for (size_t i = 0; i < FIELDS_MAX && form->field[i] != 0; i++)
		if (!is_filled(content_field(c, form->field[i])))
			return refuse(s, "The form of %s asks for the field \"%s\".", kind_name(m->kind),
				   field_row(form->field[i])->name);
	return true;
}

static bool check_hold(struct sentence *s, const struct content *c, int answers_precedence, int64_t now_us)
{
	bool is_flash = answers_precedence == PRECEDENCE_FLASH;
	int64_t max_us = precedence_hold_limit(is_flash ? PRECEDENCE_FLASH : PRECEDENCE_ROUTINE), until = 0;

	if (!content_time(c, FIELD_NEXT_UPDATE, &until) || until <= now_us)
		return refuse(s, "The time until which to hold must lie ahead.");
	if (until - max_us > now_us)
		return refuse(s,
			      is_flash ? N_("A hold on a flash message lasts at most %d hours.")
				       : N_("A hold lasts at most %d hours."),
			      (int)(max_us / HOUR_US));
	return true;
}

/* A time that the field must have, or may. */
static bool check_ahead(struct sentence *s, const struct content *c, int64_t now_us, const char *what)
{
	int64_t until;

	return !content_time(c, FIELD_NEXT_UPDATE, &until) || until > now_us ||
	       refuse(s, "The time until which %s must lie ahead.", what);
}

/* Without a least precedence minimise is lifted, without a time silence is. */
static bool check_service(struct sentence *s, const struct message *m, const struct content *c, int64_t now_us)
{
	uint64_t type = 0, least = PRECEDENCE_FLASH;
	int64_t until = 0;

	content_code(c, FIELD_SERVICE, &type);
	content_code(c, FIELD_LEAST, &least);
	content_time(c, FIELD_NEXT_UPDATE, &until);
	if (type == 0 || type > SERVICE_HANDOVER)
		return refuse(s, "The type of the service message is not known.");
	if (type == SERVICE_TRACER && !m->has_in_reply_to)
		return refuse(s, "A tracer asks which message it is about (in-reply-to).");
	if (type == SERVICE_HANDOVER && c->text.len == 0)
		return refuse(s, "A watch handover asks for a text.");
	if (type == SERVICE_MINIMISE && (least < PRECEDENCE_PRIORITY || least > PRECEDENCE_FLASH))
		return refuse(s, "The least precedence of minimise is priority, immediate or flash.");
	if (!check_ahead(s, c, now_us, type == SERVICE_SILENCE ? N_("to be silent") : N_("to minimise")))
		return false;
	return type != SERVICE_SILENCE || until - SILENCE_MAX_US <= now_us ||
	       refuse(s, "A silence notice lasts at most %d hours; it can be sent again.",
		   (int)(SILENCE_MAX_US / HOUR_US));
}

bool message_form_complete(const struct message *message, const struct content *content, int answers_precedence,
			   int64_t now_us, char *out, size_t size)
{
	struct sentence s = {out, size};

	if (size > 0)
		out[0] = 0;
	if (!check_head(&s, message, content) || !check_text(&s, message, content) ||
	    !check_needs(&s, message, content, forms[message->kind].needs) ||
	    !check_fields(&s, message, content, &forms[message->kind]))
		return false;
	if (message->kind == KIND_SERVICE)
		return check_service(&s, message, content, now_us);
	return message->kind != KIND_HOLD || check_hold(&s, content, answers_precedence, now_us);
}
