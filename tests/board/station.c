/* The answers: each method's, encoded as hotlined does. */
#include "tests/board/station.h"

#include <stdlib.h>
#include <string.h>

#include "client/say.h"
#include "proto/card.h"
#include "proto/result.h"

#define LONGEST 80000 /* characters that a routine text may have */
#define DAY_US (24 * HOUR_US)

/* A message of the office. */
struct letter {
	const char *from, *to[3], *exercise, *subject, *text, *lang, *translation, *reply_to;
	uint32_t digits;
	uint8_t kind, precedence, incident;
	int64_t before, due; /* released so long before now; the next deadline from now, 0 none */
	uint8_t why[3];
	bool is_told; /* our officer acknowledged */
};

#define THAI "ระบบควบคุมสถานีไฟฟ้าย่อยถูกลบข้อมูล เจ้าหน้าที่กำลังตัดการเชื่อมต่อกับเครือข่ายภายนอกและขอให้ตรวจสอบการเข้าถึงจากระยะไกลโดยด่วน"
#define VIETNAMESE "Hệ thống điều khiển trạm biến áp đang bị xóa dữ liệu. Đề nghị kiểm tra khẩn cấp mọi truy cập từ xa."

static const struct letter letters[] = {
    {.from = "tha-cert", .to = {"sgp-cert", "vnm-cert", "idn-cert"}, .subject = "แจ้งเหตุมัลแวร์ในระบบควบคุมไฟฟ้า", .digits = 51002, .text = THAI,
     .lang = "th", .kind = KIND_NOTICE, .precedence = PRECEDENCE_IMMEDIATE, .incident = 7, .before = 50 * MINUTE_US,
     .due = -20 * MINUTE_US, .why = {WHY_ANSWERED, WHY_NO_PATH, WHY_SHOWN}},
    {.from = "vnm-cert", .to = {"tha-cert"}, .subject = "Wiper in substation controllers", .digits = 48213,
     .text = "Substation controllers are being wiped. Please confirm whether traffic from 203.0.113.7 is yours.", .lang = "en",
     .translation = VIETNAMESE, .kind = KIND_ALERT, .precedence = PRECEDENCE_FLASH, .incident = 7, .before = 6 * MINUTE_US,
     .due = 4 * MINUTE_US + 12 * SECOND_US, .why = {WHY_CUSTODY}},
    {.from = "sgp-cert", .to = {"tha-cert"}, .subject = "Re: แจ้งเหตุมัลแวร์", .digits = 300417, .text = "We see the same.", .lang = "en",
     .kind = KIND_ANSWER, .precedence = PRECEDENCE_PRIORITY, .incident = 7, .before = 30 * MINUTE_US,
     .reply_to = "tha-cert 2026-051 002", .due = 2 * HOUR_US, .why = {WHY_ACKNOWLEDGED}, .is_told = true},
    {.from = "idn-cert", .to = {"tha-cert"}, .exercise = "DEMO", .subject = "Bài tập: xác minh đường dây", .digits = 77, .text = "Đây là diễn tập.",
     .lang = "vi", .kind = KIND_INQUIRY, .precedence = PRECEDENCE_ROUTINE, .before = 5 * HOUR_US, .why = {WHY_HOLD},
     .is_told = true},
    /* what a hostile peer may send: an escape, an override, combining marks without end, a line without end */
    {.from = "sgp-cert", .to = {"tha-cert"}, .subject = "\x1b[31mred\x1b[0m \xe2\x80\xae""desrever Z\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a\xcc\x8b", .digits = 666,
     .lang = "en", .kind = KIND_NOTICE, .precedence = PRECEDENCE_ROUTINE, .before = 26 * HOUR_US, .why = {WHY_ANSWERED},
     .is_told = true},
};
#define LETTERS (sizeof letters / sizeof *letters)

static void id_of(size_t index, uint8_t id[OBJECT_ID_BYTES])
{
	memset(id, 0, OBJECT_ID_BYTES);
	id[0] = (uint8_t)(index >> 16);
	id[1] = (uint8_t)(index >> 8);
	id[2] = (uint8_t)index;
	id[3] = 0xa5;
}

static void put_deliveries(const struct letter *l, struct control_message *m, const struct message *header)
{
	for (size_t i = 0; i < header->action_count; i++) {
		struct control_delivery *d = &m->delivery[m->delivery_count++];

		*d = (struct control_delivery){.name = header->action[i], .why = l->why[i], .why_at = OFFICE_NOW - 40 * MINUTE_US};
		d->sent_at = header->released_at + SECOND_US;
		if (l->why[i] != WHY_NO_PATH)
			d->custody_at = header->released_at + 2 * SECOND_US;
		if (l->why[i] == WHY_SHOWN || l->why[i] == WHY_ANSWERED)
			d->shown_at = header->released_at + 3 * MINUTE_US;
		d->clock_error[0] = 40;
		d->clock_error[1] = CLOCK_ERROR_UNKNOWN;
		d->clock_error[2] = 35;
		if (l->is_told || l->why[i] == WHY_ANSWERED) {
			d->acknowledged_at = header->released_at + 4 * MINUTE_US;
			d->officer = bytes_of("watch-1");
		}
		if (l->why[i] == WHY_ANSWERED)
			d->answered_at = header->released_at + 9 * MINUTE_US;
		else if (l->due != 0)
			d->due_at = OFFICE_NOW + l->due;
	}
}

/* Any number of messages: those with words, then as many like them as are asked for. */
static void put_message(struct pack_writer *w, size_t index, bool with_content)
{
	static uint8_t header[LIMIT_OBJECT_BYTES], body[2 * MIB];
	static struct control_message m;
	static struct message h;
	static struct content c;
	const struct letter *l = &letters[index < LETTERS ? index : 3];
	struct pack_writer hw = pack_writer(header, sizeof header), cw = pack_writer(body, sizeof body);

	h = (struct message){.number = {2026, l->digits + (uint32_t)(index < LETTERS ? 0 : index)}, .kind = l->kind,
			     .exercise = bytes_of(l->exercise != NULL ? l->exercise : ""), .from = bytes_of(l->from),
			     .precedence = l->precedence, .released_at = OFFICE_NOW - l->before - (int64_t)index * SECOND_US,
			     .clock_error = 12, .drafter = bytes_of("drafter-1"), .releaser_count = 1,
			     .releaser = {bytes_of("releaser-1")}, .is_without_prejudice = true, .tlp = TLP_AMBER,
			     .has_incident = l->incident != 0, .card_serial = 1};
	h.incident[0] = l->incident;
	h.has_in_reply_to = l->reply_to != NULL;
	while (h.action_count < 3 && l->to[h.action_count] != NULL) {
		h.action[h.action_count] = bytes_of(l->to[h.action_count]);
		h.action_count++;
	}
	m = (struct control_message){.is_exercise_type = l->exercise != NULL, .is_sent = strcmp(l->from, "tha-cert") == 0,
				     .at = h.released_at + 2 * SECOND_US, .subject = bytes_of(l->subject),
				     .in_reply_to = bytes_of(l->reply_to != NULL ? l->reply_to : "")};
	id_of(index, m.id);
	put_deliveries(l, &m, &h);
	c = (struct content){.subject = m.subject, .lang = bytes_of(l->lang), .text = bytes_of(l->text != NULL ? l->text : "")};
	if (l->text == NULL)
		c.text = (struct bytes){memset(must(malloc(LONGEST)), 'x', LONGEST), LONGEST};
	if (l->translation != NULL) {
		c.translation_count = 1;
		c.translation[0].lang = bytes_of("vi");
		c.translation[0].text = bytes_of(l->translation);
		c.translation[0].by = 1;
	}
	message_encode(&h, &hw);
	content_encode(&c, &cw);
	m.header = pack_written(&hw);
	m.content = with_content ? pack_written(&cw) : (struct bytes){NULL, 0};
	control_put_message(w, &m);
	if (l->text == NULL)
		free((void *)(uintptr_t)c.text.data);
}

/* [box, peer, precedences, incident, offset, limit] */
static void answer_page(struct office *office, struct pack_reader *r, struct pack_writer *w)
{
	uint64_t box = pack_read_uint(r, BOX_LAST), precedences, offset, limit;
	struct bytes incident;
	size_t chosen[512], count = 0, total = 0;

	pack_read_str(r, LIMIT_NAME_BYTES);
	precedences = pack_read_uint(r, 15);
	incident = pack_read_bin(r, INCIDENT_BYTES);
	offset = pack_read_uint(r, INT64_MAX);
	limit = pack_read_uint(r, INT64_MAX);
	for (size_t i = 0; i < office->messages; i++) {
		const struct letter *l = &letters[i < LETTERS ? i : 3];
		bool is_sent = strcmp(l->from, "tha-cert") == 0;

		if ((box == BOX_OPEN && l->due == 0) || (box == BOX_INBOX && is_sent) || (box == BOX_OUTBOX && !is_sent) ||
		    (precedences != 0 && (precedences >> l->precedence & 1) == 0) ||
		    (incident.len > 0 && incident.data[0] != l->incident))
			continue;
		if (total++ >= offset && count < limit && count < 512)
			chosen[count++] = i;
	}
	pack_put_array(w, 2);
	pack_put_uint(w, total);
	pack_put_array(w, count);
	for (size_t i = 0; i < count; i++)
		put_message(w, chosen[i], false);
}

/* By id or by number. */
static void answer_show(struct office *office, struct pack_reader *r, struct pack_writer *w)
{
	struct bytes text = pack_read_str(r, 2 * OBJECT_ID_BYTES);
	char hex[7] = "", number[64];
	size_t index;

	snprintf(hex, sizeof hex, "%.*s", BYTES(text));
	index = strtoul(hex, NULL, 16);
	if (text.len < 2 * OBJECT_ID_BYTES)
		for (index = 0; index < LETTERS; index++) {
			snprintf(number, sizeof number, "%s %s2026-%03u %03u", letters[index].from,
				 letters[index].exercise != NULL ? "EX " : "", letters[index].digits / 1000,
				 letters[index].digits % 1000);
			if (bytes_equal(text, bytes_of(number)))
				break;
		}
	office->is_unknown = text.len < 2 * OBJECT_ID_BYTES && index == LETTERS;
	pack_put_array(w, 1);
	put_message(w, index, true);
}

static void answer_status(struct pack_writer *w)
{
	static struct control_status status;
	struct control_peer peer = {.name = bytes_of("sgp-cert"), .link = LINK_UP, .since = OFFICE_NOW - 3 * HOUR_US,
				    .endpoint = bytes_of("198.51.100.4:4710"), .round_trip_us = 41200, .offset_us = -3100};

	status = (struct control_status){.station = bytes_of("tha-cert"), .version = bytes_of("0.1.0"), .now = OFFICE_NOW,
					 .started_at = OFFICE_NOW - 30 * HOUR_US, .clock_error = 12, .unacknowledged = 1, .drafts = 1,
					 .peer_count = 2};
	pack_put_array(w, 3);
	control_put_status(w, &status);
	pack_put_array(w, 2);
	control_put_peer(w, &peer);
	peer = (struct control_peer){.name = bytes_of("vnm-cert"), .link = LINK_DOWN, .since = OFFICE_NOW - 40 * MINUTE_US,
				     .endpoint = bytes_of("203.0.113.9:4710"), .round_trip_us = -1, .waiting = 2};
	control_put_peer(w, &peer);
	pack_put_array(w, 0);
}

static void put_draft(struct pack_writer *w, bool with_content)
{
	static uint8_t header[LIMIT_OBJECT_BYTES], body[LIMIT_CONTENT_BYTES];
	struct pack_writer hw = pack_writer(header, sizeof header), cw = pack_writer(body, sizeof body);
	static struct control_draft d;
	static struct message h;
	static struct content c;

	h = (struct message){.kind = KIND_NOTICE, .from = bytes_of("tha-cert"), .precedence = PRECEDENCE_IMMEDIATE,
			     .action_count = 2, .action = {bytes_of("sgp-cert"), bytes_of("vnm-cert")},
			     .is_without_prejudice = true, .tlp = TLP_AMBER};
	c = (struct content){.subject = bytes_of("Second wave"), .lang = bytes_of("en"), .text = bytes_of("It came back.")};
	message_encode(&h, &hw);
	content_encode(&c, &cw);
	d = (struct control_draft){.id = 4, .header = pack_written(&hw), .made_at = OFFICE_NOW - 9 * MINUTE_US,
				   .drafter = bytes_of("drafter-1"), .approvals_needed = 1,
				   .missing = bytes_of("status is missing; class is missing; severity is missing")};
	if (with_content)
		d.content = pack_written(&cw);
	pack_put_array(w, 1);
	if (!with_content)
		pack_put_array(w, 1);
	control_put_draft(w, &d);
}

/* The card of a peer that keeps hours in its own time zone, signed by its own root. */
static struct bytes card_of(const char *name, const char *state)
{
	static uint8_t body[8192], object[8192];
	struct pack_writer bw = pack_writer(body, sizeof body), ow = pack_writer(object, sizeof object);
	struct sign_pair root, pair;
	struct link_pair link;
	uint8_t seed[32];
	struct card card = {.name = bytes_of(name), .state = bytes_of(state), .serial = 3, .valid_from = OFFICE_NOW - 40 * DAY_US,
			    .valid_until = OFFICE_NOW + 300 * DAY_US, .lane = LANE_TECHNICAL, .layer = 1, .office_count = 1,
			    .office = {{bytes_of("en"), bytes_of("National CERT")}}, .zone = bytes_of("Asia/Ho_Chi_Minh"),
			    .language_count = 2, .language = {bytes_of("vi"), bytes_of("en")}, .fallback_count = 1,
			    .fallback = {{FALLBACK_PHONE, bytes_of("+84 24 3000 0000")}}, .hours_count = 1,
			    .hours = {{2, 8 * 60, 17 * 60}}};

	memset(seed, 1, sizeof seed);
	key_sign_pair(seed, &root);
	memcpy(card.root, root.public, KEY_BYTES);
	memset(seed, 2, sizeof seed);
	key_sign_pair(seed, &pair);
	memcpy(card.signing, pair.public, KEY_BYTES);
	memset(seed, 3, sizeof seed);
	key_sign_pair(seed, &pair);
	memcpy(card.log, pair.public, KEY_BYTES);
	key_link_pair(seed, &link);
	memcpy(card.link, link.public, KEY_BYTES);
	card_encode(&card, &bw);
	object_sign(OBJECT_CARD, pack_written(&bw), &root, &ow);
	return pack_written(&ow);
}

static void put_contact(struct pack_writer *w)
{
	struct control_contact contact = {.name = bytes_of("vnm-cert"), .card = card_of("vnm-cert", "vnm"), .generation = 1,
					  .fingerprint = bytes_of("0123456789012345678901234567890123456789"), .is_verified = true,
					  .enrolled_at = OFFICE_NOW - 30 * DAY_US, .week_from = 2950, .week_to = 2954};

	control_put_contact(w, &contact);
}

static void answer_checks(struct pack_writer *w)
{
	struct control_check check = {.name = bytes_of("vnm-cert"), .type = CHECK_WATCH, .asked = 30, .answered = 28, .missed = 2,
				      .median_ms = 240000, .percentile95_ms = 700000, .last_at = OFFICE_NOW - 7 * HOUR_US,
				      .last_outcome = CHECK_RIGHT};

	pack_put_array(w, 1);
	pack_put_array(w, 1);
	control_put_check(w, &check);
}

static void answer_ladder(struct pack_writer *w)
{
	pack_put_array(w, 2);
	pack_put_bool(w, false);
	pack_put_array(w, 1);
	pack_put_array(w, 4);
	pack_put_text(w, "vnm-cert");
	pack_put_uint(w, 100);
	pack_put_int(w, 30 * MINUTE_US);
	pack_put_text(w, "vnm-mfa");
}

/* Acts: hold and release answer with a message, approve with two numbers, the others with one or nothing. */
static void answer_act(struct office *office, const struct board_request *request, struct pack_writer *w)
{
	struct bytes params = pack_written(&request->params);

	office->done = request->method;
	office->params_len = params.len < sizeof office->params ? params.len : sizeof office->params;
	memcpy(office->params, params.data, office->params_len);
	pack_put_array(w, request->count);
	if (request->method == METHOD_HOLD || request->method == METHOD_RELEASE)
		put_message(w, 1, false);
	else if (request->method == METHOD_SHOWN)
		pack_put_bool(w, true);
	else if (request->method == METHOD_DRAFT_NEW || request->method == METHOD_DRAFT_PUT) {
		pack_put_uint(w, 4);
		pack_put_array(w, 0);
	} else
		for (size_t i = 0; i < request->count; i++)
			pack_put_uint(w, 1);
}

static void answer(struct office *office, const struct board_request *request, struct pack_writer *w)
{
	struct pack_reader r = pack_reader(pack_written(&request->params));

	pack_read_array(&r, 8);
	switch (request->method) {
	case METHOD_PAGE:
		answer_page(office, &r, w);
		return;
	case METHOD_SHOW:
		answer_show(office, &r, w);
		return;
	case METHOD_STATUS:
		answer_status(w);
		return;
	case METHOD_DRAFT_LIST:
	case METHOD_DRAFT_SHOW:
		put_draft(w, request->method == METHOD_DRAFT_SHOW);
		return;
	case METHOD_CONTACTS:
	case METHOD_CONTACT:
		pack_put_array(w, 1);
		if (request->method == METHOD_CONTACTS)
			pack_put_array(w, 1);
		put_contact(w);
		return;
	case METHOD_CHECKS:
		answer_checks(w);
		return;
	case METHOD_DRAFT_CHECK:
		pack_put_array(w, 1);
		pack_put_array(w, 2);
		pack_put_text(w, "The form of notice asks for the field \"status\".");
		pack_put_text(w, "The card of vnm-cert is 160 days old: ask whether it is still true.");
		return;
	case METHOD_LADDER:
		answer_ladder(w);
		return;
	default:
		answer_act(office, request, w);
		return;
	}
}

void office_settle(struct office *office)
{
	static uint8_t memory[8 * MIB];
	struct board_request request;

	while (board_next(office->board, &request)) {
		struct pack_writer w = pack_writer(memory, sizeof memory);
		struct pack_reader r;
		int result = 0;

		office->asked++;
		answer(office, &request, &w);
		if (office->done == request.method && office->refuses != 0 && request.method != METHOD_SHOWN) {
			result = office->refuses;
			office->refuses = 0;
		}
		if (office->is_unknown) {
			result = CONTROL_UNKNOWN;
			office->is_unknown = false;
		}
		free(request.params.data);
		r = pack_reader(pack_written(&w));
		pack_expect_array(&r, request.count);
		if (w.is_over || board_answer(office->board, result, &r, "The station says no.") != RESULT_OK)
			abort(); /* the fake and the board do not speak the same */
	}
	board_draw(office->board, &office->grid, &office->row, &office->column);
}

void office_open(struct office *office, int width, int height, unsigned roles)
{
	memset(office, 0, sizeof *office);
	office->board = board_new();
	office->messages = LETTERS;
	office->done = METHOD_COUNT;
	office->now = OFFICE_NOW;
	grid_init(&office->grid, width, height);
	board_size(office->board, width, height);
	board_tick(office->board, office->now);
	board_connect(office->board, "tha-cert", "watch-1", roles);
	office_settle(office);
}

void office_close(struct office *office)
{
	board_free(office->board);
	grid_finish(&office->grid);
}

void office_type(struct office *office, const char *keys)
{
	static const unsigned arrows[] = {KEY_NONE, KEY_ARROW_UP, KEY_ARROW_DOWN, KEY_ARROW_LEFT, KEY_ARROW_RIGHT};
	struct bytes rest = bytes_of(keys);

	while (rest.len > 0) {
		uint32_t c = rest.data[0];
		size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

		if (len > 1)
			c &= 0x7f >> len;
		for (size_t i = 1; i < len && i < rest.len; i++)
			c = c << 6 | (rest.data[i] & 0x3f);
		rest = (struct bytes){rest.data + len, rest.len - len};
		board_key(office->board, c < 5 ? arrows[c] : c == '\r' ? KEY_RETURN : c == '\b' ? KEY_RUBOUT : c);
		office_settle(office);
	}
}

void office_pass(struct office *office, int64_t span)
{
	office->now += span;
	board_tick(office->board, office->now);
	office_settle(office);
}

const char *office_row(const struct office *office, int row)
{
	static char text[64 * 1024];
	size_t len = 0;

	for (int x = 0; x < office->grid.width; x++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s", office->grid.cell[row * office->grid.width + x].text);
	return text;
}

bool office_sees(const struct office *office, const char *words)
{
	for (int y = 0; y < office->grid.height; y++)
		if (strstr(office_row(office, y), words) != NULL)
			return true;
	return false;
}
