/*
 * When an addressee's silence becomes a fault (product: precedence and deadlines, ladder). Pure: what happens to a
 * delivery moves its deadlines. All are in a time that never steps: the clock less the steps that the station log notes,
 * so that neither a step nor a restart moves them.
 *
 *   release --custody--> acknowledge at 50, 100, 150, 200, 300 % and answer, --acknowledged--> answer --> nothing owed
 *   hold and silence move both; a breach leaves its bit
 */
#include <assert.h>
#include <string.h>

#include "proto/deadline.h"

static const uint32_t steps[] = {50, 100, 150, 200, 300};

#define STEPS_OWN 2 /* of one's own received message: warned and breached; the rest is its sender's */

static int64_t acknowledge_us(const struct message_row *message)
{
	return precedence_row(message->precedence)->acknowledge_us;
}

static void clear(struct delivery_row *delivery)
{
	memset(delivery->due, 0, sizeof delivery->due);
}

bool deadline_time(int64_t said, int64_t shift, int64_t *out)
{
	int64_t time;

	if (said <= 0 || __builtin_add_overflow(said, shift, &time))
		return false;
	*out = time;
	return true;
}

void deadline_released(struct delivery_row *delivery, const struct message_row *message, int64_t at, int64_t shift)
{
	delivery->due[DEADLINE_CUSTODY] = at + 2 * precedence_row(message->precedence)->custody_us;
	deadline_time(message->expires, shift, &delivery->due[DEADLINE_EXPIRY]);
}

/* Answer by the time that the sender asked for, if it did. */
static int64_t answer_due(const struct message_row *message, int64_t at, int64_t shift)
{
	int64_t by;

	if (!deadline_time(message->reply_by, shift, &by))
		return at + precedence_row(message->precedence)->answer_us;
	return by > at ? by : at;
}

/* What came before the receipt of custody, in a parcel of a higher precedence: an acknowledgement, a hold. */
static void count_earlier(struct delivery_row *delivery, int64_t at)
{
	int64_t *answer = &delivery->due[DEADLINE_ANSWER];

	if (delivery->hold_until > at) {
		delivery->due[DEADLINE_ACKNOWLEDGE] += delivery->hold_until - at;
		*answer = *answer != 0 ? delivery->hold_until : 0;
	} else if (delivery->holds > 0 && (delivery->breached & 1u << DEADLINE_ANSWER) != 0)
		*answer = 0; /* its end was the promise, and that it passed was told */
	if (delivery->acknowledged_at != 0)
		deadline_acknowledged(delivery);
}

void deadline_custody(struct delivery_row *delivery, const struct message_row *message, int64_t at, int64_t shift)
{
	delivery->due[DEADLINE_CUSTODY] = 0;
	if (delivery->is_ended)
		return; /* an answer overtook the receipt, in a parcel of a higher precedence */
	if (delivery->part != PART_ACTION || !kind_asks_acknowledgement(message->kind))
		return;
	if (!message->is_sent)
		delivery->due[DEADLINE_OPEN] = at + precedence_row(message->precedence)->open_us;
	delivery->due[DEADLINE_ACKNOWLEDGE] = at + acknowledge_us(message) * steps[0] / 100;
	if (kind_asks_answer(message->kind))
		delivery->due[DEADLINE_ANSWER] = answer_due(message, at, shift);
	if (!message->is_sent)
		deadline_time(message->expires, shift, &delivery->due[DEADLINE_EXPIRY]);
	count_earlier(delivery, at);
}

void deadline_receipted(struct delivery_row *delivery, enum receipt_kind kind, uint32_t clock_error)
{
	uint32_t *error = kind < RECEIPT_REFUSED ? &delivery->error[kind - RECEIPT_CUSTODY] : NULL;

	if (error != NULL && *error == 0)
		*error = clock_error;
}

void deadline_shown(struct delivery_row *delivery)
{
	delivery->due[DEADLINE_OPEN] = delivery->due[DEADLINE_EARLY] = 0;
}

void deadline_acknowledged(struct delivery_row *delivery)
{
	deadline_shown(delivery);
	delivery->due[DEADLINE_ACKNOWLEDGE] = delivery->due[DEADLINE_EXPIRY] = 0;
	delivery->waiting = 0;
}

void deadline_ended(struct delivery_row *delivery)
{
	clear(delivery);
	delivery->is_ended = true;
	delivery->waiting = 0;
}

void deadline_pause(struct delivery_row *delivery, int64_t span)
{
	int64_t *acknowledge = &delivery->due[DEADLINE_ACKNOWLEDGE], *answer = &delivery->due[DEADLINE_ANSWER];

	*acknowledge += *acknowledge != 0 ? span : 0;
	*answer += *answer != 0 ? span : 0;
}

void deadline_hold(struct delivery_row *delivery, const struct message_row *message, int64_t at, int64_t until)
{
	int64_t limit = at + precedence_hold_limit(message->precedence);
	int64_t from = delivery->hold_until > at ? delivery->hold_until : at;

	if (delivery->is_ended)
		return; /* expired, cancelled or refused: nothing is owed any more */
	until = until > limit ? limit : until;
	deadline_shown(delivery);
	if (delivery->due[DEADLINE_ACKNOWLEDGE] != 0 && until > from)
		delivery->due[DEADLINE_ACKNOWLEDGE] += until - from;
	if (kind_asks_answer(message->kind) && until > at)
		delivery->due[DEADLINE_ANSWER] = until;
	delivery->hold_until = until;
	delivery->holds++;
}

bool deadline_is_step(uint32_t share)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] == share)
			return true;
	return false;
}

uint32_t deadline_next_step(const struct delivery_row *delivery, bool is_sent)
{
	for (size_t i = 0; i < (is_sent ? sizeof steps / sizeof *steps : STEPS_OWN); i++)
		if (steps[i] > delivery->step)
			return steps[i];
	return 0;
}

void deadline_passed(struct delivery_row *delivery, const struct message_row *message, enum deadline which)
{
	int64_t *due = &delivery->due[which];
	uint32_t taken = deadline_next_step(delivery, message->is_sent), next;

	if (which != DEADLINE_ACKNOWLEDGE) {
		if (which == DEADLINE_EXPIRY) {
			clear(delivery);
			delivery->is_ended = true;
		}
		*due = 0;
		delivery->breached |= which < DEADLINE_EXPIRY ? 1u << which : 0;
		return;
	}
	delivery->step = taken;
	next = deadline_next_step(delivery, message->is_sent);
	*due = next != 0 && *due != 0 ? *due + acknowledge_us(message) * (next - taken) / 100 : 0;
	delivery->breached |= taken >= 100 ? 1u << which : 0;
}

int64_t deadline_next(const struct delivery_row *delivery)
{
	int64_t next = 0;

	for (int i = 0; i < DEADLINES; i++)
		if (i != DEADLINE_EXPIRY && delivery->due[i] != 0 && (next == 0 || delivery->due[i] < next))
			next = delivery->due[i];
	return next;
}

struct waits deadline_waiting(const struct delivery_row *delivery, const struct message_row *message)
{
	bool is_action = delivery->part == PART_ACTION && !delivery->is_ended;
	bool is_unread = (message->is_sent && delivery->custody_at == 0 && !delivery->is_ended) ||
			 (is_action && kind_asks_acknowledgement(message->kind) && delivery->acknowledged_at == 0);
	int64_t next = deadline_next(delivery);

	return (struct waits){.is_open = next != 0 || is_unread || (is_action && kind_asks_answer(message->kind)),
				.due = next == 0 && is_unread ? DUE_OVERDUE : next};
}

enum deadline deadline_first(const struct delivery_row *delivery)
{
	int first = -1;

	for (int i = 0; i < DEADLINES; i++)
		if (delivery->due[i] != 0 && (first < 0 || delivery->due[i] < delivery->due[first]))
			first = i;
	assert(first >= 0);
	return (enum deadline)first;
}
