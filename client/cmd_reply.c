/* hotline reply, decline: drafts that answer a message, with everything that follows from it filled in. */
#include "client/draft.h"

#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "client/lang.h"
#include "client/prefill.h"
#include "client/say.h"

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
	subject = prefill_subject(original.content.subject);
	prefill_answer(&form, kind, &original, subject);
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
