/*
 * RFC 6962 Merkle trees over SHA-256: growing one from its frontier, checking proofs, and making them from stored
 * subtrees. Proofs are made from the root down, which gives their hashes in reverse.
 */
#include "proto/merkle.h"

#include <string.h>

#include "proto/result.h"

void merkle_leaf(struct bytes leaf, uint8_t out[HASH_BYTES])
{
	static const uint8_t prefix = 0x00;

	hash_sha256_parts((struct bytes[]){{&prefix, 1}, leaf}, 2, out);
}

void merkle_node(const uint8_t left[HASH_BYTES], const uint8_t right[HASH_BYTES], uint8_t out[HASH_BYTES])
{
	static const uint8_t prefix = 0x01;

	hash_sha256_parts((struct bytes[]){{&prefix, 1}, {left, HASH_BYTES}, {right, HASH_BYTES}}, 3, out);
}

void merkle_init(struct merkle *tree)
{
	memset(tree, 0, sizeof *tree);
}

void merkle_append(struct merkle *tree, const uint8_t leaf_hash[HASH_BYTES])
{
	merkle_append_subtree(tree, 0, leaf_hash);
}

bool merkle_append_subtree(struct merkle *tree, unsigned level, const uint8_t hash[HASH_BYTES])
{
	uint64_t count = level < MERKLE_LEVELS ? UINT64_C(1) << level : 0;
	uint8_t carry[HASH_BYTES];

	if (count == 0 || tree->size % count != 0 || tree->size > UINT64_MAX - count)
		return false;
	memcpy(carry, hash, sizeof carry);
	for (; (tree->size >> level & 1) != 0; level++)
		merkle_node(tree->peak[level], carry, carry);
	memcpy(tree->peak[level], carry, sizeof carry);
	tree->size += count;
	return true;
}

void merkle_root(const struct merkle *tree, uint8_t out[HASH_BYTES])
{
	bool is_first = true;

	if (tree->size == 0)
		hash_sha256((struct bytes){NULL, 0}, out);
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if ((tree->size >> level & 1) == 0)
			continue;
		if (is_first)
			memcpy(out, tree->peak[level], HASH_BYTES);
		else
			merkle_node(tree->peak[level], out, out);
		is_first = false;
	}
}

int merkle_verify_inclusion(uint64_t index, uint64_t size, const uint8_t leaf_hash[HASH_BYTES],
			    const uint8_t (*proof)[HASH_BYTES], size_t count, const uint8_t root[HASH_BYTES])
{
	uint64_t at = index, last = size - 1;
	uint8_t hash[HASH_BYTES];

	if (index >= size)
		return RESULT_PROOF;
	memcpy(hash, leaf_hash, sizeof hash);
	for (size_t i = 0; i < count; i++, at >>= 1, last >>= 1) {
		if (last == 0)
			return RESULT_PROOF;
		if ((at & 1) == 0 && at != last) {
			merkle_node(hash, proof[i], hash);
			continue;
		}
		merkle_node(proof[i], hash, hash);
		for (; (at & 1) == 0 && at != 0; at >>= 1)
			last >>= 1;
	}
	return last == 0 && hash_equal(hash, root, HASH_BYTES) ? RESULT_OK : RESULT_PROOF;
}

/* RFC 9162 2.1.4.2, steps 4 to 7: from the common subtree `first`, whose position is at, to both roots. */
static int climb_both(uint64_t at, uint64_t last, const uint8_t first[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES],
		      size_t count, const uint8_t root1[HASH_BYTES], const uint8_t root2[HASH_BYTES])
{
	uint8_t old[HASH_BYTES], new[HASH_BYTES];

	memcpy(old, first, sizeof old);
	memcpy(new, first, sizeof new);
	for (size_t i = 0; i < count; i++, at >>= 1, last >>= 1) {
		if (last == 0)
			return RESULT_PROOF;
		if ((at & 1) == 0 && at != last) {
			merkle_node(new, proof[i], new);
			continue;
		}
		merkle_node(proof[i], old, old);
		merkle_node(proof[i], new, new);
		for (; (at & 1) == 0 && at != 0; at >>= 1)
			last >>= 1;
	}
	return last == 0 && hash_equal(old, root1, HASH_BYTES) && hash_equal(new, root2, HASH_BYTES) ? RESULT_OK
												     : RESULT_PROOF;
}

int merkle_verify_consistency(uint64_t size1, uint64_t size2, const uint8_t root1[HASH_BYTES],
			      const uint8_t root2[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES], size_t count)
{
	uint64_t at = size1 - 1, last = size2 - 1;
	bool is_complete = (size1 & (size1 - 1)) == 0; /* then root1 itself is the common subtree */

	if (size1 == 0 || size1 > size2)
		return RESULT_PROOF;
	if (size1 == size2)
		return count == 0 && hash_equal(root1, root2, HASH_BYTES) ? RESULT_OK : RESULT_PROOF;
	if (count == 0)
		return RESULT_PROOF;
	for (; (at & 1) != 0; at >>= 1)
		last >>= 1;
	return is_complete ? climb_both(at, last, root1, proof, count, root1, root2)
			   : climb_both(at, last, proof[0], proof + 1, count - 1, root1, root2);
}

/* Where a proof takes its hashes from, and what it has so far. */
struct prover {
	merkle_subtree *subtree;
	void *ctx;
	uint8_t (*proof)[HASH_BYTES];
	size_t count;
	int error;
};

/* Adds the root of the leaves from start on, a multiple of a power of two that is at least their count. */
static void push_range(struct prover *p, uint64_t start, uint64_t count)
{
	uint8_t *out = p->proof[p->count], hash[HASH_BYTES];
	bool is_first = true;

	for (unsigned level = 0; level < MERKLE_LEVELS && p->error == RESULT_OK; level++) {
		uint64_t before = level == MERKLE_LEVELS - 1 ? 0 : count >> (level + 1) << (level + 1);

		if ((count >> level & 1) == 0)
			continue;
		p->error = p->subtree(p->ctx, level, (start + before) >> level, is_first ? out : hash);
		if (!is_first)
			merkle_node(hash, out, out);
		is_first = false;
	}
	p->count++;
}

/* The largest power of two below size, which is at least 2. */
static uint64_t split(uint64_t size)
{
	uint64_t half = 1;

	while (half < size - half)
		half *= 2;
	return half;
}

/* Turns the proof round; gives the outcome. */
static int finish(struct prover *p, size_t *out_count)
{
	uint8_t hash[HASH_BYTES];

	for (size_t i = 0; i < p->count / 2; i++) {
		memcpy(hash, p->proof[i], HASH_BYTES);
		memcpy(p->proof[i], p->proof[p->count - 1 - i], HASH_BYTES);
		memcpy(p->proof[p->count - 1 - i], hash, HASH_BYTES);
	}
	if (p->error == RESULT_OK)
		*out_count = p->count;
	return p->error;
}

int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_subtree *subtree, void *ctx,
			   uint8_t (*proof)[HASH_BYTES], size_t *out_count)
{
	struct prover p = {.subtree = subtree, .ctx = ctx, .proof = proof};
	uint64_t start = 0;

	if (index >= size)
		return RESULT_PROOF;
	while (size > 1) {
		uint64_t half = split(size);

		if (index - start < half) {
			push_range(&p, start + half, size - half);
			size = half;
		} else {
			push_range(&p, start, half);
			start += half;
			size -= half;
		}
	}
	return finish(&p, out_count);
}

int merkle_prove_consistency(uint64_t size1, uint64_t size2, merkle_subtree *subtree, void *ctx,
			     uint8_t (*proof)[HASH_BYTES], size_t *out_count)
{
	struct prover p = {.subtree = subtree, .ctx = ctx, .proof = proof};
	uint64_t start = 0, size = size2;

	if (size1 == 0 || size1 > size2)
		return RESULT_PROOF;
	while (size1 - start < size) {
		uint64_t half = split(size);

		if (size1 - start <= half) {
			push_range(&p, start + half, size - half);
			size = half;
		} else {
			push_range(&p, start, half);
			start += half;
			size -= half;
		}
	}
	if (start > 0)
		push_range(&p, start, size);
	return finish(&p, out_count);
}
