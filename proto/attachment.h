/*
 * Attachments: encrypted once for all addressees with secretstream XChaCha20-Poly1305, 64 KiB to a message, the last
 * tagged final (SPEC 5.1). The ciphertext is a header and then the messages. Both ways are streams that hold one
 * message at a time; key and header are the caller's.
 */
#ifndef HOTLINE_PROTO_ATTACHMENT_H
#define HOTLINE_PROTO_ATTACHMENT_H

#include <sodium/crypto_secretstream_xchacha20poly1305.h>

#include "proto/hash.h"
#include "proto/message.h"

#define ATTACHMENT_CHUNK_BYTES (64 * KIB) /* plain, in every message but the last */
#define ATTACHMENT_HEADER_BYTES 24
#define ATTACHMENT_TAG_BYTES 17 /* what each message is longer by */
#define ATTACHMENT_MESSAGE_BYTES (ATTACHMENT_CHUNK_BYTES + ATTACHMENT_TAG_BYTES)

struct attachment_stream {
	crypto_secretstream_xchacha20poly1305_state state;
	struct hash_stream plain, cipher;
	uint64_t len, done; /* plain bytes: of all, passed so far */
	bool is_final;	    /* the last message has passed */
};

/* The length of the ciphertext of len plain bytes. */
uint64_t attachment_cipher_len(uint64_t len);
/* Plain bytes in the next message. */
size_t attachment_next(const struct attachment_stream *stream);

/* Begins to encrypt len bytes. The header is the first part of the ciphertext; key and header serve once. */
void attachment_seal_begin(struct attachment_stream *stream, const uint8_t key[KEY_BYTES],
			   const uint8_t header[ATTACHMENT_HEADER_BYTES], uint64_t len);
/* Encrypts the next message: exactly attachment_next() bytes of plain, ATTACHMENT_TAG_BYTES more to out. */
void attachment_seal(struct attachment_stream *stream, const uint8_t *plain, uint8_t *out);
/* After the last: both hashes. Wipes the stream. */
void attachment_seal_end(struct attachment_stream *stream, uint8_t out_hash[HASH_BYTES],
			 uint8_t out_cipher_hash[HASH_BYTES]);

/* Begins to decrypt what the content describes. */
void attachment_open_begin(struct attachment_stream *stream, const struct attachment *attachment,
			   const uint8_t header[ATTACHMENT_HEADER_BYTES]);
/*
 * Decrypts the next message: attachment_next() and ATTACHMENT_TAG_BYTES of cipher, to out. RESULT_SEAL when it does not
 * open here, or is tagged as the last where it is not, or not where it is: then the whole is not to be used.
 */
int attachment_open(struct attachment_stream *stream, const uint8_t *cipher, uint8_t *out);
/* After the last: RESULT_OK, RESULT_INCOMPLETE before it, RESULT_DIFFERENT when a hash is another. Wipes the stream. */
int attachment_open_end(struct attachment_stream *stream, const struct attachment *attachment);

#endif
