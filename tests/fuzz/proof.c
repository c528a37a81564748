/* Proofs of notification: what is read is written again the same, and a path leads nowhere by chance. */
#include "proto/proof.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct proof_file proof;
	const uint8_t root[HASH_BYTES] = {1};
	struct bytes in = {data, size};
	struct pack_writer w = fuzz_writer();
	const struct proof_entry *entry;

	if (proof_decode(in, &proof) != RESULT_OK)
		return 0;
	fuzz_accepted = 1;
	proof_encode(&proof, &w);
	FUZZ_NEED(bytes_equal(pack_written(&w), in));
	for (size_t i = 0; i < proof.log_count; i++) {
		entry = proof_message_entry(&proof.log[i]);
		FUZZ_NEED(!proof_path_leads(entry->path, entry->leaf, entry->index, INT64_MAX, root));
	}
	return 0;
}
