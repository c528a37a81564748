/*
 * The words of watch checks (SPEC 7.2): short everyday ones, which a person reads on one screen and types on another
 * keyboard. Lower case and NFC; every Thai and every Vietnamese one has a mark that is lost when something is amiss.
 */
#ifndef HOTLINE_PROTO_WORDS_H
#define HOTLINE_PROTO_WORDS_H

#define WORDS 64

enum word_list { WORDS_ENGLISH, WORDS_THAI, WORDS_VIETNAMESE, WORD_LISTS };
extern const char *const words[WORD_LISTS][WORDS];

#endif
