/* Indexing an export: one pass over its arrays, then entries by time, and what belongs to each item. */
#include "client/audit/record.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "client/audit/facts.h"
#include "proto/result.h"

#define FIRST_ROOM 64
#define ORIGIN_PREFIX "hotline/"

void *record_grow(struct audit_record *record, void *items, struct record_list *list, size_t size)
{
	uint8_t *at;

	memcpy(&at, items, sizeof at); /* items points to a pointer of any type */
	if (list->count == list->room) {
		size_t wider = list->room > 0 ? 2 * list->room : FIRST_ROOM;
		uint8_t *bigger = wider <= RECORD_NONE / 2 ? realloc(at, wider * size) : NULL;

		if (bigger == NULL) {
			record->error = -ENOMEM;
			return NULL;
		}
		at = bigger;
		list->room = wider;
		memcpy(items, &at, sizeof at);
	}
	memset(at + list->count * size, 0, size);
	return at + list->count++ * size;
}

/* The first thing that is wrong ends the pass. */
__attribute__((format(printf, 2, 3))) static void wrong(struct audit_record *record, const char *format, ...)
{
	va_list args;

	if (record->error != 0)
		return;
	record->error = RESULT_MALFORMED;
	va_start(args, format);
	vsnprintf(record->sentence, sizeof record->sentence, format, args);
	va_end(args);
}

static void read_begin(struct audit_record *record, const struct export_record *array)
{
	if (record->station.text[0] != '\0')
		wrong(record, "array %llu begins the export a second time", (unsigned long long)record->reader.number);
	else if (!name_copy(array->station, &record->station))
		wrong(record, "the station that it names is no contact point");
	else
		facts_name(record, array->station);
	record->since = array->since;
	record->until = array->until;
	record->made_at = array->made_at;
}

/* The peer that an origin of this station names, "" for the station log; false when it is no such origin. */
static bool read_origin(const struct audit_record *record, struct bytes origin, struct name *out)
{
	struct bytes station = name_bytes(&record->station), peer = {NULL, 0};
	size_t head = strlen(ORIGIN_PREFIX) + station.len;
	char expected[ORIGIN_TEXT];

	*out = (struct name){""};
	if (origin.len > head + 1)
		peer = (struct bytes){origin.data + head + 1, origin.len - head - 1};
	if (peer.len > 0 && (bytes_equal(peer, station) || !name_copy(peer, out)))
		return false;
	checkpoint_origin(station, peer, expected);
	return bytes_equal(bytes_of(expected), origin);
}

/* The log of an origin, made when it is new. */
static struct record_log *find_log(struct audit_record *record, struct bytes origin)
{
	struct record_log *log;
	struct name peer;

	for (size_t i = 0; i < record->log_list.count; i++)
		if (bytes_equal(bytes_of(record->log[i].origin), origin))
			return &record->log[i];
	if (!read_origin(record, origin, &peer) || record->log_list.count == UINT16_MAX) {
		wrong(record, "array %llu names a log that is not of %s", (unsigned long long)record->reader.number,
		      record->station.text);
		return NULL;
	}
	log = RECORD_ADD(record, log);
	if (log == NULL)
		return NULL;
	memcpy(log->origin, origin.data, origin.len);
	log->peer = peer;
	return log;
}

struct record_span record_span(const struct audit_record *record)
{
	const struct reader *reader = &record->reader;

	return (struct record_span){.offset = reader->offset, .len = reader->next_offset - reader->offset};
}

static void read_entry(struct audit_record *record, const struct export_record *array)
{
	struct record_log *log = find_log(record, array->origin);
	struct record_entry *entry;
	struct leaf leaf;

	if (log == NULL)
		return;
	if (array->index != log->size || leaf_decode(array->bytes, &leaf) != RESULT_OK) {
		wrong(record, "entry %llu of %s is not as it should be", (unsigned long long)array->index, log->origin);
		return;
	}
	entry = RECORD_ADD(record, entry);
	if (entry == NULL)
		return;
	*entry = (struct record_entry){.at = leaf.at,
				       .index = log->size++,
				       .leaf = record_span(record),
				       .next_same = RECORD_NONE,
				       .log = (uint16_t)(log - record->log),
				       .kind = leaf.kind <= UINT16_MAX ? (uint16_t)leaf.kind : 0};
	entry->item = leaf.has_id ? record_item(record, leaf.id) : RECORD_NONE;
}

static void read_hash(struct audit_record *record, const struct export_record *array)
{
	struct record_log *log = find_log(record, array->origin);
	uint64_t count = UINT64_C(1) << array->level;
	struct record_gap *gap;

	if (log == NULL)
		return;
	if (log->size % count != 0 || array->index != log->size >> array->level || count > INT64_MAX - log->size) {
		wrong(record, "a withheld range of %s does not begin at entry %llu, where it belongs", log->origin,
		      (unsigned long long)log->size);
		return;
	}
	gap = RECORD_ADD(record, gap);
	if (gap == NULL)
		return;
	*gap = (struct record_gap){.log = (uint32_t)(log - record->log), .first = log->size, .count = count};
	memcpy(gap->hash, array->hash, HASH_BYTES);
	log->size += count;
	log->withheld += count;
}

static void read_checkpoint(struct audit_record *record, const struct export_record *array)
{
	struct checkpoint checkpoint;
	struct record_log *log;
	struct note note;

	if (note_decode(array->bytes, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &checkpoint) != RESULT_OK) {
		wrong(record, "array %llu is no checkpoint", (unsigned long long)record->reader.number);
		return;
	}
	log = find_log(record, checkpoint.origin);
	if (log == NULL || checkpoint.size < log->checkpoint_size)
		return;
	log->checkpoint = record_span(record);
	log->checkpoint_size = checkpoint.size;
}

static void read_array(struct audit_record *record, const struct export_record *array)
{
	if (record->station.text[0] == '\0' && array->kind != EXPORT_BEGIN) {
		wrong(record, "it does not begin as an export does");
		return;
	}
	if (record->has_ended)
		wrong(record, "something stands after its last array");
	switch (array->kind) {
	case EXPORT_BEGIN:
		read_begin(record, array);
		break;
	case EXPORT_CARD:
		facts_card(record, array->bytes);
		break;
	case EXPORT_ENTRY:
		read_entry(record, array);
		break;
	case EXPORT_HASH:
		read_hash(record, array);
		break;
	case EXPORT_OBJECT:
		facts_object(record, array->bytes);
		break;
	case EXPORT_CONTENT:
		facts_content(record, array->bytes);
		break;
	case EXPORT_CHECKPOINT:
		read_checkpoint(record, array);
		break;
	case EXPORT_HEAD:
		break; /* hearsay */
	case EXPORT_END:
		record->has_ended = true;
		if (array->size != record->reader.number - 1)
			wrong(record, "its last array says that %llu stand before it, but there are %llu",
			      (unsigned long long)array->size, (unsigned long long)record->reader.number - 1);
		break;
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct record_entry *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->log != y->log)
		return x->log < y->log ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Orders the entries, and from the last to the first hangs each before the later ones of its item. */
static void order(struct audit_record *record)
{
	if (record->entry_list.count > 0)
		qsort(record->entry, record->entry_list.count, sizeof *record->entry, compare_entries);
	for (size_t i = record->entry_list.count; i-- > 0;) {
		struct record_entry *entry = &record->entry[i];

		if (entry->item == RECORD_NONE)
			continue;
		entry->next_same = record->item[entry->item].entry;
		record->item[entry->item].entry = (uint32_t)i;
	}
}

static void index_all(struct audit_record *record)
{
	struct export_record array;
	int result;

	while ((result = reader_next(&record->reader, &array)) == RESULT_OK && record->error == 0)
		read_array(record, &array);
	if (record->error != 0)
		return;
	if (result < 0)
		record->error = result;
	else if (result == RESULT_INCOMPLETE || (result == READER_END && record->reader.number > 1 && !record->has_ended))
		wrong(record, "it is cut short");
	else if (result == READER_END && !record->has_ended)
		wrong(record, "it is empty");
	else if (result != READER_END)
		wrong(record, "%s from byte %llu on", record->station.text[0] == '\0' ? "it is no export" : "it is damaged",
		      (unsigned long long)record->reader.offset);
	if (record->error != 0)
		return;
	order(record);
	facts_settle(record);
}

int audit_record_open(const char *path, struct audit_record *out)
{
	int result;

	memset(out, 0, sizeof *out);
	out->item_map.key_len = out->name_map.key_len = out->content_map.key_len = MARK_BYTES;
	out->error = getrandom(out->key, sizeof out->key, 0) == (ssize_t)sizeof out->key ? 0 : -EIO;
	if (out->error == 0)
		out->error = reader_open(&out->reader, path);
	if (out->error == 0)
		index_all(out);
	result = out->error;
	if (result != 0)
		audit_record_close(out);
	return result;
}

void audit_record_close(struct audit_record *record)
{
	void *const lists[] = {record->log,	record->gap,	 record->entry,	  record->item,
			       record->name,	record->message, record->receipt, record->mention,
			       record->content, record->card,	 record->addressee, record->named};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		free(lists[i]);
	for (size_t i = 0; i < sizeof record->window / sizeof *record->window; i++)
		free(record->window[i].data);
	idmap_finish(&record->item_map);
	idmap_finish(&record->name_map);
	idmap_finish(&record->content_map);
	reader_close(&record->reader);
}
