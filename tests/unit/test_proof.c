/* The proof file's shape: what is written is read again, and every other shape is refused. Vectors from SPEC.md's world. */
#include "tests/unit/test.h"

#include "proto/merkle.h"
#include "proto/proof.h"
#include "tests/unit/mutate.h"

static struct proof_file proof, again;
static uint8_t buffer[32 * 1024], leaf_hash[4][HASH_BYTES], path[3 * HASH_BYTES];

static struct bytes leaf_of(unsigned i)
{
	static const char *const leaves[] = {"leaf zero", "leaf one", "leaf two", "leaf three"};

	return bytes_of(leaves[i]);
}

/* Entry 2 of 4 is the message, entry 3 a receipt; two logs. */
static void begin(void)
{
	uint8_t left[HASH_BYTES];

	for (unsigned i = 0; i < 4; i++)
		merkle_leaf(leaf_of(i), leaf_hash[i]);
	merkle_node(leaf_hash[0], leaf_hash[1], left);
	memcpy(path, leaf_hash[3], HASH_BYTES);
	memcpy(path + HASH_BYTES, left, HASH_BYTES);
	memset(&proof, 0, sizeof proof);
	proof.message = bytes_of("message");
	proof.content = bytes_of("content");
	proof.log_count = 2;
	proof.log[0].origin = bytes_of("hotline/tha-cert/vnm-cert");
	proof.log[1].origin = bytes_of("hotline/vnm-cert/tha-cert");
	for (size_t i = 0; i < 2; i++) {
		proof.log[i].checkpoint = bytes_of("note");
		proof.log[i].entry_count = 2;
		proof.log[i].entry[0] = (struct proof_entry){2, leaf_of(2), {NULL, 0}, {path, 2 * HASH_BYTES}};
		proof.log[i].entry[1] = (struct proof_entry){3, leaf_of(3), bytes_of("receipt"), {path, HASH_BYTES}};
	}
	proof.log[0].witness = bytes_of("receipt");
	proof.log[0].witness_path = (struct bytes){path, HASH_BYTES};
	proof.card_count = 1;
	proof.card[0] = bytes_of("card");
}

static int recode(struct bytes in, struct pack_writer *w)
{
	int result = proof_decode(in, &again);

	if (result == RESULT_OK)
		proof_encode(&again, w);
	return result;
}

static int decode(void)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	proof_encode(&proof, &w);
	CHECK(!w.is_over);
	return proof_decode(pack_written(&w), &again);
}

TEST(a_proof_is_read_as_written)
{
	begin();
	CHECK_EQUAL(decode(), RESULT_OK);
	CHECK(bytes_equal(again.message, proof.message) && bytes_equal(again.content, proof.content));
	CHECK_EQUAL(again.log_count, 2);
	CHECK_EQUAL(again.log[1].entry[1].index, 3);
	CHECK(bytes_equal(again.log[0].witness_path, proof.log[0].witness_path));
	CHECK(proof_message_entry(&again.log[1]) == &again.log[1].entry[0]);
	proof.content.len = 0;
	CHECK_EQUAL(decode(), RESULT_OK);
}

TEST(every_byte_counts)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	begin();
	proof_encode(&proof, &w);
	CHECK(mutate_all(recode, pack_written(&w), 1));
}

TEST(a_log_has_the_message_once)
{
	begin();
	proof.log[1].entry[1].object.len = 0;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
	begin();
	proof.log[0].entry[0].object = bytes_of("another");
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
	begin();
	proof.log[0].entry_count = 0;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
}

TEST(logs_and_entries_ascend_without_repeats)
{
	begin();
	proof.log[0].entry[1].index = 2;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
	begin();
	proof.log[1].origin = proof.log[0].origin;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
}

TEST(a_proof_has_a_message_and_a_log)
{
	begin();
	proof.message.len = 0;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
	begin();
	proof.log_count = 0;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
}

TEST(paths_are_whole_hashes)
{
	begin();
	proof.log[0].entry[0].path.len--;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
	begin();
	proof.log[0].witness_path.len++;
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
	begin();
	proof.log[0].witness.len = 0; /* a path from nothing */
	CHECK_EQUAL(decode(), RESULT_MALFORMED);
}

TEST(counts_and_lengths_are_bounded)
{
	static uint8_t large[LIMIT_OBJECT_BYTES + 1];
	static const uint8_t many[] = {0x96, 0xaf, 'h', 'o', 't', 'l', 'i', 'n', 'e', '-', 'p', 'r', 'o', 'o', 'f', '/', '1',
				       0xc4, 0x01, 0x00, 0xc4, 0x00, 0xdd, 0xff, 0xff, 0xff, 0xff};
	static uint8_t wide[2 * LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(wide, sizeof wide);

	begin();
	proof.message = (struct bytes){large, sizeof large};
	proof_encode(&proof, &w);
	CHECK_EQUAL(proof_decode(pack_written(&w), &again), RESULT_LIMIT);
	CHECK(proof_decode((struct bytes){many, sizeof many}, &again) != RESULT_OK);
	CHECK_EQUAL(proof_decode((struct bytes){many, PROOF_BYTES + 1}, &again), RESULT_LIMIT);
}

TEST(an_odd_extension_is_newer_and_an_even_one_kept)
{
	begin();
	proof.ext.count = 1;
	proof.ext.entry[0].code = 2;
	proof.ext.entry[0].value = bytes_of("x");
	CHECK_EQUAL(decode(), RESULT_OK);
	proof.ext.entry[0].code = 3;
	CHECK_EQUAL(decode(), RESULT_NEWER);
}

TEST(a_path_leads_to_its_root_and_to_no_other)
{
	uint8_t left[HASH_BYTES], right[HASH_BYTES], root[HASH_BYTES];
	struct bytes whole = {path, 2 * HASH_BYTES}, cut = {path, HASH_BYTES}, odd = {path, HASH_BYTES + 1};

	begin();
	merkle_node(leaf_hash[0], leaf_hash[1], left);
	merkle_node(leaf_hash[2], leaf_hash[3], right);
	merkle_node(left, right, root);
	CHECK(proof_path_leads(whole, leaf_of(2), 2, 4, root));
	CHECK(!proof_path_leads(whole, leaf_of(1), 2, 4, root));
	CHECK(!proof_path_leads(whole, leaf_of(2), 3, 4, root));
	CHECK(!proof_path_leads(whole, leaf_of(2), 2, 5, root));
	CHECK(!proof_path_leads(cut, leaf_of(2), 2, 4, root));
	CHECK(!proof_path_leads(odd, leaf_of(2), 2, 4, root));
}
