/*
 * What an export shows, and what stands withheld in it (SPEC 9.4): of one peer, one incident, some messages, some time;
 * with or without their words. Cards, revocations and checkpoints between stations are never withheld.
 */
#include <string.h>

#include "daemon/selection.h"

bool selection_is_everything(const struct selection *s)
{
	return s->peer.text[0] == '\0' && !s->has_incident && s->id_count == 0 && s->since == 0 && s->until == 0;
}

bool selection_has_log(const struct selection *s, const struct name *peer)
{
	return s->peer.text[0] == '\0' || name_equal(&s->peer, peer);
}

static bool is_in_time(const struct selection *s, int64_t at)
{
	return at >= s->since && (s->until == 0 || at < s->until);
}

static bool chooses_messages(const struct selection *s)
{
	return s->has_incident || s->id_count > 0;
}

static bool has_id(const struct selection *s, const uint8_t id[OBJECT_ID_BYTES])
{
	for (size_t i = 0; i < s->id_count; i++)
		if (hash_equal(s->id[i], id, OBJECT_ID_BYTES))
			return true;
	return s->id_count == 0;
}

/* A message by its id: one that is held and was asked for. */
static bool shows_message(struct station *st, const struct selection *s, const uint8_t id[OBJECT_ID_BYTES])
{
	static struct message message;
	enum object_type type;

	return has_id(s, id) && track_header(st, id, &message, &type) &&
	       (!s->has_incident || (message.has_incident && hash_equal(message.incident, s->incident, INCIDENT_BYTES)));
}

/* A receipt is shown when any message that it names is. Ids are copied: looking one up reads objects. */
static bool shows_receipt(struct station *st, const struct selection *s, struct bytes body)
{
	static struct receipt receipt;
	static uint8_t id[LIMIT_CUSTODY_IDS][OBJECT_ID_BYTES];
	size_t count;

	if (receipt_decode(body, &receipt) != RESULT_OK)
		return false;
	count = receipt.id_count;
	memcpy(id, receipt.id, sizeof id);
	for (size_t i = 0; i < count; i++)
		if (shows_message(st, s, id[i]))
			return true;
	return false;
}

bool selection_shows(struct station *st, const struct selection *s, bool is_pair, const struct leaf *leaf)
{
	struct object object;
	struct bytes encoded;
	struct copy copy;

	if (!is_pair)
		return is_in_time(s, leaf->at) && (!chooses_messages(s) || (leaf->has_id && shows_message(st, s, leaf->id)));
	if (!store_object(st->store, leaf->id, &encoded))
		return is_in_time(s, leaf->at) && !chooses_messages(s);
	if (object_decode(encoded, &object) != RESULT_OK)
		return true; /* a checkpoint */
	switch (object.type) {
	case OBJECT_CARD:
	case OBJECT_REVOCATION:
		return true;
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		return is_in_time(s, leaf->at) && (!chooses_messages(s) || shows_message(st, s, leaf->id));
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		return is_in_time(s, leaf->at) && (!chooses_messages(s) || shows_receipt(st, s, object.body));
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		return is_in_time(s, leaf->at) && (!chooses_messages(s) || (copy_decode(object.body, &copy) == RESULT_OK &&
									     shows_message(st, s, copy.message)));
	case OBJECT_OFFER:
		break;
	}
	return false;
}
