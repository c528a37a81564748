/* The key file of a station: its seeds in one strict array, and the pairs they make. */
#include "proto/keyfile.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

#define FORMAT "hotline-keys/1"

void keyfile_make(struct bytes name, const uint8_t random[KEYFILE_RANDOM_BYTES], struct station_keys *out)
{
	bool is_valid;

	memset(out, 0, sizeof *out);
	is_valid = name_copy(name, &out->name);
	assert(is_valid);
	(void)is_valid;
	out->has_root = true;
	key_sign_pair(random, &out->root);
	key_sign_pair(random + KEY_BYTES, &out->signing);
	key_sign_pair(random + 2 * KEY_BYTES, &out->log);
	key_link_pair(random + 3 * KEY_BYTES, &out->link);
	memcpy(out->store, random + 4 * KEY_BYTES, KEY_BYTES);
}

/* The seed of a pair is the first half of its secret key, as libsodium keeps it (RFC 8032 5.1.5). */
struct bytes keyfile_encode(const struct station_keys *keys, uint8_t out[KEYFILE_BYTES])
{
	struct pack_writer w = pack_writer(out, KEYFILE_BYTES);

	pack_put_array(&w, 9);
	pack_put_text(&w, FORMAT);
	pack_put_str(&w, name_bytes(&keys->name));
	pack_put_bin(&w, keys->root.secret, keys->has_root ? KEY_BYTES : 0);
	pack_put_bin(&w, keys->signing.secret, KEY_BYTES);
	pack_put_bin(&w, keys->log.secret, KEY_BYTES);
	pack_put_bin(&w, keys->link.secret, KEY_BYTES);
	pack_put_bin(&w, keys->store, KEY_BYTES);
	pack_put_bin(&w, keys->old_link.secret, keys->has_old_link ? KEY_BYTES : 0);
	pack_put_int(&w, keys->retired_at);
	assert(!w.is_over);
	return pack_written(&w);
}

int keyfile_decode(struct bytes in, struct station_keys *out)
{
	struct pack_reader r = pack_reader(in);
	uint8_t seeds[KEYFILE_RANDOM_BYTES], old_link[KEY_BYTES];
	struct name name = {0};
	bool has_root, has_old_link;
	int64_t retired_at;
	int result;

	pack_expect_array(&r, 9);
	if (!bytes_equal(pack_read_str(&r, SIZE_MAX), bytes_of(FORMAT)))
		pack_fail(&r, RESULT_MALFORMED);
	if (!name_copy(pack_read_str(&r, SIZE_MAX), &name))
		pack_fail(&r, RESULT_MALFORMED);
	has_root = pack_read_optional(&r, seeds, KEY_BYTES);
	for (size_t i = 1; i < KEYFILE_RANDOM_BYTES / KEY_BYTES; i++)
		pack_read_fixed(&r, seeds + i * KEY_BYTES, KEY_BYTES);
	has_old_link = pack_read_optional(&r, old_link, KEY_BYTES);
	retired_at = pack_read_int(&r);
	result = pack_read_end(&r);
	if (result != RESULT_OK) {
		result = RESULT_MALFORMED;
		goto out;
	}
	keyfile_make(name_bytes(&name), seeds, out);
	out->has_root = has_root;
	out->has_old_link = has_old_link;
	out->retired_at = retired_at;
	if (has_old_link)
		key_link_pair(old_link, &out->old_link);
	if (!has_root)
		key_wipe(&out->root, sizeof out->root);
out:
	key_wipe(seeds, sizeof seeds);
	key_wipe(old_link, sizeof old_link);
	return result;
}
