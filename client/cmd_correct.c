/* hotline correct, cancel, update: drafts that supersede a message of one's own, with what follows from it filled in. */
#include "client/draft.h"

#include <stdlib.h>

#include "client/field.h"
#include "client/lang.h"
#include "client/prefill.h"
#include "client/say.h"

static int fetch_own(struct client *client, struct shown *out, uint8_t **out_memory)
{
	int outcome = show_fetch(&client->call, client->args.rest[0], out);

	if (outcome != DONE)
		return outcome;
	if (!out->raw.is_sent || !out->has_content) {
		say_error(_("%s came from another station; only a message of one's own is superseded"),
			  client->args.rest[0]);
		return REFUSED;
	}
	show_keep(out, out_memory);
	return DONE;
}

/* The draft file as it would be, with the old text, for an editor. */
static int print_form(struct form *form, const struct shown *old)
{
	prefill_words(form, old);
	form_render(&form->message, &form->content, stdout);
	return DONE;
}

/* An option that sets a coded field, where it is given. */
static int set_field(struct client *client, struct form *form, const char *option, enum field field)
{
	const char *value = args_value(&client->args, option);

	if (value == NULL || form_set_field(form, field, bytes_of(value)))
		return DONE;
	say_error("%s", form->error);
	return USAGE;
}

static int supersede(struct client *client, enum kind kind, const char *option, enum field field)
{
	bool prints = args_has(&client->args, "--print");
	const char *file = client->args.rest_count > 1 ? client->args.rest[1] : kind == KIND_CANCEL ? NULL : "-";
	struct shown old;
	struct form form;
	uint8_t *memory = NULL;
	int outcome = fetch_own(client, &old, &memory);

	if (outcome != DONE)
		return outcome;
	form_init(&form);
	prefill_supersede(&form, kind, &old);
	if (file != NULL && !prints)
		outcome = draft_read(&form, file);
	if (outcome == DONE)
		outcome = set_field(client, &form, option, field);
	if (outcome == DONE)
		outcome = prints ? print_form(&form, &old) : draft_send(client, &form, PRECEDENCE_NONE);
	form_finish(&form);
	free(memory);
	return outcome;
}

int cmd_correct(struct client *client)
{
	return supersede(client, KIND_CORRECT, "--reason", FIELD_CORRECT_REASON);
}

int cmd_cancel(struct client *client)
{
	return supersede(client, KIND_CANCEL, "--reason", FIELD_CORRECT_REASON);
}

int cmd_update(struct client *client)
{
	return supersede(client, KIND_UPDATE, "--status", FIELD_STATUS);
}
