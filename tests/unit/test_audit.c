/* The auditor: a good record verifies and says how far it is witnessed; each tampering is refused and named. */
#include "tests/unit/audit_world.h"

#include "client/audit/idmap.h"
#include "client/audit/reader.h"
#include "proto/armour.h"

static struct world world;
static struct audit_trust trust;
static struct audit_report report;

/* A fresh record, and trust in both roots by their cards. */
static void begin(void)
{
	world_make(&world);
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.vnm)), RESULT_OK);
}

static int audit(void)
{
	audit_report_finish(&report);
	return audit_bytes(&world, SIZE_MAX, &trust, &report);
}

/* Whether any note contains text. */
static const struct audit_note *find_note(const char *text)
{
	for (size_t i = 0; i < report.note_count; i++)
		if (strstr(report.note[i].text, text) != NULL)
			return &report.note[i];
	return NULL;
}

/* The record is refused, the bad one is number `at` + 1, and the sentence contains why. */
#define CHECK_BAD(at, why)                                                                                             \
	do {                                                                                                           \
		CHECK_EQUAL(audit(), RESULT_PROOF);                                                                    \
		if (strstr(report.bad, why) == NULL || report.bad_record != (at) + 1)                                  \
			printf("# %s\n", report.bad);                                                                  \
		CHECK_EQUAL(report.bad_record, (at) + 1);                                                              \
		CHECK(strstr(report.bad, why) != NULL);                                                                \
		CHECK(!report.is_verified);                                                                            \
	} while (0)

static const struct audit_log *find_log(const char *peer)
{
	for (size_t i = 0; i < report.log_count; i++)
		if (strcmp(report.log[i].peer.text, peer) == 0)
			return &report.log[i];
	CHECK(!"no such log");
	return NULL;
}

TEST(a_good_record_verifies)
{
	begin();
	if (audit() != RESULT_OK)
		printf("# %s\n", report.bad);
	CHECK(report.is_verified && report.bad_record == 0 && report.bad[0] == 0);
	CHECK(strcmp(report.station.text, "tha-cert") == 0);
	CHECK_EQUAL(report.record_count, world.count);
	CHECK_EQUAL(report.entry_count, 13);
	CHECK_EQUAL(report.content_count, 3);
	CHECK_EQUAL(report.object_count, 10);
	CHECK_EQUAL(report.log_count, 2);
}

TEST(a_good_record_says_how_far_it_is_witnessed)
{
	char text[AUDIT_TEXT];

	begin();
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK_EQUAL(find_log("vnm-cert")->size, 10);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 6);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed_at, NOON + 40 * SECOND_US);
	CHECK(memcmp(find_log("vnm-cert")->root, world.head[10], HASH_BYTES) == 0);
	audit_log_sentence(&report, find_log("vnm-cert"), text);
	CHECK(strcmp(text, "vnm-cert: 10 entries verified; witnessed by vnm-cert up to entry 6 at 141200Z OCT 26 "
			   "(2026-10-14T12:00:40Z); 4 entries after that rest on this station's word alone.") == 0);
}

TEST(the_station_log_rests_on_the_stations_word)
{
	char text[AUDIT_TEXT];

	begin();
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK_EQUAL(find_log("")->size, 3);
	CHECK_EQUAL(find_log("")->witnessed, 0);
	audit_log_sentence(&report, find_log(""), text);
	CHECK(strstr(text, "3 entries verified; all of it rests on the word of tha-cert alone") != NULL);
}

TEST(a_root_may_be_named_by_its_fingerprint)
{
	char fingerprint[FINGERPRINT_TEXT], row[FINGERPRINT_TEXT + 8];

	begin();
	memset(&trust, 0, sizeof trust);
	key_fingerprint(world.tha.root.public, fingerprint);
	snprintf(row, sizeof row, "tha=%s", fingerprint);
	CHECK_EQUAL(audit_trust_add_root(&trust, bytes_of(row)), RESULT_OK);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.vnm)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_OK);
}

TEST(without_the_stations_root_nothing_is_verified)
{
	begin();
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.vnm)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	CHECK_EQUAL(report.bad_record, 0);
	CHECK(
	    find_note("nothing you named vouches for tha-cert: give its card with --card, or --root tha=FINGERPRINT") !=
	    NULL);
	CHECK(find_note("nothing you named vouches for tha-cert")->is_failure);
}

TEST(objects_on_an_untrusted_card_are_counted)
{
	begin();
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	CHECK_EQUAL(report.bad_record, 0);
	CHECK(find_note("5 objects by vnm-cert rest on a card that nothing you named vouches for") != NULL);
	CHECK(find_note("5 objects by vnm-cert")->is_failure);
}

TEST(the_root_of_another_state_does_not_vouch)
{
	char hex[FINGERPRINT_HEX], row[FINGERPRINT_HEX + 8];

	begin();
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	key_fingerprint_hex(world.vnm.root.public, hex);
	snprintf(row, sizeof row, "tha2=%s", hex);
	CHECK_EQUAL(audit_trust_add_root(&trust, bytes_of(row)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	CHECK(find_note("objects by vnm-cert rest on a card") != NULL);
}

TEST(a_card_by_another_root_than_the_named_one_is_bad)
{
	char hex[FINGERPRINT_HEX], row[FINGERPRINT_HEX + 8];

	begin();
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	key_fingerprint_hex(world.tha.root.public, hex);
	snprintf(row, sizeof row, "vnm=%s", hex);
	CHECK_EQUAL(audit_trust_add_root(&trust, bytes_of(row)), RESULT_OK);
	CHECK_BAD(2, "the card of vnm-cert with serial 1 is signed by another root than the one you named for vnm");
}

TEST(a_state_has_one_root)
{
	static struct party other;

	begin();
	party_init(&other, "vnm-mfa", "vnm", 7, 1);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&other)), RESULT_DIFFERENT);
	CHECK_EQUAL(trust.count, 2);
}

TEST(a_card_file_may_be_armoured)
{
	char text[4096] = "";
	struct pack_writer w = pack_writer(text, sizeof text);

	begin();
	memset(&trust, 0, sizeof trust);
	armour_encode("CARD", party_card(&world.tha), &w);
	CHECK_EQUAL(audit_trust_add_card(&trust, pack_written(&w)), RESULT_OK);
	CHECK(strcmp(trust.root[0].state, "tha") == 0 && trust.root[0].serial == 3);
	CHECK_EQUAL(audit_trust_add_card(&trust, bytes_of("no card")), RESULT_MALFORMED);
	world.tha.card[world.tha.card_len - 1] ^= 1;
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_SIGNATURE);
}

TEST(roots_of_another_shape_are_refused)
{
	static const char *const bad[] = {"",
					  "tha",
					  "tha=",
					  "=12345",
					  "THA=0123456789012345678901234567890123456789",
					  "tha=012345678901234567890123456789012345678",
					  "tha=01234567890123456789012345678901234567890",
					  "tha=a123456789012345678901234567890123456789",
					  "tha=0123456789-0123456789012345678901234567890"};

	memset(&trust, 0, sizeof trust);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQUAL(audit_trust_add_root(&trust, bytes_of(bad[i])), RESULT_MALFORMED);
	CHECK_EQUAL(audit_trust_add_root(&trust, bytes_of("tha=0123456789012345678901234567890123456789")), RESULT_OK);
	CHECK_EQUAL(trust.count, 1);
}

/* What of a record is signed or counted: all but the times of the first, and hearsay. */
static size_t covered(size_t at)
{
	if (at == 0)
		return 1 + 17 + 9;
	return at == world_find(&world, EXPORT_HEAD, 0) ? 0 : world.record[at].len;
}

TEST(no_byte_of_any_record_can_change)
{
	begin();
	for (size_t at = 0; at < world.count; at++) {
		for (size_t byte = 0; byte < covered(at); byte += byte < 8 ? 1 : 29) {
			world.record[at].data[byte] ^= 0x04;
			if (audit() != RESULT_PROOF || (report.bad_record == 0 && report.station.text[0] == 't'))
				printf("# record %zu, byte %zu: %s\n", at + 1, byte, report.bad);
			CHECK(!report.is_verified && report.bad_record != 0);
			world.record[at].data[byte] ^= 0x04;
		}
		world.record[at].data[world.record[at].len - 1] ^= covered(at) == world.record[at].len;
		CHECK_EQUAL(audit(), covered(at) == world.record[at].len ? RESULT_PROOF : RESULT_OK);
		world.record[at].data[world.record[at].len - 1] ^= covered(at) == world.record[at].len;
	}
	CHECK_EQUAL(audit(), RESULT_OK);
}

TEST(a_dropped_record_shows_in_the_count)
{
	for (size_t at = 1; at + 1 < 20; at++) {
		begin();
		world_drop(&world, at);
		CHECK_EQUAL(audit(), RESULT_PROOF);
		CHECK(report.bad_record != 0);
	}
}

TEST(a_dropped_entry_is_named_even_if_the_count_fits)
{
	begin();
	world_drop(&world, world_find(&world, EXPORT_ENTRY, 4));
	world_recount(&world);
	CHECK_BAD(world_find(&world, EXPORT_ENTRY, 4),
		  "it is entry 5 of hotline/tha-cert/vnm-cert, where entry 4 belongs");
}

TEST(a_dropped_object_is_withheld)
{
	begin();
	world_drop(&world, world_find(&world, EXPORT_OBJECT, 7));
	world_recount(&world);
	CHECK_BAD(world_find(&world, EXPORT_CONTENT, 2), "no message in the file carries the hash of this content");
	world_drop(&world, world_find(&world, EXPORT_CONTENT, 2));
	world_recount(&world);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK(find_note("in hotline/tha-cert/vnm-cert, 1 object is withheld, the first that of entry 9") != NULL);
	CHECK_EQUAL(find_log("vnm-cert")->withheld_objects, 1);
}

TEST(a_dropped_content_is_withheld)
{
	begin();
	world_drop(&world, world_find(&world, EXPORT_CONTENT, 1));
	world_recount(&world);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK(find_note("in hotline/tha-cert/vnm-cert, 1 content is withheld") != NULL);
}

TEST(a_dropped_card_leaves_its_objects_unverified)
{
	begin();
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	world_drop(&world, 2);
	world_recount(&world);
	CHECK_BAD(world_find(&world, EXPORT_OBJECT, 1),
		  "signed under serial 1 of vnm-cert, and no card of that serial");
}

TEST(a_dropped_checkpoint_is_missed_at_the_end)
{
	begin();
	world_drop(&world, world_find(&world, EXPORT_CHECKPOINT, 0));
	world_recount(&world);
	CHECK_BAD(world.count - 1,
		  "hotline/tha-cert/vnm-cert has 10 entries and no checkpoint of that size at its end");
}

TEST(a_doubled_record_is_named)
{
	static const struct {
		enum export_kind kind;
		const char *why;
	} rows[] = {{EXPORT_CARD, "this card of tha-cert stands in the file twice"},
		    {EXPORT_ENTRY, "it is entry 0 of hotline/tha-cert/vnm-cert, where entry 1 belongs"},
		    {EXPORT_OBJECT, "this object stands in the file twice"},
		    {EXPORT_CONTENT, "this content stands in the file twice"},
		    {EXPORT_BEGIN, "the file begins a second time"}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		size_t at = world_find(&world, rows[i].kind, 0);
		world_insert(&world, at, &world.record[at]);
		world_recount(&world);
		CHECK_BAD(at + 1, rows[i].why);
	}
}

TEST(reordered_entries_are_named)
{
	begin();
	size_t first = world_find(&world, EXPORT_ENTRY, 2), second = world_find(&world, EXPORT_ENTRY, 3);
	struct blob blob = world.record[first];
	world.record[first] = world.record[second];
	world.record[second] = blob;
	CHECK_BAD(first, "it is entry 3 of hotline/tha-cert/vnm-cert, where entry 2 belongs");
}

TEST(objects_may_stand_in_any_order)
{
	begin();
	struct blob blob = world.record[world_find(&world, EXPORT_OBJECT, 6)];
	world_drop(&world, world_find(&world, EXPORT_OBJECT, 6));
	world_insert(&world, 1, &blob);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 6);
}

TEST(a_checkpoint_before_its_entries_is_named)
{
	begin();
	size_t at = world_find(&world, EXPORT_CHECKPOINT, 0);
	struct blob blob = world.record[at];
	world_drop(&world, at);
	world_insert(&world, 3, &blob);
	CHECK_BAD(3, "the checkpoint is of 10 entries of hotline/tha-cert/vnm-cert, but only 0 stand before it");
}

TEST(a_record_after_the_last_is_named)
{
	begin();
	world_insert(&world, world.count, &world.record[1]);
	CHECK_BAD(world.count - 1, "it stands after the last record");
}

TEST(a_file_without_its_beginning_is_named)
{
	begin();
	world_drop(&world, 0);
	CHECK_BAD(0, "the file does not begin as an export does");
}

TEST(a_file_cut_short_anywhere_is_named)
{
	size_t total = 0;

	begin();
	for (size_t i = 0; i < world.count; i++)
		total += world.record[i].len;
	for (size_t len = 0; len < total; len += 97) {
		audit_report_finish(&report);
		CHECK_EQUAL(audit_bytes(&world, len, &trust, &report), RESULT_PROOF);
		CHECK(report.bad_record != 0 &&
		      strstr(report.bad, len > 0 ? "the file is cut short at byte" : "the file is empty") != NULL);
	}
	audit_report_finish(&report);
	CHECK_EQUAL(audit_bytes(&world, total - 1, &trust, &report), RESULT_PROOF);
	audit_report_finish(&report);
	CHECK_EQUAL(audit_bytes(&world, total, &trust, &report), RESULT_OK);
}

TEST(damage_is_named_by_its_byte)
{
	char expected[64];
	size_t offset = 0, at;

	begin();
	at = world_find(&world, EXPORT_ENTRY, 1);
	for (size_t i = 0; i < at; i++)
		offset += world.record[i].len;
	world.record[at].data[0] = 0xc1;
	snprintf(expected, sizeof expected, "the file is damaged at byte %zu: ", offset);
	CHECK_BAD(at, expected);
}

/* Replaces the n-th record of a kind by one with these bytes. */
static void replace(enum export_kind kind, size_t n, struct bytes bytes)
{
	static struct world other;
	size_t at = world_find(&world, kind, n);

	other.count = 0;
	put_bytes(&other, kind, bytes);
	world.record[at] = other.record[0];
}

TEST(a_checkpoint_by_another_key_is_named)
{
	struct blob note;

	begin();
	make_note(PAIR_ORIGIN, &world.vnm, 10, world.head[10], &note);
	replace(EXPORT_CHECKPOINT, 0, blob_bytes(&note));
	CHECK_BAD(world_find(&world, EXPORT_CHECKPOINT, 0), "no log key of tha-cert signed this checkpoint");
}

TEST(a_checkpoint_with_another_root_is_named)
{
	struct blob note;

	begin();
	make_note(PAIR_ORIGIN, &world.tha, 10, world.head[9], &note);
	replace(EXPORT_CHECKPOINT, 0, blob_bytes(&note));
	CHECK_BAD(world_find(&world, EXPORT_CHECKPOINT, 0),
		  "the checkpoint of 10 entries of hotline/tha-cert/vnm-cert has another root than these entries give");
}

TEST(earlier_checkpoints_are_checked_too)
{
	struct blob note;
	size_t at;

	begin();
	at = world_find(&world, EXPORT_CHECKPOINT, 0);
	world_insert(&world, at, &world.record[at]);
	world_recount(&world);
	make_note(PAIR_ORIGIN, &world.tha, 7, world.head[7], &note);
	replace(EXPORT_CHECKPOINT, 0, blob_bytes(&note));
	CHECK_EQUAL(audit(), RESULT_OK);
	make_note(PAIR_ORIGIN, &world.tha, 7, world.head[6], &note);
	replace(EXPORT_CHECKPOINT, 0, blob_bytes(&note));
	CHECK_BAD(at, "the checkpoint of 7 entries of hotline/tha-cert/vnm-cert has another root");
}

/* A record with one more object in its pair log, before its end. */
static void begin_with(enum leaf_kind side, struct bytes object, size_t *out_at)
{
	uint8_t id[HASH_BYTES];

	hash_sha256(bytes_of("released"), id);
	world.count = world_find(&world, EXPORT_ENTRY, 10); /* where the station log begins */
	merkle_init(&world.station_log);
	put_object(&world, side, object, id);
	*out_at = world.count - 1;
	world_end(&world, id);
}

TEST(an_object_by_another_key_is_named)
{
	struct blob blob;
	size_t at;

	begin();
	make_message(&world, &(struct text){&world.vnm, &world.tha, "tha-cert", 9, NOON, 1, true}, &blob);
	begin_with(LEAF_RECEIVED, blob_bytes(&blob), &at);
	CHECK_BAD(at, "(entry 10 of hotline/tha-cert/vnm-cert): the signature of vnm-cert does not verify");
}

TEST(an_object_on_the_wrong_side_is_named)
{
	struct blob blob;
	size_t at;

	begin();
	make_message(&world, &(struct text){&world.vnm, NULL, "tha-cert", 9, NOON, 1, true}, &blob);
	begin_with(LEAF_SENT, blob_bytes(&blob), &at);
	CHECK_BAD(at, "it is by vnm-cert, but the log has it as sent to vnm-cert");
}

TEST(a_message_for_another_is_named)
{
	struct blob blob;
	size_t at;

	begin();
	make_message(&world, &(struct text){&world.tha, NULL, "idn-cert", 9, NOON, 3, true}, &blob);
	begin_with(LEAF_SENT, blob_bytes(&blob), &at);
	CHECK_BAD(at, "the message does not name vnm-cert");
}

TEST(an_object_under_an_unknown_serial_is_named)
{
	struct blob blob;
	size_t at;

	begin();
	make_message(&world, &(struct text){&world.tha, NULL, "vnm-cert", 9, NOON, 4, true}, &blob);
	begin_with(LEAF_SENT, blob_bytes(&blob), &at);
	CHECK_BAD(at, "it is signed under serial 4 of tha-cert, and no card of that serial is in the file");
}

/* A receipt of either side about its last message, changed by the caller. */
static struct receipt sample(bool is_own)
{
	uint8_t id[HASH_BYTES];
	struct export_record record;
	size_t len, at = world_find(&world, EXPORT_OBJECT, is_own ? 2 : 0);

	CHECK_EQUAL(export_decode(blob_bytes(&world.record[at]), &record, &len), RESULT_OK);
	hash_sha256(record.bytes, id);
	return is_own ? receipt_of_tha(&world, id, NOON) : receipt_of_vnm(&world, id, NOON + HOUR_US, 10);
}

static size_t put_receipt(bool is_own, const struct receipt *receipt)
{
	struct blob blob;
	size_t at;

	make_receipt(receipt, is_own ? &world.tha : &world.vnm, &blob);
	begin_with(is_own ? LEAF_SENT : LEAF_RECEIVED, blob_bytes(&blob), &at);
	return at;
}

TEST(a_later_receipt_witnesses_more)
{
	char text[AUDIT_TEXT];

	begin();
	struct receipt receipt = sample(false);
	put_receipt(false, &receipt);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 11);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed_at, NOON + HOUR_US);
	audit_log_sentence(&report, find_log("vnm-cert"), text);
	CHECK(strcmp(text, "vnm-cert: 11 entries verified; all witnessed by vnm-cert at 141300Z OCT 26 "
			   "(2026-10-14T13:00:00Z).") == 0);
}

TEST(a_bad_record_proves_nothing_about_its_logs)
{
	char text[AUDIT_TEXT];

	begin();
	world_drop(&world, world_find(&world, EXPORT_CHECKPOINT, 0));
	world_recount(&world);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	audit_log_sentence(&report, find_log("vnm-cert"), text);
	CHECK(strcmp(text, "vnm-cert: 10 entries read, and nothing about them is proven.") == 0);
}

TEST(a_record_that_no_one_witnesses_says_so)
{
	uint8_t id[HASH_BYTES];
	struct blob blob;
	char text[AUDIT_TEXT];

	begin();
	world_begin(&world);
	make_message(&world, &(struct text){&world.tha, NULL, "vnm-cert", 1, NOON, 3, false}, &blob);
	put_object(&world, LEAF_SENT, blob_bytes(&blob), id);
	world_end(&world, id);
	CHECK_EQUAL(audit(), RESULT_OK);
	audit_log_sentence(&report, find_log("vnm-cert"), text);
	CHECK(strstr(text, "1 entry verified; none witnessed by vnm-cert") != NULL);
}

TEST(a_seen_head_with_another_root_is_equivocation)
{
	begin();
	struct receipt receipt = sample(false);
	receipt.seen_root[0] ^= 1;
	size_t at = put_receipt(false, &receipt);
	CHECK_BAD(at, "vnm-cert holds a head of 10 entries of this log with another root: it was shown another record");
}

TEST(a_seen_head_larger_than_the_log_was_is_equivocation)
{
	begin();
	struct receipt receipt = sample(false);
	receipt.seen_size = 11;
	size_t at = put_receipt(false, &receipt);
	CHECK_BAD(at, "vnm-cert holds a head of 11 entries of this log, which had 10 then");
}

TEST(an_own_receipt_shows_the_head_just_before_it)
{
	begin();
	struct receipt receipt = sample(true);
	put_receipt(true, &receipt);
	CHECK_EQUAL(audit(), RESULT_OK);
	begin();
	receipt.log_size = 9;
	size_t at = put_receipt(true, &receipt);
	CHECK_BAD(at, "the receipt says that 9 entries stood before it");
}

TEST(an_own_receipt_with_another_root_is_named)
{
	begin();
	struct receipt receipt = sample(true);
	receipt.log_root[5] ^= 1;
	size_t at = put_receipt(true, &receipt);
	CHECK_BAD(at, "the head in this receipt of 10 entries of hotline/tha-cert/vnm-cert has another root");
}

TEST(a_receipt_for_another_is_named)
{
	begin();
	struct receipt receipt = sample(false);
	receipt.to = bytes_of("idn-cert");
	size_t at = put_receipt(false, &receipt);
	CHECK_BAD(at, "the receipt is for idn-cert");
}

TEST(a_receipt_of_what_was_not_sent_is_named)
{
	begin();
	struct receipt receipt = sample(false);
	receipt.id[0][0] ^= 1;
	size_t at = put_receipt(false, &receipt);
	CHECK_BAD(at, "the receipt names an object that does not stand before it in this log");
	begin();
	receipt.kind = RECEIPT_REFUSED;
	receipt.reason = RESULT_MALFORMED;
	put_receipt(false, &receipt);
	CHECK_EQUAL(audit(), RESULT_OK);
}

TEST(a_receipt_names_objects_of_the_other_direction)
{
	struct export_record record;
	size_t len;

	begin();
	struct receipt receipt = sample(false);
	CHECK_EQUAL(export_decode(blob_bytes(&world.record[world_find(&world, EXPORT_OBJECT, 2)]), &record, &len),
		    RESULT_OK);
	hash_sha256(record.bytes, receipt.id[0]); /* a message from vnm itself */
	size_t at = put_receipt(false, &receipt);
	CHECK_BAD(at, "the receipt names an object that does not stand before it in this log");
}

TEST(a_receipt_names_no_later_object)
{
	struct blob message, blob;
	uint8_t id[HASH_BYTES];

	begin();
	world_begin(&world);
	make_message(&world, &(struct text){&world.tha, NULL, "vnm-cert", 9, NOON, 3, true}, &message);
	hash_sha256(blob_bytes(&message), id);
	struct receipt receipt = receipt_of_vnm(&world, id, NOON, 0);
	make_receipt(&receipt, &world.vnm, &blob);
	put_object(&world, LEAF_RECEIVED, blob_bytes(&blob), id);
	size_t at = world.count - 1;
	put_object(&world, LEAF_SENT, blob_bytes(&message), id);
	world_end(&world, id);
	CHECK_BAD(at, "the receipt names an object that does not stand before it in this log");
}

TEST(two_heads_of_one_size_by_the_peer_are_equivocation)
{
	begin();
	struct receipt receipt = sample(false);
	receipt.log_size = 2; /* as the peer's checkpoint in entry 7, with another root */
	size_t at = put_receipt(false, &receipt);
	CHECK_BAD(at, "vnm-cert signed two heads of 2 entries of its log with different roots: equivocation");
}

TEST(a_checkpoint_of_another_log_between_the_two_is_named)
{
	struct blob blob;
	size_t at;

	begin();
	make_note("hotline/vnm-cert/idn-cert", &world.vnm, 2, world.head[1], &blob);
	begin_with(LEAF_RECEIVED, blob_bytes(&blob), &at);
	CHECK_BAD(at, "the checkpoint is of another log than hotline/vnm-cert/tha-cert");
}

TEST(a_checkpoint_sent_must_fit_the_log)
{
	struct blob blob;
	size_t at;

	begin();
	make_note(PAIR_ORIGIN, &world.tha, 9, world.head[8], &blob);
	begin_with(LEAF_SENT, blob_bytes(&blob), &at);
	CHECK_BAD(at, "the checkpoint sent to the peer of 9 entries of hotline/tha-cert/vnm-cert has another root");
	begin();
	make_note(PAIR_ORIGIN, &world.tha, 11, world.head[8], &blob);
	begin_with(LEAF_SENT, blob_bytes(&blob), &at);
	CHECK_BAD(at, "the checkpoint is of 11 entries, but 10 stood before it");
}

TEST(an_object_that_no_entry_names_is_named)
{
	struct blob blob;
	size_t at;

	begin();
	make_message(&world, &(struct text){&world.tha, NULL, "vnm-cert", 9, NOON, 3, true}, &blob);
	at = world.count - 1;
	put_bytes(&world, EXPORT_OBJECT, blob_bytes(&blob));
	world.count--;
	world_insert(&world, at, &world.record[world.count]);
	world_recount(&world);
	CHECK_BAD(at, "no entry of any log in the file names this object");
}

/* A revocation of every serial of name up to 1, by a root. */
static void make_revocation(const char *name, const struct sign_pair *root, struct blob *out)
{
	uint8_t body[128];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(out->data, sizeof out->data);

	pack_put_array(&w, 5);
	pack_put_text(&w, name);
	pack_put_uint(&w, 1);
	pack_put_uint(&w, 1);
	pack_put_int(&w, NOON);
	pack_put_array(&w, 0);
	object_sign(OBJECT_REVOCATION, pack_written(&w), root, &object);
	out->len = object.len;
}

TEST(a_revocation_counts_from_its_place_on)
{
	struct blob revocation, message;
	size_t at;

	begin();
	make_revocation("vnm-cert", &world.vnm.root, &revocation);
	make_message(&world, &(struct text){&world.vnm, NULL, "tha-cert", 9, NOON, 1, true}, &message);
	begin_with(LEAF_RECEIVED, blob_bytes(&revocation), &at);
	CHECK_EQUAL(audit(), RESULT_OK);
	world.count = at + 1;
	uint8_t id[HASH_BYTES];
	put_object(&world, LEAF_RECEIVED, blob_bytes(&message), id);
	merkle_init(&world.station_log);
	world_end(&world, id);
	CHECK_BAD(at + 2, "its object is signed under serial 1 of vnm-cert, which was revoked before");
}

TEST(a_revocation_by_another_root_is_named)
{
	struct blob revocation;
	size_t at;

	begin();
	make_revocation("vnm-cert", &world.tha.root, &revocation);
	begin_with(LEAF_RECEIVED, blob_bytes(&revocation), &at);
	CHECK_BAD(at, "the revocation is not signed by the root of vnm");
}

/* Puts a card record of party after the others. */
static void insert_card(const struct party *party)
{
	static struct world other;

	other.count = 0;
	put_bytes(&other, EXPORT_CARD, party_card(party));
	world_insert(&world, 3, &other.record[0]);
	world_recount(&world);
}

TEST(a_revocation_of_a_third_side_is_kept_and_voids_nothing_here)
{
	static struct party idn;
	struct blob revocation;
	size_t at;

	begin();
	party_init(&idn, "idn-cert", "idn", 5, 1);
	make_revocation("idn-cert", &idn.root, &revocation);
	begin_with(LEAF_RECEIVED, blob_bytes(&revocation), &at);
	insert_card(&idn);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&idn)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_OK);
}

TEST(a_second_card_of_one_serial_is_named)
{
	static struct party other;

	begin();
	party_init(&other, "vnm-cert", "vnm", 2, 1);
	CHECK_EQUAL(other.card_len, world.vnm.card_len);
	party_init(&other, "vnm-cert", "vnm", 6, 1);
	insert_card(&other);
	CHECK_BAD(3, "it is a second card of vnm-cert with serial 1, and differs from the first");
}

TEST(an_unused_card_is_only_mentioned)
{
	static struct party idn;

	begin();
	party_init(&idn, "idn-cert", "idn", 5, 1);
	insert_card(&idn);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK(find_note("the card of idn-cert is vouched for by nothing you named, and nothing rests on it") != NULL);
}

TEST(several_untrusted_cards_of_one_name_are_said_once)
{
	static struct party later;
	size_t said = 0;

	begin();
	party_init(&later, "vnm-cert", "vnm", 2, 2);
	insert_card(&later);
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	for (size_t i = 0; i < report.note_count; i++)
		said += strstr(report.note[i].text, "vnm-cert rest on") != NULL;
	CHECK_EQUAL(said, 1);
}

TEST(a_card_may_stand_as_the_object_of_its_entry)
{
	static struct world other;

	begin();
	put_bytes(&other, EXPORT_OBJECT, party_card(&world.vnm));
	world.record[2] = other.record[0];
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	char hex[FINGERPRINT_HEX], row[FINGERPRINT_HEX + 8];
	key_fingerprint_hex(world.vnm.root.public, hex);
	snprintf(row, sizeof row, "vnm=%s", hex);
	CHECK_EQUAL(audit_trust_add_root(&trust, bytes_of(row)), RESULT_OK);
	CHECK_EQUAL(audit(), RESULT_OK);
}

/* A record whose station log has one more entry, with an object that may be anything. */
static void begin_with_station_entry(uint64_t kind, struct bytes object)
{
	uint8_t id[HASH_BYTES];

	begin();
	world.count = world_find(&world, EXPORT_ENTRY, 10);
	merkle_init(&world.station_log);
	hash_sha256(object, id);
	put_entry(&world, false, kind, id, (struct bytes){NULL, 0});
	put_bytes(&world, EXPORT_OBJECT, object);
	hash_sha256(bytes_of("released"), id);
	world_end(&world, id);
}

TEST(a_refused_object_is_not_held_to_be_good)
{
	begin_with_station_entry(STATION_REFUSED, bytes_of("whatever came"));
	CHECK_EQUAL(audit(), RESULT_OK);
	begin_with_station_entry(STATION_QUEUE, bytes_of("whatever came"));
	CHECK_BAD(world_find(&world, EXPORT_OBJECT, 8), "it is no signed object");
}

TEST(entries_of_a_pair_log_name_an_object)
{
	uint8_t id[HASH_BYTES] = {1};

	begin();
	world_begin(&world);
	put_entry(&world, true, LEAF_SENT, NULL, (struct bytes){NULL, 0});
	CHECK_BAD(3, "entry 0 of hotline/tha-cert/vnm-cert is no entry of a pair log");
	world_begin(&world);
	put_entry(&world, true, LEAF_SENT, id, bytes_of("x"));
	CHECK_BAD(3, "entry 0 of hotline/tha-cert/vnm-cert is no entry of a pair log");
	world_begin(&world);
	put_entry(&world, true, 3, id, (struct bytes){NULL, 0});
	CHECK_BAD(3, "entry 0 of hotline/tha-cert/vnm-cert is no entry of a pair log");
}

TEST(a_log_of_another_station_is_named)
{
	static const char *const origins[] = {"hotline/vnm-cert/tha-cert", "hotline/tha-cert/tha-cert",
					      "hotline/tha-certx",	   "hotline/tha-cert/",
					      "hotline/tha-cert/VNM",	   ""};

	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
		begin();
		world_begin(&world);
		put_record(&world, &(struct export_record){.kind = EXPORT_HASH, .origin = bytes_of(origins[i])});
		CHECK_BAD(3, "it names a log that is not of tha-cert");
	}
}

TEST(times_that_run_backward_are_mentioned)
{
	uint8_t id[HASH_BYTES] = {1};

	begin();
	world_begin(&world);
	put_entry(&world, false, STATION_START, NULL, bytes_of("\x90"));
	world.skew_us = -HOUR_US;
	world_end(&world, id);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK(find_note("in hotline/tha-cert, 1 entry has a time that is not after that of the entry above") != NULL);
}

/* Replaces the first 2^level entries of the pair log that still stand, the index-th such range, by their hash. */
static void withhold(unsigned level, uint64_t index)
{
	struct export_record hash = {
	    .kind = EXPORT_HASH, .origin = bytes_of(PAIR_ORIGIN), .level = level, .index = index};
	size_t at = world_find(&world, EXPORT_ENTRY, 0), len;
	uint8_t leaf_hash[HASH_BYTES];
	struct export_record record;
	struct merkle tree;

	merkle_init(&tree);
	while (tree.size < UINT64_C(1) << level) {
		CHECK_EQUAL(
		    export_decode(blob_bytes(&world.record[world_find(&world, EXPORT_ENTRY, 0)]), &record, &len),
		    RESULT_OK);
		merkle_leaf(record.bytes, leaf_hash);
		merkle_append(&tree, leaf_hash);
		world_drop(&world, world_find(&world, EXPORT_ENTRY, 0));
	}
	merkle_root(&tree, hash.hash);
	put_record(&world, &hash);
	world_insert(&world, at, &world.record[--world.count]);
	world_recount(&world);
}

TEST(a_withheld_range_still_verifies)
{
	begin();
	withhold(1, 0);
	if (audit() != RESULT_OK)
		printf("# %s\n", report.bad);
	CHECK(report.is_verified);
	CHECK(find_note("entries 0 to 1 of hotline/tha-cert/vnm-cert are withheld") != NULL);
	CHECK_EQUAL(find_log("vnm-cert")->withheld_entries, 2);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 6);
}

TEST(a_withheld_range_out_of_place_is_named)
{
	begin();
	withhold(1, 0);
	size_t at = world_find(&world, EXPORT_HASH, 0);
	world_insert(&world, at, &world.record[at]);
	CHECK_BAD(at + 1, "the withheld range of hotline/tha-cert/vnm-cert does not begin at entry 2");
}

TEST(a_withheld_range_must_begin_at_a_multiple_of_its_size)
{
	struct export_record hash = {.kind = EXPORT_HASH, .origin = bytes_of(PAIR_ORIGIN), .level = 1};

	begin();
	size_t at = world_find(&world, EXPORT_ENTRY, 1);
	put_record(&world, &hash);
	world.record[at] = world.record[--world.count];
	CHECK_BAD(at, "the withheld range of hotline/tha-cert/vnm-cert does not begin at entry 1");
}

/* A short record: two messages to vnm-cert, the third entry its custody of the first with the head of `seen` entries.
 */
static void begin_short(uint64_t seen)
{
	uint8_t first[HASH_BYTES], id[HASH_BYTES];
	struct receipt receipt;
	struct blob blob;

	world_begin(&world);
	make_message(&world, &(struct text){&world.tha, NULL, "vnm-cert", 1, NOON, 3, true}, &blob);
	put_object(&world, LEAF_SENT, blob_bytes(&blob), first);
	make_message(&world, &(struct text){&world.tha, NULL, "vnm-cert", 2, NOON, 3, true}, &blob);
	put_object(&world, LEAF_SENT, blob_bytes(&blob), id);
	receipt = receipt_of_vnm(&world, first, NOON + 20 * SECOND_US, seen);
	make_receipt(&receipt, &world.vnm, &blob);
	put_object(&world, LEAF_RECEIVED, blob_bytes(&blob), id);
	world_end(&world, first);
}

/* The short record with its first two entries withheld as one range or as two. */
static void begin_short_withheld(uint64_t seen, bool is_one_range)
{
	begin();
	begin_short(seen);
	withhold(is_one_range ? 1 : 0, 0);
	if (!is_one_range)
		withhold(0, 1);
	world_drop(&world, world_find(&world, EXPORT_OBJECT, 0));
	world_drop(&world, world_find(&world, EXPORT_OBJECT, 0));
	world_recount(&world);
	CHECK_EQUAL(audit(), RESULT_OK);
}

TEST(a_withheld_range_is_witnessed_by_heads_alone)
{
	static const uint64_t witnessed[] = {0, 1, 3};

	for (uint64_t seen = 0; seen <= 2; seen++) {
		begin_short_withheld(seen, false);
		CHECK_EQUAL(find_log("vnm-cert")->witnessed, witnessed[seen]);
		CHECK_EQUAL(find_log("vnm-cert")->witnessed_at, seen == 0 ? 0 : NOON + 20 * SECOND_US);
	}
}

TEST(a_head_within_a_withheld_range_proves_nothing)
{
	begin_short_withheld(2, true);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 3);
	begin_short_withheld(1, true);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 0);
	CHECK(find_note("in hotline/tha-cert/vnm-cert, 1 head lies within withheld ranges") != NULL);
}

TEST(an_entry_is_witnessed_by_the_receipt_that_names_it)
{
	begin();
	begin_short(0);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 1);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed_at, NOON + 20 * SECOND_US);
}

TEST(a_checkpoint_within_a_withheld_range_is_refused)
{
	struct blob note;

	begin();
	withhold(1, 0);
	size_t at = world_find(&world, EXPORT_CHECKPOINT, 0);
	make_note(PAIR_ORIGIN, &world.tha, 1, world.head[1], &note);
	world_insert(&world, at, &world.record[at]);
	replace(EXPORT_CHECKPOINT, 0, blob_bytes(&note));
	world_recount(&world);
	CHECK_BAD(at, "the checkpoint's size lies within a withheld range of hotline/tha-cert/vnm-cert");
}

TEST(a_log_that_only_the_hourly_heads_know_is_missed)
{
	uint8_t id[HASH_BYTES];

	begin();
	world_begin(&world);
	world.pair_log.size = 4;
	hash_sha256(bytes_of("released"), id);
	put_station_log(&world, id);
	put_checkpoint(&world, STATION_ORIGIN, &world.station_log);
	put_record(&world, &(struct export_record){.kind = EXPORT_END, .size = world.count});
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK(find_note("the station log records heads of hotline/tha-cert/vnm-cert, which is not in this file") !=
	      NULL);
}

TEST(hourly_heads_must_fit_the_pair_logs)
{
	uint8_t id[HASH_BYTES];

	begin();
	world.count = world_find(&world, EXPORT_ENTRY, 10);
	merkle_init(&world.station_log);
	world.head[10][0] ^= 1;
	hash_sha256(bytes_of("released"), id);
	world_end(&world, id);
	CHECK_BAD(world_find(&world, EXPORT_ENTRY, 12), "(entry 2 of hotline/tha-cert): the hourly head of 10 entries "
							"of hotline/tha-cert/vnm-cert has another root");
}

TEST(a_file_that_is_not_there_is_an_error)
{
	audit_report_finish(&report);
	CHECK(audit_verify("/nonexistent/export", &trust, &report) < 0);
	CHECK_EQUAL(report.note_count, 0);
}

TEST(ids_are_found_among_thousands)
{
	static uint8_t ids[5000][32];
	struct idmap map = {.slot = NULL};

	for (uint32_t i = 0; i < 5000; i++) {
		ids[i][0] = (uint8_t)i; /* many share a slot */
		ids[i][30] = (uint8_t)(i >> 8);
		CHECK_EQUAL(idmap_find(&map, ids[i], ids, 32), IDMAP_NONE);
		CHECK_EQUAL(idmap_add(&map, i, ids, 32), 0);
	}
	for (uint32_t i = 0; i < 5000; i++)
		CHECK_EQUAL(idmap_find(&map, ids[i], ids, 32), i);
	idmap_finish(&map);
}

TEST(a_reader_holds_two_records_however_long_the_file)
{
	char path[] = "/tmp/test_audit.XXXXXX";
	static uint8_t content[LIMIT_CONTENT_BYTES], encoded[EXPORT_RECORD_BYTES];
	struct export_record record = {.kind = EXPORT_CONTENT, .bytes = {content, sizeof content}};
	struct pack_writer w = pack_writer(encoded, sizeof encoded);
	struct reader reader;
	int fd = mkstemp(path);

	export_encode(&record, &w);
	for (int i = 0; i < 5; i++)
		CHECK_EQUAL(write(fd, encoded, w.len), w.len);
	close(fd);
	CHECK_EQUAL(reader_open(&reader, path), 0);
	for (int i = 0; i < 5; i++) {
		CHECK_EQUAL(reader_next(&reader, &record), RESULT_OK);
		CHECK(record.bytes.len == sizeof content && reader.offset == (uint64_t)i * w.len);
	}
	CHECK_EQUAL(reader_next(&reader, &record), READER_END);
	reader_close(&reader);
	unlink(path);
}

/* A message by tha that names another for action, and vnm in ladder_to if so told; at its end, in the record. */
static void put_passed(bool is_in_ladder, bool has_copy)
{
	struct message message = {.number = {2026, 77},
				  .kind = KIND_NOTICE,
				  .from = bytes_of("tha-cert"),
				  .action_count = 1,
				  .action = {bytes_of("lao-cert")},
				  .released_at = NOON + 60 * SECOND_US,
				  .drafter = bytes_of("watch-2"),
				  .ladder_count = 1,
				  .ladder = {bytes_of(is_in_ladder ? "vnm-cert" : "vnm-mfa")},
				  .card_serial = 3};
	struct copy copy = {.to = bytes_of("vnm-cert"), .step = 100, .at = NOON + 70 * SECOND_US, .card_serial = 3};
	uint8_t body[1024], object[2048];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(object, sizeof object);

	world.count = world_find(&world, EXPORT_ENTRY, 10); /* where the station log begins */
	merkle_init(&world.station_log);
	message_encode(&message, &w);
	object_sign(OBJECT_MESSAGE, pack_written(&w), &world.tha.signing, &out);
	put_object(&world, LEAF_SENT, pack_written(&out), copy.message);
	if (has_copy) {
		uint8_t id[HASH_BYTES];

		w = pack_writer(body, sizeof body);
		out = pack_writer(object, sizeof object);
		copy_encode(&copy, &w);
		object_sign(OBJECT_COPY, pack_written(&w), &world.tha.signing, &out);
		put_object(&world, LEAF_SENT, pack_written(&out), id);
	}
	world_end(&world, copy.message);
}

TEST(a_copy_lets_a_message_go_to_whom_its_ladder_names)
{
	begin();
	put_passed(true, true);
	CHECK_EQUAL(audit(), RESULT_OK);
}

TEST(a_message_in_a_log_that_neither_names_the_other_side_nor_has_a_copy_is_named)
{
	begin();
	put_passed(true, false);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	CHECK(strstr(report.bad, "the message does not name the other side, and no copy of it stands in this log"));
}

TEST(a_copy_for_whom_the_releasers_did_not_allow_is_named)
{
	begin();
	put_passed(false, true);
	CHECK_EQUAL(audit(), RESULT_PROOF);
	CHECK_EQUAL(report.bad_count, 2); /* the message and its copy */
}

TEST(an_object_entered_again_is_named)
{
	uint8_t first[HASH_BYTES];
	size_t at;

	begin();
	at = world_find(&world, EXPORT_ENTRY, 10);
	hash_sha256(party_card(&world.tha), first);
	world.count = at;
	merkle_init(&world.station_log);
	put_entry(&world, true, LEAF_SENT, first, (struct bytes){NULL, 0});
	world_end(&world, first);
	CHECK_BAD(at, "(entry 10 of hotline/tha-cert/vnm-cert): it enters the object of entry 0 again");
}

TEST(a_card_that_had_expired_warns_and_blocks_nothing)
{
	struct blob message;
	size_t at;

	begin();
	make_message(&world, &(struct text){&world.vnm, NULL, "tha-cert", 9, 2 * NOON, 1, true}, &message);
	begin_with(LEAF_RECEIVED, blob_bytes(&message), &at);
	CHECK_EQUAL(audit(), RESULT_OK);
	CHECK(find_note("1 object was signed under serial 1 of vnm-cert after that card had expired") != NULL);
}

TEST(a_receipt_of_the_other_mode_is_named)
{
	struct receipt receipt;
	uint8_t first[HASH_BYTES], body[1024], object[2048];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(object, sizeof object);
	struct export_record record;
	size_t len, at;

	begin();
	CHECK_EQUAL(export_decode(blob_bytes(&world.record[world_find(&world, EXPORT_OBJECT, 0)]), &record, &len), 0);
	hash_sha256(record.bytes, first);
	receipt = receipt_of_vnm(&world, first, NOON + 80 * SECOND_US, 6);
	receipt_encode(&receipt, &w);
	object_sign(OBJECT_RECEIPT_EXERCISE, pack_written(&w), &world.vnm.signing, &out);
	begin_with(LEAF_RECEIVED, pack_written(&out), &at);
	CHECK_BAD(at, "nothing crosses from exercise to real or back");
}

static struct audit_kept kept_file;
static unsigned heard;

static void hear(void *ctx, uint64_t record, const char *text)
{
	CHECK(ctx == &heard && record > 0 && strncmp(text, "record ", 7) == 0);
	heard++;
}

/* The record beside a file that was kept elsewhere. */
static int audit_kept(struct bytes bytes)
{
	struct audit_options options = {.on_bad = hear, .ctx = &heard, .kept = &kept_file, .kept_count = bytes.len > 0};
	char path[] = "/tmp/test_audit.XXXXXX";
	int fd = mkstemp(path), result;

	kept_file = (struct audit_kept){"the file", bytes};
	heard = 0;
	audit_report_finish(&report);
	for (size_t i = 0; i < world.count; i++)
		CHECK_EQUAL(write(fd, world.record[i].data, world.record[i].len), world.record[i].len);
	close(fd);
	result = audit_verify_with(path, &trust, &options, &report);
	unlink(path);
	return result;
}

TEST(a_checkpoint_kept_elsewhere_must_fit_the_record)
{
	struct blob note;

	begin();
	make_note(PAIR_ORIGIN, &world.tha, 8, world.head[8], &note);
	CHECK_EQUAL(audit_kept(blob_bytes(&note)), RESULT_OK);
	CHECK_EQUAL(find_log("vnm-cert")->kept, 8);
	make_note(PAIR_ORIGIN, &world.tha, 8, world.head[7], &note);
	CHECK_EQUAL(audit_kept(blob_bytes(&note)), RESULT_PROOF);
	CHECK(find_note("the file: the head of 8 entries of hotline/tha-cert/vnm-cert in it has another root")->is_failure);
	make_note(PAIR_ORIGIN, &world.tha, 11, world.head[7], &note);
	CHECK_EQUAL(audit_kept(blob_bytes(&note)), RESULT_PROOF);
	CHECK(find_note("which has 10 in this file: the record is older or was cut short")->is_failure);
	make_note(PAIR_ORIGIN, &world.vnm, 8, world.head[8], &note);
	CHECK_EQUAL(audit_kept(blob_bytes(&note)), RESULT_PROOF);
	CHECK(find_note("no log key of tha-cert that is in the record or was given signed this checkpoint")->is_failure);
}

TEST(a_checkpoint_of_the_station_log_kept_elsewhere_must_fit_it)
{
	struct blob note;
	uint8_t root[HASH_BYTES];

	begin();
	merkle_root(&world.station_log, root);
	make_note(STATION_ORIGIN, &world.tha, 3, root, &note);
	CHECK_EQUAL(audit_kept(blob_bytes(&note)), RESULT_OK);
	CHECK_EQUAL(find_log("")->kept, 3);
	make_note(STATION_ORIGIN, &world.tha, 2, root, &note);
	CHECK_EQUAL(audit_kept(blob_bytes(&note)), RESULT_PROOF);
	CHECK(find_note("the head of 2 entries of hotline/tha-cert in it has another root")->is_failure);
}

TEST(a_receipt_kept_elsewhere_witnesses_what_it_holds)
{
	struct receipt receipt;
	struct blob blob;

	begin();
	receipt = receipt_of_vnm(&world, world.head[1], NOON + 90 * SECOND_US, 10);
	make_receipt(&receipt, &world.vnm, &blob);
	CHECK_EQUAL(audit_kept(blob_bytes(&blob)), RESULT_OK);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed, 10);
	CHECK_EQUAL(find_log("vnm-cert")->witnessed_at, NOON + 90 * SECOND_US);
	receipt.log_size = 2; /* of which the record has another head by vnm-cert */
	make_receipt(&receipt, &world.vnm, &blob);
	CHECK_EQUAL(audit_kept(blob_bytes(&blob)), RESULT_PROOF);
	CHECK(find_note("vnm-cert signed the head of 2 entries of its log in it, and another one")->is_failure);
	CHECK_EQUAL(audit_kept(bytes_of("no head")), RESULT_PROOF);
	CHECK(find_note("the file: it is no checkpoint, no receipt and no evidence")->is_failure);
}

TEST(all_bad_records_are_heard_of)
{
	struct bytes none = {NULL, 0};

	begin();
	CHECK_EQUAL(audit_kept(none), RESULT_OK);
	CHECK_EQUAL(heard, 0);
	world.record[world_find(&world, EXPORT_OBJECT, 1)].data[300] ^= 1;
	world.record[world_find(&world, EXPORT_CHECKPOINT, 1)].data[60] ^= 1;
	CHECK_EQUAL(audit_kept(none), RESULT_PROOF);
	CHECK(heard >= 2 && heard == report.bad_count);
}

TEST(an_export_of_a_newer_version_is_said_to_be_one)
{
	struct blob *first = &world.record[0];

	begin();
	first->data[17] = '2'; /* hotline-export/1 */
	CHECK_BAD(0, "the file is an export of a newer version, which this program can't read");
	memset(first->data, 'x', first->len);
	CHECK_BAD(0, "the file is no export of a record");
}
