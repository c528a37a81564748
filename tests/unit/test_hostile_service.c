/* A peer that corrects what is not its own, and says service messages that no honest station says. */
#include "tests/unit/hostile_peer.h"
#include "tests/unit/test.h"

static struct hostile h;
static uint8_t object[8192];

static struct peer *peer(void)
{
	return h.st->peers;
}

static void begin_linked(void)
{
	struct frame frame;

	if (h.st != NULL)
		hostile_end(&h);
	hostile_begin(&h);
	hostile_dial(&h, 2);
	hostile_hello(&h);
	while (hostile_next(&h, &frame))
		;
}

/* Sends it as the peer's, under a number of its own, and gives its id. False when the station refused it. */
static bool say(struct message message, const struct service_words *words, uint8_t out_id[OBJECT_ID_BYTES])
{
	static uint32_t digits;
	uint8_t buffer[1024];
	struct bytes content = service_content(h.st, words, buffer, sizeof buffer);
	struct message_row row;
	size_t len;

	message.number.digits = digits++ % 1000000;
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing, content, object, sizeof object);
	object_id((struct bytes){object, len}, out_id);
	hostile_send_message(&h, (struct bytes){object, len}, content);
	return store_message(h.store, out_id, &row);
}

static struct message of_kind(enum kind kind, const uint8_t *supersedes, const uint8_t *in_reply_to)
{
	struct message message = hostile_message();

	message.kind = (uint8_t)kind;
	message.has_supersedes = supersedes != NULL;
	message.has_in_reply_to = in_reply_to != NULL;
	if (supersedes != NULL)
		memcpy(message.supersedes, supersedes, OBJECT_ID_BYTES);
	if (in_reply_to != NULL)
		memcpy(message.in_reply_to, in_reply_to, OBJECT_ID_BYTES);
	return message;
}

static const struct service_words plain = {.subject = "words"};

TEST(a_peer_can_not_cancel_what_this_station_released)
{
	uint8_t own[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];

	begin_linked();
	CHECK(hostile_release(&h, own));
	CHECK(!say(of_kind(KIND_CANCEL, own, NULL), &plain, id));
	CHECK_EQUAL(h.st->count[COUNT_MESSAGE], 1);
	CHECK(!store_cancelled(h.store, own));
}

TEST(a_cancel_of_a_message_that_is_not_held_touches_no_other_senders)
{
	uint8_t own[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
	struct superseded row;
	struct message_row old;

	begin_linked();
	CHECK(hostile_release(&h, own));
	/* as if the cancel had come before the message that it names, which is another sender's */
	store_superseded_put(h.store, own, bytes_of(HOSTILE_PEER), false, &(struct superseded){.kind = KIND_CANCEL});
	CHECK(store_message(h.store, own, &old) && !store_superseded(h.store, &old, &row));
	CHECK(!store_cancelled(h.store, own));
	CHECK(say(of_kind(KIND_NOTICE, NULL, NULL), &plain, id));
}

TEST(a_chain_of_corrections_beyond_the_bound_is_refused)
{
	uint8_t id[OBJECT_ID_BYTES], next[OBJECT_ID_BYTES];

	begin_linked();
	CHECK(say(of_kind(KIND_NOTICE, NULL, NULL), &plain, id));
	for (int i = 1; i < LIMIT_SUPERSEDES; i++) {
		CHECK(say(of_kind(KIND_CORRECT, id, NULL), &plain, next));
		memcpy(id, next, OBJECT_ID_BYTES);
	}
	CHECK(!say(of_kind(KIND_CORRECT, id, NULL), &plain, next));
	CHECK_EQUAL(h.st->count[COUNT_MESSAGE], 1);
}

TEST(a_service_message_of_an_unknown_type_is_kept_and_does_nothing)
{
	struct service_words words = {.subject = "later", .type = 99, .until = HOSTILE_NOON + HOUR_US, .least = 3};
	struct notice_row row = {0};
	uint8_t id[OBJECT_ID_BYTES];

	begin_linked();
	CHECK(say(of_kind(KIND_SERVICE, NULL, NULL), &words, id));
	CHECK(!store_notice_after(h.store, &row));
}

static int64_t silent_until(int64_t claimed)
{
	struct notice_row row = {.peer = bytes_of(HOSTILE_PEER), .type = SERVICE_SILENCE};
	uint8_t id[OBJECT_ID_BYTES];

	begin_linked();
	CHECK(say(of_kind(KIND_SERVICE, NULL, NULL),
		  &(struct service_words){.subject = "silence", .type = SERVICE_SILENCE, .until = claimed}, id));
	return store_notice(h.store, &row) ? row.until : 0;
}

TEST(silence_of_any_time_ends_within_72_hours)
{
	int64_t until = silent_until(INT64_MAX);

	CHECK(until > h.now.real_us && until <= h.now.real_us + SILENCE_MAX_US + SECOND_US);
	CHECK_EQUAL(silent_until(INT64_MIN), 0);
	CHECK_EQUAL(silent_until(HOSTILE_NOON - HOUR_US), 0);
}

TEST(minimise_of_an_unknown_precedence_is_none)
{
	struct service_words words = {.subject = "minimise", .type = SERVICE_MINIMISE, .least = 9};
	struct notice_row row = {.peer = bytes_of(HOSTILE_PEER), .type = SERVICE_MINIMISE};
	uint8_t id[OBJECT_ID_BYTES];

	begin_linked();
	CHECK(say(of_kind(KIND_SERVICE, NULL, NULL), &words, id));
	CHECK(!store_notice(h.store, &row));
	words.least = PRECEDENCE_FLASH;
	words.until = INT64_MAX;
	CHECK(say(of_kind(KIND_SERVICE, NULL, NULL), &words, id));
	CHECK(store_notice(h.store, &row) && row.least == PRECEDENCE_FLASH);
}

TEST(an_answer_to_no_tracer_of_ours_is_kept_for_nothing)
{
	struct service_words words = {
	    .subject = "answer", .type = SERVICE_TRACER, .stages = {(const uint8_t *)"\x91\x92\x01\x05", 4}};
	uint8_t own[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
	struct trace_row row;

	begin_linked();
	CHECK(hostile_release(&h, own));
	CHECK(say(of_kind(KIND_SERVICE, NULL, own), &words, id)); /* in reply to a notice */
	CHECK(say(of_kind(KIND_SERVICE, NULL, id), &words, id));  /* and to the peer's own message */
	CHECK(!store_trace(h.store, own, bytes_of(HOSTILE_PEER), &row));
}

/* Messages of this station that have gone out or wait. */
static size_t count_sent(void)
{
	struct message_row row = {0};
	size_t count = 0;

	for (int64_t at = INT64_MAX, last = INT64_MAX; store_message_before(h.store, at, last, &row);
	     at = row.at, last = row.row)
		count += row.is_sent;
	return count;
}

TEST(a_flood_of_tracers_is_answered_within_the_bound)
{
	static const struct service_words tracer = {.subject = "tracer", .type = SERVICE_TRACER};
	static const uint8_t nothing[OBJECT_ID_BYTES] = {7};
	uint8_t id[OBJECT_ID_BYTES];

	begin_linked();
	for (int i = 0; i < 100; i++)
		say(of_kind(KIND_SERVICE, NULL, nothing), &tracer, id);
	CHECK_EQUAL(count_sent(), TRACERS);
	CHECK_EQUAL(h.st->count[COUNT_TRACER], 100 - TRACERS);
}

TEST(a_tracer_tells_nothing_of_what_others_sent)
{
	static const struct service_words tracer = {.subject = "tracer", .type = SERVICE_TRACER};
	static struct content content;
	uint8_t own[OBJECT_ID_BYTES], id[OBJECT_ID_BYTES];
	struct message_row row;
	struct bytes words;

	begin_linked();
	CHECK(hostile_release(&h, own)); /* not a message of the peer's */
	CHECK(say(of_kind(KIND_SERVICE, NULL, own), &tracer, id));
	CHECK(store_message_before(h.store, INT64_MAX, INT64_MAX, &row) && row.is_sent && row.kind == KIND_SERVICE);
	CHECK(store_content(h.store, row.content_hash, &words) && content_decode(words, &content) == RESULT_OK);
	CHECK(bytes_equal(content_field(&content, FIELD_STAGES), (struct bytes){(const uint8_t *)"\x90", 1}));
}

TEST(reminders_of_other_shares_than_the_ladders_ring_nobody)
{
	uint8_t id[OBJECT_ID_BYTES], item[64];

	begin_linked();
	CHECK(say(of_kind(KIND_NOTICE, NULL, NULL), &plain, id));
	for (uint32_t share = 1; share < 50; share++) {
		struct pack_writer w = pack_writer(item, sizeof item);

		parcel_put_reminder(&w, id, share);
		hostile_item(&h, pack_written(&w));
	}
	CHECK_EQUAL(h.st->count[COUNT_REMINDER], 49);
}

TEST(a_gap_in_a_stream_is_shown_with_its_first_seq_and_since_when)
{
	uint8_t empty[64];
	struct pack_writer w = pack_writer(empty, sizeof empty);

	begin_linked();
	parcel_put_head(&w, 3, 0);
	hostile_parcel(&h, 3, pack_written(&w));
	CHECK_EQUAL(partial_gaps(h.st, peer()), 2);
	CHECK_EQUAL(peer()->through, 0);
	CHECK_EQUAL(store_received_beyond(h.store, peer()->id, peer()->through), h.now.real_us);
	hostile_wait(&h, MINUTE_US);
	w = pack_writer(empty, sizeof empty);
	parcel_put_head(&w, 1, 0);
	hostile_parcel(&h, 1, pack_written(&w));
	CHECK_EQUAL(partial_gaps(h.st, peer()), 1);
	CHECK(store_received_beyond(h.store, peer()->id, peer()->through) <= h.now.real_us - MINUTE_US);
}
