/* The logs in which the message of a proof stands: their entries, withheld ranges and heads, and the paths to them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/prover.h"
#include "proto/leaf.h"
#include "proto/merkle.h"
#include "proto/result.h"

#define ORIGIN_PREFIX "hotline/"

struct prove_log *prove_log_find(struct audit_prover *p, struct bytes origin)
{
	for (size_t i = p->log_count; i-- > p->first_log;)
		if (bytes_equal(bytes_of(p->log[i]->origin), origin))
			return p->log[i];
	return NULL;
}

/* The peer of a log of the station: what follows "hotline/<station>/". */
static struct bytes peer_of(const struct audit_prover *p, struct bytes origin)
{
	size_t head = strlen(ORIGIN_PREFIX) + strlen(p->station.text) + 1;

	return origin.len > head ? (struct bytes){origin.data + head, origin.len - head} : (struct bytes){NULL, 0};
}

void prove_log_begin(struct audit_prover *p)
{
	struct prove_log *log, **slot;
	struct bytes from = p->message.from;

	if (prove_log_find(p, p->record.origin) != NULL)
		return;
	log = calloc(1, sizeof *log);
	slot = log != NULL ? PROVER_ADD(p, log) : NULL;
	if (slot == NULL) {
		free(log);
		p->error = -ENOMEM;
		return;
	}
	*slot = log;
	memcpy(log->origin, p->record.origin.data, p->record.origin.len);
	log->keeper = p->station;
	log->message_index = p->record.index;
	name_copy(peer_of(p, p->record.origin), &log->other);
	log->addressee = bytes_equal(name_bytes(&log->keeper), from) ? log->other : log->keeper;
}

static void add_node(struct audit_prover *p, struct prove_log *log, unsigned level, const uint8_t hash[HASH_BYTES])
{
	struct prove_node *node =
	    prover_grow(p, &log->node, &log->node_count, &log->node_room, sizeof *log->node);

	if (node == NULL)
		return;
	node->start = log->size;
	node->level = level;
	memcpy(node->hash, hash, HASH_BYTES);
	log->size += UINT64_C(1) << level;
}

/* An entry of the message or of an object about it. */
static void add_entry(struct audit_prover *p, struct prove_log *log, const struct leaf *leaf)
{
	bool is_message = memcmp(leaf->id, p->id, sizeof p->id) == 0;
	uint32_t object = idmap_find(&p->object_map, leaf->id, p->object, sizeof *p->object);
	struct prove_entry *entry;

	if (!is_message && object == IDMAP_NONE)
		return;
	log->is_crowded |= log->entry_count == LIMIT_PROOF_ENTRIES;
	if (log->is_crowded)
		return;
	entry = &log->entry[log->entry_count++];
	entry->index = p->record.index;
	entry->leaf = prover_keep(p, p->record.bytes);
	entry->object = is_message ? IDMAP_NONE : object;
}

static void add_checkpoint(struct audit_prover *p)
{
	struct checkpoint checkpoint;
	struct prove_log *log;
	struct note note;

	if (note_decode(p->record.bytes, &note) != RESULT_OK || checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return;
	log = prove_log_find(p, checkpoint.origin);
	if (log != NULL && checkpoint.size == log->size)
		log->checkpoint = prover_keep(p, p->record.bytes);
}

void prove_log_add(struct audit_prover *p)
{
	struct prove_log *log;
	uint8_t hash[HASH_BYTES];
	struct leaf leaf;

	if (p->record.kind == EXPORT_CHECKPOINT) {
		add_checkpoint(p);
		return;
	}
	log = prove_log_find(p, p->record.origin);
	if (log == NULL)
		return;
	if (p->record.kind == EXPORT_HASH) {
		add_node(p, log, p->record.level, p->record.hash);
		return;
	}
	merkle_leaf(p->record.bytes, hash);
	if (leaf_decode(p->record.bytes, &leaf) == RESULT_OK && leaf.has_id)
		add_entry(p, log, &leaf);
	add_node(p, log, 0, hash);
}

void prove_log_witness(struct audit_prover *p, const struct receipt *receipt)
{
	char origin[ORIGIN_TEXT];
	struct prove_log *log;

	if (!receipt->has_seen)
		return;
	checkpoint_origin(receipt->to, receipt->from, origin);
	log = prove_log_find(p, bytes_of(origin));
	if (log == NULL || receipt->seen_size <= log->message_index ||
	    (log->witness.len > 0 && log->witness_size <= receipt->seen_size))
		return;
	log->witness = prover_keep(p, p->record.bytes);
	log->witness_size = receipt->seen_size;
	log->witness_serial = receipt->card_serial;
}

/* The last node that starts at or before `start`. */
static const struct prove_node *node_at(const struct prove_log *log, uint64_t start)
{
	size_t low = 0, high = log->node_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->node[middle].start <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &log->node[low - 1] : NULL;
}

/* The root of 2^level leaves; RESULT_PROOF when it is hidden inside a withheld range. */
static int subtree(void *ctx, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	const struct prove_log *log = ctx;
	const struct prove_node *node = node_at(log, index << level);
	uint8_t left[HASH_BYTES], right[HASH_BYTES];

	if (node == NULL || node->start != index << level || node->level > level)
		return RESULT_PROOF;
	if (node->level == level) {
		memcpy(out, node->hash, HASH_BYTES);
		return 0;
	}
	if (subtree(ctx, level - 1, 2 * index, left) != 0 || subtree(ctx, level - 1, 2 * index + 1, right) != 0)
		return RESULT_PROOF;
	merkle_node(left, right, out);
	return 0;
}

static bool make_path(struct prove_log *log, uint64_t index, uint64_t size, uint8_t *out, size_t *out_len)
{
	uint8_t proof[2 * MERKLE_LEVELS][HASH_BYTES];
	size_t count = 0;

	if (merkle_prove_inclusion(index, size, subtree, log, proof, &count) != 0 || count > LIMIT_PROOF_HASHES)
		return false;
	memcpy(out, proof, count * HASH_BYTES);
	*out_len = count * HASH_BYTES;
	return true;
}

static void finish_log(struct audit_prover *p, struct prove_log *log)
{
	for (size_t i = 0; i < log->entry_count && p->error == 0; i++)
		if (!make_path(log, log->entry[i].index, log->size, log->entry[i].path, &log->entry[i].path_len))
			p->error = RESULT_PROOF;
	if (log->witness.len > 0 && !make_path(log, log->message_index, log->witness_size, log->witness_path,
					       &log->witness_path_len))
		log->witness.len = 0; /* that head lies within a withheld range */
	free(log->node);
	log->node = NULL;
	log->node_count = log->node_room = 0;
}

void prove_log_finish(struct audit_prover *p)
{
	for (size_t i = p->first_log; i < p->log_count; i++)
		finish_log(p, p->log[i]);
}
