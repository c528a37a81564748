/* Correct, cancel, update, close, expiry: what later messages make of earlier ones, at both ends. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const uint8_t incident[INCIDENT_BYTES] = {1, 2, 3};
static const struct words notice = {
    .kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .action = {"tha-cert"}, .incident = incident};

/* Sends a notice to tha-cert and something that supersedes it, a minute apart. */
static void send_both(struct world *world, uint8_t kind, uint8_t old[OBJECT_ID_BYTES], uint8_t new[OBJECT_ID_BYTES])
{
	struct words words = {
	    .kind = kind, .precedence = PRECEDENCE_IMMEDIATE, .action = {"tha-cert"}, .supersedes = old};

	office_send(world, SGP, &notice, old);
	world_run(world, MINUTE_US);
	office_send(world, SGP, &words, new);
	world_run(world, MINUTE_US);
}

/* As an officer of a site sees the old message. */
static bool is_struck(struct world *world, size_t site, const uint8_t old[OBJECT_ID_BYTES], uint8_t kind)
{
	const struct control_message *message = office_show(world, site, old);

	return message != NULL && message->superseded == kind && message->superseded_at != 0 &&
	       bytes_equal((struct bytes){message->superseded_by.data, 9}, bytes_of("sgp-cert "));
}

/* What was rung at a site since its alerts were cleared, by the first word. */
static size_t count_rung(struct world *world, size_t site, const char *event)
{
	const struct heap *alerts = &world->site[site].alerts;
	size_t count = 0, len = strlen(event);

	for (size_t i = 0; i + len <= alerts->len; i++)
		count += memcmp(alerts->data + i, event, len) == 0;
	return count;
}

static void remake(struct world *world, size_t site)
{
	store_begin(world->site[site].store);
	rebuild_all(world->site[site].station);
	CHECK_EQUAL(store_commit(world->site[site].store), 0);
}

TEST(what_was_corrected_cancelled_or_updated_is_shown_struck_at_both_ends)
{
	static const uint8_t kinds[] = {KIND_CORRECT, KIND_CANCEL, KIND_UPDATE};

	for (size_t i = 0; i < sizeof kinds; i++) {
		struct world *world = office_open(1 + i, 2);
		uint8_t old[OBJECT_ID_BYTES], new[OBJECT_ID_BYTES];

		send_both(world, kinds[i], old, new);
		CHECK(is_struck(world, SGP, old, kinds[i]) && is_struck(world, THA, old, kinds[i]));
		CHECK_EQUAL(office_show(world, THA, new)->superseded, 0);
		CHECK(office_show(world, THA, new)->supersedes.len > 0);
		remake(world, SGP);
		remake(world, THA);
		CHECK(is_struck(world, SGP, old, kinds[i]) && is_struck(world, THA, old, kinds[i]));
		CHECK_REST(world);
		world_destroy(world);
	}
}

TEST(a_cancelled_message_owes_nothing_and_rings_nobody)
{
	struct world *world = office_open(5, 2);
	uint8_t old[OBJECT_ID_BYTES], new[OBJECT_ID_BYTES];

	send_both(world, KIND_CANCEL, old, new);
	CHECK_EQUAL(office_ack(world, THA, new, ""), 0);
	world->site[SGP].alerts.len = world->site[THA].alerts.len = 0;
	CHECK_EQUAL(office_delivery(world, SGP, old, THA)->why, WHY_INFO);
	CHECK_EQUAL(office_delivery(world, THA, old, THA)->why, WHY_INFO);
	CHECK_EQUAL(office_delivery(world, SGP, old, THA)->due_at, 0);
	world_run(world, 6 * HOUR_US);
	CHECK_EQUAL(world->site[SGP].alerts.len, 0);
	CHECK_EQUAL(world->site[THA].alerts.len, 0);
	CHECK_EQUAL(office_delivery(world, THA, old, THA)->breached, 0);
	world_destroy(world);
}

TEST(a_correction_and_an_update_leave_what_is_owed)
{
	static const uint8_t kinds[] = {KIND_CORRECT, KIND_UPDATE};

	for (size_t i = 0; i < sizeof kinds; i++) {
		struct world *world = office_open(6 + i, 2);
		uint8_t old[OBJECT_ID_BYTES], new[OBJECT_ID_BYTES];

		send_both(world, kinds[i], old, new);
		world_run(world, HOUR_US);
		CHECK(office_delivery(world, SGP, old, THA)->breached != 0);
		CHECK(office_delivery(world, THA, old, THA)->breached != 0);
		world_destroy(world);
	}
}

TEST(a_cancel_that_comes_before_its_message_counts)
{
	struct world *world = office_open(8, 2);
	struct words slow = notice, cancel = {.kind = KIND_CANCEL, .precedence = PRECEDENCE_FLASH, .action = {"tha-cert"}};
	uint8_t old[OBJECT_ID_BYTES], new[OBJECT_ID_BYTES];

	slow.precedence = PRECEDENCE_ROUTINE;
	world_kill(world, THA);
	world_run(world, MINUTE_US);
	office_send(world, SGP, &slow, old);
	cancel.supersedes = old;
	office_send(world, SGP, &cancel, new);
	world_boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK(office_show(world, THA, new) != NULL);
	CHECK(office_show(world, THA, new)->at < office_show(world, THA, old)->at);
	CHECK(is_struck(world, THA, old, KIND_CANCEL));
	CHECK_EQUAL(count_rung(world, THA, "message"), 1);
	CHECK_EQUAL(office_delivery(world, THA, old, THA)->due_at, 0);
	CHECK_EQUAL(office_delivery(world, SGP, old, THA)->due_at, 0);
	world_destroy(world);
}

TEST(only_an_own_message_of_the_same_mode_that_is_not_cancelled_can_be_superseded)
{
	struct world *world = office_open(9, 2);
	struct words words = {.kind = KIND_CORRECT, .action = {"sgp-cert"}};
	uint8_t old[OBJECT_ID_BYTES], new[OBJECT_ID_BYTES];
	struct answer answer;

	send_both(world, KIND_CANCEL, old, new);
	words.supersedes = old;
	CHECK_EQUAL(office_try_draft(world, THA, UID_DRAFTER, &words, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "not one this station released") != NULL);
	words.action[0] = "tha-cert";
	CHECK_EQUAL(office_try_draft(world, SGP, UID_DRAFTER, &words, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "cancelled already") != NULL);
	words.supersedes = new;
	words.exercise = "DEMO";
	CHECK_EQUAL(office_try_draft(world, SGP, UID_DRAFTER, &words, &answer), CONTROL_REFUSED);
	world_destroy(world);
}

TEST(a_draft_that_was_overtaken_by_a_cancel_is_not_released)
{
	struct world *world = office_open(10, 2);
	struct words words = {.kind = KIND_CORRECT, .action = {"tha-cert"}},
		     cancel = {.kind = KIND_CANCEL, .action = {"tha-cert"}};
	uint8_t old[OBJECT_ID_BYTES], new[OBJECT_ID_BYTES];
	struct answer answer;
	uint64_t draft;

	office_send(world, SGP, &notice, old);
	words.supersedes = cancel.supersedes = old;
	draft = office_draft(world, SGP, UID_DRAFTER, &words);
	office_approve(world, SGP, UID_RELEASER, draft, &answer);
	office_send(world, SGP, &cancel, new);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), CONTROL_REFUSED);
	world_destroy(world);
}

TEST(a_chain_of_corrections_is_bounded)
{
	struct world *world = office_open(11, 2);
	struct words words = {.kind = KIND_CORRECT, .action = {"tha-cert"}};
	uint8_t id[OBJECT_ID_BYTES];
	struct answer answer;

	office_send(world, SGP, &notice, id);
	words.supersedes = id;
	for (int i = 1; i < LIMIT_SUPERSEDES; i++)
		office_send(world, SGP, &words, id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_count(world, THA), LIMIT_SUPERSEDES);
	CHECK_EQUAL(office_try_draft(world, SGP, UID_DRAFTER, &words, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "chain of 16") != NULL);
	world_destroy(world);
}

/* Makes a draft and gives the first warning about it, or "". */
static const char *warn_of(struct world *world, const struct words *words, uint64_t *out_draft)
{
	static char text[256];
	struct answer answer;
	struct pack_reader r;
	struct bytes first = {NULL, 0};

	CHECK_EQUAL(office_try_draft(world, SGP, UID_DRAFTER, words, &answer), 0);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 2);
	*out_draft = pack_read_uint(&r, INT64_MAX);
	if (pack_read_array(&r, 16) > 0)
		first = pack_read_str(&r, 4096);
	snprintf(text, sizeof text, "%.*s", (int)first.len, first.len > 0 ? (const char *)first.data : "");
	return text;
}

static const char *warning(struct world *world, const struct words *words)
{
	uint64_t draft;

	return warn_of(world, words, &draft);
}

TEST(a_draft_that_leaves_out_an_addressee_of_the_old_message_warns)
{
	struct world *world = office_open(12, 3);
	struct words both = {.kind = KIND_NOTICE, .action = {"tha-cert"}, .info = {"vnm-cert"}},
		     words = {.kind = KIND_CORRECT, .action = {"tha-cert"}};
	uint8_t old[OBJECT_ID_BYTES];

	office_send(world, SGP, &both, old);
	words.supersedes = old;
	CHECK(strstr(warning(world, &words), "vnm-cert got the message") != NULL);
	words.action[1] = "vnm-cert";
	CHECK_EQUAL(*warning(world, &words), '\0');
	world_destroy(world);
}

TEST(a_draft_that_expires_before_its_reply_by_warns)
{
	struct world *world = office_open(13, 2);
	struct words words = {.kind = KIND_INQUIRY,
			      .action = {"tha-cert"},
			      .reply_by = WORLD_EPOCH_US + 2 * HOUR_US,
			      .expires = WORLD_EPOCH_US + HOUR_US};

	CHECK(strstr(warning(world, &words), "expires before") != NULL);
	words.expires = words.reply_by;
	CHECK_EQUAL(*warning(world, &words), '\0');
	world_destroy(world);
}

static bool is_incident(struct world *world, const uint8_t id[OBJECT_ID_BYTES], enum incident_state at_sgp,
			enum incident_state at_tha)
{
	enum incident_state sgp = (enum incident_state)office_delivery(world, SGP, id, THA)->incident,
			    tha = (enum incident_state)office_delivery(world, THA, id, THA)->incident;

	if (sgp != at_sgp || tha != at_tha)
		printf("# %s, %s\n", incident_state_text(sgp), incident_state_text(tha));
	return sgp == at_sgp && tha == at_tha;
}

TEST(an_incident_is_closed_when_both_have_closed_it_and_a_message_opens_it_again)
{
	struct world *world = office_open(14, 2);
	struct words to_tha = {.kind = KIND_CLOSE, .action = {"tha-cert"}, .incident = incident},
		     to_sgp = {.kind = KIND_CLOSE, .action = {"sgp-cert"}, .incident = incident};
	uint8_t id[OBJECT_ID_BYTES], other[OBJECT_ID_BYTES];
	struct answer answer;
	uint64_t draft;

	office_send(world, SGP, &notice, id);
	world_run(world, SECOND_US);
	CHECK(is_incident(world, id, INCIDENT_OPEN, INCIDENT_OPEN));
	office_send(world, SGP, &to_tha, other);
	world_run(world, SECOND_US);
	CHECK(is_incident(world, id, INCIDENT_OWN_CLOSE, INCIDENT_THEIR_CLOSE));
	office_send(world, SGP, &notice, other); /* a proposal stands whatever else is said */
	world_run(world, SECOND_US);
	CHECK(is_incident(world, id, INCIDENT_OWN_CLOSE, INCIDENT_THEIR_CLOSE));
	office_send(world, THA, &to_sgp, other);
	world_run(world, SECOND_US);
	CHECK(is_incident(world, id, INCIDENT_CLOSED, INCIDENT_CLOSED));
	remake(world, SGP);
	remake(world, THA);
	CHECK(is_incident(world, id, INCIDENT_CLOSED, INCIDENT_CLOSED));
	CHECK(strstr(warn_of(world, &notice, &draft), "closed with tha-cert") != NULL);
	CHECK_EQUAL(office_approve(world, SGP, UID_RELEASER, draft, &answer), 0);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), 0);
	world_run(world, SECOND_US);
	CHECK(is_incident(world, id, INCIDENT_OPEN, INCIDENT_OPEN));
	world_destroy(world);
}

TEST(an_incident_is_closed_pair_by_pair)
{
	struct world *world = office_open(15, 3);
	struct words both = notice, close = {.kind = KIND_CLOSE, .action = {"tha-cert"}, .incident = incident};
	uint8_t id[OBJECT_ID_BYTES], other[OBJECT_ID_BYTES];

	both.action[1] = "vnm-cert";
	office_send(world, SGP, &both, id);
	office_send(world, SGP, &close, other);
	world_run(world, SECOND_US);
	close.action[0] = "sgp-cert";
	office_send(world, THA, &close, other);
	world_run(world, SECOND_US);
	CHECK(is_incident(world, id, INCIDENT_CLOSED, INCIDENT_CLOSED));
	CHECK_EQUAL(office_delivery(world, SGP, id, VNM)->incident, INCIDENT_OPEN);
	CHECK_EQUAL(office_delivery(world, VNM, id, VNM)->incident, INCIDENT_OPEN);
	world_destroy(world);
}

TEST(an_incident_never_crosses_modes)
{
	struct world *world = office_open(16, 2);
	struct words words = notice;
	uint8_t id[OBJECT_ID_BYTES];
	struct answer answer;

	office_send(world, SGP, &notice, id);
	words.exercise = "DEMO";
	CHECK_EQUAL(office_try_draft(world, SGP, UID_DRAFTER, &words, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "other mode") != NULL);
	world_destroy(world);
}

TEST(an_expired_message_rings_nobody_and_is_shown_expired_at_both_ends)
{
	struct world *world = office_open(17, 2);
	struct words words = notice;
	uint8_t id[OBJECT_ID_BYTES];

	words.expires = WORLD_EPOCH_US + 10 * MINUTE_US;
	office_send(world, SGP, &words, id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(count_rung(world, THA, "message"), 1);
	world->site[THA].alerts.len = world->site[SGP].alerts.len = 0;
	world_run(world, 6 * HOUR_US);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->why, WHY_EXPIRED);
	CHECK_EQUAL(office_delivery(world, THA, id, THA)->why, WHY_EXPIRED);
	CHECK_EQUAL(world->site[THA].alerts.len, 0);
	CHECK_EQUAL(world->site[SGP].alerts.len, 0);
	world_destroy(world);
}

TEST(a_message_that_expires_before_it_has_a_seq_is_never_sent)
{
	struct world *world = office_open(18, 2);
	struct words words = notice;
	uint8_t id[OBJECT_ID_BYTES];

	words.expires = WORLD_EPOCH_US + 30 * MINUTE_US;
	world_kill(world, THA);
	world_run(world, MINUTE_US);
	office_send(world, SGP, &words, id);
	world_run(world, HOUR_US);
	world_boot(world, THA);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_count(world, THA), 0);
	CHECK_EQUAL(office_delivery(world, SGP, id, THA)->why, WHY_EXPIRED);
	world_destroy(world);
}
