/* The reader's language: chosen without a locale, and every name of a code has one in it. */
#include "client/lang.h"
#include "client/field.h"
#include "proto/check.h"
#include "proto/control.h"
#include "tests/unit/test.h"

static const char *const languages[] = {"th", "vi"};

/* The names of things that every catalogue has under another name. */
static bool has_name(const char *name)
{
	bool has = name == NULL || strcmp(lang_name(name), name) != 0;

	if (!has)
		printf("# no name for \"%s\"\n", name);
	return has;
}

TEST(a_language_is_chosen_by_its_code_and_an_unknown_one_is_refused)
{
	CHECK(lang_choose("vi"));
	CHECK(strcmp(_("flash"), "hỏa tốc") == 0);
	CHECK(lang_choose("th_TH.UTF-8"));
	CHECK(strcmp(_("flash"), "ด่วนที่สุดพิเศษ") == 0);
	CHECK(!lang_choose("fr"));
	CHECK(strcmp(_("flash"), "flash") == 0);
	CHECK(!lang_choose("think"));
	CHECK(lang_choose("en"));
	CHECK(strcmp(_("flash"), "flash") == 0);
}

TEST(the_environment_chooses_and_an_unknown_language_there_is_english)
{
	setenv("LANGUAGE", "vi:en", 1);
	CHECK(lang_choose(NULL));
	CHECK(strcmp(_("flash"), "hỏa tốc") == 0);
	setenv("LANGUAGE", "", 1);
	setenv("LC_ALL", "th_TH.UTF-8", 1);
	CHECK(lang_choose(NULL));
	/* lang_choose() itself sets LANGUAGE for gettext */
	CHECK(strcmp(_("flash"), "ด่วนที่สุดพิเศษ") == 0);
	setenv("LANGUAGE", "fr", 1);
	CHECK(lang_choose(NULL));
	CHECK(strcmp(_("flash"), "flash") == 0);
}

TEST(every_code_has_a_name_in_every_language)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		CHECK(lang_choose(languages[i]));
		for (uint64_t code = 1; code <= FIELD_LAST; code++) {
			const struct field_row *row = field_row(code);

			CHECK(row == NULL || has_name(row->name));
			for (size_t c = 0; row != NULL && row->codes != NULL && row->codes[c] != NULL; c++)
				CHECK(has_name(row->codes[c]));
		}
		for (uint8_t kind = 1; kind <= KIND_LAST; kind++)
			CHECK(has_name(kind_name(kind)));
		for (uint8_t precedence = 0; precedence <= PRECEDENCE_FLASH; precedence++)
			CHECK(has_name(precedence_name(precedence)));
		for (uint8_t type = 1; check_type_name(type) != NULL; type++)
			CHECK(has_name(check_type_name(type)));
		for (int reason = 1; reason <= 8; reason++)
			CHECK(has_name(result_name(reason)));
	}
}

TEST(a_draft_file_is_english_for_every_reader)
{
	uint8_t memory[64];
	struct pack_writer w = pack_writer(memory, sizeof memory);
	char *file, *shown;

	CHECK(lang_choose("th"));
	pack_put_uint(&w, 2);
	file = field_text(FIELD_STATUS, pack_written(&w));
	shown = field_label(FIELD_STATUS, pack_written(&w));
	CHECK(strcmp(file, "confirmed") == 0);
	CHECK(strcmp(shown, "ยืนยันแล้ว") == 0);
	free(file);
	free(shown);
}
