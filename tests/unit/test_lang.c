/* The reader's language: chosen without a locale, and every name of a code has one in it. */
#include "client/lang.h"
#include "client/catalogue.h"
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

/* The language that is chosen for an environment. */
static const char *chosen(const char *language, const char *locale)
{
	setenv("LANGUAGE", language, 1); /* each time: lang_choose() sets it, for strerror() */
	setenv("LC_ALL", locale, 1);
	return lang_choose(NULL) ? lang_code() : "refused";
}

TEST(the_environment_chooses_and_an_unknown_language_there_is_english)
{
	CHECK(strcmp(chosen("vi:en", "C.UTF-8"), "vi") == 0);
	CHECK(strcmp(_("flash"), "hỏa tốc") == 0);
	CHECK(strcmp(chosen("", "th_TH.UTF-8"), "th") == 0);
	CHECK(strcmp(_("flash"), "ด่วนที่สุดพิเศษ") == 0);
	CHECK(strcmp(chosen("fr", "th_TH.UTF-8"), "en") == 0);
	CHECK(strcmp(_("flash"), "flash") == 0);
	CHECK(strcmp(chosen("fr:vi_VN:th", "en_GB.UTF-8"), "vi") == 0);
	CHECK(strcmp(chosen("fr:think::th", ""), "th") == 0);
	CHECK(strcmp(chosen("", ""), "en") == 0);
}

TEST(the_locale_c_is_english_whatever_language_is_set)
{
	CHECK(strcmp(chosen("vi", "C"), "en") == 0);
	CHECK(strcmp(chosen("vi", "POSIX"), "en") == 0);
	CHECK(strcmp(chosen("vi", "C.UTF-8"), "vi") == 0);
}

TEST(every_translation_takes_the_arguments_of_its_text)
{
	static uint8_t memory[CATALOGUE_BYTES];
	struct catalogue catalogue;

	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		char path[512];
		FILE *file;

		snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/hotline.mo", getenv("HOTLINE_LOCALEDIR"), languages[i]);
		CHECK((file = fopen(path, "re")) != NULL);
		CHECK(catalogue_open(&catalogue, (struct bytes){memory, fread(memory, 1, sizeof memory, file)}));
		fclose(file);
		for (uint32_t row = 1; row < catalogue.count; row++) { /* 0 is the header */
			struct bytes original = catalogue_original(&catalogue, row);
			const char *one = (const char *)original.data, *many = one + strlen(one) + 1;

			if (many > one + original.len)
				many = one;
			if (catalogue_find(&catalogue, one, many) == NULL)
				printf("# %s: %s\n", languages[i], one);
			CHECK(catalogue_find(&catalogue, one, many) != NULL);
		}
	}
}

TEST(so_many_of_something_is_said_in_each_language)
{
	CHECK(lang_choose("en"));
	CHECK(strcmp(ngettext("one", "%d of many", 1), "one") == 0);
	CHECK(strcmp(ngettext("one", "%d of many", 0), "%d of many") == 0);
	CHECK(lang_choose("vi"));
	CHECK(strcmp(ngettext("one", "%d of many", 1), "one") == 0); /* no catalogue has it */
}

TEST(a_text_outlives_the_choice_of_another_language)
{
	const char *text;

	CHECK(lang_choose("vi"));
	text = _("flash");
	CHECK(lang_choose("th"));
	CHECK(lang_choose("vi"));
	CHECK(text == _("flash"));
	CHECK(strcmp(_(""), "") == 0);
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
