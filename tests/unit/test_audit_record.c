/* An export opened for questions: what its index says, and that nothing in a bad file is believed. */
#include "client/audit/record.h"

#include "tests/unit/audit_world.h"

static struct world world;
static struct audit_record record;

static int open_first(size_t max)
{
	char path[sizeof WORLD_PATH];
	int result;

	world_write(&world, max, path);
	result = audit_record_open(path, &record);
	unlink(path);
	return result;
}

static int open_world(void)
{
	return open_first(SIZE_MAX);
}

/* The message "FROM 2026-000 00N". */
static uint32_t message(const char *from, uint32_t digits)
{
	struct reference reference = {.number = {2026, digits}};

	CHECK(name_copy(bytes_of(from), &reference.from));
	return audit_record_message(&record, &reference, RECORD_NONE);
}

TEST(a_record_that_verifies_opens_with_all_its_entries_in_the_order_of_time)
{
	static struct audit_trust trust;
	static struct audit_report report;

	world_make(&world);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.vnm)), RESULT_OK);
	CHECK_EQUAL(audit_bytes(&world, SIZE_MAX, &trust, &report), RESULT_OK);
	CHECK_EQUAL(open_world(), 0);
	CHECK_EQUAL(record.entry_list.count, report.entry_count);
	CHECK_EQUAL(record.log_list.count, 2);
	for (size_t i = 1; i < record.entry_list.count; i++)
		CHECK(record.entry[i - 1].at <= record.entry[i].at);
	CHECK_EQUAL(record.log[audit_record_log(&record, bytes_of("vnm-cert"))].size, world.pair_log.size);
	audit_record_close(&record);
	audit_report_finish(&report);
}

TEST(a_message_is_found_by_its_number_with_its_receipts_in_the_order_of_time)
{
	uint32_t at, first;
	const struct record_receipt *custody, *acknowledged;
	char text[RECORD_REFERENCE];

	world_make(&world);
	CHECK_EQUAL(open_world(), 0);
	at = message("tha-cert", 1);
	CHECK(at != RECORD_NONE && record.message[at].is_sent);
	first = record.message[at].mention;
	CHECK(first != RECORD_NONE);
	custody = &record.receipt[record.mention[first].receipt];
	CHECK_EQUAL(custody->kind, RECEIPT_CUSTODY);
	CHECK_EQUAL(custody->at, NOON + 20 * SECOND_US);
	acknowledged = &record.receipt[record.mention[record.mention[first].next].receipt];
	CHECK_EQUAL(acknowledged->kind, RECEIPT_ACKNOWLEDGED);
	CHECK_EQUAL(acknowledged->understood, UNDERSTOOD_YES);
	CHECK_EQUAL(record.mention[record.mention[first].next].next, RECORD_NONE);
	audit_record_reference(&record, at, text);
	CHECK(strcmp(text, "tha-cert 2026-000 001") == 0);
	CHECK(message("vnm-cert", 2) != RECORD_NONE && !record.message[message("vnm-cert", 2)].is_sent);
	CHECK_EQUAL(message("vnm-cert", 1), RECORD_NONE);
	audit_record_close(&record);
}

TEST(leaves_objects_words_and_cards_are_read_when_asked_for)
{
	static struct message header;
	static struct content content;
	struct record_entry *entry;
	struct bytes card;
	struct leaf leaf;
	uint32_t at;

	world_make(&world);
	CHECK_EQUAL(open_world(), 0);
	at = message("tha-cert", 1);
	CHECK_EQUAL(audit_record_header(&record, at, &header), 0);
	CHECK(bytes_equal(header.drafter, bytes_of("watch-2")));
	CHECK_EQUAL(audit_record_words(&record, at, &content), 0);
	CHECK(bytes_equal(content.text, bytes_of("text")));
	entry = &record.entry[record.item[record.message[at].item].entry];
	CHECK_EQUAL(entry->kind, STATION_RELEASE);
	CHECK_EQUAL(record.entry[entry->next_same].kind, LEAF_SENT);
	CHECK_EQUAL(audit_record_leaf(&record, entry, &leaf), 0);
	CHECK_EQUAL(leaf.at, entry->at);
	CHECK_EQUAL(leaf.data.len, 5);
	at = audit_record_card(&record, bytes_of("tha-cert"), 3);
	CHECK(at != RECORD_NONE);
	CHECK_EQUAL(audit_record_object(&record, record.card[at].object, &card), 0);
	CHECK(bytes_equal(card, party_card(&world.tha)));
	CHECK_EQUAL(audit_record_card(&record, bytes_of("tha-cert"), 4), RECORD_NONE);
	audit_record_close(&record);
}

TEST(words_that_are_withheld_are_not_there)
{
	static struct content content;

	world_make(&world);
	world_drop(&world, world_find(&world, EXPORT_CONTENT, 0));
	world_recount(&world);
	CHECK_EQUAL(open_world(), 0);
	CHECK_EQUAL(audit_record_words(&record, message("tha-cert", 1), &content), RESULT_INCOMPLETE);
	CHECK_EQUAL(audit_record_words(&record, message("tha-cert", 3), &content), 0);
	audit_record_close(&record);
}

TEST(a_file_cut_anywhere_is_refused_with_a_sentence)
{
	size_t total = 0;

	world_make(&world);
	for (size_t i = 0; i < world.count; i++)
		total += world.record[i].len;
	for (size_t len = 0; len < total; len += 7) {
		CHECK_EQUAL(open_first(len), RESULT_MALFORMED);
		CHECK(record.sentence[0] != '\0');
	}
}

TEST(an_entry_that_stands_twice_or_is_missing_is_refused)
{
	struct blob entry;
	size_t at;

	world_make(&world);
	at = world_find(&world, EXPORT_ENTRY, 3);
	entry = world.record[at];
	world_insert(&world, at, &entry);
	world_recount(&world);
	CHECK_EQUAL(open_world(), RESULT_MALFORMED);
	world_drop(&world, at);
	world_drop(&world, at);
	world_recount(&world);
	CHECK_EQUAL(open_world(), RESULT_MALFORMED);
	CHECK(strstr(record.sentence, "is not as it should be") != NULL);
}

TEST(a_flipped_bit_anywhere_crashes_nothing)
{
	world_make(&world);
	for (size_t i = 0; i < world.count; i++)
		for (size_t at = 0; at < world.record[i].len; at += 1 + world.record[i].len / 6) {
			static struct message header;
			static struct content content;
			struct leaf leaf;

			world.record[i].data[at] ^= 1u << (i + at) % 8;
			if (open_world() == 0) {
				for (uint32_t m = 0; m < record.message_list.count; m++) {
					audit_record_header(&record, m, &header);
					audit_record_words(&record, m, &content);
				}
				for (size_t e = 0; e < record.entry_list.count; e++)
					CHECK_EQUAL(audit_record_leaf(&record, &record.entry[e], &leaf), 0);
				audit_record_close(&record);
			}
			world.record[i].data[at] ^= 1u << (i + at) % 8;
		}
}
