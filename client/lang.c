/* Catalogues by glibc's gettext, which takes LANGUAGE in the locale C.UTF-8 that every Debian has. */
#include "client/lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "hotline"

static const char *const languages[] = {"en", "th", "vi"};

/* What the environment asks for: the first that is there, in the order of gettext. */
static const char *environment(void)
{
	static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "en";
}

/* "th_TH.UTF-8", "th" and "th:en" are "th"; NULL for a language without catalogue. */
static const char *find(const char *word)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (strncmp(word, languages[i], 2) == 0 && strchr("_.@:-", word[2]) != NULL)
			return languages[i];
	return NULL;
}

bool lang_choose(const char *language)
{
	const char *place = getenv("HOTLINE_LOCALEDIR"), *found = find(language != NULL ? language : environment());

	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_MESSAGES, "C.UTF-8");
	setenv("LANGUAGE", found != NULL ? found : "en", 1);
	bindtextdomain(DOMAIN, place != NULL && *place != '\0' ? place : HOTLINE_LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	return found != NULL || language == NULL;
}

const char *lang_name(const char *name)
{
	return name != NULL ? _(name) : "?";
}
