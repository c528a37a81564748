/* The root file: a state's name and its root's seed in one strict array. */
#include "proto/rootfile.h"

#include <assert.h>
#include <string.h>

#include "proto/name.h"
#include "proto/result.h"

#define FORMAT "hotline-root/1"

void rootfile_make(struct bytes state, const uint8_t seed[KEY_BYTES], struct root_key *out)
{
	assert(name_is_state(state) && state.len < ROOTFILE_STATE_TEXT);
	memset(out, 0, sizeof *out);
	memcpy(out->state, state.data, state.len);
	key_sign_pair(seed, &out->pair);
}

/* The seed of a pair is the first half of its secret key, as libsodium keeps it (RFC 8032 5.1.5). */
struct bytes rootfile_encode(const struct root_key *root, uint8_t out[ROOTFILE_BYTES])
{
	struct pack_writer w = pack_writer(out, ROOTFILE_BYTES);

	pack_put_array(&w, 3);
	pack_put_text(&w, FORMAT);
	pack_put_text(&w, root->state);
	pack_put_bin(&w, root->pair.secret, KEY_BYTES);
	assert(!w.is_over);
	return pack_written(&w);
}

int rootfile_decode(struct bytes in, struct root_key *out)
{
	struct pack_reader r = pack_reader(in);
	uint8_t seed[KEY_BYTES];
	struct bytes state;
	int result;

	pack_expect_array(&r, 3);
	if (!bytes_equal(pack_read_str(&r, SIZE_MAX), bytes_of(FORMAT)))
		pack_fail(&r, RESULT_MALFORMED);
	state = pack_read_str(&r, SIZE_MAX);
	if (!name_is_state(state))
		pack_fail(&r, RESULT_MALFORMED);
	pack_read_fixed(&r, seed, sizeof seed);
	result = pack_read_end(&r) == RESULT_OK ? RESULT_OK : RESULT_MALFORMED;
	if (result == RESULT_OK)
		rootfile_make(state, seed, out);
	key_wipe(seed, sizeof seed);
	return result;
}
