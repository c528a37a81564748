/*
 * The reader's language: texts in the code are English, and catalogues have them in Thai and Vietnamese. What is a
 * format stays English for everyone: JSON, draft files, the names of verbs and options.
 */
#ifndef HOTLINE_CLIENT_LANG_H
#define HOTLINE_CLIENT_LANG_H

#include <libintl.h>
#include <stdbool.h>

#define _(text) gettext(text)
/* Marks a text of a table, which is translated where it is shown. */
#define N_(text) text

/*
 * Chooses the catalogue: "en", "th", "vi", or NULL for what LANGUAGE, LC_ALL, LC_MESSAGES or LANG ask for. It needs no
 * locale installed. False when there is no such catalogue; then it is English. HOTLINE_LOCALEDIR names another place
 * for catalogues than the installed one.
 */
bool lang_choose(const char *language);
/* A code's English name in the reader's language; "?" for NULL. */
const char *lang_name(const char *name);

#endif
