/* What anybody can do to a file who has no keys: flip, drop, double, reorder, swap, cut. */
#include "tests/tamper/tamper.h"

#include <string.h>

#define COVERED_BEGIN (1 + 17 + 1 + 8) /* the first record up to its unsigned times: tag, "tha-cert" */

uint64_t dice_roll(struct dice *dice, uint64_t below)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return dice->state % below;
}

static size_t roll_piece(struct case_of *c)
{
	return (size_t)dice_roll(&c->dice, c->listing->count);
}

static bool flip(struct case_of *c, struct expectation *out)
{
	size_t at = roll_piece(c), len = at == 0 ? COVERED_BEGIN : c->listing->piece[at].len;

	(void)out;
	if (listing_record(c->listing, at).kind == EXPORT_HEAD)
		return false; /* hearsay */
	for (uint64_t flips = 1 + dice_roll(&c->dice, 3); flips > 0; flips--)
		c->listing->piece[at].data[dice_roll(&c->dice, len)] ^= (uint8_t)(1u << dice_roll(&c->dice, 8));
	return true;
}

static bool drop(struct case_of *c, struct expectation *out)
{
	size_t at = roll_piece(c);
	struct export_record record = listing_record(c->listing, at);

	(void)out;
	listing_drop(c->listing, at);
	if (record.kind == EXPORT_END)
		return true;
	if (dice_roll(&c->dice, 2) == 0 && (record.kind == EXPORT_ENTRY || record.kind == EXPORT_CHECKPOINT))
		listing_recount(c->listing);
	return true;
}

/* An object or content left out, with a true count: it is withheld. */
static bool withhold(struct case_of *c, struct expectation *out)
{
	size_t at = roll_piece(c);
	enum export_kind kind = listing_record(c->listing, at).kind;

	if (kind != EXPORT_OBJECT && kind != EXPORT_CONTENT)
		return false;
	listing_drop(c->listing, at);
	listing_recount(c->listing);
	out->verdict = VERDICT_WITHHELD;
	return true;
}

static bool twice(struct case_of *c, struct expectation *out)
{
	size_t at = roll_piece(c), to = 1 + (size_t)dice_roll(&c->dice, c->listing->count - 1);
	enum export_kind kind = listing_record(c->listing, at).kind;
	bool is_counted = dice_roll(&c->dice, 2) == 0;

	(void)out;
	if (kind == EXPORT_END || (is_counted && (kind == EXPORT_CHECKPOINT || kind == EXPORT_HEAD)))
		return false; /* the end twice is what a wrong count is; a checkpoint may be said again */
	listing_insert(c->listing, to, c->listing->piece[at]);
	if (is_counted)
		listing_recount(c->listing);
	return true;
}

/* Two entries of one log change places. */
static bool reorder(struct case_of *c, struct expectation *out)
{
	size_t a = roll_piece(c), b = roll_piece(c);
	struct export_record one = listing_record(c->listing, a), two = listing_record(c->listing, b);

	(void)out;
	if (a == b || one.kind != EXPORT_ENTRY || two.kind != EXPORT_ENTRY || !bytes_equal(one.origin, two.origin))
		return false;
	listing_swap(c->listing, a, b);
	if (dice_roll(&c->dice, 2) == 0) { /* with the indices that fit */
		struct export_record record = listing_record(c->listing, a);

		record.index = one.index;
		listing_set(c->listing, a, &record);
		record = listing_record(c->listing, b);
		record.index = two.index;
		listing_set(c->listing, b, &record);
	}
	return true;
}

/* A record of another export in place of one of its kind. */
static bool swap(struct case_of *c, struct expectation *out)
{
	const struct base *other = &c->bases[dice_roll(&c->dice, c->base_count)];
	size_t at = roll_piece(c), from = (size_t)dice_roll(&c->dice, other->listing.count);
	struct export_record record = listing_record(&other->listing, from);

	(void)out;
	if (other == c->base || record.kind != listing_record(c->listing, at).kind)
		return false;
	if (record.kind != EXPORT_ENTRY && record.kind != EXPORT_OBJECT && record.kind != EXPORT_CONTENT &&
	    record.kind != EXPORT_CHECKPOINT)
		return false;
	if (other->listing.piece[from].len == c->listing->piece[at].len &&
	    memcmp(other->listing.piece[from].data, c->listing->piece[at].data, other->listing.piece[from].len) == 0)
		return false;
	listing_set(c->listing, at, &record);
	return true;
}

static bool cut(struct case_of *c, struct expectation *out)
{
	size_t len = 0;

	(void)out;
	for (size_t i = 0; i < c->listing->count; i++)
		len += c->listing->piece[i].len;
	c->cut = (size_t)dice_roll(&c->dice, len);
	return true;
}

const struct way tamper_ways[] = {
    {"bytes flipped", flip},
    {"a record dropped", drop},
    {"an object or content withheld", withhold},
    {"a record doubled", twice},
    {"entries reordered", reorder},
    {"a record of another export", swap},
    {"signed with another key", rewrite_by_another_key},
    {"an own object altered and signed again", rewrite_own},
    {"signed with a revoked key", rewrite_after_revocation},
    {"forked", rewrite_fork},
    {"cut short anywhere", cut},
    {"the end of a log cut off", rewrite_cut_log},
    {"everything after a moment cut off", rewrite_cut_time},
};
const size_t tamper_way_count = sizeof tamper_ways / sizeof *tamper_ways;
