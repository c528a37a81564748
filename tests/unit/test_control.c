/* The control socket: roles, methods, framing, and every structure there and back. */
#include "proto/control.h"
#include "tests/unit/test.h"
#include "tests/unit/mutate.h"

static uint8_t buffer[2 * CONTROL_MAX_BYTES];

TEST(roles_are_named_both_ways)
{
	static const unsigned roles[] = {ROLE_DRAFTER, ROLE_RELEASER, ROLE_WATCH, ROLE_AUDITOR, ROLE_ADMIN};
	unsigned all = 0;

	for (size_t i = 0; i < 5; i++) {
		CHECK_EQUAL(role_of(bytes_of(role_name(roles[i]))), roles[i]);
		all |= roles[i];
	}
	CHECK_EQUAL(all, ROLE_ANY);
	CHECK(role_of(bytes_of("root")) == 0 && role_name(0) == NULL && role_name(3) == NULL);
}

TEST(methods_are_found_by_name)
{
	for (int i = 0; i < METHOD_COUNT; i++)
		CHECK_EQUAL(method_of(bytes_of(method_rows[i].name)), i);
	CHECK_EQUAL(method_of(bytes_of("release ")), METHOD_COUNT);
	CHECK_EQUAL(method_of(bytes_of("log.export")), METHOD_EXPORT);
}

TEST(every_method_names_the_roles_it_needs)
{
	static const unsigned roles[METHOD_COUNT] = {
	    [METHOD_HELLO] = ROLE_ANY,
	    [METHOD_STATUS] = ROLE_ANY,
	    [METHOD_OFFER] = ROLE_ADMIN,
	    [METHOD_ACCEPT] = ROLE_ADMIN,
	    [METHOD_CONTACTS] = ROLE_ANY,
	    [METHOD_CONTACT] = ROLE_ANY,
	    [METHOD_SHEET] = ROLE_WATCH | ROLE_ADMIN,
	    [METHOD_DRAFT_NEW] = ROLE_DRAFTER | ROLE_WATCH,
	    [METHOD_DRAFT_LIST] = ROLE_ANY,
	    [METHOD_DRAFT_SHOW] = ROLE_ANY,
	    [METHOD_DRAFT_DELETE] = ROLE_DRAFTER,
	    [METHOD_APPROVE] = ROLE_RELEASER,
	    [METHOD_RELEASE] = ROLE_RELEASER | ROLE_DRAFTER,
	    [METHOD_LIST] = ROLE_ANY,
	    [METHOD_PAGE] = ROLE_ANY,
	    [METHOD_DRAFT_PUT] = ROLE_DRAFTER | ROLE_WATCH,
	    [METHOD_VERSIONS] = ROLE_ANY,
	    [METHOD_DRAFT_CHECK] = ROLE_ANY,
	    [METHOD_VERSION] = ROLE_ANY,
	    [METHOD_SHOW] = ROLE_ANY,
	    [METHOD_SHOWN] = ROLE_WATCH,
	    [METHOD_ACK] = ROLE_WATCH,
	    [METHOD_HOLD] = ROLE_WATCH,
	    [METHOD_FOLLOW] = ROLE_ANY,
	    [METHOD_EXPORT] = ROLE_AUDITOR | ROLE_ADMIN,
	    [METHOD_LADDER] = ROLE_ANY,
	    [METHOD_COPY] = ROLE_RELEASER,
	    [METHOD_TAKE] = ROLE_ADMIN,
	    [METHOD_ATTACH] = ROLE_DRAFTER | ROLE_WATCH,
	    [METHOD_ATTACH_DATA] = ROLE_DRAFTER | ROLE_WATCH,
	    [METHOD_BLOB] = ROLE_ANY,
	    [METHOD_BLOB_READ] = ROLE_ANY,
	    [METHOD_CHECKS] = ROLE_ANY,
	    [METHOD_CHECK] = ROLE_WATCH | ROLE_ADMIN,
	    [METHOD_CHECK_ANSWER] = ROLE_WATCH | ROLE_ADMIN,
	    [METHOD_VERIFY] = ROLE_ADMIN,
	    [METHOD_RESET_REPLAY] = ROLE_ADMIN,
	    [METHOD_RECOVER] = ROLE_ADMIN,
	    [METHOD_NEW_ROOT] = ROLE_ADMIN,
	    [METHOD_TIMED] = ROLE_RELEASER | ROLE_DRAFTER,
	    [METHOD_TRACE] = ROLE_WATCH | ROLE_RELEASER,
	    [METHOD_TRACED] = ROLE_ANY,
	    [METHOD_MINIMISE] = ROLE_RELEASER | ROLE_ADMIN,
	    [METHOD_SILENCE] = ROLE_RELEASER | ROLE_ADMIN,
	    [METHOD_INCIDENT] = ROLE_ANY,
	    [METHOD_REMIND] = ROLE_WATCH | ROLE_RELEASER,
	};

	for (int i = 0; i < METHOD_COUNT; i++)
		CHECK_EQUAL(method_rows[i].roles, roles[i]);
}

/* Structures: read what was put, put what was read. */

static struct control_delivery delivery(void)
{
	return (struct control_delivery){
	    .name = bytes_of("vnm-cert"),
	    .part = 2,
	    .sent_at = 1,
	    .custody_at = 200,
	    .shown_at = 70000,
	    .acknowledged_at = INT64_C(1792000000000000),
	    .answered_at = -5,
	    .clock_error = {12, CLOCK_ERROR_UNKNOWN, 7},
	    .understood = 2,
	    .refused_reason = 8,
	    .officer = bytes_of("watch-1"),
	    .note = bytes_of("yes"),
	    .holds = 2,
	    .why = WHY_HOLD,
	    .why_at = 9,
	    .percent = 100,
	    .incident = INCIDENT_CLOSED,
	    .due_at = -7,
	    .step = 150,
	    .waiting = 200,
	    .breached = 5,
	};
}

static void put_words(struct pack_writer *w)
{
	struct control_message message = {
	    .id = {1},
	    .header = bytes_of("header"),
	    .is_exercise_type = true,
	    .is_sent = true,
	    .at = 5,
	    .subject = bytes_of("subject"),
	    .content = bytes_of("content"),
	    .in_reply_to = bytes_of("vnm-cert 2026-048 213"),
	    .supersedes = bytes_of("tha-cert 2026-048 214"),
	    .superseded = KIND_CANCEL,
	    .superseded_by = bytes_of("tha-cert 2026-048 215"),
	    .superseded_at = -6,
	    .delivery_count = 1,
	    .delivery = {delivery()},
	};
	struct control_draft draft = {
	    .id = 7,
	    .header = bytes_of("header"),
	    .content = bytes_of(""),
	    .made_at = 8,
	    .drafter = bytes_of("desk"),
	    .approval_count = 1,
	    .approval = {bytes_of("head")},
	    .approvals_needed = 2,
	    .missing = bytes_of("A text."),
	    .release_at = -9,
	    .failure = bytes_of("Late."),
	};
	struct control_contact contact = {
	    .name = bytes_of("vnm-cert"),
	    .card = bytes_of("card"),
	    .fingerprint = bytes_of("12345 67890"),
	    .generation = 1,
	    .is_verified = true,
	    .enrolled_at = 3,
	    .week_from = 2960,
	    .week_to = 2965,
	    .waiting_root = bytes_of("09876 54321"),
	};

	control_put_message(w, &message);
	control_put_draft(w, &draft);
	control_put_contact(w, &contact);
}

static void put_station(struct pack_writer *w)
{
	struct control_peer peer = {
	    .name = bytes_of("vnm-cert"),
	    .link = LINK_UP,
	    .since = 4,
	    .endpoint = bytes_of("a:1"),
	    .round_trip_us = -1,
	    .offset_us = -70000,
	    .waiting = 1,
	    .in_flight = 2,
	    .log_size = 3,
	    .log_root = {4},
	    .seen_size = 5,
	    .proven_size = 8,
	    .evidence = 9,
	    .refused = 10,
	    .gaps = 6,
	    .gap_first = 8,
	    .gap_since = -10,
	    .skipped = 7,
	    .explanation = bytes_of("wrong keys"),
	};
	struct control_status status = {
	    .station = bytes_of("tha-cert"),
	    .version = bytes_of("0.1.0"),
	    .started_at = 1,
	    .now = 2,
	    .clock_error = UINT32_MAX,
	    .unacknowledged = 3,
	    .drafts = 4,
	    .incident = {11, 12, 13},
	    .log_size = 5,
	    .log_root = {6},
	    .count_count = 1,
	    .count = {{bytes_of("malformed"), 9}},
	    .peer_count = 1,
	};
	struct control_event event = {
	    .at = 1,
	    .event = bytes_of("custody"),
	    .number = bytes_of("2026-048 213"),
	    .exercise = bytes_of(""),
	    .from = bytes_of("vnm-cert"),
	    .to = bytes_of("tha-cert"),
	    .precedence = PRECEDENCE_FLASH,
	    .detail = bytes_of("x"),
	};

	control_put_status(w, &status);
	control_put_peer(w, &peer);
	control_put_event(w, &event);
	control_put_check(w, &(struct control_check){bytes_of("vnm-cert"), CHECK_WATCH, 200, 90, 1, 2, 3, 4, 70000, -1, 9,
						     CHECK_LATE, 11});
	control_put_notice(w, &(struct control_notice){bytes_of("vnm-cert"), SERVICE_SILENCE, true, true, 2, -3});
	control_put_trace(w, &(struct control_trace){bytes_of("vnm-cert"), 4, -5, bytes_of("stages")});
}

static void put_all(struct pack_writer *w)
{
	put_words(w);
	put_station(w);
}

static struct control_message message;
static struct control_draft draft;
static struct control_contact contact;
static struct control_peer peer;
static struct control_status status;
static struct control_event event;
static struct control_check check;
static struct control_notice notice;
static struct control_trace trace;

static int read_all(struct bytes in)
{
	struct pack_reader r = pack_reader(in);

	control_read_message(&r, &message);
	control_read_draft(&r, &draft);
	control_read_contact(&r, &contact);
	control_read_status(&r, &status);
	control_read_peer(&r, &peer);
	control_read_event(&r, &event);
	control_read_check(&r, &check);
	control_read_notice(&r, &notice);
	control_read_trace(&r, &trace);
	return pack_read_end(&r);
}

static int recode(struct bytes in, struct pack_writer *w)
{
	int result = read_all(in);

	if (result != RESULT_OK)
		return result;
	control_put_message(w, &message);
	control_put_draft(w, &draft);
	control_put_contact(w, &contact);
	control_put_status(w, &status);
	control_put_peer(w, &peer);
	control_put_event(w, &event);
	control_put_check(w, &check);
	control_put_notice(w, &notice);
	control_put_trace(w, &trace);
	return result;
}

static struct bytes everything(void)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	put_all(&w);
	return pack_written(&w);
}

TEST(messages_and_deliveries_come_back_as_they_were_put)
{
	struct control_delivery expected = delivery(), *d = &message.delivery[0];

	CHECK_EQUAL(read_all(everything()), RESULT_OK);
	CHECK(message.id[0] == 1 && bytes_equal(message.header, bytes_of("header")) && message.is_exercise_type);
	CHECK(message.is_sent && message.at == 5 && bytes_equal(message.subject, bytes_of("subject")));
	CHECK(bytes_equal(message.content, bytes_of("content")) && message.delivery_count == 1);
	CHECK(bytes_equal(message.in_reply_to, bytes_of("vnm-cert 2026-048 213")));
	CHECK(bytes_equal(d->name, expected.name) && d->part == 2 && d->sent_at == 1 && d->custody_at == 200);
	CHECK(d->shown_at == 70000 && d->acknowledged_at == expected.acknowledged_at && d->answered_at == -5);
	CHECK(d->clock_error[0] == 12 && d->clock_error[1] == CLOCK_ERROR_UNKNOWN && d->clock_error[2] == 7);
	CHECK(d->understood == 2 && d->refused_reason == 8 && bytes_equal(d->officer, expected.officer));
	CHECK(bytes_equal(d->note, expected.note) && d->holds == 2 && d->why == WHY_HOLD && d->why_at == 9);
	CHECK_EQUAL(d->percent, 100);
	CHECK_EQUAL(d->incident, INCIDENT_CLOSED);
	CHECK(bytes_equal(message.supersedes, bytes_of("tha-cert 2026-048 214")) && message.superseded == KIND_CANCEL);
	CHECK(bytes_equal(message.superseded_by, bytes_of("tha-cert 2026-048 215")) && message.superseded_at == -6);
	CHECK(d->due_at == -7 && d->step == 150 && d->waiting == 200 && d->breached == 5);
}

TEST(drafts_and_contacts_come_back_as_they_were_put)
{
	CHECK_EQUAL(read_all(everything()), RESULT_OK);
	CHECK(draft.id == 7 && bytes_equal(draft.header, bytes_of("header")) && draft.content.len == 0);
	CHECK(draft.made_at == 8 && bytes_equal(draft.drafter, bytes_of("desk")) && draft.approval_count == 1);
	CHECK(bytes_equal(draft.approval[0], bytes_of("head")) && draft.approvals_needed == 2);
	CHECK(bytes_equal(draft.missing, bytes_of("A text.")) && draft.release_at == -9);
	CHECK(bytes_equal(draft.failure, bytes_of("Late.")));
	CHECK(bytes_equal(contact.name, bytes_of("vnm-cert")) && bytes_equal(contact.card, bytes_of("card")));
	CHECK(bytes_equal(contact.fingerprint, bytes_of("12345 67890")) && contact.generation == 1);
	CHECK(contact.is_verified && contact.enrolled_at == 3);
	CHECK(contact.week_from == 2960 && contact.week_to == 2965);
	CHECK(bytes_equal(contact.waiting_root, bytes_of("09876 54321")));
}

TEST(status_peers_and_events_come_back_as_they_were_put)
{
	CHECK_EQUAL(read_all(everything()), RESULT_OK);
	CHECK(bytes_equal(status.station, bytes_of("tha-cert")) && bytes_equal(status.version, bytes_of("0.1.0")));
	CHECK(status.started_at == 1 && status.now == 2 && status.clock_error == UINT32_MAX &&
	      status.unacknowledged == 3);
	CHECK(status.drafts == 4 && status.log_size == 5 && status.log_root[0] == 6 && status.peer_count == 1);
	CHECK(status.count_count == 1 && bytes_equal(status.count[0].cause, bytes_of("malformed")));
	CHECK_EQUAL(status.count[0].count, 9);
	CHECK(bytes_equal(peer.name, bytes_of("vnm-cert")) && peer.link == LINK_UP && peer.since == 4);
	CHECK(bytes_equal(peer.endpoint, bytes_of("a:1")) && peer.round_trip_us == -1 && peer.offset_us == -70000);
	CHECK(peer.waiting == 1 && peer.in_flight == 2 && peer.log_size == 3 && peer.log_root[0] == 4);
	CHECK(peer.seen_size == 5 && peer.gaps == 6 && peer.skipped == 7);
	CHECK(peer.proven_size == 8 && peer.evidence == 9 && peer.refused == 10);
	CHECK(peer.gap_first == 8 && peer.gap_since == -10);
	CHECK(status.incident[0] == 11 && status.incident[1] == 12 && status.incident[2] == 13);
	CHECK(bytes_equal(peer.explanation, bytes_of("wrong keys")));
	CHECK(bytes_equal(notice.peer, bytes_of("vnm-cert")) && notice.type == SERVICE_SILENCE && notice.is_own);
	CHECK(notice.is_exercise && notice.least == 2 && notice.until == -3);
	CHECK(bytes_equal(trace.name, bytes_of("vnm-cert")) && trace.asked_at == 4 && trace.answered_at == -5);
	CHECK(bytes_equal(trace.stages, bytes_of("stages")));
	CHECK(event.at == 1 && bytes_equal(event.event, bytes_of("custody")) && event.exercise.len == 0);
	CHECK(bytes_equal(event.number, bytes_of("2026-048 213")) && bytes_equal(event.from, bytes_of("vnm-cert")));
	CHECK(bytes_equal(event.to, bytes_of("tha-cert")) && event.precedence == 3 &&
	      bytes_equal(event.detail, bytes_of("x")));
}

TEST(checks_come_back_as_they_were_put)
{
	CHECK_EQUAL(read_all(everything()), RESULT_OK);
	CHECK(bytes_equal(check.name, bytes_of("vnm-cert")) && check.type == CHECK_WATCH && check.asked == 200);
	CHECK(check.answered == 90 && check.wrong == 1 && check.late == 2 && check.missed == 3 && check.no_path == 4);
	CHECK(check.median_ms == 70000 && check.percentile95_ms == -1 && check.last_at == 9);
	CHECK(check.last_outcome == CHECK_LATE && check.due_at == 11);
}

TEST(every_accepted_structure_has_one_form)
{
	static uint8_t copy[2048];
	struct bytes in = everything();

	memcpy(copy, in.data, in.len);
	CHECK(mutate_all(recode, (struct bytes){copy, in.len}, 1));
}

static int delivery_of(struct control_delivery d)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct pack_reader r;

	control_put_delivery(&w, &d);
	r = pack_reader(pack_written(&w));
	control_read_delivery(&r, &d);
	return pack_read_end(&r);
}

TEST(numbers_that_index_a_table_are_held_to_it)
{
	struct control_delivery d = delivery();

	d.why = WHY_INFO;
	CHECK_EQUAL(delivery_of(d), RESULT_OK);
	d.why = WHY_INFO + 1;
	CHECK_EQUAL(delivery_of(d), RESULT_LIMIT);
	d = delivery();
	d.understood = 4;
	CHECK_EQUAL(delivery_of(d), RESULT_LIMIT);
	d = delivery();
	d.percent = 101;
	CHECK_EQUAL(delivery_of(d), RESULT_LIMIT);
	d = delivery();
	d.incident = INCIDENT_CLOSED + 1;
	CHECK_EQUAL(delivery_of(d), RESULT_LIMIT);
}

TEST(a_message_with_every_addressee_fits_the_socket)
{
	static uint8_t content[LIMIT_CONTENT_BYTES], note[4 * LIMIT_NOTE];
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	memset(note, 'x', sizeof note);
	memset(&message, 0, sizeof message);
	message.header = (struct bytes){content, LIMIT_OBJECT_BYTES};
	message.content = (struct bytes){content, LIMIT_CONTENT_BYTES};
	for (message.delivery_count = 0; message.delivery_count < LIMIT_ADDRESSEES; message.delivery_count++) {
		message.delivery[message.delivery_count] = delivery();
		message.delivery[message.delivery_count].note = (struct bytes){note, sizeof note};
	}
	control_put_message(&w, &message);
	CHECK(w.len + 64 < CONTROL_MAX_BYTES);
}

/* Framing. */

static struct bytes frame(const struct control_rpc *rpc)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);

	control_put_rpc(&w, rpc);
	return pack_written(&w);
}

static struct bytes frame_of(const char *text, size_t len)
{
	pack_be32(buffer, (uint32_t)len);
	memcpy(buffer + 4, text, len);
	return (struct bytes){buffer, len + 4};
}

static int decode(struct bytes in)
{
	struct control_rpc rpc;
	size_t len;

	return control_decode(in, &rpc, &len);
}
#define BODY(text) decode(frame_of(text, sizeof(text) - 1))

static const struct control_rpc request = {
    .type = CONTROL_REQUEST,
    .id = UINT32_MAX,
    .method = {(const uint8_t *)"status", 6},
    .params = {(const uint8_t *)"\x91\x07", 2},
};

TEST(a_request_comes_back_as_it_was_put)
{
	struct bytes in = frame(&request);
	struct control_rpc out;
	size_t len = 0;

	CHECK_EQUAL(control_decode(in, &out, &len), RESULT_OK);
	CHECK(len == in.len && out.type == CONTROL_REQUEST && out.id == UINT32_MAX);
	CHECK(bytes_equal(out.method, bytes_of("status")) && bytes_equal(out.params, bytes_of("\x91\x07")));
}

TEST(a_response_comes_back_as_it_was_put)
{
	struct control_rpc in = {.type = CONTROL_RESPONSE, .id = 5, .params = bytes_of("\x92\x01\xc3")}, out;
	size_t len;

	CHECK_EQUAL(control_decode(frame(&in), &out, &len), RESULT_OK);
	CHECK(out.type == CONTROL_RESPONSE && out.id == 5 && !out.has_error);
	CHECK(bytes_equal(out.params, in.params));
}

TEST(an_error_comes_back_as_it_was_put)
{
	struct control_rpc out, in = {
				    .type = CONTROL_RESPONSE,
				    .id = 5,
				    .has_error = true,
				    .error_code = CONTROL_ASK,
				    .error = bytes_of("Sure?"),
				};
	size_t len;

	CHECK_EQUAL(control_decode(frame(&in), &out, &len), RESULT_OK);
	CHECK(out.has_error && out.error_code == CONTROL_ASK && bytes_equal(out.error, bytes_of("Sure?")));
}

TEST(an_event_comes_back_as_it_was_put)
{
	struct control_rpc out,
	    in = {.type = CONTROL_EVENT, .method = bytes_of("event"), .params = bytes_of("\x91\xa1x")};
	size_t len;

	CHECK_EQUAL(control_decode(frame(&in), &out, &len), RESULT_OK);
	CHECK(out.type == CONTROL_EVENT && out.id == 0 && bytes_equal(out.method, bytes_of("event")));
	CHECK(bytes_equal(out.params, bytes_of("\x91\xa1x")));
}

TEST(a_message_is_incomplete_until_its_last_byte)
{
	struct bytes in = frame(&request);

	for (size_t len = 0; len < in.len; len++)
		CHECK_EQUAL(decode((struct bytes){in.data, len}), RESULT_INCOMPLETE);
	CHECK_EQUAL(decode(in), RESULT_OK);
}

TEST(the_next_message_is_left_where_it_is)
{
	struct pack_writer w = pack_writer(buffer, sizeof buffer);
	struct control_rpc out;
	size_t first, len;

	control_put_rpc(&w, &request);
	first = w.len;
	control_put_rpc(&w, &request);
	CHECK_EQUAL(control_decode(pack_written(&w), &out, &len), RESULT_OK);
	CHECK(len == first && w.len == 2 * first);
	CHECK_EQUAL(decode((struct bytes){buffer + first, first}), RESULT_OK);
}

TEST(a_length_over_the_limit_is_refused_before_its_bytes_come)
{
	uint8_t head[4];

	pack_be32(head, CONTROL_MAX_BYTES);
	CHECK_EQUAL(decode((struct bytes){head, 4}), RESULT_INCOMPLETE);
	pack_be32(head, CONTROL_MAX_BYTES + 1);
	CHECK_EQUAL(decode((struct bytes){head, 4}), RESULT_LIMIT);
}

TEST(what_does_not_fit_is_not_put)
{
	uint8_t small[8];
	struct pack_writer w = pack_writer(small, sizeof small);

	control_put_rpc(&w, &request);
	CHECK(w.is_over && pack_written(&w).len == 0);
}

TEST(messages_of_wrong_shape_are_malformed)
{
	CHECK_EQUAL(BODY(""), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x93\x00\x01\xa1x"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x00\x01\xa1x\x01"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x00\x01\xa1x\x90\x00"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x95\x00\x01\xa1x\x90\x00"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x02\x01\xa1x\x90"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x01\x01\x91\x01\x90"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x01\x01\x92\x01\xa1x\x91\x01"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x01\x01\x91\x90"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x01\x01\xc0\x90"), RESULT_MALFORMED);
	CHECK_EQUAL(BODY("\x94\x03\x01\xa1x\x90"), RESULT_LIMIT);
}

TEST(arrays_are_at_most_eight_deep)
{
	CHECK_EQUAL(BODY("\x94\x00\x01\xa1x\x91\x91\x91\x91\x91\x91\x90"), RESULT_OK);
	CHECK_EQUAL(BODY("\x94\x00\x01\xa1x\x91\x91\x91\x91\x91\x91\x91\x90"), RESULT_MALFORMED);
}

static int recode_rpc(struct bytes in, struct pack_writer *w)
{
	struct control_rpc rpc;
	size_t len;
	int result = control_decode(in, &rpc, &len);

	if (result == RESULT_OK && len != in.len)
		result = RESULT_DIFFERENT; /* a shorter message with something after it */
	if (result == RESULT_OK)
		control_put_rpc(w, &rpc);
	return result;
}

TEST(every_accepted_rpc_has_one_form)
{
	static uint8_t copy[64];
	struct control_rpc in = {.type = CONTROL_RESPONSE, .has_error = true, .error_code = 2, .error = bytes_of("no")};
	struct bytes framed = frame(&request);

	memcpy(copy, framed.data, framed.len);
	CHECK(mutate_all(recode_rpc, (struct bytes){copy, framed.len}, 1));
	framed = frame(&in);
	memcpy(copy, framed.data, framed.len);
	CHECK(mutate_all(recode_rpc, (struct bytes){copy, framed.len}, 1));
}
