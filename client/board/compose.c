/*
 * The form: begun empty, from a draft or from a message, and kept at the station by itself a second after the last key.
 * What an item says that can't be understood is named, and all the rest is kept.
 */
#include "client/board/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/draft.h"
#include "client/heard.h"
#include "client/lang.h"
#include "client/prefill.h"
#include "client/say.h"
#include "client/text.h"
#include "proto/result.h"

#define SAVE_AFTER_US SECOND_US
#define WARNINGS 16
#define SENTENCE_BYTES 4096
#define NEW_DRAFT "Kind: notice\nPrecedence: routine\nLanguage: en\nTLP: amber\nWithout-Prejudice: yes\n"

void compose_end(struct board *board)
{
	items_free(&board->composer);
	pick_end(&board->composer.pick);
	free(board->composer.problem);
	memset(&board->composer, 0, sizeof board->composer);
}

static void set_problem(struct composer *c, const char *sentence)
{
	free(c->problem);
	c->problem = sentence != NULL ? must(strdup(sentence)) : NULL;
}

static void open_form(struct board *board, struct bytes file)
{
	items_load(&board->composer, file);
	board->composer.stage = COMPOSE_OPEN;
	board->composer.at = 1;
	if (board_push(board, VIEW_FORM, "") == NULL)
		compose_end(board);
}

static void open_rendered(struct board *board, const struct message *message, const struct content *content)
{
	char *file = form_text(message, content);

	open_form(board, bytes_of(file));
	free(file);
}

void compose_begin(struct board *board, enum act act)
{
	struct composer *c = &board->composer;
	const struct seen *view = board_top(board);
	const struct row *chosen = list_chosen(view);
	bool is_sent = view->kind == VIEW_MESSAGE ? view->is_sent : chosen != NULL && chosen->is_sent;
	const char *key = view->kind > VIEW_LAST_LIST ? view->about : chosen != NULL ? chosen->key : NULL;

	if ((method_rows[METHOD_DRAFT_PUT].roles & board->roles) == 0) {
		board_note(board, "%s", _("Nothing was done: drafts are written by officers with the role drafter or watch."));
		return;
	}
	if (act != ACT_NEW && key == NULL)
		return;
	if ((act == ACT_CORRECT || act == ACT_CANCEL || act == ACT_UPDATE) && !is_sent) {
		board_note(board, "%s", _("Nothing was done: this is for messages that this station sent."));
		return;
	}
	if ((act == ACT_ANSWER || act == ACT_DECLINE) && is_sent) {
		board_note(board, "%s", _("Nothing was done: this station sent it itself."));
		return;
	}
	compose_end(board);
	c->act = act;
	if (act == ACT_NEW) {
		open_form(board, bytes_of(NEW_DRAFT));
		return;
	}
	c->stage = COMPOSE_LOADING;
	snprintf(board->loading, sizeof board->loading, "%s", key);
}

/* Written at once when the form is left, else when the typing paused. */
bool compose_is_due(const struct board *board)
{
	const struct composer *c = &board->composer;

	return c->stage == COMPOSE_OPEN && c->is_dirty && (c->is_leaving || board->now - c->dirty_at >= SAVE_AFTER_US);
}

bool compose_wants(const struct board *board)
{
	return board->composer.stage == COMPOSE_LOADING || compose_is_due(board);
}

/* What the items say, as far as it is understood; marks the others. */
static void parse_items(struct board *board, struct form *form)
{
	struct composer *c = &board->composer;
	unsigned line[ITEMS], at;
	char *file;

	set_problem(c, NULL);
	for (size_t i = 0; i < c->count; i++) {
		c->item[i].is_wrong = c->item[i].meant.state == MEANT_UNKNOWN;
		if (c->item[i].is_wrong && c->problem == NULL)
			set_problem(c, c->item[i].meant.why);
	}
	for (size_t tries = 0; tries <= c->count; tries++) {
		bool is_good;
		size_t wrong = 0;

		form_init(form);
		form->is_unfinished = true;
		file = items_file(c, line);
		is_good = form_parse(form, "draft", bytes_of(file));
		free(file);
		if (is_good)
			return;
		at = 0;
		sscanf(form->error, "draft:%u:", &at);
		for (size_t i = 0; i < c->count; i++)
			if (line[i] != 0 && line[i] <= at && line[i] >= line[wrong])
				wrong = i;
		c->item[wrong].is_wrong = true;
		if (c->problem == NULL)
			set_problem(c, strchr(form->error, ' ') + 1);
		form_finish(form);
	}
	form_init(form); /* nothing of it is understood */
}

static void request_save(struct board *board, struct board_request *out)
{
	static uint8_t header[LIMIT_OBJECT_BYTES], content[LIMIT_CONTENT_BYTES];
	struct pack_writer h = pack_writer(header, sizeof header), c = pack_writer(content, sizeof content);
	struct composer *composer = &board->composer;
	struct form form;
	size_t capacity;

	parse_items(board, &form);
	refer_resolve(composer, &form.message);
	form.message.from = bytes_of(board->station);
	form.message.drafter = bytes_of(board->officer);
	if (form.content.lang.len == 0)
		form.content.lang = bytes_of("en");
	message_encode(&form.message, &h);
	content_encode(&form.content, &c);
	form_finish(&form);
	capacity = h.len + c.len + 64;
	out->method = composer->id == 0 ? METHOD_DRAFT_NEW : METHOD_DRAFT_PUT;
	out->count = 2;
	out->params = pack_writer(must(malloc(capacity)), capacity);
	pack_put_array(&out->params, composer->id == 0 ? 2 : 4);
	if (composer->id != 0)
		pack_put_uint(&out->params, composer->id);
	pack_put_bytes(&out->params, pack_written(&h));
	pack_put_bytes(&out->params, pack_written(&c));
	if (composer->id != 0)
		pack_put_bool(&out->params, !composer->was_saved); /* what it said before this form was opened */
	composer->is_dirty = false; /* a key from now on makes it so again */
	composer->is_saving = true;
}

void compose_request(struct board *board, struct board_request *out)
{
	size_t capacity = REFERENCE + 16;
	uint64_t id = 0;

	if (board->composer.stage == COMPOSE_OPEN) {
		request_save(board, out);
		return;
	}
	out->count = 1;
	out->params = pack_writer(must(malloc(capacity)), capacity);
	pack_put_array(&out->params, 1);
	out->method = board->composer.act == ACT_EDIT ? METHOD_DRAFT_SHOW : METHOD_SHOW;
	if (board->composer.act == ACT_EDIT && text_number(bytes_of(board->loading), INT64_MAX, &id))
		pack_put_uint(&out->params, id);
	else
		pack_put_text(&out->params, board->loading);
}

static void load_draft(struct board *board, struct pack_reader *r)
{
	static struct drafted draft;

	if (!draft_open(r, true, &draft))
		return;
	board->composer.id = draft.raw.id;
	open_rendered(board, &draft.message, &draft.content);
}

static void load_message(struct board *board, struct pack_reader *r)
{
	static const enum kind kinds[] = {[ACT_ANSWER] = KIND_ANSWER, [ACT_DECLINE] = KIND_DECLINE, [ACT_CORRECT] = KIND_CORRECT,
					  [ACT_CANCEL] = KIND_CANCEL, [ACT_UPDATE] = KIND_UPDATE, [ACT_CLOSE] = KIND_CLOSE};
	enum act act = board->composer.act;
	static struct shown original;
	struct form form;
	char *subject;

	if (!show_read(r, &original))
		return;
	form_init(&form);
	subject = prefill_subject(original.content.subject);
	if (act == ACT_CORRECT || act == ACT_CANCEL || act == ACT_UPDATE)
		prefill_supersede(&form, kinds[act], &original);
	else
		prefill_answer(&form, kinds[act], &original, subject);
	if (act == ACT_CORRECT)
		prefill_words(&form, &original);
	if (act == ACT_CLOSE) {
		form.message.has_in_reply_to = false;
		form.message.precedence = PRECEDENCE_ROUTINE;
	}
	if (act == ACT_CLOSE && original.raw.is_sent) {
		form.message.action_count = original.message.action_count;
		memcpy(form.message.action, original.message.action, sizeof form.message.action);
	}
	open_rendered(board, &form.message, &form.content);
	board->composer.is_dirty = board->composer.stage == COMPOSE_OPEN; /* it is a draft from now on */
	form_finish(&form);
	free(subject);
}

static void leave(struct board *board)
{
	compose_end(board);
	board_pop(board);
	board_stale(board);
}

/* [draft id, [warning…]]: the first is shown, what an item says wrong before it. */
static void read_saved(struct board *board, struct pack_reader *r)
{
	struct composer *c = &board->composer;
	size_t count;

	c->id = pack_read_uint(r, INT64_MAX);
	count = pack_read_array(r, WARNINGS);
	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		struct bytes warning = pack_read_str(r, SENTENCE_BYTES);

		if (c->problem == NULL && r->error == RESULT_OK)
			set_problem(c, heard(warning));
	}
	c->was_saved = true;
	c->saved_at = board->now;
}

void compose_answer(struct board *board, int result, struct pack_reader *r, const char *sentence)
{
	struct composer *c = &board->composer;
	bool was_loading = c->stage == COMPOSE_LOADING;

	c->is_saving = false;
	if (result != 0 && was_loading) {
		board_note(board, "%s", sentence);
		compose_end(board);
	} else if (result != 0) {
		set_problem(c, sentence);
		c->is_leaving = false;
	} else if (was_loading && c->act == ACT_EDIT)
		load_draft(board, r);
	else if (was_loading)
		load_message(board, r);
	else
		read_saved(board, r);
	if (c->stage == COMPOSE_OPEN && c->is_leaving && !c->is_dirty)
		leave(board);
}

void compose_lost(struct board *board)
{
	struct composer *c = &board->composer;

	if (c->stage == COMPOSE_LOADING)
		compose_end(board);
	c->is_dirty |= c->is_saving;
	c->is_saving = false;
	c->referring = 0;
}

static void changed(struct board *board)
{
	board->composer.is_dirty = true;
	board->composer.dirty_at = board->now;
}

static void choose(struct board *board, struct item *item, int by)
{
	size_t count = 0, at = 0;
	char *kind;

	for (; item->choice[count] != NULL; count++)
		if (strcmp(item->choice[count], item->text) == 0)
			at = count;
	at = (at + count + (size_t)by) % count;
	free(item->text);
	item->text = must(strdup(item->choice[at]));
	changed(board);
	if (strcmp(item->name, "Kind") == 0) {
		kind = must(strdup(item->text));
		items_make(&board->composer, kind);
		free(kind);
	}
}

static void text_key(struct board *board, struct item *item, unsigned key)
{
	if (key == KEY_RETURN)
		key = '\n';
	if (item->type == ITEM_LINE && key == '\n')
		board->composer.at = (board->composer.at + 1) % board->composer.count;
	else if (input_edit(&item->text, &item->cursor, key)) {
		refer_forget(&board->composer, item);
		changed(board);
	}
}

void compose_key(struct board *board, unsigned key)
{
	struct composer *c = &board->composer;
	struct item *item = &c->item[c->at];
	bool is_vertical = key == KEY_ARROW_UP || key == KEY_ARROW_DOWN;

	if (c->pick.is_open) {
		if (pick_key(board, key))
			changed(board);
		return;
	}
	if (key == KEY_ESCAPE) {
		c->is_leaving = true;
		if (!c->is_dirty && !c->is_saving)
			leave(board);
		return;
	}
	c->is_leaving = false;
	if (item->list != LIST_NONE && key == KEY_RETURN) {
		pick_open(board, c->at);
		return;
	}
	if (item->type == ITEM_TEXT && input_move(item->text, &item->cursor, key))
		return;
	if (item->type == ITEM_LINE && !is_vertical && input_move(item->text, &item->cursor, key))
		return;
	if (key == KEY_ARROW_UP)
		c->at = (c->at + c->count - 1) % c->count;
	else if (key == KEY_ARROW_DOWN || key == KEY_TAB || (item->type == ITEM_CHOICE && key == KEY_RETURN))
		c->at = (c->at + 1) % c->count;
	else if (item->type == ITEM_CHOICE && (key == KEY_ARROW_RIGHT || key == ' '))
		choose(board, item, 1);
	else if (item->type == ITEM_CHOICE && key == KEY_ARROW_LEFT)
		choose(board, item, -1);
	else if (item->type != ITEM_CHOICE)
		text_key(board, item, key);
}
