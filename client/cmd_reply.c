/* hotline reply, decline: drafts that answer a message, with everything that follows from it filled in. */
#include "client/draft.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "client/field.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/show.h"
#include "client/text.h"

#define RE "Re: "

/* "Re: " and the subject, cut to the characters that a subject has. Caller frees. */
static char *subject_of(struct bytes subject)
{
	bool has_re = subject.len >= strlen(RE) && memcmp(subject.data, RE, strlen(RE)) == 0;
	char *joined = say_format("%s%.*s", has_re ? "" : RE, BYTES(subject)), *nfc, *end;
	size_t len;

	nfc = text_nfc(bytes_of(joined), &len);
	free(joined);
	end = nfc;
	for (size_t count = 0; *end != '\0' && count < LIMIT_SUBJECT; count++)
		end += u8_strmblen((uint8_t *)end);
	*end = '\0';
	return nfc;
}

/* What an answer takes over from the message it answers; borrows from it. */
static void prefill(struct form *form, enum kind kind, const struct shown *original, const char *subject)
{
	struct message *m = &form->message;

	m->kind = (uint8_t)kind;
	m->precedence = original->message.precedence;
	m->action[0] = original->message.from;
	m->action_count = 1;
	m->exercise = original->message.exercise;
	m->tlp = original->message.tlp;
	m->has_incident = original->message.has_incident;
	memcpy(m->incident, original->message.incident, sizeof m->incident);
	m->has_in_reply_to = true;
	memcpy(m->in_reply_to, original->raw.id, sizeof m->in_reply_to);
	form->content.lang = original->content.lang;
	form->content.subject = bytes_of(subject);
	form->is_text_alone = true;
}

static int fetch_original(struct client *client, struct shown *out, uint8_t **out_memory)
{
	int outcome = show_fetch(&client->call, client->args.rest[0], out);

	if (outcome != DONE)
		return outcome;
	if (out->raw.is_sent || !out->has_content) {
		say_error(_("%s was sent by this station; only a message received is answered"), client->args.rest[0]);
		return REFUSED;
	}
	show_keep(out, out_memory);
	return DONE;
}

/* file: NULL when there is no text to read; reason: of a decline, else NULL. */
static int answer(struct client *client, enum kind kind, const char *file, const char *reason)
{
	struct shown original;
	struct form form;
	uint8_t *memory = NULL;
	char *subject;
	int outcome = fetch_original(client, &original, &memory);

	if (outcome != DONE)
		return outcome;
	form_init(&form);
	subject = subject_of(original.content.subject);
	prefill(&form, kind, &original, subject);
	if (file != NULL)
		outcome = draft_read(&form, file);
	if (outcome == DONE && reason != NULL && !form_set_field(&form, FIELD_DECLINE_REASON, bytes_of(reason))) {
		say_error("%s", form.error);
		outcome = USAGE;
	}
	if (outcome == DONE)
		outcome = draft_send(client, &form, original.message.precedence);
	form_finish(&form);
	free(subject);
	free(memory);
	return outcome;
}

int cmd_reply(struct client *client)
{
	return answer(client, KIND_ANSWER, client->args.rest_count > 1 ? client->args.rest[1] : "-", NULL);
}

int cmd_decline(struct client *client)
{
	const char *reason = args_value(&client->args, "--reason");

	if (reason == NULL) {
		say_error(
		    _("decline needs --reason: not competent, not established, legal, policy, referred to another "
		      "contact, "
		      "or other"));
		return USAGE;
	}
	return answer(client, KIND_DECLINE, client->args.rest_count > 1 ? client->args.rest[1] : NULL, reason);
}
