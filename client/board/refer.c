/*
 * The items of the form that name a message: people say its number, the draft has its id. The station is asked which
 * message a number means once the typing pauses, and what the number of an id is at once.
 */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/text.h"

static bool is_id(const struct item *item)
{
	uint8_t id[OBJECT_ID_BYTES];

	return text_hex(bytes_of(item->text), id, sizeof id);
}

/* Whether the station has to say which message is meant. "new" is none, and an incident has an id of its own. */
static bool is_open(const struct item *item)
{
	uint8_t incident[INCIDENT_BYTES];

	return item->names != NAMES_NOTHING && item->meant.state == MEANT_NOT_ASKED && item->text[0] != '\0' &&
	       (item->names != NAMES_INCIDENT || (strcmp(item->text, "new") != 0 &&
						  !text_hex(bytes_of(item->text), incident, sizeof incident)));
}

/* The first of those that may be asked for now; NULL when there is none. */
static struct item *next(struct board *board)
{
	struct composer *c = &board->composer;

	for (size_t i = 0; i < c->count && c->stage == COMPOSE_OPEN; i++)
		if (is_open(&c->item[i]) && (is_id(&c->item[i]) || compose_is_due(board)))
			return &c->item[i];
	return NULL;
}

bool refer_request(struct board *board, struct board_request *out)
{
	const struct item *item = next(board);
	size_t capacity;

	if (item == NULL)
		return false;
	capacity = strlen(item->text) + 16;
	*out = (struct board_request){METHOD_SHOW, pack_writer(must(malloc(capacity)), capacity), 1};
	pack_put_array(&out->params, 1);
	pack_put_text(&out->params, item->text);
	board->composer.referring = (size_t)(item - board->composer.item) + 1;
	return true;
}

static void refuse(struct item *item, const char *why)
{
	item->meant.state = MEANT_UNKNOWN;
	item->meant.why = must(strdup(why));
}

void refer_answer(struct board *board, int result, struct pack_reader *r, const char *sentence)
{
	struct composer *c = &board->composer;
	static struct shown shown;
	struct item *item;
	char number[SHOW_NUMBER];

	if (c->referring == 0 || c->referring > c->count)
		return; /* the form is gone, or it was typed on */
	item = &c->item[c->referring - 1];
	c->referring = 0;
	if (result != 0) {
		refuse(item, sentence);
		return;
	}
	if (!show_read(r, &shown))
		return;
	if (item->names == NAMES_INCIDENT && !shown.message.has_incident) {
		refuse(item, _("It belongs to no incident."));
		return;
	}
	item->meant.state = MEANT_HERE;
	memcpy(item->meant.id, shown.raw.id, OBJECT_ID_BYTES);
	memcpy(item->meant.incident, shown.message.incident, INCIDENT_BYTES);
	if (!is_id(item))
		return;
	show_number(&shown.message, number);
	free(item->text);
	item->text = must(strdup(number));
	item->cursor = strlen(number);
}

void refer_forget(struct composer *composer, struct item *item)
{
	free(item->meant.why);
	memset(&item->meant, 0, sizeof item->meant);
	if (composer->referring == (size_t)(item - composer->item) + 1)
		composer->referring = 0;
}

/* An incident that begins gets its id, which stands in the form from then on. */
static void begin_incident(struct item *item, struct message *m)
{
	char hex[2 * INCIDENT_BYTES + 1];

	m->has_incident = secret_random(m->incident, sizeof m->incident) == 0;
	if (!m->has_incident)
		return;
	key_hex(m->incident, INCIDENT_BYTES, hex);
	free(item->text);
	item->text = must(strdup(hex));
	item->cursor = strlen(hex);
}

void refer_resolve(struct composer *composer, struct message *m)
{
	for (size_t i = 0; i < composer->count; i++) {
		struct item *item = &composer->item[i];
		bool is_here = item->meant.state == MEANT_HERE;

		if (item->names == NAMES_ANSWERED && is_here) {
			m->has_in_reply_to = true;
			memcpy(m->in_reply_to, item->meant.id, OBJECT_ID_BYTES);
		} else if (item->names == NAMES_SUPERSEDED && is_here) {
			m->has_supersedes = true;
			memcpy(m->supersedes, item->meant.id, OBJECT_ID_BYTES);
		} else if (item->names == NAMES_INCIDENT && is_here) {
			m->has_incident = true;
			memcpy(m->incident, item->meant.incident, INCIDENT_BYTES);
		} else if (item->names == NAMES_INCIDENT && strcmp(item->text, "new") == 0)
			begin_incident(item, m);
		else if (item->names == NAMES_INCIDENT)
			m->has_incident = text_hex(bytes_of(item->text), m->incident, sizeof m->incident);
	}
}
