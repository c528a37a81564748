/* A line that is typed. */
#include "client/board/model.h"

#include <string.h>

#include <unistr.h>

void input_key(char *text, size_t size, unsigned key)
{
	size_t len = strlen(text);
	uint8_t encoded[6];
	int took;

	if (key == KEY_RUBOUT && len > 0) {
		do
			len--;
		while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80);
		text[len] = '\0';
	}
	took = key >= ' ' && key != KEY_RUBOUT ? u8_uctomb(encoded, key, sizeof encoded) : -1;
	if (took > 0 && len + (size_t)took < size) {
		memcpy(text + len, encoded, (size_t)took);
		text[len + (size_t)took] = '\0';
	}
}
