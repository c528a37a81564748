/* Proofs of notification: what is read is written again the same, and whatever stands in one is judged without harm. */
#include "client/audit/proof.h"
#include "proto/armour.h"
#include "proto/proof.h"
#include "tests/fuzz/fuzz.h"

/* The judgement, under trust in whatever cards the proof brings: as far as a forger comes. */
static void judge(const struct proof_file *file, struct bytes in)
{
	static struct audit_trust trust;
	struct audit_proof judged;
	struct pack_writer w = fuzz_writer();
	int result;

	memset(&trust, 0, sizeof trust);
	for (size_t i = 0; i < file->card_count && i < 8; i++)
		audit_trust_add_card(&trust, file->card[i]);
	armour_encode(PROOF_LABEL, in, &w);
	if (w.is_over)
		return;
	result = audit_proof_check(pack_written(&w), &trust, &judged);
	FUZZ_NEED(result == RESULT_OK || result == RESULT_PROOF);
	FUZZ_NEED(judged.is_proven == (result == RESULT_OK) && judged.line_count > 0);
	audit_proof_finish(&judged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct proof_file file;
	const uint8_t root[HASH_BYTES] = {1};
	struct bytes in = {data, size};
	struct pack_writer w = fuzz_writer();
	const struct proof_entry *entry;

	if (proof_decode(in, &file) != RESULT_OK)
		return 0;
	fuzz_accepted = 1;
	proof_encode(&file, &w);
	FUZZ_NEED(bytes_equal(pack_written(&w), in));
	for (size_t i = 0; i < file.log_count; i++) {
		entry = proof_message_entry(&file.log[i]);
		FUZZ_NEED(!proof_path_leads(entry->path, entry->leaf, entry->index, INT64_MAX, root));
	}
	judge(&file, in);
	return 0;
}
