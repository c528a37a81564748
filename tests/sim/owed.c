/* Deadlines of one delivery in the world's time. */
#include "tests/sim/owed.h"

#include <string.h>

#include "proto/limits.h"

static const struct {
	int64_t custody, open, acknowledge, answer, hold;
} table[] = {
    [PRECEDENCE_ROUTINE] = {15 * MINUTE_US, 4 * HOUR_US, 6 * HOUR_US, 72 * HOUR_US, 24 * HOUR_US},
    [PRECEDENCE_PRIORITY] = {5 * MINUTE_US, HOUR_US, 3 * HOUR_US, 24 * HOUR_US, 24 * HOUR_US},
    [PRECEDENCE_IMMEDIATE] = {MINUTE_US, 15 * MINUTE_US, 30 * MINUTE_US, 4 * HOUR_US, 24 * HOUR_US},
    [PRECEDENCE_FLASH] = {30 * SECOND_US, 5 * MINUTE_US, 10 * MINUTE_US, 30 * MINUTE_US, 2 * HOUR_US},
};
static const uint32_t shares[] = {50, 100, 150, 200, 300};

/* What a message says by the site's clock, which stands so far behind the world's. It may be over already. */
static int64_t from_message(int64_t said, int64_t at, int64_t behind)
{
	return said + behind > at ? said + behind : at;
}

void owed_released(struct owed *owed, int64_t at, int64_t behind)
{
	owed->due[DEADLINE_CUSTODY] = at + 2 * table[owed->precedence].custody;
	if (owed->expires != 0)
		owed->due[DEADLINE_EXPIRY] = from_message(owed->expires, at, behind);
}

/* A hold that came before counts: until its end, or it was broken and that is over. */
static void begin_answer(struct owed *owed, int64_t at, int64_t behind)
{
	int64_t *due = &owed->due[DEADLINE_ANSWER];

	if (!owed->asks_answer || owed->is_broken)
		return;
	if (owed->hold_until > at)
		*due = owed->hold_until;
	else if (owed->reply_by != 0)
		*due = from_message(owed->reply_by, at, behind);
	else
		*due = at + table[owed->precedence].answer;
}

void owed_custody(struct owed *owed, int64_t at, int64_t behind)
{
	int64_t from = owed->hold_until > at ? owed->hold_until : at;

	if (owed->is_in_custody)
		return;
	owed->is_in_custody = true;
	owed->due[DEADLINE_CUSTODY] = 0;
	if (owed->is_ended || !owed->asks)
		return;
	if (!owed->is_sent)
		owed->due[DEADLINE_OPEN] = at + table[owed->precedence].open;
	if (!owed->is_sent && owed->expires != 0)
		owed->due[DEADLINE_EXPIRY] = from_message(owed->expires, at, behind);
	owed->due[DEADLINE_ACKNOWLEDGE] = from + table[owed->precedence].acknowledge * shares[0] / 100;
	begin_answer(owed, at, behind);
	if (owed->is_acknowledged)
		owed_acknowledged(owed);
}

void owed_acknowledged(struct owed *owed)
{
	owed->is_acknowledged = true;
	owed->due[DEADLINE_OPEN] = owed->due[DEADLINE_ACKNOWLEDGE] = owed->due[DEADLINE_EXPIRY] = 0;
}

void owed_ended(struct owed *owed)
{
	owed->is_ended = true;
	memset(owed->due, 0, sizeof owed->due);
}

void owed_held(struct owed *owed, int64_t at, int64_t until)
{
	int64_t most = at + table[owed->precedence].hold, from = owed->hold_until > at ? owed->hold_until : at;

	if (owed->is_ended)
		return;
	until = until < most ? until : most;
	owed->due[DEADLINE_OPEN] = 0;
	if (owed->due[DEADLINE_ACKNOWLEDGE] != 0 && until > from)
		owed->due[DEADLINE_ACKNOWLEDGE] += until - from;
	if (owed->asks_answer && until > at)
		owed->due[DEADLINE_ANSWER] = until;
	owed->hold_until = until;
}

/* The sender's ladder has five steps, the addressee's station warns and breaches. */
uint32_t owed_next_share(const struct owed *owed)
{
	size_t count = owed->is_sent ? sizeof shares / sizeof *shares : 2;

	for (size_t i = 0; i < count; i++)
		if (shares[i] > owed->share)
			return shares[i];
	return 0;
}

void owed_passed(struct owed *owed, enum deadline which, uint32_t share)
{
	uint32_t next;

	if (which == DEADLINE_EXPIRY)
		owed_ended(owed);
	owed->is_broken |= which == DEADLINE_ANSWER && owed->hold_until != 0;
	if (which != DEADLINE_ACKNOWLEDGE) {
		owed->due[which] = 0;
		return;
	}
	owed->share = share;
	next = owed_next_share(owed);
	owed->due[which] += table[owed->precedence].acknowledge * (next - (int64_t)share) / 100;
	if (next == 0)
		owed->due[which] = 0;
}
