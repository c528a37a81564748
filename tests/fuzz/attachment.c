/* An attachment's ciphertext behind its plain length (u32), under a key of zeros: what opens seals to the same bytes. */
#include "proto/attachment.h"
#include "tests/fuzz/fuzz.h"

/* Opens all messages into plain; false where one does not. */
static bool open_all(struct attachment_stream *stream, const uint8_t *cipher, uint8_t *plain)
{
	while (!stream->is_final) {
		size_t step = attachment_next(stream);

		if (attachment_open(stream, cipher, plain) != RESULT_OK)
			return false;
		cipher += step + ATTACHMENT_TAG_BYTES;
		plain += step;
	}
	return true;
}

static void seal_all(struct attachment_stream *stream, const uint8_t *plain, uint8_t *cipher)
{
	while (!stream->is_final) {
		size_t step = attachment_next(stream);

		attachment_seal(stream, plain, cipher);
		plain += step;
		cipher += step + ATTACHMENT_TAG_BYTES;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t plain[FUZZ_ROOM], again[FUZZ_ROOM];
	struct attachment a = {0};
	struct attachment_stream stream;
	const uint8_t *header = data + 4, *cipher = header + ATTACHMENT_HEADER_BYTES;

	if (size < 4 + ATTACHMENT_HEADER_BYTES || size > FUZZ_ROOM)
		return 0;
	a.len = pack_from_be32(data);
	if (attachment_cipher_len(a.len) != size - 4)
		return 0;
	attachment_open_begin(&stream, &a, header);
	if (!open_all(&stream, cipher, plain)) {
		FUZZ_NEED(attachment_open_end(&stream, &a) == RESULT_INCOMPLETE);
		return 0;
	}
	FUZZ_NEED(attachment_open_end(&stream, &a) == RESULT_DIFFERENT); /* the hashes are zeros */
	attachment_seal_begin(&stream, a.key, header, a.len);
	seal_all(&stream, plain, again);
	attachment_seal_end(&stream, a.hash, a.cipher_hash);
	FUZZ_NEED(memcmp(again, cipher, size - 4 - ATTACHMENT_HEADER_BYTES) == 0);
	attachment_open_begin(&stream, &a, header);
	FUZZ_NEED(open_all(&stream, cipher, plain) && attachment_open_end(&stream, &a) == RESULT_OK);
	fuzz_accepted = 1;
	return 0;
}
