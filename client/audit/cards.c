/* The cards that signatures are checked against: those of the file and those given beside it, and who vouches. */
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/card.h"
#include "proto/result.h"

void cards_begin(struct audit *a)
{
	for (size_t i = 0; i < a->trust->count; i++) {
		const struct audit_root *given = &a->trust->root[i];
		struct known_card *card;

		if (!given->has_root || cards_find(a, name_bytes(&given->name), given->serial) != NULL)
			continue;
		card = AUDIT_ADD(a, card);
		if (card == NULL)
			return;
		memcpy(card->id, given->id, HASH_BYTES);
		card->name = given->name;
		memcpy(card->state, given->state, sizeof card->state);
		card->serial = given->serial;
		memcpy(card->root, given->root, KEY_BYTES);
		memcpy(card->signing, given->signing, KEY_BYTES);
		memcpy(card->log, given->log, KEY_BYTES);
		card->trust = audit_trust_check(a->trust, bytes_of(card->state), card->root);
	}
}

/* One that is new: its keys, and who vouches for its root. */
static void add_new(struct audit *a, const struct object *object, const struct card *card)
{
	struct known_card *known = AUDIT_ADD(a, card);

	if (known == NULL)
		return;
	memcpy(known->id, object->id, HASH_BYTES);
	name_copy(card->name, &known->name);
	memcpy(known->state, card->state.data, card->state.len);
	known->serial = card->serial;
	memcpy(known->root, card->root, KEY_BYTES);
	memcpy(known->signing, card->signing, KEY_BYTES);
	memcpy(known->log, card->log, KEY_BYTES);
	known->trust = audit_trust_check(a->trust, card->state, card->root);
	if (known->trust == RESULT_DIFFERENT)
		report_bad(a, a->reader.number, NULL,
			   "the card of %s with serial %llu is signed by another root than the one you named for %s.",
			   known->name.text, (unsigned long long)known->serial, known->state);
}

void cards_add(struct audit *a, struct bytes encoded, bool is_record)
{
	struct known_card *known;
	struct object object;
	struct card card;
	int result = card_open(encoded, &object, &card);

	if (result != RESULT_OK) {
		report_bad(a, a->reader.number, NULL, "it is no valid card: %s.", result_name(result));
		return;
	}
	known = cards_find(a, card.name, card.serial);
	if (known == NULL)
		add_new(a, &object, &card);
	else if (memcmp(known->id, object.id, HASH_BYTES) != 0)
		report_bad(a, a->reader.number, NULL,
			   "it is a second card of %s with serial %llu, and differs from the first.", known->name.text,
			   (unsigned long long)known->serial);
	else if (is_record && known->has_record)
		report_bad(a, a->reader.number, NULL, "this card of %s stands in the file twice.", known->name.text);
	known = cards_find(a, card.name, card.serial);
	if (known != NULL)
		known->has_record |= is_record;
}

void cards_add_object(struct audit *a, struct bytes encoded)
{
	struct object object;
	struct card card;

	if (object_decode(encoded, &object) == RESULT_OK && object.type == OBJECT_CARD &&
	    card_open(encoded, &object, &card) == RESULT_OK)
		cards_add(a, encoded, false);
}

struct known_card *cards_find(struct audit *a, struct bytes name, uint64_t serial)
{
	for (size_t i = 0; i < a->card_count; i++)
		if (a->card[i].serial == serial && bytes_equal(name_bytes(&a->card[i].name), name))
			return &a->card[i];
	return NULL;
}

struct known_card *cards_root(struct audit *a, struct bytes name)
{
	struct known_card *found = NULL;

	for (size_t i = 0; i < a->card_count; i++) {
		struct known_card *card = &a->card[i];

		if (bytes_equal(name_bytes(&card->name), name) && (found == NULL || card->trust == RESULT_OK))
			found = card;
	}
	return found;
}

struct known_card *cards_of_note(struct audit *a, struct bytes name, struct bytes origin, const struct note *note)
{
	for (size_t i = 0; i < a->card_count; i++)
		if (bytes_equal(name_bytes(&a->card[i].name), name) &&
		    note_verify(note, origin, a->card[i].log) == RESULT_OK)
			return &a->card[i];
	return NULL;
}

void cards_rest_on(struct known_card *card)
{
	if (card->trust != RESULT_OK)
		card->dependents++;
}

/* The objects that rest on untrusted cards of one name, said once: at its first card. */
static void conclude_name(struct audit *a, size_t first)
{
	const struct known_card *card = &a->card[first];
	uint64_t dependents = 0;

	for (size_t i = 0; i < a->card_count; i++) {
		if (!name_equal(&a->card[i].name, &card->name))
			continue;
		if (i < first)
			return;
		dependents += a->card[i].dependents;
	}
	if (dependents > 0)
		report_note(a, true,
			    "%llu %s by %s %s on a card that nothing you named vouches for: give a card of %s with "
			    "--card, or --root %s=FINGERPRINT.",
			    (unsigned long long)dependents, report_word(dependents, "object", "objects"),
			    card->name.text, report_word(dependents, "rests", "rest"), card->state, card->state);
	else if (card->trust == RESULT_KEY && !name_equal(&card->name, &a->report->station))
		report_note(a, false, "the card of %s is vouched for by nothing you named, and nothing rests on it.",
			    card->name.text);
}

void cards_conclude(struct audit *a)
{
	const char *station = a->report->station.text;
	struct bytes state = name_state(bytes_of(station));
	const struct known_card *own = cards_root(a, bytes_of(station));

	if (a->has_begun && (own == NULL || own->trust == RESULT_KEY))
		report_note(
		    a, true,
		    "this is the record of %s, and nothing you named vouches for %s: give its card with --card, or "
		    "--root %.*s=FINGERPRINT.",
		    station, station, (int)state.len, (const char *)state.data);
	for (size_t i = 0; i < a->card_count; i++)
		if (!name_equal(&a->card[i].name, &a->report->station))
			conclude_name(a, i);
}
