/*
 * Text in a page of HTML: made safe as for a terminal, then escaped, so that it is text in elements and attributes
 * alike and well-formed XML. Markup goes out with fputs(), and only what stands in the source is markup.
 */
#ifndef HOTLINE_CLIENT_HTML_H
#define HOTLINE_CLIENT_HTML_H

#include <stdio.h>

#include "client/safe.h"

void html_text(FILE *out, struct bytes text, enum safe_mode mode);
/* One line, formatted, then made safe and escaped as a whole. */
void html_say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What html_say() gives between <tag> and </tag>; attributes: "" or markup that begins with a blank. */
void html_in(FILE *out, const char *tag, const char *attributes, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
