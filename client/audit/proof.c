/* Judging a proof of notification: its cards, its message, each log, and what is left open. */
#include "client/audit/proof.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/proof_check.h"
#include "proto/armour.h"
#include "proto/card.h"
#include "proto/result.h"

void proof_say(struct proof_check *check, enum audit_line_kind kind, const char *format, ...)
{
	struct audit_proof *out = check->out;
	struct audit_line *bigger = realloc(out->line, (out->line_count + 1) * sizeof *bigger);
	va_list arguments;

	if (bigger == NULL) {
		check->error = -ENOMEM;
		return;
	}
	out->line = bigger;
	va_start(arguments, format);
	if (vasprintf(&bigger[out->line_count].text, format, arguments) < 0)
		check->error = -ENOMEM;
	else
		bigger[out->line_count++].kind = kind;
	va_end(arguments);
}

void proof_time(int64_t at, uint32_t clock_error, char out[PROOF_TIME])
{
	char group[TIME_TEXT], iso[TIME_TEXT];

	time_format_dtg(at, group);
	time_format_iso_micro(at, iso);
	if (clock_error == CLOCK_ERROR_UNKNOWN)
		snprintf(out, PROOF_TIME, "%s (%s, by its clock, whose error nobody knew)", group, iso);
	else
		snprintf(out, PROOF_TIME, "%s (%s, by its clock, good to %lu ms)", group, iso,
			 (unsigned long)clock_error);
}

static const struct proof_key *find_key(const struct proof_check *check, struct bytes name, uint64_t serial)
{
	for (size_t i = 0; i < check->key_count; i++)
		if (check->key[i].serial == serial && bytes_equal(name_bytes(&check->key[i].name), name))
			return &check->key[i];
	return NULL;
}

bool proof_is_signed(struct proof_check *check, const struct object *object, struct bytes name, uint64_t serial)
{
	const struct proof_key *key = find_key(check, name, serial);

	if (key == NULL)
		return PROOF_WRONG(check, "no card of %.*s with serial %llu is here that something you named vouches for.",
				   (int)name.len, (const char *)name.data, (unsigned long long)serial);
	if (object_verify(object, key->signing) != RESULT_OK)
		return PROOF_WRONG(check, "a signature of %.*s does not verify.", (int)name.len,
				   (const char *)name.data);
	return true;
}

static void add_key(struct proof_check *check, struct bytes name, uint64_t serial, const uint8_t signing[KEY_BYTES],
		    const uint8_t log[KEY_BYTES])
{
	struct proof_key *key = &check->key[check->key_count++];

	name_copy(name, &key->name);
	key->serial = serial;
	memcpy(key->signing, signing, KEY_BYTES);
	memcpy(key->log, log, KEY_BYTES);
}

static bool check_card(struct proof_check *check, struct bytes encoded)
{
	struct object object;
	struct card card;
	int result = card_open(encoded, &object, &card);

	if (result != RESULT_OK)
		return PROOF_WRONG(check, "a card in it is no valid card: %s.", result_name(result));
	if (find_key(check, card.name, card.serial) != NULL)
		return PROOF_WRONG(check, "it has two cards of %.*s with one serial.", (int)card.name.len,
				   (const char *)card.name.data);
	result = audit_trust_check(check->trust, card.state, card.root);
	if (result == RESULT_DIFFERENT)
		return PROOF_WRONG(check, "the card of %.*s is signed by another root than the one you named for %.*s.",
				   (int)card.name.len, (const char *)card.name.data, (int)card.state.len,
				   (const char *)card.state.data);
	if (result != RESULT_OK)
		return PROOF_WRONG(check,
				   "nothing you named vouches for the card of %.*s: give a card of it with --card, or "
				   "--root %.*s=FINGERPRINT.",
				   (int)card.name.len, (const char *)card.name.data, (int)card.state.len,
				   (const char *)card.state.data);
	add_key(check, card.name, card.serial, card.signing, card.log);
	return true;
}

/* Cards of the proof first, then those given beside it. */
static bool check_cards(struct proof_check *check)
{
	const struct proof_file *file = check->out->file;
	bool is_good = true;

	for (size_t i = 0; i < file->card_count; i++)
		is_good &= check_card(check, file->card[i]);
	for (size_t i = 0; i < check->trust->count; i++) {
		const struct audit_root *given = &check->trust->root[i];

		if (given->has_root && find_key(check, name_bytes(&given->name), given->serial) == NULL)
			add_key(check, name_bytes(&given->name), given->serial, given->signing, given->log);
	}
	return is_good;
}

static void say_message(struct proof_check *check)
{
	const struct message *m = &check->out->message;
	char number[NUMBER_TEXT], at[PROOF_TIME];

	number_format(m->number, number);
	proof_time(m->released_at, m->clock_error, at);
	proof_say(check, LINE_SHOWN, "%.*s said in its %s %s%s (%s precedence%s%.*s), released at %s: its signature, "
				     "under serial %llu of its card.",
		  (int)m->from.len, (const char *)m->from.data, kind_name(m->kind), m->exercise.len > 0 ? "EX " : "", number,
		  precedence_name(m->precedence), m->exercise.len > 0 ? ", EXERCISE " : "", (int)m->exercise.len,
		  m->exercise.len > 0 ? (const char *)m->exercise.data : "", at, (unsigned long long)m->card_serial);
}

static bool check_message(struct proof_check *check)
{
	struct audit_proof *out = check->out;
	struct object object;
	int result = object_decode(out->file->message, &object);

	if (result == RESULT_OK && object.type != OBJECT_MESSAGE && object.type != OBJECT_MESSAGE_EXERCISE)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		result = message_decode(object.body, &out->message);
	if (result == RESULT_OK)
		result = message_check(&out->message, object.type);
	if (result != RESULT_OK)
		return PROOF_WRONG(check, "its message is %s.", result_name(result));
	if (!proof_is_signed(check, &object, out->message.from, out->message.card_serial))
		return false;
	memcpy(check->id, object.id, sizeof check->id);
	out->type = object.type;
	out->has_message = true;
	say_message(check);
	return true;
}

static bool check_content(struct proof_check *check)
{
	struct audit_proof *out = check->out;
	uint8_t hash[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];

	if (out->file->content.len == 0) {
		key_hex(out->message.content_hash, HASH_BYTES, hex);
		proof_say(check, LINE_OPEN, "the words are not in this proof; the hash of the content is %s.", hex);
		return true;
	}
	hash_sha256(out->file->content, hash);
	if (memcmp(hash, out->message.content_hash, HASH_BYTES) != 0)
		return PROOF_WRONG(check, "the content is not the one whose hash the message carries.");
	if (content_decode(out->file->content, &out->content) != RESULT_OK)
		return PROOF_WRONG(check, "the content is malformed.");
	out->has_content = true;
	proof_say(check, LINE_SHOWN, "the words are those of the message: its signature covers their hash.");
	return true;
}

/* Whether any log of the addressee of the number-th carries a statement of it. */
static bool is_told(const struct proof_check *check, size_t number, struct name *out)
{
	const struct proof_file *file = check->out->file;
	struct name other;

	proof_addressee(check, &file->log[number], out);
	for (size_t i = 0; i < file->log_count; i++)
		if (check->is_told[i] && proof_addressee(check, &file->log[i], &other) && name_equal(&other, out))
			return true;
	return false;
}

static size_t count_addressees(const struct proof_check *check)
{
	const struct proof_file *file = check->out->file;
	size_t count = 0;

	for (size_t i = 0; i < file->log_count; i++) {
		struct name name, before;
		bool is_new = proof_addressee(check, &file->log[i], &name);

		for (size_t j = 0; j < i && is_new; j++)
			is_new = !proof_addressee(check, &file->log[j], &before) || !name_equal(&name, &before);
		count += is_new && message_addresses(&check->out->message, name_bytes(&name)) != 0;
	}
	return count;
}

static void conclude(struct proof_check *check)
{
	const struct message *m = &check->out->message;
	size_t rest = m->action_count + m->info_count - count_addressees(check);

	if (rest > 0)
		proof_say(check, LINE_OPEN, "of %zu more whom the message names this proof says nothing.", rest);
	proof_say(check, LINE_OPEN,
		  "what else was said, whether a card had been revoked before, and whether a later message superseded "
		  "this one: that takes the whole record.");
}

static void judge(struct proof_check *check)
{
	const struct proof_file *file = check->out->file;
	bool is_good = check_cards(check) && check_message(check) && check_content(check);
	struct name name;

	for (size_t i = 0; is_good && i < file->log_count; i++)
		is_good = proof_check_log(check, i);
	for (size_t i = 0; is_good && i < file->log_count; i++)
		if (!is_told(check, i, &name))
			is_good = PROOF_WRONG(check, "nothing that %s signed says that it was told.", name.text);
	if (is_good)
		conclude(check);
	check->out->is_proven = is_good;
}

bool audit_proof_is(struct bytes file)
{
	static const char begin[] = "-----BEGIN HOTLINE " PROOF_LABEL "-----";

	return file.len > 0 && memmem(file.data, file.len, begin, sizeof begin - 1) != NULL;
}

int audit_proof_check(struct bytes file, const struct audit_trust *trust, struct audit_proof *out)
{
	struct proof_check *check = calloc(1, sizeof *check);
	size_t len;
	int result;

	memset(out, 0, sizeof *out);
	out->bytes = malloc(file.len + 1);
	out->file = malloc(sizeof *out->file);
	if (check == NULL || out->bytes == NULL || out->file == NULL) {
		free(check);
		return -ENOMEM;
	}
	check->trust = trust;
	check->out = out;
	result = armour_decode(PROOF_LABEL, file, out->bytes, &len);
	if (result == RESULT_OK)
		result = proof_decode((struct bytes){out->bytes, len}, out->file);
	if (result == RESULT_OK) {
		judge(check);
		result = check->error != 0 ? check->error : out->is_proven ? RESULT_OK : RESULT_PROOF;
	}
	free(check);
	return result;
}

void audit_proof_finish(struct audit_proof *proof)
{
	for (size_t i = 0; i < proof->line_count; i++)
		free(proof->line[i].text);
	free(proof->line);
	free(proof->bytes);
	free(proof->file);
	memset(proof, 0, sizeof *proof);
}
