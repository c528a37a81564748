/* The header lines of draft files, for form.c alone: one table, one function a line. */
#ifndef HOTLINE_CLIENT_FORM_HEADER_H
#define HOTLINE_CLIENT_FORM_HEADER_H

#include "client/form.h"

struct parse {
	struct form *form;
	const char *file;	  /* NULL: no file, the refusal has no place */
	unsigned line, next_line; /* the line being judged, the one that is read next */
	struct bytes rest;
};

/* Notes the refusal at p->line and gives false. */
bool form_refuse(struct parse *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The row of a header's name, case aside; FORM_LINES when there is none. */
size_t form_header_find(struct bytes name);
/* All names there are, in one line. */
const char *form_header_names(void);
bool form_header_take(struct parse *p, size_t row, struct bytes value);
/* A coded field, replacing one of the same code. */
bool form_header_field(struct parse *p, uint64_t code, struct bytes value);
/* What several headers must keep to together. */
bool form_header_check(struct parse *p);

#endif
