/* What a station can do to its own export, with all its keys: checkpoints are signed anew over what it made. */
#include <stdlib.h>
#include <string.h>

#include "proto/checkpoint.h"
#include "proto/message.h"
#include "proto/receipt.h"
#include "proto/result.h"
#include "proto/revocation.h"
#include "tests/tamper/tamper.h"

#define OBJECT_ROOM (16 * KIB)

/* An entry of a pair log and its object. */
struct target {
	size_t entry, object; /* pieces */
	struct export_record record;
	struct leaf leaf;
	const struct audit_log *log;
};

/* The log of the origin in the report of the true export. */
static const struct audit_log *log_of(const struct base *base, struct bytes origin)
{
	char expected[ORIGIN_TEXT];

	for (size_t i = 0; i < base->report.log_count; i++) {
		checkpoint_origin(name_bytes(&base->station), name_bytes(&base->report.log[i].peer), expected);
		if (bytes_equal(bytes_of(expected), origin))
			return &base->report.log[i];
	}
	return NULL;
}

/* The size of the head of the log with a peer in an object of either side; 0 if it has none. */
static uint64_t head_in(struct bytes bytes, struct bytes station, struct bytes peer)
{
	static struct receipt receipt;
	struct checkpoint checkpoint;
	struct object object;
	struct note note;
	char origin[ORIGIN_TEXT];

	checkpoint_origin(station, peer, origin);
	if (note_decode(bytes, &note) == RESULT_OK && checkpoint_decode(note.text, &checkpoint) == RESULT_OK)
		return bytes_equal(checkpoint.origin, bytes_of(origin)) ? checkpoint.size : 0;
	if (object_decode(bytes, &object) != RESULT_OK ||
	    (object.type != OBJECT_RECEIPT && object.type != OBJECT_RECEIPT_EXERCISE) ||
	    receipt_decode(object.body, &receipt) != RESULT_OK)
		return 0;
	if (bytes_equal(receipt.from, station) && bytes_equal(receipt.to, peer))
		return receipt.log_size;
	return bytes_equal(receipt.from, peer) && bytes_equal(receipt.to, station) && receipt.has_seen ? receipt.seen_size
													: 0;
}

void rewrite_prepare(struct base *base)
{
	for (size_t i = 0; i < base->listing.count; i++) {
		struct export_record record = listing_record(&base->listing, i);

		for (size_t n = 0; n < base->peer_count && record.kind == EXPORT_OBJECT; n++) {
			uint64_t size = head_in(record.bytes, name_bytes(&base->station), name_bytes(&base->peer[n].name));

			if (size > base->peer[n].head)
				base->peer[n].head = size;
		}
	}
}

/* The peer whose log it is. */
static size_t peer_of(const struct base *base, const struct name *name)
{
	size_t i = 0;

	while (i < base->peer_count && !name_equal(&base->peer[i].name, name))
		i++;
	return i;
}

/*
 * Any entry of a pair log with its object; false if the dice found something else. Most often one that no head covers:
 * where heads do not give the tamperer away, other checks must.
 */
static bool find_target(struct case_of *c, struct target *out)
{
	out->entry = (size_t)dice_roll(&c->dice, c->listing->count);
	out->record = listing_record(c->listing, out->entry);
	if (out->record.kind != EXPORT_ENTRY || leaf_decode(out->record.bytes, &out->leaf) != RESULT_OK)
		return false;
	out->log = log_of(c->base, out->record.origin);
	if (out->log == NULL || out->log->peer.text[0] == '\0')
		return false;
	if (out->record.index < c->base->peer[peer_of(c->base, &out->log->peer)].head && dice_roll(&c->dice, 8) > 0)
		return false;
	out->object = listing_object(c->listing, out->leaf.id);
	return out->object < c->listing->count;
}

/* Puts another object in the place of the target's, its id into the entry, and signs all again. */
static void replace(struct case_of *c, struct target *target, struct bytes object)
{
	uint8_t bytes[KIB];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	hash_sha256(object, target->leaf.id);
	leaf_encode(&target->leaf, &w);
	target->record.bytes = pack_written(&w);
	listing_set(c->listing, target->entry, &target->record);
	listing_set(c->listing, target->object, &(struct export_record){.kind = EXPORT_OBJECT, .bytes = object});
	listing_sign(c->listing, &c->base->keys.log);
}

bool rewrite_by_another_key(struct case_of *c, struct expectation *out)
{
	uint8_t bytes[OBJECT_ROOM];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);
	struct sign_pair stranger;
	struct object object;
	struct target target;

	(void)out;
	if (!find_target(c, &target) ||
	    object_decode(listing_record(c->listing, target.object).bytes, &object) != RESULT_OK)
		return false;
	key_sign_pair((uint8_t[32]){(uint8_t)dice_roll(&c->dice, 256), 77}, &stranger);
	if (dice_roll(&c->dice, 2) == 0 && target.leaf.kind == LEAF_RECEIVED)
		stranger = c->base->keys.signing; /* a station that makes up what its peer said */
	object_sign(object.type, object.body, &stranger, &w);
	replace(c, &target, pack_written(&w));
	return true;
}

/* The body of a message or receipt with its time a little later. */
static bool alter(const struct object *object, struct pack_writer *w)
{
	static struct message message;
	static struct receipt receipt;

	if (object->type == OBJECT_MESSAGE && message_decode(object->body, &message) == RESULT_OK) {
		message.released_at++;
		message_encode(&message, w);
		return true;
	}
	if (object->type == OBJECT_RECEIPT && receipt_decode(object->body, &receipt) == RESULT_OK) {
		receipt.at++;
		receipt_encode(&receipt, w);
		return true;
	}
	return false;
}

/* Beyond what a peer has witnessed a station may write what it likes: but no further than to there is it believed. */
static void expect(struct expectation *out, const struct audit_log *log, uint64_t index)
{
	if (index < log->witnessed)
		return;
	out->verdict = VERDICT_SHORTER;
	out->peer = log->peer;
	out->witnessed = index;
}

bool rewrite_own(struct case_of *c, struct expectation *out)
{
	uint8_t body[OBJECT_ROOM], bytes[OBJECT_ROOM];
	struct pack_writer altered = pack_writer(body, sizeof body), w = pack_writer(bytes, sizeof bytes);
	struct object object;
	struct target target;

	if (!find_target(c, &target) || target.leaf.kind != LEAF_SENT ||
	    object_decode(listing_record(c->listing, target.object).bytes, &object) != RESULT_OK || !alter(&object, &altered))
		return false;
	object_sign(object.type, pack_written(&altered), &c->base->keys.signing, &w);
	expect(out, target.log, target.record.index);
	replace(c, &target, pack_written(&w));
	return true;
}

/* A revocation by the peer's root, entered before something that the peer signed. */
bool rewrite_after_revocation(struct case_of *c, struct expectation *out)
{
	uint8_t body[KIB], bytes[KIB], leaf[KIB];
	struct pack_writer b = pack_writer(body, sizeof body), w = pack_writer(bytes, sizeof bytes),
			   l = pack_writer(leaf, sizeof leaf);
	struct revocation revocation = {.reason = REVOKED_SEIZED, .at = 1};
	struct target target;
	size_t peer;

	(void)out;
	if (!find_target(c, &target) || target.leaf.kind != LEAF_RECEIVED)
		return false;
	if (listing_record(c->listing, target.object).bytes.len > 0x4000)
		return false;
	peer = peer_of(c->base, &target.log->peer);
	if (peer == c->base->peer_count)
		return false;
	revocation.name = name_bytes(&c->base->peer[peer].name);
	revocation.serial = c->base->peer[peer].serial;
	revocation_encode(&revocation, &b);
	object_sign(OBJECT_REVOCATION, pack_written(&b), &c->base->peer[peer].keys.root, &w);
	hash_sha256(pack_written(&w), target.leaf.id);
	target.leaf.at--;
	leaf_encode(&target.leaf, &l);
	target.record.bytes = pack_written(&l);
	listing_insert(c->listing, target.entry, c->listing->piece[target.entry]);
	listing_set(c->listing, target.entry, &target.record);
	listing_insert(c->listing, c->listing->count - 1, c->listing->piece[0]);
	listing_set(c->listing, c->listing->count - 2, &(struct export_record){.kind = EXPORT_OBJECT, .bytes = pack_written(&w)});
	listing_sign(c->listing, &c->base->keys.log);
	listing_recount(c->listing);
	return true;
}

/* Another leaf in an entry, and all heads of the end signed again: any head in between gives it away. */
bool rewrite_fork(struct case_of *c, struct expectation *out)
{
	uint8_t bytes[KIB];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);
	struct target target;

	if (!find_target(c, &target))
		return false;
	target.leaf.salt[dice_roll(&c->dice, LEAF_SALT_BYTES)] ^= (uint8_t)(1 + dice_roll(&c->dice, 255));
	leaf_encode(&target.leaf, &w);
	target.record.bytes = pack_written(&w);
	listing_set(c->listing, target.entry, &target.record);
	listing_sign(c->listing, &c->base->keys.log);
	if (target.record.index >= c->base->peer[peer_of(c->base, &target.log->peer)].head) {
		out->verdict = VERDICT_SHORTER;
		out->peer = target.log->peer;
		out->witnessed = target.log->size;
	}
	return true;
}

/* Whether any entry has this id; whether any message names this content. */
static bool is_named(const struct listing *listing, const uint8_t id[HASH_BYTES])
{
	for (size_t i = 0; i < listing->count; i++) {
		struct export_record record = listing_record(listing, i);
		struct leaf leaf;

		if (record.kind == EXPORT_ENTRY && leaf_decode(record.bytes, &leaf) == RESULT_OK && leaf.has_id &&
		    memcmp(leaf.id, id, HASH_BYTES) == 0)
			return true;
	}
	return false;
}

static bool is_wanted(const struct listing *listing, const uint8_t hash[HASH_BYTES])
{
	static struct message message;

	for (size_t i = 0; i < listing->count; i++) {
		struct export_record record = listing_record(listing, i);
		struct object object;

		if (record.kind == EXPORT_OBJECT && object_decode(record.bytes, &object) == RESULT_OK &&
		    (object.type == OBJECT_MESSAGE || object.type == OBJECT_MESSAGE_EXERCISE) &&
		    message_decode(object.body, &message) == RESULT_OK &&
		    memcmp(message.content_hash, hash, HASH_BYTES) == 0)
			return true;
	}
	return false;
}

/* Leaves out what no entry, and then what no message names. */
static void prune(struct listing *listing)
{
	uint8_t hash[HASH_BYTES];

	for (int kind = EXPORT_OBJECT; kind <= EXPORT_CONTENT; kind++)
		for (size_t i = listing->count; i-- > 0;) {
			struct export_record record = listing_record(listing, i);

			if ((int)record.kind != kind)
				continue;
			hash_sha256(record.bytes, hash);
			if (kind == EXPORT_OBJECT ? !is_named(listing, hash) : !is_wanted(listing, hash))
				listing_drop(listing, i);
		}
}

static void finish_cut(struct case_of *c)
{
	prune(c->listing);
	listing_sign(c->listing, &c->base->keys.log);
	listing_recount(c->listing);
}

bool rewrite_cut_log(struct case_of *c, struct expectation *out)
{
	struct target target;
	struct bytes origin;
	char name[ORIGIN_TEXT];
	uint64_t from;

	if (!find_target(c, &target))
		return false;
	checkpoint_origin(name_bytes(&c->base->station), name_bytes(&target.log->peer), name);
	origin = bytes_of(name);
	from = target.record.index;
	for (size_t i = c->listing->count; i-- > 0;) {
		struct export_record record = listing_record(c->listing, i);

		if (record.kind == EXPORT_ENTRY && record.index >= from && bytes_equal(record.origin, origin))
			listing_drop(c->listing, i);
	}
	finish_cut(c);
	out->verdict = VERDICT_SHORTER;
	out->peer = target.log->peer;
	out->witnessed = from < target.log->witnessed ? from : target.log->witnessed;
	return true;
}

bool rewrite_cut_time(struct case_of *c, struct expectation *out)
{
	struct target target;
	struct leaf leaf;

	if (!find_target(c, &target))
		return false;
	out->verdict = VERDICT_SHORTER;
	out->peer = target.log->peer;
	out->witnessed = target.record.index < target.log->witnessed ? target.record.index : target.log->witnessed;
	for (size_t i = c->listing->count; i-- > 0;) {
		struct export_record record = listing_record(c->listing, i);

		if (record.kind == EXPORT_ENTRY && leaf_decode(record.bytes, &leaf) == RESULT_OK &&
		    leaf.at >= target.leaf.at)
			listing_drop(c->listing, i);
	}
	finish_cut(c);
	return true;
}
