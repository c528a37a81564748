/*
 * Files locked under a passphrase, and rows encrypted at rest (SPEC 2, 9): Argon2id (RFC 9106) makes the key of a file,
 * XChaCha20-Poly1305 encrypts, and what a thing is stands in the additional data, so that nothing opens as another.
 */
#ifndef HOTLINE_PROTO_LOCK_H
#define HOTLINE_PROTO_LOCK_H

#include "proto/key.h"
#include "proto/pack.h"

#define LOCK_SALT_BYTES 16
#define LOCK_NONCE_BYTES 24
#define LOCK_RANDOM_BYTES (LOCK_SALT_BYTES + LOCK_NONCE_BYTES)
#define LOCK_LABEL_BYTES 32
#define LOCK_MEMORY_BYTES (64u * 1024 * 1024)
#define LOCK_PASSES 3
#define LOCK_PASSPHRASE_BYTES 1024 /* the longest taken */
#define LOCK_OVERHEAD_BYTES 160	   /* a locked file is at most this much longer than what it holds */

/*
 * [ "hotline-lock/1", label, salt (16), nonce (24), ciphertext ]. label says what is inside ("station", "root",
 * "offer") and is authenticated. random is fresh for every call. Negative when there are no 64 MiB to work in.
 */
int lock_close(struct bytes label, struct bytes passphrase, const uint8_t random[LOCK_RANDOM_BYTES], struct bytes plain,
	       struct pack_writer *w);
/* Whether bytes are a locked file at all; any label. */
bool lock_is_locked(struct bytes in);
/*
 * Opens into out, which holds in.len bytes. RESULT_MALFORMED: not a locked file of this label; RESULT_SEAL: wrong
 * passphrase, or damaged. Negative as above.
 */
int lock_open(struct bytes label, struct bytes passphrase, struct bytes in, uint8_t *out, size_t *out_len);

/* A row at rest: nonce (24) and ciphertext, bound to table and row. out holds plain.len + ROW_OVERHEAD_BYTES. */
#define ROW_OVERHEAD_BYTES (LOCK_NONCE_BYTES + 16)
void row_close(const uint8_t key[KEY_BYTES], struct bytes table, struct bytes row,
	       const uint8_t nonce[LOCK_NONCE_BYTES], struct bytes plain, uint8_t *out);
/* out holds in.len bytes. RESULT_SEAL when it was not made for this key, table and row. */
int row_open(const uint8_t key[KEY_BYTES], struct bytes table, struct bytes row, struct bytes in, uint8_t *out,
	     size_t *out_len);

#endif
