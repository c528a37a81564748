/* Drafts: kept as a header without stamp and a content, shown with what they still lack, approved. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"
#include "daemon/store_blob.h"

/* The precedence of the message that a draft answers; -1 when it answers none. */
static int answers_precedence(struct station *st, const struct message *message)
{
	struct message answered;
	enum object_type type;

	if (!message->has_in_reply_to || !track_header(st, message->in_reply_to, &answered, &type))
		return -1;
	return answered.precedence;
}

/* Whether every addressee is an enrolled peer. */
static int check_addressees(struct station *st, const struct message *message)
{
	for (size_t i = 0; i < message_addressee_count(message); i++) {
		struct bytes name = message_addressee(message, i);

		if (core_peer(st, name) == NULL)
			return core_refuse(
			    st, CONTROL_REFUSED,
			    "%.*s is not an enrolled contact point of this station; exchange offers with it first "
			    "(hotline contacts offer, accept) or correct the name.",
			    (int)name.len, (const char *)name.data);
	}
	return 0;
}

/* What a draft refers to must be here and of its mode. */
static int check_references(struct station *st, const struct message *message)
{
	struct message_row row;
	bool is_exercise = message->exercise.len > 0;

	if (message->has_in_reply_to &&
	    (!store_message(st->store, message->in_reply_to, &row) || row.is_exercise != is_exercise))
		return core_refuse(st, CONTROL_REFUSED,
				   "The message that this draft replies to is not held here, or is not of the same "
				   "mode (real or exercise).");
	if (incident_crosses_modes(st, message))
		return core_refuse(st, CONTROL_REFUSED,
				   "The incident of this draft is of the other mode (real or exercise).");
	return supersede_check(st, message);
}

/* A draft's header belongs to this station and its drafter; nothing of a release is in it yet. */
static void make_unstamped(struct station *st, struct message *message, struct bytes drafter)
{
	message->from = core_own_name(st);
	message->drafter = drafter;
	message->number = (struct number){0, 0};
	message->released_at = 0;
	message->clock_error = 0;
	message->releaser_count = 0;
	message->card_serial = 0;
	memset(message->content_hash, 0, HASH_BYTES);
}

/* What does not keep a draft from release, but should be looked at. */
#define WARNINGS 16
struct warnings {
	size_t count;
	char text[WARNINGS][256];
};

__attribute__((format(printf, 2, 3))) static void warn(struct warnings *warnings, const char *format, ...)
{
	va_list args;

	if (warnings->count == WARNINGS)
		return;
	va_start(args, format);
	vsnprintf(warnings->text[warnings->count++], sizeof *warnings->text, format, args);
	va_end(args);
}

static void warn_of(struct station *st, const struct message *message, struct warnings *out)
{
	struct name left_out;

	if (supersede_leaves_out(st, message, &left_out))
		warn(out, "%s got the message that this draft supersedes and is not an addressee of the draft.",
		     left_out.text);
	if (message->expires != 0 && message->reply_by != 0 && message->expires < message->reply_by)
		warn(out, "The draft expires before the time by which a reply is asked for.");
	for (size_t i = 0; i < message_addressee_count(message); i++) {
		struct bytes name = message_addressee(message, i);

		if (incident_state(st, message, name) == INCIDENT_CLOSED) {
			warn(out, "The incident is closed with %.*s; this draft opens it again.", (int)name.len,
			     (const char *)name.data);
			return;
		}
	}
}

static int find(struct station *st, uint64_t id, struct draft_row *out)
{
	if (store_draft(st->store, id, out))
		return 0;
	return core_refuse(st, CONTROL_UNKNOWN, "There is no draft %llu; hotline draft list shows those there are.",
			   (unsigned long long)id);
}

/* What a client gave, as it will be kept. */
struct given_draft {
	struct message message;
	struct content content;
	uint8_t header[LIMIT_OBJECT_BYTES], words[LIMIT_CONTENT_BYTES];
	struct pack_writer h, c;
};

/* Reads and judges; 0 or a refusal, and nothing was kept. */
static int read_draft(struct station *st, struct given_draft *given, struct bytes header, struct bytes content)
{
	int result = message_decode(header, &given->message);

	if (result == RESULT_OK)
		result = content_decode(content, &given->content);
	if (result != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The draft can't be read: %s; nothing was kept.",
				   result_name(result));
	if (given->content.attachment_count > 0)
		return core_refuse(st, CONTROL_REFUSED,
				   "A new draft has no attachments; they are given to it afterwards (hotline draft attach).");
	if (given->message.kind == 0 || given->message.kind > KIND_LAST || given->message.precedence > PRECEDENCE_FLASH)
		return core_refuse(st, CONTROL_REFUSED,
				   "The draft has an unknown kind or precedence; nothing was kept.");
	result = check_addressees(st, &given->message);
	return result != 0 ? result : check_references(st, &given->message);
}

/* Header and content as they are kept, under a new salt. */
static int encode_draft(struct station *st, struct client *client, struct given_draft *given)
{
	given->h = pack_writer(given->header, sizeof given->header);
	given->c = pack_writer(given->words, sizeof given->words);
	make_unstamped(st, &given->message, name_bytes(&client->officer->function));
	message_encode(&given->message, &given->h);
	st->random(st->random_ctx, given->content.salt, sizeof given->content.salt);
	content_encode(&given->content, &given->c);
	if (given->h.is_over || given->c.is_over)
		return core_refuse(st, CONTROL_REFUSED, "The draft is over the limit of %u bytes; nothing was kept.",
				   LIMIT_CONTENT_BYTES);
	return 0;
}

/* Logs what was kept, and answers with the draft's number and what should be looked at. */
static void tell_draft(struct station *st, struct client *client, uint64_t id, const struct given_draft *given,
		       struct pack_writer *out)
{
	struct warnings warnings = {0};
	uint8_t hash[HASH_BYTES];
	char missing[256];

	hash_sha256_parts((struct bytes[]){pack_written(&given->h), pack_written(&given->c)}, 2, hash);
	core_log_act(st, STATION_DRAFT, hash, "utu", id, given->message.drafter, (uint64_t)client->uid);
	if (!message_form_complete(&given->message, &given->content, answers_precedence(st, &given->message), st->now.real_us,
				   missing, sizeof missing))
		warn(&warnings, "%s", missing);
	warn_of(st, &given->message, &warnings);
	pack_put_array(out, 2);
	pack_put_uint(out, id);
	pack_put_array(out, warnings.count);
	for (size_t i = 0; i < warnings.count; i++)
		pack_put_text(out, warnings.text[i]);
}

int draft_new(struct station *st, struct client *client, struct bytes header, struct bytes content,
	      struct pack_writer *out)
{
	static struct given_draft given;
	int result = read_draft(st, &given, header, content);
	uint64_t id;

	if (result == 0)
		result = encode_draft(st, client, &given);
	if (result != 0)
		return result;
	id = store_draft_put(st->store, given.message.drafter, st->now.real_us, pack_written(&given.h), pack_written(&given.c));
	tell_draft(st, client, id, &given, out);
	return 0;
}

int draft_put(struct station *st, struct client *client, uint64_t id, struct bytes header, struct bytes content, bool keeps,
	      struct pack_writer *out)
{
	static struct given_draft given;
	static struct content old;
	struct draft_row row;
	int result = read_draft(st, &given, header, content);

	if (result == 0)
		result = find(st, id, &row);
	if (result != 0)
		return result;
	if (content_decode(row.content, &old) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be read from the store.", (unsigned long long)id);
	given.content.attachment_count = old.attachment_count;
	memcpy(given.content.attachment, old.attachment, sizeof old.attachment);
	result = encode_draft(st, client, &given);
	if (result != 0)
		return result;
	if (keeps)
		store_draft_keep(st->store, id);
	row = (struct draft_row){.id = id, .drafter = given.message.drafter, .made_at = st->now.real_us,
				 .header = pack_written(&given.h), .content = pack_written(&given.c)};
	store_draft_replace(st->store, &row);
	tell_draft(st, client, id, &given, out);
	return 0;
}

/* A card that has expired, or is so old that nobody should rely on it. */
static void warn_of_card(struct station *st, const struct card *card, struct warnings *out)
{
	int64_t days = (st->now.real_us - card->valid_from) / (WEEK_US / 7);

	if (st->now.real_us >= card->valid_until)
		warn(out, "The card of %.*s has expired: ask for a new one.", (int)card->name.len, (const char *)card->name.data);
	else if (days >= CARD_STALE_DAYS)
		warn(out, "The card of %.*s is %lld days old: ask whether it is still true.", (int)card->name.len,
		     (const char *)card->name.data, (long long)days);
}

static void warn_of_way(struct station *st, const struct message *message, struct warnings *out)
{
	struct notice_row row;

	for (size_t i = 0; i < message_addressee_count(message); i++) {
		struct bytes name = message_addressee(message, i);
		const struct peer *peer = core_peer(st, name);

		if (peer != NULL)
			warn_of_card(st, &peer->card, out);
		if (service_asks_reason(st, message, name, &row))
			warn(out, "Minimise is in force with %.*s: below %s a release needs a reason.", (int)name.len,
			     (const char *)name.data, precedence_name(row.least));
	}
}

/* Whom else it may reach, and whom its marking keeps out. */
static void warn_of_readers(const struct message *message, struct warnings *out)
{
	bool is_strict = message->tlp == TLP_RED || message->tlp == TLP_AMBER_STRICT;

	if (is_strict && message->info_count > 0)
		warn(out, "It is marked TLP:%s and goes to others for information: the marking may keep it from them.",
		     tlp_name(message->tlp));
	for (size_t i = 0; i < message->ladder_count; i++)
		warn(out, is_strict ? N_("The ladder may copy it to %.*s, when an officer says so at each step.")
				    : N_("The ladder may copy it to %.*s when nobody acknowledges."),
		     (int)message->ladder[i].len, (const char *)message->ladder[i].data);
	if (message->exercise.len > 0)
		warn(out, "It is an exercise: %.*s.", (int)message->exercise.len, (const char *)message->exercise.data);
}

int draft_check(struct station *st, uint64_t id, struct pack_writer *out)
{
	static struct message message;
	static struct content content;
	struct warnings warnings = {0};
	struct draft_row row;
	char missing[256];
	int result = find(st, id, &row);

	if (result != 0)
		return result;
	if (message_decode(row.header, &message) != RESULT_OK || content_decode(row.content, &content) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be read from the store.", (unsigned long long)id);
	if (!message_form_complete(&message, &content, answers_precedence(st, &message), st->now.real_us, missing,
				   sizeof missing))
		warn(&warnings, "%s", missing);
	warn_of(st, &message, &warnings);
	warn_of_way(st, &message, &warnings);
	warn_of_readers(&message, &warnings);
	pack_put_array(out, 1);
	pack_put_array(out, warnings.count);
	for (size_t i = 0; i < warnings.count; i++)
		pack_put_text(out, warnings.text[i]);
	return 0;
}

size_t draft_approvals_needed(const struct station *st, const struct message *message)
{
	/* an office of one person must be able to send a flash too */
	return message->precedence == PRECEDENCE_FLASH && st->config->second_person ? 2 : 1;
}

int draft_view(struct station *st, const struct draft_row *row, bool with_content, struct pack_writer *out)
{
	static struct message message;
	static struct content content;
	struct name officer[LIMIT_RELEASERS] = {0}, last = {""};
	struct timed_row timed;
	char missing[256] = "";
	struct control_draft draft = {
	    .id = row->id, .header = row->header, .made_at = row->made_at, .drafter = row->drafter};

	if (message_decode(row->header, &message) != RESULT_OK || content_decode(row->content, &content) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be read from the store.",
				   (unsigned long long)row->id);
	if (with_content)
		draft.content = row->content;
	while (draft.approval_count < LIMIT_RELEASERS &&
	       store_approval_after(st->store, row->id, name_bytes(&last), &last)) {
		officer[draft.approval_count] = last;
		draft.approval[draft.approval_count] = name_bytes(&officer[draft.approval_count]);
		draft.approval_count++;
	}
	draft.approvals_needed = draft_approvals_needed(st, &message);
	if (!message_form_complete(&message, &content, answers_precedence(st, &message), st->now.real_us, missing,
				   sizeof missing))
		draft.missing = bytes_of(missing);
	if (store_timed(st->store, row->id, &timed)) {
		draft.release_at = timed.failure.len == 0 ? timed.at : 0;
		draft.failure = timed.failure;
	}
	control_put_draft(out, &draft);
	return 0;
}

int draft_delete(struct station *st, struct client *client, uint64_t id)
{
	struct draft_row row;
	int result = find(st, id, &row);

	if (result != 0)
		return result;
	store_blob_drop_draft(st->store, id);
	store_draft_delete(st->store, id);
	timed_load(st);
	core_log_act(st, STATION_DELETE, NULL, "utu", id, name_bytes(&client->officer->function),
		     (uint64_t)client->uid);
	return 0;
}

int draft_approve(struct station *st, struct client *client, uint64_t id, struct pack_writer *out)
{
	static struct message message;
	static struct content content;
	struct bytes officer = name_bytes(&client->officer->function);
	struct name last = {""};
	struct draft_row row;
	char missing[256];
	uint64_t count = 0;
	int result = find(st, id, &row);

	if (result != 0)
		return result;
	if (bytes_equal(row.drafter, officer) && st->config->second_person)
		return core_refuse(st, CONTROL_ROLE,
				   "Draft %llu was written by %s, who can't approve it; another releaser must.",
				   (unsigned long long)id, client->officer->function.text);
	if (message_decode(row.header, &message) != RESULT_OK || content_decode(row.content, &content) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be read from the store.",
				   (unsigned long long)id);
	if (!message_form_complete(&message, &content, answers_precedence(st, &message), st->now.real_us, missing,
				   sizeof missing))
		return core_refuse(st, CONTROL_REFUSED, "Draft %llu can't be approved: %s", (unsigned long long)id,
				   missing);
	store_approval_put(st->store, id, officer, st->now.real_us);
	core_log_act(st, STATION_APPROVE, NULL, "utu", id, officer, (uint64_t)client->uid);
	while (store_approval_after(st->store, id, name_bytes(&last), &last))
		count++;
	pack_put_array(out, 2);
	pack_put_uint(out, count);
	pack_put_uint(out, draft_approvals_needed(st, &message));
	return 0;
}
