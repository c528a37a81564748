/*
 * An enrolled peer with true keys that keeps no rule. The input is a run of acts, each a byte and its parts: what is in
 * a cell, a frame, a parcel's plaintext, an item; or a header, receipt, card or head that is signed as the peer would,
 * with names, ids and hashes made to fit, so that what follows a good signature is reached. The store never fails, what
 * the station sends can be read, and its record verifies.
 */
#include "proto/armour.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/station.h"

#define ACTS_MAX 48

enum act {
	ACT_CELL,
	ACT_FRAME,
	ACT_PARCEL,
	ACT_ITEM,
	ACT_MESSAGE,
	ACT_RECEIPT,
	ACT_CARD,
	ACT_HEAD,
	ACT_WAIT,
	ACT_REDIAL,
	ACT_ASK,
	ACT_COUNT
};

static struct hostile h;
static uint8_t object[LIMIT_OBJECT_BYTES + 256];
static uint8_t released[HASH_BYTES]; /* by the station, to the peer */

static void act_message(struct bytes header, struct bytes content)
{
	static struct message message;
	size_t len;

	if (message_decode(header, &message) != RESULT_OK)
		return;
	message.from = bytes_of(HOSTILE_PEER);
	message.card_serial = h.peer.card.serial;
	if (message.has_in_reply_to && message.in_reply_to[0] % 2 == 0)
		memcpy(message.in_reply_to, released, HASH_BYTES);
	len = hostile_sign_message(&message, message.exercise.len > 0 ? OBJECT_MESSAGE_EXERCISE : OBJECT_MESSAGE,
				   &h.peer.keys.signing, content, object, sizeof object);
	if (len > 0 && len <= LIMIT_OBJECT_BYTES)
		hostile_send_message(&h, (struct bytes){object, len}, content);
}

static void act_receipt(struct bytes body)
{
	static struct receipt receipt;
	static uint8_t encoded[LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(encoded, sizeof encoded), out = pack_writer(object, sizeof object);

	if (receipt_decode(body, &receipt) != RESULT_OK)
		return;
	receipt.from = bytes_of(HOSTILE_PEER);
	receipt.to = bytes_of(HOSTILE_STATION);
	receipt.card_serial = h.peer.card.serial;
	if (receipt.id[0][0] % 2 == 0)
		memcpy(receipt.id[0], released, HASH_BYTES);
	receipt_encode(&receipt, &w);
	object_sign(OBJECT_RECEIPT, pack_written(&w), &h.peer.keys.signing, &out);
	hostile_object(&h, ITEM_RECEIPT, pack_written(&out));
}

static void act_card(struct bytes body)
{
	struct hostile_party changed = h.peer;

	if (card_decode(body, &changed.card) != RESULT_OK || body.len > 1024)
		return;
	changed.card.name = bytes_of(HOSTILE_PEER);
	changed.card.state = bytes_of("tha");
	memcpy(changed.card.root, h.peer.keys.root.public, KEY_BYTES);
	memcpy(changed.card.signing, h.peer.keys.signing.public, KEY_BYTES);
	memcpy(changed.card.log, h.peer.keys.log.public, KEY_BYTES);
	memcpy(changed.card.link, h.peer.keys.link.public, KEY_BYTES);
	hostile_sign_card(&changed);
	hostile_object(&h, ITEM_CARD, hostile_card(&changed));
}

static void act_head(struct bytes *in)
{
	uint8_t note[CHECKPOINT_BYTES], item[CHECKPOINT_BYTES + 16];
	struct pack_writer w = pack_writer(note, sizeof note), out = pack_writer(item, sizeof item);
	struct checkpoint checkpoint = {.origin = bytes_of("hotline/" HOSTILE_PEER "/" HOSTILE_STATION)};

	for (int i = fuzz_byte(in) % 9; i > 0; i--)
		checkpoint.size = checkpoint.size << 8 | fuzz_byte(in);
	checkpoint.root[0] = fuzz_byte(in);
	checkpoint_sign(&checkpoint, &h.peer.keys.log, &w);
	parcel_put_checkpoint(&out, pack_written(&w));
	hostile_item(&h, pack_written(&out));
}

static void ask(void)
{
	static const uint8_t none[] = {0x90}, all[] = {0x92, 0x00, 0x00};

	hostile_request(&h, 1, METHOD_STATUS, (struct bytes){none, sizeof none});
	hostile_request(&h, 1, METHOD_LIST, (struct bytes){all, sizeof all});
	hostile_request(&h, 1, METHOD_CONTACTS, (struct bytes){none, sizeof none});
}

static struct bytes at_most(struct bytes part, size_t max)
{
	return (struct bytes){part.data, part.len < max ? part.len : max};
}

static void act(struct bytes *in)
{
	struct bytes first;

	switch ((enum act)(fuzz_byte(in) % ACT_COUNT)) {
	case ACT_CELL:
		hostile_cell(&h, at_most(fuzz_part(in), HOSTILE_PLAIN));
		break;
	case ACT_FRAME:
		hostile_frame_bytes(&h, at_most(fuzz_part(in), HOSTILE_PLAIN - FRAME_LENGTH_BYTES));
		break;
	case ACT_PARCEL:
		h.seq = fuzz_byte(in);
		first = fuzz_part(in);
		if (first.len > 0)
			hostile_parcel(&h, h.seq > 0 ? h.seq : 1, first);
		break;
	case ACT_ITEM:
		hostile_item(&h, fuzz_part(in));
		break;
	case ACT_MESSAGE:
		first = fuzz_part(in);
		act_message(first, fuzz_part(in));
		break;
	case ACT_RECEIPT:
		act_receipt(fuzz_part(in));
		break;
	case ACT_CARD:
		act_card(fuzz_part(in));
		break;
	case ACT_HEAD:
		act_head(in);
		break;
	case ACT_WAIT:
		hostile_wait(&h, (1 + fuzz_byte(in)) * SECOND_US);
		break;
	case ACT_REDIAL:
		h.is_closed = true;
		break;
	case ACT_ASK:
	case ACT_COUNT:
		ask();
		break;
	}
}

/* What the station sent is cells of frames. */
static void read_all(void)
{
	struct frame frame;

	while (hostile_next(&h, &frame))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};

	hostile_begin(&h);
	h.on_reply = station_check_reply;
	FUZZ_NEED(hostile_release(&h, released));
	fuzz_accepted = 0;
	h.is_closed = true;
	for (uint32_t i = 0; i < ACTS_MAX && in.len > 0; i++) {
		if (h.is_closed) {
			hostile_wait(&h, SECOND_US);
			hostile_dial(&h, 2 + 2 * i);
			hostile_hello(&h);
		}
		act(&in);
		read_all();
	}
	fuzz_accepted = h.st->peers->log.tree.size > 1 || h.st->peers->through > 0 || !h.is_closed;
	ask();
	station_verify(&h);
	hostile_end(&h);
	return 0;
}
