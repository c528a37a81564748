/* The plaintext of a parcel: its seq and items (SPEC 4). */
#ifndef HOTLINE_PROTO_PARCEL_H
#define HOTLINE_PROTO_PARCEL_H

#include "proto/frame.h"
#include "proto/pack.h"

enum item_type {
	ITEM_MESSAGE = 1, ITEM_RECEIPT = 2, ITEM_CARD = 3, ITEM_REVOCATION = 4,
	ITEM_REMINDER = 5, ITEM_CHECKPOINT = 6, ITEM_STORED = 7, ITEM_RELAYED = 8,
};

struct item {
	uint64_t type;	      /* may be unknown */
	struct bytes raw;     /* the whole array, strict */
	struct bytes object;  /* message, receipt, card, revocation; checkpoint: its note */
	struct bytes content; /* message */
	struct bytes copy;    /* message: empty when none */
	struct have stored;   /* stored */
	uint8_t message[HASH_BYTES]; /* reminder: the id */
	uint32_t share;	      /* reminder: percent of acknowledge-by */
};

struct parcel {
	uint64_t seq;
	size_t count;
	struct item item[LIMIT_PARCEL_ITEMS];
};

/* Writing: the head, then each item. */
void parcel_put_head(struct pack_writer *w, uint64_t seq, size_t count);
void parcel_put_message(struct pack_writer *w, struct bytes object, struct bytes content, struct bytes copy);
void parcel_put_object(struct pack_writer *w, enum item_type type, struct bytes object); /* receipt, card, revocation */
void parcel_put_checkpoint(struct pack_writer *w, struct bytes note);
void parcel_put_reminder(struct pack_writer *w, const uint8_t message[HASH_BYTES], uint32_t share);
/*
 * Reading. RESULT_MALFORMED or RESULT_LIMIT of the whole only when the outside is wrong; an item is split into its
 * parts by parcel_read_item, so that a bad one is refused alone.
 */
int parcel_decode(struct bytes in, struct parcel *out);
/*
 * Fills object, content, copy, stored. RESULT_NEWER for a type unknown or left for later (8), to be skipped and
 * counted; else the item's own fault. A message's object is filled even then if it could be read: a refusal names it.
 */
int parcel_read_item(struct item *item);

#endif
