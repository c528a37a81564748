/* Cards and other armoured files on the disk, and the signing of a card. */
#include "client/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "proto/armour.h"
#include "proto/result.h"

int keys_read_armour(const char *path, const char *label, const char *what, uint8_t out[KEYS_ARMOUR_BYTES],
		     size_t *out_len)
{
	uint8_t *text;
	size_t len = 0;
	int result = secret_read(path, KEYS_ARMOUR_BYTES, &text, &len);

	if (result != 0) {
		say_error(_("%s can't be read: %s"), path, result == -EFBIG ? _("it is too large") : strerror(-result));
		return REFUSED;
	}
	result = armour_decode(label, (struct bytes){text, len}, out, out_len);
	free(text);
	if (result == RESULT_DIFFERENT)
		say_error(_("%s was damaged on its way: its checksum does not fit"), path);
	else if (result != RESULT_OK)
		say_error(_("%s holds no %s"), path, what);
	return result == RESULT_OK ? DONE : REFUSED;
}

int keys_read_card(const char *path, struct card_file *out)
{
	int result, outcome = keys_read_armour(path, "CARD", "card", out->bytes, &out->len);

	if (outcome != DONE)
		return outcome;
	result = card_open((struct bytes){out->bytes, out->len}, &out->object, &out->card);
	if (result != RESULT_OK)
		say_error(_("the card in %s is refused: %s"), path, lang_name(result_name(result)));
	return result == RESULT_OK ? DONE : REFUSED;
}

void keys_name(const struct station_keys *keys, struct card *card)
{
	memcpy(card->signing, keys->signing.public, KEY_BYTES);
	memcpy(card->log, keys->log.public, KEY_BYTES);
	memcpy(card->link, keys->link.public, KEY_BYTES);
}

bool keys_are_named(const struct station_keys *keys, const struct card *card)
{
	return bytes_equal(name_bytes(&keys->name), card->name) &&
	       memcmp(card->signing, keys->signing.public, KEY_BYTES) == 0 &&
	       memcmp(card->log, keys->log.public, KEY_BYTES) == 0 &&
	       memcmp(card->link, keys->link.public, KEY_BYTES) == 0;
}

int keys_sign_card(struct card *card, const struct sign_pair *root, struct pack_writer *out)
{
	static uint8_t body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES];
	struct pack_writer b = pack_writer(body, sizeof body), o = pack_writer(encoded, sizeof encoded);
	struct object object;
	struct card again;

	memcpy(card->root, root->public, KEY_BYTES);
	card_encode(card, &b);
	if (!b.is_over)
		object_sign(OBJECT_CARD, pack_written(&b), root, &o);
	if (b.is_over || o.is_over || card_open(pack_written(&o), &object, &again) != RESULT_OK) {
		say_error(_("this makes no valid card: look at the zone, endpoints (host:port), hours and alternates"));
		return USAGE;
	}
	armour_encode("CARD", pack_written(&o), out);
	return out->is_over ? REFUSED : DONE;
}
