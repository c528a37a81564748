/* Proofs of notification: written, and read strictly (SPEC 9.7). */
#include "proto/proof.h"

#include <string.h>

#include "proto/checkpoint.h"
#include "proto/merkle.h"
#include "proto/result.h"

#define MAGIC "hotline-proof/1"
#define PATH_BYTES (LIMIT_PROOF_HASHES * HASH_BYTES)
#define PAIR_LEAF_BYTES 96 /* it holds no data */

static void put_log(struct pack_writer *w, const struct proof_log *log)
{
	pack_put_array(w, 5);
	pack_put_str(w, log->origin);
	pack_put_str(w, log->checkpoint);
	pack_put_array(w, log->entry_count);
	for (size_t i = 0; i < log->entry_count; i++) {
		pack_put_array(w, 4);
		pack_put_uint(w, log->entry[i].index);
		pack_put_bytes(w, log->entry[i].leaf);
		pack_put_bytes(w, log->entry[i].object);
		pack_put_bytes(w, log->entry[i].path);
	}
	pack_put_bytes(w, log->witness);
	pack_put_bytes(w, log->witness_path);
}

void proof_encode(const struct proof_file *proof, struct pack_writer *w)
{
	pack_put_array(w, 6);
	pack_put_text(w, MAGIC);
	pack_put_bytes(w, proof->message);
	pack_put_bytes(w, proof->content);
	pack_put_array(w, proof->log_count);
	for (size_t i = 0; i < proof->log_count; i++)
		put_log(w, &proof->log[i]);
	pack_put_array(w, proof->card_count);
	for (size_t i = 0; i < proof->card_count; i++)
		pack_put_bytes(w, proof->card[i]);
	pack_put_ext(w, &proof->ext);
}

static struct bytes read_path(struct pack_reader *r)
{
	struct bytes path = pack_read_bin(r, PATH_BYTES);

	if (path.len % HASH_BYTES != 0)
		pack_fail(r, RESULT_MALFORMED);
	return path;
}

static void read_entry(struct pack_reader *r, struct proof_entry *out)
{
	pack_expect_array(r, 4);
	out->index = pack_read_uint(r, INT64_MAX);
	out->leaf = pack_read_bin(r, PAIR_LEAF_BYTES);
	out->object = pack_read_bin(r, LIMIT_OBJECT_BYTES);
	out->path = read_path(r);
}

/* Entries ascend, and one of them is the message's. */
static void read_entries(struct pack_reader *r, struct proof_log *out)
{
	size_t count = pack_read_array(r, LIMIT_PROOF_ENTRIES), messages = 0;

	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		read_entry(r, &out->entry[i]);
		messages += out->entry[i].object.len == 0;
		if (i > 0 && out->entry[i].index <= out->entry[i - 1].index)
			pack_fail(r, RESULT_MALFORMED);
	}
	out->entry_count = count;
	if (messages != 1)
		pack_fail(r, RESULT_MALFORMED);
}

static void read_log(struct pack_reader *r, struct proof_log *out)
{
	pack_expect_array(r, 5);
	out->origin = pack_read_str(r, ORIGIN_TEXT - 1);
	out->checkpoint = pack_read_str(r, NOTE_MAX_BYTES);
	read_entries(r, out);
	out->witness = pack_read_bin(r, LIMIT_OBJECT_BYTES);
	out->witness_path = read_path(r);
	if (out->witness.len == 0 && out->witness_path.len > 0)
		pack_fail(r, RESULT_MALFORMED);
}

static void read_logs(struct pack_reader *r, struct proof_file *out)
{
	size_t count = pack_read_array(r, LIMIT_PROOF_LOGS);

	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		read_log(r, &out->log[i]);
		if (i > 0 && bytes_compare(out->log[i - 1].origin, out->log[i].origin) >= 0)
			pack_fail(r, RESULT_MALFORMED);
	}
	out->log_count = count;
	if (count == 0)
		pack_fail(r, RESULT_MALFORMED);
}

int proof_decode(struct bytes in, struct proof_file *out)
{
	struct pack_reader r = pack_reader(in);
	struct bytes magic;

	memset(out, 0, sizeof *out);
	if (in.len > PROOF_BYTES)
		return RESULT_LIMIT;
	pack_expect_array(&r, 6);
	magic = pack_read_str(&r, LIMIT_NAME_BYTES);
	if (!bytes_equal(magic, bytes_of(MAGIC)))
		pack_fail(&r, RESULT_MALFORMED);
	out->message = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	if (out->message.len == 0)
		pack_fail(&r, RESULT_MALFORMED);
	out->content = pack_read_bin(&r, LIMIT_CONTENT_BYTES);
	read_logs(&r, out);
	out->card_count = pack_read_array(&r, LIMIT_PROOF_CARDS);
	for (size_t i = 0; i < out->card_count && r.error == RESULT_OK; i++)
		out->card[i] = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	pack_read_ext(&r, NULL, &out->ext);
	return pack_read_end(&r);
}

const struct proof_entry *proof_message_entry(const struct proof_log *log)
{
	size_t at = 0;

	while (log->entry[at].object.len > 0)
		at++;
	return &log->entry[at];
}

bool proof_path_leads(struct bytes path, struct bytes leaf, uint64_t index, uint64_t size, const uint8_t root[HASH_BYTES])
{
	uint8_t hashes[LIMIT_PROOF_HASHES][HASH_BYTES], hash[HASH_BYTES];

	if (path.len > sizeof hashes || path.len % HASH_BYTES != 0)
		return false;
	if (path.len > 0)
		memcpy(hashes, path.data, path.len);
	merkle_leaf(leaf, hash);
	return merkle_verify_inclusion(index, size, hash, (const uint8_t(*)[HASH_BYTES])hashes, path.len / HASH_BYTES,
				       root) == RESULT_OK;
}
