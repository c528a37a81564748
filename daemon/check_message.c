/*
 * Watch and directory checks as messages (SPEC 7.2): asking, answering, and what an answer is worth. Of each type one
 * is out to a peer at a time.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/list.h"
#include "proto/words.h"

static int64_t time_to_answer(enum check_type type)
{
	return type == CHECK_WATCH ? WATCH_ANSWER_US : DIRECTORY_ANSWER_US;
}

/* Of which check a content is; false when of none. */
static bool read_type(const struct content *content, enum check_type *out)
{
	uint64_t code;

	if (!content_code(content, FIELD_CHECK, &code) || code < 1 || code > 2)
		return false;
	*out = code == 1 ? CHECK_WATCH : CHECK_DIRECTORY;
	return true;
}

static uint32_t draw(struct station *st, uint32_t count)
{
	uint32_t random;

	st->random(st->random_ctx, &random, sizeof random);
	return random % count;
}

/* The list for the one word that is not English: of a language on the peer's card, else any. */
static enum word_list other_list(struct station *st, const struct peer *peer)
{
	for (size_t i = 0; i < peer->card.language_count; i++) {
		if (bytes_equal(peer->card.language[i], bytes_of("th")))
			return WORDS_THAI;
		if (bytes_equal(peer->card.language[i], bytes_of("vi")))
			return WORDS_VIETNAMESE;
	}
	return draw(st, 2) == 0 ? WORDS_THAI : WORDS_VIETNAMESE;
}

static bool has_word(const struct bytes *word, size_t count, const char *wanted)
{
	return list_contains(word, count, bytes_of(wanted));
}

static void draw_words(struct station *st, const struct peer *peer, struct bytes out[WATCH_WORDS])
{
	enum word_list other = other_list(st, peer);
	size_t place = draw(st, WATCH_WORDS);

	for (size_t i = 0; i < WATCH_WORDS; i++) {
		const char *const *list = words[i == place ? other : WORDS_ENGLISH];
		uint32_t at = draw(st, WORDS);

		while (has_word(out, i, list[at]))
			at = (at + 1) % WORDS;
		out[i] = bytes_of(list[at]);
	}
}

/* Fields in their encoding; borrowed by the content while it is written. */
struct fields {
	uint8_t bytes[LIMIT_WORDS * (LIMIT_WORD_BYTES + 2) + 16];
	struct pack_writer w;
	struct content content;
};

static void begin_content(struct station *st, struct fields *f, const char *subject, struct bytes text)
{
	memset(f, 0, sizeof *f);
	f->w = pack_writer(f->bytes, sizeof f->bytes);
	st->random(st->random_ctx, f->content.salt, sizeof f->content.salt);
	f->content.subject = bytes_of(subject);
	f->content.lang = bytes_of("en");
	f->content.text = text;
}

/* In ascending order of codes. count words, or a number when there are none. */
static void add_field(struct fields *f, enum field field, const struct bytes *word, size_t count, uint64_t number)
{
	size_t from = f->w.len, i = f->content.field_count++;

	if (count > 0)
		list_put(&f->w, word, count);
	else
		pack_put_uint(&f->w, number);
	f->content.field[i].code = field;
	f->content.field[i].value = (struct bytes){f->bytes + from, f->w.len - from};
}

static struct bytes question(struct station *st, struct peer *peer, enum check_type type, uint8_t *out, size_t size)
{
	static struct fields f;
	struct pack_writer w = pack_writer(out, size);
	struct bytes word[WATCH_WORDS];
	char text[160];

	if (type == CHECK_WATCH) {
		draw_words(st, peer, word);
		begin_content(st, &f, "Watch check",
			      bytes_of("Is somebody there? Type these words back with hotline check answer."));
		add_field(&f, FIELD_WORDS, word, WATCH_WORDS, 0);
	} else {
		snprintf(text, sizeof text,
			 "Is everything on your card, serial %llu, still true? Say so with hotline check answer.",
			 (unsigned long long)peer->card.serial);
		begin_content(st, &f, "Directory check", bytes_of(text));
	}
	add_field(&f, FIELD_CHECK, NULL, 0, type == CHECK_WATCH ? 1 : 2);
	content_encode(&f.content, &w);
	return pack_written(&w);
}

int check_send(struct station *st, struct client *client, struct peer *peer, enum check_type type,
	       struct pack_writer *out)
{
	static struct message message;
	uint8_t content[1024];
	struct bytes officer = client != NULL ? name_bytes(&client->officer->function) : bytes_of(STATION_FUNCTION);
	int64_t until = st->now.real_us + time_to_answer(type);

	if (peer->asked[type - 1].is_out)
		return core_refuse(st, CONTROL_REFUSED, "A %s check of %s is out already; nothing was sent.",
				   check_type_name(type), peer->name.text);
	message = (struct message){.kind = KIND_CHECK,
				   .from = core_own_name(st),
				   .action_count = 1,
				   .action = {name_bytes(&peer->name)},
				   .precedence = type == CHECK_WATCH ? PRECEDENCE_PRIORITY : PRECEDENCE_ROUTINE,
				   .drafter = officer,
				   .releaser_count = 1,
				   .releaser = {officer},
				   .reply_by = until,
				   .expires = until,
				   .is_without_prejudice = true};
	return release_alone(st, client, &message, question(st, peer, type, content, sizeof content), out);
}

void check_released(struct station *st, const struct release_act *act, const struct message *message,
		    const uint8_t id[OBJECT_ID_BYTES], struct bytes content_bytes)
{
	static struct content content;
	struct peer *peer = core_peer(st, message->action[0]);
	struct asked *asked;
	enum check_type type;

	if (message->kind != KIND_CHECK || message->exercise.len > 0 || peer == NULL || message->action_count > 1 ||
	    content_decode(content_bytes, &content) != RESULT_OK || !read_type(&content, &type))
		return;
	asked = &peer->asked[type - 1];
	if (asked->is_out)
		return;
	check_note(st, peer, type, CHECK_ASKED,
		   &(struct check_detail){.message = id, .officer = act->officer, .uid = act->uid});
	asked->is_out = true;
	asked->due = st->now.mono_us + time_to_answer(type);
	memcpy(asked->message, id, OBJECT_ID_BYTES);
}

void check_load(struct station *st, struct peer *peer)
{
	struct check_row row;
	int64_t left;

	for (enum check_type type = CHECK_WATCH; type <= CHECK_DIRECTORY; type++) {
		if (!store_check_last(st->store, name_bytes(&peer->name), type, &row) || row.outcome != CHECK_ASKED)
			continue;
		peer->asked[type - 1].is_out = true;
		left = row.at + time_to_answer(type) - st->now.real_us; /* more when the clock was set back since */
		peer->asked[type - 1].due =
		    st->now.mono_us + (left < time_to_answer(type) ? left : time_to_answer(type));
		memcpy(peer->asked[type - 1].message, row.message, OBJECT_ID_BYTES);
	}
}

void check_attend(struct station *st, struct peer *peer)
{
	struct delivery_row delivery;

	for (enum check_type type = CHECK_WATCH; type <= CHECK_DIRECTORY; type++) {
		struct asked *asked = &peer->asked[type - 1];
		bool has_arrived;

		if (!asked->is_out || asked->due > st->now.mono_us)
			continue;
		has_arrived = store_delivery(st->store, asked->message, name_bytes(&peer->name), &delivery) &&
			      delivery.custody_at != 0;
		asked->is_out = false;
		check_note(st, peer, type, has_arrived ? CHECK_MISSED : CHECK_NO_PATH,
			     &(struct check_detail){.message = asked->message});
	}
}

/* A held message's content, and of which check it is; false when it is none. */
static bool read_check(struct station *st, const struct message_row *row, struct content *out, enum check_type *out_type)
{
	struct bytes encoded;

	return store_content(st->store, row->content_hash, &encoded) && content_decode(encoded, out) == RESULT_OK &&
	       read_type(out, out_type);
}

static bool is_right(const struct content *asked, enum check_type type, const struct content *answer)
{
	uint64_t confirmed;

	if (type == CHECK_DIRECTORY)
		return content_code(answer, FIELD_CONFIRMED, &confirmed) && confirmed == 1;
	return bytes_equal(content_field(asked, FIELD_WORDS), content_field(answer, FIELD_WORDS));
}

void check_answered(struct station *st, struct peer *peer, const struct message *message, const struct content *content)
{
	static struct content question;
	struct message_row asked_row;
	struct check_row row;
	enum check_type type;
	struct asked *asked;
	bool is_late;
	int64_t latency;

	if (message->kind != KIND_ANSWER || !message->has_in_reply_to ||
	    !store_message(st->store, message->in_reply_to, &asked_row) || !asked_row.is_sent ||
	    !store_check(st->store, message->in_reply_to, &row) ||
	    !bytes_equal(row.peer, name_bytes(&peer->name)) || !read_check(st, &asked_row, &question, &type))
		return;
	is_late = row.outcome == CHECK_MISSED || row.outcome == CHECK_NO_PATH;
	if (row.outcome != CHECK_ASKED && !is_late)
		return; /* answered before */
	asked = &peer->asked[type - 1];
	latency = asked->is_out && memcmp(asked->message, message->in_reply_to, OBJECT_ID_BYTES) == 0
		      ? st->now.mono_us - (asked->due - time_to_answer(type))
		      : st->now.real_us - row.at;
	if (!is_late)
		asked->is_out = false;
	check_note(st, peer, type,
		     !is_right(&question, type, content) ? CHECK_WRONG
		     : is_late				 ? CHECK_LATE
							 : CHECK_RIGHT,
		     &(struct check_detail){.message = message->in_reply_to, .latency_us = latency + 1});
}

/* The check that an officer may answer now: 0, or a control error with a sentence. */
static int find_question(struct station *st, struct client *client, struct bytes reference, struct message_row *out_row,
			 struct message *out, enum check_type *out_type)
{
	static struct content content;
	struct delivery_row delivery;
	enum object_type object_type;
	int result = track_find(st, reference, out_row);

	if (result != 0)
		return result;
	if (out_row->is_sent || out_row->kind != KIND_CHECK || !read_check(st, out_row, &content, out_type))
		return core_refuse(st, CONTROL_REFUSED, "This message is no check that was received here.");
	if (*out_type == CHECK_WATCH && (client->officer->roles & ROLE_WATCH) == 0)
		return core_refuse(st, CONTROL_ROLE, "%s may not do this: a watch check is answered by the watch.",
				   client->officer->function.text);
	if (store_delivery(st->store, out_row->id, core_own_name(st), &delivery) && delivery.answered_at != 0)
		return core_refuse(st, CONTROL_REFUSED, "This check has been answered already; nothing was sent.");
	/* last, as its texts lie in the store's buffer */
	return track_header(st, out_row->id, out, &object_type)
		   ? 0
		   : core_refuse(st, CONTROL_REFUSED, "The message can't be read from the store.");
}

int check_answer(struct station *st, struct client *client, const struct check_reply *reply, struct pack_writer *out)
{
	static struct message message, asked;
	static struct fields f;
	static uint8_t header[LIMIT_OBJECT_BYTES];
	uint8_t content[1024];
	struct pack_writer w = pack_writer(content, sizeof content), h = pack_writer(header, sizeof header);
	struct bytes officer = name_bytes(&client->officer->function);
	enum check_type type = CHECK_WATCH; /* as find_question() sets it where it succeeds */
	struct message_row row;
	int result = find_question(st, client, reply->reference, &row, &asked, &type);

	if (result != 0)
		return result;
	if (type == CHECK_WATCH ? reply->word_count == 0 : reply->confirmed == 0)
		return core_refuse(st, CONTROL_REFUSED,
				   type == CHECK_WATCH
					   ? N_("The words of this check are wanted; nothing was sent.")
					   : N_("A yes or a no to this check is wanted; nothing was sent."));
	/* and the release needs that */
	message_encode(&asked, &h);
	if (message_decode(pack_written(&h), &asked) != RESULT_OK)
		return core_refuse(st, CONTROL_REFUSED, "The message can't be read from the store.");
	begin_content(st, &f, type == CHECK_WATCH ? "Watch check answered" : "Directory check answered", bytes_of(""));
	if (type == CHECK_WATCH)
		add_field(&f, FIELD_WORDS, reply->word, reply->word_count, 0);
	else
		add_field(&f, FIELD_CONFIRMED, NULL, 0, reply->confirmed);
	content_encode(&f.content, &w);
	message = (struct message){.kind = KIND_ANSWER,
				   .exercise = asked.exercise,
				   .from = core_own_name(st),
				   .action_count = 1,
				   .action = {asked.from},
				   .precedence = asked.precedence,
				   .drafter = officer,
				   .releaser_count = 1,
				   .releaser = {officer},
				   .has_in_reply_to = true,
				   .tlp = asked.tlp,
				   .is_without_prejudice = true};
	memcpy(message.in_reply_to, row.id, OBJECT_ID_BYTES);
	return release_alone(st, client, &message, pack_written(&w), out);
}
