/*
 * Writes the seed corpora: seed DIRECTORY (tests/fuzz/corpus). Everything is a real object of a station and a peer with
 * fixed keys, so the same program writes the same files, each named by what it is.
 */
#include <sys/stat.h>

#include "proto/armour.h"
#include "proto/attachment.h"
#include "proto/copy.h"
#include "proto/evidence.h"
#include "proto/export.h"
#include "proto/proof.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seed.h"
#include "tests/fuzz/station.h"

static const char *directory;
static struct hostile h;
static uint8_t buffer[LIMIT_OBJECT_BYTES], second[LIMIT_OBJECT_BYTES];

void seed_write(const char *target, const char *name, struct bytes bytes)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, target);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/%s/%s", directory, target, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static struct pack_writer writer(void)
{
	return pack_writer(buffer, sizeof buffer);
}

static void write_text(const char *target, const char *name, const char *text)
{
	seed_write(target, name, bytes_of(text));
}

static void seed_pack(void)
{
	static const struct {
		const char *name;
		struct bytes bytes;
	} rows[] = {
	    {"uint-127", {(const uint8_t *)"\x7f", 1}},
	    {"uint-128", {(const uint8_t *)"\xcc\x80", 2}},
	    {"uint-65536", {(const uint8_t *)"\xce\x00\x01\x00\x00", 5}},
	    {"uint-largest", {(const uint8_t *)"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", 9}},
	    {"int-minus-32", {(const uint8_t *)"\xe0", 1}},
	    {"int-minus-33", {(const uint8_t *)"\xd0\xdf", 2}},
	    {"int-smallest", {(const uint8_t *)"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", 9}},
	    {"text-thai", {(const uint8_t *)"\xa6\xe0\xb8\x97\xe0\xb8\xb5", 7}},
	    {"bin", {(const uint8_t *)"\xc4\x03\x00\xff\x01", 5}},
	    {"arrays-five-deep", {(const uint8_t *)"\x91\x92\xc2\x91\x91\x91\xc3", 7}},
	    {"ext-of-two", {(const uint8_t *)"\x92\x92\x02\xc4\x01\x00\x92\x04\xc4\x00", 10}},
	    {"bad-array-of-four-thousand-million", {(const uint8_t *)"\xdd\xff\xff\xff\xff", 5}},
	    {"bad-uint-in-a-long-form", {(const uint8_t *)"\xcc\x01", 2}},
	    {"bad-map", {(const uint8_t *)"\x80", 1}},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		seed_write("pack", rows[i].name, rows[i].bytes);
}

static void put_frame(const char *name, const struct frame *frame, struct cell *cell)
{
	struct pack_writer w = writer();

	frame_encode(frame, &w);
	seed_write("frame", name, pack_written(&w));
	cell_put(cell, frame);
}

static void seed_frames(void)
{
	const uint8_t data[100] = {1, 2, 3};
	struct frame hello = {.type = FRAME_HELLO,
			      .hello = {.schema = FRAME_SCHEMA, .generation = 2, .size = 9, .seen_size = 4}};
	struct frame piece = {.type = FRAME_PIECE,
			      .piece = {.seq = 3, .total = 400, .offset = 100, .data = {data, sizeof data}}};
	struct frame resume = {.type = FRAME_RESUME, .resume = {.seq = 3, .offset = 200}};
	struct frame stored = {.type = FRAME_STORED, .stored = {.through = 7, .count = 2, .beyond = {9, 300}}};
	struct frame refuse = {.type = FRAME_REFUSE, .refuse = {.seq = 3, .reason = REFUSE_WEEK}};
	struct frame ping = {.type = FRAME_PING, .ping = {.t0 = HOSTILE_NOON}};
	struct frame pong = {.type = FRAME_PONG, .ping = {HOSTILE_NOON, HOSTILE_NOON + 1, HOSTILE_NOON + 2}};
	struct frame end = {.type = FRAME_CLOSE, .close = {.reason = CLOSE_RENEWED, .last_seq = 9}};
	struct frame prove = {.type = FRAME_PROVE, .prove = {4, 9}};
	struct frame proof = {.type = FRAME_PROOF, .proof = {.size1 = 4, .size2 = 9, .total = 3, .count = 3}};
	struct frame want = {.type = FRAME_WANT, .want = {.offset = 65552, .length = 4096}};
	struct frame blob = {.type = FRAME_BLOB, .blob = {.offset = 65552, .data = {data, sizeof data}}};
	struct frame test = {.type = FRAME_TEST, .test = {7, bytes_of("en"), bytes_of("abc")}};
	struct frame tested = {.type = FRAME_TESTED, .tested = {.n = 7}};
	struct cell cell;

	cell_init(&cell, CELL_BYTES);
	hello.hello.have = stored.stored;
	hello.hello.done = 5;
	put_frame("hello", &hello, &cell);
	put_frame("piece", &piece, &cell);
	put_frame("resume", &resume, &cell);
	put_frame("stored", &stored, &cell);
	put_frame("refuse", &refuse, &cell);
	put_frame("ping", &ping, &cell);
	put_frame("pong", &pong, &cell);
	put_frame("close", &end, &cell);
	put_frame("prove", &prove, &cell);
	put_frame("proof", &proof, &cell);
	put_frame("want", &want, &cell);
	put_frame("blob", &blob, &cell);
	put_frame("test", &test, &cell);
	put_frame("tested", &tested, &cell);
	put_frame("note", &(struct frame){.type = FRAME_NOTE}, &cell);
	put_frame("recover", &(struct frame){.type = FRAME_RECOVER, .recover = {7}}, &cell);
	put_frame("part", &(struct frame){.type = FRAME_PART, .part = {7, 300, 100, LEAF_SENT, {data, sizeof data}}}, &cell);
	put_frame("end", &(struct frame){.type = FRAME_END, .end = {9, 4, 3}}, &cell);
	seed_write("frame", "bad-part-beyond-its-entry", bytes_of("\x96\x11\x09\x02\x06\x04\xc4\x03"
								  "abc"));
	seed_write("frame", "bad-prove-backwards", bytes_of("\x93\x06\x05\x04"));
	seed_write("frame", "bad-proof-without-hashes", bytes_of("\x96\x07\x04\x05\x01\x02\x90"));
	seed_write("frame", "bad-unknown-type", bytes_of("\x93\x63\x01\xa1x"));
	seed_write("cell", "one-of-each-frame", (struct bytes){cell.plain, cell.used});
	seed_write("cell", "nothing", (struct bytes){buffer, 0});
	seed_write("cell", "bad-frame-over-the-end", bytes_of("\x03\xef\x90"));
}

static void seed_record(void)
{
	struct pack_writer w = writer();
	struct noise noise;
	uint8_t record[1 + RECORD_BYTES] = {255};

	pack_put_array(&w, 1);
	pack_put_int(&w, HOSTILE_NOON);
	seed_write("record", "time", pack_written(&w));
	seed_write("record", "bad-time-and-more", bytes_of("\x91\x01\x01"));
	hostile_begin(&h);
	hostile_record(&h, h.counter + 1, &noise, record + 1);
	seed_write("door", "the-peers-record", (struct bytes){record, sizeof record});
	record[0] = 0;
	seed_write("door", "the-peers-record-in-small-runs", (struct bytes){record, sizeof record});
	record[100] ^= 1;
	seed_write("door", "bad-one-bit-of-the-record", (struct bytes){record, sizeof record});
	seed_write("door", "bad-http", bytes_of("zGET / HTTP/1.1\r\nHost: vnm-cert\r\n\r\n"));
	hostile_end(&h);
}

/* A header and a content with all that they may hold. */
static struct message full_message(void)
{
	struct message message = hostile_message();

	message.kind = KIND_ALERT;
	message.precedence = PRECEDENCE_FLASH;
	message.info_count = 2;
	message.info[0] = bytes_of("lao-cert");
	message.info[1] = bytes_of("sgp-cert");
	message.releaser_count = 2;
	message.releaser[0] = bytes_of("deputy");
	message.releaser[1] = bytes_of("head");
	message.has_incident = message.has_in_reply_to = message.has_supersedes = true;
	message.reply_by = message.expires = HOSTILE_NOON + HOUR_US;
	message.tlp = TLP_AMBER_STRICT;
	message.ladder_count = 1;
	message.ladder[0] = bytes_of("vnm-mfa");
	message.ext.count = 1;
	message.ext.entry[0].code = 4;
	message.ext.entry[0].value = bytes_of("later");
	return message;
}

static struct content full_content(void)
{
	static const uint8_t code = 2, list[] = {0x92, 1, 2}, severity[] = {0x93, 4, 0xa1, 'n', 0xa1, 'v'};
	static const uint8_t time[] = {0xcf, 0, 6, 0x5d, 0xcb, 0xb4, 0x26, 0x80, 0},
			     states[] = {0x91, 0xa3, 't', 'h', 'a'};
	static const uint8_t text[] = {0xa3, 'a', 'b', 'c'}, line[] = {0x92, 1, 0},
			     stages[] = {0x91, 0x92, 1, 5};
	struct content content = {
	    .subject = bytes_of("ระบบโรงพยาบาล"), .lang = bytes_of("th"), .text = bytes_of("ข้อความ\nสองบรรทัด")};

	content.remarks = bytes_of("none");
	content.translation_count = 1;
	content.translation[0].lang = bytes_of("en");
	content.translation[0].text = bytes_of("two lines");
	content.translation[0].by = 2;
	for (enum field field = FIELD_STATUS; field <= FIELD_LAST; field++) {
		size_t i = content.field_count;

		if (field_row(field) == NULL)
			continue;
		content.field_count++;
		content.field[i].code = field;
		switch (field_row(field)->shape) {
		case SHAPE_CODE:
			content.field[i].value = (struct bytes){&code, 1};
			break;
		case SHAPE_CODES:
			content.field[i].value = (struct bytes){list, sizeof list};
			break;
		case SHAPE_TIME:
			content.field[i].value = (struct bytes){time, sizeof time};
			break;
		case SHAPE_TEXT:
			content.field[i].value = (struct bytes){text, sizeof text};
			break;
		case SHAPE_STATES:
			content.field[i].value = (struct bytes){states, sizeof states};
			break;
		case SHAPE_SEVERITY:
			content.field[i].value = (struct bytes){severity, sizeof severity};
			break;
		case SHAPE_PUBLIC:
			content.field[i].value = (struct bytes){line, sizeof line};
			break;
		case SHAPE_WORDS:
			content.field[i].value = (struct bytes){states, sizeof states};
			break;
		case SHAPE_STAGES:
			content.field[i].value = (struct bytes){stages, sizeof stages};
			break;
		}
	}
	content.attachment_count = 1;
	content.attachment[0].name = bytes_of("image.png");
	content.attachment[0].media_type = bytes_of("image/png");
	content.attachment[0].len = 5;
	content.attachment[0].cipher_len = attachment_cipher_len(5);
	return content;
}

static void seed_copy(void)
{
	struct copy copy = {.to = bytes_of("vnm-mfa"), .step = 100, .at = HOSTILE_NOON, .card_serial = 1};
	struct pack_writer w = writer();

	copy_encode(&copy, &w);
	seed_write("copy", "of-a-flash", pack_written(&w));
	copy.at = 0;
	w = writer();
	copy_encode(&copy, &w);
	seed_write("copy", "bad-no-time", pack_written(&w));
}

static struct receipt full_receipt(void)
{
	return (struct receipt){.id_count = 1,
				.kind = RECEIPT_ACKNOWLEDGED,
				.from = bytes_of(HOSTILE_PEER),
				.to = bytes_of(HOSTILE_STATION),
				.at = HOSTILE_NOON,
				.officer = bytes_of("watch-1"),
				.understood = UNDERSTOOD_PARTLY,
				.note = bytes_of("รับทราบ"),
				.log_size = 7,
				.card_serial = 5,
				.has_seen = true,
				.seen_size = 3};
}

static struct card full_card(void)
{
	struct card card = h.peer.card;

	card.office_count = 1;
	card.office[0].lang = bytes_of("en");
	card.office[0].office = bytes_of("National CERT");
	card.hours_count = 1;
	card.hours[0].to = 1440;
	card.language_count = 1;
	card.language[0] = bytes_of("th");
	card.endpoint_count = 1;
	card.endpoint[0] = bytes_of("cert.example:7400");
	card.alternate_count = 1;
	card.alternate[0] = bytes_of("tha-mfa");
	card.fallback_count = 1;
	card.fallback[0].kind = FALLBACK_PHONE;
	card.fallback[0].value = bytes_of("+66 2 000 0000");
	return card;
}

static void seed_bodies(void)
{
	struct message messages[] = {hostile_message(), full_message()};
	struct content content = full_content();
	struct receipt receipt = full_receipt();
	struct card card = full_card();
	struct pack_writer w;

	for (size_t i = 0; i < 2; i++) {
		w = writer();
		message_encode(&messages[i], &w);
		seed_write("message", i == 0 ? "notice-to-one" : "alert-with-everything", pack_written(&w));
	}
	seed_write("content", "plain", (struct bytes){second, hostile_content(1, second, sizeof second)});
	w = writer();
	content_encode(&content, &w);
	seed_write("content", "every-field", pack_written(&w));
	w = writer();
	receipt_encode(&receipt, &w);
	seed_write("receipt", "acknowledged-partly", pack_written(&w));
	receipt = (struct receipt){
	    .id_count = 3, .kind = RECEIPT_CUSTODY, .from = receipt.from, .to = receipt.to, .card_serial = 1};
	w = writer();
	receipt_encode(&receipt, &w);
	seed_write("receipt", "custody-of-three", pack_written(&w));
	seed_copy();
	receipt.id_count = 1;
	receipt.kind = RECEIPT_REFUSED;
	receipt.reason = RESULT_SIGNATURE;
	w = writer();
	receipt_encode(&receipt, &w);
	seed_write("receipt", "refused", pack_written(&w));
	w = writer();
	card_encode(&card, &w);
	seed_write("card", "with-everything", pack_written(&w));
	w = writer();
	card_encode(&h.own.card, &w);
	seed_write("card", "with-the-least", pack_written(&w));
}

/* Objects with their signatures, and what is made of them: parcels, seals, armour. */
static void seed_objects(void)
{
	struct message message = hostile_message();
	uint8_t content[1024], object[4096], parcel[8192], sealed[8192 + 1024], text[8192];
	size_t content_len = hostile_content(1, content, sizeof content), len;
	struct pack_writer w = pack_writer(parcel, sizeof parcel), t = pack_writer(text, sizeof text);
	struct offer offer = {
	    .card = hostile_card(&h.peer), .to = bytes_of(HOSTILE_STATION), .generation = 1, .week = 2962};
	struct have have = {.through = 3, .count = 1, .beyond = {5}};
	struct seal_head head;

	seed_write("object", "card", hostile_card(&h.peer));
	seed_write("card", "bad-a-whole-object", hostile_card(&h.peer));
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h.peer.keys.signing, (struct bytes){content, content_len},
				   object, sizeof object);
	seed_write("object", "message", (struct bytes){object, len});
	parcel_put_head(&w, 1, 5);
	parcel_put_message(&w, (struct bytes){object, len}, (struct bytes){content, content_len},
			   (struct bytes){NULL, 0});
	parcel_put_object(&w, ITEM_CARD, hostile_card(&h.peer));
	parcel_put_checkpoint(&w, bytes_of("a note"));
	pack_put_array(&w, 3);
	pack_put_uint(&w, ITEM_STORED);
	have_put(&w, &have);
	pack_put_raw(&w, bytes_of("\x92\x63\xa1x"));
	seed_write("parcel", "one-of-each-item", pack_written(&w));
	seed_write("parcel", "empty", (struct bytes){(const uint8_t *)"\x92\x01\x90", 3});
	hostile_begin(&h);
	head = hostile_seal_head(&h, 1);
	seed_write("seal", "parcel", (struct bytes){sealed, hostile_seal(&h, &head, pack_written(&w), sealed)});
	seed_write("seal", "empty-parcel",
		   (struct bytes){sealed, hostile_seal(&h, &head, bytes_of("\x92\x01\x90"), sealed)});
	hostile_end(&h);
	w = writer();
	offer_encode(&offer, &w);
	seed_write("offer", "to-vnm-cert", pack_written(&w));
	armour_encode("CARD", hostile_card(&h.peer), &t);
	seed_write("armour", "card", pack_written(&t));
	write_text("armour", "base64-of-four", "aGVsbA==");
}

static void seed_evidence(struct bytes note)
{
	static uint8_t encoded[EVIDENCE_BYTES];
	struct pack_writer w = pack_writer(encoded, sizeof encoded);
	struct evidence evidence = {.origin = bytes_of("hotline/tha-cert/vnm-cert"),
				    .what = EVIDENCE_NO_PROOF,
				    .at = HOSTILE_NOON,
				    .head = {{.size = 5, .root = {1}}, {.size = 12345, .root = {1, 2}, .statement = note}}};

	evidence_encode(&evidence, &w);
	seed_write("evidence", "no-proof", pack_written(&w));
	evidence.what = EVIDENCE_SAME_SIZE;
	w = pack_writer(encoded, sizeof encoded);
	evidence_encode(&evidence, &w);
	seed_write("evidence", "bad-sizes-differ", pack_written(&w));
}

static void seed_proof(struct bytes note)
{
	static uint8_t encoded[EVIDENCE_BYTES];
	static struct proof_file proof;
	static const uint8_t path[HASH_BYTES] = {7};
	struct pack_writer w = pack_writer(encoded, sizeof encoded);

	proof.message = bytes_of("message");
	proof.log_count = proof.card_count = 1;
	proof.card[0] = hostile_card(&h.peer);
	proof.log[0] = (struct proof_log){.origin = bytes_of("hotline/tha-cert/vnm-cert"),
					  .checkpoint = note,
					  .entry_count = 2,
					  .entry = {{0, bytes_of("leaf"), {NULL, 0}, {path, HASH_BYTES}},
						    {1, bytes_of("leaf"), bytes_of("receipt"), {path, HASH_BYTES}}},
					  .witness = bytes_of("receipt")};
	proof_encode(&proof, &w);
	seed_write("proof", "one-receipt", pack_written(&w));
	proof.log[0].entry[1].object.len = 0;
	w = pack_writer(encoded, sizeof encoded);
	proof_encode(&proof, &w);
	seed_write("proof", "bad-message-twice", pack_written(&w));
}

static void seed_note(void)
{
	struct checkpoint checkpoint = {.origin = bytes_of("hotline/tha-cert/vnm-cert"), .size = 12345, .root = {1, 2}};
	struct pack_writer w = writer(), note;
	uint8_t out[PAIR_FILE_BYTES];

	checkpoint_sign(&checkpoint, &h.peer.keys.log, &w);
	seed_write("note", "checkpoint", pack_written(&w));
	checkpoint.is_recovery = true;
	checkpoint.lost_size = 12400;
	note = writer();
	checkpoint_sign(&checkpoint, &h.peer.keys.log, &note);
	seed_write("note", "recovery", pack_written(&note));
	checkpoint.is_recovery = false;
	w = writer();
	checkpoint_sign(&checkpoint, &h.peer.keys.log, &w);
	seed_evidence(pack_written(&w));
	seed_proof(pack_written(&w));
	seed_write("keys", "station", keyfile_encode(&h.peer.keys, out));
	seed_write("keys", "pair-without-halves", pair_encode(&h.pair, out));
}

static void seed_text(void)
{
	char fingerprint[FINGERPRINT_TEXT];
	const uint8_t root[KEY_BYTES] = {4};

	key_fingerprint(root, fingerprint);
	write_text("text", "fingerprint", fingerprint);
	write_text("text", "name", "asean-sec");
	write_text("text", "number", "2026-048 213");
	write_text("text", "reference", "tha-cert EX 2026-048 213");
	write_text("text", "time-iso", "2026-10-14T14:20:07.123456Z");
	write_text("text", "time-dtg", "141420Z OCT 26");
	write_text("text", "span", "90s");
	write_text("form", "notice",
		   "Kind: notice\nPrecedence: priority\nTo: vnm-cert\nCc: sgp-cert\nExercise: DEMO\nSubject: "
		   "Worm\nLanguage: en\n"
		   "Status: confirmed\nClass: malicious code\nSeverity: 4 | scale | value\nSectors: health, other\n\nA "
		   "worm.\n");
	write_text("form", "alert-with-translations",
		   "Kind: alert\nPrecedence: flash\nTo: vnm-cert, lao-cert\nSubject: Wörm\nLanguage: en\nReply-By: "
		   "2026-10-14T14:20Z\nExpires: 151420Z OCT 26\nTLP: red\nWithout-Prejudice: no\nLadder-To: "
		   "vnm-mfa\nClass: code "
		   "99\nPublic-Line: planned\nStates-Affected: gbr\nContact: x | y\nRemarks: a\n b\n\none\n\ntwo\n--- "
		   "translation "
		   "th by machine\nสอง\n");
	write_text("form", "bad-no-kind", "To: vnm-cert\n\ntext\n");
}

/* One message, none, and two. */
static void seed_attachment(void)
{
	static const size_t lens[] = {5, 0, ATTACHMENT_CHUNK_BYTES + 3};
	static const char *const names[] = {"one-message", "of-no-bytes", "two-messages"};
	static uint8_t plain[ATTACHMENT_CHUNK_BYTES + 3], file[2 * ATTACHMENT_MESSAGE_BYTES];
	static const uint8_t key[KEY_BYTES], header[ATTACHMENT_HEADER_BYTES] = {9};
	struct attachment_stream stream;

	for (size_t i = 0; i < 3; i++) {
		size_t done = 0, len = 4 + ATTACHMENT_HEADER_BYTES;

		pack_be32(file, (uint32_t)lens[i]);
		memcpy(file + 4, header, sizeof header);
		attachment_seal_begin(&stream, key, header, lens[i]);
		while (!stream.is_final) {
			size_t step = attachment_next(&stream);

			attachment_seal(&stream, plain + done, file + len);
			done += step;
			len += step + ATTACHMENT_TAG_BYTES;
		}
		seed_write("attachment", names[i], (struct bytes){file, len});
	}
	file[0] = 1;
	seed_write("attachment", "bad-another-length", (struct bytes){file, 64});
}

int main(int argc, char **argv)
{
	directory = argc > 1 ? argv[1] : "tests/fuzz/corpus";
	LLVMFuzzerInitialize(&argc, &argv);
	mkdir(directory, 0777);
	hostile_begin(&h); /* makes the keys */
	hostile_end(&h);
	seed_pack();
	seed_frames();
	seed_record();
	seed_bodies();
	seed_objects();
	seed_attachment();
	seed_note();
	seed_text();
	seed_acts(&h);
	return 0;
}
