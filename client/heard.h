/*
 * What the station says, in the reader's language. hotlined speaks English: its sentences stand in journals, in the store
 * and in JSON as they were said. The catalogues hold their formats, so that a sentence is recognised by its format, and
 * what stands in its places is taken over.
 */
#ifndef HOTLINE_CLIENT_HEARD_H
#define HOTLINE_CLIENT_HEARD_H

#include "client/catalogue.h"

/*
 * The sentence in the chosen language, or itself where no format of the catalogue fits; good until the next call. What
 * stands in a place is translated when it is a sentence, or the name of a code, itself. Sentences joined by "; " are taken
 * one by one.
 */
const char *heard(struct bytes sentence);
/* The same by another catalogue; the caller frees. */
char *heard_by(const struct catalogue *catalogue, struct bytes sentence);

#endif
