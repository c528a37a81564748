/*
 * Making a proof of notification. A record is read three times: for the message, for what is about it and the logs it
 * stands in, and for those logs' entries.
 */
#include "client/audit/prove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/prover.h"
#include "proto/card.h"
#include "proto/copy.h"
#include "proto/leaf.h"
#include "proto/result.h"

#define FIRST_ROOM 16

void *prover_grow(struct audit_prover *p, void *items, size_t *count, size_t *room, size_t size)
{
	uint8_t *list;

	memcpy(&list, items, sizeof list); /* items points to a pointer of any type */
	if (*count == *room) {
		size_t wider = *room > 0 ? 2 * *room : FIRST_ROOM;
		uint8_t *bigger = realloc(list, wider * size);

		if (bigger == NULL) {
			p->error = -ENOMEM;
			return NULL;
		}
		list = bigger;
		*room = wider;
		memcpy(items, &list, sizeof list);
	}
	memset(list + *count * size, 0, size);
	return list + (*count)++ * size;
}

struct bytes prover_keep(struct audit_prover *p, struct bytes bytes)
{
	struct bytes *copy = PROVER_ADD(p, copy);
	uint8_t *data = malloc(bytes.len + 1);

	if (copy == NULL || data == NULL) {
		free(data);
		p->error = -ENOMEM;
		return (struct bytes){NULL, 0};
	}
	memcpy(data, bytes.data, bytes.len);
	*copy = (struct bytes){data, bytes.len};
	return *copy;
}

struct audit_prover *audit_prover_create(const struct audit_wish *wish)
{
	struct audit_prover *p = calloc(1, sizeof *p);

	if (p != NULL)
		p->wish = *wish;
	return p;
}

void audit_prover_destroy(struct audit_prover *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->copy_count; i++)
		free((void *)(uintptr_t)p->copy[i].data);
	for (size_t i = 0; i < p->log_count; i++) {
		free(p->log[i]->node);
		free(p->log[i]);
	}
	idmap_finish(&p->object_map);
	free(p->copy);
	free(p->object);
	free(p->log);
	free(p->card);
	free(p);
}

static bool is_message(enum object_type type)
{
	return type == OBJECT_MESSAGE || type == OBJECT_MESSAGE_EXERCISE;
}

/* Whether the user's words name this message. */
static bool is_wanted(const struct audit_prover *p, const struct object *object, const struct message *message)
{
	char hex[2 * OBJECT_ID_BYTES + 1];
	struct reference reference;

	key_hex(object->id, sizeof object->id, hex);
	if (bytes_equal(p->wish.number, bytes_of(hex)))
		return true;
	return reference_parse(p->wish.number, &reference) && reference.number.year == message->number.year &&
	       reference.number.digits == message->number.digits &&
	       reference.is_exercise == (message->exercise.len > 0) &&
	       (reference.from.text[0] == 0 || bytes_equal(name_bytes(&reference.from), message->from));
}

/* The first reading: the message. */
static void find_message(struct audit_prover *p)
{
	static struct message message; /* large */
	struct object object;

	if (p->record.kind == EXPORT_BEGIN)
		name_copy(p->record.station, &p->station);
	if (p->record.kind != EXPORT_OBJECT || object_decode(p->record.bytes, &object) != RESULT_OK ||
	    !is_message(object.type) || message_decode(object.body, &message) != RESULT_OK ||
	    !is_wanted(p, &object, &message))
		return;
	if (p->has_message) {
		p->is_ambiguous |= memcmp(object.id, p->id, sizeof p->id) != 0;
		return;
	}
	p->has_message = true;
	p->type = object.type;
	memcpy(p->id, object.id, sizeof p->id);
	p->encoded = prover_keep(p, p->record.bytes);
	if (p->error == 0 && object_decode(p->encoded, &object) == RESULT_OK)
		message_decode(object.body, &p->message);
}

static void add_card(struct audit_prover *p)
{
	struct prove_card *kept;
	struct object object;
	struct card card;

	if (card_open(p->record.bytes, &object, &card) != RESULT_OK)
		return;
	for (size_t i = 0; i < p->card_count; i++)
		if (p->card[i].serial == card.serial && bytes_equal(name_bytes(&p->card[i].name), card.name))
			return;
	kept = PROVER_ADD(p, card);
	if (kept == NULL)
		return;
	name_copy(card.name, &kept->name);
	kept->serial = card.serial;
	memcpy(kept->log, card.log, KEY_BYTES);
	kept->encoded = prover_keep(p, p->record.bytes);
}

static void add_object(struct audit_prover *p, const struct object *object, struct prove_object *about)
{
	struct prove_object *kept;
	uint32_t at = idmap_find(&p->object_map, object->id, p->object, sizeof *p->object);

	if (at != IDMAP_NONE || (kept = PROVER_ADD(p, object)) == NULL)
		return;
	*kept = *about;
	memcpy(kept->id, object->id, sizeof kept->id);
	kept->encoded = prover_keep(p, p->record.bytes);
	if (idmap_add(&p->object_map, (uint32_t)p->object_count - 1, p->object, sizeof *p->object) != 0)
		p->error = -ENOMEM;
}

static void find_receipt(struct audit_prover *p, const struct object *object)
{
	struct prove_object about = {.receipt = 0};
	struct receipt receipt;

	if (receipt_decode(object->body, &receipt) != RESULT_OK || !p->wish.wants[receipt.kind])
		return;
	about.receipt = receipt.kind;
	about.serial = receipt.card_serial;
	name_copy(receipt.from, &about.from);
	for (size_t i = 0; i < receipt.id_count; i++)
		if (memcmp(receipt.id[i], p->id, sizeof p->id) == 0) {
			add_object(p, object, &about);
			return;
		}
}

static void find_copy(struct audit_prover *p, const struct object *object)
{
	struct prove_object about = {.receipt = 0};
	struct copy copy;

	if (copy_decode(object->body, &copy) != RESULT_OK || memcmp(copy.message, p->id, sizeof p->id) != 0)
		return;
	about.serial = copy.card_serial;
	name_copy(p->message.from, &about.from);
	add_object(p, object, &about);
}

static void find_later(struct audit_prover *p, const struct object *object)
{
	static struct message later; /* large */
	struct prove_object about = {.receipt = 0};

	if (message_decode(object->body, &later) != RESULT_OK || !message_supersedes(&later) || !later.has_supersedes ||
	    memcmp(later.supersedes, p->id, sizeof p->id) != 0 || !bytes_equal(later.from, p->message.from) ||
	    object->type != p->type)
		return;
	about.serial = later.card_serial;
	name_copy(later.from, &about.from);
	add_object(p, object, &about);
}

static void find_object(struct audit_prover *p)
{
	struct object object;

	if (object_decode(p->record.bytes, &object) != RESULT_OK)
		return;
	if (object.type == OBJECT_CARD)
		add_card(p);
	else if (object.type == OBJECT_RECEIPT || object.type == OBJECT_RECEIPT_EXERCISE)
		find_receipt(p, &object);
	else if (object.type == OBJECT_COPY || object.type == OBJECT_COPY_EXERCISE)
		find_copy(p, &object);
	else if (is_message(object.type))
		find_later(p, &object);
}

/* The second reading: what is about the message, its content, cards, and the logs it stands in. */
static void find_about(struct audit_prover *p)
{
	uint8_t hash[HASH_BYTES];
	struct leaf leaf;

	if (p->record.kind == EXPORT_OBJECT)
		find_object(p);
	else if (p->record.kind == EXPORT_CARD)
		add_card(p);
	else if (p->record.kind == EXPORT_CONTENT && p->wish.has_content && p->content.len == 0) {
		hash_sha256(p->record.bytes, hash);
		if (memcmp(hash, p->message.content_hash, HASH_BYTES) == 0)
			p->content = prover_keep(p, p->record.bytes);
	} else if (p->record.kind == EXPORT_ENTRY && leaf_decode(p->record.bytes, &leaf) == RESULT_OK && leaf.has_id &&
		   leaf.data.len == 0 && memcmp(leaf.id, p->id, sizeof p->id) == 0)
		prove_log_begin(p);
}

/* The third: the entries of those logs, and who held which head of them. */
static void find_places(struct audit_prover *p)
{
	struct receipt receipt;
	struct object object;

	if (p->record.kind == EXPORT_ENTRY || p->record.kind == EXPORT_HASH || p->record.kind == EXPORT_CHECKPOINT)
		prove_log_add(p);
	else if (p->record.kind == EXPORT_OBJECT && object_decode(p->record.bytes, &object) == RESULT_OK &&
		 (object.type == OBJECT_RECEIPT || object.type == OBJECT_RECEIPT_EXERCISE) &&
		 receipt_decode(object.body, &receipt) == RESULT_OK)
		prove_log_witness(p, &receipt);
}

static void read_all(struct audit_prover *p, void (*take)(struct audit_prover *p))
{
	int result = reader_rewind(&p->reader);

	while (result == 0 && p->error == 0) {
		result = reader_next(&p->reader, &p->record);
		if (result == RESULT_OK)
			take(p);
	}
	if (p->error == 0 && result != READER_END)
		p->error = result < 0 ? result : -EIO; /* it changed since it was verified */
}

int audit_prover_add(struct audit_prover *p, const char *path, char out_why[AUDIT_TEXT])
{
	int result = reader_open(&p->reader, path);

	if (result != 0)
		return result;
	p->first_log = p->log_count;
	read_all(p, find_message);
	if (p->error == 0 && (!p->has_message || p->is_ambiguous)) {
		snprintf(out_why, AUDIT_TEXT, p->is_ambiguous
						  ? "%s has several messages of that number: name its sender, or its id"
						  : "%s has no message of that number, or withholds it",
			 path);
		p->error = RESULT_DIFFERENT;
	}
	if (p->error == 0)
		read_all(p, find_about);
	if (p->error == 0)
		read_all(p, find_places);
	if (p->error == 0)
		prove_log_finish(p);
	reader_close(&p->reader);
	if (p->error == RESULT_PROOF)
		snprintf(out_why, AUDIT_TEXT, "%s withholds what would lead from the message to a checkpoint", path);
	return p->error;
}
