/* Which language the reader has, and the catalogue of it. Each is read once and kept, for texts point into it. */
#include "client/lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES 3 /* English first: the texts themselves */

static const char *const languages[LANGUAGES] = {"en", "th", "vi"};
static struct catalogue catalogues[LANGUAGES];
static size_t chosen;

static const char *value_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : "";
}

/* What the environment asks for. As in gettext, LANGUAGE counts for nothing where the locale is expressly "C". */
static const char *environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *locale = "";

	for (size_t i = 0; i < sizeof names / sizeof *names && *locale == '\0'; i++)
		locale = value_of(names[i]);
	if (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 || *value_of("LANGUAGE") == '\0')
		return locale;
	return value_of("LANGUAGE");
}

/* The first of "fr:th_TH.UTF-8:en" that there is; LANGUAGES when there is none. */
static size_t find(const char *words)
{
	for (const char *word = words; *word != '\0'; word += strcspn(word, ":"), word += *word == ':')
		for (size_t i = 0; i < LANGUAGES; i++)
			if (strncmp(word, languages[i], 2) == 0 && strchr("_.@:-", word[2]) != NULL)
				return i;
	return LANGUAGES;
}

/* A file that is not there, or no catalogue, leaves it empty. */
static void read_catalogue(size_t language)
{
	const char *place = *value_of("HOTLINE_LOCALEDIR") != '\0' ? value_of("HOTLINE_LOCALEDIR") : HOTLINE_LOCALEDIR;
	uint8_t *memory = NULL;
	char *path;
	FILE *file;
	size_t len;

	if (asprintf(&path, "%s/%s/LC_MESSAGES/hotline.mo", place, languages[language]) < 0)
		return;
	file = fopen(path, "re");
	free(path);
	if (file == NULL)
		return;
	memory = malloc(CATALOGUE_BYTES + 1);
	len = memory != NULL ? fread(memory, 1, CATALOGUE_BYTES + 1, file) : 0;
	if (!catalogue_open(&catalogues[language], (struct bytes){memory, len}))
		free(memory);
	fclose(file);
}

bool lang_choose(const char *language)
{
	size_t found = find(language != NULL ? language : environment());

	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	chosen = found < LANGUAGES ? found : 0;
	setlocale(LC_MESSAGES, "C.UTF-8"); /* for strerror(), where the C library has it in this language */
	setenv("LANGUAGE", languages[chosen], 1);
	if (chosen > 0 && catalogues[chosen].count == 0)
		read_catalogue(chosen);
	return found < LANGUAGES || language == NULL;
}

const char *lang_code(void)
{
	return languages[chosen];
}

const struct catalogue *lang_catalogue(void)
{
	return &catalogues[chosen];
}

const char *lang_text(const char *text)
{
	const char *found = *text != '\0' ? catalogue_find(&catalogues[chosen], text, text) : NULL;

	return found != NULL ? found : text;
}

/* Neither Thai nor Vietnamese has a plural. */
const char *lang_count(const char *one, const char *many, unsigned long count)
{
	const char *found = catalogue_find(&catalogues[chosen], one, many);

	return found != NULL ? found : count == 1 ? one : many;
}

const char *lang_name(const char *name)
{
	return name != NULL ? lang_text(name) : "?";
}
