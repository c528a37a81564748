/*
 * What the hourly link check sends (SPEC 7.2): short texts in Thai, Vietnamese and English, written for it. They hold
 * what a line or a program spoils first: an English one every letter, a Vietnamese one every letter with a mark and
 * every tone. 96 bytes are 32 characters of Thai, too few for its 44 consonants: the Thai ones together have all vowels and
 * tone marks in use that stand above or below.
 */
#ifndef HOTLINE_PROTO_PANGRAM_H
#define HOTLINE_PROTO_PANGRAM_H

#define PANGRAMS 12

struct pangram {
	const char *lang, *text; /* in NFC, at most LIMIT_TEST_BYTES */
};
extern const struct pangram pangrams[PANGRAMS];

#endif
