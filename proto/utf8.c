/* UTF-8 as RFC 3629 has it, without NUL. */
#include <string.h>

#include "proto/pack.h"

/* The length of the valid UTF-8 sequence at the start of text (RFC 3629, table of 4), 0 if there is none. */
static size_t sequence(const uint8_t *s, size_t len)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t need;

	if (s[0] < 0x80)
		return s[0] != 0;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	need = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len < need)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	if (s[0] == 0xed)
		high = 0x9f;
	if (s[0] == 0xf0)
		low = 0x90;
	if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

/* Whether eight bytes are all of ASCII and none is zero: most text is, and goes by in such steps. */
static bool is_plain(const uint8_t *s)
{
	uint64_t word, zeros;

	memcpy(&word, s, sizeof word);
	zeros = (word - UINT64_C(0x0101010101010101)) & ~word;
	return ((word | zeros) & UINT64_C(0x8080808080808080)) == 0;
}

bool utf8_is_valid(struct bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		if (text.len - at >= sizeof(uint64_t) && is_plain(text.data + at)) {
			at += sizeof(uint64_t);
			continue;
		}
		size_t step = sequence(text.data + at, text.len - at);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

size_t utf8_length(struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += (text.data[i] & 0xc0) != 0x80;
	return count;
}
