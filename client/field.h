/* Coded fields as text: what stands behind "Class:" in a draft file, and what a reader is shown. */
#ifndef HOTLINE_CLIENT_FIELD_H
#define HOTLINE_CLIENT_FIELD_H

#include "proto/message.h"

/*
 * Reads text as a value of the field and encodes it to w. False, and in `why` one sentence that says what is allowed,
 * when it is none.
 */
#define FIELD_WHY 512
bool field_parse(uint64_t code, struct bytes text, struct pack_writer *w, char why[FIELD_WHY]);
/* A checked value in words that field_parse() reads back; a code this version does not know is "code N". Caller frees.
 */
char *field_text(uint64_t code, struct bytes value);
/* The same in the reader's language, to be shown. Caller frees. */
char *field_label(uint64_t code, struct bytes value);
/* The English name of a code of a field, NULL when it has none. */
const char *field_code_name(uint64_t code, uint64_t value);

#endif
