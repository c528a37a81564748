/* The plaintext of a parcel and its items, each read apart; accepted ones are written again the same. */
#include "proto/parcel.h"
#include "tests/fuzz/fuzz.h"

/* Writes an item that was read; false when it is of a type that this version only skips. */
static bool put_item(struct pack_writer *w, const struct item *item)
{
	switch ((enum item_type)item->type) {
	case ITEM_MESSAGE:
		parcel_put_message(w, item->object, item->content, item->copy);
		return true;
	case ITEM_RECEIPT:
	case ITEM_CARD:
	case ITEM_REVOCATION:
		parcel_put_object(w, (enum item_type)item->type, item->object);
		return true;
	case ITEM_CHECKPOINT:
		parcel_put_checkpoint(w, item->object);
		return true;
	case ITEM_STORED:
		pack_put_array(w, 3);
		pack_put_uint(w, ITEM_STORED);
		have_put(w, &item->stored);
		return true;
	case ITEM_REMINDER:
	case ITEM_RELAYED:
		break;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parcel parcel;
	struct pack_writer w = fuzz_writer();

	if (parcel_decode((struct bytes){data, size}, &parcel) != RESULT_OK)
		return 0;
	parcel_put_head(&w, parcel.seq, parcel.count);
	for (size_t i = 0; i < parcel.count; i++) {
		struct item *item = &parcel.item[i];
		size_t before = w.len;

		if (parcel_read_item(item) != RESULT_OK || !put_item(&w, item))
			pack_put_raw(&w, item->raw);
		FUZZ_NEED(w.len - before == item->raw.len);
	}
	fuzz_same((struct bytes){data, size}, &w);
	return 0;
}
