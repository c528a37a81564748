/*
 * Mutual witness against a peer with true keys: what it shows of its log is proven or held against it, and what it asks
 * about ours is bounded (SPEC 6.3).
 */
#include "proto/armour.h"
#include "proto/evidence.h"
#include "tests/unit/hostile_peer.h"
#include "tests/unit/test.h"

static struct hostile h;
static uint32_t next_conn;

static uint64_t counted(enum count cause)
{
	return h.st->count[cause];
}

static struct peer *peer(void)
{
	return h.st->peers;
}

static void begin(void)
{
	if (h.st != NULL)
		hostile_end(&h);
	hostile_begin(&h);
	next_conn = 2;
}

/* The peer's log: leaf i of fork f has a hash of its own; forks share the leaves before `common`. */
struct fork {
	uint8_t number;
	uint64_t common;
};
static const struct fork straight = {0, 0}, other = {1, 0};

static int subtree(void *ctx, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	const struct fork *fork = ctx;
	uint8_t left[HASH_BYTES], right[HASH_BYTES], leaf[9] = {index >= fork->common ? fork->number : 0};

	if (level == 0) {
		pack_be64(leaf + 1, index);
		merkle_leaf((struct bytes){leaf, sizeof leaf}, out);
		return 0;
	}
	subtree(ctx, level - 1, 2 * index, left);
	subtree(ctx, level - 1, 2 * index + 1, right);
	merkle_node(left, right, out);
	return 0;
}

static void root_of(const struct fork *fork, uint64_t size, uint8_t out[HASH_BYTES])
{
	struct merkle tree;
	uint8_t leaf[HASH_BYTES];

	merkle_init(&tree);
	for (uint64_t i = 0; i < size; i++) {
		subtree((void *)(uintptr_t)fork, 0, i, leaf);
		merkle_append(&tree, leaf);
	}
	merkle_root(&tree, out);
}

/* A new link, and a hello with this head of the peer's log. */
static void greet(const struct fork *fork, uint64_t size)
{
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA, .size = size}};

	root_of(fork, size, hello.hello.root);
	hostile_dial(&h, next_conn);
	next_conn += 2;
	hostile_frame(&h, &hello);
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

static bool is_asked(uint64_t size1, uint64_t size2)
{
	struct frame frame;

	return heard(FRAME_PROVE, &frame) && frame.prove.size1 == size1 && frame.prove.size2 == size2;
}

static size_t make_proof(const struct fork *fork, uint64_t size1, uint64_t size2, struct frame *out)
{
	static uint8_t proof[2 * MERKLE_LEVELS][HASH_BYTES];
	size_t count;

	CHECK_EQUAL(merkle_prove_consistency(size1, size2, subtree, (void *)(uintptr_t)fork, proof, &count), 0);
	*out = (struct frame){.type = FRAME_PROOF, .proof = {.size1 = size1, .size2 = size2, .total = count, .count = count}};
	memcpy(out->proof.hash, proof, count * HASH_BYTES);
	return count;
}

static void prove(const struct fork *fork, uint64_t size1, uint64_t size2)
{
	struct frame frame;

	make_proof(fork, size1, size2, &frame);
	hostile_frame(&h, &frame);
}

/* A checkpoint of the peer's, in a parcel. */
static void sign(const struct fork *fork, uint64_t size)
{
	struct checkpoint checkpoint = {.origin = bytes_of("hotline/tha-cert/vnm-cert"), .size = size};
	uint8_t note[CHECKPOINT_BYTES], item[CHECKPOINT_BYTES + 16];
	struct pack_writer w = pack_writer(note, sizeof note), out = pack_writer(item, sizeof item);

	root_of(fork, size, checkpoint.root);
	checkpoint_sign(&checkpoint, &h.peer.keys.log, &w);
	parcel_put_checkpoint(&out, pack_written(&w));
	hostile_item(&h, pack_written(&out));
}

static struct evidence read_evidence(void)
{
	static uint8_t encoded[sizeof h.evidence];
	struct evidence evidence = {0};
	struct bytes text = bytes_of(h.evidence + strlen(h.evidence) + 1);
	size_t len;

	CHECK_EQUAL(armour_decode(EVIDENCE_LABEL, text, encoded, &len), RESULT_OK);
	CHECK_EQUAL(evidence_decode((struct bytes){encoded, len}, &evidence), RESULT_OK);
	return evidence;
}

static bool has_signature(const struct evidence *evidence, size_t head)
{
	return evidence_is_signed(evidence, head, h.peer.card.signing, h.peer.card.log);
}

/* the peer's log */

TEST(a_log_that_only_grew_is_asked_for_its_proof_and_proven)
{
	begin();
	greet(&straight, 3);
	CHECK_EQUAL(peer()->proven_size, 3); /* nothing leads from an empty log */
	greet(&straight, 11);
	CHECK(is_asked(3, 11));
	CHECK_EQUAL(peer()->proven_size, 3);
	CHECK_EQUAL(peer()->seen_size, 3);
	prove(&straight, 3, 11);
	CHECK_EQUAL(peer()->proven_size, 11);
	CHECK_EQUAL(peer()->seen_size, 11);
	CHECK_EQUAL(counted(COUNT_PROOF), 0);
	CHECK_EQUAL(h.evidences, 0);
}

TEST(a_head_of_the_same_size_and_root_needs_no_proof)
{
	struct frame frame;

	begin();
	greet(&straight, 3);
	greet(&straight, 3);
	CHECK(!heard(FRAME_PROVE, &frame));
	CHECK_EQUAL(h.evidences, 0);
}

TEST(a_proof_may_come_in_many_frames)
{
	struct frame whole, part;
	size_t count;

	begin();
	greet(&straight, 3);
	greet(&straight, 1000);
	count = make_proof(&straight, 3, 1000, &whole);
	for (size_t i = 0; i < count; i++) {
		CHECK_EQUAL(peer()->proven_size, 3);
		part = whole;
		part.proof.first = i;
		part.proof.count = 1;
		memcpy(part.proof.hash[0], whole.proof.hash[i], HASH_BYTES);
		hostile_frame(&h, &part);
	}
	CHECK_EQUAL(peer()->proven_size, 1000);
}

TEST(a_signed_head_is_proven_on_the_way_to_the_next_hello)
{
	begin();
	greet(&straight, 3);
	sign(&straight, 7);
	CHECK_EQUAL(peer()->seen_size, 7);
	CHECK_EQUAL(peer()->proven_size, 3);
	greet(&straight, 11);
	CHECK(is_asked(3, 7));
	prove(&straight, 3, 7);
	CHECK(is_asked(7, 11));
	prove(&straight, 7, 11);
	CHECK_EQUAL(peer()->proven_size, 11);
}

TEST(two_roots_of_one_size_are_equivocation_with_evidence)
{
	struct evidence evidence;
	struct frame frame;

	begin();
	sign(&straight, 0); /* no link: goes nowhere */
	greet(&straight, 3);
	sign(&straight, 5);
	sign(&other, 5);
	CHECK_EQUAL(h.evidences, 1);
	CHECK(strncmp(h.evidence, "tha-cert-5-5-", 13) == 0);
	evidence = read_evidence();
	CHECK_EQUAL(evidence.what, EVIDENCE_SAME_SIZE);
	CHECK(bytes_equal(evidence.origin, bytes_of("hotline/tha-cert/vnm-cert")));
	CHECK(has_signature(&evidence, 0) && has_signature(&evidence, 1));
	CHECK(!evidence_is_signed(&evidence, 0, h.own.card.signing, h.own.card.log));
	CHECK(heard(FRAME_NOTE, &frame)); /* the peer is asked for what it signs now */
	CHECK_EQUAL(peer()->seen_size, 5);
}

TEST(a_proof_that_fails_is_equivocation_and_the_old_head_stays)
{
	struct evidence evidence;
	struct frame frame;

	begin();
	greet(&straight, 3);
	greet(&other, 6);
	CHECK(is_asked(3, 6));
	prove(&other, 3, 6);
	CHECK_EQUAL(peer()->proven_size, 3);
	CHECK_EQUAL(h.evidences, 1);
	evidence = read_evidence();
	CHECK_EQUAL(evidence.what, EVIDENCE_NO_PROOF);
	CHECK(evidence.head[0].size == 3 && evidence.head[1].size == 6);
	CHECK(!has_signature(&evidence, 0)); /* hellos may be denied */
	CHECK(heard(FRAME_NOTE, &frame));
	sign(&other, 6);
	greet(&other, 7);
	CHECK(is_asked(3, 6));
	prove(&other, 3, 6);
	CHECK_EQUAL(h.evidences, 2); /* the same, and now it is signed */
	evidence = read_evidence();
	CHECK(has_signature(&evidence, 1));
	CHECK_EQUAL(peer()->seen_size, 6); /* it signed that */
	CHECK_EQUAL(peer()->proven_size, 3);
}

TEST(a_log_that_got_shorter_is_told_once_and_proves_nothing)
{
	struct frame frame;

	begin();
	greet(&straight, 9);
	for (int i = 0; i < 3; i++) {
		greet(&straight, 4);
		CHECK(!heard(FRAME_PROVE, &frame));
	}
	CHECK(peer()->is_short);
	CHECK_EQUAL(h.evidences, 0);
	CHECK_EQUAL(peer()->proven_size, 9);
	greet(&straight, 10);
	CHECK(!peer()->is_short && is_asked(9, 10));
}

TEST(contradictions_without_end_are_bounded)
{
	begin();
	greet(&straight, 3);
	for (uint8_t i = 1; i < 60; i++) {
		struct fork fork = {i, 0};

		sign(&fork, 3);
	}
	CHECK_EQUAL(h.evidences, 16);
	CHECK_EQUAL(store_evidence_count(h.store, peer()->id), 16);
	CHECK_EQUAL(counted(COUNT_PROOF), 59 - 16);
	CHECK(!h.is_closed);
}

TEST(proofs_that_nobody_asked_for_are_counted)
{
	begin();
	greet(&straight, 3);
	for (int i = 0; i < 20; i++)
		prove(&straight, 1, 3);
	CHECK_EQUAL(counted(COUNT_PROOF), 20);
	CHECK_EQUAL(peer()->refused, 20);
	CHECK_EQUAL(peer()->proven_size, 3);
	CHECK(!h.is_closed);
}

TEST(a_proof_out_of_order_or_of_other_sizes_or_totals_ends_the_question)
{
	for (int wrong = 0; wrong < 4; wrong++) {
		struct frame frame;

		begin();
		greet(&straight, 3);
		greet(&straight, 1000);
		CHECK(make_proof(&straight, 3, 1000, &frame) > 2);
		frame.proof.count = 1;
		if (wrong == 0)
			frame.proof.first = 1;
		else if (wrong == 1)
			frame.proof.size1 = 2;
		else if (wrong == 2)
			frame.proof.size2 = 999;
		hostile_frame(&h, &frame);
		frame.proof.total++;
		if (wrong == 3)
			frame.proof.first = 1;
		hostile_frame(&h, &frame);
		CHECK(counted(COUNT_PROOF) > 0);
		CHECK_EQUAL(peer()->proven_size, 3);
		CHECK_EQUAL(h.evidences, 0); /* bad manners prove nothing */
		prove(&straight, 3, 1000);
		CHECK_EQUAL(peer()->proven_size, 3);
		CHECK(!h.is_closed);
	}
}

/* our log */

/* Entries in our log, whose roots are kept. */
static uint8_t own_root[40][HASH_BYTES];
static void grow(uint64_t size)
{
	uint8_t id[HASH_BYTES] = {0};

	store_begin(h.store);
	for (uint64_t i = 0; i < size; i++) {
		id[0] = (uint8_t)i;
		core_pair_entry(h.st, peer(), LEAF_SENT, id);
		merkle_root(&peer()->log.tree, own_root[i + 1]);
	}
	CHECK_EQUAL(store_commit(h.store), 0);
	greet(&straight, 1);
}

static void ask(uint64_t size1, uint64_t size2)
{
	struct frame frame = {.type = FRAME_PROVE, .prove = {size1, size2}};

	hostile_frame(&h, &frame);
}

TEST(our_log_is_proven_to_have_grown_whatever_the_sizes)
{
	struct frame frame, all = {0};

	begin();
	grow(12);
	for (uint64_t size1 = 1; size1 < 12; size1++) {
		greet(&straight, 1);
		ask(size1, 12);
		CHECK(heard(FRAME_PROOF, &frame));
		all = frame;
		CHECK_EQUAL(merkle_verify_consistency(size1, 12, own_root[size1], own_root[12], all.proof.hash,
						      all.proof.count),
			    RESULT_OK);
		CHECK_EQUAL(frame.proof.count, frame.proof.total);
	}
	CHECK_EQUAL(counted(COUNT_PROOF), 0);
}

TEST(questions_beyond_our_hello_and_without_end_are_counted)
{
	struct frame frame;
	unsigned answers = 0;

	begin();
	grow(4);
	greet(&straight, 1);
	ask(1, 5);
	ask(1, INT64_MAX);
	CHECK_EQUAL(counted(COUNT_PROOF), 2);
	CHECK(!heard(FRAME_PROOF, &frame));
	for (int i = 0; i < 50; i++) {
		ask(1, 4);
		answers += heard(FRAME_PROOF, &frame);
	}
	CHECK_EQUAL(answers, 8);
	CHECK_EQUAL(counted(COUNT_PROOF), 2 + 42);
	CHECK(!h.is_closed);
}

TEST(a_question_while_one_is_answered_is_counted)
{
	struct frame prove_frame = {.type = FRAME_PROVE, .prove = {1, 4}};
	uint8_t plain[64];
	size_t used = 0;

	begin();
	grow(4);
	greet(&straight, 1);
	for (int i = 0; i < 3; i++) { /* in one cell, so that nothing leaves in between */
		struct pack_writer w = pack_writer(plain + used + FRAME_LENGTH_BYTES, sizeof plain - used - FRAME_LENGTH_BYTES);

		frame_encode(&prove_frame, &w);
		pack_be16(plain + used, (uint16_t)w.len);
		used += FRAME_LENGTH_BYTES + w.len;
	}
	hostile_cell(&h, (struct bytes){plain, used});
	CHECK_EQUAL(counted(COUNT_PROOF), 2);
}

TEST(our_note_is_given_once_a_link)
{
	struct frame frame = {.type = FRAME_NOTE};
	uint64_t size;

	begin();
	grow(2);
	size = peer()->log.tree.size;
	hostile_frame(&h, &frame);
	CHECK_EQUAL(peer()->log.tree.size, size + 1);
	for (int i = 0; i < 5; i++)
		hostile_frame(&h, &frame);
	CHECK_EQUAL(peer()->log.tree.size, size + 1);
	CHECK_EQUAL(counted(COUNT_PROOF), 5);
}

/* recovery, ours and the peer's */

static void part(uint64_t index, uint8_t kind, uint64_t total, uint64_t offset, struct bytes data)
{
	struct frame frame = {.type = FRAME_PART, .part = {.index = index, .kind = kind, .total = total, .offset = offset}};

	frame.part.data = data;
	hostile_frame(&h, &frame);
}

static void end(uint64_t size, uint64_t next, uint64_t highest)
{
	struct frame frame = {.type = FRAME_END, .end = {size, next, highest}};

	hostile_frame(&h, &frame);
}

TEST(entries_and_ends_that_nobody_asked_for_are_counted)
{
	begin();
	greet(&straight, 3);
	part(0, LEAF_SENT, 3, 0, bytes_of("abc"));
	end(3, 1000, 1000);
	CHECK_EQUAL(counted(COUNT_RECOVERY), 2);
	CHECK_EQUAL(peer()->through, 0);
	CHECK_EQUAL(peer()->log.tree.size, 0);
	CHECK(!h.is_closed);
}

static void greet_with_seen(uint64_t size, const uint8_t root[HASH_BYTES]);

/* The peer claims to hold more of our log, and an administrator believes it. */
static void begin_taking(void)
{
	const uint8_t root[HASH_BYTES] = {7};
	uint8_t params[64];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct frame frame;

	begin();
	greet_with_seen(50, root);
	CHECK(peer()->is_ahead);
	CHECK(!heard(FRAME_RECOVER, &frame));
	pack_put_array(&w, 1);
	pack_put_text(&w, HOSTILE_PEER);
	hostile_client(&h, 3, 1005);
	hostile_request(&h, 3, METHOD_RECOVER, pack_written(&w));
	hostile_turn(&h, &(struct event){.type = EVENT_ROOM, .conn = h.conn, .count = 100});
	CHECK(heard(FRAME_RECOVER, &frame));
	CHECK_EQUAL(frame.recover.from, 0);
}

/* An entry in one or more parts. */
static void give(uint64_t index, uint8_t kind, struct bytes object_bytes, struct bytes words)
{
	static uint8_t entry[8192];
	struct pack_writer w = pack_writer(entry, sizeof entry);

	pack_put_array(&w, 3);
	pack_put_bytes(&w, object_bytes);
	pack_put_bytes(&w, words);
	pack_put_bin(&w, "", 0);
	CHECK(!w.is_over);
	for (size_t at = 0; at < w.len; at += 500)
		part(index, kind, w.len, at, (struct bytes){entry + at, w.len - at < 500 ? w.len - at : 500});
}

static struct bytes message_by(const struct hostile_party *party, struct bytes to, struct bytes words, uint8_t *out, size_t size)
{
	struct message message = hostile_message();

	message.from = party->card.name;
	message.action[0] = to;
	message.card_serial = party->card.serial;
	return (struct bytes){out, hostile_sign_message(&message, OBJECT_MESSAGE, &party->keys.signing, words, out, size)};
}

TEST(only_what_bears_the_right_signature_is_taken_back)
{
	static uint8_t object_bytes[4096], words[2048];
	struct bytes in = {words, hostile_content(1, words, sizeof words)}, message;

	begin_taking();
	message = message_by(&h.own, h.peer.card.name, in, object_bytes, sizeof object_bytes);
	give(0, LEAF_RECEIVED, message, in);
	CHECK_EQUAL(peer()->log.tree.size, 1);
	give(1, LEAF_RECEIVED, message, in); /* again */
	CHECK_EQUAL(peer()->log.tree.size, 1);
	CHECK_EQUAL(counted(COUNT_RECOVERY), 0);
	message = message_by(&h.peer, h.own.card.name, in, object_bytes, sizeof object_bytes);
	give(2, LEAF_RECEIVED, message, in); /* the peer's, as if it were ours */
	CHECK_EQUAL(counted(COUNT_RECOVERY), 1);
	give(3, LEAF_SENT, message, bytes_of("other words"));
	CHECK_EQUAL(counted(COUNT_RECOVERY), 2);
	CHECK_EQUAL(peer()->log.tree.size, 1);
	give(4, LEAF_SENT, message, in);
	CHECK_EQUAL(peer()->log.tree.size, 2);
	object_bytes[message.len - 1] ^= 1;
	give(5, LEAF_SENT, message, in);
	CHECK_EQUAL(counted(COUNT_RECOVERY), 3);
	give(6, LEAF_SENT, bytes_of("\x90"), in);
	give(7, LEAF_SENT, bytes_of("hotline/tha-cert/vnm-cert\n"), in);
	CHECK_EQUAL(counted(COUNT_RECOVERY), 5);
	CHECK_EQUAL(peer()->log.tree.size, 2);
	end(8, 4, 9);
	CHECK(!peer()->is_ahead);
	CHECK_EQUAL(peer()->through, 3);
	CHECK(h.is_closed); /* the next hellos say what is held */
}

TEST(parts_out_of_order_end_the_recovery_of_that_link_alone)
{
	struct frame frame;
	const uint8_t root[HASH_BYTES] = {7};

	for (int wrong = 0; wrong < 6; wrong++) {
		begin_taking();
		part(4, LEAF_SENT, 9, 0, bytes_of("abc"));
		if (wrong == 0)
			part(4, LEAF_SENT, 9, 4, bytes_of("abc"));
		else if (wrong == 1)
			part(4, LEAF_RECEIVED, 9, 3, bytes_of("abc"));
		else if (wrong == 2)
			part(4, LEAF_SENT, 10, 3, bytes_of("abc"));
		else if (wrong == 3)
			part(5, LEAF_SENT, 9, 3, bytes_of("abc"));
		else if (wrong == 4)
			part(3, LEAF_SENT, 9, 0, bytes_of("abc"));
		else
			end(9, 4, 9); /* in the middle of an entry */
		CHECK_EQUAL(counted(COUNT_RECOVERY), 1);
		end(9, 4, 9);
		CHECK(peer()->is_ahead);
		CHECK(!h.is_closed);
		greet_with_seen(50, root); /* the next link begins anew */
		CHECK(heard(FRAME_RECOVER, &frame));
	}
}

TEST(a_peer_that_asks_for_its_record_gets_it_once_a_link)
{
	struct frame frame = {.type = FRAME_RECOVER, .recover = {.from = INT64_MAX}}, got;
	uint8_t id[HASH_BYTES];
	uint64_t size;

	begin();
	greet(&straight, 1);
	CHECK(hostile_release(&h, id));
	size = h.st->log.tree.size;
	greet(&straight, 1);
	for (int i = 0; i < 20; i++)
		hostile_frame(&h, &frame);
	CHECK(heard(FRAME_PART, &got));
	CHECK(got.part.index == 0 && got.part.kind == LEAF_SENT && got.part.offset == 0);
	CHECK(heard(FRAME_END, &got));
	CHECK(got.end.size == 1 && got.end.next == 2 && got.end.highest == 0);
	CHECK_EQUAL(counted(COUNT_RECOVERY), 19);
	CHECK(h.st->log.tree.size <= size + 6); /* links up and down, and one note of this */
	CHECK(peer()->recovery.is_giving);
	CHECK(!h.is_closed);
}

static void greet_with_seen(uint64_t size, const uint8_t root[HASH_BYTES])
{
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA, .size = 1, .seen_size = size}};

	root_of(&straight, 1, hello.hello.root);
	memcpy(hello.hello.seen_root, root, HASH_BYTES);
	hostile_dial(&h, next_conn);
	next_conn += 2;
	hostile_frame(&h, &hello);
}

TEST(a_peer_that_holds_a_head_of_ours_that_we_had_is_no_alarm)
{
	begin();
	grow(20);
	for (uint64_t size = 1; size <= 20; size++)
		greet_with_seen(size, own_root[size]);
	CHECK(!peer()->is_ahead);
}

TEST(a_peer_that_holds_another_log_of_ours_is_sent_nothing)
{
	struct frame frame;
	uint8_t id[HASH_BYTES];
	uint64_t size;

	begin();
	grow(4);
	size = peer()->log.tree.size;
	greet_with_seen(3, own_root[2]);
	CHECK(peer()->is_ahead);
	CHECK(strstr(peer()->behind, "not the one it holds") != NULL);
	CHECK(hostile_release(&h, id));
	CHECK_EQUAL(peer()->log.tree.size, size);
	ask(1, 3);
	CHECK(!heard(FRAME_PROOF, &frame)); /* it asks about a log that we don't have */
}
