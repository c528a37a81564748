/* hotline close: a draft that proposes to close an incident to those with whom it is not closed. */
#include "client/draft.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/show.h"
#include "client/text.h"
#include "proto/result.h"

/* An incident as the station knows it. */
struct incident {
	uint8_t id[INCIDENT_BYTES];
	char last[2 * OBJECT_ID_BYTES + 1]; /* its last message */
	struct name open[LIMIT_ADDRESSEES]; /* with whom it is not closed */
	size_t open_count;
};

static void read_peers(struct pack_reader *r, struct incident *out)
{
	size_t count = pack_read_array(r, SIZE_MAX);

	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		struct bytes peer;
		uint64_t state;

		pack_expect_array(r, 2);
		peer = pack_read_str(r, LIMIT_NAME_BYTES);
		state = pack_read_uint(r, INCIDENT_CLOSED);
		if (state != INCIDENT_CLOSED && out->open_count < LIMIT_ADDRESSEES &&
		    name_copy(peer, &out->open[out->open_count]))
			out->open_count++;
	}
}

static int fetch(struct client *client, struct incident *incident)
{
	struct pack_writer params = call_params(1, INCIDENT_BYTES + 16);
	struct pack_reader r;
	struct bytes last;
	int result;

	pack_put_bin(&params, incident->id, INCIDENT_BYTES);
	result = call_do(&client->call, METHOD_INCIDENT, &params, 2, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	last = pack_read_str(&r, 2 * OBJECT_ID_BYTES);
	snprintf(incident->last, sizeof incident->last, "%.*s", BYTES(last));
	read_peers(&r, incident);
	return call_read_end(&client->call, &r);
}

/* By its own 32 hex digits, or by the number of a message of it. */
static int find(struct client *client, struct incident *out)
{
	const char *word = client->args.rest[0];
	struct shown shown;
	int outcome = DONE;

	memset(out, 0, sizeof *out);
	if (!text_hex(bytes_of(word), out->id, INCIDENT_BYTES)) {
		outcome = show_fetch(&client->call, word, &shown);
		if (outcome == DONE && !shown.message.has_incident) {
			say_error(_("%s belongs to no incident"), word);
			outcome = REFUSED;
		}
		if (outcome == DONE)
			memcpy(out->id, shown.message.incident, INCIDENT_BYTES);
	}
	return outcome == DONE ? fetch(client, out) : outcome;
}

/* Mode and marking are those of the incident's last message; borrows from it and from the incident. */
static void prefill(struct form *form, const struct incident *incident, const struct shown *last)
{
	struct message *m = &form->message;

	m->kind = KIND_CLOSE;
	m->exercise = last->message.exercise;
	m->tlp = last->message.tlp;
	m->has_incident = true;
	memcpy(m->incident, incident->id, INCIDENT_BYTES);
	for (size_t i = 0; i < incident->open_count; i++)
		m->action[m->action_count++] = name_bytes(&incident->open[i]);
	form->content.lang = last->content.lang;
	form->content.subject = bytes_of("Close of the incident");
	form->is_text_alone = true;
}

int cmd_close(struct client *client)
{
	const char *status = args_value(&client->args, "--status");
	struct incident incident;
	struct shown last;
	struct form form;
	uint8_t *memory = NULL;
	int outcome = find(client, &incident);

	if (outcome == DONE && incident.open_count == 0) {
		say_error(_("the incident is closed with everyone already"));
		outcome = REFUSED;
	}
	if (outcome == DONE)
		outcome = show_fetch(&client->call, incident.last, &last);
	if (outcome != DONE)
		return outcome;
	show_keep(&last, &memory);
	form_init(&form);
	prefill(&form, &incident, &last);
	if (client->args.rest_count > 1)
		outcome = draft_read(&form, client->args.rest[1]);
	if (outcome == DONE && content_field(&form.content, FIELD_STATUS).data == NULL &&
	    !form_set_field(&form, FIELD_STATUS, bytes_of(status != NULL ? status : "resolved"))) {
		say_error("%s", form.error);
		outcome = USAGE;
	}
	if (outcome == DONE)
		outcome = draft_send(client, &form, PRECEDENCE_NONE);
	form_finish(&form);
	free(memory);
	return outcome;
}
