/*
 * Draft files: mail-like header lines, a blank line, the text, translations. Pure: what must be looked up
 * (references) is left to the caller.
 */
#ifndef HOTLINE_CLIENT_FORM_H
#define HOTLINE_CLIENT_FORM_H

#include <stdio.h>

#include "proto/message.h"

#define FORM_LINES 64 /* header names there can be */

/* A draft being read. What is set in message and content before form_parse() are defaults that a header replaces. */
struct form {
	bool is_unfinished; /* Kind, To and Language may still be missing */
	bool is_text_alone; /* a file that does not begin with a header line is all text (for answers) */
	struct message message;
	struct content content;
	struct bytes in_reply_to, supersedes, incident; /* as written, to be looked up; empty when not given */
	char *text;					/* the file, normalised; what was read borrows from it */
	struct pack_writer values;			/* encoded fields, in memory of the form's */
	unsigned line[FORM_LINES];			/* where each header stood; 0: nowhere */
	char *error;					/* "file:line: sentence" of the first refusal */
};

void form_init(struct form *form);
void form_finish(struct form *form);
/* False, and form->error set, when the file is no draft. */
bool form_parse(struct form *form, const char *file, struct bytes text);
/* Sets a field from its text, also after form_parse(); false if the field does not take it (form->error says why,
 * without a place). */
bool form_set_field(struct form *form, uint64_t code, struct bytes text);
/* Writes a draft file that form_parse() reads back the same, remarks' line ends aside. */
void form_render(const struct message *message, const struct content *content, FILE *out);
/* The same in memory; the caller frees. */
char *form_text(const struct message *message, const struct content *content);

#endif
