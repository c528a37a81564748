/*
 * What a proof of notification shows to whoever trusts some roots and nothing else (SPEC 9.7), in sentences.
 */
#ifndef HOTLINE_CLIENT_AUDIT_PROOF_H
#define HOTLINE_CLIENT_AUDIT_PROOF_H

#include "client/audit/trust.h"
#include "proto/message.h"
#include "proto/proof.h"

#define AUDIT_PROOF_FILE_BYTES (12 * MIB) /* a proof in armour, with text around it */

enum audit_line_kind {
	LINE_SHOWN,  /* a signed statement, or where it stands */
	LINE_OPEN,   /* what is not proven */
	LINE_FAILED, /* why it is no proof */
};

struct audit_line {
	enum audit_line_kind kind;
	char *text; /* not safe to print as it is */
};

struct audit_proof {
	bool is_proven;
	bool has_message, has_content;
	enum object_type type;
	struct message message; /* borrows, like content, from bytes */
	struct content content;
	size_t line_count;
	struct audit_line *line;
	uint8_t *bytes;
	struct proof_file *file;
};

/* Whether a file's bytes hold a proof in armour, good or bad. */
bool audit_proof_is(struct bytes file);
/*
 * Reads and judges one. 0 when it proves that each addressee it speaks of was told; RESULT_PROOF when it does not, the
 * lines then say why; other outcomes when it can't be read, without lines; negative errno. The caller calls
 * audit_proof_finish in each case.
 */
int audit_proof_check(struct bytes file, const struct audit_trust *trust, struct audit_proof *out);
void audit_proof_finish(struct audit_proof *proof);

#endif
