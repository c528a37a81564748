/* Attachments in the world: given to drafts and opened as the client does, over the control socket alone. */
#ifndef HOTLINE_TESTS_SIM_ATTACHED_H
#define HOTLINE_TESTS_SIM_ATTACHED_H

#include "tests/sim/office.h"

/* Attaches len bytes that only the seed decides. 0, or the error of the call that refused. */
int attached_give(struct world *world, size_t site, uint64_t draft, uint64_t len, uint8_t seed, struct answer *out);
/* Begins one of len bytes and gives only some of them, whole chunks. */
void attached_give_part(struct world *world, size_t site, uint64_t draft, uint64_t len, uint64_t given);
/* A message with one attachment: drafted, given, approved, released. */
void attached_send(struct world *world, size_t site, const struct words *words, uint64_t len,
		   uint8_t out_id[OBJECT_ID_BYTES]);
/* How far the nth attachment (from 0) of a message is at a station. */
struct control_blob attached_state(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n);
/* How many bytes of its ciphertext a station has given to an addressee of it. */
uint64_t attached_given(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n, size_t to);
/* Whether it opens there, both hashes right, to the bytes that attached_give() gave for this seed. */
bool attached_opens(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], size_t n, uint8_t seed);

#endif
