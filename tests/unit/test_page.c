/* A record's page: escaping, percentiles, courses, clocks, the station's story, and what a long record is cut to. */
#include "client/page.h"

#include <stdlib.h>

#include "client/audit/clocks.h"
#include "client/html.h"
#include "tests/unit/audit_world.h"

static char *escaped(const char *text, size_t len)
{
	char *out;
	size_t out_len;
	FILE *file = open_memstream(&out, &out_len);

	html_text(file, (struct bytes){(const uint8_t *)text, len}, SAFE_LINES);
	fclose(file);
	return out;
}

static bool is_escaped(const char *text, size_t len, const char *wanted)
{
	char *got = escaped(text, len);
	bool is_same = strcmp(got, wanted) == 0;

	if (!is_same)
		printf("# got %s\n", got);
	free(got);
	return is_same;
}
#define ESCAPED(text, wanted) CHECK(is_escaped(text, sizeof text - 1, wanted))

TEST(markup_of_others_is_text)
{
	ESCAPED("<b a=\"1\" b='2'>&amp;</b>", "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;");
	ESCAPED("]]><!--", "]]&gt;&lt;!--");
	ESCAPED("ไทย Việt\nline", "ไทย Việt\nline");
}

TEST(what_is_not_seen_is_written_out)
{
	ESCAPED("a\u202eb", "a&lt;U+202E&gt;b");
	ESCAPED("a\x1b[1m\0b", "a&lt;1B&gt;[1m&lt;00&gt;b");
	ESCAPED("\xff\xed\xa0\x80", "&lt;FF&gt;&lt;ED&gt;&lt;A0&gt;&lt;80&gt;");
}

TEST(percentiles_are_spans_that_occurred)
{
	struct stats_series series = {0};

	CHECK_EQUAL(stats_share(&series, 50), 0);
	for (int64_t i = 100; i >= 1; i--)
		CHECK_EQUAL(stats_add(&series, i * 10), 0);
	stats_sort(&series);
	CHECK_EQUAL(stats_share(&series, 50), 500);
	CHECK_EQUAL(stats_share(&series, 95), 950);
	CHECK_EQUAL(stats_share(&series, 100), 1000);
	CHECK_EQUAL(stats_share(&series, 1), 10);
	CHECK_EQUAL(stats_share(&series, 0), 10);
	CHECK_EQUAL(stats_add(&series, 2000), 0);
	CHECK_EQUAL(stats_share(&series, 50), 510);
	CHECK_EQUAL(stats_share(&series, 95), 960);
	CHECK_EQUAL(stats_share(&series, 100), 2000);
	stats_finish(&series);
}

TEST(one_span_is_all_percentiles)
{
	struct stats_series series = {0};

	CHECK_EQUAL(stats_add(&series, 7), 0);
	CHECK_EQUAL(stats_share(&series, 50), 7);
	CHECK_EQUAL(stats_share(&series, 95), 7);
	stats_finish(&series);
}

/* A file of the world's records, opened, and its page. */
struct opened {
	struct audit_record record;
	struct audit_trust trust;
	struct audit_report report;
	struct page page;
	char path[sizeof WORLD_PATH];
};

static void open_page(struct opened *o, const struct world *world)
{
	memset(o, 0, sizeof *o);
	world_write(world, SIZE_MAX, o->path);
	audit_trust_add_card(&o->trust, party_card(&world->tha));
	audit_trust_add_card(&o->trust, party_card(&world->vnm));
	CHECK_EQUAL(audit_verify(o->path, &o->trust, &o->report), 0);
	CHECK_EQUAL(audit_record_open(o->path, &o->record), 0);
	o->page =
	    (struct page){.report = &o->report, .trust = &o->trust, .path = "f", .command = "hotline log verify f"};
	CHECK_EQUAL(page_init(&o->page, &o->record), 0);
}

static void close_page(struct opened *o)
{
	page_finish(&o->page);
	audit_record_close(&o->record);
	audit_report_finish(&o->report);
	unlink(o->path);
}

static char *written(struct opened *o)
{
	char *text;
	size_t len;

	o->page.out = open_memstream(&text, &len);
	page_write(&o->page);
	fclose(o->page.out);
	CHECK_EQUAL(o->page.error, 0);
	CHECK_EQUAL(strlen(text), len);
	return text;
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		count++;
	return count;
}

TEST(courses_count_by_entries_of_the_record)
{
	static struct world world;
	static struct opened o;
	struct course course;
	uint32_t vnm;

	world_make(&world);
	open_page(&o, &world);
	vnm = audit_record_name(&o.record, bytes_of("vnm-cert"));
	course_read(&o.record, &o.page.courses, 0, vnm, &course);
	CHECK_EQUAL(course.entered_at, NOON + 2 * SECOND_US);
	CHECK_EQUAL(course.custody_at, NOON + 3 * SECOND_US);
	CHECK_EQUAL(course.acknowledged_at, NOON + 8 * SECOND_US);
	CHECK_EQUAL(course.shown_at, 0);
	CHECK_EQUAL(course.answered_at, 0);
	close_page(&o);
}

TEST(custody_that_is_missing_is_counted_so)
{
	static struct world world;
	static struct opened o;
	const struct stats_series *routine;

	world_make(&world);
	open_page(&o, &world);
	routine = o.page.courses.series[0][0][PRECEDENCE_ROUTINE];
	CHECK_EQUAL(routine[MEASURE_CUSTODY].count, 1);
	CHECK_EQUAL(routine[MEASURE_CUSTODY].us[0], 3 * SECOND_US - 1);
	CHECK_EQUAL(routine[MEASURE_CUSTODY].missing, 1);
	CHECK_EQUAL(routine[MEASURE_ACKNOWLEDGED].us[0], 5 * SECOND_US);
	CHECK_EQUAL(routine[MEASURE_ACKNOWLEDGED].in_time, 1);
	close_page(&o);
}

TEST(receipts_bound_a_clock)
{
	static struct world world;
	static struct opened o;
	struct clock_bounds bounds;

	world_make(&world);
	open_page(&o, &world);
	clocks_bound(&o.record, audit_record_log(&o.record, bytes_of("vnm-cert")), &bounds);
	CHECK_EQUAL(bounds.count, 2);
	CHECK_EQUAL(bounds.least, 32 * SECOND_US); /* of the acknowledgement: 40 s, entered at 8 s */
	CHECK_EQUAL(bounds.most, 18 * SECOND_US);  /* of custody: 20 s, its message entered at 2 s */
	close_page(&o);
}

/* The world's first message alone, the station's log with entries of one kind before its end. */
static void make_told(struct world *world, uint64_t kind, struct bytes data, size_t times)
{
	uint8_t id[HASH_BYTES];
	struct blob blob;

	world_begin(world);
	put_card(world, LEAF_SENT, &world->tha);
	put_card(world, LEAF_RECEIVED, &world->vnm);
	make_message(world, &(struct text){&world->tha, NULL, "vnm-cert", 1, NOON + 1, 3, false}, &blob);
	put_object(world, LEAF_SENT, blob_bytes(&blob), id);
	for (size_t i = 0; i < times; i++)
		put_entry(world, false, kind, id, data);
	world_end(world, id);
}

static struct bytes step(uint8_t *data, size_t size, uint64_t deadline, uint64_t share)
{
	struct pack_writer w = pack_writer(data, size);

	pack_put_array(&w, 5);
	pack_put_text(&w, "vnm-cert");
	pack_put_uint(&w, deadline);
	pack_put_uint(&w, share);
	pack_put_uint(&w, STEP_COPIED);
	pack_put_text(&w, "vnm-mfa");
	return pack_written(&w);
}

TEST(a_missed_deadline_is_a_breach)
{
	static struct world world;
	static struct opened o;
	uint8_t data[64];
	char *text;

	make_told(&world, STATION_STEP, step(data, sizeof data, PASSED_ACKNOWLEDGED, 100), 2);
	open_page(&o, &world);
	CHECK_EQUAL(o.page.story.unread, 0);
	text = written(&o);
	CHECK(strstr(text, "BREACH: acknowledged, 100 %") != NULL);
	CHECK(strstr(text, "copied to vnm-mfa") != NULL);
	CHECK(strstr(text, "2 deadlines were missed") != NULL);
	free(text);
	close_page(&o);
}

TEST(a_step_before_its_time_is_no_breach)
{
	static struct world world;
	static struct opened o;
	uint8_t data[64];

	make_told(&world, STATION_STEP, step(data, sizeof data, PASSED_ACKNOWLEDGED, 50), 1);
	open_page(&o, &world);
	for (size_t i = 0; i < o.page.story.count; i++)
		CHECK(!story_is_breach(&o.page.story.event[i]));
	close_page(&o);
}

TEST(what_a_withheld_station_log_would_tell_is_not_called_nothing)
{
	static struct world world;
	static struct opened o;
	struct record_log *log;
	char *text;

	world_make(&world);
	open_page(&o, &world);
	text = written(&o);
	CHECK(strstr(text, "No deadline passed.") != NULL);
	CHECK(strstr(text, "0 deadlines were missed") != NULL);
	free(text);
	log = &o.record.log[audit_record_log(&o.record, bytes_of(""))];
	log->withheld = log->size;
	text = written(&o);
	CHECK(strstr(text, "No deadline passed.") == NULL);
	CHECK(strstr(text, "deadlines were missed") == NULL);
	CHECK_EQUAL(count_of(text, "The record shows nothing of the station log"), 3);
	free(text);
	close_page(&o);
}

TEST(an_entry_that_says_something_else_is_counted_and_not_told)
{
	static struct world world;
	static struct opened o;
	uint8_t data[64];
	char *text;

	make_told(&world, STATION_STEP, step(data, sizeof data, 99, 100), 3);
	open_page(&o, &world);
	CHECK_EQUAL(o.page.story.unread, 3);
	text = written(&o);
	CHECK(strstr(text, "3 entries of the station log could not be read") != NULL);
	free(text);
	close_page(&o);
}

TEST(the_page_shows_keys_and_what_is_not_witnessed)
{
	static struct world world;
	static struct opened o;
	char digits[FINGERPRINT_TEXT], *text;

	world_make(&world);
	open_page(&o, &world);
	text = written(&o);
	key_fingerprint(world.vnm.root.public, digits);
	CHECK_EQUAL(strlen(digits), 47);
	CHECK_EQUAL(count_of(text, digits), 2); /* the trusted root, and the card's */
	CHECK(strstr(text, "not witnessed") != NULL || strstr(text, "rest on") != NULL);
	CHECK(strstr(text, "hotline log verify f") != NULL);
	CHECK_EQUAL(count_of(text, "<tbody id="), 3);
	CHECK_EQUAL(count_of(text, "<script"), 0);
	free(text);
	close_page(&o);
}

TEST(a_long_record_is_cut_and_the_page_says_so)
{
	static struct world world;
	static struct opened o;
	struct story_event *event;
	char *text;

	make_told(&world, STATION_LINK,
		  bytes_of("\x92\xa8"
			   "vnm-cert\x01"),
		  40);
	open_page(&o, &world);
	o.page.story.unread = 0;
	event = o.page.story.event; /* as if there were more steps than the page lists */
	o.page.story.event = calloc(PAGE_LIST + 5, sizeof *event);
	o.page.story.count = PAGE_LIST + 5;
	for (size_t i = 0; i < o.page.story.count; i++)
		o.page.story.event[i] = (struct story_event){
		    .at = NOON + (int64_t)i, .kind = STATION_STEP, .share = 100, .message = RECORD_NONE};
	text = written(&o);
	CHECK(strstr(text, "The newest 200 of 205 are listed.") != NULL);
	CHECK_EQUAL(count_of(text, "BREACH: custody"), PAGE_LIST);
	free(text);
	free(event);
	close_page(&o);
}
