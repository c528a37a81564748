/* Receipts (SPEC 5): what an addressee's station or officer says about a message, signed. */
#ifndef HOTLINE_PROTO_RECEIPT_H
#define HOTLINE_PROTO_RECEIPT_H

#include "proto/limits.h"
#include "proto/object.h"

enum receipt_kind { RECEIPT_CUSTODY = 1, RECEIPT_SHOWN, RECEIPT_ACKNOWLEDGED, RECEIPT_REFUSED };
enum understood { UNDERSTOOD_NOT_ASKED, UNDERSTOOD_YES, UNDERSTOOD_PARTLY, UNDERSTOOD_NO };

/* ext code 2 of a receipt: the last head of the addressee's pair log with the issuer that the issuer holds. */
#define RECEIPT_EXT_SEEN 2

struct receipt {
	size_t id_count; /* 1 … 64; more than 1 for custody only */
	uint8_t id[LIMIT_CUSTODY_IDS][OBJECT_ID_BYTES];
	uint8_t kind;
	struct bytes from, to;
	int64_t at;	      /* us */
	uint32_t clock_error; /* ms */
	struct bytes officer; /* function name; empty for custody and refused */
	uint8_t understood;
	uint8_t reason; /* of refused */
	struct bytes note;
	uint64_t log_size;
	uint8_t log_root[HASH_BYTES];
	uint64_t card_serial;
	bool has_seen; /* ext 2 */
	uint64_t seen_size;
	uint8_t seen_root[HASH_BYTES];
	struct ext ext; /* the other entries */
};

void receipt_encode(const struct receipt *receipt, struct pack_writer *w);
/* Shape and meaning: counts per kind, ranges, names, note's length, reason only when refused. */
int receipt_decode(struct bytes body, struct receipt *out);
const char *receipt_kind_name(uint8_t kind); /* "custody"; NULL when unknown */

#endif
