/* Who may do what: approvals, roles, addressees, cards. */
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static const struct words notice = {.kind = KIND_NOTICE, .action = {"tha-cert"}};
static const struct words flash = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"tha-cert"}};

TEST(a_flash_is_released_only_with_two_approvals)
{
	struct world *world = office_open(1, 2);
	uint64_t draft = office_draft(world, SGP, UID_DRAFTER, &flash);
	struct answer answer;

	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(office_approve(world, SGP, UID_RELEASER, draft, &answer), 0);
	CHECK_EQUAL(office_approve(world, SGP, UID_RELEASER, draft, &answer), 0); /* twice by one is one */
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "1 of the 2 approvals") != NULL);
	CHECK_EQUAL(office_approve(world, SGP, UID_SECOND, draft, &answer), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 0);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 1);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), CONTROL_UNKNOWN); /* once */
	world_destroy(world);
}

TEST(a_drafter_can_not_approve_an_own_draft_unless_the_office_has_one_person)
{
	struct world *world = office_open(2, 2);
	uint64_t draft = office_draft(world, SGP, UID_HEAD, &notice);
	struct answer answer;
	uint8_t id[OBJECT_ID_BYTES];

	CHECK_EQUAL(office_approve(world, SGP, UID_HEAD, draft, &answer), CONTROL_ROLE);
	CHECK_EQUAL(office_release(world, SGP, UID_HEAD, draft, false, &answer), CONTROL_REFUSED);
	world->site[SGP].config.second_person = false;
	CHECK_EQUAL(office_approve(world, SGP, UID_HEAD, draft, &answer), 0);
	CHECK_EQUAL(office_release(world, SGP, UID_HEAD, draft, false, &answer), 0);
	office_released_id(world, &answer, id);
	world_run(world, SECOND_US);
	CHECK(office_show(world, THA, id) != NULL);
	world_destroy(world);
}

TEST(an_office_of_one_person_releases_a_flash_with_one_approval)
{
	struct world *world = office_open(5, 2);
	struct answer answer;
	uint64_t draft;

	world->site[SGP].config.second_person = false;
	draft = office_draft(world, SGP, UID_HEAD, &flash);
	CHECK_EQUAL(office_release(world, SGP, UID_HEAD, draft, false, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(office_approve(world, SGP, UID_HEAD, draft, &answer), 0);
	CHECK_EQUAL(office_release(world, SGP, UID_HEAD, draft, false, &answer), 0);
	world_destroy(world);
}

TEST(a_station_that_starts_rings_for_what_nobody_has_acknowledged)
{
	struct world *world = world_create(6, 2);
	uint8_t id[OBJECT_ID_BYTES];

	world->site[SGP].is_on_disk = world->site[THA].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	CHECK(!heap_has(&world->site[THA].alerts, "unacknowledged"));
	office_send(world, SGP, &(struct words){.kind = KIND_NOTICE, .action = {"tha-cert"}}, id);
	world_run(world, SECOND_US);
	world_kill(world, THA);
	CHECK_EQUAL(world_boot(world, THA), 0);
	world_run(world, SECOND_US);
	CHECK(heap_has(&world->site[THA].alerts, "unacknowledged"));
	world_destroy(world);
}

TEST(each_act_needs_its_role)
{
	struct world *world = office_open(3, 2);
	uint64_t draft = office_draft(world, SGP, UID_DRAFTER, &notice);
	static const uint8_t none = 0x90;
	struct answer answer;

	CHECK_EQUAL(office_try_draft(world, SGP, UID_RELEASER, &notice, &answer), CONTROL_ROLE);
	CHECK_EQUAL(office_approve(world, SGP, UID_DRAFTER, draft, &answer), CONTROL_ROLE);
	CHECK_EQUAL(office_approve(world, SGP, UID_WATCH, draft, &answer), CONTROL_ROLE);
	CHECK_EQUAL(office_release(world, SGP, UID_ADMIN, draft, false, &answer), CONTROL_ROLE);
	world_request(world, SGP, UID_DRAFTER, METHOD_EXPORT, office_everything, &answer);
	CHECK_EQUAL(answer.error, CONTROL_ROLE);
	world_request(world, SGP, UID_RELEASER, METHOD_OFFER, (struct bytes){&none, 1}, &answer);
	CHECK_EQUAL(answer.error, CONTROL_ROLE);
	world_request(world, SGP, UID_NOBODY, METHOD_STATUS, (struct bytes){&none, 1}, &answer);
	CHECK_EQUAL(answer.error, CONTROL_ROLE);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 0);
	world_destroy(world);
}

TEST(an_addressee_who_is_not_enrolled_is_refused_at_the_draft)
{
	struct world *world = world_create(4, 3);
	struct words words = notice;
	struct answer answer;

	world_start(world);
	office_enrol(world, SGP, THA);
	words.action[1] = "vnm-cert";
	CHECK_EQUAL(office_try_draft(world, SGP, UID_DRAFTER, &words, &answer), CONTROL_REFUSED);
	CHECK(strstr(answer.sentence, "vnm-cert is not an enrolled contact point") != NULL);
	world_destroy(world);
}

TEST(a_card_that_is_not_valid_yet_asks_and_anyway_answers)
{
	struct world *world = world_create(7, 2);
	struct answer answer;
	uint64_t draft;

	world->site[THA].card_from = WORLD_EPOCH_US + HOUR_US;
	world_start(world);
	office_enrol_all(world);
	draft = office_draft(world, SGP, UID_DRAFTER, &notice);
	office_approve(world, SGP, UID_RELEASER, draft, &answer);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), CONTROL_ASK);
	CHECK(strstr(answer.sentence, "not valid before") != NULL);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, true, &answer), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 1);
	world_destroy(world);
}

TEST(an_expired_card_asks_and_anyway_answers)
{
	struct world *world = world_create(5, 2);
	uint64_t draft;
	struct answer answer;

	world->site[THA].card_until = WORLD_EPOCH_US + HOUR_US;
	world_start(world);
	office_enrol_all(world);
	draft = office_draft(world, SGP, UID_DRAFTER, &notice);
	office_approve(world, SGP, UID_RELEASER, draft, &answer);
	world_run(world, HOUR_US);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, false, &answer), CONTROL_ASK);
	CHECK(strstr(answer.sentence, "expired") != NULL);
	CHECK_EQUAL(office_release(world, SGP, UID_RELEASER, draft, true, &answer), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_count(world, THA), 1);
	world_destroy(world);
}

TEST(a_message_is_acknowledged_once_and_only_where_it_was_received)
{
	struct world *world = office_open(6, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &notice, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(office_ack(world, SGP, id, ""), CONTROL_REFUSED);
	CHECK_EQUAL(office_ack(world, THA, id, ""), 0);
	CHECK_EQUAL(office_ack(world, THA, id, ""), CONTROL_REFUSED);
	world_run(world, SECOND_US);
	CHECK(office_delivery(world, SGP, id, THA)->acknowledged_at != 0);
	CHECK_REST(world);
	world_destroy(world);
}
