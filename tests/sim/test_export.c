/*
 * Exports of a part of the record: each verifies, shows what was asked for and nothing else, and every word that was
 * withheld is absent from its bytes.
 */
#include "proto/checkpoint.h"
#include "proto/export.h"
#include "proto/result.h"
#include "tests/sim/office.h"
#include "tests/sim/verified.h"
#include "tests/unit/test.h"

static const struct words to_vnm = {.kind = KIND_NOTICE, .action = {"vnm-cert"}},
			  to_both = {.kind = KIND_INQUIRY, .action = {"sgp-cert", "vnm-cert"}, .text_len = 77},
			  to_sgp = {.kind = KIND_NOTICE, .action = {"sgp-cert"}};
static const uint8_t incident[INCIDENT_BYTES] = {9, 9, 9};

struct exported {
	struct heap bytes;
	struct audit_report report;
	size_t count[EXPORT_END + 1]; /* of records by kind */
	int result;
};

/* What log.export takes. */
struct asked {
	const char *peer;
	bool has_incident, withholds_contents;
	int64_t since, until;
	const uint8_t *only;
};

static struct bytes asked_params(const struct asked *asked, struct pack_writer *w)
{
	char hex[2 * OBJECT_ID_BYTES + 1];

	pack_put_array(w, 6);
	pack_put_text(w, asked->peer != NULL ? asked->peer : "");
	pack_put_bin(w, incident, asked->has_incident ? INCIDENT_BYTES : 0);
	pack_put_int(w, asked->since);
	pack_put_int(w, asked->until);
	pack_put_bool(w, asked->withholds_contents);
	pack_put_array(w, asked->only != NULL);
	if (asked->only != NULL) {
		key_hex(asked->only, OBJECT_ID_BYTES, hex);
		pack_put_text(w, hex);
	}
	return pack_written(w);
}

static void count_records(struct exported *out)
{
	struct bytes left = {out->bytes.data, out->bytes.len};
	struct export_record record;
	size_t len;

	while (left.len > 0 && export_decode(left, &record, &len) == RESULT_OK) {
		out->count[record.kind]++;
		left.data += len;
		left.len -= len;
	}
	CHECK_EQUAL(left.len, 0);
}

static struct exported export(struct world *world, size_t site, const struct asked *asked)
{
	struct exported out = {.result = -1};
	uint8_t params[512];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	world_request(world, site, UID_WATCH, METHOD_EXPORT, asked_params(asked, &w), &answer);
	CHECK_EQUAL(answer.error, 0);
	out.bytes = answer.events;
	out.result = verified(world, &out.bytes, &out.report);
	if (out.result != 0)
		printf("# %s\n", out.report.bad);
	count_records(&out);
	return out;
}

static void finish(struct exported *exported)
{
	audit_report_finish(&exported->report);
	heap_free(&exported->bytes);
}

/* Three messages of one station, acknowledged, one of them to two, one in the incident. */
static struct world *begin(uint64_t seed, uint8_t id[3][OBJECT_ID_BYTES], int64_t *out_between)
{
	struct world *world = office_open(seed, 3);
	struct words words = to_both;

	words.incident = incident;
	words.reply_by = world_real_us(world, THA) + HOUR_US;
	office_send(world, THA, &to_vnm, id[0]);
	world_run(world, MINUTE_US);
	*out_between = world_real_us(world, THA);
	world_run(world, MINUTE_US);
	office_send(world, THA, &words, id[1]);
	office_send(world, THA, &to_sgp, id[2]);
	world_run(world, MINUTE_US);
	office_ack(world, VNM, id[1], "seen");
	world_run(world, MINUTE_US);
	return world;
}

TEST(without_contents_every_entry_verifies_and_no_word_is_there)
{
	uint8_t id[3][OBJECT_ID_BYTES];
	int64_t between;
	struct world *world = begin(1, id, &between);
	struct exported whole = export(world, THA, &(struct asked){0}),
			shut = export(world, THA, &(struct asked){.withholds_contents = true});

	CHECK(whole.result == 0 && shut.result == 0);
	CHECK_EQUAL(whole.count[EXPORT_CONTENT], 3);
	CHECK_EQUAL(shut.count[EXPORT_CONTENT], 0);
	CHECK(shut.count[EXPORT_ENTRY] >= whole.count[EXPORT_ENTRY] && shut.count[EXPORT_HASH] == 0);
	CHECK(heap_has(&whole.bytes, "wwwwwwwwww") && !heap_has(&shut.bytes, "wwwwwwwwww"));
	finish(&whole);
	finish(&shut);
	world_destroy(world);
}

TEST(of_one_peer_the_other_logs_are_left_out_whole)
{
	uint8_t id[3][OBJECT_ID_BYTES];
	int64_t between;
	struct world *world = begin(2, id, &between);
	struct exported vnm = export(world, THA, &(struct asked){.peer = "vnm-cert"});

	CHECK_EQUAL(vnm.result, 0);
	CHECK_EQUAL(vnm.report.log_count, 1);
	CHECK_EQUAL(vnm.count[EXPORT_CONTENT], 2);
	CHECK(!heap_has(&vnm.bytes, "hotline/tha-cert/sgp-cert"));
	CHECK_EQUAL(vnm.count[EXPORT_HASH], 0);
	finish(&vnm);
	world_destroy(world);
}

TEST(of_one_incident_its_messages_and_their_receipts_are_shown_and_the_rest_is_hashes)
{
	uint8_t id[3][OBJECT_ID_BYTES];
	int64_t between;
	struct world *world = begin(3, id, &between);
	struct exported one = export(world, THA, &(struct asked){.has_incident = true}),
			same = export(world, THA, &(struct asked){.only = id[1]});

	CHECK(one.result == 0 && same.result == 0);
	CHECK_EQUAL(one.count[EXPORT_CONTENT], 1);
	CHECK_EQUAL(same.count[EXPORT_CONTENT], 1);
	CHECK(one.count[EXPORT_HASH] > 0);
	CHECK_EQUAL(one.report.log_count, 3);
	CHECK(heap_has(&one.bytes, "seen")); /* the note of its acknowledgement */
	CHECK_EQUAL(one.count[EXPORT_OBJECT], same.count[EXPORT_OBJECT]);
	finish(&one);
	finish(&same);
	same = export(world, THA, &(struct asked){.only = id[2]});
	CHECK_EQUAL(same.result, 0);
	CHECK(!heap_has(&same.bytes, "seen") && same.count[EXPORT_CONTENT] == 1);
	finish(&same);
	world_destroy(world);
}

TEST(of_a_span_of_time_only_its_entries_are_shown)
{
	uint8_t id[3][OBJECT_ID_BYTES];
	int64_t between;
	struct world *world = begin(4, id, &between);
	struct exported before = export(world, THA, &(struct asked){.until = between}),
			after = export(world, THA, &(struct asked){.since = between});

	CHECK(before.result == 0 && after.result == 0);
	CHECK_EQUAL(before.count[EXPORT_CONTENT], 1);
	CHECK_EQUAL(after.count[EXPORT_CONTENT], 2);
	CHECK_EQUAL(before.report.log_count, 3);
	finish(&before);
	finish(&after);
	world_destroy(world);
}

TEST(a_message_on_its_way_comes_with_its_release)
{
	struct world *world = office_open(5, 2);
	uint8_t id[OBJECT_ID_BYTES];
	static const struct words words = {.kind = KIND_NOTICE, .action = {"sgp-cert"}};
	struct exported one;

	lines_break(world, THA, SGP);
	lines_cut(world, THA, SGP, true);
	world_run(world, SECOND_US);
	office_send(world, THA, &words, id);
	one = export(world, THA, &(struct asked){.only = id});
	CHECK_EQUAL(one.result, 0);
	CHECK_EQUAL(one.count[EXPORT_CONTENT], 1);
	finish(&one);
	world_destroy(world);
}

TEST(who_is_no_peer_or_no_message_can_not_be_asked_for)
{
	struct world *world = office_open(6, 2);
	uint8_t params[512];
	static const uint8_t id[OBJECT_ID_BYTES] = {1};
	struct pack_writer w = pack_writer(params, sizeof params);
	struct answer answer;

	world_request(world, THA, UID_WATCH, METHOD_EXPORT, asked_params(&(struct asked){.peer = "vnm-cert"}, &w), &answer);
	CHECK_EQUAL(answer.error, CONTROL_UNKNOWN);
	w = pack_writer(params, sizeof params);
	world_request(world, THA, UID_WATCH, METHOD_EXPORT, asked_params(&(struct asked){.only = id}, &w), &answer);
	CHECK_EQUAL(answer.error, CONTROL_UNKNOWN);
	world_destroy(world);
}

/* The n-th thing published: a name NUL a note. */
static struct bytes published(const struct world *world, size_t site, size_t n, const char **out_name)
{
	const struct heap *heap = &world->site[site].published;
	size_t at = 0;

	for (;; n--) {
		const uint8_t *note, *end;

		if (at >= heap->len)
			return (struct bytes){NULL, 0};
		*out_name = (const char *)heap->data + at;
		end = note = heap->data + at + strlen(*out_name) + 1;
		for (int line = 0; line < 5; line++) /* origin, size, root, an empty line, the signature */
			end = memchr(line > 0 ? end + 1 : end, '\n', heap->len - (size_t)(end + 1 - heap->data));
		at = (size_t)(end + 1 - heap->data);
		if (n == 0)
			return (struct bytes){note, (size_t)(end + 1 - note)};
	}
}

TEST(checkpoints_are_published_once_a_day_where_asked_for_and_verify)
{
	struct world *world = world_create(7, 2);
	struct checkpoint checkpoint;
	struct bytes note;
	const char *name;

	world->site[THA].config.publish = "/published";
	world_start(world);
	office_enrol_all(world);
	office_send(world, THA, &(struct words){.kind = KIND_NOTICE, .action = {"sgp-cert"}}, (uint8_t[OBJECT_ID_BYTES]){0});
	world_run(world, 2 * HOUR_US);
	note = published(world, THA, 0, &name);
	CHECK(note.data != NULL && strcmp(name, "tha-cert.sgp-cert.2026-10-14") == 0);
	CHECK_EQUAL(checkpoint_open(note, bytes_of("hotline/tha-cert/sgp-cert"), world->site[THA].keys.log.public, &checkpoint),
		    RESULT_OK);
	CHECK(checkpoint.size > 0);
	CHECK(published(world, THA, 1, &name).data == NULL);
	world_run(world, 24 * HOUR_US);
	CHECK(published(world, THA, 1, &name).data != NULL && strcmp(name, "tha-cert.sgp-cert.2026-10-15") == 0);
	CHECK(published(world, THA, 2, &name).data == NULL);
	CHECK_EQUAL(world->site[SGP].published.len, 0);
	world_destroy(world);
}
