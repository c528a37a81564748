/*
 * A peer with true keys that keeps no rule: whatever it sends is refused, counted by its cause and bounded, and the
 * station goes on (SPEC 3, 4, 5).
 */
#include "tests/unit/hostile_peer.h"
#include "tests/unit/test.h"

static struct hostile h;
static uint8_t object[LIMIT_OBJECT_BYTES + 256], content[2048];
static size_t content_len;

static uint64_t counted(enum count cause)
{
	return h.st->count[cause];
}

static void begin(void)
{
	if (h.st != NULL)
		hostile_end(&h);
	hostile_begin(&h);
	content_len = hostile_content(1, content, sizeof content);
}

/* The peer's link stands and both have said hello. */
static void begin_linked(void)
{
	struct frame frame;

	begin();
	hostile_dial(&h, 2);
	hostile_hello(&h);
	while (hostile_next(&h, &frame))
		;
	CHECK(!h.is_closed);
}

/* The first frame of this type among those the station sent. */
static bool heard(enum frame_type type, struct frame *out)
{
	while (hostile_next(&h, out))
		if (out->type == type)
			return true;
	return false;
}

static bool is_refused(uint64_t seq, enum frame_refuse reason)
{
	struct frame frame;

	return heard(FRAME_REFUSE, &frame) && frame.refuse.seq == seq && frame.refuse.reason == reason;
}

static bool is_stored(uint64_t seq)
{
	struct frame frame;

	return heard(FRAME_STORED, &frame) && have_holds(&frame.stored, seq);
}

static struct peer *peer(void)
{
	return h.st->peers;
}

/* a peer's frames */

/* A fresh link on which one frame's array is sent: whether the station closes it. */
static bool closes(const char *array, size_t len)
{
	begin_linked();
	hostile_frame_bytes(&h, (struct bytes){(const uint8_t *)array, len});
	return h.is_closed;
}
#define CLOSES(array) closes(array, sizeof array - 1)

TEST(a_known_frame_of_wrong_shape_closes_the_link)
{
	static const struct {
		const char *array;
		size_t len;
	} rows[] = {
#define ROW(array) {array, sizeof array - 1}
	    ROW("\x91\x04"),	     /* ping without a time */
	    ROW("\x93\x04\x01\x01"), /* with two */
	    ROW("\x92\x04\xcc\x01"), /* a longer form than needed */
	    ROW("\x92\x04\xa1x"),
	    ROW("\x93\x0e\x00\x01"),	 /* refuse of seq 0 */
	    ROW("\x93\x03\x05\x91\x05"), /* stored: beyond is not beyond */
	    ROW("\x92\x0d\x01"),	 /* resume cut */
	    ROW("\x96\x02\x01\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x00\x05\x05\xc4\x01\x00"), /* beyond its total */
	    ROW("\x96\x02\x00\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\xc4\x01\x00"), /* seq 0 */
	    ROW("\x96\x02\x01\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\xc4\x00"),     /* no bytes */
	    ROW("\xc0"),
	    ROW("\x90"),
	    ROW("\x80"),
	    ROW("\xdd\xff\xff\xff\xff"),
#undef ROW
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK(closes(rows[i].array, rows[i].len));
		CHECK_EQUAL(counted(COUNT_CELL), 1);
	}
	CHECK(!CLOSES("\x92\x04\x01")); /* a good ping */
}

TEST(frames_before_hello_and_a_second_hello_close_the_link)
{
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = 1}};

	begin();
	hostile_dial(&h, 2);
	hostile_frame(&h, &ping);
	CHECK(h.is_closed);
	begin();
	hostile_dial(&h, 2);
	hostile_frame_bytes(&h, bytes_of("\x91\x7f")); /* also an unknown one */
	CHECK(h.is_closed);
	begin_linked();
	hostile_hello(&h);
	CHECK(h.is_closed);
}

TEST(a_hello_of_another_version_is_closed_with_the_reason)
{
	struct frame frame;

	begin();
	hostile_dial(&h, 2);
	hostile_frame_bytes(&h, bytes_of("\x92\x01\x02"));
	CHECK(h.is_closed);
	CHECK(heard(FRAME_CLOSE, &frame));
	CHECK_EQUAL(frame.close.reason, CLOSE_NEWER);
}

TEST(a_cell_whose_rest_is_not_zero_or_that_was_altered_closes_the_link)
{
	uint8_t plain[HOSTILE_PLAIN] = {0}, out[CELL_BYTES];

	begin_linked();
	hostile_cell(&h, (struct bytes){plain, sizeof plain}); /* all zeros means nothing */
	CHECK(!h.is_closed);
	plain[HOSTILE_PLAIN - 1] = 1;
	hostile_cell(&h, (struct bytes){plain, sizeof plain});
	CHECK(h.is_closed);
	CHECK_EQUAL(counted(COUNT_CELL), 1);
	begin_linked();
	hostile_cell(&h, bytes_of("\x03\xef")); /* a frame longer than its cell */
	CHECK(h.is_closed);
	begin_linked();
	noise_encrypt(&h.out, (struct bytes){plain, sizeof plain}, out);
	out[5] ^= 1;
	hostile_bytes(&h, h.conn, (struct bytes){out, sizeof out});
	CHECK(h.is_closed);
}

TEST(unknown_frames_are_skipped_and_counted)
{
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = 77}}, frame;

	begin_linked();
	hostile_frame_bytes(&h, bytes_of("\x91\x7f"));
	hostile_frame_bytes(&h, bytes_of("\x93\xcd\x01\xff\xc3\x91\xa1x"));
	CHECK_EQUAL(counted(COUNT_SKIPPED), 2);
	CHECK_EQUAL(peer()->skipped, 2);
	hostile_frame(&h, &ping);
	CHECK(heard(FRAME_PONG, &frame));
	CHECK_EQUAL(frame.ping.t0, 77);
}

TEST(a_frame_on_demand_of_wrong_shape_closes_the_link)
{
	static const char *const wrong[] = {
	    "\x94\x08\x01\x02\x03", "\x93\x06\x05\x04", "\x96\x07\x04\x05\x01\x02\x90", "\x94\x0a\x07\xa0\xa1x",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		begin_linked();
		hostile_frame_bytes(&h, bytes_of(wrong[i]));
		CHECK(h.is_closed);
		CHECK_EQUAL(counted(COUNT_CELL), 1);
	}
}

TEST(a_pong_of_any_stamps_does_no_harm)
{
	static const int64_t stamps[] = {INT64_MIN, INT64_MAX, -1, 0};
	struct frame frame;

	for (size_t i = 0; i < 16; i++) {
		begin();
		hostile_dial(&h, 2);
		hostile_hello(&h);
		CHECK(heard(FRAME_PING, &frame));
		frame.type = FRAME_PONG;
		frame.ping.t1 = stamps[i % 4];
		frame.ping.t2 = stamps[i / 4];
		hostile_frame(&h, &frame);
		CHECK(!h.is_closed);
	}
}

TEST(a_hello_that_claims_everything_stops_our_sending_alone)
{
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA, .generation = UINT32_MAX}};

	begin();
	hostile_dial(&h, 2);
	hello.hello.have.through = hello.hello.size = hello.hello.seen_size = INT64_MAX;
	hostile_frame(&h, &hello);
	CHECK(!h.is_closed);
	CHECK(peer()->is_ahead);
}

TEST(two_heads_of_one_size_are_a_fault)
{
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA, .size = 3}};
	uint64_t size;

	begin();
	hostile_dial(&h, 2);
	hostile_frame(&h, &hello);
	size = h.st->log.tree.size;
	hostile_dial(&h, 4);
	hello.hello.root[0] = 1;
	hostile_frame(&h, &hello);
	CHECK_EQUAL(h.st->log.tree.size, size + 1);
}

/* a peer's pieces */

static void piece(uint64_t seq, uint8_t tag, uint64_t offset, uint64_t total, size_t len)
{
	static const uint8_t zeros[CELL_BYTES];
	struct frame frame = {
	    .type = FRAME_PIECE,
	    .piece = {.seq = seq, .tag = {tag}, .offset = offset, .total = total, .data = {zeros, len}}};

	hostile_frame(&h, &frame);
}

static size_t held(void)
{
	size_t bytes = 0;

	for (size_t i = 0; i < LIMIT_PARTIALS; i++)
		bytes += peer()->partial[i].total;
	return bytes;
}

TEST(endless_pieces_are_held_within_the_limit)
{
	begin_linked();
	for (uint64_t seq = 1; seq < 1000; seq++) {
		piece(seq, 1, 0, seal_capacity(LIMIT_PARCEL_BYTES), 100);
		CHECK(held() <= LIMIT_PARTIAL_BYTES);
	}
	CHECK(counted(COUNT_PIECE) >= 1000 - LIMIT_PARTIALS - 1);
	CHECK(!h.is_closed);
}

TEST(a_parcel_over_the_limit_is_refused_before_it_is_held)
{
	begin_linked();
	piece(1, 1, 0, seal_capacity(LIMIT_PARCEL_BYTES) + 1, 100);
	CHECK_EQUAL(counted(COUNT_PIECE), 1);
	CHECK_EQUAL(held(), 0);
	CHECK(is_refused(1, REFUSE_LIMIT));
	piece(1, 1, 0, INT64_MAX, 100);
	CHECK_EQUAL(held(), 0);
}

TEST(pieces_with_gaps_and_other_tags_are_dropped_or_begin_anew)
{
	begin_linked();
	piece(1, 1, 0, 500, 100);
	piece(1, 1, 200, 500, 100); /* a gap */
	CHECK_EQUAL(
	    peer()->partial[0].held + peer()->partial[1].held + peer()->partial[2].held + peer()->partial[3].held, 100);
	piece(1, 2, 100, 500, 100); /* of another form, not its beginning */
	CHECK_EQUAL(held(), 500);
	piece(1, 2, 0, 600, 100);
	CHECK_EQUAL(held(), 600);
	piece(1, 2, 0, 700, 100); /* another total */
	CHECK_EQUAL(held(), 700);
	CHECK(!h.is_closed);
}

TEST(pieces_of_junk_that_complete_are_refused)
{
	begin_linked();
	piece(1, 1, 0, 100, 100);
	CHECK_EQUAL(counted(COUNT_PARCEL), 1);
	CHECK(is_refused(1, REFUSE_MALFORMED));
	CHECK_EQUAL(held(), 0);
	CHECK_EQUAL(peer()->through, 0);
}

static size_t good_message(void)
{
	struct message message = hostile_message();

	return hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing,
				    (struct bytes){content, content_len}, object, sizeof object);
}

static uint64_t messages(void)
{
	struct message_row row = {0};
	uint64_t count = 0;

	for (int64_t at = INT64_MAX, last = INT64_MAX; store_message_before(h.store, at, last, &row);
	     at = row.at, last = row.row)
		count++;
	return count;
}

TEST(a_finished_parcel_that_comes_again_delivers_nothing_twice)
{
	uint8_t plain[2048], sealed[4096];
	struct seal_head head;
	struct pack_writer w = pack_writer(plain, sizeof plain);
	size_t len, alerts;

	begin_linked();
	parcel_put_head(&w, 1, 1);
	parcel_put_message(&w, (struct bytes){object, good_message()}, (struct bytes){content, content_len},
			   (struct bytes){NULL, 0});
	head = hostile_seal_head(&h, 1);
	len = hostile_seal(&h, &head, pack_written(&w), sealed);
	hostile_pieces(&h, 1, (struct bytes){sealed, len});
	CHECK(is_stored(1));
	CHECK_EQUAL(messages(), 1);
	alerts = h.alerts;
	hostile_pieces(&h, 1, (struct bytes){sealed, len}); /* the same form */
	CHECK(is_stored(1));
	hostile_parcel(&h, 1, pack_written(&w)); /* sealed anew */
	CHECK(is_stored(1));
	w = pack_writer(plain, sizeof plain);
	parcel_put_head(&w, 2, 1); /* and the message in another parcel */
	parcel_put_message(&w, (struct bytes){object, good_message()}, (struct bytes){content, content_len},
			   (struct bytes){NULL, 0});
	hostile_parcel(&h, 2, pack_written(&w));
	CHECK_EQUAL(messages(), 1);
	CHECK_EQUAL(h.alerts, alerts); /* and rings nobody again */
	CHECK(counted(COUNT_REPEAT) >= 2);
	CHECK_EQUAL(peer()->log.tree.size, 2); /* the message and its custody receipt */
}

TEST(two_parcels_of_one_number_are_a_contradiction)
{
	static const uint8_t empty[] = {0x92, 0x01, 0x90}, skipped[] = {0x92, 0x01, 0x91, 0x91, 0x63};
	uint64_t size;

	begin_linked();
	hostile_parcel(&h, 1, (struct bytes){empty, sizeof empty});
	CHECK(is_stored(1));
	size = h.st->log.tree.size;
	hostile_parcel(&h, 1, (struct bytes){skipped, sizeof skipped});
	CHECK(is_refused(1, REFUSE_OTHER));
	CHECK_EQUAL(counted(COUNT_CONTRADICTION), 1);
	CHECK_EQUAL(counted(COUNT_SKIPPED), 0);
	CHECK_EQUAL(h.st->log.tree.size, size + 1);
}

/* Sends an empty parcel of seq 1 under this head: the station's refusal, 0 when it took it. */
static int sealed_as(const struct seal_head *head, uint64_t seq)
{
	static const uint8_t empty[] = {0x92, 0x01, 0x90};
	uint8_t sealed[512];
	struct frame frame;
	size_t len = hostile_seal(&h, head, (struct bytes){empty, sizeof empty}, sealed);

	hostile_pieces(&h, seq, (struct bytes){sealed, len});
	while (hostile_next(&h, &frame))
		if (frame.type == FRAME_REFUSE)
			return frame.refuse.reason;
	return 0;
}

TEST(the_outside_of_a_parcel_must_be_that_of_its_link)
{
	struct seal_head head;

	begin_linked();
	head = hostile_seal_head(&h, 1);
	head.from = h.own.keys.name;
	CHECK_EQUAL(sealed_as(&head, 1), REFUSE_MALFORMED);
	head = hostile_seal_head(&h, 1);
	head.to = h.peer.keys.name;
	CHECK_EQUAL(sealed_as(&head, 1), REFUSE_MALFORMED);
	head = hostile_seal_head(&h, 2);
	CHECK_EQUAL(sealed_as(&head, 1), REFUSE_MALFORMED); /* seq of the outside, of the piece */
	head = hostile_seal_head(&h, 2);
	CHECK_EQUAL(sealed_as(&head, 2), REFUSE_MALFORMED); /* and of the inside */
	CHECK_EQUAL(counted(COUNT_PARCEL), 4);
	head = hostile_seal_head(&h, 1);
	head.generation = 1;
	CHECK_EQUAL(sealed_as(&head, 1), REFUSE_WEEK);
	head = hostile_seal_head(&h, 1);
	head.week += 2;
	CHECK_EQUAL(sealed_as(&head, 1), REFUSE_WEEK);
	head = hostile_seal_head(&h, 1);
	head.week -= 1; /* held, but not the key it was sealed with */
	CHECK_EQUAL(sealed_as(&head, 1), REFUSE_SEAL);
	CHECK_EQUAL(counted(COUNT_PARCEL_SEAL), 1);
	head = hostile_seal_head(&h, 1);
	CHECK_EQUAL(sealed_as(&head, 1), 0);
}

/* a peer's items */

TEST(unknown_items_are_skipped_and_counted_and_spoil_no_other)
{
	uint8_t plain[4096];
	struct pack_writer w = pack_writer(plain, sizeof plain);

	begin_linked();
	parcel_put_head(&w, 1, 4);
	pack_put_raw(&w, bytes_of("\x92\x63\xa1x")); /* of no version we know */
	pack_put_raw(&w, bytes_of("\x91\xa1x"));     /* of no type at all */
	pack_put_raw(&w, bytes_of("\x92\x02\x01"));  /* a receipt that is none */
	parcel_put_message(&w, (struct bytes){object, good_message()}, (struct bytes){content, content_len},
			   (struct bytes){NULL, 0});
	hostile_parcel(&h, 1, pack_written(&w));
	CHECK(is_stored(1));
	CHECK_EQUAL(counted(COUNT_SKIPPED), 1);
	CHECK_EQUAL(counted(COUNT_PARCEL), 1);
	CHECK_EQUAL(counted(COUNT_RECEIPT), 1);
	CHECK_EQUAL(messages(), 1);
}

/* The reason of the refused receipt that the station now owes; it must name this object. 0 when it owes none. */
static int refused_reason(struct bytes named)
{
	struct outbox_row row;
	struct receipt receipt;
	uint8_t id[HASH_BYTES];
	struct object signed_receipt;
	struct bytes encoded;

	object_id(named, id);
	for (int64_t after = 0; store_outbox_item(h.store, peer()->id, 1, after, &row); after = row.id) {
		if (row.type != ITEM_RECEIPT || !store_object(h.store, row.object, &encoded) ||
		    object_decode(encoded, &signed_receipt) != RESULT_OK ||
		    receipt_decode(signed_receipt.body, &receipt) != RESULT_OK || receipt.kind != RECEIPT_REFUSED)
			continue;
		return memcmp(receipt.id[0], id, HASH_BYTES) == 0 ? receipt.reason : -1;
	}
	return 0;
}

/* Sends a message so signed on a fresh link: the reason it is refused with; nothing of it may be entered. */
static int message_refused(const struct message *message, enum object_type type, const struct sign_pair *pair)
{
	size_t len;
	int reason;

	begin_linked();
	len = hostile_sign_message(message, type, pair, (struct bytes){content, content_len}, object, sizeof object);
	hostile_send_message(&h, (struct bytes){object, len}, (struct bytes){content, content_len});
	reason = refused_reason((struct bytes){object, len});
	CHECK_EQUAL(messages(), reason == 0);
	CHECK_EQUAL(counted(COUNT_MESSAGE), reason != 0);
	return reason;
}

TEST(a_message_is_refused_with_the_reason)
{
	const struct sign_pair *key = &h.peer.keys.signing;
	struct message message = hostile_message();

	begin();
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), 0);
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, &h.peer.keys.log), RESULT_SIGNATURE);
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE_EXERCISE, key),
		    RESULT_MALFORMED); /* without a name for it */
	CHECK_EQUAL(message_refused(&message, OBJECT_RECEIPT, key), RESULT_MALFORMED);
	message.from = bytes_of("sgp-cert"); /* another's name */
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), RESULT_MALFORMED);
	message = hostile_message();
	message.action[0] = bytes_of("sgp-cert"); /* for somebody else */
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), RESULT_NOT_ADDRESSEE);
	message = hostile_message();
	message.card_serial = 4;
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), RESULT_KEY);
	message = hostile_message();
	message.kind = 99;
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), RESULT_NEWER);
	message = hostile_message();
	message.precedence = 9;
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), RESULT_MALFORMED);
	message = hostile_message();
	message.exercise = bytes_of("DEMO");
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE, key), RESULT_MALFORMED);
	CHECK_EQUAL(message_refused(&message, OBJECT_MESSAGE_EXERCISE, key), 0);
}

TEST(a_message_under_a_card_that_has_not_come_waits_for_it)
{
	struct hostile_party next;
	struct message message = hostile_message();
	size_t len;

	begin_linked();
	next = h.peer;
	next.card.serial = message.card_serial = 6;
	hostile_sign_card(&next);
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing, (struct bytes){content, content_len},
				   object, sizeof object);
	hostile_send_message(&h, (struct bytes){object, len}, (struct bytes){content, content_len});
	CHECK(messages() == 0 && counted(COUNT_MESSAGE) == 0 && !is_stored(1));
	hostile_object(&h, ITEM_CARD, hostile_card(&next));
	CHECK_EQUAL(messages(), 1);
	CHECK(is_stored(2));
	CHECK_EQUAL(peer()->through, 2);
}

TEST(a_message_with_another_content_is_refused)
{
	uint8_t other[2048];
	size_t len;

	begin_linked();
	len = good_message();
	hostile_send_message(&h, (struct bytes){object, len},
			     (struct bytes){other, hostile_content(2, other, sizeof other)});
	CHECK_EQUAL(refused_reason((struct bytes){object, len}), RESULT_MALFORMED);
	CHECK_EQUAL(messages(), 0);
}

TEST(a_message_over_a_limit_is_refused_by_its_objects_name)
{
	static uint8_t large[LIMIT_CONTENT_BYTES + 1];
	struct message message = hostile_message();
	size_t len;

	begin_linked();
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing, (struct bytes){large, sizeof large},
				   object, sizeof object);
	hostile_send_message(&h, (struct bytes){object, len}, (struct bytes){large, sizeof large});
	CHECK_EQUAL(refused_reason((struct bytes){object, len}), RESULT_LIMIT);
}

TEST(two_messages_of_one_number_stand_and_are_a_fault)
{
	struct message message = hostile_message();
	uint64_t size;
	size_t len;

	begin_linked();
	len = good_message();
	hostile_send_message(&h, (struct bytes){object, len}, (struct bytes){content, content_len});
	size = h.st->log.tree.size;
	message.released_at++;
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing, (struct bytes){content, content_len},
				   object, sizeof object);
	hostile_send_message(&h, (struct bytes){object, len}, (struct bytes){content, content_len});
	CHECK_EQUAL(messages(), 2);
	CHECK(h.st->log.tree.size > size);
}

static void send_receipt(const struct receipt *receipt, enum object_type type, const struct sign_pair *pair)
{
	uint8_t body[LIMIT_OBJECT_BYTES / 8];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(object, sizeof object);

	receipt_encode(receipt, &w);
	object_sign(type, pack_written(&w), pair, &out);
	hostile_object(&h, ITEM_RECEIPT, pack_written(&out));
}

static struct receipt receipt_for(const uint8_t id[HASH_BYTES])
{
	struct receipt receipt = {.id_count = 1,
				  .kind = RECEIPT_CUSTODY,
				  .from = bytes_of(HOSTILE_PEER),
				  .to = bytes_of(HOSTILE_STATION),
				  .at = HOSTILE_NOON,
				  .log_size = 1,
				  .card_serial = 5};

	memcpy(receipt.id[0], id, HASH_BYTES);
	return receipt;
}

TEST(a_receipt_is_refused_unless_it_is_the_peers_for_a_message_it_got)
{
	const struct sign_pair *key = &h.peer.keys.signing;
	uint8_t id[HASH_BYTES], unknown[HASH_BYTES] = {1};
	struct receipt receipt;
	uint64_t size;

	begin_linked();
	CHECK(hostile_release(&h, id));
	size = peer()->log.tree.size;
	CHECK_EQUAL(size, 1);
	receipt = receipt_for(unknown);
	send_receipt(&receipt, OBJECT_RECEIPT, key);
	receipt = receipt_for(id);
	receipt.from = bytes_of("sgp-cert");
	send_receipt(&receipt, OBJECT_RECEIPT, key);
	receipt = receipt_for(id);
	receipt.to = bytes_of("sgp-cert");
	send_receipt(&receipt, OBJECT_RECEIPT, key);
	receipt = receipt_for(id);
	receipt.card_serial = 4;
	send_receipt(&receipt, OBJECT_RECEIPT, key);
	receipt = receipt_for(id);
	send_receipt(&receipt, OBJECT_RECEIPT_EXERCISE, key); /* of another mode */
	send_receipt(&receipt, OBJECT_RECEIPT, &h.peer.keys.log);
	send_receipt(&receipt, OBJECT_MESSAGE, key);
	CHECK_EQUAL(counted(COUNT_RECEIPT), 7);
	CHECK_EQUAL(peer()->log.tree.size, size);
	send_receipt(&receipt, OBJECT_RECEIPT, key);
	CHECK_EQUAL(counted(COUNT_RECEIPT), 7);
	CHECK_EQUAL(peer()->log.tree.size, size + 1);
}

TEST(receipts_of_any_time_can_be_shown)
{
	static const int64_t times[] = {INT64_MIN, -1, INT64_MAX};
	struct receipt receipt;
	uint8_t id[HASH_BYTES];

	for (size_t i = 0; i < 3; i++) {
		begin_linked();
		CHECK(hostile_release(&h, id));
		receipt = receipt_for(id);
		receipt.at = times[i];
		send_receipt(&receipt, OBJECT_RECEIPT, &h.peer.keys.signing);
		receipt.kind = RECEIPT_ACKNOWLEDGED;
		receipt.officer = bytes_of("watch-1");
		receipt.understood = UNDERSTOOD_YES;
		send_receipt(&receipt, OBJECT_RECEIPT, &h.peer.keys.signing);
		CHECK_EQUAL(counted(COUNT_RECEIPT), 0);
		h.replied = 0;
		hostile_request(&h, 1, METHOD_LIST, (struct bytes){(const uint8_t *)"\x92\x0a\x00", 3});
		CHECK_EQUAL(h.replied, 1);
	}
}

TEST(cards_of_others_and_older_or_changed_ones_are_refused)
{
	struct hostile_party other = {0}, forged;

	begin_linked();
	hostile_party_init(&other, "sgp-cert", "sgp", 201);
	hostile_object(&h, ITEM_CARD, hostile_card(&other)); /* not enrolled */
	forged = h.peer;
	forged.card.serial = 4;
	hostile_sign_card(&forged);
	hostile_object(&h, ITEM_CARD, hostile_card(&forged)); /* older */
	forged.card.serial = 5;
	forged.card.layer = 2;
	hostile_sign_card(&forged);
	hostile_object(&h, ITEM_CARD, hostile_card(&forged)); /* two of one serial */
	forged.card.serial = 6;
	forged.keys.root = other.keys.root;
	memcpy(forged.card.root, forged.keys.root.public, KEY_BYTES);
	hostile_sign_card(&forged);
	hostile_object(&h, ITEM_CARD, hostile_card(&forged)); /* another root */
	CHECK_EQUAL(counted(COUNT_CARD), 4);
	CHECK_EQUAL(peer()->card.serial, 5);
	CHECK_EQUAL(peer()->log.tree.size, 0);
	forged = h.peer;
	forged.card.serial = 6;
	hostile_sign_card(&forged);
	hostile_object(&h, ITEM_CARD, hostile_card(&forged));
	CHECK_EQUAL(peer()->card.serial, 6);
	CHECK_EQUAL(counted(COUNT_CARD), 4);
}

static void send_checkpoint(const char *origin, uint64_t size, const struct sign_pair *pair)
{
	uint8_t note[CHECKPOINT_BYTES], item[CHECKPOINT_BYTES + 16];
	struct pack_writer w = pack_writer(note, sizeof note), out = pack_writer(item, sizeof item);
	struct checkpoint checkpoint = {.origin = bytes_of(origin), .size = size};

	checkpoint_sign(&checkpoint, pair, &w);
	parcel_put_checkpoint(&out, pack_written(&w));
	hostile_item(&h, pack_written(&out));
}

TEST(checkpoints_of_other_logs_or_keys_are_refused)
{
	begin_linked();
	send_checkpoint("hotline/tha-cert", 3, &h.peer.keys.log);
	send_checkpoint("hotline/vnm-cert/tha-cert", 3, &h.peer.keys.log);
	send_checkpoint("hotline/tha-cert/vnm-cert", 3, &h.peer.keys.signing);
	CHECK_EQUAL(counted(COUNT_CHECKPOINT), 3);
	CHECK_EQUAL(peer()->log.tree.size, 0);
	send_checkpoint("hotline/tha-cert/vnm-cert", 3, &h.peer.keys.log);
	CHECK_EQUAL(counted(COUNT_CHECKPOINT), 3);
	CHECK_EQUAL(peer()->log.tree.size, 1);
	CHECK_EQUAL(peer()->seen_size, 3);
}

TEST(a_checkpoint_of_a_size_that_no_log_has_is_refused)
{
	begin_linked();
	send_checkpoint("hotline/tha-cert/vnm-cert", UINT64_C(1) << 63, &h.peer.keys.log);
	send_checkpoint("hotline/tha-cert/vnm-cert", UINT64_MAX, &h.peer.keys.log);
	CHECK_EQUAL(counted(COUNT_CHECKPOINT), 2);
	send_checkpoint("hotline/tha-cert/vnm-cert", INT64_MAX, &h.peer.keys.log);
	CHECK_EQUAL(counted(COUNT_CHECKPOINT), 2);
	CHECK_EQUAL(peer()->seen_size, INT64_MAX);
	hostile_dial(&h, 4); /* whose hello tells it */
	hostile_hello(&h);
	CHECK(!h.is_closed);
}

TEST(refusals_of_our_parcels_without_end_cost_few_seals)
{
	struct frame refuse = {.type = FRAME_REFUSE, .refuse = {.seq = 1, .reason = REFUSE_LIMIT}};
	uint64_t agreements, size;
	uint8_t id[HASH_BYTES];

	begin_linked();
	CHECK(hostile_release(&h, id));
	for (uint8_t reason = REFUSE_WEEK; reason <= REFUSE_OTHER; reason++) {
		refuse.refuse.reason = reason;
		hostile_frame(&h, &refuse);
	}
	agreements = key_agreements();
	size = h.st->log.tree.size;
	for (int i = 0; i < 200; i++) {
		refuse.refuse.reason = (uint8_t)(1 + i % 5);
		hostile_frame(&h, &refuse);
	}
	CHECK(key_agreements() - agreements <= 4);
	CHECK(h.st->log.tree.size - size <= 2);
	CHECK(!h.is_closed);
}

/* Link checks. */

static bool is_tested(uint32_t n)
{
	struct frame test = {.type = FRAME_TEST, .test = {.n = n, .lang = bytes_of("en"), .text = bytes_of("abc")}}, got;
	uint8_t hash[HASH_BYTES];

	hostile_frame(&h, &test);
	if (!heard(FRAME_TESTED, &got))
		return false;
	hash_sha256(bytes_of("abc"), hash);
	return got.tested.n == n && hash_equal(hash, got.tested.hash, HASH_BYTES);
}

TEST(tests_beyond_six_an_hour_are_counted_and_not_answered)
{
	begin_linked();
	for (uint32_t n = 1; n <= TESTS_HOURLY; n++)
		CHECK(is_tested(n));
	for (uint32_t n = 1; n <= 100; n++)
		CHECK(!is_tested(n));
	CHECK_EQUAL(counted(COUNT_CHECK), 100);
	CHECK(!h.is_closed);
	hostile_wait(&h, HOUR_US);
	hostile_dial(&h, 4);
	hostile_hello(&h);
	CHECK(is_tested(7));
}

TEST(an_answer_to_no_test_is_counted)
{
	struct frame tested = {.type = FRAME_TESTED, .tested = {.n = 0}};

	begin_linked();
	hostile_frame(&h, &tested);
	tested.tested.n = 5;
	hostile_frame(&h, &tested);
	CHECK_EQUAL(counted(COUNT_CHECK), 2);
	CHECK(!h.is_closed);
}

/* Links up as an hour begins in which it is the station's turn; gives its test. */
static void await_test(struct frame *out)
{
	begin();
	hostile_wait(&h, HOUR_US - SECOND_US);
	hostile_dial(&h, 2);
	hostile_hello(&h);
	hostile_wait(&h, SECOND_US);
	CHECK(heard(FRAME_TEST, out));
}

static enum check_outcome last_outcome(void)
{
	struct check_row row;

	return store_check_last(h.store, bytes_of(HOSTILE_PEER), CHECK_LINK, &row) ? (enum check_outcome)row.outcome
										    : CHECK_ASKED;
}

TEST(another_hash_than_the_texts_is_a_wrong_answer_and_only_the_first_counts)
{
	struct frame test, tested = {.type = FRAME_TESTED};

	await_test(&test);
	CHECK(test.test.text.len > 0 && test.test.text.len <= LIMIT_TEST_BYTES);
	tested.tested.n = test.test.n + 1;
	hostile_frame(&h, &tested);
	CHECK_EQUAL(counted(COUNT_CHECK), 1);
	CHECK_EQUAL(last_outcome(), CHECK_ASKED);
	tested.tested.n = test.test.n;
	hostile_frame(&h, &tested);
	CHECK_EQUAL(last_outcome(), CHECK_WRONG);
	hash_sha256(test.test.text, tested.tested.hash);
	hostile_frame(&h, &tested);
	CHECK_EQUAL(last_outcome(), CHECK_WRONG);
	CHECK_EQUAL(counted(COUNT_CHECK), 1);
}

TEST(a_test_that_nobody_answers_is_sent_three_times_and_missed_after_a_minute)
{
	struct frame test;

	await_test(&test);
	for (int i = 0; i < 2; i++) {
		hostile_wait(&h, TEST_REPEAT_US);
		CHECK(heard(FRAME_TEST, &test));
	}
	CHECK_EQUAL(last_outcome(), CHECK_ASKED);
	hostile_wait(&h, TEST_REPEAT_US);
	CHECK(!heard(FRAME_TEST, &test));
	CHECK_EQUAL(last_outcome(), CHECK_MISSED);
}
