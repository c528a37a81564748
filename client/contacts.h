/* What the verbs of "hotline contacts" share. */
#ifndef HOTLINE_CLIENT_CONTACTS_H
#define HOTLINE_CLIENT_CONTACTS_H

#include <stdio.h>

#include "proto/control.h"

/* What is known of a contact beside its card. */
void contacts_say(FILE *out, const struct control_contact *contact);

#endif
