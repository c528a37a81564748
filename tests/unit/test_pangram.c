/* The texts of link checks and the words of watch checks: each fits, is in one form only, and has what it is there for. */
#include "proto/pangram.h"

#include <uninorm.h>
#include <unistr.h>

#include "client/text.h"
#include "proto/limits.h"
#include "proto/words.h"
#include "tests/unit/test.h"

#define PANGRAM_BYTES 96 /* of a frame test */
#define WORD_BYTES 24

static bool is_nfc(const char *text)
{
	size_t len;
	char *nfc = text_nfc(bytes_of(text), &len);
	bool is_same = strcmp(nfc, text) == 0;

	free(nfc);
	return is_same;
}

static bool has_letter(const char *text, ucs4_t letter)
{
	return u8_chr((const uint8_t *)text, strlen(text), letter) != NULL;
}

/* Whether a text, in the decomposed form, has all of these. */
static bool has_all(const char *text, const char *letters)
{
	size_t len;
	uint8_t *nfd = u8_normalize(UNINORM_NFD, (const uint8_t *)text, strlen(text), NULL, &len);
	ucs4_t letter;

	for (const uint8_t *at = (const uint8_t *)letters; (at = u8_next(&letter, at)) != NULL;)
		if (u8_chr(nfd, len, letter) == NULL) {
			printf("# U+%04X is not in \"%s\"\n", letter, text);
			free(nfd);
			return false;
		}
	free(nfd);
	return true;
}

/* Marks above and below that are in use: mai han-akat, sara am, sara i … uu, mai taikhu … thanthakhat. */
static bool is_thai_mark(ucs4_t letter)
{
	return letter == 0xe31 || (letter >= 0xe33 && letter <= 0xe39) || (letter >= 0xe47 && letter <= 0xe4c);
}

static bool has_thai_mark(const char *text)
{
	for (ucs4_t letter = 0xe01; letter <= 0xe5b; letter++)
		if (is_thai_mark(letter) && has_letter(text, letter))
			return true;
	return false;
}

TEST(each_pangram_fits_a_frame_and_is_valid_nfc_and_none_comes_twice)
{
	for (size_t i = 0; i < PANGRAMS; i++) {
		CHECK(strlen(pangrams[i].text) > 0 && strlen(pangrams[i].text) <= PANGRAM_BYTES);
		CHECK(utf8_is_valid(bytes_of(pangrams[i].text)) && is_nfc(pangrams[i].text));
		CHECK(text_is_language(bytes_of(pangrams[i].lang)));
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(pangrams[i].text, pangrams[j].text) != 0);
	}
}

TEST(an_english_pangram_has_every_letter)
{
	for (size_t i = 0; i < PANGRAMS; i++)
		for (char letter = 'a'; strcmp(pangrams[i].lang, "en") == 0 && letter <= 'z'; letter++)
			CHECK(strchr(pangrams[i].text, letter) != NULL ||
			      strchr(pangrams[i].text, letter - 'a' + 'A') != NULL);
}

/* breve, circumflex, horn, d with stroke; grave, acute, hook above, tilde, dot below */
TEST(a_vietnamese_pangram_has_every_mark_and_every_tone)
{
	static const char marks[] = "\u0306\u0302\u031b\u0111\u0300\u0301\u0309\u0303\u0323";

	for (size_t i = 0; i < PANGRAMS; i++)
		if (strcmp(pangrams[i].lang, "vi") == 0)
			CHECK(has_all(pangrams[i].text, marks));
}

TEST(the_thai_pangrams_have_every_mark_together_and_each_has_several)
{
	bool is_met[0xe4d - 0xe31] = {false};

	for (size_t i = 0; i < PANGRAMS; i++) {
		int marks = 0;

		for (ucs4_t letter = 0xe31; strcmp(pangrams[i].lang, "th") == 0 && letter <= 0xe4c; letter++)
			if (is_thai_mark(letter) && has_letter(pangrams[i].text, letter)) {
				is_met[letter - 0xe31] = true;
				marks++;
			}
		CHECK(strcmp(pangrams[i].lang, "th") != 0 || marks >= 4);
	}
	for (ucs4_t letter = 0xe31; letter <= 0xe4c; letter++)
		CHECK(is_met[letter - 0xe31] || !is_thai_mark(letter));
}

TEST(there_are_pangrams_in_thai_vietnamese_and_english)
{
	int count[3] = {0};

	for (size_t i = 0; i < PANGRAMS; i++)
		count[strcmp(pangrams[i].lang, "en") == 0 ? 0 : strcmp(pangrams[i].lang, "th") == 0 ? 1 : 2]++;
	CHECK(count[0] >= 3 && count[1] >= 3 && count[2] >= 3);
}

TEST(each_word_is_short_valid_nfc_and_none_comes_twice)
{
	for (size_t list = 0; list < WORD_LISTS; list++)
		for (size_t i = 0; i < WORDS; i++) {
			const char *word = words[list][i];

			CHECK(word != NULL && strlen(word) > 0 && strlen(word) <= WORD_BYTES);
			CHECK(utf8_is_valid(bytes_of(word)) && is_nfc(word));
			CHECK(strpbrk(word, " \t,") == NULL);
			for (size_t j = 0; j < i; j++)
				CHECK(strcmp(word, words[list][j]) != 0);
		}
}

TEST(english_words_are_lower_case_ascii_and_the_others_have_a_mark)
{
	for (size_t i = 0; i < WORDS; i++) {
		size_t marks = 0;

		CHECK(strspn(words[WORDS_ENGLISH][i], "abcdefghijklmnopqrstuvwxyz") == strlen(words[WORDS_ENGLISH][i]));
		CHECK(has_thai_mark(words[WORDS_THAI][i]));
		for (const char *at = words[WORDS_VIETNAMESE][i]; *at != '\0'; at++)
			marks += (*at & 0x80) != 0;
		CHECK(marks > 0);
	}
}
