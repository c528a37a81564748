/* The options of "keys init" that say what stands in a card. */
#ifndef HOTLINE_CLIENT_CARD_ARGS_H
#define HOTLINE_CLIENT_CARD_ARGS_H

#include "client/args.h"
#include "proto/card.h"

/* All but the keys, serial 1, valid from now. False when an option is wrong, which was said. Borrows from args. */
bool card_args_read(const struct args *args, int64_t now_us, struct card *out);

#endif
