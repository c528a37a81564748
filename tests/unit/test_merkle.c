/* Merkle trees against golden roots and every public proof vector, and proofs of our own of all small sizes. */
#include "proto/merkle.h"

#include <dirent.h>
#include <jansson.h>

#include "proto/armour.h"
#include "tests/unit/test.h"

#define SIZES 70
#define VECTORS "tests/vectors/merkle/"

static void from_hex(const char *hex, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sscanf(hex + 2 * i, "%2hhx", &out[i]);
}

TEST(roots_are_golden)
{
	json_t *golden = json_load_file(VECTORS "golden-roots.json", 0, NULL);
	json_t *inputs = json_object_get(golden, "leaf_inputs_hex"),
	       *roots = json_object_get(golden, "root_by_size_hex");
	uint8_t leaf[64], hash[HASH_BYTES], root[HASH_BYTES], expected[HASH_BYTES];
	struct merkle tree;

	CHECK_EQUAL(json_array_size(roots), 9);
	merkle_init(&tree);
	for (size_t size = 0; size < 9; size++) {
		merkle_root(&tree, root);
		from_hex(json_string_value(json_array_get(roots, size)), expected, HASH_BYTES);
		CHECK(memcmp(root, expected, HASH_BYTES) == 0);
		if (size == 8)
			break;
		const char *hex = json_string_value(json_array_get(inputs, size));
		from_hex(hex, leaf, strlen(hex) / 2);
		merkle_leaf((struct bytes){leaf, strlen(hex) / 2}, hash);
		merkle_append(&tree, hash);
	}
	json_decref(golden);
}

/* A base64 hash of a vector; false if it is not 32 bytes long. */
static bool read_hash(const json_t *value, uint8_t out[HASH_BYTES])
{
	const char *text = json_string_value(value);
	uint8_t raw[256];
	size_t len;

	if (text == NULL || base64_decode(bytes_of(text), raw, sizeof raw, &len) != RESULT_OK || len != HASH_BYTES)
		return false;
	memcpy(out, raw, HASH_BYTES);
	return true;
}

/* A number of a vector; where one is beyond 2^63-1, all of the file are read as reals. */
static uint64_t read_number(const json_t *value)
{
	double real = json_real_value(value);

	if (!json_is_real(value))
		return (uint64_t)json_integer_value(value);
	return real < 18446744073709551615.0 ? (uint64_t)real : UINT64_MAX;
}

/* Runs one vector of either kind: whether it is accepted. What does not fit our types is refused as well. */
static bool accepts(const json_t *vector, bool *out_wrong_size)
{
	const json_t *list = json_object_get(vector, "proof");
	bool is_inclusion = json_object_get(vector, "leafIdx") != NULL;
	uint8_t a[HASH_BYTES], b[HASH_BYTES], proof[MERKLE_LEVELS * 2][HASH_BYTES];
	size_t count = json_array_size(list);
	uint64_t first = read_number(json_object_get(vector, is_inclusion ? "leafIdx" : "size1"));
	uint64_t second = read_number(json_object_get(vector, is_inclusion ? "treeSize" : "size2"));

	*out_wrong_size = !read_hash(json_object_get(vector, is_inclusion ? "leafHash" : "root1"), a) ||
			  !read_hash(json_object_get(vector, is_inclusion ? "root" : "root2"), b);
	for (size_t i = 0; i < count; i++)
		*out_wrong_size |= !read_hash(json_array_get(list, i), proof[i]);
	if (*out_wrong_size)
		return false;
	return is_inclusion ? merkle_verify_inclusion(first, second, a, proof, count, b) == RESULT_OK
			    : merkle_verify_consistency(first, second, a, b, proof, count) == RESULT_OK;
}

struct tally {
	int valid, invalid, exceptions, wrong;
};

/* Jansson takes no integer over 2^63-1 as such. */
static json_t *load(const char *path)
{
	json_t *vector = json_load_file(path, 0, NULL);

	return vector != NULL ? vector : json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
}

static void run_file(const char *path, struct tally *tally)
{
	json_t *vector = load(path);
	bool is_valid = json_is_false(json_object_get(vector, "wantErr")), is_wrong_size;
	bool is_accepted = accepts(vector, &is_wrong_size);

	if (is_valid && is_wrong_size) {
		tally->exceptions++;
	} else if (vector == NULL || is_accepted != is_valid) {
		printf("# %s\n", path);
		tally->wrong++;
	} else {
		*(is_valid ? &tally->valid : &tally->invalid) += 1;
	}
	json_decref(vector);
}

static void run_folder(const char *folder, struct tally *tally)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[1024];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (strstr(entry->d_name, ".json") != NULL)
			run_file(path, tally);
		else if (entry->d_name[0] != '.')
			run_folder(path, tally);
	}
	if (dir != NULL)
		closedir(dir);
}

TEST(public_proof_vectors_are_judged_as_they_say)
{
	struct tally tally = {0, 0, 0, 0};

	run_folder(VECTORS "inclusion", &tally);
	run_folder(VECTORS "consistency", &tally);
	CHECK_EQUAL(tally.wrong, 0);
	CHECK_EQUAL(tally.exceptions, 1);
	CHECK_EQUAL(tally.valid, 11);
	CHECK_EQUAL(tally.invalid, 184);
}

/* A forest of SIZES leaves; leaf i is the byte i. Subtrees are computed when asked for. */
static int subtree(void *ctx, unsigned level, uint64_t index, uint8_t out[HASH_BYTES])
{
	struct merkle tree;
	uint8_t hash[HASH_BYTES];

	(void)ctx;
	merkle_init(&tree);
	for (uint64_t i = index << level; i < (index + 1) << level; i++) {
		uint8_t byte = (uint8_t)i;

		if (i >= SIZES)
			return -1;
		merkle_leaf((struct bytes){&byte, 1}, hash);
		merkle_append(&tree, hash);
	}
	merkle_root(&tree, out);
	return 0;
}

static void root_of(uint64_t size, uint8_t out[HASH_BYTES])
{
	struct merkle tree;
	uint8_t hash[HASH_BYTES];

	merkle_init(&tree);
	for (uint64_t i = 0; i < size; i++) {
		subtree(NULL, 0, i, hash);
		merkle_append(&tree, hash);
	}
	merkle_root(&tree, out);
}

TEST(inclusion_proofs_of_all_small_sizes_verify)
{
	uint8_t proof[MERKLE_LEVELS * 2][HASH_BYTES], root[HASH_BYTES], leaf[HASH_BYTES];
	size_t count;

	for (uint64_t size = 1; size <= SIZES; size++) {
		root_of(size, root);
		for (uint64_t index = 0; index < size; index++) {
			subtree(NULL, 0, index, leaf);
			CHECK_EQUAL(merkle_prove_inclusion(index, size, subtree, NULL, proof, &count), 0);
			CHECK_EQUAL(merkle_verify_inclusion(index, size, leaf, proof, count, root), RESULT_OK);
			CHECK_EQUAL(merkle_verify_inclusion(index ^ 1, size, leaf, proof, count, root), RESULT_PROOF);
		}
	}
}

TEST(consistency_proofs_of_all_small_sizes_verify)
{
	static uint8_t root[SIZES + 1][HASH_BYTES];
	uint8_t proof[MERKLE_LEVELS * 2][HASH_BYTES];
	size_t count;

	for (uint64_t size = 0; size <= SIZES; size++)
		root_of(size, root[size]);
	for (uint64_t size2 = 1; size2 <= SIZES; size2++) {
		for (uint64_t size1 = 1; size1 <= size2; size1++) {
			CHECK_EQUAL(merkle_prove_consistency(size1, size2, subtree, NULL, proof, &count), 0);
			CHECK_EQUAL(merkle_verify_consistency(size1, size2, root[size1], root[size2], proof, count),
				    RESULT_OK);
			CHECK_EQUAL(merkle_verify_consistency(size1, size2, root[size1 - 1], root[size2], proof, count),
				    RESULT_PROOF);
		}
	}
}

TEST(proofs_that_cannot_exist_are_not_made)
{
	uint8_t proof[MERKLE_LEVELS * 2][HASH_BYTES];
	size_t count = 7;

	CHECK_EQUAL(merkle_prove_inclusion(5, 5, subtree, NULL, proof, &count), RESULT_PROOF);
	CHECK_EQUAL(merkle_prove_consistency(0, 5, subtree, NULL, proof, &count), RESULT_PROOF);
	CHECK_EQUAL(merkle_prove_consistency(6, 5, subtree, NULL, proof, &count), RESULT_PROOF);
	CHECK_EQUAL(count, 7);
}

TEST(what_the_callback_gives_is_passed_on)
{
	uint8_t proof[MERKLE_LEVELS * 2][HASH_BYTES];
	size_t count = 7;

	CHECK_EQUAL(merkle_prove_inclusion(0, SIZES + 1, subtree, NULL, proof, &count), -1);
	CHECK_EQUAL(merkle_prove_consistency(64, SIZES + 1, subtree, NULL, proof, &count), -1);
	CHECK_EQUAL(count, 7);
}

TEST(a_subtree_may_stand_for_its_leaves)
{
	struct merkle tree;
	uint8_t hash[HASH_BYTES], root[HASH_BYTES], expected[HASH_BYTES];

	merkle_init(&tree);
	CHECK(merkle_append_subtree(&tree, 2, (subtree(NULL, 2, 0, hash), hash)));
	CHECK(merkle_append_subtree(&tree, 1, (subtree(NULL, 1, 2, hash), hash)));
	CHECK(merkle_append_subtree(&tree, 0, (subtree(NULL, 0, 6, hash), hash)));
	CHECK(!merkle_append_subtree(&tree, 1, hash));
	CHECK(!merkle_append_subtree(&tree, MERKLE_LEVELS, hash));
	CHECK_EQUAL(tree.size, 7);
	merkle_root(&tree, root);
	root_of(7, expected);
	CHECK(memcmp(root, expected, HASH_BYTES) == 0);
}

TEST(a_tree_does_not_grow_beyond_its_counter)
{
	struct merkle tree;
	uint8_t hash[HASH_BYTES] = {0};

	merkle_init(&tree);
	CHECK(merkle_append_subtree(&tree, 63, hash));
	CHECK(!merkle_append_subtree(&tree, 63, hash));
}
