/*
 * What the auditor trusts: for each state one root, named by a card given beside the record or by a fingerprint
 * (SPEC 9). A root is trusted for its own state alone.
 */
#ifndef HOTLINE_CLIENT_AUDIT_TRUST_H
#define HOTLINE_CLIENT_AUDIT_TRUST_H

#include "proto/key.h"
#include "proto/name.h"

#define AUDIT_TRUST_MAX 256
#define AUDIT_STATE_TEXT (LIMIT_NAME_BYTES + 1)
#define AUDIT_CARD_FILE_BYTES (256 * KIB) /* larger files are no card */

struct audit_trust {
	size_t count;
	struct audit_root {
		char state[AUDIT_STATE_TEXT];
		bool has_root; /* by a card; else only the fingerprint is known */
		uint8_t root[KEY_BYTES];
		char fingerprint[FINGERPRINT_HEX]; /* 40 decimal or 64 hex digits */
		/* of the card, when one was given */
		struct name name;
		uint64_t serial;
		int64_t valid_from, valid_until; /* us */
		uint8_t id[32], signing[KEY_BYTES], log[KEY_BYTES];
	} root[AUDIT_TRUST_MAX];
};

/*
 * A card file's bytes: the object itself or its armour. Its root is trusted for its state from then on. Gives the
 * outcome of reading it, RESULT_DIFFERENT if another root is already named for that state (or its armour's checksum is
 * wrong), RESULT_LIMIT when there are too many.
 */
int audit_trust_add_card(struct audit_trust *trust, struct bytes file);
/* "STATE=FINGERPRINT", 40 decimal digits (spaces allowed) or 64 hex digits. RESULT_MALFORMED, RESULT_LIMIT. */
int audit_trust_add_root(struct audit_trust *trust, struct bytes text);
/* RESULT_OK if root is the state's; RESULT_KEY if no root is named for the state; RESULT_DIFFERENT if another is. */
int audit_trust_check(const struct audit_trust *trust, struct bytes state, const uint8_t root[KEY_BYTES]);

#endif
