/*
 * Every worked example of proto/SPEC.md, made anew from the fixed secrets that its section 1 names. Where text and code
 * part, one of them is wrong; HOTLINE_SPEC_WRITE=1 makes the text follow.
 */
#include "tests/unit/spec_world.h"

static void show(const char *name, const void *data, size_t len)
{
	book_hex(name, (struct bytes){data, len});
}

static void show_written(const char *name, const struct pack_writer *w)
{
	CHECK(!w->is_over);
	book_hex(name, pack_written(w));
}

TEST(numbers_and_times_are_written_as_section_1_shows)
{
	char number[NUMBER_TEXT], iso[TIME_TEXT], group[TIME_TEXT], text[128];

	number_format((struct number){2026, 48213}, number);
	time_format_iso_micro(NOW, iso);
	time_format_dtg(NOW, group);
	snprintf(text, sizeof text, "%s\n%lld\n%s\n%s\n", number, (long long)NOW, iso, group);
	book_text("number-and-time", bytes_of(text));
}

TEST(keys_of_a_pair_are_those_of_section_2)
{
	struct world *w = world();
	uint8_t shared[KEY_BYTES], root[KEY_BYTES], chain[KEY_BYTES];
	struct week_keys keys;

	show("public-signing", w->a.keys.signing.public, KEY_BYTES);
	show("public-link", w->a.keys.link.public, KEY_BYTES);
	show("pair-root", w->root, KEY_BYTES);
	pair_chain_start(w->root, chain);
	show("pair-chain-2962", chain, KEY_BYTES);
	pair_chain_keys(chain, &keys);
	show("pair-link-2962", keys.link, KEY_BYTES);
	show("pair-seal-2962", keys.seal, KEY_BYTES);
	show("pair-tag-2962", keys.tag, KEY_BYTES);
	pair_chain_next(chain);
	show("pair-chain-2963", chain, KEY_BYTES);
	CHECK_EQUAL(key_agree(w->a.keys.link.secret, w->b.keys.link.public, shared), RESULT_OK);
	pair_root_static(shared, &w->a.keys.name, &w->b.keys.name, root);
	show("pair-root-static", root, KEY_BYTES);
}

TEST(the_id_of_a_pair_is_what_its_root_is_hashed_over)
{
	struct world *w = world();
	struct bytes id = world_pair_id();
	uint8_t key[2 * KEY_BYTES], root[KEY_BYTES];

	show("pair-id", id.data, id.len);
	memset(key, HALF_A, KEY_BYTES);
	memset(key + KEY_BYTES, HALF_B, KEY_BYTES);
	hash_keyed((struct bytes){key, sizeof key}, &id, 1, root, KEY_BYTES);
	CHECK(memcmp(root, w->root, KEY_BYTES) == 0);
}

TEST(a_link_opens_with_the_records_of_section_3)
{
	struct world *w = world();
	struct noise noise;
	struct bytes prologue = world_prologue();
	uint8_t payload[RECORD_BYTES];
	size_t len;

	show("prologue", prologue.data, prologue.len);
	show("record-1", w->record1, RECORD_BYTES);
	show("record-2", w->record2, RECORD_BYTES);
	show("link-key-to-responder", w->to_responder.key, KEY_BYTES);
	show("link-key-to-initiator", w->to_initiator.key, KEY_BYTES);
	noise_init(&noise, NOISE_KKPSK0, false, prologue, &w->b.keys.link, w->a.keys.link.public, w->keys.link);
	CHECK_EQUAL(noise_read(&noise, (struct bytes){w->record1 + 16, RECORD_BYTES - 16}, payload, &len), RESULT_OK);
	CHECK_EQUAL(len, 192);
	show("record-1-payload", payload, 12);
}

TEST(frames_are_the_arrays_of_section_3)
{
	static const struct {
		const char *name;
		enum frame_type type;
	} frames[] = {
	    {"frame-hello", FRAME_HELLO},   {"frame-piece", FRAME_PIECE},   {"frame-resume", FRAME_RESUME},
	    {"frame-stored", FRAME_STORED}, {"frame-ping", FRAME_PING},	    {"frame-pong", FRAME_PONG},
	    {"frame-close", FRAME_CLOSE},   {"frame-refuse", FRAME_REFUSE}, {"frame-prove", FRAME_PROVE},
	    {"frame-proof", FRAME_PROOF},   {"frame-want", FRAME_WANT},	    {"frame-blob", FRAME_BLOB},
	    {"frame-test", FRAME_TEST},	    {"frame-tested", FRAME_TESTED},
	    {"frame-note", FRAME_NOTE},	    {"frame-recover", FRAME_RECOVER},
	    {"frame-part", FRAME_PART},	    {"frame-end", FRAME_END},
	};
	uint8_t buffer[CELL_MAX_BYTES];

	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct pack_writer out = pack_writer(buffer, sizeof buffer);
		struct frame frame = world_frame(frames[i].type), again;

		frame_encode(&frame, &out);
		show_written(frames[i].name, &out);
		CHECK_EQUAL(frame_decode(pack_written(&out), &again), RESULT_OK);
	}
}

TEST(the_first_cell_of_a_link_is_as_shown)
{
	struct world *w = world();
	struct frame hello = world_frame(FRAME_HELLO), ping = world_frame(FRAME_PING);
	struct noise_cipher cipher = w->to_responder;
	struct cell cell;
	uint8_t out[CELL_BYTES];

	cell_init(&cell, CELL_BYTES);
	CHECK(cell_put(&cell, &hello) && cell_put(&cell, &ping));
	show("cell-plaintext", cell.plain, cell.used);
	cell_seal(&cell, &cipher, out);
	show("cell", out, sizeof out);
}

TEST(a_parcel_is_sealed_as_section_4_shows)
{
	struct world *w = world();
	struct pack_writer out = pack_writer(w->scratch, sizeof w->scratch);
	struct bytes prologue = world_seal_prologue();
	struct noise noise;
	struct sealed sealed;
	uint8_t length[64];
	size_t len;

	book_hex("parcel", w->parcel);
	show("seal-prologue", prologue.data, prologue.len);
	book_hex("sealed-parcel", w->sealed);
	CHECK_EQUAL(seal_decode(w->sealed, &sealed), RESULT_OK);
	noise_init(&noise, NOISE_KPSK0, false, prologue, &w->b.keys.link, w->a.keys.link.public, w->keys.seal);
	CHECK_EQUAL(noise_read(&noise, (struct bytes){sealed.body.data, 52}, length, &len), RESULT_OK);
	CHECK_EQUAL(pack_from_be32(length), w->parcel.len);
	parcel_put_checkpoint(&out, w->note);
	show_written("item-checkpoint", &out);
	out = pack_writer(w->scratch, sizeof w->scratch);
	parcel_put_reminder(&out, w->message_id, 100);
	show_written("item-reminder", &out);
	out = pack_writer(w->scratch, sizeof w->scratch);
	pack_put_array(&out, 3);
	pack_put_uint(&out, ITEM_STORED);
	have_put(&out, &(struct have){3, 2, {5, 6}});
	show_written("item-stored", &out);
}

TEST(objects_are_signed_as_section_5_shows)
{
	struct world *w = world();
	struct revocation revocation = {
	    .name = name_bytes(&w->a.keys.name), .serial = 1, .reason = REVOKED_LOST, .at = NOW};
	uint8_t id[OBJECT_ID_BYTES];

	book_hex("content", w->content);
	book_hex("message-body", w->message_body);
	book_hex("message", w->message);
	show("message-id", w->message_id, OBJECT_ID_BYTES);
	book_hex("receipt-body", w->receipt_body);
	book_hex("receipt", w->receipt);
	book_hex("card", w->a.card);
	object_id(w->a.card, id);
	show("card-id", id, sizeof id);
	book_hex("revocation", world_revocation(&revocation));
	book_hex("copy", world_copy());
}

TEST(logs_are_hashed_and_signed_as_section_6_shows)
{
	struct world *w = world();
	struct merkle empty;
	uint8_t hash[HASH_BYTES];

	merkle_init(&empty);
	merkle_root(&empty, hash);
	show("empty-root", hash, HASH_BYTES);
	book_hex("leaf-received", w->leaf[0]);
	merkle_leaf(w->leaf[0], hash);
	show("leaf-received-hash", hash, HASH_BYTES);
	book_hex("leaf-sent", w->leaf[1]);
	merkle_leaf(w->leaf[1], hash);
	show("leaf-sent-hash", hash, HASH_BYTES);
	show("head-root", w->head_root, HASH_BYTES);
	book_text("checkpoint", w->note);
	hash_sha256(w->note, hash);
	show("checkpoint-id", hash, HASH_BYTES);
	book_hex("leaf-station", world_station_leaf());
}

TEST(calls_on_the_control_socket_are_framed_as_section_8_shows)
{
	static const struct control_event event = {.at = NOW, .precedence = PRECEDENCE_FLASH};
	static const uint8_t version[] = {0x91, CONTROL_VERSION};
	struct control_rpc request = {.type = CONTROL_REQUEST, .id = 1}, response = {.type = CONTROL_RESPONSE, .id = 1},
			   refusal = {.type = CONTROL_RESPONSE,
				      .id = 2,
				      .has_error = true,
				      .error_code = CONTROL_UNKNOWN},
			   told = {.type = CONTROL_EVENT};
	struct control_event e = event;
	uint8_t params[256];
	struct pack_writer p = pack_writer(params, sizeof params);

	request.method = bytes_of("hello");
	request.params = (struct bytes){version, sizeof version};
	world_rpc("control-request", &request);
	pack_put_array(&p, 4);
	pack_put_uint(&p, CONTROL_VERSION);
	pack_put_text(&p, "tha-cert");
	pack_put_text(&p, "watch-1");
	pack_put_uint(&p, ROLE_WATCH);
	response.params = pack_written(&p);
	world_rpc("control-response", &response);
	refusal.error = bytes_of("There is no draft 7.");
	world_rpc("control-error", &refusal);
	e.event = bytes_of("message");
	e.number = bytes_of("2026-048 213");
	e.from = bytes_of("tha-cert");
	e.to = bytes_of("vnm-cert");
	e.detail = bytes_of("notice");
	p = pack_writer(params, sizeof params);
	control_put_event(&p, &e);
	told.method = bytes_of("event");
	told.params = pack_written(&p);
	world_rpc("control-event", &told);
}

TEST(an_attachment_is_encrypted_as_section_5_shows)
{
	struct bytes plain = bytes_of("attached");
	uint8_t cipher[128], key[KEY_BYTES];
	struct attachment_stream stream;
	struct attachment a = {.name = bytes_of("note.txt"), .media_type = bytes_of("text/plain"), .len = plain.len};
	static struct content content;
	struct pack_writer out = pack_writer(world()->scratch, sizeof world()->scratch);

	a.cipher_len = attachment_cipher_len(a.len);
	memset(key, ATTACHMENT_KEY, sizeof key);
	memset(cipher, ATTACHMENT_HEADER, ATTACHMENT_HEADER_BYTES);
	attachment_seal_begin(&stream, key, cipher, a.len);
	attachment_seal(&stream, plain.data, cipher + ATTACHMENT_HEADER_BYTES);
	attachment_seal_end(&stream, a.hash, a.cipher_hash);
	show("attachment-ciphertext", cipher, a.cipher_len);
	memcpy(a.key, key, sizeof key);
	content.attachment_count = 1;
	content.attachment[0] = a;
	content_encode(&content, &out);
	show("attachment-in-content", out.data + 24, out.len - 26); /* after seven elements, before remarks and ext */
}

TEST(files_that_people_carry_are_as_section_9_shows)
{
	struct world *w = world();
	struct pack_writer out = pack_writer(w->scratch, sizeof w->scratch);
	char spoken[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX], both[FINGERPRINT_TEXT + FINGERPRINT_HEX + 2];
	uint8_t random[LOCK_RANDOM_BYTES];

	armour_encode("CARD", w->a.card, &out);
	book_text("card-armour", pack_written(&out));
	key_fingerprint(w->a.keys.root.public, spoken);
	key_fingerprint_hex(w->a.keys.root.public, hex);
	snprintf(both, sizeof both, "%s\n%s\n", spoken, hex);
	book_text("fingerprint", bytes_of(both));
	book_hex("offer", world_offer());
	memset(random, LOCK_FILL, sizeof random);
	out = pack_writer(w->scratch, sizeof w->scratch);
	CHECK_EQUAL(lock_close(bytes_of("offer"), bytes_of("passphrase"), random, bytes_of("inside"), &out), RESULT_OK);
	show_written("locked", &out);
}

TEST(an_export_is_the_arrays_of_section_9)
{
	struct world *w = world();
	struct bytes origin = bytes_of("hotline/vnm-cert/tha-cert"), others = bytes_of("hotline/tha-cert/vnm-cert");
	struct export_record records[] = {
	    {.kind = EXPORT_BEGIN, .station = bytes_of("vnm-cert"), .until = NOW, .made_at = NOW},
	    {.kind = EXPORT_CARD, .bytes = w->b.card},
	    {.kind = EXPORT_HASH, .origin = origin},
	    {.kind = EXPORT_ENTRY, .origin = origin, .index = 1, .bytes = w->leaf[1]},
	    {.kind = EXPORT_CHECKPOINT, .bytes = w->note},
	    {.kind = EXPORT_OBJECT, .bytes = w->receipt},
	    {.kind = EXPORT_CONTENT, .bytes = w->content},
	    {.kind = EXPORT_HEAD, .origin = others, .size = 1},
	    {.kind = EXPORT_END, .size = 8},
	};
	static const char *const names[] = {"export-begin",   "export-card",	   "export-hash",
					    "export-entry",   "export-checkpoint", "export-object",
					    "export-content", "export-head",	   "export-end"};

	merkle_leaf(w->leaf[0], records[2].hash);
	memcpy(records[7].hash, w->seen_root, HASH_BYTES);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		struct pack_writer out = pack_writer(w->scratch, sizeof w->scratch);
		struct export_record again;
		size_t len;

		export_encode(&records[i], &out);
		show_written(names[i], &out);
		CHECK_EQUAL(export_decode(pack_written(&out), &again, &len), RESULT_OK);
	}
}

/* Both logs with the message: B's with its custody receipt, and A's, of which that receipt names a head. */
TEST(a_proof_is_the_array_of_section_9)
{
	static struct proof_file proof, again;
	struct world *w = world();
	struct pack_writer out = pack_writer(w->scratch, sizeof w->scratch), note;
	struct checkpoint head = {.origin = bytes_of("hotline/tha-cert/vnm-cert"), .size = 1};
	struct bytes sent = world_leaf(LEAF_SENT, SALT_A0, NOW + SECOND_US, w->message_id);
	uint8_t hash[2][HASH_BYTES];

	note = world_writer();
	merkle_leaf(w->leaf[0], hash[0]);
	merkle_leaf(w->leaf[1], hash[1]);
	memcpy(head.root, w->seen_root, HASH_BYTES);
	checkpoint_sign(&head, &w->a.keys.log, &note);
	proof.message = w->message;
	proof.log_count = proof.card_count = 2;
	proof.log[0] = (struct proof_log){.origin = head.origin,
					  .checkpoint = world_keep(&note),
					  .entry_count = 1,
					  .entry = {{0, sent, {NULL, 0}, {NULL, 0}}},
					  .witness = w->receipt};
	proof.log[1] = (struct proof_log){.origin = bytes_of("hotline/vnm-cert/tha-cert"),
					  .checkpoint = w->note,
					  .entry_count = 2,
					  .entry = {{0, w->leaf[0], {NULL, 0}, {hash[1], HASH_BYTES}},
						    {1, w->leaf[1], w->receipt, {hash[0], HASH_BYTES}}}};
	proof.card[0] = w->a.card;
	proof.card[1] = w->b.card;
	proof_encode(&proof, &out);
	show_written("proof", &out);
	CHECK_EQUAL(proof_decode(pack_written(&out), &again), RESULT_OK);
	CHECK(proof_path_leads(again.log[1].entry[1].path, w->leaf[1], 1, 2, w->head_root));
	CHECK(proof_path_leads(again.log[0].witness_path, sent, 0, 1, w->seen_root));
}

/* Last: in writing mode it also puts the text on the disk. */
TEST(evidence_is_the_array_of_section_9)
{
	struct world *w = world();
	struct pack_writer out = pack_writer(w->scratch, sizeof w->scratch);
	struct evidence evidence = {.origin = bytes_of("hotline/vnm-cert/tha-cert"), .what = EVIDENCE_SAME_SIZE, .at = NOW},
			again;

	evidence.head[0].size = evidence.head[1].size = 2;
	memcpy(evidence.head[0].root, w->head_root, HASH_BYTES);
	evidence.head[0].statement = w->note;
	memset(evidence.head[1].root, 0x99, HASH_BYTES);
	evidence_encode(&evidence, &out);
	show_written("evidence", &out);
	CHECK_EQUAL(evidence_decode(pack_written(&out), &again), RESULT_OK);
	CHECK(evidence_is_signed(&again, 0, w->b.keys.signing.public, w->b.keys.log.public));
	CHECK(!evidence_is_signed(&again, 0, w->a.keys.signing.public, w->a.keys.log.public));
	CHECK(!evidence_is_signed(&again, 1, w->b.keys.signing.public, w->b.keys.log.public));
}

TEST(no_marked_block_of_the_text_lacks_its_example)
{
	CHECK(book.count > 0);
	CHECK_EQUAL(book_orphans(), 0);
	if (book_is_writing())
		book_save();
}
