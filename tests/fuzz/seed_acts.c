/* Seeds for the targets that drive a station: runs of calls and of a peer's acts, and what a station says and exports.
 */
#include "proto/armour.h"
#include "proto/attachment.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seed.h"
#include "tests/fuzz/station.h"

static uint8_t run[32 * KIB], part[8 * KIB], words[4 * KIB];

/* As fuzz_part() reads it. */
static void put_part(struct pack_writer *w, struct bytes bytes)
{
	uint8_t len[2];

	pack_be16(len, (uint16_t)bytes.len);
	pack_put_raw(w, (struct bytes){len, sizeof len});
	pack_put_raw(w, bytes);
}

static void put_byte(struct pack_writer *w, uint8_t byte)
{
	pack_put_raw(w, (struct bytes){&byte, 1});
}

/* Clients as in request.c: 0 drafter, 1 releaser, 2 watch, 3 auditor, 4 admin, 5 everything, 6 nobody. */
static void put_call(struct pack_writer *w, uint8_t client, enum method method, struct bytes params)
{
	put_byte(w, client);
	put_byte(w, 0);
	put_part(w, bytes_of(method_rows[method].name));
	put_part(w, params);
}
#define CALL(w, client, method, params)                                                                                \
	put_call(w, client, method, (struct bytes){(const uint8_t *)params, sizeof params - 1})

/* draft.new of this kind to the peer, with the fields that the forms ask for. */
static void put_draft(struct pack_writer *w, uint8_t kind, uint8_t precedence)
{
	static const uint8_t code = 1, list[] = {0x91, 1}, severity[] = {0x93, 3, 0xa0, 0xa0}, text[] = {0xa1, 'x'};
	struct message message = hostile_message();
	struct pack_writer p = pack_writer(part, sizeof part), inner = pack_writer(words, sizeof words);
	struct content content = {.subject = bytes_of("subject"), .lang = bytes_of("en"), .text = bytes_of("text")};
	static const struct {
		enum field field;
		struct bytes value;
	} fields[] = {{FIELD_STATUS, {&code, 1}},
		      {FIELD_CLASS, {&code, 1}},
		      {FIELD_SEVERITY, {severity, sizeof severity}},
		      {FIELD_DETECTED, {&code, 1}},
		      {FIELD_ONGOING, {&code, 1}},
		      {FIELD_EFFECTS, {list, sizeof list}},
		      {FIELD_ASKED, {list, sizeof list}},
		      {FIELD_CONTACT, {text, sizeof text}}};

	message.action[0] = bytes_of(HOSTILE_PEER);
	message.kind = kind;
	message.precedence = precedence;
	message.reply_by = HOSTILE_NOON + HOUR_US;
	message_encode(&message, &inner);
	pack_put_array(&p, 2);
	pack_put_bytes(&p, pack_written(&inner));
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		content.field[content.field_count].code = fields[i].field;
		content.field[content.field_count++].value = fields[i].value;
	}
	inner = pack_writer(words, sizeof words);
	content_encode(&content, &inner);
	pack_put_bytes(&p, pack_written(&inner));
	put_call(w, 0, METHOD_DRAFT_NEW, pack_written(&p));
}

static void seed_release(void)
{
	struct pack_writer w = pack_writer(run, sizeof run);

	CALL(&w, 3, METHOD_FOLLOW, "\x90");
	put_draft(&w, KIND_NOTICE, PRECEDENCE_PRIORITY);
	CALL(&w, 0, METHOD_DRAFT_LIST, "\x90");
	CALL(&w, 0, METHOD_DRAFT_SHOW, "\x91\x01");
	CALL(&w, 1, METHOD_APPROVE, "\x92\x01\xc2");
	CALL(&w, 1, METHOD_RELEASE, "\x93\x01\xc2\xa0");
	CALL(&w, 2, METHOD_LIST, "\x92\x0a\x00");
	CALL(&w, 3, METHOD_STATUS, "\x90");
	seed_write("request", "draft-approve-release", pack_written(&w));
	w = pack_writer(run, sizeof run);
	put_draft(&w, KIND_ALERT, PRECEDENCE_FLASH);
	CALL(&w, 1, METHOD_APPROVE, "\x92\x01\xc2");
	CALL(&w, 1, METHOD_RELEASE, "\x93\x01\xc2\xa0");
	CALL(&w, 5, METHOD_APPROVE, "\x92\x01\xc2");
	CALL(&w, 5, METHOD_RELEASE, "\x93\x01\xc3\xa0");
	put_draft(&w, KIND_ASSIST, PRECEDENCE_ROUTINE);
	CALL(&w, 0, METHOD_DRAFT_DELETE, "\x91\x02");
	seed_write("request", "flash-needs-two", pack_written(&w));
}

/* What is sent without a draft, and releases that wait. */
static void seed_service(void)
{
	struct pack_writer w = pack_writer(run, sizeof run);

	CALL(&w, 1, METHOD_MINIMISE, "\x95\x02\x00\x90\xa0\xa1x");
	put_draft(&w, KIND_NOTICE, PRECEDENCE_PRIORITY);
	CALL(&w, 1, METHOD_APPROVE, "\x92\x01\xc2");
	CALL(&w, 1, METHOD_RELEASE, "\x93\x01\xc2\xa0");
	CALL(&w, 1, METHOD_TIMED, "\x94\x01\xcf\x00\x06\x5d\xce\xa0\x00\x00\x00\xc2\xa1x");
	CALL(&w, 1, METHOD_RELEASE, "\x93\x01\xc2\xa1x");
	CALL(&w, 4, METHOD_SILENCE, "\x94\xcf\x00\x06\x5d\xce\xa0\x00\x00\x00\x90\xa0\xa0");
	CALL(&w, 4, METHOD_SILENCE, "\x94\x00\x91\xa8" HOSTILE_PEER "\xa4" "DEMO" "\xa0");
	CALL(&w, 2, METHOD_TRACE, "\x92\xb5" STATION_RECEIVED "\xa0");
	CALL(&w, 2, METHOD_REMIND, "\x92\xb5" STATION_RECEIVED "\xa0");
	CALL(&w, 2, METHOD_TRACED, "\x91\xb5" STATION_RECEIVED);
	CALL(&w, 0, METHOD_INCIDENT, "\x91\xc4\x10" "0123456789abcdef");
	CALL(&w, 0, METHOD_STATUS, "\x90");
	seed_write("request", "minimise-silence-trace", pack_written(&w));
}

static void seed_watch(void)
{
	struct pack_writer w = pack_writer(run, sizeof run), p = pack_writer(part, sizeof part);

	CALL(&w, 2, METHOD_SHOW, "\x91\xb5" STATION_RECEIVED);
	CALL(&w, 2, METHOD_SHOWN, "\x92\xb5" STATION_RECEIVED "\xc3");
	CALL(&w, 2, METHOD_ACK, "\x93\xb5" STATION_RECEIVED "\x01\xa2ok");
	pack_put_array(&p, 3);
	pack_put_text(&p, STATION_RECEIVED);
	pack_put_int(&p, HOSTILE_NOON + 2 * HOUR_US);
	pack_put_text(&p, "working");
	put_call(&w, 2, METHOD_HOLD, pack_written(&p));
	CALL(&w, 0, METHOD_LIST, "\x92\x00\x00");
	CALL(&w, 0, METHOD_VERSIONS, "\x91\x01");
	CALL(&w, 0, METHOD_VERSION, "\x92\x01\x01");
	CALL(&w, 0, METHOD_DRAFT_CHECK, "\x91\x01");
	CALL(&w, 0, METHOD_DRAFT_PUT, "\x94\x01\xc4\x00\xc4\x00\xc3");
	CALL(&w, 0, METHOD_PAGE, "\x96\x01\xa0\x00\xc4\x00\x00\x05");
	CALL(&w, 0, METHOD_PAGE, "\x96\x00\xa8" HOSTILE_PEER "\x02\xc4\x10" "0123456789abcdef" "\x01\x05");
	CALL(&w, 0, METHOD_SHOW,
	     "\x91\xac"
	     "2026-048 213");
	seed_write("request", "show-acknowledge-hold", pack_written(&w));
}

static void seed_admin(struct hostile *h)
{
	struct offer offer = {
	    .card = hostile_card(&h->peer), .to = bytes_of(HOSTILE_STATION), .generation = 1, .half = {9}};
	struct pack_writer w = pack_writer(run, sizeof run), p = pack_writer(part, sizeof part);
	struct pack_writer o = pack_writer(words, sizeof words);
	static uint8_t text[8 * KIB];
	struct pack_writer t = pack_writer(text, sizeof text);

	offer.week = time_week(HOSTILE_NOON);
	offer_encode(&offer, &p);
	object_sign(OBJECT_OFFER, pack_written(&p), &h->peer.keys.signing, &o);
	armour_encode("OFFER", pack_written(&o), &t);
	p = pack_writer(part, sizeof part);
	pack_put_array(&p, 2);
	pack_put_str(&p, pack_written(&t));
	pack_put_bool(&p, true);
	CALL(&w, 4, METHOD_OFFER, "\x91\xa8" HOSTILE_PEER);
	put_call(&w, 4, METHOD_ACCEPT, pack_written(&p));
	CALL(&w, 4, METHOD_CONTACTS, "\x90");
	CALL(&w, 4, METHOD_CONTACT, "\x91\xa8" HOSTILE_PEER);
	CALL(&w, 4, METHOD_OFFER, "\x91\xa8sgp-cert");
	CALL(&w, 4, METHOD_EXPORT, "\x96\xa0\xc4\x00\x00\x00\xc2\x90");
	for (uint8_t act = 2; act <= 4; act++) { /* room, away and back, an hour */
		put_byte(&w, 4);
		put_byte(&w, act);
	}
	CALL(&w, 6, METHOD_STATUS, "\x90");
	put_byte(&w, 5);
	put_byte(&w, 1);
	put_part(&w, (struct bytes){(const uint8_t *)"\x00\x00\x00\x0c\x94\x00\x05\xa6status\x90", 16});
	seed_write("request", "offer-accept-export", pack_written(&w));
	/* a name in letters of three bytes, longer than what a sentence repeats of it */
	w = pack_writer(run, sizeof run);
	CALL(&w, 4, METHOD_CONTACTS, "\x90");
	p = pack_writer(part, sizeof part);
	pack_put_array(&p, 1);
	pack_put_text(&p, "กขคงจฉชซกขคงจฉชซกขคงจฉชซกขคงจฉชซกขคงจฉชซ");
	put_call(&w, 5, METHOD_OFFER, pack_written(&p));
	put_call(&w, 5, METHOD_CONTACT, pack_written(&p));
	put_call(&w, 5, METHOD_SHOW, pack_written(&p));
	seed_write("request", "long-thai-names", pack_written(&w));
}

/* The acts of peer.c, by their place in its enum. */
enum act {
	ACT_CELL,
	ACT_FRAME,
	ACT_PARCEL,
	ACT_ITEM,
	ACT_MESSAGE,
	ACT_RECEIPT,
	ACT_CARD,
	ACT_HEAD,
	ACT_WAIT,
	ACT_REDIAL,
	ACT_ASK
};

static void put_message_act(struct pack_writer *w, const struct message *message, uint8_t salt)
{
	struct pack_writer p = pack_writer(part, sizeof part);

	message_encode(message, &p);
	put_byte(w, ACT_MESSAGE);
	put_part(w, pack_written(&p));
	put_part(w, (struct bytes){words, hostile_content(salt, words, sizeof words)});
}

static void put_receipt_act(struct pack_writer *w, uint8_t kind, int64_t at)
{
	struct receipt receipt = {.id_count = 1,
				  .kind = kind,
				  .from = bytes_of(HOSTILE_PEER),
				  .to = bytes_of(HOSTILE_STATION),
				  .at = at,
				  .log_size = 1};
	struct pack_writer p = pack_writer(part, sizeof part);

	if (kind == RECEIPT_SHOWN || kind == RECEIPT_ACKNOWLEDGED)
		receipt.officer = bytes_of("watch-1");
	if (kind == RECEIPT_ACKNOWLEDGED)
		receipt.understood = UNDERSTOOD_YES;
	if (kind == RECEIPT_REFUSED)
		receipt.reason = RESULT_LIMIT;
	receipt_encode(&receipt, &p);
	put_byte(w, ACT_RECEIPT);
	put_part(w, pack_written(&p));
}

static void seed_talk(struct hostile *h)
{
	struct message message = hostile_message();
	struct pack_writer w = pack_writer(run, sizeof run), p;

	put_message_act(&w, &message, 1);
	put_receipt_act(&w, RECEIPT_CUSTODY, HOSTILE_NOON);
	put_receipt_act(&w, RECEIPT_SHOWN, HOSTILE_NOON);
	put_receipt_act(&w, RECEIPT_ACKNOWLEDGED, HOSTILE_NOON);
	message.number.digits++;
	message.kind = KIND_ANSWER;
	message.has_in_reply_to = true;
	put_message_act(&w, &message, 2);
	put_byte(&w, ACT_HEAD);
	put_byte(&w, 1);
	put_byte(&w, 3);
	put_byte(&w, 0);
	put_byte(&w, ACT_ASK);
	seed_write("peer", "a-good-exchange", pack_written(&w));
	w = pack_writer(run, sizeof run);
	put_receipt_act(&w, RECEIPT_REFUSED, INT64_MAX);
	put_receipt_act(&w, RECEIPT_CUSTODY, INT64_MAX);
	put_receipt_act(&w, RECEIPT_ACKNOWLEDGED, INT64_MIN);
	message.exercise = bytes_of("DEMO");
	put_message_act(&w, &message, 3);
	p = pack_writer(part, sizeof part);
	h->peer.card.serial++;
	card_encode(&h->peer.card, &p);
	h->peer.card.serial--;
	put_byte(&w, ACT_CARD);
	put_part(&w, pack_written(&p));
	put_byte(&w, ACT_ASK);
	seed_write("peer", "strange-times-and-a-new-card", pack_written(&w));
}

static void seed_rude(void)
{
	static const struct {
		enum act act;
		const char *bytes;
		size_t len;
	} rows[] = {
#define ROW(act, text) {act, text, sizeof text - 1}
	    ROW(ACT_FRAME, "\x92\x04\x01"),
	    ROW(ACT_FRAME, "\x91\x7f"),
	    ROW(ACT_FRAME, "\x94\x05\x01\x02\x03"),
	    ROW(ACT_FRAME, "\x93\x03\x00\x91\x02"),
	    ROW(ACT_FRAME, "\x93\x0e\x01\x01"),
	    ROW(ACT_FRAME, "\x93\x0e\x01\x04"),
	    ROW(ACT_FRAME, "\x94\x0d\x01\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x00\x05"),
	    ROW(ACT_FRAME, "\x96\x02\x07\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\xc4\x02\x00\x00"),
	    ROW(ACT_ITEM, "\x92\x63\x01"),
	    ROW(ACT_ITEM, "\x94\x01\xc4\x00\xc4\x00\xc4\x00"),
	    ROW(ACT_ITEM, "\x93\x07\x01\x90"),
	    ROW(ACT_CELL, "\x00\x03\x92\x04\x01\x00\x02\x91\x7f"),
	    ROW(ACT_CELL, "\x00\x01\xc0"),
	    ROW(ACT_FRAME, "\x93\x0c\x00\x00"),
#undef ROW
	};
	struct pack_writer w = pack_writer(run, sizeof run);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put_byte(&w, (uint8_t)rows[i].act);
		put_part(&w, (struct bytes){(const uint8_t *)rows[i].bytes, rows[i].len});
	}
	put_byte(&w, ACT_WAIT);
	put_byte(&w, 200);
	put_byte(&w, ACT_PARCEL);
	put_byte(&w, 1);
	put_part(&w, (struct bytes){(const uint8_t *)"\x92\x01\x90", 3});
	put_byte(&w, ACT_PARCEL);
	put_byte(&w, 1);
	put_part(&w, (struct bytes){(const uint8_t *)"\x92\x01\x91\x91\x63", 5});
	put_byte(&w, ACT_REDIAL);
	put_byte(&w, ACT_ASK);
	seed_write("peer", "one-rude-thing-of-each", pack_written(&w));
}

static void seed_attach(void)
{
	static const uint8_t hash[] = {0x91, 0xc4, 32, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				       0,    0,	   0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	struct pack_writer w = pack_writer(run, sizeof run);

	put_draft(&w, KIND_NOTICE, PRECEDENCE_PRIORITY);
	CALL(&w, 0, METHOD_ATTACH, "\x94\x01\xa5" "a.txt" "\xaa" "text/plain" "\x05");
	CALL(&w, 0, METHOD_ATTACH_DATA, "\x91\xc4\x05" "hello");
	CALL(&w, 0, METHOD_ATTACH_DATA, "\x91\xc4\x05" "again");
	CALL(&w, 0, METHOD_ATTACH, "\x94\x01\xa1" "b" "\xa1" "t" "\x00");
	CALL(&w, 0, METHOD_ATTACH_DATA, "\x91\xc4\x00");
	CALL(&w, 5, METHOD_ATTACH, "\x94\x01\xa1" "c" "\xa1" "t" "\x09");
	put_byte(&w, 5);
	put_byte(&w, 2 + 1); /* away and back, in the middle of it */
	put_call(&w, 2, METHOD_BLOB, (struct bytes){hash, sizeof hash});
	CALL(&w, 1, METHOD_APPROVE, "\x92\x01\xc2");
	CALL(&w, 1, METHOD_RELEASE, "\x92\x01\xc2");
	seed_write("request", "attach-release", pack_written(&w));
}

/* A message with an attachment, then its bytes as they should be, and frames that should not be. */
static void seed_blobs(void)
{
	static uint8_t cipher[128];
	struct attachment a = {.name = bytes_of("a"), .media_type = bytes_of("t"), .len = 5, .key = {7}};
	struct content content = {.subject = bytes_of("s"), .lang = bytes_of("en"), .text = bytes_of("t")};
	struct frame blob = {.type = FRAME_BLOB}, want = {.type = FRAME_WANT, .want = {.length = 9}};
	struct message message = hostile_message();
	struct attachment_stream stream;
	struct pack_writer w = pack_writer(run, sizeof run), p = pack_writer(part, sizeof part);

	attachment_seal_begin(&stream, a.key, cipher, a.len);
	attachment_seal(&stream, (const uint8_t *)"hello", cipher + ATTACHMENT_HEADER_BYTES);
	attachment_seal_end(&stream, a.hash, a.cipher_hash);
	a.cipher_len = attachment_cipher_len(a.len);
	content.attachment_count = 1;
	content.attachment[0] = a;
	message_encode(&message, &p);
	put_byte(&w, ACT_MESSAGE);
	put_part(&w, pack_written(&p));
	p = pack_writer(part, sizeof part);
	content_encode(&content, &p);
	put_part(&w, pack_written(&p));
	memcpy(blob.blob.hash, a.cipher_hash, HASH_BYTES);
	memcpy(want.want.hash, a.cipher_hash, HASH_BYTES);
	for (size_t i = 0; i < 5; i++) { /* the first half, a repeat, beyond the end, a want, the rest */
		static const size_t at[] = {0, 4, 40, 0, 20}, len[] = {20, 10, 30, 0, 26};
		struct pack_writer f = pack_writer(words, sizeof words);

		blob.blob.offset = at[i];
		blob.blob.data = (struct bytes){cipher + at[i], len[i]};
		frame_encode(i == 3 ? &want : &blob, &f);
		put_byte(&w, ACT_FRAME);
		put_part(&w, pack_written(&f));
	}
	put_byte(&w, ACT_ASK);
	seed_write("peer", "an-attachment", pack_written(&w));
}

/* A station's own words: the replies to some calls, and its export. */
static void seed_words(struct hostile *h)
{
	static const struct {
		enum method method;
		const char *params;
		size_t len;
		const char *name;
	} calls[] = {
	    {METHOD_STATUS, "\x90", 1, "status"},
	    {METHOD_LIST, "\x92\x00\x00", 3, "list"},
	    {METHOD_CONTACTS, "\x90", 1, "contacts"},
	    {METHOD_DRAFT_SHOW, "\x91\x05", 2, "refused"},
	};
	uint8_t id[HASH_BYTES];
	struct bytes record;

	hostile_begin(h);
	station_give_message(h);
	FUZZ_NEED(hostile_release(h, id));
	hostile_client(h, 6, 1006);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		hostile_request(h, 6, calls[i].method, (struct bytes){(const uint8_t *)calls[i].params, calls[i].len});
		seed_write("control", calls[i].name, (struct bytes){h->reply, h->reply_len});
	}
	hostile_wait(h, HOUR_US); /* checkpoints */
	record = station_export(h);
	seed_write("export", "a-stations-record", record);
	seed_write("audit", "a-stations-record", record);
	seed_write("audit", "bad-cut", (struct bytes){record.data, record.len / 2});
	hostile_end(h);
}

void seed_acts(struct hostile *h)
{
	seed_service();
	seed_release();
	seed_watch();
	seed_admin(h);
	seed_talk(h);
	seed_rude();
	seed_attach();
	seed_blobs();
	seed_words(h);
}
