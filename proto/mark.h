/*
 * Marks a text that is written in English and read in the reader's language, where gettext's tools would not find it by
 * themselves. Only the client has catalogues.
 */
#ifndef HOTLINE_PROTO_MARK_H
#define HOTLINE_PROTO_MARK_H

#define N_(text) text

#endif
