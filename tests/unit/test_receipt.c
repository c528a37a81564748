/* Receipts: shape, the rules of each kind, the seen head. */
#include "proto/receipt.h"
#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[65536], long_note[4 * (LIMIT_NOTE + 1)];

static struct receipt custody(size_t id_count)
{
	struct receipt receipt = {
	    .id_count = id_count,
	    .kind = RECEIPT_CUSTODY,
	    .from = bytes_of("vnm-cert"),
	    .to = bytes_of("tha-cert"),
	    .at = INT64_C(1792000000000000),
	    .clock_error = UINT32_MAX,
	    .log_size = 41,
	    .log_root = {5},
	    .card_serial = 2,
	};

	for (size_t i = 0; i < id_count; i++)
		receipt.id[i][0] = (uint8_t)(i + 1);
	return receipt;
}

static struct receipt acknowledged(void)
{
	struct receipt receipt = custody(1);

	receipt.kind = RECEIPT_ACKNOWLEDGED;
	receipt.officer = bytes_of("watch-2");
	receipt.understood = UNDERSTOOD_PARTLY;
	receipt.note = bytes_of("which port?");
	return receipt;
}

static struct receipt shown(void)
{
	struct receipt receipt = custody(1);

	receipt.kind = RECEIPT_SHOWN;
	receipt.officer = bytes_of("watch-2");
	return receipt;
}

static struct receipt refused(void)
{
	struct receipt receipt = custody(1);

	receipt.kind = RECEIPT_REFUSED;
	receipt.reason = RESULT_MALFORMED;
	return receipt;
}

static struct bytes encode(const struct receipt *receipt)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	receipt_encode(receipt, &w);
	return pack_written(&w);
}

static int decode(struct receipt receipt)
{
	static struct receipt out;

	return receipt_decode(encode(&receipt), &out);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	static struct receipt receipt;
	int result = receipt_decode(in, &receipt);

	if (result == RESULT_OK)
		receipt_encode(&receipt, w);
	return result;
}

TEST(a_receipt_decodes_to_what_was_encoded)
{
	struct receipt receipt = acknowledged(), out;

	CHECK_EQUAL(receipt_decode(encode(&receipt), &out), RESULT_OK);
	CHECK(out.id_count == 1 && out.id[0][0] == 1 && out.kind == RECEIPT_ACKNOWLEDGED);
	CHECK(bytes_equal(out.from, receipt.from) && bytes_equal(out.to, receipt.to) && out.at == receipt.at);
	CHECK(out.clock_error == UINT32_MAX && bytes_equal(out.officer, receipt.officer));
	CHECK(out.understood == UNDERSTOOD_PARTLY && out.reason == 0 && bytes_equal(out.note, receipt.note));
	CHECK(out.log_size == 41 && out.log_root[0] == 5 && out.card_serial == 2 && !out.has_seen);
}

TEST(each_kind_of_receipt_passes)
{
	CHECK_EQUAL(decode(custody(1)), RESULT_OK);
	CHECK_EQUAL(decode(shown()), RESULT_OK);
	CHECK_EQUAL(decode(acknowledged()), RESULT_OK);
	CHECK_EQUAL(decode(refused()), RESULT_OK);
}

TEST(the_seen_head_travels_in_ext_2)
{
	struct receipt receipt = custody(1), out;

	receipt.has_seen = true;
	receipt.seen_size = INT64_MAX;
	receipt.seen_root[31] = 8;
	CHECK_EQUAL(receipt_decode(encode(&receipt), &out), RESULT_OK);
	CHECK(out.has_seen && out.seen_size == INT64_MAX && out.seen_root[31] == 8 && out.ext.count == 0);
}

static int with_ext(uint64_t code, const char *value, size_t len)
{
	struct receipt receipt = custody(1);

	receipt.ext.count = 1;
	receipt.ext.entry[0].code = code;
	receipt.ext.entry[0].value = (struct bytes){(const uint8_t *)value, len};
	return decode(receipt);
}

TEST(a_seen_head_of_wrong_shape_is_malformed)
{
	static char seen[36] = "\x92\x05\xc4\x20";

	CHECK_EQUAL(with_ext(RECEIPT_EXT_SEEN, seen, 36), RESULT_OK);
	CHECK_EQUAL(with_ext(RECEIPT_EXT_SEEN, seen, 35), RESULT_MALFORMED);
	CHECK_EQUAL(with_ext(RECEIPT_EXT_SEEN, "", 0), RESULT_MALFORMED);
	CHECK_EQUAL(with_ext(RECEIPT_EXT_SEEN, "\x92\x05\xc4\x00", 4), RESULT_MALFORMED);
	seen[1] = (char)0xff; /* a size of -1 */
	CHECK_EQUAL(with_ext(RECEIPT_EXT_SEEN, seen, 36), RESULT_MALFORMED);
}

TEST(other_even_codes_are_kept_and_odd_ones_need_a_newer_version)
{
	CHECK_EQUAL(with_ext(4, "x", 1), RESULT_OK);
	CHECK_EQUAL(with_ext(1, "x", 1), RESULT_NEWER);
	CHECK_EQUAL(with_ext(3, "x", 1), RESULT_NEWER);
}

TEST(every_accepted_receipt_has_one_form)
{
	static uint8_t copy[1024];
	struct receipt receipt = acknowledged();
	struct bytes in;

	receipt.has_seen = true;
	receipt.seen_size = 300;
	receipt.ext.count = 1;
	receipt.ext.entry[0].code = 6;
	receipt.ext.entry[0].value = bytes_of("later");
	in = encode(&receipt);
	memcpy(copy, in.data, in.len);
	CHECK(mutate_all(recode, (struct bytes){copy, in.len}, 1));
}

TEST(a_custody_receipt_covers_1_to_64_messages)
{
	CHECK_EQUAL(decode(custody(0)), RESULT_MALFORMED);
	CHECK_EQUAL(decode(custody(64)), RESULT_OK);
}

TEST(a_receipt_of_65_messages_is_over_the_limit)
{
	static uint8_t in[8192];
	struct receipt receipt = custody(64);
	struct bytes full = encode(&receipt);
	size_t id = 2 + OBJECT_ID_BYTES, ids = 1 + 3; /* the first id stands after two array heads */

	memcpy(in, full.data, ids);
	in[3]++;
	memcpy(in + ids, full.data + ids, id);
	memcpy(in + ids + id, full.data + ids, full.len - ids);
	CHECK_EQUAL(receipt_decode((struct bytes){in, full.len + id}, &receipt), RESULT_LIMIT);
}

TEST(the_other_kinds_name_one_message)
{
	struct receipt receipt = shown();

	receipt.id_count = 2;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = acknowledged();
	receipt.id_count = 2;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = refused();
	receipt.id_count = 2;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt.id_count = 0;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
}

TEST(an_unknown_kind_needs_a_newer_version)
{
	struct receipt receipt = custody(1);

	receipt.kind = 0;
	CHECK_EQUAL(decode(receipt), RESULT_NEWER);
	receipt.kind = RECEIPT_REFUSED + 1;
	CHECK_EQUAL(decode(receipt), RESULT_NEWER);
}

TEST(a_station_speaks_for_custody_and_refused_an_officer_for_the_rest)
{
	struct receipt receipt = custody(1);

	receipt.officer = bytes_of("watch");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = refused();
	receipt.officer = bytes_of("watch");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = shown();
	receipt.officer = bytes_of("");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = acknowledged();
	receipt.officer = bytes_of("Watch 2");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
}

TEST(understood_is_told_when_acknowledged_and_only_then)
{
	struct receipt receipt = acknowledged();

	receipt.understood = UNDERSTOOD_NOT_ASKED;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt.understood = UNDERSTOOD_YES;
	CHECK_EQUAL(decode(receipt), RESULT_OK);
	receipt.understood = UNDERSTOOD_NO;
	CHECK_EQUAL(decode(receipt), RESULT_OK);
	receipt.understood = UNDERSTOOD_NO + 1;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = shown();
	receipt.understood = UNDERSTOOD_YES;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = custody(1);
	receipt.understood = UNDERSTOOD_YES;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = refused();
	receipt.understood = UNDERSTOOD_YES;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
}

TEST(a_reason_is_given_when_refused_and_only_then)
{
	struct receipt receipt = refused();

	receipt.reason = 0;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt.reason = 1;
	CHECK_EQUAL(decode(receipt), RESULT_OK);
	receipt.reason = 8;
	CHECK_EQUAL(decode(receipt), RESULT_OK);
	receipt.reason = 9;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = acknowledged();
	receipt.reason = 1;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = custody(1);
	receipt.reason = 1;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
}

TEST(a_note_is_only_for_acknowledged)
{
	struct receipt receipt = shown();

	receipt.note = bytes_of("x");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = refused();
	receipt.note = bytes_of("x");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = custody(1);
	receipt.note = bytes_of("x");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
}

TEST(a_note_has_at_most_500_characters_whatever_their_bytes)
{
	struct receipt receipt = acknowledged();

	for (size_t i = 0; i < sizeof long_note; i += 4)
		memcpy(long_note + i, "\xf0\x9f\x93\x9e", 4);
	receipt.note = (struct bytes){long_note, 4 * LIMIT_NOTE};
	CHECK_EQUAL(decode(receipt), RESULT_OK);
	receipt.note.len += 4;
	CHECK_EQUAL(decode(receipt), RESULT_LIMIT);
	memset(long_note, 'x', sizeof long_note);
	receipt.note.len = LIMIT_NOTE + 1;
	CHECK_EQUAL(decode(receipt), RESULT_LIMIT);
}

TEST(sender_and_receiver_are_two_valid_names)
{
	struct receipt receipt = custody(1);

	receipt.from = bytes_of("vnm");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt = custody(1);
	receipt.to = bytes_of("");
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
	receipt.to = receipt.from;
	CHECK_EQUAL(decode(receipt), RESULT_MALFORMED);
}

TEST(kinds_have_names)
{
	CHECK(strcmp(receipt_kind_name(RECEIPT_CUSTODY), "custody") == 0);
	CHECK(strcmp(receipt_kind_name(RECEIPT_REFUSED), "refused") == 0);
	CHECK(receipt_kind_name(0) == NULL && receipt_kind_name(5) == NULL);
}
