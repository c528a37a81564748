/*
 * The two stations of the worked examples in proto/SPEC.md and what passes between them: every secret, salt and time is
 * fixed there in section 1, so that the bytes can be made again by anyone.
 */
#ifndef HOTLINE_TESTS_SPEC_WORLD_H
#define HOTLINE_TESTS_SPEC_WORLD_H

#include "proto/armour.h"
#include "proto/attachment.h"
#include "proto/card.h"
#include "proto/cell.h"
#include "proto/checkpoint.h"
#include "proto/control.h"
#include "proto/evidence.h"
#include "proto/export.h"
#include "proto/keyfile.h"
#include "proto/leaf.h"
#include "proto/lock.h"
#include "proto/message.h"
#include "proto/pair.h"
#include "proto/parcel.h"
#include "proto/proof.h"
#include "proto/receipt.h"
#include "proto/record.h"
#include "proto/copy.h"
#include "proto/revocation.h"
#include "proto/seal.h"
#include "tests/unit/spec_book.h"
#include "tests/unit/vector.h"

#define NOW INT64_C(1791987607123456)
#define WEEK 2962u
#define VALID_FROM INT64_C(1767225600000000)  /* 2026-01-01 */
#define VALID_UNTIL INT64_C(1798761600000000) /* 2027-01-01 */
enum fill {
	HALF_A = 0x11,
	HALF_B = 0x22,
	EPHEMERAL_1 = 0x31,
	EPHEMERAL_2 = 0x32,
	EPHEMERAL_SEAL = 0x33,
	SALT_CONTENT = 0x41,
	SALT_A0 = 0x51,
	SALT_B0 = 0x52,
	SALT_B1 = 0x53,
	SALT_STATION = 0x54,
	BLOB_HASH = 0x81,
	INCIDENT_FILL = 0x61,
	ATTACHMENT_KEY = 0x62,
	ATTACHMENT_HEADER = 0x63,
	LOCK_FILL = 0x71,
};

struct actor {
	struct station_keys keys;
	struct bytes card;
	uint8_t card_buffer[1024];
};

#define TEST_TEXT "Trời sáng, biển yên, ghé bến sớm."

struct world {
	bool is_made;
	struct actor a, b; /* tha-cert, vnm-cert */
	uint8_t root[KEY_BYTES];
	struct week_keys keys; /* of WEEK */
	uint8_t record1[RECORD_BYTES], record2[RECORD_BYTES];
	struct noise_cipher to_responder, to_initiator;
	struct bytes content, message_body, message, receipt_body, receipt, note, leaf[2], parcel, sealed;
	uint8_t message_id[OBJECT_ID_BYTES], seen_root[HASH_BYTES], head_root[HASH_BYTES];
	uint8_t arena[32 * 1024], scratch[16 * 1024];
	size_t used;
};
static struct world world_only;

/* A writer at the end of the arena, and what was written kept there. */
static inline struct pack_writer world_writer(void)
{
	return pack_writer(world_only.arena + world_only.used, sizeof world_only.arena - world_only.used);
}

static inline struct bytes world_keep(const struct pack_writer *w)
{
	CHECK(!w->is_over);
	world_only.used += w->len;
	return pack_written(w);
}

static inline struct bytes world_sign(enum object_type type, struct bytes body, const struct sign_pair *pair)
{
	struct pack_writer out = world_writer();

	object_sign(type, body, pair, &out);
	return world_keep(&out);
}

static inline void make_actor(struct actor *actor, const char *name, const char *zone, const char *endpoint,
			      unsigned first)
{
	uint8_t secrets[KEYFILE_RANDOM_BYTES] = {0}, body[512];
	struct pack_writer w = pack_writer(body, sizeof body),
			   out = pack_writer(actor->card_buffer, sizeof actor->card_buffer);
	struct card card = {.name = bytes_of(name),
			    .state = name_state(bytes_of(name)),
			    .serial = 1,
			    .valid_from = VALID_FROM,
			    .valid_until = VALID_UNTIL,
			    .lane = LANE_TECHNICAL,
			    .layer = 1,
			    .office_count = 1,
			    .office = {{bytes_of("en"), bytes_of("National CERT")}},
			    .zone = bytes_of(zone),
			    .hours_count = 1,
			    .hours = {{0, 480, 1020}},
			    .language_count = 1,
			    .language = {bytes_of("en")},
			    .endpoint_count = 1,
			    .endpoint = {bytes_of(endpoint)},
			    .fallback_count = 1,
			    .fallback = {{FALLBACK_PHONE, bytes_of("+99 555 0100")}}};

	vector_fill(secrets, 4 * KEY_BYTES, first); /* the store key travels nowhere */
	keyfile_make(bytes_of(name), secrets, &actor->keys);
	memcpy(card.root, actor->keys.root.public, KEY_BYTES);
	memcpy(card.signing, actor->keys.signing.public, KEY_BYTES);
	memcpy(card.log, actor->keys.log.public, KEY_BYTES);
	memcpy(card.link, actor->keys.link.public, KEY_BYTES);
	card_encode(&card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &actor->keys.root, &out);
	CHECK(!w.is_over && !out.is_over);
	actor->card = pack_written(&out);
}

static inline void make_keys(struct world *w)
{
	uint8_t half_a[KEY_BYTES], half_b[KEY_BYTES], chain[KEY_BYTES];

	memset(half_a, HALF_A, sizeof half_a);
	memset(half_b, HALF_B, sizeof half_b);
	pair_root(half_a, half_b, &w->a.keys.name, &w->b.keys.name, 1, w->root);
	pair_chain_start(w->root, chain);
	pair_chain_keys(chain, &w->keys);
}

static inline void make_records(struct world *w)
{
	struct record_context context = {w->a.keys.name, w->b.keys.name, 1, WEEK, CELL_BYTES};
	uint8_t ephemeral[KEY_BYTES];
	struct noise initiator, responder;
	uint64_t counter;
	int64_t at;

	memset(ephemeral, EPHEMERAL_1, sizeof ephemeral);
	CHECK_EQUAL(record_write_first(&context, &w->a.keys.link, w->b.keys.link.public, w->keys.link, w->keys.tag,
				       ephemeral, NOW, NOW, &initiator, w->record1),
		    RESULT_OK);
	CHECK_EQUAL(record_read_first(&context, &w->b.keys.link, w->a.keys.link.public, w->keys.link, w->record1,
				      &responder, &counter, &at),
		    RESULT_OK);
	memset(ephemeral, EPHEMERAL_2, sizeof ephemeral);
	CHECK_EQUAL(record_write_second(&responder, ephemeral, NOW + SECOND_US, w->record2), RESULT_OK);
	CHECK_EQUAL(record_read_second(&initiator, w->record2, &at), RESULT_OK);
	noise_split(&initiator, &w->to_responder, &w->to_initiator);
}

static inline void make_content(struct world *w)
{
	static const uint8_t status[] = {0x01}, class[] = {0x03}, severity[] = {0x93, 0x03, 0xa0, 0xa0};
	struct pack_writer out = world_writer();
	struct content content = {
	    .subject = bytes_of("Scans of grid controllers"),
	    .lang = bytes_of("en"),
	    .text = bytes_of("We see scans of grid controllers from your networks. Please confirm or deny."),
	    .translation_count = 1,
	    .translation = {{bytes_of("vi"), bytes_of("Qu\xc3\xa9t thi\xe1\xba\xbft b\xe1\xbb\x8b."), 2}},
	    .field_count = 3,
	    .field = {{FIELD_STATUS, {status, sizeof status}},
		      {FIELD_CLASS, {class, sizeof class}},
		      {FIELD_SEVERITY, {severity, sizeof severity}}}};
	struct content again;

	memset(content.salt, SALT_CONTENT, sizeof content.salt);
	content_encode(&content, &out);
	w->content = world_keep(&out);
	CHECK_EQUAL(content_decode(w->content, &again), RESULT_OK);
}

static inline void make_message(struct world *w)
{
	struct pack_writer out = world_writer();
	struct message message = {.number = {2026, 48213},
				  .kind = KIND_NOTICE,
				  .from = name_bytes(&w->a.keys.name),
				  .action_count = 1,
				  .action = {name_bytes(&w->b.keys.name)},
				  .precedence = PRECEDENCE_FLASH,
				  .released_at = NOW,
				  .clock_error = 12,
				  .drafter = bytes_of("watch-1"),
				  .releaser_count = 2,
				  .releaser = {bytes_of("chief-1"), bytes_of("chief-2")},
				  .has_incident = true,
				  .tlp = TLP_AMBER,
				  .is_without_prejudice = true,
				  .card_serial = 1};

	memset(message.incident, INCIDENT_FILL, sizeof message.incident);
	hash_sha256(w->content, message.content_hash);
	CHECK_EQUAL(message_check(&message, OBJECT_MESSAGE), RESULT_OK);
	message_encode(&message, &out);
	w->message_body = world_keep(&out);
	w->message = world_sign(OBJECT_MESSAGE, w->message_body, &w->a.keys.signing);
	object_id(w->message, w->message_id);
}

static inline struct bytes world_leaf(enum leaf_kind kind, uint8_t salt, int64_t at, const uint8_t id[HASH_BYTES])
{
	struct leaf leaf = {.kind = kind, .at = at, .has_id = true};
	struct pack_writer out = world_writer();

	memset(leaf.salt, salt, sizeof leaf.salt);
	memcpy(leaf.id, id, HASH_BYTES);
	leaf_encode(&leaf, &out);
	return world_keep(&out);
}

static inline void world_append(struct merkle *tree, struct bytes leaf)
{
	uint8_t hash[HASH_BYTES];

	merkle_leaf(leaf, hash);
	merkle_append(tree, hash);
}

/* b takes the message into custody: its log holds the message and then its receipt. */
static inline void make_receipt(struct world *w)
{
	struct pack_writer out;
	struct receipt receipt = {.id_count = 1,
				  .kind = RECEIPT_CUSTODY,
				  .from = name_bytes(&w->b.keys.name),
				  .to = name_bytes(&w->a.keys.name),
				  .at = NOW + 2 * SECOND_US,
				  .clock_error = 8,
				  .log_size = 1,
				  .card_serial = 1,
				  .has_seen = true,
				  .seen_size = 1},
		       again;
	struct merkle own, theirs;
	uint8_t id[OBJECT_ID_BYTES];

	merkle_init(&own);
	merkle_init(&theirs);
	world_append(&theirs, world_leaf(LEAF_SENT, SALT_A0, NOW + SECOND_US, w->message_id));
	merkle_root(&theirs, w->seen_root);
	w->leaf[0] = world_leaf(LEAF_RECEIVED, SALT_B0, NOW + 2 * SECOND_US, w->message_id);
	world_append(&own, w->leaf[0]);
	merkle_root(&own, receipt.log_root);
	memcpy(receipt.id[0], w->message_id, OBJECT_ID_BYTES);
	memcpy(receipt.seen_root, w->seen_root, HASH_BYTES);
	out = world_writer();
	receipt_encode(&receipt, &out);
	w->receipt_body = world_keep(&out);
	CHECK_EQUAL(receipt_decode(w->receipt_body, &again), RESULT_OK);
	w->receipt = world_sign(OBJECT_RECEIPT, w->receipt_body, &w->b.keys.signing);
	object_id(w->receipt, id);
	w->leaf[1] = world_leaf(LEAF_SENT, SALT_B1, NOW + 2 * SECOND_US, id);
	world_append(&own, w->leaf[1]);
	merkle_root(&own, w->head_root);
}

static inline void make_note(struct world *w)
{
	struct pack_writer out = world_writer();
	struct checkpoint checkpoint = {.origin = bytes_of("hotline/vnm-cert/tha-cert"), .size = 2};

	memcpy(checkpoint.root, w->head_root, HASH_BYTES);
	checkpoint_sign(&checkpoint, &w->b.keys.log, &out);
	w->note = world_keep(&out);
}

static inline void make_parcel(struct world *w)
{
	struct pack_writer out = world_writer();
	struct seal_head head = {w->a.keys.name, w->b.keys.name, 1, WEEK, PRECEDENCE_FLASH, 1};
	uint8_t ephemeral[KEY_BYTES];
	size_t len;

	parcel_put_head(&out, 1, 1);
	parcel_put_message(&out, w->message, w->content, (struct bytes){NULL, 0});
	w->parcel = world_keep(&out);
	memset(ephemeral, EPHEMERAL_SEAL, sizeof ephemeral);
	out = world_writer();
	CHECK(out.capacity >= seal_capacity(w->parcel.len));
	CHECK_EQUAL(seal_close(&head, &w->a.keys.link, w->b.keys.link.public, w->keys.seal, ephemeral, w->parcel,
			       out.data, &len),
		    RESULT_OK);
	out.len = len;
	w->sealed = world_keep(&out);
}

static inline struct world *world(void)
{
	struct world *w = &world_only;

	if (w->is_made)
		return w;
	make_actor(&w->a, "tha-cert", "Asia/Bangkok", "192.0.2.10:4460", 0x00);
	make_actor(&w->b, "vnm-cert", "Asia/Ho_Chi_Minh", "192.0.2.20:4460", 0x80);
	make_keys(w);
	make_records(w);
	make_content(w);
	make_message(w);
	make_receipt(w);
	make_note(w);
	make_parcel(w);
	w->is_made = true;
	return w;
}

/* "hotline/1/pair" 00 tha-cert 00 vnm-cert 00 00000001 */
static inline struct bytes world_pair_id(void)
{
	static const uint8_t id[] = "hotline/1/pair\0tha-cert\0vnm-cert\0\0\0\0\x01";

	return (struct bytes){id, sizeof id - 1};
}

/* "hotline/1" 00 tha-cert 00 vnm-cert 00, generation, week 2962, cell 1024 */
static inline struct bytes world_prologue(void)
{
	static const uint8_t prologue[] = "hotline/1\0tha-cert\0vnm-cert\0\0\0\0\x01\0\0\x0b\x92\x04";

	return (struct bytes){prologue, sizeof prologue}; /* its end is the last 00 */
}

static inline struct bytes world_seal_prologue(void)
{
	struct pack_writer out = world_writer();

	pack_put_array(&out, 7);
	pack_put_text(&out, "hotline/1");
	pack_put_text(&out, "tha-cert");
	pack_put_text(&out, "vnm-cert");
	pack_put_uint(&out, 1);
	pack_put_uint(&out, WEEK);
	pack_put_uint(&out, PRECEDENCE_FLASH);
	pack_put_uint(&out, 1);
	return world_keep(&out);
}

/* What one station asks of the other, and its answers. */
static inline void world_demand(struct frame *frame)
{
	struct world *w = world();

	switch (frame->type) {
	case FRAME_PROVE:
		frame->prove.size1 = 1;
		frame->prove.size2 = 2;
		break;
	case FRAME_PROOF:
		frame->proof.size1 = 1;
		frame->proof.size2 = 2;
		frame->proof.total = frame->proof.count = 1;
		merkle_leaf(w->leaf[1], frame->proof.hash[0]);
		break;
	case FRAME_WANT:
		memset(frame->want.hash, BLOB_HASH, HASH_BYTES);
		frame->want.offset = 65552;
		frame->want.length = 4096;
		break;
	case FRAME_BLOB:
		memset(frame->blob.hash, BLOB_HASH, HASH_BYTES);
		frame->blob.offset = 65552;
		frame->blob.data = (struct bytes){w->sealed.data, 32};
		break;
	case FRAME_TEST:
		frame->test.n = 7;
		frame->test.lang = bytes_of("vi");
		frame->test.text = bytes_of(TEST_TEXT);
		break;
	case FRAME_TESTED:
		frame->tested.n = 7;
		hash_sha256(bytes_of(TEST_TEXT), frame->tested.hash);
		break;
	case FRAME_HELLO:
	case FRAME_PIECE:
	case FRAME_STORED:
	case FRAME_PING:
	case FRAME_PONG:
	case FRAME_CLOSE:
	case FRAME_RESUME:
	case FRAME_REFUSE:
	case FRAME_NOTE:
	case FRAME_RECOVER:
	case FRAME_PART:
	case FRAME_END:
		break;
	}
}

/* One frame of each type; hello and piece are a's, prove and proof those of b's log. */
static inline struct frame world_frame(enum frame_type type)
{
	struct world *w = world();
	struct frame frame = {.type = type};
	uint8_t tag[HASH_BYTES];

	hash_sha256(w->sealed, tag);
	switch (type) {
	case FRAME_HELLO:
		frame.hello.schema = FRAME_SCHEMA;
		frame.hello.generation = 1;
		frame.hello.have = (struct have){4, 1, {6}};
		frame.hello.size = 1;
		memcpy(frame.hello.root, w->seen_root, HASH_BYTES);
		frame.hello.done = 1;
		break;
	case FRAME_PIECE:
		frame.piece.seq = 1;
		memcpy(frame.piece.tag, tag, FRAME_TAG_BYTES);
		frame.piece.total = w->sealed.len;
		frame.piece.data = (struct bytes){w->sealed.data, 32};
		break;
	case FRAME_RESUME:
		frame.resume.seq = 1;
		memcpy(frame.resume.tag, tag, FRAME_TAG_BYTES);
		frame.resume.offset = 32;
		break;
	case FRAME_STORED:
		frame.stored = (struct have){1, 0, {0}};
		break;
	case FRAME_REFUSE:
		frame.refuse.seq = 1;
		frame.refuse.reason = REFUSE_WEEK;
		break;
	case FRAME_PING:
		frame.ping.t0 = NOW;
		break;
	case FRAME_PONG:
		frame.ping.t0 = NOW;
		frame.ping.t1 = frame.ping.t2 = NOW + 40000;
		break;
	case FRAME_CLOSE:
		frame.close.reason = CLOSE_RENEWED;
		break;
	case FRAME_PROVE:
	case FRAME_PROOF:
	case FRAME_WANT:
	case FRAME_BLOB:
	case FRAME_TEST:
	case FRAME_TESTED:
		world_demand(&frame);
		break;
	case FRAME_RECOVER:
		frame.recover.from = 1;
		break;
	case FRAME_PART:
		frame.part.index = 1;
		frame.part.kind = LEAF_SENT;
		frame.part.total = w->message.len;
		frame.part.data = (struct bytes){w->message.data, 32};
		break;
	case FRAME_END:
		frame.end.size = frame.end.next = 2;
		frame.end.highest = 1;
		break;
	case FRAME_NOTE:
		break;
	}
	return frame;
}

static inline struct bytes world_revocation(const struct revocation *revocation)
{
	struct pack_writer out = world_writer();
	struct object object;
	struct revocation again;
	struct bytes body, encoded;

	revocation_encode(revocation, &out);
	body = world_keep(&out);
	encoded = world_sign(OBJECT_REVOCATION, body, &world_only.a.keys.root);
	CHECK_EQUAL(revocation_open(encoded, world_only.a.keys.root.public, &object, &again), RESULT_OK);
	return encoded;
}

/* A's message, had the ladder taken it to a third. */
static inline struct bytes world_copy(void)
{
	struct pack_writer out = world_writer();
	struct copy copy = {.to = bytes_of("vnm-mfa"), .step = 100, .at = NOW, .card_serial = 1}, again;
	struct bytes body;

	memcpy(copy.message, world_only.message_id, OBJECT_ID_BYTES);
	copy_encode(&copy, &out);
	body = world_keep(&out);
	CHECK_EQUAL(copy_decode(body, &again), RESULT_OK);
	return world_sign(OBJECT_COPY, body, &world_only.a.keys.signing);
}

static inline struct bytes world_station_leaf(void)
{
	struct leaf leaf = {.kind = STATION_RELEASE, .at = NOW, .has_id = true};
	uint8_t data[64];
	struct pack_writer d = pack_writer(data, sizeof data), out = world_writer();

	pack_put_array(&d, 3);
	pack_put_uint(&d, 7);
	pack_put_text(&d, "chief-2");
	pack_put_uint(&d, 1000);
	leaf.data = pack_written(&d);
	memset(leaf.salt, SALT_STATION, sizeof leaf.salt);
	memcpy(leaf.id, world_only.message_id, HASH_BYTES);
	leaf_encode(&leaf, &out);
	return world_keep(&out);
}

static inline struct bytes world_offer(void)
{
	struct world *w = world();
	struct offer offer = {.card = w->a.card,
			      .to = name_bytes(&w->b.keys.name),
			      .generation = 1,
			      .week = WEEK - 1,
			      .made_at = NOW},
		     again;
	struct card card;
	struct pack_writer out = world_writer();
	struct bytes encoded;

	memset(offer.half, HALF_A, sizeof offer.half);
	offer_encode(&offer, &out);
	encoded = world_sign(OBJECT_OFFER, world_keep(&out), &w->a.keys.signing);
	CHECK_EQUAL(offer_open(encoded, &again, &card), RESULT_OK);
	return encoded;
}

static inline void world_rpc(const char *name, const struct control_rpc *rpc)
{
	struct pack_writer out = world_writer();
	struct control_rpc again;
	size_t len;

	control_put_rpc(&out, rpc);
	CHECK_EQUAL(control_decode(pack_written(&out), &again, &len), RESULT_OK);
	book_hex(name, world_keep(&out));
}

#endif
