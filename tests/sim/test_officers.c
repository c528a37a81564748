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

/* Whether the newest entry of that kind ends in this officer and uid. */
static bool is_logged(struct world *world, size_t site, enum station_kind kind, const char *officer, uint32_t uid)
{
	struct heap data = {0};
	uint8_t end[64];
	struct pack_writer w = pack_writer(end, sizeof end);
	bool is_there;

	pack_put_text(&w, officer);
	pack_put_uint(&w, uid);
	is_there = entries(world, site, kind, &data) > 0 && data.len >= w.len &&
		   memcmp(data.data + data.len - w.len, end, w.len) == 0;
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
