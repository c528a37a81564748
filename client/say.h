/* Everything the client prints as text goes through here, and here through safe_text(). */
#ifndef HOTLINE_CLIENT_SAY_H
#define HOTLINE_CLIENT_SAY_H

#include <stdarg.h>
#include <stdio.h>

#include "proto/pack.h"

/* The two arguments that "%.*s" wants for borrowed bytes. */
#define BYTES(b) (int)(b).len, (b).len > 0 ? (const char *)(b).data : ""

/* Gives the memory back, or ends the program when there is none. */
void *must(void *memory);
/* Formats into memory that the caller frees. */
char *say_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *say_vformat(const char *format, va_list args);

/* One line, made safe as a whole. */
void say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same behind a heading in so many cells, one blank at least. */
void say_field(FILE *out, int cells, const char *heading, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* One line on stderr that begins with "hotline: ". */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Text of several lines, made safe, each line indented and wrapped to width cells (0: not wrapped). Breaks where
 * Unicode allows it (UAX 14), else between grapheme clusters, as Thai has no spaces.
 */
void say_text(FILE *out, struct bytes text, const char *indent, int width);
/* Writes a page that is safe already, banner before each line. */
void say_page(FILE *out, struct bytes page, const char *banner);

/* Asks on the terminal and reads a line without its end. False when stdin or stderr is no terminal, or at its end. */
bool say_ask(char *answer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Whether one can be asked. */
bool say_can_ask(void);
/* Cells in a line of the terminal on stdout, at the first call; 0 when it is none. */
int say_width(void);
/* Whether a person reads stdout, at the first call: a pager between changes nothing. */
bool say_is_terminal(void);

#endif
