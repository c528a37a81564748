/*
 * Sealing a parcel to one station (SPEC 4): Noise_Kpsk0_25519_ChaChaPoly_BLAKE2b with the week's seal key.
 */
#ifndef HOTLINE_PROTO_SEAL_H
#define HOTLINE_PROTO_SEAL_H

#include "proto/key.h"
#include "proto/name.h"

/* The outside of a sealed parcel. */
struct seal_head {
	struct name from, to;
	uint32_t generation, week;
	uint8_t precedence;
	uint64_t seq;
};

struct sealed {
	struct seal_head head;
	struct bytes body; /* the Noise message and the transport messages; borrowed */
};

/* The size of the sealed form of a plaintext of len bytes at most. */
size_t seal_capacity(size_t len);
/* Seals plain into out, which holds seal_capacity(plain.len). RESULT_KEY on an all-zero agreement. */
int seal_close(const struct seal_head *head, const struct link_pair *own, const uint8_t peer_link[KEY_BYTES],
	       const uint8_t psk[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES], struct bytes plain, uint8_t *out,
	       size_t *out_len);
/* Reads the outside alone, strictly. */
int seal_decode(struct bytes in, struct sealed *out);
/* The plaintext's length as the body's size implies it; 0 if no sealed body has that size. */
size_t seal_plain_len(const struct sealed *sealed);
/* Opens into out, which holds seal_plain_len(). RESULT_SEAL if anything is not as its sender sealed it. */
int seal_open(const struct sealed *sealed, const struct link_pair *own, const uint8_t peer_link[KEY_BYTES],
	      const uint8_t psk[KEY_BYTES], uint8_t *out);

#endif
