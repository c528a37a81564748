/*
 * Strangers: they hear not one byte and cost no X25519 operation, whatever they send; each refusal is counted by its
 * cause, and what they make the station hold is bounded (SPEC 3).
 */
#include "tests/unit/hostile_peer.h"
#include "tests/unit/test.h"

#define FLOOD 100000
#define TOKEN_US (SECOND_US / GATE_PER_SECOND)

static struct hostile h;

static uint64_t counted(enum count cause)
{
	return h.st->count[cause];
}

static size_t open_connections(void)
{
	size_t count = 0;

	for (const struct conn *conn = h.st->conns; conn != NULL; conn = conn->next)
		count++;
	return count;
}

static struct peer *peer(void)
{
	return h.st->peers;
}

static void begin(void)
{
	if (h.st != NULL)
		hostile_end(&h);
	hostile_begin(&h);
}

/* The peer's link stands and both have said hello. */
static void begin_linked(void)
{
	begin();
	hostile_dial(&h, 2);
	hostile_hello(&h);
	CHECK(!h.is_closed);
}

/* One connection of a stranger that sends these bytes; time passes so that the gate has a token. */
static void knock(uint32_t conn, struct bytes data)
{
	h.now.real_us += TOKEN_US / 100; /* the wall clock hardly moves, so that the week stays */
	h.now.mono_us += TOKEN_US;
	hostile_accept(&h, conn, "203.0.113.9");
	hostile_bytes(&h, conn, data);
}

TEST(a_hundred_thousand_junk_records_get_no_byte_and_no_key_agreement)
{
	uint8_t junk[RECORD_BYTES];
	uint64_t agreements;

	begin();
	agreements = key_agreements();
	for (uint32_t i = 0; i < FLOOD; i++) {
		hostile_random(&h.random, junk, sizeof junk);
		knock(2 * i, (struct bytes){junk, sizeof junk});
	}
	CHECK_EQUAL(key_agreements(), agreements);
	CHECK_EQUAL(h.written, 0);
	CHECK_EQUAL(counted(COUNT_STRANGER), FLOOD);
	CHECK_EQUAL(h.closed, FLOOD);
	CHECK_EQUAL(open_connections(), 0);
}

TEST(a_hundred_thousand_replays_get_no_byte_and_no_key_agreement)
{
	uint8_t record[RECORD_BYTES];
	struct noise noise;
	uint64_t agreements;
	size_t written;

	begin();
	hostile_record(&h, h.counter + 1, &noise, record);
	knock(2, (struct bytes){record, sizeof record});
	CHECK_EQUAL(open_connections(), 1);
	hostile_turn(&h, &(struct event){.type = EVENT_CLOSED, .conn = 2});
	agreements = key_agreements();
	written = h.written;
	for (uint32_t i = 0; i < FLOOD; i++)
		knock(4 + 2 * i, (struct bytes){record, sizeof record});
	CHECK_EQUAL(key_agreements(), agreements);
	CHECK_EQUAL(h.written, written);
	CHECK_EQUAL(counted(COUNT_REPLAYED), FLOOD);
	CHECK_EQUAL(h.closed, FLOOD);
}

/* Every record of the last three weeks, at one link in half an hour, each replayed twice after a restart. */
TEST(a_record_from_before_a_restart_costs_agreements_once)
{
	enum { RECORDS = 1000 };
	static uint8_t record[RECORDS][RECORD_BYTES];
	struct noise noise;
	uint64_t agreements;

	begin();
	for (size_t i = 0; i < RECORDS; i++)
		hostile_record(&h, h.counter + i, &noise, record[i]);
	peer()->counter_accepted = h.counter + RECORDS; /* as the store would have it */
	for (uint32_t i = 0; i < RECORDS; i++)
		knock(2 * i, (struct bytes){record[i], RECORD_BYTES});
	agreements = key_agreements();
	for (uint32_t i = 0; i < RECORDS; i++)
		knock(2 * RECORDS + 2 * i, (struct bytes){record[i], RECORD_BYTES});
	CHECK_EQUAL(key_agreements(), agreements);
	CHECK_EQUAL(counted(COUNT_REPLAYED), 2 * RECORDS);
	CHECK_EQUAL(h.written, 0);
}

TEST(a_fresh_record_with_an_old_counter_is_a_replay)
{
	uint8_t record[RECORD_BYTES];
	struct noise noise;

	begin_linked();
	hostile_record(&h, h.counter, &noise, record);
	h.written = 0;
	knock(4, (struct bytes){record, sizeof record});
	CHECK_EQUAL(counted(COUNT_REPLAYED), 1);
	CHECK_EQUAL(h.written, 0);
	hostile_record(&h, h.counter + 1, &noise, record);
	knock(6, (struct bytes){record, sizeof record});
	CHECK(h.written > 0);
}

/* A first record under these keys, as its sender would write it. */
static void write_record(const struct record_context *context, const struct link_pair *own,
			 const uint8_t k_link[KEY_BYTES], const uint8_t k_tag[KEY_BYTES], uint8_t out[RECORD_BYTES])
{
	uint8_t ephemeral[KEY_BYTES] = {7};
	struct noise noise;

	CHECK_EQUAL(record_write_first(context, own, h.own.keys.link.public, k_link, k_tag, ephemeral, h.counter + 1,
				       h.now.real_us, &noise, out),
		    RESULT_OK);
}

TEST(a_record_under_a_wrong_tag_key_is_a_strangers)
{
	struct record_context context;
	struct week_keys keys;
	uint8_t record[RECORD_BYTES], wrong[KEY_BYTES] = {9};
	uint64_t agreements;

	begin();
	context = hostile_context(&h);
	keys = hostile_week_keys(&h);
	write_record(&context, &h.peer.keys.link, keys.link, wrong, record);
	agreements = key_agreements();
	knock(2, (struct bytes){record, sizeof record});
	CHECK_EQUAL(counted(COUNT_STRANGER), 1);
	CHECK_EQUAL(key_agreements(), agreements);
	CHECK_EQUAL(h.written, 0);
}

TEST(a_record_of_a_week_beyond_the_next_is_a_strangers)
{
	struct hostile *world = &h;
	uint8_t record[RECORD_BYTES];
	struct noise noise;
	int64_t real;

	for (int weeks = 1; weeks <= 2; weeks++) {
		begin();
		real = world->now.real_us;
		world->now.real_us += weeks * WEEK_US;
		hostile_record(&h, h.counter + 1, &noise, record);
		world->now.real_us = real;
		knock(2, (struct bytes){record, sizeof record});
		CHECK_EQUAL(counted(COUNT_STRANGER), weeks == 2);
		CHECK_EQUAL(h.written > 0, weeks == 1);
	}
}

TEST(a_record_with_the_tag_but_wrong_keys_within_gets_no_byte)
{
	struct record_context context;
	struct week_keys keys;
	uint8_t record[RECORD_BYTES], wrong[KEY_BYTES] = {9};

	begin();
	context = hostile_context(&h);
	keys = hostile_week_keys(&h);
	write_record(&context, &h.own.keys.link, keys.link, keys.tag, record); /* another static key */
	knock(2, (struct bytes){record, sizeof record});
	write_record(&context, &h.peer.keys.link, wrong, keys.tag, record); /* another pre-shared key */
	knock(4, (struct bytes){record, sizeof record});
	context.cell = CELL_MIN_BYTES; /* another prologue */
	write_record(&context, &h.peer.keys.link, keys.link, keys.tag, record);
	knock(6, (struct bytes){record, sizeof record});
	CHECK_EQUAL(counted(COUNT_HANDSHAKE), 3);
	CHECK_EQUAL(h.written, 0);
	CHECK_EQUAL(open_connections(), 0);
}

TEST(over_long_input_is_closed_at_its_record)
{
	static uint8_t flood[MIB];

	begin();
	hostile_random(&h.random, flood, sizeof flood);
	knock(2, (struct bytes){flood, sizeof flood});
	knock(4, (struct bytes){flood, RECORD_BYTES + 1});
	CHECK_EQUAL(counted(COUNT_STRANGER), 2);
	CHECK_EQUAL(h.written, 0);
	CHECK_EQUAL(open_connections(), 0);
	/* and what comes for a connection that is gone is nobody's */
	hostile_bytes(&h, 2, (struct bytes){flood, sizeof flood});
	CHECK_EQUAL(h.closed, 2);
}

TEST(junk_behind_a_good_record_closes_its_link)
{
	uint8_t data[RECORD_BYTES + 2 * CELL_BYTES] = {0};
	struct noise noise;

	begin();
	hostile_record(&h, h.counter + 1, &noise, data);
	knock(2, (struct bytes){data, sizeof data});
	CHECK_EQUAL(counted(COUNT_HANDSHAKE), 1);
	CHECK_EQUAL(open_connections(), 0);
	CHECK_EQUAL(h.written, RECORD_BYTES); /* the hello does not leave any more */
}

TEST(a_record_may_come_byte_by_byte_but_not_late)
{
	uint8_t record[RECORD_BYTES];
	struct noise noise;

	begin();
	hostile_record(&h, h.counter + 1, &noise, record);
	knock(2, (struct bytes){record, 1});
	for (size_t i = 1; i < sizeof record; i++)
		hostile_bytes(&h, 2, (struct bytes){&record[i], 1});
	CHECK(h.written > 0);
	hostile_record(&h, h.counter + 2, &noise, record);
	knock(4, (struct bytes){record, RECORD_BYTES - 1});
	hostile_wait(&h, RECORD1_TIMEOUT_US - 1);
	CHECK_EQUAL(open_connections(), 2);
	hostile_wait(&h, 1);
	CHECK_EQUAL(open_connections(), 1);
	CHECK_EQUAL(counted(COUNT_TIMEOUT), 1);
}

TEST(half_open_connections_are_bounded_and_time_out)
{
	char address[32];

	begin();
	for (uint32_t i = 0; i < 10000; i++) {
		snprintf(address, sizeof address, "2001:db8::%x", i);
		hostile_accept(&h, 2 * i, address);
	}
	CHECK_EQUAL(open_connections(), LIMIT_HALF_OPEN - LIMIT_HALF_OPEN_STRANGERS);
	CHECK_EQUAL(counted(COUNT_GATE), 10000 - open_connections());
	CHECK_EQUAL(h.written, 0);
	hostile_wait(&h, RECORD1_TIMEOUT_US);
	CHECK_EQUAL(open_connections(), 0);
}

TEST(one_strangers_address_gets_few_connections_a_second)
{
	begin();
	for (uint32_t i = 0; i < 1000; i++) {
		hostile_accept(&h, 2 * i, "203.0.113.9");
		hostile_turn(&h, &(struct event){.type = EVENT_CLOSED, .conn = 2 * i});
	}
	CHECK_EQUAL(counted(COUNT_GATE), 1000 - GATE_BURST);
	hostile_accept(&h, 2000, "203.0.113.10");
	CHECK_EQUAL(open_connections(), 1);
}

TEST(one_peer_makes_us_hold_few_links)
{
	begin();
	for (uint32_t i = 0; i < 200; i++) {
		h.now.mono_us += TOKEN_US;
		hostile_dial(&h, 2 * i + 2);
	}
	CHECK_EQUAL(open_connections(), LIMIT_PEER_LINKS);
	hostile_hello(&h);
	CHECK(!h.is_closed); /* the newest of them works */
	CHECK(peer()->conn != NULL);
}
