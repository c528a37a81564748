/*
 * The reader's language: texts in the code are English, and catalogues have them in Thai and Vietnamese. What is a
 * format stays English for everyone: JSON, draft files, the names of verbs and options.
 */
#ifndef HOTLINE_CLIENT_LANG_H
#define HOTLINE_CLIENT_LANG_H

#include <stdbool.h>

#include "client/catalogue.h"
#include "proto/mark.h" /* N_() marks a text of a table, which is translated where it is shown */

#define _(text) lang_text(text)
#define ngettext(one, many, count) lang_count(one, many, count)

/*
 * Chooses the catalogue: "en", "th", "vi", or NULL for what LANGUAGE, LC_ALL, LC_MESSAGES or LANG ask for. It needs no
 * locale installed. False when there is no such language; then it is English, as it is where the catalogue is missing
 * or damaged. HOTLINE_LOCALEDIR names another place for catalogues than the installed one. What the texts below were
 * given before stays good.
 */
bool lang_choose(const char *language);
/* The code of the language that was chosen: "en" before. */
const char *lang_code(void);
/* The catalogue of it; of English an empty one. */
const struct catalogue *lang_catalogue(void);
/* The text in it, or itself. A translation that would take other arguments is none. */
const char *lang_text(const char *text) __attribute__((format_arg(1)));
/* As lang_text(), for so many of something. */
const char *lang_count(const char *one, const char *many, unsigned long count)
    __attribute__((format_arg(1), format_arg(2)));
/* A code's English name in the reader's language; "?" for NULL. */
const char *lang_name(const char *name);

#endif
