/* Cards and contacts as a person reads them. */
#ifndef HOTLINE_CLIENT_SHOW_CARD_H
#define HOTLINE_CLIENT_SHOW_CARD_H

#include <stdio.h>

#include "proto/card.h"

#define SHOW_CARD_CELLS 12 /* of the headings */
/* A card's page, its root's fingerprint in groups and in hex last. */
void show_card(FILE *out, const struct card *card);
/*
 * The same before a root is trusted: its fingerprint without the last two groups, which are to be heard from them and
 * not copied from here.
 */
void show_card_offered(FILE *out, const struct card *card);
/* The groups that are shown before, and the others: key_fingerprint() in two. */
#define SHOWN_DIGITS 36 /* six groups and their spaces */
/* What the key of this generation is worth, in plain words, in memory that is used again. */
const char *show_protection(uint64_t generation);

#define CARD_AMBER_DAYS CARD_STALE_DAYS
#define CARD_RED_DAYS 180
enum card_age { CARD_CURRENT, CARD_AMBER, CARD_RED, CARD_EXPIRED, CARD_NOT_YET };
/* Days since the card became valid, below 0 before; and what that means. */
enum card_age card_age(const struct card *card, int64_t now, int64_t *out_days);
const char *card_age_name(enum card_age age);
/* "155 days, AMBER: ..." */
#define SHOW_CARD_AGE 256
void show_card_age(const struct card *card, int64_t now, char out[SHOW_CARD_AGE]);
/* Weeks as the days they span: "2026-10-08 to 2026-11-04". */
#define SHOW_WEEKS 96
void show_weeks(uint32_t from, uint32_t to, char out[SHOW_WEEKS]);

#endif
