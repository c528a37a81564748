/* Cutting up text that people wrote, and the one form in which it is kept: NFC. */
#ifndef HOTLINE_CLIENT_TEXT_H
#define HOTLINE_CLIENT_TEXT_H

#include "proto/pack.h"

/* Without the blanks (space, tab, newline) at both ends. Borrows. */
struct bytes text_trim(struct bytes text);
/* Cuts the next part off rest, up to the separator, which is dropped; trimmed. Borrows. */
struct bytes text_cut(struct bytes *rest, char separator);
/* The same letters, ASCII case aside. */
bool text_is(struct bytes text, const char *word);
/* A decimal number of at most max; false if it is anything else. */
bool text_number(struct bytes text, uint64_t max, uint64_t *out);
/* Exactly len bytes as 2 * len hex digits. */
bool text_hex(struct bytes text, uint8_t *out, size_t len);
/* Copies with A-Z made a-z into out, which ends in zero; false if it does not fit. */
bool text_lower(struct bytes text, char *out, size_t size);
/* A language tag's shape (RFC 5646): groups of letters and digits joined by '-', the first of 2 to 8 letters. */
bool text_is_language(struct bytes text);
/* Where text stops being UTF-8 without NUL; text.len when it never does. */
size_t text_invalid_at(struct bytes text);
/* The NFC of valid text (UAX 15) in memory that the caller frees, ended by zero. */
char *text_nfc(struct bytes text, size_t *out_len);
/* The NFC of valid text in lower case; as above. */
char *text_fold(struct bytes text);
/* In capitals, where its letters have them. Caller frees. */
char *text_upper(const char *text);

#endif
