/* The station that a hostile peer meets, what leaves it, and the peer's link. */
#include "tests/unit/hostile_peer.h"

void hostile_random(void *ctx, void *out, size_t len)
{
	uint64_t *state = ctx;
	uint8_t *at = out;

	for (size_t i = 0; i < len; i++) {
		*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		at[i] = (uint8_t)(*state >> 56);
	}
}

struct bytes hostile_card(const struct hostile_party *party)
{
	return (struct bytes){party->card_bytes, party->card_len};
}

void hostile_sign_card(struct hostile_party *party)
{
	uint8_t body[2048];
	struct pack_writer w = pack_writer(body, sizeof body),
			   out = pack_writer(party->card_bytes, sizeof party->card_bytes);

	card_encode(&party->card, &w);
	object_sign(OBJECT_CARD, pack_written(&w), &party->keys.root, &out);
	party->card_len = out.len;
}

void hostile_party_init(struct hostile_party *party, const char *name, const char *state, uint8_t seed)
{
	uint8_t random[KEYFILE_RANDOM_BYTES];

	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)(seed + 7 * i);
	keyfile_make(bytes_of(name), random, &party->keys);
	party->card = (struct card){.name = bytes_of(name),
				    .state = bytes_of(state),
				    .serial = 5,
				    .valid_from = 1,
				    .valid_until = 2 * HOSTILE_NOON,
				    .lane = LANE_TECHNICAL,
				    .layer = 1,
				    .zone = bytes_of("Asia/Bangkok")};
	memcpy(party->card.root, party->keys.root.public, KEY_BYTES);
	memcpy(party->card.signing, party->keys.signing.public, KEY_BYTES);
	memcpy(party->card.log, party->keys.log.public, KEY_BYTES);
	memcpy(party->card.link, party->keys.link.public, KEY_BYTES);
	hostile_sign_card(party);
}

/* Both sides' keys of a pair without halves: some 3,000 hashes. */
static void make_pair(struct hostile *h)
{
	uint32_t week = time_week(HOSTILE_NOON);

	pair_init(&h->pair, &h->own.keys.name, &h->peer.keys.name);
	pair_init(&h->peer_pair, &h->peer.keys.name, &h->own.keys.name);
	HOSTILE_NEED(pair_begin_static(&h->pair, &h->own.keys.link, h->peer.keys.link.public, week) == RESULT_OK);
	HOSTILE_NEED(pair_begin_static(&h->peer_pair, &h->peer.keys.link, h->own.keys.link.public, week) == RESULT_OK);
}

/* Officers with each role alone, uid 1001 and on; 1006 has all of them. */
static void config(struct hostile *h)
{
	static const char *const functions[] = {"drafter", "releaser", "watch", "auditor", "admin", "everything"};

	h->config = (struct config){.station = h->own.keys.name, .second_person = true, .accepts_exercise = true};
	h->config.attachment_quota = ATTACHMENT_QUOTA_BYTES;
	h->config.alert_command = "alert";
	for (size_t i = 0; i < 6; i++) {
		struct config_officer *officer = &h->config.officer[h->config.officer_count++];

		HOSTILE_NEED(name_copy(bytes_of(HOSTILE_PEER), &officer->function));
		snprintf(officer->function.text, sizeof officer->function.text, "%s", functions[i]);
		officer->uid = 1001 + (uint32_t)i;
		officer->roles = i < 5 ? 1u << i : ROLE_ANY;
	}
}

void hostile_begin(struct hostile *h)
{
	struct station_setup setup = {.config = &h->config, .keys = &h->own.keys, .pairs = &h->pair, .pair_count = 1};
	char error[512];

	if (h->got == NULL) {
		hostile_party_init(&h->own, HOSTILE_STATION, "vnm", 1);
		hostile_party_init(&h->peer, HOSTILE_PEER, "tha", 101);
		make_pair(h);
		config(h);
		h->got = malloc(HOSTILE_GOT_BYTES);
		HOSTILE_NEED(h->got != NULL);
	}
	h->random = 1;
	h->now = (struct now){HOSTILE_NOON, 1000 * SECOND_US, 10};
	h->counter = (uint64_t)HOSTILE_NOON;
	h->conn = 0;
	h->seq = 0;
	h->evidences = h->written = h->replied = h->hung_up = h->closed = h->reply_len = 0;
	HOSTILE_NEED(store_open(h->path != NULL ? h->path : ":memory:", &h->store, error, sizeof error) == 0);
	store_begin(h->store);
	store_peer_enrol(h->store, h->peer.card.name, HOSTILE_NOON, true);
	store_card_put(h->store, h->peer.card.name, h->peer.card.serial, hostile_card(&h->peer));
	HOSTILE_NEED(store_commit(h->store) == 0);
	setup.store = h->store;
	setup.card = hostile_card(&h->own);
	setup.random = hostile_random;
	setup.random_ctx = &h->random;
	HOSTILE_NEED(station_create(&setup, &h->now, &h->st, error, sizeof error) == 0);
}

void hostile_end(struct hostile *h)
{
	station_destroy(h->st);
	store_close(h->store);
	effects_finish(&h->effects);
	h->st = NULL;
	h->store = NULL;
}

static void keep_reply(struct hostile *h, struct bytes data)
{
	if (data.len > h->reply_capacity) {
		free(h->reply);
		h->reply = malloc(data.len);
		HOSTILE_NEED(h->reply != NULL);
		h->reply_capacity = data.len;
	}
	memcpy(h->reply, data.data, data.len);
	h->reply_len = data.len;
}

/* What left the station, noted and forgotten. */
static void collect(struct hostile *h)
{
	for (size_t i = 0; i < h->effects.count; i++) {
		const struct effect *effect = &h->effects.item[i];
		struct bytes data = effects_data(&h->effects, effect);

		if (effect->type == EFFECT_WRITE) {
			h->written += data.len;
			if (effect->conn == h->conn && h->got_len + data.len <= HOSTILE_GOT_BYTES) {
				memcpy(h->got + h->got_len, data.data, data.len);
				h->got_len += data.len;
			}
		} else if (effect->type == EFFECT_CLOSE) {
			h->closed++;
			h->is_closed |= effect->conn == h->conn;
		} else if (effect->type == EFFECT_REPLY) {
			h->replied++;
			keep_reply(h, data);
			if (h->on_reply != NULL)
				h->on_reply(h, data);
		} else if (effect->type == EFFECT_EVIDENCE) {
			HOSTILE_NEED(data.len < sizeof h->evidence);
			memcpy(h->evidence, data.data, data.len);
			h->evidence[data.len] = 0;
			h->evidences++;
		} else if (effect->type == EFFECT_ALERT)
			h->alerts++;
		else if (effect->type == EFFECT_HANGUP)
			h->hung_up++;
	}
	effects_clear(&h->effects);
}

void hostile_turn(struct hostile *h, const struct event *event)
{
	station_step(h->st, event, &h->now, &h->effects);
	HOSTILE_NEED(station_settle(h->st, &h->now, &h->effects) == 0);
	collect(h);
}

void hostile_accept(struct hostile *h, uint32_t conn, const char *address)
{
	hostile_turn(h, &(struct event){.type = EVENT_ACCEPTED, .conn = conn, .text = address});
}

void hostile_bytes(struct hostile *h, uint32_t conn, struct bytes data)
{
	hostile_turn(h, &(struct event){.type = EVENT_BYTES, .conn = conn, .data = data});
}

void hostile_wait(struct hostile *h, int64_t us)
{
	h->now.real_us += us;
	h->now.mono_us += us;
	hostile_turn(h, &(struct event){.type = EVENT_TIMER});
}

struct week_keys hostile_week_keys(const struct hostile *h)
{
	struct week_keys keys;
	const struct pair_generation *generation = pair_generation_find(&h->peer_pair, 0);

	HOSTILE_NEED(generation != NULL && pair_week_keys(generation, time_week(h->now.real_us), &keys) == RESULT_OK);
	return keys;
}

struct record_context hostile_context(const struct hostile *h)
{
	return (struct record_context){h->peer.keys.name, h->own.keys.name, 0, time_week(h->now.real_us), CELL_BYTES};
}

void hostile_record(struct hostile *h, uint64_t counter, struct noise *noise, uint8_t out[RECORD_BYTES])
{
	struct record_context context = hostile_context(h);
	struct week_keys keys = hostile_week_keys(h);
	uint8_t ephemeral[KEY_BYTES];

	hostile_random(&h->random, ephemeral, sizeof ephemeral);
	HOSTILE_NEED(record_write_first(&context, &h->peer.keys.link, h->own.keys.link.public, keys.link, keys.tag,
					ephemeral, counter, h->now.real_us, noise, out) == RESULT_OK);
}

void hostile_dial(struct hostile *h, uint32_t conn)
{
	struct noise noise;
	uint8_t record[RECORD_BYTES];
	int64_t at;

	h->conn = conn;
	h->is_closed = h->has_cell = false;
	h->got_len = h->got_at = 0;
	hostile_record(h, ++h->counter, &noise, record);
	hostile_accept(h, conn, HOSTILE_ADDRESS);
	hostile_turn(h, &(struct event){.type = EVENT_ROOM, .conn = conn, .count = 100});
	hostile_bytes(h, conn, (struct bytes){record, sizeof record});
	HOSTILE_NEED(!h->is_closed && h->got_len >= RECORD_BYTES);
	HOSTILE_NEED(record_read_second(&noise, h->got, &at) == RESULT_OK);
	noise_split(&noise, &h->out, &h->in);
	noise_finish(&noise);
	h->got_at = RECORD_BYTES;
}

void hostile_cell(struct hostile *h, struct bytes plain)
{
	uint8_t padded[HOSTILE_PLAIN] = {0}, out[CELL_BYTES];

	HOSTILE_NEED(plain.len <= sizeof padded);
	if (plain.len > 0)
		memcpy(padded, plain.data, plain.len);
	noise_encrypt(&h->out, (struct bytes){padded, sizeof padded}, out);
	hostile_turn(h, &(struct event){.type = EVENT_ROOM, .conn = h->conn, .count = 100});
	hostile_bytes(h, h->conn, (struct bytes){out, sizeof out});
}

void hostile_frame_bytes(struct hostile *h, struct bytes array)
{
	uint8_t plain[HOSTILE_PLAIN];

	HOSTILE_NEED(array.len + FRAME_LENGTH_BYTES <= sizeof plain);
	pack_be16(plain, (uint16_t)array.len);
	memcpy(plain + FRAME_LENGTH_BYTES, array.data, array.len);
	hostile_cell(h, (struct bytes){plain, FRAME_LENGTH_BYTES + array.len});
}

void hostile_frame(struct hostile *h, const struct frame *frame)
{
	uint8_t array[HOSTILE_PLAIN];
	struct pack_writer w = pack_writer(array, sizeof array);

	frame_encode(frame, &w);
	hostile_frame_bytes(h, pack_written(&w));
}

void hostile_hello(struct hostile *h)
{
	struct frame hello = {.type = FRAME_HELLO, .hello = {.schema = FRAME_SCHEMA}};
	struct merkle empty;

	merkle_init(&empty);
	merkle_root(&empty, hello.hello.root);
	hostile_frame(h, &hello);
}

bool hostile_next(struct hostile *h, struct frame *out)
{
	struct bytes encoded;

	for (;;) {
		if (h->has_cell) {
			HOSTILE_NEED(cell_next(&h->cell, &h->cell_at, &encoded) == RESULT_OK);
			if (encoded.data != NULL) {
				HOSTILE_NEED(frame_decode(encoded, out) == RESULT_OK);
				return true;
			}
			h->has_cell = false;
		}
		if (h->got_len - h->got_at < CELL_BYTES)
			return false;
		cell_init(&h->cell, CELL_BYTES);
		HOSTILE_NEED(cell_open(&h->cell, &h->in, h->got + h->got_at) == RESULT_OK);
		h->got_at += CELL_BYTES;
		h->cell_at = 0;
		h->has_cell = true;
	}
}
