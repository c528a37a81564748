/* Signed notes and checkpoints: what is read lies within the input and says again what was read. */
#include "proto/checkpoint.h"
#include "tests/fuzz/fuzz.h"

static bool is_within(struct bytes part, struct bytes in)
{
	return part.len == 0 || (part.data >= in.data && part.data + part.len <= in.data + in.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct note note;
	struct checkpoint checkpoint, again;
	struct sign_pair pair;
	struct pack_writer w = fuzz_writer();

	key_sign_pair((const uint8_t[32]){1}, &pair);
	if (note_decode(in, &note) != RESULT_OK)
		return 0;
	FUZZ_NEED(is_within(note.text, in) && is_within(note.signatures, in));
	note_verify(&note, bytes_of("hotline/tha-cert/vnm-cert"), pair.public);
	if (checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return 0;
	FUZZ_NEED(is_within(checkpoint.origin, in));
	FUZZ_NEED(checkpoint.size <= INT64_MAX);
	fuzz_accepted = 1;
	if (checkpoint.origin.len >= ORIGIN_TEXT)
		return 0; /* none of ours */
	checkpoint_sign(&checkpoint, &pair, &w);
	if (w.len <= NOTE_MAX_BYTES &&
	    checkpoint_open(pack_written(&w), checkpoint.origin, pair.public, &again) == RESULT_OK)
		FUZZ_NEED(again.size == checkpoint.size && memcmp(again.root, checkpoint.root, HASH_BYTES) == 0);
	return 0;
}
