/*
 * A peer with true keys whose attachments keep no rule: bytes that do not match, that nobody asked for, that have no
 * end, or that were never there; and wants for what is not its own (SPEC 3.3).
 */
#include "daemon/store_blob.h"
#include "proto/attachment.h"
#include "tests/unit/hostile_peer.h"
#include "tests/unit/test.h"

#define LEN 5000

static struct hostile h;
static uint8_t plain[LEN], cipher[LEN + 100], words[4096];
static struct attachment attachment;

static struct peer *peer(void)
{
	return h.st->peers;
}

static uint64_t counted(enum count cause)
{
	return h.st->count[cause];
}

/* The first frame of this type among those the station sent. */
static bool heard(enum frame_type type, struct frame *out)
{
	while (hostile_next(&h, out))
		if (out->type == type)
			return true;
	return false;
}

static void link_up(uint32_t conn)
{
	hostile_dial(&h, conn);
	hostile_hello(&h);
	CHECK(!h.is_closed);
}

/* What the peer sends is described here; len of it are claimed. */
static void seal(uint64_t len)
{
	struct attachment_stream stream;

	attachment = (struct attachment){
	    .name = bytes_of("a.bin"), .media_type = bytes_of("application/octet-stream"), .len = LEN, .key = {7}};
	memset(cipher, 9, ATTACHMENT_HEADER_BYTES);
	attachment_seal_begin(&stream, attachment.key, cipher, LEN);
	attachment_seal(&stream, plain, cipher + ATTACHMENT_HEADER_BYTES);
	attachment_seal_end(&stream, attachment.hash, attachment.cipher_hash);
	attachment.len = len;
	attachment.cipher_len = attachment_cipher_len(len);
}

static void send_message(void)
{
	static uint8_t object[LIMIT_OBJECT_BYTES];
	struct message message = hostile_message();
	struct content content = {.subject = bytes_of("One file"),
				  .lang = bytes_of("en"),
				  .text = bytes_of("See there."),
				  .attachment_count = 1,
				  .attachment = {attachment}};
	struct pack_writer w = pack_writer(words, sizeof words);
	size_t len;

	message.number.digits = (uint32_t)(peer()->through + 1);
	content_encode(&content, &w);
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing, pack_written(&w), object, sizeof object);
	hostile_send_message(&h, (struct bytes){object, len}, pack_written(&w));
}

/* A message with an attachment is in custody, and the station has asked for its bytes. */
static void begin(uint64_t claimed)
{
	struct frame want;

	if (h.st != NULL)
		hostile_end(&h);
	hostile_begin(&h);
	link_up(2);
	seal(claimed);
	send_message();
	CHECK(heard(FRAME_WANT, &want));
	CHECK(memcmp(want.want.hash, attachment.cipher_hash, HASH_BYTES) == 0);
	CHECK_EQUAL(want.want.offset, 0);
	CHECK_EQUAL(want.want.length, attachment.cipher_len < WANT_BYTES ? attachment.cipher_len : WANT_BYTES);
}

static void blob_of(const uint8_t hash[HASH_BYTES], uint64_t offset, size_t len)
{
	static const uint8_t zeros[CELL_BYTES];
	struct frame frame = {.type = FRAME_BLOB, .blob = {.offset = offset, .data = {zeros, len}}};

	memcpy(frame.blob.hash, hash, HASH_BYTES);
	if (offset + len <= sizeof cipher)
		frame.blob.data.data = cipher + offset;
	hostile_frame(&h, &frame);
}

static void blob(uint64_t offset, size_t len)
{
	blob_of(attachment.cipher_hash, offset, len);
}

static void send_all(void)
{
	for (size_t at = 0; at < attachment.cipher_len; at += 500)
		blob(at, attachment.cipher_len - at < 500 ? attachment.cipher_len - at : 500);
}

static struct control_blob state(void)
{
	struct control_blob out;

	fetch_view(h.st, attachment.cipher_hash, &out);
	return out;
}

TEST(a_good_attachment_is_held_whole)
{
	begin(LEN);
	send_all();
	CHECK_EQUAL(state().state, BLOB_HELD);
	CHECK_EQUAL(counted(COUNT_BLOB), 0);
	CHECK_EQUAL(peer()->blob_bytes, attachment.cipher_len);
}

TEST(one_that_does_not_match_is_dropped_asked_for_once_more_and_given_up)
{
	uint64_t size;
	struct bytes part;
	struct blob_row row;
	struct frame want;

	begin(LEN);
	size = h.st->log.tree.size;
	cipher[4000] ^= 1;
	send_all();
	CHECK_EQUAL(state().state, BLOB_FETCHING);
	CHECK_EQUAL(state().held, 0);
	CHECK_EQUAL(counted(COUNT_BLOB), 1);
	CHECK(heard(FRAME_WANT, &want) && want.want.offset == 0);
	send_all();
	CHECK_EQUAL(state().state, BLOB_BAD);
	CHECK_EQUAL(counted(COUNT_BLOB), 2);
	CHECK(!heard(FRAME_WANT, &want));
	CHECK(store_blob(h.store, attachment.cipher_hash, &row) && !store_blob_part(h.store, row.id, 0, &part));
	CHECK_EQUAL(peer()->blob_bytes, 0);
	CHECK_EQUAL(h.st->log.tree.size, size + 4); /* fetched and fault, twice */
	cipher[4000] ^= 1;
	send_all(); /* nobody asked for it any more */
	CHECK_EQUAL(state().state, BLOB_BAD);
	CHECK(!h.is_closed);
}

TEST(one_that_is_good_the_second_time_is_held)
{
	begin(LEN);
	cipher[0] ^= 1;
	send_all();
	cipher[0] ^= 1;
	send_all();
	CHECK_EQUAL(state().state, BLOB_HELD);
	CHECK_EQUAL(counted(COUNT_BLOB), 1);
}

TEST(bytes_beyond_what_was_asked_for_are_counted_and_not_held)
{
	begin(LEN);
	blob(0, 500);
	blob(attachment.cipher_len - 100, 101);
	blob(LIMIT_CIPHERTEXT_BYTES - 100, 100);
	CHECK_EQUAL(counted(COUNT_BLOB), 2);
	CHECK_EQUAL(state().held, 500);
	for (int i = 0; i < 100; i++)
		blob(attachment.cipher_len, 500);
	CHECK_EQUAL(counted(COUNT_BLOB), 102);
	CHECK_EQUAL(state().held, 500);
	CHECK(!h.is_closed);
}

TEST(a_large_one_is_asked_for_part_by_part_and_no_more_is_taken)
{
	struct frame want;

	begin(LIMIT_ATTACHMENT_BYTES);
	for (uint64_t at = 0; at < WANT_BYTES; at += 512)
		blob(at, 512);
	CHECK(heard(FRAME_WANT, &want));
	CHECK_EQUAL(want.want.offset, WANT_BYTES);
	CHECK_EQUAL(want.want.length, WANT_BYTES);
	CHECK_EQUAL(counted(COUNT_BLOB), 0);
	blob(2 * WANT_BYTES, 512);
	CHECK_EQUAL(counted(COUNT_BLOB), 1);
	CHECK_EQUAL(state().held, WANT_BYTES);
}

TEST(bytes_that_nobody_asked_for_are_counted)
{
	uint8_t other[HASH_BYTES] = {1};

	begin(LEN);
	for (int i = 0; i < 50; i++)
		blob_of(other, (uint64_t)i * 500, 500);
	blob_of(other, 0, 0);
	CHECK_EQUAL(counted(COUNT_BLOB), 51);
	CHECK_EQUAL(state().held, 0);
	send_all();
	CHECK_EQUAL(state().state, BLOB_HELD);
}

TEST(repeats_are_passed_over_and_a_gap_is_asked_for_again_once)
{
	struct frame want;

	begin(LEN);
	blob(0, 500);
	blob(0, 500);
	blob(100, 200);
	CHECK_EQUAL(state().held, 500);
	blob(400, 200); /* half of it is new */
	CHECK_EQUAL(state().held, 600);
	blob(1000, 200);
	CHECK(heard(FRAME_WANT, &want) && want.want.offset == 600);
	blob(1200, 200);
	CHECK(!heard(FRAME_WANT, &want));
	CHECK_EQUAL(counted(COUNT_BLOB), 0);
	send_all();
	CHECK_EQUAL(state().state, BLOB_HELD);
}

TEST(one_that_the_peer_does_not_hold_waits_for_the_next_link)
{
	struct frame want;

	begin(LEN);
	blob(0, 0);
	CHECK_EQUAL(state().state, BLOB_ABSENT);
	hostile_wait(&h, 5 * SECOND_US);
	CHECK(!heard(FRAME_WANT, &want));
	link_up(4);
	CHECK(heard(FRAME_WANT, &want));
	send_all();
	CHECK_EQUAL(state().state, BLOB_HELD);
}

TEST(a_peer_that_says_nothing_is_asked_again_after_a_minute)
{
	struct frame want;

	begin(LEN);
	blob(0, 500);
	for (int i = 0; i < 5; i++) {
		hostile_wait(&h, 10 * SECOND_US);
		blob_of(attachment.cipher_hash, 0, 500); /* so that the link lives */
	}
	CHECK(!heard(FRAME_WANT, &want));
	hostile_wait(&h, 10 * SECOND_US);
	CHECK(heard(FRAME_WANT, &want));
	CHECK_EQUAL(want.want.offset, 500);
}

TEST(what_a_peer_may_make_us_hold_is_counted_before_it_is_held)
{
	struct frame want;

	begin(LEN);
	send_all();
	CHECK_EQUAL(peer()->blob_bytes, attachment.cipher_len);
	h.config.attachment_quota = attachment.cipher_len + 1;
	attachment.cipher_hash[0] ^= 1;
	send_message();
	CHECK(!heard(FRAME_WANT, &want));
	CHECK_EQUAL(state().state, BLOB_OVER);
	blob(0, 500); /* late bytes of what is known are no fault, and are not held */
	CHECK_EQUAL(state().held, 0);
	h.config.attachment_quota = ATTACHMENT_QUOTA_BYTES;
}

static void want(const uint8_t hash[HASH_BYTES], uint64_t offset, uint64_t length)
{
	struct frame frame = {.type = FRAME_WANT, .want = {.offset = offset, .length = length}};

	memcpy(frame.want.hash, hash, HASH_BYTES);
	hostile_frame(&h, &frame);
	hostile_turn(&h, &(struct event){.type = EVENT_ROOM, .conn = h.conn, .count = 100});
}

/* The station sends a message with an attachment of these bytes, all of it made here: a draft's blob without the words. */
static void own_blob(uint8_t hash[HASH_BYTES])
{
	uint8_t id[HASH_BYTES];
	int64_t blob_id;

	if (h.st != NULL)
		hostile_end(&h);
	hostile_begin(&h);
	link_up(2);
	seal(LEN);
	store_begin(h.store);
	blob_id = store_blob_make(h.store, 1, attachment.cipher_len);
	store_blob_add(h.store, blob_id, 0, (struct bytes){cipher, attachment.cipher_len});
	store_blob_whole(h.store, blob_id, attachment.cipher_hash);
	CHECK(hostile_release(&h, id)); /* draft 1 */
	memcpy(hash, attachment.cipher_hash, HASH_BYTES);
}

TEST(what_was_sent_to_a_peer_is_given_to_it_in_order_and_range)
{
	uint8_t hash[HASH_BYTES];
	struct frame frame;
	uint64_t at = 100;

	own_blob(hash);
	want(hash, 100, 4000);
	while (heard(FRAME_BLOB, &frame)) {
		CHECK_EQUAL(frame.blob.offset, at);
		CHECK(memcmp(frame.blob.data.data, cipher + at, frame.blob.data.len) == 0);
		at += frame.blob.data.len;
	}
	CHECK_EQUAL(at, 4100);
	CHECK(peer()->serve == NULL);
}

TEST(wants_out_of_range_are_counted_and_not_answered)
{
	uint8_t hash[HASH_BYTES];
	struct frame frame;

	own_blob(hash);
	want(hash, attachment.cipher_len, 1);
	want(hash, 0, attachment.cipher_len + 1);
	want(hash, LIMIT_CIPHERTEXT_BYTES - 1, 1);
	CHECK_EQUAL(counted(COUNT_WANT), 3);
	CHECK(!heard(FRAME_BLOB, &frame));
	CHECK(!h.is_closed);
}

TEST(wants_for_what_was_not_sent_are_answered_as_not_held)
{
	uint8_t hash[HASH_BYTES], unknown[HASH_BYTES] = {3};
	struct frame frame;
	int64_t draft_blob;

	own_blob(hash);
	want(unknown, 7, 100);
	CHECK(heard(FRAME_BLOB, &frame));
	CHECK(frame.blob.offset == 7 && frame.blob.data.len == 0 && memcmp(frame.blob.hash, unknown, HASH_BYTES) == 0);
	draft_blob = store_blob_make(h.store, 77, 100); /* of a draft, not released */
	store_blob_add(h.store, draft_blob, 0, (struct bytes){cipher, 100});
	store_blob_whole(h.store, draft_blob, unknown);
	want(unknown, 0, 100);
	CHECK(heard(FRAME_BLOB, &frame) && frame.blob.data.len == 0);
	CHECK_EQUAL(counted(COUNT_WANT), 2);
}

TEST(wants_without_end_cost_one_place)
{
	uint8_t hash[HASH_BYTES], unknown[HASH_BYTES] = {3};
	struct frame frame;
	int count = 0;

	own_blob(hash);
	for (int i = 0; i < 1000; i++)
		hostile_frame(&h, &(struct frame){.type = FRAME_WANT, .want = {.length = 1}});
	for (int i = 0; i < 100; i++)
		want(hash, (uint64_t)i, 10);
	want(unknown, 0, 1);
	CHECK_EQUAL(counted(COUNT_WANT), 1001);
	while (heard(FRAME_BLOB, &frame))
		count++;
	CHECK(count <= 1000 + 100 + 1);
	CHECK(!h.is_closed);
}
