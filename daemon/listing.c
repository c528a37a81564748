/*
 * Messages and deliveries are put into the store here alone, so that the lists that clients page through follow: of all
 * messages, of each peer, of each incident, of an incident with a peer (SPEC 8). A part of apply.
 */
#include "daemon/core.h"
#include "daemon/store_listing.h"

static const struct waits nothing;

void listing_put_message(struct station *st, struct message_row *message)
{
	const struct list_key all = list_key((struct bytes){NULL, 0}, NULL),
			      incident = list_key((struct bytes){NULL, 0}, message->incident);

	if (!store_message_put(st->store, message))
		return;
	store_listing_add(st->store, &all, message, nothing);
	if (message->has_incident)
		store_listing_add(st->store, &incident, message, nothing);
}

/* The lists of whom the delivery is to, or the message from. */
static void list_at_peer(struct station *st, const struct message_row *message, struct bytes name,
			 const struct waits *before, struct waits now)
{
	struct bytes peer = message->is_sent ? name : message->sender;
	const struct list_key keys[] = {list_key(peer, NULL), list_key(peer, message->incident)};

	for (size_t i = 0; i < (message->has_incident ? 2 : 1); i++) {
		if (before != NULL)
			store_listing_move(st->store, &keys[i], message, *before, now);
		else
			store_listing_add(st->store, &keys[i], message, now);
	}
}

/* The lists in which the message stands once for all its deliveries; one that was received has this one alone. */
static void list_whole(struct station *st, const struct message_row *message, struct waits now)
{
	const struct list_key all = list_key((struct bytes){NULL, 0}, NULL),
			      incident = list_key((struct bytes){NULL, 0}, message->incident);
	struct waits before;

	if (message->is_sent)
		store_message_sum(st->store, message->id, &now);
	if (!store_message_wait(st->store, message->row, now, &before))
		return;
	store_listing_move(st->store, &all, message, before, now);
	if (message->has_incident)
		store_listing_move(st->store, &incident, message, before, now);
}

void listing_put_delivery(struct station *st, const struct message_row *message, const struct delivery_row *delivery)
{
	struct waits before, now = deadline_waiting(delivery, message);
	bool is_known = store_delivery_waits(st->store, message->id, delivery->name, &before);

	store_delivery_put(st->store, message->id, delivery, now);
	st->has_due_changed = true;
	if (is_known && before.due == now.due && before.is_open == now.is_open)
		return;
	list_at_peer(st, message, delivery->name, is_known ? &before : NULL, now);
	list_whole(st, message, now);
}
