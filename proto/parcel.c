/* The plaintext of a parcel (SPEC 4): its outside is read whole, each item apart, so that a bad one spoils no other. */
#include "proto/parcel.h"

#include <assert.h>

#include "proto/result.h"

#define ITEM_DEPTH 3 /* arrays in an item, itself the first: the parcel and its list take two of five */

void parcel_put_head(struct pack_writer *w, uint64_t seq, size_t count)
{
	pack_put_array(w, 2);
	pack_put_uint(w, seq);
	pack_put_array(w, count);
}

void parcel_put_message(struct pack_writer *w, struct bytes object, struct bytes content, struct bytes copy)
{
	pack_put_array(w, 4);
	pack_put_uint(w, ITEM_MESSAGE);
	pack_put_bytes(w, object);
	pack_put_bytes(w, content);
	pack_put_bytes(w, copy);
}

void parcel_put_object(struct pack_writer *w, enum item_type type, struct bytes object)
{
	assert(type == ITEM_RECEIPT || type == ITEM_CARD || type == ITEM_REVOCATION);
	pack_put_array(w, 2);
	pack_put_uint(w, type);
	pack_put_bytes(w, object);
}

void parcel_put_checkpoint(struct pack_writer *w, struct bytes note)
{
	pack_put_array(w, 2);
	pack_put_uint(w, ITEM_CHECKPOINT);
	pack_put_str(w, note);
}

void parcel_put_reminder(struct pack_writer *w, const uint8_t message[HASH_BYTES], uint32_t share)
{
	pack_put_array(w, 3);
	pack_put_uint(w, ITEM_REMINDER);
	pack_put_bin(w, message, HASH_BYTES);
	pack_put_uint(w, share);
}

/* The type of an item, 0 when it has none; parcel_read_item refuses that. */
static uint64_t item_type(struct bytes raw)
{
	struct pack_reader r = pack_reader(raw);

	pack_read_array(&r, SIZE_MAX);
	return pack_read_uint(&r, INT64_MAX);
}

int parcel_decode(struct bytes in, struct parcel *out)
{
	struct pack_reader r = pack_reader(in);
	struct parcel parcel = {0};
	int result;

	if (in.len > LIMIT_PARCEL_BYTES)
		return RESULT_LIMIT;
	pack_expect_array(&r, 2);
	parcel.seq = pack_read_uint(&r, INT64_MAX);
	if (parcel.seq == 0)
		pack_fail(&r, RESULT_MALFORMED);
	parcel.count = pack_read_array(&r, LIMIT_PARCEL_ITEMS);
	for (size_t i = 0; i < parcel.count; i++) {
		parcel.item[i].raw = pack_read_any(&r, ITEM_DEPTH);
		parcel.item[i].type = item_type(parcel.item[i].raw);
	}
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = parcel;
	return result;
}

static int over(struct bytes value, size_t max)
{
	return value.len > max ? RESULT_LIMIT : RESULT_OK;
}

/* Limits come last: a refusal names the object by its hash, however long it is. */
static void read_message(struct pack_reader *r, struct item *item)
{
	item->object = pack_read_bin(r, SIZE_MAX);
	item->content = pack_read_bin(r, SIZE_MAX);
	item->copy = pack_read_bin(r, SIZE_MAX);
	pack_fail(r, over(item->object, LIMIT_OBJECT_BYTES));
	pack_fail(r, over(item->content, LIMIT_CONTENT_BYTES));
	pack_fail(r, over(item->copy, LIMIT_OBJECT_BYTES));
}

int parcel_read_item(struct item *item)
{
	struct pack_reader r = pack_reader(item->raw);
	uint64_t type;

	pack_read_array(&r, SIZE_MAX); /* raw is one whole value, so the end tells whether the count was right */
	type = pack_read_uint(&r, INT64_MAX);
	if (r.error != RESULT_OK)
		return RESULT_MALFORMED;
	switch (type) {
	case 0:
		return RESULT_MALFORMED;
	case ITEM_MESSAGE:
		read_message(&r, item);
		break;
	case ITEM_RECEIPT:
	case ITEM_CARD:
	case ITEM_REVOCATION:
		item->object = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
		break;
	case ITEM_CHECKPOINT:
		item->object = pack_read_str(&r, LIMIT_OBJECT_BYTES);
		break;
	case ITEM_REMINDER:
		pack_read_fixed(&r, item->message, HASH_BYTES);
		item->share = (uint32_t)pack_read_uint(&r, UINT32_MAX);
		break;
	case ITEM_STORED:
		have_read(&r, &item->stored);
		break;
	default:
		return RESULT_NEWER;
	}
	return pack_read_end(&r);
}
