/* Who may do what, and that each act's officer stands in the record; voice codes at both ends. */
#include "proto/export.h"
#include "proto/leaf.h"
#include "proto/object.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static struct answer answer;

static int call(struct world *world, size_t site, uint32_t uid, enum method method, struct bytes params)
{
	world_request(world, site, uid, method, params, &answer);
	return answer.error;
}

static int sheet(struct world *world, size_t site, uint32_t uid, const char *peer)
{
	uint8_t params[64];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 1);
	pack_put_text(&w, peer);
	return call(world, site, uid, METHOD_SHEET, pack_written(&w));
}

struct codes {
	uint64_t generation, week, code[VOICE_CODES];
};

static struct codes codes(struct world *world, size_t site, const char *peer)
{
	struct control_contact contact;
	struct pack_reader r;
	struct codes out;

	CHECK_EQUAL(sheet(world, site, UID_WATCH, peer), 0);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 4);
	control_read_contact(&r, &contact);
	CHECK(bytes_equal(contact.name, bytes_of(peer)));
	out.generation = pack_read_uint(&r, UINT32_MAX);
	out.week = pack_read_uint(&r, UINT32_MAX);
	pack_expect_array(&r, VOICE_CODES);
	for (size_t i = 0; i < VOICE_CODES; i++)
		out.code[i] = pack_read_uint(&r, VOICE_CODE_MAX);
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	return out;
}

TEST(both_ends_print_the_same_codes_and_no_other_pair_or_week_does)
{
	struct world *world = office_open(1, 3);
	struct codes here = codes(world, SGP, "tha-cert"), there = codes(world, THA, "sgp-cert");
	struct codes other = codes(world, SGP, "vnm-cert"), later;

	CHECK_EQUAL(here.generation, 1);
	CHECK(memcmp(&here, &there, sizeof here) == 0);
	CHECK(memcmp(here.code, other.code, sizeof here.code) != 0);
	world_run(world, WEEK_US);
	later = codes(world, SGP, "tha-cert");
	there = codes(world, THA, "sgp-cert");
	CHECK_EQUAL(later.week, here.week + 1);
	CHECK(memcmp(&later, &there, sizeof later) == 0);
	CHECK(memcmp(here.code, later.code, sizeof here.code) != 0);
	world_destroy(world);
}

/* The data of the newest entry of that kind in a station's log; how many there are. */
static size_t entries(struct world *world, size_t site, enum station_kind kind, struct heap *out)
{
	struct log log;
	struct log_row row;
	size_t count = 0;

	store_log_open(world->site[site].store, 0, &log);
	for (uint64_t i = 0; i < log.tree.size; i++) {
		CHECK(store_log_row(world->site[site].store, 0, i, &row));
		if (row.leaf.kind != kind)
			continue;
		count++;
		out->len = 0;
		heap_add(out, row.leaf.data);
	}
	return count;
}

/* Whether the newest entry of that kind names this officer and uid. */
static bool is_logged(struct world *world, size_t site, enum station_kind kind, const char *officer, uint32_t uid)
{
	struct heap data = {0};
	uint8_t end[64];
	struct pack_writer w = pack_writer(end, sizeof end);
	bool is_there;

	pack_put_text(&w, officer);
	pack_put_uint(&w, uid);
	is_there = entries(world, site, kind, &data) > 0 && memmem(data.data, data.len, end, w.len) != NULL;
	heap_free(&data);
	return is_there;
}

TEST(a_sheet_is_logged_with_who_printed_it_and_its_codes_are_in_no_journal)
{
	struct world *world = office_open(2, 2);
	struct codes printed = codes(world, SGP, "tha-cert");
	struct heap data = {0};
	char text[16];

	CHECK(is_logged(world, SGP, STATION_SHEET, "watch-1", UID_WATCH));
	CHECK_EQUAL(sheet(world, SGP, UID_ADMIN, "tha-cert"), 0);
	CHECK(is_logged(world, SGP, STATION_SHEET, "admin", UID_ADMIN));
	CHECK_EQUAL(entries(world, SGP, STATION_SHEET, &data), 2);
	for (size_t i = 0; i < VOICE_CODES; i++) {
		snprintf(text, sizeof text, "%06u", (unsigned)printed.code[i]);
		CHECK(!heap_has(&world->site[SGP].journal, text));
	}
	heap_free(&data);
	CHECK_EQUAL(sheet(world, SGP, UID_DRAFTER, "tha-cert"), CONTROL_ROLE);
	CHECK_EQUAL(sheet(world, SGP, UID_RELEASER, "tha-cert"), CONTROL_ROLE);
	CHECK_EQUAL(sheet(world, SGP, UID_WATCH, "vnm-cert"), CONTROL_UNKNOWN);
	world_destroy(world);
}

/* A call with parameters that would do: were the role not asked for, it would be done or refused for another reason. */
static int try_method(struct world *world, uint32_t uid, enum method method, uint64_t draft,
		      const uint8_t id[OBJECT_ID_BYTES])
{
	char hex[2 * OBJECT_ID_BYTES + 1];
	uint8_t params[256];
	struct pack_writer w = pack_writer(params, sizeof params);
	bool is_received = method == METHOD_SHOWN || method == METHOD_ACK || method == METHOD_HOLD;
	bool has_three = method == METHOD_ACK || method == METHOD_HOLD || method == METHOD_RELEASE;

	for (size_t i = 0; i < OBJECT_ID_BYTES; i++)
		sprintf(hex + 2 * i, "%02x", id[i]);
	pack_put_array(&w, has_three ? 3 : method == METHOD_DRAFT_DELETE ? 1 : 2);
	if (is_received)
		pack_put_text(&w, hex);
	else
		pack_put_uint(&w, draft);
	if (method == METHOD_SHOWN || method == METHOD_APPROVE || method == METHOD_RELEASE)
		pack_put_bool(&w, false);
	if (method == METHOD_ACK)
		pack_put_uint(&w, 1);
	if (method == METHOD_HOLD)
		pack_put_int(&w, world_real_us(world, THA) + HOUR_US);
	if (has_three)
		pack_put_text(&w, "");
	return call(world, THA, uid, method, pack_written(&w));
}

static struct world *office_with(uint64_t seed, const char *function, uint32_t uid, unsigned roles)
{
	struct world *world = world_create(seed, 2);
	struct config *config = &world->site[THA].config;
	struct config_officer *officer = &config->officer[config->officer_count++];

	snprintf(officer->function.text, sizeof officer->function.text, "%s", function);
	officer->uid = uid;
	officer->roles = roles;
	world_start(world);
	office_enrol_all(world);
	return world;
}

static const struct words inquiry = {
    .kind = KIND_INQUIRY, .action = {"tha-cert"}, .reply_by = WORLD_EPOCH_US + 24 * HOUR_US};
static const struct words notice = {.kind = KIND_NOTICE, .action = {"sgp-cert"}};
enum { UID_AUDITOR = 3100 };

TEST(an_auditor_changes_nothing_whatever_is_tried)
{
	static const enum method methods[] = {METHOD_DRAFT_DELETE, METHOD_APPROVE, METHOD_RELEASE,
					      METHOD_SHOWN,	   METHOD_ACK,	   METHOD_HOLD};
	static const enum method others[] = {METHOD_OFFER, METHOD_ACCEPT, METHOD_TAKE, METHOD_SHEET};
	static const uint8_t none = 0x90;
	struct world *world = office_with(3, "auditor-1", UID_AUDITOR, ROLE_AUDITOR);
	struct control_delivery before, after;
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t draft, size;
	struct log log;

	office_send(world, SGP, &inquiry, id);
	world_run(world, SECOND_US);
	draft = office_draft(world, THA, UID_DRAFTER, &notice);
	before = *office_delivery(world, THA, id, THA);
	store_log_open(world->site[THA].store, 0, &log);
	size = log.tree.size;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		CHECK_EQUAL(try_method(world, UID_AUDITOR, methods[i], draft, id), CONTROL_ROLE);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK_EQUAL(call(world, THA, UID_AUDITOR, others[i], (struct bytes){&none, 1}), CONTROL_ROLE);
	CHECK_EQUAL(office_try_draft(world, THA, UID_AUDITOR, &notice, &answer), CONTROL_ROLE);
	after = *office_delivery(world, THA, id, THA);
	CHECK(before.shown_at == after.shown_at && before.acknowledged_at == after.acknowledged_at);
	store_log_open(world->site[THA].store, 0, &log);
	CHECK_EQUAL(log.tree.size, size);
	CHECK_EQUAL(call(world, THA, UID_AUDITOR, METHOD_EXPORT, office_everything), 0);
	heap_free(&answer.events);
	CHECK(is_logged(world, THA, STATION_EXPORT, "auditor-1", UID_AUDITOR));
	world_destroy(world);
}

TEST(each_act_stands_in_the_log_with_function_and_uid)
{
	struct world *world = office_open(4, 2);
	uint8_t id[OBJECT_ID_BYTES];
	uint64_t draft;

	CHECK(is_logged(world, THA, STATION_OFFER, "admin", UID_ADMIN));
	CHECK(is_logged(world, THA, STATION_CONTACT, "admin", UID_ADMIN));
	office_send(world, SGP, &inquiry, id);
	world_run(world, SECOND_US);
	draft = office_draft(world, THA, UID_DRAFTER, &notice);
	CHECK(is_logged(world, THA, STATION_DRAFT, "drafter-1", UID_DRAFTER));
	CHECK_EQUAL(try_method(world, UID_SECOND, METHOD_APPROVE, draft, id), 0);
	CHECK(is_logged(world, THA, STATION_APPROVE, "releaser-2", UID_SECOND));
	CHECK_EQUAL(try_method(world, UID_RELEASER, METHOD_RELEASE, draft, id), 0);
	CHECK(is_logged(world, THA, STATION_RELEASE, "releaser-1", UID_RELEASER));
	draft = office_draft(world, THA, UID_DRAFTER, &notice);
	CHECK_EQUAL(try_method(world, UID_HEAD, METHOD_DRAFT_DELETE, draft, id), 0);
	CHECK(is_logged(world, THA, STATION_DELETE, "head", UID_HEAD));
	CHECK_EQUAL(try_method(world, UID_WATCH, METHOD_SHOWN, 0, id), 0);
	CHECK(is_logged(world, THA, STATION_QUEUE, "watch-1", UID_WATCH));
	CHECK_EQUAL(try_method(world, UID_WATCH, METHOD_ACK, 0, id), 0);
	CHECK_EQUAL(try_method(world, UID_WATCH, METHOD_HOLD, 0, id), 0);
	CHECK(is_logged(world, THA, STATION_RELEASE, "watch-1", UID_WATCH));
	world_destroy(world);
}

TEST(a_drafter_who_is_releaser_too_can_not_approve_an_own_draft)
{
	struct world *world = office_open(5, 2);
	uint64_t draft = office_draft(world, THA, UID_HEAD, &notice);
	static const uint8_t id[OBJECT_ID_BYTES];

	CHECK_EQUAL(try_method(world, UID_HEAD, METHOD_APPROVE, draft, id), CONTROL_ROLE);
	CHECK(strstr(answer.sentence, "another releaser must") != NULL);
	CHECK_EQUAL(try_method(world, UID_RELEASER, METHOD_APPROVE, draft, id), 0);
	world_destroy(world);
}

TEST(a_hold_is_not_for_the_watch_alone_where_the_office_says_so)
{
	struct world *world = office_open(6, 2);
	uint8_t id[OBJECT_ID_BYTES];

	office_send(world, SGP, &inquiry, id);
	world_run(world, SECOND_US);
	world->site[THA].config.needs_release = 1u << KIND_HOLD;
	CHECK_EQUAL(try_method(world, UID_WATCH, METHOD_HOLD, 0, id), CONTROL_ROLE);
	CHECK(strstr(answer.sentence, "sends no hold alone") != NULL);
	world->site[THA].config.needs_release = 1u << KIND_CHECK;
	CHECK_EQUAL(try_method(world, UID_WATCH, METHOD_HOLD, 0, id), 0);
	world_destroy(world);
}

TEST(root_has_no_role_unless_it_is_given_one)
{
	static const uint8_t none = 0x90;
	struct world *world = world_create(7, 2);

	world->site[THA].config.officer[0].uid = 3200; /* the admin, elsewhere root */
	world_start(world);
	for (int method = 0; method < METHOD_COUNT; method++)
		CHECK_EQUAL(call(world, THA, 0, (enum method)method, (struct bytes){&none, 1}), CONTROL_ROLE);
	CHECK(strstr(answer.sentence, "User 0 is no officer") != NULL);
	CHECK_EQUAL(call(world, SGP, 0, METHOD_STATUS, (struct bytes){&none, 1}), 0);
	world_destroy(world);
}
