/* Proofs of notification made from a record: what they show, what they don't, and that nothing tampered passes. */
#include "tests/unit/audit_world.h"

#include "client/audit/proof.h"
#include "client/audit/prove.h"
#include "proto/armour.h"
#include "proto/copy.h"

static struct world world;
static struct audit_trust trust;
static struct audit_wish wish;
static struct audit_proof proof;
static uint8_t encoded[64 * 1024], text[96 * 1024];
static size_t encoded_len, text_len;
static char why[AUDIT_TEXT], left_out[AUDIT_TEXT];

static void begin(void)
{
	world_make(&world);
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.vnm)), RESULT_OK);
	wish = (struct audit_wish){.number = bytes_of("tha-cert 2026-000 001")};
	wish.wants[RECEIPT_CUSTODY] = true;
	why[0] = left_out[0] = 0;
}

static void hear(void *ctx, const char *sentence)
{
	(void)ctx;
	snprintf(left_out, sizeof left_out, "%s", sentence);
}

/* The record as a file; the caller unlinks it. */
static void write_record(char path[32])
{
	int fd;

	strcpy(path, "/tmp/test_prove.XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0);
	for (size_t i = 0; i < world.count; i++)
		CHECK_EQUAL(write(fd, world.record[i].data, world.record[i].len), world.record[i].len);
	close(fd);
}

static void armour(void)
{
	struct pack_writer w = pack_writer(text, sizeof text);

	armour_encode(PROOF_LABEL, (struct bytes){encoded, encoded_len}, &w);
	CHECK(!w.is_over);
	text_len = w.len;
}

/* Makes the wished proof of the record as it is. */
static int prove(void)
{
	struct audit_prover *prover = audit_prover_create(&wish);
	struct pack_writer w = pack_writer(encoded, sizeof encoded);
	char path[32];
	int result;

	CHECK(prover != NULL);
	write_record(path);
	result = audit_prover_add(prover, path, why);
	if (result == RESULT_OK)
		result = audit_prover_write(prover, hear, NULL, &w);
	unlink(path);
	audit_prover_destroy(prover);
	encoded_len = w.len;
	if (result == RESULT_OK)
		armour();
	return result;
}

static int check(void)
{
	int result;

	audit_proof_finish(&proof);
	result = audit_proof_check((struct bytes){text, text_len}, &trust, &proof);
	audit_keep_bytes((struct bytes){text, text_len}, &trust, result,
			 proof.line_count > 0 ? proof.line[proof.line_count - 1].text : "");
	return result;
}

static bool says(enum audit_line_kind kind, const char *words)
{
	for (size_t i = 0; i < proof.line_count; i++)
		if (proof.line[i].kind == kind && strstr(proof.line[i].text, words) != NULL)
			return true;
	for (size_t i = 0; i < proof.line_count; i++)
		printf("# %s\n", proof.line[i].text);
	return false;
}

static void must_prove(void)
{
	int result = prove();

	if (result != RESULT_OK)
		printf("# %s %s\n", why, left_out);
	CHECK_EQUAL(result, RESULT_OK);
}

TEST(a_proof_shows_who_told_whom_and_when)
{
	begin();
	must_prove();
	if (check() != RESULT_OK)
		says(LINE_FAILED, "");
	CHECK(proof.is_proven && !proof.has_content);
	CHECK(says(LINE_SHOWN, "tha-cert said in its notice 2026-000 001 (routine precedence), released at 141200Z OCT 26"));
	CHECK(says(LINE_SHOWN, "vnm-cert took it into custody at 141200Z OCT 26 (2026-10-14T12:00:20.000000Z"));
	CHECK(says(LINE_SHOWN, "it went to vnm-cert for action: entry 2 of 10 in hotline/tha-cert/vnm-cert, to whose root the checkpoint"));
	CHECK(says(LINE_SHOWN, "vnm-cert held a head of 6 entries of this log, which covers the message"));
	CHECK(says(LINE_OPEN, "the words are not in this proof; the hash of the content is "));
	CHECK(says(LINE_OPEN, "whether a card had been revoked before"));
}

TEST(a_proof_holds_the_words_when_asked)
{
	begin();
	wish.has_content = true;
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK(proof.has_content && bytes_equal(proof.content.text, bytes_of("text")));
}

TEST(a_proof_holds_only_the_receipts_asked_for)
{
	begin();
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK_EQUAL(proof.file->log[0].entry_count, 2);
	wish.wants[RECEIPT_ACKNOWLEDGED] = true;
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK_EQUAL(proof.file->log[0].entry_count, 3);
	CHECK(says(LINE_SHOWN, "vnm-cert says that watch-1 acknowledged it at "));
	CHECK_EQUAL(proof.file->card_count, 2);
}

TEST(a_receipt_that_is_not_there_is_not_proven)
{
	begin();
	wish.wants[RECEIPT_SHOWN] = true;
	CHECK_EQUAL(prove(), RESULT_PROOF);
	CHECK(strcmp(left_out, "vnm-cert is left out: no receipt of kind shown by it is in this record") == 0);
	begin();
	wish.number = bytes_of("2026-000 003"); /* sent, and nothing heard of it */
	CHECK_EQUAL(prove(), RESULT_PROOF);
}

TEST(who_was_told_may_prove_it_too)
{
	begin();
	wish.number = bytes_of("2026-000002");
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK(says(LINE_SHOWN, "vnm-cert said in its notice 2026-000 002"));
	CHECK(says(LINE_SHOWN, "tha-cert took it into custody"));
}

TEST(an_unknown_number_and_another_addressee_have_a_sentence)
{
	begin();
	wish.number = bytes_of("2026-999 999");
	CHECK_EQUAL(prove(), RESULT_DIFFERENT);
	CHECK(strstr(why, "has no message of that number, or withholds it") != NULL);
	begin();
	wish.number = bytes_of("vnm-cert 2026-000 001");
	CHECK_EQUAL(prove(), RESULT_DIFFERENT);
	begin();
	wish.to = bytes_of("sgp-cert");
	CHECK_EQUAL(prove(), RESULT_PROOF);
}

TEST(trust_comes_only_from_what_is_given_beside_it)
{
	begin();
	must_prove();
	memset(&trust, 0, sizeof trust);
	CHECK_EQUAL(audit_trust_add_card(&trust, party_card(&world.tha)), RESULT_OK);
	CHECK_EQUAL(check(), RESULT_PROOF);
	CHECK(says(LINE_FAILED, "nothing you named vouches for the card of vnm-cert"));
	CHECK(!proof.is_proven);
}

TEST(withheld_ranges_leave_the_proof_possible)
{
	begin();
	struct merkle tail;
	struct export_record hash = {.kind = EXPORT_HASH, .origin = bytes_of(PAIR_ORIGIN), .level = 1, .index = 4};
	struct export_record record;
	uint8_t leaf[HASH_BYTES];
	size_t len;

	merkle_init(&tail); /* the last two of the ten entries stand withheld */
	for (size_t n = 8; n < 10; n++) {
		CHECK_EQUAL(export_decode(blob_bytes(&world.record[world_find(&world, EXPORT_ENTRY, n)]), &record, &len),
			    RESULT_OK);
		merkle_leaf(record.bytes, leaf);
		merkle_append(&tail, leaf);
	}
	merkle_root(&tail, hash.hash);
	len = world_find(&world, EXPORT_ENTRY, 8);
	world_drop(&world, world_find(&world, EXPORT_ENTRY, 9));
	struct pack_writer w = pack_writer(world.record[len].data, sizeof world.record[len].data);
	export_encode(&hash, &w);
	world.record[len].len = w.len;
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK(says(LINE_SHOWN, "vnm-cert held a head of 6 entries"));
}

/* Whether the proof with one byte changed is refused, or is the same proof (never: every byte is signed or checked). */
TEST(no_changed_byte_passes)
{
	static uint8_t good[sizeof encoded];
	size_t len;

	begin();
	wish.has_content = true;
	wish.wants[RECEIPT_ACKNOWLEDGED] = true;
	must_prove();
	memcpy(good, encoded, len = encoded_len);
	for (size_t i = 0; i < len; i += 3) {
		memcpy(encoded, good, len);
		encoded[i] ^= (uint8_t)(1 + i % 255);
		armour();
		if (check() != RESULT_OK)
			continue;
		printf("# byte %zu of %zu\n", i, len);
		CHECK(!"it passes");
	}
}

TEST(a_statement_left_out_is_missed)
{
	static struct proof_file file;
	struct pack_writer w = pack_writer(encoded, sizeof encoded);
	static uint8_t kept[sizeof encoded];

	begin();
	must_prove();
	memcpy(kept, encoded, encoded_len);
	CHECK_EQUAL(proof_decode((struct bytes){kept, encoded_len}, &file), RESULT_OK);
	file.log[0].entry_count = 1; /* the message alone */
	proof_encode(&file, &w);
	encoded_len = w.len;
	armour();
	CHECK_EQUAL(check(), RESULT_PROOF);
	CHECK(says(LINE_FAILED, "nothing that vnm-cert signed says that it was told"));
}

/* A message by tha that a test fits out as it likes, beyond what the record has. */
static void sign_message(const struct message *like, enum object_type type, const struct party *signer, struct blob *out)
{
	static struct message message;
	uint8_t body[2048];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(out->data, sizeof out->data);

	message = *like;
	message.from = bytes_of("tha-cert");
	message.released_at = NOON + 60 * SECOND_US;
	message.drafter = bytes_of("watch-2");
	message.card_serial = 3;
	message_encode(&message, &w);
	object_sign(type, pack_written(&w), &signer->signing, &object);
	out->len = object.len;
}

static void put_copy(const uint8_t id[HASH_BYTES], const char *to, const struct party *signer)
{
	uint8_t body[512], copy_id[HASH_BYTES];
	struct copy copy = {.to = bytes_of(to), .step = 100, .at = NOON + 70 * SECOND_US, .card_serial = 3};
	struct pack_writer w = pack_writer(body, sizeof body);
	struct blob blob;
	struct pack_writer object = pack_writer(blob.data, sizeof blob.data);

	memcpy(copy.message, id, HASH_BYTES);
	copy_encode(&copy, &w);
	object_sign(OBJECT_COPY, pack_written(&w), &signer->signing, &object);
	blob.len = object.len;
	put_object(&world, LEAF_SENT, blob_bytes(&blob), copy_id);
}

static void put_receipt(const struct receipt *receipt, const struct party *signer, enum leaf_kind side)
{
	struct blob blob;
	uint8_t id[HASH_BYTES];

	make_receipt(receipt, signer, &blob);
	put_object(&world, side, blob_bytes(&blob), id);
}

/* A record of a message like this and vnm's custody of it; world_end() is for the caller. */
static void begin_with(const struct message *like, uint8_t id[HASH_BYTES])
{
	struct receipt receipt;
	struct blob blob;

	begin();
	world_begin(&world);
	sign_message(like, OBJECT_MESSAGE, &world.tha, &blob);
	put_object(&world, LEAF_SENT, blob_bytes(&blob), id);
	receipt = receipt_of_vnm(&world, id, NOON + 61 * SECOND_US, 1);
	put_receipt(&receipt, &world.vnm, LEAF_RECEIVED);
	wish.number = bytes_of("2026-000 007");
}

static const struct message to_vnm = {
    .number = {2026, 7}, .kind = KIND_NOTICE, .action_count = 1, .action = {{(const uint8_t *)"vnm-cert", 8}}};
static const struct message for_the_ladder = {.number = {2026, 7},
					      .kind = KIND_NOTICE,
					      .action_count = 1,
					      .action = {{(const uint8_t *)"sgp-cert", 8}},
					      .ladder_count = 1,
					      .ladder = {{(const uint8_t *)"vnm-cert", 8}}};

TEST(a_later_message_that_supersedes_it_is_told)
{
	struct message cancel = to_vnm;
	uint8_t id[HASH_BYTES], other[HASH_BYTES];
	struct blob blob;

	begin_with(&to_vnm, id);
	cancel.number.digits = 8;
	cancel.kind = KIND_CANCEL;
	cancel.has_supersedes = true;
	memcpy(cancel.supersedes, id, HASH_BYTES);
	sign_message(&cancel, OBJECT_MESSAGE, &world.tha, &blob);
	put_object(&world, LEAF_SENT, blob_bytes(&blob), other);
	world_end(&world, id);
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK(says(LINE_SHOWN, "tha-cert superseded it by its cancel 2026-000 008"));
	CHECK(says(LINE_SHOWN, "vnm-cert held a head of 1 entries"));
}

TEST(who_was_reached_by_the_ladder_was_told_by_a_copy)
{
	uint8_t id[HASH_BYTES];

	begin_with(&for_the_ladder, id);
	put_copy(id, "vnm-cert", &world.tha);
	world_end(&world, id);
	must_prove();
	CHECK_EQUAL(check(), RESULT_OK);
	CHECK(says(LINE_SHOWN, "the ladder took a copy to vnm-cert"));
	CHECK(says(LINE_SHOWN, "it went to vnm-cert by a copy"));
	CHECK(says(LINE_OPEN, "of 1 more whom the message names this proof says nothing"));
}

/* A station may write into its own log whatever it likes; a proof of it is none. */
static void must_fail(const uint8_t id[HASH_BYTES], const char *words)
{
	world_end(&world, id);
	must_prove();
	CHECK_EQUAL(check(), RESULT_PROOF);
	CHECK(says(LINE_FAILED, words));
}

TEST(what_a_forger_enters_in_its_own_log_proves_nothing)
{
	struct message cancel = to_vnm;
	struct receipt receipt;
	uint8_t id[HASH_BYTES], other[HASH_BYTES];
	struct blob blob;

	begin_with(&for_the_ladder, id); /* whom neither message nor copy names */
	must_fail(id, "the message does not name vnm-cert, and no copy of it does");
	begin_with(&for_the_ladder, id);
	put_copy(id, "vnm-cert", &world.vnm); /* by another */
	must_fail(id, "a signature of tha-cert does not verify");
	begin_with(&to_vnm, id);
	put_copy(id, "vnm-mfa", &world.tha);
	must_fail(id, "a copy in it is of another message, or not for vnm-cert");
	begin_with(&to_vnm, id);
	receipt = receipt_of_vnm(&world, id, NOON, 1);
	receipt.clock_error = 1;
	put_receipt(&receipt, &world.tha, LEAF_RECEIVED); /* in vnm's name */
	must_fail(id, "a signature of vnm-cert does not verify");
	begin_with(&to_vnm, id);
	receipt = receipt_of_tha(&world, id, NOON); /* one's own */
	put_receipt(&receipt, &world.tha, LEAF_SENT);
	must_fail(id, "a receipt in it is not for this message, or not by vnm-cert");
	begin_with(&to_vnm, id);
	receipt = receipt_of_vnm(&world, id, NOON, 1);
	receipt.seen_size = 0;
	put_receipt(&receipt, &world.vnm, LEAF_SENT); /* the wrong way */
	must_fail(id, "a receipt in it is not for this message, or not by vnm-cert");
	begin_with(&to_vnm, id);
	cancel.kind = KIND_CANCEL;
	cancel.number.digits = 9;
	cancel.has_supersedes = true;
	memcpy(cancel.supersedes, id, HASH_BYTES);
	sign_message(&cancel, OBJECT_MESSAGE, &world.vnm, &blob); /* in tha's name */
	put_object(&world, LEAF_SENT, blob_bytes(&blob), other);
	must_fail(id, "a signature of tha-cert does not verify");
}

TEST(what_is_no_proof_is_told_from_one)
{
	begin();
	must_prove();
	CHECK(audit_proof_is((struct bytes){text, text_len}));
	CHECK(!audit_proof_is(blob_bytes(&world.record[0])));
	CHECK(!audit_proof_is((struct bytes){NULL, 0}));
	text[text_len / 2] ^= 1;
	CHECK(check() != RESULT_OK);
	text_len /= 2; /* cut short */
	CHECK(check() != RESULT_OK);
	audit_proof_finish(&proof);
}
