/*
 * What an object says: its shape and its signature. Everything in an object is used only after its signature has
 * verified, but for the names by which its key is found (SPEC 1).
 */
#include <string.h>

#include "client/audit/audit.h"
#include "proto/card.h"
#include "proto/result.h"
#include "proto/revocation.h"

/* The object at hand, and the first entry in which it stands, or IDMAP_NONE. */
struct spot {
	struct audit *a;
	const struct job *job;
	uint32_t entry;
};

/* A finding about the object at hand; false, for the caller to return. */
#define WRONG(spot, ...) (report_bad((spot)->a, (spot)->entry, __VA_ARGS__), false)

static int printed(struct bytes name)
{
	return (int)name.len;
}
#define NAME(bytes) printed(bytes), (const char *)(bytes).data

/* The signer's card, and that it signed. */
static bool check_signer(const struct spot *spot, uint32_t card, bool is_signed, const struct statement *statement)
{
	if (card == IDMAP_NONE)
		return WRONG(spot, "it is signed under serial %llu of %.*s, and no card of that serial is in the file.",
			     (unsigned long long)statement->serial, NAME(statement->from));
	if (!is_signed)
		return WRONG(spot, "the signature of %.*s does not verify.", NAME(statement->from));
	cards_rest_on(&spot->a->card[card], statement->at);
	return true;
}

static bool open_message(const struct spot *spot, const struct object *object, struct statement *out)
{
	int result = message_decode(object->body, &out->message);

	if (result == RESULT_OK)
		result = message_check(&out->message, object->type);
	if (result != RESULT_OK)
		return WRONG(spot, "the message is %s.", result_name(result));
	out->from = out->message.from;
	out->serial = out->message.card_serial;
	out->at = out->message.released_at;
	return check_signer(spot, spot->job->card, spot->job->is_signed, out);
}

static bool open_receipt(const struct spot *spot, const struct object *object, struct statement *out)
{
	int result = receipt_decode(object->body, &out->receipt);

	if (result != RESULT_OK)
		return WRONG(spot, "the receipt is %s.", result_name(result));
	out->from = out->receipt.from;
	out->to = out->receipt.to;
	out->serial = out->receipt.card_serial;
	out->at = out->receipt.at;
	return check_signer(spot, spot->job->card, spot->job->is_signed, out);
}

static bool open_card(const struct spot *spot, struct statement *out)
{
	struct object object;
	struct card card;
	uint32_t known;
	int result = card_open(spot->job->bytes, &object, &card);

	if (result != RESULT_OK)
		return WRONG(spot, "it is no valid card: %s.", result_name(result));
	known = cards_find(spot->a, card.name, card.serial);
	if (known != IDMAP_NONE && spot->entry != IDMAP_NONE)
		cards_rest_on(&spot->a->card[known], WITNESSED_WITHOUT_TIME);
	out->from = card.name;
	return true;
}

/* By the root of the name's state. */
static bool open_revocation(const struct spot *spot, const struct object *object, struct statement *out)
{
	struct revocation revocation;
	struct known_card *card;
	int result = revocation_decode(object->body, &revocation);

	if (result != RESULT_OK)
		return WRONG(spot, "the revocation is %s.", result_name(result));
	out->from = revocation.name;
	out->at = revocation.at;
	card = cards_root(spot->a, out->from);
	if (card == NULL)
		return WRONG(spot, "it revokes cards of %.*s, of which the file has none.", NAME(out->from));
	if (object_verify(object, card->root) != RESULT_OK)
		return WRONG(spot, "the revocation is not signed by the root of %s.", card->state);
	cards_rest_on(card, WITNESSED_WITHOUT_TIME);
	return true;
}

/* By the message's sender, who is known by the entry's side alone. */
static bool open_copy(const struct spot *spot, const struct object *object, struct statement *out)
{
	struct audit *a = spot->a;
	bool is_received = spot->entry != IDMAP_NONE && a->entry[spot->entry].is_received;
	int result = copy_decode(object->body, &out->copy);
	uint32_t card;

	if (result != RESULT_OK)
		return WRONG(spot, "the copy is %s.", result_name(result));
	out->from = name_bytes(is_received ? &logs_trail_of(a, spot->entry)->peer : &a->report->station);
	out->to = out->copy.to;
	out->at = out->copy.at;
	out->serial = out->copy.card_serial;
	card = cards_find(a, out->from, out->serial);
	return check_signer(spot, card,
			    card != IDMAP_NONE && object_verify(object, a->card[card].signing) == RESULT_OK, out);
}

static bool open_note(const struct spot *spot, struct statement *out)
{
	struct note note;

	out->is_note = true;
	if (note_decode(spot->job->bytes, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &out->checkpoint) != RESULT_OK)
		return WRONG(spot, "it is no checkpoint.");
	out->from = checkpoint_station(out->checkpoint.origin);
	if (out->from.len == 0)
		return WRONG(spot, "the checkpoint is of no log.");
	if (!spot->job->is_signed)
		return WRONG(spot, "no log key of %.*s signed this checkpoint as it stands.", NAME(out->from));
	out->serial = spot->a->card[spot->job->card].serial;
	cards_rest_on(&spot->a->card[spot->job->card], WITNESSED_WITHOUT_TIME);
	return true;
}

bool statement_open(struct audit *a, const struct job *job, uint32_t entry, struct statement *out)
{
	struct spot spot = {.a = a, .job = job, .entry = entry};
	struct object object;
	int result;

	out->is_note = false;
	out->serial = 0;
	out->at = WITNESSED_WITHOUT_TIME;
	if (checkpoint_begins(job->bytes))
		return open_note(&spot, out);
	result = object_read(job->bytes, &object);
	if (result != RESULT_OK)
		return WRONG(&spot, "it is no signed object: %s.", result_name(result));
	out->type = object.type;
	switch (object.type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		return open_message(&spot, &object, out);
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		return open_receipt(&spot, &object, out);
	case OBJECT_CARD:
		return open_card(&spot, out);
	case OBJECT_REVOCATION:
		return open_revocation(&spot, &object, out);
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		return open_copy(&spot, &object, out);
	case OBJECT_OFFER:
		break;
	}
	return WRONG(&spot, "an offer has no place in a record.");
}
