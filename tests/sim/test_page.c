/*
 * Pages of messages as clients ask for them: each box and filter, through a duty with deadlines that pass, against an
 * order made from what `list` shows of the same messages.
 */
#include "daemon/core.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

#define MESSAGES 40
#define ROW_DELIVERIES 4

static const uint8_t incidents[2][INCIDENT_BYTES] = {{1}, {2}};
static uint64_t seed;

static uint64_t draw(uint64_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 33) % below;
}

/* What a page is asked for. */
struct query {
	enum box box;
	const char *peer;
	unsigned precedences;
	const uint8_t *incident;
	uint64_t offset, limit;
};

/* A message as the order needs it. */
struct row {
	uint8_t id[OBJECT_ID_BYTES];
	bool is_sent, is_cancelled;
	int64_t at, expires;
	uint8_t kind, precedence, incident; /* incident: its first byte, 0 none */
	struct name from;
	size_t count;
	struct {
		struct name name;
		uint8_t part, why;
		int64_t custody_at, acknowledged_at, due_at;
	} delivery[ROW_DELIVERIES];
	/* for one query */
	bool is_open;
	int64_t due;
};

static void read_row(struct pack_reader *r, struct row *out)
{
	static struct control_message m;
	static struct message header;

	control_read_message(r, &m);
	CHECK_EQUAL(r->error, RESULT_OK);
	CHECK_EQUAL(m.content.len, 0);
	CHECK_EQUAL(message_decode(m.header, &header), RESULT_OK);
	memset(out, 0, sizeof *out);
	memcpy(out->id, m.id, OBJECT_ID_BYTES);
	out->is_sent = m.is_sent;
	out->is_cancelled = m.superseded == KIND_CANCEL;
	out->at = m.at;
	out->expires = header.expires;
	out->kind = header.kind;
	out->precedence = header.precedence;
	out->incident = header.has_incident ? header.incident[0] : 0;
	name_copy(header.from, &out->from);
	out->count = m.delivery_count;
	CHECK(m.delivery_count <= ROW_DELIVERIES);
	for (size_t i = 0; i < m.delivery_count; i++) {
		name_copy(m.delivery[i].name, &out->delivery[i].name);
		out->delivery[i].part = m.delivery[i].part;
		out->delivery[i].why = m.delivery[i].why;
		out->delivery[i].custody_at = m.delivery[i].custody_at;
		out->delivery[i].acknowledged_at = m.delivery[i].acknowledged_at;
		out->delivery[i].due_at = m.delivery[i].due_at;
	}
}

static size_t read_rows(struct pack_reader *r, struct row *out, size_t room)
{
	size_t count = pack_read_array(r, room);

	for (size_t i = 0; i < count; i++)
		read_row(r, &out[i]);
	CHECK_EQUAL(pack_read_end(r), RESULT_OK);
	return count;
}

/* All there are, newest first. */
static size_t list(struct world *world, size_t site, struct row *out)
{
	static const uint8_t params[] = {0x92, 0x00, 0x00};
	struct answer answer;
	struct pack_reader r;

	world_request(world, site, UID_WATCH, METHOD_LIST, (struct bytes){params, sizeof params}, &answer);
	CHECK_EQUAL(answer.error, 0);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 1);
	return read_rows(&r, out, 2 * MESSAGES);
}

static int ask(struct world *world, size_t site, const struct query *q, struct answer *out)
{
	uint8_t params[128];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, 6);
	pack_put_uint(&w, q->box);
	pack_put_text(&w, q->peer);
	pack_put_uint(&w, q->precedences);
	pack_put_bin(&w, q->incident, q->incident != NULL ? INCIDENT_BYTES : 0);
	pack_put_uint(&w, q->offset);
	pack_put_uint(&w, q->limit);
	world_request(world, site, UID_WATCH, METHOD_PAGE, pack_written(&w), out);
	return out->error;
}

static size_t page(struct world *world, size_t site, const struct query *q, struct row *out, uint64_t *out_total)
{
	struct answer answer;
	struct pack_reader r;

	CHECK_EQUAL(ask(world, site, q, &answer), 0);
	r = pack_reader(answer.result);
	pack_expect_array(&r, 2);
	*out_total = pack_read_uint(&r, INT64_MAX);
	return read_rows(&r, out, 2 * MESSAGES);
}

/* SPEC 8, from what officers see. */
static void judge(const struct query *q, struct row *row)
{
	row->is_open = false;
	row->due = 0;
	for (size_t i = 0; i < row->count; i++) {
		uint8_t why = row->delivery[i].why;
		bool is_over = why == WHY_REFUSED || why == WHY_ANSWERED || why == WHY_DECLINED || why == WHY_EXPIRED ||
			       row->is_cancelled ||
			       (row->expires != 0 && row->delivery[i].acknowledged_at > row->expires);
		bool is_action = row->delivery[i].part == 0 && !is_over;
		bool is_unread = (row->is_sent && row->delivery[i].custody_at == 0 && !is_over) ||
				 (is_action && row->kind < KIND_CHECK && row->kind != KIND_HOLD &&
				  row->delivery[i].acknowledged_at == 0);
		int64_t due = row->delivery[i].due_at;

		if (q->peer[0] != '\0' && row->is_sent && strcmp(row->delivery[i].name.text, q->peer) != 0)
			continue;
		row->is_open |= due != 0 || is_unread || (is_action && row->kind <= KIND_MITIGATE);
		if (due == 0 && is_unread)
			due = 1;
		if (due != 0 && (row->due == 0 || due < row->due))
			row->due = due;
	}
}

static bool is_chosen(const struct query *q, const struct row *row)
{
	bool is_peers = !row->is_sent && strcmp(row->from.text, q->peer) == 0;

	for (size_t i = 0; row->is_sent && i < row->count; i++)
		is_peers |= strcmp(row->delivery[i].name.text, q->peer) == 0;
	if ((q->box == BOX_INBOX && row->is_sent) || (q->box == BOX_OUTBOX && !row->is_sent) ||
	    (q->box == BOX_OPEN && !row->is_open))
		return false;
	return (q->peer[0] == '\0' || is_peers) &&
	       (q->precedences == 0 || (q->precedences >> row->precedence & 1) != 0) &&
	       (q->incident == NULL || row->incident == q->incident[0]);
}

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if ((x->due == 0) != (y->due == 0))
		return x->due == 0 ? 1 : -1;
	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return x->at > y->at ? -1 : 1;
}

/* One page against the same made by hand. */
static void check_page(struct world *world, size_t site, const struct query *q, const struct row *all, size_t count)
{
	static struct row chosen[2 * MESSAGES], got[2 * MESSAGES];
	size_t total = 0, held;
	uint64_t said;

	for (size_t i = 0; i < count; i++) {
		chosen[total] = all[i];
		judge(q, &chosen[total]);
		total += is_chosen(q, &chosen[total]);
	}
	qsort(chosen, total, sizeof *chosen, compare);
	held = page(world, site, q, got, &said);
	CHECK_EQUAL(said, total);
	CHECK_EQUAL(held, q->offset >= total ? 0 : total - q->offset < q->limit ? total - q->offset : q->limit);
	for (size_t i = 0; i < held; i++)
		CHECK(memcmp(got[i].id, chosen[q->offset + i].id, OBJECT_ID_BYTES) == 0);
}

static void check_pages(struct world *world, size_t site)
{
	static const char *const peers[] = {"", "", "sgp-cert", "tha-cert", "vnm-cert", "nobody"};
	static struct row all[2 * MESSAGES];
	size_t count = list(world, site, all);

	for (int i = 0; i < 60; i++) {
		struct query q = {.box = (enum box)draw(BOX_LAST + 1),
				  .peer = peers[draw(6)],
				  .precedences = draw(2) ? (unsigned)draw(16) : 0,
				  .incident = draw(3) > 0 ? NULL : incidents[draw(2)],
				  .offset = draw(2) ? 0 : draw(count + 2),
				  .limit = 1 + draw(count + 2)};

		check_page(world, site, &q, all, count);
	}
}

static void send_one(struct world *world, uint8_t out_id[OBJECT_ID_BYTES])
{
	static const uint8_t kinds[] = {KIND_NOTICE, KIND_NOTICE, KIND_ALERT, KIND_ASSIST, KIND_CHECK};
	bool is_both = draw(3) == 0;
	struct words words = {.kind = kinds[draw(sizeof kinds)],
			      .precedence = (uint8_t)draw(4),
			      .action = {is_both || draw(2) ? "tha-cert" : "vnm-cert"},
			      .info = {is_both ? "vnm-cert" : NULL},
			      .incident = draw(2) ? incidents[draw(2)] : NULL,
			      .expires = draw(4) == 0 ? world_real_us(world, SGP) + HOUR_US : 0};

	words.reply_by = words.kind == KIND_ASSIST ? world_real_us(world, SGP) + HOUR_US / 2 : 0;
	office_send(world, SGP, &words, out_id);
}

/* What offices do about a message. */
static void act(struct world *world, const uint8_t id[OBJECT_ID_BYTES])
{
	size_t site = draw(2) ? THA : VNM;
	struct words words = {.kind = draw(2) ? KIND_ANSWER : KIND_DECLINE, .action = {"sgp-cert"}, .in_reply_to = id};
	struct words cancel = {.kind = KIND_CANCEL, .action = {"tha-cert", "vnm-cert"}, .supersedes = id};
	uint8_t ignored[OBJECT_ID_BYTES];
	const struct control_message *old = office_show(world, SGP, id);

	switch (draw(6)) {
	case 0:
		office_shown(world, site, id);
		break;
	case 1:
	case 2:
		office_ack(world, site, id, "");
		break;
	case 3:
		office_hold(world, site, id, world_real_us(world, site) + HOUR_US);
		break;
	case 4:
		if (office_show(world, site, id) != NULL)
			office_send(world, site, &words, ignored);
		break;
	default:
		if (old->superseded == 0 && old->subject.len == 4 && draw(3) == 0 && draw(2) == 0) {
			struct answer answer;

			office_try_draft(world, SGP, UID_DRAFTER, &cancel, &answer);
			if (answer.error == 0)
				office_send(world, SGP, &cancel, ignored);
		}
		break;
	}
}

static void remake(struct world *world, size_t site)
{
	CHECK(station_rebuild(world->site[site].station) > 0);
}

TEST(pages_hold_what_their_box_and_filters_say_in_the_order_of_what_is_due)
{
	static uint8_t id[MESSAGES][OBJECT_ID_BYTES];

	for (seed = 1; seed <= 5; seed += 2) {
		uint64_t first = seed;
		struct world *world = office_open(first, 3);

		for (size_t i = 0; i < MESSAGES / 2; i++) {
			if (i == 12)
				world_kill(world, VNM);
			if (i == 15)
				world_boot(world, VNM);
			send_one(world, id[i]);
			world_run(world, (int64_t)draw(20 * MINUTE_US));
			for (size_t k = draw(4); k > 0; k--)
				act(world, id[draw(i + 1)]);
			world_run(world, MINUTE_US);
			check_pages(world, SGP);
			check_pages(world, THA);
		}
		world_run(world, 30 * HOUR_US);
		check_pages(world, SGP);
		check_pages(world, THA);
		for (size_t site = SGP; site <= VNM; site++) {
			remake(world, site);
			check_pages(world, site);
		}
		world_destroy(world);
		seed = first;
	}
}

TEST(what_nobody_has_read_when_no_deadline_is_left_stands_before_what_is_due)
{
	static const struct words flash = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"tha-cert"}};
	static const struct words routine = {.kind = KIND_NOTICE, .action = {"tha-cert"}};
	static const struct words answer = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_FLASH, .action = {"tha-cert"}};
	static const struct query open = {.box = BOX_OPEN, .peer = "", .limit = 9};
	static struct row got[2 * MESSAGES];
	struct world *world = office_open(9, 2);
	uint8_t id[3][OBJECT_ID_BYTES];
	uint64_t total;

	office_send(world, SGP, &flash, id[0]);
	office_send(world, SGP, &routine, id[1]);
	office_send(world, SGP, &answer, id[2]);
	world_run(world, SECOND_US);
	office_ack(world, THA, id[2], "");
	world_run(world, HOUR_US);
	CHECK_EQUAL(page(world, THA, &open, got, &total), 3);
	CHECK_EQUAL(total, 3);
	for (size_t i = 0; i < 3; i++)
		CHECK(memcmp(got[i].id, id[i], OBJECT_ID_BYTES) == 0);
	CHECK(got[0].delivery[0].due_at == 0 && got[1].delivery[0].due_at != 0 && got[2].delivery[0].due_at == 0);
	world_destroy(world);
}

static int try_params(struct world *world, const char *params, size_t len)
{
	struct answer answer;

	world_request(world, SGP, UID_WATCH, METHOD_PAGE, (struct bytes){(const uint8_t *)params, len}, &answer);
	return answer.error;
}
#define TRY(params) try_params(world, params, sizeof(params) - 1)

TEST(pages_of_no_box_precedence_or_incident_there_is_are_refused)
{
	struct world *world = office_open(10, 2);

	CHECK_EQUAL(TRY("\x96\x03\xa0\x0f\xc4\x00\x00\x01"), 0);
	CHECK_EQUAL(TRY("\x96\x04\xa0\x0f\xc4\x00\x00\x01"), CONTROL_REFUSED);
	CHECK_EQUAL(TRY("\x96\x03\xa0\x10\xc4\x00\x00\x01"), CONTROL_REFUSED);
	CHECK_EQUAL(TRY("\x96\x03\xa0\x0f\xc4\x01x\x00\x01"), CONTROL_REFUSED);
	CHECK_EQUAL(TRY("\x96\x03\xa0\x0f\xc4\x0f"
			"123456789012345\x00\x01"),
		    CONTROL_REFUSED);
	CHECK_EQUAL(TRY("\x96\x03\xa0\x0f\xc4\x10"
			"1234567890123456\x00\x01"),
		    0);
	CHECK_EQUAL(TRY("\x95\x03\xa0\x0f\xc4\x00\x00"), CONTROL_REFUSED);
	world_destroy(world);
}
