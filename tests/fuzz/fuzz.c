/* What the fuzz targets share. */
#include "tests/fuzz/fuzz.h"

#include "proto/key.h"

int fuzz_accepted;

static uint8_t room[FUZZ_ROOM];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	FUZZ_NEED(key_init() == 0);
	return 0;
}

struct pack_writer fuzz_writer(void)
{
	return pack_writer(room, sizeof room);
}

void fuzz_same(struct bytes in, const struct pack_writer *w)
{
	FUZZ_NEED(!w->is_over);
	FUZZ_NEED(bytes_equal(pack_written(w), in));
	fuzz_accepted = 1;
}

struct bytes fuzz_part(struct bytes *in)
{
	struct bytes part = {in->data, 0};

	if (in->len < 2) {
		in->len = 0;
		return part;
	}
	part = (struct bytes){in->data + 2, pack_from_be16(in->data)};
	if (part.len > in->len - 2)
		part.len = in->len - 2;
	in->data += 2 + part.len;
	in->len -= 2 + part.len;
	return part;
}

uint8_t fuzz_byte(struct bytes *in)
{
	if (in->len == 0)
		return 0;
	in->len--;
	return *in->data++;
}
