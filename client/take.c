/* Card files and revocations that come by courier. */
#include "client/take.h"

#include <stdlib.h>

#include "client/card_lines.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/show.h"
#include "client/text.h"
#include "proto/armour.h"
#include "proto/result.h"
#include "proto/revocation.h"

/* Decodes the block under a label into memory that the caller frees; NULL when there is none. */
static uint8_t *unpack(const char *label, struct bytes text, size_t *out_len)
{
	uint8_t *encoded = must(malloc(text.len + 1));

	if (utf8_is_valid(text) && armour_decode(label, text, encoded, out_len) == RESULT_OK)
		return encoded;
	free(encoded);
	return NULL;
}

bool take_is_ours(struct bytes text)
{
	size_t len;
	uint8_t *card = unpack("CARD", text, &len), *revocation = unpack("REVOCATION", text, &len);
	bool is_ours = card != NULL || revocation != NULL;

	free(card);
	free(revocation);
	return is_ours;
}

/* What the new card changes against the one that the station holds. */
static int show_changes(struct client *client, const struct card *card)
{
	struct pack_writer params = call_params(1, 128);
	struct control_contact contact;
	struct card_lines before, now;
	struct object object;
	struct card held;
	struct pack_reader r;
	int result;

	pack_put_str(&params, card->name);
	result = call_do(&client->call, METHOD_CONTACT, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	control_read_contact(&r, &contact);
	result = call_read_end(&client->call, &r);
	if (result != DONE)
		return result;
	if (card_open(contact.card, &object, &held) != RESULT_OK) {
		say_error(_("the card that the station holds can't be read"));
		return REFUSED;
	}
	card_lines_init(&before, &held);
	card_lines_init(&now, card);
	if (card_lines_compare(stdout, &before, &now) == 0)
		say(stdout, _("nothing on the card changes"));
	card_lines_finish(&before);
	card_lines_finish(&now);
	return DONE;
}

static int show_revocation(const struct revocation *revocation)
{
	const char *reason = revocation_reason_name(revocation->reason);
	char at[TIME_TEXT];

	time_format_dtg(revocation->at, at);
	say(stdout, _("revocation of %.*s: every card up to serial %llu, %s, signed at %s"), BYTES(revocation->name),
	    (unsigned long long)revocation->serial,
	    reason != NULL ? reason : _("for a reason this version does not know"), at);
	return DONE;
}

static int describe(struct client *client, struct bytes text)
{
	struct revocation revocation;
	struct object object;
	struct card card;
	size_t len = 0;
	uint8_t *encoded = unpack("CARD", text, &len);
	bool is_card = encoded != NULL;
	int outcome = REFUSED;

	if (!is_card)
		encoded = unpack("REVOCATION", text, &len);
	if (is_card && card_open((struct bytes){encoded, len}, &object, &card) == RESULT_OK)
		outcome = show_changes(client, &card);
	else if (!is_card && object_decode((struct bytes){encoded, len}, &object) == RESULT_OK &&
		 revocation_decode(object.body, &revocation) == RESULT_OK)
		outcome = show_revocation(&revocation);
	else
		say_error(_("this %s is damaged: ask for it again"), is_card ? _("card") : _("revocation"));
	free(encoded);
	return outcome;
}

int take_text(struct client *client, struct bytes text)
{
	struct pack_writer params;
	struct pack_reader r;
	int result = describe(client, text);

	if (result != DONE)
		return result;
	params = call_params(1, text.len + 16);
	pack_put_str(&params, text);
	result = call_do(&client->call, METHOD_TAKE, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	result = call_read_end(&client->call, &r);
	if (result == DONE)
		say(stdout, _("taken; it is in force here now"));
	return result;
}
