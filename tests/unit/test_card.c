/* Cards and offers: shape, meaning, keys, signatures. */
#include "proto/card.h"
#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[65536], body[65536], long_text[1024];
static struct sign_pair root, signing, logging;
static struct link_pair linking;

static void make_keys(void)
{
	uint8_t seed[32];

	memset(seed, 1, sizeof seed);
	key_sign_pair(seed, &root);
	memset(seed, 2, sizeof seed);
	key_sign_pair(seed, &signing);
	memset(seed, 3, sizeof seed);
	key_sign_pair(seed, &logging);
	memset(seed, 4, sizeof seed);
	key_link_pair(seed, &linking);
}

static struct card card(void)
{
	struct card made = {
	    .name = bytes_of("tha-cert"),
	    .state = bytes_of("tha"),
	    .serial = 3,
	    .valid_from = INT64_C(1790000000000000),
	    .valid_until = INT64_C(1890000000000000),
	    .lane = LANE_TECHNICAL,
	    .layer = 1,
	    .office_count = 1,
	    .office = {{bytes_of("en"), bytes_of("National CERT")}},
	    .zone = bytes_of("Asia/Bangkok"),
	    .hours_count = 1,
	    .hours = {{6, 0, 1440}},
	    .language_count = 2,
	    .language = {bytes_of("th"), bytes_of("en")},
	    .endpoint_count = 2,
	    .endpoint = {bytes_of("hotline.example.th:4710"), bytes_of("[2001:db8::1]:4710")},
	    .alternate_count = 1,
	    .alternate = {bytes_of("tha-mfa")},
	    .fallback_count = 1,
	    .fallback = {{FALLBACK_PHONE, bytes_of("+66 2 123 4567")}},
	};

	make_keys();
	memcpy(made.root, root.public, KEY_BYTES);
	memcpy(made.signing, signing.public, KEY_BYTES);
	memcpy(made.log, logging.public, KEY_BYTES);
	memcpy(made.link, linking.public, KEY_BYTES);
	return made;
}

static struct bytes encode(const struct card *in)
{
	struct pack_writer w = pack_writer(body, sizeof body);

	card_encode(in, &w);
	return pack_written(&w);
}

static int decode(const struct card *in)
{
	static struct card out;

	return card_decode(encode(in), &out);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	static struct card out;
	int result = card_decode(in, &out);

	if (result == RESULT_OK)
		card_encode(&out, w);
	return result;
}

TEST(a_card_decodes_to_what_was_encoded)
{
	struct card in = card(), out;

	CHECK_EQUAL(card_decode(encode(&in), &out), RESULT_OK);
	CHECK(bytes_equal(out.name, in.name) && bytes_equal(out.state, in.state) && out.serial == 3);
	CHECK(out.valid_from == in.valid_from && out.valid_until == in.valid_until && out.lane == 1 && out.layer == 1);
	CHECK(out.office_count == 1 && bytes_equal(out.office[0].office, in.office[0].office));
	CHECK(bytes_equal(out.zone, in.zone) && out.hours_count == 1 && out.hours[0].weekday == 6 &&
	      out.hours[0].to == 1440);
	CHECK(out.language_count == 2 && bytes_equal(out.language[1], in.language[1]));
	CHECK(out.endpoint_count == 2 && bytes_equal(out.endpoint[1], in.endpoint[1]));
	CHECK(out.alternate_count == 1 && bytes_equal(out.alternate[0], in.alternate[0]));
	CHECK(out.fallback_count == 1 && out.fallback[0].kind == 1 &&
	      bytes_equal(out.fallback[0].value, in.fallback[0].value));
	CHECK(memcmp(out.root, in.root, 32) == 0 && memcmp(out.signing, in.signing, 32) == 0);
	CHECK(memcmp(out.log, in.log, 32) == 0 && memcmp(out.link, in.link, 32) == 0);
}

TEST(every_accepted_card_has_one_form)
{
	static uint8_t copy[2048];
	struct card in = card();
	struct bytes encoded;

	in.ext.count = 1;
	in.ext.entry[0].code = 2;
	encoded = encode(&in);
	memcpy(copy, encoded.data, encoded.len);
	CHECK(mutate_all(recode, (struct bytes){copy, encoded.len}, 13));
}

TEST(a_card_without_any_list_is_a_card)
{
	struct card in = card();

	in.office_count = in.hours_count = in.language_count = 0;
	in.endpoint_count = in.alternate_count = in.fallback_count = 0;
	CHECK_EQUAL(decode(&in), RESULT_OK);
}

TEST(the_name_begins_with_the_state)
{
	struct card in = card();

	in.state = bytes_of("th");
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
	in.state = bytes_of("vnm");
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
	in.state = bytes_of("");
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
}

TEST(names_on_a_card_are_valid_and_no_alternate_is_itself)
{
	struct card in = card();

	in.name = bytes_of("tha");
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
	in = card();
	in.alternate[0] = bytes_of("THA-mfa");
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
	in.alternate[0] = in.name;
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
}

TEST(validity_ends_after_it_begins)
{
	struct card in = card();

	in.valid_until = in.valid_from + 1;
	CHECK_EQUAL(decode(&in), RESULT_OK);
	in.valid_until = in.valid_from;
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
}

TEST(lane_is_1_or_2_and_layer_1_to_3)
{
	static const int lanes[] = {RESULT_MALFORMED, RESULT_OK, RESULT_OK, RESULT_MALFORMED};
	static const int layers[] = {RESULT_MALFORMED, RESULT_OK, RESULT_OK, RESULT_OK, RESULT_MALFORMED};

	for (uint8_t i = 0; i < 5; i++) {
		struct card in = card();

		in.layer = i;
		CHECK_EQUAL(decode(&in), layers[i]);
		in.layer = 1;
		in.lane = i;
		CHECK_EQUAL(decode(&in), i < 4 ? lanes[i] : RESULT_MALFORMED);
	}
}

static int with_hours(uint8_t weekday, uint16_t from, uint16_t to)
{
	struct card in = card();

	in.hours[0].weekday = weekday;
	in.hours[0].from = from;
	in.hours[0].to = to;
	return decode(&in);
}

TEST(hours_lie_within_a_day_of_the_week)
{
	CHECK_EQUAL(with_hours(0, 0, 1), RESULT_OK);
	CHECK_EQUAL(with_hours(6, 1439, 1440), RESULT_OK);
	CHECK_EQUAL(with_hours(7, 0, 1), RESULT_MALFORMED);
	CHECK_EQUAL(with_hours(0, 0, 1441), RESULT_MALFORMED);
	CHECK_EQUAL(with_hours(0, 60, 60), RESULT_MALFORMED);
}

TEST(a_fallback_is_of_kind_1_to_5)
{
	struct card in = card();

	in.fallback[0].kind = FALLBACK_EMAIL;
	CHECK_EQUAL(decode(&in), RESULT_OK);
	in.fallback[0].kind = FALLBACK_EMAIL + 1;
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
	in.fallback[0].kind = 0;
	CHECK_EQUAL(decode(&in), RESULT_MALFORMED);
}

static int with_endpoint(const char *text)
{
	struct card in = card();

	in.endpoint[0] = bytes_of(text);
	return decode(&in);
}

TEST(an_endpoint_is_host_and_port)
{
	CHECK_EQUAL(with_endpoint("a:1"), RESULT_OK);
	CHECK_EQUAL(with_endpoint("10.0.0.1:65535"), RESULT_OK);
	CHECK_EQUAL(with_endpoint("[::1]:4710"), RESULT_OK);
	CHECK_EQUAL(with_endpoint(""), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("4710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint(":4710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a:"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a:0"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a:04710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a:65536"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a:471x"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("a b:4710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("::1:4710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("[::1:4710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("[:4710"), RESULT_MALFORMED);
	CHECK_EQUAL(with_endpoint("[]:4710"), RESULT_MALFORMED);
}

static int with_zone(const char *text)
{
	struct card in = card();

	in.zone = bytes_of(text);
	return decode(&in);
}

TEST(a_time_zone_can_be_no_path_elsewhere)
{
	CHECK_EQUAL(with_zone("Etc/GMT+7"), RESULT_OK);
	CHECK_EQUAL(with_zone(""), RESULT_MALFORMED);
	CHECK_EQUAL(with_zone("/etc/passwd"), RESULT_MALFORMED);
	CHECK_EQUAL(with_zone("../passwd"), RESULT_MALFORMED);
}

TEST(lists_and_texts_of_a_card_have_limits)
{
	struct card in = card();
	struct bytes encoded;

	memset(long_text, 'a', sizeof long_text);
	in.office[0].office = (struct bytes){long_text, LIMIT_CARD_TEXT_BYTES};
	CHECK_EQUAL(decode(&in), RESULT_OK);
	in.office[0].office.len++;
	CHECK_EQUAL(decode(&in), RESULT_LIMIT);
	in = card();
	for (in.language_count = 0; in.language_count < LIMIT_LANGUAGES; in.language_count++)
		in.language[in.language_count] = bytes_of("zz");
	encoded = encode(&in);
	CHECK_EQUAL(decode(&in), RESULT_OK);
	for (size_t i = 0; i + 3 < encoded.len; i++)
		if (memcmp(body + i, "\x98\xa2zz", 4) == 0) { /* one more, which takes the place of what follows */
			body[i]++;
			CHECK_EQUAL(card_decode(encoded, &in), RESULT_LIMIT);
			return;
		}
	CHECK(false);
}

TEST(equal_ed25519_keys_are_refused)
{
	struct card in = card();

	memcpy(in.signing, in.root, KEY_BYTES);
	CHECK_EQUAL(decode(&in), RESULT_KEY);
	in = card();
	memcpy(in.log, in.root, KEY_BYTES);
	CHECK_EQUAL(decode(&in), RESULT_KEY);
	in = card();
	memcpy(in.log, in.signing, KEY_BYTES);
	CHECK_EQUAL(decode(&in), RESULT_KEY);
}

TEST(keys_that_are_no_points_are_refused)
{
	struct card in = card();

	memset(in.root, 0, KEY_BYTES);
	CHECK_EQUAL(decode(&in), RESULT_KEY);
	in = card();
	memset(in.signing, 0xff, KEY_BYTES);
	CHECK_EQUAL(decode(&in), RESULT_KEY);
	in = card();
	memset(in.log, 0, KEY_BYTES);
	in.log[0] = 1; /* the neutral element */
	CHECK_EQUAL(decode(&in), RESULT_KEY);
}

/* Encodings that some libraries take and others refuse: points of small order, and y of 2^255-19 and more. */
TEST(weak_and_doubtful_keys_are_refused_in_every_place)
{
	static const uint8_t weak[][KEY_BYTES] = {
	    {0},
	    {1},
	    {[0 ... 30] = 0, [31] = 0x80},
	    {0xec, [1 ... 30] = 0xff, 0x7f},
	    {0xed, [1 ... 30] = 0xff, 0x7f},
	    {0xee, [1 ... 30] = 0xff, 0x7f},
	    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
	     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
	     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
	};

	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		struct card by_root = card(), by_signing = card(), by_log = card();

		memcpy(by_root.root, weak[i], KEY_BYTES);
		memcpy(by_signing.signing, weak[i], KEY_BYTES);
		memcpy(by_log.log, weak[i], KEY_BYTES);
		CHECK_EQUAL(decode(&by_root), RESULT_KEY);
		CHECK_EQUAL(decode(&by_signing), RESULT_KEY);
		CHECK_EQUAL(decode(&by_log), RESULT_KEY);
	}
}

TEST(an_odd_ext_code_of_a_card_needs_a_newer_version)
{
	struct card in = card();

	in.ext.count = 1;
	in.ext.entry[0].code = 7;
	CHECK_EQUAL(decode(&in), RESULT_NEWER);
}

/* Signed cards and offers. */

static struct bytes sign_to(uint8_t *out, enum object_type type, struct bytes what, const struct sign_pair *by)
{
	struct pack_writer w = pack_writer(out, sizeof buffer);

	object_sign(type, what, by, &w);
	return pack_written(&w);
}

TEST(a_card_signed_by_its_root_opens)
{
	struct card in = card(), out;
	struct object object;
	struct bytes encoded = sign_to(buffer, OBJECT_CARD, encode(&in), &root);
	uint8_t id[HASH_BYTES];

	CHECK_EQUAL(card_open(encoded, &object, &out), RESULT_OK);
	object_id(encoded, id);
	CHECK(bytes_equal(out.name, in.name) && memcmp(id, object.id, sizeof id) == 0);
}

TEST(a_card_signed_by_another_key_or_as_another_type_does_not_open)
{
	struct card in = card(), out;
	struct object object;

	CHECK_EQUAL(card_open(sign_to(buffer, OBJECT_CARD, encode(&in), &signing), &object, &out), RESULT_SIGNATURE);
	CHECK_EQUAL(card_open(sign_to(buffer, OBJECT_REVOCATION, encode(&in), &root), &object, &out), RESULT_MALFORMED);
	CHECK_EQUAL(card_open(bytes_of("x"), &object, &out), RESULT_MALFORMED);
}

static uint8_t card_object[65536];

static struct offer offer(void)
{
	struct card in = card();

	return (struct offer){
	    .card = sign_to(card_object, OBJECT_CARD, encode(&in), &root),
	    .to = bytes_of("vnm-cert"),
	    .generation = 1,
	    .half = {5},
	    .week = 2961,
	    .made_at = INT64_C(1792000000000000),
	};
}

static struct bytes encode_offer(const struct offer *in)
{
	struct pack_writer w = pack_writer(body, sizeof body);

	offer_encode(in, &w);
	return pack_written(&w);
}

static int decode_offer(const struct offer *in)
{
	struct offer out;

	return offer_decode(encode_offer(in), &out);
}

static int recode_offer(struct bytes in, struct pack_writer *w)
{
	struct offer out;
	int result = offer_decode(in, &out);

	if (result == RESULT_OK)
		offer_encode(&out, w);
	return result;
}

static int open_offer(const struct offer *in, enum object_type type, const struct sign_pair *by)
{
	struct offer out = {.generation = 77};
	struct card out_card;
	int result = offer_open(sign_to(buffer, type, encode_offer(in), by), &out, &out_card);

	CHECK_EQUAL(out.generation, result == RESULT_OK ? in->generation : 77); /* untouched unless it opens */
	return result;
}

TEST(an_offer_signed_by_its_card_opens)
{
	struct offer in = offer(), out;
	struct card out_card;
	struct bytes encoded = sign_to(buffer, OBJECT_OFFER, encode_offer(&in), &signing);

	CHECK_EQUAL(offer_open(encoded, &out, &out_card), RESULT_OK);
	CHECK(bytes_equal(out.to, in.to) && out.generation == 1 && out.half[0] == 5 && out.week == 2961);
	CHECK(out.made_at == in.made_at && bytes_equal(out.card, in.card));
	CHECK(bytes_equal(out_card.name, bytes_of("tha-cert")));
}

TEST(an_offer_by_another_key_or_as_another_type_does_not_open)
{
	struct offer in = offer();

	CHECK_EQUAL(open_offer(&in, OBJECT_OFFER, &signing), RESULT_OK);
	CHECK_EQUAL(open_offer(&in, OBJECT_OFFER, &root), RESULT_SIGNATURE);
	CHECK_EQUAL(open_offer(&in, OBJECT_CARD, &signing), RESULT_MALFORMED);
}

TEST(an_offer_whose_card_does_not_open_does_not_open)
{
	struct offer in = offer();

	card_object[in.card.len - 1] ^= 1;
	CHECK_EQUAL(open_offer(&in, OBJECT_OFFER, &signing), RESULT_SIGNATURE);
	in.card = bytes_of("");
	CHECK_EQUAL(open_offer(&in, OBJECT_OFFER, &signing), RESULT_MALFORMED);
}

TEST(an_offer_to_oneself_does_not_open)
{
	struct offer in = offer();

	in.to = bytes_of("tha-cert");
	CHECK_EQUAL(open_offer(&in, OBJECT_OFFER, &signing), RESULT_MALFORMED);
}

TEST(an_offer_names_its_addressee_and_a_generation_from_1)
{
	struct offer in = offer();

	in.to = bytes_of("vnm");
	CHECK_EQUAL(decode_offer(&in), RESULT_MALFORMED);
	in = offer();
	in.generation = 0;
	CHECK_EQUAL(decode_offer(&in), RESULT_MALFORMED);
	in.generation = UINT32_MAX;
	CHECK_EQUAL(decode_offer(&in), RESULT_OK);
}

TEST(an_odd_ext_code_of_an_offer_needs_a_newer_version)
{
	struct offer in = offer();

	in.ext.count = 1;
	in.ext.entry[0].code = 1;
	CHECK_EQUAL(decode_offer(&in), RESULT_NEWER);
}

TEST(every_accepted_offer_has_one_form)
{
	static uint8_t copy[2048];
	struct offer in = offer();
	struct bytes encoded;

	in.ext.count = 1;
	in.ext.entry[0].code = 2;
	encoded = encode_offer(&in);
	memcpy(copy, encoded.data, encoded.len);
	CHECK(mutate_all(recode_offer, (struct bytes){copy, encoded.len}, 1));
}
