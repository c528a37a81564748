/* What the parts of apply share: the entry at hand, and deliveries that are changed and put back. */
#ifndef HOTLINE_DAEMON_APPLY_H
#define HOTLINE_DAEMON_APPLY_H

#include "daemon/core.h"

/* The entry at hand. */
struct spot {
	struct station *st;
	struct peer *peer; /* NULL: the station log */
	const struct leaf *leaf;
	int64_t at;	  /* in deadlines' time */
	int64_t clock_at; /* what the clock said then; the entry's own time may be ahead of it */
};

/* A delivery and its message, to be changed and put back. */
bool apply_find(struct spot *s, const uint8_t id[OBJECT_ID_BYTES], struct bytes name, struct message_row *out_message,
		struct delivery_row *out);
/* Of a cancelled message nothing is owed, whatever else happens. */
void apply_put(struct spot *s, const struct message_row *message, struct delivery_row *delivery);

/* A copy that was sent: its step made the delivery, but where that entry is lost the copy itself stands for it. */
void apply_ladder_copy(struct spot *s, struct bytes body);
/* Entries of the ladder, by their data. */
void apply_ladder_step(struct spot *s, struct pack_reader *r);
void apply_ladder_reminded(struct spot *s, struct pack_reader *r);
void apply_ladder_early(struct spot *s, struct pack_reader *r);

#endif
