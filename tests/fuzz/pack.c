/* The strict reader: what pack_check accepts has one form, and reading it value by value writes the same bytes. */
#include "proto/limits.h"
#include "tests/fuzz/fuzz.h"

/* The reader has no call that asks for a type, so this one looks at the first byte as the specification gives it. */
static void copy_value(struct pack_reader *r, struct pack_writer *w, unsigned depth)
{
	uint8_t head = r->next < r->end ? *r->next : 0;
	size_t count;

	if (head <= 0x7f || (head >= 0xcc && head <= 0xcf))
		pack_put_uint(w, pack_read_uint(r, INT64_MAX));
	else if (head >= 0xe0 || (head >= 0xd0 && head <= 0xd3))
		pack_put_int(w, pack_read_int(r));
	else if (head == 0xc2 || head == 0xc3)
		pack_put_bool(w, pack_read_bool(r));
	else if (head >= 0xc4 && head <= 0xc6)
		pack_put_bytes(w, pack_read_bin(r, SIZE_MAX));
	else if ((head >= 0xa0 && head <= 0xbf) || (head >= 0xd9 && head <= 0xdb))
		pack_put_str(w, pack_read_str(r, SIZE_MAX));
	else {
		count = pack_read_array(r, SIZE_MAX);
		FUZZ_NEED(depth > 0 && r->error == RESULT_OK);
		pack_put_array(w, count);
		for (size_t i = 0; i < count && r->error == RESULT_OK; i++)
			copy_value(r, w, depth - 1);
	}
}

static void read_typed(struct bytes in)
{
	struct pack_reader r = pack_reader(in);
	uint8_t fixed[32];
	struct ext ext;

	pack_read_uint(&r, UINT16_MAX);
	pack_read_int(&r);
	pack_read_bool(&r);
	pack_read_str(&r, 40);
	pack_read_fixed(&r, fixed, sizeof fixed);
	pack_read_optional(&r, fixed, sizeof fixed);
	pack_read_ext(&r, NULL, &ext);
	pack_read_end(&r);
	r = pack_reader(in);
	pack_read_ext(&r, NULL, &ext);
	r = pack_reader(in);
	pack_read_optional(&r, fixed, sizeof fixed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct pack_reader r = pack_reader(in);
	struct pack_writer w = fuzz_writer();

	read_typed(in);
	if (utf8_is_valid(in))
		FUZZ_NEED(utf8_length(in) <= size);
	if (pack_check(in, LIMIT_CONTROL_DEPTH) != RESULT_OK)
		return 0;
	copy_value(&r, &w, LIMIT_CONTROL_DEPTH);
	FUZZ_NEED(pack_read_end(&r) == RESULT_OK);
	fuzz_same(in, &w);
	return 0;
}
