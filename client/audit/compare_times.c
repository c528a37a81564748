/*
 * Times: nothing is received before it was sent, but by clocks that are off. What the clocks' own error bounds, the
 * offsets that the stations measured and the steps that they noted do not explain is a disagreement.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/compare.h"
#include "proto/result.h"

#define UNSAID_US (60 * SECOND_US) /* an offset below is measured and not entered (SPEC 7.1) */
#define CUSTODY_US (2 * SECOND_US) /* a custody receipt and the entry of what it is for are of one turn */

/* What is known of the clocks of both. */
struct clocks {
	bool is_unknown[2]; /* one of its statements has no error bound, or it made none */
	int64_t error_us[2];
	int64_t measured_us; /* the largest offset or step entered by either */
	bool has_stepped[2]; /* its entries' times may be ahead of its clock */
	uint64_t odd;	     /* out of order by more than the error bounds, by less than what goes unsaid */
	int64_t oddest_us;
};

static void hear_error(struct clocks *k, size_t side, uint32_t error_ms)
{
	if (error_ms == CLOCK_ERROR_UNKNOWN)
		k->is_unknown[side] = true;
	else if ((int64_t)error_ms * 1000 > k->error_us[side])
		k->error_us[side] = (int64_t)error_ms * 1000;
}

static void hear_errors(struct audit_compare *c, struct clocks *k)
{
	for (size_t s = 0; s < 2; s++) {
		const struct audit_record *record = c->side[s].record;

		k->is_unknown[s] = true;
		for (size_t i = 0; i < record->receipt_list.count; i++)
			if (record->receipt[i].from == c->side[s].own) {
				k->is_unknown[s] = false;
				break;
			}
		for (size_t i = 0; i < record->message_list.count; i++)
			k->is_unknown[s] &= !record->message[i].is_sent;
		for (size_t i = 0; i < record->receipt_list.count; i++)
			if (record->receipt[i].from == c->side[s].own)
				hear_error(k, s, record->receipt[i].clock_error);
		for (size_t i = 0; i < record->message_list.count; i++)
			if (record->message[i].is_sent)
				hear_error(k, s, record->message[i].clock_error);
	}
}

/* [peer, state, ms] and [before, after] */
static void hear_entry(struct audit_compare *c, struct clocks *k, const struct compare_side *side,
		       const struct record_entry *entry)
{
	struct pack_reader r;
	struct bytes peer;
	struct leaf leaf;
	uint64_t before, after, ms;

	c->error = audit_record_leaf(side->record, entry, &leaf);
	if (c->error != 0)
		return;
	r = pack_reader(leaf.data);
	pack_read_array(&r, SIZE_MAX);
	if (entry->kind == STATION_CLOCK) {
		before = pack_read_uint(&r, INT64_MAX);
		after = pack_read_uint(&r, INT64_MAX);
		ms = (before > after ? before - after : after - before) / 1000;
	} else {
		peer = pack_read_str(&r, LIMIT_NAME_BYTES);
		pack_read_uint(&r, INT64_MAX);
		ms = pack_read_uint(&r, INT64_MAX);
		if (!bytes_equal(peer, audit_record_text(side->record, side->peer)))
			return;
	}
	if (pack_read_end(&r) == RESULT_OK && ms < INT64_MAX / 4000 && (int64_t)ms * 1000 > k->measured_us)
		k->measured_us = (int64_t)ms * 1000;
}

static void hear_entries(struct audit_compare *c, struct clocks *k)
{
	for (size_t s = 0; s < 2; s++) {
		const struct audit_record *record = c->side[s].record;

		for (size_t i = 0; i < record->entry_list.count && c->error == 0; i++) {
			const struct record_entry *entry = &record->entry[i];

			if (record->log[entry->log].peer.text[0] != '\0')
				continue;
			k->has_stepped[s] |= entry->kind == STATION_CLOCK || entry->kind == STATION_LEAD;
			if (entry->kind == STATION_CLOCK || entry->kind == STATION_OFFSET)
				hear_entry(c, k, &c->side[s], entry);
		}
	}
}

static const char *seconds(int64_t span_us)
{
	static char text[2][32];
	static size_t at;
	char *out = text[at++ % 2];

	snprintf(out, sizeof *text, "%" PRId64 ".%03" PRId64 " s", span_us / SECOND_US, span_us % SECOND_US / 1000);
	return out;
}

/* An object that went from side s to the other in so long by their clocks, less than nothing. */
static void judge(struct audit_compare *c, struct clocks *k, size_t s, const struct compare_place *place, int64_t span)
{
	int64_t bounds = k->error_us[0] + k->error_us[1], most = UNSAID_US + k->measured_us + bounds;

	if (-span > most) {
		compare_find(c, COMPARE_TIME, true,
			     "%s was entered by %s %s before %s entered that it sent it; no error bound, offset or step that "
			     "they noted explains more than %s.",
			     compare_item(c, s, c->side[s].record->entry[place->entry].item), compare_name(c, 1 - s),
			     seconds(-span), compare_name(c, s), seconds(most));
	} else if (!k->is_unknown[0] && !k->is_unknown[1] && -span > bounds) {
		k->odd++;
		k->oddest_us = -span > k->oddest_us ? -span : k->oddest_us;
	}
}

static void judge_spans(struct audit_compare *c, struct clocks *k)
{
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < c->side[s].count; i++) {
			const struct compare_place *place = &c->side[s].place[i];
			const struct record_entry *sent = &c->side[s].record->entry[place->entry], *got;
			int64_t span;

			if (place->other == RECORD_NONE || sent->kind != LEAF_SENT)
				continue;
			got = &c->side[1 - s].record->entry[c->side[1 - s].place[place->other].entry];
			if (got->kind != LEAF_RECEIVED || __builtin_sub_overflow(got->at, sent->at, &span))
				continue;
			if (s == 0 && (!c->has_high || span < c->high_us)) {
				c->high_us = span;
				c->has_high = true;
			} else if (s == 1 && (!c->has_low || -span > c->low_us)) {
				c->low_us = -span;
				c->has_low = true;
			}
			if (span < 0)
				judge(c, k, s, place, span);
		}
}

/* A custody receipt of side s, against the entry of its own log that it is for. */
static void judge_custody(struct audit_compare *c, size_t s, const struct record_receipt *receipt, uint32_t item)
{
	const struct compare_side *side = &c->side[s];
	const struct audit_record *record = side->record;

	for (uint32_t at = record->item[item].entry; at != RECORD_NONE; at = record->entry[at].next_same) {
		const struct record_entry *entry = &record->entry[at];

		if (entry->log != side->log || entry->kind != LEAF_RECEIVED || receipt->at <= 0 || entry->at <= 0 ||
		    llabs(receipt->at - entry->at) <= CUSTODY_US)
			continue;
		compare_find(c, COMPARE_TIME, true, "%s has %s at %s from what its own receipt says.",
			     compare_name(c, s), compare_item(c, s, item), seconds(llabs(receipt->at - entry->at)));
	}
}

/* Receipts as the other side's record holds them count as well as the own. */
static void judge_custodies(struct audit_compare *c, const struct clocks *k)
{
	for (size_t s = 0; s < 2; s++) {
		const struct audit_record *in = c->side[1 - s].record;

		for (size_t i = 0; i < in->receipt_list.count && !k->has_stepped[s]; i++) {
			const struct record_receipt *receipt = &in->receipt[i];

			if (receipt->kind != RECEIPT_CUSTODY || receipt->from != c->side[1 - s].peer ||
			    receipt->to != c->side[1 - s].own)
				continue;
			for (size_t n = 0; n < receipt->named_count; n++) {
				uint32_t item =
				    audit_record_item(c->side[s].record, in->item[in->named[receipt->named + n]].id);

				if (item != RECORD_NONE)
					judge_custody(c, s, receipt, item);
			}
		}
	}
}

void compare_times(struct audit_compare *c)
{
	struct clocks k = {0};

	hear_errors(c, &k);
	hear_entries(c, &k);
	if (c->error != 0)
		return;
	judge_spans(c, &k);
	judge_custodies(c, &k);
	if (k.odd > 0)
		compare_find(c, COMPARE_TIME, false,
			     "%" PRIu64 " objects are entered as received before they were sent, by up to %s: more than the "
			     "error bounds that both state, %s together.",
			     k.odd, seconds(k.oddest_us), seconds(k.error_us[0] + k.error_us[1]));
}
