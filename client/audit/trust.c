/* The roots that the auditor named, by card or by fingerprint, one a state. */
#include "client/audit/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/armour.h"
#include "proto/card.h"
#include "proto/result.h"

#define FINGERPRINT_DIGITS 40

static bool row_matches(const struct audit_root *row, const uint8_t root[KEY_BYTES])
{
	return row->has_root ? memcmp(row->root, root, KEY_BYTES) == 0
			     : key_fingerprint_matches(root, bytes_of(row->fingerprint));
}

int audit_trust_check(const struct audit_trust *trust, struct bytes state, const uint8_t root[KEY_BYTES])
{
	int result = RESULT_KEY;

	for (size_t i = 0; i < trust->count; i++) {
		if (!bytes_equal(bytes_of(trust->root[i].state), state))
			continue;
		if (!row_matches(&trust->root[i], root))
			return RESULT_DIFFERENT;
		result = RESULT_OK;
	}
	return result;
}

/* A card object whose bytes are at encoded. */
static int add_card(struct audit_trust *trust, struct bytes encoded)
{
	struct audit_root *row = &trust->root[trust->count];
	struct object object;
	struct card card;
	int result = card_open(encoded, &object, &card);

	if (result == RESULT_OK && audit_trust_check(trust, card.state, card.root) == RESULT_DIFFERENT)
		result = RESULT_DIFFERENT;
	if (result != RESULT_OK)
		return result;
	memset(row, 0, sizeof *row);
	memcpy(row->state, card.state.data, card.state.len);
	row->has_root = true;
	memcpy(row->root, card.root, KEY_BYTES);
	name_copy(card.name, &row->name);
	row->serial = card.serial;
	row->valid_from = card.valid_from;
	row->valid_until = card.valid_until;
	memcpy(row->id, object.id, sizeof row->id);
	memcpy(row->signing, card.signing, KEY_BYTES);
	memcpy(row->log, card.log, KEY_BYTES);
	trust->count++;
	return RESULT_OK;
}

int audit_trust_add_card(struct audit_trust *trust, struct bytes file)
{
	uint8_t *decoded;
	size_t len;
	int result;

	if (trust->count == AUDIT_TRUST_MAX || file.len > AUDIT_CARD_FILE_BYTES)
		return RESULT_LIMIT;
	if (file.len > 0 && file.data[0] == 0x93) /* an array of three, as objects are */
		return add_card(trust, file);
	decoded = malloc(file.len + 1);
	if (decoded == NULL)
		return -ENOMEM;
	result = armour_decode("CARD", file, decoded, &len);
	if (result == RESULT_OK)
		result = add_card(trust, (struct bytes){decoded, len});
	free(decoded);
	return result;
}

/* Copies the digits of a fingerprint without spaces: 40 decimal or 64 hex ones. */
static bool read_fingerprint(struct bytes text, char out[FINGERPRINT_HEX])
{
	size_t len = 0, decimal = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool is_decimal = c >= '0' && c <= '9', is_hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (c == ' ')
			continue;
		if ((!is_decimal && !is_hex) || len == FINGERPRINT_HEX - 1)
			return false;
		out[len++] = (char)(is_decimal ? c : c | 0x20);
		decimal += is_decimal;
	}
	out[len] = 0;
	return len == FINGERPRINT_HEX - 1 || (len == FINGERPRINT_DIGITS && decimal == len);
}

int audit_trust_add_root(struct audit_trust *trust, struct bytes text)
{
	const uint8_t *equals = text.len > 0 ? memchr(text.data, '=', text.len) : NULL;
	struct audit_root row = {.has_root = false};
	struct bytes state = {text.data, equals != NULL ? (size_t)(equals - text.data) : 0};

	if (trust->count == AUDIT_TRUST_MAX)
		return RESULT_LIMIT;
	if (!name_is_state(state) ||
	    !read_fingerprint((struct bytes){equals + 1, text.len - state.len - 1}, row.fingerprint))
		return RESULT_MALFORMED;
	memcpy(row.state, state.data, state.len);
	trust->root[trust->count++] = row;
	return RESULT_OK;
}
