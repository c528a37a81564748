/* From words to a released message, as the officers of a station bring it about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/result.h"
#include "tests/sim/office.h"

static void add_code(struct content *content, enum field field, const char *encoded, size_t len)
{
	content->field[content->field_count].code = field;
	content->field[content->field_count].value = (struct bytes){(const uint8_t *)encoded, len};
	content->field_count++;
}

/* What the forms ask for beyond text and references: values as they are encoded, in order of the codes. */
static const struct filling {
	uint8_t kind;
	enum field field;
	const char *encoded;
	size_t len;
} fillings[] = {
    {KIND_ALERT, FIELD_STATUS, "\x02", 1},
    {KIND_ALERT, FIELD_CLASS, "\x02", 1},
    {KIND_ALERT, FIELD_SEVERITY, "\x93\x04\xa1s\xa1v", 6},
    {KIND_ALERT, FIELD_DETECTED, "\x64", 1},
    {KIND_ALERT, FIELD_ONGOING, "\x01", 1},
    {KIND_ALERT, FIELD_EFFECTS, "\x91\x03", 2},
    {KIND_ALERT, FIELD_ASKED, "\x91\x05", 2},
    {KIND_ALERT, FIELD_CONTACT, "\xa1z", 2},
    {KIND_NOTICE, FIELD_STATUS, "\x02", 1},
    {KIND_NOTICE, FIELD_CLASS, "\x02", 1},
    {KIND_NOTICE, FIELD_SEVERITY, "\x93\x04\xa1s\xa1v", 6},
    {KIND_ASSIST, FIELD_CLASS, "\x02", 1},
    {KIND_ASSIST, FIELD_ASKED, "\x91\x06", 2},
    {KIND_ASSIST, FIELD_CONTACT, "\xa1z", 2},
    {KIND_MITIGATE, FIELD_CLASS, "\x02", 1},
    {KIND_MITIGATE, FIELD_ASKED, "\x91\x02", 2},
    {KIND_MITIGATE, FIELD_CONTACT, "\xa1z", 2},
    {KIND_DECLINE, FIELD_DECLINE_REASON, "\x04", 1},
    {KIND_UPDATE, FIELD_STATUS, "\x03", 1},
    {KIND_CORRECT, FIELD_CORRECT_REASON, "\x01", 1},
    {KIND_CANCEL, FIELD_CORRECT_REASON, "\x02", 1},
    {KIND_CLOSE, FIELD_STATUS, "\x04", 1},
    {KIND_CHECK, FIELD_CHECK, "\x02", 1},
};

static void fill_form(struct content *content, uint8_t kind)
{
	for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++)
		if (fillings[i].kind == kind)
			add_code(content, fillings[i].field, fillings[i].encoded, fillings[i].len);
}

static size_t add_names(struct bytes *out, const char *const names[WORDS_NAMES])
{
	size_t count = 0;

	while (count < WORDS_NAMES && names[count] != NULL) {
		out[count] = bytes_of(names[count]);
		count++;
	}
	return count;
}

static struct bytes make_header(const struct words *words, uint8_t *buffer, size_t size)
{
	struct message message = {.kind = words->kind,
				  .precedence = words->precedence,
				  .exercise = bytes_of(words->exercise != NULL ? words->exercise : ""),
				  .from = bytes_of("tha-cert"),
				  .drafter = bytes_of("drafter-1"),
				  .has_in_reply_to = words->in_reply_to != NULL,
				  .reply_by = words->reply_by,
				  .expires = words->expires,
				  .tlp = words->tlp,
				  .has_supersedes = words->supersedes != NULL,
				  .has_incident = words->incident != NULL,
				  .is_without_prejudice = true};
	struct pack_writer w = pack_writer(buffer, size);

	message.action_count = add_names(message.action, words->action);
	message.info_count = add_names(message.info, words->info);
	message.ladder_count = add_names(message.ladder, words->ladder_to);
	if (words->supersedes != NULL)
		memcpy(message.supersedes, words->supersedes, OBJECT_ID_BYTES);
	if (words->incident != NULL)
		memcpy(message.incident, words->incident, sizeof message.incident);
	if (words->in_reply_to != NULL)
		memcpy(message.in_reply_to, words->in_reply_to, OBJECT_ID_BYTES);
	message_encode(&message, &w);
	return pack_written(&w);
}

int office_try_draft(struct world *world, size_t site, uint32_t uid, const struct words *words, struct answer *out)
{
	size_t text_len = words->is_bulky ? 3 * LIMIT_TEXT_ROUTINE : words->text_len > 0 ? words->text_len : 20;
	size_t room = 2 * text_len + 4096;
	char *text = malloc(text_len);
	uint8_t header[4096], *bytes = malloc(room), *params = malloc(2 * room);
	struct content content = {
	    .subject = bytes_of("Worm"), .lang = bytes_of("en"), .text = {(uint8_t *)text, text_len}};
	struct pack_writer c = pack_writer(bytes, room), w = pack_writer(params, 2 * room);

	for (size_t i = 0; i < text_len; i++)
		text[i] = words->is_bulky ? "\xe0\xb8\x81"[i % 3] : 'w';
	if (words->is_bulky) {
		content.translation_count = 1;
		content.translation[0].lang = bytes_of("th");
		content.translation[0].text = content.text;
		content.translation[0].by = 1;
	}
	fill_form(&content, words->kind);
	content_encode(&content, &c);
	pack_put_array(&w, 2);
	pack_put_bytes(&w, make_header(words, header, sizeof header));
	pack_put_bytes(&w, pack_written(&c));
	world_request(world, site, uid, METHOD_DRAFT_NEW, pack_written(&w), out);
	free(text);
	free(bytes);
	free(params);
	return out->error;
}

static uint64_t draft_id(struct world *world, size_t site, const struct answer *answer)
{
	struct pack_reader r = pack_reader(answer->result);
	uint64_t id;

	if (answer->error != 0)
		world_broken(world, "no draft at %s: %s", office_name(world, site), answer->sentence);
	pack_expect_array(&r, 2);
	id = pack_read_uint(&r, INT64_MAX);
	if (pack_read_array(&r, 1) != 0)
		world_broken(world, "a draft lacks something: %.*s", (int)(r.end - r.next), (const char *)r.next);
	return id;
}

uint64_t office_draft(struct world *world, size_t site, uint32_t uid, const struct words *words)
{
	struct answer answer;

	office_try_draft(world, site, uid, words, &answer);
	return draft_id(world, site, &answer);
}

static int call_on_draft(struct world *world, size_t site, uint32_t uid, enum method method, uint64_t draft,
			 bool anyway, struct answer *out)
{
	uint8_t params[32];
	struct pack_writer w = pack_writer(params, sizeof params);

	pack_put_array(&w, method == METHOD_RELEASE ? 3 : 2);
	pack_put_uint(&w, draft);
	pack_put_bool(&w, anyway);
	if (method == METHOD_RELEASE)
		pack_put_text(&w, "");
	world_request(world, site, uid, method, pack_written(&w), out);
	return out->error;
}

int office_approve(struct world *world, size_t site, uint32_t uid, uint64_t draft, struct answer *out)
{
	return call_on_draft(world, site, uid, METHOD_APPROVE, draft, false, out);
}

int office_release(struct world *world, size_t site, uint32_t uid, uint64_t draft, bool anyway, struct answer *out)
{
	return call_on_draft(world, site, uid, METHOD_RELEASE, draft, anyway, out);
}

void office_released_id(struct world *world, const struct answer *answer, uint8_t out[OBJECT_ID_BYTES])
{
	static struct control_message message;
	struct pack_reader r = pack_reader(answer->result);

	pack_expect_array(&r, 1);
	control_read_message(&r, &message);
	if (answer->error != 0 || pack_read_end(&r) != RESULT_OK)
		world_broken(world, "a release gave no message: %s", answer->sentence);
	memcpy(out, message.id, OBJECT_ID_BYTES);
}

void office_send(struct world *world, size_t site, const struct words *words, uint8_t out_id[OBJECT_ID_BYTES])
{
	uint64_t draft = office_draft(world, site, UID_DRAFTER, words);
	struct answer answer;

	if (office_approve(world, site, UID_RELEASER, draft, &answer) != 0 ||
	    (words->precedence == PRECEDENCE_FLASH && office_approve(world, site, UID_SECOND, draft, &answer) != 0))
		world_broken(world, "no approval: %s", answer.sentence);
	office_release(world, site, UID_RELEASER, draft, false, &answer);
	office_released_id(world, &answer, out_id);
}
