/*
 * One timeline of two pair logs. Each log keeps its order; between them clocks decide, but that nothing is received
 * before it was sent. What is proven rests on signatures and heads: an object is signed before it is received, a receipt
 * is signed after what it names, and what a signed head covers was there before what comes after the head.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/compare.h"

/* For each place, the most that is known to precede it or any place before it. */
struct reach {
	uint64_t known[2];
};

static const struct record_entry *entry_of(const struct audit_compare *c, size_t s, uint32_t place)
{
	return &c->side[s].record->entry[c->side[s].place[place].entry];
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The largest signed head of the log that an entry comes after; 0 none. */
static uint64_t head_before(const struct compare_side *side, uint64_t index)
{
	size_t low = 0, high = side->head_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (side->head[middle] <= index)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? side->head[low - 1] : 0;
}

/* How many places of the side stand below an index. */
static uint32_t places_below(const struct audit_compare *c, size_t s, uint64_t index)
{
	uint32_t low = 0, high = (uint32_t)c->side[s].count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (entry_of(c, s, middle)->index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What comes before a place for certain, from the head before it, the sending of what it received, and what it was shown. */
static void learn(struct audit_compare *c, struct reach *const reach[2], size_t s, uint32_t at)
{
	struct compare_side *side = &c->side[s];
	struct compare_place *place = &side->place[at];
	const struct record_entry *entry = entry_of(c, s, at);
	const struct record_item *item = &side->record->item[entry->item];
	uint64_t head = head_before(side, entry->index);
	uint32_t below = head > 0 ? places_below(c, s, head) : 0;

	for (size_t i = 0; i < 2; i++) {
		place->known[i] = below > 0 ? reach[s][below - 1].known[i] : 0;
		if (entry->kind == LEAF_RECEIVED && place->other != RECORD_NONE &&
		    entry_of(c, 1 - s, place->other)->kind == LEAF_SENT)
			place->known[i] = greater(place->known[i], c->side[1 - s].place[place->other].known[i]);
	}
	place->known[s] = greater(place->known[s], head);
	if (entry->kind == LEAF_SENT && item->type == RECORD_RECEIPT && side->record->receipt[item->fact].has_seen)
		place->known[1 - s] = greater(place->known[1 - s], side->record->receipt[item->fact].seen_size);
	for (size_t i = 0; i < 2; i++)
		reach[s][at].known[i] = greater(place->known[i], at > 0 ? reach[s][at - 1].known[i] : 0);
}

/* Whether a receipt names an item of one of the records. */
static bool names(const struct audit_compare *c, size_t s, uint32_t receipt_item, size_t t, uint32_t item)
{
	const struct audit_record *record = c->side[s].record;
	const struct record_receipt *receipt;

	if (record->item[receipt_item].type != RECORD_RECEIPT)
		return false;
	receipt = &record->receipt[record->item[receipt_item].fact];
	for (size_t n = 0; n < receipt->named_count; n++)
		if (memcmp(record->item[record->named[receipt->named + n]].id, c->side[t].record->item[item].id,
			   HASH_BYTES) == 0)
			return true;
	return false;
}

static bool is_proven(const struct audit_compare *c, const struct compare_line *before, const struct compare_line *line)
{
	const struct record_entry *was = entry_of(c, before->side, before->place), *is = entry_of(c, line->side, line->place);
	const struct compare_place *place = &c->side[line->side].place[line->place];

	if (was->index < place->known[before->side])
		return true;
	if (before->side != line->side && place->other == before->place && is->kind == LEAF_RECEIVED)
		return true;
	return names(c, line->side, is->item, before->side, was->item);
}

/* Whether a place can come next: what it received was sent already. */
static bool is_ready(const struct audit_compare *c, size_t s, uint32_t at, const uint32_t next[2])
{
	const struct compare_place *place = &c->side[s].place[at];

	return entry_of(c, s, at)->kind != LEAF_RECEIVED || place->other == RECORD_NONE ||
	       entry_of(c, 1 - s, place->other)->kind != LEAF_SENT || place->other < next[1 - s];
}

/* How far the second clock is taken to be ahead: in the middle of what is possible, nothing if that is possible. */
static int64_t offset(const struct audit_compare *c)
{
	if (c->has_low && c->has_high && (c->low_us > 0 || c->high_us < 0))
		return c->low_us / 2 + c->high_us / 2;
	if (c->has_low && c->low_us > 0)
		return c->low_us;
	return c->has_high && c->high_us < 0 ? c->high_us : 0;
}

/* Which side's next place comes first. */
static size_t choose(struct audit_compare *c, const uint32_t next[2], int64_t ahead)
{
	bool has[2], ready[2];
	int64_t at[2];

	for (size_t s = 0; s < 2; s++) {
		has[s] = next[s] < c->side[s].count;
		ready[s] = has[s] && is_ready(c, s, next[s], next);
		at[s] = has[s] ? entry_of(c, s, next[s])->at / 2 - (s == 1 ? ahead / 2 : 0) : 0; /* halves can't overflow */
	}
	if (!has[0] || !has[1])
		return has[0] ? 0 : 1;
	if (ready[0] != ready[1])
		return ready[0] ? 0 : 1;
	if (!ready[0])
		compare_find(c, COMPARE_TIME, true,
			     "Neither log's order allows the other's: %s and %s each have something as received before it was "
			     "sent.",
			     compare_name(c, 0), compare_name(c, 1));
	return at[0] <= at[1] ? 0 : 1;
}

void compare_merge(struct audit_compare *c)
{
	struct reach *reach[2] = {calloc(c->side[0].count + 1, sizeof **reach), calloc(c->side[1].count + 1, sizeof **reach)};
	uint32_t next[2] = {0, 0};
	int64_t ahead = offset(c);

	c->line = calloc(c->side[0].count + c->side[1].count + 1, sizeof *c->line);
	if (reach[0] == NULL || reach[1] == NULL || c->line == NULL)
		c->error = -ENOMEM;
	while (c->error == 0 && (next[0] < c->side[0].count || next[1] < c->side[1].count)) {
		size_t s = choose(c, next, ahead);
		struct compare_line *line = &c->line[c->line_count++];

		line->side = (uint8_t)s;
		line->place = next[s]++;
		learn(c, reach, s, line->place);
		line->is_proven = c->line_count == 1 || is_proven(c, line - 1, line);
	}
	free(reach[0]);
	free(reach[1]);
}
