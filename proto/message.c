/*
 * A message's header (SPEC 5): its bytes, its names, and what makes a released one well formed. The shape is read
 * first, for drafts too; the meaning is checked apart, by sender and receiver with the same code.
 */
#include "proto/message.h"

#include <string.h>

#include "proto/list.h"
#include "proto/result.h"

#define HEADER_ELEMENTS 22
#define YEAR_FIRST 1970
#define YEAR_LAST 9999
#define DIGITS_LAST 999999

static const char *const kind_names[KIND_LAST + 1] = {
    [KIND_ALERT] = "alert",	  [KIND_NOTICE] = "notice",   [KIND_INQUIRY] = "inquiry", [KIND_ASSIST] = "assist",
    [KIND_MITIGATE] = "mitigate", [KIND_ANSWER] = "answer",   [KIND_HOLD] = "hold",	  [KIND_DECLINE] = "decline",
    [KIND_UPDATE] = "update",	  [KIND_CORRECT] = "correct", [KIND_CANCEL] = "cancel",	  [KIND_CLOSE] = "close",
    [KIND_CHECK] = "check",	  [KIND_SERVICE] = "service",
};
static const char *const tlp_names[] = {"clear", "green", "amber", "amber+strict", "red"};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *name_at(const char *const *names, size_t count, size_t at)
{
	return at < count ? names[at] : NULL;
}

static int find_name(const char *const *names, size_t count, struct bytes name)
{
	for (size_t i = 0; i < count; i++)
		if (names[i] != NULL && bytes_equal(name, bytes_of(names[i])))
			return (int)i;
	return -1;
}

const char *kind_name(uint8_t kind)
{
	return name_at(kind_names, COUNT_OF(kind_names), kind);
}

uint8_t kind_of(struct bytes name)
{
	int kind = find_name(kind_names, COUNT_OF(kind_names), name);

	return kind > 0 ? (uint8_t)kind : 0;
}

const char *tlp_name(uint8_t tlp)
{
	return name_at(tlp_names, COUNT_OF(tlp_names), tlp);
}

int tlp_of(struct bytes name)
{
	return find_name(tlp_names, COUNT_OF(tlp_names), name);
}

static void put_optional(struct pack_writer *w, bool has, const uint8_t *id, size_t len)
{
	pack_put_bin(w, id, has ? len : 0);
}

void message_encode(const struct message *m, struct pack_writer *w)
{
	pack_put_array(w, HEADER_ELEMENTS);
	pack_put_array(w, 2);
	pack_put_uint(w, m->number.year);
	pack_put_uint(w, m->number.digits);
	pack_put_uint(w, m->kind);
	pack_put_str(w, m->exercise);
	pack_put_str(w, m->from);
	list_put(w, m->action, m->action_count);
	list_put(w, m->info, m->info_count);
	pack_put_uint(w, m->precedence);
	pack_put_int(w, m->released_at);
	pack_put_uint(w, m->clock_error);
	pack_put_str(w, m->drafter);
	list_put(w, m->releaser, m->releaser_count);
	put_optional(w, m->has_incident, m->incident, sizeof m->incident);
	put_optional(w, m->has_in_reply_to, m->in_reply_to, sizeof m->in_reply_to);
	put_optional(w, m->has_supersedes, m->supersedes, sizeof m->supersedes);
	pack_put_int(w, m->reply_by);
	pack_put_int(w, m->expires);
	pack_put_uint(w, m->tlp);
	pack_put_bool(w, m->is_without_prejudice);
	list_put(w, m->ladder, m->ladder_count);
	pack_put_uint(w, m->card_serial);
	pack_put_bin(w, m->content_hash, sizeof m->content_hash);
	pack_put_ext(w, &m->ext);
}

/* A kind that no byte holds is only a kind of a later version. */
static uint8_t read_kind(struct pack_reader *r)
{
	uint64_t kind = pack_read_uint(r, INT64_MAX);

	if (kind > UINT8_MAX)
		pack_fail(r, RESULT_NEWER);
	return (uint8_t)kind;
}

static void read_addressees(struct pack_reader *r, struct message *m)
{
	m->action_count = list_read(r, m->action, LIMIT_ADDRESSEES, LIMIT_NAME_BYTES);
	m->info_count = list_read(r, m->info, LIMIT_ADDRESSEES, LIMIT_NAME_BYTES);
	if (m->action_count + m->info_count > LIMIT_ADDRESSEES)
		pack_fail(r, RESULT_LIMIT);
}

int message_decode(struct bytes body, struct message *out)
{
	struct pack_reader r = pack_reader(body);
	struct message m = {0};
	int result;

	pack_expect_array(&r, HEADER_ELEMENTS);
	pack_expect_array(&r, 2);
	m.number.year = (uint16_t)pack_read_uint(&r, UINT16_MAX);
	m.number.digits = (uint32_t)pack_read_uint(&r, DIGITS_LAST);
	m.kind = read_kind(&r);
	m.exercise = pack_read_str(&r, LIMIT_EXERCISE_BYTES);
	m.from = pack_read_str(&r, LIMIT_NAME_BYTES);
	read_addressees(&r, &m);
	m.precedence = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	m.released_at = pack_read_int(&r);
	m.clock_error = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	m.drafter = pack_read_str(&r, LIMIT_FUNCTION_BYTES);
	m.releaser_count = list_read(&r, m.releaser, LIMIT_RELEASERS, LIMIT_FUNCTION_BYTES);
	m.has_incident = pack_read_optional(&r, m.incident, sizeof m.incident);
	m.has_in_reply_to = pack_read_optional(&r, m.in_reply_to, sizeof m.in_reply_to);
	m.has_supersedes = pack_read_optional(&r, m.supersedes, sizeof m.supersedes);
	m.reply_by = pack_read_int(&r);
	m.expires = pack_read_int(&r);
	m.tlp = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	m.is_without_prejudice = pack_read_bool(&r);
	m.ladder_count = list_read(&r, m.ladder, LIMIT_LADDER_TO, LIMIT_NAME_BYTES);
	m.card_serial = pack_read_uint(&r, INT64_MAX);
	pack_read_fixed(&r, m.content_hash, sizeof m.content_hash);
	pack_read_ext(&r, NULL, &m.ext);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = m;
	return result;
}

/* Valid names in strictly ascending order, none of them the sender. */
static bool are_addressees(const struct bytes *names, size_t count, struct bytes from)
{
	for (size_t i = 0; i < count; i++)
		if (!name_is_valid(names[i]) || bytes_equal(names[i], from) ||
		    (i > 0 && bytes_compare(names[i - 1], names[i]) >= 0))
			return false;
	return true;
}

static bool are_disjoint(const struct bytes *a, size_t a_count, const struct bytes *b, size_t b_count)
{
	for (size_t i = 0; i < a_count; i++)
		if (list_contains(b, b_count, a[i]))
			return false;
	return true;
}

static bool check_addressees(const struct message *m)
{
	return name_is_valid(m->from) && m->action_count > 0 && are_addressees(m->action, m->action_count, m->from) &&
	       are_addressees(m->info, m->info_count, m->from) && are_addressees(m->ladder, m->ladder_count, m->from) &&
	       are_disjoint(m->action, m->action_count, m->info, m->info_count) &&
	       are_disjoint(m->ladder, m->ladder_count, m->action, m->action_count) &&
	       are_disjoint(m->ladder, m->ladder_count, m->info, m->info_count);
}

static bool check_officers(const struct message *m)
{
	for (size_t i = 0; i < m->releaser_count; i++)
		if (!name_is_function(m->releaser[i]))
			return false;
	return name_is_function(m->drafter);
}

static bool check_ranges(const struct message *m)
{
	return m->number.year >= YEAR_FIRST && m->number.year <= YEAR_LAST && m->number.digits <= DIGITS_LAST &&
	       m->precedence <= PRECEDENCE_FLASH && m->tlp <= TLP_RED && m->released_at > 0 && m->reply_by >= 0 &&
	       m->expires >= 0;
}

int message_check(const struct message *m, enum object_type type)
{
	enum object_type expected = m->exercise.len > 0 ? OBJECT_MESSAGE_EXERCISE : OBJECT_MESSAGE;

	if (type != expected)
		return RESULT_MALFORMED;
	if (kind_name(m->kind) == NULL)
		return RESULT_NEWER;
	if (!check_addressees(m) || !check_officers(m) || !check_ranges(m))
		return RESULT_MALFORMED;
	return RESULT_OK;
}

int message_addresses(const struct message *m, struct bytes name)
{
	if (list_contains(m->action, m->action_count, name))
		return 1;
	return list_contains(m->info, m->info_count, name) ? 2 : 0;
}

size_t message_addressee_count(const struct message *m)
{
	return m->action_count + m->info_count;
}

struct bytes message_addressee(const struct message *m, size_t i)
{
	return i < m->action_count ? m->action[i] : m->info[i - m->action_count];
}

bool message_supersedes(const struct message *m)
{
	return m->has_supersedes && (m->kind == KIND_UPDATE || m->kind == KIND_CORRECT || m->kind == KIND_CANCEL);
}

bool message_owes_custody_only(const struct message *m)
{
	return m->kind == KIND_SERVICE;
}
