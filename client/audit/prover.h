/* The state of one proof in the making, private to this folder: prove.c reads the records, prove_log.c places entries. */
#ifndef HOTLINE_CLIENT_AUDIT_PROVER_H
#define HOTLINE_CLIENT_AUDIT_PROVER_H

#include "client/audit/idmap.h"
#include "client/audit/prove.h"
#include "client/audit/reader.h"
#include "proto/checkpoint.h"

/* A root of 2^level leaves from start on, that a record gives. */
struct prove_node {
	uint64_t start;
	unsigned level;
	uint8_t hash[HASH_BYTES];
};

/* An object about the message. */
struct prove_object {
	uint8_t id[OBJECT_ID_BYTES]; /* must be first (idmap) */
	struct bytes encoded;
	uint8_t receipt; /* its kind; 0: a copy or a later message */
	struct name from;
	uint64_t serial;
};

/* A log of the record at hand, or of one before, in which the message stands. */
struct prove_log {
	char origin[ORIGIN_TEXT];
	struct name keeper, addressee, other;
	struct bytes checkpoint;
	uint64_t size;
	size_t entry_count;
	struct prove_entry {
		uint64_t index;
		struct bytes leaf;
		uint32_t object; /* IDMAP_NONE: the message */
		uint8_t path[LIMIT_PROOF_HASHES * HASH_BYTES];
		size_t path_len;
	} entry[LIMIT_PROOF_ENTRIES];
	bool is_crowded;
	uint64_t message_index;
	struct bytes witness;
	uint64_t witness_size, witness_serial;
	uint8_t witness_path[LIMIT_PROOF_HASHES * HASH_BYTES];
	size_t witness_path_len;
	struct prove_node *node;
	size_t node_count, node_room;
};

struct prove_card {
	struct name name;
	uint64_t serial;
	uint8_t log[KEY_BYTES];
	struct bytes encoded;
	bool is_needed;
};

struct audit_prover {
	struct audit_wish wish;
	bool has_message, is_ambiguous;
	uint8_t id[OBJECT_ID_BYTES];
	struct bytes encoded, content;
	enum object_type type;
	struct message message; /* borrows from encoded */
	struct name station;	/* of the record at hand */
	size_t first_log;	/* of it */
	struct reader reader;
	struct export_record record;

	struct prove_object *object;
	struct prove_log **log;
	struct prove_card *card;
	struct bytes *copy; /* all that is kept, to be freed */
	size_t object_count, log_count, card_count, copy_count;
	size_t object_room, log_room, card_room, copy_room;
	struct idmap object_map;
	int error; /* sticks */
};

/* Room for one more element; NULL, and the error set, when memory runs out. */
void *prover_grow(struct audit_prover *p, void *items, size_t *count, size_t *room, size_t size);
#define PROVER_ADD(p, list) prover_grow(p, &(p)->list, &(p)->list##_count, &(p)->list##_room, sizeof *(p)->list)
/* The same bytes in memory of the prover's. */
struct bytes prover_keep(struct audit_prover *p, struct bytes bytes);

/* prove_log.c */
/* The log of the record at hand with this origin; NULL when the message is not in it. */
struct prove_log *prove_log_find(struct audit_prover *p, struct bytes origin);
/* The message stands in this entry: makes the log. */
void prove_log_begin(struct audit_prover *p);
/* An entry, withheld range or checkpoint of a log that has the message. */
void prove_log_add(struct audit_prover *p);
/* A receipt that may show that the other side held a head of a log. */
void prove_log_witness(struct audit_prover *p, const struct receipt *receipt);
/* Computes all paths of the logs of the record at hand, and gives the nodes back. */
void prove_log_finish(struct audit_prover *p);

#endif
