/* What an answer takes over from what it answers, and a correction from what it corrects. */
#include "client/prefill.h"

#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "client/say.h"
#include "client/text.h"

#define RE "Re: "

char *prefill_subject(struct bytes subject)
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

void prefill_answer(struct form *form, enum kind kind, const struct shown *original, const char *subject)
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

void prefill_supersede(struct form *form, enum kind kind, const struct shown *old)
{
	struct message *m = &form->message;

	*m = old->message;
	m->kind = (uint8_t)kind;
	m->has_in_reply_to = false;
	m->has_supersedes = true;
	memcpy(m->supersedes, old->raw.id, sizeof m->supersedes);
	m->ext.count = 0;
	form->content.lang = old->content.lang;
	form->content.subject = old->content.subject;
	form->is_text_alone = true;
	if (kind == KIND_CANCEL) {
		m->reply_by = m->expires = 0;
		return;
	}
	form->content.field_count = old->content.field_count;
	memcpy(form->content.field, old->content.field, sizeof form->content.field);
}

void prefill_words(struct form *form, const struct shown *old)
{
	form->content.text = old->content.text;
	form->content.translation_count = old->content.translation_count;
	memcpy(form->content.translation, old->content.translation, sizeof form->content.translation);
	form->content.remarks = old->content.remarks;
}
