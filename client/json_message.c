/* Messages and drafts as JSON. */
#include "client/field.h"
#include "client/json.h"

#include <stdlib.h>

#include "client/say.h"

static json_t *json_name(const char *name)
{
	return name != NULL ? must(json_string(name)) : json_null();
}

static json_t *json_list(const struct bytes *items, size_t count)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_text(items[i]));
	return list;
}

static json_t *json_optional(bool is_there, const uint8_t *data, size_t len)
{
	return is_there ? json_hex(data, len) : json_null();
}

/* A field's value as its shape has it: a number, a text or a list; unknown shapes as null. */
json_t *json_value(struct pack_reader *r)
{
	uint8_t head = r->next < r->end ? *r->next : 0xc0;

	if ((head & 0xf0) == 0x90 || head == 0xdc || head == 0xdd) {
		size_t count = pack_read_array(r, LIMIT_FIELD_LIST);
		json_t *list = must(json_array());

		for (size_t i = 0; i < count; i++)
			json_array_append_new(list, json_value(r));
		return list;
	}
	if ((head & 0xe0) == 0xa0 || (head >= 0xd9 && head <= 0xdb))
		return json_text(pack_read_str(r, SIZE_MAX));
	if (head >= 0xc2 && head <= 0xc3)
		return json_boolean(pack_read_bool(r));
	if (head >= 0xc4 && head <= 0xc6) {
		struct bytes bin = pack_read_bin(r, SIZE_MAX);

		return json_hex(bin.data, bin.len);
	}
	return must(json_integer(pack_read_int(r)));
}

static json_t *json_fields(const struct content *c)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field_row *row = field_row(c->field[i].code);
		struct pack_reader r = pack_reader(c->field[i].value);
		char *text = field_text(c->field[i].code, c->field[i].value);

		json_array_append_new(list, must(json_pack("{s:I,s:o,s:o,s:o}", "code", (json_int_t)c->field[i].code,
							   "name", json_name(row != NULL ? row->name : NULL), "value",
							   json_value(&r), "text", json_text(bytes_of(text)))));
		free(text);
	}
	return list;
}

static json_t *json_translations(const struct content *c)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < c->translation_count; i++)
		json_array_append_new(list,
				      must(json_pack("{s:o,s:s,s:o}", "language", json_text(c->translation[i].lang),
						     "by", c->translation[i].by == 1 ? "officer" : "machine", "text",
						     json_text(c->translation[i].text))));
	return list;
}

void json_set_content(json_t *document, const struct content *c)
{
	json_object_set_new(document, "subject", json_text(c->subject));
	json_object_set_new(document, "language", json_text(c->lang));
	json_object_set_new(document, "fields", json_fields(c));
	json_object_set_new(document, "text", json_text(c->text));
	json_object_set_new(document, "translations", json_translations(c));
	json_object_set_new(document, "attachments", json_attachments(c));
	json_object_set_new(document, "remarks", json_text(c->remarks));
}

void json_set_header(json_t *document, const struct message *m)
{
	json_object_set_new(document, "kind", json_name(kind_name(m->kind)));
	json_object_set_new(document, "kind_code", json_integer(m->kind));
	json_object_set_new(document, "exercise", m->exercise.len > 0 ? json_text(m->exercise) : json_null());
	json_object_set_new(document, "from", json_text(m->from));
	json_object_set_new(document, "action", json_list(m->action, m->action_count));
	json_object_set_new(document, "info", json_list(m->info, m->info_count));
	json_object_set_new(document, "precedence", json_name(precedence_name(m->precedence)));
	json_object_set_new(document, "drafter", json_text(m->drafter));
	json_object_set_new(document, "incident", json_optional(m->has_incident, m->incident, sizeof m->incident));
	json_object_set_new(document, "in_reply_to",
			    json_optional(m->has_in_reply_to, m->in_reply_to, OBJECT_ID_BYTES));
	json_object_set_new(document, "supersedes", json_optional(m->has_supersedes, m->supersedes, OBJECT_ID_BYTES));
	json_object_set_new(document, "reply_by", json_time(m->reply_by));
	json_object_set_new(document, "expires", json_time(m->expires));
	json_object_set_new(document, "tlp", json_name(tlp_name(m->tlp)));
	json_object_set_new(document, "without_prejudice", json_boolean(m->is_without_prejudice));
	json_object_set_new(document, "ladder_to", json_list(m->ladder, m->ladder_count));
}

static json_t *json_header(const struct message *m)
{
	json_t *document = must(json_object());

	json_set_header(document, m);
	return document;
}

json_t *json_breaches(uint32_t bits)
{
	static const char *const names[] = {"custody", "opened", "acknowledge", "answer"};
	json_t *list = must(json_array());

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if ((bits & 1u << i) != 0)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

/* Of the receipts that are here. */
static json_t *json_clock_errors(const struct control_delivery *d)
{
	static const char *const names[] = {"custody", "shown", "acknowledged"};
	const int64_t at[] = {d->custody_at, d->shown_at, d->acknowledged_at};
	json_t *document = must(json_object());

	for (size_t i = 0; i < 3; i++)
		json_object_set_new(document, names[i],
				    at[i] == 0 || d->clock_error[i] == CLOCK_ERROR_UNKNOWN ? json_null()
											   : json_integer(d->clock_error[i]));
	return document;
}

static json_t *json_delivery(const struct control_delivery *d)
{
	static const char *const understood[] = {NULL, "yes", "partly", "no"};
	static const char *const why[] = {"not-sent", "no-path",  "refused", "custody", "shown",    "acknowledged",
					  "hold",     "declined", "silent",  "expired", "answered", "info"};
	json_t *document = must(json_object());
	char text[SHOW_WHY];

	show_why(d, text);
	json_object_set_new(document, "name", json_text(d->name));
	json_object_set_new(document, "for", json_string(show_part(d->part)));
	json_object_set_new(document, "sent_at", json_time(d->sent_at));
	json_object_set_new(document, "custody_at", json_time(d->custody_at));
	json_object_set_new(document, "shown_at", json_time(d->shown_at));
	json_object_set_new(document, "acknowledged_at", json_time(d->acknowledged_at));
	json_object_set_new(document, "answered_at", json_time(d->answered_at));
	json_object_set_new(document, "clock_error_ms", json_clock_errors(d));
	json_object_set_new(document, "understood", json_name(d->understood < 4 ? understood[d->understood] : NULL));
	json_object_set_new(document, "refused_reason",
			    d->refused_reason > 0 ? json_integer(d->refused_reason) : json_null());
	json_object_set_new(document, "officer", json_text(d->officer));
	json_object_set_new(document, "note", json_text(d->note));
	json_object_set_new(document, "holds", json_integer((json_int_t)d->holds));
	json_object_set_new(document, "why", json_name(d->why <= WHY_INFO ? why[d->why] : NULL));
	json_object_set_new(document, "why_at", json_time(d->why_at));
	json_object_set_new(document, "why_text", json_string(text));
	json_object_set_new(document, "percent", json_integer(d->percent));
	json_object_set_new(document, "incident", json_text(bytes_of(incident_state_text((enum incident_state)d->incident))));
	json_object_set_new(document, "due_at", json_time(d->due_at));
	json_object_set_new(document, "ladder_step", json_integer(d->step));
	json_object_set_new(document, "ladder_waiting", json_integer(d->waiting));
	json_object_set_new(document, "breached", json_breaches(d->breached));
	return document;
}

json_t *json_message(const struct shown *s)
{
	json_t *document = json_header(&s->message), *deliveries = must(json_array());
	char number[SHOW_NUMBER];

	show_number(&s->message, number);
	json_object_set_new(document, "id", json_hex(s->raw.id, sizeof s->raw.id));
	json_object_set_new(document, "number", json_text(bytes_of(number)));
	json_object_set_new(document, "direction", json_string(s->raw.is_sent ? "sent" : "received"));
	json_object_set_new(document, "at", json_time(s->raw.at));
	json_object_set_new(document, "released_at", json_time(s->message.released_at));
	json_object_set_new(document, "clock_error_ms",
			    s->message.clock_error == CLOCK_ERROR_UNKNOWN ? json_null()
									  : json_integer(s->message.clock_error));
	json_object_set_new(document, "releasers", json_list(s->message.releaser, s->message.releaser_count));
	json_object_set_new(document, "card_serial", json_integer((json_int_t)s->message.card_serial));
	json_object_set_new(document, "in_reply_to_number", json_text(s->raw.in_reply_to));
	json_object_set_new(document, "supersedes_number", json_text(s->raw.supersedes));
	json_object_set_new(document, "superseded",
			    s->raw.superseded > 0 ? json_name(kind_name(s->raw.superseded)) : json_null());
	json_object_set_new(document, "superseded_by", json_text(s->raw.superseded_by));
	json_object_set_new(document, "superseded_at", json_time(s->raw.superseded_at));
	json_object_set_new(document, "subject", json_text(s->raw.subject));
	if (s->has_content)
		json_set_content(document, &s->content);
	for (size_t i = 0; i < s->raw.delivery_count; i++)
		json_array_append_new(deliveries, json_delivery(&s->raw.delivery[i]));
	json_object_set_new(document, "addressees", deliveries);
	return document;
}

json_t *json_draft(const struct control_draft *d, const struct message *message, const struct content *content)
{
	json_t *document = json_header(message);

	json_object_set_new(document, "draft", json_integer((json_int_t)d->id));
	json_object_set_new(document, "made_at", json_time(d->made_at));
	json_object_set_new(document, "drafter", json_text(d->drafter));
	json_object_set_new(document, "approvals", json_list(d->approval, d->approval_count));
	json_object_set_new(document, "approvals_needed", json_integer((json_int_t)d->approvals_needed));
	json_object_set_new(document, "missing", json_text(d->missing));
	json_object_set_new(document, "release_at", json_time(d->release_at));
	json_object_set_new(document, "release_failure", json_text(d->failure));
	if (content != NULL)
		json_set_content(document, content);
	return document;
}

json_t *json_trace(const struct control_trace *t)
{
	struct pack_reader r = pack_reader(t->stages);
	json_t *document = must(json_object()), *stages = must(json_array());
	size_t count = t->stages.len > 0 ? pack_read_array(&r, LIMIT_FIELD_LIST) : 0;

	for (size_t i = 0; i < count && r.error == 0; i++) {
		const char *name;
		uint64_t code;

		pack_expect_array(&r, 2);
		code = pack_read_uint(&r, INT64_MAX);
		name = field_code_name(FIELD_STAGES, code);
		json_array_append_new(stages,
				      must(json_pack("{s:I,s:o,s:o}", "code", (json_int_t)code, "stage", json_name(name),
						     "at", json_time(pack_read_int(&r)))));
	}
	json_object_set_new(document, "name", json_text(t->name));
	json_object_set_new(document, "asked_at", json_time(t->asked_at));
	json_object_set_new(document, "answered_at", json_time(t->answered_at));
	json_object_set_new(document, "is_held", t->stages.len > 0 ? json_boolean(count > 0) : json_null());
	json_object_set_new(document, "stages", stages);
	return document;
}
