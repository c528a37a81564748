/*
 * Every deadline's step when due and none otherwise: what each addressee of each message owes (owed.c), followed in the
 * world's time from the entries that commits made, with no line of the station's own reckoning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "tests/sim/storm.h"

#define GRACE_US (30 * SECOND_US) /* after a start, before what came due meanwhile is served */
#define LATE_US (2 * SECOND_US)

/* The clock of a site may have moved by this without its station seeing it as a step, and drifts. */
static int64_t doubt(const struct storm *storm, size_t site, int64_t since)
{
	return storm->slack_us[site] + (storm->seen_us - since) / 1000 + SECOND_US / 10;
}

static struct owed *find(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES], struct bytes name)
{
	for (size_t i = 0; i < storm->owed_count; i++) {
		struct owed *owed = &storm->owed[i];

		if (owed->site == site && memcmp(owed->id, id, OBJECT_ID_BYTES) == 0 &&
		    bytes_equal(name_bytes(&owed->name), name))
			return owed;
	}
	return NULL;
}

static bool was_cancelled(const struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	for (size_t i = 0; i < storm->cancelled_count; i++)
		if (storm->cancelled[i].site == site && memcmp(storm->cancelled[i].id, id, OBJECT_ID_BYTES) == 0)
			return true;
	return false;
}

/* By how much a site's clock stands behind the world's time. */
static int64_t behind(const struct storm *storm, size_t site)
{
	return storm->world->at_us - world_real_us(storm->world, site);
}

/* Nothing is owed of it yet. NULL when it is followed already, or there is no room. */
static struct owed *add(struct storm *storm, size_t site, const struct leaf *leaf, struct bytes name,
			const struct message *message)
{
	struct owed *owed = &storm->owed[storm->owed_count];
	bool asks =
	    message->kind >= KIND_ALERT && message->kind <= KIND_CLOSE && kind_asks_acknowledgement(message->kind);

	if (find(storm, site, leaf->id, name) != NULL)
		return NULL;
	if (storm->owed_count == STORM_OWED)
		world_broken(storm->world, "more is owed than there is room for");
	*owed = (struct owed){.site = site,
			      .precedence = message->precedence,
			      .is_sent = bytes_equal(message->from, bytes_of(office_name(storm->world, site))),
			      .asks = asks && message_addresses(message, name) == 1,
			      .asks_answer = asks && kind_asks_answer(message->kind),
			      .reply_by = message->reply_by,
			      .expires = message->expires,
			      .is_ended = was_cancelled(storm, site, leaf->id),
			      .began = storm->seen_us};
	memcpy(owed->id, leaf->id, OBJECT_ID_BYTES);
	name_copy(name, &owed->name);
	snprintf(owed->what, sizeof owed->what, "%u-%06u for %.*s", message->number.year, message->number.digits,
		 (int)name.len, (const char *)name.data);
	storm->owed_count++;
	return owed;
}

/* When it could be served at the latest: the station was up and had begun. */
static int64_t latest(const struct storm *storm, const struct owed *owed, enum deadline which)
{
	int64_t from = storm->world->site[owed->site].booted_at + GRACE_US;

	return (owed->due[which] > from ? owed->due[which] : from) + doubt(storm, owed->site, owed->began) + LATE_US;
}

static void count_step(const struct owed *owed, enum deadline which, uint32_t share, uint64_t act)
{
	static const enum tally acts[] = {TALLY_ACT_ALARMED, TALLY_ACT_COPIED, TALLY_ACT_NOBODY, TALLY_ACT_WAITS};
	static const uint32_t shares[] = {50, 100, 150, 200, 300};

	if (which != DEADLINE_ACKNOWLEDGE) {
		if (which <= DEADLINE_EXPIRY)
			tally((enum tally)(TALLY_DUE_CUSTODY + which));
		if (which == DEADLINE_ANSWER && owed->hold_until != 0)
			tally(TALLY_DUE_HOLD);
		return;
	}
	if (act < sizeof acts / sizeof *acts)
		tally(acts[act]);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
		if (shares[i] == share)
			tally((enum tally)((owed->is_sent ? TALLY_STEP_50 : TALLY_OWN_50) + i));
}

static const char *step_name(enum deadline which, uint32_t share)
{
	static const char *const names[] = {
	    [DEADLINE_CUSTODY] = "custody", [DEADLINE_OPEN] = "opened",	   [DEADLINE_ACKNOWLEDGE] = "",
	    [DEADLINE_ANSWER] = "answered", [DEADLINE_EXPIRY] = "expired", [DEADLINE_EARLY] = "early"};
	static char text[32];

	snprintf(text, sizeof text, "\"%s\"", names[which]);
	if (which == DEADLINE_ACKNOWLEDGE)
		snprintf(text, sizeof text, "%u %%", share);
	return text;
}

/* A step that an entry tells of: owed, the next one, and neither early nor late. */
static void judge(struct storm *storm, const struct owed *owed, enum deadline which, uint32_t share)
{
	const char *name = office_name(storm->world, owed->site), *step = step_name(which, share);
	int64_t at = storm->seen_us, due = owed->due[which];

	if (due == 0)
		promise_broken(storm, "%s took the step %s for %s, which does not owe it", name, step, owed->what);
	else if (which == DEADLINE_ACKNOWLEDGE && share != owed_next_share(owed))
		promise_broken(storm, "%s took the step %s for %s after that of %u %%", name, step, owed->what,
			       owed->share);
	else if (at < due - doubt(storm, owed->site, owed->began))
		promise_broken(storm, "%s took the step %s for %s %lld s early", name, step, owed->what,
			       (long long)((due - at) / SECOND_US));
	else if (at > latest(storm, owed, which))
		promise_broken(storm, "%s took the step %s for %s %lld s late", name, step, owed->what,
			       (long long)((at - due) / SECOND_US));
}

/* A copy that the ladder made: it owes custody, and its acknowledgement ends the ladder that made it. */
static void note_copy(struct storm *storm, struct owed *owed, struct bytes target)
{
	struct copied *copied = &storm->copied[storm->copied_count];
	struct owed *copy = &storm->owed[storm->owed_count];

	if (storm->copied_count == STORM_COPIES || storm->owed_count == STORM_OWED)
		world_broken(storm->world, "more copies than there is room for");
	*copy = (struct owed){.site = owed->site,
			      .precedence = owed->precedence,
			      .is_sent = true,
			      .asks_answer = owed->asks_answer,
			      .expires = owed->expires,
			      .began = storm->seen_us};
	memcpy(copy->id, owed->id, OBJECT_ID_BYTES);
	name_copy(target, &copy->name);
	snprintf(copy->what, sizeof copy->what, "the copy to %.*s", (int)target.len, (const char *)target.data);
	owed_released(copy, storm->seen_us, behind(storm, owed->site));
	storm->owed_count++;
	copied->owed = (size_t)(owed - storm->owed);
	copied->to = copy->name;
	storm->copied_count++;
}

/* [addressee, deadline, share, act, target] */
static void on_step(struct storm *storm, size_t site, const struct leaf *leaf)
{
	struct pack_reader r = pack_reader(leaf->data);
	struct bytes name, target;
	enum deadline which;
	uint32_t share;
	uint64_t act;
	struct owed *owed;

	pack_expect_array(&r, 5);
	name = pack_read_str(&r, LIMIT_NAME_BYTES);
	which = (enum deadline)pack_read_uint(&r, DEADLINES - 1);
	share = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	act = pack_read_uint(&r, INT64_MAX);
	target = pack_read_str(&r, LIMIT_NAME_BYTES);
	if (act == STEP_SKIPPED) {
		tally(TALLY_ACT_SKIPPED);
		return;
	}
	owed = find(storm, site, leaf->id, name);
	if (owed == NULL) {
		promise_broken(storm, "%s took the step %s for %.*s, which never had it",
			       office_name(storm->world, site), step_name(which, share), (int)name.len,
			       (const char *)name.data);
		return;
	}
	judge(storm, owed, which, share);
	count_step(owed, which, share, act);
	owed_passed(owed, which, share);
	if (act == STEP_COPIED)
		note_copy(storm, owed, target);
}

/* An answer, decline or hold by `from` about the message that it names. */
static void on_reply(struct storm *storm, size_t site, const struct message *message)
{
	static struct content content;
	struct store *store = storm->world->site[site].store;
	struct owed *owed = message->has_in_reply_to ? find(storm, site, message->in_reply_to, message->from) : NULL;
	struct bytes words;
	int64_t until;

	if (owed == NULL)
		return;
	if (message->kind == KIND_ANSWER || message->kind == KIND_DECLINE)
		owed_ended(owed);
	if (message->kind == KIND_HOLD && store_content(store, message->content_hash, &words) &&
	    content_decode(words, &content) == RESULT_OK && content_time(&content, FIELD_NEXT_UPDATE, &until))
		owed_held(owed, storm->seen_us, until + behind(storm, site));
}

/* Of a cancelled message nothing is owed any more, by anyone, whichever of the two comes first. */
static void on_cancel(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES])
{
	struct cancelled *cancelled = &storm->cancelled[storm->cancelled_count];

	if (storm->cancelled_count == STORM_COPIES)
		world_broken(storm->world, "more is cancelled than there is room for");
	cancelled->site = site;
	memcpy(cancelled->id, id, OBJECT_ID_BYTES);
	storm->cancelled_count++;
	for (size_t i = 0; i < storm->owed_count; i++)
		if (storm->owed[i].site == site && memcmp(storm->owed[i].id, id, OBJECT_ID_BYTES) == 0)
			owed_ended(&storm->owed[i]);
}

/* Own custody is at once; of a message that is sent each addressee owes it. */
static void begin(struct storm *storm, size_t site, const struct leaf *leaf, const struct message *message,
		  bool is_sent)
{
	struct owed *owed;

	if (!is_sent) {
		owed = add(storm, site, leaf, bytes_of(office_name(storm->world, site)), message);
		if (owed != NULL)
			owed_custody(owed, storm->seen_us, behind(storm, site));
		return;
	}
	for (size_t i = 0; i < message_addressee_count(message); i++) {
		owed = add(storm, site, leaf, message_addressee(message, i), message);
		if (owed != NULL)
			owed_released(owed, storm->seen_us, behind(storm, site));
	}
}

static void on_message(struct storm *storm, size_t site, const struct leaf *leaf, const struct message *message,
		       bool is_sent)
{
	begin(storm, site, leaf, message, is_sent);
	if (is_sent)
		seqs_wait(storm, site, leaf, message);
	on_reply(storm, site, message);
	if (message->kind == KIND_CANCEL && message->has_supersedes)
		on_cancel(storm, site, message->supersedes);
}

/* Somebody there has read it: the ladder climbs no further for whom the copy was made. */
static void end_copied(struct storm *storm, size_t site, const uint8_t id[OBJECT_ID_BYTES], struct bytes to)
{
	for (size_t i = 0; i < storm->copied_count; i++) {
		struct owed *owed = &storm->owed[storm->copied[i].owed];

		if (owed->site == site && memcmp(owed->id, id, OBJECT_ID_BYTES) == 0 &&
		    bytes_equal(name_bytes(&storm->copied[i].to), to))
			owed->due[DEADLINE_ACKNOWLEDGE] = 0;
	}
}

/* A receipt by a peer about a message of the site's own. */
static void on_receipt(struct storm *storm, size_t site, struct bytes peer, const struct receipt *receipt,
		       const uint8_t id[OBJECT_ID_BYTES])
{
	struct owed *owed = find(storm, site, id, peer);

	if (owed == NULL)
		return;
	if (receipt->kind == RECEIPT_CUSTODY)
		owed_custody(owed, storm->seen_us, behind(storm, site));
	if (receipt->kind == RECEIPT_REFUSED && !owed->is_in_custody)
		owed_ended(owed);
	if (receipt->kind == RECEIPT_ACKNOWLEDGED && !owed->is_acknowledged) {
		owed_acknowledged(owed);
		end_copied(storm, site, id, peer);
	}
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

/* [peer, item type, receipt kind, …]: the site's own officers were shown it, or acknowledged it. */
static void on_queue(struct storm *storm, size_t site, const struct leaf *leaf)
{
	struct owed *owed = find(storm, site, leaf->id, bytes_of(office_name(storm->world, site)));
	struct pack_reader r = pack_reader(leaf->data);
	uint64_t kind;

	pack_read_array(&r, SIZE_MAX);
	pack_read_str(&r, LIMIT_NAME_BYTES);
	pack_read_uint(&r, INT64_MAX);
	kind = pack_read_uint(&r, INT64_MAX);
	if (r.error != RESULT_OK || owed == NULL)
		return;
	if (kind == RECEIPT_SHOWN)
		owed->due[DEADLINE_OPEN] = 0;
	if (kind == RECEIPT_ACKNOWLEDGED)
		owed_acknowledged(owed);
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

		if (storm->world->site[owed->site].station == NULL ||
		    (storm->is_restored && owed->site == storm->restored))
			continue;
		for (int which = 0; which < DEADLINES; which++)
			if (owed->due[which] != 0 && storm->seen_us > latest(storm, owed, (enum deadline)which))
				promise_broken(storm, "%s has not taken the step %s for %s, due %lld s ago",
					       office_name(storm->world, owed->site),
					       step_name((enum deadline)which, owed_next_share(owed)), owed->what,
					       (long long)((storm->seen_us - owed->due[which]) / SECOND_US));
	}
}
