/* Cards and contacts as a person reads them. */
#ifndef HOTLINE_CLIENT_SHOW_CARD_H
#define HOTLINE_CLIENT_SHOW_CARD_H

#include <stdio.h>

#include "proto/card.h"

/* A card's page, its root's fingerprint in groups and in hex last. */
void show_card(FILE *out, const struct card *card);
/* What a pair key is worth, in plain words. */
const char *show_protection(uint64_t generation);

#endif
