/* Cards and offers (SPEC 5, 9): who a contact point is, and half of a pair key for one peer. */
#ifndef HOTLINE_PROTO_CARD_H
#define HOTLINE_PROTO_CARD_H

#include "proto/limits.h"
#include "proto/name.h"
#include "proto/object.h"

enum lane { LANE_TECHNICAL = 1, LANE_DIPLOMATIC = 2 };
enum fallback { FALLBACK_PHONE = 1, FALLBACK_FAX, FALLBACK_EMBASSY, FALLBACK_RADIO, FALLBACK_EMAIL };

struct card {
	struct bytes name, state;
	uint64_t serial;
	int64_t valid_from, valid_until; /* us */
	uint8_t lane, layer;
	size_t office_count;
	struct {
		struct bytes lang, office;
	} office[LIMIT_OFFICES];
	struct bytes zone; /* tz database name */
	size_t hours_count;
	struct {
		uint8_t weekday;      /* 0 Monday … 6 */
		uint16_t from, to; /* minutes of the day, 0 … 1440 */
	} hours[LIMIT_HOURS]; /* none: always */
	size_t language_count;
	struct bytes language[LIMIT_LANGUAGES];
	size_t endpoint_count;
	struct bytes endpoint[LIMIT_ENDPOINTS]; /* host:port */
	size_t alternate_count;
	struct bytes alternate[LIMIT_ALTERNATES];
	size_t fallback_count;
	struct {
		uint8_t kind;
		struct bytes value;
	} fallback[LIMIT_FALLBACKS];
	uint8_t root[KEY_BYTES], signing[KEY_BYTES], log[KEY_BYTES], link[KEY_BYTES];
	struct ext ext;
};

void card_encode(const struct card *card, struct pack_writer *w);
/* Shape and meaning: names, ranges, enrollable and different Ed25519 keys, name begins with state. RESULT_KEY for keys. */
int card_decode(struct bytes body, struct card *out);
/* The same of a body whose root key is all zero, as a request has it (proto/request.h). */
int card_decode_unrooted(struct bytes body, struct card *out);
/*
 * An encoded card object whole: type, shape, and the signature by the root that it names itself. Whether that root is
 * trusted is the caller's question.
 */
int card_open(struct bytes encoded, struct object *out_object, struct card *out);

struct offer {
	struct bytes card; /* encoded object */
	struct bytes to;
	uint32_t generation;
	uint8_t half[KEY_BYTES];
	uint32_t week;
	int64_t made_at;
	struct ext ext;
};

void offer_encode(const struct offer *offer, struct pack_writer *w);
int offer_decode(struct bytes body, struct offer *out);
/* An encoded offer object whole: the card inside opened, and the offer's signature by the card's signing key. */
int offer_open(struct bytes encoded, struct offer *out, struct card *out_card);

#endif
