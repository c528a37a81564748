/*
 * The two handshake records of a link (SPEC 3): Noise_KKpsk0 in 256 bytes each way, the first with a tag by
 * which a responder finds peer, generation and week without any Diffie-Hellman.
 */
#ifndef HOTLINE_PROTO_RECORD_H
#define HOTLINE_PROTO_RECORD_H

#include "proto/limits.h"
#include "proto/name.h"
#include "proto/noise.h"

#define RECORD_TAG_BYTES 16

/* What both sides put into the prologue. */
struct record_context {
	struct name initiator, responder;
	uint32_t generation, week;
	uint16_t cell; /* bytes */
};

/* The initiator's first record. counter and at go into the payload. Leaves the handshake in noise. RESULT_KEY. */
int record_write_first(const struct record_context *context, const struct link_pair *own, const uint8_t peer_link[KEY_BYTES],
		       const uint8_t k_link[KEY_BYTES], const uint8_t k_tag[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES],
		       uint64_t counter, int64_t at, struct noise *noise, uint8_t out[RECORD_BYTES]);
/* Whether the tag of a first record was made under k_tag by initiator. Constant time. */
bool record_tag_matches(const uint8_t record[RECORD_BYTES], const uint8_t k_tag[KEY_BYTES], const struct name *initiator);
/* The responder's reading of it. RESULT_SEAL or RESULT_MALFORMED; noise is then dead and wiped. */
int record_read_first(const struct record_context *context, const struct link_pair *own, const uint8_t peer_link[KEY_BYTES],
		      const uint8_t k_link[KEY_BYTES], const uint8_t record[RECORD_BYTES], struct noise *noise,
		      uint64_t *out_counter, int64_t *out_at);
/* The responder's answer, after which both split. */
int record_write_second(struct noise *noise, const uint8_t ephemeral[KEY_BYTES], int64_t at, uint8_t out[RECORD_BYTES]);
int record_read_second(struct noise *noise, const uint8_t record[RECORD_BYTES], int64_t *out_at);

#endif
