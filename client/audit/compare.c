/* The objects of two pair logs: matched by id, and why one side lacks what the other has. */
#include "client/audit/compare.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/timeline.h"
#include "proto/result.h"

/* What else is known of an item, from receipts and the station log. */
enum flag { FLAG_REFUSED = 1, FLAG_GIVEN_UP = 2 };

void compare_find(struct audit_compare *c, enum compare_kind kind, bool is_disagreement, const char *format, ...)
{
	struct compare_finding *finding;
	va_list args;

	c->disagreements += is_disagreement;
	c->explained += !is_disagreement;
	if (c->finding_count == COMPARE_FINDINGS)
		return;
	finding = &c->finding[c->finding_count++];
	finding->kind = kind;
	finding->is_disagreement = is_disagreement;
	va_start(args, format);
	vsnprintf(finding->text, sizeof finding->text, format, args);
	va_end(args);
}

const char *compare_name(const struct audit_compare *c, size_t side)
{
	return c->side[side].record->station.text;
}

const char *compare_item(struct audit_compare *c, size_t side, uint32_t item)
{
	static char text[4][TIMELINE_TEXT];
	static size_t at;
	char *out = text[at++ % 4];
	int result = timeline_name(c->side[side].record, item, out);

	if (result != 0)
		c->error = result;
	return out;
}

static int by_index(const void *a, const void *b, void *entries)
{
	const struct record_entry *entry = entries;
	uint64_t x = entry[((const struct compare_place *)a)->entry].index,
		 y = entry[((const struct compare_place *)b)->entry].index;

	return x < y ? -1 : x > y;
}

/* The entries of the side's pair log, in its own order. */
static void gather(struct audit_compare *c, struct compare_side *side)
{
	struct audit_record *record = side->record;

	side->place = calloc(record->entry_list.count + 1, sizeof *side->place);
	side->flag = calloc(record->item_list.count + 1, 1);
	side->taken = malloc((record->item_list.count + 1) * sizeof *side->taken);
	if (side->place == NULL || side->flag == NULL || side->taken == NULL) {
		c->error = -ENOMEM;
		return;
	}
	memset(side->taken, 0xff, (record->item_list.count + 1) * sizeof *side->taken);
	for (size_t i = 0; i < record->entry_list.count; i++)
		if (record->entry[i].log == side->log && record->entry[i].item != RECORD_NONE)
			side->place[side->count++] = (struct compare_place){.entry = (uint32_t)i, .other = RECORD_NONE};
	qsort_r(side->place, side->count, sizeof *side->place, by_index, record->entry);
}

/* The other station says in a receipt that it holds an item: its log has it below the receipt's own index. */
static void take_item(struct compare_side *side, const uint8_t id[HASH_BYTES], uint64_t index)
{
	uint32_t item = audit_record_item(side->record, id);

	if (item != RECORD_NONE && index < side->taken[item])
		side->taken[item] = index;
}

/* What was refused or given up is told from both records, for the items of this one. */
static void flag_item(struct compare_side *side, const uint8_t id[HASH_BYTES], uint8_t flag)
{
	uint32_t item = audit_record_item(side->record, id);

	if (item != RECORD_NONE)
		side->flag[item] |= flag;
}

/* [peer, …] begins the data of both kinds. */
static bool is_about(struct compare_side *from, const struct record_entry *entry)
{
	struct pack_reader r;
	struct leaf leaf;

	if (audit_record_leaf(from->record, entry, &leaf) != 0)
		return false;
	r = pack_reader(leaf.data);
	pack_read_array(&r, SIZE_MAX);
	return bytes_equal(pack_read_str(&r, LIMIT_NAME_BYTES), audit_record_text(from->record, from->peer));
}

static void flag_receipt(struct compare_side *side, const struct audit_record *record,
			 const struct record_receipt *receipt)
{
	struct bytes from = audit_record_text(record, receipt->from);

	for (size_t n = 0; n < receipt->named_count; n++) {
		const uint8_t *id = record->item[record->named[receipt->named + n]].id;

		if (receipt->kind == RECEIPT_REFUSED)
			flag_item(side, id, FLAG_REFUSED);
		else if (bytes_equal(from, audit_record_text(side->record, side->peer)))
			take_item(side, id, receipt->log_size);
	}
}

static void flag_all(struct compare_side *side, struct compare_side *from)
{
	const struct audit_record *record = from->record;

	for (size_t i = 0; i < record->receipt_list.count; i++) {
		const struct record_receipt *receipt = &record->receipt[i];

		if ((receipt->from == from->own && receipt->to == from->peer) ||
		    (receipt->from == from->peer && receipt->to == from->own))
			flag_receipt(side, record, receipt);
	}
	for (size_t i = 0; i < record->entry_list.count; i++) {
		const struct record_entry *entry = &record->entry[i];
		bool is_refused = entry->kind == STATION_REFUSED, is_given_up = entry->kind == STATION_GIVEN_UP;

		if (record->log[entry->log].peer.text[0] == '\0' && entry->item != RECORD_NONE &&
		    (is_refused || is_given_up) && is_about(from, entry))
			flag_item(side, record->item[entry->item].id, is_refused ? FLAG_REFUSED : FLAG_GIVEN_UP);
	}
}

/* Places of the same object point at each other. */
static void match(struct audit_compare *c)
{
	struct compare_side *a = &c->side[0], *b = &c->side[1];
	uint32_t *place = malloc((b->record->item_list.count + 1) * sizeof *place);

	if (place == NULL) {
		c->error = -ENOMEM;
		return;
	}
	memset(place, 0xff, (b->record->item_list.count + 1) * sizeof *place);
	for (size_t i = 0; i < b->count; i++)
		place[b->record->entry[b->place[i].entry].item] = (uint32_t)i;
	for (size_t i = 0; i < a->count; i++) {
		const struct record_entry *entry = &a->record->entry[a->place[i].entry];
		uint32_t item = audit_record_item(b->record, a->record->item[entry->item].id);

		if (item == RECORD_NONE || place[item] == RECORD_NONE)
			continue;
		a->place[i].other = place[item];
		b->place[place[item]].other = (uint32_t)i;
		c->shared++;
	}
	free(place);
}

/* The size of the largest head of the side's log that stands in the other record, signed by the side's station. */
static uint64_t held_head(const struct compare_side *side)
{
	return side->head_count > 0 ? side->head[side->head_count - 1] : 0;
}

/* One side has this object and the other lacks it. */
static void judge_missing(struct audit_compare *c, size_t s, const struct compare_place *place)
{
	struct compare_side *side = &c->side[s], *other = &c->side[1 - s];
	const struct record_entry *entry = &side->record->entry[place->entry];
	uint8_t flag = side->flag[entry->item];
	const char *has = compare_name(c, s), *lacks = compare_name(c, 1 - s), *what = compare_item(c, s, entry->item);
	uint64_t taken = side->taken[entry->item], size = other->record->log[other->log].size;
	bool is_sent = entry->kind == LEAF_SENT;

	if (other->record->log[other->log].withheld > 0)
		compare_find(c, COMPARE_OBJECT, false, "%s is not shown by the record of %s, which withholds entries of this log.",
			     what, lacks);
	else if ((flag & FLAG_REFUSED) != 0)
		compare_find(c, COMPARE_OBJECT, false, "%s was refused, so only the record of %s has it.", what, has);
	else if ((flag & FLAG_GIVEN_UP) != 0)
		compare_find(c, COMPARE_OBJECT, false, "%s could not be taken and was given up, so only the record of %s has it.",
			     what, has);
	else if (is_sent && taken < size)
		compare_find(c, COMPARE_OBJECT, true, "%s is lacking in the record of %s, which signed a receipt for it.", what,
			     lacks);
	else if (is_sent && taken < UINT64_MAX)
		compare_find(c, COMPARE_OBJECT, false, "%s was receipted by %s after its record ends.", what, lacks);
	else if (is_sent)
		compare_find(c, COMPARE_OBJECT, false, "%s was sent by %s, and nothing shows that %s had stored it.", what, has,
			     lacks);
	else if (held_head(side) > entry->index)
		compare_find(c, COMPARE_OBJECT, true,
			     "%s is lacking in the record of %s, which sent it: that record goes on after %s had it.", what,
			     lacks, has);
	else
		compare_find(c, COMPARE_OBJECT, false, "%s was received by %s after the record of %s ends.", what, has, lacks);
}

static int compare_sizes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Heads of this side's log that its station signed and the other record has received. */
static void gather_heads(struct audit_compare *c, struct compare_side *side, const struct compare_side *other)
{
	side->head = calloc(other->count + 1, sizeof *side->head);
	if (side->head == NULL) {
		c->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < other->count; i++) {
		const struct record_entry *entry = &other->record->entry[other->place[i].entry];
		const struct record_item *item = &other->record->item[entry->item];
		struct checkpoint checkpoint;
		struct bytes bytes;
		struct note note;

		if (entry->kind != LEAF_RECEIVED)
			continue;
		if (item->type == RECORD_RECEIPT)
			side->head[side->head_count++] = other->record->receipt[item->fact].log_size;
		else if (item->type == RECORD_NOTE && audit_record_object(other->record, item->object, &bytes) == 0 &&
			 note_decode(bytes, &note) == RESULT_OK && checkpoint_decode(note.text, &checkpoint) == RESULT_OK)
			side->head[side->head_count++] = checkpoint.size;
	}
	qsort(side->head, side->head_count, sizeof *side->head, compare_sizes);
}

static void compare_objects(struct audit_compare *c)
{
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < c->side[s].count; i++)
			if (c->side[s].place[i].other == RECORD_NONE)
				judge_missing(c, s, &c->side[s].place[i]);
}

static bool begin_side(struct compare_side *side, struct audit_record *record, const struct audit_record *other)
{
	side->record = record;
	side->log = audit_record_log(record, name_bytes(&other->station));
	side->own = audit_record_name(record, name_bytes(&record->station));
	side->peer = audit_record_name(record, name_bytes(&other->station));
	return side->log != RECORD_NONE && side->peer != RECORD_NONE;
}

int audit_compare(struct audit_record *a, struct audit_record *b, struct audit_compare *out)
{
	int result;

	memset(out, 0, sizeof *out);
	if (!begin_side(&out->side[0], a, b) || !begin_side(&out->side[1], b, a))
		return RESULT_KEY;
	out->finding = calloc(COMPARE_FINDINGS, sizeof *out->finding);
	if (out->finding == NULL)
		return -ENOMEM;
	for (size_t s = 0; s < 2; s++)
		gather(out, &out->side[s]);
	for (size_t s = 0; s < 2 && out->error == 0; s++) {
		flag_all(&out->side[s], &out->side[0]);
		flag_all(&out->side[s], &out->side[1]);
		gather_heads(out, &out->side[s], &out->side[1 - s]);
	}
	if (out->error == 0)
		match(out);
	if (out->error == 0)
		compare_objects(out);
	if (out->error == 0)
		compare_heads(out);
	if (out->error == 0)
		compare_times(out);
	if (out->error == 0)
		compare_merge(out);
	result = out->error;
	if (result != 0)
		audit_compare_finish(out);
	return result;
}

void audit_compare_finish(struct audit_compare *compare)
{
	for (size_t s = 0; s < 2; s++) {
		free(compare->side[s].place);
		free(compare->side[s].flag);
		free(compare->side[s].taken);
		free(compare->side[s].head);
		free(compare->kept[s]);
	}
	free(compare->finding);
	free(compare->line);
	memset(compare, 0, sizeof *compare);
}
