/*
 * An honest, simple estimate. People choose words, not letters, and guessers know it; so letters in a row count as one
 * word, and random letters are taken for less than they are. One machine tries about a thousand passphrases a second
 * against a locked file (Argon2id, 64 MiB, 3 passes).
 */
#include "client/strength.h"
#include "client/lang.h"

#include <string.h>

#define TENTHS 10
#define LETTER 47 /* tenths of a bit, of 26 */
#define DIGIT 33
#define SIGN 50
#define REPEATED 10
#define WORD_MOST 120
#define DIGITS_MOST 130 /* about all days of a century, or four random digits */

enum kind { KIND_BLANK, KIND_LETTER, KIND_DIGIT, KIND_SIGN };

static enum kind kind_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return KIND_DIGIT;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80)
		return KIND_LETTER;
	return c == ' ' || c == '\t' ? KIND_BLANK : KIND_SIGN;
}

static unsigned run_worth(enum kind kind, size_t characters)
{
	unsigned long worth;

	if (characters > WORD_MOST)
		characters = WORD_MOST;
	if (kind == KIND_LETTER) {
		worth = LETTER * characters;
		return worth < WORD_MOST ? (unsigned)worth : WORD_MOST;
	}
	worth = DIGIT * characters;
	if (kind == KIND_DIGIT)
		return worth < DIGITS_MOST ? (unsigned)worth : DIGITS_MOST;
	return kind == KIND_SIGN ? SIGN : 0;
}

/* Whether the run stands in what came before it. */
static bool is_repeated(struct bytes before, struct bytes run)
{
	return before.len >= run.len && memmem(before.data, before.len, run.data, run.len) != NULL;
}

unsigned strength_bits(struct bytes passphrase)
{
	size_t at = 0, end;
	unsigned tenths = 0;

	for (; at < passphrase.len; at = end) {
		enum kind kind = kind_of(passphrase.data[at]);
		struct bytes run = {passphrase.data + at, 0};
		unsigned worth;

		for (end = at; end < passphrase.len && kind_of(passphrase.data[end]) == kind; end++)
			run.len++;
		worth = run_worth(kind, utf8_length(run));
		if (worth > REPEATED && is_repeated((struct bytes){passphrase.data, at}, run))
			worth = REPEATED;
		/* the same character over and over is one and a count */
		if (run.len > 2 &&
		    is_repeated((struct bytes){run.data, run.len - 1}, (struct bytes){run.data + 1, run.len - 1}))
			worth = worth < LETTER + REPEATED ? worth : LETTER + REPEATED;
		tenths += worth;
	}
	return tenths / TENTHS;
}

const char *strength_words(unsigned bits)
{
	static const struct {
		unsigned below; /* 2^(below - 1) guesses at 1,000 a second */
		const char *words;
	} scale[] = {
	    {17, N_("weak: one machine guesses it in a minute; use four random words or more")},
	    {23, N_("weak: one machine guesses it in an hour; use four random words or more")},
	    {28, N_("weak: one machine guesses it in a day; use four random words or more")},
	    {33, N_("weak: one machine guesses it in weeks; use four random words or more")},
	    {36, N_("weak: one machine guesses it in a year; use four random words or more")},
	    {46, N_("fair: one machine needs years, a thousand machines days; four random words or more are better")},
	};

	for (size_t i = 0; i < sizeof scale / sizeof *scale; i++)
		if (bits < scale[i].below)
			return _(scale[i].words);
	return _("strong: a thousand machines need years, if its words were drawn and not thought up");
}
