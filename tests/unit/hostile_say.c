/* What a hostile peer says: parcels, items and objects under its true keys; and calls on the control socket. */
#include "tests/unit/hostile_peer.h"

size_t hostile_seal(struct hostile *h, const struct seal_head *head, struct bytes plain, uint8_t *out)
{
	struct week_keys keys = hostile_week_keys(h);
	uint8_t ephemeral[KEY_BYTES];
	size_t len;

	hostile_random(&h->random, ephemeral, sizeof ephemeral);
	HOSTILE_NEED(seal_close(head, &h->peer.keys.link, h->own.keys.link.public, keys.seal, ephemeral, plain, out,
				&len) == RESULT_OK);
	return len;
}

struct seal_head hostile_seal_head(const struct hostile *h, uint64_t seq)
{
	return (struct seal_head){h->peer.keys.name,	     h->own.keys.name,	  0,
				  time_week(h->now.real_us), PRECEDENCE_PRIORITY, seq};
}

void hostile_pieces(struct hostile *h, uint64_t seq, struct bytes sealed)
{
	struct frame frame = {.type = FRAME_PIECE, .piece = {.seq = seq, .total = sealed.len}};
	size_t room = frame_piece_room(HOSTILE_PLAIN - FRAME_LENGTH_BYTES, INT64_MAX, INT64_MAX, INT64_MAX), rest;
	uint8_t hash[HASH_BYTES];

	hash_sha256(sealed, hash);
	memcpy(frame.piece.tag, hash, FRAME_TAG_BYTES);
	for (size_t offset = 0; offset < sealed.len && !h->is_closed; offset += room) {
		rest = sealed.len - offset;
		frame.piece.offset = offset;
		frame.piece.data = (struct bytes){sealed.data + offset, rest < room ? rest : room};
		hostile_frame(h, &frame);
	}
}

void hostile_parcel(struct hostile *h, uint64_t seq, struct bytes plain)
{
	uint8_t *sealed = malloc(seal_capacity(plain.len));
	struct seal_head head = hostile_seal_head(h, seq);

	HOSTILE_NEED(sealed != NULL);
	hostile_pieces(h, seq, (struct bytes){sealed, hostile_seal(h, &head, plain, sealed)});
	free(sealed);
}

void hostile_item(struct hostile *h, struct bytes item)
{
	uint8_t *plain = malloc(item.len + 64);
	struct pack_writer w = pack_writer(plain, item.len + 64);

	HOSTILE_NEED(plain != NULL);
	parcel_put_head(&w, ++h->seq, 1);
	pack_put_raw(&w, item);
	hostile_parcel(h, h->seq, pack_written(&w));
	free(plain);
}

void hostile_object(struct hostile *h, enum item_type type, struct bytes object)
{
	static uint8_t item[LIMIT_OBJECT_BYTES + 64];
	struct pack_writer w = pack_writer(item, sizeof item);

	parcel_put_object(&w, type, object);
	hostile_item(h, pack_written(&w));
}

struct message hostile_message(void)
{
	return (struct message){.number = {2026, 48213},
				.kind = KIND_NOTICE,
				.from = bytes_of(HOSTILE_PEER),
				.action_count = 1,
				.action = {bytes_of(HOSTILE_STATION)},
				.precedence = PRECEDENCE_PRIORITY,
				.released_at = HOSTILE_NOON,
				.drafter = bytes_of("watch-2"),
				.releaser_count = 1,
				.releaser = {bytes_of("head")},
				.card_serial = 5};
}

size_t hostile_content(uint8_t salt, uint8_t *out, size_t size)
{
	struct content content = {.salt = {salt},
				  .subject = bytes_of("Ransomware in two hospitals"),
				  .lang = bytes_of("en"),
				  .text = bytes_of("Two hospitals report encrypted file servers.")};
	struct pack_writer w = pack_writer(out, size);

	content_encode(&content, &w);
	return w.len;
}

size_t hostile_sign_message(const struct message *given, enum object_type type, const struct sign_pair *pair,
			    struct bytes content, uint8_t *out, size_t size)
{
	static uint8_t body[LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(out, size);
	struct message message = *given;

	hash_sha256(content, message.content_hash);
	message_encode(&message, &w);
	object_sign(type, pack_written(&w), pair, &object);
	return object.len;
}

void hostile_send_message(struct hostile *h, struct bytes object, struct bytes content)
{
	uint8_t *item = malloc(object.len + content.len + 128);
	struct pack_writer w = pack_writer(item, object.len + content.len + 128);

	HOSTILE_NEED(item != NULL);
	parcel_put_message(&w, object, content, (struct bytes){NULL, 0});
	hostile_item(h, pack_written(&w));
	free(item);
}

void hostile_request(struct hostile *h, uint32_t client, enum method method, struct bytes params)
{
	static uint8_t frame[CONTROL_MAX_BYTES];
	struct pack_writer w = pack_writer(frame, sizeof frame);
	struct control_rpc rpc = {
	    .type = CONTROL_REQUEST, .id = 1, .method = bytes_of(method_rows[method].name), .params = params};

	control_put_rpc(&w, &rpc);
	hostile_turn(h, &(struct event){.type = EVENT_REQUEST, .conn = client, .data = pack_written(&w)});
}

void hostile_client(struct hostile *h, uint32_t client, uint32_t uid)
{
	static const uint8_t version[] = {0x91, CONTROL_VERSION};

	hostile_turn(h, &(struct event){.type = EVENT_CLIENT, .conn = client, .uid = uid});
	hostile_request(h, client, METHOD_HELLO, (struct bytes){version, sizeof version});
}

bool hostile_release(struct hostile *h, uint8_t out_id[HASH_BYTES])
{
	static const uint8_t decide[] = {0x92, 0x01, 0xc2};
	static uint8_t header[1024], words[1024], params[4096];
	uint8_t class_code = 2, severity[] = {0x93, 3, 0xa0, 0xa0}, status = 1;
	struct message message = hostile_message();
	struct pack_writer w = pack_writer(header, sizeof header), p = pack_writer(params, sizeof params);
	size_t len = hostile_content(3, words, sizeof words);
	struct message_row row;
	struct content content;

	message.action[0] = bytes_of(HOSTILE_PEER);
	message_encode(&message, &w);
	HOSTILE_NEED(content_decode((struct bytes){words, len}, &content) == RESULT_OK);
	content.field_count = 3;
	content.field[0].code = FIELD_STATUS;
	content.field[0].value = (struct bytes){&status, 1};
	content.field[1].code = FIELD_CLASS;
	content.field[1].value = (struct bytes){&class_code, 1};
	content.field[2].code = FIELD_SEVERITY;
	content.field[2].value = (struct bytes){severity, sizeof severity};
	pack_put_array(&p, 2);
	pack_put_bytes(&p, pack_written(&w));
	w = pack_writer(header, sizeof header);
	content_encode(&content, &w);
	pack_put_bytes(&p, pack_written(&w));
	hostile_client(h, 1, 1001);
	hostile_client(h, 2, 1002);
	hostile_request(h, 1, METHOD_DRAFT_NEW, pack_written(&p));
	hostile_request(h, 2, METHOD_APPROVE, (struct bytes){decide, sizeof decide});
	hostile_request(h, 2, METHOD_RELEASE, (struct bytes){(const uint8_t *)"\x93\x01\xc2\xa0", 4});
	if (!store_message_before(h->store, INT64_MAX, INT64_MAX, &row) || !row.is_sent)
		return false;
	memcpy(out_id, row.id, HASH_BYTES);
	hostile_turn(h, &(struct event){.type = EVENT_ROOM, .conn = h->conn, .count = 100});
	return true;
}
