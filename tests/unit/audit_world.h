/*
 * A small record to tamper with: tha-cert's logs with vnm-cert and of its own, built from fixed keys as a list of
 * encoded arrays. A test changes the list, writes it to a file, and asks the auditor.
 */
#ifndef HOTLINE_TESTS_AUDIT_WORLD_H
#define HOTLINE_TESTS_AUDIT_WORLD_H

#include <unistd.h>

#include "client/audit/verify.h"
#include "proto/card.h"
#include "proto/checkpoint.h"
#include "proto/copy.h"
#include "proto/export.h"
#include "proto/message.h"
#include "proto/receipt.h"
#include "tests/unit/audit_keep.h"
#include "tests/unit/test.h"

#define PAIR_ORIGIN "hotline/tha-cert/vnm-cert"
#define STATION_ORIGIN "hotline/tha-cert"
#define WORLD_MAX 96
#define NOON INT64_C(1791979200000000) /* 2026-10-14T12:00:00Z */

struct party {
	const char *name, *state;
	struct sign_pair root, signing, log;
	uint8_t card[2048];
	size_t card_len;
};

struct blob {
	uint8_t data[4096];
	size_t len;
};

/* What is exported, and the logs while they grow. */
struct world {
	struct party tha, vnm;
	struct merkle pair_log, station_log;
	int64_t skew_us;	      /* of the station's clock */
	uint8_t head[32][HASH_BYTES]; /* of the pair log, by size */
	size_t count;
	struct blob record[WORLD_MAX];
};

static struct bytes blob_bytes(const struct blob *blob)
{
	return (struct bytes){blob->data, blob->len};
}

static struct bytes party_card(const struct party *party)
{
	return (struct bytes){party->card, party->card_len};
}

static void party_init(struct party *party, const char *name, const char *state, uint8_t seed, uint64_t serial)
{
	struct card card = {.name = bytes_of(name),
			    .state = bytes_of(state),
			    .serial = serial,
			    .valid_from = 1,
			    .valid_until = NOON * 2,
			    .lane = LANE_TECHNICAL,
			    .layer = 1,
			    .zone = bytes_of("Asia/Bangkok")};
	uint8_t body[1024];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(party->card, sizeof party->card);

	party->name = name;
	party->state = state;
	key_sign_pair((uint8_t[32]){seed}, &party->root);
	key_sign_pair((uint8_t[32]){seed, 1}, &party->signing);
	key_sign_pair((uint8_t[32]){seed, 2}, &party->log);
	memcpy(card.root, party->root.public, KEY_BYTES);
	memcpy(card.signing, party->signing.public, KEY_BYTES);
	memcpy(card.log, party->log.public, KEY_BYTES);
	card.link[0] = 9;
	card_encode(&card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &party->root, &out);
	party->card_len = out.len;
}

static void put_record(struct world *world, const struct export_record *record)
{
	struct blob *blob = &world->record[world->count++];
	struct pack_writer w = pack_writer(blob->data, sizeof blob->data);

	export_encode(record, &w);
	blob->len = w.len;
}

static void put_bytes(struct world *world, enum export_kind kind, struct bytes bytes)
{
	put_record(world, &(struct export_record){.kind = kind, .bytes = bytes});
}

/* Enters an id in a log, as an entry record. */
static void put_entry(struct world *world, bool is_pair, uint64_t kind, const uint8_t *id, struct bytes data)
{
	struct merkle *tree = is_pair ? &world->pair_log : &world->station_log;
	struct leaf leaf = {.salt = {(uint8_t)tree->size, is_pair},
			    .at = NOON + world->skew_us + (int64_t)tree->size * SECOND_US,
			    .kind = kind,
			    .has_id = id != NULL,
			    .data = data};
	uint8_t encoded[1024], hash[HASH_BYTES];
	struct pack_writer w = pack_writer(encoded, sizeof encoded);

	if (id != NULL)
		memcpy(leaf.id, id, HASH_BYTES);
	leaf_encode(&leaf, &w);
	put_record(world, &(struct export_record){.kind = EXPORT_ENTRY,
						  .origin = bytes_of(is_pair ? PAIR_ORIGIN : STATION_ORIGIN),
						  .index = tree->size,
						  .bytes = pack_written(&w)});
	merkle_leaf(pack_written(&w), hash);
	merkle_append(tree, hash);
	if (is_pair)
		merkle_root(tree, world->head[tree->size]);
}

/* An object in the pair log: its entry and its record. Gives its id. */
static void put_object(struct world *world, enum leaf_kind side, struct bytes object, uint8_t out_id[HASH_BYTES])
{
	hash_sha256(object, out_id);
	put_entry(world, true, side, out_id, (struct bytes){NULL, 0});
	put_bytes(world, EXPORT_OBJECT, object);
}

/* What a message of the world says beyond what all share. */
struct text {
	const struct party *from, *signer;
	const char *to;
	uint32_t digits;
	int64_t at;
	uint64_t serial;
	bool is_withheld;
};

static void make_message(struct world *world, const struct text *text, struct blob *out)
{
	struct message message = {.number = {2026, text->digits},
				  .kind = KIND_NOTICE,
				  .from = bytes_of(text->from->name),
				  .action_count = 1,
				  .action = {bytes_of(text->to)},
				  .released_at = text->at,
				  .drafter = bytes_of("watch-2"),
				  .releaser_count = 1,
				  .releaser = {bytes_of("head")},
				  .card_serial = text->serial};
	struct content content = {.salt = {(uint8_t)text->digits},
				  .subject = bytes_of("subject"),
				  .lang = bytes_of("en"),
				  .text = bytes_of("text")};
	uint8_t body[2048], bytes[2048];
	struct pack_writer w = pack_writer(bytes, sizeof bytes), header = pack_writer(body, sizeof body),
			   object = pack_writer(out->data, sizeof out->data);

	content_encode(&content, &w);
	if (!text->is_withheld)
		put_bytes(world, EXPORT_CONTENT, pack_written(&w));
	hash_sha256(pack_written(&w), message.content_hash);
	message_encode(&message, &header);
	object_sign(OBJECT_MESSAGE, pack_written(&header),
		    text->signer != NULL ? &text->signer->signing : &text->from->signing, &object);
	out->len = object.len;
}

static void make_receipt(const struct receipt *receipt, const struct party *signer, struct blob *out)
{
	uint8_t body[2048];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(out->data, sizeof out->data);

	receipt_encode(receipt, &w);
	object_sign(OBJECT_RECEIPT, pack_written(&w), &signer->signing, &object);
	out->len = object.len;
}

static void make_note(const char *origin, const struct party *signer, uint64_t size, const uint8_t root[HASH_BYTES],
		      struct blob *out)
{
	struct checkpoint checkpoint = {.origin = bytes_of(origin), .size = size};
	struct pack_writer w = pack_writer(out->data, sizeof out->data);

	memcpy(checkpoint.root, root, HASH_BYTES);
	checkpoint_sign(&checkpoint, &signer->log, &w);
	out->len = w.len;
}

static void world_begin(struct world *world)
{
	memset(world, 0, sizeof *world);
	party_init(&world->tha, "tha-cert", "tha", 1, 3);
	party_init(&world->vnm, "vnm-cert", "vnm", 2, 1);
	merkle_init(&world->pair_log);
	merkle_init(&world->station_log);
	merkle_root(&world->pair_log, world->head[0]);
	put_record(world,
		   &(struct export_record){.kind = EXPORT_BEGIN, .station = bytes_of("tha-cert"), .until = NOON});
	put_bytes(world, EXPORT_CARD, party_card(&world->tha));
	put_bytes(world, EXPORT_CARD, party_card(&world->vnm));
}

static void put_card(struct world *world, enum leaf_kind side, const struct party *party)
{
	uint8_t id[HASH_BYTES];

	hash_sha256(party_card(party), id);
	put_entry(world, true, side, id, (struct bytes){NULL, 0});
}

/* Custody by vnm of the message: it holds the head of `seen` entries. */
static struct receipt receipt_of_vnm(const struct world *world, const uint8_t id[HASH_BYTES], int64_t at, uint64_t seen)
{
	struct receipt receipt = {.id_count = 1,
				  .kind = RECEIPT_CUSTODY,
				  .from = bytes_of("vnm-cert"),
				  .to = bytes_of("tha-cert"),
				  .at = at,
				  .log_size = world->pair_log.size,
				  .log_root = {(uint8_t)world->pair_log.size, 0xbb},
				  .card_serial = 1,
				  .has_seen = true,
				  .seen_size = seen};

	memcpy(receipt.id[0], id, HASH_BYTES);
	memcpy(receipt.seen_root, world->head[seen], HASH_BYTES);
	return receipt;
}

static struct receipt receipt_of_tha(const struct world *world, const uint8_t id[HASH_BYTES], int64_t at)
{
	struct receipt receipt = {.id_count = 1,
				  .kind = RECEIPT_CUSTODY,
				  .from = bytes_of("tha-cert"),
				  .to = bytes_of("vnm-cert"),
				  .at = at,
				  .log_size = world->pair_log.size,
				  .card_serial = 3};

	memcpy(receipt.id[0], id, HASH_BYTES);
	memcpy(receipt.log_root, world->head[world->pair_log.size], HASH_BYTES);
	return receipt;
}

static void put_checkpoint(struct world *world, const char *origin, const struct merkle *tree)
{
	struct blob note;
	uint8_t root[HASH_BYTES];

	merkle_root(tree, root);
	make_note(origin, &world->tha, tree->size, root, &note);
	put_bytes(world, EXPORT_CHECKPOINT, blob_bytes(&note));
}

/* The station log: a start, the release, the hourly heads. */
static void put_station_log(struct world *world, const uint8_t released[HASH_BYTES])
{
	uint8_t data[256];
	struct pack_writer w = pack_writer(data, sizeof data);

	put_entry(world, false, STATION_START, NULL,
		  bytes_of("\x91\xa1"
			   "1"));
	put_entry(world, false, STATION_RELEASE, released,
		  bytes_of("\x93\x01\xa1"
			   "a\x01"));
	pack_put_array(&w, 1);
	pack_put_array(&w, 3);
	pack_put_text(&w, PAIR_ORIGIN);
	pack_put_uint(&w, world->pair_log.size);
	pack_put_bin(&w, world->head[world->pair_log.size], HASH_BYTES);
	put_entry(world, false, STATION_HEADS, NULL, pack_written(&w));
}

static void world_end(struct world *world, const uint8_t released[HASH_BYTES])
{
	put_station_log(world, released);
	put_checkpoint(world, PAIR_ORIGIN, &world->pair_log);
	put_checkpoint(world, STATION_ORIGIN, &world->station_log);
	put_record(world,
		   &(struct export_record){
		       .kind = EXPORT_HEAD, .origin = bytes_of("hotline/vnm-cert/tha-cert"), .size = 3, .hash = {1}});
	put_record(world, &(struct export_record){.kind = EXPORT_END, .size = world->count});
}

/*
 * The whole record. The pair log: 0 and 1 the cards, 2 a message to vnm, 3 its custody (head of 2 seen), 4 a message
 * from vnm, 5 its custody, 6 our checkpoint, 7 theirs, 8 their acknowledgement (head of 6 seen), 9 another message to
 * vnm. Entries 0 to 5 are witnessed, by the statements up to NOON + 40 s; 6 is not, whatever comes later.
 */
static void world_make(struct world *world)
{
	uint8_t first[HASH_BYTES], id[HASH_BYTES];
	struct receipt receipt;
	struct blob blob;

	world_begin(world);
	put_card(world, LEAF_SENT, &world->tha);
	put_card(world, LEAF_RECEIVED, &world->vnm);
	make_message(world, &(struct text){&world->tha, NULL, "vnm-cert", 1, NOON + 1, 3, false}, &blob);
	put_object(world, LEAF_SENT, blob_bytes(&blob), first);
	receipt = receipt_of_vnm(world, first, NOON + 20 * SECOND_US, 2);
	make_receipt(&receipt, &world->vnm, &blob);
	put_object(world, LEAF_RECEIVED, blob_bytes(&blob), id);
	make_message(world, &(struct text){&world->vnm, NULL, "tha-cert", 2, NOON + 30 * SECOND_US, 1, false}, &blob);
	put_object(world, LEAF_RECEIVED, blob_bytes(&blob), id);
	receipt = receipt_of_tha(world, id, NOON + 31 * SECOND_US);
	make_receipt(&receipt, &world->tha, &blob);
	put_object(world, LEAF_SENT, blob_bytes(&blob), id);
	make_note(PAIR_ORIGIN, &world->tha, 6, world->head[6], &blob);
	put_object(world, LEAF_SENT, blob_bytes(&blob), id);
	make_note("hotline/vnm-cert/tha-cert", &world->vnm, 2, world->head[1], &blob);
	put_object(world, LEAF_RECEIVED, blob_bytes(&blob), id);
	receipt = receipt_of_vnm(world, first, NOON + 40 * SECOND_US, 6);
	receipt.kind = RECEIPT_ACKNOWLEDGED;
	receipt.officer = bytes_of("watch-1");
	receipt.understood = UNDERSTOOD_YES;
	make_receipt(&receipt, &world->vnm, &blob);
	put_object(world, LEAF_RECEIVED, blob_bytes(&blob), id);
	make_message(world, &(struct text){&world->tha, NULL, "vnm-cert", 3, NOON + 50 * SECOND_US, 3, false}, &blob);
	put_object(world, LEAF_SENT, blob_bytes(&blob), id);
	world_end(world, first);
}

/* Puts the right count into the last record. */
static inline void world_recount(struct world *world)
{
	world->count--;
	put_record(world, &(struct export_record){.kind = EXPORT_END, .size = world->count});
}

static inline void world_drop(struct world *world, size_t at)
{
	world->count--;
	memmove(&world->record[at], &world->record[at + 1], (world->count - at) * sizeof *world->record);
}

static inline void world_insert(struct world *world, size_t at, const struct blob *blob)
{
	struct blob copy = *blob;

	memmove(&world->record[at + 1], &world->record[at], (world->count - at) * sizeof *world->record);
	world->record[at] = copy;
	world->count++;
}

/* The n-th record of a kind, from 0. */
static inline size_t world_find(const struct world *world, enum export_kind kind, size_t n)
{
	for (size_t i = 0; i < world->count; i++) {
		struct export_record record;
		size_t len;

		if (export_decode(blob_bytes(&world->record[i]), &record, &len) == RESULT_OK && record.kind == kind &&
		    n-- == 0)
			return i;
	}
	CHECK(!"no such record");
	return 0;
}

#define WORLD_PATH "/tmp/test_audit.XXXXXX"

/* Writes the records, cut to at most max bytes, to a new file whose path ends as its X's say. */
static inline void world_write(const struct world *world, size_t max, char path[sizeof WORLD_PATH])
{
	int fd;

	memcpy(path, WORLD_PATH, sizeof WORLD_PATH);
	fd = mkstemp(path);
	CHECK(fd >= 0);
	for (size_t i = 0; i < world->count && max > 0; i++) {
		size_t len = world->record[i].len < max ? world->record[i].len : max;

		CHECK_EQUAL(write(fd, world->record[i].data, len), len);
		max -= len;
	}
	close(fd);
}

/* Writes the records to a file, cut to at most max bytes, and verifies it. */
static inline int audit_bytes(const struct world *world, size_t max, const struct audit_trust *trust, struct audit_report *out)
{
	char path[sizeof WORLD_PATH];
	int result;

	world_write(world, max, path);
	result = audit_verify(path, trust, out);
	audit_keep(path, trust, result, result >= 0 ? out->bad : "");
	unlink(path);
	return result;
}

#endif
