/*
 * RFC 6962 Merkle trees over SHA-256: leaf 0x00, node 0x01. A tree being grown keeps only the roots of its
 * complete subtrees (one per set bit of its size); proofs take the hashes of such subtrees from the caller.
 */
#ifndef HOTLINE_PROTO_MERKLE_H
#define HOTLINE_PROTO_MERKLE_H

#include "proto/hash.h"

#define MERKLE_LEVELS 64

/* The frontier: peak[l] is the root of the complete subtree of 2^l leaves when bit l of size is set. */
struct merkle {
	uint64_t size;
	uint8_t peak[MERKLE_LEVELS][HASH_BYTES];
};

void merkle_leaf(struct bytes leaf, uint8_t out[HASH_BYTES]);
void merkle_node(const uint8_t left[HASH_BYTES], const uint8_t right[HASH_BYTES], uint8_t out[HASH_BYTES]);
void merkle_init(struct merkle *tree);
void merkle_append(struct merkle *tree, const uint8_t leaf_hash[HASH_BYTES]);
/*
 * Appends a complete subtree of 2^level leaves. False if size is not a multiple of 2^level.
 */
bool merkle_append_subtree(struct merkle *tree, unsigned level, const uint8_t hash[HASH_BYTES]);
/* The root; of the empty tree the hash of nothing. */
void merkle_root(const struct merkle *tree, uint8_t out[HASH_BYTES]);

/* RFC 6962 2.1.1 / RFC 9162 2.1.3.2. RESULT_OK or RESULT_PROOF. */
int merkle_verify_inclusion(uint64_t index, uint64_t size, const uint8_t leaf_hash[HASH_BYTES],
			    const uint8_t (*proof)[HASH_BYTES], size_t count, const uint8_t root[HASH_BYTES]);
/* RFC 6962 2.1.2 / RFC 9162 2.1.4.2. From size 0 is RESULT_PROOF. */
int merkle_verify_consistency(uint64_t size1, uint64_t size2, const uint8_t root1[HASH_BYTES], const uint8_t root2[HASH_BYTES],
			      const uint8_t (*proof)[HASH_BYTES], size_t count);

/* Gives the hash of the complete subtree of 2^level leaves at index × 2^level; 0, or negative when it can't. */
typedef int merkle_subtree(void *ctx, unsigned level, uint64_t index, uint8_t out[HASH_BYTES]);
/*
 * Proofs from stored subtrees; proof holds MERKLE_LEVELS * 2 hashes. 0, what the callback gave, or RESULT_PROOF
 * when no such proof exists.
 */
int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_subtree *subtree, void *ctx, uint8_t (*proof)[HASH_BYTES], size_t *out_count);
int merkle_prove_consistency(uint64_t size1, uint64_t size2, merkle_subtree *subtree, void *ctx, uint8_t (*proof)[HASH_BYTES], size_t *out_count);

#endif
