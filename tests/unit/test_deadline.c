/* Deadlines of one delivery: what begins, moves and ends them, at both ends (SPEC 5.6). */
#include "daemon/core.h"
#include "tests/unit/test.h"

#define AT (1000 * HOUR_US)

static struct message_row message(uint8_t kind, uint8_t precedence, bool is_sent)
{
	return (struct message_row){.kind = kind, .precedence = precedence, .is_sent = is_sent};
}

/* In custody since AT. */
static struct delivery_row in_custody(const struct message_row *of)
{
	struct delivery_row delivery = {.part = PART_ACTION};

	deadline_custody(&delivery, of, AT, 0);
	return delivery;
}

static bool owes_nothing(const struct delivery_row *delivery)
{
	for (size_t i = 0; i < DEADLINES; i++)
		if (delivery->due[i] != 0)
			return false;
	return true;
}

TEST(custody_is_due_at_twice_its_time_from_the_release)
{
	static const int64_t spans[] = {30 * MINUTE_US, 10 * MINUTE_US, 2 * MINUTE_US, MINUTE_US};

	for (uint8_t precedence = 0; precedence <= PRECEDENCE_FLASH; precedence++) {
		struct message_row of = message(KIND_NOTICE, precedence, true);
		struct delivery_row delivery = {.part = PART_INFO};

		deadline_released(&delivery, &of, AT, 0);
		CHECK_EQUAL(delivery.due[DEADLINE_CUSTODY], AT + spans[precedence]);
		deadline_custody(&delivery, &of, AT, 0);
		CHECK(owes_nothing(&delivery)); /* for info: custody alone */
	}
}

TEST(what_overtook_the_custody_receipt_counts)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_FLASH, true);
	struct delivery_row answered = {.part = PART_ACTION}, acknowledged = {.part = PART_ACTION, .acknowledged_at = AT};

	deadline_released(&answered, &of, AT, 0);
	deadline_ended(&answered);
	deadline_custody(&answered, &of, AT, 0);
	CHECK(owes_nothing(&answered));
	deadline_acknowledged(&acknowledged);
	deadline_custody(&acknowledged, &of, AT, 0);
	CHECK_EQUAL(acknowledged.due[DEADLINE_ACKNOWLEDGE], 0);
	CHECK_EQUAL(acknowledged.due[DEADLINE_ANSWER], AT + 30 * MINUTE_US);
}

TEST(a_hold_that_overtook_the_custody_receipt_pauses_the_ladder_and_is_what_is_owed)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_FLASH, true);
	struct delivery_row early = {.part = PART_ACTION}, over = early;

	deadline_released(&early, &of, AT - 10 * MINUTE_US, 0);
	deadline_hold(&early, &of, AT - MINUTE_US, AT + 31 * MINUTE_US);
	deadline_custody(&early, &of, AT, 0);
	CHECK_EQUAL(early.due[DEADLINE_ACKNOWLEDGE], AT + 36 * MINUTE_US);
	CHECK_EQUAL(early.due[DEADLINE_ANSWER], AT + 31 * MINUTE_US);
	deadline_hold(&over, &of, AT - 2 * MINUTE_US, AT - MINUTE_US);
	deadline_passed(&over, &of, DEADLINE_ANSWER);
	deadline_custody(&over, &of, AT, 0);
	CHECK_EQUAL(over.due[DEADLINE_ACKNOWLEDGE], AT + 5 * MINUTE_US);
	CHECK_EQUAL(over.due[DEADLINE_ANSWER], 0); /* the promise was broken once, and that was told */
}

TEST(from_custody_the_table_of_precedences_runs)
{
	static const struct {
		int64_t open_us, half_us, answer_us;
	} table[] = {{4 * HOUR_US, 3 * HOUR_US, 72 * HOUR_US},
		     {HOUR_US, 90 * MINUTE_US, 24 * HOUR_US},
		     {15 * MINUTE_US, 15 * MINUTE_US, 4 * HOUR_US},
		     {5 * MINUTE_US, 5 * MINUTE_US, 30 * MINUTE_US}};

	for (uint8_t precedence = 0; precedence <= PRECEDENCE_FLASH; precedence++)
		for (int is_sent = 0; is_sent < 2; is_sent++) {
			struct message_row of = message(KIND_ALERT, precedence, is_sent);
			struct delivery_row delivery = in_custody(&of);

			CHECK_EQUAL(delivery.due[DEADLINE_OPEN], is_sent ? 0 : AT + table[precedence].open_us);
			CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], AT + table[precedence].half_us);
			CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT + table[precedence].answer_us);
		}
}

TEST(holds_checks_and_service_messages_ask_for_nothing_and_answers_for_no_answer)
{
	for (uint8_t kind = KIND_ALERT; kind <= KIND_LAST; kind++) {
		struct message_row of = message(kind, PRECEDENCE_FLASH, true);
		struct delivery_row delivery = in_custody(&of);

		CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE] == 0,
			    kind == KIND_HOLD || kind == KIND_CHECK || kind == KIND_SERVICE);
		CHECK_EQUAL(delivery.due[DEADLINE_ANSWER] == 0, kind > KIND_MITIGATE);
	}
}

TEST(a_reply_by_takes_the_place_of_the_time_to_answer)
{
	struct message_row of = message(KIND_INQUIRY, PRECEDENCE_ROUTINE, true);
	struct delivery_row delivery = {.part = PART_ACTION};

	of.reply_by = AT + 5;
	deadline_custody(&delivery, &of, AT, 100);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT + 105); /* a time of the clock, in deadlines' time */
	of.reply_by = AT - HOUR_US;
	deadline_custody(&delivery, &of, AT, 0);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT); /* late before it came */
	of.reply_by = INT64_MAX;
	deadline_custody(&delivery, &of, AT, 1);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT + 72 * HOUR_US);
}

TEST(the_senders_ladder_has_five_steps_and_the_addressees_two)
{
	static const uint32_t steps[] = {50, 100, 150, 200, 300};
	int64_t ten = 10 * MINUTE_US;

	for (int is_sent = 0; is_sent < 2; is_sent++) {
		struct message_row of = message(KIND_ALERT, PRECEDENCE_FLASH, is_sent);
		struct delivery_row delivery = in_custody(&of);

		for (size_t i = 0; i < (is_sent ? 5 : 2); i++) {
			CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], AT + ten * steps[i] / 100);
			CHECK_EQUAL(deadline_next_step(&delivery, is_sent), steps[i]);
			deadline_passed(&delivery, &of, DEADLINE_ACKNOWLEDGE);
			CHECK_EQUAL(delivery.step, steps[i]);
			CHECK_EQUAL((delivery.breached & 1u << DEADLINE_ACKNOWLEDGE) != 0, steps[i] >= 100);
		}
		CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], 0);
		CHECK_EQUAL(deadline_next_step(&delivery, is_sent), 0);
	}
}

TEST(a_hold_moves_the_ladder_by_what_it_adds_and_is_what_is_owed_next)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_FLASH, true);
	struct delivery_row delivery = in_custody(&of);

	deadline_hold(&delivery, &of, AT + MINUTE_US, AT + 31 * MINUTE_US);
	CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], AT + 35 * MINUTE_US);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT + 31 * MINUTE_US);
	deadline_hold(&delivery, &of, AT + 21 * MINUTE_US, AT + 41 * MINUTE_US); /* renewed: ten minutes more */
	CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], AT + 45 * MINUTE_US);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT + 41 * MINUTE_US);
	CHECK_EQUAL(delivery.holds, 2);
	deadline_hold(&delivery, &of, AT + 41 * MINUTE_US, AT + 100 * HOUR_US); /* cut at two hours */
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], AT + 161 * MINUTE_US);
	CHECK_EQUAL(delivery.hold_until, AT + 161 * MINUTE_US);
	deadline_passed(&delivery, &of, DEADLINE_ANSWER);
	CHECK_EQUAL(delivery.breached, 1u << DEADLINE_ANSWER);
	CHECK_EQUAL(deadline_first(&delivery), DEADLINE_ACKNOWLEDGE);
}

TEST(a_hold_of_what_expired_or_was_cancelled_owes_nothing)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_FLASH, false);
	struct delivery_row delivery = in_custody(&of);

	deadline_passed(&delivery, &of, DEADLINE_EXPIRY);
	deadline_hold(&delivery, &of, AT + MINUTE_US, AT + HOUR_US);
	CHECK(owes_nothing(&delivery));
	delivery = in_custody(&of);
	deadline_ended(&delivery);
	deadline_hold(&delivery, &of, AT + MINUTE_US, AT + HOUR_US);
	CHECK(owes_nothing(&delivery));
}

TEST(a_hold_that_ends_before_it_comes_moves_nothing)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_ROUTINE, true);
	struct delivery_row delivery = in_custody(&of), before = delivery;

	deadline_hold(&delivery, &of, AT + MINUTE_US, AT);
	CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], before.due[DEADLINE_ACKNOWLEDGE]);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], before.due[DEADLINE_ANSWER]);
}

TEST(shown_ends_the_watchs_time_acknowledged_the_ladder_and_an_answer_all)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_IMMEDIATE, false);
	struct delivery_row delivery;

	of.expires = AT + 90 * MINUTE_US;
	delivery = in_custody(&of);
	deadline_shown(&delivery);
	CHECK(delivery.due[DEADLINE_OPEN] == 0 && delivery.due[DEADLINE_ACKNOWLEDGE] != 0);
	CHECK_EQUAL(delivery.due[DEADLINE_EXPIRY], of.expires);
	deadline_acknowledged(&delivery);
	CHECK(delivery.due[DEADLINE_ACKNOWLEDGE] == 0 && delivery.due[DEADLINE_EXPIRY] == 0 &&
	      delivery.due[DEADLINE_ANSWER] != 0);
	deadline_ended(&delivery);
	CHECK(owes_nothing(&delivery));
}

TEST(what_has_expired_owes_nothing_and_breaches_nothing)
{
	struct message_row of = message(KIND_ALERT, PRECEDENCE_IMMEDIATE, true);
	struct delivery_row delivery = {.part = PART_ACTION};

	of.expires = AT + MINUTE_US;
	deadline_released(&delivery, &of, AT, 0);
	deadline_custody(&delivery, &of, AT, 0);
	CHECK_EQUAL(deadline_first(&delivery), DEADLINE_EXPIRY);
	deadline_passed(&delivery, &of, DEADLINE_EXPIRY);
	CHECK(owes_nothing(&delivery) && delivery.breached == 0);
}

TEST(silence_by_notice_moves_only_what_runs)
{
	struct message_row of = message(KIND_ANSWER, PRECEDENCE_FLASH, true);
	struct delivery_row delivery = in_custody(&of);

	deadline_pause(&delivery, HOUR_US);
	CHECK_EQUAL(delivery.due[DEADLINE_ACKNOWLEDGE], AT + 65 * MINUTE_US);
	CHECK_EQUAL(delivery.due[DEADLINE_ANSWER], 0);
}


static bool waits(const struct delivery_row *delivery, const struct message_row *of, bool is_open, int64_t due)
{
	struct waits waits = deadline_waiting(delivery, of);

	return waits.is_open == is_open && waits.due == due;
}

TEST(a_delivery_is_open_while_custody_the_watch_or_an_answer_is_waited_for)
{
	struct message_row sent = message(KIND_NOTICE, PRECEDENCE_FLASH, true), told = message(KIND_ANSWER, 0, false);
	struct delivery_row d = {.part = PART_INFO}, answer = in_custody(&told);

	CHECK(waits(&d, &sent, true, DUE_OVERDUE));
	deadline_released(&d, &sent, AT, 0);
	CHECK(waits(&d, &sent, true, AT + MINUTE_US));
	d.custody_at = 1;
	deadline_custody(&d, &sent, AT, 0);
	CHECK(waits(&d, &sent, false, 0));
	d.part = PART_ACTION;
	deadline_custody(&d, &sent, AT, 0);
	CHECK(waits(&d, &sent, true, AT + 5 * MINUTE_US));
	deadline_acknowledged(&d);
	d.acknowledged_at = 1;
	CHECK(waits(&d, &sent, true, AT + 30 * MINUTE_US));
	deadline_passed(&d, &sent, DEADLINE_ANSWER);
	CHECK(waits(&d, &sent, true, 0));
	deadline_ended(&d);
	CHECK(waits(&d, &sent, false, 0));
	deadline_acknowledged(&answer);
	answer.acknowledged_at = 1;
	CHECK(waits(&answer, &told, false, 0));
}

TEST(what_expired_is_not_open_and_what_nobody_read_is_overdue)
{
	struct message_row of = message(KIND_NOTICE, PRECEDENCE_FLASH, false);
	struct delivery_row d = in_custody(&of), expired = d;

	d.due[DEADLINE_EARLY] = AT + 1;
	CHECK(waits(&d, &of, true, AT + 1));
	memset(d.due, 0, sizeof d.due);
	CHECK(waits(&d, &of, true, DUE_OVERDUE));
	d.due[DEADLINE_EXPIRY] = AT + 2; /* no deadline of anybody */
	CHECK(waits(&d, &of, true, DUE_OVERDUE));
	deadline_passed(&expired, &of, DEADLINE_EXPIRY);
	CHECK(waits(&expired, &of, false, 0));
}
