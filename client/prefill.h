/* Drafts that follow from another message, with all that follows filled in. */
#ifndef HOTLINE_CLIENT_PREFILL_H
#define HOTLINE_CLIENT_PREFILL_H

#include "client/form.h"
#include "client/show.h"

/* "Re: " and the subject, cut to the characters that a subject has. Caller frees. */
char *prefill_subject(struct bytes subject);
/* An answer or a decline; borrows from the original and the subject. */
void prefill_answer(struct form *form, enum kind kind, const struct shown *original, const char *subject);
/* A correct, cancel or update of a message of one's own; borrows from it. A cancel repeats nothing of what was said. */
void prefill_supersede(struct form *form, enum kind kind, const struct shown *old);
/* The old words too, to be changed. */
void prefill_words(struct form *form, const struct shown *old);

#endif
