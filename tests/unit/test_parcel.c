/* The plaintext of parcels: the outside as a whole, each item alone. */
#include "proto/parcel.h"
#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[3 * MIB], big[LIMIT_CONTENT_BYTES + 1];
static struct parcel parcel;

static struct pack_writer begin(uint64_t seq, size_t count)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	parcel_put_head(&w, seq, count);
	return w;
}

static int decode(const struct pack_writer *w)
{
	return parcel_decode(pack_written(w), &parcel);
}

/* Reads a parcel of one item given by its bytes. */
static int read_item(const char *raw, size_t len)
{
	struct pack_writer w = begin(1, 1);

	pack_put_raw(&w, (struct bytes){(const uint8_t *)raw, len});
	CHECK_EQUAL(decode(&w), RESULT_OK);
	return parcel_read_item(&parcel.item[0]);
}
#define ITEM(raw) read_item(raw, sizeof(raw) - 1)

TEST(items_come_back_as_they_were_put)
{
	static const uint8_t id[HASH_BYTES] = {1, 2, 3};
	struct pack_writer w = begin(7, 6);

	parcel_put_message(&w, bytes_of("object"), bytes_of("content"), bytes_of(""));
	parcel_put_object(&w, ITEM_RECEIPT, bytes_of("receipt"));
	parcel_put_object(&w, ITEM_CARD, bytes_of("card"));
	parcel_put_object(&w, ITEM_REVOCATION, bytes_of("revocation"));
	parcel_put_checkpoint(&w, bytes_of("note\n"));
	parcel_put_reminder(&w, id, 150);
	CHECK_EQUAL(decode(&w), RESULT_OK);
	CHECK(parcel.seq == 7 && parcel.count == 6);
	for (size_t i = 0; i < parcel.count; i++)
		CHECK_EQUAL(parcel_read_item(&parcel.item[i]), RESULT_OK);
	CHECK(parcel.item[0].type == ITEM_MESSAGE && bytes_equal(parcel.item[0].object, bytes_of("object")));
	CHECK(bytes_equal(parcel.item[0].content, bytes_of("content")) && parcel.item[0].copy.len == 0);
	CHECK(parcel.item[1].type == ITEM_RECEIPT && bytes_equal(parcel.item[1].object, bytes_of("receipt")));
	CHECK(parcel.item[2].type == ITEM_CARD && bytes_equal(parcel.item[2].object, bytes_of("card")));
	CHECK(parcel.item[3].type == ITEM_REVOCATION && bytes_equal(parcel.item[3].object, bytes_of("revocation")));
	CHECK(parcel.item[4].type == ITEM_CHECKPOINT && bytes_equal(parcel.item[4].object, bytes_of("note\n")));
	CHECK(parcel.item[5].type == ITEM_REMINDER && hash_equal(parcel.item[5].message, id, HASH_BYTES) &&
	      parcel.item[5].share == 150);
}

TEST(a_message_may_bring_a_copy)
{
	struct pack_writer w = begin(1, 1);

	parcel_put_message(&w, bytes_of("object"), bytes_of("content"), bytes_of("copy"));
	CHECK_EQUAL(decode(&w), RESULT_OK);
	CHECK_EQUAL(parcel_read_item(&parcel.item[0]), RESULT_OK);
	CHECK(bytes_equal(parcel.item[0].copy, bytes_of("copy")));
}

TEST(stored_is_read_into_what_is_held)
{
	CHECK_EQUAL(ITEM("\x93\x07\x05\x92\x07\x09"), RESULT_OK);
	CHECK(parcel.item[0].stored.through == 5 && parcel.item[0].stored.count == 2);
	CHECK(have_holds(&parcel.item[0].stored, 9) && !have_holds(&parcel.item[0].stored, 8));
}

TEST(a_parcel_may_be_empty)
{
	struct pack_writer w = begin(1, 0);

	CHECK_EQUAL(decode(&w), RESULT_OK);
	CHECK_EQUAL(parcel.count, 0);
}

TEST(seqs_begin_at_1)
{
	struct pack_writer w = begin(0, 0);

	CHECK_EQUAL(decode(&w), RESULT_MALFORMED);
}

TEST(a_parcel_of_wrong_outside_is_malformed)
{
	CHECK_EQUAL(parcel_decode(bytes_of(""), &parcel), RESULT_MALFORMED);
	CHECK_EQUAL(parcel_decode(bytes_of("\x91\x01"), &parcel), RESULT_MALFORMED);
	CHECK_EQUAL(parcel_decode(bytes_of("\x92\x01\x01"), &parcel), RESULT_MALFORMED);
	CHECK_EQUAL(parcel_decode(bytes_of("\x92\x01\x91"), &parcel), RESULT_MALFORMED);
	CHECK_EQUAL(parcel_decode(bytes_of("\x92\x01\x90\x01"), &parcel), RESULT_MALFORMED);
	CHECK_EQUAL(parcel_decode(bytes_of("\x93\x01\x90\x01"), &parcel), RESULT_MALFORMED);
}

TEST(an_item_deeper_than_the_profile_spoils_the_parcel)
{
	CHECK_EQUAL(parcel_decode(bytes_of("\x92\x01\x91\x92\x09\x91\x91\x01"), &parcel), RESULT_OK);
	CHECK_EQUAL(parcel_decode(bytes_of("\x92\x01\x91\x92\x09\x91\x91\x91\x01"), &parcel), RESULT_MALFORMED);
}

TEST(a_parcel_holds_at_most_64_items)
{
	struct pack_writer w = begin(1, LIMIT_PARCEL_ITEMS);

	for (size_t i = 0; i < LIMIT_PARCEL_ITEMS; i++)
		parcel_put_object(&w, ITEM_RECEIPT, bytes_of("x"));
	CHECK_EQUAL(decode(&w), RESULT_OK);
	w = begin(1, LIMIT_PARCEL_ITEMS + 1);
	for (size_t i = 0; i < LIMIT_PARCEL_ITEMS + 1; i++)
		parcel_put_object(&w, ITEM_RECEIPT, bytes_of("x"));
	CHECK_EQUAL(decode(&w), RESULT_LIMIT);
}

TEST(a_parcel_is_at_most_2_mib)
{
	struct pack_writer w = begin(1, 2);
	size_t overhead = 3 + 2 * 7; /* heads, and [2, bin 32] twice */

	parcel_put_object(&w, ITEM_RECEIPT, (struct bytes){big, LIMIT_CONTENT_BYTES});
	parcel_put_object(&w, ITEM_RECEIPT, (struct bytes){big, LIMIT_PARCEL_BYTES - LIMIT_CONTENT_BYTES - overhead});
	CHECK_EQUAL(pack_written(&w).len, LIMIT_PARCEL_BYTES);
	CHECK_EQUAL(decode(&w), RESULT_OK);
	w = begin(1, 2);
	parcel_put_object(&w, ITEM_RECEIPT, (struct bytes){big, LIMIT_CONTENT_BYTES});
	parcel_put_object(&w, ITEM_RECEIPT,
			  (struct bytes){big, LIMIT_PARCEL_BYTES - LIMIT_CONTENT_BYTES - overhead + 1});
	CHECK_EQUAL(decode(&w), RESULT_LIMIT);
}

TEST(an_item_of_unknown_type_is_skipped)
{
	CHECK_EQUAL(ITEM("\x92\x09\xc4\x01x"), RESULT_NEWER);
	CHECK_EQUAL(parcel.item[0].type, 9);
	CHECK_EQUAL(ITEM("\x91\xcd\x03\xe8"), RESULT_NEWER);
	CHECK_EQUAL(parcel.item[0].type, 1000);
}

#define ID "0123456789abcdef0123456789abcdef"

TEST(a_reminder_has_a_whole_id_and_a_share)
{
	CHECK_EQUAL(ITEM("\x93\x05\xc4\x20" ID "\x32"), RESULT_OK);
	CHECK_EQUAL(ITEM("\x93\x05\xc4\x00\x32"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x92\x05\xc4\x20" ID), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x93\x05\xc4\x20" ID "\xff"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x93\x05\xc4\x20" ID "\xcf\x00\x00\x00\x01\x00\x00\x00\x00"), RESULT_LIMIT);
	CHECK_EQUAL(ITEM("\x94\x05\xc4\x20" ID "\x32\x00"), RESULT_MALFORMED);
}

TEST(relayed_parcels_are_left_for_later)
{
	CHECK_EQUAL(ITEM("\x92\x08\xc4\x01x"), RESULT_NEWER);
}

TEST(an_item_without_a_type_is_refused_alone)
{
	CHECK_EQUAL(ITEM("\x05"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x90"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x91\xa1x"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x91\xff"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x92\x00\xc4\x01x"), RESULT_MALFORMED);
}

TEST(a_known_item_of_wrong_shape_is_refused_alone)
{
	CHECK_EQUAL(ITEM("\x93\x01\xc4\x01x\xc4\x01y"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x95\x01\xc4\x01x\xc4\x01y\xc4\x00\x00"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x94\x01\xc4\x01x\xa1y\xc4\x00"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x91\x02"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x93\x02\xc4\x01x\x00"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x92\x03\xa1x"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x92\x04\x01"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x92\x06\xc4\x01x"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x92\x07\x01"), RESULT_MALFORMED);
	CHECK_EQUAL(ITEM("\x94\x07\x01\x90\x00"), RESULT_MALFORMED);
}

TEST(a_bad_item_does_not_spoil_the_next)
{
	struct pack_writer w = begin(1, 2);

	pack_put_raw(&w, bytes_of("\x91\x02"));
	parcel_put_object(&w, ITEM_RECEIPT, bytes_of("good"));
	CHECK_EQUAL(decode(&w), RESULT_OK);
	CHECK_EQUAL(parcel_read_item(&parcel.item[0]), RESULT_MALFORMED);
	CHECK_EQUAL(parcel_read_item(&parcel.item[1]), RESULT_OK);
}

static int message_of(size_t object, size_t content, size_t copy)
{
	struct pack_writer w = begin(1, 1);

	parcel_put_message(&w, (struct bytes){big, object}, (struct bytes){big, content}, (struct bytes){big, copy});
	CHECK_EQUAL(decode(&w), RESULT_OK);
	return parcel_read_item(&parcel.item[0]);
}

TEST(parts_of_a_message_have_limits_and_its_object_stays_readable)
{
	CHECK_EQUAL(message_of(LIMIT_OBJECT_BYTES, LIMIT_CONTENT_BYTES, LIMIT_OBJECT_BYTES), RESULT_OK);
	CHECK_EQUAL(message_of(1, 1, LIMIT_OBJECT_BYTES + 1), RESULT_LIMIT);
	CHECK_EQUAL(message_of(1, LIMIT_CONTENT_BYTES + 1, 1), RESULT_LIMIT);
	CHECK_EQUAL(message_of(LIMIT_OBJECT_BYTES + 1, 1, 1), RESULT_LIMIT);
	CHECK_EQUAL(parcel.item[0].object.len, LIMIT_OBJECT_BYTES + 1);
}

TEST(an_object_over_its_limit_is_refused)
{
	struct pack_writer w = begin(1, 2);

	parcel_put_object(&w, ITEM_CARD, (struct bytes){big, LIMIT_OBJECT_BYTES});
	parcel_put_object(&w, ITEM_CARD, (struct bytes){big, LIMIT_OBJECT_BYTES + 1});
	CHECK_EQUAL(decode(&w), RESULT_OK);
	CHECK_EQUAL(parcel_read_item(&parcel.item[0]), RESULT_OK);
	CHECK_EQUAL(parcel_read_item(&parcel.item[1]), RESULT_LIMIT);
}

static void put_item(struct pack_writer *w, const struct item *item)
{
	switch (item->type) {
	case ITEM_MESSAGE:
		parcel_put_message(w, item->object, item->content, item->copy);
		break;
	case ITEM_CHECKPOINT:
		parcel_put_checkpoint(w, item->object);
		break;
	case ITEM_STORED:
		pack_put_array(w, 3);
		pack_put_uint(w, ITEM_STORED);
		have_put(w, &item->stored);
		break;
	default:
		parcel_put_object(w, (enum item_type)item->type, item->object);
	}
}

/* What is accepted is written again from its parts; what an item refuses, as it came. */
static int recode(struct bytes in, struct pack_writer *w)
{
	int result = parcel_decode(in, &parcel);

	if (result != RESULT_OK)
		return result;
	parcel_put_head(w, parcel.seq, parcel.count);
	for (size_t i = 0; i < parcel.count; i++)
		if (parcel_read_item(&parcel.item[i]) == RESULT_OK)
			put_item(w, &parcel.item[i]);
		else
			pack_put_raw(w, parcel.item[i].raw);
	return result;
}

TEST(every_accepted_parcel_has_one_form)
{
	static uint8_t copy[256];
	struct pack_writer w = begin(300, 6);

	parcel_put_message(&w, bytes_of("object"), bytes_of("content"), bytes_of(""));
	parcel_put_object(&w, ITEM_RECEIPT, bytes_of("receipt"));
	parcel_put_object(&w, ITEM_CARD, bytes_of("card"));
	parcel_put_checkpoint(&w, bytes_of("note"));
	pack_put_raw(&w, bytes_of("\x93\x07\x05\x92\x07\x09"));
	pack_put_raw(&w, bytes_of("\x92\x09\x91\x90"));
	memcpy(copy, buffer, w.len);
	CHECK(mutate_all(recode, (struct bytes){copy, w.len}, 1));
}
