/* Making drafts: references become ids, gaps in the form are named, and the daemon is given header and content. */
#include "client/draft.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/heard.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/show.h"
#include "client/text.h"
#include "proto/result.h"

#define WARNINGS 16
#define SENTENCE_BYTES 4096

bool draft_id(const char *word, uint64_t *out)
{
	if (text_number(bytes_of(word), INT64_MAX, out))
		return true;
	say_error(_("%s is no draft's number; \"hotline draft list\" shows them"), word);
	return false;
}

int draft_fetch(struct client *client, uint64_t id, struct pack_reader *out)
{
	struct pack_writer params = call_params(1, 16);
	int result;

	pack_put_uint(&params, id);
	result = call_do(&client->call, METHOD_DRAFT_SHOW, &params, 1, out);
	return result != 0 ? call_failed(&client->call, result) : DONE;
}

int draft_read(struct form *form, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	uint8_t *text;
	size_t len;
	int result;

	if (is_stdin && isatty(STDIN_FILENO))
		say_error(_("reading the draft from the terminal; end it with Ctrl-D on a line of its own"));
	result = secret_read(path, LIMIT_CONTENT_BYTES, &text, &len);
	if (result != 0) {
		say_error(_("%s can't be read: %s"), is_stdin ? "stdin" : path, strerror(-result));
		return REFUSED;
	}
	result = form_parse(form, is_stdin ? "stdin" : path, (struct bytes){text, len}) ? DONE : REFUSED;
	free(text);
	if (result != DONE)
		say_error("%s", form->error);
	return result;
}

/* Asks the station for the message that a header names. */
static int look_up(struct call *call, struct bytes reference, struct shown *out)
{
	char *text = say_format("%.*s", BYTES(reference));
	int outcome = show_fetch(call, text, out);

	free(text);
	return outcome;
}

static int resolve_reply(struct call *call, struct form *form, int *precedence)
{
	struct shown original;
	int outcome = look_up(call, form->in_reply_to, &original);

	if (outcome != DONE)
		return outcome;
	memcpy(form->message.in_reply_to, original.raw.id, OBJECT_ID_BYTES);
	form->message.has_in_reply_to = true;
	*precedence = original.message.precedence;
	return DONE;
}

static int resolve_supersedes(struct call *call, struct form *form)
{
	struct shown older;
	int outcome = look_up(call, form->supersedes, &older);

	if (outcome != DONE)
		return outcome;
	memcpy(form->message.supersedes, older.raw.id, OBJECT_ID_BYTES);
	form->message.has_supersedes = true;
	return DONE;
}

static int resolve_incident(struct call *call, struct form *form)
{
	struct message *m = &form->message;
	struct shown other;
	int outcome;

	m->has_incident = true;
	if (text_hex(form->incident, m->incident, sizeof m->incident))
		return DONE;
	if (text_is(form->incident, "new")) {
		int result = secret_random(m->incident, sizeof m->incident);

		if (result != 0)
			say_error(_("no random bytes can be had from the system: %s"), strerror(-result));
		return result == 0 ? DONE : REFUSED;
	}
	outcome = look_up(call, form->incident, &other);
	if (outcome != DONE)
		return outcome;
	if (!other.message.has_incident) {
		say_error(_("%.*s belongs to no incident; write \"Incident: new\" to begin one"),
			  BYTES(form->incident));
		return REFUSED;
	}
	memcpy(m->incident, other.message.incident, sizeof m->incident);
	return DONE;
}

static int resolve(struct call *call, struct form *form, int *precedence)
{
	int outcome = DONE;

	if (form->in_reply_to.len > 0)
		outcome = resolve_reply(call, form, precedence);
	if (outcome == DONE && form->supersedes.len > 0)
		outcome = resolve_supersedes(call, form);
	if (outcome == DONE && form->incident.len > 0)
		outcome = resolve_incident(call, form);
	return outcome;
}

/* What draft.new takes, or draft.put for a draft that has a number; is_over when it is too large. */
static struct pack_writer encode(const struct form *form, uint64_t id)
{
	static uint8_t header[LIMIT_OBJECT_BYTES], content[LIMIT_CONTENT_BYTES];
	struct pack_writer h = pack_writer(header, sizeof header), c = pack_writer(content, sizeof content), params;

	message_encode(&form->message, &h);
	content_encode(&form->content, &c);
	params = call_params(id == 0 ? 2 : 4, h.len + c.len + 32);
	params.is_over = h.is_over || c.is_over;
	if (id != 0)
		pack_put_uint(&params, id);
	pack_put_bytes(&params, pack_written(&h));
	pack_put_bytes(&params, pack_written(&c));
	if (id != 0)
		pack_put_bool(&params, true); /* what it said before stays as a version */
	return params;
}

static int report(struct client *client, struct pack_reader *r)
{
	uint64_t id = pack_read_uint(r, INT64_MAX);
	size_t count = pack_read_array(r, WARNINGS);
	json_t *warnings = must(json_array());
	struct bytes warning[WARNINGS];
	int outcome;

	for (size_t i = 0; i < count; i++) {
		warning[i] = pack_read_str(r, SENTENCE_BYTES);
		json_array_append_new(warnings, json_text(warning[i]));
	}
	outcome = call_read_end(&client->call, r);
	if (outcome == DONE && client->is_json)
		json_print(must(json_pack("{s:I,s:O}", "draft", (json_int_t)id, "warnings", warnings)), false);
	else if (outcome == DONE) {
		say(stdout, "%llu", (unsigned long long)id);
		for (size_t i = 0; i < count; i++)
			say_error(_("warning: %s"), heard(warning[i]));
	}
	json_decref(warnings);
	return outcome;
}

int draft_send(struct client *client, struct form *form, int answers_precedence)
{
	struct call *call = &client->call;
	char missing[512];
	struct pack_writer params;
	struct pack_reader r;
	int result = resolve(call, form, &answers_precedence);

	if (result != DONE)
		return result;
	form->message.from = name_bytes(&call->station);
	if (!message_form_complete(&form->message, &form->content, answers_precedence, time(NULL) * SECOND_US, missing,
				   sizeof missing)) {
		say_error(_("the draft is not complete: %s"), heard(bytes_of(missing)));
		return REFUSED;
	}
	params = encode(form, 0);
	result = call_do(call, METHOD_DRAFT_NEW, &params, 2, &r);
	return result != 0 ? call_failed(call, result) : report(client, &r);
}

int draft_replace(struct client *client, uint64_t id, struct form *form)
{
	int answers_precedence = PRECEDENCE_NONE;
	struct pack_writer params;
	struct pack_reader r;
	int result = resolve(&client->call, form, &answers_precedence);

	if (result != DONE)
		return result;
	form->message.from = name_bytes(&client->call.station);
	params = encode(form, id);
	result = call_do(&client->call, METHOD_DRAFT_PUT, &params, 2, &r);
	return result != 0 ? call_failed(&client->call, result) : report(client, &r);
}

bool draft_open(struct pack_reader *r, bool is_whole, struct drafted *out)
{
	control_read_draft(r, &out->raw);
	if (r->error == RESULT_OK && message_decode(out->raw.header, &out->message) != RESULT_OK)
		pack_fail(r, RESULT_MALFORMED);
	if (r->error == RESULT_OK && is_whole && content_decode(out->raw.content, &out->content) != RESULT_OK)
		pack_fail(r, RESULT_MALFORMED);
	return r->error == RESULT_OK;
}
