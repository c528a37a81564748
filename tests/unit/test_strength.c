/* The estimate of a passphrase: words are counted as words, and nothing gets better by being said twice. */
#include "client/strength.h"

#include "tests/unit/test.h"

static unsigned bits(const char *text)
{
	return strength_bits(bytes_of(text));
}

TEST(a_word_counts_the_same_however_long)
{
	CHECK_EQUAL(bits("incident"), bits("incidentally"));
	CHECK(bits("incident") == 12);
}

TEST(four_different_words_are_strong_and_three_are_not)
{
	CHECK(strncmp(strength_words(bits("maple orbit kettle dune")), "strong", 6) == 0);
	CHECK(strncmp(strength_words(bits("maple orbit kettle")), "fair", 4) == 0);
	CHECK(strncmp(strength_words(bits("maple orbit")), "weak", 4) == 0);
}

TEST(the_same_word_again_adds_next_to_nothing)
{
	CHECK(bits("maple maple maple maple") < bits("maple orbit"));
}

TEST(the_same_character_again_adds_next_to_nothing)
{
	CHECK(bits("aaaaaaaaaaaaaaaa") < 12);
	CHECK(bits("1111111111111111") < 12);
	CHECK(bits("!!!!!!!!!!!!!!!!") < 12);
}

TEST(a_word_with_a_year_and_a_sign_is_weak)
{
	CHECK(strncmp(strength_words(bits("Bangkok2026!")), "weak", 4) == 0);
}

TEST(mixed_random_characters_are_strong)
{
	CHECK(strncmp(strength_words(bits("x7Kq9vT2mP4wZ")), "strong", 6) == 0);
}

TEST(thai_letters_are_counted_by_character)
{
	CHECK_EQUAL(bits("กข"), bits("ab"));
}

TEST(every_estimate_has_words)
{
	for (unsigned i = 0; i < 300; i++)
		CHECK(strength_words(i) != NULL && strlen(strength_words(i)) > 20);
	CHECK_EQUAL(bits(""), 0);
}
