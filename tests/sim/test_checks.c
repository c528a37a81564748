/* Checks in virtual time: links on the hour, watches by the day, cards by the half year. */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

#define DAY_US (24 * HOUR_US)

struct check_entry {
	uint64_t type, outcome, latency_ms;
	int64_t at;
	struct name peer, officer;
};

/* The station log's entries about checks, in order. */
static size_t read_entries(struct world *world, size_t site, struct check_entry *out, size_t max)
{
	struct log_row row;
	size_t count = 0;

	for (uint64_t i = 0; store_log_row(world->site[site].store, 0, i, &row); i++) {
		struct pack_reader r = pack_reader(row.leaf.data);
		struct check_entry *entry = &out[count];

		if (row.leaf.kind != STATION_CHECK)
			continue;
		CHECK(count < max);
		pack_expect_array(&r, 6);
		CHECK(name_copy(pack_read_str(&r, LIMIT_NAME_BYTES), &entry->peer));
		entry->type = pack_read_uint(&r, INT64_MAX);
		entry->outcome = pack_read_uint(&r, INT64_MAX);
		entry->latency_ms = pack_read_uint(&r, INT64_MAX);
		entry->at = row.leaf.at;
		pack_read_str(&r, LIMIT_FUNCTION_BYTES);
		pack_read_uint(&r, INT64_MAX);
		CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
		count++;
	}
	return count;
}

static size_t entries_of(struct world *world, size_t site, enum check_type type, enum check_outcome outcome)
{
	static struct check_entry entry[512];
	size_t all = read_entries(world, site, entry, 512), count = 0;

	for (size_t i = 0; i < all; i++)
		count += entry[i].type == (uint64_t)type && entry[i].outcome == (uint64_t)outcome;
	return count;
}

static int alarms(struct world *world, size_t site, const char *event)
{
	const struct heap *alerts = &world->site[site].alerts;
	const uint8_t *at = alerts->data, *end = at + alerts->len;
	int count = 0;

	while (at != NULL && (at = memmem(at, (size_t)(end - at), event, strlen(event) + 1)) != NULL) {
		count += at == alerts->data || at[-1] == '\0';
		at++;
	}
	return count;
}

static struct control_check record_of(struct world *world, size_t site, size_t peer, enum check_type type)
{
	static const uint8_t none = 0x90;
	struct control_check check;
	struct answer answer;
	struct pack_reader r;
	size_t count;

	world_request(world, site, UID_WATCH, METHOD_CHECKS, (struct bytes){&none, 1}, &answer);
	CHECK_EQUAL(answer.error, 0);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	count = pack_read_array(&r, SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		control_read_check(&r, &check);
		if (check.type == type && bytes_equal(check.name, bytes_of(office_name(world, peer))))
			return check;
	}
	CHECK(!"no such record");
	return check;
}

static int ask_check(struct world *world, size_t site, uint32_t uid, size_t peer, enum check_type type, bool by_phone,
		     struct answer *out)
{
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 3);
	pack_put_text(&w, office_name(world, peer));
	pack_put_uint(&w, type);
	pack_put_bool(&w, by_phone);
	world_request(world, site, uid, METHOD_CHECK, pack_written(&w), out);
	return out->error;
}

/* The newest check in a station's list that it sent, or received. */
static bool find_check(struct world *world, size_t site, bool is_sent, struct message_row *out)
{
	int64_t at = INT64_MAX, row = INT64_MAX;

	while (store_message_before(world->site[site].store, at, row, out)) {
		if (out->kind == KIND_CHECK && out->is_sent == is_sent)
			return true;
		at = out->at;
		row = out->row;
	}
	return false;
}

/* Answers with the words that the check has, the first of them changed on request; or with yes or no. */
static int answer_check(struct world *world, size_t site, uint32_t uid, const char *first, uint64_t confirmed)
{
	static struct content content;
	char hex[2 * OBJECT_ID_BYTES + 1];
	uint8_t params[1024];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct message_row row;
	struct bytes encoded;
	struct pack_reader r;
	struct answer answer;
	size_t count = 0;

	CHECK(find_check(world, site, false, &row));
	key_hex(row.id, OBJECT_ID_BYTES, hex);
	CHECK(store_content(world->site[site].store, row.content_hash, &encoded));
	CHECK_EQUAL(content_decode(encoded, &content), RESULT_OK);
	r = pack_reader(content_field(&content, FIELD_WORDS));
	if (confirmed == 0)
		CHECK_EQUAL(count = pack_read_array(&r, LIMIT_WORDS), WATCH_WORDS);
	pack_put_array(&w, 3);
	pack_put_text(&w, hex);
	pack_put_array(&w, count);
	for (size_t i = 0; i < count; i++) {
		struct bytes word = pack_read_str(&r, LIMIT_WORD_BYTES);

		pack_put_str(&w, i == 0 && first != NULL ? bytes_of(first) : word);
	}
	pack_put_uint(&w, confirmed);
	world_request(world, site, uid, METHOD_CHECK_ANSWER, pack_written(&w), &answer);
	if (answer.error != 0)
		printf("# %s\n", answer.sentence);
	return answer.error;
}

/* Links. */

TEST(links_are_checked_on_the_hour_by_the_lower_name_when_it_is_even)
{
	static struct check_entry entry[64];
	struct world *world = office_open(1, 2);
	size_t count;

	world_run(world, 6 * HOUR_US);
	for (size_t site = SGP; site <= THA; site++) {
		count = read_entries(world, site, entry, 64);
		CHECK_EQUAL(count, 3);
		for (size_t i = 0; i < count; i++) {
			CHECK_EQUAL(entry[i].type, CHECK_LINK);
			CHECK_EQUAL(entry[i].outcome, CHECK_RIGHT);
			CHECK_EQUAL(entry[i].at / HOUR_US % 2, site == SGP ? 0 : 1); /* sgp-cert sorts first */
			CHECK_EQUAL(entry[i].at % HOUR_US / SECOND_US, 0);
			CHECK(entry[i].latency_ms >= 80 && entry[i].latency_ms < 100);
		}
	}
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 0);
	world_destroy(world);
}

TEST(three_missed_link_checks_in_a_row_alarm_once_until_one_is_answered)
{
	struct world *world = office_open(2, 2);

	lines_cut(world, SGP, THA, true);
	world_run(world, 5 * HOUR_US);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_LINK, CHECK_NO_PATH), 2);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 0);
	world_run(world, 20 * HOUR_US);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_LINK, CHECK_NO_PATH), 12);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 1);
	CHECK(memmem(office_peer(world, SGP, THA).explanation.data, office_peer(world, SGP, THA).explanation.len,
		     "12 link checks in a row", 23) != NULL);
	lines_cut(world, SGP, THA, false);
	world_run(world, 2 * HOUR_US);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_LINK, CHECK_RIGHT), 1);
	lines_cut(world, SGP, THA, true);
	world_run(world, 10 * HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 2);
	world_destroy(world);
}

TEST(a_test_that_went_with_its_link_is_asked_again_on_the_next)
{
	struct world *world = office_open(3, 2);
	int64_t hour = HOUR_US - (WORLD_EPOCH_US + world->at_us) % HOUR_US;

	world_run(world, HOUR_US + hour + DELAY / 2);
	lines_break(world, SGP, THA);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_LINK, CHECK_RIGHT), 1);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_LINK, CHECK_MISSED), 0);
	CHECK_EQUAL(office_counted(world, SGP, "link check out of turn"), 0);
	world_destroy(world);
}

/* Watches. */

TEST(a_watch_check_that_is_typed_back_is_answered_and_acknowledged)
{
	struct world *world = office_open(4, 2);
	struct control_check record;
	struct message_row row;
	struct answer answer;

	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer), 0);
	world_run(world, 10 * MINUTE_US);
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer), CONTROL_REFUSED);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, NULL, 0), 0);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, NULL, 0), CONTROL_REFUSED);
	world_run(world, SECOND_US);
	record = record_of(world, SGP, THA, CHECK_WATCH);
	CHECK(record.asked == 1 && record.answered == 1 && record.last_outcome == CHECK_RIGHT);
	CHECK(record.median_ms >= 600000 && record.median_ms < 601000);
	CHECK(record.percentile95_ms == record.median_ms);
	CHECK(find_check(world, SGP, true, &row));
	CHECK(office_delivery(world, SGP, row.id, THA)->acknowledged_at != 0);
	CHECK_EQUAL(office_delivery(world, SGP, row.id, THA)->why, WHY_ANSWERED);
	world_run(world, 2 * HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 0);
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer), 0);
	CHECK_REST(world);
	world_destroy(world);
}

TEST(other_words_than_were_asked_for_are_wrong_and_alarm)
{
	struct world *world = office_open(5, 2);
	struct answer answer;

	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world_run(world, SECOND_US);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, "wrong", 0), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).wrong, 1);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 1);
	world_destroy(world);
}

TEST(a_watch_check_not_answered_within_the_hour_alarms_and_a_late_answer_counts_as_late)
{
	struct world *world = office_open(6, 2);
	struct control_check record;
	struct answer answer;

	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world_run(world, HOUR_US - 1);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 0);
	world_run(world, 1);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 1);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).missed, 1);
	world_run(world, HOUR_US);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, NULL, 0), 0);
	world_run(world, SECOND_US);
	record = record_of(world, SGP, THA, CHECK_WATCH);
	CHECK(record.asked == 1 && record.late == 1 && record.missed == 0);
	CHECK(record.median_ms >= 7200000 && record.median_ms < 7201000);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 1);
	world_destroy(world);
}

TEST(the_hour_of_a_watch_check_does_not_move_with_the_clock)
{
	struct world *world = office_open(15, 2);
	struct control_check record;
	struct answer answer;

	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world_run(world, MINUTE_US);
	world->site[SGP].real_offset_us = 2 * HOUR_US;
	world_run(world, 9 * MINUTE_US);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, NULL, 0), 0);
	world_run(world, SECOND_US);
	record = record_of(world, SGP, THA, CHECK_WATCH);
	CHECK(record.answered == 1 && record.median_ms >= 600000 && record.median_ms < 601000);
	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world->site[SGP].real_offset_us = 0;
	world_run(world, HOUR_US - 1);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).missed, 0);
	world_run(world, 1);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).missed, 1);
	world_destroy(world);
}

/* As where the watch sends none alone. */
TEST(a_check_that_was_drafted_and_released_counts_as_well)
{
	struct world *world = office_open(16, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &(struct words){.kind = KIND_CHECK, .action = {"tha-cert"}}, id);
	world_run(world, SECOND_US);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, NULL, 2), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_DIRECTORY).wrong, 1);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 1);
	world_destroy(world);
}

TEST(a_watch_check_that_never_arrived_is_no_fault_of_the_watch)
{
	struct world *world = office_open(7, 2);
	struct answer answer;

	lines_cut(world, SGP, THA, true);
	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world_run(world, HOUR_US);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).no_path, 1);
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 0);
	world_destroy(world);
}

TEST(checks_need_the_watch_or_an_admin_and_so_do_their_answers)
{
	struct world *world = office_open(8, 2);
	struct answer answer;

	CHECK_EQUAL(ask_check(world, SGP, UID_RELEASER, THA, CHECK_WATCH, false, &answer), CONTROL_ROLE);
	CHECK_EQUAL(ask_check(world, SGP, UID_ADMIN, THA, CHECK_WATCH, false, &answer), CONTROL_ROLE);
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_DIRECTORY, false, &answer), CONTROL_ROLE);
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_DIRECTORY, true, &answer), CONTROL_ROLE);
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, VNM, CHECK_WATCH, false, &answer), CONTROL_UNKNOWN);
	world->site[SGP].config.needs_release = 1u << KIND_CHECK;
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer), CONTROL_ROLE);
	world->site[SGP].config.needs_release = 0;
	CHECK_EQUAL(ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer), 0);
	world_run(world, SECOND_US);
	CHECK_EQUAL(answer_check(world, THA, UID_DRAFTER, NULL, 0), CONTROL_ROLE);
	CHECK_EQUAL(answer_check(world, THA, UID_ADMIN, NULL, 0), CONTROL_ROLE);
	world_destroy(world);
}

TEST(the_watch_is_checked_daily_by_turns_at_the_time_set)
{
	static struct check_entry entry[512];
	struct world *world = world_create(9, 2);
	size_t count, asked = 0;

	world->site[SGP].config.watch_check = world->site[THA].config.watch_check = 2 * 60 + 30 + 1;
	world_start(world);
	office_enrol_all(world);
	world_run(world, 15 * HOUR_US);
	for (int day = 0; day < 4; day++) {
		world_run(world, DAY_US);
		/* 16 October is an even day, counted from 1970: sgp-cert asks */
		CHECK_EQUAL(answer_check(world, day % 2 == 0 ? THA : SGP, UID_WATCH, NULL, 0), 0);
	}
	for (size_t site = SGP; site <= THA; site++) {
		count = read_entries(world, site, entry, 512);
		for (size_t i = 0; i < count; i++) {
			if (entry[i].type != CHECK_WATCH || entry[i].outcome != CHECK_ASKED)
				continue;
			CHECK_EQUAL(entry[i].at / DAY_US % 2, site == SGP ? 0 : 1);
			CHECK(entry[i].at % DAY_US / MINUTE_US == 150 || asked == 0); /* the first day begins at noon */
			asked++;
		}
	}
	CHECK_EQUAL(asked, 6);
	world_destroy(world);
}

TEST(no_office_with_hours_is_checked_by_itself_unless_a_time_is_set_for_it)
{
	struct world *world = world_create(10, 2);
	struct config *config = &world->site[SGP].config;
	size_t asked;

	world->site[THA].has_hours = true;
	config->watch_check = 1;
	world_start(world);
	office_enrol_all(world);
	world_run(world, 4 * DAY_US);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_WATCH, CHECK_ASKED), 0);
	config->peer_count = 1;
	name_copy(bytes_of("tha-cert"), &config->peer[0].name);
	config->peer[0].has_watch_check = true;
	config->peer[0].watch_check = 1;
	world_run(world, 4 * DAY_US);
	asked = entries_of(world, SGP, CHECK_WATCH, CHECK_ASKED);
	CHECK(asked >= 2);
	config->peer[0].watch_check = 0;
	world_run(world, 4 * DAY_US);
	CHECK_EQUAL(entries_of(world, SGP, CHECK_WATCH, CHECK_ASKED), asked);
	world_destroy(world);
}

/* Cards. */

static void set_dial(struct world *world, enum dial dial)
{
	struct config *config = &world->site[SGP].config;

	config->peer_count = 1;
	name_copy(bytes_of("tha-cert"), &config->peer[0].name);
	config->peer[0].dial = dial;
}

TEST(a_card_is_due_after_180_days_and_confirmed_by_their_admin)
{
	struct world *world = world_create(11, 2);
	struct control_check record;
	struct answer answer;

	set_dial(world, DIAL_NEVER); /* half a year of pings is not the point */
	world_start(world);
	office_enrol(world, SGP, THA);
	world_run(world, DIRECTORY_US - HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "check-due"), 0);
	world_run(world, 2 * HOUR_US);
	CHECK_EQUAL(alarms(world, SGP, "check-due"), 1);
	set_dial(world, DIAL_AUTO);
	world_run(world, DAY_US);
	CHECK_EQUAL(alarms(world, SGP, "check-due"), 1);
	CHECK_EQUAL(ask_check(world, SGP, UID_ADMIN, THA, CHECK_DIRECTORY, false, &answer), 0);
	world_run(world, DAY_US);
	CHECK_EQUAL(answer_check(world, THA, UID_ADMIN, NULL, 2), 0);
	world_run(world, SECOND_US);
	record = record_of(world, SGP, THA, CHECK_DIRECTORY);
	CHECK(record.wrong == 1 && record.due_at < world_real_us(world, SGP));
	CHECK_EQUAL(alarms(world, SGP, "check-missed"), 2); /* the links were, and now the card */
	CHECK_EQUAL(ask_check(world, SGP, UID_ADMIN, THA, CHECK_DIRECTORY, false, &answer), 0);
	world_run(world, DAY_US);
	CHECK_EQUAL(answer_check(world, THA, UID_WATCH, NULL, 1), 0);
	world_run(world, SECOND_US);
	record = record_of(world, SGP, THA, CHECK_DIRECTORY);
	CHECK(record.answered == 1 && record.due_at > world_real_us(world, SGP) + 178 * DAY_US);
	world_destroy(world);
}

TEST(an_admin_who_reached_them_by_telephone_confirms_a_card_too)
{
	struct world *world = office_open(12, 2);
	struct answer answer;
	int64_t before = record_of(world, SGP, THA, CHECK_DIRECTORY).due_at;

	world_run(world, DAY_US);
	CHECK_EQUAL(ask_check(world, SGP, UID_ADMIN, THA, CHECK_DIRECTORY, true, &answer), 0);
	CHECK(record_of(world, SGP, THA, CHECK_DIRECTORY).due_at >= before + DAY_US);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_DIRECTORY).median_ms, -1);
	CHECK_EQUAL(office_count(world, THA), 0);
	world_destroy(world);
}

/* The record. */

TEST(what_was_asked_is_still_waited_for_after_a_restart)
{
	struct world *world = world_create(13, 2);
	struct answer answer;

	world->site[SGP].is_on_disk = true;
	world_start(world);
	office_enrol_all(world);
	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world_run(world, 20 * MINUTE_US);
	world_kill(world, SGP);
	world_run(world, 20 * MINUTE_US);
	CHECK_EQUAL(world_boot(world, SGP), 0);
	world_run(world, 20 * MINUTE_US - 1);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).missed, 0);
	world_run(world, 2 * SECOND_US);
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).missed, 1);
	world_destroy(world);
}

TEST(a_rebuild_makes_the_same_record)
{
	struct world *world = office_open(14, 2);
	struct control_check before, after;
	struct answer answer;

	ask_check(world, SGP, UID_WATCH, THA, CHECK_WATCH, false, &answer);
	world_run(world, 3 * HOUR_US);
	answer_check(world, THA, UID_WATCH, NULL, 0);
	world_run(world, HOUR_US);
	for (enum check_type type = CHECK_LINK; type <= CHECK_TYPES; type++) {
		before = record_of(world, SGP, THA, type);
		CHECK(station_rebuild(world->site[SGP].station) > 0);
		after = record_of(world, SGP, THA, type);
		CHECK_EQUAL(after.asked, before.asked);
		CHECK_EQUAL(after.late, before.late);
		CHECK_EQUAL(after.median_ms, before.median_ms);
		CHECK_EQUAL(after.last_at, before.last_at);
	}
	CHECK_EQUAL(record_of(world, SGP, THA, CHECK_WATCH).late, 1);
	CHECK(record_of(world, SGP, THA, CHECK_LINK).asked >= 2);
	world_destroy(world);
}
