/* The state of one judgement on a proof, private to this folder: proof.c reads and concludes, proof_log.c goes through a log. */
#ifndef HOTLINE_CLIENT_AUDIT_PROOF_CHECK_H
#define HOTLINE_CLIENT_AUDIT_PROOF_CHECK_H

#include "client/audit/proof.h"
#include "proto/checkpoint.h"
#include "proto/receipt.h"

/* The keys of a card that a trusted root vouches for. */
struct proof_key {
	struct name name;
	uint64_t serial;
	uint8_t signing[KEY_BYTES], log[KEY_BYTES];
};

struct proof_check {
	const struct audit_trust *trust;
	struct audit_proof *out;
	uint8_t id[OBJECT_ID_BYTES]; /* of the message */
	size_t key_count;
	struct proof_key key[LIMIT_PROOF_CARDS + AUDIT_TRUST_MAX];
	bool is_told[LIMIT_PROOF_LOGS]; /* by log: the addressee's statement stands in it */
	int error;			/* -ENOMEM, sticks */
};

__attribute__((format(printf, 3, 4))) void proof_say(struct proof_check *check, enum audit_line_kind kind,
						     const char *format, ...);
/* A failure; false, for the caller to return. */
#define PROOF_WRONG(check, ...) (proof_say(check, LINE_FAILED, __VA_ARGS__), false)

/* Whether the object is signed by name under this serial. Says what is wrong. */
bool proof_is_signed(struct proof_check *check, const struct object *object, struct bytes name, uint64_t serial);
/* "141200Z OCT 26 (2026-10-14T12:00:00.123456Z), by its clock, good to 12 ms" */
#define PROOF_TIME 128
void proof_time(int64_t at, uint32_t clock_error, char out[PROOF_TIME]);

/* The addressee that a log's origin speaks of; false when it is no log of the message's sender with another. */
bool proof_addressee(const struct proof_check *check, const struct proof_log *log, struct name *out);
/* Goes through the number-th log. False when something in it is wrong, which was said. */
bool proof_check_log(struct proof_check *check, size_t number);

#endif
