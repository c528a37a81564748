/* Questions to an opened record, and what is read from the file for them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/audit/record.h"
#include "proto/result.h"

enum window { WINDOW_LEAF, WINDOW_OBJECT, WINDOW_CONTENT };

#define AHEAD_BYTES (256 * KIB) /* leaves are mostly asked for in the order in which they stand */

uint32_t audit_record_item(const struct audit_record *record, const uint8_t id[HASH_BYTES])
{
	uint8_t mark[MARK_BYTES];

	idmap_mark(record->key, (struct bytes){id, HASH_BYTES}, mark);
	return idmap_find(&record->item_map, mark, record->item, sizeof *record->item);
}

uint32_t audit_record_message_of(const struct audit_record *record, uint32_t item)
{
	return item != RECORD_NONE && record->item[item].type == RECORD_MESSAGE ? record->item[item].fact : RECORD_NONE;
}

/* Whether an entry says more of it than that it was refused. */
static bool is_held(const struct audit_record *record, uint32_t item)
{
	for (uint32_t at = record->item[item].entry; at != RECORD_NONE; at = record->entry[at].next_same)
		if (record->log[record->entry[at].log].peer.text[0] != '\0' || record->entry[at].kind != STATION_REFUSED)
			return true;
	return false;
}

static bool is_meant(const struct audit_record *record, const struct record_message *message,
		     const struct reference *reference)
{
	return message->number.year == reference->number.year && message->number.digits == reference->number.digits &&
	       message->is_exercise == reference->is_exercise && is_held(record, message->item) &&
	       (reference->from.text[0] == '\0' || name_equal(&record->name[message->from].name, &reference->from));
}

uint32_t audit_record_message(const struct audit_record *record, const struct reference *reference, uint32_t after)
{
	for (uint32_t i = after != RECORD_NONE ? after + 1 : 0; i < record->message_list.count; i++)
		if (is_meant(record, &record->message[i], reference))
			return i;
	return RECORD_NONE;
}

uint32_t audit_record_name(const struct audit_record *record, struct bytes name)
{
	uint8_t mark[MARK_BYTES];

	idmap_mark(record->key, name, mark);
	return idmap_find(&record->name_map, mark, record->name, sizeof *record->name);
}

uint32_t audit_record_log(const struct audit_record *record, struct bytes peer)
{
	for (uint32_t i = 0; i < record->log_list.count; i++)
		if (bytes_equal(name_bytes(&record->log[i].peer), peer))
			return i;
	return RECORD_NONE;
}

uint32_t audit_record_card(const struct audit_record *record, struct bytes name, uint64_t serial)
{
	uint32_t which = audit_record_name(record, name), found = RECORD_NONE;

	for (uint32_t i = 0; i < record->card_list.count && which != RECORD_NONE; i++) {
		const struct record_card *card = &record->card[i];

		if (card->name == which && (serial == 0 || card->serial == serial) &&
		    (found == RECORD_NONE || card->serial > record->card[found].serial))
			found = i;
	}
	return found;
}

struct bytes audit_record_text(const struct audit_record *record, uint32_t name)
{
	return name_bytes(&record->name[name].name);
}

void audit_record_reference(const struct audit_record *record, uint32_t message, char out[RECORD_REFERENCE])
{
	const struct record_message *m = &record->message[message];
	char number[NUMBER_TEXT];

	number_format(m->number, number);
	snprintf(out, RECORD_REFERENCE, "%s %s%s", record->name[m->from].name.text, m->is_exercise ? "EX " : "", number);
}

/* Reads an array and what follows; when the file ends within it, it has changed since it was indexed. */
static int fill(const struct audit_record *record, enum window which, struct record_window *window,
		struct record_span span)
{
	size_t len = span.len, want = which == WINDOW_LEAF && len < AHEAD_BYTES ? AHEAD_BYTES : len;
	uint64_t offset = span.offset;

	if (window->data == NULL)
		window->data = malloc(EXPORT_RECORD_BYTES);
	if (window->data == NULL)
		return -ENOMEM;
	window->offset = offset;
	window->len = 0;
	while (window->len < want) {
		ssize_t n = pread(record->reader.fd, window->data + window->len, want - window->len,
				  (off_t)(offset + window->len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		window->len += (size_t)n;
	}
	return window->len >= len ? 0 : -EIO;
}

static int read_array(struct audit_record *record, enum window which, struct record_span span,
		      struct export_record *out)
{
	struct record_window *window = &record->window[which];
	uint64_t end = (uint64_t)span.offset + span.len;
	struct bytes in;
	size_t len;
	int result = 0;

	if (span.len == 0)
		return RESULT_INCOMPLETE;
	if (window->data == NULL || span.offset < window->offset || end > window->offset + window->len)
		result = fill(record, which, window, span);
	if (result != 0)
		return result;
	in = (struct bytes){window->data + (span.offset - window->offset), span.len};
	return export_decode(in, out, &len) == RESULT_OK && len == in.len ? RESULT_OK : -EIO;
}

int audit_record_leaf(struct audit_record *record, const struct record_entry *entry, struct leaf *out)
{
	struct export_record array;
	int result = read_array(record, WINDOW_LEAF, entry->leaf, &array);

	if (result == RESULT_OK && array.kind != EXPORT_ENTRY)
		result = -EIO;
	return result == RESULT_OK ? leaf_decode(array.bytes, out) : result;
}

int audit_record_leaf_hash(struct audit_record *record, const struct record_entry *entry, uint8_t out[HASH_BYTES])
{
	struct export_record array;
	int result = read_array(record, WINDOW_LEAF, entry->leaf, &array);

	if (result == RESULT_OK)
		merkle_leaf(array.bytes, out);
	return result;
}

int audit_record_object(struct audit_record *record, struct record_span span, struct bytes *out)
{
	struct export_record array;
	int result = read_array(record, WINDOW_OBJECT, span, &array);

	if (result == RESULT_OK)
		*out = array.bytes;
	return result;
}

int audit_record_header(struct audit_record *record, uint32_t message, struct message *out)
{
	struct object object;
	struct bytes encoded;
	int result = audit_record_object(record, record->item[record->message[message].item].object, &encoded);

	if (result == RESULT_OK)
		result = object_decode(encoded, &object);
	return result == RESULT_OK ? message_decode(object.body, out) : result;
}

int audit_record_encoded_words(struct audit_record *record, uint32_t message, struct bytes *out)
{
	uint32_t content = record->message[message].content;
	struct export_record array;
	int result = content != RECORD_NONE ? read_array(record, WINDOW_CONTENT, record->content[content].span, &array)
					    : RESULT_INCOMPLETE;

	if (result == RESULT_OK)
		*out = array.bytes;
	return result;
}

int audit_record_words(struct audit_record *record, uint32_t message, struct content *out)
{
	struct bytes encoded;
	int result = audit_record_encoded_words(record, message, &encoded);

	return result == RESULT_OK ? content_decode(encoded, out) : result;
}
