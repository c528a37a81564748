/*
 * The property of one form (SPEC 1): what a decoder accepts, its encoder writes byte for byte. Tried on every change of
 * one byte, every cut and one byte too many.
 */
#ifndef HOTLINE_TESTS_MUTATE_H
#define HOTLINE_TESTS_MUTATE_H

#include "proto/pack.h"

/* Decodes in and, when that gives RESULT_OK, writes it again to w. Gives the decoder's result. */
typedef int mutate_recode(struct bytes in, struct pack_writer *w);

static uint8_t mutate_copy[65536], mutate_again[65536];

/* Whether in is refused, or accepted and written again the same. */
static bool mutate_holds(mutate_recode *recode, struct bytes in)
{
	struct pack_writer w = pack_writer(mutate_again, sizeof mutate_again);

	return recode(in, &w) != RESULT_OK || bytes_equal(pack_written(&w), in);
}

static bool mutate_is_accepted(mutate_recode *recode, struct bytes in)
{
	struct pack_writer w = pack_writer(mutate_again, sizeof mutate_again);

	return recode(in, &w) == RESULT_OK && bytes_equal(pack_written(&w), in);
}

/* Every step-th change of every byte; cuts and the byte too many must be refused. */
static bool mutate_all(mutate_recode *recode, struct bytes base, unsigned step)
{
	if (base.len >= sizeof mutate_copy || !mutate_is_accepted(recode, base))
		return false;
	memcpy(mutate_copy, base.data, base.len);
	mutate_copy[base.len] = 0;
	for (size_t i = 0; i < base.len; i++) {
		for (unsigned change = 1; change < 256; change += step) {
			mutate_copy[i] = base.data[i] ^ (uint8_t)change;
			if (!mutate_holds(recode, (struct bytes){mutate_copy, base.len}))
				return false;
		}
		mutate_copy[i] = base.data[i];
	}
	for (size_t len = 0; len <= base.len + 1; len++)
		if (len != base.len && mutate_is_accepted(recode, (struct bytes){mutate_copy, len}))
			return false;
	return true;
}

#endif
