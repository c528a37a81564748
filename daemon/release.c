/*
 * The release: the act that turns an approved draft into a message, numbered, time-stamped, signed and queued to every
 * addressee in one commit (SPEC 5).
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"
#include "daemon/store_blob.h"

/* Six random digits that this station has not used in this year and mode (SPEC 5): they count nothing. */
static struct number draw_number(struct station *st, bool is_exercise)
{
	struct number number = {.year = time_year(st->now.real_us)};
	uint32_t random;

	for (int tries = 0; tries < 10000; tries++) {
		st->random(st->random_ctx, &random, sizeof random);
		if (random >= UINT32_MAX - UINT32_MAX % 1000000)
			continue; /* so that every number is as likely */
		number.digits = random % 1000000;
		if (!store_message_own_number_taken(st->store, number, is_exercise))
			break;
	}
	return number;
}

static struct peer *addressee(struct station *st, const struct message *message, size_t i)
{
	return core_peer(st, message_addressee(message, i));
}

/* A card outside its validity warns and asks once more; it never blocks. */
static int check_validity(struct station *st, const struct peer *peer)
{
	bool is_early = st->now.real_us < peer->card.valid_from;
	char at[TIME_TEXT];

	if (!is_early && st->now.real_us < peer->card.valid_until)
		return 0;
	time_format_dtg(is_early ? peer->card.valid_from : peer->card.valid_until, at);
	return core_refuse(st, CONTROL_ASK,
			   is_early ? N_("The card of %s is not valid before %s; its office may not answer yet.")
				    : N_("The card of %s expired at %s; its office may have changed."),
			   peer->name.text, at);
}

/* Nothing may stand in the way of any addressee: all are queued, or none. */
static int check_addressees(struct station *st, const struct message *message, size_t size, bool anyway)
{
	uint64_t waiting, given, bytes;

	for (size_t i = 0; i < message_addressee_count(message); i++) {
		struct peer *peer = addressee(st, message, i);

		if (peer == NULL)
			return core_refuse(st, CONTROL_REFUSED,
					   "An addressee of this draft is no longer an enrolled contact point.");
		store_outbox_totals(st->store, peer->id, &waiting, &given, &bytes);
		if (bytes + size > LIMIT_OUTBOX_BYTES)
			return core_refuse(
			    st, CONTROL_REFUSED,
			    "The outbox for %s is full (%llu MiB wait); nothing was released. Deliver by another path "
			    "or wait until the link is back.",
			    peer->name.text, (unsigned long long)(bytes / MIB));
		if (!anyway && check_validity(st, peer) != 0)
			return CONTROL_ASK;
	}
	return 0;
}

static void queue(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES], size_t size)
{
	for (size_t i = 0; i < message_addressee_count(message); i++) {
		struct peer *peer = addressee(st, message, i);

		outbox_message(st, peer, id, message, size);
	}
}

/* What may have come about since the draft was written. */
static int check_release(struct station *st, const struct release_act *act, const struct message *message, size_t size)
{
	int result = check_addressees(st, message, size, act->anyway);

	if (result == 0 && message->expires != 0 && message->expires <= st->now.real_us)
		result = core_refuse(st, CONTROL_REFUSED, "The message would have expired when it is released.");
	if (result == 0)
		result = supersede_check(st, message);
	return result == 0 ? service_check_release(st, message, act->reason) : result;
}

/* What the record says of who released it, and those who follow. */
static void note(struct station *st, const struct release_act *act, const struct message *message,
		 const uint8_t id[OBJECT_ID_BYTES])
{
	if (act->reason.len > 0)
		core_log_act(st, STATION_REASON, id, "uttu", act->draft, act->reason, act->officer, act->uid);
	core_notify(st, "released", message, core_own_name(st), (struct bytes){NULL, 0}, kind_name(message->kind));
	core_journal(st, "event=released number=%04u-%06u precedence=%s officer=%.*s", message->number.year,
		     message->number.digits, precedence_name(message->precedence), (int)act->officer.len,
		     (const char *)act->officer.data);
}

int release_now(struct station *st, const struct release_act *act, struct message *message, struct bytes content,
		uint8_t out_id[OBJECT_ID_BYTES])
{
	static uint8_t body[LIMIT_OBJECT_BYTES], encoded[LIMIT_OBJECT_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), object = pack_writer(encoded, sizeof encoded);
	bool is_exercise = message->exercise.len > 0;
	enum object_type type = is_exercise ? OBJECT_MESSAGE_EXERCISE : OBJECT_MESSAGE;
	int result;

	message->number = draw_number(st, is_exercise);
	message->released_at = st->now.real_us;
	message->clock_error = st->now.error_ms;
	message->card_serial = st->card.serial;
	hash_sha256(content, message->content_hash);
	result = message_check(message, type);
	if (result != RESULT_OK)
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "The draft can't be released: its header is %s (look at addressees, ladder-to and marking).",
		    result_name(result));
	message_encode(message, &w);
	object_sign(type, pack_written(&w), &st->keys.signing, &object);
	if (w.is_over || object.is_over)
		return core_refuse(st, CONTROL_REFUSED, "The header is over the limit of %u bytes.",
				   LIMIT_OBJECT_BYTES);
	result = check_release(st, act, message, object.len + content.len);
	if (result != 0)
		return result;
	object_id(pack_written(&object), out_id);
	store_object_put(st->store, out_id, pack_written(&object));
	store_content_put(st->store, message->content_hash, content);
	if (act->draft != 0)
		store_blob_sent(st->store, act->draft, out_id);
	core_log_act(st, STATION_RELEASE, out_id, "utu", act->draft, act->officer, act->uid);
	queue(st, message, out_id, object.len + content.len);
	check_released(st, act, message, out_id, content);
	note(st, act, message, out_id);
	return 0;
}

int release_view(struct station *st, const uint8_t id[OBJECT_ID_BYTES], struct pack_writer *out)
{
	static struct control_message view;
	struct message_row row;

	if (!store_message(st->store, id, &row) || track_message(st, &row, false, &view) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The message was released but can't be shown.");
	control_put_message(out, &view);
	return 0;
}

int release_alone(struct station *st, struct client *client, struct message *message, struct bytes content,
		  struct pack_writer *out)
{
	const struct release_act act = {
	    .officer = client != NULL ? name_bytes(&client->officer->function) : bytes_of(STATION_FUNCTION),
	    .uid = client != NULL ? client->uid : 0,
	    .anyway = true};
	uint8_t id[OBJECT_ID_BYTES];
	int result = release_now(st, &act, message, content, id);

	return result != 0 || out == NULL ? result : release_view(st, id, out);
}

/* An approved draft's header, with its releasers, in memory that stays until the next call. */
static int load_approved(struct station *st, uint64_t id, struct message *out, struct draft_row *out_row)
{
	static uint8_t header[LIMIT_OBJECT_BYTES];
	static struct name releaser[LIMIT_RELEASERS];
	struct name last = {""};
	size_t needed;

	if (!store_draft(st->store, id, out_row))
		return core_refuse(st, CONTROL_UNKNOWN,
				   "There is no draft %llu; hotline draft list shows those there are.",
				   (unsigned long long)id);
	memcpy(header, out_row->header.data, out_row->header.len);
	if (message_decode((struct bytes){header, out_row->header.len}, out) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be read from the store.",
				   (unsigned long long)id);
	out->releaser_count = 0;
	while (out->releaser_count < LIMIT_RELEASERS && store_approval_after(st->store, id, name_bytes(&last), &last)) {
		releaser[out->releaser_count] = last;
		out->releaser[out->releaser_count] = name_bytes(&releaser[out->releaser_count]);
		out->releaser_count++;
	}
	needed = draft_approvals_needed(st, out);
	if (out->releaser_count < needed)
		return core_refuse(
		    st, CONTROL_REFUSED,
		    "Draft %llu has %zu of the %zu approvals that precedence %s needs; nothing was released.",
		    (unsigned long long)id, out->releaser_count, needed, precedence_name(out->precedence));
	return 0;
}

int release_check_approvals(struct station *st, uint64_t draft)
{
	static struct message message;
	struct draft_row row;

	return load_approved(st, draft, &message, &row);
}

int release_approved(struct station *st, const struct release_act *act, uint8_t out_id[OBJECT_ID_BYTES])
{
	static struct message message;
	struct draft_row row;
	int result = load_approved(st, act->draft, &message, &row);

	if (result == 0)
		result = release_now(st, act, &message, row.content, out_id);
	if (result == 0) {
		store_draft_delete(st->store, act->draft);
		timed_load(st);
	}
	return result;
}

int release_hold(struct station *st, struct client *client, struct bytes reference, int64_t until, struct bytes text,
		 struct pack_writer *out)
{
	static struct message message, held;
	static uint8_t header[LIMIT_OBJECT_BYTES], words[4 * LIMIT_TEXT_PRIORITY + 4096];
	struct pack_writer w = pack_writer(header, sizeof header);
	const struct release_act act = {
	    .officer = name_bytes(&client->officer->function), .uid = client->uid, .anyway = true};
	const struct service_words hold = {.subject = "Hold", .until = until, .text = text};
	uint8_t id[OBJECT_ID_BYTES];
	struct message_row row;
	enum object_type type;
	int result = track_find(st, reference, &row);

	if (result != 0)
		return result;
	if (row.is_sent || !track_header(st, row.id, &held, &type))
		return core_refuse(st, CONTROL_REFUSED, "Only a received message can be put on hold.");
	if (until <= st->now.real_us || until > st->now.real_us + precedence_hold_limit(held.precedence))
		return core_refuse(st, CONTROL_REFUSED,
				   "A hold of this message may last until at most %d hours from now.",
				   (int)(precedence_hold_limit(held.precedence) / HOUR_US));
	if (utf8_length(text) > precedence_text_limit(held.precedence))
		return core_refuse(st, CONTROL_REFUSED, "The text is over the limit of %zu characters.",
				   precedence_text_limit(held.precedence));
	/* the held header's texts lie in the store's buffer, which release() needs: keep a copy of its bytes */
	message_encode(&held, &w);
	if (message_decode(pack_written(&w), &held) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The message can't be read from the store.");
	message = (struct message){.kind = KIND_HOLD,
				   .exercise = held.exercise,
				   .from = core_own_name(st),
				   .action_count = 1,
				   .action = {held.from},
				   .precedence = held.precedence,
				   .drafter = act.officer,
				   .releaser_count = 1,
				   .releaser = {act.officer},
				   .has_incident = held.has_incident,
				   .has_in_reply_to = true,
				   .tlp = held.tlp,
				   .is_without_prejudice = true};
	memcpy(message.incident, held.incident, INCIDENT_BYTES);
	memcpy(message.in_reply_to, row.id, OBJECT_ID_BYTES);
	result = release_now(st, &act, &message, service_content(st, &hold, words, sizeof words), id);
	return result != 0 ? result : release_view(st, id, out);
}
