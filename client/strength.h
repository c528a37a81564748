/* How hard a passphrase is to guess, in plain words and on the safe side. */
#ifndef HOTLINE_CLIENT_STRENGTH_H
#define HOTLINE_CLIENT_STRENGTH_H

#include "proto/pack.h"

/*
 * Bits of a passphrase (valid UTF-8) as a guesser counts who has a list of words: a word counts as one of 4,096 however
 * long it is, a run of digits like a date, a sign among 32; what was there before counts next to nothing.
 */
unsigned strength_bits(struct bytes passphrase);
/* "weak: one machine guesses it in hours; use four random words or more". */
const char *strength_words(unsigned bits);

#endif
