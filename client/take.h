/* Card files and revocations that come by courier: shown with what changes, then handed to the station. */
#ifndef HOTLINE_CLIENT_TAKE_H
#define HOTLINE_CLIENT_TAKE_H

#include "client/client.h"

/* Whether the text holds a card or a revocation in armour. */
bool take_is_ours(struct bytes text);
/* An exit code. */
int take_text(struct client *client, struct bytes text);

#endif
