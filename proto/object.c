/*
 * Signed objects (SPEC 5). The signature covers the type's name with the body, so that an object of one type, or of
 * an exercise, never verifies as another.
 */
#include "proto/object.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

#define TEXT_PREFIX "hotline/1/"
#define TYPE_COUNT (OBJECT_COPY_EXERCISE + 1)

static const char *const type_names[TYPE_COUNT] = {
    [OBJECT_CARD] = "card",
    [OBJECT_REVOCATION] = "revocation",
    [OBJECT_OFFER] = "offer",
    [OBJECT_MESSAGE] = "message",
    [OBJECT_RECEIPT] = "receipt",
    [OBJECT_COPY] = "copy",
    [OBJECT_MESSAGE_EXERCISE] = "message-exercise",
    [OBJECT_RECEIPT_EXERCISE] = "receipt-exercise",
    [OBJECT_COPY_EXERCISE] = "copy-exercise",
};

const char *object_type_name(enum object_type type)
{
	assert((unsigned)type < TYPE_COUNT);
	return type_names[type];
}

bool object_is_exercise(enum object_type type)
{
	return type == OBJECT_MESSAGE_EXERCISE || type == OBJECT_RECEIPT_EXERCISE || type == OBJECT_COPY_EXERCISE;
}

/* What is signed: "hotline/1/" || type || 0x00 || body. A body fits when its object can. */
struct signed_text {
	uint8_t data[LIMIT_OBJECT_BYTES + OBJECT_OVERHEAD_BYTES];
	size_t len;
};

static bool signed_text_make(enum object_type type, struct bytes body, struct signed_text *out)
{
	const char *name = object_type_name(type);
	size_t head = strlen(TEXT_PREFIX), len = head + strlen(name) + 1;

	if (body.len > LIMIT_OBJECT_BYTES)
		return false;
	memcpy(out->data, TEXT_PREFIX, head);
	memcpy(out->data + head, name, strlen(name) + 1); /* its end is the 0x00 */
	if (body.len > 0)
		memcpy(out->data + len, body.data, body.len);
	out->len = len + body.len;
	return true;
}

void object_sign(enum object_type type, struct bytes body, const struct sign_pair *pair, struct pack_writer *w)
{
	uint8_t signature[SIGNATURE_BYTES];
	struct signed_text text;
	size_t start = w->len;

	if (!signed_text_make(type, body, &text)) {
		w->is_over = true;
		return;
	}
	key_sign(pair, (struct bytes){text.data, text.len}, signature);
	pack_put_array(w, 3);
	pack_put_text(w, object_type_name(type));
	pack_put_bytes(w, body);
	pack_put_bin(w, signature, sizeof signature);
	if (w->len - start > LIMIT_OBJECT_BYTES)
		w->is_over = true; /* no receiver would take it */
}

static bool type_of(struct bytes name, enum object_type *out)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++)
		if (bytes_equal(name, bytes_of(type_names[i]))) {
			*out = (enum object_type)i;
			return true;
		}
	return false;
}

int object_read(struct bytes in, struct object *out)
{
	struct pack_reader r = pack_reader(in);
	struct bytes name, signature;
	struct object object = {0};
	int result;

	if (in.len > LIMIT_OBJECT_BYTES)
		return RESULT_LIMIT;
	pack_expect_array(&r, 3);
	name = pack_read_str(&r, SIZE_MAX);
	object.body = pack_read_bin(&r, SIZE_MAX);
	signature = pack_read_bin(&r, SIZE_MAX);
	result = pack_read_end(&r);
	if (result != RESULT_OK)
		return result;
	if (signature.len != SIGNATURE_BYTES)
		return RESULT_MALFORMED;
	if (!type_of(name, &object.type))
		return RESULT_NEWER;
	object.signature = signature.data;
	*out = object;
	return RESULT_OK;
}

int object_decode(struct bytes in, struct object *out)
{
	int result = object_read(in, out);

	if (result == RESULT_OK)
		object_id(in, out->id);
	return result;
}

int object_verify(const struct object *object, const uint8_t public[KEY_BYTES])
{
	struct signed_text text;

	if (!signed_text_make(object->type, object->body, &text))
		return RESULT_SIGNATURE;
	return key_verify(public, (struct bytes){text.data, text.len}, object->signature);
}

void object_id(struct bytes encoded, uint8_t out[OBJECT_ID_BYTES])
{
	hash_sha256(encoded, out);
}
