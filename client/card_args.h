/* The options of "keys init" and "keys request" that say what stands in a card. */
#ifndef HOTLINE_CLIENT_CARD_ARGS_H
#define HOTLINE_CLIENT_CARD_ARGS_H

#include "client/args.h"
#include "proto/card.h"

/*
 * The card that follows present (NULL: the first one): what no option names stays as it is, an option that may be given
 * several times replaces all of its kind. Serial one higher, valid from now, keys as in present. False when an option
 * is wrong, which was said. Borrows from args and present.
 */
bool card_args_read(const struct args *args, int64_t now_us, const struct card *present, struct card *out);
/* Its --office and --fallback alone. */
bool card_args_read_office(const struct args *args, struct card *card);

#endif
