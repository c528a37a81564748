/*
 * The arrays of an export as JSON, one a line: what each says, and beside it the exact bytes in base64, by which hashes
 * and signatures can be checked.
 */
#include "client/json_record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "client/say.h"
#include "proto/armour.h"
#include "proto/copy.h"
#include "proto/receipt.h"
#include "proto/result.h"
#include "proto/revocation.h"

static json_t *json_base64(struct bytes bytes)
{
	size_t room = 4 * (bytes.len / 3 + 1);
	char *text = must(malloc(room));
	json_t *value = json_stringn(text, base64_encode(bytes, text, room));

	free(text);
	return must(value);
}

static json_t *json_number(uint64_t number)
{
	return must(json_integer((json_int_t)number));
}

static void set(json_t *document, const char *name, json_t *value)
{
	json_object_set_new(document, name, value);
}

/* An array of a station log's entry, as it is. */
static json_t *json_array_of(struct bytes encoded)
{
	struct pack_reader r = pack_reader(encoded);

	return json_value(&r);
}

static void set_entry(json_t *document, const struct export_record *record)
{
	struct leaf leaf;

	set(document, "log", json_text(record->origin));
	set(document, "index", json_number(record->index));
	if (leaf_decode(record->bytes, &leaf) == RESULT_OK) {
		set(document, "at", json_time(leaf.at));
		set(document, "kind", json_number(leaf.kind));
		set(document, "id", leaf.has_id ? json_hex(leaf.id, HASH_BYTES) : json_null());
		set(document, "data", leaf.data.len > 0 ? json_array_of(leaf.data) : json_null());
	}
	set(document, "bytes", json_base64(record->bytes));
}

static void set_receipt(json_t *document, struct bytes body)
{
	static struct receipt receipt;
	json_t *ids = must(json_array());

	if (receipt_decode(body, &receipt) == RESULT_OK) {
		for (size_t i = 0; i < receipt.id_count; i++)
			json_array_append_new(ids, json_hex(receipt.id[i], OBJECT_ID_BYTES));
		set(document, "receipt", must(json_string(receipt_kind_name(receipt.kind))));
		set(document, "from", json_text(receipt.from));
		set(document, "to", json_text(receipt.to));
		set(document, "at", json_time(receipt.at));
		set(document, "clock_error_ms", json_number(receipt.clock_error));
		set(document, "officer", json_text(receipt.officer));
		set(document, "understood", json_number(receipt.understood));
		set(document, "reason", json_number(receipt.reason));
		set(document, "note", json_text(receipt.note));
		set(document, "log_size", json_number(receipt.log_size));
		set(document, "log_root", json_hex(receipt.log_root, HASH_BYTES));
		set(document, "card_serial", json_number(receipt.card_serial));
	}
	set(document, "messages", ids);
}

static void set_copy(json_t *document, struct bytes body)
{
	struct copy copy;

	if (copy_decode(body, &copy) != RESULT_OK)
		return;
	set(document, "message", json_hex(copy.message, OBJECT_ID_BYTES));
	set(document, "to", json_text(copy.to));
	set(document, "step", json_number(copy.step));
	set(document, "at", json_time(copy.at));
	set(document, "card_serial", json_number(copy.card_serial));
}

static void set_revocation(json_t *document, struct bytes body)
{
	struct revocation revocation;

	if (revocation_decode(body, &revocation) != RESULT_OK)
		return;
	set(document, "name", json_text(revocation.name));
	set(document, "serial", json_number(revocation.serial));
	set(document, "reason", json_number(revocation.reason));
	set(document, "at", json_time(revocation.at));
}

static void set_message(json_t *document, struct bytes body)
{
	static struct message message;

	if (message_decode(body, &message) != RESULT_OK)
		return;
	json_set_header(document, &message);
	set(document, "year", json_number(message.number.year));
	set(document, "digits", json_number(message.number.digits));
	set(document, "released_at", json_time(message.released_at));
	set(document, "clock_error_ms", json_number(message.clock_error));
	set(document, "card_serial", json_number(message.card_serial));
	set(document, "content_hash", json_hex(message.content_hash, HASH_BYTES));
}

static void set_card(json_t *document, struct bytes body)
{
	static struct card card;

	if (card_decode(body, &card) != RESULT_OK)
		return;
	set(document, "name", json_text(card.name));
	set(document, "serial", json_number(card.serial));
	set(document, "valid_from", json_time(card.valid_from));
	set(document, "valid_until", json_time(card.valid_until));
	set(document, "root", json_hex(card.root, KEY_BYTES));
	set(document, "signing", json_hex(card.signing, KEY_BYTES));
	set(document, "log_key", json_hex(card.log, KEY_BYTES));
}

/* An object by its type; what is none is a checkpoint's note. */
static void set_object(json_t *document, struct bytes encoded)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct object object;

	object_id(encoded, id);
	set(document, "id", json_hex(id, sizeof id));
	if (object_decode(encoded, &object) != RESULT_OK) {
		set(document, "type", must(json_string("checkpoint")));
		set(document, "note", json_text(encoded));
		return;
	}
	set(document, "type", must(json_string(object_type_name(object.type))));
	switch (object.type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		set_message(document, object.body);
		break;
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		set_receipt(document, object.body);
		break;
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
		set_copy(document, object.body);
		break;
	case OBJECT_REVOCATION:
		set_revocation(document, object.body);
		break;
	case OBJECT_CARD:
		set_card(document, object.body);
		break;
	case OBJECT_OFFER:
		break;
	}
	set(document, "bytes", json_base64(encoded));
}

static void set_content(json_t *document, struct bytes encoded)
{
	static struct content content;
	uint8_t hash[HASH_BYTES];

	hash_sha256(encoded, hash);
	set(document, "content_hash", json_hex(hash, sizeof hash));
	if (content_decode(encoded, &content) == RESULT_OK)
		json_set_content(document, &content);
	set(document, "bytes", json_base64(encoded));
}

static void set_withheld(json_t *document, const struct export_record *record)
{
	set(document, "log", json_text(record->origin));
	set(document, "first", json_number(record->index << record->level));
	set(document, "count", json_number(UINT64_C(1) << record->level));
	set(document, "hash", json_hex(record->hash, HASH_BYTES));
}

json_t *json_record(const struct export_record *record)
{
	static const char *const names[] = {"begin",   "card",	     "entry", "withheld", "object",
					    "content", "checkpoint", "head",  "end"};
	json_t *document = must(json_object());

	set(document, "record", must(json_string(names[record->kind])));
	switch (record->kind) {
	case EXPORT_BEGIN:
		set(document, "station", json_text(record->station));
		set(document, "since", json_time(record->since));
		set(document, "until", json_time(record->until));
		set(document, "made_at", json_time(record->made_at));
		break;
	case EXPORT_CARD:
	case EXPORT_OBJECT:
		set_object(document, record->bytes);
		break;
	case EXPORT_ENTRY:
		set_entry(document, record);
		break;
	case EXPORT_HASH:
		set_withheld(document, record);
		break;
	case EXPORT_CONTENT:
		set_content(document, record->bytes);
		break;
	case EXPORT_CHECKPOINT:
		set(document, "note", json_text(record->bytes));
		break;
	case EXPORT_HEAD:
		set(document, "log", json_text(record->origin));
		set(document, "size", json_number(record->size));
		set(document, "root", json_hex(record->hash, HASH_BYTES));
		break;
	case EXPORT_END:
		set(document, "records", json_number(record->size));
		break;
	}
	return document;
}

static int write_line(struct json_lines *lines, const struct export_record *record)
{
	char *text = json_ascii(json_record(record), true);
	int result = lines->write(lines->ctx, bytes_of(text));

	free(text);
	return result;
}

int json_lines_add(struct json_lines *lines, struct bytes part)
{
	struct export_record record;
	size_t at = 0, len;
	int result;

	if (lines->capacity - lines->len < part.len) {
		lines->capacity = 2 * (lines->len + part.len);
		lines->bytes = must(realloc(lines->bytes, lines->capacity));
	}
	if (part.len > 0)
		memcpy(lines->bytes + lines->len, part.data, part.len);
	lines->len += part.len;
	while (lines->len > at &&
	       (result = export_decode((struct bytes){lines->bytes + at, lines->len - at}, &record, &len)) !=
		   RESULT_INCOMPLETE) {
		if (result == RESULT_OK)
			result = write_line(lines, &record);
		if (result != 0)
			return result;
		at += len;
	}
	memmove(lines->bytes, lines->bytes + at, lines->len - at);
	lines->len -= at;
	return 0;
}

bool json_lines_finish(struct json_lines *lines)
{
	bool is_whole = lines->len == 0;

	free(lines->bytes);
	memset(lines, 0, sizeof *lines);
	return is_whole;
}
