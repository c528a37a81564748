/*
 * The one door between other people's text and a terminal: control characters, escape sequences, bidirectional
 * overrides, invisible characters and broken UTF-8 become visible.
 */
#ifndef HOTLINE_CLIENT_SAFE_H
#define HOTLINE_CLIENT_SAFE_H

#include "proto/pack.h"

enum safe_mode { SAFE_LINE, SAFE_LINES /* newlines stay */ };

/*
 * A copy of in that is safe to print, ended by zero; the caller frees it. At most four bytes for each byte of in.
 * "<1B>" stands for a byte or a control character, "<U+202E>" for any other character that is not shown as it is.
 */
char *safe_text(struct bytes in, enum safe_mode mode);

#endif
