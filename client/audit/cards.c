/* The cards that signatures are checked against: those of the file and those given beside it, and who vouches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/card.h"
#include "proto/result.h"

static void mark_card(const struct audit *a, struct bytes name, uint64_t serial, uint8_t out[MARK_BYTES])
{
	uint8_t bytes[LIMIT_NAME_BYTES + sizeof serial];
	size_t len = name.len < LIMIT_NAME_BYTES ? name.len : LIMIT_NAME_BYTES;

	memcpy(bytes, &serial, sizeof serial);
	if (len > 0)
		memcpy(bytes + sizeof serial, name.data, len);
	idmap_mark(a->key, (struct bytes){bytes, sizeof serial + len}, out);
}

/* The cards of a name; IDMAP_NONE if there are none. */
static uint32_t find_name(const struct audit *a, struct bytes name)
{
	uint8_t mark[MARK_BYTES];

	idmap_mark(a->key, name, mark);
	return idmap_find(&a->card_name_map, mark, a->card_name, sizeof *a->card_name);
}

/* Puts the card among those of its name. */
static void link_name(struct audit *a, uint32_t at)
{
	struct bytes name = name_bytes(&a->card[at].name);
	uint32_t found = find_name(a, name);
	struct card_name *row;

	if (found != IDMAP_NONE) {
		struct known_card *first = &a->card[a->card_name[found].first];

		a->card[at].next_same = first->next_same;
		first->next_same = at;
		return;
	}
	row = AUDIT_ADD(a, card_name);
	if (row == NULL)
		return;
	idmap_mark(a->key, name, row->mark);
	row->first = at;
	if (idmap_add(&a->card_name_map, (uint32_t)a->card_name_count - 1, a->card_name, sizeof *a->card_name) != 0)
		a->error = -ENOMEM;
}

/* A card of this name and serial, of which there is none yet; the caller fills in the rest. NULL without memory. */
static struct known_card *add(struct audit *a, struct bytes name, uint64_t serial)
{
	struct known_card *card = AUDIT_ADD(a, card);
	uint32_t at = (uint32_t)a->card_count - 1;

	if (card == NULL)
		return NULL;
	name_copy(name, &card->name);
	card->serial = serial;
	card->next_same = IDMAP_NONE;
	mark_card(a, name, serial, card->mark);
	if (idmap_add(&a->card_map, at, a->card, sizeof *a->card) != 0)
		a->error = -ENOMEM;
	link_name(a, at);
	return card;
}

void cards_begin(struct audit *a)
{
	for (size_t i = 0; i < a->trust->count; i++) {
		const struct audit_root *given = &a->trust->root[i];
		struct known_card *card;

		if (!given->has_root || cards_find(a, name_bytes(&given->name), given->serial) != IDMAP_NONE)
			continue;
		card = add(a, name_bytes(&given->name), given->serial);
		if (card == NULL)
			return;
		memcpy(card->id, given->id, HASH_BYTES);
		memcpy(card->state, given->state, sizeof card->state);
		card->valid_from = given->valid_from;
		card->valid_until = given->valid_until;
		memcpy(card->root, given->root, KEY_BYTES);
		memcpy(card->signing, given->signing, KEY_BYTES);
		memcpy(card->log, given->log, KEY_BYTES);
		card->trust = audit_trust_check(a->trust, bytes_of(card->state), card->root);
	}
}

/* One that is new: its keys, and who vouches for its root. */
static void add_new(struct audit *a, const struct object *object, const struct card *card)
{
	struct known_card *known = add(a, card->name, card->serial);

	if (known == NULL)
		return;
	memcpy(known->id, object->id, HASH_BYTES);
	memcpy(known->state, card->state.data, card->state.len);
	known->valid_from = card->valid_from;
	known->valid_until = card->valid_until;
	memcpy(known->root, card->root, KEY_BYTES);
	memcpy(known->signing, card->signing, KEY_BYTES);
	memcpy(known->log, card->log, KEY_BYTES);
	known->trust = audit_trust_check(a->trust, card->state, card->root);
	if (known->trust == RESULT_DIFFERENT)
		report_bad(a, IDMAP_NONE,
			   "the card of %s with serial %llu is signed by another root than the one you named for %s.",
			   known->name.text, (unsigned long long)known->serial, known->state);
}

void cards_add(struct audit *a, struct bytes encoded, bool is_record)
{
	struct object object;
	struct card card;
	uint32_t at;
	int result = card_open(encoded, &object, &card);

	if (result != RESULT_OK) {
		if (is_record)
			report_bad(a, IDMAP_NONE, "it is no valid card: %s.", result_name(result));
		return; /* as an object, it is the second reading's */
	}
	at = cards_find(a, card.name, card.serial);
	if (at == IDMAP_NONE)
		add_new(a, &object, &card);
	else if (memcmp(a->card[at].id, object.id, HASH_BYTES) != 0)
		report_bad(a, IDMAP_NONE, "it is a second card of %s with serial %llu, and differs from the first.",
			   a->card[at].name.text, (unsigned long long)a->card[at].serial);
	else if (is_record && a->card[at].has_record)
		report_bad(a, IDMAP_NONE, "this card of %s stands in the file twice.", a->card[at].name.text);
	at = cards_find(a, card.name, card.serial);
	if (at != IDMAP_NONE)
		a->card[at].has_record |= is_record;
}

uint32_t cards_find(const struct audit *a, struct bytes name, uint64_t serial)
{
	uint8_t mark[MARK_BYTES];

	mark_card(a, name, serial, mark);
	return idmap_find(&a->card_map, mark, a->card, sizeof *a->card);
}

struct known_card *cards_root(struct audit *a, struct bytes name)
{
	uint32_t row = find_name(a, name);
	struct known_card *found = NULL;

	for (uint32_t at = row != IDMAP_NONE ? a->card_name[row].first : IDMAP_NONE; at != IDMAP_NONE;
	     at = a->card[at].next_same)
		if (found == NULL || a->card[at].trust == RESULT_OK)
			found = &a->card[at];
	return found;
}

uint32_t cards_of_note(const struct audit *a, struct bytes name, struct bytes origin, const struct note *note)
{
	uint32_t row = find_name(a, name);

	for (uint32_t at = row != IDMAP_NONE ? a->card_name[row].first : IDMAP_NONE; at != IDMAP_NONE;
	     at = a->card[at].next_same)
		if (note_verify(note, origin, a->card[at].log) == RESULT_OK)
			return at;
	return IDMAP_NONE;
}

void cards_rest_on(struct known_card *card, int64_t at)
{
	if (card->trust != RESULT_OK)
		card->dependents++;
	if (at == WITNESSED_WITHOUT_TIME)
		return;
	card->early += at < card->valid_from;
	card->late += at >= card->valid_until;
}

/* The objects that rest on untrusted cards of one name. */
static void conclude_name(struct audit *a, uint32_t first)
{
	const struct known_card *card = &a->card[first];
	uint64_t dependents = 0;

	for (uint32_t at = first; at != IDMAP_NONE; at = a->card[at].next_same)
		dependents += a->card[at].dependents;
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

/* A card that was not valid when it was used warns and blocks nothing (SPEC 5.3). */
static void note_validity(struct audit *a, const struct known_card *card)
{
	unsigned long long early = card->early, late = card->late;
	char at[TIME_TEXT];

	if (early > 0) {
		time_format_iso(card->valid_from, at);
		report_note(a, false, "%llu %s signed under serial %llu of %s before that card became valid, at %s.",
			    early, report_word(early, "object was", "objects were"), (unsigned long long)card->serial,
			    card->name.text, at);
	}
	if (late > 0) {
		time_format_iso(card->valid_until, at);
		report_note(a, false, "%llu %s signed under serial %llu of %s after that card had expired, at %s.", late,
			    report_word(late, "object was", "objects were"), (unsigned long long)card->serial,
			    card->name.text, at);
	}
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
	for (size_t i = 0; i < a->card_name_count; i++)
		if (!name_equal(&a->card[a->card_name[i].first].name, &a->report->station))
			conclude_name(a, a->card_name[i].first);
	for (size_t i = 0; i < a->card_count; i++)
		note_validity(a, &a->card[i]);
}
