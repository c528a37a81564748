/*
 * Cards and offers (SPEC 5, 9). A card is refused for anything that a correct state would not sign; whether its root
 * is trusted is decided elsewhere. An offer carries a secret half, so it is wiped wherever it does not leave.
 */
#include "proto/card.h"

#include "proto/list.h"
#include "proto/result.h"

#define CARD_ELEMENTS 19
#define OFFER_ELEMENTS 7
#define LAYER_LAST 3
#define WEEKDAY_LAST 6
#define DAY_MINUTES 1440
#define PORT_LAST 65535
#define PORT_DIGITS 5

static void put_tables(struct pack_writer *w, const struct card *card)
{
	pack_put_array(w, card->office_count);
	for (size_t i = 0; i < card->office_count; i++) {
		pack_put_array(w, 2);
		pack_put_str(w, card->office[i].lang);
		pack_put_str(w, card->office[i].office);
	}
	pack_put_str(w, card->zone);
	pack_put_array(w, card->hours_count);
	for (size_t i = 0; i < card->hours_count; i++) {
		pack_put_array(w, 3);
		pack_put_uint(w, card->hours[i].weekday);
		pack_put_uint(w, card->hours[i].from);
		pack_put_uint(w, card->hours[i].to);
	}
	list_put(w, card->language, card->language_count);
	list_put(w, card->endpoint, card->endpoint_count);
	list_put(w, card->alternate, card->alternate_count);
	pack_put_array(w, card->fallback_count);
	for (size_t i = 0; i < card->fallback_count; i++) {
		pack_put_array(w, 2);
		pack_put_uint(w, card->fallback[i].kind);
		pack_put_str(w, card->fallback[i].value);
	}
}

void card_encode(const struct card *card, struct pack_writer *w)
{
	pack_put_array(w, CARD_ELEMENTS);
	pack_put_str(w, card->name);
	pack_put_str(w, card->state);
	pack_put_uint(w, card->serial);
	pack_put_int(w, card->valid_from);
	pack_put_int(w, card->valid_until);
	pack_put_uint(w, card->lane);
	pack_put_uint(w, card->layer);
	put_tables(w, card);
	pack_put_bin(w, card->root, KEY_BYTES);
	pack_put_bin(w, card->signing, KEY_BYTES);
	pack_put_bin(w, card->log, KEY_BYTES);
	pack_put_bin(w, card->link, KEY_BYTES);
	pack_put_ext(w, &card->ext);
}

static void read_offices(struct pack_reader *r, struct card *card)
{
	card->office_count = pack_read_array(r, LIMIT_OFFICES);
	for (size_t i = 0; i < card->office_count; i++) {
		pack_expect_array(r, 2);
		card->office[i].lang = pack_read_str(r, LIMIT_LANG_BYTES);
		card->office[i].office = pack_read_str(r, LIMIT_CARD_TEXT_BYTES);
	}
}

static void read_hours(struct pack_reader *r, struct card *card)
{
	card->hours_count = pack_read_array(r, LIMIT_HOURS);
	for (size_t i = 0; i < card->hours_count; i++) {
		pack_expect_array(r, 3);
		card->hours[i].weekday = (uint8_t)pack_read_uint(r, UINT8_MAX);
		card->hours[i].from = (uint16_t)pack_read_uint(r, UINT16_MAX);
		card->hours[i].to = (uint16_t)pack_read_uint(r, UINT16_MAX);
	}
}

static void read_fallbacks(struct pack_reader *r, struct card *card)
{
	card->fallback_count = pack_read_array(r, LIMIT_FALLBACKS);
	for (size_t i = 0; i < card->fallback_count; i++) {
		pack_expect_array(r, 2);
		card->fallback[i].kind = (uint8_t)pack_read_uint(r, UINT8_MAX);
		card->fallback[i].value = pack_read_str(r, LIMIT_CARD_TEXT_BYTES);
	}
}

static bool check_names(const struct card *card)
{
	if (!name_is_valid(card->name) || !name_is_state(card->state) ||
	    !bytes_equal(name_state(card->name), card->state))
		return false;
	for (size_t i = 0; i < card->alternate_count; i++)
		if (!name_is_valid(card->alternate[i]) || bytes_equal(card->alternate[i], card->name))
			return false;
	return true;
}

static bool check_ranges(const struct card *card)
{
	if (card->valid_from >= card->valid_until || card->lane < LANE_TECHNICAL || card->lane > LANE_DIPLOMATIC ||
	    card->layer < 1 || card->layer > LAYER_LAST)
		return false;
	for (size_t i = 0; i < card->hours_count; i++)
		if (card->hours[i].weekday > WEEKDAY_LAST || card->hours[i].from >= card->hours[i].to ||
		    card->hours[i].to > DAY_MINUTES)
			return false;
	for (size_t i = 0; i < card->fallback_count; i++)
		if (card->fallback[i].kind < FALLBACK_PHONE || card->fallback[i].kind > FALLBACK_EMAIL)
			return false;
	return true;
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A tz database name becomes part of a path where times are shown: no dots, no slash in front. */
static bool is_zone(struct bytes zone)
{
	for (size_t i = 0; i < zone.len; i++) {
		uint8_t c = zone.data[i];

		if (!is_alphanumeric(c) && c != '_' && c != '+' && c != '-' && c != '/')
			return false;
	}
	return zone.len > 0 && zone.data[0] != '/';
}

static bool is_port(struct bytes text)
{
	unsigned long port = 0;

	if (text.len == 0 || text.len > PORT_DIGITS || text.data[0] == '0')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		port = port * 10 + (text.data[i] - '0');
	}
	return port <= PORT_LAST;
}

/* host:port; a host is letters, digits, '.', '-', or an IPv6 address in brackets. */
static bool is_endpoint(struct bytes text)
{
	bool has_brackets = text.len > 0 && text.data[0] == '[';
	size_t host = text.len, first = has_brackets ? 1 : 0, last;

	while (host > 0 && text.data[host - 1] != ':')
		host--;
	if (host < 2 || !is_port((struct bytes){text.data + host, text.len - host}))
		return false;
	last = host - 1; /* the colon */
	if (has_brackets && text.data[--last] != ']')
		return false;
	for (size_t i = first; i < last; i++) {
		uint8_t c = text.data[i];

		if (!is_alphanumeric(c) && c != '.' && (has_brackets ? c != ':' : c != '-'))
			return false;
	}
	return first < last;
}

static bool check_places(const struct card *card)
{
	for (size_t i = 0; i < card->endpoint_count; i++)
		if (!is_endpoint(card->endpoint[i]))
			return false;
	return is_zone(card->zone);
}

/* The Ed25519 keys are fit and differ, so that no signature of one use can pass for one of another. */
static bool check_station_keys(const struct card *card)
{
	return key_is_enrollable(card->signing) && key_is_enrollable(card->log) &&
	       !hash_equal(card->signing, card->log, KEY_BYTES);
}

static bool check_root(const struct card *card, bool has_root)
{
	static const uint8_t none[KEY_BYTES];

	if (!has_root)
		return hash_equal(card->root, none, KEY_BYTES);
	return key_is_enrollable(card->root) && !hash_equal(card->root, card->signing, KEY_BYTES) &&
	       !hash_equal(card->root, card->log, KEY_BYTES);
}

static int check_card(const struct card *card, bool has_root)
{
	if (!check_names(card) || !check_ranges(card) || !check_places(card))
		return RESULT_MALFORMED;
	return check_station_keys(card) && check_root(card, has_root) ? RESULT_OK : RESULT_KEY;
}

static int decode_card(struct bytes body, bool has_root, struct card *out)
{
	struct pack_reader r = pack_reader(body);
	struct card card = {0};
	int result;

	pack_expect_array(&r, CARD_ELEMENTS);
	card.name = pack_read_str(&r, LIMIT_NAME_BYTES);
	card.state = pack_read_str(&r, LIMIT_NAME_BYTES);
	card.serial = pack_read_uint(&r, INT64_MAX);
	card.valid_from = pack_read_int(&r);
	card.valid_until = pack_read_int(&r);
	card.lane = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	card.layer = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	read_offices(&r, &card);
	card.zone = pack_read_str(&r, LIMIT_ZONE_BYTES);
	read_hours(&r, &card);
	card.language_count = list_read(&r, card.language, LIMIT_LANGUAGES, LIMIT_LANG_BYTES);
	card.endpoint_count = list_read(&r, card.endpoint, LIMIT_ENDPOINTS, LIMIT_ENDPOINT_BYTES);
	card.alternate_count = list_read(&r, card.alternate, LIMIT_ALTERNATES, LIMIT_NAME_BYTES);
	read_fallbacks(&r, &card);
	pack_read_fixed(&r, card.root, KEY_BYTES);
	pack_read_fixed(&r, card.signing, KEY_BYTES);
	pack_read_fixed(&r, card.log, KEY_BYTES);
	pack_read_fixed(&r, card.link, KEY_BYTES);
	pack_read_ext(&r, NULL, &card.ext);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		result = check_card(&card, has_root);
	if (result == RESULT_OK)
		*out = card;
	return result;
}

int card_decode(struct bytes body, struct card *out)
{
	return decode_card(body, true, out);
}

int card_decode_unrooted(struct bytes body, struct card *out)
{
	return decode_card(body, false, out);
}

int card_open(struct bytes encoded, struct object *out_object, struct card *out)
{
	struct object object;
	struct card card;
	int result = object_decode(encoded, &object);

	if (result == RESULT_OK && object.type != OBJECT_CARD)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		result = card_decode(object.body, &card);
	if (result == RESULT_OK)
		result = object_verify(&object, card.root);
	if (result != RESULT_OK)
		return result;
	*out_object = object;
	*out = card;
	return RESULT_OK;
}

void offer_encode(const struct offer *offer, struct pack_writer *w)
{
	pack_put_array(w, OFFER_ELEMENTS);
	pack_put_bytes(w, offer->card);
	pack_put_str(w, offer->to);
	pack_put_uint(w, offer->generation);
	pack_put_bin(w, offer->half, KEY_BYTES);
	pack_put_uint(w, offer->week);
	pack_put_int(w, offer->made_at);
	pack_put_ext(w, &offer->ext);
}

int offer_decode(struct bytes body, struct offer *out)
{
	struct pack_reader r = pack_reader(body);
	struct offer offer = {0};
	int result;

	pack_expect_array(&r, OFFER_ELEMENTS);
	offer.card = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	offer.to = pack_read_str(&r, LIMIT_NAME_BYTES);
	offer.generation = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	pack_read_fixed(&r, offer.half, KEY_BYTES);
	offer.week = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	offer.made_at = pack_read_int(&r);
	pack_read_ext(&r, NULL, &offer.ext);
	result = pack_read_end(&r);
	if (result == RESULT_OK && (!name_is_valid(offer.to) || offer.generation == 0))
		result = RESULT_MALFORMED; /* generation 0 is the one without halves, SPEC 2 */
	if (result == RESULT_OK)
		*out = offer;
	key_wipe(&offer, sizeof offer);
	return result;
}

int offer_open(struct bytes encoded, struct offer *out, struct card *out_card)
{
	struct object object, card_object;
	struct offer offer = {0};
	struct card card;
	int result = object_decode(encoded, &object);

	if (result == RESULT_OK && object.type != OBJECT_OFFER)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		result = offer_decode(object.body, &offer);
	if (result == RESULT_OK)
		result = card_open(offer.card, &card_object, &card);
	if (result == RESULT_OK && bytes_equal(offer.to, card.name))
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		result = object_verify(&object, card.signing);
	if (result == RESULT_OK) {
		*out = offer;
		*out_card = card;
	}
	key_wipe(&offer, sizeof offer);
	return result;
}
