/* Makes a large record (see record.h). Sections go to files of their own and are joined at the end. */
#include "tests/bench/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/card.h"
#include "proto/checkpoint.h"
#include "proto/export.h"
#include "proto/limits.h"
#include "proto/message.h"
#include "proto/receipt.h"
#include "proto/result.h"

#define PEERS 3
#define BEGIN_US INT64_C(1791979200000000)
#define BUFFER (64 * KIB)

struct party {
	const char *name, *state;
	struct sign_pair root, signing, log;
	uint8_t card[2 * KIB];
	size_t card_len;
};

/* A log that grows. */
struct growth {
	char origin[ORIGIN_TEXT];
	struct merkle tree;
	FILE *out;
	uint64_t shown; /* the head that the peer has been shown last */
	uint8_t shown_root[HASH_BYTES];
	uint8_t sent[HASH_BYTES]; /* the last message sent, to be superseded */
	bool has_sent;
};

static struct maker {
	struct party party[PEERS + 1]; /* 0: the station */
	struct growth log[PEERS + 1];  /* 0: the station log */
	FILE *objects, *contents;
	uint64_t entries, records, units;
	int64_t at;
} m;

static const char *const names[PEERS + 1] = {"tha-cert", "lao-cert", "sgp-cert", "vnm-cert"};
static const char *const states[PEERS + 1] = {"tha", "lao", "sgp", "vnm"};

static void must(bool is_done, const char *what)
{
	if (is_done)
		return;
	perror(what);
	exit(1);
}

static void put(FILE *out, const struct export_record *record)
{
	static uint8_t bytes[EXPORT_RECORD_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	export_encode(record, &w);
	must(fwrite(bytes, 1, w.len, out) == w.len, "write");
	m.records++;
}

static void make_party(size_t i)
{
	struct party *party = &m.party[i];
	struct card card = {.serial = 1,
			    .valid_from = 1,
			    .valid_until = 2 * BEGIN_US,
			    .lane = LANE_TECHNICAL,
			    .layer = 1,
			    .zone = bytes_of("Asia/Bangkok")};
	uint8_t body[KIB];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(party->card, sizeof party->card);

	party->name = names[i];
	party->state = states[i];
	key_sign_pair((uint8_t[32]){1, (uint8_t)i}, &party->root);
	key_sign_pair((uint8_t[32]){2, (uint8_t)i}, &party->signing);
	key_sign_pair((uint8_t[32]){3, (uint8_t)i}, &party->log);
	card.name = bytes_of(party->name);
	card.state = bytes_of(party->state);
	memcpy(card.root, party->root.public, KEY_BYTES);
	memcpy(card.signing, party->signing.public, KEY_BYTES);
	memcpy(card.log, party->log.public, KEY_BYTES);
	card.link[0] = 9;
	card_encode(&card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &party->root, &out);
	party->card_len = out.len;
}

static void enter(size_t log, uint64_t kind, const uint8_t *id, struct bytes data)
{
	struct growth *growth = &m.log[log];
	struct leaf leaf = {.at = m.at += 1000 + (int64_t)(m.entries % 977), .kind = kind, .has_id = id != NULL, .data = data};
	uint8_t bytes[BUFFER], hash[HASH_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	memcpy(leaf.salt, &m.entries, sizeof m.entries);
	leaf.salt[15] = (uint8_t)log;
	if (id != NULL)
		memcpy(leaf.id, id, HASH_BYTES);
	leaf_encode(&leaf, &w);
	put(growth->out, &(struct export_record){.kind = EXPORT_ENTRY,
						 .origin = bytes_of(growth->origin),
						 .index = growth->tree.size,
						 .bytes = pack_written(&w)});
	merkle_leaf(pack_written(&w), hash);
	merkle_append(&growth->tree, hash);
	m.entries++;
}

static void enter_object(size_t log, enum leaf_kind side, struct bytes object, uint8_t out_id[HASH_BYTES])
{
	hash_sha256(object, out_id);
	enter(log, side, out_id, (struct bytes){NULL, 0});
	put(m.objects, &(struct export_record){.kind = EXPORT_OBJECT, .bytes = object});
}

/* An entry of the station log with the officer who did it. */
static void enter_act(uint64_t kind, const uint8_t *id)
{
	uint8_t data[64];
	struct pack_writer w = pack_writer(data, sizeof data);

	pack_put_array(&w, 3);
	pack_put_uint(&w, m.units);
	pack_put_text(&w, "watch-2");
	pack_put_uint(&w, 1001);
	enter(0, kind, id, pack_written(&w));
}

static struct bytes sign(enum object_type type, const struct pack_writer *body, const struct party *signer,
			 uint8_t out[BUFFER])
{
	struct pack_writer w = pack_writer(out, BUFFER);

	object_sign(type, pack_written(body), &signer->signing, &w);
	return pack_written(&w);
}

static void make_content(uint8_t out_hash[HASH_BYTES])
{
	static const char words[] = "We see scans of grid controllers from your network. Please confirm or deny.";
	struct content content = {.subject = bytes_of("Scans of grid controllers"),
				  .lang = bytes_of("en"),
				  .text = bytes_of(words)};
	uint8_t bytes[2 * KIB];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	memcpy(content.salt, &m.units, sizeof m.units);
	content_encode(&content, &w);
	hash_sha256(pack_written(&w), out_hash);
	put(m.contents, &(struct export_record){.kind = EXPORT_CONTENT, .bytes = pack_written(&w)});
}

static struct bytes make_message(size_t from, size_t to, const uint8_t *supersedes, uint8_t out[BUFFER])
{
	static struct message message;
	uint8_t body[8 * KIB];
	struct pack_writer w = pack_writer(body, sizeof body);

	message = (struct message){.number = {2026, (uint32_t)(m.units % 1000000)},
				   .kind = supersedes != NULL ? KIND_UPDATE : KIND_NOTICE,
				   .from = bytes_of(names[from]),
				   .action_count = 1,
				   .action = {bytes_of(names[to])},
				   .precedence = PRECEDENCE_PRIORITY,
				   .released_at = m.at,
				   .clock_error = 12,
				   .drafter = bytes_of("watch-2"),
				   .releaser_count = 2,
				   .releaser = {bytes_of("chief-1"), bytes_of("chief-2")},
				   .card_serial = 1};
	if (supersedes != NULL) {
		message.has_supersedes = true;
		memcpy(message.supersedes, supersedes, HASH_BYTES);
	}
	make_content(message.content_hash);
	message_encode(&message, &w);
	return sign(OBJECT_MESSAGE, &w, &m.party[from], out);
}

/* The root that a peer's log has at a size: anything, but always the same. */
static void peer_root(size_t peer, uint64_t size, uint8_t out[HASH_BYTES])
{
	uint64_t both[2] = {peer, size};

	hash_sha256((struct bytes){(const uint8_t *)both, sizeof both}, out);
}

static struct bytes make_receipt(size_t peer, bool is_ours, uint8_t kind, const uint8_t id[HASH_BYTES],
				 uint8_t out[BUFFER])
{
	struct growth *log = &m.log[peer];
	static struct receipt receipt;
	uint8_t body[8 * KIB];
	struct pack_writer w = pack_writer(body, sizeof body);

	receipt = (struct receipt){.id_count = 1,
				   .kind = kind,
				   .from = bytes_of(names[is_ours ? 0 : peer]),
				   .to = bytes_of(names[is_ours ? peer : 0]),
				   .at = m.at,
				   .clock_error = 12,
				   .reason = kind == RECEIPT_REFUSED ? RESULT_MALFORMED : 0,
				   .log_size = log->tree.size,
				   .card_serial = 1,
				   .has_seen = true};
	memcpy(receipt.id[0], id, HASH_BYTES);
	if (kind == RECEIPT_ACKNOWLEDGED) {
		receipt.officer = bytes_of("watch-1");
		receipt.understood = UNDERSTOOD_YES;
	}
	if (is_ours) {
		merkle_root(&log->tree, receipt.log_root);
		log->shown = receipt.log_size;
		memcpy(log->shown_root, receipt.log_root, HASH_BYTES);
		receipt.seen_size = log->tree.size;
		peer_root(peer, receipt.seen_size, receipt.seen_root);
	} else {
		peer_root(peer, receipt.log_size, receipt.log_root);
		receipt.seen_size = log->shown;
		memcpy(receipt.seen_root, log->shown_root, HASH_BYTES);
	}
	receipt_encode(&receipt, &w);
	return sign(OBJECT_RECEIPT, &w, &m.party[is_ours ? 0 : peer], out);
}

static void add_receipt(size_t peer, bool is_ours, uint8_t kind, const uint8_t id[HASH_BYTES])
{
	uint8_t bytes[BUFFER], own[HASH_BYTES];

	enter_object(peer, is_ours ? LEAF_SENT : LEAF_RECEIVED, make_receipt(peer, is_ours, kind, id, bytes), own);
}

/* A checkpoint of the log by its keeper: of ours sent, of the peer's received. */
static void add_note(size_t peer, bool is_ours)
{
	struct growth *log = &m.log[peer];
	struct checkpoint checkpoint = {.size = log->tree.size};
	char origin[ORIGIN_TEXT];
	uint8_t bytes[CHECKPOINT_BYTES], id[HASH_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	checkpoint_origin(bytes_of(names[is_ours ? 0 : peer]), bytes_of(names[is_ours ? peer : 0]), origin);
	checkpoint.origin = bytes_of(origin);
	if (is_ours)
		merkle_root(&log->tree, checkpoint.root);
	else
		peer_root(peer, checkpoint.size, checkpoint.root);
	checkpoint_sign(&checkpoint, &m.party[is_ours ? 0 : peer].log, &w);
	enter_object(peer, is_ours ? LEAF_SENT : LEAF_RECEIVED, pack_written(&w), id);
}

/* A message from here, what became of it, and who wrote and released it. */
static void send_one(size_t peer)
{
	struct growth *log = &m.log[peer];
	bool is_refused = m.units % 40 == 0, is_update = m.units % 80 == 20 && log->has_sent;
	uint8_t bytes[BUFFER], id[HASH_BYTES];
	struct bytes object = make_message(0, peer, is_update ? log->sent : NULL, bytes);

	hash_sha256(object, id);
	enter_act(STATION_DRAFT, (uint8_t[HASH_BYTES]){(uint8_t)m.units, (uint8_t)(m.units >> 8), (uint8_t)(m.units >> 16), 1});
	enter_act(STATION_APPROVE, NULL);
	enter_act(STATION_RELEASE, id);
	enter_object(peer, LEAF_SENT, object, id);
	memcpy(log->sent, id, HASH_BYTES);
	log->has_sent = true;
	add_receipt(peer, false, is_refused ? RECEIPT_REFUSED : RECEIPT_CUSTODY, id);
	if (!is_refused)
		add_receipt(peer, false, RECEIPT_ACKNOWLEDGED, id);
}

/* One from the peer. A refused one is in no pair log, nor is it kept. */
static void receive_one(size_t peer)
{
	bool is_refused = m.units % 80 == 1;
	uint8_t bytes[BUFFER], id[HASH_BYTES] = {0xff, (uint8_t)m.units, (uint8_t)(m.units >> 8), (uint8_t)(m.units >> 16)};

	if (is_refused) {
		enter_act(STATION_REFUSED, id);
		add_receipt(peer, true, RECEIPT_REFUSED, id);
		return;
	}
	enter_object(peer, LEAF_RECEIVED, make_message(peer, 0, NULL, bytes), id);
	add_receipt(peer, true, RECEIPT_CUSTODY, id);
	enter_act(STATION_QUEUE, id);
	enter_act(STATION_QUEUE, id);
	add_receipt(peer, true, RECEIPT_ACKNOWLEDGED, id);
}

static void enter_heads(void)
{
	uint8_t data[KIB], root[HASH_BYTES];
	struct pack_writer w = pack_writer(data, sizeof data);

	pack_put_array(&w, PEERS);
	for (size_t i = 1; i <= PEERS; i++) {
		merkle_root(&m.log[i].tree, root);
		pack_put_array(&w, 3);
		pack_put_text(&w, m.log[i].origin);
		pack_put_uint(&w, m.log[i].tree.size);
		pack_put_bin(&w, root, HASH_BYTES);
	}
	enter(0, STATION_HEADS, NULL, pack_written(&w));
}

static void grow(void)
{
	size_t peer = 1 + m.units / 2 % PEERS;

	if (m.units % 2 == 0)
		send_one(peer);
	else
		receive_one(peer);
	if (m.units % 32 < PEERS) {
		add_note(1 + m.units % 32, true);
		add_note(1 + m.units % 32, false);
	}
	if (m.units % 100 == 99)
		enter_heads();
	m.units++;
}

static void put_checkpoint(const struct growth *log)
{
	struct checkpoint checkpoint = {.origin = bytes_of(log->origin), .size = log->tree.size};
	uint8_t bytes[CHECKPOINT_BYTES];
	struct pack_writer w = pack_writer(bytes, sizeof bytes);

	merkle_root(&log->tree, checkpoint.root);
	checkpoint_sign(&checkpoint, &m.party[0].log, &w);
	put(log->out, &(struct export_record){.kind = EXPORT_CHECKPOINT, .bytes = pack_written(&w)});
}

static void append(FILE *to, FILE *from)
{
	static char bytes[BUFFER];
	size_t len;

	rewind(from);
	while ((len = fread(bytes, 1, sizeof bytes, from)) > 0)
		must(fwrite(bytes, 1, len, to) == len, "write");
	fclose(from);
}

static FILE *open_in(const char *directory, const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "w");
	must(file != NULL, path);
	return file;
}

static void write_cards(const char *directory, FILE *out)
{
	char name[16];

	for (size_t i = 0; i <= PEERS; i++) {
		FILE *file;

		snprintf(name, sizeof name, "card-%zu", i);
		file = open_in(directory, name);
		must(fwrite(m.party[i].card, 1, m.party[i].card_len, file) == m.party[i].card_len, name);
		fclose(file);
		put(out, &(struct export_record){.kind = EXPORT_CARD, .bytes = {m.party[i].card, m.party[i].card_len}});
	}
}

void record_make(const char *directory, uint64_t entries)
{
	FILE *out = open_in(directory, "record");

	memset(&m, 0, sizeof m);
	m.at = BEGIN_US;
	m.objects = tmpfile();
	m.contents = tmpfile();
	put(out, &(struct export_record){.kind = EXPORT_BEGIN, .station = bytes_of(names[0]), .until = BEGIN_US * 2});
	for (size_t i = 0; i <= PEERS; i++) {
		make_party(i);
		m.log[i].out = tmpfile();
		merkle_init(&m.log[i].tree);
		merkle_root(&m.log[i].tree, m.log[i].shown_root);
		checkpoint_origin(bytes_of(names[0]), i > 0 ? bytes_of(names[i]) : (struct bytes){NULL, 0}, m.log[i].origin);
	}
	write_cards(directory, out);
	while (m.entries < entries)
		grow();
	for (size_t i = 0; i <= PEERS; i++) {
		put_checkpoint(&m.log[i]);
		append(out, m.log[i].out);
	}
	append(out, m.objects);
	append(out, m.contents);
	put(out, &(struct export_record){.kind = EXPORT_END, .size = m.records});
	must(fclose(out) == 0, "write");
}
