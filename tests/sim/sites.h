/* What world.c and sites.c share: the stations' places. */
#ifndef HOTLINE_TESTS_SIM_SITES_H
#define HOTLINE_TESTS_SIM_SITES_H

#include "tests/sim/world.h"

struct now site_now(const struct site *site);
/* Names, keys, card and configuration from the world's seed. */
void site_init(struct world *world, size_t index);
/* Its key pairs' public halves and what else stands on its card, signed again. */
void site_make_card(struct site *site);
/* The key state of a pair goes to its file. Negative when the disk fails. */
int site_keep_keys(struct site *site, struct bytes name);
void site_finish(struct site *site);

#endif
