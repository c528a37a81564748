/*
 * Records of two stations side by side: those that agree, one that ends earlier, one whose owner took something out and
 * signed it anew, one whose times were changed. What is wrong is said, and what is explained is not called wrong.
 */
#include <stdlib.h>
#include <unistd.h>

#include "client/audit/compare.h"
#include "proto/result.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

/* An export that may be changed, array by array, before it is opened. */
struct doctored {
	struct heap bytes;
	struct world *world;
	size_t site;
	uint64_t drop_from, drop_count; /* entries of the pair log with sgp-cert or tha-cert */
	uint64_t shift_at;		/* the entry whose time is changed; UINT64_MAX none */
	int64_t shift_us;
};

static struct audit_record record[2];
static struct audit_compare result;

static bool is_pair(struct bytes origin)
{
	return memchr(origin.data + 8, '/', origin.len - 8) != NULL;
}

/* An entry of the pair log as the owner wants it to have been; false when it is left out. */
static bool change_entry(const struct doctored *d, struct export_record *array, uint8_t leaf_bytes[LEAF_DATA_BYTES])
{
	struct pack_writer w = pack_writer(leaf_bytes, LEAF_DATA_BYTES);
	struct leaf leaf;

	if (!is_pair(array->origin))
		return true;
	if (array->index >= d->drop_from && array->index - d->drop_from < d->drop_count)
		return false;
	CHECK_EQUAL(leaf_decode(array->bytes, &leaf), RESULT_OK);
	leaf.at += array->index == d->shift_at ? d->shift_us : 0;
	array->index -= array->index >= d->drop_from ? d->drop_count : 0;
	leaf_encode(&leaf, &w);
	array->bytes = pack_written(&w);
	return true;
}

/* The pair log's checkpoint, signed anew by its owner. */
static struct bytes resign(const struct doctored *d, struct bytes note_bytes, const struct merkle *tree,
			   uint8_t out[CHECKPOINT_BYTES])
{
	struct pack_writer w = pack_writer(out, CHECKPOINT_BYTES);
	struct checkpoint checkpoint;
	struct note note;

	CHECK_EQUAL(note_decode(note_bytes, &note), RESULT_OK);
	CHECK_EQUAL(checkpoint_decode(note.text, &checkpoint), RESULT_OK);
	if (!is_pair(checkpoint.origin))
		return note_bytes;
	checkpoint.size = tree->size;
	merkle_root(tree, checkpoint.root);
	checkpoint_sign(&checkpoint, &d->world->site[d->site].keys.log, &w);
	return pack_written(&w);
}

static struct heap doctor(const struct doctored *d)
{
	static uint8_t encoded[EXPORT_RECORD_BYTES], leaf[LEAF_DATA_BYTES], note[CHECKPOINT_BYTES], hash[HASH_BYTES];
	struct bytes left = {d->bytes.data, d->bytes.len};
	struct export_record array;
	struct heap out = {0};
	struct merkle tree;
	uint64_t written = 0;
	size_t len;

	merkle_init(&tree);
	for (; left.len > 0; left.data += len, left.len -= len) {
		struct pack_writer w = pack_writer(encoded, sizeof encoded);

		CHECK_EQUAL(export_decode(left, &array, &len), RESULT_OK);
		if (array.kind == EXPORT_ENTRY && !change_entry(d, &array, leaf))
			continue;
		if (array.kind == EXPORT_ENTRY && is_pair(array.origin)) {
			merkle_leaf(array.bytes, hash);
			merkle_append(&tree, hash);
		}
		if (array.kind == EXPORT_CHECKPOINT)
			array.bytes = resign(d, array.bytes, &tree, note);
		if (array.kind == EXPORT_END)
			array.size = written;
		export_encode(&array, &w);
		heap_add(&out, pack_written(&w));
		written++;
	}
	return out;
}

static void open_bytes(size_t side, const struct heap *bytes)
{
	char path[] = "/tmp/hotline-compare.XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, bytes->data, bytes->len) == (ssize_t)bytes->len);
	close(fd);
	CHECK_EQUAL(audit_record_open(path, &record[side]), 0);
	unlink(path);
}

/* Two exports, compared; both are freed. */
static void compare(struct heap *a, struct heap *b)
{
	open_bytes(0, a);
	open_bytes(1, b);
	heap_free(a);
	heap_free(b);
	CHECK_EQUAL(audit_compare(&record[0], &record[1], &result), RESULT_OK);
	for (size_t i = 0; i < result.finding_count && getenv("WORLD_TRACE") != NULL; i++)
		printf("# %s%s\n", result.finding[i].is_disagreement ? "DISAGREE: " : "", result.finding[i].text);
}

static bool says(enum compare_kind kind, bool is_disagreement, const char *text)
{
	for (size_t i = 0; i < result.finding_count; i++)
		if (result.finding[i].kind == kind && result.finding[i].is_disagreement == is_disagreement &&
		    strstr(result.finding[i].text, text) != NULL)
			return true;
	for (size_t i = 0; i < result.finding_count; i++)
		printf("# %s%s\n", result.finding[i].is_disagreement ? "DISAGREE: " : "", result.finding[i].text);
	return false;
}

static void finish(struct world *world)
{
	audit_compare_finish(&result);
	audit_record_close(&record[0]);
	audit_record_close(&record[1]);
	world_destroy(world);
}

static const struct words notice = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .action = {"tha-cert"}};

/* Some messages each way, acknowledged; sgp-cert and tha-cert. */
static struct world *exchange(uint64_t seed, uint8_t last[OBJECT_ID_BYTES])
{
	struct world *world = office_open(seed, 2);
	static const struct words back = {.kind = KIND_NOTICE, .action = {"sgp-cert"}};

	for (int i = 0; i < 3; i++) {
		office_send(world, SGP, &notice, last);
		world_run(world, MINUTE_US);
		CHECK_EQUAL(office_ack(world, THA, last, "seen"), 0);
		office_send(world, THA, &back, last);
		world_run(world, MINUTE_US);
		CHECK_EQUAL(office_ack(world, SGP, last, ""), 0);
		world_run(world, MINUTE_US);
	}
	return world;
}

TEST(records_of_one_exchange_agree_and_bound_the_offset_of_the_clocks)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(1, id);
	struct heap a = office_export(world, SGP), b = office_export(world, THA);

	compare(&a, &b);
	CHECK_EQUAL(result.disagreements, 0);
	CHECK_EQUAL(result.explained, 0);
	CHECK_EQUAL(result.shared, result.side[0].count);
	CHECK_EQUAL(result.shared, result.side[1].count);
	CHECK(result.has_low && result.has_high && result.low_us <= 0 && result.high_us >= 0);
	CHECK(result.high_us - result.low_us <= 3 * DELAY);
	CHECK_EQUAL(result.line_count, 2 * result.shared);
	finish(world);
}

TEST(what_was_sent_is_proven_to_come_before_it_was_received_and_receipted)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(2, id);
	struct heap a = office_export(world, SGP), b = office_export(world, THA);
	size_t proven = 0, received = 0, receipted = 0;

	compare(&a, &b);
	for (size_t i = 1; i < result.line_count; i++) {
		const struct compare_line *line = &result.line[i], *before = line - 1;
		const struct compare_place *place = &result.side[line->side].place[line->place];
		const struct record_entry *entry = &record[line->side].entry[place->entry];
		const struct record_entry *was =
		    &record[before->side].entry[result.side[before->side].place[before->place].entry];

		proven += line->is_proven;
		/* a note that the receiver sent before its receipt is a step on the way */
		while (before > result.line && before->side == line->side && before->is_proven && was->kind == LEAF_SENT &&
		       record[before->side].item[was->item].type == RECORD_NOTE) {
			before--;
			was = &record[before->side].entry[result.side[before->side].place[before->place].entry];
		}
		if (entry->kind == LEAF_RECEIVED && before->side != line->side && before->place == place->other) {
			received++;
			CHECK(line->is_proven);
		}
		if (record[line->side].item[entry->item].type == RECORD_RECEIPT && entry->kind == LEAF_SENT &&
		    before->side == line->side && was->kind == LEAF_RECEIVED && record[line->side].item[was->item].type == RECORD_MESSAGE) {
			receipted++;
			CHECK(line->is_proven);
		}
	}
	CHECK(received >= 6 && receipted >= 6 && proven > received);
	finish(world);
}

TEST(two_messages_sent_one_after_the_other_are_in_order_by_the_clock_alone)
{
	struct world *world = office_open(3, 2);
	uint8_t id[2][OBJECT_ID_BYTES];
	struct heap a, b;

	world_run(world, MINUTE_US);
	lines_break(world, THA, SGP);
	lines_cut(world, THA, SGP, true);
	world_run(world, SECOND_US);
	office_send(world, SGP, &notice, id[0]);
	office_send(world, SGP, &notice, id[1]);
	lines_cut(world, THA, SGP, false);
	world_run(world, MINUTE_US);
	a = office_export(world, SGP);
	b = office_export(world, THA);
	compare(&a, &b);
	CHECK_EQUAL(result.disagreements, 0);
	for (size_t i = 1; i < result.line_count; i++) {
		const struct compare_line *line = &result.line[i];
		const struct record_entry *entry = &record[line->side].entry[result.side[line->side].place[line->place].entry];

		if (line->side == 0 && memcmp(record[0].item[entry->item].id, id[1], HASH_BYTES) == 0)
			CHECK(!line->is_proven);
	}
	finish(world);
}

TEST(a_record_that_was_exported_earlier_agrees_and_what_it_lacks_is_explained)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(4, id);
	struct heap early = office_export(world, THA), late;

	office_send(world, SGP, &notice, id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_ack(world, THA, id, ""), 0);
	world_run(world, MINUTE_US);
	late = office_export(world, SGP);
	compare(&late, &early);
	CHECK_EQUAL(result.disagreements, 0);
	CHECK(says(COMPARE_OBJECT, false, "was receipted by tha-cert after its record ends"));
	CHECK(says(COMPARE_OBJECT, false, "was received by sgp-cert after the record of tha-cert ends"));
	CHECK(says(COMPARE_HEAD, false, "whose record holds a head of"));
	finish(world);
}

TEST(what_is_on_its_way_is_no_disagreement)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(5, id);
	struct heap a, b;

	office_send(world, SGP, &notice, id);
	b = office_export(world, THA);
	a = office_export(world, SGP);
	compare(&a, &b);
	CHECK_EQUAL(result.disagreements, 0);
	CHECK(says(COMPARE_OBJECT, false, "nothing shows that tha-cert had stored it"));
	finish(world);
}

/* The place in the pair log of a site of the object with this id. */
static uint64_t index_of(const struct audit_record *in, const uint8_t id[OBJECT_ID_BYTES])
{
	for (uint32_t at = in->item[audit_record_item(in, id)].entry; at != RECORD_NONE; at = in->entry[at].next_same)
		if (in->log[in->entry[at].log].peer.text[0] != '\0')
			return in->entry[at].index;
	CHECK(!"no such entry");
	return 0;
}

static struct doctored untouched(struct world *world, size_t site)
{
	return (struct doctored){.bytes = office_export(world, site), .world = world, .site = site, .shift_at = UINT64_MAX};
}

TEST(what_was_receipted_and_taken_out_is_found_and_the_forked_log_leaves_evidence)
{
	uint8_t id[OBJECT_ID_BYTES], first[OBJECT_ID_BYTES];
	struct world *world = office_open(6, 2);
	struct doctored tha;
	struct heap a, b;
	const struct site *site = &world->site[THA];
	struct evidence evidence;
	static uint8_t encoded[EVIDENCE_BYTES];
	struct pack_writer w = pack_writer(encoded, sizeof encoded);

	office_send(world, SGP, &notice, first);
	world_run(world, MINUTE_US);
	for (int i = 0; i < 3; i++) {
		office_send(world, SGP, &notice, id);
		world_run(world, MINUTE_US);
		CHECK_EQUAL(office_ack(world, THA, id, ""), 0);
		world_run(world, MINUTE_US);
	}
	tha = untouched(world, THA);
	open_bytes(1, &tha.bytes);
	tha.drop_from = index_of(&record[1], first);
	tha.drop_count = 1;
	audit_record_close(&record[1]);
	b = doctor(&tha);
	heap_free(&tha.bytes);
	a = office_export(world, SGP);
	compare(&a, &b);
	CHECK(result.disagreements > 0);
	CHECK(says(COMPARE_OBJECT, true, "is lacking in the record of tha-cert, which signed a receipt for it"));
	CHECK(says(COMPARE_HEAD, true, "tha-cert signed two logs with sgp-cert"));
	CHECK(result.has_evidence);
	evidence_encode(&result.evidence, &w);
	CHECK_EQUAL(evidence_decode(pack_written(&w), &evidence), RESULT_OK);
	CHECK(bytes_equal(evidence.origin, bytes_of("hotline/tha-cert/sgp-cert")));
	for (size_t i = 0; i < 2; i++)
		CHECK(evidence_is_signed(&evidence, i, site->keys.signing.public, site->keys.log.public));
	finish(world);
}

TEST(what_was_sent_and_taken_out_is_found)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(7, id);
	struct doctored tha = untouched(world, THA);
	struct heap a, b;

	open_bytes(1, &tha.bytes);
	tha.drop_from = index_of(&record[1], id);
	tha.drop_count = 1;
	audit_record_close(&record[1]);
	b = doctor(&tha);
	heap_free(&tha.bytes);
	a = office_export(world, SGP);
	compare(&a, &b);
	CHECK(says(COMPARE_OBJECT, true, "that record goes on after sgp-cert had it"));
	finish(world);
}

TEST(a_time_that_was_changed_is_found)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(8, id);
	struct doctored tha = untouched(world, THA);
	struct heap a, b;

	office_send(world, SGP, &notice, id);
	world_run(world, MINUTE_US);
	heap_free(&tha.bytes);
	tha = untouched(world, THA);
	open_bytes(1, &tha.bytes);
	tha.shift_at = index_of(&record[1], id);
	tha.shift_us = -HOUR_US;
	audit_record_close(&record[1]);
	b = doctor(&tha);
	heap_free(&tha.bytes);
	a = office_export(world, SGP);
	compare(&a, &b);
	CHECK(says(COMPARE_TIME, true, "before sgp-cert entered that it sent it"));
	CHECK(says(COMPARE_TIME, true, "from what its own receipt says"));
	finish(world);
}

TEST(clocks_that_are_off_and_were_measured_explain_times_out_of_order)
{
	struct world *world = office_open(9, 2);
	uint8_t id[OBJECT_ID_BYTES];
	struct heap a, b;

	world->site[THA].real_offset_us = 10 * MINUTE_US;
	world_run(world, MINUTE_US);
	office_send(world, SGP, &notice, id);
	world_run(world, MINUTE_US);
	CHECK_EQUAL(office_ack(world, THA, id, ""), 0);
	world_run(world, MINUTE_US);
	a = office_export(world, SGP);
	b = office_export(world, THA);
	compare(&a, &b);
	CHECK_EQUAL(result.disagreements, 0);
	CHECK(result.low_us > 9 * MINUTE_US);
	finish(world);
}

TEST(records_of_one_station_or_of_strangers_are_not_compared)
{
	uint8_t id[OBJECT_ID_BYTES];
	struct world *world = exchange(10, id);
	struct heap a = office_export(world, SGP);

	open_bytes(0, &a);
	open_bytes(1, &a);
	heap_free(&a);
	CHECK_EQUAL(audit_compare(&record[0], &record[1], &result), RESULT_KEY);
	audit_record_close(&record[0]);
	audit_record_close(&record[1]);
	world_destroy(world);
}
