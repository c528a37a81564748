/*
 * Making a proof of notification from exported records (SPEC 9.7). The records are taken as they are: whoever calls this
 * has verified them, and verifies the proof.
 */
#ifndef HOTLINE_CLIENT_AUDIT_PROVE_H
#define HOTLINE_CLIENT_AUDIT_PROVE_H

#include "client/audit/verify.h"
#include "proto/message.h"
#include "proto/proof.h"
#include "proto/receipt.h"

struct audit_wish {
	struct bytes number; /* "[from] [EX] 2026-048 213", or an id in hex */
	struct bytes to;     /* one addressee; empty: all */
	bool wants[RECEIPT_REFUSED + 1]; /* by kind of receipt; without all of them an addressee is left out */
	bool has_content;
};

struct audit_prover;

/* NULL when memory runs out. */
struct audit_prover *audit_prover_create(const struct audit_wish *wish);
void audit_prover_destroy(struct audit_prover *prover);
/*
 * Takes what one record holds: the first names the message, further ones add their own logs with it. RESULT_OK;
 * RESULT_DIFFERENT when it has no such message, or several; negative errno. out_why: a sentence, when not 0.
 */
int audit_prover_add(struct audit_prover *prover, const char *path, char out_why[AUDIT_TEXT]);
/* An addressee who is left out, and why; called in no order. */
typedef void audit_left_out(void *ctx, const char *sentence);
/*
 * Writes the encoded proof, before armour. RESULT_OK; RESULT_PROOF when nothing is left to prove; RESULT_LIMIT.
 */
int audit_prover_write(struct audit_prover *prover, audit_left_out *left_out, void *ctx, struct pack_writer *w);

#endif
