/* The reader's language. */
#ifndef HOTLINE_CLIENT_LANG_H
#define HOTLINE_CLIENT_LANG_H
#define _(text) (text)
#define N_(text) text
#define ngettext(one, many, n) ((n) == 1 ? (one) : (many))
#endif
