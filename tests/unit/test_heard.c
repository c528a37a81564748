/* What the station says, in the reader's language: which format is recognised, and what stands in its places. */
#include "client/heard.h"

#include <stdlib.h>

#include "client/lang.h"
#include "tests/unit/test.h"

/* A catalogue of these pairs, whose originals are in order. */
static struct catalogue catalogue;
static uint8_t file[4096];

static void put32(size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		file[at + (size_t)i] = (uint8_t)(value >> 8 * i);
}

static size_t put_text(size_t place, const char *text, size_t at)
{
	put32(place, (uint32_t)strlen(text));
	put32(place + 4, (uint32_t)at);
	memcpy(file + at, text, strlen(text) + 1);
	return at + strlen(text) + 1;
}

static void make(const char *const (*pairs)[2], size_t count)
{
	size_t originals = 28, translations = originals + 8 * count, at = translations + 8 * count;

	memset(file, 0, sizeof file);
	put32(0, 0x950412de);
	put32(8, (uint32_t)count);
	put32(12, (uint32_t)originals);
	put32(16, (uint32_t)translations);
	for (size_t i = 0; i < count; i++) {
		at = put_text(originals + 8 * i, pairs[i][0], at);
		at = put_text(translations + 8 * i, pairs[i][1], at);
	}
	CHECK(catalogue_open(&catalogue, (struct bytes){file, at}));
}

static const char *const pairs[][2] = {
    {"", "header"},
    {"%.*s gave %s to %.*s.", "%5$.*4$s <- %3$s <- %2$.*1$s"},
    {"%s and nothing more is known", "only %s"},
    {"Draft %llu can't be read.", "D %llu?"},
    {"Draft %llu has %u faults: %s", "%2$u in D %1$llu: %3$s"},
    {"Half of it is there, 50 %% of %s.", "50 %% %s"},
    {"The draft is empty.", "Leer, 100 %%."},
    {"at %s", "@%s"},
    {"card", "CARD"},
    {"it is late", "spät"},
};

static bool is_heard(const char *sentence, const char *as)
{
	char *got;
	bool is_so;

	make(pairs, sizeof pairs / sizeof *pairs);
	got = heard_by(&catalogue, bytes_of(sentence));
	is_so = strcmp(got, as) == 0;
	if (!is_so)
		printf("# \"%s\"\n", got);
	free(got);
	return is_so;
}

TEST(a_sentence_is_recognised_by_its_format_and_its_parts_are_taken_over)
{
	CHECK(is_heard("Draft 7 can't be read.", "D 7?"));
	CHECK(is_heard("tha-cert gave 12 to vnm-cert.", "vnm-cert <- 12 <- tha-cert"));
	CHECK(is_heard(" gave  to .", " <-  <- "));
}

TEST(what_stands_in_a_place_is_translated_when_it_is_a_sentence_or_a_code)
{
	CHECK(is_heard("Draft 7 has 2 faults: Draft 8 can't be read.", "2 in D 7: D 8?"));
	CHECK(is_heard("x gave card to y.", "y <- CARD <- x"));
	CHECK(is_heard("Draft 1 has 1 faults: Draft 2 has 2 faults: Draft 3 has 3 faults: card", "1 in D 1: 2 in D 2: 3 in D 3: card"));
}

TEST(a_number_is_digits_and_nothing_else)
{
	CHECK(is_heard("Draft seven can't be read.", "Draft seven can't be read."));
	CHECK(is_heard("Draft  can't be read.", "Draft  can't be read."));
	CHECK(is_heard("Draft -7 can't be read.", "D -7?"));
	CHECK(is_heard("The draft is empty.", "Leer, 100 %."));
}

TEST(what_no_format_fits_stays_as_it_was_said)
{
	CHECK(is_heard("", ""));
	CHECK(is_heard("Draft 7 can't be read", "Draft 7 can't be read"));
	CHECK(is_heard("Draft 7 can't be read..", "Draft 7 can't be read.."));
	CHECK(is_heard("Draft 7", "Draft 7"));
	CHECK(is_heard("at noon", "at noon")); /* so few words would fit too much */
	CHECK(is_heard("Half of it is there, 50 % of x.", "Half of it is there, 50 % of x."));
}

TEST(the_format_with_the_most_words_is_meant)
{
	static const char *const both[][2] = {{"Draft %s be read; %s", "few %s %s"}, {"Draft %s can't be read; %s", "most %s %s"}};
	char *got;

	make(both, 2);
	got = heard_by(&catalogue, bytes_of("Draft 7 can't be read; go"));
	CHECK(strcmp(got, "most 7 go") == 0);
	free(got);
}

TEST(sentences_joined_by_semicolons_are_taken_one_by_one)
{
	CHECK(is_heard("it is late; unheard of; Draft 7 can't be read.", "spät; unheard of; D 7?"));
	CHECK(is_heard("; ", "; "));
}

TEST(nothing_that_was_said_is_a_format)
{
	CHECK(is_heard("%n gave %s%s to %*.*s.", "%*.*s <- %s%s <- %n"));
	CHECK(is_heard("%s%n%s", "%s%n%s"));
}

TEST(what_hotlined_says_is_heard_in_thai_and_vietnamese)
{
	CHECK(lang_choose("th"));
	CHECK(strcmp(heard(bytes_of("Draft 7 can't be approved: The form of alert asks for the field \"detected\".")),
		     "อนุมัติร่าง 7 ไม่ได้: แบบของแจ้งเตือนภัยต้องมีช่อง \"ตรวจพบเมื่อ\"") == 0);
	CHECK(lang_choose("vi"));
	CHECK(strcmp(heard(bytes_of("4 link checks in a row not answered; it is being taken back")),
		     "4 lần kiểm tra liên kết liên tiếp không được trả lời; đang lấy lại") == 0);
	CHECK(strcmp(heard(bytes_of("Minimise is in force with tha-cert until 270000Z NOV 26, by them: below flash a release "
				    "needs a reason (release --reason TEXT).")),
		     "Hạn chế đang có hiệu lực với tha-cert đến 270000Z NOV 26, do bên kia đặt: phát hành dưới độ khẩn hỏa tốc cần nêu "
		     "lý do (release --reason TEXT).") == 0);
	CHECK(lang_choose("en"));
	CHECK(strcmp(heard(bytes_of("it is being taken back")), "it is being taken back") == 0);
}
