/*
 * What objects say, in small. What can't be read is kept as an item of no known type: that it is wrong is for the
 * verification to say.
 */
#include "client/audit/facts.h"

#include <errno.h>
#include <string.h>

#include "proto/result.h"

uint32_t record_item(struct audit_record *record, const uint8_t id[HASH_BYTES])
{
	uint32_t at = audit_record_item(record, id);
	struct record_item *item;

	if (at != RECORD_NONE)
		return at;
	item = RECORD_ADD(record, item);
	if (item == NULL)
		return RECORD_NONE;
	idmap_mark(record->key, (struct bytes){id, HASH_BYTES}, item->mark);
	memcpy(item->id, id, HASH_BYTES);
	item->entry = item->fact = RECORD_NONE;
	at = (uint32_t)record->item_list.count - 1;
	if (idmap_add(&record->item_map, at, record->item, sizeof *record->item) != 0)
		record->error = -ENOMEM;
	return at;
}

uint32_t facts_name(struct audit_record *record, struct bytes text)
{
	struct record_name *name;
	uint32_t at = audit_record_name(record, text);

	if (at != RECORD_NONE)
		return at;
	name = RECORD_ADD(record, name);
	if (name == NULL)
		return RECORD_NONE;
	idmap_mark(record->key, text, name->mark);
	name_copy(text, &name->name);
	at = (uint32_t)record->name_list.count - 1;
	if (idmap_add(&record->name_map, at, record->name, sizeof *record->name) != 0)
		record->error = -ENOMEM;
	return at;
}

static uint32_t content_at(struct audit_record *record, const uint8_t hash[HASH_BYTES])
{
	struct record_content *content;
	uint8_t mark[MARK_BYTES];
	uint32_t at;

	idmap_mark(record->key, (struct bytes){hash, HASH_BYTES}, mark);
	at = idmap_find(&record->content_map, mark, record->content, sizeof *record->content);
	if (at != RECORD_NONE)
		return at;
	content = RECORD_ADD(record, content);
	if (content == NULL)
		return RECORD_NONE;
	memcpy(content->mark, mark, MARK_BYTES);
	at = (uint32_t)record->content_list.count - 1;
	if (idmap_add(&record->content_map, at, record->content, sizeof *record->content) != 0)
		record->error = -ENOMEM;
	return at;
}

void facts_content(struct audit_record *record, struct bytes encoded)
{
	uint8_t hash[HASH_BYTES];
	uint32_t at;

	hash_sha256(encoded, hash);
	at = content_at(record, hash);
	if (at != RECORD_NONE)
		record->content[at].span = record_span(record);
}

static void add_addressees(struct audit_record *record, const struct bytes *names, size_t count)
{
	for (size_t i = 0; i < count && record->error == 0; i++) {
		uint32_t name = facts_name(record, names[i]), *addressee = RECORD_ADD(record, addressee);

		if (addressee != NULL)
			*addressee = name;
	}
}

static bool add_message(struct audit_record *record, const struct object *object, uint32_t item)
{
	static struct message m;
	struct record_message *message;
	uint32_t first = (uint32_t)record->addressee_list.count;

	if (message_decode(object->body, &m) != RESULT_OK || message_check(&m, object->type) != RESULT_OK)
		return false;
	add_addressees(record, m.action, m.action_count);
	add_addressees(record, m.info, m.info_count);
	add_addressees(record, m.ladder, m.ladder_count);
	message = RECORD_ADD(record, message);
	if (message == NULL)
		return false;
	*message = (struct record_message){.item = item,
					   .addressee = first,
					   .mention = RECORD_NONE,
					   .number = m.number,
					   .released_at = m.released_at,
					   .reply_by = m.reply_by,
					   .expires = m.expires,
					   .clock_error = m.clock_error,
					   .action_count = (uint8_t)m.action_count,
					   .info_count = (uint8_t)m.info_count,
					   .ladder_count = (uint8_t)m.ladder_count,
					   .kind = m.kind,
					   .precedence = m.precedence,
					   .tlp = m.tlp,
					   .is_sent = bytes_equal(m.from, name_bytes(&record->station)),
					   .is_exercise = m.exercise.len > 0,
					   .has_incident = m.has_incident};
	memcpy(message->incident, m.incident, INCIDENT_BYTES);
	message->from = facts_name(record, m.from);
	message->in_reply_to = m.has_in_reply_to ? record_item(record, m.in_reply_to) : RECORD_NONE;
	message->supersedes = m.has_supersedes ? record_item(record, m.supersedes) : RECORD_NONE;
	message->content = content_at(record, m.content_hash);
	return true;
}

static bool add_receipt(struct audit_record *record, const struct object *object, uint32_t item)
{
	static struct receipt r;
	struct record_receipt *receipt;
	uint32_t first = (uint32_t)record->named_list.count;

	if (receipt_decode(object->body, &r) != RESULT_OK)
		return false;
	for (size_t i = 0; i < r.id_count && record->error == 0; i++) {
		uint32_t at = record_item(record, r.id[i]), *named = RECORD_ADD(record, named);

		if (named != NULL)
			*named = at;
	}
	receipt = RECORD_ADD(record, receipt);
	if (receipt == NULL)
		return false;
	*receipt = (struct record_receipt){.item = item,
					   .named = first,
					   .named_count = (uint8_t)r.id_count,
					   .at = r.at,
					   .clock_error = r.clock_error,
					   .kind = r.kind,
					   .understood = r.understood,
					   .reason = r.reason,
					   .log_size = r.log_size,
					   .has_seen = r.has_seen,
					   .seen_size = r.seen_size};
	receipt->from = facts_name(record, r.from);
	receipt->to = facts_name(record, r.to);
	return true;
}

/* Keeps a card among the cards, once. */
static void add_card(struct audit_record *record, struct bytes encoded)
{
	struct record_card *kept;
	struct object object;
	struct card card;

	if (card_open(encoded, &object, &card) != RESULT_OK ||
	    audit_record_card(record, card.name, card.serial) != RECORD_NONE)
		return;
	kept = RECORD_ADD(record, card);
	if (kept == NULL)
		return;
	*kept = (struct record_card){.serial = card.serial, .object = record_span(record)};
	kept->name = facts_name(record, card.name);
}

/* Type and facts of a decoded object. */
static void add_facts(struct audit_record *record, const struct object *object, uint32_t at)
{
	static const uint8_t types[] = {
	    [OBJECT_CARD] = RECORD_CARD,	    [OBJECT_REVOCATION] = RECORD_REVOCATION,
	    [OBJECT_OFFER] = RECORD_OTHER,	    [OBJECT_MESSAGE] = RECORD_MESSAGE,
	    [OBJECT_RECEIPT] = RECORD_RECEIPT,	    [OBJECT_COPY] = RECORD_COPY,
	    [OBJECT_MESSAGE_EXERCISE] = RECORD_MESSAGE, [OBJECT_RECEIPT_EXERCISE] = RECORD_RECEIPT,
	    [OBJECT_COPY_EXERCISE] = RECORD_COPY,
	};
	uint8_t type = types[object->type];
	uint32_t fact = RECORD_NONE;

	if (type == RECORD_MESSAGE && add_message(record, object, at))
		fact = (uint32_t)record->message_list.count - 1;
	else if (type == RECORD_RECEIPT && add_receipt(record, object, at))
		fact = (uint32_t)record->receipt_list.count - 1;
	else if (type == RECORD_MESSAGE || type == RECORD_RECEIPT)
		type = RECORD_OTHER;
	record->item[at].type = type;
	record->item[at].fact = fact;
	record->item[at].is_exercise = object_is_exercise(object->type);
}

void facts_object(struct audit_record *record, struct bytes encoded)
{
	struct object object;
	bool is_object = object_decode(encoded, &object) == RESULT_OK;
	uint8_t id[HASH_BYTES];
	uint32_t at;

	hash_sha256(encoded, id);
	at = record_item(record, id);
	if (at == RECORD_NONE || record->item[at].type != RECORD_UNSEEN)
		return;
	record->item[at].object = record_span(record);
	if (is_object)
		add_facts(record, &object, at);
	else
		record->item[at].type = RECORD_NOTE;
	if (is_object && object.type == OBJECT_CARD)
		add_card(record, encoded);
}

void facts_card(struct audit_record *record, struct bytes encoded)
{
	facts_object(record, encoded);
	add_card(record, encoded);
}

/* From the last entry to the first, so that each message's receipts end in the order of time. */
void facts_settle(struct audit_record *record)
{
	for (size_t i = record->entry_list.count; i-- > 0;) {
		const struct record_entry *entry = &record->entry[i];
		const struct record_item *item = entry->item != RECORD_NONE ? &record->item[entry->item] : NULL;
		const struct record_receipt *receipt;

		if (item == NULL || item->type != RECORD_RECEIPT || item->entry != i)
			continue;
		receipt = &record->receipt[item->fact];
		for (size_t n = 0; n < receipt->named_count; n++) {
			uint32_t message = audit_record_message_of(record, record->named[receipt->named + n]);
			struct record_mention *mention;

			if (message == RECORD_NONE || (mention = RECORD_ADD(record, mention)) == NULL)
				continue;
			mention->receipt = item->fact;
			mention->next = record->message[message].mention;
			record->message[message].mention = (uint32_t)record->mention_list.count - 1;
		}
	}
}
