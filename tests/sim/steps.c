/*
 * Every ladder step when due and none otherwise: what each addressee of each message owes, followed in the world's time
 * from the entries that commits made, with product.md's table and no line of the station's own reckoning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "tests/sim/storm.h"

#define GRACE_US (30 * SECOND_US) /* after a start, before what came due meanwhile is served */
#define LATE_US (2 * SECOND_US)

static const int64_t acknowledge_us[] = {6 * HOUR_US, 3 * HOUR_US, 30 * MINUTE_US, 10 * MINUTE_US};
static const uint32_t shares[] = {50, 100, 150, 200, 300};

/* The clock of a site may have moved by this without its station seeing it as a step, and drifts. */
static int64_t doubt(const struct storm *storm, size_t site, int64_t since)
{
	return storm->slack_us[site] + (storm->seen_us - since) / 1000 + SECOND_US / 10;
}

static struct owed *find(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES], struct bytes name)
{
	for (size_t i = 0; i < storm->owed_count; i++) {
		struct owed *owed = &storm->owed[i];

		if (owed->site == site && hash_equal(owed->id, id, OBJECT_ID_BYTES) &&
		    bytes_equal(name_bytes(&owed->name), name))
			return owed;
	}
	return NULL;
}

static bool asks(uint8_t kind)
{
	return kind >= KIND_ALERT && kind <= KIND_CLOSE && kind_asks_acknowledgement(kind);
}

static bool was_changed(const struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	for (size_t i = 0; i < storm->changed_count; i++)
		if (storm->changed[i].site == site && hash_equal(storm->changed[i].id, id, OBJECT_ID_BYTES))
			return true;
	return false;
}

/* From custody on; until then nothing is owed. */
static void begin(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES], struct bytes name,
		  const struct message *message)
{
	struct owed *owed = &storm->owed[storm->owed_count];

	if (storm->owed_count == STORM_OWED || !asks(message->kind) || find(storm, site, id, name) != NULL)
		return;
	*owed = (struct owed){.site = site,
			      .is_sent = bytes_equal(message->from, bytes_of(office_name(storm->world, site))),
			      .precedence = message->precedence,
			      .is_unsure = message->expires != 0 || was_changed(storm, site, id),
			      .began = storm->seen_us,
			      .due = storm->seen_us + acknowledge_us[message->precedence] / 2};
	memcpy(owed->id, id, OBJECT_ID_BYTES);
	name_copy(name, &owed->name);
	snprintf(owed->what, sizeof owed->what, "%u-%06u for %.*s", message->number.year, message->number.digits,
		 (int)name.len, (const char *)name.data);
	storm->owed_count++;
}

static void end(struct owed *owed)
{
	if (owed != NULL)
		owed->is_over = true;
}

/* The last share that a site counts: the sender's ladder has five steps, the addressee's station warns and breaches. */
static uint32_t last_share(const struct owed *owed)
{
	return owed->is_sent ? 300 : 100;
}

static uint32_t next_share(const struct owed *owed)
{
	size_t i = 0;

	while (i < sizeof shares / sizeof *shares && shares[i] <= owed->share)
		i++;
	return owed->share < last_share(owed) ? shares[i] : 0;
}

/* When it could be served at the latest: the station was up and had begun. */
static int64_t latest(const struct storm *storm, const struct owed *owed)
{
	int64_t from = storm->world->site[owed->site].booted_at + GRACE_US;

	return (owed->due > from ? owed->due : from) + doubt(storm, owed->site, owed->began) + LATE_US;
}

static void count_step(const struct owed *owed, uint32_t share, uint64_t act)
{
	static const enum tally acts[] = {TALLY_ACT_ALARMED, TALLY_ACT_COPIED, TALLY_ACT_NOBODY, TALLY_ACT_WAITS};

	if (act < sizeof acts / sizeof *acts)
		tally(acts[act]);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
		if (shares[i] == share)
			tally((enum tally)((owed->is_sent ? TALLY_STEP_50 : TALLY_OWN_50) + i));
}

static void on_ladder_step(struct storm *storm, struct owed *owed, uint32_t share, uint64_t act)
{
	const char *name = office_name(storm->world, owed->site);
	int64_t at = storm->seen_us;

	if (!owed->is_unsure) {
		if (owed->is_over)
			promise_broken(storm, "%s took a step of %u %% for %s, which owes nothing", name, share,
				       owed->what);
		if (share != next_share(owed))
			promise_broken(storm, "%s took the step of %u %% for %s after that of %u %%", name, share,
				       owed->what, owed->share);
		if (at < owed->due - doubt(storm, owed->site, owed->began))
			promise_broken(storm, "%s took the step of %u %% for %s %lld s early", name, share,
				       owed->what, (long long)((owed->due - at) / SECOND_US));
		if (at > latest(storm, owed))
			promise_broken(storm, "%s took the step of %u %% for %s %lld s late", name, share,
				       owed->what, (long long)((at - owed->due) / SECOND_US));
	}
	count_step(owed, share, act);
	owed->share = share;
	owed->due += acknowledge_us[owed->precedence] * (next_share(owed) - (int64_t)share) / 100;
}

/* A copy that the ladder made, to be ended with its acknowledgement. */
static void note_copy(struct storm *storm, struct owed *owed, struct bytes target)
{
	struct copied *copied = &storm->copied[storm->copied_count];

	if (storm->copied_count == STORM_COPIES || !name_copy(target, &copied->to))
		return;
	copied->owed = (size_t)(owed - storm->owed);
	storm->copied_count++;
}

/* [addressee, deadline, share, act, target] */
static void on_step(struct storm *storm, size_t site, const struct leaf *leaf)
{
	struct pack_reader r = pack_reader(leaf->data);
	struct bytes name, target;
	uint64_t which, share, act;
	struct owed *owed;

	pack_expect_array(&r, 5);
	name = pack_read_str(&r, LIMIT_NAME_BYTES);
	which = pack_read_uint(&r, INT64_MAX);
	share = pack_read_uint(&r, UINT32_MAX);
	act = pack_read_uint(&r, INT64_MAX);
	target = pack_read_str(&r, LIMIT_NAME_BYTES);
	if (act == STEP_SKIPPED) {
		tally(TALLY_ACT_SKIPPED);
		return;
	}
	if (which != DEADLINE_ACKNOWLEDGE) {
		if (which <= DEADLINE_EXPIRY)
			tally((enum tally)(TALLY_DUE_CUSTODY + which));
		if (which == DEADLINE_EXPIRY)
			end(find(storm, site, leaf->id, name));
		return;
	}
	owed = find(storm, site, leaf->id, name);
	if (owed == NULL) {
		promise_broken(storm, "%s took a step of %llu %% for %.*s, which never had it", office_name(storm->world, site),
			       (unsigned long long)share, (int)name.len, (const char *)name.data);
		return;
	}
	on_ladder_step(storm, owed, (uint32_t)share, act);
	if (act == STEP_COPIED)
		note_copy(storm, owed, target);
}

/* Until T in the site's clock, at most as long as product.md allows, from now or from where the last one ends. */
static void hold(struct storm *storm, struct owed *owed, int64_t until)
{
	int64_t at = storm->seen_us, most = owed->precedence == PRECEDENCE_FLASH ? 2 * HOUR_US : 24 * HOUR_US;
	int64_t clock = world_real_us(storm->world, owed->site) - (storm->world->at_us - at);
	int64_t end_at = at + (until - clock);
	int64_t from = owed->hold_until > at ? owed->hold_until : at;

	if (end_at > at + most)
		end_at = at + most;
	if (end_at > from)
		owed->due += end_at - from;
	owed->hold_until = end_at;
}

static void note_changed(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	struct changed *changed = &storm->changed[storm->changed_count];

	if (storm->changed_count == STORM_COPIES || was_changed(storm, site, id))
		return;
	changed->site = site;
	memcpy(changed->id, id, OBJECT_ID_BYTES);
	storm->changed_count++;
}

/* An answer, decline or hold by `from` about the message that it names. */
static void on_reply(struct storm *storm, size_t site, const struct message *message)
{
	static struct content content;
	struct store *store = storm->world->site[site].store;
	struct owed *owed = message->has_in_reply_to ? find(storm, site, message->in_reply_to, message->from) : NULL;
	struct bytes words;
	int64_t until;

	if (owed == NULL && message->has_in_reply_to)
		note_changed(storm, site, message->in_reply_to); /* before custody: what is owed from then on is not followed */
	if (owed == NULL)
		return;
	if (message->kind == KIND_ANSWER || message->kind == KIND_DECLINE)
		end(owed);
	if (message->kind == KIND_HOLD && !owed->is_over && store_content(store, message->content_hash, &words) &&
	    content_decode(words, &content) == RESULT_OK && content_time(&content, FIELD_NEXT_UPDATE, &until))
		hold(storm, owed, until);
}

/* What withdraws or changes a message, or speaks of many, is not followed. */
static void on_change(struct storm *storm, size_t site, const struct message *message)
{
	if (message->has_supersedes)
		note_changed(storm, site, message->supersedes);
	for (size_t i = 0; i < storm->owed_count; i++) {
		struct owed *owed = &storm->owed[i];

		if (owed->site == site &&
		    (message->kind == KIND_SERVICE ||
		     (message->has_supersedes && hash_equal(owed->id, message->supersedes, OBJECT_ID_BYTES))))
			owed->is_unsure = true;
	}
}

static void on_message(struct storm *storm, size_t site, const struct leaf *leaf, const struct message *message,
		       bool is_sent)
{
	struct bytes own = bytes_of(office_name(storm->world, site));

	if (!is_sent && message_addresses(message, own) == 1)
		begin(storm, site, leaf->id, own, message);
	if (is_sent)
		seqs_wait(storm, site, leaf, message);
	on_reply(storm, site, message);
	on_change(storm, site, message);
}

static void end_copied(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES], struct bytes to)
{
	for (size_t i = 0; i < storm->copied_count; i++) {
		struct owed *owed = &storm->owed[storm->copied[i].owed];

		if (owed->site == site && hash_equal(owed->id, id, OBJECT_ID_BYTES) &&
		    bytes_equal(name_bytes(&storm->copied[i].to), to))
			end(owed);
	}
}

/* A receipt by a peer about a message of the site's own. */
static void on_receipt(struct storm *storm, size_t site, struct bytes peer, const struct receipt *receipt,
		       const uint8_t id[OBJECT_ID_BYTES])
{
	static uint8_t body[LIMIT_OBJECT_BYTES];
	static struct message message;
	struct bytes encoded;
	struct object object;

	if (receipt->kind == RECEIPT_ACKNOWLEDGED || receipt->kind == RECEIPT_REFUSED) {
		if (find(storm, site, id, peer) == NULL)
			note_changed(storm, site, id); /* before custody */
		end(find(storm, site, id, peer));
		if (receipt->kind == RECEIPT_ACKNOWLEDGED)
			end_copied(storm, site, id, peer);
	}
	if (receipt->kind != RECEIPT_CUSTODY || !store_object(storm->world->site[site].store, id, &encoded) ||
	    object_decode(encoded, &object) != RESULT_OK)
		return;
	memcpy(body, object.body.data, object.body.len);
	if (message_decode((struct bytes){body, object.body.len}, &message) == RESULT_OK &&
	    message_addresses(&message, peer) == 1)
		begin(storm, site, id, peer, &message);
}

/* An entry that names an object. */
static void on_object(struct storm *storm, size_t site, struct bytes peer, const struct leaf *leaf, bool is_sent)
{
	static uint8_t body[LIMIT_OBJECT_BYTES];
	static struct message message;
	static struct receipt receipt;
	struct object object;
	struct bytes encoded;

	if (!store_object(storm->world->site[site].store, leaf->id, &encoded) ||
	    object_decode(encoded, &object) != RESULT_OK)
		return; /* a note */
	memcpy(body, object.body.data, object.body.len);
	object.body.data = body;
	if ((object.type == OBJECT_MESSAGE || object.type == OBJECT_MESSAGE_EXERCISE) &&
	    message_decode(object.body, &message) == RESULT_OK)
		on_message(storm, site, leaf, &message, is_sent);
	else if (!is_sent && (object.type == OBJECT_RECEIPT || object.type == OBJECT_RECEIPT_EXERCISE) &&
		 receipt_decode(object.body, &receipt) == RESULT_OK)
		for (size_t i = 0; i < receipt.id_count; i++)
			on_receipt(storm, site, peer, &receipt, receipt.id[i]);
}

/* [peer, item type, receipt kind, …]: the site's own officers acknowledged it. */
static void on_queue(struct storm *storm, size_t site, const struct leaf *leaf)
{
	struct pack_reader r = pack_reader(leaf->data);

	pack_read_array(&r, SIZE_MAX);
	pack_read_str(&r, LIMIT_NAME_BYTES);
	pack_read_uint(&r, INT64_MAX);
	if (pack_read_uint(&r, INT64_MAX) == RECEIPT_ACKNOWLEDGED && r.error == RESULT_OK)
		end(find(storm, site, leaf->id, bytes_of(office_name(storm->world, site))));
}

static void read_log(struct storm *storm, size_t site, const struct peer *peer, uint64_t *next)
{
	struct station *st = storm->world->site[site].station;
	const struct log *log = peer != NULL ? &peer->log : &st->log;
	struct log_row row;

	for (; *next < log->tree.size && store_log_row(st->store, log->origin, *next, &row); (*next)++) {
		uint8_t data[LEAF_DATA_BYTES];

		memcpy(data, row.leaf.data.data, row.leaf.data.len);
		row.leaf.data.data = data;
		if (peer != NULL && row.leaf.kind == LEAF_RECEIVED)
			on_object(storm, site, name_bytes(&peer->name), &row.leaf, false);
		else if (peer != NULL && row.leaf.kind == LEAF_SENT)
			seqs_given(storm, site, name_bytes(&peer->name), &row.leaf);
		else if (peer == NULL && row.leaf.kind == STATION_RELEASE)
			on_object(storm, site, bytes_of(""), &row.leaf, true);
		else if (peer == NULL && row.leaf.kind == STATION_QUEUE)
			on_queue(storm, site, &row.leaf);
		else if (peer == NULL && row.leaf.kind == STATION_STEP)
			on_step(storm, site, &row.leaf);
	}
}

void steps_follow(struct site *site, void *ctx)
{
	struct storm *storm = ctx;
	struct station *st = site->station;
	size_t i = 1;

	if (storm->is_restored && site->index == storm->restored)
		return; /* what it knew is gone */

	/* a turn may be committed and nobody told of it: what a start finds was done when the station died */
	storm->seen_us = site->served_events == 0 ? site->down_at : storm->world->at_us;
	read_log(storm, site->index, NULL, &storm->read[site->index][0]);
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next, i++)
		read_log(storm, site->index, peer, &storm->read[site->index][i]);
}

void steps_check(struct storm *storm)
{
	storm->seen_us = storm->world->at_us;
	for (size_t i = 0; i < storm->owed_count; i++) {
		const struct owed *owed = &storm->owed[i];

		if (storm->is_restored && owed->site == storm->restored)
			continue;
		if (!owed->is_over && !owed->is_unsure && next_share(owed) != 0 &&
		    storm->world->site[owed->site].station != NULL && storm->world->at_us > latest(storm, owed))
			promise_broken(storm, "%s has not taken the step of %u %% for %s, due %lld s ago",
				       office_name(storm->world, owed->site), next_share(owed), owed->what,
				       (long long)((storm->world->at_us - owed->due) / SECOND_US));
	}
}
