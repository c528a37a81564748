/* Copies of messages that the ladder makes. */
#include "proto/copy.h"

#include "proto/limits.h"
#include "proto/name.h"
#include "proto/result.h"

void copy_encode(const struct copy *copy, struct pack_writer *w)
{
	pack_put_array(w, 6);
	pack_put_bin(w, copy->message, OBJECT_ID_BYTES);
	pack_put_str(w, copy->to);
	pack_put_uint(w, copy->step);
	pack_put_int(w, copy->at);
	pack_put_uint(w, copy->card_serial);
	pack_put_ext(w, &copy->ext);
}

int copy_decode(struct bytes body, struct copy *out)
{
	struct pack_reader r = pack_reader(body);
	struct copy c = {0};
	int result;

	pack_expect_array(&r, 6);
	pack_read_fixed(&r, c.message, OBJECT_ID_BYTES);
	c.to = pack_read_str(&r, LIMIT_NAME_BYTES);
	c.step = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	c.at = pack_read_int(&r);
	c.card_serial = pack_read_uint(&r, INT64_MAX);
	pack_read_ext(&r, NULL, &c.ext);
	if (!name_is_valid(c.to) || c.at <= 0 || c.card_serial == 0)
		pack_fail(&r, RESULT_MALFORMED);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = c;
	return result;
}
