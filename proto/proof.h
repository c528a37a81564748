/*
 * The proof of notification (SPEC 9.7): a message, what its addressees signed about it, and where both stand in signed
 * logs, as an array in armour under the label PROOF. Reading and writing; what it proves is the auditor's business
 * (client/audit).
 */
#ifndef HOTLINE_PROTO_PROOF_H
#define HOTLINE_PROTO_PROOF_H

#include "proto/hash.h"
#include "proto/limits.h"
#include "proto/pack.h"

#define PROOF_LABEL "PROOF"

/* An entry of a log, and the path from it to the log's checkpoint: hashes one after the other, RFC 6962 2.1.1. */
struct proof_entry {
	uint64_t index;
	struct bytes leaf;
	struct bytes object; /* empty: the message */
	struct bytes path;
};

struct proof_log {
	struct bytes origin;
	struct bytes checkpoint; /* the note, signed by whose log it is */
	size_t entry_count;
	struct proof_entry entry[LIMIT_PROOF_ENTRIES];
	/* A receipt of the other side that names a head of this log, and the path from the message to that head. */
	struct bytes witness; /* empty: none */
	struct bytes witness_path;
};

/* Borrowed. Large: not for the stack. */
struct proof_file {
	struct bytes message;
	struct bytes content; /* empty: withheld */
	size_t log_count;
	struct proof_log log[LIMIT_PROOF_LOGS]; /* ascending by origin */
	size_t card_count;
	struct bytes card[LIMIT_PROOF_CARDS];
	struct ext ext;
};

void proof_encode(const struct proof_file *proof, struct pack_writer *w);
/* Shape and limits alone. RESULT_MALFORMED, RESULT_LIMIT, RESULT_NEWER. */
int proof_decode(struct bytes in, struct proof_file *out);
/* The entry of a log that holds the message. */
const struct proof_entry *proof_message_entry(const struct proof_log *log);
/* Whether the path leads from the leaf at index to the root of size entries. */
bool proof_path_leads(struct bytes path, struct bytes leaf, uint64_t index, uint64_t size, const uint8_t root[HASH_BYTES]);

#endif
